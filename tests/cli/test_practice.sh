#!/usr/bin/env bash
# What training as practised adds to a run: steps, accumulation, clipping, averages, groups, evaluation on the way, an early
# end; and a resume through all of it.
. "$(dirname "$0")/train_support.sh"

# practice_run STEPS [MORE LINES OF train:]
practice_run() {
    sed "s/^  epochs: .*/  steps: $1/; s/^  optimizer: .*/  optimizer:\n    kind: muon\n    learning_rate: 0.02\n    decay: matrices\n    groups: [{match: \"fc2.*\", learning_rate_factor: 0.5}]/" \
        <(run_file 1 0.01 "  accumulate: 3
  clip_norm: 1.0
  ema: 0.95
  prefetch: 2
  schedule: {kind: wsd, warmup_share: 0.1}
  evaluate: {every_steps: 20, batches: 3}
${2:-}")
}

practice_run 100 "  checkpoint: {best: true, every_steps: 7}" >run.yaml
check "a plan" exits 0 "$POWERTRAIN" plan run.yaml
check "batches of a step are planned" contains out "(3 batches of 32)"
check "the whole run" exits 0 "$POWERTRAIN" train run.yaml -o whole --ledger none
check "evaluations on the way" contains err "step 40/100"
check "the best is kept" test -s whole/best.safetensors
check "and said" contains out "best "
check "as json" exits 0 "$POWERTRAIN" train run.yaml -o json --ledger none --json --quiet
check "executed as planned" test "$(grep -o '"executed_flop": [0-9]*' out | grep -o '[0-9]*')" -eq \
    "$(grep -o '"flop": [0-9]*, *$\|"flop": [0-9]*,$' out | grep -o '[0-9]*' | sort -n | tail -1)"

# Stopped after the first checkpoint and resumed: the same bits, also of the averages in it.
"$POWERTRAIN" train run.yaml -o half --ledger none >out 2>err &
pid=$!
for _ in $(seq 500); do
    [ -s half/checkpoint.safetensors ] && break
    sleep 0.005
done
kill -INT $pid 2>/dev/null
wait $pid
check "resumed" exits 0 "$POWERTRAIN" train run.yaml -o half --resume --ledger none
check "to the same bits" cmp whole/checkpoint.safetensors half/checkpoint.safetensors

practice_run 10000 "  stop: {metric: test_accuracy, target: 0.6}" >stop.yaml
check "an early end" exits 0 "$POWERTRAIN" train stop.yaml -o stop --ledger none
check "it is said" contains out "the target is reached"
practice_run 100 "  stop: {metric: test_los, target: 1}" >typo.yaml
check "a typing error" exits 3 "$POWERTRAIN" plan typo.yaml
check "is pointed at" contains err "did you mean \"test_loss\""
sed 's/fc2\.\*/fc9.*/' run.yaml >group.yaml
check "a group of nothing" exits 3 "$POWERTRAIN" train group.yaml -o group --ledger none
check "is named" contains err "fc9.*"

echo "$passed passed, 0 failed"
