#include "support.h"

#include "base/quantity.h"

static void check(struct pt_quantity q, double value, double low, double high,
                  enum pt_provenance provenance)
{
    assert_near(q.value, value, 1e-12 * fabs(value));
    assert_near(q.low, low, 1e-12 * fabs(low));
    assert_near(q.high, high, 1e-12 * fabs(high));
    assert_int_equal(q.provenance, provenance);
}

static void check_missing(struct pt_quantity q)
{
    assert_false(pt_quantity_known(q));
    assert_true(isnan(q.value) && isnan(q.low) && isnan(q.high));
    assert_int_equal(q.provenance, PT_MISSING);
}

static void provenances_are_read_as_written(void **unused)
{
    (void)unused;
    for (int i = PT_EXACT; i <= PT_MISSING; i++)
        assert_int_equal(pt_provenance_parse(pt_provenance_text((enum pt_provenance)i)), i);
    assert_int_equal(pt_provenance_parse("guessed"), PT_MISSING);
    assert_int_equal(pt_provenance_parse(""), PT_MISSING);
}

static void a_relative_error_is_an_interval(void **unused)
{
    (void)unused;
    check(pt_quantity_exact(3), 3, 3, 3, PT_EXACT);
    check(pt_quantity_relative(100, 0.2, PT_MEASURED), 100, 80, 120, PT_MEASURED);
    check(pt_quantity_relative(100, 1.5, PT_ASSUMED), 100, 0, 250, PT_ASSUMED);
    check(pt_quantity_relative(-100, 0.2, PT_MEASURED), -100, -120, -80, PT_MEASURED);
}

static void a_result_is_as_sure_as_its_least_sure_part(void **unused)
{
    (void)unused;
    struct pt_quantity a = {10, 8, 12, PT_MEASURED}, b = {5, 4, 7, PT_ASSUMED};
    check(pt_quantity_sum(a, b), 15, 12, 19, PT_ASSUMED);
    check(pt_quantity_sum(b, a), 15, 12, 19, PT_ASSUMED);
}

// Relative half-widths 0.3 and 0.4 are 0.5 in quadrature: 20 +- 10.
static void independent_errors_add_in_quadrature(void **unused)
{
    (void)unused;
    struct pt_quantity a = {10, 7, 13, PT_MEASURED}, b = {2, 1.2, 2.8, PT_MODELLED};
    check(pt_quantity_product(a, b), 20, 10, 30, PT_MODELLED);
}

// 2 +- 0 over 4 in [2, 8]: 0.5 in [0.25, 1].
static void a_ratio_turns_the_interval_around(void **unused)
{
    (void)unused;
    struct pt_quantity b = {4, 2, 8, PT_MEASURED};
    check(pt_quantity_ratio(pt_quantity_exact(2), b), 0.5, 0.25, 1, PT_MEASURED);
}

static void a_scale_keeps_the_ends_in_order(void **unused)
{
    (void)unused;
    struct pt_quantity a = {10, 8, 13, PT_MEASURED};
    check(pt_quantity_scale(a, 2), 20, 16, 26, PT_MEASURED);
    check(pt_quantity_scale(a, -1), -10, -13, -8, PT_MEASURED);
}

static void missing_stays_missing(void **unused)
{
    (void)unused;
    struct pt_quantity a = pt_quantity_exact(1), none = pt_quantity_missing();
    check_missing(none);
    check_missing(pt_quantity_sum(a, none));
    check_missing(pt_quantity_sum(none, a));
    check_missing(pt_quantity_product(a, none));
    check_missing(pt_quantity_product(none, a));
    check_missing(pt_quantity_ratio(a, none));
    check_missing(pt_quantity_ratio(a, pt_quantity_exact(0)));
    check_missing(pt_quantity_scale(none, 2));
}

// The law of every interval: low <= value <= high, whatever was done.
static void every_result_lies_in_its_interval(void **unused)
{
    (void)unused;
    static const struct pt_quantity all[] = {
        {10, 8, 13, PT_MEASURED}, {0, 0, 5, PT_MODELLED},        {1e-9, 0, 1, PT_ASSUMED},
        {-3, -4, -1, PT_EXACT},   {7, 7, 7, PT_PUBLISHED},       {2, -1, 3, PT_MEASURED},
        {-2, -3, 1, PT_MEASURED}, {1e300, 0, 1e301, PT_ASSUMED},
    };
    enum { COUNT = sizeof all / sizeof *all };
    for (int i = 0; i < COUNT * COUNT; i++) {
        struct pt_quantity a = all[i / COUNT], b = all[i % COUNT];
        struct pt_quantity results[] = {pt_quantity_sum(a, b), pt_quantity_product(a, b),
                                        pt_quantity_ratio(a, b), pt_quantity_scale(a, b.value)};
        for (int k = 0; k < 4; k++) {
            if (!pt_quantity_known(results[k]))
                continue;
            if (!(results[k].low <= results[k].value && results[k].value <= results[k].high))
                fail_msg("case %d, operation %d: %g not in [%g, %g]", i, k, results[k].value,
                         results[k].low, results[k].high);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(provenances_are_read_as_written),
        cmocka_unit_test(a_relative_error_is_an_interval),
        cmocka_unit_test(a_result_is_as_sure_as_its_least_sure_part),
        cmocka_unit_test(independent_errors_add_in_quadrature),
        cmocka_unit_test(a_ratio_turns_the_interval_around),
        cmocka_unit_test(a_scale_keeps_the_ends_in_order),
        cmocka_unit_test(missing_stays_missing),
        cmocka_unit_test(every_result_lies_in_its_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
