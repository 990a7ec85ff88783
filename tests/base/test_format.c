#include "support.h"

#include "base/table.h"

typedef const char *formatter(double value, char *buffer);

static void check(formatter *format, double value, const char *expected)
{
    char buffer[48];
    assert_string_equal(format(value, buffer), expected);
}

// 1 Wh = 3600 J, 1 kWh = 3.6 MJ.
static void joules(void **unused)
{
    (void)unused;
    check(pt_format_joules, 1, "1 J");
    check(pt_format_joules, 359, "359 J");
    check(pt_format_joules, 360, "0.1 Wh");
    check(pt_format_joules, 3600, "1 Wh");
    check(pt_format_joules, 4428000, "1.23 kWh");
    check(pt_format_joules, 3.6e9, "1 MWh");
    check(pt_format_joules, 4.5e12, "1.25 GWh");
    check(pt_format_joules, 3.6e12 * 12345, "12340 GWh"); // beyond the last unit; ties to even
    check(pt_format_joules, 0.00125, "0.00125 J");
}

static void watts_grams_and_flop(void **unused)
{
    (void)unused;
    check(pt_format_watts, 0.0123, "12.3 mW");
    check(pt_format_watts, 65.43, "65.43 W");
    check(pt_format_watts, 1e9, "1 GW");
    check(pt_format_grams, 0.5, "500 mg");
    check(pt_format_grams, 434.2, "434.2 g");
    check(pt_format_grams, 552e6, "552 t");
    check(pt_format_flop, 1, "1 FLOP");
    check(pt_format_flop, 989.4e12, "989.4 TFLOP");
    check(pt_format_flop, 3.14e23, "314 ZFLOP");
    check(pt_format_flop, 3.8e25, "38 YFLOP");
}

static void bytes(void **unused)
{
    (void)unused;
    check(pt_format_bytes, 512, "512 B");
    check(pt_format_bytes, 1023, "1023 B");
    check(pt_format_bytes, 1024, "1 KiB");
    check(pt_format_bytes, 1.5 * 1048576, "1.5 MiB");
    check(pt_format_bytes, 80 * 1073741824.0, "80 GiB");
    check(pt_format_bytes, 1023.99 * 1024, "1 MiB");
}

// 999.95 has the four digits 1000, so it belongs to the next unit; 999.94 stays.
static void rounding_rolls_over_into_the_next_unit(void **unused)
{
    (void)unused;
    check(pt_format_watts, 999.94, "999.9 W");
    check(pt_format_watts, 999.95, "1 kW");
    check(pt_format_watts, 999950, "1 MW");
    check(pt_format_watts, -999.95, "-1 kW");
    check(pt_format_joules, 359.94, "359.9 J");
    check(pt_format_joules, 359.96, "0.09999 Wh"); // 360.0 J to four digits, so Wh
    check(pt_format_joules, 999.96 * 3600, "1 kWh");
    check(pt_format_grams, 999.96e3, "1 t");
}

static void unknown_is_not_zero(void **unused)
{
    (void)unused;
    static formatter *const all[] = {pt_format_joules, pt_format_watts, pt_format_bytes,
                                     pt_format_grams,  pt_format_flop,  pt_format_count};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        check(all[i], NAN, "unknown");
        check(all[i], INFINITY, "infinite");
        check(all[i], -INFINITY, "minus infinity");
    }
    check(pt_format_joules, 0, "0 J");
    check(pt_format_joules, -0.0, "0 J");
    check(pt_format_watts, 0, "0 W");
    check(pt_format_bytes, 0, "0 B");
    check(pt_format_grams, 0, "0 g");
    check(pt_format_flop, 0, "0 FLOP");
    check(pt_format_count, 0, "0");
    check(pt_format_count, -0.0, "0");
}

static void the_largest_numbers_fit_their_buffer(void **unused)
{
    (void)unused;
    char buffer[48];
    check(pt_format_joules, -1.7e308, "-4.722e+295 GWh");
    check(pt_format_watts, 1e-308, "1e-305 mW");
    check(pt_format_count, -1.7e308, "-1.7e+308");
    assert_string_equal(pt_format_money(-1.7e308, "TOOLONGCURRENCY", buffer), "-1.7e+308 TOOLONGC");
    assert_string_equal(pt_format_money(-999999999999999, "EUR", buffer),
                        "-999,999,999,999,999.00 EUR");
}

static void counts_have_commas(void **unused)
{
    (void)unused;
    check(pt_format_count, 669706, "669,706");
    check(pt_format_count, 999, "999");
    check(pt_format_count, 1000, "1,000");
    check(pt_format_count, -1234567, "-1,234,567");
    check(pt_format_count, 405853388800, "405,853,388,800");
    check(pt_format_count, 0.5, "0.5");
    check(pt_format_count, 1e20, "1e+20");
}

static void money(void **unused)
{
    (void)unused;
    static const struct {
        double amount;
        const char *text;
    } cases[] = {
        {0.000123, "0.000123 EUR"},
        {0.0512, "0.0512 EUR"},
        {0.5, "0.50 EUR"},
        {0.05, "0.05 EUR"},
        {0.9999, "1.00 EUR"},
        {0.099999, "0.10 EUR"},
        {1, "1.00 EUR"},
        {12.345, "12.35 EUR"},
        {1234.5, "1,234.50 EUR"},
        {-12.3, "-12.30 EUR"},
        {0, "0 EUR"},
        {1234567.891, "1,234,567.89 EUR"},
        {1e-12, "1e-12 EUR"},
        {-0.00098765, "-0.000988 EUR"},
    };
    char buffer[48];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(pt_format_money(cases[i].amount, "EUR", buffer), cases[i].text);
    assert_string_equal(pt_format_money(NAN, "EUR", buffer), "unknown");
    assert_string_equal(pt_format_money(2, NULL, buffer), "2.00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joules),
        cmocka_unit_test(watts_grams_and_flop),
        cmocka_unit_test(bytes),
        cmocka_unit_test(rounding_rolls_over_into_the_next_unit),
        cmocka_unit_test(unknown_is_not_zero),
        cmocka_unit_test(the_largest_numbers_fit_their_buffer),
        cmocka_unit_test(counts_have_commas),
        cmocka_unit_test(money),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
