#!/usr/bin/env python3
"""Ten updates by each optimizer, for tests/engine/test_optimizer_reference.c, in double precision.

PyTorch's and transformers' own optimizers where they exist; Lion and Muon are written out here from
their papers (torch.optim.Muon multiplies in bfloat16, so it is only held against it roughly).

    python3 tests/reference/optimizers.py      # writes optimizers.h
"""

import os
import warnings

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from transformers.optimization import Adafactor

from c_header import Header

STEPS = 10
SHAPES = {"a.weight": (6, 5), "a.bias": (6,), "b.weight": (4, 6), "b.bias": (4,),
          "head.weight": (2, 4), "head.bias": (2,)}
HIDDEN = ("a.weight", "b.weight")


class Lion(torch.optim.Optimizer):
    """Chen et al. 2023, arXiv:2302.06675, algorithm 2."""

    def __init__(self, params, lr, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                update = torch.sign(beta1 * m + (1 - beta1) * p.grad)
                p.sub_(group["lr"] * (update + group["weight_decay"] * p))
                m.copy_(beta2 * m + (1 - beta2) * p.grad)


class Muon(torch.optim.Optimizer):
    """Jordan et al. 2024, kellerjordan.github.io/posts/muon; sizes as torch.optim.Muon."""

    def __init__(self, params, lr, weight_decay=0.0, momentum=0.95, original=False):
        super().__init__(params, {"lr": lr})
        self.decay, self.momentum, self.original = weight_decay, momentum, original

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                b = self.state[p].setdefault("b", torch.zeros_like(p))
                b.mul_(self.momentum).add_(p.grad, alpha=1 - self.momentum)
                x = (1 - self.momentum) * p.grad + self.momentum * b
                x = x / x.norm()
                for _ in range(5):
                    gram = x @ x.T
                    x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
                rows, columns = p.shape
                size = (max(1, rows / columns) ** 0.5 if self.original
                        else 0.2 * max(rows, columns) ** 0.5)
                p.mul_(1 - group["lr"] * self.decay).sub_(group["lr"] * size * x)


class Several:
    """Optimizers of different parameters, stepped together."""

    def __init__(self, *optimizers):
        self.optimizers = optimizers

    def step(self):
        for optimizer in self.optimizers:
            optimizer.step()


def all_of(make, **settings):
    return lambda p: make(list(p.values()), **settings)


def muon(lr, decay, original=False):
    def build(p):
        rest = [v for k, v in p.items() if k not in HIDDEN]
        hidden = [p[k] for k in HIDDEN]
        return Several(Muon(hidden, lr, decay, original=original),
                       torch.optim.AdamW(rest, lr=lr, weight_decay=decay))
    return build


def decayed_matrices(p):
    return torch.optim.AdamW(
        [{"params": [v for v in p.values() if v.dim() >= 2], "weight_decay": 0.3},
         {"params": [v for v in p.values() if v.dim() < 2], "weight_decay": 0.0}], lr=0.05)


# All decay but the biases'; the head learns at a tenth; its bias decays again, by 0.1.
def grouped(p):
    def group(names, lr, decay):
        return {"params": [p[n] for n in names], "lr": lr, "weight_decay": decay}
    return torch.optim.SGD([group(["a.weight", "b.weight"], 0.1, 0.2),
                            group(["a.bias", "b.bias"], 0.1, 0.0),
                            group(["head.weight"], 0.01, 0.2),
                            group(["head.bias"], 0.01, 0.1)], momentum=0.9)


GROUPS = ('.groups = (const struct pt_optimizer_group[]){'
          '{"*.bias", 0, NAN, false}, {"head.*", NAN, 0.1, false}, {"head.bias", 0.1, NAN, false}},'
          ' .group_count = 3')

CASES = [
    # name, options in C, learning rate, optimizer, gradient's greatest length, average's decay
    ("sgd, nesterov", ".kind = PT_SGD, .momentum = 0.9, .nesterov = true, .weight_decay = 0.1",
     0.05, all_of(torch.optim.SGD, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.1)),
    ("lion", ".kind = PT_LION", 0.01, all_of(Lion, lr=0.01)),
    ("lion, decay", ".kind = PT_LION, .beta1 = 0.95, .beta2 = 0.98, .weight_decay = 0.5", 0.02,
     all_of(Lion, lr=0.02, betas=(0.95, 0.98), weight_decay=0.5)),
    ("adafactor", ".kind = PT_ADAFACTOR, .relative_step = true", 1, all_of(Adafactor)),
    ("adafactor, plain rate", ".kind = PT_ADAFACTOR, .ignore_scale = true", 0.05,
     all_of(Adafactor, lr=0.05, relative_step=False, scale_parameter=False)),
    ("adafactor, first moment", ".kind = PT_ADAFACTOR, .beta1 = 0.9, .clip_threshold = 0.5, "
     ".weight_decay = 0.1", 0.05,
     all_of(Adafactor, lr=0.05, relative_step=False, beta1=0.9, clip_threshold=0.5,
            weight_decay=0.1)),
    ("muon", ".kind = PT_MUON, .weight_decay = 0.1", 0.02, muon(0.02, 0.1)),
    ("muon, original", ".kind = PT_MUON, .original_scaling = true", 0.05, muon(0.05, 0, True)),
    ("adamw, matrices decay", ".kind = PT_ADAMW, .weight_decay = 0.3, .decay_matrices = true", 0.05,
     decayed_matrices),
    ("sgd, groups", f".kind = PT_SGD, .momentum = 0.9, .weight_decay = 0.2, {GROUPS}", 0.1, grouped),
    ("adam, clipped", ".kind = PT_ADAM, .epsilon = 1e-2, .clip_norm = 1.5", 0.05,
     all_of(torch.optim.Adam, lr=0.05, eps=1e-2), 1.5),
    ("adafactor, clipped", ".kind = PT_ADAFACTOR, .clip_norm = 2", 0.05,
     all_of(Adafactor, lr=0.05, relative_step=False), 2),
    ("muon, clipped", ".kind = PT_MUON, .clip_norm = 2", 0.05, muon(0.05, 0), 2),
    ("adamw, average", ".kind = PT_ADAMW, .weight_decay = 0.01, .average_decay = 0.8", 0.05,
     all_of(torch.optim.AdamW, lr=0.05, weight_decay=0.01), None, 0.8),
    ("muon, average", ".kind = PT_MUON, .average_decay = 0.5", 0.05, muon(0.05, 0), None, 0.5),
]


def run(build, start, gradients, clip=None, decay=None):
    model = torch.nn.Module()
    names = {name: name.replace(".", "_") for name in SHAPES}
    for name, values in start.items():
        model.register_parameter(names[name], torch.nn.Parameter(values.double()))
    p = {name: getattr(model, names[name]) for name in SHAPES}
    optimizer = build(p)
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(decay)) if decay else None
    for step in range(STEPS):
        for name in SHAPES:
            p[name].grad = gradients[name][step].double()
        if clip:
            torch.nn.utils.clip_grad_norm_(p.values(), clip)
        optimizer.step()
        if average:
            average.update_parameters(model)
    end = {name: p[name].detach() for name in SHAPES}
    mean = {name: getattr(average.module, names[name]) for name in SHAPES} if average else None
    return end, mean


def check_muon(start, gradients):
    """Ours is torch's but for its rounding to bfloat16: far steps agree to a few percent."""
    hidden = lambda make: (lambda p: make([p[k] for k in HIDDEN]))
    for original, adjust in [(False, "match_rms_adamw"), (True, "original")]:
        ours, _ = run(hidden(lambda p: Muon(p, 0.05, 0.1, original=original)), start, gradients)
        theirs, _ = run(hidden(lambda p: torch.optim.Muon(p, lr=0.05, weight_decay=0.1,
                                                          adjust_lr_fn=adjust)), start, gradients)
        for name in HIDDEN:
            way = (theirs[name] - start[name]).norm()
            assert (ours[name] - theirs[name]).norm() < 0.05 * way, name


def main():
    warnings.simplefilter("ignore")
    torch.manual_seed(30)
    start = {name: torch.randn(shape) for name, shape in SHAPES.items()}
    gradients = {name: torch.randn(STEPS, *shape) for name, shape in SHAPES.items()}
    check_muon(start, gradients)
    header = Header("optimizers.py", "PT_TEST_REFERENCE_OPTIMIZERS_H")
    symbols = {name: name.replace(".", "_") for name in SHAPES}
    for name, symbol in symbols.items():
        header.floats(f"start_{symbol}", start[name])
        header.floats(f"gradients_{symbol}", gradients[name])
    rows = []
    for index, (name, options, rate, build, *more) in enumerate(CASES):
        end, mean = run(build, start, gradients, *more)
        for part, values in [("end", end), ("mean", mean)]:
            for tensor, symbol in symbols.items() if values else []:
                header.floats(f"update{index}_{part}_{symbol}", values[tensor])
        lists = [", ".join(f"update{index}_{part}_{symbol}" for symbol in symbols.values())
                 if values else "NULL" for part, values in [("end", end), ("mean", mean)]]
        rows += [f'    {{.name = "{name}", .learning_rate = {rate},',
                 f"     .options = {{.struct_size = sizeof(struct pt_optimizer_options), {options}}},",
                 f"     .end = {{{lists[0]}}},", f"     .average = {{{lists[1]}}}}},"]
    names = ", ".join(f'"{name}"' for name in SHAPES)
    header.text()
    header.text(f"static const char *const update_names[] = {{{names}}};")
    for part in ["start", "gradients"]:
        header.text(f"static const float *const update_{part}[] = {{"
                    + ", ".join(f"{part}_{symbol}" for symbol in symbols.values()) + "};")
    header.text("static const struct reference_update reference_updates[] = {")
    header.lines += rows
    header.text("};")
    header.write(os.path.join(os.path.dirname(os.path.abspath(__file__)), "optimizers.h"))


if __name__ == "__main__":
    main()
