#!/usr/bin/env python3
"""The peer: an MLP 784-512-512-10 on Fashion-MNIST in PyTorch, as fast as it is commonly written.

No DataLoader: all samples are tensors in memory and a batch is an index_select in shuffled order.
One JSON line on stdout tells the speed, the start-up, the memory and what PyTorch was made of.
bench/compare.py runs it beside powertrain.
"""

import argparse
import contextlib
import gzip
import json
import os
import resource
import statistics
import struct
import sys
import time

KB = 1024  # smaps and ru_maxrss speak of kB


def seconds_since_process_start():
    """From exec, not from the first line of Python: a user waits for the interpreter too.

    Field 22 of /proc/self/stat, in ticks of 10 ms since boot; proc(5).
    """
    with open("/proc/self/stat", "rb") as file:
        start_ticks = int(file.read().rsplit(b")", 1)[1].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - start_ticks / os.sysconf("SC_CLK_TCK")


def resident_cuda_bytes():
    """Resident bytes of mapped CUDA libraries, which this job does not use but the wheel loads."""
    total, counted = 0, False
    with open("/proc/self/smaps", encoding="utf-8") as file:
        for line in file:
            word = line.split()
            if "-" in word[0] and not word[0].endswith(":"):
                path = word[-1] if len(word) > 5 else ""
                counted = "/nvidia/" in path or "cuda" in os.path.basename(path)
            elif counted and word[0] == "Rss:":
                total += int(word[1]) * KB
    return total


def read_idx(path, magic, bytes_each):
    """The bytes of an IDX file behind its header. http://yann.lecun.com/exdb/mnist/"""
    with gzip.open(path, "rb") as file:
        found, count = struct.unpack(">II", file.read(8))
        if found != magic:
            sys.exit(f"{path}: magic number {found}, expected {magic}")
        if bytes_each > 1:
            file.read(8)  # rows and columns
        values = bytearray(count * bytes_each)  # read in place: no second copy in the peak memory
        if file.readinto(values) != len(values) or file.read(1):
            sys.exit(f"{path}: not {count} records of {bytes_each} bytes")
    return values, count


def load(torch, folder, name, prepare):
    images, count = read_idx(f"{folder}/{name}-images-idx3-ubyte.gz", 2051, 784)
    labels, label_count = read_idx(f"{folder}/{name}-labels-idx1-ubyte.gz", 2049, 1)
    if count != label_count:
        sys.exit(f"{folder}/{name}: {count} images do not fit {label_count} labels")
    pixels = torch.frombuffer(images, dtype=torch.uint8).view(count, 784)
    target = torch.frombuffer(labels, dtype=torch.uint8).long()
    return prepare(pixels), target


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--data", default="/usr/share/datasets/fashion-mnist")
    parser.add_argument("--threads", type=int, default=0, help="0: what PyTorch chooses")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--steps", type=int, default=0, help="per epoch; 0: all samples")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--mode", choices=["eager", "compile", "autotune"], default="eager")
    parser.add_argument("--optimizer", choices=["default", "foreach", "fused"], default="default",
                        help="which of PyTorch's Adams; default: the one it chooses itself")
    parser.add_argument("--samples", choices=["float", "bytes"], default="float",
                        help="how samples are kept; bytes are made float per batch")
    parser.add_argument("--flush-denormal", action="store_true")
    return parser.parse_args()


def main():
    args = arguments()
    import torch
    import torch.nn.functional as F

    torch.manual_seed(args.seed)
    if args.threads:
        torch.set_num_threads(args.threads)
    if args.flush_denormal:
        torch.set_flush_denormal(True)

    def as_float(pixels):
        # The training set's mean and deviation, as in examples/fashion-mlp.yaml.
        return pixels.float().mul_(1 / (255 * 0.3530)).sub_(0.2860 / 0.3530)

    keep = as_float if args.samples == "float" else (lambda pixels: pixels)
    feed = (lambda pixels: pixels) if args.samples == "float" else as_float
    train_x, train_y = load(torch, args.data, "train", keep)
    test_x, test_y = load(torch, args.data, "t10k", as_float)

    model = torch.nn.Sequential(
        torch.nn.Linear(784, 512), torch.nn.ReLU(),
        torch.nn.Linear(512, 512), torch.nn.ReLU(),
        torch.nn.Linear(512, 10),
    )
    kind = {} if args.optimizer == "default" else {args.optimizer: True}
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, **kind)

    def autocast():
        if args.precision == "fp32":
            return contextlib.nullcontext()
        return torch.autocast("cpu", dtype=torch.bfloat16)

    def forward(x, y):
        return F.cross_entropy(model(x), y)

    if args.mode != "eager":
        forward = torch.compile(forward, dynamic=False,
                                mode="max-autotune" if args.mode == "autotune" else "default")

    def step(indices):
        x = feed(train_x.index_select(0, indices))
        y = train_y.index_select(0, indices)
        with autocast():
            loss = forward(x, y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.item()

    count = len(train_x)
    limit = min(count, args.steps * args.batch) if args.steps else count
    first_step_seconds = None
    rates, losses = [], []
    for _ in range(args.epochs):
        begin = time.perf_counter()
        total = 0.0
        order = torch.randperm(count)
        for first in range(0, limit, args.batch):
            indices = order[first:min(first + args.batch, limit)]
            total += step(indices) * len(indices)
            if first_step_seconds is None:
                first_step_seconds = seconds_since_process_start()
        rates.append(limit / (time.perf_counter() - begin))
        losses.append(total / limit)

    peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KB
    with torch.no_grad(), autocast():
        right = (model(test_x).argmax(1) == test_y).sum().item()

    json.dump({
        "program": "pytorch",
        "version": torch.__version__,
        "samples_per_second": statistics.median(rates[1:] or rates),
        "epoch_samples_per_second": rates,
        "epoch_loss": losses,
        "start_to_first_step_seconds": first_step_seconds,
        "peak_rss_bytes": peak_bytes,
        "cuda_rss_bytes": resident_cuda_bytes(),
        "accuracy": right / len(test_x),
        "threads": torch.get_num_threads(),
        "settings": vars(args),
        "cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "build": torch.__config__.show(),
        "parallel": torch.__config__.parallel_info(),
    }, sys.stdout)
    print()


if __name__ == "__main__":
    main()
