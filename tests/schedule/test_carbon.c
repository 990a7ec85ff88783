// Money against carbon: the front lies on the hull of everything that could be done.

#include "naive.h"
#include "support.h"

enum { CASES = 1000 };

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

static void draw_case(struct naive_case *c)
{
    do {
        naive_slots(c, 2 + naive_random(5));
        naive_job(c, 1 + naive_random(2), true);
    } while (pt_schedule_check(&c->problem, NULL) != PT_OK);
}

static void a_carbon_price_is_added_per_tonne(void **unused)
{
    (void)unused;
    const double prices[] = {0.10, -0.02}, carbon[] = {500, 0};
    struct pt_schedule_slots slots = {
        .slot_ns = NAIVE_SLOT_NS, .count = 2, .prices = prices, .carbon = carbon};
    double effective[2];
    struct pt_error error;
    assert_status(pt_schedule_price_carbon(&slots, 80, effective, &error), PT_OK, &error);
    assert_near(effective[0], 0.14, 1e-12); // 0.5 kg at 0.08 per kg
    assert_near(effective[1], -0.02, 1e-12);
    assert_int_equal(pt_schedule_price_carbon(&slots, NAN, effective, &error), PT_BAD_INPUT);
    assert_int_equal(pt_schedule_price_carbon(&slots, -1, effective, &error), PT_BAD_INPUT);
    slots.carbon = NULL;
    assert_int_equal(pt_schedule_price_carbon(&slots, 80, effective, &error), PT_UNAVAILABLE);
    assert_contains(error.message, "give a series");
}

// At each point's carbon price no choice of slots has a lower sum: the search with those prices.
static void the_front_is_the_hull_of_all_plans(void **unused)
{
    (void)unused;
    int points = 0;
    for (int i = 0; i < CASES; i++) {
        struct naive_case c, priced;
        struct pt_schedule_front front;
        struct pt_error error;
        double finish;
        draw_case(&c);
        assert_status(pt_schedule_trade(arena, &c.problem, &front, &error), PT_OK, &error);
        points += front.count;
        double cheapest = naive_search(&c, &finish);
        priced = c;
        memcpy(priced.prices, c.carbon, sizeof c.carbon);
        priced.problem.slots.prices = priced.prices;
        double cleanest = naive_search(&priced, &finish);
        assert_true(front.points[0].plan.money <= cheapest + 1e-6);
        assert_true(front.points[front.count - 1].plan.grams <= cleanest + 1e-3);
        for (int j = 0; j < front.count; j++) {
            const struct pt_schedule_tradeoff *point = &front.points[j];
            double sum = point->plan.money + point->carbon_price * point->plan.grams / 1e6;
            priced = c;
            assert_status(pt_schedule_price_carbon(&c.problem.slots, point->carbon_price,
                                                   priced.prices, &error),
                          PT_OK, &error);
            assert_true(sum <= naive_search(&priced, &finish) + 1e-6 * fmax(1, fabs(sum)));
            if (j > 0) {
                assert_true(point->plan.grams < front.points[j - 1].plan.grams);
                assert_true(point->plan.money > front.points[j - 1].plan.money);
            }
        }
    }
    print_message("%d points in %d cases\n", points, CASES);
    assert_true(points > CASES * 5 / 4); // there is something to trade in these cases
}

static void a_carbon_budget_is_kept_at_the_least_cost(void **unused)
{
    (void)unused;
    for (int i = 0; i < CASES; i++) {
        struct naive_case c;
        struct pt_schedule_front front;
        struct pt_schedule_tradeoff best;
        struct pt_error error;
        draw_case(&c);
        assert_status(pt_schedule_trade(arena, &c.problem, &front, &error), PT_OK, &error);
        for (int j = 0; j < front.count; j++) {
            double budget = front.points[j].plan.grams + 1e-6;
            assert_status(pt_schedule_within_carbon(arena, &c.problem, budget, &best, &error),
                          PT_OK, &error);
            assert_true(best.plan.grams <= budget);
            assert_true(best.plan.money <= front.points[j].plan.money + 1e-6);
        }
        double least = front.points[front.count - 1].plan.grams;
        if (least <= 1)
            continue;
        assert_int_equal(
            pt_schedule_within_carbon(arena, &c.problem, least * 0.99 - 1e-3, &best, &error),
            PT_INFEASIBLE);
        assert_contains(error.message, "the cleanest plan");
    }
}

static void nothing_to_trade_is_one_point(void **unused)
{
    (void)unused;
    struct naive_case c;
    struct pt_schedule_front front;
    struct pt_error error;
    draw_case(&c);
    for (int i = 0; i < c.problem.slots.count; i++)
        c.carbon[i] = 100;
    c.problem.job.level_count = 1;
    c.problem.job.level_now = -1;
    c.problem.job.waiting_watts = c.problem.job.suspended_watts = 0;
    c.problem.job.work_seconds = 900;
    assert_status(pt_schedule_trade(arena, &c.problem, &front, &error), PT_OK, &error);
    assert_int_equal(front.count, 1);
    c.problem.slots.carbon = NULL;
    assert_int_equal(pt_schedule_trade(arena, &c.problem, &front, &error), PT_UNAVAILABLE);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        CASE(a_carbon_price_is_added_per_tonne),
        CASE(the_front_is_the_hull_of_all_plans),
        CASE(a_carbon_budget_is_kept_at_the_least_cost),
        CASE(nothing_to_trade_is_one_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
