#include "dataset/byte_stream.h"

#include <sys/stat.h>
#include <unistd.h>

#include "dataset_support.h"

static struct pt_byte_stream *open_bytes(const void *bytes, size_t length)
{
    struct pt_byte_stream *stream;
    struct pt_error error;
    assert_status(pt_byte_stream_open_memory(bytes, length, "m", &stream, &error), PT_OK, &error);
    return stream;
}

// Reads all and expects the end.
static enum pt_status read_whole(struct pt_byte_stream *stream, char *text, size_t length,
                                 struct pt_error *error)
{
    enum pt_status status = pt_byte_stream_read(stream, text, length, error);
    if (status == PT_OK)
        status = pt_byte_stream_expect_end(stream, error);
    pt_byte_stream_close(stream);
    return status;
}

static void plain_bytes_come_as_they_are(void **unused)
{
    (void)unused;
    char text[6] = "";
    struct pt_error error;
    assert_status(read_whole(open_bytes("hello", 5), text, 5, &error), PT_OK, &error);
    assert_string_equal(text, "hello");
}

static void gzip_is_unpacked_and_several_members_are_one_text(void **unused)
{
    (void)unused;
    unsigned char packed[200];
    char text[11] = "";
    struct pt_error error;
    size_t first = gzip("hello", 5, packed, sizeof packed);
    size_t both = first + gzip("world", 5, packed + first, sizeof packed - first);

    assert_status(read_whole(open_bytes(packed, both), text, 10, &error), PT_OK, &error);
    assert_string_equal(text, "helloworld");
}

static void too_few_bytes_are_corrupt_and_say_where(void **unused)
{
    (void)unused;
    char text[10];
    struct pt_error error;
    assert_status(read_whole(open_bytes("hello", 5), text, 9, &error), PT_CORRUPT, &error);
    assert_contains(error.message, "truncated");
    assert_contains(error.message, "byte 5");
}

static void too_many_bytes_are_corrupt_and_say_where(void **unused)
{
    (void)unused;
    char text[10];
    struct pt_error error;
    assert_status(read_whole(open_bytes("hello", 5), text, 4, &error), PT_CORRUPT, &error);
    assert_contains(error.message, "trailing");
    assert_contains(error.message, "byte 4");
}

// Some bits mean nothing to the data (the time in the header, the padding at the end); a flip of
// any other is noticed. More than half of all flips must be, or the test tests nothing.
static void a_flipped_bit_in_gzip_is_noticed_or_harmless(void **unused)
{
    (void)unused;
    static const char original[] = "a text that is long enough to be packed, packed";
    size_t text_length = strlen(original), noticed_count = 0;
    unsigned char packed[200];
    char text[64];
    size_t length = gzip(original, text_length, packed, sizeof packed);

    for (size_t bit = 0; bit < length * 8; bit++) {
        struct pt_error error;
        packed[bit / 8] ^= (unsigned char)(1 << bit % 8);
        enum pt_status status = read_whole(open_bytes(packed, length), text, text_length, &error);
        packed[bit / 8] ^= (unsigned char)(1 << bit % 8);
        if (status == PT_OK)
            assert_memory_equal(text, original, text_length);
        else
            assert_status(status, PT_CORRUPT, &error);
        noticed_count += status != PT_OK;
    }
    assert_true(noticed_count > length * 8 / 2);
}

static void gzip_cut_anywhere_is_corrupt(void **unused)
{
    (void)unused;
    unsigned char packed[200];
    char text[64];
    size_t length = gzip("a text that is long enough to be packed, packed", 47, packed, 200);

    for (size_t cut = 0; cut < length; cut++) {
        struct pt_error error;
        assert_status(read_whole(open_bytes(packed, cut), text, 47, &error), PT_CORRUPT, &error);
    }
}

static void other_bytes_behind_gzip_are_corrupt(void **unused)
{
    (void)unused;
    unsigned char packed[200];
    char text[6];
    struct pt_error error;
    size_t length = gzip("hello", 5, packed, sizeof packed);
    memcpy(packed + length, "junk", 4);

    assert_status(read_whole(open_bytes(packed, length + 4), text, 5, &error), PT_CORRUPT, &error);
    assert_contains(error.message, "behind its end");
}

static void a_limit_stops_a_bomb(void **unused)
{
    (void)unused;
    static char zeros[1 << 20];
    unsigned char packed[1 << 13];
    char *text;
    size_t length = gzip(zeros, sizeof zeros, packed, sizeof packed), got;
    struct pt_error error;

    struct pt_byte_stream *stream = open_bytes(packed, length);
    assert_status(pt_byte_stream_read_all(stream, 1000, &text, &got, &error), PT_OVERFLOW, &error);
    pt_byte_stream_close(stream);
    stream = open_bytes(packed, length);
    assert_true(pt_byte_stream_most(stream) >= (int64_t)sizeof zeros);
    assert_status(pt_byte_stream_read_all(stream, sizeof zeros, &text, &got, &error), PT_OK,
                  &error);
    assert_int_equal(got, sizeof zeros);
    assert_int_equal(text[got], 0);
    free(text);
    pt_byte_stream_close(stream);
}

static void a_missing_data_set_names_its_package(void **unused)
{
    (void)unused;
    struct pt_byte_stream *stream;
    struct pt_error error;
    assert_status(pt_byte_stream_open("/usr/share/datasets/no-such-set/x.gz", &stream, &error),
                  PT_NOT_FOUND, &error);
    assert_contains(error.message, "apt-get install dataset-no-such-set");
    assert_contains(error.message, "/usr/share/datasets/no-such-set/x.gz");
}

static void what_is_no_regular_file_is_refused(void **unused)
{
    (void)unused;
    struct pt_byte_stream *stream;
    struct pt_error error;
    const char *folder = test_folder();
    assert_status(pt_byte_stream_open(folder, &stream, &error), PT_BAD_INPUT, &error);
    assert_status(pt_byte_stream_open(test_path(folder, "none"), &stream, &error), PT_NOT_FOUND,
                  &error);
    assert_contains(error.message, "none");
}

static void an_unreadable_file_is_denied(void **unused)
{
    (void)unused;
    struct pt_byte_stream *stream;
    struct pt_error error;
    const char *path = test_file(test_folder(), "secret", "x");
    if (geteuid() == 0)
        skip();
    assert_int_equal(chmod(path, 0), 0);
    assert_status(pt_byte_stream_open(path, &stream, &error), PT_DENIED, &error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_bytes_come_as_they_are),
        cmocka_unit_test(gzip_is_unpacked_and_several_members_are_one_text),
        cmocka_unit_test(too_few_bytes_are_corrupt_and_say_where),
        cmocka_unit_test(too_many_bytes_are_corrupt_and_say_where),
        cmocka_unit_test(a_flipped_bit_in_gzip_is_noticed_or_harmless),
        cmocka_unit_test(gzip_cut_anywhere_is_corrupt),
        cmocka_unit_test(other_bytes_behind_gzip_are_corrupt),
        cmocka_unit_test(a_limit_stops_a_bomb),
        cmocka_unit_test(a_missing_data_set_names_its_package),
        cmocka_unit_test(what_is_no_regular_file_is_refused),
        cmocka_unit_test(an_unreadable_file_is_denied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
