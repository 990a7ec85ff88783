// What a person is told: whether shifting helps, why not, what would; and where to run.

#include "schedule/schedule.h"
#include "support.h"

enum { HOURS = 48 };
#define HOUR 3600000000000LL

static struct pt_arena *arena;
static double flat[HOURS], nightly[HOURS], carbon[HOURS];
static const struct pt_schedule_level levels[] = {{"250 W", 1, 1000}, {"150 W", 0.9, 780}};

// Nights, from the 12th hour of each day on, cost a quarter of days.
static int open_prices(void **unused)
{
    (void)unused;
    for (int i = 0; i < HOURS; i++) {
        flat[i] = 0.20;
        nightly[i] = i % 24 < 12 ? 0.40 : 0.10;
        carbon[i] = 300;
    }
    arena = pt_arena_create();
    return arena == NULL;
}

static int close_prices(void **unused)
{
    (void)unused;
    pt_arena_destroy(arena);
    return 0;
}

static struct pt_schedule_problem problem_of(const double *prices, int level_count)
{
    return (struct pt_schedule_problem){
        .slots = {.slot_ns = HOUR, .count = HOURS, .prices = prices, .carbon = carbon},
        .job = {.work_seconds = 20 * 3600,
                .level_count = level_count,
                .levels = levels,
                .interruptible = true}};
}

static struct pt_schedule_advice advise(const struct pt_schedule_problem *problem)
{
    struct pt_schedule_advice advice;
    struct pt_error error;
    assert_status(pt_schedule_advise(arena, problem, &advice, &error), PT_OK, &error);
    return advice;
}

// Now: 12 h at 0.40 and 8 at 0.10 = 5.60. Suspended: 20 h at 0.10 = 2.00, 64.3 % less, done in hour
// 44 and not 20.
static void suspending_is_recommended_where_nights_are_cheap(void **unused)
{
    (void)unused;
    struct pt_schedule_problem problem = problem_of(nightly, 1);
    struct pt_schedule_advice advice = advise(&problem);
    assert_true(advice.shifting_helps);
    assert_near(advice.plans[PT_WAY_NOW].money, 5.6, 1e-9);
    assert_near(advice.savings[PT_WAY_SUSPEND], 3.6, 1e-9);
    assert_contains(advice.text,
                    "Suspending it in dear hours saves 64.3 %, and is done 24.0 h later");
}

static void a_flat_grid_is_told_to_cap(void **unused)
{
    (void)unused;
    struct pt_schedule_problem problem = problem_of(flat, 2);
    struct pt_schedule_advice advice = advise(&problem);
    assert_false(advice.shifting_helps);
    assert_contains(advice.text, "Shifting does not help");
    assert_contains(advice.text, "from 0.2 to 0.2");
    // 780 W for 1 / 0.9 of the time: 866.7 W h instead of 1000.
    assert_contains(advice.text,
                    "Running it now at \"150 W\" saves 13.3 %, and is done 2.2 h later");
    problem = problem_of(flat, 1);
    assert_contains(advise(&problem).text, "run it now");
}

// Suspended for 24 h, 800 W cost (0.40 x 24) x 0.8 = 7.68: more than the 3.60 that are saved.
static void idle_watts_that_eat_the_saving_are_named(void **unused)
{
    (void)unused;
    struct pt_schedule_problem problem = problem_of(nightly, 1);
    problem.job.suspended_watts = problem.job.waiting_watts = 800;
    struct pt_schedule_advice advice = advise(&problem);
    assert_false(advice.shifting_helps);
    assert_contains(advice.text, "800 W while it is suspended");
    assert_contains(advice.text, "With the machine off meanwhile, suspending would save 64.3 %");
}

// ---------------------------------------------------------------------------------------- regions
static struct pt_schedule_region region_of(const char *name, const double *prices)
{
    return (struct pt_schedule_region){
        .name = name,
        .slots = {.slot_ns = HOUR, .count = HOURS, .prices = prices, .carbon = carbon},
        .speed_factor = 1,
        .watts_factor = 1};
}

// At home 20 kWh at 0.20 = 4.00; away 20 at 0.10 = 2.00 and the move.
static void a_region_is_chosen_with_what_the_move_costs(void **unused)
{
    (void)unused;
    struct pt_schedule_job job = problem_of(flat, 1).job;
    struct pt_schedule_region regions[] = {region_of("home", flat), region_of("away", nightly)};
    struct pt_schedule_region_plan plans[2];
    struct pt_error error;
    int best;
    regions[1].move_money = 1.5;
    assert_status(pt_schedule_choose_region(arena, &job, regions, 2, plans, &best, &error), PT_OK,
                  &error);
    assert_int_equal(best, 1);
    assert_near(plans[0].plan.money, 4, 1e-9);
    assert_near(plans[1].plan.money, 3.5, 1e-9);
    regions[1].move_money = 2.5;
    assert_status(pt_schedule_choose_region(arena, &job, regions, 2, plans, &best, &error), PT_OK,
                  &error);
    assert_int_equal(best, 0);
}

// After a transfer of 26.5 hours 21 are left, 9 of them day: 9 h more than the night has... all
// 12 night hours and 8 of the day: 12 x 0.10 + 8 x 0.40. Twice as slow it does not fit.
static void a_move_takes_its_time(void **unused)
{
    (void)unused;
    struct pt_schedule_job job = problem_of(flat, 1).job;
    struct pt_schedule_region regions[] = {region_of("home", flat), region_of("away", nightly)};
    struct pt_schedule_region_plan plans[2];
    struct pt_error error;
    int best;
    regions[1].move_seconds = 26.5 * 3600;
    assert_status(pt_schedule_choose_region(arena, &job, regions, 2, plans, &best, &error), PT_OK,
                  &error);
    assert_true(plans[1].feasible);
    assert_near(plans[1].plan.money, 12 * 0.10 + 8 * 0.40, 1e-9);
    assert_true(plans[1].plan.segments[0].from_ns >= 27 * HOUR);
    regions[1].speed_factor = 0.5;
    assert_status(pt_schedule_choose_region(arena, &job, regions, 2, plans, &best, &error), PT_OK,
                  &error);
    assert_false(plans[1].feasible);
    assert_int_equal(best, 0);
    regions[0].speed_factor = 0.1;
    assert_int_equal(pt_schedule_choose_region(arena, &job, regions, 2, plans, &best, &error),
                     PT_INFEASIBLE);
    assert_contains(error.message, "none of 2 regions");
}

static void a_job_that_must_not_stop_stays_where_it_runs(void **unused)
{
    (void)unused;
    struct pt_schedule_job job = problem_of(flat, 1).job;
    struct pt_schedule_region regions[] = {region_of("home", flat), region_of("away", nightly)};
    struct pt_schedule_region_plan plans[2];
    struct pt_error error;
    int best;
    job.has_started = true;
    job.interruptible = false;
    assert_status(pt_schedule_choose_region(arena, &job, regions, 2, plans, &best, &error), PT_OK,
                  &error);
    assert_int_equal(best, 0);
    assert_false(plans[1].feasible);
}

static void regions_that_do_not_fit_are_refused(void **unused)
{
    (void)unused;
    struct pt_schedule_job job = problem_of(flat, 1).job;
    struct pt_schedule_region regions[] = {region_of("home", flat), region_of("away", nightly)};
    struct pt_schedule_region_plan plans[2];
    struct pt_error error;
    int best;
    regions[1].slots.count = 24;
    assert_int_equal(pt_schedule_choose_region(arena, &job, regions, 2, plans, &best, &error),
                     PT_BAD_INPUT);
    assert_contains(error.message, "region away has other slots than home");
    regions[1] = region_of("away", nightly);
    regions[1].speed_factor = NAN;
    assert_int_equal(pt_schedule_choose_region(arena, &job, regions, 2, plans, &best, &error),
                     PT_BAD_INPUT);
    regions[0].move_money = 1;
    assert_int_equal(pt_schedule_choose_region(arena, &job, regions, 1, plans, &best, &error),
                     PT_BAD_INPUT);
    assert_contains(error.message, "is home");
    assert_int_equal(pt_schedule_choose_region(arena, &job, regions, 0, plans, &best, &error),
                     PT_BAD_INPUT);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_prices, close_prices)
    const struct CMUnitTest tests[] = {
        CASE(suspending_is_recommended_where_nights_are_cheap),
        CASE(a_flat_grid_is_told_to_cap),
        CASE(idle_watts_that_eat_the_saving_are_named),
        CASE(a_region_is_chosen_with_what_the_move_costs),
        CASE(a_move_takes_its_time),
        CASE(a_job_that_must_not_stop_stays_where_it_runs),
        CASE(regions_that_do_not_fit_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
