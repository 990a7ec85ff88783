// kind: text and kind: tokens.
#include "dataset/token_file.h"
#include "dataset_support.h"
#include "tokenizer_support.h"

// The tokens and labels of one sample; at most 64.
struct sample {
    int32_t tokens[64], labels[64];
};

static struct sample sample_of(const struct pt_dataset *dataset, int64_t index)
{
    struct pt_error error;
    struct sample sample;
    struct pt_batch batch = {.tokens = sample.tokens, .labels = sample.labels};
    assert_true(dataset->feature_count <= 64);
    assert_status(pt_dataset_batch(dataset, NULL, index, 1, 0, 0, &batch, &error), PT_OK, &error);
    return sample;
}

// The ids are those of the bytes of text.
static void assert_bytes(const int32_t *ids, const char *text)
{
    for (size_t i = 0; i < strlen(text); i++)
        assert_int_equal(ids[i], (unsigned char)text[i]);
}

static void assert_sample(const struct pt_dataset *dataset, int64_t index, const char *tokens,
                          const char *labels)
{
    struct sample sample = sample_of(dataset, index);
    assert_int_equal(dataset->feature_count, strlen(tokens));
    assert_bytes(sample.tokens, tokens);
    assert_bytes(sample.labels, labels);
}

static const char *folder_with(const char *text)
{
    const char *folder = test_folder();
    test_file(folder, "a.txt", text);
    return folder;
}

#define TEXT "kind: text\nfile: a.txt\n"

static void labels_are_the_tokens_that_follow(void **unused)
{
    (void)unused;
    struct pt_dataset_pair pair =
        open_good(folder_with("abcdefghij"), TEXT "tokenizer: byte\nlength: 4\n");
    assert_null(pair.test);
    assert_true(pair.train->has_tokens);
    assert_int_equal(pair.train->rank, 1);
    assert_int_equal(pair.train->dims[0], 4);
    assert_int_equal(pair.train->label_count, 4);
    assert_int_equal(pair.train->class_count, 256);
    assert_int_equal(pair.train->sample_count, 2); // "ij" has no third label
    assert_sample(pair.train, 0, "abcd", "bcde");
    assert_sample(pair.train, 1, "efgh", "fghi");
    assert_int_equal(pt_tokenizer_vocabulary(pair.train->tokenizer), 256);
    close_pair(pair);
}

// 9 bytes are two windows of 4 and the label of the last; 8 are one.
static void a_window_needs_one_token_more_than_its_length(void **unused)
{
    (void)unused;
    struct pt_dataset_pair pair =
        open_good(folder_with("abcdefghi"), TEXT "tokenizer: byte\nlength: 4\n");
    assert_int_equal(pair.train->sample_count, 2);
    close_pair(pair);
    pair = open_good(folder_with("abcdefgh"), TEXT "tokenizer: byte\nlength: 4\n");
    assert_int_equal(pair.train->sample_count, 1);
    close_pair(pair);
    assert_refused(folder_with("abcd"), TEXT "tokenizer: byte\nlength: 4\n", PT_BAD_INPUT,
                   "has 4 tokens; one sample of length 4 needs 5", "training part");
    assert_refused(folder_with(""), TEXT "tokenizer: byte\nlength: 4\n", PT_BAD_INPUT,
                   "has 0 tokens", "training part");
}

static void windows_may_overlap_or_leave_gaps(void **unused)
{
    (void)unused;
    struct pt_dataset_pair pair =
        open_good(folder_with("abcdefghij"), TEXT "tokenizer: byte\nlength: 4\nstride: 1\n");
    assert_int_equal(pair.train->sample_count, 6);
    assert_sample(pair.train, 5, "fghi", "ghij");
    close_pair(pair);
    pair = open_good(folder_with("abcdefghij"), TEXT "tokenizer: byte\nlength: 2\nstride: 5\n");
    assert_int_equal(pair.train->sample_count, 2);
    assert_sample(pair.train, 1, "fg", "gh");
    close_pair(pair);
}

static void batches_follow_the_order(void **unused)
{
    (void)unused;
    uint32_t order[6];
    int32_t tokens[6][4], labels[6][4];
    struct pt_batch batch = {.tokens = tokens[0], .labels = labels[0]};
    struct pt_dataset_pair pair =
        open_good(folder_with("abcdefghij"), TEXT "tokenizer: byte\nlength: 4\nstride: 1\n");
    pt_dataset_order(pair.train, 1, 0, true, order);
    assert_int_equal(pt_dataset_batch(pair.train, order, 0, 6, 1, 0, &batch, NULL), PT_OK);
    for (int i = 0; i < 6; i++)
        for (int k = 0; k < 4; k++) {
            assert_int_equal(tokens[i][k], 'a' + (int)order[i] + k);
            assert_int_equal(labels[i][k], 'b' + (int)order[i] + k);
        }
    close_pair(pair);
}

// 20 bytes, a quarter as test: the cut goes back from 15 to behind the line end at 12.
static void the_test_part_is_the_end_of_the_text(void **unused)
{
    (void)unused;
    struct pt_dataset_pair pair = open_good(folder_with("abcdef\nghij\nklmnopqr"),
                                            TEXT "tokenizer: byte\nlength: 3\ntest_share: 0.25\n");
    assert_int_equal(pair.train->sample_count, 3); // 12 bytes: 3 * 3 + 1 <= 12
    assert_int_equal(pair.test->sample_count, 2);  // 8 bytes
    assert_sample(pair.train, 2, "\ngh", "ghi");
    assert_sample(pair.test, 0, "klm", "lmn");
    close_pair(pair);
}

// No line end: the cut is moved before the two-byte character that it would split.
static void no_character_is_cut_in_two(void **unused)
{
    (void)unused;
    struct pt_dataset_pair pair = open_good(folder_with("abcdefg\xC3\xA9hijklmn"), TEXT
                                            "tokenizer: character\nlength: 3\ntest_share: 0.5\n");
    // 16 bytes; 8 is inside of é, so 7 bytes are for training
    assert_int_equal(pair.train->sample_count, 2);
    struct sample sample = sample_of(pair.test, 0);
    size_t length;
    assert_memory_equal(pt_tokenizer_token(pair.test->tokenizer, sample.tokens[0], &length),
                        "\xC3\xA9", 2);
    close_pair(pair);
}

static void a_test_file_is_the_test_part(void **unused)
{
    (void)unused;
    const char *folder = folder_with("abcdefgh");
    test_file(folder, "b.txt", "ABCDE");
    struct pt_dataset_pair pair =
        open_good(folder, TEXT "test_file: b.txt\ntokenizer: byte\nlength: 4\n");
    assert_int_equal(pair.test->sample_count, 1);
    assert_sample(pair.test, 0, "ABCD", "BCDE");
    // Each part lives without the other, though they share the tokenizer.
    pt_dataset_destroy(pair.train);
    assert_sample(pair.test, 0, "ABCD", "BCDE");
    assert_int_equal(pt_tokenizer_vocabulary(pair.test->tokenizer), 256);
    pt_dataset_destroy(pair.test);
}

static void gzip_gives_the_same_as_plain(void **unused)
{
    (void)unused;
    unsigned char packed[200];
    const char *folder = test_folder();
    test_file_bytes(folder, "a.txt", packed, gzip("abcdefghij", 10, packed, sizeof packed));
    struct pt_dataset_pair pair = open_good(folder, TEXT "tokenizer: byte\nlength: 9\n");
    assert_sample(pair.train, 0, "abcdefghi", "bcdefghij");
    close_pair(pair);
}

static void files_of_a_list_follow_each_other(void **unused)
{
    (void)unused;
    const char *folder = folder_with("abc");
    test_file(folder, "b.txt", "defgh");
    struct pt_dataset_pair pair =
        open_good(folder, "kind: text\nfile: [a.txt, b.txt]\ntokenizer: byte\nlength: 7\n");
    assert_sample(pair.train, 0, "abcdefg", "bcdefgh");
    close_pair(pair);
}

// Characters of the test part are in the vocabulary: é here.
static void character_vocabularies_know_the_test_part(void **unused)
{
    (void)unused;
    struct pt_dataset_pair pair = open_good(folder_with("abab\nabab\ncb\xC3\xA9"), TEXT
                                            "tokenizer: character\nlength: 2\ntest_share: 0.3\n");
    assert_int_equal(pair.train->class_count, 5); // \n a b c é
    struct sample sample = sample_of(pair.test, 0);
    assert_int_equal(sample.tokens[0], 3);
    assert_int_equal(sample.labels[1], 4);
    close_pair(pair);
}

// A merge of the test part alone would be a leak: "xyxyxyxy" stands there only.
static void trained_tokenizers_see_the_training_part_alone(void **unused)
{
    (void)unused;
    struct pt_dataset_pair pair =
        open_good(folder_with("abab abab abab abab\nxyxyxyxy xyxyxyxy"),
                  TEXT "tokenizer: {kind: bpe, vocabulary: 300}\nlength: 1\ntest_share: 0.4\n");
    const struct pt_tokenizer *tokenizer = pair.train->tokenizer;
    assert_true(pt_tokenizer_find(tokenizer, "abab", 4) > 256);
    assert_int_equal(pt_tokenizer_find(tokenizer, "xy", 2), -1);
    assert_int_equal(pair.train->class_count, pt_tokenizer_vocabulary(tokenizer));
    assert_ptr_equal(pair.test->tokenizer, tokenizer);
    close_pair(pair);
}

static void documents_end_with_a_token(void **unused)
{
    (void)unused;
    const char *folder = folder_with("one\n\ntwo\n\n");
    test_file(folder, "b.txt", "three");
    struct pt_dataset_pair pair =
        open_good(folder, "kind: text\nfile: [a.txt, b.txt]\ndocuments: \"\\n\\n\"\n"
                          "tokenizer: {kind: bpe, vocabulary: 257}\nlength: 13\n");
    struct sample sample = sample_of(pair.train, 0);
    int32_t ids[14]; // one, 0, two, 0, three, 0 in bytes
    memcpy(ids, sample.tokens, 13 * sizeof *ids);
    ids[13] = sample.labels[12];
    static const int zeros[] = {3, 7, 13};
    for (int i = 0, zero = 0; i < 14; i++) {
        assert_true((ids[i] == 0) == (i == zeros[zero]));
        zero += ids[i] == 0;
    }
    assert_int_equal(pair.train->sample_count, 1);
    close_pair(pair);
    assert_refused(folder, TEXT "tokenizer: byte\nlength: 2\ndocuments: \"\\n\"\n", PT_BAD_INPUT,
                   "has no token \"<|endoftext|>\"", "training part");
    assert_refused(folder, TEXT "tokenizer: byte\nlength: 2\ndocuments: \"\"\n", PT_BAD_INPUT,
                   "documents", "empty");
    assert_refused(folder, TEXT "tokenizer: byte\nlength: 2\nend_token: x\n", PT_BAD_INPUT,
                   "end_token", "documents");
}

static void tokenizer_files_are_used_as_they_are(void **unused)
{
    (void)unused;
    size_t length;
    const char *folder = folder_with("The quick brown fox jumps over the lazy dog.");
    char *json = test_read(tokenizer_file("gpt2"), &length);
    test_file_bytes(folder, "t/tokenizer.json", json, length);
    free(json);
    struct pt_dataset_pair pair =
        open_good(folder, TEXT "tokenizer: t/tokenizer.json\nlength: 4\n");
    struct pt_encoder *encoder = encoder_of(pair.train->tokenizer);
    struct pt_tokens tokens = encode(encoder, "The quick brown fox jumps", 25, false);
    struct sample sample = sample_of(pair.train, 0);
    assert_memory_equal(sample.tokens, tokens.ids, 4 * sizeof *tokens.ids);
    pt_tokens_free(&tokens);
    pt_encoder_destroy(encoder);
    close_pair(pair);
    assert_refused(folder, TEXT "tokenizer: t/none.json\nlength: 4\n", PT_NOT_FOUND, "none.json",
                   "");
    assert_refused(folder, TEXT "tokenizer: a.txt\nlength: 4\n", PT_BAD_INPUT, "a.txt", "");
}

static void wrong_utf8_is_refused_or_replaced(void **unused)
{
    (void)unused;
    const char *folder = folder_with("ab\xFF"
                                     "cd");
    assert_refused(folder, TEXT "tokenizer: character\nlength: 2\n", PT_BAD_INPUT,
                   "byte 2 is no UTF-8 (0xff)", "wrong_utf8: replace");
    assert_refused(folder, TEXT "tokenizer: {kind: bpe, vocabulary: 300}\nlength: 2\n",
                   PT_BAD_INPUT, "a.txt", "iconv");
    struct pt_dataset_pair pair =
        open_good(folder, TEXT "tokenizer: character\nlength: 2\nwrong_utf8: replace\n");
    assert_int_equal(pt_tokenizer_find(pair.train->tokenizer, "\xEF\xBF\xBD", 3), 4);
    close_pair(pair);
    pair = open_good(folder, TEXT "tokenizer: byte\nlength: 4\n"); // bytes are bytes
    assert_sample(pair.train, 0,
                  "ab\xFF"
                  "c",
                  "b\xFF"
                  "cd");
    close_pair(pair);
}

static void mistakes_name_the_key(void **unused)
{
    (void)unused;
    const char *folder = folder_with("abcdefghij");
#define BYTE "tokenizer: byte\nlength: 2\n"
    assert_refused(folder, "kind: text\n" BYTE, PT_BAD_INPUT, "missing key \"file\"", "run.yaml");
    assert_refused(folder, TEXT "length: 2\n", PT_BAD_INPUT, "missing key \"tokenizer\"", "byte");
    assert_refused(folder, TEXT "tokenizer: byte\n", PT_BAD_INPUT, "missing key \"length\"", "");
    assert_refused(folder, TEXT BYTE "strid: 2\n", PT_BAD_INPUT, "strid", "stride");
    assert_refused(folder, TEXT BYTE "stride: 0\n", PT_BAD_INPUT, "stride", "0");
    assert_refused(folder, TEXT BYTE "test_share: 1\n", PT_BAD_INPUT, "test_share", "");
    assert_refused(folder, TEXT BYTE "test_share: 0.1\ntest_file: a.txt\n", PT_BAD_INPUT,
                   "either test_file or test_share", "");
    assert_refused(folder, TEXT BYTE "test_share: 0.01\n", PT_BAD_INPUT, "test part", "a.txt");
    assert_refused(folder, TEXT BYTE "wrong_utf8: keep\n", PT_BAD_INPUT, "wrong_utf8", "replace");
    assert_refused(folder, TEXT "tokenizer: bites\nlength: 2\n", PT_BAD_INPUT, "\"bites\"",
                   "neither byte, character nor the path");
    assert_refused(folder, TEXT "tokenizer: {kind: bpe}\nlength: 2\n", PT_BAD_INPUT, "vocabulary",
                   "missing");
    assert_refused(folder, TEXT "tokenizer: {vocabulary: 300}\nlength: 2\n", PT_BAD_INPUT,
                   "missing key \"kind\"", "bpe");
    assert_refused(folder, TEXT "tokenizer: {kind: wordpiece, vocabulary: 300}\nlength: 2\n",
                   PT_BAD_INPUT, "bpe", "wordpiece");
    assert_refused(folder, TEXT "tokenizer: {kind: bpe, vocabulary: 256}\nlength: 2\n",
                   PT_BAD_INPUT, "vocabulary", "256");
    assert_refused(folder, "kind: text\nfile: []\n" BYTE, PT_BAD_INPUT, "empty list", "");
    assert_refused(folder, "kind: text\nfile: none.txt\n" BYTE, PT_NOT_FOUND, "none.txt", "");
}

static void token_files_are_read_in_windows(void **unused)
{
    (void)unused;
    static const int32_t train[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, test[] = {11, 12, 13};
    const char *folder = test_folder();
    assert_int_equal(
        pt_token_file_write(test_path(folder, "a.bin"), PT_TOKENS_RAW, train, 10, NULL), PT_OK);
    assert_int_equal(
        pt_token_file_write(test_path(folder, "b.bin"), PT_TOKENS_WITH_HEADER, test, 3, NULL),
        PT_OK);
    struct pt_dataset_pair pair =
        open_good(folder, "kind: tokens\ntrain_file: a.bin\ntest_file: b.bin\nlength: 2\n"
                          "vocabulary: 14\n");
    assert_int_equal(pair.train->sample_count, 4);
    assert_int_equal(pair.train->class_count, 14);
    assert_int_equal(pair.test->sample_count, 1);
    assert_null(pair.train->tokenizer);
    struct sample sample = sample_of(pair.train, 3), other = sample_of(pair.test, 0);
    assert_int_equal(sample.tokens[0], 7);
    assert_int_equal(sample.labels[1], 9);
    assert_int_equal(other.tokens[0], 11);
    assert_int_equal(other.labels[1], 13);
    close_pair(pair);

    // The last 30 %: 8, 9, 10; the first part ends before them.
    pair = open_good(folder, "kind: tokens\ntrain_file: a.bin\ntest_share: 0.3\nlength: 2\n"
                             "vocabulary: 14\nstride: 1\n");
    assert_int_equal(pair.train->sample_count, 5);
    assert_int_equal(pair.test->sample_count, 1);
    sample = sample_of(pair.train, 4);
    assert_int_equal(sample.labels[1], 7);
    pt_dataset_destroy(pair.train);
    other = sample_of(pair.test, 0); // the file is still mapped
    assert_int_equal(other.tokens[0], 8);
    assert_int_equal(other.labels[1], 10);
    pt_dataset_destroy(pair.test);
}

static void wrong_token_files_are_refused(void **unused)
{
    (void)unused;
    static const int32_t ids[] = {1, 2, 3, 4, 5};
    const char *folder = test_folder();
    assert_int_equal(pt_token_file_write(test_path(folder, "a.bin"), PT_TOKENS_RAW, ids, 5, NULL),
                     PT_OK);
#define TOKENS "kind: tokens\ntrain_file: a.bin\n"
    assert_refused(folder, TOKENS "length: 2\nvocabulary: 5\n", PT_BAD_INPUT, "id 5", "a.bin");
    assert_refused(folder, TOKENS "length: 5\nvocabulary: 6\n", PT_BAD_INPUT, "needs 6", "a.bin");
    assert_refused(folder, TOKENS "length: 2\n", PT_BAD_INPUT, "vocabulary", "missing");
    assert_refused(folder, TOKENS "vocabulary: 6\n", PT_BAD_INPUT, "length", "missing");
    assert_refused(folder, "kind: tokens\nlength: 2\nvocabulary: 6\n", PT_BAD_INPUT, "train_file",
                   "missing");
    assert_refused(folder, TOKENS "length: 2\nvocabulary: 6\ntest_file: none.bin\n", PT_NOT_FOUND,
                   "none.bin", "");
    assert_refused(folder, TOKENS "length: 2\nvocabulary: 6\ntest_share: 0.2\n", PT_BAD_INPUT,
                   "the test part", "1 tokens");
    assert_refused(folder, TOKENS "length: 2\nvocabulary: 6\ntest_share: 0.2\ntest_file: a.bin\n",
                   PT_BAD_INPUT, "either test_file or test_share", "");
    assert_refused(folder, TOKENS "length: 2\nvocabulary: 6\ntokenizer: byte\n", PT_BAD_INPUT,
                   "tokenizer", "");
}

// A file that goes wrong while it is mapped: the batch fails and says where.
static void ids_are_checked_in_every_batch(void **unused)
{
    (void)unused;
    static const int32_t ids[] = {1, 2, 3, 4, 5};
    struct pt_error error;
    struct sample sample;
    struct pt_batch batch = {.tokens = sample.tokens, .labels = sample.labels};
    const char *folder = test_folder(), *path = test_path(folder, "a.bin");
    assert_int_equal(pt_token_file_write(path, PT_TOKENS_RAW, ids, 5, NULL), PT_OK);
    struct pt_dataset_pair pair = open_good(folder, TOKENS "length: 2\nvocabulary: 6\n");
    FILE *stream = fopen(path, "r+b");
    assert_int_equal(fseek(stream, 8, SEEK_SET), 0);
    assert_int_equal(fwrite("\xFF\xFF", 1, 2, stream), 2);
    fclose(stream);
    assert_int_equal(pt_dataset_batch(pair.train, NULL, 0, 1, 0, 0, &batch, NULL), PT_OK);
    assert_status(pt_dataset_batch(pair.train, NULL, 1, 1, 0, 0, &batch, &error), PT_BAD_INPUT,
                  &error);
    assert_contains(error.message, "token 4 has the id 65535");
    close_pair(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_are_the_tokens_that_follow),
        cmocka_unit_test(a_window_needs_one_token_more_than_its_length),
        cmocka_unit_test(windows_may_overlap_or_leave_gaps),
        cmocka_unit_test(batches_follow_the_order),
        cmocka_unit_test(the_test_part_is_the_end_of_the_text),
        cmocka_unit_test(no_character_is_cut_in_two),
        cmocka_unit_test(a_test_file_is_the_test_part),
        cmocka_unit_test(gzip_gives_the_same_as_plain),
        cmocka_unit_test(files_of_a_list_follow_each_other),
        cmocka_unit_test(character_vocabularies_know_the_test_part),
        cmocka_unit_test(trained_tokenizers_see_the_training_part_alone),
        cmocka_unit_test(documents_end_with_a_token),
        cmocka_unit_test(tokenizer_files_are_used_as_they_are),
        cmocka_unit_test(wrong_utf8_is_refused_or_replaced),
        cmocka_unit_test(mistakes_name_the_key),
        cmocka_unit_test(token_files_are_read_in_windows),
        cmocka_unit_test(wrong_token_files_are_refused),
        cmocka_unit_test(ids_are_checked_in_every_batch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
