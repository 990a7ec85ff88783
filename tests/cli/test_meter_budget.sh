#!/usr/bin/env bash
# powertrain meter --budget: what is used up is said, and pauses or stops the whole command.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export XDG_DATA_HOME="$folder/data" XDG_CACHE_HOME="$folder/cache" XDG_STATE_HOME="$folder/state"

fail() {
    echo "FAILED: $*" >&2
    exit 1
}
# expect CODE COMMAND...: the exit code; what it says is in $folder/err
expect() {
    local code=$1 got=0
    shift
    "$@" >"$folder/out" 2>"$folder/err" || got=$?
    [ "$got" -eq "$code" ] || fail "$* ended with $got, not $code: $(cat "$folder/err")"
}
says() {
    grep -qF -- "$1" "$folder/err" || fail "it does not say \"$1\": $(cat "$folder/err")"
}
says_not() {
    ! grep -qF -- "$1" "$folder/err" || fail "it says \"$1\": $(cat "$folder/err")"
}
holds() { # holds EXPRESSION: of awk
    awk "BEGIN { exit !($*) }" || fail "$* is not so"
}

# A machine that draws 10 kW for hours. A command that computes gets its share of it however many
# others do.
printf 'seconds,channel,joules\n0,wall,0\n100000,wall,1e9\n' >"$folder/kw.csv"
cat >"$folder/tariff.yaml" <<'YAML'
price_per_kwh: 0.36
currency: EUR
carbon_g_per_kwh: 360
YAML
meter() {
    "$POWERTRAIN" meter --ledger none --replay "$folder/kw.csv" "$@"
}
spin='while :; do :; done'
# for as long as it takes that the budget is seen
some='end=$(($(date +%s) + 60)); while [ $(date +%s) -lt $end ] && [ ! -e '"$folder"'/enough ]; do :; done; exit 7'

# ---- mistakes are found before anything runs
for wrong in "--budget 2x" "--budget -2kWh" "--budget 0J" "--budget 5EUR" "--budget 1kg" \
    "--budget 5USD --tariff $folder/tariff.yaml" "--budget 2J --on-budget kill" \
    "--budget 2J --grace soon" "--budget 2J --expect-duration -1h" "--grace 3s" \
    "--on-budget stop" "--expect-duration 3h"; do
    # shellcheck disable=SC2086
    expect 125 meter $wrong -- touch "$folder/ran"
    says "powertrain meter: "
    [ ! -e "$folder/ran" ] || fail "the command ran in spite of $wrong"
done
expect 125 meter --budget 5EUR -- true
says "give --region"

# ---- a budget that suffices says how much of it was used, and nothing else
expect 0 meter --budget 2GWh --on-budget stop -- true
says "budget      2GWh: "
says_not "warning: budget"

# ---- stop ends all of it, the bill says why, the status is the command's
expect 143 meter --budget 50J --budget 2kWh --on-budget stop -- \
    sh -c "echo \$\$ >$folder/pid; sh -c 'echo \$\$ >$folder/child; $spin' & $spin"
says "warning: budget 50J: it is used up: "
says "the command is told to end"
says "ended by signal 15"
says "; stopped after "
says "budget      2kWh: "
if grep -q "^State:.[^ZX]" "/proc/$(cat "$folder/child")/status" 2>/dev/null; then
    fail "a child still runs"
fi

# ---- who does not listen is ended by force
expect 137 meter --budget 50J --on-budget stop --grace 200ms -- sh -c "trap '' TERM; $spin"
says "ended by signal 9"
says "; stopped by force after "

# ---- warn leaves it alone, which is the default; money and carbon are budgets too
for budget in 50J 0.000005EUR 0.005g; do
    rm -f "$folder/enough"
    (while ! grep -q "it is used up" "$folder/err" 2>/dev/null; do sleep 0.1; done
     touch "$folder/enough") &
    : >"$folder/err"
    expect 7 meter --tariff "$folder/tariff.yaml" --budget "$budget" -- sh -c "$some"
    wait
    says "warning: budget $budget: it is used up: "
    says "; the command goes on"
    says_not "stopped"
done

# ---- pause, and go on with CONT
wait_for() { # wait_for TEXT: that the command line says meanwhile
    for _ in $(seq 600); do
        grep -qF -- "$1" "$folder/err" && return
        sleep 0.1
    done
    fail "it never says \"$1\": $(cat "$folder/err")"
}
rm -f "$folder/enough"
: >"$folder/err"
(meter --budget 50J --on-budget pause --json -o "$folder/bill" -- \
    sh -c "echo \$\$ >$folder/pid; $some" 2>"$folder/err" && echo 0 >"$folder/status" ||
    echo $? >"$folder/status") &
wait_for "it is paused"
pid=$(cat "$folder/pid")
says "with: kill -CONT $pid"
grep -q "^State:.T" "/proc/$pid/status" || fail "it is not stopped"
sleep 0.3
grep -q "^State:.T" "/proc/$pid/status" || fail "it does not stay stopped"
kill -CONT "$pid"
wait_for "the command goes on, without a budget"
touch "$folder/enough"
wait
[ "$(cat "$folder/status")" -eq 7 ] || fail "after a pause it ended with $(cat "$folder/status")"
grep -qF '"outcome": "paused and let go on"' "$folder/bill" || fail "the bill knows of no pause"
holds "$(sed -nE 's/^  "paused_seconds": (.*[0-9]),?$/\1/p' "$folder/bill") >= 0.3"

# ---- what is paused can be ended
: >"$folder/err"
rm -f "$folder/enough"
(meter --budget 50J --on-budget pause -- sh -c "echo \$\$ >$folder/pid; $some" 2>"$folder/err" &&
    echo 0 >"$folder/status" || echo $? >"$folder/status") &
wait_for "it is paused"
kill -KILL "$(cat "$folder/pid")"
wait
[ "$(cat "$folder/status")" -eq 137 ] || fail "a paused command cannot be killed"
says "; paused after "

# ---- a length that is known tells before that it will not suffice: 100 s at 10 kW, or a tenth of it
rm -f "$folder/enough"
: >"$folder/err"
(wait_for "it will not suffice" && touch "$folder/enough") &
expect 7 meter --budget 60kJ --expect-duration 100s -- sh -c "$some"
wait
says "the whole run will take"

# ---- or the command counts its steps: the tenth of a million
rm -f "$folder/enough"
: >"$folder/err"
(wait_for "it will not suffice" && touch "$folder/enough") &
expect 7 meter --budget 100MJ -- \
    sh -c 'sleep 1; echo "step 10/1000000" >&"$POWERTRAIN_PHASE_FD"; '"$some"
wait
says "the whole run will take"

echo "budgets are kept"
