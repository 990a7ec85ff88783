// Learning-rate schedules, by hand.

#include "support.h"

#include "train/learning_rate.h"

#include "../reference/schedules.h"

static struct pt_learning_rate read(const char *yaml, int64_t steps_per_epoch)
{
    struct pt_arena *arena = pt_arena_create();
    const struct pt_node *node;
    struct pt_learning_rate schedule;
    struct pt_error error;
    assert_status(pt_yaml_parse(arena, yaml, strlen(yaml), "s.yaml", &node, &error), PT_OK, &error);
    assert_status(pt_learning_rate_read(node, 0.8, steps_per_epoch, 100, &schedule, &error), PT_OK,
                  &error);
    pt_arena_destroy(arena);
    return schedule;
}

static void constant_is_the_default(void **unused)
{
    (void)unused;
    struct pt_learning_rate schedule;
    assert_int_equal(pt_learning_rate_read(NULL, 0.8, 10, 100, &schedule, NULL), PT_OK);
    assert_near(pt_learning_rate_at(&schedule, 0, 100), 0.8, 0);
    assert_near(pt_learning_rate_at(&schedule, 99, 100), 0.8, 0);
}

// Four steps of warm-up: 1/4, 2/4, 3/4, 4/4 of the peak.
static void warm_up_rises_linearly(void **unused)
{
    (void)unused;
    struct pt_learning_rate schedule = read("{kind: constant, warmup_steps: 4}", 10);
    for (int i = 0; i < 4; i++)
        assert_near(pt_learning_rate_at(&schedule, i, 100), 0.2 * (i + 1), 1e-12);
    assert_near(pt_learning_rate_at(&schedule, 4, 100), 0.8, 0);
}

static void step_falls_every_so_many_epochs(void **unused)
{
    (void)unused;
    struct pt_learning_rate schedule = read("{kind: step, factor: 0.5, every_epochs: 2}", 10);
    assert_near(pt_learning_rate_at(&schedule, 19, 100), 0.8, 0);
    assert_near(pt_learning_rate_at(&schedule, 20, 100), 0.4, 1e-12);
    assert_near(pt_learning_rate_at(&schedule, 40, 100), 0.2, 1e-12);
}

// Half-way the cosine is 0: the mean of peak and last rate.
static void cosine_and_linear_end_at_their_share(void **unused)
{
    (void)unused;
    struct pt_learning_rate cosine = read("{kind: cosine, final_share: 0.1}", 10);
    struct pt_learning_rate linear = read("{kind: linear, final_share: 0.1}", 10);
    assert_near(pt_learning_rate_at(&cosine, 0, 100), 0.8, 1e-12);
    assert_near(pt_learning_rate_at(&cosine, 50, 100), 0.44, 1e-12);
    assert_near(pt_learning_rate_at(&cosine, 100, 100), 0.08, 1e-12);
    assert_near(pt_learning_rate_at(&linear, 50, 100), 0.44, 1e-12);
    assert_near(pt_learning_rate_at(&linear, 100, 100), 0.08, 1e-12);
}

// To the last digits: those of PyTorch and transformers.
static void schedules_equal_their_references(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof reference_schedules / sizeof *reference_schedules; i++) {
        struct pt_learning_rate schedule = read(reference_schedules[i].yaml, 10);
        for (int step = 0; step < SCHEDULE_STEPS; step++)
            assert_near(pt_learning_rate_at(&schedule, step, SCHEDULE_STEPS),
                        reference_schedules[i].rates[step], 1e-12);
    }
}

// 100 steps, the last 20 of them fall: half-way 0.5 (1 + 0.1), 0.55 of a cosine too, and 1 - 0.9
// sqrt(0.5) of sqrt.
static void wsd_is_flat_and_then_falls(void **unused)
{
    (void)unused;
    static const char *const shapes[] = {"linear", "cosine", "sqrt"};
    const double half[] = {0.55, 0.55, 1 - 0.9 * sqrt(0.5)};
    for (int i = 0; i < 3; i++) {
        char yaml[160];
        snprintf(yaml, sizeof yaml,
                 "{kind: wsd, warmup_share: 0.04, decay_steps: 20, final_share: 0.1, shape: %s}",
                 shapes[i]);
        struct pt_learning_rate schedule = read(yaml, 10);
        assert_near(pt_learning_rate_at(&schedule, 1, 100), 0.4, 1e-12);
        assert_near(pt_learning_rate_at(&schedule, 4, 100), 0.8, 1e-12);
        assert_near(pt_learning_rate_at(&schedule, 80, 100), 0.8, 1e-12);
        assert_near(pt_learning_rate_at(&schedule, 90, 100), 0.8 * half[i], 1e-12);
        assert_near(pt_learning_rate_at(&schedule, 100, 100), 0.08, 1e-12);
    }
}

// Whatever the length of the run, no schedule leaves 0 to peak, also in runs of one step.
static void no_rate_leaves_its_range(void **unused)
{
    (void)unused;
    static const char *const all[] = {"{kind: constant}",
                                      "{kind: step}",
                                      "{kind: exponential, every_steps: 3}",
                                      "{kind: linear, warmup_share: 0.5}",
                                      "{kind: cosine, cycles: 4}",
                                      "{kind: one_cycle}",
                                      "{kind: one_cycle, rise_share: 0}",
                                      "{kind: one_cycle, rise_share: 1}",
                                      "{kind: inverse_sqrt, warmup_steps: 3}",
                                      "{kind: wsd, decay_share: 1, shape: sqrt}",
                                      "{kind: wsd, decay_steps: 0}"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct pt_learning_rate schedule = read(all[i], 1);
        for (int64_t total = 1; total < 30; total++)
            for (int64_t step = 0; step < total; step++) {
                double rate = pt_learning_rate_at(&schedule, step, total);
                assert_true(rate >= 0 && rate <= 0.8 + 1e-12);
            }
    }
}

static void mistakes_are_named(void **unused)
{
    (void)unused;
    static const char *const wrong[][2] = {
        {"{kind: cosin}", "cosine"},
        {"{kind: cosine, factor: 2}", "factor"},
        {"{warmup_steps: 3}", "kind"},
        {"{kind: step, factor: 0}", "0"},
        {"{kind: linear, warmup_steps: -1}", "-1"},
        {"{kind: cosine, warmup_steps: 3, warmup_share: 0.1}", "warmup_share"},
        {"{kind: step, every_steps: 3, every_epochs: 1}", "every_epochs"},
        {"{kind: one_cycle, warmup_steps: 3}", "warmup_steps"},
        {"{kind: wsd, shape: cubic}", "cubic"},
        {"{kind: cosine, cycles: 0}", "0"},
        {"[cosine]", "mapping"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct pt_arena *arena = pt_arena_create();
        const struct pt_node *node;
        struct pt_learning_rate schedule;
        struct pt_error error;
        assert_int_equal(
            pt_yaml_parse(arena, wrong[i][0], strlen(wrong[i][0]), "s.yaml", &node, NULL), PT_OK);
        assert_status(pt_learning_rate_read(node, 0.8, 10, 100, &schedule, &error), PT_BAD_INPUT,
                      &error);
        assert_contains(error.message, wrong[i][1]);
        pt_arena_destroy(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constant_is_the_default),
        cmocka_unit_test(warm_up_rises_linearly),
        cmocka_unit_test(step_falls_every_so_many_epochs),
        cmocka_unit_test(cosine_and_linear_end_at_their_share),
        cmocka_unit_test(schedules_equal_their_references),
        cmocka_unit_test(wsd_is_flat_and_then_falls),
        cmocka_unit_test(no_rate_leaves_its_range),
        cmocka_unit_test(mistakes_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
