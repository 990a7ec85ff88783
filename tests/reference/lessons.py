#!/usr/bin/env python3
"""The three programs of a first lesson in PyTorch: initial values, data and every printed number.

    ~/.cache/powertrain/peers/bin/python tests/reference/lessons.py     # bench/peers.sh makes it

Writes lessons.h, which tests/engine/test_lesson_*.c hold examples/*.c to, and the data sets
examples/parabola.csv and examples/spirals.csv of the same lessons as run files. Sizes and settings
are those of the examples. Every lesson also runs in float64 and must agree to 2e-6.
"""

import math
import os

import torch
import torch.nn.functional as F

from c_header import Header, assert_close

AGREEMENT = 2e-6
HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLES = os.path.join(HERE, "..", "..", "examples")


def write_csv(name, header, rows):
    with open(os.path.join(EXAMPLES, name), "w", encoding="utf-8") as file:
        file.write(header + "\n")
        for row in rows:
            file.write(",".join(row) + "\n")


def uniform_layers(sizes):
    """Weights and biases as nn.Linear draws them, in the order weight, bias, weight, bias."""
    values = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layer = torch.nn.Linear(inputs, outputs)
        values += [layer.weight.detach(), layer.bias.detach()]
    return values


def leaves_of(values, dtype):
    return [value.to(dtype).clone().requires_grad_() for value in values]


def in_both(run, what, *args):
    single, double = run(torch.float32, *args), run(torch.float64, *args)
    for index, (a, b) in enumerate(zip(single, double)):
        assert_close(a, b, f"{what}: result {index}", AGREEMENT)
    return single


# (a) A classifier of two layers: 300 points on three arms of a spiral.
CLASSIFIER = {"samples": 300, "batch": 30, "hidden": 32, "classes": 3, "epochs": 50}


def spirals():
    samples, classes = CLASSIFIER["samples"], CLASSIFIER["classes"]
    label = torch.arange(samples) % classes
    radius = torch.linspace(0.05, 1, samples)
    angle = 4 * radius + label * (2 * math.pi / classes) + 0.2 * torch.randn(samples)
    order = torch.randperm(samples)
    points = torch.stack([radius * angle.cos(), radius * angle.sin()], 1)[order]
    return points, label[order]


def train_classifier(dtype, values, points, label):
    parameters = leaves_of(values, dtype)
    optimizer = torch.optim.Adam(parameters, lr=0.01)
    points, losses = points.to(dtype), []
    for _ in range(CLASSIFIER["epochs"]):
        total = 0
        for x, y in zip(points.split(CLASSIFIER["batch"]), label.split(CLASSIFIER["batch"])):
            hidden = F.relu(F.linear(x, parameters[0], parameters[1]))
            loss = F.cross_entropy(F.linear(hidden, parameters[2], parameters[3]), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
        losses.append(total / len(points))
    return torch.tensor(losses, dtype=torch.float64), *[p.detach() for p in parameters]


def classifier(header):
    torch.manual_seed(30)
    points, label = spirals()
    values = uniform_layers([2, CLASSIFIER["hidden"], CLASSIFIER["classes"]])
    losses = in_both(train_classifier, "classifier", values, points, label)[0]
    for name, value in zip(["weight1", "bias1", "weight2", "bias2"], values):
        header.floats(f"classifier_{name}", value)
    header.floats("classifier_points", points)
    header.integers("classifier_labels", label)
    header.doubles("classifier_losses", losses.tolist())
    names = ["red", "green", "blue"]
    write_csv("spirals.csv", "x,y,color", [[f"{x:.9g}", f"{y:.9g}", names[k]] for (x, y), k in
                                          zip(points.tolist(), label.tolist())])
    print("classifier:", [round(loss, 4) for loss in losses.tolist()])


# (b) Regression: 100 points of y = x^2 + noise.
REGRESSION = {"samples": 100, "hidden": 16, "epochs": 200, "print_every": 10}


def train_regression(dtype, values, x, y):
    parameters = leaves_of(values, dtype)
    optimizer = torch.optim.SGD(parameters, lr=0.2)
    x, y, losses = x.to(dtype), y.to(dtype), []

    def mse():
        hidden = torch.tanh(F.linear(x, parameters[0], parameters[1]))
        return F.mse_loss(F.linear(hidden, parameters[2], parameters[3]), y)

    for epoch in range(1, REGRESSION["epochs"] + 1):
        loss = mse()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if epoch % REGRESSION["print_every"] == 0:
            losses.append(loss.item())
    final = mse().item()
    return torch.tensor(losses + [final], dtype=torch.float64), *[p.detach() for p in parameters]


def regression(header):
    torch.manual_seed(31)
    x = torch.linspace(-1, 1, REGRESSION["samples"]).view(-1, 1)
    y = x * x + 0.05 * torch.randn_like(x)
    values = uniform_layers([1, REGRESSION["hidden"], 1])
    losses = in_both(train_regression, "regression", values, x, y)[0]
    for name, value in zip(["weight1", "bias1", "weight2", "bias2"], values):
        header.floats(f"regression_{name}", value)
    header.floats("regression_x", x)
    header.floats("regression_y", y)
    header.doubles("regression_losses", losses[:-1].tolist())
    header.text(f"static const double regression_final_mse = {losses[-1].item():.17g};")
    write_csv("parabola.csv", "x,y", [[f"{a:.9g}", f"{b:.9g}"] for a, b in
                                      zip(x.flatten().tolist(), y.flatten().tolist())])
    print("regression:", [round(loss, 5) for loss in losses.tolist()])


# (c) One weight, one bias, one number: the gradient with respect to the input.
def run_linear(dtype, weight, bias):
    weight, bias, x = leaves_of([weight, bias, torch.tensor([[2.0]])], dtype)
    output = F.linear(x, weight, bias)
    loss = F.mse_loss(output, torch.tensor([[1.0]], dtype=dtype))
    loss.backward()
    return output.detach(), loss.detach(), x.grad, weight.grad, bias.grad


def linear(header):
    torch.manual_seed(32)
    weight, bias = uniform_layers([1, 1])
    results = in_both(run_linear, "linear", weight, bias)
    header.floats("linear_weight", weight)
    header.floats("linear_bias", bias)
    names = ["output", "loss", "gradient_x", "gradient_weight", "gradient_bias"]
    for name, result in zip(names, results):
        header.text(f"static const double linear_{name} = {result.item():.9g};")
    print("linear:", [result.item() for result in results])


def main():
    torch.set_num_threads(1)
    header = Header("lessons.py", "PT_TEST_REFERENCE_LESSONS_H")
    classifier(header)
    regression(header)
    linear(header)
    header.write(os.path.join(HERE, "lessons.h"))


if __name__ == "__main__":
    main()
