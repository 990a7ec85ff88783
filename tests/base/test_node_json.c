#include "support.h"

#include "base/node.h"

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

static const struct pt_node *parse(const char *text)
{
    const struct pt_node *root = NULL;
    assert_status(pt_json_parse(arena, text, strlen(text), "f", &root, &error), PT_OK, &error);
    return root;
}

static void refuse_bytes(const char *text, size_t length, const char *message)
{
    const struct pt_node *root = NULL;
    if (pt_json_parse(arena, text, length, "f", &root, &error) == PT_OK)
        fail_msg("accepted: %s", text);
    assert_int_equal(error.status, PT_BAD_INPUT);
    assert_contains(error.message, message);
    assert_null(root);
    if (length < 500) // that nobody asks is tried on the small ones
        assert_int_equal(pt_json_parse(arena, text, length, "f", &root, NULL), PT_BAD_INPUT);
}

static void refuse(const char *text, const char *message)
{
    refuse_bytes(text, strlen(text), message);
}

static void check_place(const struct pt_node *node, int line, int column, int key_line,
                        int key_column)
{
    assert_int_equal(node->line, line);
    assert_int_equal(node->column, column);
    assert_int_equal(node->key_line, key_line);
    assert_int_equal(node->key_column, key_column);
}

static void a_tree_has_kinds_keys_counts_and_places(void **unused)
{
    (void)unused;
    const struct pt_node *root =
        parse("{\n  \"a\": [1, {}, []],\n  \"b\" :\n    \"x\" , \"c\":true}");
    assert_int_equal(root->kind, PT_NODE_MAPPING);
    assert_int_equal(root->count, 3);
    check_place(root, 1, 1, 0, 0);
    const struct pt_node *a = root->first, *b = a->next, *c = b->next;
    assert_int_equal(a->kind, PT_NODE_SEQUENCE);
    assert_int_equal(a->count, 3);
    check_place(a, 2, 8, 2, 3);
    check_place(a->first, 2, 9, 0, 0);
    assert_null(a->first->key);
    check_place(a->first->next, 2, 12, 0, 0);
    check_place(a->first->next->next, 2, 16, 0, 0);
    check_place(b, 4, 5, 3, 3);
    assert_string_equal(b->key, "b");
    assert_string_equal(b->text, "x");
    check_place(c, 4, 15, 4, 11);
    assert_string_equal(c->text, "true");
    assert_null(c->next);
}

// Every node at the place where its text stands: brackets, quotes and escapes must not confuse the
// walk. Each value is its own column.
static void the_walk_keeps_step_with_the_tree(void **unused)
{
    (void)unused;
    const struct pt_node *node =
        parse("[\"]},\\\"\\\\\",{\"k:[\":[[]]},-1.5e+3,\"\\u00e9\\n\",null]")->first;
    static const int columns[] = {2, 12, 25, 33, 44};
    static const char *const texts[] = {"]},\"\\", "", "-1.5e+3", "\u00e9\n", "null"};
    for (int i = 0; i < 5; i++, node = node->next) {
        assert_int_equal(node->column, columns[i]);
        assert_string_equal(node->text, texts[i]);
    }
}

static void columns_count_characters(void **unused)
{
    (void)unused;
    check_place(parse("{\"\u00e9\u7535\": 1}")->first, 1, 8, 1, 2);
}

static void keys_keep_their_order(void **unused)
{
    (void)unused;
    char text[40000] = "{", key[16];
    size_t used = 1;
    for (int i = 0; i < 2000; i++)
        used += (size_t)sprintf(text + used, "%s\"k%d\":%d", i == 0 ? "" : ",", i * 7919 % 2000, i);
    strcpy(text + used, "}");
    const struct pt_node *node = parse(text)->first;
    for (int i = 0; i < 2000; i++, node = node->next) {
        sprintf(key, "k%d", i * 7919 % 2000);
        assert_string_equal(node->key, key);
        sprintf(key, "%d", i);
        assert_string_equal(node->text, key);
    }
    assert_null(node);
}

static void numbers_keep_their_digits(void **unused)
{
    (void)unused;
    // The last two stand in files of HuggingFace: model_max_length, and 2^63.
    const struct pt_node *node = parse("[9007199254740993, -9223372036854775808, 0.10, "
                                       "1000000000000000019884624838656, 9223372036854775808]")
                                     ->first;
    static const char *const texts[] = {"9007199254740993", "-9223372036854775808", "0.10",
                                        "1000000000000000019884624838656", "9223372036854775808"};
    for (int i = 0; i < 5; i++, node = node->next) {
        assert_string_equal(node->text, texts[i]);
        assert_false(node->quoted);
        assert_true(node->typed);
    }
}

static void scalars_know_their_type(void **unused)
{
    (void)unused;
    const struct pt_node *null = parse("null"), *text = parse("\"null\""), *empty = parse("\"\"");
    assert_true(null->is_null);
    assert_false(null->quoted);
    assert_false(text->is_null);
    assert_true(text->quoted);
    assert_string_equal(empty->text, "");
    assert_false(empty->is_null);
    assert_int_equal(parse(" 12 ")->column, 2);
}

static void escapes_become_utf8(void **unused)
{
    (void)unused;
    assert_string_equal(parse("\"\\u00e9\\ud83d\\udd0b\\/\"")->text, "\u00e9\U0001F50B/");
}

static void what_rfc_8259_forbids_is_refused(void **unused)
{
    (void)unused;
    static const char *const cases[] = {
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "[1 2]",
        "[01]",
        "[.5]",
        "[1.]",
        "[+1]",
        "[0x1]",
        "[NaN]",
        "[Infinity]",
        "[-Infinity]",
        "[1e]",
        "[tru]",
        "[True]",
        "[None]",
        "1 2",
        "{} x",
        "[\"a]",
        "[\"\\x\"]",
        "[\"\\u12\"]",
        "[\"a\nb\"]",
        "[\"\t\"]",
        "// c\n1",
        "[\"\\ud83d\"]",
        "[\"\\udd0b\"]",
        "{\"a\"}",
        "{1:2}",
        "]",
        "[1]]",
        "[1e999]",
        "\xff",
        "[\"\xc0\x80\"]",
        "[\"\xed\xa0\x80\"]",
        "[\"\\u0000\"]",
        "{\"\\u0000\":1}",
        "[\"\\",
        "\"",
        "[\"\\\"",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refuse(cases[i], "f:");
    refuse_bytes("[1]\0", 4, "f:1:");
    refuse_bytes("[\"a\0b\"]", 7, "f:1:");
    refuse_bytes("\xff\xfe[\0]\0", 6, "f:1:"); // UTF-16 with its mark
}

static void a_syntax_error_has_its_place(void **unused)
{
    (void)unused;
    refuse("{\n  \"a\": 1,\n  \"b\" 2\n}", "f:3:");
    assert_contains(error.message, "near '2'");
    refuse("{\"a\": 1, \"b\": 2,\n \"a\": 3}", "f:2:");
    assert_contains(error.message, "duplicate object key near '\"a\"'");
}

static void nesting_has_a_limit(void **unused)
{
    (void)unused;
    char text[200] = "";
    memset(text, '[', 64);
    text[64] = '1';
    memset(text + 65, ']', 64);
    const struct pt_node *node = parse(text);
    int depth = 0;
    for (; node->first != NULL; node = node->first)
        depth++;
    assert_int_equal(depth, 64);
    memset(text, '[', 65);
    refuse(text, "f:1:65: nested deeper than 64 levels");
    memset(text, '"', 1);
    memset(text + 100, '"', 1); // brackets in a text nest nothing
    text[101] = '\0';
    parse(text);
}

// A list of lists of 1000 numbers: 1 + 1000 + 999,000 values are 1,000,001.
static void more_than_a_million_values_are_refused(void **unused)
{
    (void)unused;
    char *text;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    for (int i = 0; i < 1000; i++) {
        fputs(i == 0 ? "[" : ",", stream);
        for (int k = 0; k < 999; k++)
            fputs(k == 0 ? "[1" : ",1", stream);
        fputs("]", stream);
    }
    fputs("]", stream);
    fclose(stream);
    refuse_bytes(text, length, "more than 1000000 values");
    text[length - 3] = ' '; // one number less
    text[length - 4] = ' ';
    const struct pt_node *root = NULL;
    assert_status(pt_json_parse(arena, text, length, "f", &root, &error), PT_OK, &error);
    assert_int_equal(root->count, 1000);
    free(text);
}

static void a_byte_order_mark_is_skipped(void **unused)
{
    (void)unused;
    assert_string_equal(parse("\xEF\xBB\xBF[1]")->first->text, "1");
    refuse("\xEF\xBB\xBF", "f:1:");
}

static void check_same(const struct pt_node *a, const struct pt_node *b)
{
    assert_int_equal(a->kind, b->kind);
    check_place(a, b->line, b->column, b->key_line, b->key_column);
    assert_int_equal(a->key == NULL, b->key == NULL);
    if (a->key != NULL)
        assert_string_equal(a->key, b->key);
    assert_string_equal(a->text, b->text);
    assert_int_equal(a->quoted, b->quoted);
    assert_int_equal(a->is_null, b->is_null);
    assert_int_equal(a->count, b->count);
    const struct pt_node *x = a->first, *y = b->first;
    for (; x != NULL && y != NULL; x = x->next, y = y->next)
        check_same(x, y);
    assert_true(x == NULL && y == NULL);
}

// JSON is YAML, so that libyaml is a second opinion on the tree and on every place.
static void the_yaml_reader_finds_the_same_tree_and_places(void **unused)
{
    (void)unused;
    static const char text[] =
        "{\n  \"model_type\" : \"llama\", \"d\u00e9j\u00e0\": [ ],\n"
        "  \"layers\": [ {\"units\": 4096,\"name\":\"\\\"q\\\" , [x] \u7535\"},\n\n"
        "    [[1.5e-3 ,true],[ false,null ] , {}], \"\\u00e9\\n\", -7 ],\r\n"
        "  \"empty\": \"\", \"o\": {\"p\": {\"q\": {\"r\": [0]}}}\n}\n";
    const struct pt_node *as_yaml = NULL;
    assert_status(pt_yaml_parse(arena, text, sizeof text - 1, "f", &as_yaml, &error), PT_OK,
                  &error);
    check_same(parse(text), as_yaml);
}

// The text need not end with a NUL.
static void no_byte_behind_the_end_is_read(void **unused)
{
    (void)unused;
    static const char *const cases[] = {"12", "\"a\"", "[1]", "\"a", "\"\\", "[1", "{\"a\"", "tru"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t length = strlen(cases[i]);
        char *text = malloc(length); // so that the sanitizer sees a read too far
        const struct pt_node *root;
        memcpy(text, cases[i], length);
        assert_int_equal(pt_json_parse(arena, text, length, "f", &root, &error) == PT_OK, i < 3);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_has_kinds_keys_counts_and_places),
        cmocka_unit_test(the_walk_keeps_step_with_the_tree),
        cmocka_unit_test(columns_count_characters),
        cmocka_unit_test(keys_keep_their_order),
        cmocka_unit_test(numbers_keep_their_digits),
        cmocka_unit_test(scalars_know_their_type),
        cmocka_unit_test(escapes_become_utf8),
        cmocka_unit_test(what_rfc_8259_forbids_is_refused),
        cmocka_unit_test(a_syntax_error_has_its_place),
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(more_than_a_million_values_are_refused),
        cmocka_unit_test(a_byte_order_mark_is_skipped),
        cmocka_unit_test(the_yaml_reader_finds_the_same_tree_and_places),
        cmocka_unit_test(no_byte_behind_the_end_is_read),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
