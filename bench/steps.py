#!/usr/bin/env python3
"""Training steps of whole networks, powertrain beside PyTorch (and others), in turn.

Each round runs every contender once; only runs of one round are divided by each other, and the
median of the rounds' ratios counts. PyTorch runs as it is installed and in the settings that make
it fastest; the best of its medians is what the ratio is taken of. Only Python's standard library.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

# name: network file, PyTorch's name, batch, length, class numbers below, optimizer, steps, aims:
# PyTorch's time over ours in fp32 and bf16 (a current PyTorch).
JOBS = {
    "mlp": ("mlp.yaml", "mlp", 128, 0, 10, "adam", 200, 1.2, 1.5),
    "lenet": ("lenet.yaml", "lenet", 128, 0, 10, "adam", 20, 1.2, 1.5),
    "resnet18": ("resnet18.yaml", "resnet18", 32, 0, 10, "sgd", 8, 1.2, 1.5),
    "lstm": ("lstm.yaml", "lstm", 32, 128, 96, "adam", 6, 1.2, 1.5),
    "gpt2-t64": ("gpt2-t64.yaml", "gpt2", 4, 64, 50257, "adamw", 8, 1.2, 1.5),
    "gpt2-t1024": ("gpt2-t1024.yaml", "gpt2", 1, 1024, 50257, "adamw", 4, 1.2, 1.5),
}
MALLOC = "glibc.malloc.hugetlb=1:glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=17179869184"


def torch_settings(peers, quick):
    """(name, mode, environment): as installed; tuned; tuned with MKL's AVX-512 on AMD; compiled."""
    tuned = {"GLIBC_TUNABLES": MALLOC, "OMP_PROC_BIND": "close", "GOMP_SPINCOUNT": "3000"}
    settings = [("installed", "eager", {}), ("tuned", "eager", tuned)]
    unlock = os.path.join(peers, "mkl_unlock.so")
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        if "AuthenticAMD" in file.read() and os.path.exists(unlock):
            tuned = {**tuned, "LD_PRELOAD": unlock}
            settings.append(("tuned+mkl", "eager", tuned))
    if not quick:
        settings.append(("compile", "compile", tuned))
    return settings


def read_llmc(text):
    """llm.c prints "step 3: train loss 10.8 (took 4190.68 ms)"; the first two steps warm up."""
    took = [float(line.split("(took ")[1].split()[0]) / 1000
            for line in text.splitlines() if "(took " in line]
    return {"step_seconds": statistics.median(took[2:]), "best_seconds": min(took),
            "first_step_seconds": float("nan"), "peak_rss_bytes": 0}


def run(command, environment, folder=None):
    result = subprocess.run(command, env={**os.environ, **environment}, capture_output=True,
                            text=True, check=False, cwd=folder)
    if result.returncode != 0:
        return None, result.stderr.strip().splitlines()[-1:] or ["no message"]
    if folder is not None:
        return read_llmc(result.stdout), None
    return json.loads(result.stdout.strip().splitlines()[-1]), None


def c_peers(args, job, precision):
    """llm.c and KANN, if bench/peers_c.sh has made them; they know fp32 only."""
    name, batch, length, _, _, steps = JOBS[job][1:7]
    kann = os.path.join(args.peers, "kann", "kann_step")
    llmc = os.path.join(args.peers, "llm.c")
    threads = {"OMP_NUM_THREADS": str(args.threads)}
    if precision == "fp32" and name in ("mlp", "lstm") and os.path.exists(kann):
        yield "KANN+OpenBLAS", [kann, name, str(batch), str(length), str(steps)], threads
    program = os.path.join(llmc, f"train_{length}")
    if precision == "fp32" and name == "gpt2" and os.path.exists(program) and not args.quick:
        yield "llm.c", [program], threads, llmc


def contenders(args, job, precision):
    file, name, batch, length, classes, optimizer, steps = JOBS[job][:7]
    steps = str(args.steps or steps)
    common = ["--batch", str(batch), "--threads", str(args.threads), "--precision", precision,
              "--optimizer", optimizer, "--steps", steps]
    found = [("powertrain", [args.step, os.path.join(HERE, "networks", file),
                             "--classes", str(classes), *common],
              {"GOMP_SPINCOUNT": "3000"})]
    if args.peers != "none":
        python = os.path.join(args.peers, "bin", "python")
        for setting, mode, environment in torch_settings(args.peers, args.quick):
            threads = list(common)
            if setting == "installed":
                threads[3] = "0"
            found.append((f"torch {setting}",
                          [python, os.path.join(HERE, "torch_step.py"), name, "--length",
                           str(length or 1), "--mode", mode, *threads], environment))
        found.extend(c_peers(args, job, precision))
    return found


def measure(args, job, precision):
    results, broken = {}, {}
    for _ in range(args.rounds):
        for name, *how in contenders(args, job, precision):
            if name in broken:
                continue
            result, message = run(*how)
            if result is None:
                broken[name] = message
            else:
                results.setdefault(name, []).append(result)
    return results, broken


def report(job, precision, results, broken):
    aim = JOBS[job][7 if precision == "fp32" else 8]
    print(f"\n{job} {precision}")
    for name, message in broken.items():
        print(f"  {name:18} failed: {message[0][:90]}")
    medians = {name: statistics.median(run["step_seconds"] for run in runs)
               for name, runs in results.items()}
    for name, runs in results.items():
        ratio = ""
        if name != "powertrain" and "powertrain" in results:
            ratios = [theirs["step_seconds"] / ours["step_seconds"]
                      for ours, theirs in zip(results["powertrain"], runs)]
            ratio = f"{statistics.median(ratios):6.2f}x our time"
        first = statistics.median(run["first_step_seconds"] for run in runs)
        memory = max(run["peak_rss_bytes"] for run in runs) / 2**20
        print(f"  {name:18} {1000 * medians[name]:9.2f} ms a step  "
              f"(best {1000 * min(run['best_seconds'] for run in runs):9.2f})  "
              f"first step {first:6.2f} s  {memory:7.0f} MiB  {ratio}")
    peers = {name: value for name, value in medians.items() if name.startswith("torch")}
    if peers and "powertrain" in medians:
        best = min(peers, key=peers.get)
        ratio = statistics.median(theirs["step_seconds"] / ours["step_seconds"] for ours, theirs
                                  in zip(results["powertrain"], results[best]))
        memory = (max(run["peak_rss_bytes"] for run in results["powertrain"]) /
                  max(run["peak_rss_bytes"] for run in results[best]))
        print(f"  against PyTorch {results[best][0].get('version', '?')} at its best ({best}): "
              f"{ratio:.2f}x (aim {aim}), memory {memory:.2f} of its")
        return ratio
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("jobs", nargs="*", help=f"of {', '.join(JOBS)}; all if none is named")
    parser.add_argument("--step", default="build/release/bench/bench_step")
    parser.add_argument("--peers", default="none", help="the folder of bench/peers.sh")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--precision", action="append", choices=["fp32", "bf16"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=0, help="instead of the job's own")
    parser.add_argument("--quick", action="store_true", help="without torch.compile")
    parser.add_argument("--output", help="all results as JSON")
    args = parser.parse_args()
    unknown = [job for job in args.jobs if job not in JOBS]
    if unknown:
        sys.exit(f"unknown job {unknown[0]}; known are {', '.join(JOBS)}")
    everything = {}
    for job in args.jobs or JOBS:
        for precision in args.precision or ["fp32", "bf16"]:
            results, broken = measure(args, job, precision)
            report(job, precision, results, broken)
            everything[f"{job} {precision}"] = results
            sys.stdout.flush()
    if args.output:
        with open(args.output, "w", encoding="utf-8") as file:
            json.dump(everything, file, indent=1)


if __name__ == "__main__":
    main()
