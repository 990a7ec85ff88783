#!/usr/bin/env python3
"""Trains small tokenizers with HuggingFace `tokenizers` and writes what they make of texts.

Writes tokenizer_files/NAME.json, which the tests open, and text_ids.h with the texts, the expected
ids (with and without what the post-processor adds) and the decoded texts. Needs `tokenizers`:

    python3 tests/reference/text_ids.py
"""

import json
import os

import tokenizers as hf

here = os.path.dirname(os.path.abspath(__file__))
decoders, models, normalizers = hf.decoders, hf.models, hf.normalizers
pre_tokenizers, processors, trainers = hf.pre_tokenizers, hf.processors, hf.trainers

LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|"
          r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|"
         r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")

# What is trained on and, but for the last ones, encoded.
TEXTS = [
    "",
    " ",
    "The quick brown fox jumps over the lazy dog, and the dog isn't amused.",
    "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich.",
    "敏捷的棕色狐狸跳过了懒狗。你好，世界！東京都に行きます。한국어 문장입니다.",
    "الثعلب البني السريع يقفز فوق الكلب الكسول. مَرْحَبًا بِكُمْ",
    "Съешь же ещё этих мягких французских булок, да выпей чаю.",
    "Family: \U0001F468‍\U0001F469‍\U0001F467‍\U0001F466, flag \U0001F1E9\U0001F1EA, "
    "thumbs \U0001F44D\U0001F3FD, heart ❤️.",
    "def main(argc):\n\tif argc > 1:\n\t\treturn {'a': [1, 22, 333]}  # it's\n    pass\r\n",
    "  leading, double  blanks,   three\n\n\nnew lines \n and trailing   ",
    "1 12 123 1234 12345 3.14159 1,000,000 ½ ² Ⅷ ٣٤٥ 2026-11-24T10:48:45Z",
    "I'll we've THEY'RE he'd it'S 'tis l'été ſ'ſ DON'T",
    "café café ﬁne ①② Å Å ẛ̣ 각 각",
    "tab\there\vvertical\fform nbsp ideographic　zero​width﻿bom",
    "<|endoftext|> [MASK] <s>between</s>  <extra>x<extra> yesterday yesterdays TODAY",
    "http://example.org/a_b?c=d&e=%20#f -- \"quoted\" (paren) [brackets] {braces} `~!@#$^*+=|\\;",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "
    "the" * 40,
    "İstanbul DİYARBAKIR Straße ΣΑΣ ςσ naïve coöperate",
    "▁already ▁▁marked _under_ word_with_underscore",
    "unseen: ꙮ \U00010348 \U0001F9FF ‮rtl‬ ཀ ก็",
]
TRAINING = [text for text in TEXTS[:-1] for _ in range(3)]


def train(name, model, trainer, **parts):
    tokenizer = hf.Tokenizer(model)
    for key, value in parts.items():
        if key not in ("post", "added"):
            setattr(tokenizer, key, value)
    tokenizer.train_from_iterator(TRAINING, trainer)
    for token in parts.get("added", []):
        (tokenizer.add_special_tokens if token.special else tokenizer.add_tokens)([token])
    if "post" in parts:
        tokenizer.post_processor = parts["post"](tokenizer)
    return name, tokenizer


def bpe(vocabulary, special=(), **more):
    return trainers.BpeTrainer(vocab_size=vocabulary, special_tokens=list(special),
                               show_progress=False, **more)


def byte_bpe(vocabulary, special=(), **more):
    return bpe(vocabulary, special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), **more)


def split(pattern):
    return pre_tokenizers.Sequence([
        pre_tokenizers.Split(hf.Regex(pattern), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def around(before, after=""):
    def post(tokenizer):
        names = [name for name in (before, after) if name]
        return processors.TemplateProcessing(
            single=f"{before} $A {after}".strip(), pair=f"{before} $A {before} $B",
            special_tokens=[(name, tokenizer.token_to_id(name)) for name in names])
    return post


def byte_fallback_trainer():
    names = [f"<0x{byte:02X}>" for byte in range(256)]
    return bpe(700, ["<unk>", "<s>", "</s>"] + names, limit_alphabet=60)


def make():
    byte_decoder = decoders.ByteLevel()
    yield train("gpt2", models.BPE(), byte_bpe(500, ["<|endoftext|>"]),
                pre_tokenizer=pre_tokenizers.ByteLevel(add_prefix_space=False),
                decoder=byte_decoder, post=lambda _: processors.ByteLevel(trim_offsets=False))
    yield train("gpt2-prefix", models.BPE(), byte_bpe(400),
                pre_tokenizer=pre_tokenizers.ByteLevel(add_prefix_space=True), decoder=byte_decoder)
    yield train("llama3", models.BPE(ignore_merges=True), byte_bpe(600, ["<|begin_of_text|>"]),
                pre_tokenizer=split(LLAMA3), decoder=byte_decoder,
                added=[hf.AddedToken("<|endoftext|>", special=True, normalized=False)],
                post=lambda t: processors.Sequence([processors.ByteLevel(trim_offsets=True),
                                                    around("<|begin_of_text|>")(t)]))
    yield train("qwen2", models.BPE(), byte_bpe(600), normalizer=normalizers.NFC(),
                pre_tokenizer=split(QWEN2), decoder=byte_decoder,
                added=[hf.AddedToken("<|endoftext|>", special=True, normalized=False),
                       hf.AddedToken("<extra>", special=False, normalized=False)])
    # Llama 2 knows words, but has no pre-tokenizer: a whole text is one word for BPE.
    name, llama2 = train("llama2", models.BPE(byte_fallback=True, fuse_unk=True,
                                              unk_token="<unk>"),
                         byte_fallback_trainer(), pre_tokenizer=pre_tokenizers.Metaspace(),
                         decoder=decoders.Sequence([
                             decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(),
                             decoders.Strip(" ", 1, 0)]), post=around("<s>"))
    llama2.pre_tokenizer = None
    llama2.normalizer = normalizers.Sequence([normalizers.Prepend("▁"),
                                              normalizers.Replace(" ", "▁")])
    yield name, llama2
    yield train("metaspace", models.BPE(byte_fallback=True, unk_token="<unk>"),
                byte_fallback_trainer(),
                pre_tokenizer=pre_tokenizers.Metaspace(prepend_scheme="first"),
                decoder=decoders.Metaspace(prepend_scheme="first"), post=around("<s>", "</s>"))
    yield train("unknown", models.BPE(unk_token="<unk>", fuse_unk=True),
                bpe(300, ["<unk>"], limit_alphabet=50),
                pre_tokenizer=pre_tokenizers.Metaspace(prepend_scheme="always", split=False),
                decoder=decoders.Metaspace(prepend_scheme="always"))
    yield train("clip", models.BPE(unk_token="<|endoftext|>", end_of_word_suffix="</w>"),
                byte_bpe(700, ["<|endoftext|>"], end_of_word_suffix="</w>"),
                normalizer=normalizers.Sequence([
                    normalizers.NFC(), normalizers.Replace(hf.Regex(r"\s+"), " "),
                    normalizers.Lowercase()]),
                pre_tokenizer=pre_tokenizers.Sequence([
                    pre_tokenizers.Split(hf.Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|"
                                                  r"[^\s\p{L}\p{N}]+"), "removed", invert=True),
                    pre_tokenizers.ByteLevel(add_prefix_space=False)]),
                decoder=decoders.BPEDecoder("</w>"))
    yield train("bert", models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=40),
                trainers.WordPieceTrainer(
                    vocab_size=400, show_progress=False,
                    special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]),
                normalizer=normalizers.BertNormalizer(lowercase=True),
                pre_tokenizer=pre_tokenizers.BertPreTokenizer(), decoder=decoders.WordPiece(),
                post=around("[CLS]", "[SEP]"))
    yield train("bert-cased", models.WordPiece(unk_token="[UNK]"),
                trainers.WordPieceTrainer(vocab_size=400, show_progress=False,
                                          special_tokens=["[UNK]", "[CLS]", "[SEP]"]),
                normalizer=normalizers.BertNormalizer(lowercase=False, clean_text=False,
                                                      strip_accents=True),
                pre_tokenizer=pre_tokenizers.BertPreTokenizer(),
                decoder=decoders.WordPiece(cleanup=False),
                post=lambda t: processors.BertProcessing(("[SEP]", t.token_to_id("[SEP]")),
                                                         ("[CLS]", t.token_to_id("[CLS]"))))
    yield train("words", models.WordLevel(unk_token="<unk>"),
                trainers.WordLevelTrainer(vocab_size=300, show_progress=False,
                                          special_tokens=["<unk>"]),
                normalizer=normalizers.Sequence([normalizers.NFKD(), normalizers.StripAccents(),
                                                 normalizers.Strip(), normalizers.Lowercase()]),
                pre_tokenizer=pre_tokenizers.Sequence([
                    pre_tokenizers.Whitespace(), pre_tokenizers.Digits(individual_digits=True),
                    pre_tokenizers.Punctuation("contiguous")]),
                added=[hf.AddedToken("[MASK]", lstrip=True, special=True, normalized=False),
                       hf.AddedToken("yesterday", single_word=True, normalized=False),
                       hf.AddedToken("Today", normalized=True),
                       hf.AddedToken("<extra>", rstrip=True, normalized=False)])
    yield train("pieces", models.BPE(unk_token="<unk>"), bpe(350, ["<unk>"]),
                normalizer=normalizers.Sequence([normalizers.NFKC(),
                                                 normalizers.Replace("``", '"')]),
                pre_tokenizer=pre_tokenizers.Sequence([
                    pre_tokenizers.WhitespaceSplit(),
                    pre_tokenizers.CharDelimiterSplit("/"),
                    pre_tokenizers.Split("-", "merged_with_previous"),
                    pre_tokenizers.Split("=", "merged_with_next"),
                    pre_tokenizers.Split(",", "contiguous"),
                    pre_tokenizers.Digits(individual_digits=False)]),
                decoder=decoders.Fuse())


def quote(text):
    """A C string of bytes; octal escapes end after three digits."""
    out = ""
    for byte in text.encode():
        char = chr(byte)
        out += "\\" + char if char in '"\\?' else char if 32 <= byte < 127 else f"\\{byte:03o}"
    lines = [out[i:i + 90] for i in range(0, len(out), 90)]
    # no line may end inside an escape
    for i in range(len(lines) - 1):
        while lines[i].rfind("\\") > len(lines[i]) - 4 and lines[i + 1]:
            at = lines[i].rfind("\\")
            if at > 0 and lines[i][at - 1] == "\\":
                at -= 1
            lines[i], lines[i + 1] = lines[i][:at], lines[i][at:] + lines[i + 1]
    return "\n        ".join(f'"{line}"' for line in lines) or '""'


def numbers(values):
    out, line = [], "       "
    for value in values:
        if len(line) > 92:
            out.append(line)
            line = "       "
        line += f" {value},"
    return "\n".join(out + [line])


def write_header(results):
    lines = [
        "// Written by tests/reference/text_ids.py with HuggingFace tokenizers "
        f"{hf.__version__}; do not edit.",
        "// clang-format off",
        "#ifndef REFERENCE_TEXT_IDS_H", "#define REFERENCE_TEXT_IDS_H", "",
        "#include <stdint.h>", "",
        f"enum {{ REFERENCE_TEXTS = {len(TEXTS)} }};", "",
        "static const struct reference_text {", "    int length;", "    const char *bytes;",
        "} reference_texts[REFERENCE_TEXTS] = {",
    ]
    for text in TEXTS:
        lines.append(f"    {{{len(text.encode())}, {quote(text)}}},")
    lines += ["};", "",
              "// Ids of the texts, one after the other; with ends of them by the post-processor.",
              "static const struct reference_tokenizer {", "    const char *name;",
              "    int vocabulary;",
              "    int counts[REFERENCE_TEXTS], special_counts[REFERENCE_TEXTS];",
              "    const int32_t *ids, *special_ids;",
              "    const char *decoded[REFERENCE_TEXTS]; // of ids, without special tokens",
              "} reference_tokenizers[] = {"]
    for name, tokenizer in results:
        plain = [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS]
        special = [tokenizer.encode(text).ids for text in TEXTS]
        decoded = [tokenizer.decode(ids, skip_special_tokens=True) for ids in plain]
        lines += [f'    {{"{name}", {max(tokenizer.get_vocab().values()) + 1},',
                  "    {" + ", ".join(str(len(ids)) for ids in plain) + "},",
                  "    {" + ", ".join(str(len(ids)) for ids in special) + "},"]
        for lists in (plain, special):
            flat = [number for ids in lists for number in ids]
            lines += [f"    (const int32_t[{len(flat)}]){{", numbers(flat), "    },"]
        lines += ["    {"] + [f"        {quote(text)}," for text in decoded] + ["    }},"]
    lines += ["};", "", "#endif", ""]
    with open(os.path.join(here, "text_ids.h"), "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


def write_trained():
    """What BpeTrainer makes of the texts as one: ours must make the same."""
    tokenizer = hf.Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    text = "".join(text + "\n" for text in TEXTS)
    tokenizer.train_from_iterator([text], byte_bpe(600, ["<|endoftext|>"], min_frequency=2))
    tokenizer.save(os.path.join(here, "tokenizer_files", "trained.json"))


def main():
    write_trained()
    results = []
    for name, tokenizer in make():
        path = os.path.join(here, "tokenizer_files", name + ".json")
        tokenizer.save(path)
        if name == "gpt2":  # as files were before version 0.20: merges are "a b"
            with open(path, encoding="utf-8") as file:
                data = json.load(file)
            data["model"]["merges"] = [" ".join(pair) for pair in data["model"]["merges"]]
            with open(path, "w", encoding="utf-8") as file:
                json.dump(data, file, ensure_ascii=True)
        results.append((name, hf.Tokenizer.from_file(path)))
    write_header(results)


if __name__ == "__main__":
    main()
