// The site of a tariff: its load, sun, wind and battery, read from YAML and from files.

#include <stdlib.h>

#include "base/units.h"
#include "cost/tariff_site.h"
#include "support.h"

#define HOUR   (3600 * PT_NANOSECONDS_PER_SECOND)
#define MIDDAY 1767261600000000000LL // 2026-01-01T10:00:00Z

static struct pt_arena *arena;

static int open_arena(void **unused)
{
    (void)unused;
    arena = pt_arena_create();
    return arena == NULL || setenv("POWERTRAIN_OFFLINE", "1", 1) != 0;
}

static int close_arena(void **unused)
{
    (void)unused;
    pt_arena_destroy(arena);
    return 0;
}

static enum pt_status read_site(const char *folder, const char *site, struct pt_tariff *ret_tariff,
                                struct pt_error *error)
{
    char text[1024];
    const struct pt_node *node;
    snprintf(text, sizeof text, "{currency: EUR, price_per_kwh: 0.3, site: %s}", site);
    assert_status(pt_node_read_file(arena, test_file(folder, "tariff.yaml", text), &node, error),
                  PT_OK, error);
    return pt_tariff_from_node(arena, node, ret_tariff, error);
}

// 4 kW of load, less 10 kWp x 0.2 and 0.5 kW of wind: 1.5 kW; in the next hour 10 x 0.6: -2.5 kW.
// Over both half an hour of each. The series of kW per kWp ends then.
static void what_the_grid_gives_is_load_less_sun_and_wind(void **unused)
{
    const char *folder = test_folder();
    struct pt_tariff tariff;
    struct pt_error error;
    (void)unused;
    test_file(folder, "pv.csv", "time,value\n2026-01-01T10:00:00Z,0.2\n2026-01-01T11:00:00Z,0.6\n");
    test_file(folder, "wind.csv",
              "time,value\n2026-01-01T10:00:00Z,500\n2026-01-01T11:00:00Z,500\n");
    assert_status(read_site(folder,
                            "{load_kw: 4, solar: \"csv:pv.csv\", solar_kwp: 10, wind: "
                            "\"csv:wind.csv#W\"}",
                            &tariff, &error),
                  PT_OK, &error);
    assert_near(pt_tariff_site_net_kw(tariff.site, MIDDAY, MIDDAY + HOUR), 1.5, 1e-12);
    assert_near(pt_tariff_site_net_kw(tariff.site, MIDDAY + HOUR, MIDDAY + 2 * HOUR), -2.5, 1e-12);
    assert_near(pt_tariff_site_net_kw(tariff.site, MIDDAY + HOUR / 2, MIDDAY + 3 * HOUR / 2), -0.5,
                1e-12);
    assert_true(isnan(pt_tariff_site_net_kw(tariff.site, MIDDAY + HOUR, MIDDAY + 3 * HOUR)));
    assert_near(tariff.site->battery.kwh, 0, 0);
}

static void a_load_may_be_a_file(void **unused)
{
    const char *folder = test_folder();
    struct pt_tariff tariff;
    struct pt_error error;
    (void)unused;
    test_file(folder, "house.csv",
              "time,value\n2026-01-01T10:00:00Z,0.7\n2026-01-01T11:00:00Z,1.1\n");
    assert_status(read_site(folder, "{load: \"csv:house.csv#kW\"}", &tariff, &error), PT_OK,
                  &error);
    assert_near(pt_tariff_site_net_kw(tariff.site, MIDDAY, MIDDAY + 2 * HOUR), 0.9, 1e-12);
}

// A feed that is down stops nothing, but the sun is then unknown, and not 0.
static void a_dead_feed_is_unknown_and_not_dark(void **unused)
{
    struct pt_tariff tariff;
    struct pt_error error;
    (void)unused;
    assert_status(read_site(test_folder(), "{load_kw: 1, solar: \"open-meteo:52.52,13.41\"}",
                            &tariff, &error),
                  PT_OK, &error);
    assert_true(isnan(pt_tariff_site_net_kw(tariff.site, MIDDAY, MIDDAY + HOUR)));
}

static void a_battery_has_all_its_numbers(void **unused)
{
    struct pt_tariff tariff;
    struct pt_error error;
    (void)unused;
    assert_status(read_site(test_folder(),
                            "{battery: {kwh: 10, kw: 5, efficiency: 0.9, charge: 0.5}}", &tariff,
                            &error),
                  PT_OK, &error);
    assert_near(tariff.site->battery.kwh, 10, 0);
    assert_near(tariff.site->battery.kw, 5, 0);
    assert_near(tariff.site->battery.efficiency, 0.9, 0);
    assert_near(tariff.site->battery.charge_share, 0.5, 0);
    assert_near(pt_tariff_site_net_kw(tariff.site, MIDDAY, MIDDAY + HOUR), 0, 0);
}

static void without_a_site_there_is_none(void **unused)
{
    struct pt_tariff tariff = pt_tariff_none();
    (void)unused;
    assert_null(tariff.site);
    assert_true(isnan(tariff.feed_in_per_kwh)); // nobody buys
}

static void mistakes_are_refused_with_their_place(void **unused)
{
    static const struct {
        const char *site, *message;
    } wrong[] = {
        {"{sola: 1}", "did you mean"},
        {"[1]", "site"},
        {"{load_kw: -1}", "load_kw"},
        {"{load_kw: 1, load: \"csv:x.csv\"}", "exclude each other"},
        {"{solar_kwp: 10}", "solar_kwp needs solar"},
        {"{solar: \"open-meteo:52,13,5\", solar_kwp: 10}", "names the size"},
        {"{solar: \"open-meteo:north\"}", "is no place"},
        {"{wind: \"open-meteo:52,13\"}", "wind must be a file"},
        {"{load: \"awattar:DE\"}", "load must be a file"},
        {"{solar: \"csv:missing.csv\"}", "missing.csv"},
        {"{solar: \"csv:missing.csv#EUR/kWh\"}", "price"},
        {"{battery: {kwh: 10, kw: 5, efficiency: 0.9}}", "charge"},
        {"{battery: {kwh: 10, kw: 5, efficiency: 1.1, charge: 0}}", "efficiency"},
        {"{battery: {kwh: 0, kw: 5, efficiency: 0.9, charge: 0}}", "kwh"},
        {"{battery: 7}", "battery"},
    };
    const char *folder = test_folder();
    (void)unused;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct pt_tariff tariff;
        struct pt_error error = {PT_OK, ""};
        assert_status(read_site(folder, wrong[i].site, &tariff, &error), PT_BAD_INPUT, &error);
        assert_contains(error.message, wrong[i].message);
        assert_contains(error.message, "tariff.yaml:1:");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_grid_gives_is_load_less_sun_and_wind),
        cmocka_unit_test(a_load_may_be_a_file),
        cmocka_unit_test(a_dead_feed_is_unknown_and_not_dark),
        cmocka_unit_test(a_battery_has_all_its_numbers),
        cmocka_unit_test(without_a_site_there_is_none),
        cmocka_unit_test(mistakes_are_refused_with_their_place),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
