// Several jobs on one capacity: the flow equals an exhaustive search, and what the local search
// finds lies between the flow and the best.

#include "naive.h"
#include "schedule/capacity.h"
#include "support.h"

enum { JOBS = 4, SLOTS = 6, CASES = 10000, SEARCH_CASES = 2000 };
#define HOUR NAIVE_SLOT_NS
static const double TOLERANCE = 1e-7;

struct shop {
    struct pt_capacity_problem problem;
    struct pt_capacity_job jobs[JOBS];
    double prices[SLOTS];
    int used[SLOTS]; // parts of a slot
};

// Work in parts of an hour.
static void random_shop(struct shop *shop, int job_count, int slots, int parts, bool transport)
{
    int shape = naive_random(3);
    *shop = (struct shop){0};
    for (int i = 0; i < slots; i++)
        shop->prices[i] = shape == 0   ? 1 + naive_random(9)
                          : shape == 1 ? naive_random(12) - 5
                                       : 1 + naive_random(2);
    shop->problem = (struct pt_capacity_problem){
        .slots = {.slot_ns = HOUR, .count = slots, .prices = shop->prices},
        .machines = 1 + naive_random(transport ? 2 : 3),
        .job_count = job_count,
        .jobs = shop->jobs};
    for (int i = 0; i < job_count; i++) {
        int first = naive_random(slots), end = first + 1 + naive_random(slots - first);
        int most = (end - first) * parts;
        shop->jobs[i] = (struct pt_capacity_job){
            .name = "job",
            .work_seconds =
                3600.0 / parts * (1 + naive_random(most < 3 * parts ? most : 3 * parts)),
            .watts = 100.0 * naive_random(10),
            .machines = transport ? 1 : 1 + naive_random(shop->problem.machines),
            .release_ns = first * HOUR - naive_random(2),
            .deadline_ns = end * HOUR + naive_random(2),
            .interruptible = transport || naive_random(2) == 0};
    }
}

static int first_slot(const struct pt_capacity_job *job)
{
    return (int)((job->release_ns + HOUR - 1) / HOUR);
}

static int end_slot(const struct shop *shop, const struct pt_capacity_job *job)
{
    int end = (int)(job->deadline_ns / HOUR);
    return end < shop->problem.slots.count ? end : shop->problem.slots.count;
}

// -------------------------------------------------------------------------------- flow by
// exhaustion The least for this job from this slot on and all after it, with so many parts of an
// hour left.
static double every_flow(struct shop *shop, int parts, int job, int slot, int left)
{
    const struct pt_capacity_job *it = &shop->jobs[job];
    double best = INFINITY;
    if (left == 0) {
        if (job + 1 == shop->problem.job_count)
            return 0;
        const struct pt_capacity_job *next = &shop->jobs[job + 1];
        return every_flow(shop, parts, job + 1, first_slot(next),
                          (int)rint(next->work_seconds * parts / 3600));
    }
    if (slot >= end_slot(shop, it))
        return INFINITY;
    for (int own = 0; own <= parts && own <= left; own++) {
        if (shop->used[slot] + own > parts * shop->problem.machines)
            break;
        shop->used[slot] += own;
        best = fmin(best, own * it->watts / parts / 1000 * shop->prices[slot] +
                              every_flow(shop, parts, job, slot + 1, left - own));
        shop->used[slot] -= own;
    }
    return best;
}

static void check_shares(const struct shop *shop, const struct pt_capacity_plan *plan)
{
    double machines[SLOTS] = {0}, work[JOBS] = {0}, money = 0;
    for (int i = 0; i < plan->share_count; i++) {
        const struct pt_capacity_share *share = &plan->shares[i];
        const struct pt_capacity_job *job = &shop->jobs[share->job];
        assert_true(share->seconds > 0 && share->seconds <= 3600 + 1e-6);
        assert_true(share->slot >= first_slot(job) && share->slot < end_slot(shop, job));
        machines[share->slot] += share->seconds * job->machines;
        work[share->job] += share->seconds;
        money += share->seconds * job->watts / 3.6e6 * shop->prices[share->slot];
    }
    for (int i = 0; i < shop->problem.slots.count; i++)
        assert_true(machines[i] <= 3600 * shop->problem.machines + 1e-6);
    for (int i = 0; i < shop->problem.job_count; i++)
        assert_near(work[i], shop->jobs[i].work_seconds, 1e-5);
    assert_near(money, plan->money, TOLERANCE);
}

static void check_flow(int job_count, int slots, int parts, int cases)
{
    int full = 0;
    for (int i = 0; i < cases; i++) {
        struct shop shop;
        struct pt_capacity_plan plan;
        struct pt_error error;
        random_shop(&shop, job_count, slots, parts, true);
        double best = every_flow(&shop, parts, 0, first_slot(&shop.jobs[0]),
                                 (int)rint(shop.jobs[0].work_seconds * parts / 3600));
        struct pt_arena *arena = pt_arena_create();
        assert_status(pt_schedule_share(arena, &shop.problem, &plan, &error),
                      isfinite(best) ? PT_OK : PT_INFEASIBLE, &error);
        if (isfinite(best)) {
            assert_near(plan.money, best, TOLERANCE);
            assert_near(plan.lower_bound, best, TOLERANCE);
            check_shares(&shop, &plan);
            assert_true(isnan(plan.early_money) || plan.early_money >= plan.money - TOLERANCE);
        } else {
            assert_contains(error.message, "machines are missing");
            full++;
        }
        pt_arena_destroy(arena);
    }
    assert_true(full > 0 && full < cases / 2);
}

static void the_flow_is_the_best_of_all(void **unused)
{
    (void)unused;
    check_flow(3, 5, 1, CASES);
    check_flow(4, 6, 1, CASES / 10);
    check_flow(3, 4, 2, CASES / 10); // work in half hours
}

// ------------------------------------------------------------------------------ search by
// exhaustion
static double placed_money(const struct shop *shop, const struct pt_capacity_job *job,
                           unsigned slots)
{
    double rest = fmod(job->work_seconds - 1, 3600) + 1, money = 0, highest = -INFINITY;
    int last = 0;
    for (int i = 0; i < shop->problem.slots.count; i++)
        if (slots >> i & 1) {
            money += shop->prices[i];
            highest = fmax(highest, shop->prices[i]);
            last = i;
        }
    double partial = job->interruptible ? highest : shop->prices[last];
    return (money - partial * (1 - rest / 3600)) * job->watts / 1000;
}

static bool is_block(unsigned slots)
{
    unsigned shifted = slots >> __builtin_ctz(slots);
    return (shifted & (shifted + 1)) == 0;
}

static double every_placement(struct shop *shop, int index)
{
    double best = INFINITY;
    if (index >= shop->problem.job_count || index >= (int)(sizeof shop->jobs / sizeof *shop->jobs))
        return 0;
    const struct pt_capacity_job *job = &shop->jobs[index];
    int need = (int)ceil(job->work_seconds / 3600 - 1e-9), count = shop->problem.slots.count;
    for (unsigned slots = 1; slots < 1u << count; slots++) {
        bool fits = __builtin_popcount(slots) == need && (job->interruptible || is_block(slots)) &&
                    __builtin_ctz(slots) >= first_slot(job) && slots >> end_slot(shop, job) == 0;
        for (int i = 0; i < count && fits; i++)
            fits = !(slots >> i & 1) || shop->used[i] + job->machines <= shop->problem.machines;
        if (!fits)
            continue;
        for (int i = 0; i < count; i++)
            shop->used[i] += (slots >> i & 1) ? job->machines : 0;
        best = fmin(best, placed_money(shop, job, slots) + every_placement(shop, index + 1));
        for (int i = 0; i < count; i++)
            shop->used[i] -= (slots >> i & 1) ? job->machines : 0;
    }
    return best;
}

static void blocks_and_wide_jobs_lie_between_the_bound_and_the_best(void **unused)
{
    (void)unused;
    int equal = 0, solved = 0, missed = 0;
    while (solved < SEARCH_CASES) {
        struct shop shop;
        struct pt_capacity_plan plan;
        struct pt_error error;
        random_shop(&shop, 1 + naive_random(3), 1 + naive_random(5), 2, false);
        shop.jobs[0].interruptible = false; // else it may be one for the flow alone
        double best = every_placement(&shop, 0);
        struct pt_arena *arena = pt_arena_create();
        enum pt_status status = pt_schedule_share(arena, &shop.problem, &plan, &error);
        if (isinf(best)) {
            assert_int_equal(status, PT_INFEASIBLE);
        } else if (status == PT_INFEASIBLE) {
            missed++;
        } else {
            assert_status(status, PT_OK, &error);
            assert_true(plan.lower_bound <= best + TOLERANCE);
            assert_true(plan.money >= best - TOLERANCE);
            assert_true(isnan(plan.early_money) || plan.money <= plan.early_money + TOLERANCE);
            check_shares(&shop, &plan);
            equal += plan.money <= best + TOLERANCE;
            solved++;
        }
        pt_arena_destroy(arena);
    }
    print_message("%d of %d are the best, %d times no order had room\n", equal, solved, missed);
    assert_true(equal > solved * 95 / 100);
    assert_true(missed < solved / 50);
}

// ------------------------------------------------------------------------------------------ by
// hand One machine; 1 h and 1 h in three hours at 1, 9, 2: the flow takes 1 and 2. The job of 500 W
// gets the hour at 1: 0.5 x 1 + 0.1 x 2.
static void the_thirsty_job_gets_the_cheapest_hour(void **unused)
{
    static const double prices[] = {1, 9, 2};
    const struct pt_capacity_job jobs[] = {{"a", 3600, 100, 1, 0, 3 * HOUR, true},
                                           {"b", 3600, 500, 1, 0, 3 * HOUR, true}};
    const struct pt_capacity_problem problem = {
        {.slot_ns = HOUR, .count = 3, .prices = prices}, 1, 2, jobs};
    struct pt_capacity_plan plan;
    struct pt_error error;
    struct pt_arena *arena = pt_arena_create();
    (void)unused;
    assert_status(pt_schedule_share(arena, &problem, &plan, &error), PT_OK, &error);
    assert_near(plan.money, 0.7, 1e-12);
    assert_near(plan.early_money, 0.1 * 1 + 0.5 * 9, 1e-12);
    assert_near(plan.joules, 0.6 * 3.6e6, 1e-6);
    assert_int_equal(plan.share_count, 2);
    assert_int_equal(plan.shares[0].slot, 2);
    assert_string_equal(plan.method, "min-cost flow");
    pt_arena_destroy(arena);
}

static void what_is_no_problem_is_named(void **unused)
{
    static const double prices[] = {1, 2};
    struct pt_capacity_plan plan;
    struct pt_error error;
    (void)unused;
#define REFUSED(change, expected, part)                                                            \
    do {                                                                                           \
        struct pt_capacity_job job = {"train", 3600, 100, 1, 0, 2 * HOUR, true};                   \
        struct pt_capacity_problem problem = {                                                     \
            {.slot_ns = HOUR, .count = 2, .prices = prices}, 1, 1, &job};                          \
        struct pt_arena *arena = pt_arena_create();                                                \
        change;                                                                                    \
        assert_int_equal(pt_schedule_share(arena, &problem, &plan, &error), expected);             \
        assert_contains(error.message, part);                                                      \
        pt_arena_destroy(arena);                                                                   \
    } while (0)
    REFUSED(job.work_seconds = 0, PT_BAD_INPUT, "job 0 (train): 0 s of work");
    REFUSED(job.work_seconds = NAN, PT_BAD_INPUT, "job 0 (train)");
    REFUSED(job.watts = -1, PT_BAD_INPUT, "-1 W");
    REFUSED(job.machines = 2, PT_BAD_INPUT, "needs 2 machines of 1");
    REFUSED(problem.machines = 0, PT_BAD_INPUT, "on 0 machines");
    REFUSED(problem.job_count = 0, PT_BAD_INPUT, "0 jobs");
    REFUSED(problem.slots.count = 0, PT_BAD_INPUT, "0 slots");
    REFUSED(job.work_seconds = 7201, PT_INFEASIBLE, "7201 s of work do not fit into 7200 s");
    // Half an hour of either end is no whole slot.
    REFUSED(job.release_ns = HOUR / 2; job.deadline_ns = 3 * HOUR / 2, PT_INFEASIBLE, "into 0 s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_flow_is_the_best_of_all),
        cmocka_unit_test(blocks_and_wide_jobs_lie_between_the_bound_and_the_best),
        cmocka_unit_test(the_thirsty_job_gets_the_cheapest_hour),
        cmocka_unit_test(what_is_no_problem_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
