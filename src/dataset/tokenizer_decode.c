// Decoding: the text of each token goes through the decoder's steps and is put behind the others.
//
// In the original a step works on the list of all tokens. Every step that we have looks at one
// token and at whether it is the first or the last, except for those behind "Fuse", which see the
// text as a whole. A part of a character stays bytes.

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "dataset/tokenizer_parts.h"

// ------------------------------------------------------------------------------------- reading
static enum pt_status add(struct pt_stages *stages, const struct pt_node *node,
                          enum pt_stage_kind kind, struct pt_stage **ret_stage,
                          struct pt_error *error)
{
    *ret_stage = pt_stages_add(stages, node, kind, error);
    return *ret_stage != NULL ? PT_OK : PT_BAD_INPUT;
}

static enum pt_status read_strip(struct pt_arena *arena, const struct pt_node *node,
                                 struct pt_stage *stage, struct pt_error *error)
{
    enum pt_status status = pt_stage_read_text(arena, node, "content", stage, error);
    if (status == PT_OK &&
        (stage->text_length == 0 || pt_utf8_decode(stage->text, stage->text_length,
                                                   &stage->character) != (int)stage->text_length))
        status = pt_node_fail(error, node, "content is not one character");
    if (status == PT_OK)
        status =
            pt_node_get_integer(node, "start", PT_REQUIRED, 0, INT32_MAX, &stage->start, error);
    if (status == PT_OK)
        status = pt_node_get_integer(node, "stop", PT_REQUIRED, 0, INT32_MAX, &stage->stop, error);
    return status;
}

static enum pt_status read_replace(struct pt_arena *arena, const struct pt_node *node,
                                   struct pt_stage *stage, struct pt_error *error)
{
    enum pt_status status = pt_stage_read_text(arena, node, "content", stage, error);
    const struct pt_node *pattern = pt_node_find(node, "pattern");
    if (status == PT_OK && pattern != NULL && pt_node_find(pattern, "Regex") != NULL)
        return pt_stage_refuse(pattern, "pattern of the decoder Replace,", "Regex", error);
    return status == PT_OK ? pt_stage_read_pattern(arena, node, stage, error) : status;
}

enum pt_status pt_stages_read_decoder(struct pt_arena *arena, const struct pt_node *node,
                                      struct pt_stages *stages, struct pt_error *error)
{
    const char *type = NULL;
    struct pt_stage *stage;
    if (node == NULL || node->is_null)
        return PT_OK;
    enum pt_status status = pt_node_get_string(node, "type", PT_REQUIRED, &type, error);
    if (status != PT_OK)
        return status;
    if (strcmp(type, "Sequence") == 0)
        return pt_stages_read_list(arena, node, "decoders", pt_stages_read_decoder, stages, error);
    if (strcmp(type, "Metaspace") == 0)
        return pt_stage_read_metaspace(arena, node, stages, error);
    if (strcmp(type, "ByteLevel") == 0)
        return add(stages, node, PT_STAGE_BYTE_LEVEL, &stage, error);
    if (strcmp(type, "ByteFallback") == 0)
        return add(stages, node, PT_STAGE_BYTE_FALLBACK, &stage, error);
    if (strcmp(type, "Fuse") == 0)
        return add(stages, node, PT_STAGE_FUSE, &stage, error);
    if (strcmp(type, "Strip") == 0) {
        status = add(stages, node, PT_STAGE_STRIP_CHARACTER, &stage, error);
        return status == PT_OK ? read_strip(arena, node, stage, error) : status;
    }
    if (strcmp(type, "Replace") == 0) {
        status = add(stages, node, PT_STAGE_REPLACE, &stage, error);
        return status == PT_OK ? read_replace(arena, node, stage, error) : status;
    }
    if (strcmp(type, "WordPiece") == 0) {
        status = add(stages, node, PT_STAGE_WORDPIECE, &stage, error);
        if (status == PT_OK)
            status = pt_stage_read_text(arena, node, "prefix", stage, error);
        return status == PT_OK
                   ? pt_node_get_bool(node, "cleanup", PT_OPTIONAL, &stage->cleanup, error)
                   : status;
    }
    if (strcmp(type, "BPEDecoder") == 0) {
        status = add(stages, node, PT_STAGE_SUFFIX, &stage, error);
        return status == PT_OK ? pt_stage_read_text(arena, node, "suffix", stage, error) : status;
    }
    return pt_stage_refuse(node, "decoder", type, error);
}

// ------------------------------------------------------------------------------------ decoding
static bool replace_all(const char *text, size_t length, const char *old, size_t old_length,
                        const char *new, size_t new_length, struct pt_text *out)
{
    size_t at = 0;
    while (at < length && old_length > 0) {
        const char *found = memmem(text + at, length - at, old, old_length);
        if (found == NULL)
            break;
        size_t plain = (size_t)(found - text) - at;
        if (!pt_text_append(out, text + at, plain) || !pt_text_append(out, new, new_length))
            return false;
        at += plain + old_length;
    }
    return pt_text_append(out, text + at, length - at);
}

// Where a part of the text is no character of the alphabet, all of it stays as it is.
static bool bytes_of_characters(const char *text, size_t length, struct pt_text *out)
{
    size_t before = out->length;
    uint32_t character;
    for (size_t at = 0; at < length;) {
        int size = pt_utf8_decode(text + at, length - at, &character);
        int byte = size > 0 ? pt_character_byte(character) : -1;
        if (byte < 0) {
            out->length = before;
            return pt_text_append(out, text, length);
        }
        char one = (char)byte;
        if (!pt_text_append(out, &one, 1))
            return false;
        at += (size_t)size;
    }
    return true;
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

// "<0x0A>" is that byte.
static bool byte_of_name(const char *text, size_t length, struct pt_text *out)
{
    if (length == 6 && memcmp(text, "<0x", 3) == 0 && text[5] == '>' && hex_value(text[3]) >= 0 &&
        hex_value(text[4]) >= 0) {
        char byte = (char)(hex_value(text[3]) << 4 | hex_value(text[4]));
        return pt_text_append(out, &byte, 1);
    }
    return pt_text_append(out, text, length);
}

static bool strip(const struct pt_stage *stage, const char *text, size_t length,
                  struct pt_text *out)
{
    size_t size = stage->text_length;
    for (int64_t i = 0; i < stage->start && length >= size && memcmp(text, stage->text, size) == 0;
         i++) {
        text += size;
        length -= size;
    }
    for (int64_t i = 0;
         i < stage->stop && length >= size && memcmp(text + length - size, stage->text, size) == 0;
         i++)
        length -= size;
    return pt_text_append(out, text, length);
}

// The first ▁ is no blank if the pre-tokenizer put it there.
static bool metaspace(const struct pt_stage *stage, const char *text, size_t length, bool is_first,
                      struct pt_text *out)
{
    bool drop = is_first && stage->prepend != PT_PREPEND_NEVER;
    return replace_all(text, length, stage->text, stage->text_length, " ", drop ? 0 : 1, out);
}

// English as BERT's authors liked it; in the order of the original.
static bool clean_up(struct pt_text *text, size_t from, struct pt_text *spare)
{
    static const char *const pairs[][2] = {
        {" .", "."},   {" ?", "?"},     {" !", "!"},     {" ,", ","},
        {" ' ", "'"},  {" n't", "n't"}, {" 'm", "'m"},   {" do not", " don't"},
        {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        spare->length = 0;
        if (!replace_all(text->bytes + from, text->length - from, pairs[i][0], strlen(pairs[i][0]),
                         pairs[i][1], strlen(pairs[i][1]), spare))
            return false;
        text->length = from;
        if (!pt_text_append(text, spare->bytes, spare->length))
            return false;
    }
    return true;
}

static bool wordpiece(const struct pt_stage *stage, const char *text, size_t length, bool is_first,
                      struct pt_text *out)
{
    struct pt_text spare = {0};
    size_t from = out->length, prefix = stage->text_length;
    bool continues = length >= prefix && memcmp(text, stage->text, prefix) == 0;
    bool done = true;
    if (!is_first && continues) {
        text += prefix;
        length -= prefix;
    } else if (!is_first) {
        done = pt_text_append(out, " ", 1);
    }
    done = done && pt_text_append(out, text, length);
    if (done && stage->cleanup)
        done = clean_up(out, from, &spare);
    pt_text_free(&spare);
    return done;
}

struct place {
    bool is_first, is_last;
};

static bool apply(const struct pt_stage *stage, const char *text, size_t length, struct place place,
                  struct pt_text *out)
{
    switch (stage->kind) {
    case PT_STAGE_BYTE_LEVEL:
        return bytes_of_characters(text, length, out);
    case PT_STAGE_BYTE_FALLBACK:
        return byte_of_name(text, length, out);
    case PT_STAGE_REPLACE:
        return replace_all(text, length, stage->pattern->text, stage->pattern->length, stage->text,
                           stage->text_length, out);
    case PT_STAGE_STRIP_CHARACTER:
        return strip(stage, text, length, out);
    case PT_STAGE_METASPACE:
        return metaspace(stage, text, length, place.is_first, out);
    case PT_STAGE_WORDPIECE:
        return wordpiece(stage, text, length, place.is_first, out);
    case PT_STAGE_SUFFIX:
        return replace_all(text, length, stage->text, stage->text_length, " ",
                           place.is_last ? 0 : 1, out);
    default: // PT_STAGE_FUSE
        return pt_text_append(out, text, length);
    }
}

// The steps [from, to) on one text, appended to out.
static bool apply_steps(const struct pt_stages *stages, int from, int to, const char *text,
                        size_t length, struct place place, struct pt_text buffers[2],
                        struct pt_text *out)
{
    for (int i = from; i < to; i++) {
        struct pt_text *next = i + 1 == to ? out : &buffers[i % 2];
        if (next != out)
            next->length = 0;
        if (!pt_text_reserve(next, 1) || !apply(&stages->stage[i], text, length, place, next))
            return false;
        text = next->bytes;
        length = next->length;
    }
    return from < to || pt_text_append(out, text, length);
}

// The steps before the first one that makes one text of all tokens.
static int steps_per_token(const struct pt_stages *stages)
{
    int count = 0;
    while (count < stages->count && stages->stage[count].kind != PT_STAGE_FUSE)
        count++;
    return count;
}

struct decoder {
    const struct pt_tokenizer *tokenizer;
    bool skip_special;
    struct pt_text fused, buffers[2];
};

static bool is_wanted(const struct decoder *decoder, int32_t id)
{
    return !(decoder->skip_special && decoder->tokenizer->tokens[id].special);
}

static enum pt_status check_ids(const struct pt_tokenizer *tokenizer, const int32_t *ids,
                                int64_t count, struct pt_error *error)
{
    for (int64_t i = 0; i < count; i++)
        if (ids[i] < 0 || ids[i] >= tokenizer->size || tokenizer->tokens[ids[i]].text == NULL)
            return pt_fail(error, PT_BAD_INPUT,
                           "%s: no token has the id %" PRId32 "; there are %" PRId64,
                           tokenizer->name, ids[i], tokenizer->size);
    return PT_OK;
}

static bool decode(struct decoder *decoder, const int32_t *ids, int64_t count, struct pt_text *text)
{
    const struct pt_stages *stages = &decoder->tokenizer->decoders;
    int per_token = steps_per_token(stages);
    struct pt_text *out = per_token < stages->count ? &decoder->fused : text;
    if (!pt_text_reserve(out, 1))
        return false;
    int64_t last = count - 1;
    while (last >= 0 && !is_wanted(decoder, ids[last]))
        last--;
    struct place place = {.is_first = true};
    for (int64_t i = 0; i <= last; i++) {
        if (!is_wanted(decoder, ids[i]))
            continue;
        const struct pt_token *token = &decoder->tokenizer->tokens[ids[i]];
        place.is_last = i == last;
        // Without a decoder the original puts a blank between tokens.
        if (stages->count == 0 && !place.is_first && !pt_text_append(out, " ", 1))
            return false;
        bool is_changed = token->decoded != NULL;
        if (!apply_steps(stages, 0, per_token, is_changed ? token->decoded : token->text,
                         is_changed ? token->decoded_length : token->length, place,
                         decoder->buffers, out))
            return false;
        place.is_first = false;
    }
    place = (struct place){true, true};
    return per_token == stages->count ||
           apply_steps(stages, per_token, stages->count, decoder->fused.bytes,
                       decoder->fused.length, place, decoder->buffers, text);
}

enum pt_status pt_decode(const struct pt_tokenizer *tokenizer, const int32_t *ids, int64_t count,
                         bool skip_special, struct pt_text *text, struct pt_error *error)
{
    struct decoder decoder = {.tokenizer = tokenizer, .skip_special = skip_special};
    size_t before = text->length;
    enum pt_status status = check_ids(tokenizer, ids, count, error);
    if (status == PT_OK && !decode(&decoder, ids, count, text)) {
        text->length = before;
        status = pt_tokenizer_no_memory(error);
    }
    pt_text_free(&decoder.fused);
    pt_text_free(&decoder.buffers[0]);
    pt_text_free(&decoder.buffers[1]);
    return status;
}
