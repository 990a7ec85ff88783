#!/usr/bin/env bash
# powertrain replay, as a user types it.
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
# number KEY N: the Nth value of that key in $folder/out
number() {
    sed -n "s/^ *\"$1\": \([-0-9.e+]*\),*$/\1/p" "$folder/out" | sed -n "${2}p"
}
near() {
    awk -v a="$1" -v b="$2" 'BEGIN { d = a / b - 1; exit !(d <= 1e-6 && d >= -1e-6) }' ||
        fail "$3 is $1, expected $2"
}
replay=("$POWERTRAIN" replay)

# Sixty days: 20 per MWh from 0 to 6 UTC, else 100. 2024 is in winter time for none of it: all UTC.
awk 'BEGIN {
    print "time,value"
    for (d = 0; d < 60; d++)
        for (h = 0; h < 24; h++) {
            m = d < 31 ? 1 : 2
            printf "2024-%02d-%02dT%02d:00:00Z,%d\n", m, d < 31 ? d + 1 : d - 30, h, h < 6 ? 20 : 100
        }
}' >"$folder/prices.csv"

# 6 h of 1 kW that may end a day later: 6 kWh at 0.02. Hour by hour finds the same, because each day
# is like the last one.
expect 0 '"policy": "forecast"' "${replay[@]}" --series "$folder/prices.csv" --job 6h --within 1d \
    --watts 1000 --every 24h --json
near "$(number mean_cost 3)" 0.12 "the clairvoyant cost"
near "$(number mean_cost 5)" 0.12 "the cost of ours"
# Starts at midnight run at once: nothing is saved.
near "$(number mean_cost 1)" 0.12 "the cost of starting at midnight"

# Starts every 13 h: all hours of the day. Costs scale with the unit.
expect 0 '"late_count": 0' "${replay[@]}" --series "$folder/prices.csv" --job 6h --within 30h --json
cost=$(number mean_cost 5)
expect 0 '"late_count": 0' "${replay[@]}" --series "$folder/prices.csv" --job 6h --within 30h \
    --unit kWh --json
near "$(number mean_cost 5)" "$(awk -v c="$cost" 'BEGIN { print c * 1000 }')" "the cost per kWh"

# What is not known a day ahead cannot be used: never better than in hindsight, still in time.
expect 0 '"day_ahead": false' "${replay[@]}" --series "$folder/prices.csv" --job 6h --within 30h \
    --real-time --slower 10 --json
grep -q '"late_count": [1-9]' "$folder/out" && fail "a deadline was missed"

# The whole tariff: what is added dilutes the saving.
cat >"$folder/tariff.yaml" <<EOF
currency: EUR
price_per_kwh: 0.30
EOF
expect 0 "whole tariff" "${replay[@]}" --series "$folder/prices.csv" --job 6h --within 30h \
    --tariff "$folder/tariff.yaml"
expect 0 "energy part" "${replay[@]}" --series "$folder/prices.csv" --job 6h --within 30h \
    --policy forecast --html "$folder/page.html"
grep -q "persistence" "$folder/out" && fail "--policy forecast shows persistence too"
grep -q "plot-replay" "$folder/page.html" || fail "the page has no plot"
grep -Eq "(src|href)=\"https?:" "$folder/page.html" && fail "the page loads something"

# Carbon alone is what is minimized; carbon beside prices is reported, missing where it does not reach.
expect 0 '"unit": "g"' "${replay[@]}" --carbon "$folder/prices.csv" --job 6h --within 30h --json
sed -n 1,100p "$folder/prices.csv" >"$folder/short.csv"
expect 0 '"mean_carbon_grams": null' "${replay[@]}" --series "$folder/prices.csv" \
    --carbon "$folder/short.csv" --job 6h --within 30h --json

# Prices that tell nothing of the carbon leave it as it was; those of another year are refused.
expect 0 '"late_count": 0' "${replay[@]}" --carbon "$folder/prices.csv" \
    --with-prices "$folder/prices.csv" --job 6h --within 30h --json
sed 's/^2024/2020/' "$folder/prices.csv" >"$folder/other.csv"
expect 3 "give one of the same time" "${replay[@]}" --carbon "$folder/prices.csv" \
    --with-prices "$folder/other.csv" --job 6h --within 30h
expect 2 "it goes with --carbon" "${replay[@]}" --series "$folder/prices.csv" \
    --with-prices "$folder/prices.csv"

expect 2 "what is replayed?" "${replay[@]}"
expect 2 "no duration" "${replay[@]}" --series "$folder/prices.csv" --job soon
expect 2 "whole hours" "${replay[@]}" --series "$folder/prices.csv" --within 90s
expect 2 "did you mean forecast" "${replay[@]}" --series "$folder/prices.csv" --policy forcast
expect 2 "per MWh or per kWh" "${replay[@]}" --series "$folder/prices.csv" --unit TWh
expect 2 "no time like" "${replay[@]}" --series "$folder/prices.csv" --published noon
expect 2 "no offset like" "${replay[@]}" --series "$folder/prices.csv" --day-offset east
expect 2 "--watts" "${replay[@]}" --series "$folder/prices.csv" --watts 0
expect 2 "--suspended-watts" "${replay[@]}" --series "$folder/prices.csv" --suspended-watts=-1
expect 2 "--resume-minutes" "${replay[@]}" --series "$folder/prices.csv" --resume-minutes=-1
expect 2 "--slower" "${replay[@]}" --series "$folder/prices.csv" --slower=-100
expect 2 "needs --series" "${replay[@]}" --carbon "$folder/prices.csv" --tariff x.yaml
expect 4 "" "${replay[@]}" --series "$folder/prices.csv" --job 25h --within 24h
expect 3 "are needed" "${replay[@]}" --series "$folder/short.csv"
expect 3 "none.csv" "${replay[@]}" --series "$folder/none.csv"
printf 'time,value\n2024-01-01T00:00:00Z,1\n2024-01-01T00:07:00Z,1\n' >"$folder/odd.csv"
expect 3 "no parts of an hour" "${replay[@]}" --series "$folder/odd.csv"
expect 2 "what is it?" "${replay[@]}" "$folder/prices.csv" --series "$folder/prices.csv"
echo "powertrain replay holds"
