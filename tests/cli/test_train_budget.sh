#!/usr/bin/env bash
# powertrain train --budget: refused if the plan says that it cannot suffice; else the run ends with
# a checkpoint when it is used up, and goes on from there.
# shellcheck source=tests/cli/train_support.sh
. "$(dirname "$0")/train_support.sh"

run_file 100000 0.001 >long.yaml
train() {
    "$POWERTRAIN" train "$@" --ledger none --no-report
}
# A machine that draws 1 kW: 300 J are used up in a moment, however busy others are.
printf 'seconds,channel,joules\n0,wall,0\n100000,wall,1e8\n' >kw.csv

# ---- mistakes are found before anything runs
check "no budget" exits 3 train long.yaml --budget 2x
check "it says what is one" contains err "2kWh"
check "another currency" exits 2 train long.yaml --budget 5USD
check "it says which" contains err "EUR"
[ ! -e runs/spiral/checkpoint.safetensors ] || check "nothing was trained" false

# ---- the plan says that it will not suffice
check "too small a budget" exits 4 train long.yaml --budget 1J
check "it says what is needed" contains err "budget of 1J: the plan needs "
check "and how to go on" contains err "--force"
[ ! -e runs/spiral/checkpoint.safetensors ] || check "nothing was trained" false

# ---- used up: a checkpoint, a status of its own, and the reason in the result
check "the budget ends it" exits 7 train long.yaml --budget 300J --force --replay kw.csv --json
check "it says so" contains err "budget 300J: it is used up: "
check "the result tells why" contains out '"stopped_by": "budget"'
check "it is not finished" contains out '"finished": false'
check "there is a checkpoint" test -s runs/spiral/checkpoint.safetensors
cp out first

# ---- and goes on with a budget of its own
check "it resumes" exits 7 train long.yaml --budget 300J --resume --replay kw.csv --json
check "it was resumed" contains out '"resumed": true'
steps() { sed -nE 's/^  "steps": ([0-9]+),$/\1/p' "$1"; }
check "it went on" test "$(steps out)" -gt "$(steps first)"

# ---- one that suffices says nothing
run_file 2 0.001 >short.yaml
check "a short run" exits 0 train short.yaml --budget 1MWh
check "no word of it" eval '! grep -q "budget" err'
echo "$passed checks"
