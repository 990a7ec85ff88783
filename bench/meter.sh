#!/usr/bin/env bash
# What the meter itself costs: the time that wrapping a command adds, the share of a CPU that sampling
# takes, and memory. docs/benchmarks.md explains the numbers.
#
#   POWERTRAIN=build/release/src/powertrain bench/meter.sh
#
# RUNS (50): pairs of plain and wrapped runs of `true`. SECONDS_SAMPLED (20): at 10 Hz, and at 1 kHz, by the sensor of
# this machine and by powercap over a made-up /sys of two packages with memory. CODECARBON (codecarbon): its program,
# for comparison; left out if there is none (pip install codecarbon).
set -euo pipefail
cd "$(dirname "$0")/.."
program=${POWERTRAIN:-build/release/src/powertrain}
if [[ ! -x $program ]]; then
    echo "bench/meter.sh: no program $program; build it with: make" >&2
    exit 1
fi
export METER_CODECARBON=${CODECARBON:-codecarbon} METER_PROGRAM=$program METER_RUNS=${RUNS:-50} METER_SECONDS=${SECONDS_SAMPLED:-20}

python3 - <<'PYTHON'
import json, os, shutil, statistics, subprocess, tempfile, threading, time

program, sampled = os.path.abspath(os.environ["METER_PROGRAM"]), os.environ["METER_SECONDS"]
runs = int(os.environ["METER_RUNS"])
null = subprocess.DEVNULL


def seconds(command):
    begin = time.perf_counter()
    subprocess.run(command, stdout=null, stderr=null, check=True)
    return time.perf_counter() - begin


def added(wrapper, count=runs):
    """Median of the paired differences, and of the plain runs, in milliseconds."""
    pairs = []
    for _ in range(count):  # in turn, so that both see the same neighbors
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

    codecarbon = shutil.which(os.environ["METER_CODECARBON"])
    if codecarbon is None:
        print("wrapping true, CodeCarbon    left out: there is no codecarbon (pip install codecarbon)")
    else:
        wrapper = [codecarbon, "monitor", "--no-api", "--offline", "--country-iso-code", "DEU", "--"]
        os.environ["HOME"] = folder  # it leaves files, also where it runs
        os.chdir(folder)
        count = max(3, runs // 10)
        pairs = [(added([*meter, "none", "--"], 1)[0], added(wrapper, 1)[0]) for _ in range(count)]
        ours, theirs = (statistics.median(each) for each in zip(*pairs))
        ratio = statistics.median(theirs / ours for ours, theirs in pairs)
        print(
            f"{'wrapping true, CodeCarbon':28} {theirs:6.0f} ms added, ours {ours:.2f} ms beside it: "
            f"{ratio:.0f} times (medians of {count} pairs)"
        )
        os.chdir("/")

    fake = os.path.join(folder, "fake")
    for package in range(2):
        zone = os.path.join(fake, f"sys/class/powercap/intel-rapl:{package}")
        for place, name, energy in ((zone, f"package-{package}", 5), (f"{zone}/intel-rapl:{package}:0", "dram", 6)):
            os.makedirs(place)
            for file, text in (("name", name), ("energy_uj", energy), ("max_energy_range_uj", 262143328850)):
                with open(os.path.join(place, file), "w") as out:
                    out.write(f"{text}\n")
    counters = [os.path.join(root, "energy_uj") for root, _, files in os.walk(fake) if "energy_uj" in files]

    def count():  # 50 W each; a counter that stands still is refused
        begin = time.monotonic()
        while os.path.isdir(fake):
            for path in filter(os.path.exists, counters):
                with open(path, "r+") as out:
                    out.write(f"{int(1e6 + 50e6 * (time.monotonic() - begin))}\n")
            time.sleep(0.005)

    threading.Thread(target=count, daemon=True).start()
    output = os.path.join(folder, "meter.json")
    by_fake = ["--sensor", "powercap", "--root", fake]
    for sensor, interval, goal in (
        ([], "0.1", 0.001),
        ([], "0.001", 0.005),
        (by_fake, "0.1", 0.001),
        (by_fake, "0.001", 0.005),
    ):
        options = [*sensor, "--json", "-i", interval, "-o", output]
        subprocess.run([*meter, "none", *options, "--", "sleep", sampled], check=True, stderr=null)
        with open(output) as file:
            run = json.load(file)
        share = run["meter_cpu_seconds"] / run["metered_seconds"]
        rate = run["samples"] / run["metered_seconds"]
        print(
            f"{'sampling, sensor ' + run['sensor']:28} {100 * share:6.3f} % of one CPU at {rate:.1f} Hz over "
            f"{float(sampled):.0f} s, goal {100 * goal:.1f} %: {share / goal:.2f} of it; "
            f"{1e6 * run['meter_cpu_seconds'] / run['samples']:.0f} us a sample"
        )
    # What the kernel takes for a thread that only wakes up: nobody who samples can take less.
    begin, cpu, wakes = time.monotonic(), time.thread_time(), 0
    while time.monotonic() < begin + 3:
        time.sleep(0.001)
        wakes += 1
    share = (time.thread_time() - cpu) / (time.monotonic() - begin)
    print(
        f"{'an empty loop of Python':28} {100 * share:6.3f} % of one CPU at "
        f"{wakes / (time.monotonic() - begin):.1f} Hz"
    )

    process = subprocess.Popen([*meter, "none", "--quiet", "--", "sleep", "6"])
    time.sleep(4)
    with open(f"/proc/{process.pid}/smaps_rollup") as file:
        kib = dict(line.split()[:2] for line in file if line.split()[0] in ("Rss:", "Pss:"))
    process.wait()
    resident, own = int(kib["Rss:"]) / 1024, int(kib["Pss:"]) / 1024
    print(
        f"{'memory while it runs':28} {resident:6.2f} MiB resident, goal 3: {resident / 3:.2f} of it; "
        f"{own:.2f} MiB with libraries shared out"
    )
PYTHON
