"""Writes C headers with numbers that PyTorch computed."""

import platform

import torch


def as_text(value):
    """A float32 that reads back as the same bits."""
    text = f"{value:.9g}"
    return text + "f" if any(mark in text for mark in ".e") else text + ".0f"


class Header:
    """Collects arrays and text; write puts them into a file beside the script."""

    def __init__(self, script, guard):
        self.guard = guard
        self.lines = [
            f"// Written by tests/reference/{script} with PyTorch {torch.__version__} on "
            f"{platform.machine()}; do not edit.",
            "// clang-format off",
            f"#ifndef {guard}", f"#define {guard}", "", '#include "reference.h"', "",
            f'#define {guard}_TORCH "{torch.__version__}"', "",
        ]

    def text(self, line=""):
        self.lines.append(line)

    def floats(self, name, tensor):
        self._array("float", name, [as_text(v) for v in tensor.detach().float().flatten().tolist()])

    def doubles(self, name, values):
        self._array("double", name, [f"{value:.17g}" for value in values])

    def integers(self, name, tensor):
        self._array("int32_t", name, [str(v) for v in tensor.flatten().tolist()])

    def _array(self, kind, name, words):
        self.lines.append(f"static const {kind} {name}[{len(words)}] = {{")
        line = "   "
        for word in words:
            if len(line) + len(word) + 2 > 100:
                self.lines.append(line)
                line = "   "
            line += f" {word},"
        self.lines += [line, "};"]

    def write(self, path):
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(self.lines + ["", "#endif", ""]))


def assert_close(single, double, what, tolerance):
    """The float32 numbers that tests compare with must themselves be near the exact ones."""
    error = (single.double() - double).abs().max().item()
    scale = max(double.abs().max().item(), 1e-30)
    if error > tolerance * scale:
        raise SystemExit(f"{what}: float32 is {error / scale:.2g} from float64, more than "
                         f"{tolerance:g}; choose a better conditioned case")
