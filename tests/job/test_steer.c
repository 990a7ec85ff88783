// Decisions of powertrain run, lived through in a moment: days of prices, jobs that are slower than
// was said, deadlines.

#include "job/steer.h"

#include <stdlib.h>

#include "base/units.h"
#include "support.h"

#define HOUR_NS (3600 * PT_NANOSECONDS_PER_SECOND)
enum { HOURS_MAX = 24 * 60 };
static const int64_t begin_ns = 1700006400LL * PT_NANOSECONDS_PER_SECOND; // a full hour

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

// Hourly prices from begin_ns on.
static struct pt_tariff tariff_of(const double *prices, int count)
{
    struct pt_tariff tariff = pt_tariff_none();
    struct pt_error error;
    int64_t *starts = pt_arena_alloc(arena, (size_t)count, sizeof *starts);
    double *values = pt_arena_alloc(arena, (size_t)count, sizeof *values);
    for (int i = 0; i < count; i++) {
        starts[i] = begin_ns + i * HOUR_NS;
        values[i] = prices[i];
    }
    assert_status(pt_series_from_values(arena, "test", HOUR_NS, starts, values, count,
                                        &tariff.price_series, &error),
                  PT_OK, &error);
    return tariff;
}

static struct pt_steer_task task_of(double hours, int within_hours)
{
    return (struct pt_steer_task){
        .deadline_ns = begin_ns + within_hours * HOUR_NS,
        .work_seconds = hours * 3600,
        .watts = 1000,
        .interruptible = true,
    };
}

struct life {
    double money, ran_hours;
    int starts;
    int64_t finish_ns;
};

// Lives through a job that really takes longer by the share slower, asked when it wants to be
// asked.
static struct life live(const struct pt_steer_task *task, const struct pt_tariff *tariff,
                        int64_t now_ns, double slower)
{
    struct life life = {0};
    struct pt_steer steer = {0};
    struct pt_error error;
    double really = task->work_seconds * (1 + slower), ran = 0;
    struct pt_steer_progress progress = {.fraction = NAN};
    for (int turns = 0; ran < really - 1e-6 && turns < 20000; turns++) {
        struct pt_arena *ahead = pt_arena_create();
        struct pt_steer_prices prices;
        struct pt_steer_decision decision;
        progress.run_seconds = ran;
        assert_status(pt_steer_look_ahead(ahead, task, tariff, now_ns, &prices, &error), PT_OK,
                      &error);
        assert_status(pt_steer_decide(&steer, task, &progress, &prices, now_ns, &decision, &error),
                      PT_OK, &error);
        pt_arena_destroy(ahead);
        assert_true(decision.until_ns > now_ns);
        double seconds = (double)(decision.until_ns - now_ns) / PT_NANOSECONDS_PER_SECOND;
        if (decision.runs) {
            seconds = fmin(seconds, really - ran);
            life.starts += !progress.is_running;
            int64_t end_ns = now_ns + (int64_t)(seconds * 1e9);
            double price = pt_tariff_mean_price(tariff, now_ns, end_ns).value;
            life.money += price * seconds / 3600 * task->watts / 1000;
            ran += seconds;
            life.finish_ns = end_ns;
            progress.has_started = true;
        }
        progress.is_running = decision.runs;
        now_ns = decision.runs ? life.finish_ns : decision.until_ns;
    }
    life.ran_hours = ran / 3600;
    pt_steer_close(&steer);
    return life;
}

static double drawn(void)
{
    return (double)(rand() % 10001) / 10000;
}

static int by_value(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

// With all prices known the cheapest hours are taken: as many as are needed, whole ones.
static void known_prices_are_used_at_best(void **unused)
{
    (void)unused;
    srand(11);
    for (int round = 0; round < 40; round++) {
        double prices[24], sorted[24], best = 0;
        int hours = 1 + rand() % 10;
        for (int i = 0; i < 24; i++)
            sorted[i] = prices[i] = drawn();
        struct pt_tariff tariff = tariff_of(prices, 24);
        struct pt_steer_task task = task_of(hours, 24);
        struct life life = live(&task, &tariff, begin_ns, 0);
        qsort(sorted, 24, sizeof *sorted, by_value);
        for (int i = 0; i < hours; i++)
            best += sorted[i];
        assert_true(life.finish_ns <= task.deadline_ns);
        // A tenth of the work is kept in reserve, so the last hour is out of reach.
        double reach = 0;
        qsort(prices, 23, sizeof *prices, by_value);
        for (int i = 0; i < hours; i++)
            reach += prices[i];
        assert_true(life.money >= best - 1e-6);
        assert_true(life.money <= reach + 1e-6);
    }
}

// Work of 2.5 hours in three cheap hours and others: half of the dearest of them, not all of it.
static void only_a_part_of_the_last_slot_is_used(void **unused)
{
    (void)unused;
    static const double prices[] = {9, 3, 9, 1, 9, 2, 9, 9, 9, 9, 9, 9};
    struct pt_tariff tariff = tariff_of(prices, 12);
    struct pt_steer_task task = task_of(2.5, 12);
    struct life life = live(&task, &tariff, begin_ns, 0);
    assert_near(life.money, 0.5 * 3 + 1 + 2, 1e-3);
    assert_int_equal(life.starts, 3);
}

// A job that takes a tenth longer than was said, at prices that tempt it to wait: never late.
static void no_deadline_is_missed_by_optimism(void **unused)
{
    (void)unused;
    srand(12);
    for (int round = 0; round < 60; round++) {
        double prices[72];
        for (int i = 0; i < 72; i++) // ever cheaper, so that waiting always seems to pay
            prices[i] = 10 - 0.1 * i + drawn();
        struct pt_tariff tariff = tariff_of(prices, 72);
        int within = 12 + rand() % 48;
        struct pt_steer_task task = task_of(1 + drawn() * (within / 1.3 - 1), within);
        if (round % 2 == 0) {
            task.suspended_watts = task.waiting_watts = 50;
            task.resume_seconds = 60;
        }
        if (round % 3 == 0)
            task.interruptible = false;
        struct life life = live(&task, &tariff, begin_ns + rand() % 3600 * 1000000000LL, 0.1);
        if (life.finish_ns > task.deadline_ns)
            fail_msg("round %d: late by %.0f s", round,
                     (double)(life.finish_ns - task.deadline_ns) * 1e-9);
    }
}

static void a_constant_price_is_no_reason_to_wait(void **unused)
{
    (void)unused;
    double prices[24];
    for (int i = 0; i < 24; i++)
        prices[i] = 0.25;
    struct pt_tariff tariff = tariff_of(prices, 24);
    struct pt_steer_task task = task_of(3, 24);
    struct life life = live(&task, &tariff, begin_ns, 0);
    assert_int_equal(life.finish_ns, begin_ns + 3 * HOUR_NS);
    assert_int_equal(life.starts, 1);
}

static struct pt_steer_decision decide(const struct pt_steer_task *task,
                                       const struct pt_tariff *tariff,
                                       const struct pt_steer_progress *progress, int64_t now_ns)
{
    struct pt_steer steer = {0};
    struct pt_steer_prices prices;
    struct pt_steer_decision decision;
    struct pt_error error;
    assert_status(pt_steer_look_ahead(arena, task, tariff, now_ns, &prices, &error), PT_OK, &error);
    assert_status(pt_steer_decide(&steer, task, progress, &prices, now_ns, &decision, &error),
                  PT_OK, &error);
    pt_steer_close(&steer);
    return decision;
}

// Nothing known of prices, nothing known of the duration, more work than was said: it runs.
static void what_is_not_known_is_no_obstacle(void **unused)
{
    (void)unused;
    static const double falling[] = {9, 8, 7, 6, 5, 4, 3, 2, 1, 1, 1, 1};
    struct pt_tariff nothing = pt_tariff_none(), tariff = tariff_of(falling, 12);
    struct pt_steer_task task = task_of(2, 12);
    struct pt_steer_progress progress = {.fraction = NAN};
    struct pt_steer_decision decision = decide(&task, &nothing, &progress, begin_ns);
    assert_true(decision.runs);
    assert_contains(decision.reason, "no price is known");
    assert_false(decide(&task, &tariff, &progress, begin_ns).runs);

    task.work_seconds = NAN;
    decision = decide(&task, &tariff, &progress, begin_ns);
    assert_true(decision.runs);
    assert_contains(decision.reason, "progress");

    task.work_seconds = 2 * 3600;
    progress = (struct pt_steer_progress){true, true, 2 * 3600 + 1, 0, NAN};
    decision = decide(&task, &tariff, &progress, begin_ns);
    assert_true(decision.runs);
    assert_contains(decision.reason, "longer than was expected");
}

// A deadline that cannot be met: it runs, and says by how much it is late.
static void what_does_not_fit_says_by_how_much(void **unused)
{
    (void)unused;
    static const double prices[] = {9, 1, 1};
    struct pt_tariff tariff = tariff_of(prices, 3);
    struct pt_steer_task task = task_of(4, 3);
    struct pt_steer_progress progress = {.fraction = NAN};
    struct pt_steer_decision decision = decide(&task, &tariff, &progress, begin_ns);
    assert_true(decision.runs);
    assert_true(decision.is_late);
    assert_near(decision.late_seconds, 3600, 1e-6);
}

// 20 of 100 steps after an hour: four hours are left, whatever was said before.
static void progress_tells_what_is_left(void **unused)
{
    (void)unused;
    struct pt_steer_task task = task_of(NAN, 24);
    struct pt_steer_progress progress = {true, true, 3600, 0, 0.2};
    task.work_seconds = NAN;
    assert_near(pt_steer_work_left(&task, &progress), 4 * 3600, 1e-6);
    task.work_seconds = 2.5 * 3600; // it is half as fast as was said
    assert_near(pt_steer_work_left(&task, &progress), 0.8 * 2.5 * 3600, 1e-6);
    assert_near(pt_steer_speed(&task, &progress), 0.5, 1e-9);
    progress.run_seconds = 3; // too early to judge
    assert_true(isnan(pt_steer_speed(&task, &progress)));
    // Without progress by time; a start that took a minute has done nothing in it.
    progress = (struct pt_steer_progress){true, true, 3600, 2, NAN};
    task.resume_seconds = 60;
    assert_near(pt_steer_work_left(&task, &progress), 1.5 * 3600 + 120, 1e-6);
}

// Known until tomorrow, then a forecast from a month of the same day again and again: cheap at 3.
static void beyond_what_is_known_is_a_forecast(void **unused)
{
    (void)unused;
    enum { PAST = 24 * 35, AHEAD = 24 * 3 };
    double prices[PAST];
    for (int i = 0; i < PAST; i++)
        prices[i] = i % 24 == 3 ? 0.1 : 0.4;
    struct pt_tariff tariff = tariff_of(prices, PAST);
    int64_t now_ns = begin_ns + (PAST - 12) * HOUR_NS;
    struct pt_steer_task task = task_of(2, 0);
    struct pt_steer_prices ahead;
    struct pt_error error;
    task.deadline_ns = now_ns + AHEAD * HOUR_NS;
    assert_status(pt_steer_look_ahead(arena, &task, &tariff, now_ns, &ahead, &error), PT_OK,
                  &error);
    assert_int_equal(ahead.count, AHEAD);
    assert_int_equal(ahead.known_count, 12);
    assert_true(ahead.has_basis);
    for (int i = 12; i < AHEAD; i++)
        assert_near(ahead.prices[i], (i + 12) % 24 == 3 ? 0.1 : 0.4, 0.1);
    assert_true(isnan(ahead.errors[0]));
    assert_true(isfinite(ahead.errors[20]));
}

// 100 EUR per tonne at 500 g/kWh is 0.05 EUR/kWh on top.
static void a_carbon_price_is_added(void **unused)
{
    (void)unused;
    struct pt_tariff tariff = pt_tariff_none();
    struct pt_steer_task task = task_of(1, 5);
    tariff.price_per_kwh = pt_quantity_exact(0.30);
    tariff.carbon_grams_per_kwh = pt_quantity_exact(500);
    task.goal = PT_GOAL_BOTH;
    task.carbon_price = 100;
    assert_near(pt_steer_price(&task, &tariff, begin_ns, begin_ns + HOUR_NS), 0.35, 1e-12);
    task.goal = PT_GOAL_CARBON;
    assert_near(pt_steer_price(&task, &tariff, begin_ns, begin_ns + HOUR_NS), 500, 1e-9);
    tariff.carbon_grams_per_kwh = pt_quantity_missing();
    assert_true(isnan(pt_steer_price(&task, &tariff, begin_ns, begin_ns + HOUR_NS)));
}

static void a_deadline_beyond_a_year_is_refused(void **unused)
{
    (void)unused;
    struct pt_tariff tariff = pt_tariff_none();
    struct pt_steer_task task = task_of(1, 24 * 400);
    struct pt_steer_prices ahead;
    struct pt_error error;
    assert_status(pt_steer_look_ahead(arena, &task, &tariff, begin_ns, &ahead, &error),
                  PT_BAD_INPUT, &error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_prices_are_used_at_best),
        cmocka_unit_test(only_a_part_of_the_last_slot_is_used),
        cmocka_unit_test(no_deadline_is_missed_by_optimism),
        cmocka_unit_test(a_constant_price_is_no_reason_to_wait),
        cmocka_unit_test(what_is_not_known_is_no_obstacle),
        cmocka_unit_test(what_does_not_fit_says_by_how_much),
        cmocka_unit_test(progress_tells_what_is_left),
        cmocka_unit_test(beyond_what_is_known_is_a_forecast),
        cmocka_unit_test(a_carbon_price_is_added),
        cmocka_unit_test(a_deadline_beyond_a_year_is_refused),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
