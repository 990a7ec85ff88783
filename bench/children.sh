#!/usr/bin/env bash
# CPU time of many short-lived children: what the meter attributes, beside their rusage. The goal is 1 %.
#
#   POWERTRAIN=build/release/src/powertrain bench/children.sh
#
# CHILDREN (200000). As root also as an ordinary user, who may make no control group: then the process tree counts.
set -euo pipefail
cd "$(dirname "$0")/.."
program=${POWERTRAIN:-build/release/src/powertrain}
count=${CHILDREN:-200000}
[[ -x $program ]] || { echo "bench/children.sh: no program $program; build it with: make" >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cp "$program" "$folder/powertrain"
"${CC:-cc}" -O1 -o "$folder/children" bench/children.c

run() {
    "$@" "$folder/powertrain" meter --ledger none --json -- "$folder/children" "$count" 2>&1 >/dev/null | python3 -c '
import json, sys
run = json.load(sys.stdin)
used = run["user_seconds"] + run["system_seconds"]
off = run["metered_cpu_seconds"] / used - 1
print("%s children by %-12s: rusage %.3f s, metered %.3f s, off by %+.4f %%: %.3f of the goal"
      % (sys.argv[1], run["idle"]["cpu_time"], used, run["metered_cpu_seconds"], 100 * off, abs(off) / 0.01))
sys.exit(abs(off) > 0.01)' "$count"
}
run env
if [[ $(id -u) -eq 0 ]] && command -v setpriv >/dev/null; then
    run setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$folder"
fi
