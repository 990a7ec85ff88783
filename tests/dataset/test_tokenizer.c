// Tokenizers against the original, and laws.
#include "tokenizer_support.h"

#include "../reference/text_ids.h"
#include "base/random.h"
#include "base/utf8.h"

enum { TOKENIZERS = sizeof reference_tokenizers / sizeof *reference_tokenizers };

static void assert_ids(const char *name, int text, const struct pt_tokens *tokens,
                       const int32_t *expected, int count)
{
    int64_t i = 0;
    while (i < tokens->count && i < count && tokens->ids[i] == expected[i])
        i++;
    if (i == count && i == tokens->count)
        return;
    print_error("%s, text %d: %d ids, expected %d; the first wrong one is number %d: %d, not %d\n",
                name, text, (int)tokens->count, count, (int)i,
                i < tokens->count ? tokens->ids[i] : -1, i < count ? expected[i] : -1);
    fail();
}

static void check_ids(const struct reference_tokenizer *reference, struct pt_encoder *encoder,
                      bool add_special)
{
    const int32_t *expected = add_special ? reference->special_ids : reference->ids;
    const int *counts = add_special ? reference->special_counts : reference->counts;
    for (int i = 0; i < REFERENCE_TEXTS; i++) {
        const struct reference_text *text = &reference_texts[i];
        struct pt_tokens tokens = encode(encoder, text->bytes, (size_t)text->length, add_special);
        assert_ids(reference->name, i, &tokens, expected, counts[i]);
        expected += counts[i];
        pt_tokens_free(&tokens);
    }
}

static void ids_are_those_of_the_original(void **unused)
{
    (void)unused;
    for (int k = 0; k < TOKENIZERS; k++) {
        struct pt_tokenizer *tokenizer = open_tokenizer(reference_tokenizers[k].name);
        struct pt_encoder *encoder = encoder_of(tokenizer);
        assert_int_equal(pt_tokenizer_vocabulary(tokenizer), reference_tokenizers[k].vocabulary);
        check_ids(&reference_tokenizers[k], encoder, false);
        check_ids(&reference_tokenizers[k], encoder, true);
        check_ids(&reference_tokenizers[k], encoder, false); // words are known by now
        pt_encoder_destroy(encoder);
        pt_tokenizer_close(tokenizer);
    }
}

// The original writes U+FFFD for what is no character; the texts are whole.
static void decoded_texts_are_those_of_the_original(void **unused)
{
    (void)unused;
    for (int k = 0; k < TOKENIZERS; k++) {
        const struct reference_tokenizer *reference = &reference_tokenizers[k];
        struct pt_tokenizer *tokenizer = open_tokenizer(reference->name);
        const int32_t *ids = reference->ids;
        for (int i = 0; i < REFERENCE_TEXTS; i++) {
            struct pt_error error;
            struct pt_text text = {0};
            assert_status(pt_decode(tokenizer, ids, reference->counts[i], true, &text, &error),
                          PT_OK, &error);
            ids += reference->counts[i];
            if (text.length != strlen(reference->decoded[i]) ||
                memcmp(text.bytes, reference->decoded[i], text.length) != 0) {
                print_error("%s, text %d: \"%.*s\"\nexpected \"%s\"\n", reference->name, i,
                            (int)text.length, text.bytes, reference->decoded[i]);
                fail();
            }
            pt_text_free(&text);
        }
        pt_tokenizer_close(tokenizer);
    }
}

// One encoder for each thread; the tokenizer is shared.
static void threads_share_a_tokenizer(void **unused)
{
    (void)unused;
    const struct reference_text *text = &reference_texts[4];
    struct pt_tokenizer *tokenizer = open_tokenizer("qwen2");
    struct pt_tokens tokens[2] = {{0}, {0}};
    enum pt_status statuses[2];
#pragma omp parallel for num_threads(2) schedule(static, 1)
    for (int i = 0; i < 2; i++) {
        struct pt_encoder *encoder;
        statuses[i] = pt_encoder_create(tokenizer, &encoder, NULL);
        for (int k = 0; k < 50 && statuses[i] == PT_OK; k++)
            statuses[i] =
                pt_encode(encoder, text->bytes, (size_t)text->length, NULL, &tokens[i], NULL);
        pt_encoder_destroy(encoder);
    }
    assert_int_equal(statuses[0], PT_OK);
    assert_int_equal(statuses[1], PT_OK);
    assert_true(tokens[0].count > 50);
    assert_same_tokens(&tokens[0], &tokens[1]);
    pt_tokens_free(&tokens[0]);
    pt_tokens_free(&tokens[1]);
    pt_tokenizer_close(tokenizer);
}

// Characters of every length, many of them blanks and letters.
static size_t random_text(uint64_t seed, int characters, char *text)
{
    size_t length = 0;
    for (int i = 0; i < characters; i++) {
        uint32_t words[4], character;
        pt_random_block(seed, 7, (uint64_t)i, words);
        switch (words[0] % 6) {
        case 0:
            character = " \n\t'"[words[1] % 4];
            break;
        case 1:
            character = 0x20 + words[1] % 0x5F;
            break;
        case 2:
            character = 0x80 + words[1] % 0x2000;
            break;
        case 3:
            character = 0xE000 + words[1] % 0x10000; // beyond the surrogates
            break;
        default:
            character = 'a' + words[1] % 26;
        }
        length += (size_t)pt_utf8_encode(character, text + length);
    }
    return length;
}

static void bytes_come_back_from_byte_level_tokenizers(void **unused)
{
    (void)unused;
    static const char *const names[] = {"gpt2", "llama3", "trained"};
    char text[4 * 200];
    for (int k = 0; k < 3; k++) {
        struct pt_tokenizer *tokenizer = open_tokenizer(names[k]);
        struct pt_encoder *encoder = encoder_of(tokenizer);
        for (uint64_t seed = 0; seed < 200; seed++) {
            size_t length = random_text(seed, 1 + (int)seed, text);
            struct pt_tokens tokens = encode(encoder, text, length, false);
            struct pt_text back = decode(tokenizer, &tokens);
            assert_int_equal(back.length, length);
            assert_memory_equal(back.bytes, text, length);
            pt_text_free(&back);
            pt_tokens_free(&tokens);
        }
        pt_encoder_destroy(encoder);
        pt_tokenizer_close(tokenizer);
    }
}

// What a word becomes by the definition: over all pairs again and again. Ids are those of
// two-letter alphabets, so a word of a and b without blanks is one word however long.
static void long_words_merge_like_short_ones(void **unused)
{
    (void)unused;
    // Merges in order of rank: aa, bb, ab, aab (aa b), aaa (aa a), bbab (bb ab).
    static const char json[] =
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0, \"b\": 1, \"aa\": 2, \"bb\": 3, "
        "\"ab\": 4, \"aab\": 5, \"aaa\": 6, \"bbab\": 7}, \"merges\": [\"a a\", \"b b\", \"a b\", "
        "\"aa b\", \"aa a\", \"bb ab\"]}}";
    static const int left[] = {0, 1, 0, 2, 2, 3}, right[] = {0, 1, 1, 1, 0, 4};
    struct pt_tokenizer *tokenizer;
    char text[3000];
    int32_t ids[3000];
    assert_int_equal(pt_tokenizer_parse(json, strlen(json), "ab.json", &tokenizer, NULL), PT_OK);
    struct pt_encoder *encoder = encoder_of(tokenizer);
    for (int length = 1; length <= 3000; length = length < 60 ? length + 1 : length + 588) {
        for (int i = 0; i < length; i++) {
            ids[i] = pt_random_uniform(3, (uint64_t)length, (uint64_t)i) < 0.4f;
            text[i] = "ab"[ids[i]];
        }
        int count = length;
        for (int rank = 0; rank < 6;) {
            int at = 0;
            while (at + 1 < count && !(ids[at] == left[rank] && ids[at + 1] == right[rank]))
                at++;
            if (at + 1 >= count) {
                rank++;
                continue;
            }
            ids[at] = rank + 2;
            memmove(ids + at + 1, ids + at + 2, (size_t)(count - at - 2) * sizeof *ids);
            count--;
            rank = 0;
        }
        struct pt_tokens tokens = encode(encoder, text, (size_t)length, false);
        assert_ids("ab", length, &tokens, ids, count);
        pt_tokens_free(&tokens);
    }
    pt_encoder_destroy(encoder);
    pt_tokenizer_close(tokenizer);
}

// The first from the documentation of Rust's String::from_utf8_lossy, the second from The Unicode
// Standard, table 3-8, the others each a rule of RFC 3629.
static void wrong_utf8_becomes_replacement_characters(void **unused)
{
    (void)unused;
    static const struct {
        const char *text, *repaired;
        int first_wrong;
    } cases[] = {
        {"Hello \xF0\x90\x80World", "Hello \xEF\xBF\xBDWorld", 6},
        {"\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64",
         "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
         "b\xEF\xBF\xBD"
         "c\xEF\xBF\xBD\xEF\xBF\xBD"
         "d",
         1},
        {"\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD", 0},                 // overlong
        {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 0}, // a surrogate
        {"\xF4\x90\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 0},
        {"ok\xE2\x82", "ok\xEF\xBF\xBD", 2}, // cut off
        {"12345678\xFF", "12345678\xEF\xBF\xBD", 8},
    };
    struct pt_tokenizer *tokenizer = open_tokenizer("gpt2");
    struct pt_encoder *encoder = encoder_of(tokenizer);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pt_error error;
        char place[40];
        size_t length = strlen(cases[i].text);
        struct pt_tokens tokens = encode(encoder, cases[i].text, length, false);
        struct pt_tokens expected =
            encode(encoder, cases[i].repaired, strlen(cases[i].repaired), false);
        assert_same_tokens(&tokens, &expected);

        struct pt_encode_options strict = {.strict_utf8 = true};
        int64_t before = tokens.count;
        assert_status(pt_encode(encoder, cases[i].text, length, &strict, &tokens, &error),
                      PT_BAD_INPUT, &error);
        snprintf(place, sizeof place, "byte %d of the text is no UTF-8", cases[i].first_wrong);
        assert_contains(error.message, place);
        assert_int_equal(tokens.count, before);
        pt_tokens_free(&tokens);
        pt_tokens_free(&expected);
    }
    pt_encoder_destroy(encoder);
    pt_tokenizer_close(tokenizer);
}

// 200,000 marks on one letter, of classes 230 and 220 in turn: NFC sorts them, 220 first. In
// quadratic time this would take minutes.
static void marks_without_end_are_sorted(void **unused)
{
    (void)unused;
    enum { PAIRS = 100000 };
    struct pt_tokenizer *tokenizer = open_tokenizer("qwen2");
    struct pt_encoder *encoder = encoder_of(tokenizer);
    struct pt_text text = {0}, sorted = {0};
    assert_true(pt_text_append(&text, "b", 1) && pt_text_append(&sorted, "b", 1));
    for (int i = 0; i < PAIRS; i++) {
        assert_true(pt_text_append(&text, "\xCC\x81\xCC\x96", 4)); // U+0301, U+0316
        assert_true(pt_text_append(&sorted, "\xCC\x96", 2));
    }
    for (int i = 0; i < PAIRS; i++)
        assert_true(pt_text_append(&sorted, "\xCC\x81", 2));
    struct pt_tokens tokens = encode(encoder, text.bytes, text.length, false);
    struct pt_tokens expected = encode(encoder, sorted.bytes, sorted.length, false);
    assert_same_tokens(&tokens, &expected);
    pt_tokens_free(&tokens);
    pt_tokens_free(&expected);
    pt_text_free(&text);
    pt_text_free(&sorted);
    pt_encoder_destroy(encoder);
    pt_tokenizer_close(tokenizer);
}

static void tokens_have_texts_and_texts_ids(void **unused)
{
    (void)unused;
    struct pt_tokenizer *tokenizer = open_tokenizer("words");
    size_t length = 0;
    int32_t mask = pt_tokenizer_find(tokenizer, "[MASK]", 6); // added behind the model's
    assert_true(mask > 0);
    assert_string_equal(pt_tokenizer_token(tokenizer, mask, &length), "[MASK]");
    assert_int_equal(length, 6);
    assert_int_equal(pt_tokenizer_find(tokenizer, "<unk>", 5), 0);
    assert_memory_equal(pt_tokenizer_token(tokenizer, 0, &length), "<unk>", 5);
    assert_int_equal(pt_tokenizer_find(tokenizer, "no such token", 13), -1);
    assert_null(pt_tokenizer_token(tokenizer, -1, NULL));
    assert_null(pt_tokenizer_token(tokenizer, pt_tokenizer_vocabulary(tokenizer), NULL));
    pt_tokenizer_close(tokenizer);
}

static void ids_of_no_token_are_refused(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_text text = {0};
    struct pt_tokenizer *tokenizer = open_tokenizer("gpt2");
    const int32_t ids[] = {5, 1000000, -1};
    assert_true(pt_text_append(&text, "before", 6));
    assert_status(pt_decode(tokenizer, ids, 2, false, &text, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "no token has the id 1000000");
    assert_status(pt_decode(tokenizer, ids + 2, 1, false, &text, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "no token has the id -1");
    assert_int_equal(text.length, 6);
    assert_int_equal(pt_decode(tokenizer, ids, 1, false, &text, NULL), PT_OK);
    assert_int_equal(text.length, 7); // id 5 is one byte, behind what was there
    pt_text_free(&text);
    pt_tokenizer_close(tokenizer);
}

// A token of GPT-2 may end inside a character: the bytes are handed on as they are.
static void parts_of_characters_stay_bytes(void **unused)
{
    (void)unused;
    struct pt_tokenizer *tokenizer;
    assert_int_equal(pt_tokenizer_bytes(&tokenizer, NULL), PT_OK);
    const int32_t ids[] = {0xE2, 0x82, 0xAC};
    for (int count = 1; count <= 3; count++) {
        struct pt_text text = {0};
        assert_int_equal(pt_decode(tokenizer, ids, count, false, &text, NULL), PT_OK);
        assert_int_equal(text.length, count);
        assert_memory_equal(text.bytes, "\xE2\x82\xAC", (size_t)count);
        pt_text_free(&text);
    }
    pt_tokenizer_close(tokenizer);
}

static void special_tokens_are_left_out_on_request(void **unused)
{
    (void)unused;
    struct pt_tokenizer *tokenizer = open_tokenizer("bert");
    struct pt_encoder *encoder = encoder_of(tokenizer);
    struct pt_tokens tokens = encode(encoder, "the dog", 7, true);
    struct pt_text with = decode(tokenizer, &tokens), without = {0};
    assert_int_equal(pt_decode(tokenizer, tokens.ids, tokens.count, true, &without, NULL), PT_OK);
    assert_int_equal(with.length, strlen("[CLS] the dog [SEP]"));
    assert_memory_equal(with.bytes, "[CLS] the dog [SEP]", with.length);
    assert_int_equal(without.length, 7);
    assert_memory_equal(without.bytes, "the dog", 7);
    pt_text_free(&with);
    pt_text_free(&without);
    pt_tokens_free(&tokens);
    pt_encoder_destroy(encoder);
    pt_tokenizer_close(tokenizer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_those_of_the_original),
        cmocka_unit_test(decoded_texts_are_those_of_the_original),
        cmocka_unit_test(threads_share_a_tokenizer),
        cmocka_unit_test(bytes_come_back_from_byte_level_tokenizers),
        cmocka_unit_test(long_words_merge_like_short_ones),
        cmocka_unit_test(wrong_utf8_becomes_replacement_characters),
        cmocka_unit_test(marks_without_end_are_sorted),
        cmocka_unit_test(tokens_have_texts_and_texts_ids),
        cmocka_unit_test(ids_of_no_token_are_refused),
        cmocka_unit_test(parts_of_characters_stay_bytes),
        cmocka_unit_test(special_tokens_are_left_out_on_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
