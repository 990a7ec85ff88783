#!/usr/bin/env bash
# powertrain train --profile, --set and powertrain compare.
source "$(dirname "$0")/train_support.sh"

run_file 3 0.02 >run.yaml
check "a profiled run" exits 0 "$POWERTRAIN" train run.yaml --profile --quiet --ledger l.db
check "each layer has a line" contains out "fc1"
check "operators are summed up" contains out "2 layers"
check "the page has the layers" contains runs/spiral/report.html "What each layer costs"

# Rows of the profile add up to the bill, as the JSON says.
check "a second run, by settings" exits 0 "$POWERTRAIN" train run.yaml --profile --json --quiet \
    --ledger l.db --set train.epochs=2 --set 'train.optimizer={kind: sgd, learning_rate: 0.1}'
if command -v python3 >/dev/null; then
    check "the layers add up to the bill" python3 - out <<'PY'
import json, sys
run = json.load(open(sys.argv[1]))
rows = run["profile"]["rows"]
total = sum(row["joules"] for row in rows)
bill = run["bill"]["total"]["energy_joules"]["value"] if "energy_joules" in run["bill"]["total"] \
    else run["profile"]["joules"]
assert abs(total - run["profile"]["joules"]) <= 1e-6 * total, (total, run["profile"]["joules"])
assert abs(total - bill) <= 1e-3 * bill + 1e-5, (total, bill)
assert {"fc1", "fc2", "optimizer"} <= {row["name"] for row in rows}
assert run["step_count"] == 2 * 15, run["step_count"]
PY
fi

check "two runs side by side" exits 0 "$POWERTRAIN" compare 1=adam 2=sgd --ledger l.db -o c.html
check "with labels" contains out "sgd"
check "and a page" contains c.html "Loss over energy"
check "as JSON" exits 0 "$POWERTRAIN" compare 1 2 --ledger l.db --json
check "with the target" contains out '"target_loss"'
check "a target nobody reached" exits 0 "$POWERTRAIN" compare 1 2 --ledger l.db --target-loss 1e-9
check "is said" contains out "not reached"

check "one run is not enough" exits 2 "$POWERTRAIN" compare 1 --ledger l.db
check "no such run" exits 3 "$POWERTRAIN" compare 1 99 --ledger l.db
check "no number" exits 2 "$POWERTRAIN" compare 1 x --ledger l.db
check "no target" exits 2 "$POWERTRAIN" compare 1 2 --ledger l.db --target-loss nan
check "a malformed setting" exits 2 "$POWERTRAIN" train run.yaml --ledger none --set nonsense
check "is named" contains err "nonsense"
check "a setting of an unknown key" exits 3 "$POWERTRAIN" train run.yaml --ledger none \
    --set train.epoch=3
check "is corrected" contains err "epochs"

echo "$passed passed, 0 failed"
