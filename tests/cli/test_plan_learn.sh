#!/usr/bin/env bash
# Plans of a cluster learn from metered runs.
# shellcheck source=tests/cli/train_support.sh
source "$(dirname "$0")/train_support.sh"
program=${POWERTRAIN:?the program}

# A command that takes at least a second, said to be one step that the model thinks takes 0.2 s.
check "a run is metered" exits 0 "$program" meter --ledger l.db -- sleep 1
run=(gpt2 --on h100-sxm:8 --framework fsdp --batch 512 --length 1024 --tokens 524288)
layout=(--layout "dp=8,mb=8,zero=1")
later=(gpt2 --on h100-sxm:8 --framework fsdp --batch 512 --length 1024 --tokens 1G --ledger l.db)
check "before, nothing is learned" exits 0 "$program" plan "${later[@]}" --json
cp out before.json
check "the run gets its plan" exits 0 "$program" plan "${run[@]}" "${layout[@]}" \
    --measured-run 1 --ledger l.db
check "then the plan says so" exits 0 "$program" plan "${later[@]}"
check "and from how many" contains out "learned from  1 metered run on h100-sxm with fsdp"
check "as JSON" exits 0 "$program" plan "${later[@]}" --json
check "the step is longer, its interval no wider" python3 -c '
import json
before, after = (json.load(open(f))["plan"]["step_seconds"] for f in ("before.json", "out"))
assert after["value"] > 1.05 * before["value"], (before, after)
width = lambda q: q["high"] / q["low"]
assert width(after) <= 1.001 * width(before), (before, after)'
for other in "--ledger none" "--framework megatron" "--on a100-sxm-80gb:8" "--precision fp8"; do
    # shellcheck disable=SC2086
    check "$other learns nothing" exits 0 "$program" plan "${later[@]}" $other
    check "and says nothing" [ "$(grep -c "learned from" out)" -eq 0 ]
done

check "a free choice of frameworks is not swayed" exits 0 "$program" plan gpt2 --on h100-sxm:8 \
    --batch 512 --length 1024 --tokens 1G --ledger l.db
check "by runs with one of them" [ "$(grep -c "learned from" out)" -eq 0 ]
check "what was run must be told" exits 2 "$program" plan "${run[@]}" --measured-run 1 --ledger l.db
check "with all of it" contains err "--layout, --batch and --tokens"
check "a run of no ledger" exits 3 "$program" plan "${run[@]}" "${layout[@]}" --measured-run 9 \
    --ledger l.db
check "by its number" contains err "no run 9"
check "no ledger" exits 3 "$program" plan "${later[@]}" --ledger no.db
check "not with a step time" exits 2 "$program" plan "${run[@]}" "${layout[@]}" --measured-run 1 \
    --ledger l.db --measured-step-time 2s
check "a failing command is metered" exits 1 "$program" meter --ledger l.db -- sh -c 'sleep 1; exit 1'
check "and teaches nothing" exits 3 "$program" plan "${run[@]}" "${layout[@]}" --measured-run 2 \
    --ledger l.db
check "which is said" contains err "measured to its end"
check "the report of a run with a lesson" exits 0 "$program" report 1 --ledger l.db -o r.html
echo "test_plan_learn: $passed checks"
