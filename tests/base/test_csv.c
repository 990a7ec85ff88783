#include "support.h"

#include "base/csv.h"

static struct pt_arena *arena;
static struct pt_error error;

static int open_arena(void **unused)
{
    (void)unused;
    arena = pt_arena_create();
    return arena == NULL ? -1 : 0;
}

static int close_arena(void **unused)
{
    (void)unused;
    pt_arena_destroy(arena);
    return 0;
}

static struct pt_csv parse_with(const char *text, char separator)
{
    struct pt_csv csv = {0};
    assert_status(pt_csv_parse(arena, text, strlen(text), "f.csv", separator, &csv, &error), PT_OK,
                  &error);
    return csv;
}

static struct pt_csv parse(const char *text)
{
    return parse_with(text, ',');
}

static void refuse_bytes(const char *text, size_t length, const char *message)
{
    struct pt_csv csv = {.row_count = -1};
    assert_status(pt_csv_parse(arena, text, length, "f.csv", ',', &csv, &error), PT_BAD_INPUT,
                  &error);
    assert_string_equal(error.message, message);
    assert_int_equal(csv.row_count, -1);
    assert_int_equal(pt_csv_parse(arena, text, length, "f.csv", ',', &csv, NULL), PT_BAD_INPUT);
}

static void refuse(const char *text, const char *message)
{
    refuse_bytes(text, strlen(text), message);
}

// All fields with '|' between them and '/' behind each row.
static void check(struct pt_csv csv, const char *expected)
{
    char *text;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    for (int64_t i = 0; i < csv.row_count; i++)
        for (int64_t k = 0; k < csv.rows[i].count; k++)
            fprintf(stream, "%s%c", csv.rows[i].fields[k], k + 1 < csv.rows[i].count ? '|' : '/');
    fclose(stream);
    assert_string_equal(text, expected);
    free(text);
}

static void fields_and_rows_are_separated(void **unused)
{
    (void)unused;
    struct pt_csv csv = parse("a,b\n1,2\n3,4\n");
    assert_int_equal(csv.row_count, 3);
    assert_string_equal(csv.name, "f.csv");
    check(csv, "a|b/1|2/3|4/");
    check(parse("a,b\n1,2"), "a|b/1|2/"); // no line end at the end
    check(parse("one"), "one/");
    check(parse_with("a;b,c\n1;2,3\n", ';'), "a|b,c/1|2,3/");
    check(parse_with("a\tb\n", '\t'), "a|b/");
}

static void empty_fields_are_empty_texts(void **unused)
{
    (void)unused;
    check(parse(",\n,\n"), "|/|/");
    check(parse("a,,b\n,,"), "a||b/||/");
    check(parse("\"\"\n\"\"\n"), "//"); // rows of one empty text, not blank lines
}

// RFC 4180, section 2, rules 5 to 7.
static void quotes_hold_commas_quotes_and_line_ends(void **unused)
{
    (void)unused;
    check(parse("\"aaa\",\"b\r\nbb\",\"ccc\"\nzzz,yyy,xxx"), "aaa|b\r\nbb|ccc/zzz|yyy|xxx/");
    check(parse("\"aaa\",\"b\"\"bb\",\"c,c\""), "aaa|b\"bb|c,c/");
    check(parse("\"\"\"\",x"), "\"|x/");
}

static void a_quote_inside_a_plain_field_is_itself(void **unused)
{
    (void)unused;
    check(parse("5\" disk,a\"b\"c\n"), "5\" disk|a\"b\"c/");
    check(parse(" \"a\",b\n"), " \"a\"|b/"); // blanks belong to the field
}

static void lines_end_with_lf_or_crlf(void **unused)
{
    (void)unused;
    check(parse("a,b\r\n1,2\r\n"), "a|b/1|2/");
    check(parse("a,b\r\n1,2\r"), "a|b/1|2/");
    check(parse("\"a\",\"b\"\r\n1,2"), "a|b/1|2/");
    check(parse("a\rb,c\n"), "a\rb|c/"); // alone it is a character
}

static void blank_lines_are_skipped_and_counted(void **unused)
{
    (void)unused;
    struct pt_csv csv = parse("\n\r\na,b\n\n\n1,\"x\ny\"\n\n3,4\n\n");
    check(csv, "a|b/1|x\ny/3|4/");
    assert_int_equal(csv.rows[0].line, 3);
    assert_int_equal(csv.rows[1].line, 6);
    assert_int_equal(csv.rows[2].line, 9);
}

static void a_byte_order_mark_is_skipped(void **unused)
{
    (void)unused;
    struct pt_csv csv = parse("\xEF\xBB\xBF"
                              "a,b\n");
    assert_int_equal(pt_csv_column(&csv, "a"), 0);
}

static void an_empty_file_has_no_rows(void **unused)
{
    (void)unused;
    struct pt_csv csv = parse("");
    assert_int_equal(csv.row_count, 0);
    assert_int_equal(pt_csv_column(&csv, "a"), -1);
    assert_int_equal(parse("\n\r\n\n").row_count, 0);
}

static void columns_are_found_by_name(void **unused)
{
    (void)unused;
    struct pt_csv csv = parse("time,energy,energy\n1,2,3\n");
    assert_int_equal(pt_csv_column(&csv, "time"), 0);
    assert_int_equal(pt_csv_column(&csv, "energy"), 1);
    assert_int_equal(pt_csv_column(&csv, "1"), -1);
    assert_int_equal(pt_csv_column(&csv, ""), -1);
}

static void a_row_of_another_length_is_refused(void **unused)
{
    (void)unused;
    refuse("a,b\n\n1,2,3\n", "f.csv:3: 3 fields, but line 1 has 2");
    refuse("\na,b\n1\n", "f.csv:3: 1 fields, but line 2 has 2");
    refuse("a,b\n1,2,", "f.csv:2: 3 fields, but line 1 has 2");
}

static void an_unclosed_quote_is_refused_where_it_opens(void **unused)
{
    (void)unused;
    refuse("a,b\n1,\"x\ny\nz\n", "f.csv:2: a quote is opened here and never closed");
    refuse("\"", "f.csv:1: a quote is opened here and never closed");
    refuse("\"\"\"", "f.csv:1: a quote is opened here and never closed");
}

static void text_behind_a_closing_quote_is_refused(void **unused)
{
    (void)unused;
    refuse("a,b\n\"x\ny\"z,2\n", "f.csv:3: text behind a closing quote; double the quotes inside");
    refuse("\"a\" ,b", "f.csv:1: text behind a closing quote; double the quotes inside");
}

static void a_nul_byte_is_refused(void **unused)
{
    (void)unused;
    refuse_bytes("a,b\n1,\0\n", 8, "f.csv:2: a NUL byte; this is no text");
}

// No byte behind the end is read, and none behind the buffer of fields written.
static void any_end_is_an_end(void **unused)
{
    (void)unused;
    static const char whole[] = "a,\"b\"\"\",c\r\n\"x\r\ny\",,\"\"\n";
    for (size_t length = 0; length < sizeof whole; length++) {
        char *text = malloc(length == 0 ? 1 : length);
        struct pt_csv csv;
        memcpy(text, whole, length);
        enum pt_status status = pt_csv_parse(arena, text, length, "f", ',', &csv, &error);
        assert_true(status == PT_OK || status == PT_BAD_INPUT);
        free(text);
    }
}

static void many_rows_are_read(void **unused)
{
    (void)unused;
    char *text;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    for (int i = 0; i < 10000; i++)
        fprintf(stream, "%d,%d,\"%d\"\n", i, i * i % 997, -i);
    fclose(stream);
    struct pt_csv csv;
    assert_status(pt_csv_parse(arena, text, length, "f", ',', &csv, &error), PT_OK, &error);
    assert_int_equal(csv.row_count, 10000);
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(csv.rows[i].line, i + 1);
        assert_int_equal(atoi(csv.rows[i].fields[1]), i * i % 997);
        assert_int_equal(atoi(csv.rows[i].fields[2]), -i);
    }
    free(text);
}

static void a_file_is_read_and_named(void **unused)
{
    (void)unused;
    struct pt_csv csv;
    const char *folder = test_folder(), *good = test_file(folder, "good.csv", "a,b\n1,2\n");
    const char *bad = test_file(folder, "bad.csv", "a,b\n1\n");
    assert_status(pt_csv_read_file(arena, good, ',', &csv, &error), PT_OK, &error);
    check(csv, "a|b/1|2/");
    assert_string_equal(csv.name, good);
    assert_status(pt_csv_read_file(arena, bad, ',', &csv, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "bad.csv:2: 1 fields");
    assert_status(pt_csv_read_file(arena, test_path(folder, "none"), ',', &csv, &error),
                  PT_NOT_FOUND, &error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_and_rows_are_separated),
        cmocka_unit_test(empty_fields_are_empty_texts),
        cmocka_unit_test(quotes_hold_commas_quotes_and_line_ends),
        cmocka_unit_test(a_quote_inside_a_plain_field_is_itself),
        cmocka_unit_test(lines_end_with_lf_or_crlf),
        cmocka_unit_test(blank_lines_are_skipped_and_counted),
        cmocka_unit_test(a_byte_order_mark_is_skipped),
        cmocka_unit_test(an_empty_file_has_no_rows),
        cmocka_unit_test(columns_are_found_by_name),
        cmocka_unit_test(a_row_of_another_length_is_refused),
        cmocka_unit_test(an_unclosed_quote_is_refused_where_it_opens),
        cmocka_unit_test(text_behind_a_closing_quote_is_refused),
        cmocka_unit_test(a_nul_byte_is_refused),
        cmocka_unit_test(any_end_is_an_end),
        cmocka_unit_test(many_rows_are_read),
        cmocka_unit_test(a_file_is_read_and_named),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
