#!/usr/bin/env bash
# What each lever saves: trains a small GPT again and again until its test loss is the same, each
# time with one thing changed, and compares the metered energy.
#
#   examples/language/levers.sh [powertrain]        TARGET: the loss (1.9), OUT: a folder (runs/levers)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=${1:-powertrain}
target=${TARGET:-1.9}
out=${OUT:-runs/levers}
ledger=$out/ledger.db
mkdir -p "$out"
rm -f "$ledger"
operands=()

run() { # run LABEL SETTING...
    local label=$1 settings=() id
    shift
    for setting in "$@"; do
        settings+=(--set "$setting")
    done
    id=$("$program" train "$here/levers.yaml" "${settings[@]}" --set "train.stop.target=$target" \
        --ledger "$ledger" --output "$out/$label" --quiet --json |
        sed -n 's/^ *"run": *\([0-9]*\),.*/\1/p' | head -1)
    operands+=("$id=$label")
    echo "levers: $label is run $id" >&2
}

run fp32 'train.precision=fp32'
run bf16
run 'unfused head' 'network.head=plain'
run 'momentum' 'train.optimizer={kind: sgd, learning_rate: 0.3, momentum: 0.9}'
run 'lion' 'train.optimizer={kind: lion, learning_rate: 0.0003, weight_decay: 0.3, decay: matrices}'
run 'muon' 'train.optimizer={kind: muon, learning_rate: 0.003, weight_decay: 0.1}'
run 'short first' 'train.sequence_warmup={from: 32, steps: 300}'
run 'batch 128' 'train.batch=128'
run '4 x 32' 'train.accumulate=4'
run 'no stop' 'train.stop.patience=1000000' 'train.stop.metric=loss' 'train.steps=700'

"$program" compare "${operands[@]}" --ledger "$ledger" --target-loss "$target" -o "$out/levers.html"
echo "page: $out/levers.html"
