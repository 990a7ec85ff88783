#!/usr/bin/env bash
# powertrain bills: the list and one bill, as text, JSON and CSV, and what can go wrong.
set -u
work=$(mktemp -d /tmp/powertrain-test-XXXXXX)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export HOME="$work" XDG_DATA_HOME="$work/data" XDG_CACHE_HOME="$work/cache" LC_ALL=C.UTF-8
passed=0

check() {
    local text=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        echo "FAILED: $text" >&2
        sed 's/^/  out: /' out >&2
        sed 's/^/  err: /' err >&2
        exit 1
    fi
}
contains() { grep -qF -- "$2" "$1"; }
lacks() { ! grep -qF -- "$2" "$1"; }
lines() { [ "$(wc -l <"$1")" -eq "$2" ]; }
exits() {
    local expected=$1 code=0
    shift
    "$@" >out 2>err </dev/null || code=$?
    [ "$code" -eq "$expected" ] || { echo "  exit status $code, expected $expected" >&2 && return 1; }
}

# Nothing was ever metered: no mistake, and looking makes no file.
check "an empty list" exits 0 "$POWERTRAIN" bills
check "it says what writes one" contains out "powertrain meter"
check "an empty list as JSON" exits 0 "$POWERTRAIN" bills --json
check "it has no runs" contains out '"runs": []'
check "an empty list as CSV" exits 0 "$POWERTRAIN" bills --csv
check "it is a header" lines out 1
check "no file was made" test ! -e data
check "a run of no ledger" exits 3 "$POWERTRAIN" bills 1
check "a named ledger must be there" exits 3 "$POWERTRAIN" bills --ledger none.db
check "it is named" contains err "none.db"
check "and was not made" test ! -e none.db

# One run without a price and two with one.
cat >tariff.yaml <<YAML
currency: EUR
price_per_kwh: 0.30
carbon_g_per_kwh: 400
YAML
check "a run" exits 0 "$POWERTRAIN" meter -q -- true
check "a priced run" exits 0 "$POWERTRAIN" meter -q --tariff tariff.yaml -- true
check "a failing run" exits 7 "$POWERTRAIN" meter -q --tariff tariff.yaml -- sh -c 'exit 7'
check "the list" exits 0 "$POWERTRAIN" bills
check "three runs, a heading, a rule, two totals" lines out 7
check "the newest is first" test "$(sed -n 2p out | awk '{print $1}')" = 3
check "sums are per currency" contains out "2 runs in EUR"
check "what has no price is not counted as free" contains out "1 run, no price"
check "unknown is a dash" test "$(awk '$1 == 1' out | grep -cE ' - +- +- +- +finished')" -eq 1

check "a limit" exits 0 "$POWERTRAIN" bills --limit 2
check "two runs and one total" lines out 5
check "it says that there are more" contains err "--limit"
check "no limit" exits 0 "$POWERTRAIN" bills -n 0
check "nothing to say" test ! -s err

check "JSON" exits 0 "$POWERTRAIN" bills --json
check "unknown money is null" test "$(grep -c '"known_sum": null' out)" -ge 1
check "the command's name" contains out '"name": "true"'
check "CSV" exits 0 "$POWERTRAIN" bills --csv
check "a header and three runs" lines out 4
# Joules times 0.30 EUR per 3.6 MJ are euros, joules times 400 g per 3.6 MJ grams.
check "columns agree" awk -F, 'NR > 1 && $11 == "EUR" {
    n++; e = $7 * 0.30 / 3.6e6; g = $7 * 400 / 3.6e6
    if ($12 - e > 1e-9 || e - $12 > 1e-9 || $16 - g > 2e-6 || g - $16 > 2e-6) bad = 1
} END { exit bad || n != 2 }' out
check "an unknown price is an empty field" test "$(awk -F, '$1 == 1 {print $11 "|" $12 "|"}' out)" = "||"

check "one bill" exits 0 "$POWERTRAIN" bills 2
check "it says what ran" contains out "run 2: meter true, finished"
check "and the price's source or currency" contains out "EUR"
check "one bill as JSON" exits 0 "$POWERTRAIN" bills 2 --json
check "with its rows" contains out '"rows"'
check "no such run" exits 3 "$POWERTRAIN" bills 99
check "it is named" contains err "no run 99"

check "no number" exits 2 "$POWERTRAIN" bills x
check "two numbers" exits 2 "$POWERTRAIN" bills 1 2
check "two formats" exits 2 "$POWERTRAIN" bills --json --csv
check "one bill as CSV" exits 2 "$POWERTRAIN" bills 1 --csv
check "a negative limit" exits 2 "$POWERTRAIN" bills --limit -1
check "an unknown option" exits 2 "$POWERTRAIN" bills --limt 3

echo "this is no database, but it is long enough to look like one at first sight: 1234567890" >no.db
check "no database" exits 3 "$POWERTRAIN" bills --ledger no.db
check "the remedy" contains err "move it away"
check "it is still there" contains no.db "no database"
# A file of this kind takes no bytes at all.
if [ -w /dev/full ]; then
    full() { "$POWERTRAIN" bills >/dev/full; }
    check "a full output" exits 1 full
fi
echo "$passed passed, 0 failed"
