// Money, carbon and water of runs: arithmetic, unknown parts, rates that agree with prices.

#include "base/units.h"
#include "cost/run_price.h"
#include "support.h"

#define NS_PER_HOUR (3600 * PT_NANOSECONDS_PER_SECOND)

static const struct pt_node_type node = {.name = "test",
                                         .accelerators = 8,
                                         .per_host = 8,
                                         .host_price_usd = 80000,
                                         .host_embodied_kg = 4000};
static const struct pt_node_type bare_node = {.name = "bare",
                                              .accelerators = 8,
                                              .per_host = 8,
                                              .host_price_usd = NAN,
                                              .host_embodied_kg = NAN};
static const struct pt_accelerator device = {
    .name = "test", .rent_usd_per_hour = 3, .price_usd = 30000, .embodied_kg = 150};
static const struct pt_cluster cluster = {&device, &node, 16, NAN};

static struct pt_tariff flat(double price, double grams)
{
    struct pt_tariff tariff = pt_tariff_none();
    tariff.price_per_kwh = pt_quantity_exact(price);
    memcpy(tariff.currency, "USD", 4);
    tariff.carbon_grams_per_kwh = pt_quantity_exact(grams);
    return tariff;
}

// 1000 kWh in 10 hours on 16 devices, with a peak of 120 kW.
static struct pt_run_price price_of(const struct pt_cluster *on, const struct pt_tariff *tariff,
                                    const struct pt_run_price_options *options)
{
    struct pt_run_price price;
    struct pt_error error;
    assert_status(pt_run_price_of(on, tariff, options, pt_quantity_exact(3.6e9),
                                  pt_quantity_exact(36000), pt_quantity_exact(120e3), 0, &price,
                                  &error),
                  PT_OK, &error);
    return price;
}

static void a_rented_run_is_arithmetic(void **unused)
{
    struct pt_tariff tariff = flat(0.1, 400);
    struct pt_run_price_options options = pt_run_price_usual();
    (void)unused;
    options.demand_charge_per_kw_month = 15;
    options.egress_bytes = 1e12;
    options.market_carbon_grams_per_kwh = 20;
    struct pt_run_price price = price_of(&cluster, &tariff, &options);

    assert_near(price.energy_money.value, 100, 1e-9);
    // 15 USD x 120 kW x 10 h / 730.5 h
    assert_near(price.demand_money.value, 15 * 120 * 10 / 730.5, 1e-9);
    assert_near(price.hardware_usd.value, 16 * 10 * 3, 1e-9);
    assert_near(price.egress_usd.value, 80, 1e-9); // 1 TB at 8 cents a GB
    assert_int_equal(price.egress_usd.provenance, PT_ASSUMED);
    assert_near(price.total_usd.value, 100 + 15 * 120 * 10 / 730.5 + 480 + 80, 1e-9);
    assert_near(price.carbon_grams.value, 400e3, 1e-6);
    assert_near(price.market_carbon_grams.value, 20e3, 1e-6);
    // (150 + 4000 / 8) kg x 16 devices x 10 h over 5 years of 8766 h, used 0.8 of the time
    assert_near(price.embodied_grams.value, 650e3 * 16 * 10 / (5 * 8766 * 0.8), 1e-6);
    assert_near(price.water_liters.value, 1800, 1e-9);
    assert_true(price.hardware_usd.low < 480 && price.hardware_usd.high > 480);
}

static void bought_hardware_is_depreciated(void **unused)
{
    struct pt_tariff tariff = flat(0.1, 400);
    struct pt_run_price_options options = pt_run_price_usual();
    (void)unused;
    options.tenure = PT_TENURE_OWN;
    options.life_years = 4;
    options.use_share = 0.5;
    struct pt_run_price price = price_of(&cluster, &tariff, &options);
    assert_near(price.hardware_usd.value, 40000.0 * 16 * 10 / (4 * 8766 * 0.5), 1e-6);
    assert_near(price.embodied_grams.value, 650e3 * 16 * 10 / (4 * 8766 * 0.5), 1e-6);

    struct pt_cluster bare = {&device, &bare_node, 16, NAN};
    price = price_of(&bare, &tariff, &options);
    assert_false(pt_quantity_known(price.hardware_usd)); // nobody knows what the host costs
    assert_false(pt_quantity_known(price.total_usd));
    assert_false(pt_quantity_known(price.embodied_grams));
    assert_near(price.energy_money.value, 100, 1e-9);
}

static void unknown_stays_missing_and_is_never_zero(void **unused)
{
    struct pt_tariff none = pt_tariff_none(), tariff = flat(0.1, 400);
    struct pt_run_price_options options = pt_run_price_usual();
    (void)unused;
    struct pt_run_price price = price_of(&cluster, &none, &options);
    assert_false(pt_quantity_known(price.energy_money));
    assert_false(pt_quantity_known(price.carbon_grams));
    assert_false(pt_quantity_known(price.market_carbon_grams));
    assert_false(pt_quantity_known(price.total_usd));
    assert_false(pt_quantity_known(price.egress_usd));
    assert_false(pt_quantity_known(price.demand_money));
    assert_true(pt_quantity_known(price.hardware_usd));

    memcpy(tariff.currency, "VND", 4); // no rate in the table
    price = price_of(&cluster, &tariff, &options);
    assert_true(pt_quantity_known(price.energy_money));
    assert_false(pt_quantity_known(price.total_usd));
    options.usd_per_currency = 4e-5;
    price = price_of(&cluster, &tariff, &options);
    assert_near(price.total_usd.value, 100 * 4e-5 + 480, 1e-9);

    struct pt_accelerator unpriced = device;
    unpriced.rent_usd_per_hour = NAN;
    struct pt_cluster on = {&unpriced, &node, 16, NAN};
    tariff = flat(0.1, 400);
    price = price_of(&on, &tariff, &options);
    assert_false(pt_quantity_known(price.hardware_usd));
    options.rent_usd_per_hour = 2;
    assert_near(price_of(&on, &tariff, &options).hardware_usd.value, 320, 1e-9);
    assert_near(price_of(&on, &tariff, &options).hardware_usd.high, 320, 1e-9); // stated: exact
}

static void currencies_are_changed_into_dollars(void **unused)
{
    const char *source;
    (void)unused;
    assert_near(pt_usd_per_currency("USD", &source), 1, 0);
    // The bank's means of 2025: 1.1300 dollars and 0.8568 pounds for a euro.
    assert_near(pt_usd_per_currency("EUR", &source), 1.13, 0.005);
    assert_contains(source, "2025");
    assert_near(pt_usd_per_currency("GBP", NULL), 1.13 / 0.8568, 0.002);
    assert_near(pt_usd_per_currency("SAR", NULL) * 3.75, 1, 1e-12);
    assert_true(isnan(pt_usd_per_currency("XYZ", &source)));
    assert_null(source);
    assert_true(isnan(pt_usd_per_currency("", NULL)));

    struct pt_tariff tariff = flat(0.1, 400);
    memcpy(tariff.currency, "EUR", 4);
    struct pt_run_price_options options = pt_run_price_usual();
    struct pt_run_price price = price_of(&cluster, &tariff, &options);
    assert_near(price.energy_money.value, 100, 1e-9);
    assert_near(price.total_usd.value, 113 + 480, 1);
}

static void negative_prices_pay_back(void **unused)
{
    struct pt_tariff tariff = flat(-0.05, 400);
    struct pt_run_price_options options = pt_run_price_usual();
    (void)unused;
    struct pt_run_price price = price_of(&cluster, &tariff, &options);
    assert_near(price.energy_money.value, -50, 1e-9);
    assert_near(price.total_usd.value, 430, 1e-9);
}

// Half of the ten hours lie in the window.
static void windows_are_averaged_over_the_run(void **unused)
{
    const struct pt_tariff_window night = {0x7f, 0, 5 * 60, 0.04, 0};
    struct pt_tariff tariff = flat(0.2, 400);
    struct pt_run_price_options options = pt_run_price_usual();
    (void)unused;
    tariff.windows = &night;
    tariff.window_count = 1;
    assert_near(price_of(&cluster, &tariff, &options).energy_money.value, 120, 1e-9);
}

static void what_is_no_number_is_refused(void **unused)
{
    const struct pt_tariff tariff = flat(0.1, 400);
    struct pt_run_price_options options = pt_run_price_usual();
    const struct {
        double *field;
        double value;
        const char *word;
    } cases[] = {
        {&options.rent_usd_per_hour, -1, "rent"},
        {&options.life_years, 0, "life"},
        {&options.use_share, 1.5, "use share"},
        {&options.use_share, 0, "use share"},
        {&options.egress_bytes, INFINITY, "egress bytes"},
        {&options.egress_usd_per_byte, -1, "egress price"},
        {&options.demand_charge_per_kw_month, -5, "demand charge"},
        {&options.water_liters_per_kwh, -1, "water"},
        {&options.market_carbon_grams_per_kwh, -1, "market"},
        {&options.usd_per_currency, 0, "currency"},
    };
    struct pt_run_price price;
    struct pt_error error;
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        *cases[i].field = cases[i].value;
        assert_int_equal(pt_run_price_check(&options, &error), PT_BAD_INPUT);
        assert_contains(error.message, cases[i].word);
        assert_int_equal(pt_run_price_of(&cluster, &tariff, &options, pt_quantity_exact(1),
                                         pt_quantity_exact(1), pt_quantity_exact(1), 0, &price,
                                         &error),
                         PT_BAD_INPUT);
        *cases[i].field = NAN;
    }
    assert_status(pt_run_price_check(&options, &error), PT_OK, &error);
    struct pt_quantity nan = {NAN, NAN, NAN, PT_MODELLED}, minus = pt_quantity_exact(-1);
    struct pt_quantity one = pt_quantity_exact(1);
    assert_int_equal(pt_run_price_of(&cluster, &tariff, &options, nan, one, one, 0, &price, &error),
                     PT_BAD_INPUT);
    assert_contains(error.message, "joules");
    assert_int_equal(
        pt_run_price_of(&cluster, &tariff, &options, one, minus, one, 0, &price, &error),
        PT_BAD_INPUT);
    assert_contains(error.message, "seconds");
    assert_int_equal(
        pt_run_price_of(&cluster, &tariff, &options, one, one, minus, 0, &price, &error),
        PT_BAD_INPUT);
}

// A rate times the time is the price, for every way of paying.
static void rates_agree_with_prices(void **unused)
{
    const struct pt_tariff_window night = {0x7f, 22 * 60, 6 * 60, 0.04, 0};
    struct pt_tariff tariff = flat(0.2, 300);
    (void)unused;
    tariff.windows = &night;
    tariff.window_count = 1;
    memcpy(tariff.currency, "EUR", 4);
    for (int variant = 0; variant < 8; variant++) {
        struct pt_run_price_options options = pt_run_price_usual();
        options.tenure = variant & 1 ? PT_TENURE_OWN : PT_TENURE_RENT;
        options.demand_charge_per_kw_month = variant & 2 ? 20 : NAN;
        options.usd_per_currency = variant & 4 ? 1.2 : NAN;
        double watts = 9876, seconds = 50 * 3600;
        struct pt_run_price price;
        struct pt_rate_card card;
        struct pt_run_rate rate;
        struct pt_error error;
        assert_status(pt_run_price_of(&cluster, &tariff, &options,
                                      pt_quantity_exact(watts * seconds),
                                      pt_quantity_exact(seconds), pt_quantity_exact(watts),
                                      NS_PER_HOUR, &price, &error),
                      PT_OK, &error);
        pt_rate_card_of(&cluster, &tariff, &options, NS_PER_HOUR, 51 * NS_PER_HOUR, &card);
        pt_run_rate_of(&card, 16, watts, &rate);
        assert_near((rate.energy_usd + rate.hardware_usd) * seconds / price.total_usd.value, 1,
                    1e-12);
        assert_near(rate.operational_grams * seconds / price.carbon_grams.value, 1, 1e-12);
        assert_near(rate.embodied_grams * seconds / price.embodied_grams.value, 1, 1e-12);
    }
    struct pt_tariff none = pt_tariff_none();
    struct pt_run_price_options options = pt_run_price_usual();
    struct pt_rate_card card;
    struct pt_run_rate rate;
    pt_rate_card_of(&cluster, &none, &options, 0, NS_PER_HOUR, &card);
    pt_run_rate_of(&card, 16, 1000, &rate);
    assert_true(isnan(rate.energy_usd) && isnan(rate.operational_grams));
    assert_near(rate.hardware_usd, 16 * 3 / 3600.0, 1e-12);
}

// A run of centuries, or from the end of time on, is priced and does not overflow.
static void ends_of_time_are_safe(void **unused)
{
    struct pt_tariff tariff = flat(0.1, 400);
    struct pt_run_price_options options = pt_run_price_usual();
    struct pt_run_price price;
    struct pt_error error;
    static const int64_t starts[] = {INT64_MIN, -1, 0, INT64_MAX};
    (void)unused;
    for (int i = 0; i < 4; i++)
        for (double seconds = 0; seconds < 1e30; seconds = seconds * 1e6 + 1) {
            assert_status(pt_run_price_of(&cluster, &tariff, &options, pt_quantity_exact(3.6e6),
                                          pt_quantity_exact(seconds), pt_quantity_exact(1),
                                          starts[i], &price, &error),
                          PT_OK, &error);
            assert_near(price.energy_money.value, 0.1, 1e-12);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rented_run_is_arithmetic),
        cmocka_unit_test(bought_hardware_is_depreciated),
        cmocka_unit_test(unknown_stays_missing_and_is_never_zero),
        cmocka_unit_test(currencies_are_changed_into_dollars),
        cmocka_unit_test(negative_prices_pay_back),
        cmocka_unit_test(windows_are_averaged_over_the_run),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(rates_agree_with_prices),
        cmocka_unit_test(ends_of_time_are_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
