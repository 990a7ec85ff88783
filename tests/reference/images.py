#!/usr/bin/env python3
"""Writes images.h: small PNG and JPEG files, the bytes that Pillow decodes them to, and pictures
that Pillow resized. PNG files are put together here, because Pillow writes only some kinds.

The files become seeds of the fuzz target too, if FOLDER (fuzz/corpus/image) is given.

Usage: images.py [OUTPUT [FOLDER]]; needs numpy and Pillow below 13, which began to choose between rows and
columns first by cost.
"""

import io
import os
import struct
import sys
import zlib

import numpy
import PIL
from PIL import Image, ImageOps

WIDTH, HEIGHT = 13, 11  # of every file; no multiple of 8
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
         (0, 1, 1, 2)]  # x, y, step of x, step of y


def picture(width, height, channels, seed):
    """Smooth waves with some noise, which is what resizing and JPEG are made for."""
    random = numpy.random.default_rng(seed)
    y, x = numpy.mgrid[0:height, 0:width]
    waves = [128 + 90 * numpy.sin(x / (2 + c) + seed) * numpy.cos(y / (3 + c)) for c in range(channels)]
    noise = random.normal(0, 12, (height, width, channels))
    return numpy.clip(numpy.stack(waves, 2) + noise, 0, 255).astype(numpy.uint8)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pack_row(samples, depth):
    """One row of integers as bits."""
    if depth == 16:
        return samples.astype(">u2").tobytes()
    bits = 0
    for sample in samples.flatten().tolist():
        bits = bits << depth | sample
    count = samples.size * depth
    pad = -count % 8
    return (bits << pad).to_bytes((count + pad) // 8, "big")


def png(samples, color, depth, before=b"", interlaced=False):
    """A PNG file of samples [height, width, samples a pixel]; before goes before the pixels."""
    height, width = samples.shape[:2]
    raw = b""
    for x, y, step_x, step_y in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        part = samples[y::step_y, x::step_x]
        if part.size > 0:
            raw += b"".join(b"\0" + pack_row(row, depth) for row in part)
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before +
            chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b""))


def indices(depth):
    return picture(WIDTH, HEIGHT, 1, depth) >> (8 - depth)


def palette(depth, with_alpha):
    colors = picture(1 << depth, 1, 3, 40 + depth).tobytes()
    alpha = chunk(b"tRNS", bytes(range(0, min(1 << depth, 200)))) if with_alpha else b""
    return chunk(b"PLTE", colors) + alpha


def png_files():
    gray, rgb = picture(WIDTH, HEIGHT, 1, 1), picture(WIDTH, HEIGHT, 3, 2)
    gray_alpha, rgba = picture(WIDTH, HEIGHT, 2, 3), picture(WIDTH, HEIGHT, 4, 4)
    gamma = chunk(b"gAMA", struct.pack(">I", 100000))
    text = chunk(b"tEXt", b"Comment\0not to be read")
    yield "png_gray", png(gray, 0, 8)
    for depth in (1, 2, 4):
        yield f"png_gray_{depth}", png(indices(depth), 0, depth)
    yield "png_gray_transparent", png(gray, 0, 8, chunk(b"tRNS", struct.pack(">H", int(gray[0, 0, 0]))))
    yield "png_gray_alpha", png(gray_alpha, 4, 8)
    yield "png_gray_interlaced", png(gray, 0, 8, interlaced=True)
    yield "png_rgb", png(rgb, 2, 8)
    yield "png_rgb_gamma", png(rgb, 2, 8, gamma + text)
    yield "png_rgb_interlaced", png(rgb, 2, 8, interlaced=True)
    yield "png_rgba", png(rgba, 6, 8)
    for depth in (1, 2, 4, 8):
        yield f"png_palette_{depth}", png(indices(depth), 3, depth, palette(depth, depth == 4))
    yield "png_palette_interlaced", png(indices(2), 3, 2, palette(2, True), interlaced=True)


def deep_files():
    """16 bits: Pillow has no one answer, so the test does the arithmetic; the samples go along."""
    for name, color, channels in (("gray", 0, 1), ("rgb", 2, 3), ("rgba", 6, 4)):
        random = numpy.random.default_rng(channels)
        samples = random.integers(0, 65536, (HEIGHT, WIDTH, channels), dtype=numpy.uint16)
        yield f"png_{name}_16", png(samples, color, 16), samples


def jpeg(samples, mode, **options):
    data = io.BytesIO()
    Image.fromarray(samples.squeeze(), mode).save(data, "JPEG", **options)
    return data.getvalue()


def jpeg_files():
    gray, rgb = picture(WIDTH, HEIGHT, 1, 5), picture(WIDTH, HEIGHT, 3, 6)
    yield "jpeg_gray", jpeg(gray, "L", quality=90)
    yield "jpeg_420", jpeg(rgb, "RGB", quality=90, subsampling=2)
    yield "jpeg_422", jpeg(rgb, "RGB", quality=80, subsampling=1)
    yield "jpeg_444", jpeg(rgb, "RGB", quality=95, subsampling=0, optimize=True)
    yield "jpeg_progressive", jpeg(rgb, "RGB", quality=90, progressive=True)
    yield "jpeg_restart", jpeg(rgb, "RGB", quality=90, restart_marker_blocks=1)
    yield "jpeg_rgb", jpeg(rgb, "RGB", quality=90, keep_rgb=True)


RESIZES = [  # old height and width, channels, new height and width, fit, filter
    (17, 23, 3, 8, 8, "crop", "bilinear"), (17, 23, 3, 8, 8, "stretch", "bilinear"),
    (23, 17, 3, 8, 10, "crop", "bilinear"), (17, 23, 1, 40, 31, "stretch", "bilinear"),
    (17, 23, 1, 40, 31, "crop", "bilinear"), (17, 23, 3, 5, 7, "crop", "area"),
    (17, 23, 3, 5, 7, "stretch", "area"), (16, 24, 1, 4, 6, "stretch", "area"),
    (9, 9, 1, 20, 13, "crop", "area"), (17, 23, 3, 17, 23, "crop", "bilinear"),
    (1, 1, 3, 3, 2, "crop", "bilinear"), (30, 2, 1, 1, 1, "crop", "area"),
    (64, 48, 1, 3, 3, "crop", "bilinear"),
]


def resized(samples, height, width, fit, name):
    method = {"bilinear": Image.Resampling.BILINEAR, "area": Image.Resampling.BOX}[name]
    image = Image.fromarray(samples.squeeze(axis=2) if samples.shape[2] == 1 else samples)
    if fit == "crop":
        return numpy.asarray(ImageOps.fit(image, (width, height), method))
    return numpy.asarray(image.resize((width, height), method))


class Header:
    def __init__(self):
        self.lines = [
            f"// Written by tests/reference/images.py with Pillow {PIL.__version__}; do not edit.",
            "// clang-format off", "#ifndef PT_TEST_IMAGES_H", "#define PT_TEST_IMAGES_H", "",
            "#include <stddef.h>", "#include <stdint.h>", "",
            f"enum {{ IMAGES_WIDTH = {WIDTH}, IMAGES_HEIGHT = {HEIGHT} }};", ""]

    def array(self, kind, name, values):
        self.lines.append(f"static const {kind} {name}[] = {{")
        for i in range(0, len(values), 24):
            self.lines.append("    " + ", ".join(str(int(v)) for v in values[i:i + 24]) + ",")
        self.lines.append("};")

    def text(self, *lines):
        self.lines += lines

    def write(self, path):
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(self.lines + ["", "#endif", ""]))


def add_file(header, name, data):
    """The file, and what Pillow makes of it."""
    image = Image.open(io.BytesIO(data))
    header.array("uint8_t", f"{name}_file", data)
    header.array("uint8_t", f"{name}_rgb", image.convert("RGB").tobytes())
    if name == "png_rgb":
        header.array("uint8_t", f"{name}_in_gray", image.convert("L").tobytes())


def add_table(header, table, names):
    header.text("", "static const struct {", "    const char *name;", "    const uint8_t *file;",
                "    size_t length;", "    const uint8_t *rgb;", f"}} {table}[] = {{")
    for name in names:
        header.text(f'    {{"{name}", {name}_file, sizeof {name}_file, {name}_rgb}},')
    header.text("};", "")


def add_resizes(header):
    rows = []
    for i, (height, width, channels, to_height, to_width, fit, name) in enumerate(RESIZES):
        samples = picture(width, height, channels, 60 + i)
        header.array("uint8_t", f"resize_{i}_from", samples.flatten())
        header.array("uint8_t", f"resize_{i}_to",
                     resized(samples, to_height, to_width, fit, name).flatten())
        rows.append(f"    {{{height}, {width}, {channels}, {to_height}, {to_width}, "
                    f"{int(fit == 'stretch')}, {int(name == 'area')}, resize_{i}_from, resize_{i}_to}},")
    header.text("", "static const struct {", "    int height, width, channels, to_height, to_width;",
                "    int stretch, area;", "    const uint8_t *from, *to;", "} resizes[] = {",
                *rows, "};")


def write_seeds(folder, files):
    for name, data in files:
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)


def main():
    header = Header()
    seeds = []
    for table, files in (("png_files", list(png_files())), ("jpeg_files", list(jpeg_files()))):
        for name, data in files:
            add_file(header, name, data)
        seeds += files
        add_table(header, table, [name for name, _ in files])
    for name, data, samples in deep_files():
        seeds.append((name, data))
        header.array("uint8_t", f"{name}_file", data)
        header.array("uint16_t", f"{name}_samples", samples.flatten())
    cmyk = picture(WIDTH, HEIGHT, 4, 7)
    header.array("uint8_t", "jpeg_cmyk_file", jpeg(cmyk, "CMYK", quality=90))
    add_resizes(header)
    here = os.path.dirname(os.path.abspath(__file__))
    header.write(sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "images.h"))
    if len(sys.argv) > 2:
        write_seeds(sys.argv[2], seeds)


if __name__ == "__main__":
    main()
