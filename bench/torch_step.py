#!/usr/bin/env python3
"""The peer of bench_step: training steps of the same networks on random data in PyTorch.

One JSON line on stdout. bench/steps.py runs it beside bench_step. Networks are written as PyTorch
users write them, with what makes PyTorch fast on a CPU: scaled_dot_product_attention, fused
optimizers, channels-last images, autocast for bf16, torch.compile where it is asked for.
"""

import argparse
import contextlib
import json
import os
import resource
import statistics
import sys
import time


def seconds_since_process_start():
    """Field 22 of /proc/self/stat, in ticks since boot; proc(5)."""
    with open("/proc/self/stat", "rb") as file:
        start_ticks = int(file.read().rsplit(b")", 1)[1].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - start_ticks / os.sysconf("SC_CLK_TCK")


def mlp(torch, args):
    nn = torch.nn
    model = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(),
                          nn.Linear(512, 10))
    x = torch.randn(args.batch, 784)
    y = torch.randint(10, (args.batch,))
    return model, lambda: nn.functional.cross_entropy(model_of(model, args)(x), y)


def lenet(torch, args):
    nn = torch.nn
    model = nn.Sequential(
        nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(7 * 7 * 64, 1024), nn.ReLU(), nn.Linear(1024, 10))
    model = model.to(memory_format=torch.channels_last)
    x = torch.randn(args.batch, 1, 28, 28).to(memory_format=torch.channels_last)
    y = torch.randint(10, (args.batch,))
    return model, lambda: nn.functional.cross_entropy(model_of(model, args)(x), y)


def resnet18(torch, args):
    nn = torch.nn

    class Block(nn.Module):
        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(outputs)
            self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(outputs)
            self.shortcut = None
            if stride != 1 or inputs != outputs:
                self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False),
                                              nn.BatchNorm2d(outputs))

        def forward(self, x):
            y = torch.relu(self.bn1(self.conv1(x)))
            y = self.bn2(self.conv2(y))
            return torch.relu(y + (x if self.shortcut is None else self.shortcut(x)))

    layers = [nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU()]
    inputs = 64
    for outputs, stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        layers += [Block(inputs, outputs, stride), Block(outputs, outputs, 1)]
        inputs = outputs
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10)]
    model = nn.Sequential(*layers).to(memory_format=torch.channels_last)
    x = torch.randn(args.batch, 3, 32, 32).to(memory_format=torch.channels_last)
    y = torch.randint(10, (args.batch,))
    return model, lambda: nn.functional.cross_entropy(model_of(model, args)(x), y)


def lstm(torch, args):
    nn = torch.nn

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(96, 512)
            self.lstm = nn.LSTM(512, 512, 2, batch_first=True)
            self.head = nn.Linear(512, 96)

        def forward(self, tokens):
            return self.head(self.lstm(self.embedding(tokens))[0])

    model = Model()
    x = torch.randint(96, (args.batch, args.length))
    y = torch.randint(96, (args.batch, args.length))
    return model, lambda: nn.functional.cross_entropy(
        model_of(model, args)(x).flatten(0, 1), y.flatten())


def gpt2(torch, args):
    nn = torch.nn
    functional = nn.functional

    class Block(nn.Module):
        def __init__(self, width, heads):
            super().__init__()
            self.heads = heads
            self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
            self.c_attn, self.c_proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.c_fc, self.c_out = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

        def forward(self, x):
            batch, length, width = x.shape
            q, k, v = (part.view(batch, length, self.heads, -1).transpose(1, 2)
                       for part in self.c_attn(self.ln_1(x)).split(width, dim=2))
            y = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.c_proj(y.transpose(1, 2).reshape(batch, length, width))
            return x + self.c_out(functional.gelu(self.c_fc(self.ln_2(x)), approximate="tanh"))

    class Model(nn.Module):
        def __init__(self, layers=12, width=768, heads=12, vocabulary=50257, context=1024):
            super().__init__()
            self.wte, self.wpe = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
            self.h = nn.ModuleList(Block(width, heads) for _ in range(layers))
            self.ln_f = nn.LayerNorm(width)
            self.head = nn.Linear(width, vocabulary, bias=False)
            nn.init.normal_(self.wte.weight, std=0.02)
            self.head.weight = self.wte.weight

        def forward(self, tokens):
            x = self.wte(tokens) + self.wpe(torch.arange(tokens.shape[1]))
            for block in self.h:
                x = block(x)
            return self.head(self.ln_f(x))

    model = Model()
    x = torch.randint(50257, (args.batch, args.length))
    y = torch.randint(50257, (args.batch, args.length))
    return model, lambda: functional.cross_entropy(
        model_of(model, args)(x).flatten(0, 1), y.flatten())


NETWORKS = {"mlp": mlp, "lenet": lenet, "resnet18": resnet18, "lstm": lstm, "gpt2": gpt2}
compiled = {}


def model_of(model, args):
    if args.mode == "eager":
        return model
    if "model" not in compiled:
        import torch
        compiled["model"] = torch.compile(model)
    return compiled["model"]


def optimizer_of(torch, args, parameters):
    if args.optimizer == "sgd":
        return torch.optim.SGD(parameters, lr=1e-4, fused=True)
    kind = torch.optim.Adam if args.optimizer == "adam" else torch.optim.AdamW
    return kind(parameters, lr=1e-4, fused=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--length", type=int, default=128)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--optimizer", choices=["adamw", "adam", "sgd"], default="adamw")
    parser.add_argument("--mode", choices=["eager", "compile"], default="eager")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--warmup", type=int, default=2)
    args = parser.parse_args()

    import torch
    if args.threads > 0:
        torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    model, loss_of = NETWORKS[args.network](torch, args)
    optimizer = optimizer_of(torch, args, model.parameters())
    seconds, first_step = [], None
    for step in range(-args.warmup, args.steps):
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        autocast = (torch.autocast("cpu", dtype=torch.bfloat16) if args.precision == "bf16"
                    else contextlib.nullcontext())
        with autocast:
            loss = loss_of()
        loss.backward()
        optimizer.step()
        value = loss.item()
        if step >= 0:
            seconds.append(time.perf_counter() - start)
        if first_step is None:
            first_step = seconds_since_process_start()
    json.dump({
        "step_seconds": statistics.median(seconds), "best_seconds": min(seconds),
        "first_step_seconds": first_step, "loss": value,
        "peak_rss_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "version": torch.__version__, "threads": torch.get_num_threads(),
        "capability": torch.backends.cpu.get_cpu_capability(),
    }, sys.stdout)
    print()


if __name__ == "__main__":
    main()
