// A program that embeds the library may have set a locale with a decimal comma. Files and JSON must
// not notice. The locale is made here, since a machine need not have one.
#include "support.h"

#include <locale.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/json_writer.h"
#include "base/node.h"
#include "base/parse.h"
#include "base/table.h"

// True if printf writes "1,5" from now on.
static bool enter_comma_locale(void)
{
    const char *folder = test_folder();
    const char *source = test_file(folder, "comma.src",
                                   "comment_char %\nescape_char /\nLC_NUMERIC\n"
                                   "decimal_point \",\"\nthousands_sep \".\"\ngrouping 3;3\n"
                                   "END LC_NUMERIC\n");
    char command[512], text[16];
    // It complains about the missing categories and writes LC_NUMERIC all the same.
    snprintf(command, sizeof command,
             "localedef -c -f ANSI_X3.4-1968 -i %s %s/comma >/dev/null 2>&1", source, folder);
    int ignored = system(command);
    (void)ignored;
    setenv("LOCPATH", folder, 1);
    if (setlocale(LC_NUMERIC, "comma") == NULL)
        return false;
    snprintf(text, sizeof text, "%.1f", 1.5);
    return strcmp(text, "1,5") == 0;
}

static void numbers_are_read_and_written_with_a_point(void **unused)
{
    (void)unused;
    double value;
    char buffer[64];
    assert_true(pt_parse_double("1.5", &value));
    assert_near(value, 1.5, 0);
    assert_false(pt_parse_double("1,5", &value));
    assert_true(pt_parse_count("1.5M", &value));
    assert_near(value, 1.5e6, 0);
    assert_string_equal(pt_format_double(0.1, buffer), "0.1");
    assert_string_equal(pt_format_watts(1.5, buffer), "1.5 W");
    assert_string_equal(pt_format_money(1.5, "EUR", buffer), "1.50 EUR");
    assert_string_equal(pt_format_duration(1.5, buffer), "1.5 s");
}

// The caller's own printf keeps its comma.
static void the_locale_of_the_caller_stays(void **unused)
{
    (void)unused;
    char buffer[64], text[16];
    pt_format_double(0.1, buffer);
    snprintf(text, sizeof text, "%.1f", 1.5);
    assert_string_equal(text, "1,5");
}

static void json_is_read_and_written_with_a_point(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    struct pt_error error;
    const struct pt_node *root;
    double value = 0;
    assert_status(pt_json_parse(arena, "[0.25]", 6, "a.json", &root, &error), PT_OK, &error);
    assert_status(pt_node_number(root->first, -INFINITY, INFINITY, &value, &error), PT_OK, &error);
    assert_near(value, 0.25, 0);
    pt_arena_destroy(arena);

    char *text;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    struct pt_json_writer writer;
    pt_json_begin(&writer, stream, false);
    pt_json_number(&writer, NULL, 0.25);
    fclose(stream);
    assert_string_equal(text, "0.25");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_and_written_with_a_point),
        cmocka_unit_test(the_locale_of_the_caller_stays),
        cmocka_unit_test(json_is_read_and_written_with_a_point),
    };
    if (!enter_comma_locale()) {
        print_message("skipped: localedef cannot make a locale with a decimal comma here\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
