// Replays: deadlines hold, known prices give the optimum, the future changes nothing before it.

#include <math.h>
#include <string.h>

#include "schedule/replan.h"
#include "schedule/replay_series.h"
#include "support.h"

enum { HOURS = 24 * 45 };

static struct pt_arena *arena;
static double prices[HOURS];
static const struct pt_schedule_level level = {"", 1, 1000};

static int set_up(void **unused)
{
    (void)unused;
    unsigned state = 11;
    double wander = 0;
    for (int i = 0; i < HOURS; i++) {
        state = state * 1664525u + 1013904223u;
        wander = 0.95 * wander + 10 * ((double)(state >> 8) / (1 << 24) - 0.5);
        prices[i] = 0.05 + 0.001 * wander - 0.03 * cos((i % 24 - 13) * M_PI / 12);
    }
    arena = pt_arena_create();
    return arena == NULL;
}

static int tear_down(void **unused)
{
    (void)unused;
    pt_arena_destroy(arena);
    return 0;
}

static struct pt_replay_options usual(double work_hours, int within_hours)
{
    struct pt_replay_options options = pt_replay_usual(true);
    options.job.work_seconds = work_hours * 3600;
    options.job.level_count = 1;
    options.job.levels = &level;
    options.within_hours = within_hours;
    return options;
}

static struct pt_replay run(const struct pt_replay_options *options)
{
    struct pt_hourly hourly = {.count = HOURS, .prices = prices};
    struct pt_replay replay;
    struct pt_error error;
    assert_status(pt_replay_run(arena, &hourly, options, &replay, &error), PT_OK, &error);
    return replay;
}

static void no_policy_beats_hindsight_and_none_is_late(void **unused)
{
    (void)unused;
    const double slower[] = {-0.1, 0, 0.05, 0.1};
    for (int i = 0; i < 4; i++) {
        for (int measured = 0; measured < 2; measured++) {
            struct pt_replay_options options = usual(10, 36);
            options.slower = slower[i];
            options.publication.day_ahead = !measured;
            options.publication.hides_current_hour = measured;
            struct pt_replay replay = run(&options);
            double least = replay.results[PT_REPLAY_CLAIRVOYANT].money;
            assert_true(replay.start_count > 50);
            for (int k = 0; k < PT_REPLAY_POLICIES; k++) {
                assert_int_equal(replay.results[k].late_count, 0);
                assert_true(replay.results[k].money >= least - 1e-9 * fabs(least));
                assert_near(replay.results[k].joules,
                            replay.start_count * 10 * 3.6e6 * (1 + slower[i]), 1);
            }
            assert_true(pt_replay_kept(&replay, PT_REPLAY_FORECAST) > 0.7);
        }
    }
}

// Half of the margin may come late, after the speed has been measured to be as stated; the whole of
// it from the beginning.
static void a_late_slow_down_misses_no_deadline(void **unused)
{
    (void)unused;
    const double after[] = {0, 0.05, 0.2, 0.5, 0.8, 0.95};
    for (int i = 0; i < 6; i++) {
        for (int measured = 0; measured < 2; measured++) {
            struct pt_replay_options options = usual(20, 48);
            double slower = after[i] == 0 ? 0.1 : 0.05;
            options.slower = slower;
            options.slower_after = after[i];
            options.publication.day_ahead = !measured;
            struct pt_replay replay = run(&options);
            for (int k = PT_REPLAY_PERSISTENCE; k <= PT_REPLAY_FORECAST; k++) {
                assert_int_equal(replay.results[k].late_count, 0);
                assert_near(replay.results[k].joules,
                            replay.start_count * 20 * 3.6e6 * (1 + slower * (1 - after[i])), 1);
            }
        }
    }
}

// Work that needs its whole window has no choice.
static void without_slack_it_runs_at_once(void **unused)
{
    (void)unused;
    struct pt_replay_options options = usual(24, 24);
    struct pt_replay replay = run(&options);
    for (int k = 0; k < PT_REPLAY_POLICIES; k++)
        assert_near(replay.results[k].money, replay.results[PT_REPLAY_NOW].money, 1e-9);
    assert_true(isnan(pt_replay_kept(&replay, PT_REPLAY_FORECAST)));
}

// A resume of an hour: fewer stops than without, and no deadline missed though work is longer.
static void overheads_are_planned_for(void **unused)
{
    (void)unused;
    struct pt_replay_options options = usual(12, 48);
    struct pt_replay without = run(&options);
    options.job.resume_seconds = 3600;
    options.job.resume_watts = 1000;
    options.slower = 0.1;
    struct pt_replay with = run(&options);
    const struct pt_replay_result *ours = &with.results[PT_REPLAY_FORECAST];
    assert_int_equal(ours->late_count, 0);
    assert_true(ours->suspensions < without.results[PT_REPLAY_FORECAST].suspensions);
    assert_true(ours->money >= with.results[PT_REPLAY_CLAIRVOYANT].money - 1e-9);
    assert_true(ours->money < with.results[PT_REPLAY_NOW].money);
    // 12 h that take 10 % longer, and an hour for each stop.
    assert_near(ours->joules / 3.6e6, with.start_count * 13.2 + ours->suspensions, 1e-6);
}

static void a_constant_price_never_waits(void **unused)
{
    (void)unused;
    for (int i = 0; i < HOURS; i++)
        prices[i] = 0.25;
    struct pt_replay_options options = usual(10, 40);
    struct pt_replay replay = run(&options);
    assert_int_equal(replay.results[PT_REPLAY_CLAIRVOYANT].suspensions, 0);
    assert_int_equal(replay.results[PT_REPLAY_FORECAST].late_count, 0);
    assert_near(replay.results[PT_REPLAY_FORECAST].money, replay.results[PT_REPLAY_NOW].money,
                1e-9);
}

// What came after a window is not seen by the job in it.
static void later_prices_change_no_decision(void **unused)
{
    (void)unused;
    struct pt_replay_options options = usual(8, 48);
    options.every_hours = HOURS; // one start, after a week
    struct pt_replay before = run(&options);
    for (int i = options.warm_up_hours + options.within_hours; i < HOURS; i++)
        prices[i] = 100;
    struct pt_replay after = run(&options);
    assert_int_equal(before.start_count, 1);
    assert_true(before.results[PT_REPLAY_FORECAST].money ==
                after.results[PT_REPLAY_FORECAST].money);
    assert_memory_equal(before.example_levels, after.example_levels, 48 * sizeof(int));
}

static void windows_with_gaps_are_counted_not_filled(void **unused)
{
    (void)unused;
    struct pt_replay_options options = usual(8, 48);
    int all = run(&options).start_count;
    prices[500] = NAN;
    struct pt_replay replay = run(&options);
    assert_int_equal(replay.start_count + replay.gap_count, all);
    assert_int_equal(replay.gap_count, 4); // starts every 13 h of which 48 h reach hour 500
    for (int i = 0; i < HOURS; i++)
        if (i % 40 == 0)
            prices[i] = NAN;
    struct pt_hourly hourly = {.count = HOURS, .prices = prices};
    struct pt_error error;
    assert_int_equal(pt_replay_run(arena, &hourly, &options, &replay, &error), PT_BAD_INPUT);
    assert_non_null(strstr(error.message, "without a gap"));
}

static void what_is_no_replay_is_refused(void **unused)
{
    (void)unused;
    struct pt_hourly hourly = {.count = HOURS, .prices = prices};
    struct pt_replay replay;
    struct pt_error error;
    struct pt_replay_options options = usual(8, 0);
    assert_int_equal(pt_replay_run(arena, &hourly, &options, &replay, &error), PT_BAD_INPUT);
    options = usual(8, 48);
    options.every_hours = 0;
    assert_int_equal(pt_replay_run(arena, &hourly, &options, &replay, &error), PT_BAD_INPUT);
    options = usual(8, 48);
    options.slower = NAN;
    assert_int_equal(pt_replay_run(arena, &hourly, &options, &replay, &error), PT_BAD_INPUT);
    options = usual(8, 48);
    options.slower_after = 1.5;
    assert_int_equal(pt_replay_run(arena, &hourly, &options, &replay, &error), PT_BAD_INPUT);
    options = usual(8, 48);
    options.margin = -1;
    assert_int_equal(pt_replay_run(arena, &hourly, &options, &replay, &error), PT_BAD_INPUT);
    options = usual(8, 48);
    options.warm_up_hours = HOURS;
    assert_int_equal(pt_replay_run(arena, &hourly, &options, &replay, &error), PT_BAD_INPUT);
    options = usual(49, 48); // does not fit
    assert_int_equal(pt_replay_run(arena, &hourly, &options, &replay, &error), PT_INFEASIBLE);
}

// Six slots, two hours of work that may take a tenth longer: it can wait 3.8 hours.
static void the_guard_runs_when_a_slot_more_would_be_too_much(void **unused)
{
    (void)unused;
    const double falling[] = {6, 5, 4, 3, 2, 1};
    struct pt_replan replan = {.has_plan = false};
    struct pt_decision decision;
    for (int now = 0; now < 6; now++) {
        struct pt_outlook outlook = {.problem = {.slots = {.slot_ns = 3600LL * 1000000000,
                                                           .count = 6 - now,
                                                           .prices = falling + now},
                                                 .job = {.work_seconds = 7200,
                                                         .level_count = 1,
                                                         .levels = &level,
                                                         .interruptible = true}},
                                     .known_count = 6 - now,
                                     .speed_measured = NAN,
                                     .margin = 0.1};
        struct pt_error error;
        assert_status(pt_replan_decide(arena, &replan, &outlook, &decision, &error), PT_OK, &error);
        assert_int_equal(decision.runs, now >= 3);
        if (now == 3)
            assert_near(decision.wait_seconds, 0.8 * 3600, 1e-6);
    }
}

static void quarter_hours_become_hours(void **unused)
{
    (void)unused;
    const char text[] = "time,value\n2024-01-01T00:30:00Z,9\n2024-01-01T00:45:00Z,9\n"
                        "2024-01-01T01:00:00Z,1\n2024-01-01T01:15:00Z,2\n"
                        "2024-01-01T01:30:00Z,3\n2024-01-01T01:45:00Z,6\n"
                        "2024-01-01T02:00:00Z,5\n2024-01-01T02:30:00Z,5\n"
                        "2024-01-01T02:45:00Z,5\n";
    const struct pt_series *series;
    struct pt_hourly hourly;
    struct pt_error error;
    assert_status(
        pt_series_parse(arena, text, sizeof text - 1, "q", NULL, 1, -1e9, 1e9, &series, &error),
        PT_OK, &error);
    assert_status(pt_hourly_from_series(arena, series, NULL, &hourly, &error), PT_OK, &error);
    assert_int_equal(hourly.count, 2);
    assert_int_equal(hourly.start_ns, 1704070800LL * 1000000000); // 01:00
    assert_near(hourly.prices[0], 3, 1e-12);                      // (1 + 2 + 3 + 6) / 4
    assert_true(isnan(hourly.prices[1]));                         // a quarter is missing
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        EACH(no_policy_beats_hindsight_and_none_is_late),
        EACH(a_late_slow_down_misses_no_deadline),
        EACH(without_slack_it_runs_at_once),
        EACH(overheads_are_planned_for),
        EACH(a_constant_price_never_waits),
        EACH(later_prices_change_no_decision),
        EACH(windows_with_gaps_are_counted_not_filled),
        EACH(what_is_no_replay_is_refused),
        EACH(the_guard_runs_when_a_slot_more_would_be_too_much),
        EACH(quarter_hours_become_hours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
