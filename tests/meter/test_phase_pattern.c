// Lines of output that name a phase.

#include "meter/phase_pattern.h"

#include "support.h"

static struct pt_phase_patterns *compile(const char *const *texts, int count)
{
    struct pt_phase_patterns *patterns;
    struct pt_error error;
    assert_status(pt_phase_patterns_compile(texts, count, &patterns, &error), PT_OK, &error);
    return patterns;
}

static void the_first_pattern_that_matches_names_the_phase(void **unused)
{
    static const char *const cases[][2] = {{"Epoch 12: loss 3", "epoch-12"},
                                           {"Evaluating", "eval"},
                                           {"in Epoch 3", NULL},
                                           {"ab", "b/a"},
                                           {"a", "/a"}, // a group that did not take part
                                           {"y=z", "x"},
                                           {"", NULL},
                                           {"Epoch 7 evaluation", "epoch-7"}};
    static const char *const good[] = {"epoch-$1=^Epoch (\\d+)", "eval=[Ee]valuat", "$2/$1=(a)(b)?",
                                       "x=y=z"};
    struct pt_phase_patterns *patterns = compile(good, 4);
    char name[PT_PHASE_NAME_SIZE];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *line = cases[i][0], *expected = cases[i][1];
        bool found = pt_phase_patterns_match(patterns, line, strlen(line), name);
        assert_int_equal(found, expected != NULL);
        if (found)
            assert_string_equal(name, expected);
    }
    pt_phase_patterns_destroy(patterns);
    (void)unused;
}

static void mistakes_are_named(void **unused)
{
    static const char *const wrong[][2] = {{"no pattern", "no pattern: not NAME=REGEX"},
                                           {"=x", "not NAME=REGEX"},
                                           {"a=(", "at character 2"},
                                           {"a=[z-a]", "at character"},
                                           {"$1=x", "0 groups"},
                                           {"$2=(x)", "1 group "}};
    struct pt_phase_patterns *patterns;
    struct pt_error error;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_status(pt_phase_patterns_compile(&wrong[i][0], 1, &patterns, &error), PT_USAGE,
                      &error);
        assert_contains(error.message, wrong[i][1]);
    }
    static const char *many[PT_PHASE_PATTERNS_MAX + 1];
    for (int i = 0; i <= PT_PHASE_PATTERNS_MAX; i++)
        many[i] = "a=b";
    assert_status(pt_phase_patterns_compile(many, PT_PHASE_PATTERNS_MAX + 1, &patterns, &error),
                  PT_USAGE, &error);
    (void)unused;
}

// It would take 2^40 steps.
static void a_pattern_that_explodes_gives_up(void **unused)
{
    static const char *const texts[] = {"a=^(x+x+)+y$", "b=x"};
    struct pt_phase_patterns *patterns = compile(texts, 2);
    char name[PT_PHASE_NAME_SIZE], line[] = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    assert_true(pt_phase_patterns_match(patterns, line, strlen(line), name));
    assert_string_equal(name, "b");
    pt_phase_patterns_destroy(patterns);
    (void)unused;
}

struct taken {
    int count;
    int64_t time_ns;
    char names[512];
};

static void take(void *state, const char *name, int64_t time_ns)
{
    struct taken *taken = state;
    taken->count++;
    taken->time_ns = time_ns;
    snprintf(taken->names + strlen(taken->names), 64, "[%s]", name);
}

static void feed(struct pt_phase_scanner *scanner, const char *text, int64_t now_ns)
{
    pt_phase_scanner_feed(scanner, text, strlen(text), now_ns);
}

// Colored, in pieces, over itself like a progress bar, without an end, with a title in between.
static void output_is_read_as_a_reader_sees_it(void **unused)
{
    static const char *const texts[] = {"$1=^Epoch (\\d+)"};
    static struct pt_phase_scanner scanner;
    struct taken taken = {0};
    scanner =
        (struct pt_phase_scanner){.patterns = compile(texts, 1), .take = take, .state = &taken};
    feed(&scanner, "noise\nEpo", 1);
    feed(&scanner, "ch 1", 2);
    assert_int_equal(taken.count, 0);
    feed(&scanner, "0\r\n", 3);
    assert_int_equal(taken.count, 1);
    assert_int_equal(taken.time_ns, 1); // when the line began
    feed(&scanner, "\r  5 %\rEpoch 11\r", 4);
    feed(&scanner, "\033[1;32mEpo\033[0mch 12\033[K\n", 5);
    feed(&scanner, "\033]0;Epoch 99\aEpoch 13\n\033]8;;http://x\033\\Epoch 14\n", 6);
    feed(&scanner, "\033]0;never ends\nEpoch 15\n", 7);
    feed(&scanner, "Epoch \xff\xfe\nEpoch 16\xff\n", 8);
    for (int i = 0; i < 100000; i++)
        feed(&scanner, "0123456789", 9);
    feed(&scanner, "\nEpoch 17", 10);
    assert_string_equal(taken.names, "[10][11][12][13][14][15][16]");
    pt_phase_scanner_end(&scanner);
    pt_phase_scanner_end(&scanner);
    assert_string_equal(taken.names, "[10][11][12][13][14][15][16][17]");
    pt_phase_patterns_destroy(scanner.patterns);
    (void)unused;
}

// A name from the output is no more trusted than one from a socket.
static void names_are_cleaned(void **unused)
{
    static const char *const texts[] = {"$1$1$1=^(.*)$"};
    struct pt_phase_patterns *patterns = compile(texts, 1);
    char name[PT_PHASE_NAME_SIZE], line[600];
    assert_true(pt_phase_patterns_match(patterns, "a\tb", 3, name));
    assert_string_equal(name, "a?ba?ba?b");
    memset(line, 'x', sizeof line);
    assert_true(pt_phase_patterns_match(patterns, line, sizeof line, name));
    assert_int_equal(strlen(name), PT_PHASE_NAME_SIZE - 1);
    pt_phase_patterns_destroy(patterns);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_pattern_that_matches_names_the_phase),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(a_pattern_that_explodes_gives_up),
        cmocka_unit_test(output_is_read_as_a_reader_sees_it),
        cmocka_unit_test(names_are_cleaned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
