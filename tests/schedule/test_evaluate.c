// What plans cost, by arithmetic that is shown; and what is no plan, or no problem.

#include "schedule/schedule.h"
#include "support.h"

#define HOUR 3600000000000LL

// Four hours at 0.10, 0.20, -0.05 and 0.40 per kWh; one level of 1 kW.
static const double prices[] = {0.10, 0.20, -0.05, 0.40};
static const double carbon[] = {100, 200, 300, 400};
static const struct pt_schedule_level levels[] = {{"full", 1, 1000}, {"half", 0.5, 400}};

static struct pt_schedule_problem problem_of(double work_seconds)
{
    return (struct pt_schedule_problem){
        .slots = {.slot_ns = HOUR, .count = 4, .prices = prices, .carbon = carbon},
        .job = {.work_seconds = work_seconds,
                .level_count = 2,
                .levels = levels,
                .interruptible = true}};
}

static enum pt_status evaluate(const struct pt_schedule_problem *problem,
                               const struct pt_schedule_segment *segments, int count,
                               struct pt_schedule_plan *ret_plan, struct pt_error *error)
{
    *ret_plan = (struct pt_schedule_plan){.segments = segments, .segment_count = count};
    return pt_schedule_evaluate(problem, ret_plan, error);
}

// Waits an hour at 100 W, runs one (1 kWh), is suspended for 0.5 h at 50 W, resumes for 0.5 h at
// 600 W and then does half an hour of work: 0.5 kWh. 36 kJ = 0.01 kWh for the checkpoint.
static void every_watt_is_paid_at_its_hour(void **unused)
{
    (void)unused;
    struct pt_schedule_problem problem = problem_of(1.5 * 3600);
    const struct pt_schedule_segment segments[] = {{HOUR, 2 * HOUR, 0},
                                                   {2 * HOUR + HOUR / 2, 4 * HOUR, 0}};
    struct pt_schedule_plan plan;
    struct pt_error error;
    problem.job.waiting_watts = 100;
    problem.job.suspended_watts = 50;
    problem.job.resume_seconds = 1800;
    problem.job.resume_watts = 600;
    problem.job.resume_joules = 36000;
    assert_status(evaluate(&problem, segments, 2, &plan, &error), PT_OK, &error);
    // 0.1 x 0.10 + 1 x 0.20 + (0.025 + 0.3 + 0.01) x -0.05 + 0.5 x 0.40
    assert_near(plan.money, 0.01 + 0.2 - 0.01675 + 0.2, 1e-12);
    assert_near(plan.joules, (0.1 + 1 + 0.335 + 0.5) * 3.6e6, 1e-3);
    assert_near(plan.grams, 10 + 200 + 100.5 + 200, 1e-9);
    assert_int_equal(plan.finish_ns, 3 * HOUR + HOUR / 2); // the segment was longer than needed
    assert_int_equal(plan.suspensions, 1);
}

// Half an hour is lost and done again: 2 h of work take 2.5.
static void a_loss_is_done_again(void **unused)
{
    (void)unused;
    struct pt_schedule_problem problem = problem_of(2 * 3600);
    const struct pt_schedule_segment segments[] = {{0, HOUR, 0}, {2 * HOUR, 4 * HOUR, 0}};
    struct pt_schedule_plan plan;
    struct pt_error error;
    problem.job.lost_seconds = 1800;
    assert_status(evaluate(&problem, segments, 2, &plan, &error), PT_OK, &error);
    assert_near(plan.money, 0.10 - 0.05 + 0.5 * 0.40, 1e-12);
}

// An hour at full speed, a change of a quarter at 400 W without progress, and 0.75 h at half speed.
static void a_change_takes_time_at_the_new_level(void **unused)
{
    (void)unused;
    struct pt_schedule_problem problem = problem_of(3600 + 0.375 * 3600);
    const struct pt_schedule_segment segments[] = {{0, HOUR, 0}, {HOUR, 4 * HOUR, 1}};
    struct pt_schedule_plan plan;
    struct pt_error error;
    problem.job.change_seconds = 900;
    assert_status(evaluate(&problem, segments, 2, &plan, &error), PT_OK, &error);
    assert_near(plan.money, 0.10 + 0.4 * 0.20, 1e-12);
    assert_int_equal(plan.suspensions, 0);
    assert_int_equal(plan.finish_ns, 2 * HOUR);
}

// 1 kWh against 0.6 kWh of sun that would have earned 0.08: 0.6 x 0.08 + 0.4 x 0.20.
static void the_own_sun_costs_what_it_would_have_earned(void **unused)
{
    (void)unused;
    const double net[] = {0, -600, 0, 0}, feed_in[] = {0.08, 0.08, 0.08, 0.08};
    struct pt_schedule_site site = {.net_watts = net, .feed_in = feed_in};
    struct pt_schedule_problem problem = problem_of(3600);
    const struct pt_schedule_segment segment = {HOUR, 2 * HOUR, 0};
    struct pt_schedule_plan plan;
    struct pt_error error;
    problem.site = &site;
    assert_status(evaluate(&problem, &segment, 1, &plan, &error), PT_OK, &error);
    assert_near(plan.money, 0.6 * 0.08 + 0.4 * 0.20, 1e-12);
}

// The site draws 500 W, its peak so far is 1.2 kW; with the job 1.5 kW: 0.3 kW more at 10 per kW.
// Half an hour of the job in an hour is a mean of 1 kW, and outside the window nothing counts.
static void a_new_peak_is_paid_for(void **unused)
{
    (void)unused;
    const double net[] = {500, 500, 500, 500};
    const bool window[] = {true, true, false, true};
    struct pt_schedule_site site = {.net_watts = net,
                                    .demand_price_per_kw = 10,
                                    .demand_ns = HOUR,
                                    .peak_watts = 1200,
                                    .demand_window = window};
    struct pt_schedule_problem problem = problem_of(3600);
    const struct pt_schedule_segment inside = {HOUR, 2 * HOUR, 0},
                                     outside = {2 * HOUR, 3 * HOUR, 0};
    const struct pt_schedule_segment across = {HOUR / 2, HOUR + HOUR / 2, 0};
    struct pt_schedule_plan plan;
    struct pt_error error;
    problem.site = &site;
    assert_status(evaluate(&problem, &inside, 1, &plan, &error), PT_OK, &error);
    assert_near(plan.money, 0.20 + 3, 1e-12);
    assert_status(evaluate(&problem, &outside, 1, &plan, &error), PT_OK, &error);
    assert_near(plan.money, -0.05, 1e-12);
    assert_status(evaluate(&problem, &across, 1, &plan, &error), PT_OK, &error);
    assert_near(plan.money, 0.05 + 0.10, 1e-12);
}

static void grams_are_unknown_without_carbon(void **unused)
{
    (void)unused;
    struct pt_schedule_problem problem = problem_of(3600);
    const struct pt_schedule_segment segment = {0, HOUR, 0};
    struct pt_schedule_plan plan;
    struct pt_error error;
    problem.slots.carbon = NULL;
    assert_status(evaluate(&problem, &segment, 1, &plan, &error), PT_OK, &error);
    assert_true(isnan(plan.grams));
}

// --------------------------------------------------------------------------------- what is no plan
static void refuse(const struct pt_schedule_problem *problem,
                   const struct pt_schedule_segment *segments, int count, enum pt_status expected,
                   const char *text)
{
    struct pt_schedule_plan plan;
    struct pt_error error;
    assert_status(evaluate(problem, segments, count, &plan, &error), expected, &error);
    assert_contains(error.message, text);
}

static void a_plan_that_breaks_a_limit_is_refused(void **unused)
{
    (void)unused;
    const struct pt_schedule_segment twice[] = {{0, HOUR, 0}, {2 * HOUR, 4 * HOUR, 0}};
    const struct pt_schedule_segment touching[] = {{0, HOUR, 0}, {HOUR, 4 * HOUR, 1}};
    const struct pt_schedule_segment backward[] = {{HOUR, 2 * HOUR, 0}, {0, HOUR, 0}};
    struct pt_schedule_problem problem = problem_of(2 * 3600);

    refuse(&problem, twice, 0, PT_BAD_INPUT, "without segments");
    refuse(&problem, twice, 1, PT_INFEASIBLE, "3600.000 s of work are left");
    refuse(&problem, backward, 2, PT_BAD_INPUT, "segment 1");
    refuse(&problem, &(struct pt_schedule_segment){0, HOUR, 2}, 1, PT_BAD_INPUT, "level 2 of 2");
    refuse(&problem, &(struct pt_schedule_segment){0, 5 * HOUR, 0}, 1, PT_BAD_INPUT, "deadline");
    refuse(&problem, &(struct pt_schedule_segment){-HOUR, HOUR, 0}, 1, PT_BAD_INPUT, "segment 0");

    problem.job.starts_max = 1;
    refuse(&problem, twice, 2, PT_INFEASIBLE, "start number 2 of at most 1");
    problem.job.starts_max = 0;
    problem.job.on_seconds_min = 7200;
    refuse(&problem, twice, 2, PT_INFEASIBLE, "lasts 3600.000 s of at least 7200.000");
    problem.job.on_seconds_min = 0;
    problem.job.off_seconds_min = 7200;
    refuse(&problem, twice, 2, PT_INFEASIBLE, "suspended for 3600.000 s of 7200.000");
    problem.job.off_seconds_min = 0;
    problem.job.interruptible = false;
    refuse(&problem, twice, 2, PT_INFEASIBLE, "must not be");
    refuse(&problem, touching, 2, PT_INFEASIBLE, "one level");
    problem.job.interruptible = true;
    problem.job.resume_seconds = 3 * 3600;
    refuse(&problem, twice, 2, PT_INFEASIBLE, "resume or change alone");
    problem = problem_of(3600);
    refuse(&problem, twice, 2, PT_BAD_INPUT, "after the work is done");
}

// ------------------------------------------------------------------------------ what is no problem
static void refuse_problem(const struct pt_schedule_problem *problem, enum pt_status expected,
                           const char *text)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_schedule_plan plan;
    struct pt_schedule_front front;
    struct pt_schedule_advice advice;
    struct pt_error error;
    assert_status(pt_schedule_check(problem, &error), expected, &error);
    assert_contains(error.message, text);
    assert_int_equal(pt_schedule_solve(arena, problem, &plan, &error), expected);
    assert_int_equal(pt_schedule_now(arena, problem, &plan, &error), expected);
    assert_int_equal(pt_schedule_trade(arena, problem, &front, &error), expected);
    assert_int_equal(pt_schedule_advise(arena, problem, &advice, &error), expected);
    pt_arena_destroy(arena);
}

static void what_is_no_problem_is_named(void **unused)
{
    (void)unused;
    const double gap[] = {0.1, NAN, 0.1, 0.1}, huge[] = {0.1, 1e300, 0.1, 0.1};
    struct pt_schedule_level stopped = {"stopped", 0, 100}, broken = {"broken", 1, NAN};
    struct pt_schedule_site site = {.demand_price_per_kw = 10, .demand_ns = HOUR / 4};
    struct pt_schedule_problem problem = problem_of(3600);

#define WITH(field, value, status, text)                                                           \
    do {                                                                                           \
        struct pt_schedule_problem with = problem;                                                 \
        with.field = (value);                                                                      \
        refuse_problem(&with, status, text);                                                       \
    } while (0)
    WITH(slots.count, 0, PT_BAD_INPUT, "is it past?");
    WITH(slots.count, -7, PT_BAD_INPUT, "-7 slots");
    WITH(slots.count, INT32_MAX, PT_BAD_INPUT, "2147483647 slots");
    WITH(slots.slot_ns, 0, PT_BAD_INPUT, "slots of 0 ns");
    WITH(slots.slot_ns, INT64_MAX / 2, PT_OVERFLOW, "leave the calendar");
    WITH(slots.start_ns, INT64_MAX - HOUR, PT_OVERFLOW, "leave the calendar");
    WITH(slots.prices, NULL, PT_BAD_INPUT, "without prices");
    WITH(slots.prices, gap, PT_BAD_INPUT, "the price of slot 1 is nan");
    WITH(slots.prices, huge, PT_BAD_INPUT, "slot 1 is 1e+300");
    WITH(slots.carbon, gap, PT_BAD_INPUT, "the carbon intensity of slot 1");
    WITH(job.work_seconds, 0, PT_BAD_INPUT, "work in seconds of 0");
    WITH(job.work_seconds, NAN, PT_BAD_INPUT, "work in seconds of nan");
    WITH(job.work_seconds, INFINITY, PT_BAD_INPUT, "work in seconds of inf");
    WITH(job.level_count, 0, PT_BAD_INPUT, "0 levels");
    WITH(job.level_count, 33, PT_BAD_INPUT, "33 levels");
    WITH(job.resume_seconds, -1, PT_BAD_INPUT, "seconds of a resume of -1");
    WITH(job.suspended_watts, NAN, PT_BAD_INPUT, "watts while suspended of nan");
    WITH(job.starts_max, -1, PT_BAD_INPUT, "most starts of -1");
    WITH(job.lost_seconds, 1e300, PT_BAD_INPUT, "lost seconds");
    WITH(site, &site, PT_BAD_INPUT, "divide the slots");
    WITH(job.levels, (problem.job.level_count = 1, &stopped), PT_BAD_INPUT, "speed of 0");
    WITH(job.levels, &broken, PT_BAD_INPUT, "level 0 (broken) has nan W");
    problem.job.has_started = true;
    WITH(job.level_now, 1, PT_BAD_INPUT, "level 1 of 1");
    // Five hours of work in four: one hour too early.
    problem = problem_of(5 * 3600);
    refuse_problem(&problem, PT_INFEASIBLE, "3600 s too early");
#undef WITH
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_watt_is_paid_at_its_hour),
        cmocka_unit_test(a_loss_is_done_again),
        cmocka_unit_test(a_change_takes_time_at_the_new_level),
        cmocka_unit_test(the_own_sun_costs_what_it_would_have_earned),
        cmocka_unit_test(a_new_peak_is_paid_for),
        cmocka_unit_test(grams_are_unknown_without_carbon),
        cmocka_unit_test(a_plan_that_breaks_a_limit_is_refused),
        cmocka_unit_test(what_is_no_problem_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
