#!/usr/bin/env bash
# Runs every fuzz target for some seconds, on a copy of its seeds. Prints a line per target; fails if
# one found a crash, a leak or an endless input, and says where the input lies.
# Usage: fuzz/run.sh [FOLDER [SECONDS]]; FOLDER holds the targets, by default build/fuzz/fuzz.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/../build/fuzz/fuzz}
seconds=${2:-20}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
count=0
for target in "$folder"/fuzz_*; do
    [ -f "$target" ] && [ -x "$target" ] || continue
    count=$((count + 1))
    name=$(basename "$target")
    corpus=$work/$name
    mkdir "$corpus"
    seeds=$here/corpus/${name#fuzz_}
    [ ! -d "$seeds" ] || cp "$seeds"/* "$corpus"
    if "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$folder/$name-" "$corpus" >"$work/log" 2>&1; then
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log")
        echo "$name: ok, $runs inputs in $seconds s"
    else
        failed=$((failed + 1))
        echo "$name: FAILED"
        tail -n 40 "$work/log"
    fi
done
if [ "$count" -eq 0 ]; then
    echo "fuzz: no targets in $folder; build them with: cmake --preset fuzz && cmake --build build/fuzz" >&2
    exit 1
fi
[ "$failed" -eq 0 ]
