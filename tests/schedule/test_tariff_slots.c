// From a tariff to slots: adders and taxes in every price, gaps that stay gaps, the demand charge's
// window, sun and battery.

#include "base/units.h"
#include "schedule/tariff_slots.h"
#include "support.h"

#define MINUTE (60 * PT_NANOSECONDS_PER_SECOND)
#define HOUR   (60 * MINUTE)
#define BEGIN  1767571200000000000LL // 2026-01-05T00:00:00Z, a Monday

static struct pt_arena *arena;

static int open_arena(void **unused)
{
    (void)unused;
    arena = pt_arena_create();
    return arena == NULL;
}

static int close_arena(void **unused)
{
    (void)unused;
    pt_arena_destroy(arena);
    return 0;
}

// A folder with a price of 100, -20, a gap, and 50 per MWh, carbon and sun.
static struct pt_tariff tariff_of(const char *text)
{
    const char *folder = test_folder();
    struct pt_tariff tariff;
    struct pt_error error;
    const struct pt_node *node;
    test_file(folder, "price.csv",
              "time,value\n2026-01-05T00:00:00Z,100\n2026-01-05T01:00:00Z,-20\n"
              "2026-01-05T03:00:00Z,50\n");
    test_file(folder, "carbon.csv",
              "time,value\n2026-01-05T00:00:00Z,300\n2026-01-05T00:30:00Z,500\n"
              "2026-01-05T01:00:00Z,200\n");
    test_file(folder, "pv.csv", "time,value\n2026-01-05T00:00:00Z,0.5\n2026-01-05T01:00:00Z,3\n");
    assert_status(pt_node_read_file(arena, test_file(folder, "tariff.yaml", text), &node, &error),
                  PT_OK, &error);
    assert_status(pt_tariff_from_node(arena, node, &tariff, &error), PT_OK, &error);
    return tariff;
}

static struct pt_tariff_slots slots_of(const struct pt_tariff *tariff, int64_t slot_ns, int count)
{
    struct pt_tariff_slots of;
    struct pt_error error;
    assert_status(pt_schedule_slots_of_tariff(arena, tariff, BEGIN, slot_ns, count, &of, &error),
                  PT_OK, &error);
    return of;
}

static const char spot[] = "currency: EUR\n"
                           "series: {price_per_mwh: price.csv, carbon_g_per_kwh: carbon.csv}\n"
                           "adders: [{per_kwh: 0.1}, {from: \"01:00\", to: \"01:30\", per_kwh: "
                           "0.2}]\n"
                           "tax: 0.25\n";

// (0.100 + 0.1) x 1.25; (-0.020 + 0.1 + half of 0.2) x 1.25; unknown; (0.050 + 0.1) x 1.25.
static void prices_hold_all_that_is_paid_and_gaps_stay(void **unused)
{
    struct pt_tariff tariff = tariff_of(spot);
    struct pt_tariff_slots of = slots_of(&tariff, HOUR, 5);
    (void)unused;
    assert_near(of.prices[0], 0.25, 1e-12);
    assert_near(of.prices[1], 0.225, 1e-12);
    assert_true(isnan(of.prices[2]));
    assert_near(of.prices[3], 0.1875, 1e-12);
    assert_true(isnan(of.prices[4]));
    assert_ptr_equal(of.prices, of.slots.prices);
    assert_int_equal(of.known_count, 2);
    assert_int_equal(of.price_gap_count, 2);
    assert_near(of.carbon[0], 400, 1e-9);
    assert_true(isnan(of.carbon[3]));
    assert_int_equal(of.carbon_gap_count, 4); // the half hour from 01:30 on is not known either
    assert_null(of.slots.carbon);
    assert_false(of.is_assumed);

    struct pt_schedule_level level = {"", 1, 1000};
    struct pt_schedule_problem problem = {
        .slots = of.slots, .job = {.work_seconds = 60, .level_count = 1, .levels = &level}};
    struct pt_error error;
    assert_int_equal(pt_schedule_check(&problem, &error), PT_BAD_INPUT); // gaps cannot slip through
    assert_contains(error.message, "slot 2");
    // A forecast of 80 per MWh for the gap is paid like every other price.
    of.prices[2] = pt_schedule_price_of_market(&tariff, 0.08, BEGIN + 2 * HOUR, BEGIN + 3 * HOUR);
    assert_near(of.prices[2], (0.08 + 0.1) * 1.25, 1e-12);
    of.prices[4] = pt_schedule_price_of_market(&tariff, 0.08, BEGIN + HOUR, BEGIN + 2 * HOUR);
    assert_near(of.prices[4], (0.08 + 0.1 + 0.1) * 1.25, 1e-12);
    problem.slots.carbon = NULL;
    assert_status(pt_schedule_check(&problem, &error), PT_OK, &error);
}

static void a_flat_price_is_known_for_ever_and_nothing_is_never(void **unused)
{
    struct pt_tariff flat = tariff_of("{currency: EUR, price_per_kwh: 0.3}"),
                     none = pt_tariff_none();
    struct pt_tariff region = tariff_of("DE");
    struct pt_tariff_slots of = slots_of(&flat, HOUR, 100);
    (void)unused;
    assert_int_equal(of.known_count, 100);
    assert_false(of.is_assumed);
    assert_null(of.carbon);
    of = slots_of(&none, HOUR, 3);
    assert_int_equal(of.price_gap_count, 3);
    of = slots_of(&region, HOUR, 3);
    assert_int_equal(of.price_gap_count, 0);
    assert_true(of.is_assumed);
    assert_non_null(of.slots.carbon);
}

static void slots_that_are_none_are_refused(void **unused)
{
    struct pt_tariff tariff = pt_tariff_none();
    struct pt_tariff_slots of;
    struct pt_error error;
    (void)unused;
    assert_int_equal(pt_schedule_slots_of_tariff(arena, &tariff, 0, HOUR, 0, &of, &error),
                     PT_BAD_INPUT);
    assert_int_equal(pt_schedule_slots_of_tariff(arena, &tariff, 0, HOUR, PT_SCHEDULE_SLOTS_MAX + 1,
                                                 &of, &error),
                     PT_BAD_INPUT);
    assert_int_equal(pt_schedule_slots_of_tariff(arena, &tariff, 0, 999999999, 1, &of, &error),
                     PT_BAD_INPUT);
    assert_int_equal(
        pt_schedule_slots_of_tariff(arena, &tariff, INT64_MAX - HOUR, HOUR, 2, &of, &error),
        PT_OVERFLOW);
}

// --------------------------------------------------------------------------------------- the site
static const char house[] = "currency: EUR\nprice_per_kwh: 0.3\ntax: 0.2\nfeed_in_per_kwh: 0.08\n"
                            "demand_charge: {per_kw_month: 10, minutes: 30, from: \"00:30\", to: "
                            "\"01:15\", peak_kw: 2}\n"
                            "site: {load_kw: 1, solar: \"csv:pv.csv\", battery: {kwh: 10, kw: 5, "
                            "efficiency: 0.9, charge: 0.4}}\n";

static void a_site_has_sun_demand_and_battery(void **unused)
{
    struct pt_tariff tariff = tariff_of(house);
    struct pt_tariff_slots of = slots_of(&tariff, 30 * MINUTE, 6);
    struct pt_schedule_tariff_site site;
    struct pt_error error;
    (void)unused;
    assert_status(pt_schedule_site_of_tariff(arena, &tariff, &of.slots, &site, &error), PT_OK,
                  &error);
    assert_true(site.is_needed && site.may_export && site.has_battery);
    assert_near(site.site.net_watts[0], 500, 1e-9); // 1 kW less 0.5
    assert_near(site.site.net_watts[3], -2000, 1e-9);
    assert_true(isnan(site.site.net_watts[4])); // the sun of 02:00 is not known
    assert_int_equal(site.gap_count, 2);
    assert_int_equal(site.known_count, 4);
    assert_near(site.site.feed_in[5], 0.08, 0);
    assert_near(site.site.demand_price_per_kw, 12, 1e-12); // with tax
    assert_near(site.site.peak_watts, 2000, 1e-9);
    assert_int_equal(site.site.demand_ns, 30 * MINUTE);
    const bool window[] = {false, true, true, false, false, false}; // 00:30 to 01:15
    for (int i = 0; i < 6; i++)
        assert_int_equal(site.site.demand_window[i], window[i]);
    assert_near(site.battery.charge_share, 0.4, 0);
}

static void without_a_site_none_is_needed(void **unused)
{
    struct pt_tariff tariff = tariff_of("{currency: EUR, price_per_kwh: 0.3}");
    struct pt_tariff_slots of = slots_of(&tariff, HOUR, 2);
    struct pt_schedule_tariff_site site;
    (void)unused;
    assert_int_equal(pt_schedule_site_of_tariff(arena, &tariff, &of.slots, &site, NULL), PT_OK);
    assert_false(site.is_needed || site.has_battery || site.may_export);
}

static void a_demand_charge_wants_slots_on_its_grid(void **unused)
{
    struct pt_tariff tariff = tariff_of(house);
    struct pt_schedule_tariff_site site;
    struct pt_error error;
    struct pt_schedule_slots slots = {.start_ns = BEGIN, .slot_ns = HOUR, .count = 2};
    (void)unused;
    assert_int_equal(pt_schedule_site_of_tariff(arena, &tariff, &slots, &site, &error),
                     PT_BAD_INPUT);
    assert_contains(error.message, "30 minutes");
    slots =
        (struct pt_schedule_slots){.start_ns = BEGIN + MINUTE, .slot_ns = 15 * MINUTE, .count = 2};
    assert_int_equal(pt_schedule_site_of_tariff(arena, &tariff, &slots, &site, &error),
                     PT_BAD_INPUT);
}

static void slots_are_as_long_as_the_tariff_allows(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        int minutes;
    } lengths[] = {
        {"{currency: EUR, price_per_kwh: 0.3}", 60},
        {spot, 30}, // the carbon's and the adder's half hours
        {house, 15},
        {"{currency: EUR, price_per_kwh: 1, utc_offset: \"+05:30\", windows: [{from: \"07:00\", "
         "to: "
         "\"09:00\", price_per_kwh: 2}]}",
         30},
        {"{currency: EUR, price_per_kwh: 1, windows: [{from: \"07:01\", to: \"09:00\", "
         "price_per_kwh: 2}]}",
         1},
    };
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct pt_tariff tariff = tariff_of(lengths[i].text);
        assert_int_equal(pt_schedule_slot_ns_of_tariff(&tariff, BEGIN) / MINUTE,
                         lengths[i].minutes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prices_hold_all_that_is_paid_and_gaps_stay),
        cmocka_unit_test(a_flat_price_is_known_for_ever_and_nothing_is_never),
        cmocka_unit_test(slots_that_are_none_are_refused),
        cmocka_unit_test(a_site_has_sun_demand_and_battery),
        cmocka_unit_test(without_a_site_none_is_needed),
        cmocka_unit_test(a_demand_charge_wants_slots_on_its_grid),
        cmocka_unit_test(slots_are_as_long_as_the_tariff_allows),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
