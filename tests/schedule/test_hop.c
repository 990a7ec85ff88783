// A job that moves between regions by the hour: the programme equals an exhaustive search that
// shares no code with it, and costs what is shown by hand.

#include "naive.h"
#include "schedule/hop.h"
#include "support.h"

enum { CASES = 10000, REGIONS = 3, LEVELS = 2, SLOTS = 5 };
#define HOUR NAIVE_SLOT_NS
static const double TOLERANCE = 1e-7, TICK = NAIVE_SLOT_SECONDS / NAIVE_TICKS;

struct world {
    struct naive_case home; // the job
    double prices[REGIONS][SLOTS], net[REGIONS][SLOTS], feed_in[REGIONS][SLOTS];
    struct pt_schedule_site sites[REGIONS];
    struct pt_schedule_region regions[REGIONS];
    double move_money[REGIONS * REGIONS], move_seconds[REGIONS * REGIONS];
    int region_count, slots;
};

static struct pt_schedule_moves moves_of(const struct world *world)
{
    return (struct pt_schedule_moves){world->move_money, world->move_seconds};
}

static void random_world(struct world *world)
{
    static const double factors[] = {1, 1, 0.5, 2};
    struct pt_schedule_job *job = &world->home.problem.job;
    naive_slots(&world->home, 1 + naive_random(SLOTS));
    naive_job(&world->home, 1 + naive_random(LEVELS), true);
    job->starts_max = 0;
    job->on_seconds_min = job->off_seconds_min = job->change_seconds = 0;
    world->slots = world->home.problem.slots.count;
    world->region_count = 1 + naive_random(REGIONS);
    bool negative = naive_random(3) == 0, sun = naive_random(3) == 0;
    for (int i = 0; i < world->region_count; i++) {
        for (int j = 0; j < world->slots; j++) {
            world->prices[i][j] = naive_random(10) - (negative ? 4 : -1);
            world->net[i][j] = 100.0 * (naive_random(9) - 5);
            world->feed_in[i][j] = naive_random(3);
        }
        world->sites[i] =
            (struct pt_schedule_site){.net_watts = world->net[i], .feed_in = world->feed_in[i]};
        world->regions[i] = (struct pt_schedule_region){.name = "somewhere",
                                                        .slots = world->home.problem.slots,
                                                        .site = sun ? &world->sites[i] : NULL,
                                                        .speed_factor = factors[naive_random(4)],
                                                        .watts_factor = factors[naive_random(4)]};
        world->regions[i].slots.prices = world->prices[i];
        for (int j = 0; j < world->region_count; j++) {
            world->move_money[i * world->region_count + j] = naive_random(5) / 2.0;
            world->move_seconds[i * world->region_count + j] = naive_random(6) * TICK;
        }
    }
}

// ------------------------------------------------------------------------------------- exhaustive
static double slot_money(const struct world *world, int region, int slot, double joules)
{
    double kwh = joules / 3.6e6, own = -world->net[region][slot] / 1000;
    if (world->regions[region].site == NULL || own <= 0)
        return kwh * world->prices[region][slot];
    return fmin(kwh, own) * world->feed_in[region][slot] +
           fmax(0, kwh - own) * world->prices[region][slot];
}

// choices[i]: -1 off, else region x levels + level; INFINITY if that is no plan.
static double plan_money(const struct world *world, const int *choices)
{
    const struct pt_schedule_job *job = &world->home.problem.job;
    double joules[REGIONS][SLOTS] = {{0}}, work = job->work_seconds, money = 0;
    bool started = job->has_started, on = started && job->level_now >= 0, done = false;
    double most = work + (on ? job->lost_seconds : 0);
    int where = 0, moving = 0, resuming = 0; // ticks
    for (int slot = 0; slot < world->slots && !done; slot++) {
        int choice = choices[slot];
        int region = choice < 0 ? where : choice / job->level_count;
        if (moving + resuming > 0 && choice != choices[slot - 1])
            return INFINITY; // nothing is decided on the way
        if (on && (choice < 0 || region != where)) {
            work = fmin(work + job->lost_seconds, most);
            on = false;
        }
        if (choice >= 0 && !on) {
            int pair = where * world->region_count + region;
            if (region != where) {
                money += world->move_money[pair];
                moving = (int)(world->move_seconds[pair] / TICK);
            }
            resuming = started ? (int)(job->resume_seconds / TICK) : 0;
            int begin = slot + (moving > 0 ? (moving - 1) / NAIVE_TICKS : 0);
            if (started && begin < world->slots)
                joules[region][begin] += job->resume_joules;
            where = region;
            on = started = true;
        }
        double factor = world->regions[where].watts_factor;
        for (int i = 0; i < NAIVE_TICKS && !done; i++) {
            if (!on) {
                joules[where][slot] +=
                    TICK * factor * (started ? job->suspended_watts : job->waiting_watts);
            } else if (moving > 0) {
                moving--;
            } else if (resuming > 0) {
                resuming--;
                joules[where][slot] += TICK * factor * job->resume_watts;
            } else {
                const struct pt_schedule_level *level = &job->levels[choice % job->level_count];
                double can = TICK * level->speed * world->regions[where].speed_factor;
                double share = work / can;
                done = share <= 1 + 1e-9;
                joules[where][slot] += TICK * factor * level->watts * (done ? share : 1);
                work -= can;
            }
        }
    }
    for (int i = 0; i < world->region_count; i++)
        for (int j = 0; j < world->slots; j++)
            money += slot_money(world, i, j, joules[i][j]);
    return done ? money : INFINITY;
}

static double search(const struct world *world)
{
    int choices[SLOTS], most = world->region_count * world->home.problem.job.level_count;
    double best = INFINITY;
    for (int i = 0; i < world->slots; i++)
        choices[i] = -1;
    for (int i = 0; i < world->slots;) {
        best = fmin(best, plan_money(world, choices));
        for (i = 0; i < world->slots && ++choices[i] == most; i++)
            choices[i] = -1;
    }
    return best;
}

static void the_programme_finds_what_the_search_finds(void **unused)
{
    (void)unused;
    int moved = 0, solved = 0;
    while (solved < CASES) {
        struct world world;
        struct pt_schedule_hop_plan plan;
        struct pt_error error;
        random_world(&world);
        struct pt_schedule_moves moves = moves_of(&world);
        double best = search(&world);
        struct pt_arena *arena = pt_arena_create();
        enum pt_status status = pt_schedule_hop(arena, &world.home.problem.job, world.regions,
                                                world.region_count, &moves, &plan, &error);
        assert_status(status, isfinite(best) ? PT_OK : PT_INFEASIBLE, &error);
        if (status == PT_OK) {
            assert_near(plan.money, best, TOLERANCE);
            assert_near(plan.lower_bound, best, TOLERANCE);
            moved += plan.moves > 0;
            solved++;
        }
        pt_arena_destroy(arena);
    }
    print_message("%d of %d plans move\n", moved, CASES);
    assert_true(moved > CASES / 10);
}

// Speeds without a common quantum: the plan does the work, and the bound is below the best.
static void odd_speeds_have_a_bound(void **unused)
{
    (void)unused;
    double worst = 0;
    int missed = 0;
    for (int solved = 0; solved < 150;) {
        struct world world;
        struct pt_schedule_hop_plan plan;
        struct pt_error error;
        random_world(&world);
        for (int i = 0; i < world.region_count; i++) {
            world.regions[i].speed_factor = 0.7 + naive_random(1000000) * 1.1e-6;
            for (int j = 0; j < world.slots; j++)
                world.prices[i][j] = fabs(world.prices[i][j]) + 1;
        }
        struct pt_schedule_moves moves = moves_of(&world);
        double best = search(&world);
        struct pt_arena *arena = pt_arena_create();
        enum pt_status status = pt_schedule_hop(arena, &world.home.problem.job, world.regions,
                                                world.region_count, &moves, &plan, &error);
        if (status == PT_OK) {
            assert_true(plan.lower_bound <= best + TOLERANCE);
            assert_true(plan.lower_bound <= plan.money);
            worst = fmax(worst, (plan.money - best) / fmax(1, fabs(best)));
            solved++;
        } else {
            assert_int_equal(status, PT_INFEASIBLE);
            missed += isfinite(best);
        }
        pt_arena_destroy(arena);
    }
    assert_true(missed < 150 / 20); // so tight that only the exact work fits, and not at home
    print_message("at worst %.3f %% above the search\n", 100 * worst);
}

// ----------------------------------------------------------------------------------------- by hand
static const double there_prices[2][4] = {{5, 5, 1, 1}, {1, 1, 9, 9}};
static const struct pt_schedule_level full[] = {{"full", 1, 1000}};

static void two_places(struct pt_schedule_region *regions, struct pt_schedule_job *job)
{
    for (int i = 0; i < 2; i++)
        regions[i] = (struct pt_schedule_region){
            .name = i == 0 ? "home" : "away",
            .slots = {.slot_ns = HOUR, .count = 4, .prices = there_prices[i]},
            .speed_factor = 1,
            .watts_factor = 1};
    *job = (struct pt_schedule_job){
        .work_seconds = 3 * 3600, .level_count = 1, .levels = full, .interruptible = true};
}

// Away at 1 for an hour and three quarters (a move of a quarter before), back with another, then
// home at 1: 1.75 + 0.75 + 0.5 h are 3 h of work; two moves of 0.5.
static void it_follows_the_cheap_hours_and_comes_back(void **unused)
{
    struct pt_schedule_region regions[2];
    struct pt_schedule_job job;
    struct pt_schedule_hop_plan plan;
    struct pt_error error;
    const double money[] = {0, 0.5, 0.5, 0}, seconds[] = {0, 900, 900, 0};
    const struct pt_schedule_moves moves = {money, seconds};
    struct pt_arena *arena = pt_arena_create();
    (void)unused;
    two_places(regions, &job);
    assert_status(pt_schedule_hop(arena, &job, regions, 2, &moves, &plan, &error), PT_OK, &error);
    assert_near(plan.money, 3 * 1 + 2 * 0.5, 1e-9);
    assert_near(plan.move_money, 1, 0);
    assert_near(plan.joules, 3 * 3.6e6, 1e-3);
    assert_true(isnan(plan.grams));
    assert_int_equal(plan.moves, 2);
    assert_int_equal(plan.suspensions, 1);
    assert_int_equal(plan.segment_count, 2);
    assert_int_equal(plan.segments[0].region, 1);
    assert_int_equal(plan.segments[1].from_ns, 2 * HOUR);
    assert_int_equal(plan.finish_ns, 3 * HOUR + HOUR / 2);
    pt_arena_destroy(arena);
}

// If moves are dear it stays: 5 + 1 + 1.
static void a_dear_move_keeps_it_at_home(void **unused)
{
    struct pt_schedule_region regions[2];
    struct pt_schedule_job job;
    struct pt_schedule_hop_plan plan;
    struct pt_error error;
    const double money[] = {0, 9, 9, 0}, seconds[4] = {0};
    const struct pt_schedule_moves moves = {money, seconds};
    struct pt_arena *arena = pt_arena_create();
    (void)unused;
    two_places(regions, &job);
    assert_status(pt_schedule_hop(arena, &job, regions, 2, &moves, &plan, &error), PT_OK, &error);
    assert_near(plan.money, 7, 1e-9);
    assert_int_equal(plan.moves, 0);
    pt_arena_destroy(arena);
}

static void what_cannot_hop_is_refused(void **unused)
{
    struct pt_schedule_region regions[2];
    struct pt_schedule_job job;
    struct pt_schedule_hop_plan plan;
    struct pt_error error;
    double money[4] = {0}, seconds[4] = {0};
    const struct pt_schedule_moves moves = {money, seconds};
    struct pt_schedule_site site = {.demand_price_per_kw = 1, .demand_ns = HOUR};
    (void)unused;
#define REFUSED(change, expected, part)                                                            \
    do {                                                                                           \
        struct pt_arena *arena = pt_arena_create();                                                \
        two_places(regions, &job);                                                                 \
        change;                                                                                    \
        assert_int_equal(pt_schedule_hop(arena, &job, regions, 2, &moves, &plan, &error),          \
                         expected);                                                                \
        assert_contains(error.message, part);                                                      \
        pt_arena_destroy(arena);                                                                   \
    } while (0)
    REFUSED(job.interruptible = false, PT_BAD_INPUT, "choose one region");
    REFUSED(job.starts_max = 2, PT_BAD_INPUT, "at most 2 starts");
    REFUSED(job.level_count = 0, PT_BAD_INPUT, "0 levels");
    REFUSED(regions[1].site = &site, PT_BAD_INPUT, "region away has a demand charge");
    REFUSED(regions[1].slots.count = 3, PT_BAD_INPUT, "region away has other slots");
    REFUSED(regions[1].speed_factor = NAN, PT_BAD_INPUT, "region away");
    REFUSED(job.work_seconds = 5 * 3600, PT_INFEASIBLE, "move the deadline");
    REFUSED(seconds[1] = NAN, PT_BAD_INPUT, "from region 0 to region 1");
    seconds[1] = 0;
    assert_int_equal(pt_schedule_hop(NULL, &job, regions, 0, &moves, &plan, &error), PT_BAD_INPUT);
}

static void a_plan_of_others_is_checked(void **unused)
{
    struct pt_schedule_region regions[2];
    struct pt_schedule_job job;
    struct pt_error error;
    const double money[4] = {0}, seconds[4] = {0};
    const struct pt_schedule_moves moves = {money, seconds};
    const struct pt_schedule_hop_segment unknown = {0, HOUR, 2, 0}, shorter = {0, HOUR, 1, 0};
    struct pt_schedule_hop_plan plan = {.segments = &unknown, .segment_count = 1};
    (void)unused;
    two_places(regions, &job);
    assert_int_equal(pt_schedule_hop_evaluate(&job, regions, 2, &moves, &plan, &error),
                     PT_BAD_INPUT);
    assert_contains(error.message, "region 2");
    plan.segments = &shorter;
    assert_int_equal(pt_schedule_hop_evaluate(&job, regions, 2, &moves, &plan, &error),
                     PT_INFEASIBLE);
    assert_contains(error.message, "7200.000 s of work are left");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_programme_finds_what_the_search_finds),
        cmocka_unit_test(odd_speeds_have_a_bound),
        cmocka_unit_test(it_follows_the_cheap_hours_and_comes_back),
        cmocka_unit_test(a_dear_move_keeps_it_at_home),
        cmocka_unit_test(what_cannot_hop_is_refused),
        cmocka_unit_test(a_plan_of_others_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
