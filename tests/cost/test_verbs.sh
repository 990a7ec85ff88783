#!/usr/bin/env bash
# powertrain grids, as a user types it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

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

expect 0 "Germany" "$POWERTRAIN" grids
[ "$("$POWERTRAIN" grids | grep -cE '^[A-Z]{2} ')" -ge 60 ] || fail "fewer than 60 countries"
expect 0 "Eurostat" "$POWERTRAIN" grids de
expect 0 "eGRID" "$POWERTRAIN" grids US-CA
expect 3 "did you mean US-CAISO?" "$POWERTRAIN" grids US-CAISOO
expect 3 "powertrain grids" "$POWERTRAIN" grids Atlantis
# an unknown price is null and "-", never 0
expect 0 '"price_per_kwh": null' "$POWERTRAIN" grids CH --json
grep -q '"currency": null' "$folder/out" || fail "a currency without a price"
expect 0 "no source known" "$POWERTRAIN" grids CH
echo "grids: ok"
