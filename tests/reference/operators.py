#!/usr/bin/env python3
"""Expected outputs and gradients of every operator and optimizer, from PyTorch: operators.h.

    bench/peers.sh                                            # a venv with PyTorch, once
    ~/.cache/powertrain/peers/bin/python tests/reference/operators.py

Each case runs in float32, which the header holds, and in float64, which must agree to 2e-6 of the
largest value: so a test that compares to 1e-5 blames the engine and not the reference.
"""

import os

import torch
import torch.nn.functional as F

from c_header import Header, assert_close

AGREEMENT = 2e-6
HEADER = "PT_TEST_REFERENCE_OPERATORS_H"


def linear(x, weight, bias=None):
    return F.linear(x, weight, bias)


def layer_norm(epsilon):
    return lambda x, weight, bias: F.layer_norm(x, x.shape[-1:], weight, bias, epsilon)


class Case:
    def __init__(self, name, operator, function, x, parameters=(), target=None, epsilon=0.0):
        self.name, self.operator, self.function = name, operator, function
        self.x, self.parameters, self.target, self.epsilon = x, list(parameters), target, epsilon
        self.is_loss = operator in ("cross_entropy", "mse")
        if target is None:
            with torch.no_grad():
                self.target = torch.randn_like(function(x, *parameters))

    def run(self, dtype):
        leaves = [t.to(dtype).clone().requires_grad_() for t in [self.x, *self.parameters]]
        target = self.target.to(dtype) if self.target.is_floating_point() else self.target
        if self.is_loss:
            output, loss = None, self.function(leaves[0], target)
        else:
            output = self.function(*leaves)
            loss = F.mse_loss(output, target)
        loss.backward()
        return leaves, output, loss

    def check(self, single, double):
        pairs = zip(single[0], double[0])
        for index, (a, b) in enumerate(pairs):
            assert_close(a.grad, b.grad, f"{self.name}: gradient {index}", AGREEMENT)
        assert_close(single[2], double[2], f"{self.name}: loss", AGREEMENT)
        if not self.is_loss:
            assert_close(single[1], double[1], f"{self.name}: output", AGREEMENT)


def cases():
    torch.manual_seed(20)
    normal = torch.randn
    yield Case("linear", "linear", linear, normal(5, 7), [normal(3, 7), normal(3)])
    yield Case("linear without bias", "linear", linear, normal(5, 7), [normal(3, 7)])
    yield Case("linear, one by one", "linear", linear, normal(1, 1), [normal(1, 1), normal(1)])
    yield Case("linear of a sequence", "linear", linear, normal(2, 3, 4), [normal(5, 4), normal(5)])
    # Longer than a vector register in every direction, and a multiple of it in none.
    yield Case("linear, odd sizes", "linear", linear, normal(19, 37) / 6,
               [normal(21, 37) / 6, normal(21)])
    wide = normal(3, 41) * 4
    wide[0, :4] = torch.tensor([0.0, -0.0, 20.0, -20.0])
    yield Case("relu", "relu", torch.relu, normal(3, 41))
    yield Case("relu at zero", "relu", torch.relu, torch.tensor([[0.0, -0.0, 1.0, -1.0]]))
    yield Case("gelu", "gelu", F.gelu, wide)
    yield Case("tanh", "tanh", torch.tanh, wide)
    yield Case("sigmoid", "sigmoid", torch.sigmoid, wide)
    yield Case("softmax", "softmax", lambda x: x.softmax(-1), normal(4, 6))
    yield Case("softmax of a sequence", "softmax", lambda x: x.softmax(-1), normal(2, 3, 19))
    # exp(90) leaves float32: only a softmax that subtracts the largest value survives.
    yield Case("softmax of large values", "softmax", lambda x: x.softmax(-1),
               normal(4, 6) + torch.tensor([[90.0], [-90.0], [100.0], [-100.0]]))
    yield Case("layer_norm", "layer_norm", layer_norm(1e-5), normal(4, 6), [normal(6), normal(6)],
               epsilon=1e-5)
    yield Case("layer_norm of a sequence", "layer_norm", layer_norm(1e-2), normal(2, 3, 37) * 2 + 1,
               [normal(37), normal(37)], epsilon=1e-2)
    yield Case("cross_entropy", "cross_entropy", F.cross_entropy, normal(5, 7),
               target=torch.tensor([0, 6, 3, 3, 1]))
    yield Case("cross_entropy of large logits", "cross_entropy", F.cross_entropy,
               normal(6, 17) * 3 + 200, target=torch.tensor([16, 0, 8, 4, 15, 2]))
    yield Case("mse", "mse", F.mse_loss, normal(5, 3), target=normal(5, 3))
    yield Case("mse, odd sizes", "mse", F.mse_loss, normal(7, 29), target=normal(7, 29))


def tensor_text(symbol, tensor, header, gradient=True):
    header.floats(symbol, tensor)
    grad = "NULL"
    if gradient:
        grad = symbol + "_gradient"
        header.floats(grad, tensor.grad)
    dims = ", ".join(map(str, tensor.shape))
    return f"{{{tensor.dim()}, {{{dims}}}, {symbol}, {grad}}}"


def write_operators(header):
    rows = []
    for index, case in enumerate(cases()):
        single, double = case.run(torch.float32), case.run(torch.float64)
        case.check(single, double)
        leaves, output, loss = single
        symbol = f"case{index}"
        texts = [tensor_text(f"{symbol}_{n}", t, header)
                 for n, t in zip(["x", "p0", "p1"], leaves)]
        row = [f'    {{.name = "{case.name}", .operator = "{case.operator}",',
               f"     .x = {texts[0]},", f"     .parameter_count = {len(texts) - 1},"]
        if texts[1:]:
            row.append(f"     .parameters = {{{', '.join(texts[1:])}}},")
        if case.operator == "linear":
            row.append(f"     .out_features = {case.parameters[0].shape[0]},")
        if case.operator == "layer_norm":
            row.append(f"     .epsilon = {case.epsilon!r},")
        if output is not None:
            row.append(f"     .output = {tensor_text(symbol + '_y', output, header, False)},")
        if case.operator == "cross_entropy":
            header.integers(symbol + "_target", case.target)
            row.append(f"     .class_target = {symbol}_target,")
        else:
            header.floats(symbol + "_target", case.target)
            row.append(f"     .target = {symbol}_target,")
        row.append(f"     .loss = {loss.item():.9g}}},")
        rows += row
    header.text()
    header.text("static const struct reference_operator reference_operators[] = {")
    header.lines += rows
    header.text("};")


OPTIMIZERS = [
    ("gradient descent", "gradient_descent", torch.optim.SGD, {"lr": 0.1}),
    ("sgd", "sgd", torch.optim.SGD, {"lr": 0.1}),
    ("sgd with momentum", "sgd", torch.optim.SGD, {"lr": 0.05, "momentum": 0.9}),
    ("sgd with momentum and weight decay", "sgd", torch.optim.SGD,
     {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.1}),
    ("adam", "adam", torch.optim.Adam, {"lr": 0.1}),
    ("adam with weight decay", "adam", torch.optim.Adam,
     {"lr": 0.1, "betas": (0.8, 0.99), "eps": 1e-6, "weight_decay": 0.1}),
    ("adamw", "adamw", torch.optim.AdamW, {"lr": 0.1, "weight_decay": 0.01}),
    ("adamw, other constants", "adamw", torch.optim.AdamW,
     {"lr": 0.02, "betas": (0.7, 0.95), "eps": 1e-5, "weight_decay": 0.5}),
]


def train(make, settings, weight, bias, xs, targets, dtype):
    weight = weight.to(dtype).clone().requires_grad_()
    bias = bias.to(dtype).clone().requires_grad_()
    optimizer = make([weight, bias], **settings)
    losses = []
    for x, target in zip(xs.to(dtype), targets.to(dtype)):
        loss = F.mse_loss(F.linear(x, weight, bias), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return weight.detach(), bias.detach(), torch.stack(losses)


def write_optimizers(header):
    torch.manual_seed(21)
    weight, bias = torch.randn(3, 7), torch.randn(3)
    xs, targets = torch.randn(5, 4, 7), torch.randn(5, 4, 3)
    header.text()
    for name, tensor in [("weight", weight), ("bias", bias), ("x", xs), ("target", targets)]:
        header.floats(f"optimizer_{name}", tensor)
    rows = []
    for index, (name, kind, make, settings) in enumerate(OPTIMIZERS):
        single = train(make, settings, weight, bias, xs, targets, torch.float32)
        double = train(make, settings, weight, bias, xs, targets, torch.float64)
        for part, a, b in zip(["weight", "bias", "losses"], single, double):
            assert_close(a, b, f"{name}: {part}", AGREEMENT)
        header.floats(f"optimizer{index}_weight", single[0])
        header.floats(f"optimizer{index}_bias", single[1])
        beta1, beta2 = settings.get("betas", (0.9, 0.999))
        losses = ", ".join(f"{loss:.9g}" for loss in single[2].tolist())
        rows += [
            f'    {{.name = "{name}", .kind = "{kind}", .learning_rate = {settings["lr"]},',
            f"     .momentum = {settings.get('momentum', 0)}, .beta1 = {beta1}, .beta2 = {beta2},",
            f"     .epsilon = {settings.get('eps', 1e-8)}, "
            f".weight_decay = {settings.get('weight_decay', 0)},",
            f"     .losses = {{{losses}}},",
            f"     .weight = optimizer{index}_weight, .bias = optimizer{index}_bias}},",
        ]
    header.text()
    header.text("static const struct reference_optimizer reference_optimizers[] = {")
    header.lines += rows
    header.text("};")


def main():
    torch.set_num_threads(1)
    header = Header("operators.py", HEADER)
    write_operators(header)
    write_optimizers(header)
    header.write(os.path.join(os.path.dirname(os.path.abspath(__file__)), "operators.h"))


if __name__ == "__main__":
    main()
