#!/usr/bin/env bash
# powertrain power on a fake machine: shows, only says what it would do, holds while a command runs.
set -eu
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
zone=$root/sys/class/powercap/intel-rapl:0
mkdir -p "$zone"
echo package-0 >"$zone/name"
echo long_term >"$zone/constraint_0_name"
echo 200000000 >"$zone/constraint_0_power_limit_uw"
echo 205000000 >"$zone/constraint_0_max_power_uw"
limit=powercap:intel-rapl:0/long_term
cap() { cat "$zone/constraint_0_power_limit_uw"; }
fail() {
    echo "FAILED: $*" >&2
    exit 1
}

out=$("$POWERTRAIN" power --root "$root")
[[ $out == *"$limit"*"200 W"*"205 W"* ]] || fail "table: $out"
out=$("$POWERTRAIN" power --root "$root" --json)
[[ $out == *'"now": 200,'* && $out == *'"default": null'* ]] || fail "json: $out"

out=$("$POWERTRAIN" power set "$limit=150W" --root "$root")
[[ $out == *"200 W -> 150 W"* && $out == *--apply* ]] || fail "dry run: $out"
[ "$(cap)" = 200000000 ] || fail "the dry run wrote"

"$POWERTRAIN" power set "$limit=150W" --apply --root "$root" -- \
    sh -c 'cat "$1"; exit 7' sh "$zone/constraint_0_power_limit_uw" >"$root/seen" && code=0 || code=$?
[ $code = 7 ] || fail "the status of the command is $code"
grep -qx 150000000 "$root/seen" || fail "the command saw $(cat "$root/seen")"
[ "$(cap)" = 200000000 ] || fail "not given back"

# Killed while it holds: the guard gives back.
"$POWERTRAIN" power set "$limit=150W" --apply --root "$root" >/dev/null 2>&1 &
pid=$!
for _ in $(seq 600); do [ "$(cap)" = 150000000 ] && break || sleep 0.1; done
[ "$(cap)" = 150000000 ] || fail "never set"
kill -KILL $pid
wait $pid 2>/dev/null || true
for _ in $(seq 600); do [ "$(cap)" = 200000000 ] && break || sleep 0.1; done
[ "$(cap)" = 200000000 ] || fail "killed, and not given back"
"$POWERTRAIN" power restore --root "$root" | grep -q "^0 power limits" || fail "restore"

expect() {
    local want=$1
    shift
    "$POWERTRAIN" power "$@" --root "$root" >/dev/null 2>"$root/error" && code=0 || code=$?
    [ $code = "$want" ] || fail "power $*: $code: $(cat "$root/error")"
}
expect 3 set "$limit=300W"
expect 3 set "$limit=fast"
expect 2 set "$limit"
expect 2 set
expect 2 sett
grep -q "did you mean set" "$root/error" || fail "no suggestion"
expect 2 restore now
"$POWERTRAIN" power --root "$root/empty" | grep -q "shows no power limit" || fail "empty machine"
echo "power verb: ok"
