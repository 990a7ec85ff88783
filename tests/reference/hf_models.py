#!/usr/bin/env python3
"""Small random models of HuggingFace transformers, with what they compute.

Writes tests/reference/hf/NAME/ for each model: config.json and model.safetensors as
save_pretrained makes them, and expected.safetensors with the inputs, the logits in evaluation, and
in training the loss, the gradient of every parameter and the running statistics afterwards.
tests/engine/test_hf_models.c loads the models and must compute the same.

    python3 tests/reference/hf_models.py [NAME ...]

Written with PyTorch 2.15 and transformers 5.23. Dropout is 0 everywhere; images are channels last
in the inputs, as the engine has them. Targets are not shifted: target t belongs to logits t.
"""
import pathlib
import sys

import torch
import torch.nn.functional as functional
import transformers
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent / "hf"
NO_DROPOUT = {"gpt2": dict(attn_pdrop=0.0, embd_pdrop=0.0, resid_pdrop=0.0),
              "bert": dict(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)}
TOKENS = dict(pad_token_id=0, bos_token_id=1, eos_token_id=2, vocab_size=61)
DECODER = dict(hidden_size=32, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4,
               num_key_value_heads=2, **TOKENS)
LLAMA3 = dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
              original_max_position_embeddings=32)
BERT = dict(hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=3,
            max_position_embeddings=24, **NO_DROPOUT["bert"], **TOKENS)


def language(model, config, length=19, **more):
    return model, config, dict(kind="language", length=length, **more)


def vision(model, config, height, width):
    return model, config, dict(kind="vision", height=height, width=width)


t = transformers
MODELS = {
    "gpt2": language(t.GPT2LMHeadModel, t.GPT2Config(
        n_embd=24, n_layer=2, n_head=3, n_positions=24, **NO_DROPOUT["gpt2"], **TOKENS)),
    # An inner width of its own, the exact gelu, scores scaled by the number of the layer.
    "gpt2_variant": language(t.GPT2LMHeadModel, t.GPT2Config(
        n_embd=24, n_layer=2, n_head=2, n_positions=24, n_inner=40, activation_function="gelu",
        scale_attn_by_inverse_layer_idx=True, tie_word_embeddings=False,
        **NO_DROPOUT["gpt2"], **TOKENS), mask=True),
    "llama": language(t.LlamaForCausalLM, t.LlamaConfig(
        max_position_embeddings=64, rope_scaling=LLAMA3, **DECODER)),
    # Biases, tied embeddings, linear scaling of positions, as many key heads as heads.
    "llama_variant": language(t.LlamaForCausalLM, t.LlamaConfig(
        max_position_embeddings=64, attention_bias=True, mlp_bias=True, tie_word_embeddings=True,
        rope_scaling=dict(rope_type="linear", factor=2.0),
        **{**DECODER, "num_key_value_heads": None}), mask=True),
    "mistral": language(t.MistralForCausalLM, t.MistralConfig(
        max_position_embeddings=64, sliding_window=5, head_dim=12, **DECODER)),
    # The second layer has a window, the first has not.
    "qwen2": language(t.Qwen2ForCausalLM, t.Qwen2Config(
        max_position_embeddings=64, use_sliding_window=True, sliding_window=4,
        max_window_layers=1, tie_word_embeddings=True, **DECODER)),
    "qwen3": language(t.Qwen3ForCausalLM, t.Qwen3Config(
        max_position_embeddings=64, head_dim=12, **DECODER)),
    "bert_masked": language(t.BertForMaskedLM, t.BertConfig(**BERT), mask=True, segments=True),
    "bert_classifier": language(t.BertForSequenceClassification, t.BertConfig(
        num_labels=5, **BERT), mask=True, classes=5),
    "resnet_basic": vision(t.ResNetForImageClassification, t.ResNetConfig(
        embedding_size=8, hidden_sizes=[8, 12], depths=[1, 2], layer_type="basic", num_labels=5),
        37, 33),
    "resnet_bottleneck": vision(t.ResNetForImageClassification, t.ResNetConfig(
        embedding_size=8, hidden_sizes=[16, 24], depths=[2, 1], num_labels=5, num_channels=1),
        33, 40),
    "vit": vision(t.ViTForImageClassification, t.ViTConfig(
        hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40,
        image_size=[12, 8], patch_size=4, num_labels=5), 12, 8),
}


def randomize(model, generator):
    """Every parameter far from where it starts, so that none can be forgotten unseen."""
    for name, tensor in model.state_dict(keep_vars=True).items():
        if not tensor.is_floating_point():
            continue
        noise = torch.randn(tensor.shape, generator=generator)
        with torch.no_grad():
            if name.endswith("running_var"):
                tensor.copy_(0.5 + noise.abs())
            elif tensor.dim() < 2 and name.endswith("weight"):
                tensor.copy_(1 + 0.2 * noise)
            else:
                tensor.copy_(noise * (0.2 if tensor.dim() < 4 else 1 / tensor[0].numel() ** 0.5))


def language_inputs(about, generator):
    batch, length = 3, about["length"]
    ids = torch.randint(3, 61, (batch, length), generator=generator)
    inputs = {"input_ids": ids}
    if about.get("mask"):
        inputs["attention_mask"] = torch.ones_like(ids)
        for row, count in enumerate([length, length - 4, 7]):  # padding behind the text
            inputs["attention_mask"][row, count:] = 0
    if about.get("segments"):
        inputs["token_type_ids"] = (torch.arange(length) >= 8).long().expand(batch, length)
    if "classes" in about:
        return inputs, torch.randint(0, about["classes"], (batch,), generator=generator)
    target = torch.randint(0, 61, (batch, length), generator=generator)
    target[torch.rand(batch, length, generator=generator) < 0.3] = -100
    if about.get("mask"):
        target[inputs["attention_mask"] == 0] = -100
    return inputs, target


def vision_inputs(config, about, generator):
    shape = (4, config.num_channels, about["height"], about["width"])
    return ({"pixel_values": torch.randn(shape, generator=generator)},
            torch.randint(0, 5, (4,), generator=generator))


def as_the_engine_has_it(name, tensor):
    if name == "pixel_values":
        return tensor.permute(0, 2, 3, 1).contiguous()
    return tensor.int().contiguous()


def make(name, kind, config, about):
    generator = torch.Generator().manual_seed(sum(name.encode()))
    config._attn_implementation = "eager"
    model = kind(config)
    randomize(model, generator)
    folder = HERE / name
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    inputs, target = (language_inputs(about, generator) if about["kind"] == "language"
                      else vision_inputs(config, about, generator))
    expected = {key: as_the_engine_has_it(key, value) for key, value in inputs.items()}
    expected["target"] = target.int()
    with torch.no_grad():
        expected["logits"] = model.eval()(**inputs).logits.contiguous()
    logits = model.train()(**inputs).logits
    loss = functional.cross_entropy(logits.flatten(0, -2), target.flatten())
    loss.backward()
    expected["loss"] = loss.detach().reshape(1)
    in_files = {id(tensor): key for key, tensor in reversed(model.state_dict(keep_vars=True).items())}
    from safetensors import safe_open
    with safe_open(folder / "model.safetensors", "pt") as file:
        names = {key: file.get_tensor(key) for key in file.keys()}
    for parameter in model.parameters():
        expected["gradient." + file_name(in_files[id(parameter)], names)] = parameter.grad.contiguous()
    for key, tensor in model.state_dict().items():
        if key.endswith(("running_mean", "running_var")):
            expected["after." + key] = tensor.contiguous()
    save_file(expected, folder / "expected.safetensors")
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"{name}: loss {loss.item():.6f}, {size // 1000} kB")
    assert size < 250_000, "keep the repository small"


def file_name(name, names):
    """The name under which save_pretrained has written a parameter: transformers 5 renames some."""
    for old, new in (("vit.layers.", "vit.encoder.layer."), ("attention.q_proj", "attention.attention.query"),
                     ("attention.k_proj", "attention.attention.key"),
                     ("attention.v_proj", "attention.attention.value"),
                     ("attention.o_proj", "attention.output.dense"),
                     ("mlp.fc1", "intermediate.dense"), ("mlp.fc2", "output.dense")):
        if name not in names:
            name = name.replace(old, new)
    assert name in names, name
    return name


if __name__ == "__main__":
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    for wanted in sys.argv[1:] or MODELS:
        make(wanted, *MODELS[wanted])
