// Whichever allocation fails, a tokenizer answers PT_NO_MEMORY: no crash, no leak, no wrong ids.
//
// Under clang's AddressSanitizer calloc and realloc cannot be replaced and the test is skipped.
#include "tokenizer_support.h"

#include "../reference/text_ids.h"
#include "failing_memory.h"

// Lets the first, the second, ... allocation fail until the attempt gets through. least is how many
// failures it must have met at the least, so that the test cannot pass by testing nothing.
static void check_every_failure(enum pt_status (*try)(const void *, struct pt_error *),
                                const void *argument, int least)
{
    enum pt_status status = PT_NO_MEMORY;
    int failing = 0;
    for (; status != PT_OK; failing++) {
        struct pt_error error = {PT_OK, ""};
        calls_left = failing;
        status = try(argument, &error);
        bool met = calls_left < 0;
        calls_left = -1;
        if (status == PT_OK)
            assert_false(met);
        else
            assert_status(status, PT_NO_MEMORY, &error);
        assert_true(status == PT_OK || strlen(error.message) > 0);
        assert_true(failing < 10000);
    }
    assert_true(failing > least);
}

static enum pt_status try_open(const void *path, struct pt_error *error)
{
    struct pt_tokenizer *tokenizer = NULL;
    enum pt_status status = pt_tokenizer_open(path, &tokenizer, error);
    assert_true((status == PT_OK) == (tokenizer != NULL));
    pt_tokenizer_close(tokenizer);
    return status;
}

static void opening_survives(void **unused)
{
    (void)unused;
    static const char *const names[] = {"gpt2", "llama2", "bert", "clip", "words"};
    for (int i = 0; i < 5; i++)
        check_every_failure(try_open, tokenizer_file(names[i]), 10);
}

// All texts, then back; what was there before a failure stays.
static enum pt_status try_encode(const void *opaque, struct pt_error *error)
{
    const struct pt_tokenizer *tokenizer = opaque;
    struct pt_encoder *encoder = NULL;
    struct pt_tokens tokens = {0};
    struct pt_text text = {0};
    enum pt_status status = pt_encoder_create(tokenizer, &encoder, error);
    for (int i = 0; i < REFERENCE_TEXTS && status == PT_OK; i++) {
        int64_t before = tokens.count;
        status = pt_encode(encoder, reference_texts[i].bytes, (size_t)reference_texts[i].length,
                           NULL, &tokens, error);
        assert_true(status == PT_OK || tokens.count == before);
    }
    if (status == PT_OK)
        status = pt_decode(tokenizer, tokens.ids, tokens.count, true, &text, error);
    pt_encoder_destroy(encoder);
    pt_tokens_free(&tokens);
    pt_text_free(&text);
    return status;
}

static void encoding_and_decoding_survive(void **unused)
{
    (void)unused;
    static const char *const names[] = {"gpt2-prefix", "qwen2", "llama2", "bert", "clip", "words"};
    for (int i = 0; i < 6; i++) {
        struct pt_tokenizer *tokenizer = open_tokenizer(names[i]);
        check_every_failure(try_encode, tokenizer, 8);
        pt_tokenizer_close(tokenizer);
    }
}

static enum pt_status try_train(const void *opaque, struct pt_error *error)
{
    const struct reference_text *text = opaque;
    struct pt_tokenizer *tokenizer = NULL;
    enum pt_status status =
        pt_tokenizer_train_bpe(text->bytes, (size_t)text->length, 300, &tokenizer, error);
    pt_tokenizer_close(tokenizer);
    return status;
}

static enum pt_status try_characters(const void *opaque, struct pt_error *error)
{
    const struct reference_text *text = opaque;
    struct pt_tokenizer *tokenizer = NULL;
    enum pt_status status =
        pt_tokenizer_characters(text->bytes, (size_t)text->length, &tokenizer, error);
    pt_tokenizer_close(tokenizer);
    return status;
}

static void making_survives(void **unused)
{
    (void)unused;
    check_every_failure(try_train, &reference_texts[16], 20);
    check_every_failure(try_characters, &reference_texts[4], 10);
}

int main(void)
{
#ifdef PT_CANNOT_REPLACE
    (void)opening_survives;
    (void)encoding_and_decoding_survive;
    (void)making_survives;
    puts("skipped: allocations cannot be made to fail under this sanitizer");
    return 77;
#else
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opening_survives),
        cmocka_unit_test(encoding_and_decoding_survive),
        cmocka_unit_test(making_survives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
#endif
}
