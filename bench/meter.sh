#!/usr/bin/env bash
# What the meter itself costs: the time that wrapping a command adds, and the share of a CPU that
# sampling takes. docs/benchmarks.md explains the numbers.
#
#   POWERTRAIN=build/release/src/powertrain bench/meter.sh
#
# RUNS (50): pairs of plain and wrapped runs of `true`. SECONDS_SAMPLED (20): of sampling at 10 Hz.
set -euo pipefail
cd "$(dirname "$0")/.."
program=${POWERTRAIN:-build/release/src/powertrain}
if [[ ! -x $program ]]; then
    echo "bench/meter.sh: no program $program; build it with: make" >&2
    exit 1
fi
export METER_PROGRAM=$program METER_RUNS=${RUNS:-50} METER_SECONDS=${SECONDS_SAMPLED:-20}

python3 - <<'PYTHON'
import json, os, statistics, subprocess, tempfile, time

program, sampled = os.environ["METER_PROGRAM"], os.environ["METER_SECONDS"]
runs = int(os.environ["METER_RUNS"])
null = subprocess.DEVNULL


def seconds(command):
    begin = time.perf_counter()
    subprocess.run(command, stdout=null, stderr=null, check=True)
    return time.perf_counter() - begin


def added(wrapper):
    """Median of the paired differences, and of the plain runs, in milliseconds."""
    pairs = []
    for _ in range(runs):  # in turn, so that both see the same neighbors
        pairs.append((seconds(["true"]), seconds([*wrapper, "true"])))
    plain = statistics.median(p for p, _ in pairs)
    return 1e3 * statistics.median(w - p for p, w in pairs), 1e3 * plain


with tempfile.TemporaryDirectory() as folder:
    ledger = os.path.join(folder, "ledger.db")
    meter = [program, "meter", "--ledger"]
    subprocess.run([*meter, ledger, "--", "true"], stderr=null, check=True)  # makes the file
    for name, wrapper, limit in (
        ("wrapping true, no ledger", [*meter, "none", "--"], 10),
        ("wrapping true, with ledger", [*meter, ledger, "--"], 0),
    ):
        more, plain = added(wrapper)
        goal = f", goal {limit} ms: {more / limit:.2f} of it" if limit else " (waits for the disk)"
        print(f"{name:28} {more:6.2f} ms added to {plain:.2f} ms, median of {runs}{goal}")

    output = os.path.join(folder, "meter.json")
    subprocess.run([*meter, "none", "--json", "-o", output, "--", "sleep", sampled], check=True)
    with open(output) as file:
        run = json.load(file)
    share = run["meter_cpu_seconds"] / run["metered_seconds"]
    rate = run["samples"] / run["metered_seconds"]
    print(
        f"{'sampling, sensor ' + run['sensor']:28} {100 * share:6.3f} % of one CPU at {rate:.1f} Hz over "
        f"{float(sampled):.0f} s, goal 0.1 %: {share / 0.001:.2f} of it; "
        f"{1e6 * run['meter_cpu_seconds'] / run['samples']:.0f} us a sample"
    )
PYTHON
