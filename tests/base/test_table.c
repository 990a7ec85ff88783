#include "support.h"

#include <fcntl.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/table.h"

static struct pt_arena *arena;

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

static void check(const struct pt_table *table, int width, const char *expected)
{
    char *text;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    pt_table_print(table, stream, width);
    fclose(stream);
    assert_string_equal(text, expected);
    free(text);
}

static struct pt_table *make(const char *left, const char *right)
{
    return pt_table_create(arena, (const char *const[]){left, right}, 2);
}

static void add(struct pt_table *table, const char *left, const char *right)
{
    pt_table_row(table, (const char *const[]){left, right});
}

static void use_locale(const char *name)
{
    if (setlocale(LC_CTYPE, name) == NULL)
        skip();
}

static void columns_are_as_wide_as_their_widest_cell(void **unused)
{
    (void)unused;
    use_locale("C");
    struct pt_table *table = make("part", ">energy");
    add(table, "compute", "1.2 Wh");
    add(table, "data", "10.75 Wh");
    pt_table_rule(table);
    add(table, "sum", NULL);
    check(table, 0,
          "part       energy\n"
          "compute    1.2 Wh\n"
          "data     10.75 Wh\n"
          "-----------------\n"
          "sum             -\n");
}

// Cells are copied: the caller's buffer may change.
static void cells_are_copies(void **unused)
{
    (void)unused;
    char cell[] = "before";
    struct pt_table *table = make("a", "b");
    add(table, cell, "x");
    strcpy(cell, "after!");
    check(table, 0, "a       b\nbefore  x\n");
}

// 11 + 2 + 3 columns are 16; at 13 the left-aligned one gives three.
static void the_widest_left_column_is_cut_to_fit(void **unused)
{
    (void)unused;
    use_locale("C.utf8");
    struct pt_table *table = make("name", ">n");
    add(table, "fashion-mlp", "123");
    check(table, 0, "name           n\nfashion-mlp  123\n");
    check(table, 13, "name        n\nfashion\u2026  123\n");
    use_locale("C");
    check(table, 13, "name        n\nfashi...  123\n");
}

static void right_columns_are_never_cut(void **unused)
{
    (void)unused;
    use_locale("C");
    struct pt_table *table = make("name", ">cost");
    add(table, "fashion", "1234567.89 EUR");
    check(table, 5, "name            cost\nf...  1234567.89 EUR\n");
}

// Two columns for a Chinese character, none for a combining accent, by Unicode's East Asian Width.
static void width_is_what_the_terminal_shows(void **unused)
{
    (void)unused;
    use_locale("C.utf8");
    struct pt_table *table = make("x", ">n");
    add(table, "\u7535\u529b", "1");    // four columns
    add(table, "e\u0301e\u0301", "22"); // two columns
    add(table, "\u00e9t\u00e9", "3");
    pt_table_rule(table);
    check(table, 0,
          "x      n\n\u7535\u529b   1\ne\u0301e\u0301    22\n\u00e9t\u00e9    3\n"
          "\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\n");
}

// A wide character does not fit into the one column that is left.
static void wide_characters_are_not_halved(void **unused)
{
    (void)unused;
    use_locale("C.utf8");
    struct pt_table *table = make("x", ">n");
    add(table, "\u7535\u529b\u7535\u529b", "1");
    check(table, 9, "x       n\n\u7535\u529b\u2026   1\n");
}

static void control_characters_do_not_reach_the_terminal(void **unused)
{
    (void)unused;
    struct pt_table *table = make("a", "b");
    add(table, "\x1b[2J\n", "\xff\xc2\x9b");
    check(table, 0, "a      b\n?[2J?  ??\n");
}

static void a_table_that_found_no_memory_says_so(void **unused)
{
    (void)unused;
    pt_table_row(NULL, NULL);
    pt_table_rule(NULL);
    check(NULL, 80, "(no memory for the table)\n");
}

static void without_a_terminal_columns_or_80(void **unused)
{
    (void)unused;
    int fd = open("/dev/null", O_RDONLY);
    unsetenv("COLUMNS");
    assert_int_equal(pt_terminal_width(fd), 80);
    setenv("COLUMNS", "132", 1);
    assert_int_equal(pt_terminal_width(fd), 132);
    static const char *const wrong[] = {"", "0", "-5", "wide", "99999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        setenv("COLUMNS", wrong[i], 1);
        assert_int_equal(pt_terminal_width(fd), 80);
    }
    close(fd);
}

static void a_terminal_tells_its_width(void **unused)
{
    (void)unused;
    int fd = posix_openpt(O_RDWR | O_NOCTTY);
    struct winsize size = {.ws_col = 57, .ws_row = 20};
    if (fd < 0 || ioctl(fd, TIOCSWINSZ, &size) != 0)
        skip();
    setenv("COLUMNS", "132", 1);
    assert_int_equal(pt_terminal_width(fd), 57);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_as_wide_as_their_widest_cell),
        cmocka_unit_test(cells_are_copies),
        cmocka_unit_test(the_widest_left_column_is_cut_to_fit),
        cmocka_unit_test(right_columns_are_never_cut),
        cmocka_unit_test(width_is_what_the_terminal_shows),
        cmocka_unit_test(wide_characters_are_not_halved),
        cmocka_unit_test(control_characters_do_not_reach_the_terminal),
        cmocka_unit_test(a_table_that_found_no_memory_says_so),
        cmocka_unit_test(without_a_terminal_columns_or_80),
        cmocka_unit_test(a_terminal_tells_its_width),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
