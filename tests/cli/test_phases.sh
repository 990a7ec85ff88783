#!/usr/bin/env bash
# Phases and windows of a command, by all ways in which it may name them; its output unchanged.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export XDG_DATA_HOME="$folder/data" XDG_CACHE_HOME="$folder/cache" XDG_STATE_HOME="$folder/state"

fail() {
    echo "FAILED: $*" >&2
    exit 1
}
meter() {
    "$POWERTRAIN" meter --ledger none --sensor model "$@"
}
# labels: of the rows of the bill in $folder/bill, in one line
labels() {
    sed -n '/"bill"/,$s/^ *"label": "\(.*\)",$/\1/p' "$folder/bill" | tr '\n' ' '
}
has() { # has TEXT: the bill contains it
    grep -qF -- "$1" "$folder/bill" || fail "no $1 in $(cat "$folder/bill")"
}
work='i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done'

# ---- the descriptor: one row for each phase, and the rows sum exactly
# shellcheck disable=SC2016
meter --json -o "$folder/bill" -- sh -c "$work"'; say() { echo "$1" >&$POWERTRAIN_PHASE_FD; }
    say "phase data"; '"$work"'; say "begin epoch"; '"$work"'; say "phase forward"; '"$work"'
    say "end epoch"; say "step 10/20"; say "samples 64"; say "note all well"; say nonsense'
[ "$(labels)" = "command data epoch forward total " ] || fail "rows: $(labels)"
sed -n '/"bill"/,$s/^ *"microjoules": \([0-9]*\),$/\1/p' "$folder/bill" >"$folder/joules"
awk '{ all[NR] = $1 } END { for (i = 1; i < NR; i++) sum += all[i]; exit sum != all[NR] }' \
    "$folder/joules" || fail "rows do not sum: $(cat "$folder/joules")"
has '"step": 10'
has '"steps": 20'
has '"samples": 64'
has '"malformed": 1'
has 'all well'
grep -A3 '"windows"' "$folder/bill" | grep -q '"name": "epoch"' || fail "no window"

# ---- as text, and in the ledger
# shellcheck disable=SC2016
"$POWERTRAIN" meter --sensor model --ledger "$folder/ledger" -o "$folder/bill" -- \
    sh -c 'echo "begin night" >&$POWERTRAIN_PHASE_FD; '"$work"
has "night "
has "window      night"
"$POWERTRAIN" bills --ledger "$folder/ledger" --json 1 >"$folder/run" 2>/dev/null ||
    "$POWERTRAIN" bills --ledger "$folder/ledger" 1 >"$folder/run"
grep -q night "$folder/run" || fail "the phase is not in the ledger: $(cat "$folder/run")"

# ---- the output: passed on byte by byte, also what is no text, ends in no newline, or is nothing
head -c 300000 /dev/urandom >"$folder/binary"
meter -q --phase-regex 'x=y' -- cat "$folder/binary" >"$folder/out"
cmp -s "$folder/binary" "$folder/out" || fail "binary output was touched"
meter --json -o "$folder/bill" --phase-regex 'epoch-$1=^Epoch (\d+)' --phase-regex 'eval=^Eval' -- \
    sh -c "printf 'Epoch 1\n'; $work; printf 'Epoch 2\n'; $work; printf Eval; $work; echo aside >&2; exit 3" \
    >"$folder/out" 2>"$folder/err" && fail "the exit status is not 3"
[ "$(cat "$folder/out")" = "$(printf 'Epoch 1\nEpoch 2\nEval')" ] || fail "output was touched"
[ "$(cat "$folder/err")" = aside ] || fail "standard error was touched: $(cat "$folder/err")"
# the last line has no end, and is read when there can be none
[ "$(labels)" = "command epoch-1 epoch-2 eval total " ] || fail "rows: $(labels)"
meter -q --phase-regex 'x=y' -- sh -c 'echo 1; echo 2 >&2; echo 3; echo 4 >&2' >"$folder/out" 2>&1
[ "$(tr -d '\n' <"$folder/out")" = 1234 ] || fail "2>&1 changed the order: $(cat "$folder/out")"
meter -q --phase-regex 'x=y' -- true >&- 2>&- || fail "closed streams"

# ---- the reader goes away: the command ends as it would have
code=0
meter --json -o "$folder/bill" --phase-regex 'x=y' -- yes 2>/dev/null | head -n 1 >/dev/null || code=$?
has '"signal": 13'

# ---- what the command leaves behind goes on writing
meter -q --phase-regex 'x=y' -- sh -c '(sleep 0.5; echo later) & echo now' >"$folder/out"
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    grep -q later "$folder/out" && break
    sleep 0.2
done
[ "$(tr '\n' ' ' <"$folder/out")" = "now later " ] || fail "left behind: $(cat "$folder/out")"

# ---- mistakes are found before anything runs; a command that is not there is still 127
for wrong in "--phase-regex x" "--phase-regex =x" "--phase-regex a=(" "--phases-of nobody" \
    "--phases-of 0"; do
    code=0
    # shellcheck disable=SC2086
    meter $wrong -- touch "$folder/ran" 2>"$folder/err" || code=$?
    [ "$code" -eq 125 ] || fail "$wrong ended with $code"
    [ ! -e "$folder/ran" ] || fail "the command ran in spite of $wrong"
done
code=0
meter --phase-regex 'x=y' -- no-such-command 2>"$folder/err" || code=$?
[ "$code" -eq 127 ] || fail "127 became $code"
grep -q "no-such-command" "$folder/err" || fail "its message is lost"

# ---- a flood: nothing blocks, and what was lost is said
# shellcheck disable=SC2016
timeout 60 "$POWERTRAIN" meter --ledger none --sensor model --json -o "$folder/bill" -- sh -c \
    'yes "phase flood" | head -n 200000 >&$POWERTRAIN_PHASE_FD 2>/dev/null || true' || fail "a flood"
has '"name": "flood"'

# ---- a terminal stays one: its size, its colors, its line ends
if command -v python3 >/dev/null; then
    cat >"$folder/terminal.py" <<'PYTHON'
import fcntl, os, pty, struct, sys, termios
pid, master = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 77, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
text = b""
while True:
    try:
        block = os.read(master, 65536)
    except OSError:
        break
    if not block:
        break
    text += block
sys.stdout.buffer.write(text)
PYTHON
    python3 "$folder/terminal.py" "$POWERTRAIN" meter -q --ledger none --sensor model \
        --phase-regex 'x=y' -- sh -c \
        'test -t 1 && test -t 2 && echo terminal; stty size <&1; echo aside >&2' >"$folder/out"
    [ "$(tr -d '\r' <"$folder/out" | tr '\n' ' ')" = "terminal 33 77 aside " ] ||
        fail "a terminal: $(cat -A "$folder/out")"
    grep -q "$(printf '\r\r')" "$folder/out" && fail "line ends were doubled"
fi
echo "phases: ok"
