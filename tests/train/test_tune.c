// The race for the fewest joules, and the run file that it leaves.

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "support.h"
#include "train/tune.h"

static struct pt_tune_arm arm_of(double joules, double value, bool reached)
{
    return (struct pt_tune_arm){.batch = 32,
                                .joules = joules,
                                .value = value,
                                .reached = reached,
                                .samples = 1000,
                                .check_samples = 100,
                                .joules_per_sample = pt_quantity_relative(0.01, 0.05, PT_MODELLED)};
}

// Goyal et al.: 8 times the batch, 8 times the rate; for Adam its root.
static void rates_follow_the_batch(void **unused)
{
    (void)unused;
    assert_near(pt_tune_learning_rate(PT_SGD, 0.1, 32, 256), 0.8, 1e-12);
    assert_near(pt_tune_learning_rate(PT_ADAM, 0.001, 64, 16), 0.0005, 1e-12);
    assert_near(pt_tune_learning_rate(PT_ADAMW, 0.001, 64, 64), 0.001, 0);
}

static void the_worse_half_gives_up(void **unused)
{
    (void)unused;
    struct pt_tune_arm arms[5] = {arm_of(5, 0.5, false), arm_of(5, 0.9, false),
                                  arm_of(5, NAN, false), arm_of(5, 0.7, false),
                                  arm_of(5, 0.6, false)};
    pt_tune_end_round(arms, 5, PT_STOP_TEST_ACCURACY); // 3 of 5 stay: 0.9, 0.7, 0.6
    assert_int_equal(pt_tune_running(arms, 5), 3);
    assert_true(arms[0].given_up && arms[2].given_up);
    assert_contains(arms[0].reason, "behind after 5 J");
    pt_tune_end_round(arms, 5, PT_STOP_TEST_ACCURACY);
    pt_tune_end_round(arms, 5, PT_STOP_TEST_ACCURACY);
    assert_int_equal(pt_tune_running(arms, 5), 1);
    pt_tune_end_round(arms, 5, PT_STOP_TEST_ACCURACY); // the last one goes on
    assert_int_equal(pt_tune_running(arms, 5), 1);
    assert_false(arms[1].given_up);
    assert_int_equal(pt_tune_best(arms, 5), PT_TUNE_NONE);
}

static void of_losses_the_lower_is_better_and_ties_stay_in_order(void **unused)
{
    (void)unused;
    struct pt_tune_arm arms[4] = {arm_of(5, 0.5, false), arm_of(5, 0.5, false),
                                  arm_of(5, 0.4, false), arm_of(5, 0.5, false)};
    pt_tune_end_round(arms, 4, PT_STOP_TEST_LOSS);
    assert_true(!arms[0].given_up && arms[1].given_up && !arms[2].given_up && arms[3].given_up);
}

// Who has used as many joules as the best and is not there is beaten; who has used fewer is not.
static void who_is_beaten_gives_up(void **unused)
{
    (void)unused;
    struct pt_tune_arm arms[4] = {arm_of(7, 0.9, true), arm_of(6, 0.9, true), arm_of(6, 0.8, false),
                                  arm_of(5.9, 0.1, false)};
    assert_int_equal(pt_tune_best(arms, 4), 1);
    pt_tune_end_round(arms, 4, PT_STOP_TEST_ACCURACY);
    assert_true(arms[2].given_up);
    assert_false(arms[3].given_up);
}

// 10 J for 1,000 samples, the last evaluation 100 samples before, 5 % error of a sample: from
// 10 x 0.9 x 0.95 to 10 x 1.05.
static void intervals_hold_the_last_evaluation(void **unused)
{
    (void)unused;
    struct pt_tune_arm arm = arm_of(10, 0.9, true), other = arm_of(10, 0.9, false);
    struct pt_quantity joules = pt_tune_joules(&arm);
    assert_near(joules.low, 8.55, 1e-9);
    assert_near(joules.high, 10.5, 1e-9);
    assert_int_equal(joules.provenance, PT_MODELLED);
    assert_false(pt_quantity_known(pt_tune_joules(&other)));
}

// N (1 + B / 100) with N = 1000: 1,320 samples with batches of 32, 3,560 with 256.
static void the_critical_batch_comes_from_two_arms(void **unused)
{
    (void)unused;
    struct pt_tune_arm a = arm_of(1, 0.9, true), b = arm_of(2, 0.9, true);
    a.samples = 1320;
    b.batch = 256;
    b.samples = 3560;
    assert_near(pt_tune_critical_batch(&a, &b), 100, 1e-6);
    assert_near(pt_tune_critical_batch(&b, &a), 100, 1e-6);
    b.samples = 1000; // fewer with a larger batch: no such size
    assert_true(isnan(pt_tune_critical_batch(&a, &b)));
    b.samples = 1320;
    assert_true(isnan(pt_tune_critical_batch(&a, &b)));
    b.batch = a.batch;
    assert_true(isnan(pt_tune_critical_batch(&a, &b)));
}

static void tuning_is_paid_back_in_whole_runs(void **unused)
{
    (void)unused;
    assert_near(pt_tune_payback_runs(100, 50, 20), 4, 0);
    assert_true(isinf(pt_tune_payback_runs(100, 20, 20)));
}

static void assert_same(const struct pt_node *a, const struct pt_node *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->quoted, b->quoted);
    assert_int_equal(a->is_null, b->is_null);
    if (a->key != NULL || b->key != NULL)
        assert_string_equal(a->key, b->key);
    if (a->kind == PT_NODE_SCALAR && !a->is_null)
        assert_string_equal(a->text, b->text);
    for (a = a->first, b = b->first; a != NULL && b != NULL; a = a->next, b = b->next)
        assert_same(a, b);
    assert_true(a == NULL && b == NULL);
}

// What is written and read again is the same tree.
static void a_run_file_survives_being_written(void **unused)
{
    (void)unused;
    static const char text[] =
        "network:\n  layers:\n    - flatten\n    - linear: {name: fc1, out_features: 5}\n"
        "    - [[1, -2], {a: b}]\n    - relu: {}\n    - x: 1\n      y: [a, b]\n"
        "data: {file: \"a b\\\"\\\\\\t#:\\xe9\", empty: '', none: null, list: [], t: 'yes',\n"
        "  \"odd key: #\": 1, words: one two three, neg: [-1, 2.5e-3], quoted: ['1', 2]}\n"
        "literal: |\n  line one\n  line two\nanchor: &a {k: [v]}\nalias: *a\n";
    char path[] = "/tmp/powertrain-tune-test-XXXXXX.yaml";
    int fd = mkstemps(path, 5);
    assert_true(fd >= 0);
    close(fd);
    struct pt_arena *arena = pt_arena_create();
    const struct pt_node *root, *again;
    struct pt_error error;
    assert_int_equal(pt_yaml_parse(arena, text, strlen(text), "text", &root, &error), PT_OK);
    assert_int_equal(pt_run_file_write(path, root, "of\ntwo lines\n", &error), PT_OK);
    enum pt_status status = pt_node_read_file(arena, path, &again, &error);
    if (status != PT_OK)
        fail_msg("%s", error.message);
    assert_same(root, again);
    char *bytes;
    size_t length;
    pt_file_read(arena, path, 1 << 16, &bytes, &length, NULL);
    assert_memory_equal(bytes, "# of\n# two lines\n", 17);
    unlink(path);
    assert_int_not_equal(pt_run_file_write("/nowhere/there/x.yaml", root, "", &error), PT_OK);
    pt_arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_follow_the_batch),
        cmocka_unit_test(the_worse_half_gives_up),
        cmocka_unit_test(of_losses_the_lower_is_better_and_ties_stay_in_order),
        cmocka_unit_test(who_is_beaten_gives_up),
        cmocka_unit_test(intervals_hold_the_last_evaluation),
        cmocka_unit_test(the_critical_batch_comes_from_two_arms),
        cmocka_unit_test(tuning_is_paid_back_in_whole_runs),
        cmocka_unit_test(a_run_file_survives_being_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
