#!/usr/bin/env bash
# What the plan says that a model's training step needs, what the engine takes, and what the process
# holds at its peak: for the models of the zoo that fit into LIMIT GB (8), and larger batches of some.
# Sequences have 64 tokens where the model has a choice.
set -euo pipefail
cd "$(dirname "$0")/.."
step=${STEP:-build/release/bench/bench_step}
limit=${LIMIT:-8}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# One step of model $1 in batches of $2 with sequences of $3; 0: as the model has them.
measure()
{
    { echo "zoo: $1"
      [[ $3 == 0 ]] || echo "length: $3"; } >"$folder/network.yaml"
    "$step" "$folder/network.yaml" --batch "$2" --classes 10 --steps 1 --warmup 0 \
        --most-gib "$limit" 2>"$folder/why"
}

printf '%-24s %6s %6s %12s %12s %12s %8s\n' model batch length 'plan MiB' 'engine MiB' \
    'process MiB' 'process/plan'
{
    "$step" --list | sed 's/$/ 1 64/'
    cat <<'LIST'
lenet 128 0
resnet-18 8 0
resnet-50 8 0
gpt2 4 64
gpt2 1 1024
gpt2-medium 1 256
bert-base 4 128
vit-b-16 4 0
smollm-135m 2 256
LIST
} | while read -r name batch length; do
    result=$(measure "$name" "$batch" "$length") || { length=0; result=$(measure "$name" "$batch" 0); } ||
        { echo "$name: $(cat "$folder/why")" >&2; continue; }
    python3 - "$name" "$batch" "$length" "$result" <<'PY'
import json, sys
name, batch, length, result = sys.argv[1:]
r = json.loads(result)
if not r.get("left_out"):
    plan, held, peak = (r[key] / 2**20 for key in ("planned_bytes", "held_bytes", "peak_rss_bytes"))
    print(f"{name:24} {batch:>6} {length:>6} {plan:12.1f} {held:12.1f} {peak:12.1f} {peak / plan:8.3f}",
          flush=True)
PY
done
