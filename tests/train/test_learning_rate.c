// Learning-rate schedules, by hand.

#include "support.h"

#include "train/learning_rate.h"

static struct pt_learning_rate read(const char *yaml, int64_t steps_per_epoch)
{
    struct pt_arena *arena = pt_arena_create();
    const struct pt_node *node;
    struct pt_learning_rate schedule;
    struct pt_error error;
    assert_status(pt_yaml_parse(arena, yaml, strlen(yaml), "s.yaml", &node, &error), PT_OK, &error);
    assert_status(pt_learning_rate_read(node, 0.8, steps_per_epoch, &schedule, &error), PT_OK,
                  &error);
    pt_arena_destroy(arena);
    return schedule;
}

static void constant_is_the_default(void **unused)
{
    (void)unused;
    struct pt_learning_rate schedule;
    assert_int_equal(pt_learning_rate_read(NULL, 0.8, 10, &schedule, NULL), PT_OK);
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

static void mistakes_are_named(void **unused)
{
    (void)unused;
    static const char *const wrong[][2] = {{"{kind: cosin}", "cosine"},
                                           {"{kind: cosine, factor: 2}", "factor"},
                                           {"{warmup_steps: 3}", "kind"},
                                           {"{kind: step, factor: 0}", "0"},
                                           {"{kind: linear, warmup_steps: -1}", "-1"},
                                           {"[cosine]", "mapping"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct pt_arena *arena = pt_arena_create();
        const struct pt_node *node;
        struct pt_learning_rate schedule;
        struct pt_error error;
        assert_int_equal(
            pt_yaml_parse(arena, wrong[i][0], strlen(wrong[i][0]), "s.yaml", &node, NULL), PT_OK);
        assert_status(pt_learning_rate_read(node, 0.8, 10, &schedule, &error), PT_BAD_INPUT,
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
        cmocka_unit_test(mistakes_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
