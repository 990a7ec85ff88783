#!/usr/bin/env python3
"""Expected outputs and gradients of attention, embeddings and the head with its loss, from PyTorch
and transformers: attention.h.

    bench/peers.sh                                            # a venv with both, once
    ~/.cache/powertrain/peers/bin/python tests/reference/attention.py

Each case runs in float32, which the header holds, and in float64, which must agree to 3e-6 of the
largest value.
"""

import os

import torch
import torch.nn.functional as F
from transformers import LlamaConfig
from transformers.models.bloom.modeling_bloom import build_alibi_tensor
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding, apply_rotary_pos_emb

from c_header import Header, assert_close

AGREEMENT = 3e-6
HEADER = "PT_TEST_REFERENCE_ATTENTION_H"


class Case:
    """tensors: by their names in the network; int32 ones have no gradient. function takes them as a
    dictionary and gives the output, or the loss if is_loss."""

    def __init__(self, network, batch, tensors, function, is_loss=False):
        self.network, self.batch, self.tensors = network, batch, tensors
        self.function, self.is_loss = function, is_loss
        with torch.no_grad():
            self.target = None if is_loss else torch.randn_like(function(tensors))

    def run(self, dtype):
        leaves = {name: t.to(dtype).clone().requires_grad_() if t.is_floating_point() else t
                  for name, t in self.tensors.items()}
        output = self.function(leaves)
        loss = output if self.is_loss else F.mse_loss(output, self.target.to(dtype))
        loss.backward()
        return leaves, output, loss.detach()

    def check(self, single, double):
        for name in single[0]:
            if single[0][name].is_floating_point():
                assert_close(single[0][name].grad, double[0][name].grad,
                             f"{self.network}: gradient of {name}", AGREEMENT)
        assert_close(single[1], double[1], f"{self.network}: output", AGREEMENT)


def split(x, heads):
    """[batch, time, heads * dim] -> [batch, heads, time, dim]"""
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def join(x):
    return x.transpose(1, 2).flatten(2)


def unpack(x, heads, kv_heads):
    dim = x.shape[-1] // (heads + 2 * kv_heads)
    q, k, v = x.split([heads * dim, kv_heads * dim, kv_heads * dim], dim=-1)
    return split(q, heads), split(k, kv_heads), split(v, kv_heads)


def visible(queries, keys, causal=False, window=0):
    i, j = torch.arange(queries)[:, None], torch.arange(keys)[None]
    mask = j <= i if causal else torch.ones(queries, keys, dtype=torch.bool)
    return mask & ((i - j).abs() < window) if window else mask


def sdpa(q, k, v, **settings):
    return join(F.scaled_dot_product_attention(q, k, v, enable_gqa=q.shape[1] != k.shape[1],
                                               **settings))


def by_hand(q, k, v, scores_to_scores, mask):
    """Where PyTorch has no function: scores change before the softmax."""
    scores = scores_to_scores(q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5)
    return join(scores.masked_fill(~mask, float("-inf")).softmax(-1) @ v)


def rotate_llama(x, dim, **rope):
    """x is [batch, heads, time, dim]; what rotates are the first dim elements."""
    config = LlamaConfig(hidden_size=dim, num_attention_heads=1, head_dim=dim,
                         max_position_embeddings=x.shape[2], rope_parameters=rope)
    cos, sin = LlamaRotaryEmbedding(config)(x.float(), torch.arange(x.shape[2])[None])
    turned, rest = x[..., :dim], x[..., dim:]
    turned = apply_rotary_pos_emb(turned, turned, cos.to(x.dtype), sin.to(x.dtype))[0]
    return torch.cat([turned, rest], dim=-1)


def rotate_neighbors(x, base):
    """As the first Llama of Meta: pairs of neighbors are complex numbers."""
    dim = x.shape[-1]
    angles = torch.arange(x.shape[2])[:, None] * base ** (-torch.arange(0, dim, 2).double() / dim)
    turn = torch.polar(torch.ones_like(angles), angles)
    pairs = torch.view_as_complex(x.double().unflatten(-1, (-1, 2)))
    return torch.view_as_real(pairs * turn).flatten(-2).to(x.dtype)


def network(inputs, layers):
    shapes = ", ".join(f"{{name: {name}, shape: {list(shape)}" +
                       (", type: int32}" if kind == "int32" else "}")
                       for name, shape, kind in inputs)
    return f"{{inputs: [{shapes}], layers: [{layers}]}}"


def packed(batch, time, width, settings, function):
    """attention of one tensor."""
    x = torch.randn(batch, time, width)
    return Case(network([("x", (time, width), "float32")], f"attention: {{{settings}}}"), batch,
                {"x": x}, lambda t: function(t["x"]))


def attention_cases():
    yield packed(2, 7, 24, "heads: 2", lambda x: sdpa(*unpack(x, 2, 2)))
    yield packed(2, 7, 24, "heads: 2, causal: true",
                 lambda x: sdpa(*unpack(x, 2, 2), is_causal=True))
    yield packed(1, 33, 51, "heads: 1, causal: true, scale: 0.5",
                 lambda x: sdpa(*unpack(x, 1, 1), is_causal=True, scale=0.5))
    yield packed(1, 1, 24, "heads: 2", lambda x: sdpa(*unpack(x, 2, 2)))
    yield packed(2, 9, 32, "heads: 4, kv_heads: 2, causal: true",
                 lambda x: sdpa(*unpack(x, 4, 2), is_causal=True))
    yield packed(1, 19, 15, "heads: 1, causal: true, window: 4",
                 lambda x: sdpa(*unpack(x, 1, 1), attn_mask=visible(19, 19, True, 4)))
    yield packed(1, 19, 15, "heads: 1, window: 3",
                 lambda x: sdpa(*unpack(x, 1, 1), attn_mask=visible(19, 19, False, 3)))

    llama3 = {"rope_type": "llama3", "rope_theta": 500.0, "factor": 4.0, "low_freq_factor": 1.0,
              "high_freq_factor": 4.0, "original_max_position_embeddings": 16}
    rotations = [
        ("rotary_base: 100", lambda x: rotate_llama(x, 8, rope_type="default", rope_theta=100.0)),
        ("rotary_base: 100, rotary_dim: 4",
         lambda x: rotate_llama(x, 4, rope_type="default", rope_theta=100.0)),
        ("rotary_base: 100, rotary_factor: 2",
         lambda x: rotate_llama(x, 8, rope_type="linear", rope_theta=100.0, factor=2.0)),
        ("rotary_base: 500, llama3_factor: 4, low_freq_factor: 1, high_freq_factor: 4, "
         "original_context: 16", lambda x: rotate_llama(x, 8, **llama3)),
        ("rotary_base: 100, rotary_interleaved: true", lambda x: rotate_neighbors(x, 100.0)),
    ]
    for settings, rotate in rotations:
        def rotated(x, rotate=rotate):
            q, k, v = unpack(x, 2, 1)
            return sdpa(rotate(q), rotate(k), v, is_causal=True)
        yield packed(1, 17, 32, f"heads: 2, kv_heads: 1, causal: true, {settings}", rotated)

    yield packed(1, 9, 15, "heads: 1, softcap: 1.5",
                 lambda x: by_hand(*unpack(x, 1, 1), lambda s: 1.5 * torch.tanh(s / 1.5),
                                   visible(9, 9)))

    def alibi(x):
        q, k, v = unpack(x, 3, 3)
        bias = build_alibi_tensor(torch.ones(1, 9), 3, x.dtype).unflatten(0, (1, 3))
        return by_hand(q, k, v, lambda s: s + bias, visible(9, 9, True))
    yield packed(1, 9, 36, "heads: 3, alibi: true, causal: true", alibi)

    # Cross-attention with padding, and separate inputs.
    mask = torch.tensor([[1, 1, 1, 0, 1, 0, 0], [1, 1, 1, 1, 1, 1, 1]], dtype=torch.int32)
    tensors = {"q": torch.randn(2, 5, 12), "k": torch.randn(2, 7, 6), "v": torch.randn(2, 7, 6),
               "mask": mask}
    yield Case(network([("q", (5, 12), "float32"), ("k", (7, 6), "float32"),
                        ("v", (7, 6), "float32"), ("mask", (7,), "int32")],
                       "attention: {from: [q, k, v, mask], heads: 4, kv_heads: 2}"), 2, tensors,
               lambda t: sdpa(split(t["q"], 4), split(t["k"], 2), split(t["v"], 2),
                              attn_mask=(t["mask"] != 0)[:, None, None, :]))


def embedding_cases():
    tokens = torch.tensor([[0, 6, 6, 2], [3, 0, 6, 5]], dtype=torch.int32)
    yield Case(network([("tokens", (4,), "int32")],
                       "embedding: {name: e, vocabulary: 7, width: 5, scale: 2.5}"), 2,
               {"tokens": tokens, "e.weight": torch.randn(7, 5)},
               lambda t: F.embedding(t["tokens"], t["e.weight"]) * 2.5)
    yield Case(network([("x", (4, 5), "float32")],
                       "position_embedding: {name: p, positions: 6}"), 2,
               {"x": torch.randn(2, 4, 5), "p.weight": torch.randn(6, 5)},
               lambda t: t["x"] + t["p.weight"][:4])
    yield Case(network([("x", (4, 5), "float32")], "add_row: {name: p, rows: 2}"), 2,
               {"x": torch.randn(2, 4, 5), "p.weight": torch.randn(2, 5)},
               lambda t: t["x"] + t["p.weight"][0])


def head_cases():
    x, weight, bias = torch.randn(2, 6, 5), torch.randn(11, 5), torch.randn(11)
    targets = torch.tensor([[0, 10, -100, 3, 3, 7], [-100, 1, 2, 10, 0, -100]], dtype=torch.int32)

    def head(settings, tensors, **options):
        layers = f"scale: {{factor: 1}}], loss: {{linear_cross_entropy: {{name: head, {settings}}}}}"
        return Case(network([("x", (6, 5), "float32")], layers)[:-2] + "}", 2, tensors,
                    lambda t: F.cross_entropy(F.linear(t["x"], t["head.weight"],
                                                       t.get("head.bias")).flatten(0, 1),
                                              t["target"].flatten().long(), **options),
                    is_loss=True)
    tensors = {"x": x, "head.weight": weight, "head.bias": bias, "target": targets}
    plain = {name: t for name, t in tensors.items() if name != "head.bias"}
    yield head("out_features: 11", tensors)
    yield head("out_features: 11, bias: false", plain)
    yield head("out_features: 11, label_smoothing: 0.2", tensors, label_smoothing=0.2)
    yield head("out_features: 11, ignore_index: 3", dict(tensors, target=targets.clamp(min=0)),
               ignore_index=3)

    # The table of the embedding is the head's weight, too.
    tied = ("{input: {name: tokens, shape: [4], type: int32}, layers: [embedding: {name: e, "
            "vocabulary: 7, width: 5}, tanh], loss: {linear_cross_entropy: {out_features: 7, bias: "
            "false, tie: e.weight}}}")
    tokens = torch.tensor([[0, 6, 6, 2], [3, 0, 6, 5]], dtype=torch.int32)
    yield Case(tied, 2, {"tokens": tokens, "e.weight": torch.randn(7, 5), "target": tokens.flip(1)},
               lambda t: F.cross_entropy(
                   F.linear(F.embedding(t["tokens"], t["e.weight"]).tanh(), t["e.weight"])
                   .flatten(0, 1), t["target"].flatten().long()), is_loss=True)


def cases():
    torch.manual_seed(24)
    yield from attention_cases()
    yield from embedding_cases()
    yield from head_cases()


def tensor_row(symbol, name, tensor, header):
    parts = [f'.name = "{name}"', f".count = {tensor.numel()}"]
    if not tensor.is_floating_point():
        header.integers(symbol, tensor)
        return ", ".join(parts + [f".numbers = {symbol}"])
    header.floats(symbol, tensor)
    header.floats(symbol + "_gradient", tensor.grad)
    return ", ".join(parts + [f".values = {symbol}", f".gradient = {symbol}_gradient"])


def write_case(index, case, header):
    single, double = case.run(torch.float32), case.run(torch.float64)
    case.check(single, double)
    leaves, output, loss = single
    row = [f'    {{.network = "{case.network}",',
           f"     .batch = {case.batch}, .tensor_count = {len(leaves)}, .tensors = {{"]
    for number, (name, tensor) in enumerate(leaves.items()):
        row.append(f"         {{{tensor_row(f'attention{index}_{number}', name, tensor, header)}}},")
    row.append("     },")
    if not case.is_loss:
        header.floats(f"attention{index}_y", output)
        header.floats(f"attention{index}_target", case.target)
        dims = ", ".join(map(str, output.shape))
        row.append(f"     .output = {{{output.dim()}, {{{dims}}}, attention{index}_y, NULL}},")
        row.append(f"     .target = attention{index}_target,")
    row.append(f"     .loss = {loss.item():.9g}}},")
    return row


def main():
    torch.set_num_threads(1)
    header = Header("attention.py", HEADER)
    rows = []
    for index, case in enumerate(cases()):
        rows += write_case(index, case, header)
    header.text()
    header.text("static const struct reference_network reference_attention[] = {")
    header.lines += rows
    header.text("};")
    header.write(os.path.join(os.path.dirname(os.path.abspath(__file__)), "attention.h"))


if __name__ == "__main__":
    main()
