#!/usr/bin/env bash
# `powertrain train` as a user meets it: plan, bill, report, ledger; the right way and the wrong way.
. "$(dirname "$0")/train_support.sh"

run_file 20 0.01 >run.yaml
check "training succeeds" exits 0 "$POWERTRAIN" train run.yaml
for part in "Plan: spiral" "parameters" "energy" "carbon" "test accuracy" "forward" "backward" \
    "optimizer" "total" "checkpoint" "report" "ledger"; do
    check "the output has $part" contains out "$part"
done
check "there is a checkpoint" test -s runs/spiral/checkpoint.safetensors
check "there is a report" contains runs/spiral/report.html "<!DOCTYPE html>"
check "the bill is listed" exits 0 "$POWERTRAIN" bills
check "the bill has its name" contains out "spiral"
check "a report is rebuilt" exits 0 "$POWERTRAIN" report 1 -o again.html
check "the rebuilt report is whole" contains again.html "</html>"

check "json" exits 0 "$POWERTRAIN" train run.yaml --json --quiet
for field in samples_per_second start_to_first_step_seconds peak_rss_bytes accuracy executed_flop; do
    check "json has $field" grep -q "\"$field\": [0-9.]" out
done
check "the plan alone" exits 0 "$POWERTRAIN" plan run.yaml --layers
check "the plan lists layers" contains out "cross_entropy1"
check "twice the same bits" cp runs/spiral/checkpoint.safetensors first
check "trained again" exits 0 "$POWERTRAIN" train run.yaml --ledger none
check "the same bits" cmp first runs/spiral/checkpoint.safetensors
check "resumed at its end" exits 0 "$POWERTRAIN" train run.yaml --resume --ledger none
check "what was not trained is not printed" test "$(grep -c nan out)" -eq 0

# Without a price nothing is printed as 0.
sed '/^cost:/d' run.yaml >free.yaml
check "without a tariff" exits 0 "$POWERTRAIN" train free.yaml --ledger none -o free
check "unknown is said" contains out "unknown"

# The wrong way.
check "no file" exits 2 "$POWERTRAIN" train
check "a missing file" exits 3 "$POWERTRAIN" train nowhere.yaml
check "it is named" contains err "nowhere.yaml"
sed 's/relu/rellu/' run.yaml >typo.yaml
check "an unknown layer" exits 3 "$POWERTRAIN" train typo.yaml
check "line and remedy" contains err "typo.yaml:6:"
check "did you mean" contains err "did you mean relu"
sed 's/shape: \[2\]/shape: [3]/' run.yaml >shape.yaml
check "data that do not fit" exits 3 "$POWERTRAIN" train shape.yaml
check "both sizes are named" contains err "2 features"
sed 's/out_features: 48/out_features: 4000000000000000/' run.yaml >huge.yaml
check "a huge layer" exits 3 "$POWERTRAIN" train huge.yaml
sed 's/out_features: 48/out_features: 4000000000/' run.yaml >large.yaml
check "a layer beyond memory" exits 4 "$POWERTRAIN" train large.yaml
check "an unknown region" exits 3 "$POWERTRAIN" train run.yaml --region XX
check "an unknown option" exits 2 "$POWERTRAIN" train run.yaml --resum
check "did you mean" contains err "did you mean --resume"
check "an unknown verb" exits 2 "$POWERTRAIN" trian run.yaml
check "did you mean" contains err "did you mean train"
check "resuming nothing" exits 3 "$POWERTRAIN" train run.yaml --resume -o empty
check "the file is named" contains err "empty/checkpoint.safetensors"
printf 'not a database, but long enough to look like one\n%.0s' $(seq 100) >broken.db
cp broken.db broken.copy
check "a damaged ledger" exits 3 "$POWERTRAIN" train run.yaml --ledger broken.db
check "it is named" contains err "broken.db"
check "it is left alone" cmp broken.db broken.copy
head -c 2000 first >cut.safetensors
check "a truncated checkpoint" exits 3 "$POWERTRAIN" train run.yaml --resume --checkpoint cut.safetensors
sed 's/out_features: 48/out_features: 49/' run.yaml >other.yaml
check "a checkpoint of another network" exits 3 "$POWERTRAIN" train other.yaml --resume --checkpoint first
sed 's/batch: 32/batch: 16/' run.yaml >batch.yaml
check "a checkpoint of another batch" exits 3 "$POWERTRAIN" train batch.yaml --resume --checkpoint first
check "both are named" contains err "run.batch was 32, the run file says 16"

# A loss that is not finite stops the run and keeps the last good checkpoint.
run_file 3 0.01 >good.yaml
check "a good run" exits 0 "$POWERTRAIN" train good.yaml -o nan --ledger none
cp nan/checkpoint.safetensors before
run_file 30 1e6 | sed 's/adam/sgd/; /relu/d; /dropout/d' >wild.yaml
check "a run that diverges" exits 1 "$POWERTRAIN" train wild.yaml -o nan --ledger wild.db
check "it says so" contains err "learning_rate"
check "the checkpoint is kept" cmp before nan/checkpoint.safetensors
check "it is in the ledger" exits 0 "$POWERTRAIN" bills --ledger wild.db
check "as failed" contains out "failed"

# A full disk: no file may grow beyond 4 KiB, so neither checkpoint nor report can be written.
full() { (ulimit -f 4 && "$@"); }
check "a full disk" exits 1 full "$POWERTRAIN" train good.yaml -o full --ledger none
check "it is named" contains err "checkpoint.safetensors"
check "the bill is there all the same" contains out "total"
check "no half file" test ! -e full/checkpoint.safetensors
check "no temporary file" test -z "$(ls full)"
check "a full disk does not hurt the old" exits 1 full "$POWERTRAIN" train run.yaml --checkpoint first
check "the old checkpoint still loads" exits 0 "$POWERTRAIN" train run.yaml --resume --checkpoint first

echo "$passed passed, 0 failed"
