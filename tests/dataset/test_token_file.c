#include "dataset/token_file.h"

#include <unistd.h>

#include "support.h"

static struct pt_token_file *open_good(const char *path, int64_t vocabulary)
{
    struct pt_error error;
    struct pt_token_file *file;
    assert_status(pt_token_file_open(path, vocabulary, &file, &error), PT_OK, &error);
    return file;
}

static void assert_refused(const char *path, int64_t vocabulary, enum pt_status status,
                           const char *part)
{
    struct pt_error error = {.message = ""};
    struct pt_token_file *file = NULL;
    assert_status(pt_token_file_open(path, vocabulary, &file, &error), status, &error);
    assert_contains(error.message, part);
    assert_null(file);
}

static const char *write_good(enum pt_token_format format, const int32_t *ids, int64_t count)
{
    struct pt_error error;
    const char *path = test_path(test_folder(), "tokens.bin");
    assert_status(pt_token_file_write(path, format, ids, count, &error), PT_OK, &error);
    return path;
}

// As numpy writes np.array([1, 513, 65535], dtype=np.uint16).tofile(...).
static void raw_ids_are_little_endian(void **unused)
{
    (void)unused;
    static const unsigned char bytes[] = {1, 0, 1, 2, 255, 255};
    int32_t ids[3];
    const char *path = test_file_bytes(test_folder(), "train.bin", bytes, sizeof bytes);
    struct pt_token_file *file = open_good(path, 65536);
    assert_int_equal(pt_token_file_count(file), 3);
    assert_int_equal(pt_token_file_read(file, 0, 3, ids, NULL), PT_OK);
    assert_int_equal(ids[0], 1);
    assert_int_equal(ids[1], 513);
    assert_int_equal(ids[2], 65535);
    assert_int_equal(pt_token_file_read(file, 1, 1, ids, NULL), PT_OK);
    assert_int_equal(ids[0], 513);
    pt_token_file_close(file);
}

// llm.c: magic 20240520 = 0x0134D888, version 1, count; ids behind 1024 bytes.
static void headers_of_llm_c_are_read_and_written(void **unused)
{
    (void)unused;
    unsigned char bytes[1024 + 4] = {0x88, 0xD8, 0x34, 0x01, 1, 0, 0, 0, 2, 0, 0, 0};
    static const int32_t ids[] = {50256, 15496};
    size_t length;
    int32_t read[2];
    memcpy(bytes + 1024, (unsigned char[]){0x50, 0xC4, 0x88, 0x3C}, 4); // 50256, 15496
    struct pt_token_file *file =
        open_good(test_file_bytes(test_folder(), "val.bin", bytes, sizeof bytes), 50257);
    assert_int_equal(pt_token_file_count(file), 2);
    assert_int_equal(pt_token_file_read(file, 0, 2, read, NULL), PT_OK);
    assert_memory_equal(read, ids, sizeof ids);
    pt_token_file_close(file);

    char *written = test_read(write_good(PT_TOKENS_WITH_HEADER, ids, 2), &length);
    assert_int_equal(length, sizeof bytes);
    assert_memory_equal(written, bytes, sizeof bytes);
    free(written);
}

// Beyond 16 bits: magic 20240801 = 0x0134D9A1, version 7, 32 bits.
static void large_vocabularies_take_32_bits(void **unused)
{
    (void)unused;
    static const int32_t ids[] = {0, 128255, 65536};
    size_t length;
    int32_t read[3];
    const char *path = write_good(PT_TOKENS_WITH_HEADER, ids, 3);
    char *bytes = test_read(path, &length);
    assert_int_equal(length, 1024 + 12);
    assert_memory_equal(bytes, "\xA1\xD9\x34\x01\x07\0\0\0\x03\0\0\0", 12);
    free(bytes);
    struct pt_token_file *file = open_good(path, 128256);
    assert_int_equal(pt_token_file_read(file, 0, 3, read, NULL), PT_OK);
    assert_memory_equal(read, ids, sizeof ids);
    pt_token_file_close(file);
    assert_refused(path, 128255, PT_BAD_INPUT, "token 1 has the id 128255");
}

static void what_is_written_is_read(void **unused)
{
    (void)unused;
    enum { COUNT = 200001 }; // more than one piece of the writer and of the check
    int32_t *ids = malloc(COUNT * sizeof *ids), *read = malloc(COUNT * sizeof *read);
    for (int i = 0; i < COUNT; i++)
        ids[i] = (int32_t)((int64_t)i * 7919 % 60000);
    for (int format = 0; format < 2; format++) {
        struct pt_token_file *file =
            open_good(write_good((enum pt_token_format)format, ids, COUNT), 60000);
        assert_int_equal(pt_token_file_count(file), COUNT);
        assert_int_equal(pt_token_file_read(file, 0, COUNT, read, NULL), PT_OK);
        assert_memory_equal(read, ids, COUNT * sizeof *ids);
        pt_token_file_close(file);
    }
    free(ids);
    free(read);
}

static void ids_beyond_the_vocabulary_are_refused_at_once(void **unused)
{
    (void)unused;
    static const int32_t ids[] = {5, 9, 10, 3};
    const char *path = write_good(PT_TOKENS_RAW, ids, 4);
    assert_refused(path, 10, PT_BAD_INPUT, "token 2 has the id 10, but the vocabulary is 10");
    assert_refused(path, 10, PT_BAD_INPUT, "vocabulary: 11");
    assert_refused(path, 0, PT_BAD_INPUT, "a vocabulary of 0");
    assert_refused(path, (int64_t)1 << 31, PT_BAD_INPUT, "a vocabulary of 2147483648");
    pt_token_file_close(open_good(path, 11));
}

// Somebody writes into the file while a run reads it.
static void ids_that_change_later_are_refused_when_they_are_read(void **unused)
{
    (void)unused;
    static const int32_t ids[] = {5, 9, 1, 3};
    int32_t read[4];
    struct pt_error error;
    const char *path = write_good(PT_TOKENS_RAW, ids, 4);
    struct pt_token_file *file = open_good(path, 10);
    FILE *stream = fopen(path, "r+b");
    assert_int_equal(fseek(stream, 4, SEEK_SET), 0);
    assert_int_equal(fwrite("\x0B\0", 1, 2, stream), 2);
    fclose(stream);
    assert_int_equal(pt_token_file_read(file, 0, 2, read, NULL), PT_OK);
    assert_status(pt_token_file_read(file, 1, 3, read, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "token 2 has the id 11");
    pt_token_file_close(file);
}

static void files_of_a_wrong_length_are_refused(void **unused)
{
    (void)unused;
    static const int32_t small[] = {1, 2, 3}, large[] = {1, 2, 70000};
    const char *folder = test_folder();
    assert_refused(test_path(folder, "none.bin"), 10, PT_NOT_FOUND, "none.bin");
    assert_refused(folder, 10, PT_BAD_INPUT, "no regular file");
    assert_refused(test_file(folder, "empty.bin", ""), 10, PT_BAD_INPUT, "is empty");
    assert_refused(test_file(folder, "odd.bin", "\1"), 10, PT_CORRUPT, "1 bytes are no whole");

    const char *narrow = write_good(PT_TOKENS_WITH_HEADER, small, 3);
    assert_int_equal(truncate(narrow, 1024 + 5), 0);
    assert_refused(narrow, 10, PT_CORRUPT, "a file of 1030 bytes; it has 1029");
    assert_int_equal(truncate(narrow, 1024 + 7), 0);
    assert_refused(narrow, 10, PT_CORRUPT, "it has 1031");
    assert_int_equal(truncate(narrow, 1000), 0);
    assert_refused(narrow, 10, PT_CORRUPT, "truncated: 1000 bytes");

    const char *wide = write_good(PT_TOKENS_WITH_HEADER, large, 3);
    assert_int_equal(truncate(wide, 1024 + 8), 0);
    assert_refused(wide, 80000, PT_CORRUPT, "a file of 1036 bytes; it has 1032");
}

static void headers_that_lie_are_refused(void **unused)
{
    (void)unused;
    unsigned char bytes[1024 + 4] = {0x88, 0xD8, 0x34, 0x01, 1, 0, 0, 0, 2, 0, 0, 0};
    const char *folder = test_folder();
    bytes[4] = 2;
    assert_refused(test_file_bytes(folder, "a.bin", bytes, sizeof bytes), 10, PT_UNSUPPORTED,
                   "version 2 of the format of magic 20240520; version 1 is read");
    bytes[4] = 1;
    memset(bytes + 8, 0xFF, 4); // -1
    assert_refused(test_file_bytes(folder, "b.bin", bytes, sizeof bytes), 10, PT_CORRUPT,
                   "-1 tokens");
    bytes[11] = 0x7F; // 2147483647 tokens in a file of a kilobyte
    assert_refused(test_file_bytes(folder, "c.bin", bytes, sizeof bytes), 10, PT_CORRUPT,
                   "a file of 4294968318 bytes");
    memset(bytes + 8, 0, 4);
    assert_refused(test_file_bytes(folder, "d.bin", bytes, 1024), 10, PT_CORRUPT, "0 tokens");
}

static void what_a_file_cannot_hold_is_not_written(void **unused)
{
    (void)unused;
    static const int32_t ids[] = {1, -2, 65536};
    struct pt_error error;
    const char *path = test_path(test_folder(), "tokens.bin");
    assert_status(pt_token_file_write(path, PT_TOKENS_RAW, ids, 3, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "token 1 has the id -2");
    assert_status(pt_token_file_write(path, PT_TOKENS_RAW, ids + 2, 1, &error), PT_BAD_INPUT,
                  &error);
    assert_contains(error.message, "a file without header can hold 0 to 65535");
    assert_status(pt_token_file_write(path, PT_TOKENS_WITH_HEADER, ids, 3, &error), PT_BAD_INPUT,
                  &error);
    assert_status(pt_token_file_write(path, PT_TOKENS_RAW, ids, 0, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "no tokens to write");
    assert_int_equal(access(path, F_OK), -1);
    assert_status(pt_token_file_write("/nonexistent/x.bin", PT_TOKENS_RAW, ids, 1, &error),
                  PT_NOT_FOUND, &error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(raw_ids_are_little_endian),
        cmocka_unit_test(headers_of_llm_c_are_read_and_written),
        cmocka_unit_test(large_vocabularies_take_32_bits),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(ids_beyond_the_vocabulary_are_refused_at_once),
        cmocka_unit_test(ids_that_change_later_are_refused_when_they_are_read),
        cmocka_unit_test(files_of_a_wrong_length_are_refused),
        cmocka_unit_test(headers_that_lie_are_refused),
        cmocka_unit_test(what_a_file_cannot_hold_is_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
