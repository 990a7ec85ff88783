#!/usr/bin/env bash
# Records of metered runs: a killed meter loses at most a second, its run comes into the ledger, the
# ranks of a job count their machine once, and merge adds up what is there.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export XDG_DATA_HOME="$folder/data" XDG_CACHE_HOME="$folder/cache" XDG_STATE_HOME="$folder/state"
unset POWERTRAIN_RUN POWERTRAIN_PARENT SLURM_JOB_ID PMIX_NAMESPACE PMI_RANK TORCHELASTIC_RUN_ID
records=$folder/state/powertrain/records
check=$PT_SOURCE_DIR/tests/report/openmetrics_check.py

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
    [ -z "$text" ] || cat "$folder/out" "$folder/err" | grep -qF -- "$text" || fail "$* does not say: $text
$(cat "$folder/out" "$folder/err")"
}
holds() { # holds EXPRESSION: of awk
    awk "BEGIN { exit !($*) }" || fail "$* is not so"
}
# value KEY: of the first quantity of this name in $folder/out
value() {
    sed -nE '/"'"$1"'": \{/,/\}/s/^ *"value": ([-0-9.e+]+|null),?$/\1/p' "$folder/out" | head -1
}
number() {
    sed -nE 's/^ *"'"$1"'": ([-0-9.e+]+|null|true|false),?$/\1/p' "$folder/out" | head -1
}
# A machine of 100 W for half an hour.
printf 'seconds,channel,joules\n0,wall,0\n1800,wall,180000\n' >"$folder/meter.csv"
meter=("$POWERTRAIN" meter --replay "$folder/meter.csv")
lines() { # lines FILE: whole state lines in it
    grep -c '^pt1 [0-9a-f]* state .*' "$1" || true
}
# Waits until the file has so many lines; a loaded machine takes longer.
await_lines() {
    for _ in $(seq 600); do
        [ ! -e "$1" ] || [ "$(lines "$1")" -lt "$2" ] || return 0
        sleep 0.1
    done
    fail "$1 has not $2 lines after a minute"
}

# ---- a whole record, and what stands in it
expect 0 "record      $folder/one.record" "${meter[@]}" --record "$folder/one.record" \
    --run-name 'a "b" c=d' -- sh -c 'sleep 1.3'
grep -q '^pt1 [0-9a-f]\{8\} run .* name=a%20%22b%22%20c%3dd ' "$folder/one.record" || fail "no run line"
grep -q ' end .*exit_status=0 signal=0$' "$folder/one.record" || fail "no end"
[ "$(lines "$folder/one.record")" -ge 2 ] || fail "too few lines"
expect 0 "total" "$POWERTRAIN" merge "$folder/one.record"
expect 0 '"complete": true' "$POWERTRAIN" merge --json "$folder/one.record"
holds "$(value machine_joules) > 120 && $(value machine_joules) < 180000"
[ ! -e "$records" ] || [ -z "$(ls "$records")" ] || fail "a record was left behind"
# short commands leave no record, nor do those without a ledger
expect 0 "" "${meter[@]}" -q -- true
expect 0 "" "${meter[@]}" -q --ledger none -- sleep 1.2
[ ! -e "$records" ] || [ -z "$(ls "$records")" ] || fail "a record was left behind"

# ---- a killed meter: what it had written becomes a run, once
"${meter[@]}" -q --run-name fragile --region DE -- sleep 60 &
pid=$!
for _ in $(seq 600); do
    file=$(ls "$records"/*.record 2>/dev/null | head -1) || true
    [ -z "$file" ] || [ "$(lines "$file")" -lt 2 ] || break
    sleep 0.1
done
expect 0 "" "$POWERTRAIN" bills # it lives: not taken
[ -e "$file" ] || fail "the record of a living meter was taken"
child=$(pgrep -P $pid sleep) || fail "no child"
kill -KILL $pid
wait $pid 2>/dev/null || true
kill "$child"
expected=$(tail -1 "$file" | sed -E 's/.* seconds=([0-9.]+) .*/\1/')
expect 0 "1 run of meters that were killed was taken into the ledger" "$POWERTRAIN" bills
grep -q "interrupted" "$folder/out" || fail "no interrupted run: $(cat "$folder/out")"
[ ! -e "$file" ] || fail "the record stays"
expect 0 '"status": "interrupted"' "$POWERTRAIN" bills --json
holds "$(number duration_seconds) > $expected - 0.001 && $(number duration_seconds) < $expected + 0.001"
grep -q '"currency": "EUR"' "$folder/out" || fail "no price by the region of the record"
[ "$("$POWERTRAIN" bills --json | grep -c '"status": "interrupted"')" = 1 ] || fail "taken twice"
# and the next attempt of the same name stands with it
expect 0 "" "${meter[@]}" -q --run-name fragile --region DE -- sleep 0.2
expect 0 "fragile" "$POWERTRAIN" bills
grep -qE "fragile +2 +2 " "$folder/out" || fail "no sum of attempts: $(cat "$folder/out")"
expect 0 '"attempt_count": 2' "$POWERTRAIN" bills --json

# ---- killed at any moment: whole lines, the last of them at most a period old. How late the writer
# ---- is on a loaded machine is not judged: between two lines it is compared with its own clock.
for round in $(seq 50); do
    file=$folder/kill$((round % 10)).record
    rm -f "$file"
    "${meter[@]}" -q --ledger none --record "$file" -- sleep 20 &
    pids[round % 10]=$!
    if [ $((round % 10)) -eq 0 ]; then
        sleep "1.$((RANDOM % 1000))"
        for i in ${!pids[*]}; do
            pkill -KILL -P "${pids[i]}" 2>/dev/null || true
            kill -KILL "${pids[i]}" 2>/dev/null || true
            wait "${pids[i]}" 2>/dev/null || true
        done
        for i in $(seq 0 9); do
            [ -s "$folder/kill$i.record" ] || continue # killed before it began
            expect 0 '"damaged_lines": 0' "$POWERTRAIN" merge --json "$folder/kill$i.record"
            awk '/ state / {
                for (i = 1; i <= NF; i++) if ($i ~ /^number=/) { sub("number=", "", $i); n = $i }
                if (n != last + 1) exit 1
                last = n }' last=0 "$folder/kill$i.record" || fail "a line is missing"
        done
    fi
done

# ---- an explicit record is taken in when it is named, once
expect 0 "1 run of" "$POWERTRAIN" bills --ledger "$folder/other.db" --recover "$folder/one.record"
grep -q "finished" "$folder/out" || fail "the run of the record is not finished"
expect 0 "0 runs of" "$POWERTRAIN" bills --ledger "$folder/other.db" --recover "$folder/one.record"
[ -e "$folder/one.record" ] || fail "a record that the user named is gone"

# ---- damage: torn, changed, doubled
mkdir "$folder/damaged"
awk '{ print; if (NR == 2) print "pt1 00000000 state what?" } END { printf "pt1 torn" }' \
    "$folder/one.record" >"$folder/damaged/a.record"
cp "$folder/one.record" "$folder/damaged/b.record"
expect 0 '"damaged_lines": 1' "$POWERTRAIN" merge --json "$folder/damaged"
holds "$(number torn_files) == 1 && $(number doubled_lines) >= 2 && $(number run_count) == 1"
expect 0 "damaged     1 of" "$POWERTRAIN" merge "$folder/damaged"
echo nonsense >"$folder/nonsense.record"
expect 3 "no line in it is whole" "$POWERTRAIN" merge "$folder/nonsense.record"
expect 3 "it cannot be read" "$POWERTRAIN" merge "$folder/none.record"
mkdir "$folder/empty"
for wrong in "" "--colour x" "$folder/empty" "--run none $folder/one.record" \
    "--region XX $folder/one.record"; do
    # shellcheck disable=SC2086
    if "$POWERTRAIN" merge $wrong >"$folder/out" 2>&1; then fail "merge $wrong succeeds"; fi
    grep -q "powertrain merge: " "$folder/out" || fail "merge $wrong says nothing"
done

# ---- four ranks of a job: one counts the machine; when it dies, another one does
mkdir "$folder/ranks"
export PMIX_NAMESPACE="test-$$"
for rank in 0 1 2 3; do
    OMPI_COMM_WORLD_RANK=$rank OMPI_COMM_WORLD_SIZE=4 "${meter[@]}" --json \
        --record-dir "$folder/ranks" --ledger "$folder/ranks.db" -o "$folder/rank$rank.json" -- \
        sh -c 'while [ ! -e '"$folder"'/stop ]; do sleep 0.1; done' &
    ranks[rank]=$!
done
for rank in 0 1 2 3; do
    for _ in $(seq 600); do
        file[rank]=$(ls "$folder/ranks/"*rank$rank-* 2>/dev/null) && break
        sleep 0.1
    done
    await_lines "${file[rank]}" 2
done
leader=
for rank in 0 1 2 3; do
    grep " state " "${file[rank]}" | tail -1 | grep -q " counts_machine=1 " || continue
    [ -z "$leader" ] || fail "two ranks count the machine"
    leader=$rank
done
[ -n "$leader" ] || fail "nobody counts the machine"
kill -KILL "${ranks[leader]}"
wait "${ranks[leader]}" 2>/dev/null || true
for rank in 0 1 2 3; do
    [ $rank = "$leader" ] || await_lines "${file[rank]}" $(($(lines "${file[rank]}") + 2))
done
counting=0
for rank in 0 1 2 3; do
    [ $rank != "$leader" ] || continue
    ! grep " state " "${file[rank]}" | tail -1 | grep -q " counts_machine=1 " ||
        counting=$((counting + 1))
done
[ $counting = 1 ] || fail "$counting of the three that are left count the machine"
touch "$folder/stop"
for rank in 0 1 2 3; do
    [ $rank = "$leader" ] || wait "${ranks[rank]}" || fail "rank $rank ended with $?"
done
grep -q '"counts_machine": true' "$folder"/rank?.json || fail "no bill counts the machine"
expect 0 '"run_count": 4' "$POWERTRAIN" merge --json "$folder/ranks"
# 100 W for the time in which any of them ran, not three or four times that
holds "$(value machine_joules) > 99 * $(number metered_seconds)"
holds "$(value machine_joules) < 101 * $(number metered_seconds)"
holds "$(value energy_joules) <= $(value machine_joules)"
unset PMIX_NAMESPACE

# ---- a meter within a meter is counted once
mkdir "$folder/nested"
expect 0 "" "${meter[@]}" -q --record-dir "$folder/nested" -- \
    "${meter[@]}" -q --record-dir "$folder/nested" -- sh -c 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done'
expect 0 "inside      1 run" "$POWERTRAIN" merge "$folder/nested"
expect 0 '"inside_run_count": 1' "$POWERTRAIN" merge --json "$folder/nested"

# ---- Slurm: a node of two has no record
mkdir "$folder/slurm"
SLURM_JOB_ID=17 SLURM_JOB_NUM_NODES=2 SLURM_JOB_NODELIST='n[1-2]' SLURMD_NODENAME=n1 \
    SLURM_RESTART_COUNT=1 SLURM_STEP_ID=0 "${meter[@]}" --json -o "$folder/out" \
    --record-dir "$folder/slurm" -- true
grep -q '"job_id": "17"' "$folder/out" || fail "the job is not in the bill"
grep -q '"attempt": 1' "$folder/out" || fail "the attempt is not in the bill"
expect 0 '"complete": false' "$POWERTRAIN" merge --json "$folder/slurm"
grep -q '"n2"' "$folder/out" || fail "n2 is not missing"
expect 0 ">= " "$POWERTRAIN" merge "$folder/slurm"
grep -q "^n2 .*missing" "$folder/out" || fail "n2 is not missing"

# what a job has reserved is that of all its processes: if several are metered, none has all of it
SLURM_JOB_ID=17 SLURM_CPUS_ON_NODE=$(nproc --all) SLURM_STEP_TASKS_PER_NODE=4 \
    "${meter[@]}" --ledger none -o "$folder/out" -- true
grep -q "busy-share: .*4 processes of slurm::17 run here" "$folder/out" ||
    fail "four ranks have the whole machine each: $(cat "$folder/out")"

# ---- a full disk: the command goes on, its status is kept, one warning
if [ -e /dev/full ]; then
    expect 125 "--csv /dev/full" "${meter[@]}" --ledger none --csv /dev/full -- touch "$folder/ran"
    [ ! -e "$folder/ran" ] || fail "the command ran though its samples have no place"
fi
(ulimit -f 4; exec "${meter[@]}" --ledger none -q --record "$folder/full.record" -- \
    sh -c 'sleep 4; exit 7') 2>"$folder/err" && fail "status" || [ $? -eq 7 ] || fail "status"
[ "$(grep -c warning "$folder/err")" -le 1 ] || fail "more than one warning: $(cat "$folder/err")"

# ---- mistakes are found before anything runs
expect 0 "" mkdir "$folder/directory"
for wrong in "--record $folder/no/such/file" "--record $folder/directory" "--csv $folder/no/file" \
    "--openmetrics $folder/no/file" "--metrics-port 70000" "--metrics-port -2" \
    "--record a --record-dir b" "--record-dir $folder/meter.csv/x"; do
    # shellcheck disable=SC2086
    expect 125 "powertrain meter: " "${meter[@]}" $wrong -- touch "$folder/ran"
    [ ! -e "$folder/ran" ] || fail "the command ran in spite of $wrong"
done

# ---- CSV: one header, time and joules go on
expect 0 "" "${meter[@]}" -q --ledger none --csv "$folder/samples.csv" -- sleep 1.4
head -1 "$folder/samples.csv" |
    grep -qx "time,seconds,our_joules,machine_joules,our_watts,machine_watts,phase" || fail "CSV"
awk -F, 'NR > 1 { if (NF != 7 || $2 <= s || $4 < m || $7 != "command") exit 1; s = $2; m = $4 }
    END { exit NR < 4 || m < 120 }' "$folder/samples.csv" || fail "$(cat "$folder/samples.csv")"

# ---- OpenMetrics: while it runs and at the end, with hostile words
python=$(command -v python3) || python=
printf 'evil\xff\x01' >"$folder/word"
expect 0 "" "${meter[@]}" -q --ledger none --region DE --openmetrics "$folder/m.prom" -- \
    sh -c 'sleep 1.2; cp "$1" "$2"' "$(cat "$folder/word")"'"\
}' "$folder/m.prom" "$folder/running.prom"
grep -q "^powertrain_run_active{.*} 1$" "$folder/running.prom" || fail "not active while it runs"
grep -q "^powertrain_run_active{.*} 0$" "$folder/m.prom" || fail "active after the end"
ls "$folder" | grep -q "m.prom.tmp" && fail "a temporary file stays"
if [ -n "$python" ]; then
    for file in m running; do
        "$python" "$check" "$folder/$file.prom" powertrain_energy_joules_total \
            powertrain_machine_energy_joules_total powertrain_cost powertrain_co2e_grams >/dev/null ||
            fail "$file.prom is no OpenMetrics: $(cat "$folder/$file.prom")"
    done
    "$POWERTRAIN" bills --openmetrics >"$folder/bills.prom"
    "$python" "$check" "$folder/bills.prom" powertrain_bill_energy_joules >/dev/null ||
        fail "bills --openmetrics"
fi
# the port: loopback, any free one
"${meter[@]}" -q --ledger none --metrics-port 0 -- \
    sh -c 'while [ ! -e '"$folder"'/done ]; do sleep 0.1; done' 2>"$folder/err" &
pid=$!
for _ in $(seq 100); do
    port=$(sed -nE 's/.*127.0.0.1:([0-9]+).metrics$/\1/p' "$folder/err")
    [ -z "$port" ] || break
    sleep 0.1
done
if [ -n "$port" ] && [ -n "$python" ]; then
    for _ in $(seq 100); do
        "$python" - "$port" >"$folder/port.prom" 2>/dev/null <<'PYTHON' || true
import sys, urllib.request
sys.stdout.buffer.write(urllib.request.urlopen("http://127.0.0.1:%s/metrics" % sys.argv[1]).read())
PYTHON
        grep -q powertrain_machine_energy "$folder/port.prom" && break
        sleep 0.1
    done
    "$python" "$check" "$folder/port.prom" powertrain_machine_energy_joules_total >/dev/null ||
        fail "what the port says is no OpenMetrics: $(cat "$folder/port.prom")"
elif ! grep -q libmicrohttpd "$folder/err"; then
    [ -n "$port" ] || fail "no port: $(cat "$folder/err")"
fi
touch "$folder/done"
wait $pid || grep -q libmicrohttpd "$folder/err" || fail "the meter with a port failed"
