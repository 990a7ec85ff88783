// Tokenizers of our own: bytes, characters, trained BPE; and saving.
#include "tokenizer_support.h"

#include "../reference/text_ids.h"

static struct pt_text all_texts(void)
{
    struct pt_text text = {0};
    for (int i = 0; i < REFERENCE_TEXTS; i++) {
        assert_true(
            pt_text_append(&text, reference_texts[i].bytes, (size_t)reference_texts[i].length));
        assert_true(pt_text_append(&text, "\n", 1));
    }
    return text;
}

static void assert_same_vocabulary(const struct pt_tokenizer *actual,
                                   const struct pt_tokenizer *expected)
{
    assert_int_equal(pt_tokenizer_vocabulary(actual), pt_tokenizer_vocabulary(expected));
    for (int64_t id = 0; id < pt_tokenizer_vocabulary(actual); id++) {
        size_t length, expected_length;
        const char *text = pt_tokenizer_token(actual, id, &length);
        const char *expected_text = pt_tokenizer_token(expected, id, &expected_length);
        assert_non_null(text);
        assert_int_equal(length, expected_length);
        assert_memory_equal(text, expected_text, length);
    }
}

static struct pt_tokens encode_all(const struct pt_tokenizer *tokenizer)
{
    struct pt_text text = all_texts();
    struct pt_encoder *encoder = encoder_of(tokenizer);
    struct pt_tokens tokens = encode(encoder, text.bytes, text.length, false);
    pt_encoder_destroy(encoder);
    pt_text_free(&text);
    return tokens;
}

// trained.json is what HuggingFace's BpeTrainer made of the same text.
static void training_gives_the_merges_of_the_original(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_tokenizer *trained, *expected = open_tokenizer("trained");
    struct pt_text text = all_texts();
    assert_status(pt_tokenizer_train_bpe(text.bytes, text.length, 600, &trained, &error), PT_OK,
                  &error);
    assert_same_vocabulary(trained, expected);
    struct pt_tokens ids = encode_all(trained), expected_ids = encode_all(expected);
    assert_same_tokens(&ids, &expected_ids);
    assert_true(ids.count < (int64_t)text.length / 2); // it does compress
    pt_tokens_free(&ids);
    pt_tokens_free(&expected_ids);
    pt_text_free(&text);
    pt_tokenizer_close(trained);
    pt_tokenizer_close(expected);
}

// "ab" stands twice, everything else once: one merge, whatever was asked for.
static void training_stops_when_no_pair_occurs_twice(void **unused)
{
    (void)unused;
    struct pt_tokenizer *tokenizer;
    assert_int_equal(pt_tokenizer_train_bpe("ab ab", 5, 5000, &tokenizer, NULL), PT_OK);
    assert_int_equal(pt_tokenizer_vocabulary(tokenizer), 258);
    assert_int_equal(pt_tokenizer_find(tokenizer, "ab", 2), 257);
    assert_int_equal(pt_tokenizer_find(tokenizer, PT_END_OF_TEXT, strlen(PT_END_OF_TEXT)), 0);
    struct pt_encoder *encoder = encoder_of(tokenizer);
    struct pt_tokens tokens = encode(encoder, "ab<|endoftext|>ab", 17, false);
    assert_int_equal(tokens.count, 3);
    assert_int_equal(tokens.ids[0], 257);
    assert_int_equal(tokens.ids[1], 0);
    pt_tokens_free(&tokens);
    pt_encoder_destroy(encoder);
    pt_tokenizer_close(tokenizer);
}

// aaaa: counts of (a, a) overlap, 3 of them; the merge makes two of it, then (aa, aa) once a word.
static void repeated_letters_are_counted_as_the_original_does(void **unused)
{
    (void)unused;
    struct pt_tokenizer *tokenizer;
    assert_int_equal(pt_tokenizer_train_bpe("aaaa aaaa aaaa", 14, 300, &tokenizer, NULL), PT_OK);
    assert_int_equal(pt_tokenizer_find(tokenizer, "aa", 2), 257);
    assert_int_equal(pt_tokenizer_find(tokenizer, "aaaa", 4), 258);
    assert_int_equal(pt_tokenizer_find(tokenizer,
                                       "\xC4\xA0"
                                       "aaaa",
                                       6),
                     259); // the blank is U+0120
    assert_int_equal(pt_tokenizer_vocabulary(tokenizer), 260);
    pt_tokenizer_close(tokenizer);
}

static void impossible_trainings_are_refused(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_tokenizer *tokenizer = NULL;
    assert_status(pt_tokenizer_train_bpe("text", 4, 256, &tokenizer, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "a vocabulary of 256; byte-level BPE can have 257");
    assert_status(pt_tokenizer_train_bpe("text", 4, INT64_MAX, &tokenizer, &error), PT_BAD_INPUT,
                  &error);
    assert_status(pt_tokenizer_train_bpe("te\xFFxt", 5, 300, &tokenizer, &error), PT_BAD_INPUT,
                  &error);
    assert_contains(error.message, "byte 2 of the text is no UTF-8 (0xff)");
    assert_null(tokenizer);
    // Nothing to learn from is no mistake: every byte has its token.
    assert_int_equal(pt_tokenizer_train_bpe("", 0, 300, &tokenizer, NULL), PT_OK);
    assert_int_equal(pt_tokenizer_vocabulary(tokenizer), 257);
    pt_tokenizer_close(tokenizer);
}

static void bytes_are_their_own_ids(void **unused)
{
    (void)unused;
    char bytes[256];
    struct pt_tokenizer *tokenizer;
    for (int i = 0; i < 256; i++)
        bytes[i] = (char)(255 - i); // no UTF-8
    assert_int_equal(pt_tokenizer_bytes(&tokenizer, NULL), PT_OK);
    assert_int_equal(pt_tokenizer_vocabulary(tokenizer), 256);
    struct pt_encoder *encoder = encoder_of(tokenizer);
    struct pt_tokens tokens = encode(encoder, bytes, 256, false);
    assert_int_equal(tokens.count, 256);
    for (int i = 0; i < 256; i++)
        assert_int_equal(tokens.ids[i], 255 - i);
    struct pt_text back = decode(tokenizer, &tokens);
    assert_int_equal(back.length, 256);
    assert_memory_equal(back.bytes, bytes, 256);
    pt_text_free(&back);
    pt_tokens_free(&tokens);
    pt_encoder_destroy(encoder);
    pt_tokenizer_close(tokenizer);
}

// "banana \u00e9\"\\\n": in the order of code points newline, blank, quote, backslash, a, b, n, é.
static void characters_are_numbered_by_code_point(void **unused)
{
    (void)unused;
    static const char text[] = "banana \xC3\xA9\"\\\n";
    static const int32_t expected[] = {5, 4, 6, 4, 6, 4, 1, 7, 2, 3, 0};
    struct pt_error error;
    struct pt_tokenizer *tokenizer;
    assert_int_equal(pt_tokenizer_characters(text, strlen(text), &tokenizer, NULL), PT_OK);
    assert_int_equal(pt_tokenizer_vocabulary(tokenizer), 8);
    struct pt_encoder *encoder = encoder_of(tokenizer);
    struct pt_tokens tokens = encode(encoder, text, strlen(text), false);
    assert_int_equal(tokens.count, 11);
    for (int i = 0; i < 11; i++)
        assert_int_equal(tokens.ids[i], expected[i]);
    struct pt_text back = decode(tokenizer, &tokens);
    assert_memory_equal(back.bytes, text, strlen(text));
    assert_int_equal(back.length, strlen(text));

    assert_status(pt_encode(encoder, "bat", 3, NULL, &tokens, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "no token for the character \"t\" (bytes 74)");
    assert_int_equal(tokens.count, 11); // as it was
    pt_text_free(&back);
    pt_tokens_free(&tokens);
    pt_encoder_destroy(encoder);
    pt_tokenizer_close(tokenizer);
}

static void texts_without_characters_make_no_tokenizer(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_tokenizer *tokenizer = NULL;
    assert_status(pt_tokenizer_characters("", 0, &tokenizer, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "without characters");
    assert_status(pt_tokenizer_characters("a\xC3", 2, &tokenizer, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "byte 1 of the text is no UTF-8 (0xc3)");
    assert_null(tokenizer);
}

static void saved_tokenizers_open_again(void **unused)
{
    (void)unused;
    struct pt_error error;
    const char *folder = test_folder();
    struct pt_text text = all_texts();
    struct pt_tokenizer *made[4];
    assert_int_equal(pt_tokenizer_bytes(&made[0], NULL), PT_OK);
    assert_int_equal(pt_tokenizer_characters(text.bytes, text.length, &made[1], NULL), PT_OK);
    assert_int_equal(pt_tokenizer_train_bpe(text.bytes, text.length, 400, &made[2], NULL), PT_OK);
    made[3] = open_tokenizer("llama2");
    for (int i = 0; i < 4; i++) {
        struct pt_tokenizer *again;
        const char *path = test_path(folder, "tokenizer.json");
        assert_status(pt_tokenizer_save(made[i], path, &error), PT_OK, &error);
        assert_status(pt_tokenizer_open(path, &again, &error), PT_OK, &error);
        assert_same_vocabulary(again, made[i]);
        struct pt_tokens tokens = encode_all(again), expected = encode_all(made[i]);
        assert_same_tokens(&tokens, &expected);
        pt_tokens_free(&tokens);
        pt_tokens_free(&expected);
        pt_tokenizer_close(again);
        pt_tokenizer_close(made[i]);
    }
    pt_text_free(&text);
}

// A file that was read is saved as it was, byte for byte.
static void a_file_is_saved_as_it_was_read(void **unused)
{
    (void)unused;
    size_t length, saved_length;
    struct pt_tokenizer *tokenizer = open_tokenizer("bert");
    const char *path = test_path(test_folder(), "copy.json");
    assert_int_equal(pt_tokenizer_save(tokenizer, path, NULL), PT_OK);
    char *bytes = test_read(tokenizer_file("bert"), &length),
         *saved = test_read(path, &saved_length);
    assert_int_equal(length, saved_length);
    assert_memory_equal(bytes, saved, length);
    free(bytes);
    free(saved);
    struct pt_error error;
    assert_status(pt_tokenizer_save(tokenizer, "/nonexistent/copy.json", &error), PT_NOT_FOUND,
                  &error);
    pt_tokenizer_close(tokenizer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(training_gives_the_merges_of_the_original),
        cmocka_unit_test(training_stops_when_no_pair_occurs_twice),
        cmocka_unit_test(repeated_letters_are_counted_as_the_original_does),
        cmocka_unit_test(impossible_trainings_are_refused),
        cmocka_unit_test(bytes_are_their_own_ids),
        cmocka_unit_test(characters_are_numbered_by_code_point),
        cmocka_unit_test(texts_without_characters_make_no_tokenizer),
        cmocka_unit_test(saved_tokenizers_open_again),
        cmocka_unit_test(a_file_is_saved_as_it_was_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
