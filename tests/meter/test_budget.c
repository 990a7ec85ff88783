// Budgets: what can be written, what can be guarded, and what is said when.

#include "meter/budget.h"

#include "base/units.h"
#include "support.h"

static const int64_t noon = 1700049600LL * PT_NANOSECONDS_PER_SECOND; // 2023-11-15T12:00Z

static struct pt_tariff flat(double price, double grams)
{
    struct pt_tariff tariff = pt_tariff_none();
    tariff.price_per_kwh = pt_quantity_exact(price);
    tariff.carbon_grams_per_kwh = pt_quantity_exact(grams);
    memcpy(tariff.currency, "EUR", 4);
    return tariff;
}

static void what_people_write(void **unused)
{
    static const struct {
        const char *text;
        enum pt_budget_kind kind;
        double limit;
        const char *currency;
    } good[] = {
        {"2kWh", PT_BUDGET_JOULES, 7.2e6, ""},   {"500Wh", PT_BUDGET_JOULES, 1.8e6, ""},
        {"500 Wh", PT_BUDGET_JOULES, 1.8e6, ""}, {"3MJ", PT_BUDGET_JOULES, 3e6, ""},
        {"0.5J", PT_BUDGET_JOULES, 0.5, ""},     {"1e3J", PT_BUDGET_JOULES, 1000, ""},
        {"2.5MWh", PT_BUDGET_JOULES, 9e9, ""},   {"5EUR", PT_BUDGET_MONEY, 5, "EUR"},
        {"2kUSD", PT_BUDGET_MONEY, 2000, "USD"}, {"1.5 MUSD", PT_BUDGET_MONEY, 1.5e6, "USD"},
        {"1e2EUR", PT_BUDGET_MONEY, 100, "EUR"}, {"0.05GBP", PT_BUDGET_MONEY, 0.05, "GBP"},
        {"1kg", PT_BUDGET_GRAMS, 1000, ""},      {"250g", PT_BUDGET_GRAMS, 250, ""},
        {"1kgCO2e", PT_BUDGET_GRAMS, 1000, ""},  {"2 t CO2e", PT_BUDGET_GRAMS, 2e6, ""},
        {"250 g CO2", PT_BUDGET_GRAMS, 250, ""},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct pt_meter_budget budget;
        struct pt_error error;
        assert_status(pt_meter_budget_parse(good[i].text, &budget, &error), PT_OK, &error);
        assert_int_equal(budget.kind, good[i].kind);
        assert_near(budget.limit, good[i].limit, 1e-9 * good[i].limit);
        assert_string_equal(budget.currency, good[i].currency);
        assert_string_equal(budget.text, good[i].text);
    }
    (void)unused;
}

static void what_is_no_budget(void **unused)
{
    static const char *const bad[] = {
        "",
        "2",
        "kWh",
        "-2kWh",
        "0kWh",
        "2kwh",
        "2 kilowatt hours",
        "1e999J",
        "nanJ",
        "5eur",
        "5EURO",
        "5 E",
        "1kWhCO2e",
        "CO2e",
        "1CO2",
        "2kWh ",
        "2..5J",
        "EUR",
        "xEUR",
        "1e309J",
        "5ÄUR",
        "2 kWh, 5EUR and a great deal more that nobody wrote",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct pt_meter_budget budget = {.limit = 7};
        struct pt_error error;
        assert_status(pt_meter_budget_parse(bad[i], &budget, &error), PT_BAD_INPUT, &error);
        assert_contains(error.message, "2kWh");
        assert_near(budget.limit, 7, 0); // untouched
    }
    (void)unused;
}

static struct pt_meter_budget budget_of(const char *text)
{
    struct pt_meter_budget budget;
    struct pt_error error;
    assert_status(pt_meter_budget_parse(text, &budget, &error), PT_OK, &error);
    return budget;
}

// Without a price nobody would ever see that 5 EUR are used up.
static void what_cannot_be_guarded_is_refused(void **unused)
{
    struct pt_tariff nothing = pt_tariff_none(), tariff = flat(0.25, NAN);
    struct pt_meter_budget energy = budget_of("2kWh"), money = budget_of("5EUR"),
                           dollars = budget_of("5USD"), carbon = budget_of("1kg");
    struct pt_error error;
    tariff.carbon_grams_per_kwh = pt_quantity_missing();
    assert_status(pt_meter_budget_check(&energy, &nothing, noon, &error), PT_OK, &error);
    assert_status(pt_meter_budget_check(&money, &tariff, noon, &error), PT_OK, &error);
    assert_status(pt_meter_budget_check(&money, &nothing, noon, &error), PT_USAGE, &error);
    assert_contains(error.message, "5EUR");
    assert_contains(error.message, "--region");
    assert_status(pt_meter_budget_check(&dollars, &tariff, noon, &error), PT_USAGE, &error);
    assert_contains(error.message, "EUR");
    assert_status(pt_meter_budget_check(&carbon, &tariff, noon, &error), PT_USAGE, &error);
    assert_contains(error.message, "carbon intensity");
    (void)unused;
}

static struct pt_budget_watch watch_of(const struct pt_tariff *tariff, const char *text)
{
    struct pt_budget_watch watch;
    struct pt_error error;
    struct pt_meter_budget budget = budget_of(text);
    pt_budget_watch_start(&watch, tariff);
    assert_status(pt_budget_watch_add(&watch, &budget, &error), PT_OK, &error);
    return watch;
}

// joules +-10 %, at the price and intensity of the tariff.
static struct pt_budget_spent spent_at(double seconds, double joules, double left)
{
    double kwh = joules / PT_JOULES_PER_KWH;
    return (struct pt_budget_spent){
        .seconds = seconds,
        .realtime_ns = noon + (int64_t)(seconds * 1e9),
        .amounts = {pt_quantity_relative(joules, 0.1, PT_MEASURED),
                    pt_quantity_relative(0.25 * kwh, 0.1, PT_MEASURED),
                    pt_quantity_relative(400 * kwh, 0.1, PT_MEASURED)},
        .seconds_left = left,
    };
}

// 100 W against 1000 J: 80 % after 8 s, its upper end has passed it after 9.1 s, all after 10 s.
static void each_thing_is_said_once_and_in_time(void **unused)
{
    struct pt_tariff tariff = flat(0.25, 400);
    struct pt_budget_watch watch = watch_of(&tariff, "1kJ");
    struct pt_budget_event events[PT_BUDGET_EVENTS_MAX];
    double said_at[PT_BUDGET_UNKNOWN + 1] = {0};
    int said = 0;
    for (int i = 1; i <= 150; i++) {
        struct pt_budget_spent spent = spent_at(0.1 * i, 10 * i, NAN);
        int count = pt_budget_watch_look(&watch, &spent, events);
        for (int k = 0; k < count; k++)
            said_at[events[k].kind] = 0.1 * i;
        said += count;
    }
    assert_int_equal(said, 3);
    assert_near(said_at[PT_BUDGET_NEAR], 8, 1e-9);
    assert_near(said_at[PT_BUDGET_DOUBT], 9.1, 1e-9);
    assert_near(said_at[PT_BUDGET_REACHED], 10, 1e-9);
    (void)unused;
}

// 100 W for 8 s of 1000 J: two seconds are left.
static void the_time_at_which_it_is_reached(void **unused)
{
    struct pt_tariff tariff = flat(0.25, 400);
    struct pt_budget_watch watch = watch_of(&tariff, "1kJ");
    struct pt_budget_event events[PT_BUDGET_EVENTS_MAX];
    char text[PT_BUDGET_TEXT_SIZE];
    int count = 0;
    for (int i = 1; i <= 80 && count == 0; i++) {
        struct pt_budget_spent spent = spent_at(0.1 * i, 10 * i, NAN);
        count = pt_budget_watch_look(&watch, &spent, events);
    }
    assert_int_equal(count, 1);
    assert_near((double)(events[0].reached_realtime_ns - noon) / 1e9, 10, 1e-3);
    assert_false(pt_quantity_known(events[0].forecast));
    pt_budget_event_text(&events[0], text);
    assert_contains(text, "budget 1kJ: 80 % is used (0.2222 Wh after 8");
    assert_contains(text, "at this power it is reached at ");
    (void)unused;
}

// 100 W, an hour of two are over: 0.1 kWh of 0.2. Money and carbon follow. The budget is 0.15 kWh.
static void the_whole_run_is_predicted(void **unused)
{
    static const struct {
        const char *text;
        double whole;
    } cases[] = {{"150Wh", 720e3}, {"0.04EUR", 0.05}, {"60g", 80}};
    struct pt_tariff tariff = flat(0.25, 400);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pt_budget_watch watch = watch_of(&tariff, cases[i].text);
        struct pt_budget_event events[PT_BUDGET_EVENTS_MAX];
        char text[PT_BUDGET_TEXT_SIZE];
        int count = 0;
        for (int k = 1; k <= 3600 && count == 0; k++) {
            struct pt_budget_spent spent = spent_at(k, 100.0 * k, 7200 - k);
            count = pt_budget_watch_look(&watch, &spent, events);
        }
        assert_int_equal(count, 1);
        assert_int_equal(events[0].kind, PT_BUDGET_FORECAST);
        assert_near(events[0].seconds, 10, 1e-9); // as soon as there is enough of it
        assert_near(events[0].forecast.value, cases[i].whole, 1e-6 * cases[i].whole);
        assert_true(events[0].forecast.low < cases[i].whole);
        assert_true(events[0].forecast.high > cases[i].whole);
        pt_budget_event_text(&events[0], text);
        assert_contains(text, "it will not suffice");
        assert_contains(text, "the whole run will take");
    }
    (void)unused;
}

// Ten seconds of start at 20 W, then 100 W: it is the 100 W that go on.
static void the_start_is_not_what_goes_on(void **unused)
{
    struct pt_tariff tariff = flat(0.25, 400);
    struct pt_budget_watch watch = watch_of(&tariff, "8kJ");
    struct pt_budget_event events[PT_BUDGET_EVENTS_MAX];
    struct pt_quantity forecast = pt_quantity_missing();
    double joules = 0;
    for (int i = 1; i <= 40; i++) {
        joules += i <= 10 ? 20 : 100;
        struct pt_budget_spent spent = spent_at(i, joules, 100 - i);
        int count = pt_budget_watch_look(&watch, &spent, events);
        for (int k = 0; k < count; k++)
            forecast = events[k].forecast;
    }
    // 200 J and 90 s at 100 W are 9200 J. The forecast came when the second half told of it, and is
    // as wide as both halves differ.
    assert_true(forecast.value > 8000 && forecast.value < 9300);
    assert_true(forecast.low < 9200 && forecast.high > 9200);
    (void)unused;
}

// Free by night, 0.30 EUR by day (6 to 22 h UTC), 1 kW since noon; 4 EUR are 13.33 h of day: ten
// until 22 h, and 3.33 h from 6 h on.
static void the_time_of_a_price_that_changes(void **unused)
{
    static const struct pt_tariff_window day = {
        .weekdays = 0x7f, .from_minute = 6 * 60, .to_minute = 22 * 60, .price_per_kwh = 0.30};
    struct pt_tariff tariff = flat(0, 400);
    tariff.window_count = 1;
    tariff.windows = &day;
    struct pt_budget_watch watch = watch_of(&tariff, "4EUR");
    struct pt_budget_event events[PT_BUDGET_EVENTS_MAX];
    struct pt_budget_spent spent = spent_at(3600, 3.6e6, 48 * 3600.0);
    spent.amounts[PT_BUDGET_MONEY] = pt_quantity_exact(0.30); // of the first hour
    assert_int_equal(pt_budget_watch_look(&watch, &spent, events), 1);
    assert_int_equal(events[0].kind, PT_BUDGET_FORECAST);
    double hours = (double)(events[0].reached_realtime_ns - noon) / 3600e9;
    assert_near(hours, 18 + 4 - 2.0 / 3, 0.01); // 12 h + 21.33 h is 9:20 h
    // 9 h today, 16 h tomorrow and 6 h of the day after at 0.30, and the hour that was
    assert_near(events[0].forecast.value, 0.30 + 0.30 * (9 + 16 + 7), 1e-6);
    (void)unused;
}

static void what_is_unknown_is_said_and_never_guarded(void **unused)
{
    struct pt_tariff tariff = flat(0.25, 400);
    struct pt_budget_watch watch = watch_of(&tariff, "5EUR");
    struct pt_budget_event events[PT_BUDGET_EVENTS_MAX];
    struct pt_budget_spent spent = spent_at(5, 500, NAN);
    char text[PT_BUDGET_TEXT_SIZE];
    spent.amounts[PT_BUDGET_MONEY] = pt_quantity_missing();
    assert_int_equal(pt_budget_watch_look(&watch, &spent, events), 1);
    assert_int_equal(events[0].kind, PT_BUDGET_UNKNOWN);
    pt_budget_event_text(&events[0], text);
    assert_contains(text, "budget 5EUR: it is not guarded any more");
    assert_int_equal(pt_budget_watch_look(&watch, &spent, events), 0);
    (void)unused;
}

// Whoever looks when the watch says so sees it before 2 % more is used, at any steady power, but
// for what happens in 50 ms.
static void it_is_looked_at_in_time(void **unused)
{
    struct pt_tariff tariff = flat(0.25, 400);
    for (double watts = 0.1; watts < 1e6; watts *= 7) {
        struct pt_budget_watch watch = watch_of(&tariff, "10kJ");
        struct pt_budget_event events[PT_BUDGET_EVENTS_MAX];
        double seconds = 0;
        bool reached = false;
        while (!reached) {
            seconds += watch.next_seconds;
            struct pt_budget_spent spent = spent_at(seconds, watts * seconds, NAN);
            int count = pt_budget_watch_look(&watch, &spent, events);
            for (int i = 0; i < count; i++)
                reached = reached || events[i].kind == PT_BUDGET_REACHED;
            assert_true(watch.next_seconds <= 1);
        }
        assert_true(watts * seconds >= 1e4);
        assert_true(watts * (seconds - 0.05) <= 1.02e4);
    }
    (void)unused;
}

static void budgets_have_a_limit(void **unused)
{
    struct pt_tariff tariff = flat(0.25, 400);
    struct pt_budget_watch watch = watch_of(&tariff, "1kJ");
    struct pt_meter_budget budget = budget_of("2kJ");
    struct pt_error error;
    for (int i = 1; i < PT_BUDGETS_MAX; i++)
        assert_status(pt_budget_watch_add(&watch, &budget, &error), PT_OK, &error);
    assert_status(pt_budget_watch_add(&watch, &budget, &error), PT_OVERFLOW, &error);
    assert_int_equal(watch.count, PT_BUDGETS_MAX);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_people_write),
        cmocka_unit_test(what_is_no_budget),
        cmocka_unit_test(what_cannot_be_guarded_is_refused),
        cmocka_unit_test(each_thing_is_said_once_and_in_time),
        cmocka_unit_test(the_time_at_which_it_is_reached),
        cmocka_unit_test(the_whole_run_is_predicted),
        cmocka_unit_test(the_start_is_not_what_goes_on),
        cmocka_unit_test(the_time_of_a_price_that_changes),
        cmocka_unit_test(what_is_unknown_is_said_and_never_guarded),
        cmocka_unit_test(it_is_looked_at_in_time),
        cmocka_unit_test(budgets_have_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
