// What is asked of nodes, whatever they were read from.
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

static const struct pt_node *yaml(const char *text)
{
    const struct pt_node *root = NULL;
    assert_status(pt_yaml_parse(arena, text, strlen(text), "run.yaml", &root, &error), PT_OK,
                  &error);
    return root;
}

static const struct pt_node *json(const char *text)
{
    const struct pt_node *root = NULL;
    assert_status(pt_json_parse(arena, text, strlen(text), "run.json", &root, &error), PT_OK,
                  &error);
    return root;
}

static void children_are_found_by_key(void **unused)
{
    (void)unused;
    const struct pt_node *root = yaml("a: 1\nb: {c: 2}\n");
    assert_string_equal(pt_node_find(root, "a")->text, "1");
    assert_string_equal(pt_node_find(pt_node_find(root, "b"), "c")->text, "2");
    assert_null(pt_node_find(root, "c"));
    assert_null(pt_node_find(pt_node_find(root, "a"), "a"));
}

static void an_error_tells_file_line_and_column(void **unused)
{
    (void)unused;
    const struct pt_node *node = pt_node_find(yaml("a: 1\nlayers:\n  - linear: x\n"), "layers");
    assert_int_equal(pt_node_fail(&error, node->first, "unknown layer \"%s\"", "linera"),
                     PT_BAD_INPUT);
    assert_string_equal(error.message, "run.yaml:3:5: unknown layer \"linera\"");
    struct pt_node made = {.kind = PT_NODE_SCALAR, .file = "-", .text = ""};
    pt_node_fail(&error, &made, "no place");
    assert_string_equal(error.message, "-: no place");
}

static void numbers_use_the_whole_text(void **unused)
{
    (void)unused;
    double value = 42;
    const struct pt_node *root = yaml("a: 1e-3\nb: 12x\nc: '12'\nd:\ne: [1]\nf: .inf\ng: 0x10\n");
    assert_status(pt_node_get_number(root, "a", PT_REQUIRED, 0, 1, &value, &error), PT_OK, &error);
    assert_near(value, 1e-3, 0);
    static const struct {
        const char *key, *message;
    } wrong[] = {
        {"b", "run.yaml:2:4: b: expected a number from 0 to 1, got \"12x\""},
        {"c", "run.yaml:3:4: c: expected a number from 0 to 1, got the text \"12\""},
        {"d", "d: expected a number from 0 to 1, got nothing"},
        {"e", "run.yaml:5:4: e: expected a number from 0 to 1, got a list"},
        {"f", "f: expected a number from 0 to 1, got \".inf\""},
        {"g", "g: expected a number from 0 to 1, got \"0x10\""},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_status(pt_node_get_number(root, wrong[i].key, PT_REQUIRED, 0, 1, &value, &error),
                      PT_BAD_INPUT, &error);
        assert_contains(error.message, wrong[i].message);
        assert_near(value, 1e-3, 0); // untouched
    }
}

static void the_range_of_a_number_is_inclusive_and_named(void **unused)
{
    (void)unused;
    double value;
    const struct pt_node *root = yaml("[0, 1, 1.01, -1]");
    const struct pt_node *zero = root->first, *one = zero->next, *more = one->next;
    assert_int_equal(pt_node_number(zero, 0, 1, &value, NULL), PT_OK);
    assert_int_equal(pt_node_number(one, 0, 1, &value, NULL), PT_OK);
    assert_int_equal(pt_node_number(more, 0, 1, &value, &error), PT_BAD_INPUT);
    assert_int_equal(pt_node_number(more->next, 0, INFINITY, &value, &error), PT_BAD_INPUT);
    assert_string_equal(error.message,
                        "run.yaml:1:14: expected a number of at least 0, got \"-1\"");
    assert_int_equal(pt_node_number(one, -INFINITY, 0.5, &value, &error), PT_BAD_INPUT);
    assert_contains(error.message, "a number of at most 0.5");
}

static void integers_are_exact_and_in_range(void **unused)
{
    (void)unused;
    int64_t value = 42;
    const struct pt_node *root =
        json("[9007199254740993, 0, 1.0, \"32\", 1e3, 9223372036854775808]");
    const struct pt_node *node = root->first;
    assert_status(pt_node_integer(node, 1, INT64_MAX, &value, &error), PT_OK, &error);
    assert_true(value == 9007199254740993);
    node = node->next;
    assert_int_equal(pt_node_integer(node, 1, INT64_MAX, &value, &error), PT_BAD_INPUT);
    assert_contains(error.message, "expected a whole number of at least 1, got \"0\"");
    assert_int_equal(pt_node_integer(node, -5, -1, &value, &error), PT_BAD_INPUT);
    assert_contains(error.message, "a whole number from -5 to -1");
    assert_int_equal(pt_node_integer(node, INT64_MIN, -1, &value, &error), PT_BAD_INPUT);
    assert_contains(error.message, "a whole number of at most -1");
    while ((node = node->next) != NULL) {
        assert_int_equal(pt_node_integer(node, INT64_MIN, INT64_MAX, &value, &error), PT_BAD_INPUT);
        assert_contains(error.message, "expected a whole number, got");
    }
    assert_true(value == 9007199254740993); // untouched
}

// The Norway problem: in YAML 1.1 `no` was false. Here it is a text.
static void booleans_are_only_true_and_false(void **unused)
{
    (void)unused;
    bool value = true;
    const struct pt_node *node =
        yaml("[false, no, yes, on, off, y, True, FALSE, 0, 1, 'true', ~]")->first;
    assert_status(pt_node_bool(node, &value, &error), PT_OK, &error);
    assert_false(value);
    while ((node = node->next) != NULL) {
        assert_int_equal(pt_node_bool(node, &value, &error), PT_BAD_INPUT);
        assert_contains(error.message, "expected true or false");
    }
    assert_status(pt_node_bool(json("true"), &value, &error), PT_OK, &error);
    assert_true(value);
    assert_int_equal(pt_node_bool(json("\"true\""), &value, &error), PT_BAD_INPUT);
}

// A YAML scalar is a text until somebody asks; JSON says itself what is one.
static void texts_are_texts(void **unused)
{
    (void)unused;
    const char *text = "untouched";
    assert_status(pt_node_string(yaml("1.10"), &text, &error), PT_OK, &error);
    assert_string_equal(text, "1.10");
    assert_status(pt_node_string(yaml("''"), &text, &error), PT_OK, &error);
    assert_string_equal(text, "");
    assert_status(pt_node_string(yaml("'~'"), &text, &error), PT_OK, &error);
    assert_string_equal(text, "~");
    assert_status(pt_node_string(json("\"12\""), &text, &error), PT_OK, &error);
    assert_string_equal(text, "12");
    assert_int_equal(pt_node_string(json("12"), &text, &error), PT_BAD_INPUT);
    assert_contains(error.message, "expected a text, got \"12\"");
    assert_int_equal(pt_node_string(json("null"), &text, &error), PT_BAD_INPUT);
    assert_contains(error.message, "got null");
    assert_int_equal(pt_node_string(yaml("~"), &text, &error), PT_BAD_INPUT);
    assert_int_equal(pt_node_string(yaml("{a: b}"), &text, &error), PT_BAD_INPUT);
    assert_contains(error.message, "got a mapping");
}

static void a_choice_is_an_index_or_a_suggestion(void **unused)
{
    (void)unused;
    static const char *const words[] = {"sgd", "adam", "adamw", NULL};
    int index = -1;
    assert_status(pt_node_choice(yaml("adam"), words, &index, &error), PT_OK, &error);
    assert_int_equal(index, 1);
    assert_int_equal(pt_node_choice(yaml("o: adma")->first, words, &index, &error), PT_BAD_INPUT);
    assert_string_equal(error.message, "run.yaml:1:4: o: expected one of sgd, adam, adamw "
                                       "(did you mean \"adam\"?), got \"adma\"");
    assert_int_equal(pt_node_choice(yaml("lamb"), words, &index, &error), PT_BAD_INPUT);
    assert_string_equal(error.message,
                        "run.yaml:1:1: expected one of sgd, adam, adamw, got \"lamb\"");
    assert_int_equal(pt_node_choice(yaml("[]"), words, &index, &error), PT_BAD_INPUT);
    assert_contains(error.message, "got a list");
    assert_int_equal(index, 1);
}

static void unknown_keys_are_named_with_the_nearest_known_one(void **unused)
{
    (void)unused;
    static const char *const known[] = {"epochs", "learning_rate", NULL};
    assert_status(pt_node_check_keys(yaml("epochs: 1"), known, &error), PT_OK, &error);
    assert_status(pt_node_check_keys(yaml("{}"), known, &error), PT_OK, &error);
    assert_int_equal(pt_node_check_keys(yaml("epochs: 1\nlerning_rate:\n  - 1\n"), known, &error),
                     PT_BAD_INPUT);
    assert_string_equal(error.message, "run.yaml:2:1: unknown key \"lerning_rate\"; "
                                       "did you mean \"learning_rate\"?");
    assert_int_equal(pt_node_check_keys(json("{\"epochs\": 1,\n \"momentum\": 2}"), known, &error),
                     PT_BAD_INPUT);
    assert_string_equal(error.message, "run.json:2:2: unknown key \"momentum\"; known here: "
                                       "epochs, learning_rate");
    assert_int_equal(pt_node_check_keys(yaml("- 1"), known, &error), PT_BAD_INPUT);
    assert_contains(error.message, "expected a mapping of keys to values, got a list");
}

// 100 keys of 10 letters do not fit into a message; it says that some are left out.
static void a_long_list_of_known_keys_is_cut(void **unused)
{
    (void)unused;
    const char *known[101];
    for (int i = 0; i < 100; i++)
        known[i] = pt_arena_printf(arena, "known_%04d", i);
    known[100] = NULL;
    assert_int_equal(pt_node_check_keys(yaml("x: 1"), known, &error), PT_BAD_INPUT);
    assert_contains(error.message, "known_0000, known_0001");
    assert_contains(error.message, ", ...");
    assert_true(strlen(error.message) < sizeof error.message - 1);
}

static void kinds_are_checked(void **unused)
{
    (void)unused;
    const struct pt_node *root = yaml("a: [1]\n");
    assert_status(pt_node_check_kind(root, PT_NODE_MAPPING, &error), PT_OK, &error);
    assert_int_equal(pt_node_check_kind(root->first, PT_NODE_SCALAR, &error), PT_BAD_INPUT);
    assert_string_equal(error.message, "run.yaml:1:4: a: expected a single value, got a list");
    assert_int_equal(pt_node_check_kind(root, PT_NODE_SEQUENCE, &error), PT_BAD_INPUT);
    assert_contains(error.message, "expected a list, got a mapping");
}

static void an_absent_optional_key_keeps_the_default(void **unused)
{
    (void)unused;
    const struct pt_node *root = yaml("present: 1");
    double number = 1.5;
    int64_t integer = 7;
    bool flag = true;
    const char *text = "default";
    assert_int_equal(pt_node_get_number(root, "a", PT_OPTIONAL, 0, 1, &number, &error), PT_OK);
    assert_int_equal(pt_node_get_integer(root, "a", PT_OPTIONAL, 0, 1, &integer, &error), PT_OK);
    assert_int_equal(pt_node_get_bool(root, "a", PT_OPTIONAL, &flag, &error), PT_OK);
    assert_int_equal(pt_node_get_string(root, "a", PT_OPTIONAL, &text, &error), PT_OK);
    assert_near(number, 1.5, 0);
    assert_int_equal(integer, 7);
    assert_true(flag);
    assert_string_equal(text, "default");
}

static void an_absent_required_key_is_named(void **unused)
{
    (void)unused;
    const struct pt_node *root = yaml("a:\n  present: 1")->first;
    double number;
    int64_t integer;
    bool flag;
    const char *text;
    const char *expected = "run.yaml:2:3: missing key \"rate\"";
    assert_int_equal(pt_node_get_number(root, "rate", PT_REQUIRED, 0, 1, &number, &error),
                     PT_BAD_INPUT);
    assert_string_equal(error.message, expected);
    assert_int_equal(pt_node_get_integer(root, "rate", PT_REQUIRED, 0, 1, &integer, &error),
                     PT_BAD_INPUT);
    assert_string_equal(error.message, expected);
    assert_int_equal(pt_node_get_bool(root, "rate", PT_REQUIRED, &flag, &error), PT_BAD_INPUT);
    assert_string_equal(error.message, expected);
    assert_int_equal(pt_node_get_string(root, "rate", PT_REQUIRED, &text, &error), PT_BAD_INPUT);
    assert_string_equal(error.message, expected);
    assert_int_equal(pt_node_get_string(root->first, "rate", PT_OPTIONAL, &text, &error),
                     PT_BAD_INPUT);
    assert_contains(error.message, "expected a mapping");
}

// A present but empty key is not an absent one.
static void null_is_no_value_even_if_optional(void **unused)
{
    (void)unused;
    double number = 1.5;
    assert_int_equal(pt_node_get_number(yaml("a: null"), "a", PT_OPTIONAL, 0, 1, &number, &error),
                     PT_BAD_INPUT);
    assert_contains(error.message, "got null");
    assert_near(number, 1.5, 0);
}

static void hostile_values_are_shown_short_and_harmless(void **unused)
{
    (void)unused;
    char text[5000] = "";
    double number;
    memset(text, 'x', sizeof text - 1);
    assert_int_equal(pt_node_number(yaml(text), 0, 1, &number, &error), PT_BAD_INPUT);
    assert_contains(error.message, "xxx...\"");
    assert_true(strlen(error.message) < 200);
    assert_int_equal(pt_node_number(yaml("\"\\e[2J\""), 0, 1, &number, &error), PT_BAD_INPUT);
    assert_null(strchr(error.message, '\x1b'));
}

static void files_are_read_by_their_ending(void **unused)
{
    (void)unused;
    const struct pt_node *root;
    const char *folder = test_folder();
    const char *as_yaml = test_file(folder, "a.yaml", "a: b\n");
    const char *as_json = test_file(folder, "a.json", "{\"a\": 1}");
    const char *wrong = test_file(folder, "b.json", "a: b\n");
    assert_status(pt_node_read_file(arena, as_yaml, &root, &error), PT_OK, &error);
    assert_string_equal(root->first->text, "b");
    assert_string_equal(root->file, as_yaml);
    assert_status(pt_node_read_file(arena, as_json, &root, &error), PT_OK, &error);
    assert_true(root->first->typed);
    assert_status(pt_node_read_file(arena, wrong, &root, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "b.json:1:");
    assert_status(pt_node_read_file(arena, test_path(folder, "none"), &root, &error), PT_NOT_FOUND,
                  &error);
    assert_status(pt_node_read_file(arena, folder, &root, &error), PT_BAD_INPUT, &error);
}

static enum pt_status set(const struct pt_node *root, const char *assignment)
{
    return pt_node_set(arena, (struct pt_node *)root, assignment, &error);
}

static void a_value_can_be_set_from_outside(void **unused)
{
    (void)unused;
    const struct pt_node *root = yaml("a: 1\nb: {c: 2, d: 3}\n");
    assert_status(set(root, "b.c=7"), PT_OK, &error);
    assert_status(set(root, "a={x: [4, 5]}"), PT_OK, &error);
    assert_status(set(root, "e.f.g=word"), PT_OK, &error);
    const struct pt_node *b = pt_node_find(root, "b");
    assert_string_equal(pt_node_find(b, "c")->text, "7");
    assert_string_equal(pt_node_find(b, "d")->text, "3");
    assert_int_equal(b->count, 2);
    assert_string_equal(pt_node_find(pt_node_find(root, "a"), "x")->first->next->text, "5");
    assert_string_equal(pt_node_find(pt_node_find(pt_node_find(root, "e"), "f"), "g")->text,
                        "word");
    assert_int_equal(root->count, 3);
}

static void a_malformed_setting_is_refused(void **unused)
{
    (void)unused;
    const struct pt_node *root = yaml("a: 1\n");
    assert_status(set(root, "a"), PT_USAGE, &error);
    assert_status(set(root, "=1"), PT_USAGE, &error);
    assert_status(set(root, "a..b=1"), PT_USAGE, &error);
    assert_status(set(root, "a.b=1"), PT_BAD_INPUT, &error);
    assert_contains(error.message, "a is no mapping");
    assert_status(set(root, "a={"), PT_BAD_INPUT, &error);
    assert_string_equal(pt_node_find(root, "a")->text, "1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(children_are_found_by_key),
        cmocka_unit_test(an_error_tells_file_line_and_column),
        cmocka_unit_test(numbers_use_the_whole_text),
        cmocka_unit_test(the_range_of_a_number_is_inclusive_and_named),
        cmocka_unit_test(integers_are_exact_and_in_range),
        cmocka_unit_test(booleans_are_only_true_and_false),
        cmocka_unit_test(texts_are_texts),
        cmocka_unit_test(a_choice_is_an_index_or_a_suggestion),
        cmocka_unit_test(unknown_keys_are_named_with_the_nearest_known_one),
        cmocka_unit_test(a_long_list_of_known_keys_is_cut),
        cmocka_unit_test(kinds_are_checked),
        cmocka_unit_test(an_absent_optional_key_keeps_the_default),
        cmocka_unit_test(an_absent_required_key_is_named),
        cmocka_unit_test(null_is_no_value_even_if_optional),
        cmocka_unit_test(hostile_values_are_shown_short_and_harmless),
        cmocka_unit_test(files_are_read_by_their_ending),
        cmocka_unit_test(a_value_can_be_set_from_outside),
        cmocka_unit_test(a_malformed_setting_is_refused),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
