// What the tests of tokenizers share: files of tests/reference, encoding without ceremony.
#ifndef PT_TEST_TOKENIZER_SUPPORT_H
#define PT_TEST_TOKENIZER_SUPPORT_H

#include "dataset/tokenizer.h"
#include "support.h"

static inline const char *tokenizer_file(const char *name)
{
    char path[200];
    snprintf(path, sizeof path, "tests/reference/tokenizer_files/%s.json", name);
    const char *root = getenv("PT_SOURCE_DIR");
    return test_path(root != NULL ? root : ".", path);
}

static inline struct pt_tokenizer *open_tokenizer(const char *name)
{
    struct pt_error error;
    struct pt_tokenizer *tokenizer;
    assert_status(pt_tokenizer_open(tokenizer_file(name), &tokenizer, &error), PT_OK, &error);
    return tokenizer;
}

static inline struct pt_encoder *encoder_of(const struct pt_tokenizer *tokenizer)
{
    struct pt_encoder *encoder;
    assert_int_equal(pt_encoder_create(tokenizer, &encoder, NULL), PT_OK);
    return encoder;
}

static inline struct pt_tokens encode(struct pt_encoder *encoder, const char *text, size_t length,
                                      bool add_special)
{
    struct pt_error error;
    struct pt_tokens tokens = {0};
    struct pt_encode_options options = {.add_special = add_special};
    assert_status(pt_encode(encoder, text, length, &options, &tokens, &error), PT_OK, &error);
    return tokens;
}

static inline struct pt_text decode(const struct pt_tokenizer *tokenizer,
                                    const struct pt_tokens *tokens)
{
    struct pt_error error;
    struct pt_text text = {0};
    assert_status(pt_decode(tokenizer, tokens->ids, tokens->count, false, &text, &error), PT_OK,
                  &error);
    return text;
}

static inline void assert_same_tokens(const struct pt_tokens *actual,
                                      const struct pt_tokens *expected)
{
    assert_int_equal(actual->count, expected->count);
    for (int64_t i = 0; i < actual->count; i++)
        assert_int_equal(actual->ids[i], expected->ids[i]);
}

#endif
