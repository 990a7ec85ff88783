#!/usr/bin/env python3
"""Convolutions beside PyTorch, layer by layer, in turn: GFLOP/s and ratios.

    python3 bench/conv.py build/bench/bench_conv [--threads N] [--rounds N]

Needs a Python with PyTorch (bench/peers.sh). PyTorch gets what suits it best: channels last, the
weights too, and tensors of bf16; its convolutions are those of oneDNN 3. Each round runs
powertrain's and PyTorch's program for one layer, and ratios are taken within a round.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import time

LIST = os.path.join(os.path.dirname(os.path.abspath(__file__)), "conv.c")
ROW = re.compile(r'\{"([^"]+)", ([\d, ]+)\}')
# How often a training step of ResNet-18 for 32 x 32 images runs each layer.
RESNET18 = {"resnet18-stem": 1, "resnet18-64x32": 4, "resnet18-64x32s2": 1, "resnet18-128x16": 3,
            "resnet18-128x16s2": 1, "resnet18-256x8": 3, "resnet18-256x8s2": 1,
            "resnet18-512x4": 3, "resnet18-skip64s2": 1, "resnet18-skip128s2": 1,
            "resnet18-skip256s2": 1}


def layers():
    with open(LIST, encoding="utf-8") as file:
        return [(name, [int(n) for n in numbers.split(",")])
                for name, numbers in ROW.findall(file.read())]


class Peer:
    """The three passes of one layer in PyTorch."""

    def __init__(self, torch, shape, dtype):
        batch, size, inputs, outputs, kernel, stride, padding, groups = shape
        self.torch = torch
        self.options = ([stride] * 2, [padding] * 2, [1, 1])
        self.groups = groups

        def tensor(*dims):
            return torch.randn(*dims).to(dtype).contiguous(memory_format=torch.channels_last)
        self.x = tensor(batch, inputs, size, size)
        self.weight = tensor(outputs, inputs // groups, kernel, kernel)
        self.dy = self.forward().contiguous(memory_format=torch.channels_last)
        self.flop = 2 * self.dy.numel() * inputs // groups * kernel ** 2

    def forward(self):
        stride, padding, dilation = self.options
        return self.torch.conv2d(self.x, self.weight, None, stride, padding, dilation, self.groups)

    def backward(self, dx, dw):
        stride, padding, dilation = self.options
        return self.torch.ops.aten.convolution_backward(
            self.dy, self.x, self.weight, None, stride, padding, dilation, False, [0, 0],
            self.groups, [dx, dw, False])

    def gflop_per_second(self):
        # One thread alone: its own time on a processor, as in conv.c.
        clock = time.thread_time if self.torch.get_num_threads() == 1 else time.perf_counter
        rates = []
        for run in (self.forward, lambda: self.backward(True, False),
                    lambda: self.backward(False, True)):
            calls, times = int(3e8 / self.flop) + 1, []
            for attempt in range(4):
                begin = clock()
                for _ in range(calls):
                    run()
                times.append((clock() - begin) / calls)
            rates.append(self.flop / statistics.median(times[1:]) * 1e-9)
        return rates


def ours(program, threads, name):
    text = subprocess.run([program, str(threads), "3", name], check=True, capture_output=True,
                          text=True).stdout
    rows = [line.split()[1:] for line in text.splitlines() if line.split()[0] == name]
    return [[float(n) for n in row] for row in rows]  # fp32, bf16


def middle(rounds):
    return [statistics.median(column) for column in zip(*rounds)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    import torch  # late, so that --help works without it
    torch.set_num_threads(options.threads)
    print(f"PyTorch {torch.__version__}, {options.threads} threads; GFLOP/s: powertrain, PyTorch, "
          "powertrain : PyTorch within a round")
    step = {dtype: [0.0, 0.0] for dtype in ("fp32", "bf16")}
    for index, (dtype, kind) in enumerate([("fp32", torch.float32), ("bf16", torch.bfloat16)]):
        print(f"\n{dtype:22} {'forward':>20} {'dx':>20} {'dw':>20}")
        for name, shape in layers():
            peer, mine, theirs = Peer(torch, shape, kind), [], []
            for _ in range(options.rounds):
                mine.append(ours(options.program, options.threads, name)[index])
                theirs.append(peer.gflop_per_second())
            a, b = middle(mine), middle(theirs)
            ratios = middle([[m / t for m, t in zip(*row)] for row in zip(mine, theirs)])
            print(f"{name:22}" + "".join(f" {m:7.0f} {t:6.0f} {r:5.2f}"
                                         for m, t, r in zip(a, b, ratios)), flush=True)
            for which, rates in enumerate((a, b)):
                passes = [0, 2] if name.endswith("stem") else [0, 1, 2]
                step[dtype][which] += RESNET18.get(name, 0) * sum(
                    peer.flop / (rates[p] * 1e9) for p in passes)
    for dtype, (own, peer) in step.items():
        print(f"convolutions of a ResNet-18 step, 32 images of 32 x 32, {dtype}: {own * 1e3:.0f} ms, "
              f"PyTorch {peer * 1e3:.0f} ms, {peer / own:.2f}x")


if __name__ == "__main__":
    sys.exit(main())
