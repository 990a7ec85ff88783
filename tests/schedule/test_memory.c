// The allocations of every solver fail, one in each try: all say so, and nothing is left behind
// (the leak checker looks). The linker puts the functions below before malloc and the like.

#include "naive.h"
#include "schedule/battery.h"
#include "schedule/capacity.h"
#include "schedule/hop.h"
#include "schedule/tariff_slots.h"
#include "support.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

static int64_t countdown = INT64_MAX; // allocations that still succeed

static bool fails(void)
{
    return countdown-- <= 0;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return fails() ? NULL : __real_realloc(memory, size);
}

static struct naive_case cases;

typedef enum pt_status solver(struct pt_arena *arena, struct pt_error *error);

// Returns about how many allocations the solver makes.
static int try_all(solver *solve)
{
    // What is repeated a hundred times need not fail a hundred times.
    for (int allowed = 0; allowed < 100000; allowed += allowed < 100 ? 1 : allowed / 8) {
        struct pt_error error = {PT_OK, ""};
        struct pt_arena *arena = pt_arena_create();
        countdown = allowed;
        enum pt_status status = solve(arena, &error);
        countdown = INT64_MAX;
        pt_arena_destroy(arena);
        if (status == PT_OK)
            return allowed;
        assert_status(status, PT_NO_MEMORY, &error);
        assert_contains(error.message, "no memory");
    }
    fail_msg("100000 allocations are not enough");
    return 0;
}

// --------------------------------------------------------------------------------------- one job
static void plain_problem(void)
{
    naive_seed = 7;
    naive_slots(&cases, 6);
    naive_job(&cases, 2, false);
    for (int i = 0; i < 6; i++)
        cases.prices[i] = 1 + i % 3;
    cases.levels[0] = (struct pt_schedule_level){"full", 1, 1000};
    cases.levels[1] = (struct pt_schedule_level){"half", 0.5, 400};
    cases.problem.job.work_seconds = 3 * 3600;
}

static enum pt_status solve(struct pt_arena *arena, struct pt_error *error)
{
    struct pt_schedule_plan plan;
    return pt_schedule_solve(arena, &cases.problem, &plan, error);
}

static enum pt_status trade(struct pt_arena *arena, struct pt_error *error)
{
    struct pt_schedule_front front;
    return pt_schedule_trade(arena, &cases.problem, &front, error);
}

static enum pt_status advise(struct pt_arena *arena, struct pt_error *error)
{
    struct pt_schedule_advice advice;
    return pt_schedule_advise(arena, &cases.problem, &advice, error);
}

static void one_job_says_so(void **unused)
{
    (void)unused;
    plain_problem();
    assert_true(try_all(solve) > 0); // cheapest slots
    assert_true(try_all(trade) > 0);
    assert_true(try_all(advise) > 0);
    cases.problem.job.resume_seconds = 900;
    cases.problem.job.resume_watts = 500;
    assert_true(try_all(solve) > 7); // the programme's table has seven parts
    cases.levels[1].speed = 0.71317; // work at one price
    assert_true(try_all(solve) > 7);
    naive_site(&cases, true);
    cases.site.demand_price_per_kw = 3;
    cases.site.demand_ns = NAIVE_SLOT_NS;
    assert_true(try_all(solve) > 7);
    cases.problem.job.interruptible = false;
    assert_true(try_all(solve) > 0);
}

// ---------------------------------------------------------------------------------------- regions
static struct pt_schedule_region regions[2];
static const double move_money[4], move_seconds[4] = {0, 900, 900, 0};

static void two_regions(void)
{
    plain_problem();
    for (int i = 0; i < 2; i++)
        regions[i] = (struct pt_schedule_region){
            .name = "r", .slots = cases.problem.slots, .speed_factor = 1, .watts_factor = 1 + i};
}

static enum pt_status choose(struct pt_arena *arena, struct pt_error *error)
{
    struct pt_schedule_region_plan plans[2];
    int best;
    return pt_schedule_choose_region(arena, &cases.problem.job, regions, 2, plans, &best, error);
}

static enum pt_status hop(struct pt_arena *arena, struct pt_error *error)
{
    const struct pt_schedule_moves moves = {move_money, move_seconds};
    struct pt_schedule_hop_plan plan;
    return pt_schedule_hop(arena, &cases.problem.job, regions, 2, &moves, &plan, error);
}

static void regions_say_so(void **unused)
{
    (void)unused;
    two_regions();
    assert_true(try_all(choose) > 0);
    assert_true(try_all(hop) > 4);
    cases.levels[1].speed = 0.71317;
    assert_true(try_all(hop) > 5);
}

// --------------------------------------------------------------------------------- site, capacity
static enum pt_status battery(struct pt_arena *arena, struct pt_error *error)
{
    const struct pt_battery about = {.kwh = 2, .kw = 1, .efficiency = 0.9, .charge_share = 0.5};
    struct pt_battery_plan plan;
    return pt_schedule_with_battery(arena, &cases.problem, &about, &plan, error);
}

static void a_battery_says_so(void **unused)
{
    (void)unused;
    plain_problem();
    naive_site(&cases, false);
    assert_true(try_all(battery) > 10);
}

static bool blocks;

static enum pt_status share(struct pt_arena *arena, struct pt_error *error)
{
    struct pt_capacity_job jobs[12];
    struct pt_capacity_plan plan;
    for (int i = 0; i < 12; i++)
        jobs[i] = (struct pt_capacity_job){.name = "j",
                                           .work_seconds = 3000,
                                           .watts = 100 + i,
                                           .machines = 1,
                                           .release_ns = INT64_MIN,
                                           .deadline_ns = INT64_MAX,
                                           .interruptible = !blocks};
    const struct pt_capacity_problem problem = {cases.problem.slots, 2, 12, jobs};
    return pt_schedule_share(arena, &problem, &plan, error);
}

static void a_capacity_says_so(void **unused)
{
    (void)unused;
    plain_problem();
    blocks = false;
    assert_true(try_all(share) > 9);
    blocks = true;
    assert_true(try_all(share) > 19);
}

static enum pt_status bridge(struct pt_arena *arena, struct pt_error *error)
{
    const struct pt_tariff_site site = {.load = {.kw = 1}};
    struct pt_tariff tariff = pt_tariff_none();
    struct pt_tariff_slots slots;
    struct pt_schedule_tariff_site at;
    tariff.site = &site;
    tariff.demand_charge = (struct pt_demand_charge){
        .per_kw = 1, .minutes = 60, .window = {.weekdays = PT_ALL_WEEKDAYS, .to_minute = 60}};
    enum pt_status status =
        pt_schedule_slots_of_tariff(arena, &tariff, 0, NAIVE_SLOT_NS, 1000, &slots, error);
    return status == PT_OK ? pt_schedule_site_of_tariff(arena, &tariff, &slots.slots, &at, error)
                           : status;
}

static void the_bridge_says_so(void **unused)
{
    (void)unused;
    assert_true(try_all(bridge) > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_job_says_so),    cmocka_unit_test(regions_say_so),
        cmocka_unit_test(a_battery_says_so),  cmocka_unit_test(a_capacity_says_so),
        cmocka_unit_test(the_bridge_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
