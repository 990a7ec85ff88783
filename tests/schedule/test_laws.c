// Laws that hold for every schedule, in random cases of any kind and length.

#include "naive.h"
#include "support.h"

enum { CASES = 250 };

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

static struct pt_schedule_plan solve(const struct naive_case *c)
{
    struct pt_schedule_plan plan;
    struct pt_error error;
    assert_status(pt_schedule_solve(arena, &c->problem, &plan, &error), PT_OK, &error);
    return plan;
}

// With feasible work; in half of the cases levels whose speeds divide nothing. In place, because a
// case points into itself.
static void draw_case(struct naive_case *c, bool overheads)
{
    do {
        naive_slots(c, 1 + naive_random(NAIVE_SLOTS_MAX));
        naive_job(c, 1 + naive_random(3), overheads);
        if (naive_random(2) == 0)
            c->levels[0].speed = 0.7 + 1e-6 * naive_random(1000000);
    } while (pt_schedule_check(&c->problem, NULL) != PT_OK);
}

// Rounding, and what a table that interpolates may miss.
static double slack(double money)
{
    return 2e-3 * fabs(money) + 1e-9;
}

static void no_plan_costs_more_than_starting_now(void **unused)
{
    (void)unused;
    for (int i = 0; i < CASES; i++) {
        struct naive_case c;
        struct pt_schedule_plan now;
        draw_case(&c, true);
        c.problem.job.interruptible = naive_random(4) > 0;
        if (naive_random(2) == 0)
            naive_site(&c, true);
        if (pt_schedule_check(&c.problem, NULL) != PT_OK)
            continue;
        struct pt_schedule_plan plan = solve(&c), again = plan;
        struct pt_error error;
        assert_int_equal(pt_schedule_now(arena, &c.problem, &now, NULL), PT_OK);
        assert_true(plan.money <= now.money + 1e-9);
        assert_true(plan.lower_bound <= plan.money);
        assert_true(isfinite(plan.lower_bound));
        // What the plan says of itself is what its segments come to.
        assert_status(pt_schedule_evaluate(&c.problem, &again, &error), PT_OK, &error);
        assert_near(again.money, plan.money, 1e-9);
        assert_int_equal(again.finish_ns, plan.finish_ns);
        assert_int_equal(plan.segments[plan.segment_count - 1].to_ns, plan.finish_ns);
    }
}

static void a_constant_price_never_suspends(void **unused)
{
    (void)unused;
    for (int i = 0; i < CASES; i++) {
        struct naive_case c;
        draw_case(&c, true);
        for (int j = 0; j < c.problem.slots.count; j++)
            c.prices[j] = 3;
        // A job that is slower at more watts would, and one that pays for being off.
        c.problem.job.level_count = 1;
        c.problem.job.level_now = c.problem.job.level_now < 0 ? -1 : 0;
        c.problem.job.work_seconds = fmin(c.problem.job.work_seconds, 3600);
        if (pt_schedule_check(&c.problem, NULL) != PT_OK)
            continue;
        struct pt_schedule_plan plan = solve(&c), now;
        assert_int_equal(pt_schedule_now(arena, &c.problem, &now, NULL), PT_OK);
        assert_int_equal(plan.suspensions, 0);
        assert_int_equal(plan.finish_ns, now.finish_ns);
    }
}

static void prices_twice_as_high_cost_twice(void **unused)
{
    (void)unused;
    for (int i = 0; i < CASES; i++) {
        struct naive_case c;
        draw_case(&c, true);
        double money = solve(&c).money;
        for (int j = 0; j < c.problem.slots.count; j++)
            c.prices[j] *= 2;
        assert_near(solve(&c).money, 2 * money, 1e-9 + slack(money));
    }
}

static void more_slack_never_costs_more(void **unused)
{
    (void)unused;
    for (int i = 0; i < CASES; i++) {
        struct naive_case c;
        draw_case(&c, true);
        double money = solve(&c).money;
        while (--c.problem.slots.count > 0 && pt_schedule_check(&c.problem, NULL) == PT_OK) {
            double less = solve(&c).money;
            assert_true(money <= less + slack(less));
            money = less;
        }
    }
}

static void more_starts_never_cost_more(void **unused)
{
    (void)unused;
    for (int i = 0; i < CASES; i++) {
        struct naive_case c;
        draw_case(&c, true);
        double before = INFINITY;
        for (int starts = 1; starts <= 4; starts++) {
            c.problem.job.starts_max = starts;
            struct pt_schedule_plan plan = solve(&c);
            assert_true(plan.money <= before + slack(before));
            assert_true(plan.suspensions <= starts);
            before = plan.money;
        }
        c.problem.job.starts_max = 0;
        assert_true(solve(&c).money <= before + slack(before));
    }
}

static void one_more_level_never_costs_more(void **unused)
{
    (void)unused;
    for (int i = 0; i < CASES; i++) {
        struct naive_case c;
        draw_case(&c, true);
        c.problem.job.has_started = false;
        double all = solve(&c).money;
        c.problem.job.level_count = 1;
        if (pt_schedule_check(&c.problem, NULL) == PT_OK) {
            double one = solve(&c).money;
            assert_true(all <= one + slack(one));
        }
    }
}

// Below the speed at which watts per speed are least, running slower costs more per work than
// running at that speed for a shorter time and being off, where being off is free.
static void a_level_below_the_efficient_speed_is_never_chosen(void **unused)
{
    (void)unused;
    for (int i = 0; i < CASES; i++) {
        struct naive_case c;
        draw_case(&c, false);
        const struct pt_schedule_level *efficient = &c.levels[0];
        for (int j = 0; j < c.problem.slots.count; j++)
            c.prices[j] = fabs(c.prices[j]) + 0.5;
        for (int j = 1; j < c.problem.job.level_count; j++)
            if (c.levels[j].watts / c.levels[j].speed < efficient->watts / efficient->speed)
                efficient = &c.levels[j];
        struct pt_schedule_plan plan = solve(&c);
        for (int j = 0; j < plan.segment_count; j++) {
            const struct pt_schedule_level *level = &c.levels[plan.segments[j].level];
            assert_true(level->speed >= efficient->speed ||
                        level->watts / level->speed <=
                            efficient->watts / efficient->speed * (1 + 1e-9));
        }
    }
}

// A plan that is followed for a slot and made anew there costs what it said.
static void a_plan_made_anew_is_the_same_plan(void **unused)
{
    (void)unused;
    for (int i = 0; i < CASES; i++) {
        struct naive_case c;
        draw_case(&c, false);
        struct pt_schedule_job *job = &c.problem.job;
        job->level_count = 1;
        c.levels[0].speed = 1;
        job->resume_seconds = 900;
        job->resume_watts = 100;
        job->suspended_watts = 40;
        if (pt_schedule_check(&c.problem, NULL) != PT_OK)
            continue;
        struct pt_schedule_plan plan = solve(&c);
        int64_t start = c.problem.slots.start_ns, then = start + NAIVE_SLOT_NS;
        if (plan.segments[0].from_ns != start || plan.segments[0].to_ns < then ||
            plan.finish_ns <= then)
            continue;
        double spent = c.prices[0] * c.levels[0].watts / 1000;
        job->has_started = true;
        job->level_now = 0;
        job->work_seconds -= NAIVE_SLOT_SECONDS;
        c.problem.slots.start_ns = then;
        c.problem.slots.prices++;
        c.problem.slots.carbon++;
        c.problem.slots.count--;
        assert_near(spent + solve(&c).money, plan.money, 1e-9);
    }
}

// A year of quarter hours is too large for the table; the plan that is bought at one price is
// within a hundredth of its bound, and its limits are kept as everywhere.
static void a_year_in_one_plan_is_close_to_its_bound(void **unused)
{
    (void)unused;
    enum { QUARTERS = 365 * 96 };
    const struct pt_schedule_level level = {"level", 1, 1000};
    double *year = malloc(QUARTERS * sizeof *year);
    struct pt_schedule_problem problem = {
        .slots = {.slot_ns = NAIVE_SLOT_NS / 4, .count = QUARTERS, .prices = year},
        .job = {.work_seconds = 365 * 43200.0,
                .level_count = 1,
                .levels = &level,
                .interruptible = true,
                .resume_seconds = 600,
                .resume_watts = 800,
                .suspended_watts = 20}};
    struct pt_schedule_plan plan;
    struct pt_error error;
    assert_non_null(year);
    for (int i = 0; i < QUARTERS; i++)
        year[i] = 0.1 + 0.05 * sin(i * (2 * M_PI / 96)) + 0.01 * naive_random(5);
    assert_status(pt_schedule_solve(arena, &problem, &plan, &error), PT_OK, &error);
    assert_string_equal(plan.method, "work at one price");
    assert_true(plan.lower_bound <= plan.money);
    assert_true(plan.lower_bound >= plan.money * 0.99);
    assert_true(plan.suspensions > 300);
    free(year);
}

int main(void)
{
#define LAW(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        LAW(no_plan_costs_more_than_starting_now),
        LAW(a_constant_price_never_suspends),
        LAW(prices_twice_as_high_cost_twice),
        LAW(more_slack_never_costs_more),
        LAW(more_starts_never_cost_more),
        LAW(one_more_level_never_costs_more),
        LAW(a_level_below_the_efficient_speed_is_never_chosen),
        LAW(a_plan_made_anew_is_the_same_plan),
        LAW(a_year_in_one_plan_is_close_to_its_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
