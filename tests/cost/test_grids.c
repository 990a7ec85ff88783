// Laws of the catalogue of grids, and a check against hourly series of another source.

#include <ctype.h>

#include "cost/tariff.h"
#include "support.h"

static const struct pt_grid *grid(const char *code)
{
    const struct pt_grid *found = NULL;
    struct pt_error error;
    assert_status(pt_grid_find(code, &found, &error), PT_OK, &error);
    return found;
}

// ISO 3166: "DE", or "US-CA" for a part.
static void every_code_is_unique_and_well_formed(void **unused)
{
    (void)unused;
    for (int i = 0; i < pt_grid_count; i++) {
        const char *code = pt_grids[i].code;
        assert_true(isupper((unsigned char)code[0]) && isupper((unsigned char)code[1]));
        assert_true(code[2] == '\0' || (code[2] == '-' && strlen(code) >= 5 && strlen(code) <= 8));
        assert_true(strlen(pt_grids[i].name) > 3);
        for (int other = 0; other < i; other++)
            assert_string_not_equal(code, pt_grids[other].code);
    }
}

// Hydropower emits about 20 g, oil shale and lignite about 1,200 g per kWh.
static void carbon_is_plausible_and_has_a_source_and_a_year(void **unused)
{
    (void)unused;
    for (int i = 0; i < pt_grid_count; i++) {
        const struct pt_grid *row = &pt_grids[i];
        if (isnan(row->carbon_grams_per_kwh)) {
            assert_null(row->carbon_source);
            continue;
        }
        if (!(row->carbon_grams_per_kwh >= 10 && row->carbon_grams_per_kwh <= 1200))
            fail_msg("%s: %g g/kWh", row->code, row->carbon_grams_per_kwh);
        assert_in_range(row->carbon_year, 2022, 2026);
        assert_true(strlen(row->carbon_source) > 10);
    }
}

// Units of each currency in a US dollar, mid 2024, to one digit: enough to see a slip of a factor.
static double dollars(const char *currency)
{
    static const struct {
        const char *code;
        double per_dollar;
    } rates[] = {{"USD", 1},    {"EUR", 0.92}, {"GBP", 0.78}, {"CNY", 7.2},   {"AED", 3.67},
                 {"KRW", 1350}, {"ZAR", 18},   {"MYR", 4.4},  {"IDR", 16000}, {"VND", 25000},
                 {"THB", 35},   {"TWD", 32},   {"SAR", 3.75}};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
        if (strcmp(rates[i].code, currency) == 0)
            return 1 / rates[i].per_dollar;
    fail_msg("no rate of %s", currency);
    return NAN;
}

static void prices_are_plausible_and_have_a_source_a_year_and_a_currency(void **unused)
{
    (void)unused;
    for (int i = 0; i < pt_grid_count; i++) {
        const struct pt_grid *row = &pt_grids[i];
        if (isnan(row->price_per_kwh)) {
            assert_null(row->price_source);
            assert_null(row->currency);
            assert_int_equal(row->price_year, 0);
            continue;
        }
        double price = row->price_per_kwh * dollars(row->currency);
        if (!(price >= 0.02 && price <= 0.40))
            fail_msg("%s: %g USD/kWh", row->code, price);
        assert_in_range(row->price_year, 2023, 2026);
        assert_true(strlen(row->price_source) > 10);
    }
}

static void sixty_countries_and_all_of_the_eu_are_there(void **unused)
{
    static const char *const union_states[] = {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
        "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"};
    static const char *const largest[] = {"US", "CN", "JP", "IN", "GB", "BR", "CA", "RU", "KR",
                                          "AU", "MX", "ID", "TR", "SA", "CH", "AR", "ZA", "TW"};
    int countries = 0;
    (void)unused;
    for (int i = 0; i < pt_grid_count; i++)
        countries += pt_grids[i].code[2] == '\0';
    assert_true(countries >= 60);
    for (size_t i = 0; i < sizeof union_states / sizeof *union_states; i++)
        assert_false(isnan(grid(union_states[i])->price_per_kwh));
    for (size_t i = 0; i < sizeof largest / sizeof *largest; i++)
        assert_false(isnan(grid(largest[i])->carbon_grams_per_kwh));
}

// Means of hourly life-cycle series of 2023 by Electricity Maps, an independent count from load,
// imports and mix. They differ in year and method; a quarter is what the interval promises and a
// little more.
static void annual_means_agree_with_hourly_series(void **unused)
{
    static const struct {
        const char *code;
        double hourly_mean;
    } series[] = {{"DE", 367.0},       {"GB", 187.5},     {"ZA", 702.1},
                  {"AU-NSW", 554.2},   {"JP-TK", 539.7},  {"US-CAISO", 260.7},
                  {"US-ERCOT", 380.5}, {"US-PJM", 392.4}, {"CA-ON", 72.85}};
    (void)unused;
    for (size_t i = 0; i < sizeof series / sizeof *series; i++) {
        double ratio = grid(series[i].code)->carbon_grams_per_kwh / series[i].hourly_mean;
        if (!(ratio > 0.75 && ratio < 1.25))
            fail_msg("%s: ratio %g", series[i].code, ratio);
    }
}

// Eurostat's news of 25 April 2024 and after name the extremes of the EU: Cyprus high, Finland low.
static void extremes_of_price_are_where_they_are_reported(void **unused)
{
    (void)unused;
    for (int i = 0; i < pt_grid_count; i++) {
        if (pt_grids[i].currency == NULL || strcmp(pt_grids[i].currency, "EUR") != 0)
            continue;
        assert_true(pt_grids[i].price_per_kwh <= grid("CY")->price_per_kwh);
    }
    assert_true(grid("FI")->price_per_kwh < 0.09);
}

static void codes_are_found_in_any_case_and_mistakes_explained(void **unused)
{
    const struct pt_grid *found;
    struct pt_error error;
    (void)unused;
    assert_string_equal(grid("de")->code, "DE");
    assert_string_equal(grid("us-ca")->code, "US-CA");
    assert_int_equal(pt_grid_find("US-CALIFORNIA-SOMEWHERE", &found, &error), PT_NOT_FOUND);
    assert_contains(error.message, "powertrain grids");
    assert_int_equal(pt_grid_find("US-CAISOO", &found, &error), PT_NOT_FOUND);
    assert_contains(error.message, "did you mean US-CAISO?");
    assert_int_equal(pt_grid_find("", &found, &error), PT_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_is_unique_and_well_formed),
        cmocka_unit_test(carbon_is_plausible_and_has_a_source_and_a_year),
        cmocka_unit_test(prices_are_plausible_and_have_a_source_a_year_and_a_currency),
        cmocka_unit_test(sixty_countries_and_all_of_the_eu_are_there),
        cmocka_unit_test(annual_means_agree_with_hourly_series),
        cmocka_unit_test(extremes_of_price_are_where_they_are_reported),
        cmocka_unit_test(codes_are_found_in_any_case_and_mistakes_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
