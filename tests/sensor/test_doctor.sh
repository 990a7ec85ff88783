#!/usr/bin/env bash
# powertrain doctor on the machine at hand, on none at all, and on one of files.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export XDG_DATA_HOME="$folder/data" XDG_CACHE_HOME="$folder/cache"

fail() {
    echo "FAILED: $*" >&2
    exit 1
}
says() {
    grep -qF -- "$1" "$folder/out" || fail "doctor does not say: $1: $(cat "$folder/out")"
}

"$POWERTRAIN" doctor >"$folder/out"
for word in perf powercap battery replay model "works, used" machine calibration products \
    "$folder/data/powertrain/ledger.db"; do
    says "$word"
done
"$POWERTRAIN" doctor --json >"$folder/out"
says '"name": "model"'
says '"cost_of_doing_without": '
[ "$(grep -c '"used": true' "$folder/out")" -eq 1 ] || fail "not exactly one sensor is used"
if command -v python3 >/dev/null; then
    python3 -m json.tool <"$folder/out" >/dev/null || fail "no JSON"
fi

# nothing at all: every line says what is missing
mkdir "$folder/empty"
"$POWERTRAIN" doctor --root "$folder/empty" >"$folder/out"
says "modprobe intel_rapl_msr"
says "modprobe rapl"
says "no battery"
says "unknown: "
grep -qE "^[a-z]+ +works" "$folder/out" && fail "something works on an empty machine"

# a counter that nobody moves
zone=$folder/frozen/sys/class/powercap/intel-rapl:0
mkdir -p "$zone"
echo package-0 >"$zone/name"
echo 123456789 >"$zone/energy_uj"
echo 262143328850 >"$zone/max_energy_range_uj"
"$POWERTRAIN" doctor --root "$folder/frozen" >"$folder/out"
says "package-0 stands still at 123.456789 J"

printf 'seconds,channel,joules\n0,wall,0\n1000,wall,100000\n' >"$folder/meter.csv"
"$POWERTRAIN" doctor --replay "$folder/meter.csv" >"$folder/out"
says "recorded in $folder/meter.csv"

code=0
"$POWERTRAIN" doctor now 2>"$folder/out" || code=$?
[ "$code" -eq 2 ] || fail "an argument too many ended with $code"
