#!/usr/bin/env bash
# A meter within a metered command: both are in the ledger, and their joules are added once.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export XDG_STATE_HOME=$folder/state XDG_CACHE_HOME=$folder/cache XDG_DATA_HOME=$folder/data
ledger=$folder/ledger.db
work='i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done'

"$POWERTRAIN" meter -q -l "$ledger" -- "$POWERTRAIN" meter -q -l "$ledger" -- sh -c "$work"
"$POWERTRAIN" meter -q -l "$ledger" -- sh -c "$work"
"$POWERTRAIN" bills --ledger "$ledger" --json >"$folder/bills.json"
"$POWERTRAIN" bills --ledger "$ledger" >"$folder/bills.txt"
python3 - "$folder/bills.json" <<'PYTHON'
import json, sys
bills = json.load(open(sys.argv[1]))
runs = {run["id"]: run for run in bills["runs"]}
assert len(runs) == 3, runs
inner, outer, alone = runs[1], runs[2], runs[3]
assert inner["inside_run"] == 2, inner
assert outer["inside_run"] is None and alone["inside_run"] is None
PYTHON
grep -q '2 runs, no price' "$folder/bills.txt"
grep -q '^1 run was part of another' "$folder/bills.txt"

# The outer one is in another ledger: then the inner one is all that this one knows.
"$POWERTRAIN" meter -q -l none -- "$POWERTRAIN" meter -q -l "$folder/other.db" -- sh -c "$work"
"$POWERTRAIN" bills --ledger "$folder/other.db" >"$folder/other.txt"
grep -q '1 run, no price' "$folder/other.txt"
if grep -q 'part of another' "$folder/other.txt"; then
    echo "a run whose outer run is not in the ledger must be added" >&2
    exit 1
fi

# A training within a meter: the same.
source=$(cd "$(dirname "$0")/../.." && pwd)
"$POWERTRAIN" meter -q -l "$folder/train.db" -- "$POWERTRAIN" train \
    "$source/examples/regression.yaml" --epochs 20 --quiet --ledger "$folder/train.db" \
    --output "$folder/run" >"$folder/train.txt" 2>&1
"$POWERTRAIN" bills --ledger "$folder/train.db" >"$folder/train_bills.txt"
grep -q '^1 run was part of another' "$folder/train_bills.txt"
