// The safetensors format: what is written is read again, and every kind of damage is found.

#include "engine_support.h"

#include "engine/safetensors.h"

static struct pt_error error;
static struct pt_arena *arena;

static int make_arena(void **unused)
{
    (void)unused;
    arena = pt_arena_create();
    return arena == NULL;
}

static int free_arena(void **unused)
{
    (void)unused;
    pt_arena_destroy(arena);
    return 0;
}

// A file of this header and so many bytes of data: 0, 1, 2 ...
static enum pt_status parse(const char *header, size_t data_length, struct pt_saved *ret_saved)
{
    uint64_t length = strlen(header);
    size_t total = 8 + length + data_length;
    char *bytes = malloc(total); // of its own, so that a sanitizer sees every byte beyond
    memcpy(bytes, &length, 8);
    memcpy(bytes + 8, header, length);
    for (size_t i = 0; i < data_length; i++)
        bytes[8 + length + i] = (char)i;
    char *copy = pt_arena_alloc(arena, total, 1);
    memcpy(copy, bytes, total);
    enum pt_status status = pt_safetensors_parse(arena, bytes, total, "f", ret_saved, &error);
    if (status == PT_OK)
        status = pt_safetensors_parse(arena, copy, total, "f", ret_saved, &error);
    free(bytes);
    return status;
}

static void refuse(enum pt_status status, const char *header, size_t data_length, const char *part)
{
    struct pt_saved saved;
    assert_status(parse(header, data_length, &saved), status, &error);
    assert_contains(error.message, part);
}

#define ENTRY(name, dtype, shape, offsets)                                                         \
    "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

// Written by hand after the format's description; a, the second in the header, lies first.
static void a_file_of_another_program_is_read(void **unused)
{
    (void)unused;
    struct pt_saved saved;
    const char *header = "{" ENTRY("b", "F32", "[2,1]", "[6,14]") "," //
        ENTRY("a", "BF16", "[3]", "[0,6]") "," ENTRY("none", "I32", "[0, 7]", "[6,6]") "," ENTRY(
            "scalar", "I32", "[]", "[14,18]") ",\"__metadata__\":{\"format\":\"pt\"}}    ";
    assert_status(parse(header, 18, &saved), PT_OK, &error);
    assert_int_equal(saved.tensor_count, 4);
    assert_string_equal(pt_saved_text(&saved, "format"), "pt");
    assert_null(pt_saved_text(&saved, "pt"));
    const struct pt_saved_tensor *b = pt_saved_find(&saved, "b");
    assert_int_equal(b->type, PT_SAVED_F32);
    assert_int_equal(b->shape.rank, 2);
    assert_int_equal(b->shape.dim[0], 2);
    assert_int_equal(*(const char *)b->bytes, 6);
    assert_int_equal(pt_saved_find(&saved, "a")->type, PT_SAVED_BF16);
    assert_int_equal(pt_saved_find(&saved, "scalar")->shape.rank, 0);
    assert_null(pt_saved_find(&saved, "c"));
    assert_status(parse("{}", 0, &saved), PT_OK, &error);
    assert_int_equal(saved.tensor_count, 0);
}

static void damaged_headers_are_refused(void **unused)
{
    (void)unused;
    refuse(PT_CORRUPT, "", 0, "too few");
    refuse(PT_CORRUPT, " {}", 0, "does not begin with {");
    refuse(PT_CORRUPT, "{\"a\":", 0, "header is damaged");
    refuse(PT_CORRUPT, "{} {}", 0, "header is damaged");
    refuse(PT_CORRUPT, "{\"a\":3}", 0, "no object");
    refuse(PT_CORRUPT, "{\"__metadata__\":[]}", 0, "no object");
    refuse(PT_CORRUPT, "{\"__metadata__\":{\"epoch\":3}}", 0, "epoch is no text");
    refuse(PT_CORRUPT,
           "{" ENTRY("a", "F32", "[1]", "[0,4]") "," ENTRY("a", "F32", "[1]", "[4,8]") "}", 8, "a");
    refuse(PT_CORRUPT, "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "data_offsets");
    refuse(PT_CORRUPT, "{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "dtype");
    refuse(PT_CORRUPT, "{\"a\":{\"dtype\":\"F32\",\"shape\":3,\"data_offsets\":[0,4]}}", 4,
           "shape");
    refuse(PT_CORRUPT,
           "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"more\":1}}", 4,
           "more");
    refuse(PT_CORRUPT, "{" ENTRY("a", "F32", "[-1]", "[0,4]") "}", 4, "dimension");
    refuse(PT_CORRUPT, "{" ENTRY("a", "F32", "[1.0]", "[0,4]") "}", 4, "dimension");
    refuse(PT_CORRUPT, "{" ENTRY("a", "F32", "[\"1\"]", "[0,4]") "}", 4, "dimension");
    refuse(PT_UNSUPPORTED, "{" ENTRY("a", "F4", "[1]", "[0,8]") "}", 8, "F4");
    refuse(PT_UNSUPPORTED, "{" ENTRY("a", "F32", "[1,1,1,1,1,1,1]", "[0,4]") "}", 4,
           "7 dimensions");
}

static void data_that_do_not_tile_the_file_are_refused(void **unused)
{
    (void)unused;
    refuse(PT_CORRUPT, "{" ENTRY("a", "F32", "[1]", "[0,8]") "}", 4, "beyond the end");
    refuse(PT_CORRUPT, "{" ENTRY("a", "F32", "[1]", "[4,0]") "}", 4, "beyond");
    refuse(PT_CORRUPT, "{" ENTRY("a", "F32", "[2]", "[0,4]") "}", 4, "do not fit");
    refuse(PT_CORRUPT, "{" ENTRY("a", "F32", "[1]", "[-4,0]") "}", 4, "two numbers");
    refuse(PT_CORRUPT, "{" ENTRY("a", "F32", "[1]", "[0,4,4]") "}", 4, "two numbers");
    refuse(PT_CORRUPT, "{" ENTRY("a", "F32", "[1]", "[4,8]") "}", 8, "do not begin");
    refuse(PT_CORRUPT, "{" ENTRY("a", "F32", "[1]", "[0,4]") "}", 8, "4 bytes at the end");
    refuse(PT_CORRUPT, "{}", 1, "1 bytes at the end");
    refuse(PT_CORRUPT,
           "{" ENTRY("a", "F32", "[1]", "[0,4]") "," ENTRY("b", "F32", "[1]", "[0,4]") "}", 4,
           "do not begin");
    refuse(PT_CORRUPT,
           "{" ENTRY("a", "F32", "[1]", "[0,4]") "," ENTRY("b", "F32", "[1]", "[8,12]") "}", 12,
           "do not begin");
    // 2^62 * 4 bytes are 2^64, 0 in 64 bits.
    refuse(PT_CORRUPT, "{" ENTRY("a", "F32", "[4611686018427387904]", "[0,0]") "}", 0,
           "do not fit");
    refuse(PT_CORRUPT, "{" ENTRY("a", "F32", "[4294967296,4294967296]", "[0,0]") "}", 0,
           "do not fit");
    refuse(PT_CORRUPT, "{" ENTRY("a", "F32", "[99999999999999999999]", "[0,0]") "}", 0,
           "dimension");
}

static void lengths_beyond_the_file_are_refused(void **unused)
{
    (void)unused;
    struct pt_saved saved;
    const uint64_t lengths[] = {3, 100000001, UINT64_MAX, UINT64_C(1) << 63};
    for (int i = 0; i < 4; i++) {
        char bytes[10] = "";
        memcpy(bytes, &lengths[i], 8);
        memcpy(bytes + 8, "{}", 2);
        assert_status(pt_safetensors_parse(arena, bytes, sizeof bytes, "f", &saved, &error),
                      PT_CORRUPT, &error);
        assert_contains(error.message, "cut off");
    }
    assert_status(pt_safetensors_parse(arena, "", 0, "f", &saved, &error), PT_CORRUPT, &error);
}

static const char *write_example(const char *folder, struct pt_saved *ret_saved)
{
    static const float numbers[] = {1, -0.0f, INFINITY, 1e-40f, 5, 6};
    static const int32_t classes[] = {7, -8};
    static const struct pt_saved_tensor tensors[] = {
        {"layer \"1\" <ä>.weight", PT_SAVED_F32, {2, {2, 3}}, numbers, NULL},
        {"classes", PT_SAVED_I32, {1, {2}}, classes, NULL}};
    static const struct pt_saved_text texts[] = {{"key", "two\nlines"}, {"empty", ""}};
    *ret_saved =
        (struct pt_saved){.tensor_count = 2, .text_count = 2, .tensors = tensors, .texts = texts};
    const char *path = test_path(folder, "example.safetensors");
    assert_status(pt_safetensors_write(path, ret_saved, &error), PT_OK, &error);
    return path;
}

static void what_is_written_is_read_again(void **unused)
{
    (void)unused;
    struct pt_saved wrote, got;
    const char *path = write_example(test_folder(), &wrote);
    assert_status(pt_safetensors_open(arena, path, &got, &error), PT_OK, &error);
    assert_int_equal(got.tensor_count, 2);
    for (int i = 0; i < 2; i++) {
        const struct pt_saved_tensor *tensor = pt_saved_find(&got, wrote.tensors[i].name);
        assert_non_null(tensor);
        assert_int_equal(tensor->type, wrote.tensors[i].type);
        assert_true(pt_shape_equal(&tensor->shape, &wrote.tensors[i].shape));
        assert_memory_equal(tensor->bytes, wrote.tensors[i].bytes,
                            (size_t)pt_shape_size(&tensor->shape) * 4);
    }
    assert_string_equal(pt_saved_text(&got, "key"), "two\nlines");
    assert_string_equal(pt_saved_text(&got, "empty"), "");
    // Written again, checksum and all, the file is the same.
    const char *copy = test_path(test_folder(), "copy.safetensors");
    assert_status(pt_safetensors_write(copy, &got, &error), PT_OK, &error);
    size_t length, copy_length;
    char *bytes = test_read(path, &length), *copy_bytes = test_read(copy, &copy_length);
    assert_int_equal(length, copy_length);
    assert_memory_equal(bytes, copy_bytes, length);
    pt_safetensors_close(&got);
    pt_safetensors_close(&got); // twice does no harm
    free(bytes);
    free(copy_bytes);
}

// Whatever byte is changed or missing, the file is refused or says the same as before; a changed
// name or text is all that goes unseen.
static void every_damaged_byte_of_the_data_is_found(void **unused)
{
    (void)unused;
    struct pt_saved wrote, got;
    const char *folder = test_folder(), *path = write_example(folder, &wrote);
    size_t length;
    char *bytes = test_read(path, &length);
    for (size_t at = length - 32; at < length; at++) {
        bytes[at] ^= 0x10;
        test_file_bytes(folder, "damaged", bytes, length);
        assert_status(pt_safetensors_open(arena, test_path(folder, "damaged"), &got, &error),
                      PT_CORRUPT, &error);
        assert_contains(error.message, "checksum");
        bytes[at] ^= 0x10;
    }
    for (size_t shorter = 0; shorter < length; shorter++)
        assert_status(pt_safetensors_parse(arena, bytes, shorter, "f", &got, &error), PT_CORRUPT,
                      &error);
    free(bytes);
}

static void files_that_cannot_be_read_or_written_say_so(void **unused)
{
    (void)unused;
    struct pt_saved saved;
    const char *folder = test_folder();
    assert_status(pt_safetensors_open(arena, test_path(folder, "none"), &saved, &error),
                  PT_NOT_FOUND, &error);
    assert_contains(error.message, "none");
    assert_status(pt_safetensors_open(arena, folder, &saved, &error), PT_NOT_FOUND, &error);
    assert_contains(error.message, "model.safetensors.index.json");
    write_example(folder, &saved);
    assert_status(pt_safetensors_write(test_path(folder, "no/such/folder"), &saved, &error),
                  PT_NOT_FOUND, &error);
    struct pt_saved_tensor huge = {
        "huge", PT_SAVED_F32, {2, {INT64_C(1) << 40, INT64_C(1) << 40}}, NULL, NULL};
    saved = (struct pt_saved){.tensor_count = 1, .tensors = &huge};
    assert_status(pt_safetensors_write(test_path(folder, "huge"), &saved, &error), PT_OVERFLOW,
                  &error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_of_another_program_is_read, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(damaged_headers_are_refused, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(data_that_do_not_tile_the_file_are_refused, make_arena,
                                        free_arena),
        cmocka_unit_test_setup_teardown(lengths_beyond_the_file_are_refused, make_arena,
                                        free_arena),
        cmocka_unit_test_setup_teardown(what_is_written_is_read_again, make_arena, free_arena),
        cmocka_unit_test_setup_teardown(every_damaged_byte_of_the_data_is_found, make_arena,
                                        free_arena),
        cmocka_unit_test_setup_teardown(files_that_cannot_be_read_or_written_say_so, make_arena,
                                        free_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
