#!/usr/bin/env bash
# powertrain run: plans of days in seconds, by a clock that goes faster; killed at every phase.
set -eu
folder=$(mktemp -d)
export XDG_DATA_HOME="$folder/data" XDG_CACHE_HOME="$folder/cache" XDG_STATE_HOME="$folder/state"
export TZ=UTC POWERTRAIN_OFFLINE=1
unset POWERTRAIN_TEST_CLOCK POWERTRAIN_SOCKET POWERTRAIN_JOB
cd "$folder"
started=()
finish() {
    # Whatever a failed test left behind; only what we have started ourselves.
    for pid in "${started[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
    for name in state/powertrain/runs/*.json; do
        name=${name##*/}
        "$POWERTRAIN" run --cancel "${name%.json}" >/dev/null 2>&1 || true
    done
    rm -rf "$folder"
}
trap finish EXIT

fail() {
    echo "FAILED: $*" >&2
    exit 1
}
# expect CODE COMMAND...: the exit code; its output is in out and err
expect() {
    local code=$1 got=0
    shift
    "$@" >out 2>err || got=$?
    [ "$got" -eq "$code" ] || fail "$* ended with $got, not $code: $(cat out err)"
}
says() {
    grep -qF -- "$1" err || fail "it does not say \"$1\": $(cat err)"
}
shows() {
    grep -qF -- "$1" out || fail "it does not show \"$1\": $(cat out)"
}
value() { # value FILE KEY: of the first such key in JSON
    sed -nE "s/.*\"$2\": *\"?([^\",]*)\"?,?$/\1/p" "$1" | head -1
}
holds() { # holds EXPRESSION: of awk
    awk "BEGIN { exit !($*) }" || fail "$* is not so"
}
await() { # await COMMAND...: within a minute
    for _ in $(seq 1200); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.05
    done
    fail "this did not come: $*; $(cat err bg.err 2>/dev/null)"
}
# turn DATE FACTOR
turn() {
    POWERTRAIN_TEST_CLOCK="$(date +%s.%N):$(date -d "$1" +%s):$2"
    export POWERTRAIN_TEST_CLOCK
}

# Four hours of each day are cheap: 02:00 to 05:00 and 13:00 to 14:00.
{
    echo "time,price"
    for day in $(seq 20 30); do
        for hour in $(seq 0 23); do
            case $hour in
            2 | 3 | 4) price=0.05 ;;
            13) price=0.10 ;;
            *) price=0.30 ;;
            esac
            printf '2026-11-%02dT%02d:00:00Z,%s\n' "$day" "$hour" "$price"
        done
    done
} >prices.csv
sed 's/,0.05$/,0.10/' prices.csv >even.csv
# work.sh STEPS [PLACE]: steps of a twentieth of a second; with PLACE it goes on where it was
cat >work.sh <<'WORK'
i=0
[ -z "${2:-}" ] || [ ! -e "$2" ] || i=$(cat "$2")
trap 'exit 0' TERM
while [ "$i" -lt "$1" ]; do
    sleep 0.05
    i=$((i + 1))
    echo "step $i/$1"
    [ -z "${2:-}" ] || { echo $i >"$2.new" && mv "$2.new" "$2"; }
done
exit 0
WORK
metered=(--sensor none --watts 1000)
priced=(--prices "csv:$folder/prices.csv#EUR/kWh")
run() {
    "$POWERTRAIN" run "${priced[@]}" "${metered[@]}" "$@"
}

# ---- mistakes are found before anything runs, and say what to do
turn 2026-11-24T10:00:00Z 1
for wrong in "" "--deadline yesterday" "--deadline 25:00" "--deadline +0h" "--deadline +9x" \
    "--deadline 2026-11-23T08:00:00Z" "--deadline +9h --duration 0" "--deadline +9h --duration soon" \
    "--deadline +9h --duration 1h --optimize money" "--deadline +9h --duration 1h --optimize both" \
    "--deadline +9h --duration 1h --suspend often" "--deadline +9h --duration 1h --suspend restart" \
    "--deadline +9h --duration 1h --job ../x" "--deadline +9h --duration 1h --executor nobody" \
    "--deadline +9h --duration 1h --watts -3" "--deadline +9h --duration 1h --grace never" \
    "--deadline +9h --duration 1h --checkpoint-signal NO" "--deadline +9h --duration 1h --sensor no" \
    "--deadline +9h --duration 1h --prices nofeed:DE" "--deadline +9h --duration 1h --tariff no.yaml" \
    "--deadline +9h --progress-regex step" "--deadline +9h --nonsense"; do
    # shellcheck disable=SC2086
    expect 125 run $wrong -- touch "$folder/ran"
    says "powertrain run: "
    [ ! -e ran ] || fail "the command ran in spite of $wrong"
done
expect 125 run --deadline +9h -- true
says "how long the command takes is not known"
says "--duration"
expect 125 run --deadline +9h --duration 1h
says "no command"
expect 125 run --deadline "2026-11-24 09:00" --duration 1h -- true
says "is over since 1 h"
POWERTRAIN_TEST_CLOCK=soon expect 125 run --deadline +9h --duration 1h -- true
says "REAL:SHOWN:FACTOR"

# ---- the plan: four cheap hours, 1 kW x (3 h x 0.05 + 1 h x 0.10) = 0.25 EUR instead of 1.20
expect 0 run --deadline "tomorrow 08:00" --duration 4h --dry-run --json -- true
holds "$(value out cost) > 0.2499 && $(value out cost) < 0.2501"
holds "$(value out lower_bound) <= 0.2501"
holds "$(value out cost_at_once) > 0.9999 && $(value out cost_at_once) < 1.0001" # 10-14, 13-14 at 0.10
[ "$(value out deadline)" = 2026-11-25T08:00:00Z ] || fail "tomorrow 08:00 is $(value out deadline)"
[ "$(value out suspensions)" = 1 ] || fail "$(value out suspensions) suspensions"
expect 0 run --deadline "tomorrow 08:00" --duration 4h --dry-run -- true
shows "Wed 25 Nov 02:00"
shows "instead of 1.00 EUR at once (75.0 % less)"
shows "runs"
expect 0 run --deadline +30h --duration 4h --suspend never --dry-run --json -- true
[ "$(value out suspensions)" = 0 ] || fail "it suspends in spite of never"
expect 4 run --deadline +3h --duration 4h --dry-run -- true # by how much it does not fit
says "1"
expect 0 "$POWERTRAIN" run --deadline +9h --duration 1h --region DE --dry-run -- true
shows "Shifting does not help"
expect 0 "$POWERTRAIN" run --deadline +9h --duration 1h --dry-run -- true
shows "none is known"

# ---- local time and its clock changes: 02:30 does not exist on the last Sunday of March
export TZ=Europe/Berlin
turn 2026-11-24T10:00:00Z 1
if [ "$(date -d 2026-07-01T00:00:00Z +%H)" = 02 ]; then # there is a database of zones
    expect 0 run --deadline "tomorrow 08:00" --duration 1h --dry-run --json -- true
    [ "$(value out deadline)" = 2026-11-25T07:00:00Z ] || fail "Berlin: $(value out deadline)"
    turn 2027-03-27T10:00:00Z 1
    expect 3 run --deadline "2027-03-28 02:30" --duration 1h --dry-run -- true
    says "skips"
    turn 2026-10-24T10:00:00Z 1 # of the two, the earlier: a deadline must not be missed
    expect 0 run --deadline "2026-10-25 02:30" --duration 1h --dry-run --json -- true
    [ "$(value out deadline)" = 2026-10-25T00:30:00Z ] || fail "twice: $(value out deadline)"
fi
export TZ=UTC

# ---- it runs so, and the bill proves it. 3600 times as fast: an hour is a second
turn 2026-11-24T11:00:00Z 3600
expect 0 run --deadline "tomorrow 08:00" --duration 4h --progress-regex 'step (\d+)/(\d+)' --json \
    -o bill.json --ledger "$folder/l.db" -- sh work.sh 50
[ "$(grep -c '^step ' out)" = 50 ] || fail "the output is not whole: $(cat out)"
says "starts"
says "is suspended"
[ "$(value bill.json suspensions)" != 0 ] || fail "it was never suspended"
holds "$(value bill.json saved_money) > 0"
# Its energy is 1 kW times its hours, and every row has its own price.
holds "$(value bill.json run_joules) / 1000 - $(value bill.json run_seconds) < 1"
for label in waiting running suspended total; do
    grep -q "\"label\": \"$label\"" bill.json || fail "no row $label: $(cat bill.json)"
done
expect 0 "$POWERTRAIN" bills --ledger "$folder/l.db"
shows "run"
# The ledger has learned how long it takes.
turn 2026-11-24T11:00:00Z 1
expect 0 run --deadline "tomorrow 08:00" --ledger "$folder/l.db" --dry-run --json -- sh work.sh 50
grep -q 'in the ledger' out || fail "nothing learned: $(cat out)"

# ---- exit statuses
turn 2026-11-24T13:00:00Z 3600
expect 7 run --deadline +1h --duration 1h --quiet -- sh -c 'exit 7'
expect 127 run --deadline +1h --duration 1h --quiet -- no-such-command-at-all
[ -s err ] || fail "it does not say what is missing"
expect 137 run --deadline +1h --duration 1h --quiet -- sh -c 'kill -KILL $$'

# ---- dead feeds never block: it runs and says why
turn 2026-11-24T10:00:00Z 1
unset POWERTRAIN_OFFLINE
export POWERTRAIN_FEED_URL_ENERGY_CHARTS=http://127.0.0.1:9
expect 0 "$POWERTRAIN" run "${metered[@]}" --prices energy-charts:DE-LU --deadline +9h \
    --duration 1h -- true
says "energy-charts:DE-LU: "
says "no price is known"
export POWERTRAIN_OFFLINE=1

# ---- killed at every phase: started again it goes on, and the bill is of one run
# background NAME OPTIONS... -- COMMAND...
background() {
    "$POWERTRAIN" run "${priced[@]}" "${metered[@]}" "$@" >bg.out 2>bg.err &
    driver=$!
    started+=("$driver")
}
is() { # is NAME PHASE
    "$POWERTRAIN" run --list --json | tr -d '\n ' | tr '}' '\n' | grep "\"job\":\"$1\"," |
        grep -q "\"phase\":\"$2\""
}
crash() {
    kill -KILL "$driver"
    wait "$driver" 2>/dev/null || true
}
cat >gated.sh <<'WORK'
# as work.sh, but at step 20 it waits for the file "enough"
i=0
[ -z "${2:-}" ] || [ ! -e "$2" ] || i=$(cat "$2")
trap 'exit 0' TERM
while [ "$i" -lt "$1" ]; do
    while [ "$i" -eq 20 ] && [ ! -e enough ]; do sleep 0.05; done
    i=$((i + 1))
    echo "step $i/$1"
    [ -z "${2:-}" ] || { echo $i >"$2.new" && mv "$2.new" "$2"; }
done
exit 0
WORK
# All cheap hours cost the same here: there is no reason to wait in one of them.
priced=(--prices "csv:$folder/even.csv#EUR/kWh")
for way in freeze restart; do
    how=(--suspend freeze)
    place=()
    standing=suspended
    if [ $way = restart ]; then
        place=(place)
        standing=parked
        how=(--suspend restart --resume-command "sh gated.sh 40 place")
    fi
    name=killed-$way
    arguments=(--job "$name" --deadline "tomorrow 08:00" --duration 2h "${how[@]}" --json
        -o bill.json --ledger "$folder/$way.db" -- sh gated.sh 40 "${place[@]}")
    rm -f enough bill.json
    turn 2026-11-24T11:00:00Z 1 # dear: it waits
    background "${arguments[@]}"
    await is "$name" planned
    crash
    turn 2026-11-24T13:10:00Z 1 # cheap: it runs
    background "${arguments[@]}"
    await is "$name" running
    await grep -q "step 20/40" "state/powertrain/runs/$name.out"
    crash
    turn 2026-11-24T13:20:00Z 1 # still
    background "${arguments[@]}"
    await grep -q "goes on; deadline" bg.err
    crash
    is "$name" running || fail "it does not run on: $("$POWERTRAIN" run --list)"
    turn 2026-11-24T15:00:00Z 1 # dear: it is suspended
    background "${arguments[@]}"
    await is "$name" $standing
    crash
    is "$name" $standing || fail "a dead driver changed the job: $("$POWERTRAIN" run --list)"
    expect 0 "$POWERTRAIN" run --list
    shows "nobody: start it again"
    turn 2026-11-25T01:00:00Z 1 # dear still; "tomorrow" is what it was
    background "${arguments[@]}"
    await grep -q "goes on; deadline Wed 25 Nov 08:00" bg.err
    crash
    is "$name" $standing || fail "it does not stand any more: $("$POWERTRAIN" run --list)"
    touch enough
    turn 2026-11-25T02:10:00Z 1
    expect 0 run "${arguments[@]}"
    [ "$(grep -c "step 40/40" "state/powertrain/runs/$name.out")" = 1 ] || fail "not done once"
    [ "$(grep -c "step 20/40" "state/powertrain/runs/$name.out")" = 1 ] || fail "a step was done twice"
    [ "$(value bill.json start)" \< "2026-11-24T11:30:00Z" ] || fail "another run: $(cat bill.json)"
    [ "$(value bill.json deadline_kept)" = true ] || fail "$way: late"
    holds "$(value bill.json suspended_seconds) > 11 * 3600"
    holds "$(value bill.json run_seconds) > 0"
    is "$name" ended || fail "not ended: $("$POWERTRAIN" run --list)"
    expect 0 "$POWERTRAIN" bills --ledger "$folder/$way.db" --json
    [ "$(grep -c '"kind": "run"' out)" = 1 ] || fail "not one run in the ledger: $(cat out)"
done

# ---- the command is killed by others while nobody steers: its end is found
turn 2026-11-24T13:00:00Z 3600
background --job lonely --deadline +9h --duration 9h --quiet -- sh -c 'echo $$ >pid; exec sleep 1000'
await test -s pid
await is lonely running
crash
kill -KILL "$(cat pid)"
expect 137 run --job lonely --deadline +9h --duration 9h -- sh -c 'echo $$ >pid; exec sleep 1000'

# ---- Ctrl-C before it has started leaves the plan, --cancel ends it
turn 2026-11-24T14:00:00Z 1
background --job waits --deadline "tomorrow 08:00" --duration 1h -- true
await is waits planned
kill -INT "$driver"
code=0
wait "$driver" || code=$?
[ $code = 130 ] || fail "status $code, not 130"
grep -q "the same command line goes on" bg.err || fail "it does not say how it goes on: $(cat bg.err)"
expect 125 run --job waits --deadline "tomorrow 08:00" --duration 1h -- false
says "is another command"
expect 0 "$POWERTRAIN" run --cancel waits
expect 3 "$POWERTRAIN" run --cancel waits
expect 3 "$POWERTRAIN" run --cancel never-was
# While it runs it reaches the command, a second one ends what does not listen.
turn 2026-11-24T13:00:00Z 1
background --job deaf --grace 1s --deadline +9h --duration 9h -- sh -c 'trap "" INT TERM; touch up; while :; do sleep 0.1; done'
await test -e up
await is deaf running
kill -INT "$driver"
sleep 0.5
kill -INT "$driver"
code=0
wait "$driver" || code=$?
[ $code = 137 ] || fail "status $code of a command that was killed: $(cat bg.err)"

# ---- a damaged file of the run is kept aside, and the run begins anew
mkdir -p state/powertrain/runs
echo '{"powertrain_run": 1, "id"' >state/powertrain/runs/torn.json
turn 2026-11-24T13:00:00Z 3600
expect 0 run --job torn --deadline +9h --duration 1h -- true
says "was renamed to"
ls state/powertrain/runs/torn.json.damaged-* >/dev/null || fail "it was thrown away"

# ---- our own trainer: its plan tells how long it takes, and it goes on from its checkpoint
awk 'BEGIN { srand(7); print "x,y,class"
    for (i = 0; i < 300; i++) printf "%.6f,%.6f,%s\n", rand() + i % 3, rand(), substr("abc", i % 3 + 1, 1)
}' >points.csv
cat >run.yaml <<'YAML'
network:
  name: points
  input: {name: point, shape: [2]}
  layers:
    - linear: {name: fc1, out_features: 48}
    - relu
    - linear: {name: fc2, out_features: 3}
  loss: cross_entropy
data: {kind: csv, file: points.csv, label: class, test_share: 0.2, seed: 3}
train:
  epochs: 4000
  batch: 32
  optimizer: {kind: adam, learning_rate: 0.01}
  threads: 1
  checkpoint: {every_steps: 40}
YAML
turn 2026-11-24T13:10:00Z 1
trainer=("$POWERTRAIN" train run.yaml -o trained --ledger none)
expect 0 run --deadline "tomorrow 08:00" --ledger none --dry-run -- "${trainer[@]}"
shows "the plan of powertrain train"
shows "checkpoint, end, start again"
background --job trains --ledger none --deadline "tomorrow 08:00" --duration 2h -- "${trainer[@]}"
await test -s trained/checkpoint.safetensors
kill -INT "$driver"
code=0
wait "$driver" || code=$?
[ $code = 130 ] || fail "status $code, not 130: $(cat bg.err)"
is trains parked || fail "it is not parked: $("$POWERTRAIN" run --list)"
expect 0 run --job trains --ledger none --deadline "tomorrow 08:00" --duration 2h --json -o bill.json \
    -- "${trainer[@]}"
[ "$(value bill.json restarts)" = 1 ] || fail "not restarted: $(cat bill.json)"
grep -q "epoch 4000/4000" state/powertrain/runs/trains.out state/powertrain/runs/trains.err || fail "not trained to its end"

echo "run: all is well"
