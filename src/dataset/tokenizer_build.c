// Tokenizers of our own, each written as a tokenizer.json and then read like any other: so there is
// one way to encode, and what is saved is what was used.

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "dataset/tokenizer_build.h"

bool pt_json_put(struct pt_text *json, const char *text)
{
    return pt_text_append(json, text, strlen(text));
}

bool pt_json_put_quoted(struct pt_text *json, const char *text, size_t length)
{
    char escape[8];
    bool done = pt_text_append(json, "\"", 1);
    for (size_t i = 0; i < length && done; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            done = pt_text_append(json, "\\", 1) && pt_text_append(json, text + i, 1);
        else if (c < 0x20 || c == 0x7F)
            done =
                pt_text_append(json, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", c));
        else
            done = pt_text_append(json, text + i, 1);
    }
    return done && pt_text_append(json, "\"", 1);
}

bool pt_json_put_number(struct pt_text *json, int64_t number)
{
    char text[24];
    return pt_text_append(json, text, (size_t)snprintf(text, sizeof text, "%" PRId64, number));
}

bool pt_json_put_head(struct pt_text *json, const char *added, const char *pre_tokenizer,
                      const char *decoder)
{
    return pt_json_put(json, "{\n  \"version\": \"1.0\",\n  \"truncation\": null,\n"
                             "  \"padding\": null,\n  \"added_tokens\": [") &&
           pt_json_put(json, added) &&
           pt_json_put(json, "],\n  \"normalizer\": null,\n  \"pre_tokenizer\": ") &&
           pt_json_put(json, pre_tokenizer) &&
           pt_json_put(json, ",\n  \"post_processor\": null,\n  \"decoder\": ") &&
           pt_json_put(json, decoder) &&
           pt_json_put(json, ",\n  \"model\": {\n    \"type\": \"BPE\",\n    \"dropout\": null,\n"
                             "    \"unk_token\": null,\n    \"continuing_subword_prefix\": null,\n"
                             "    \"end_of_word_suffix\": null,\n    \"fuse_unk\": false,\n"
                             "    \"byte_fallback\": false,\n    \"ignore_merges\": false,\n"
                             "    \"vocab\": {");
}

bool pt_json_put_token(struct pt_text *json, const char *text, size_t length, int64_t id)
{
    return pt_json_put(json, id == 0 ? "\n      " : ",\n      ") &&
           pt_json_put_quoted(json, text, length) && pt_json_put(json, ": ") &&
           pt_json_put_number(json, id);
}

// Parses what was written; frees it. written false: memory ran out.
enum pt_status pt_tokenizer_from_written(struct pt_text *json, bool written, const char *name,
                                         struct pt_tokenizer **ret_tokenizer,
                                         struct pt_error *error)
{
    enum pt_status status =
        written ? pt_tokenizer_parse(json->bytes, json->length, name, ret_tokenizer, error)
                : pt_tokenizer_no_memory(error);
    pt_text_free(json);
    return status;
}

static bool put_byte_vocabulary(struct pt_text *json)
{
    char text[4];
    bool done = true;
    for (int byte = 0; byte < 256 && done; byte++) {
        int length = pt_utf8_encode(pt_byte_character((uint8_t)byte), text);
        done = pt_json_put_token(json, text, (size_t)length, byte);
    }
    return done;
}

enum pt_status pt_tokenizer_bytes(struct pt_tokenizer **ret_tokenizer, struct pt_error *error)
{
    struct pt_text json = {0};
    bool written = pt_json_put_head(&json, "",
                                    "{\"type\": \"ByteLevel\", \"add_prefix_space\": false, "
                                    "\"trim_offsets\": false, \"use_regex\": false}",
                                    "{\"type\": \"ByteLevel\", \"add_prefix_space\": false, "
                                    "\"trim_offsets\": false, \"use_regex\": false}") &&
                   put_byte_vocabulary(&json) &&
                   pt_json_put(&json, "},\n    \"merges\": []\n  }\n}\n");
    return pt_tokenizer_from_written(&json, written, "tokenizer byte", ret_tokenizer, error);
}

// A bit for each character of Unicode that the text has.
static bool *find_characters(const char *text, size_t length)
{
    bool *present = calloc(0x110000, sizeof *present);
    uint32_t character;
    for (size_t at = 0; present != NULL && at < length;) {
        at += (size_t)pt_utf8_decode(text + at, length - at, &character);
        present[character] = true;
    }
    return present;
}

enum pt_status pt_tokenizer_characters(const char *text, size_t length,
                                       struct pt_tokenizer **ret_tokenizer, struct pt_error *error)
{
    struct pt_text json = {0};
    char bytes[4];
    int64_t count = 0;
    size_t valid = pt_utf8_valid(text, length);
    if (valid < length)
        return pt_fail(error, PT_BAD_INPUT,
                       "byte %zu of the text is no UTF-8 (0x%02x); use the tokenizer byte, or "
                       "convert the text, for example with iconv -f latin1 -t utf8",
                       valid, (unsigned char)text[valid]);
    if (length == 0)
        return pt_fail(error, PT_BAD_INPUT, "a text without characters makes no tokenizer");
    bool *present = find_characters(text, length);
    if (present == NULL)
        return pt_tokenizer_no_memory(error);
    bool written = pt_json_put_head(&json, "", "null", "{\"type\": \"Fuse\"}");
    for (uint32_t character = 0; character < 0x110000 && written; character++)
        if (present[character])
            written =
                pt_json_put_token(&json, bytes, (size_t)pt_utf8_encode(character, bytes), count++);
    free(present);
    written = written && pt_json_put(&json, "},\n    \"merges\": []\n  }\n}\n");
    return pt_tokenizer_from_written(&json, written, "tokenizer character", ret_tokenizer, error);
}
