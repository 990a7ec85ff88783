#!/usr/bin/env bash
# What the plan says that a model's training step needs, what the engine takes, and what the process
# holds at its peak, for the models of the zoo that fit into LIMIT GB (8).
set -euo pipefail
cd "$(dirname "$0")/.."
step=${STEP:-build/release/bench/bench_step}
limit=${LIMIT:-8}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

printf '%-16s %6s %6s %12s %12s %12s %8s\n' model batch length 'plan MiB' 'engine MiB' 'process MiB' \
    'process/plan'
while read -r name batch length; do
    { echo "zoo: $name"
      [[ $length == 0 ]] || echo "length: $length"; } >"$folder/$name.yaml"
    result=$("$step" "$folder/$name.yaml" --batch "$batch" --classes 10 --steps 1 --warmup 1) ||
        { echo "$name failed" >&2; continue; }
    python3 - "$name" "$batch" "$length" "$limit" "$result" <<'PY'
import json, sys
name, batch, length, limit, result = sys.argv[1:]
r = json.loads(result)
plan, held, peak = (r[key] / 2**20 for key in ("planned_bytes", "held_bytes", "peak_rss_bytes"))
if plan < float(limit) * 1024:
    print(f"{name:16} {batch:>6} {length:>6} {plan:12.1f} {held:12.1f} {peak:12.1f} {peak / plan:8.3f}")
PY
done <<'LIST'
lenet 128 0
resnet-18 8 0
resnet-50 8 0
resnet-101 4 0
resnet-152 4 0
gpt2 4 64
gpt2 1 1024
gpt2-medium 1 256
bert-base 4 128
bert-large 1 128
vit-b-16 4 0
smollm-135m 2 256
qwen2.5-0.5b 1 64
LIST
