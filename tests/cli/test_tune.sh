#!/usr/bin/env bash
# powertrain tune: mistakes are found first; a race ends with a run file that trains to the target.
# shellcheck source=tests/cli/train_support.sh
. "$(dirname "$0")/train_support.sh"

run_file 200 0.01 >run.yaml
tune() {
    "$POWERTRAIN" tune "$@" --sensor model
}

# ---- mistakes
check "no target" exits 2 tune run.yaml --ledger none
check "it says what is needed" contains err "--target-loss and --target-accuracy"
check "two targets" exits 2 tune run.yaml --target-loss 1 --target-accuracy 0.9
check "an impossible share" exits 2 tune run.yaml --target-accuracy 90
check "it says so" contains err "--target-accuracy 90"
check "an unknown parameter" exits 2 tune run.yaml --target-loss 1 --params batch,color
check "it names it" contains err "--params color"
check "a time that is none" exits 2 tune run.yaml --target-loss 1 --max-time soon
check "it says how" contains err "--max-time soon"
mkdir other
check "another folder" exits 2 tune run.yaml --target-loss 1 --output other/best.yaml
check "it says why" contains err "paths in a run file start in its folder"
check "no folder" exits 3 tune run.yaml --target-loss 1 --output nowhere/best.yaml
sed 's/test_share: 0.2, seed: 3/seed: 3/' run.yaml >no_test.yaml
check "no test set" exits 3 tune no_test.yaml --target-accuracy 0.9
check "it says how to get one" contains err "test_share"
check "no run file" exits 3 tune none.yaml --target-loss 1
check "no operand" exits 2 tune --target-loss 1

# ---- a race: own settings and those with other batches
check "it ends" exits 0 tune run.yaml --target-accuracy 0.7 --params batch --max-time 2m \
    --output best.yaml --ledger tune.db --json
cp out result.json
check "the best one is named" contains out '"best": '
check "batches from a quarter to four times" contains out '"batch": 128'
check "and below" contains out '"batch": 8'
check "it says what tuning took" contains out '"tuning_joules": '
check "it says how it was measured" contains out '"provenance": "'
check "the file tells where it comes from" contains best.yaml "# run.yaml with the settings"
check "it stops at the target" contains best.yaml "metric: test_accuracy"

# The best is the one with the fewest joules of those that are there, and never worse than the own.
if command -v python3 >/dev/null; then
check "the best is the best" python3 - <<'PY'
import json
result = json.load(open('result.json'))
there = [s for s in result['settings'] if s['reached']]
best = result['settings'][result['best']]
assert best['reached'] and there
assert best['joules_spent'] == min(s['joules_spent'] for s in there)
own = result['settings'][result['own']]
assert own['own'] and (not own['reached'] or best['joules_spent'] <= own['joules_spent'])
for s in there:
    total = s['joules_to_target']
    assert 0 < total['low'] <= total['value'] <= total['high']
    assert s['value'] >= 0.7
assert all(s['reached'] or s['given_up'] for s in result['settings'])
PY
else
    echo "no python3: the result is not compared"
fi

# ---- every trial is in the ledger, and the file trains to the target
trials=$(sed -nE 's/^  "trials": ([0-9]+),$/\1/p' result.json)
"$POWERTRAIN" bills --ledger tune.db >bills
check "five speeds and as many races" test "$trials" -ge 10
check "the trials are billed" contains bills "tune"
check "the tuned file trains" exits 0 "$POWERTRAIN" train best.yaml --ledger none --no-report --sensor model --json
check "to the target" contains out '"stopped_by": "target"'

# ---- a target that nobody reaches
run_file 2 0.01 >short.yaml
check "too hard" exits 4 tune short.yaml --target-accuracy 1 --params batch --ledger none
check "it says how near it came" contains err "the nearest was 0."
check "for people it prints the table" contains out "J/sample"
echo "$passed checks"
