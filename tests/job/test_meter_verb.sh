#!/usr/bin/env bash
# powertrain meter, as a user types it: the command is as if it ran alone, and gets a bill.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export XDG_DATA_HOME="$folder/data" XDG_CACHE_HOME="$folder/cache"

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
# number KEY: of the JSON in $folder/bill
number() {
    sed -nE 's/^  "'"$1"'": ([-0-9.e+]+|null),?$/\1/p' "$folder/bill"
}
# value KEY: of a quantity in it
value() {
    sed -nE '/^  "'"$1"'": \{/,/\}/s/^    "'"$2"'": ([-0-9.e+]+|null),?$/\1/p' "$folder/bill"
}
holds() { # holds EXPRESSION: of awk
    awk "BEGIN { exit !($*) }" || fail "$* is not so"
}
meter() {
    "$POWERTRAIN" meter --ledger none "$@"
}

# ---- the status is the command's
expect 0 "energy" meter -- true
expect 1 "exit status 1" meter -- false
expect 7 "exit status 7" meter -- sh -c 'exit 7'
expect 2 "exit status 2" meter sh -c 'exit 2'
expect 143 "ended by signal 15" meter -- sh -c 'kill -TERM $$'
expect 127 "no-such-command: No such file" meter -- no-such-command
echo text >"$folder/plain"
expect 126 "Permission denied" meter -- "$folder/plain"

# ---- mistakes of ours are 125, and nothing runs
for wrong in "--sensor crystal-ball" "--sensor perl --replay x" "--interval 0" "--interval soon" \
    "--region XX" "--tariff $folder/none.yaml" "--replay $folder/none.csv" "--colour" \
    "--region DE --tariff $folder/none.yaml" "-o $folder/no/such/file"; do
    # shellcheck disable=SC2086
    expect 125 "powertrain meter: " meter $wrong -- touch "$folder/ran"
    [ ! -e "$folder/ran" ] || fail "the command ran in spite of $wrong"
done
expect 125 "no command" meter
expect 125 "no command" meter --
expect 0 "usage: powertrain meter" meter --help

# ---- the streams are the command's
printf 'a\0b\nc' >"$folder/input"
meter -- cat <"$folder/input" >"$folder/output" 2>"$folder/err"
cmp -s "$folder/input" "$folder/output" || fail "standard input or output was touched"
meter -q -- sh -c 'echo aside >&2' 2>"$folder/err"
[ "$(cat "$folder/err")" = aside ] || fail "-q does not leave standard error to the command"
meter -o "$folder/bill" -- sh -c 'echo aside >&2' 2>"$folder/err"
[ "$(cat "$folder/err")" = aside ] || fail "-o does not leave standard error to the command"
grep -q "total" "$folder/bill" || fail "no bill in the file of -o"
# a reader that goes away ends the command, as without us
expect 141 "signal 13" meter -- sh -c 'kill -PIPE $$'

# ---- the words of the command are not taken for ours
[ "$(meter -q echo --json --sensor x)" = "--json --sensor x" ] || fail "the words of the command"

# ---- energy: a recorded meter of 100 W
printf 'seconds,channel,joules\n0,wall,0\n1000,wall,100000\n' >"$folder/meter.csv"
meter --replay "$folder/meter.csv" --json -o "$folder/bill" -- \
    sh -c 'i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done'
holds "$(number exit_status) == 0"
holds "$(value machine_joules value) > 99 * $(number metered_seconds)"
holds "$(value machine_joules value) < 101 * $(number metered_seconds)"
holds "$(value energy_joules value) > 0"
holds "$(value energy_joules value) <= $(value machine_joules value)"
holds "$(value energy_joules low) <= $(value energy_joules value)"
holds "$(value energy_joules value) <= $(value energy_joules high)"
holds "$(number metered_cpu_seconds) > 0.01"
holds "$(number metered_cpu_seconds) <= $(number user_seconds) + $(number system_seconds) + 0.000001"

# ---- a sensor that never moves and then fails leaves the energy unknown, not 0
printf 'seconds,channel,joules\n0,wall,5\n1,wall,\n' >"$folder/meter.csv"
rm "$folder/bill"
meter --replay "$folder/meter.csv" --json -o "$folder/bill" -- sleep 1.2
[ "$(value energy_joules value)" = null ] || fail "unknown energy is $(value energy_joules value)"
grep -q '"microjoules": null' "$folder/bill" || fail "the bill of unknown energy shows a number"
expect 0 "unknown" meter --replay "$folder/meter.csv" -- sleep 1.2
# a machine without sensors: the command runs all the same
mkdir "$folder/empty"
expect 3 "stays unknown" meter --root "$folder/empty" -- sh -c 'exit 3'

# ---- CPU time of children, also of those that have ended
meter --json -o "$folder/bill" -- sh -c 'i=0; while [ $i -lt 200 ]; do /bin/true; i=$((i+1)); done'
holds "$(number metered_cpu_seconds) >= 0.01"
holds "$(number metered_cpu_seconds) > 0.9 * ($(number user_seconds) + $(number system_seconds))"

# ---- the ledger
ledger=$folder/data/powertrain/ledger.db
"$POWERTRAIN" meter --region DE -- true 2>"$folder/err"
grep -qF "run 1 in $ledger" "$folder/err" || fail "no line of the ledger: $(cat "$folder/err")"
"$POWERTRAIN" meter --json -o "$folder/bill" -- sh -c 'exit 9' && fail "status" || [ $? -eq 9 ]
holds "$(number run) == 2"
"$POWERTRAIN" bills >"$folder/out"
grep -q "true" "$folder/out" || fail "bills does not list the run: $(cat "$folder/out")"
expect 5 "not in the ledger" "$POWERTRAIN" meter --ledger /dev/null/ledger -- sh -c 'exit 5'

# ---- a signal to the wrapper reaches the command; its trap decides
"$POWERTRAIN" meter -q --ledger none -- sh -c 'trap "exit 42" TERM; echo ready; while :; do sleep 0.02; done' \
    >"$folder/out" &
wrapper=$!
while ! grep -q ready "$folder/out"; do sleep 0.02; done
kill -TERM "$wrapper"
code=0
wait "$wrapper" || code=$?
[ "$code" -eq 42 ] || fail "TERM ended with $code"

# ---- background work is waited for only with --wait
expect 0 "done late" meter --wait -- sh -c '(sleep 0.1; echo done late) &'
