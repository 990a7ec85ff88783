// Tariffs: read from YAML, refused with the place of the mistake, and exact about time.

#include <stdlib.h>
#include <time.h>

#include "base/units.h"
#include "cost/tariff.h"
#include "support.h"

#define NS_PER_MINUTE (60 * PT_NANOSECONDS_PER_SECOND)
#define NS_PER_HOUR   (60 * NS_PER_MINUTE)

static struct pt_arena *arena;

static int make_arena(void **unused)
{
    (void)unused;
    arena = pt_arena_create();
    return arena == NULL;
}

static int drop_arena(void **unused)
{
    (void)unused;
    pt_arena_destroy(arena);
    return 0;
}

static enum pt_status read_text(const char *text, struct pt_tariff *ret_tariff,
                                struct pt_error *error)
{
    const struct pt_node *node;
    assert_status(pt_yaml_parse(arena, text, strlen(text), "run.yaml", &node, error), PT_OK, error);
    return pt_tariff_from_node(arena, node, ret_tariff, error);
}

static struct pt_tariff tariff_of(const char *text)
{
    struct pt_tariff tariff;
    struct pt_error error;
    assert_status(read_text(text, &tariff, &error), PT_OK, &error);
    return tariff;
}

// UTC calendar time by the C library, the second implementation of the calendar here.
static int64_t moment(int year, int month, int day, int hour, int minute)
{
    struct tm when = {.tm_year = year - 1900,
                      .tm_mon = month - 1,
                      .tm_mday = day,
                      .tm_hour = hour,
                      .tm_min = minute};
    return (int64_t)timegm(&when) * PT_NANOSECONDS_PER_SECOND;
}

static void nothing_is_known_without_a_tariff(void **unused)
{
    struct pt_tariff tariff;
    struct pt_error error;
    (void)unused;
    assert_status(pt_tariff_from_node(arena, NULL, &tariff, &error), PT_OK, &error);
    assert_false(pt_quantity_known(tariff.price_per_kwh));
    assert_false(pt_quantity_known(tariff.carbon_grams_per_kwh));
    assert_false(pt_quantity_known(pt_tariff_price(&tariff, 0)));
    assert_false(pt_quantity_known(pt_tariff_mean_price(&tariff, 0, NS_PER_HOUR)));
    assert_near(tariff.pue.value, 1, 0);
    assert_int_equal(tariff.pue.provenance, PT_ASSUMED);
    assert_string_equal(tariff.currency, "");
    tariff = tariff_of("~");
    assert_false(pt_quantity_known(tariff.price_per_kwh));
}

static void a_flat_tariff_is_read(void **unused)
{
    (void)unused;
    struct pt_tariff tariff = tariff_of("{name: flat, currency: EUR, price_per_kwh: 0.25, "
                                        "price_error: 0.04, carbon_g_per_kwh: 350, "
                                        "carbon_error: 0.1, pue: 1.2}");
    assert_string_equal(tariff.name, "flat");
    assert_string_equal(tariff.currency, "EUR");
    assert_near(tariff.price_per_kwh.value, 0.25, 0);
    assert_near(tariff.price_per_kwh.low, 0.24, 1e-15);
    assert_near(tariff.price_per_kwh.high, 0.26, 1e-15);
    assert_int_equal(tariff.price_per_kwh.provenance, PT_EXACT);
    assert_near(tariff.carbon_grams_per_kwh.high, 385, 1e-12);
    assert_near(tariff.pue.value, 1.2, 0);
    assert_contains(tariff.price_source, "run.yaml");
    assert_near(pt_tariff_mean_price(&tariff, 0, NS_PER_HOUR).value, 0.25, 0);
}

static void a_region_is_the_base_and_may_be_overridden(void **unused)
{
    const struct pt_grid *germany;
    (void)unused;
    pt_grid_find("DE", &germany, NULL);
    struct pt_tariff short_form = tariff_of("DE");
    struct pt_tariff region = tariff_of("{region: DE}");
    struct pt_tariff own = tariff_of("{region: DE, price_per_kwh: 0.3, pue: 1.1}");

    assert_near(short_form.price_per_kwh.value, germany->price_per_kwh, 0);
    assert_near(region.price_per_kwh.value, germany->price_per_kwh, 0);
    assert_near(region.price_per_kwh.low, 0.8 * germany->price_per_kwh, 1e-12);
    assert_near(region.carbon_grams_per_kwh.value, germany->carbon_grams_per_kwh, 0);
    assert_int_equal(region.price_per_kwh.provenance, PT_PUBLISHED);
    assert_contains(region.price_source, "Eurostat");
    assert_contains(region.price_source, "2024");
    assert_contains(region.carbon_source, "Ember");
    assert_contains(region.name, "Germany");

    assert_near(own.price_per_kwh.value, 0.3, 0);
    assert_near(own.price_per_kwh.high, 0.3, 0);
    assert_string_equal(own.currency, "EUR");
    assert_contains(own.price_source, "run.yaml");
    assert_near(own.carbon_grams_per_kwh.value, germany->carbon_grams_per_kwh, 0);
    assert_near(own.pue.value, 1.1, 0);
}

// Switzerland has no price in the catalogue: no price, no currency, but carbon.
static void a_region_without_a_price_has_none(void **unused)
{
    (void)unused;
    struct pt_tariff tariff = tariff_of("CH");
    assert_false(pt_quantity_known(tariff.price_per_kwh));
    assert_string_equal(tariff.currency, "");
    assert_true(pt_quantity_known(tariff.carbon_grams_per_kwh));
    assert_contains(tariff.price_source, "no price");
}

static void mistakes_are_told_with_their_place(void **unused)
{
    static const char *const mistakes[][2] = {
        {"{price_per_kwh: 0.25}", "needs a currency"},
        {"{currency: EUR}", "needs a price_per_kwh"},
        {"{region: DE, currency: USD}", "needs a price_per_kwh"},
        {"{currency: euro, price_per_kwh: 1}", "ISO 4217"},
        {"{currency: eur, price_per_kwh: 1}", "ISO 4217"},
        {"{currency: EUR, price_per_kwh: cheap}", "price_per_kwh"},
        {"{currency: EUR, price_per_kwh: .nan}", "price_per_kwh"},
        {"{currency: EUR, price_per_kwh: 1e300}", "price_per_kwh"},
        {"{currency: EUR, price_per_kwh: 1, price_error: 2}", "price_error"},
        {"{currency: EUR, price_per_kwh: 1, price_error: -0.1}", "price_error"},
        {"{price_error: 0.1}", "needs price_per_kwh"},
        {"{carbon_error: 0.1}", "needs carbon_g_per_kwh"},
        {"{carbon_g_per_kwh: -1}", "carbon_g_per_kwh"},
        {"{pue: 0.9}", "pue"},
        {"{pue: 1000}", "pue"},
        {"{region: ATLANTIS}", "powertrain grids"},
        {"{regoin: DE}", "region"},
        {"ATLANTIS", "powertrain grids"},
        {"[DE]", "mapping"},
        {"{utc_offset: \"1\"}", "utc_offset"},
        {"{utc_offset: \"+15:00\"}", "utc_offset"},
        {"{windows: []}", "price_per_kwh"},
        {"{currency: EUR, price_per_kwh: 1, windows: 3}", "windows"},
        {"{currency: EUR, price_per_kwh: 1, windows: [{}]}", "price_per_kwh"},
        {"{currency: EUR, price_per_kwh: 1, windows: [{from: \"07:00\", price_per_kwh: 1}]}",
         "needs both"},
        {"{currency: EUR, price_per_kwh: 1, windows: [{from: \"07:00\", to: \"08:00\"}]}",
         "price_per_kwh"},
        {"{currency: EUR, price_per_kwh: 1, windows: [{from: \"7:00\", to: \"08:00\", "
         "price_per_kwh: 1}]}",
         "07:30"},
        {"{currency: EUR, price_per_kwh: 1, windows: [{from: \"24:00\", to: \"08:00\", "
         "price_per_kwh: 1}]}",
         "24:00"},
        {"{currency: EUR, price_per_kwh: 1, windows: [{from: \"23:60\", to: \"08:00\", "
         "price_per_kwh: 1}]}",
         "from"},
        {"{currency: EUR, price_per_kwh: 1, windows: [{days: mo-fr, from: \"07:00\", to: "
         "\"08:00\", price_per_kwh: 1}]}",
         "mon-fri"},
    };
    struct pt_tariff tariff;
    struct pt_error error;
    (void)unused;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        if (read_text(mistakes[i][0], &tariff, &error) != PT_BAD_INPUT)
            fail_msg("%s was accepted", mistakes[i][0]);
        assert_contains(error.message, mistakes[i][1]);
        assert_contains(error.message, "run.yaml:1:");
        assert_int_equal(read_text(mistakes[i][0], &tariff, &error), PT_BAD_INPUT);
    }
}

static void too_many_windows_are_refused(void **unused)
{
    char text[8192] = "{currency: EUR, price_per_kwh: 1, windows: [";
    struct pt_tariff tariff;
    struct pt_error error;
    (void)unused;
    for (int i = 0; i < 65; i++)
        strcat(text, "{from: \"07:00\", to: \"08:00\", price_per_kwh: 1},");
    strcat(text, "]}");
    assert_int_equal(read_text(text, &tariff, &error), PT_BAD_INPUT);
    assert_contains(error.message, "at most 64 windows");
}

static void offsets_times_and_days_are_read(void **unused)
{
    static const char *const no_offsets[] = {"",       "+",      "01:00",   "+1:00", "+01:60",
                                             "+0a:00", "+14:01", "+01:000", "z",     "+-1:00"};
    static const char *const no_times[] = {"",      "7:00",  "07.00", "24:01",
                                           "12:60", "aa:bb", "07:000"};
    static const char *const no_days[] = {"",        "mon-",     "mo",      "mon-fri-sun", "mon,",
                                          ",mon",    "MON",      "mon fri", "mon--fri",    "monday",
                                          "mon-fre", "mon,,tue", "all,mon", "mon-fri,x"};
    int minutes = 0;
    unsigned days = 0;
    (void)unused;
    assert_true(pt_parse_utc_offset("Z", &minutes) && minutes == 0);
    assert_true(pt_parse_utc_offset("+01:00", &minutes) && minutes == 60);
    assert_true(pt_parse_utc_offset("-0530", &minutes) && minutes == -330);
    assert_true(pt_parse_utc_offset("+05:45", &minutes) && minutes == 345);
    assert_true(pt_parse_time_of_day("00:00", &minutes) && minutes == 0);
    assert_true(pt_parse_time_of_day("24:00", &minutes) && minutes == 1440);
    assert_true(pt_parse_weekdays("mon-fri", &days) && days == 0x1f);
    assert_true(pt_parse_weekdays("sat,sun", &days) && days == 0x60);
    assert_true(pt_parse_weekdays("fri-mon", &days) && days == 0x71);
    assert_true(pt_parse_weekdays("mon,wed-thu,sun", &days) && days == 0x4d);
    assert_true(pt_parse_weekdays("all", &days) && days == 0x7f);
    for (size_t i = 0; i < sizeof no_offsets / sizeof *no_offsets; i++)
        assert_false(pt_parse_utc_offset(no_offsets[i], &minutes));
    for (size_t i = 0; i < sizeof no_times / sizeof *no_times; i++)
        assert_false(pt_parse_time_of_day(no_times[i], &minutes));
    for (size_t i = 0; i < sizeof no_days / sizeof *no_days; i++)
        if (pt_parse_weekdays(no_days[i], &days))
            fail_msg("days \"%s\" were accepted", no_days[i]);
}

static const char *const night_and_day =
    "currency: EUR\n"
    "price_per_kwh: 0.20\n"
    "utc_offset: \"+01:00\"\n"
    "windows:\n"
    "  - {days: mon-fri, from: \"07:00\", to: \"22:00\", price_per_kwh: 0.30}\n"
    "  - {days: fri, from: \"22:00\", to: \"06:00\", price_per_kwh: 0.10}\n";

// Friday 2026-11-20 22:00 at +01:00 is 21:00 UTC; the window goes on until Saturday 06:00, 05:00
// UTC. Thursday night has no such window.
static void a_window_over_midnight_belongs_to_the_day_on_which_it_begins(void **unused)
{
    struct pt_tariff tariff = tariff_of(night_and_day);
    (void)unused;
    assert_near(pt_tariff_price(&tariff, moment(2026, 11, 20, 20, 59)).value, 0.30, 0);
    assert_near(pt_tariff_price(&tariff, moment(2026, 11, 20, 21, 0)).value, 0.10, 0);
    assert_near(pt_tariff_price(&tariff, moment(2026, 11, 20, 23, 0)).value, 0.10, 0); // 00:00 Sat
    assert_near(pt_tariff_price(&tariff, moment(2026, 11, 21, 4, 59)).value, 0.10, 0);
    assert_near(pt_tariff_price(&tariff, moment(2026, 11, 21, 5, 0)).value, 0.20, 0);
    assert_near(pt_tariff_price(&tariff, moment(2026, 11, 19, 21, 0)).value, 0.20, 0);
    assert_near(pt_tariff_price(&tariff, moment(2026, 11, 23, 6, 0)).value, 0.30, 0); // Monday 7:00
    assert_near(pt_tariff_price(&tariff, moment(2026, 11, 23, 5, 59)).value, 0.20, 0);
}

static void the_first_window_that_holds_wins(void **unused)
{
    (void)unused;
    struct pt_tariff tariff = tariff_of("{currency: EUR, price_per_kwh: 1, windows: ["
                                        "{from: \"10:00\", to: \"12:00\", price_per_kwh: 2},"
                                        "{from: \"00:00\", to: \"24:00\", price_per_kwh: 3}]}");
    assert_near(pt_tariff_price(&tariff, moment(2026, 1, 1, 11, 0)).value, 2, 0);
    assert_near(pt_tariff_price(&tariff, moment(2026, 1, 1, 12, 0)).value, 3, 0);
    assert_near(pt_tariff_price(&tariff, moment(2026, 1, 1, 0, 0)).value, 3, 0);
    // from = to is the whole day
    tariff = tariff_of("{currency: EUR, price_per_kwh: 1, windows: ["
                       "{days: thu, from: \"12:00\", to: \"12:00\", price_per_kwh: 2}]}");
    assert_near(pt_tariff_price(&tariff, moment(2026, 1, 1, 11, 59)).value, 1, 0); // a Thursday
    assert_near(pt_tariff_price(&tariff, moment(2026, 1, 1, 12, 0)).value, 2, 0);
    assert_near(pt_tariff_price(&tariff, moment(2026, 1, 2, 11, 59)).value, 2, 0);
    assert_near(pt_tariff_price(&tariff, moment(2026, 1, 2, 12, 0)).value, 1, 0);
}

// One hour at 0.30 until 22:00 local, then three at 0.10: (0.30 + 3 * 0.10) / 4 = 0.15.
static void a_mean_price_weighs_by_time(void **unused)
{
    struct pt_tariff tariff = tariff_of(night_and_day);
    (void)unused;
    int64_t from = moment(2026, 11, 20, 20, 0);
    assert_near(pt_tariff_mean_price(&tariff, from, from + 4 * NS_PER_HOUR).value, 0.15, 1e-15);
    assert_near(pt_tariff_mean_price(&tariff, from, from).value, 0.30, 0);
    assert_near(pt_tariff_mean_price(&tariff, from, from - 1).value, 0.30, 0);
    assert_near(pt_tariff_mean_price(&tariff, from, from + 1).value, 0.30, 0);
    // Week: 75 h at 0.30, 8 h at 0.10, 85 h at 0.20 = 40.3 / 168; the same for 1000 weeks
    double week = (75 * 0.30 + 8 * 0.10 + 85 * 0.20) / 168;
    assert_near(pt_tariff_mean_price(&tariff, from, from + 168 * NS_PER_HOUR).value, week, 1e-15);
    assert_near(pt_tariff_mean_price(&tariff, from, from + 168000 * NS_PER_HOUR).value, week,
                1e-14);
}

// The calendar anew: day and minute by the C library, and each minute asked by itself.
static bool opens_on(const struct pt_tariff *tariff, const struct pt_tariff_window *window,
                     struct tm day)
{
    int64_t number = (int64_t)timegm(&day) / 86400;
    int weekday = (day.tm_wday + 6) % 7;
    for (int i = 0; i < tariff->clock.holiday_count; i++)
        if (tariff->clock.holidays[i] == number)
            weekday = tariff->clock.holiday_weekday;
    return (window->weekdays >> weekday & 1) &&
           (window->months == 0 || (window->months >> day.tm_mon & 1));
}

static double price_of_minute(const struct pt_tariff *tariff, int64_t minute_since_epoch)
{
    time_t utc = (time_t)minute_since_epoch * 60;
    time_t shifted = utc + tariff->clock.utc_offset_minutes * (time_t)60;
    struct tm when;
    if (tariff->clock.zone != NULL)
        localtime_r(&utc, &when); // TZ is set
    else
        gmtime_r(&shifted, &when);
    int minute = when.tm_hour * 60 + when.tm_min;
    struct tm today = {.tm_year = when.tm_year, .tm_mon = when.tm_mon, .tm_mday = when.tm_mday};
    struct tm yesterday = today;
    yesterday.tm_mday--;
    timegm(&today); // fills the weekday
    timegm(&yesterday);
    for (int i = 0; i < tariff->window_count; i++) {
        const struct pt_tariff_window *window = &tariff->windows[i];
        // All minutes of the window, counted from the midnight on which it opens.
        int end =
            window->to_minute > window->from_minute ? window->to_minute : window->to_minute + 1440;
        for (int back = 0; back <= 1; back++) {
            int at = minute + 1440 * back;
            if (opens_on(tariff, window, back == 0 ? today : yesterday) &&
                at >= window->from_minute && at < end)
                return window->price_per_kwh;
        }
    }
    return tariff->price_per_kwh.value;
}

static uint64_t random_state = 0x9e3779b97f4a7c15u;

static int random_below(int bound)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (int)(random_state % (uint64_t)bound);
}

static const char *const zone_names[] = {"Europe/Berlin",
                                         "America/New_York",
                                         "Australia/Lord_Howe",
                                         "Europe/Dublin",
                                         "Asia/Kathmandu",
                                         "America/Sao_Paulo",
                                         "Africa/Casablanca",
                                         "Pacific/Chatham",
                                         "Asia/Tehran",
                                         "America/Los_Angeles",
                                         "UTC",
                                         "Antarctica/Troll"};
enum { ZONE_COUNT = sizeof zone_names / sizeof *zone_names };

static void set_library_zone(const char *name)
{
    if (name == NULL)
        unsetenv("TZ");
    else
        setenv("TZ", name, 1);
    tzset();
}

static void means_agree_once(struct pt_tariff *tariff, int64_t from, int length)
{
    double sum = 0;
    for (int minute = 0; minute < length; minute++)
        sum += price_of_minute(tariff, from + minute);
    double mean =
        pt_tariff_mean_price(tariff, from * NS_PER_MINUTE, (from + length) * NS_PER_MINUTE).value;
    assert_near(mean, sum / length, 1e-9);
    assert_near(pt_tariff_price(tariff, from * NS_PER_MINUTE).value, price_of_minute(tariff, from),
                0);
    assert_near(pt_tariff_price(tariff, from * NS_PER_MINUTE + NS_PER_MINUTE - 1).value,
                price_of_minute(tariff, from), 0);
}

static void mean_prices_agree_with_every_minute_counted(void **unused)
{
    (void)unused;
    for (int run = 0; run < 300; run++) {
        struct pt_tariff_window windows[4];
        struct pt_tariff tariff = pt_tariff_none();
        tariff.price_per_kwh = pt_quantity_exact(random_below(100));
        tariff.window_count = random_below(5);
        tariff.windows = windows;
        tariff.clock.utc_offset_minutes = random_below(1681) - 840;
        for (int i = 0; i < tariff.window_count; i++)
            windows[i] = (struct pt_tariff_window){(unsigned)random_below(128), random_below(1440),
                                                   random_below(1441), random_below(100), 0};
        // From 1960 to 2030, up to three weeks.
        int64_t from = (int64_t)random_below(36816480) - 5259600;
        means_agree_once(&tariff, from, 1 + random_below(run % 10 == 0 ? 30240 : 3000));
    }
}

static void seasons_holidays_and_summer_time_agree_with_every_minute_counted(void **unused)
{
    (void)unused;
    for (int run = 0; run < 240; run++) {
        struct pt_tariff_window windows[4];
        int64_t holidays[20];
        struct pt_error error;
        struct pt_tariff tariff = pt_tariff_none();
        const char *zone = zone_names[run % ZONE_COUNT];
        assert_status(pt_time_zone_open(arena, zone, &tariff.clock.zone, &error), PT_OK, &error);
        set_library_zone(zone);
        tariff.price_per_kwh = pt_quantity_exact(random_below(100));
        tariff.window_count = 1 + random_below(4);
        tariff.windows = windows;
        for (int i = 0; i < tariff.window_count; i++)
            windows[i] = (struct pt_tariff_window){(unsigned)random_below(128), random_below(1440),
                                                   random_below(1441), random_below(100),
                                                   (unsigned)random_below(4096)};
        // From 1975 to 2099.
        int64_t from = 2629800 + (int64_t)random_below(65000000), day = from / 1440 - 2;
        tariff.clock.holiday_count = random_below(21);
        tariff.clock.holiday_weekday = random_below(7);
        tariff.clock.holidays = holidays;
        for (int i = 0; i < tariff.clock.holiday_count; i++)
            holidays[i] = day += 1 + random_below(3);
        means_agree_once(&tariff, from, 1 + random_below(run % 10 == 0 ? 40000 : 3000));
    }
    set_library_zone(NULL);
}

// Adders and tax lie on top of every kind of price, also of a negative one.
static void what_is_paid_is_price_and_adders_and_tax(void **unused)
{
    (void)unused;
    struct pt_tariff tariff = tariff_of(
        "{currency: GBP, price_per_kwh: -0.05, price_error: 0.1, price_factor: 2, tax: 0.05,\n"
        " adders: [{name: grid, per_kwh: 0.08}, {name: peak, from: \"16:00\", to: \"19:00\", "
        "per_kwh: 0.12}], time_zone: Europe/London}");
    int64_t noon = moment(2026, 7, 1, 12, 0); // 13:00 there
    assert_near(pt_tariff_price(&tariff, noon).value, (-0.1 + 0.08) * 1.05, 1e-12);
    struct pt_quantity peak = pt_tariff_price(&tariff, noon + 3 * NS_PER_HOUR);
    assert_near(peak.value, (-0.1 + 0.2) * 1.05, 1e-12);
    assert_near(peak.high - peak.low, 0.02 * 1.05, 1e-12); // only the price is unsure
    assert_near(pt_tariff_mean_price(&tariff, noon, noon + 4 * NS_PER_HOUR).value,
                (-0.1 + 0.08 + 0.03) * 1.05, 1e-12);
    // In winter the peak is an hour later by UTC.
    int64_t winter = moment(2026, 1, 5, 15, 30);
    assert_near(pt_tariff_price(&tariff, winter).value, (-0.1 + 0.08) * 1.05, 1e-12);
    assert_near(pt_tariff_price(&tariff, winter + NS_PER_HOUR).value, (-0.1 + 0.2) * 1.05, 1e-12);
}

static void a_demand_charge_knows_when_it_is_measured(void **unused)
{
    (void)unused;
    struct pt_tariff tariff =
        tariff_of("{currency: USD, price_per_kwh: 0.1, utc_offset: \"-08:00\", feed_in_per_kwh: "
                  "0.03,\n demand_charge: {per_kw_month: 18.5, minutes: 30, peak_kw: 40, days: "
                  "mon-fri, months: jun-sep, from: \"16:00\", to: \"21:00\"}}");
    assert_near(tariff.demand_charge.per_kw, 18.5, 0);
    assert_near(tariff.demand_charge.peak_kw, 40, 0);
    assert_int_equal(tariff.demand_charge.minutes, 30);
    assert_near(tariff.feed_in_per_kwh, 0.03, 0);
    int64_t thursday = moment(2026, 7, 2, 12 + 8, 0); // noon there
    assert_false(pt_tariff_measures_demand(&tariff, thursday));
    assert_true(pt_tariff_measures_demand(&tariff, thursday + 4 * NS_PER_HOUR));
    assert_false(pt_tariff_measures_demand(&tariff, thursday + 9 * NS_PER_HOUR));
    assert_false(pt_tariff_measures_demand(&tariff, thursday + (4 + 48) * NS_PER_HOUR)); // Saturday
    assert_false(pt_tariff_measures_demand(&tariff, moment(2026, 10, 1, 17 + 8, 0)));
    tariff = tariff_of("{currency: USD, price_per_kwh: 0.1}");
    assert_false(pt_tariff_measures_demand(&tariff, thursday + 4 * NS_PER_HOUR));
}

static void mistakes_in_a_contract_are_told_with_their_place(void **unused)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"{tax: 0.19}", "tax needs a price"},
        {"{currency: EUR, price_per_kwh: 0.1, tax: -1}", "tax"},
        {"{currency: EUR, price_per_kwh: 0.1, price_factor: 0}", "price_factor"},
        {"{currency: EUR, price_per_kwh: 0.1, time_zone: Europe/Berlim}", "tzdata"},
        {"{currency: EUR, price_per_kwh: 0.1, time_zone: ../../etc/passwd}", "is no time zone"},
        {"{currency: EUR, price_per_kwh: 0.1, time_zone: UTC, utc_offset: Z}", "exclude"},
        {"{currency: EUR, price_per_kwh: 0.1, holidays: [2026-02-29]}", "2026-12-25"},
        {"{currency: EUR, price_per_kwh: 0.1, holidays: [[1]]}", "2026-12-25"},
        {"{currency: EUR, price_per_kwh: 0.1, holidays_as: sun}", "needs holidays"},
        {"{currency: EUR, price_per_kwh: 0.1, holidays: [], holidays_as: sat-sun}", "one day"},
        {"{currency: EUR, price_per_kwh: 0.1, adders: [{name: a}]}", "per_kwh"},
        {"{currency: EUR, price_per_kwh: 0.1, adders: [{per_kwh: .nan}]}", "per_kwh"},
        {"{currency: EUR, price_per_kwh: 0.1, windows: [{months: jun-may-apr, price_per_kwh: 1}]}",
         "months must be"},
        {"{currency: EUR, price_per_kwh: 0.1, demand_charge: {minutes: 15}}", "per_kw_month"},
        {"{currency: EUR, price_per_kwh: 0.1, demand_charge: {per_kw_month: 1, minutes: 45}}",
         "divide an hour"},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pt_tariff tariff;
        struct pt_error error;
        assert_status(read_text(cases[i].text, &tariff, &error), PT_BAD_INPUT, &error);
        assert_non_null(strstr(error.message, cases[i].message));
        assert_non_null(strstr(error.message, "run.yaml:1"));
    }
}

static void a_window_is_as_sure_as_the_tariff(void **unused)
{
    (void)unused;
    struct pt_tariff tariff =
        tariff_of("{currency: EUR, price_per_kwh: 1, price_error: 0.1, windows: ["
                  "{from: \"12:00\", to: \"24:00\", price_per_kwh: 3}]}");
    int64_t midnight = moment(2026, 3, 4, 0, 0);
    struct pt_quantity price = pt_tariff_mean_price(&tariff, midnight, midnight + 24 * NS_PER_HOUR);
    assert_near(price.value, 2, 1e-15);
    assert_near(price.low, 1.8, 1e-12);
    assert_near(price.high, 2.2, 1e-12);
}

// Wholesale prices fall below zero.
static void a_negative_price_is_a_price(void **unused)
{
    (void)unused;
    struct pt_tariff tariff = tariff_of("{currency: EUR, price_per_kwh: -0.05}");
    assert_near(pt_tariff_price(&tariff, 0).value, -0.05, 0);
}

static void ends_of_time_are_safe(void **unused)
{
    struct pt_tariff tariff = tariff_of(night_and_day);
    (void)unused;
    assert_true(pt_quantity_known(pt_tariff_price(&tariff, INT64_MIN)));
    assert_true(pt_quantity_known(pt_tariff_price(&tariff, INT64_MAX)));
    assert_false(pt_quantity_known(pt_tariff_mean_price(&tariff, INT64_MIN, INT64_MAX)));
    assert_true(pt_quantity_known(pt_tariff_mean_price(&tariff, 0, INT64_MAX)));
    assert_true(pt_quantity_known(pt_tariff_mean_price(&tariff, INT64_MAX - 1, INT64_MAX)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_known_without_a_tariff),
        cmocka_unit_test(a_flat_tariff_is_read),
        cmocka_unit_test(a_region_is_the_base_and_may_be_overridden),
        cmocka_unit_test(a_region_without_a_price_has_none),
        cmocka_unit_test(mistakes_are_told_with_their_place),
        cmocka_unit_test(too_many_windows_are_refused),
        cmocka_unit_test(offsets_times_and_days_are_read),
        cmocka_unit_test(a_window_over_midnight_belongs_to_the_day_on_which_it_begins),
        cmocka_unit_test(the_first_window_that_holds_wins),
        cmocka_unit_test(a_mean_price_weighs_by_time),
        cmocka_unit_test(mean_prices_agree_with_every_minute_counted),
        cmocka_unit_test(seasons_holidays_and_summer_time_agree_with_every_minute_counted),
        cmocka_unit_test(what_is_paid_is_price_and_adders_and_tax),
        cmocka_unit_test(a_demand_charge_knows_when_it_is_measured),
        cmocka_unit_test(mistakes_in_a_contract_are_told_with_their_place),
        cmocka_unit_test(a_window_is_as_sure_as_the_tariff),
        cmocka_unit_test(a_negative_price_is_a_price),
        cmocka_unit_test(ends_of_time_are_safe),
    };
    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
