#!/usr/bin/env bash
# powertrain meter --idle and --baseline: whose the idle energy is, in text and JSON, and what can go
# wrong. With the model sensor, which works everywhere and knows its idle watts.
set -u
work=$(mktemp -d /tmp/powertrain-test-XXXXXX)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export HOME="$work" XDG_DATA_HOME="$work/data" XDG_CACHE_HOME="$work/cache" LC_ALL=C.UTF-8
unset SLURM_JOB_ID SLURM_CPUS_ON_NODE SLURM_JOB_GPUS SLURM_STEP_GPUS SLURM_MEM_PER_NODE SLURM_MEM_PER_CPU
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
exits() {
    local expected=$1 code=0
    shift
    "$@" >out 2>err </dev/null || code=$?
    [ "$code" -eq "$expected" ] || { echo "  exit status $code, expected $expected" >&2 && return 1; }
}
meter() { "$POWERTRAIN" meter --sensor model --ledger none "$@"; }
work_a_moment='i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done'
# The rows of the JSON sum exactly; the policy is $1.
rows() {
    python3 - "$1" <<'PYTHON'
import json, sys
run = json.load(open("err"))
idle = run["idle"]
assert idle["policy"] == sys.argv[1], idle
mine = run["energy_joules"]["value"]
assert idle["my_active_joules"] + idle["my_idle_joules"] == mine, idle
assert mine + idle["other_joules"] == run["machine_joules"]["value"], idle
assert min(idle["my_active_joules"], idle["my_idle_joules"]) >= 0, idle
assert idle["other_joules"] >= -1e-9, idle
assert idle["watts"] > 0 and idle["cpu_time"] in ("cgroup-v1", "cgroup-v2", "process-tree"), idle
if sys.argv[1] == "whole":
    assert mine == run["machine_joules"]["value"], run
if sys.argv[1] in ("active", "marginal"):
    assert idle["my_idle_joules"] == 0, idle
PYTHON
}

for policy in whole busy-share reservation active marginal; do
    check "$policy" exits 0 meter --idle "$policy" --json -- sh -c "$work_a_moment"
    check "the rows of $policy sum" rows "$policy"
done
check "auto says what and why" exits 0 meter -- sh -c "$work_a_moment"
check "the rows are printed" contains err "= mine active "
check "the policy is printed" grep -qE '^idle  +(busy-share|reservation): .*\(.*\)' err
check "the source of the watts is printed" contains err "those of the model"

# Slurm: all CPUs of the node, then a part that cannot be.
export SLURM_JOB_ID=4711 SLURM_CPUS_ON_NODE=1000000
check "a whole node" exits 0 meter --json -- true
check "is whole" rows whole
check "and says why" contains err "Slurm job 4711 has all"
export SLURM_CPUS_ON_NODE=many
check "a variable that is none is said, the command runs" exits 3 meter -- sh -c 'exit 3'
check "by name" contains err "SLURM_CPUS_ON_NODE=many"
check "asked for, it is an error" exits 125 meter --idle reservation -- touch made
check "before the command" test ! -e made
unset SLURM_JOB_ID SLURM_CPUS_ON_NODE

check "a baseline" exits 0 meter --baseline 1 --idle marginal --json -- true
check "is used" rows marginal
check "and named" contains err "before the command"
check "a policy that is none" exits 125 meter --idle actve -- touch made
check "has a neighbor" contains err "did you mean active?"
check "a baseline too short" exits 125 meter --baseline 0.1 -- touch made
check "names its limits" contains err "1 to 3600"
printf 'seconds,channel,joules\n0,a,0\n1,a,5\n1000,a,5000\n' >recorded.csv
check "without idle watts no policy that needs them" exits 125 "$POWERTRAIN" meter --ledger none \
    --replay recorded.csv --idle active -- touch made
check "names the remedy" contains err "powertrain calibrate --idle"
check "nothing ran" test ! -e made
check "by busy share it is missing" exits 0 "$POWERTRAIN" meter --ledger none --replay recorded.csv --json -- true
check "and null" contains err '"my_idle_joules": null'
echo "test_meter_idle: $passed checks passed"
