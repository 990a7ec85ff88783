#!/usr/bin/env bash
# Interrupted, killed, resumed: the weights at the end are those of a run that was never stopped.
. "$(dirname "$0")/train_support.sh"

run_file 400 0.01 "  checkpoint: {every_steps: 40}" >run.yaml
check "the reference" exits 0 "$POWERTRAIN" train run.yaml -o reference --ledger none
reference=reference/checkpoint.safetensors

# Ctrl-C leaves a checkpoint and a bill. The signal comes when the first checkpoint is there.
"$POWERTRAIN" train run.yaml -o stopped >out 2>err &
pid=$!
for _ in $(seq 500); do
    [ -s stopped/checkpoint.safetensors ] && break
    sleep 0.02
done
kill -INT $pid
wait $pid
code=$?
check "exit status 130" test $code -eq 130
check "the bill is printed" contains out "total"
check "the way on is shown" contains out "--resume"
check "the ledger knows" exits 0 "$POWERTRAIN" bills
check "as interrupted" contains out "interrupted"
check "not yet at the end" test -n "$(cmp $reference stopped/checkpoint.safetensors 2>&1)"
check "resumed" exits 0 "$POWERTRAIN" train run.yaml -o stopped --resume
check "to the same bits" cmp $reference stopped/checkpoint.safetensors

# Killed fifty times at moments of no choice, resumed each time.
RANDOM=17
kills=0
while [ $kills -lt 50 ]; do
    resume=()
    [ -e killed/checkpoint.safetensors ] && resume=(--resume)
    "$POWERTRAIN" train run.yaml -o killed --ledger killed.db "${resume[@]}" >out 2>err &
    pid=$!
    sleep "0.$(printf %03d $((RANDOM % 400)))"
    kill -KILL $pid 2>/dev/null
    wait $pid 2>/dev/null
    code=$?
    check "the run was killed or had ended (status $code)" test $code -eq 137 -o $code -eq 0
    kills=$((kills + 1))
    if [ -e killed.db ]; then
        check "the ledger opens after kill $kills" exits 0 "$POWERTRAIN" bills --ledger killed.db
    fi
done
resume=()
[ -e killed/checkpoint.safetensors ] && resume=(--resume)
check "to the end" exits 0 "$POWERTRAIN" train run.yaml -o killed --ledger killed.db "${resume[@]}"
check "the same bits after $kills kills" cmp $reference killed/checkpoint.safetensors
check "what was killed is not running" exits 0 "$POWERTRAIN" bills --ledger killed.db --limit 100
check "nothing runs" test "$(grep -c running out)" -eq 0

# A ledger that another process holds: training is not lost.
if command -v sqlite3 >/dev/null; then
    "$POWERTRAIN" bills --ledger held.db >/dev/null 2>&1
    run_file 2 0.01 >short.yaml
    exits 0 "$POWERTRAIN" train short.yaml -o held --ledger held.db
    mkfifo hold
    sqlite3 held.db <hold >/dev/null &
    holder=$!
    exec 9>hold
    echo 'BEGIN EXCLUSIVE;' >&9
    sleep 0.3
    check "a locked ledger is an error at the end" exits 1 "$POWERTRAIN" train short.yaml -o held --ledger held.db
    check "it says what to do" contains err "held.db"
    check "the bill is printed all the same" contains out "total"
    exec 9>&-
    wait $holder
fi

echo "$passed passed, 0 failed"
