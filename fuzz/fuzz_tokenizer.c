// A tokenizer.json, a byte 0xFF (which no JSON has), and a text to encode: refused, or ids that
// have a token, are the same twice, and decode.

#include <stdlib.h>
#include <string.h>

#include "dataset/tokenizer.h"

static void check_ids(const struct pt_tokenizer *tokenizer, const struct pt_tokens *tokens)
{
    for (int64_t i = 0; i < tokens->count; i++)
        if (pt_tokenizer_token(tokenizer, tokens->ids[i], NULL) == NULL)
            abort();
}

static void encode_twice(const struct pt_tokenizer *tokenizer, const char *text, size_t length)
{
    struct pt_encoder *encoder;
    struct pt_tokens tokens = {0};
    struct pt_text back = {0};
    struct pt_encode_options options = {.add_special = true};
    if (pt_encoder_create(tokenizer, &encoder, NULL) != PT_OK)
        abort();
    if (pt_encode(encoder, text, length, &options, &tokens, NULL) == PT_OK) {
        int64_t count = tokens.count;
        check_ids(tokenizer, &tokens);
        if (pt_encode(encoder, text, length, &options, &tokens, NULL) != PT_OK ||
            tokens.count != 2 * count ||
            (count > 0 &&
             memcmp(tokens.ids, tokens.ids + count, (size_t)count * sizeof *tokens.ids) != 0))
            abort();
        if (pt_decode(tokenizer, tokens.ids, count, false, &back, NULL) != PT_OK)
            abort();
    }
    pt_text_free(&back);
    pt_tokens_free(&tokens);
    pt_encoder_destroy(encoder);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct pt_tokenizer *tokenizer;
    const uint8_t *border = length > 0 ? memchr(bytes, 0xFF, length) : NULL;
    size_t json_length = border != NULL ? (size_t)(border - bytes) : length;
    if (pt_tokenizer_parse((const char *)bytes, json_length, "fuzz.json", &tokenizer, NULL) !=
        PT_OK)
        return 0;
    if (border != NULL)
        encode_twice(tokenizer, (const char *)border + 1, length - json_length - 1);
    pt_tokenizer_close(tokenizer);
    return 0;
}
