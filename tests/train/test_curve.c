// The training curve: bounded, ordered, its mean kept.

#include "support.h"

#include "train/curve.h"

// 10,000 steps of loss = step do not fit; merged, every point is the mean of its steps.
static void a_long_run_is_merged(void **unused)
{
    (void)unused;
    struct pt_curve *curve = pt_curve_create(0);
    int64_t count;
    for (int64_t step = 1; step <= 10000; step++)
        pt_curve_add_step(curve, (double)step, step, 1, (double)step);
    const struct pt_progress_point *points = pt_curve_points(curve, &count);
    assert_true(count <= PT_CURVE_POINTS && count > PT_CURVE_POINTS / 2);
    // Merged three times: 8 steps a point; the first is the mean of 1 to 8.
    assert_near(points[0].loss, 4.5, 1e-9);
    assert_int_equal(points[0].step, 8);
    for (int64_t i = 1; i < count; i++) {
        assert_true(points[i].seconds > points[i - 1].seconds);
        assert_near(points[i].loss, (double)points[i].step - 3.5, 1e-9);
    }
    assert_int_equal(points[count - 1].step, 10000);
    pt_curve_destroy(curve);
}

static void evaluations_stand_where_they_were(void **unused)
{
    (void)unused;
    struct pt_curve *curve = pt_curve_create(2);
    int64_t count;
    for (int step = 1; step <= 4; step++) {
        pt_curve_add_step(curve, step, step, 1, 1);
        if (step % 2 == 0)
            pt_curve_add_evaluation(curve, (struct pt_progress_point){.seconds = step + 0.5,
                                                                      .step = step,
                                                                      .accuracy = 0.5,
                                                                      .evaluation = true});
    }
    const struct pt_progress_point *points = pt_curve_points(curve, &count);
    static const bool expected[] = {false, false, true, false, false, true};
    assert_int_equal(count, 6);
    for (int i = 0; i < 6; i++)
        assert_int_equal(points[i].evaluation, expected[i]);
    pt_curve_destroy(curve);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_run_is_merged),
        cmocka_unit_test(evaluations_stand_where_they_were),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
