#!/usr/bin/env bash
# powertrain prices: a file as a feed, as text, CSV and JSON; the list; mistakes; a feed that is gone.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache HOME=$work
failed=0

fail() {
    echo "FAILED: $*" >&2
    failed=1
}

# run CODE PART COMMAND...: the exit status, and a part of what is printed on both streams
run() {
    local code=$1 part=$2
    shift 2
    "$@" >"$work/out" 2>"$work/err"
    local got=$?
    [ "$got" -eq "$code" ] || fail "$*: status $got, expected $code: $(cat "$work/err")"
    grep -qF -e "$part" "$work/out" "$work/err" ||
        fail "$*: no \"$part\" in: $(cat "$work/out" "$work/err")"
}

# Four hours from midnight, the third one unknown: 100, -50, 30 EUR/MWh.
cat >"$work/prices.csv" <<'CSV'
time,value
2026-11-23T00:00Z,100
2026-11-23T01:00Z,-50
2026-11-23T03:00Z,30
CSV
name="csv:$work/prices.csv#EUR/MWh"

run 0 "price in EUR/kWh, 2026-11-23 00:00 to 2026-11-23 04:00 UTC" "$POWERTRAIN" prices "$name"
run 0 "lowest -0.05 (2026-11-23 01:00), highest 0.1 (2026-11-23 00:00)" "$POWERTRAIN" prices "$name"
run 0 "1 intervals are unknown." "$POWERTRAIN" prices "$name"
# 0.15 EUR/kWh on 40 columns: a third of them below zero.
grep -qE '^2026-11-23 00:00 +0\.1  {13,14}#{26,27}$' "$work/out" || fail "the bar of 0.1: $(cat "$work/out")"
grep -qE '^2026-11-23 01:00 +-0\.05  -{13,14}$' "$work/out" || fail "the bar of -0.05: $(cat "$work/out")"
grep -qE '^2026-11-23 02:00 +unknown' "$work/out" || fail "the gap: $(cat "$work/out")"

# What --csv prints is a feed again, with the same values.
"$POWERTRAIN" prices "$name" --csv >"$work/again.csv" || fail "--csv"
"$POWERTRAIN" prices "csv:$work/again.csv" --csv >"$work/third.csv" || fail "--csv of --csv"
cmp "$work/again.csv" "$work/third.csv" || fail "--csv does not come back"
grep -qx '2026-11-23T01:00:00Z,-0.05' "$work/again.csv" || fail "--csv: $(cat "$work/again.csv")"

run 0 '"missing_count": 1' "$POWERTRAIN" prices "$name" --json
if command -v python3 >/dev/null; then
    python3 - "$work/out" <<'PY' || fail "--json"
import json, sys
answer = json.load(open(sys.argv[1]))
assert answer["currency"] == "EUR" and answer["step_seconds"] == 3600, answer
assert [row["value"] for row in answer["values"]] == [0.1, -0.05, 0.03], answer
PY
fi

# Two hundred hours are more rows than anybody reads: means of six hours.
{
    echo time,value
    for i in $(seq 0 199); do
        printf '2026-11-%02dT%02d:00Z,%d\n' $((1 + i / 24)) $((i % 24)) "$i"
    done
} >"$work/many.csv"
run 0 "means of 6 h" "$POWERTRAIN" prices "csv:$work/many.csv#g/kWh"
grep -qE '^2026-11-01 06:00 +8\.5 ' "$work/out" || fail "the mean of 6 to 11: $(cat "$work/out")"
run 0 "carbon in g/kWh" "$POWERTRAIN" prices "csv:$work/many.csv#g/kWh" --from 2026-11-02 --to 2026-11-03

run 0 "POWERTRAIN_ENTSOE_TOKEN" "$POWERTRAIN" prices --list
run 0 '"name": "open-meteo"' "$POWERTRAIN" prices --list --json

run 2 "name one feed" "$POWERTRAIN" prices
run 2 "exclude each other" "$POWERTRAIN" prices "$name" --csv --json
run 2 "no time" "$POWERTRAIN" prices "$name" --from tomorrow
run 2 "not before" "$POWERTRAIN" prices "$name" --from 2026-11-02 --to 2026-11-01
run 2 "price, carbon or solar" "$POWERTRAIN" prices "$name" --kind cost
run 2 "is no unit" "$POWERTRAIN" prices "csv:x.csv#EUR"
run 2 "no bidding zone" "$POWERTRAIN" prices "energy-charts:?"
run 3 "there is no feed" "$POWERTRAIN" prices "energy:DE"
run 3 "nowhere.csv" "$POWERTRAIN" prices "csv:$work/nowhere.csv"

export POWERTRAIN_FEED_URL_ENERGY_CHARTS=http://127.0.0.1:1
run 6 "offline" "$POWERTRAIN" prices energy-charts:DE-LU --offline
run 6 "no price is known" "$POWERTRAIN" prices energy-charts:DE-LU
export POWERTRAIN_OFFLINE=1
run 6 "offline" "$POWERTRAIN" prices uk-carbon

exit $failed
