#!/usr/bin/env python3
"""Expected outputs and gradients of convolutions, from PyTorch: conv.h.

    bench/peers.sh                                            # a venv with PyTorch, once
    ~/.cache/powertrain/peers/bin/python tests/reference/conv.py

PyTorch has channels first; the header has what powertrain has, channels last. Each case runs in
float32, which the header holds, and in float64, which must agree to 2e-6 of the largest value.
"""

import os

import torch
import torch.nn.functional as F

from c_header import Header, assert_close

AGREEMENT = 2e-6
HEADER = "PT_TEST_REFERENCE_CONV_H"


def last(tensor):
    """Channels last; a vector stays what it is."""
    return tensor if tensor.dim() == 1 else tensor.movedim(1, -1)


class Case:
    def __init__(self, layer, function, x, weight, bias=True, **options):
        self.layer, self.function, self.options = layer, function, options
        outputs = weight.shape[0]
        if function is F.conv_transpose2d:
            outputs = weight.shape[1] * options.get("groups", 1)
        self.tensors = [x, weight] + ([torch.randn(outputs)] if bias else [])
        with torch.no_grad():
            self.target = torch.randn_like(function(*self.tensors, **options))

    def run(self, dtype):
        leaves = [t.to(dtype).clone().requires_grad_() for t in self.tensors]
        output = self.function(*leaves, **self.options)
        F.mse_loss(output, self.target.to(dtype)).backward()
        return leaves, output

    def check(self, single, double):
        for index, (a, b) in enumerate(zip(single[0], double[0])):
            assert_close(a.grad, b.grad, f"{self.layer}: gradient {index}", AGREEMENT)
        assert_close(single[1], double[1], f"{self.layer}: output", AGREEMENT)


def cases():
    torch.manual_seed(22)
    normal = torch.randn
    yield Case("conv2d: {out_channels: 4, kernel: 3}", F.conv2d, normal(2, 3, 5, 6),
               normal(4, 3, 3, 3))
    yield Case("conv2d: {out_channels: 1, kernel: 1}", F.conv2d, normal(1, 1, 1, 1),
               normal(1, 1, 1, 1))
    yield Case("conv2d: {out_channels: 5, kernel: [3, 2], stride: [2, 3], padding: [1, 2]}",
               F.conv2d, normal(2, 2, 7, 5), normal(5, 2, 3, 2), stride=(2, 3), padding=(1, 2))
    yield Case("conv2d: {out_channels: 3, kernel: [4, 3], padding: same, bias: false}", F.conv2d,
               normal(2, 2, 6, 5), normal(3, 2, 4, 3), bias=False, padding="same")
    yield Case("conv2d: {out_channels: 3, kernel: [3, 4], padding: same, dilation: [1, 3]}",
               F.conv2d, normal(1, 2, 5, 6), normal(3, 2, 3, 4), padding="same", dilation=(1, 3))
    yield Case("conv2d: {out_channels: 6, kernel: 3, stride: 3, dilation: 2, padding: 3, "
               "groups: 2}", F.conv2d, normal(2, 4, 9, 8), normal(6, 2, 3, 3), stride=3, padding=3,
               dilation=2, groups=2)
    yield Case("conv2d: {out_channels: 5, kernel: 3, padding: 1, groups: 5}", F.conv2d,
               normal(2, 5, 4, 6), normal(5, 1, 3, 3), padding=1, groups=5)
    yield Case("conv2d: {out_channels: 6, kernel: 3, stride: 2, groups: 3}", F.conv2d,
               normal(2, 3, 7, 6), normal(6, 1, 3, 3), stride=2, groups=3)
    # A kernel larger than the image, a stride larger than the kernel, channels beyond a vector.
    yield Case("conv2d: {out_channels: 3, kernel: 7, padding: 3}", F.conv2d, normal(2, 2, 3, 4),
               normal(3, 2, 7, 7), padding=3)
    yield Case("conv2d: {out_channels: 3, kernel: 2, stride: 3}", F.conv2d, normal(2, 2, 8, 7),
               normal(3, 2, 2, 2), stride=3)
    yield Case("conv2d: {out_channels: 18, kernel: 2, padding: 1}", F.conv2d, normal(1, 17, 4, 3),
               normal(18, 17, 2, 2) / 8, padding=1)
    yield Case("conv1d: {out_channels: 4, kernel: 5, stride: 2, padding: 2}", F.conv1d,
               normal(2, 3, 11), normal(4, 3, 5), stride=2, padding=2)
    yield Case("conv1d: {out_channels: 4, kernel: 3, dilation: 4, padding: same, bias: false}",
               F.conv1d, normal(2, 3, 9), normal(4, 3, 3), bias=False, padding="same", dilation=4)
    yield Case("conv1d: {out_channels: 6, kernel: 3, groups: 6}", F.conv1d, normal(2, 6, 7),
               normal(6, 1, 3), groups=6)
    yield Case("conv_transpose2d: {out_channels: 3, kernel: 3}", F.conv_transpose2d,
               normal(2, 4, 4, 3), normal(4, 3, 3, 3))
    yield Case("conv_transpose2d: {out_channels: 3, kernel: [3, 4], stride: 2, padding: 1, "
               "output_padding: [1, 0]}", F.conv_transpose2d, normal(2, 4, 4, 3),
               normal(4, 3, 3, 4), stride=2, padding=1, output_padding=(1, 0))
    yield Case("conv_transpose2d: {out_channels: 4, kernel: 2, stride: 3, groups: 2, bias: false}",
               F.conv_transpose2d, normal(1, 6, 3, 4), normal(6, 2, 2, 2), bias=False, stride=3,
               groups=2)
    yield Case("conv_transpose2d: {out_channels: 2, kernel: 3, stride: 2, dilation: 3, "
               "padding: 2, output_padding: 2}", F.conv_transpose2d, normal(2, 2, 3, 4),
               normal(2, 2, 3, 3), stride=2, dilation=3, padding=2, output_padding=2)


def tensor_text(symbol, tensor, header):
    header.floats(symbol, last(tensor))
    header.floats(symbol + "_gradient", last(tensor.grad))
    shape = last(tensor).shape
    return f"{{{len(shape)}, {{{', '.join(map(str, shape))}}}, {symbol}, {symbol}_gradient}}"


def main():
    torch.set_num_threads(1)
    header, rows = Header("conv.py", HEADER), []
    for index, case in enumerate(cases()):
        single, double = case.run(torch.float32), case.run(torch.float64)
        case.check(single, double)
        leaves, output = single
        texts = [tensor_text(f"conv{index}_{name}", leaf, header)
                 for name, leaf in zip(["x", "weight", "bias"], leaves)]
        header.floats(f"conv{index}_y", last(output))
        header.floats(f"conv{index}_target", last(case.target))
        shape = ", ".join(map(str, last(output).shape))
        rows += [f'    {{.layer = "{case.layer}",', f"     .x = {texts[0]},",
                 f"     .parameter_count = {len(texts) - 1},",
                 f"     .parameters = {{{', '.join(texts[1:])}}},",
                 f"     .output = {{{output.dim()}, {{{shape}}}, conv{index}_y, NULL}},",
                 f"     .target = conv{index}_target}},"]
    header.text()
    header.text("static const struct reference_layer reference_convolutions[] = {")
    header.lines += rows
    header.text("};")
    header.write(os.path.join(os.path.dirname(os.path.abspath(__file__)), "conv.h"))


if __name__ == "__main__":
    main()
