#include "base/clock.h"
#include "base/table.h"
#include "report/report.h"
#include "support.h"

static const char *joules(double value, double low, double high, enum pt_provenance provenance)
{
    static char text[PT_REPORT_QUANTITY_SIZE];
    struct pt_quantity quantity = {value, low, high, provenance};
    return pt_report_quantity(quantity, pt_format_joules, text);
}

// 4,428 J are 1.23 Wh; 3,528 J are 0.98 Wh; 5,400 J are 1.5 Wh.
static void value_interval_and_provenance(void **unused)
{
    (void)unused;
    assert_string_equal(joules(4428, 3528, 5400, PT_MODELLED), "1.23 Wh (0.980-1.50, modelled)");
    assert_string_equal(joules(100, 99.5, 100.5, PT_MEASURED), "100 J (99.50-100.5, measured)");
}

static void an_exact_value_has_no_interval(void **unused)
{
    (void)unused;
    assert_string_equal(joules(12, 12, 12, PT_EXACT), "12 J (exact)");
}

// 200 J would be printed in J alone; beside 0.1389 Wh it is 0.0556 Wh.
static void the_ends_have_the_unit_of_the_value(void **unused)
{
    (void)unused;
    assert_string_equal(joules(500, 200, 4e6, PT_ASSUMED), "0.1389 Wh (0.0556-1,111, assumed)");
}

static void missing_is_unknown_and_never_zero(void **unused)
{
    (void)unused;
    char text[PT_REPORT_QUANTITY_SIZE];
    assert_string_equal(joules(NAN, NAN, NAN, PT_MISSING), "unknown");
    assert_string_equal(joules(NAN, NAN, NAN, PT_MEASURED), "unknown");
    assert_string_equal(pt_report_money(pt_quantity_missing(), "EUR", text), "unknown");
    assert_string_equal(joules(5, NAN, NAN, PT_MEASURED), "5 J (measured)");
}

static void zero_is_zero(void **unused)
{
    (void)unused;
    assert_string_equal(joules(0, 0, 0, PT_MEASURED), "0 J (measured)");
    assert_string_equal(joules(0, 0, 3, PT_MEASURED), "0 J (0 J-3 J, measured)");
}

static void an_open_end_says_so(void **unused)
{
    (void)unused;
    assert_string_equal(joules(20, 10, INFINITY, PT_ASSUMED), "20 J (10 J or more, assumed)");
}

static void money_has_its_currency(void **unused)
{
    (void)unused;
    char text[PT_REPORT_QUANTITY_SIZE];
    struct pt_quantity quantity = {1234.5, 1000, 1500, PT_PUBLISHED};
    assert_string_equal(pt_report_money(quantity, "EUR", text),
                        "1,234.50 EUR (1,000-1,500, published)");
}

// "4 min 10 s" has no single unit that the ends could share.
static void durations_keep_their_units(void **unused)
{
    (void)unused;
    char text[PT_REPORT_QUANTITY_SIZE], value[48], low[48], high[48], expected[160];
    struct pt_quantity quantity = {250, 200, 4000, PT_MODELLED};
    snprintf(expected, sizeof expected, "%s (%s-%s, modelled)", pt_format_duration(250, value),
             pt_format_duration(200, low), pt_format_duration(4000, high));
    assert_string_equal(pt_report_quantity(quantity, pt_format_duration, text), expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value_interval_and_provenance),
        cmocka_unit_test(an_exact_value_has_no_interval),
        cmocka_unit_test(the_ends_have_the_unit_of_the_value),
        cmocka_unit_test(missing_is_unknown_and_never_zero),
        cmocka_unit_test(zero_is_zero),
        cmocka_unit_test(an_open_end_says_so),
        cmocka_unit_test(money_has_its_currency),
        cmocka_unit_test(durations_keep_their_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
