#!/usr/bin/env bash
# bench/compare.py with programs that only pretend to train: its arithmetic and its complaints.
set -euo pipefail

source_dir=${PT_SOURCE_DIR:?the root of the source}
command -v python3 >/dev/null || exit 77
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/peers/bin"
: >"$folder/peers/mkl_unlock.so"

fail() {
    echo "test_compare: $*" >&2
    exit 1
}

# pretend FILE SAMPLES_PER_SECOND
pretend() {
    cat >"$1" <<PROGRAM
#!/usr/bin/env bash
if [[ \$1 == --version ]]; then
    echo "powertrain 9.8.7"
    exit
fi
echo '{"version": "9.8.7", "samples_per_second": $2, "start_to_first_step_seconds": 0.5,'
echo ' "accuracy": 0.9}'
PROGRAM
    chmod +x "$1"
}

compare() {
    LD_PRELOAD="" python3 "$source_dir/bench/compare.py" --powertrain "$folder/ours" \
        --peers "$1" --rounds 3 --epochs 2 --threads 1 --output "$folder/record.json" fp32
}

pretend "$folder/ours" 3000
pretend "$folder/peers/bin/python" 2000

# 3000 : 2000 in each of three rounds
compare "$folder/peers" >"$folder/out" 2>"$folder/err" || fail "exit $?: $(cat "$folder/err")"
grep -q 'powertrain : pytorch = 1.50 in speed (1.50, 1.50, 1.50), starts 1.0x sooner' "$folder/out" ||
    fail "no ratio of 1.50 in: $(cat "$folder/out")"
grep -q 'powertrain: 9.8.7' "$folder/out" || fail "no version in: $(cat "$folder/out")"
python3 -c 'import json, sys
runs = json.load(open(sys.argv[1]))["precisions"]["fp32"]["powertrain"]
assert len(runs) == 3 and all(run["peak_rss_bytes"] > 0 for run in runs), runs' "$folder/record.json" ||
    fail "the record is not what was run"

grep -q 'NOT QUIET' "$folder/out" && fail "equal rounds called disturbed"

# a program that slows down from run to run: the table says that it cannot be trusted
cat >"$folder/ours" <<PROGRAM
#!/usr/bin/env bash
if [[ \$1 == --version ]]; then
    echo "powertrain 9.8.7"
    exit
fi
echo run >>"$folder/count"
runs=\$(wc -l <"$folder/count")
echo "{\"samples_per_second\": \$((3000 / runs)), \"start_to_first_step_seconds\": 0.5,"
echo ' "accuracy": 0.9}'
PROGRAM
compare none >"$folder/out" 2>/dev/null || fail "exit $? of a slowing program"
grep -q 'NOT QUIET: powertrain ran 3.0 times as fast' "$folder/out" ||
    fail "no warning in: $(cat "$folder/out")"
pretend "$folder/ours" 3000

# alone: no ratio is made up
compare none >"$folder/out" 2>/dev/null || fail "exit $? without peers"
grep -q ' : pytorch' "$folder/out" && fail "a ratio without a peer"

# a program that prints no speed, one that prints no JSON, one that fails
for bad in '{"accuracy": 1}' 'Segmentation fault' ''; do
    printf '#!/usr/bin/env bash\necho %q\n' "$bad" >"$folder/ours"
    compare none >/dev/null 2>"$folder/err" && fail "took '$bad' for a result"
    grep -q 'powertrain printed no result' "$folder/err" || fail "no reason in: $(cat "$folder/err")"
done
printf '#!/usr/bin/env bash\nexit 3\n' >"$folder/ours"
compare none >/dev/null 2>"$folder/err" && fail "took a failure for a result"
grep -q 'exit 3 of' "$folder/err" || fail "no exit status in: $(cat "$folder/err")"
echo "compare.py: ok"
