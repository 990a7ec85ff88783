#include "support.h"

#include <jansson.h>

#include "base/json_writer.h"

typedef void writing(struct pt_json_writer *writer);

// What write writes; the caller frees it.
static char *written(writing *write, bool pretty)
{
    char *text;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    struct pt_json_writer writer;
    assert_non_null(stream);
    pt_json_begin(&writer, stream, pretty);
    write(&writer);
    assert_int_equal(fclose(stream), 0);
    return text;
}

static void check(writing *write, bool pretty, const char *expected)
{
    char *text = written(write, pretty);
    assert_string_equal(text, expected);
    free(text);
}

static void write_all_kinds(struct pt_json_writer *w)
{
    pt_json_object(w, NULL);
    pt_json_string(w, "name", "mlp");
    pt_json_string(w, "none", NULL);
    pt_json_number(w, "half", 0.5);
    pt_json_integer(w, "count", INT64_MIN);
    pt_json_bool(w, "yes", true);
    pt_json_array(w, "list");
    pt_json_integer(w, NULL, 1);
    pt_json_null(w, NULL);
    pt_json_array(w, NULL);
    pt_json_end_array(w);
    pt_json_object(w, NULL);
    pt_json_end_object(w);
    pt_json_end_array(w);
    pt_json_bool(w, "no", false);
    pt_json_end_object(w);
}

static void every_kind_of_value_is_written(void **unused)
{
    (void)unused;
    check(write_all_kinds, false,
          "{\"name\":\"mlp\",\"none\":null,\"half\":0.5,\"count\":-9223372036854775808,"
          "\"yes\":true,\"list\":[1,null,[],{}],\"no\":false}");
}

static void pretty_means_one_item_a_line(void **unused)
{
    (void)unused;
    check(write_all_kinds, true,
          "{\n  \"name\": \"mlp\",\n  \"none\": null,\n  \"half\": 0.5,\n"
          "  \"count\": -9223372036854775808,\n  \"yes\": true,\n  \"list\": [\n    1,\n    null,\n"
          "    [],\n    {}\n  ],\n  \"no\": false\n}\n");
}

static void write_unknown_numbers(struct pt_json_writer *w)
{
    pt_json_array(w, NULL);
    pt_json_number(w, NULL, NAN);
    pt_json_number(w, NULL, INFINITY);
    pt_json_number(w, NULL, -INFINITY);
    pt_json_number(w, NULL, 0);
    pt_json_end_array(w);
}

static void unknown_is_null_and_not_zero(void **unused)
{
    (void)unused;
    check(write_unknown_numbers, false, "[null,null,null,0]");
}

static void write_quantities(struct pt_json_writer *w)
{
    struct pt_quantity quantity = {1.5, 1, 2, PT_MEASURED};
    pt_json_object(w, NULL);
    pt_json_quantity(w, "energy", quantity);
    pt_json_quantity(w, "unknown", pt_quantity_missing());
    pt_json_end_object(w);
}

static void a_quantity_keeps_interval_and_provenance(void **unused)
{
    (void)unused;
    check(write_quantities, false,
          "{\"energy\":{\"value\":1.5,\"low\":1,\"high\":2,\"provenance\":\"measured\"},"
          "\"unknown\":{\"value\":null,\"low\":null,\"high\":null,\"provenance\":\"missing\"}}");
}

static void write_hostile_texts(struct pt_json_writer *w)
{
    pt_json_array(w, NULL);
    pt_json_string(w, NULL, "\"\\/\b\f\n\r\t\x01\x1f");
    pt_json_string(w, NULL, "</script><!--");
    pt_json_string(w, NULL, "\xc3\xa9\xf0\x9f\x94\x8b");
    pt_json_string(w, NULL, "a\xff\xc3");            // a byte of no character; half of one
    pt_json_string(w, NULL, "\xed\xa0\x80\xc0\x80"); // surrogate; overlong NUL
    pt_json_end_array(w);
}

static void texts_are_escaped_and_always_utf8(void **unused)
{
    (void)unused;
    check(write_hostile_texts, false,
          "[\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\",\"\\u003c/script>\\u003c!--\","
          "\"\xc3\xa9\xf0\x9f\x94\x8b\",\"a\\ufffd\\ufffd\","
          "\"\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\"]");
}

// jansson, a second implementation, reads what we write and finds the same texts.
static void a_strict_reader_accepts_all_of_it(void **unused)
{
    (void)unused;
    static writing *const all[] = {write_all_kinds, write_unknown_numbers, write_quantities,
                                   write_hostile_texts};
    for (size_t i = 0; i < 2 * sizeof all / sizeof *all; i++) {
        char *text = written(all[i / 2], i % 2 == 1);
        json_error_t error;
        json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
        if (root == NULL)
            fail_msg("%s: %s", error.text, text);
        if (all[i / 2] == write_hostile_texts)
            assert_string_equal(json_string_value(json_array_get(root, 0)),
                                "\"\\/\b\f\n\r\t\x01\x1f");
        json_decref(root);
        free(text);
    }
}

static void a_full_disk_shows_in_the_stream(void **unused)
{
    (void)unused;
    FILE *stream = fopen("/dev/full", "w");
    if (stream == NULL)
        skip();
    struct pt_json_writer writer;
    pt_json_begin(&writer, stream, false);
    write_all_kinds(&writer);
    fflush(stream);
    assert_true(ferror(stream));
    fclose(stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_value_is_written),
        cmocka_unit_test(pretty_means_one_item_a_line),
        cmocka_unit_test(unknown_is_null_and_not_zero),
        cmocka_unit_test(a_quantity_keeps_interval_and_provenance),
        cmocka_unit_test(texts_are_escaped_and_always_utf8),
        cmocka_unit_test(a_strict_reader_accepts_all_of_it),
        cmocka_unit_test(a_full_disk_shows_in_the_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
