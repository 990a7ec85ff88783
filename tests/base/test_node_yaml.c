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

static const struct pt_node *parse_bytes(const char *text, size_t length)
{
    const struct pt_node *root = NULL;
    assert_status(pt_yaml_parse(arena, text, length, "f", &root, &error), PT_OK, &error);
    return root;
}

static const struct pt_node *parse(const char *text)
{
    return parse_bytes(text, strlen(text));
}

static void refuse_bytes(const char *text, size_t length, const char *message)
{
    const struct pt_node *root = NULL;
    assert_status(pt_yaml_parse(arena, text, length, "f", &root, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, message);
    assert_null(root);
    if (length < 500) // that nobody asks is tried on the small ones
        assert_int_equal(pt_yaml_parse(arena, text, length, "f", &root, NULL), PT_BAD_INPUT);
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
        parse("# run\nname: mlp\nlayers:\n  - linear: {units: 8}\n  - relu\n");
    assert_int_equal(root->kind, PT_NODE_MAPPING);
    assert_int_equal(root->count, 2);
    assert_null(root->key);
    check_place(root, 2, 1, 0, 0);
    const struct pt_node *name = root->first, *layers = name->next;
    assert_string_equal(name->key, "name");
    assert_string_equal(name->text, "mlp");
    check_place(name, 2, 7, 2, 1);
    assert_int_equal(layers->kind, PT_NODE_SEQUENCE);
    assert_int_equal(layers->count, 2);
    check_place(layers, 4, 3, 3, 1);
    const struct pt_node *units = layers->first->first->first;
    assert_string_equal(units->key, "units");
    check_place(units, 4, 21, 4, 14);
    const struct pt_node *relu = layers->first->next;
    assert_string_equal(relu->text, "relu");
    assert_null(relu->key);
    assert_null(relu->next);
    assert_null(layers->next);
}

static void columns_count_characters(void **unused)
{
    (void)unused;
    check_place(parse("{\u00e9\u7535: x}")->first, 1, 6, 1, 2);
}

static void scalars_stay_text_and_know_their_quotes(void **unused)
{
    (void)unused;
    const struct pt_node *node =
        parse("- no\n- 1e3\n- 'no'\n- \"a\\tb\"\n- null\n- ~\n-\n- \"\"\n- 'null'\n- Null\n")
            ->first;
    static const struct {
        const char *text;
        bool quoted, is_null;
    } expected[] = {
        {"no", false, false},  {"1e3", false, false}, {"no", true, false}, {"a\tb", true, false},
        {"null", false, true}, {"~", false, true},    {"", false, true},   {"", true, false},
        {"null", true, false}, {"Null", false, true},
    };
    size_t count = sizeof expected / sizeof *expected;
    for (size_t i = 0; i < count; i++, node = node->next) {
        assert_string_equal(node->text, expected[i].text);
        assert_int_equal(node->quoted, expected[i].quoted);
        assert_int_equal(node->is_null, expected[i].is_null);
    }
    assert_null(node);
}

static void block_texts_are_strings(void **unused)
{
    (void)unused;
    const struct pt_node *root = parse("a: |\n  12\nb: >-\n  x\n  y\n");
    assert_string_equal(root->first->text, "12\n");
    assert_true(root->first->quoted);
    assert_string_equal(root->first->next->text, "x y");
}

static void a_duplicate_key_is_an_error_with_both_places(void **unused)
{
    (void)unused;
    refuse("a: 1\nb: 2\na: 3\n", "f:3:1: duplicate key \"a\", first at line 1, column 1");
    refuse("x: {k: 1, j: 2, \"k\": 3}\n", "f:1:17: duplicate key \"k\", first at line 1, column 5");
    parse("a: {k: 1}\nb: {k: 1}\n"); // the same key in two mappings is none
}

// 30,000 keys, each compared with each, would be 450 million comparisons.
static void a_large_mapping_is_read_fast_and_checked(void **unused)
{
    (void)unused;
    char *text;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    for (int i = 0; i < 30000; i++)
        fprintf(stream, "key%d: %d\n", i * 7919 % 30000, i);
    fflush(stream);
    assert_int_equal(parse_bytes(text, length)->count, 30000);
    fprintf(stream, "key17: again\n");
    fflush(stream);
    refuse_bytes(text, length, "f:30001:1: duplicate key \"key17\", first at line ");
    fclose(stream);
    free(text);
}

static void an_alias_is_a_copy_of_its_anchor(void **unused)
{
    (void)unused;
    const struct pt_node *root = parse("a: &x {k: [1, 2]}\nb: *x\nc: &y 5\nd: *y\n");
    const struct pt_node *a = root->first, *b = a->next, *d = b->next->next;
    assert_ptr_not_equal(a, b);
    assert_string_equal(b->key, "b");
    assert_int_equal(b->first->count, 2);
    assert_string_equal(b->first->first->next->text, "2");
    check_place(b, 1, 4, 2, 1); // where the anchor stands, and where its own key does
    assert_string_equal(d->text, "5");
    assert_null(d->next);
}

static void the_last_anchor_of_a_name_counts(void **unused)
{
    (void)unused;
    const struct pt_node *root = parse("- &x 1\n- *x\n- &x 2\n- *x\n");
    assert_string_equal(root->first->next->text, "1");
    assert_string_equal(root->first->next->next->next->text, "2");
}

static void wrong_aliases_are_refused(void **unused)
{
    (void)unused;
    refuse("a: *x\n", "f:1:4: no anchor &x stands before *x");
    refuse("a: &x [1, *x]\n", "f:1:11: *x would contain itself");
    refuse("a: &x 1\n*x : 2\n", "f:2:1: an alias cannot be a key");
    refuse("&k a: 1\n", "a key cannot be an anchor");
}

// "Billion laughs": nine lines that would be 10^9 nodes.
static void an_alias_bomb_is_refused(void **unused)
{
    (void)unused;
    char text[2000];
    int used = sprintf(text, "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 9; i++) {
        used += sprintf(text + used, "l%d: &l%d [", i, i);
        for (int k = 0; k < 10; k++)
            used += sprintf(text + used, "%s*l%d", k == 0 ? "" : ", ", i - 1);
        used += sprintf(text + used, "]\n");
    }
    refuse(text, "more than 1000000 values, aliases included");
}

static void aliases_cannot_pass_the_limit_of_depth(void **unused)
{
    (void)unused;
    char text[2000];
    int used = sprintf(text, "- &a0 [x]\n");
    for (int i = 1; i < 70; i++) // each is one deeper than the one before
        used += sprintf(text + used, "- &a%d [*a%d]\n", i, i - 1);
    refuse(text, "nested deeper than 64 levels");
}

static void too_many_anchors_are_refused(void **unused)
{
    (void)unused;
    char text[8000];
    int used = 0;
    for (int i = 0; i < 256; i++)
        used += sprintf(text + used, "- &a%d x\n", i);
    parse(text);
    sprintf(text + used, "- &more x\n");
    refuse(text, "f:257:3: more than 256 anchors");
}

static void merge_keys_are_refused(void **unused)
{
    (void)unused;
    refuse("a: &x {k: 1}\nb:\n  <<: *x\n", "f:3:3: merge keys are not supported");
    assert_string_equal(parse("{\"<<\": 1}")->first->key, "<<"); // quoted, it is a text
}

static void one_file_is_one_document(void **unused)
{
    (void)unused;
    refuse("a: 1\n---\nb: 2\n", "f:2:1: a second document begins");
    assert_int_equal(parse("%YAML 1.2\n---\na: 1\n...\n")->count, 1);
}

static void an_empty_file_is_refused(void **unused)
{
    (void)unused;
    refuse("", "f: is empty");
    refuse("# only a comment\n", "f: is empty");
    refuse("\xEF\xBB\xBF", "f: is empty");
}

static void keys_are_texts(void **unused)
{
    (void)unused;
    refuse("? [a, b]\n: 1\n", "f:1:3: a key must be one word or text");
    refuse("{{a: 1}: 2}", "f:1:2: a key must be one word or text");
}

static void only_core_tags_are_known(void **unused)
{
    (void)unused;
    const struct pt_node *node = parse("[!!str 12, !!int 12, !!null ~, !!seq [], !!map {}]")->first;
    assert_true(node->quoted);
    assert_false(node->next->quoted);
    assert_true(node->next->next->is_null);
    refuse("a: !!python/object:os.system x\n", "f:1:4: the tag tag:yaml.org,2002:python/object");
    refuse("a: !mine x\n", "the tag !mine is not supported here");
    refuse("a: !!seq x\n", "f:1:4: the tag tag:yaml.org,2002:seq");
    refuse("!!str a: !!map [x]\n", "tag:yaml.org,2002:map");
}

static void nesting_has_a_limit(void **unused)
{
    (void)unused;
    char text[200] = "";
    memset(text, '[', 64);
    text[64] = 'x';
    memset(text + 65, ']', 64);
    parse(text);
    memset(text, '[', 65);
    refuse(text, "f:1:65: nested deeper than 64 levels");
}

static void more_than_a_million_values_are_refused(void **unused)
{
    (void)unused;
    enum { COUNT = PT_NODE_COUNT_LIMIT };
    char *text = malloc(2 * COUNT + 2);
    for (int i = 0; i < COUNT; i++)
        memcpy(text + 2 * i, i == 0 ? "[x" : ",x", 2);
    text[2 * COUNT] = ']';
    refuse_bytes(text, 2 * COUNT + 1, "more than 1000000 values");
    free(text);
}

static void a_syntax_error_has_its_place(void **unused)
{
    (void)unused;
    refuse("a: 1\nb: [1, 2\nc: 3\n", "f:3:");
    refuse("a: 1\n\tb: 2\n", "f:2:");
    refuse("a: \"x\n", "f:2:");
}

static void what_is_no_utf8_is_refused_at_its_place(void **unused)
{
    (void)unused;
    refuse("a: b\nc: \xff\n", "f:2:4: ");
    refuse("a: \xc0\x80\n", "f:1:4: ");
    refuse("a: \xed\xa0\x80\n", "f:1:4: ");
    refuse_bytes("\xff\xfe"
                 "a\0:\0 \0b\0",
                 10, "f:1:1: "); // UTF-16 with its mark
    refuse("a: \x01\n", "f:1:4: control characters are not allowed");
}

static void nul_is_refused_in_every_form(void **unused)
{
    (void)unused;
    refuse_bytes("a: b\0c\n", 7, "f:1:5: ");
    refuse("a: \"b\\0c\"\n", "f:1:4: a text must not hold a NUL character");
    refuse("\"a\\x00\": b\n", "f:1:1: a text must not hold a NUL character");
}

static void a_byte_order_mark_is_skipped(void **unused)
{
    (void)unused;
    const struct pt_node *root = parse("\xEF\xBB\xBF"
                                       "a: 1\n");
    assert_string_equal(root->first->key, "a");
    check_place(root->first, 1, 4, 1, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_has_kinds_keys_counts_and_places),
        cmocka_unit_test(columns_count_characters),
        cmocka_unit_test(scalars_stay_text_and_know_their_quotes),
        cmocka_unit_test(block_texts_are_strings),
        cmocka_unit_test(a_duplicate_key_is_an_error_with_both_places),
        cmocka_unit_test(a_large_mapping_is_read_fast_and_checked),
        cmocka_unit_test(an_alias_is_a_copy_of_its_anchor),
        cmocka_unit_test(the_last_anchor_of_a_name_counts),
        cmocka_unit_test(wrong_aliases_are_refused),
        cmocka_unit_test(an_alias_bomb_is_refused),
        cmocka_unit_test(aliases_cannot_pass_the_limit_of_depth),
        cmocka_unit_test(too_many_anchors_are_refused),
        cmocka_unit_test(merge_keys_are_refused),
        cmocka_unit_test(one_file_is_one_document),
        cmocka_unit_test(an_empty_file_is_refused),
        cmocka_unit_test(keys_are_texts),
        cmocka_unit_test(only_core_tags_are_known),
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(more_than_a_million_values_are_refused),
        cmocka_unit_test(a_syntax_error_has_its_place),
        cmocka_unit_test(what_is_no_utf8_is_refused_at_its_place),
        cmocka_unit_test(nul_is_refused_in_every_form),
        cmocka_unit_test(a_byte_order_mark_is_skipped),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
