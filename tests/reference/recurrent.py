#!/usr/bin/env python3
"""Expected outputs and gradients of the recurrent layers, from PyTorch: recurrent.h.

    bench/peers.sh                                            # a venv with PyTorch, once
    ~/.cache/powertrain/peers/bin/python tests/reference/recurrent.py

Each case runs in float32, which the header holds, and in float64, which must agree to 2e-6 of the
largest value.
"""

import copy
import os

import torch
import torch.nn.functional as F

from c_header import Header, assert_close

AGREEMENT = 2e-6
HEADER = "PT_TEST_REFERENCE_RECURRENT_H"


class Case:
    """layer: rnn, lstm or gru. options: as in the network file, beside those that follow."""

    def __init__(self, layer, batch, time, width, hidden, layers=1, bidirectional=False, bias=True,
                 last=False, activation="tanh"):
        kinds = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
        more = {"nonlinearity": activation} if layer == "rnn" else {}
        self.layer, self.last = layer, last
        self.module = kinds[layer](width, hidden, layers, bias=bias, batch_first=True,
                                   bidirectional=bidirectional, **more)
        self.x = torch.randn(batch, time, width)
        self.options = {"hidden": hidden, "layers": layers,
                        "bidirectional": str(bidirectional).lower(), "bias": str(bias).lower(),
                        "outputs": "last" if last else "all"}
        if layer == "rnn":
            self.options["activation"] = activation
        self.target = torch.randn_like(self.output(self.module, self.x))

    def network(self):
        options = ", ".join(f"{key}: {value}" for key, value in self.options.items())
        return (f"{{input: {{name: x, shape: [{self.x.shape[1]}, {self.x.shape[2]}]}}, "
                f"layers: [{self.layer}: {{name: op, {options}}}]}}")

    def output(self, module, x):
        output, state = module(x)
        if not self.last:
            return output
        state = state[0] if self.layer == "lstm" else state
        return torch.cat(list(state[-2:] if module.bidirectional else state[-1:]), dim=-1)

    def run(self, dtype):
        module = copy.deepcopy(self.module).to(dtype)
        x = self.x.to(dtype).clone().requires_grad_()
        output = self.output(module, x)
        loss = F.mse_loss(output, self.target.to(dtype))
        loss.backward()
        return module, x, output, loss

    def check(self, single, double):
        for (name, a), (_, b) in zip(single[0].named_parameters(), double[0].named_parameters()):
            assert_close(a.grad, b.grad, f"{self.network()}: gradient of {name}", AGREEMENT)
        assert_close(single[1].grad, double[1].grad, f"{self.network()}: gradient of x", AGREEMENT)
        for index in (2, 3):
            assert_close(single[index], double[index], self.network(), AGREEMENT)


def cases():
    torch.manual_seed(22)
    yield Case("rnn", 3, 4, 5, 2)
    yield Case("rnn", 2, 5, 3, 6, layers=2, bidirectional=True)
    yield Case("rnn", 2, 3, 4, 3, activation="relu", bias=False, last=True)
    for layer in ("lstm", "gru"):
        yield Case(layer, 1, 1, 1, 1)
        yield Case(layer, 3, 4, 5, 2)
        yield Case(layer, 1, 7, 3, 11)
        yield Case(layer, 5, 1, 2, 3, bidirectional=True, bias=False)
        yield Case(layer, 2, 5, 3, 4, layers=2, bidirectional=True)
        yield Case(layer, 2, 3, 4, 3, bidirectional=True, last=True)
        yield Case(layer, 19, 6, 2, 5, bias=False, layers=2, last=True)


def write_case(header, index, case):
    single, double = case.run(torch.float32), case.run(torch.float64)
    case.check(single, double)
    module, x, output, loss = single
    parameters = list(module.named_parameters())
    for number, (_, tensor) in enumerate(parameters):
        header.floats(f"case{index}_p{number}", tensor)
        header.floats(f"case{index}_p{number}_gradient", tensor.grad)
    header.floats(f"case{index}_x", case.x)
    header.floats(f"case{index}_x_gradient", x.grad)
    header.floats(f"case{index}_output", output)
    header.floats(f"case{index}_target", case.target)
    rows = "".join(f'         {{"op.{name}", case{index}_p{number}, case{index}_p{number}_gradient}},\n'
                   for number, (name, _) in enumerate(parameters))
    return (f'    {{.network = "{case.network()}",\n     .batch = {x.shape[0]},\n'
            f"     .x = case{index}_x, .x_gradient = case{index}_x_gradient,\n"
            f"     .output = case{index}_output, .target = case{index}_target, "
            f".loss = {loss.item():.9g},\n     .parameters = {{\n{rows}     }}}},")


def main():
    header = Header("recurrent.py", HEADER)
    header.text("enum { RECURRENT_PARAMETERS_MAX = 16 };")
    header.text("struct reference_recurrent {")
    header.text("    const char *network; // a network file; a mean square is put on top")
    header.text("    int64_t batch;")
    header.text("    const float *x, *x_gradient, *output, *target;")
    header.text("    double loss;")
    header.text("    struct {")
    header.text("        const char *name; // NULL: no more")
    header.text("        const float *values, *gradient;")
    header.text("    } parameters[RECURRENT_PARAMETERS_MAX + 1];")
    header.text("};")
    rows = [write_case(header, index, case) for index, case in enumerate(cases())]
    header.text("static const struct reference_recurrent reference_recurrent[] = {")
    header.text("\n".join(rows))
    header.text("};")
    header.write(os.path.join(os.path.dirname(os.path.abspath(__file__)), "recurrent.h"))


if __name__ == "__main__":
    main()
