#!/usr/bin/env bash
# powertrain hardware and calibrate, as a user types them.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export XDG_CACHE_HOME="$folder/cache" OMP_NUM_THREADS=2

fail() {
    echo "FAILED: $*" >&2
    exit 1
}
# expect CODE TEXT COMMAND...: the exit code, and a text that stdout and stderr together contain
expect() {
    local code=$1 text=$2 got=0
    shift 2
    "$@" >"$folder/out" 2>"$folder/err" || got=$?
    [ "$got" -eq "$code" ] || fail "$* ended with $got, not $code: $(cat "$folder/err")"
    cat "$folder/out" "$folder/err" | grep -qF -- "$text" || fail "$* does not say: $text"
}

expect 0 "h100-sxm" "$POWERTRAIN" hardware
[ "$("$POWERTRAIN" hardware | grep -c '^[a-z0-9+-]*  *[GTNC]PU ')" -ge 25 ] || fail "fewer than 25 rows"
expect 0 "white paper, SXM5 column" "$POWERTRAIN" hardware h100-sxm
expect 0 "989.4" "$POWERTRAIN" hardware H100-SXM tpu-v4
expect 3 "did you mean mi300x?" "$POWERTRAIN" hardware mi300y
expect 2 "--json" "$POWERTRAIN" hardware --jsn
# unpublished is null and "-", never 0
expect 0 '"board_watts": null' "$POWERTRAIN" hardware tpu-v5e --json
grep -q '"fp32_flop_per_second": null' "$folder/out" || fail "an unpublished peak is not null"
grep -q '"source": "Google Cloud' "$folder/out" || fail "no source in JSON"

expect 3 "powertrain calibrate" "$POWERTRAIN" calibrate --print
expect 2 "above 0" "$POWERTRAIN" calibrate --seconds 0
expect 2 "unexpected argument" "$POWERTRAIN" calibrate now
expect 0 "fp32 products" "$POWERTRAIN" calibrate --seconds 0.2
ls "$folder/cache/powertrain/"calibration-*.json >/dev/null || fail "nothing was kept"
expect 0 '"fp32_flop_per_second": ' "$POWERTRAIN" calibrate --print --json
"$POWERTRAIN" calibrate --print >"$folder/first"
"$POWERTRAIN" calibrate --print >"$folder/second"
cmp -s "$folder/first" "$folder/second" || fail "--print measured again"

# a damaged file is told, and measuring again repairs it
for file in "$folder/cache/powertrain/"calibration-*.json; do
    head -c 100 "$file" >"$folder/half" && cat "$folder/half" >"$file"
done
expect 3 "run \`powertrain calibrate\`" "$POWERTRAIN" calibrate --print
expect 0 "threads" "$POWERTRAIN" calibrate --seconds 0.1
expect 0 "threads" "$POWERTRAIN" calibrate --print

# a place that cannot be written
touch "$folder/file"
XDG_CACHE_HOME="$folder/file" expect 3 "$folder/file" "$POWERTRAIN" calibrate --seconds 0.1
echo "hardware and calibrate: ok"
