#!/usr/bin/env python3
"""Trains one network with powertrain and with PyTorch in turn and prints how they compare.

In turn, because the speed of a shared machine drifts: only runs that are neighbors in time are
divided by each other, and the median of the rounds' ratios is what counts. Both programs run the
same network, data, batch, threads and precision; memory is measured from outside for both.
Only Python's standard library.
"""

import argparse
import dataclasses
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile

OURS = "powertrain"
QUIET_SPREAD = 1.3  # fastest : slowest run of one program; more means that others were computing
NEEDED = ("samples_per_second", "start_to_first_step_seconds", "accuracy")


@dataclasses.dataclass
class Contender:
    name: str
    meaning: str
    command: list
    environment: dict = dataclasses.field(default_factory=dict)
    results: list = dataclasses.field(default_factory=list)

    def median(self, key):
        return statistics.median(result[key] for result in self.results)


def processor_name():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def is_amd():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return "AuthenticAMD" in file.read()


def contenders(args, precision, scratch):
    here = os.path.dirname(os.path.abspath(__file__))
    ours = [args.powertrain, "train", args.job, "--json", "--quiet", "--no-report",
            "--ledger", "none", "--output", scratch, "--epochs", str(args.epochs),
            "--threads", str(args.threads), "--precision", precision]
    found = [Contender(OURS, "no setting; meters itself and writes checkpoints", ours)]
    if args.peers == "none":
        return found

    peer = [os.path.join(args.peers, "bin", "python"), os.path.join(here, "mlp.py"),
            "--data", args.data, "--epochs", str(args.epochs), "--threads", str(args.threads),
            "--precision", precision]
    bind = {"OMP_PROC_BIND": "close", "OMP_PLACES": "cores"}
    found.append(Contender("pytorch", "pip install torch, Adam as PyTorch chooses it", peer))
    found.append(Contender("pytorch tuned", "fused Adam, threads bound to cores",
                           peer + ["--optimizer", "fused"], bind))
    if is_amd():
        unlock = os.path.join(args.peers, "mkl_unlock.so")
        if not os.path.exists(unlock):
            sys.exit(f"bench/compare.py: no {unlock}; make it with: bench/peers.sh --upgrade")
        found.append(Contender("pytorch unlocked",
                               "tuned, and MKL made to use its Intel kernels on this AMD processor",
                               peer + ["--optimizer", "fused"], bind | {"LD_PRELOAD": unlock}))
    return found


def parse_result(text):
    """The one place that knows what both programs print: one JSON document with these fields."""
    result = json.loads(text)
    missing = [key for key in NEEDED if not isinstance(result.get(key), (int, float))]
    if missing:
        raise ValueError("no number for " + ", ".join(missing))
    return result


def run(contender):
    """Runs the contender once. Time is what it says itself, memory what the kernel says of it."""
    environment = {key: value for key, value in os.environ.items()
                   if key not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
    process = subprocess.Popen(contender.command, env=environment | contender.environment,
                               stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode != 0:
        sys.exit(f"bench/compare.py: exit {process.returncode} of {' '.join(contender.command)}")
    try:
        result = parse_result(text)
    except ValueError as error:
        sys.exit(f"bench/compare.py: {contender.name} printed no result ({error}): {text[:300]!r}")
    result["peak_rss_bytes"] = usage.ru_maxrss * 1024
    result["processor_seconds"] = usage.ru_utime + usage.ru_stime
    contender.results.append(result)


def play(field, rounds):
    """Each round in another order, so that nobody always follows the same neighbor."""
    for number in range(rounds):
        for offset in range(len(field)):
            contender = field[(number + offset) % len(field)]
            print(f"round {number + 1} of {rounds}: {contender.name}", file=sys.stderr)
            run(contender)


def ratios(ours, peer):
    return [a["samples_per_second"] / b["samples_per_second"]
            for a, b in zip(ours.results, peer.results)]


def print_table(field, precision, rounds):
    print(f"\n{precision}: median of {rounds} rounds (least - most)")
    print(f"  {'':17}{'samples/s':>28}{'first step':>12}{'peak memory':>13}{'accuracy':>10}")
    for contender in field:
        rates = [result["samples_per_second"] for result in contender.results]
        speed = f"{statistics.median(rates):,.0f} ({min(rates):,.0f} - {max(rates):,.0f})"
        print(f"  {contender.name:17}{speed:>28}"
              f"{contender.median('start_to_first_step_seconds'):>10.2f} s"
              f"{contender.median('peak_rss_bytes') / 1e6:>10.0f} MB"
              f"{contender.median('accuracy'):>9.1%}")
    for peer in field[1:]:
        each = ratios(field[0], peer)
        start = (peer.median("start_to_first_step_seconds") /
                 field[0].median("start_to_first_step_seconds"))
        memory = peer.median("peak_rss_bytes") / field[0].median("peak_rss_bytes")
        print(f"  {OURS} : {peer.name} = {statistics.median(each):.2f} in speed "
              f"({', '.join(f'{ratio:.2f}' for ratio in each)}), starts {start:.1f}x sooner, "
              f"takes 1/{memory:.1f} of the memory")


def version_of(program):
    shown = subprocess.run([program, "--version"], stdout=subprocess.PIPE, text=True, check=True)
    return shown.stdout.split()[-1]


def print_disturbance(field):
    """A median hides that half of the rounds were wrong; the reader must know."""
    for contender in field:
        rates = [result["samples_per_second"] for result in contender.results]
        if max(rates) > QUIET_SPREAD * min(rates):
            print(f"  NOT QUIET: {contender.name} ran {max(rates) / min(rates):.1f} times as fast in "
                  "one round as in another; repeat on an idle machine")


def print_meanings(field):
    print()
    for contender in field:
        version = contender.results[0].get("version") or version_of(contender.command[0])
        print(f"  {contender.name}: {version}; {contender.meaning}")
        cuda_bytes = contender.results[0].get("cuda_rss_bytes")
        if cuda_bytes:
            print(f"    {cuda_bytes / 1e6:.0f} MB of its memory are CUDA libraries, "
                  "which PyPI's only build for this processor loads")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("precisions", nargs="+", choices=["fp32", "bf16"])
    parser.add_argument("--powertrain", required=True)
    parser.add_argument("--peers", required=True, help="the folder of bench/peers.sh, or none")
    parser.add_argument("--job", default="examples/fashion-mlp.yaml")
    parser.add_argument("--data", default="/usr/share/datasets/fashion-mnist")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--output", help="every run as JSON")
    return parser.parse_args()


def main():
    args = arguments()
    if args.rounds < 1 or args.epochs < 2:
        sys.exit("bench/compare.py: at least 1 round and 2 epochs (the first is not counted)")
    machine = {"processor": processor_name(), "processors": os.cpu_count(),
               "threads": args.threads, "kernel": platform.release(),
               "load_before": os.getloadavg()[0]}
    print("MLP 784-512-512-10, Fashion-MNIST, batch 128, Adam, cross-entropy")
    print(f"{machine['processor']}, {machine['processors']} processors, {args.threads} threads, "
          f"Linux {machine['kernel']}, load before {machine['load_before']:.2f}")
    print("OPENBLAS_CORETYPE and OPENBLAS_L2_SIZE are unset for all")

    record = {"machine": machine, "precisions": {}}
    for precision in args.precisions:
        with tempfile.TemporaryDirectory() as scratch:
            field = contenders(args, precision, scratch)
            play(field, args.rounds)
        print_table(field, precision, args.rounds)
        print_disturbance(field)
        record["precisions"][precision] = {peer.name: peer.results for peer in field}
    print_meanings(field)
    if args.output:
        with open(args.output, "w", encoding="utf-8") as file:
            json.dump(record, file, indent=1)


if __name__ == "__main__":
    main()
