// Regions that have a site: a move skips the slots of its sun and its demand window too.

#include "naive.h"
#include "support.h"

enum { CASES = 1500 };

// The problem that is left there after so many slots, cut by hand.
static struct pt_schedule_problem later(const struct naive_case *c, int skipped,
                                        struct pt_schedule_site *site)
{
    struct pt_schedule_problem problem = c->problem;
    problem.slots.start_ns += skipped * NAIVE_SLOT_NS;
    problem.slots.count -= skipped;
    problem.slots.prices += skipped;
    problem.slots.carbon += skipped;
    *site = c->site;
    site->net_watts = c->net + skipped;
    site->feed_in = c->feed_in + skipped;
    if (site->demand_window != NULL)
        site->demand_window = c->window + skipped;
    problem.site = site;
    return problem;
}

// A job that has not started, at home and in one other region: as if each were the only one.
static void a_region_is_planned_on_its_own_site(void **unused)
{
    int away = 0;
    (void)unused;
    for (int solved = 0; solved < CASES;) {
        struct naive_case home, there;
        struct pt_schedule_region regions[2];
        struct pt_schedule_region_plan plans[2];
        struct pt_schedule_plan expected[2];
        struct pt_schedule_site cut;
        struct pt_error error;
        int count = 2 + naive_random(4), skipped = naive_random(2), best;
        naive_slots(&home, count);
        naive_slots(&there, count);
        naive_job(&home, 1 + naive_random(2), true);
        home.problem.job.has_started = false;
        naive_site(&home, naive_random(2) == 0);
        naive_site(&there, naive_random(2) == 0);
        there.problem.job = home.problem.job;
        struct pt_schedule_problem moved = later(&there, skipped, &cut);
        if (pt_schedule_check(&home.problem, NULL) != PT_OK ||
            pt_schedule_check(&moved, NULL) != PT_OK)
            continue;
        regions[0] = (struct pt_schedule_region){.name = "home",
                                                 .slots = home.problem.slots,
                                                 .site = &home.site,
                                                 .speed_factor = 1,
                                                 .watts_factor = 1};
        regions[1] = (struct pt_schedule_region){.name = "there",
                                                 .slots = there.problem.slots,
                                                 .site = &there.site,
                                                 .speed_factor = 1,
                                                 .watts_factor = 1,
                                                 .move_money = 0.5,
                                                 .move_seconds = skipped * 1800.0};
        struct pt_arena *arena = pt_arena_create();
        assert_status(pt_schedule_solve(arena, &home.problem, &expected[0], &error), PT_OK, &error);
        assert_status(pt_schedule_solve(arena, &moved, &expected[1], &error), PT_OK, &error);
        assert_status(
            pt_schedule_choose_region(arena, &home.problem.job, regions, 2, plans, &best, &error),
            PT_OK, &error);
        assert_near(plans[0].plan.money, expected[0].money, 1e-9);
        assert_near(plans[1].plan.money, expected[1].money + 0.5, 1e-9);
        assert_int_equal(best, plans[1].plan.money < plans[0].plan.money);
        away += best;
        solved++;
        pt_arena_destroy(arena);
    }
    assert_true(away > CASES / 10 && away < CASES * 9 / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_region_is_planned_on_its_own_site),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
