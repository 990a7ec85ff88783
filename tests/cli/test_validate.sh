#!/usr/bin/env bash
# Scores on typed-in tables, and what is wrong with files.
# shellcheck source=tests/cli/train_support.sh
source "$(dirname "$0")/train_support.sh"
program=${POWERTRAIN:?the program}

mkdir tables other broken
runs=model,arch,params_total,params_active,layers,d_model,heads,kv_heads,d_ff,vocab,seq_len
runs+=,batch_tokens,tokens_trained,precision,accelerator,accelerator_count,accelerator_hours,days
runs+=,reported_mfu,reported_tflops_per_accel,reported_energy_mwh,reported_avg_power_w,pue
runs+=,reported_tco2e,grid_gco2_per_kwh,reported_cost_usd,source
cat >tables/runs.csv <<CSV
$runs
Some 1B <&>,dense,1100000000,,22,2048,32,4,5632,32000,2048,,50000000000,bf16,A100-80GB,16,600,,,,,,,,,,a paper
Odd 1B,dense,1100000000,,22,2048,32,4,5632,32000,2048,,50000000000,bf16,A100-80GB,16,1,,,,,,,,,,x [INVALID]
CSV
check "a table is scored" exits 0 "$program" validate --data tables --rows run --threads 2
check "with its errors" contains out "whole-run time, blind"
check "beside others" contains out "6ND at 40 % MFU"
check "row by row" contains out "Some 1B"
check "what is refused is listed with its line" contains out "runs.csv:3 Odd 1B"
check "and the reason" contains out "INVALID"
check "no line is longer than 100" [ "$(awk '/^Not scored/ {exit} {if (length($0) > most) most = length($0)} END {print most + 0}' out)" -le 100 ]
check "as JSON" exits 0 "$program" validate --data tables --json
check "which is JSON" python3 -c 'import json; d = json.load(open("out")); assert d["scores"]["run"]["all"]["rows"] == 1 and len(d["refused"]) == 1'
check "as a table of residuals" exits 0 "$program" validate --data tables --fit
check "in C" contains out "CELL(RUN"
check "as a picture" exits 0 "$program" validate --data tables --svg scores.svg
check "which is XML with a point for the row, and says which panels have none" python3 -c '
import xml.etree.ElementTree as xml
root = xml.parse("scores.svg").getroot()
space = "{http://www.w3.org/2000/svg}"
points = [title for group in root.iter(space + "g") for title in group.iter(space + "title")]
assert [title.text.split(":")[0] for title in points] == ["Some 1B <&> on A100-80GB"], points
texts = [text.text for text in root.iter(space + "text")]
assert texts.count("no rows") == 3, texts'
check "a picture that cannot be written" exits 3 "$program" validate --data tables --svg no/where.svg
check "names it" contains err "no/where.svg"

check "a folder is needed" exits 2 "$program" validate
check "and that is said" contains err "--data DIR is needed"
check "an unknown kind is refused" exits 2 "$program" validate --data tables --rows stepp
check "and the nearest named" contains err "did you mean step"
check "a folder that is not there" exits 3 "$program" validate --data nowhere
echo "x,y" >other/a.csv
check "a file of other columns" exits 3 "$program" validate --data other
check "says which column it lacks" contains err "no column model"
printf '%s\nonly,three,fields\n' "$runs" >broken/a.csv
check "a malformed file" exits 3 "$program" validate --data broken
check "names file and line" contains err "a.csv:2:"
echo "test_validate: $passed checks"
