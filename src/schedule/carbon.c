// Money against carbon.
//
// A carbon price turns both into one sum, and each price has a best plan: a corner of the convex
// front. The price at which two plans cost the same is the slope between them; solving with it
// either finds a plan below their line, or proves that there is none (Aneja and Nair 1979). So no
// price needs to be guessed.

#include <math.h>
#include <stdlib.h>

#include "schedule/solver.h"

enum { CORNERS_MOST = 64 }; // looked at for one budget
static const double GRAMS_PER_TONNE = 1e6;

// A problem whose prices are others; everything else is borrowed.
struct priced {
    struct pt_schedule_problem problem;
    struct pt_schedule_site site;
    double *prices, *feed_in;
};

static enum pt_status check_carbon(const struct pt_schedule_slots *slots, struct pt_error *error)
{
    if (slots->carbon != NULL)
        return PT_OK;
    return pt_fail(error, PT_UNAVAILABLE,
                   "the carbon intensity of the slots is not known: give a series of it");
}

enum pt_status pt_schedule_price_carbon(const struct pt_schedule_slots *slots,
                                        double price_per_tonne, double *effective,
                                        struct pt_error *error)
{
    enum pt_status status = check_carbon(slots, error);
    if (status == PT_OK && !(price_per_tonne >= 0 && price_per_tonne <= 1e9))
        status = pt_fail(error, PT_BAD_INPUT,
                         "a carbon price of %g per tonne: 0 to 1e9 is possible", price_per_tonne);
    for (int i = 0; i < slots->count && status == PT_OK; i++)
        effective[i] = slots->prices[i] + price_per_tonne * slots->carbon[i] / GRAMS_PER_TONNE;
    return status;
}

// ------------------------------------------------------------------------------------ one price
static enum pt_status open_priced(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                                  struct priced *priced, struct pt_error *error)
{
    size_t count = (size_t)problem->slots.count;
    *priced = (struct priced){.problem = *problem};
    priced->prices = pt_arena_alloc(arena, count, sizeof *priced->prices);
    priced->feed_in = pt_arena_alloc(arena, count, sizeof *priced->feed_in);
    if (priced->prices == NULL || priced->feed_in == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %zu prices", count);
    priced->problem.slots.prices = priced->prices;
    if (problem->site != NULL) {
        priced->site = *problem->site;
        priced->site.feed_in = priced->feed_in;
        priced->problem.site = &priced->site;
    }
    return PT_OK;
}

// Grams count for every joule of the job, also for those that the site would have fed in.
static enum pt_status solve_at(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                               struct priced *priced, double carbon_price,
                               struct pt_schedule_tradeoff *ret_point, struct pt_error *error)
{
    const double *feed_in = problem->site == NULL ? NULL : problem->site->feed_in;
    struct pt_schedule_tradeoff point = {.carbon_price = carbon_price};
    enum pt_status status =
        pt_schedule_price_carbon(&problem->slots, carbon_price, priced->prices, error);
    if (status != PT_OK)
        return status;
    for (int i = 0; i < problem->slots.count; i++)
        priced->feed_in[i] =
            (feed_in == NULL ? 0 : feed_in[i]) + priced->prices[i] - problem->slots.prices[i];
    status = pt_schedule_solve(arena, &priced->problem, &point.plan, error);
    if (status == PT_OK)
        status = pt_schedule_evaluate(problem, &point.plan, error);
    if (status == PT_OK)
        *ret_point = point;
    return status;
}

// So high that a gram outweighs any money that a job could save; money breaks ties.
static double highest_price(const struct pt_schedule_slots *slots)
{
    double money = 0, least = INFINITY;
    for (int i = 0; i < slots->count; i++) {
        double step = fabs(slots->carbon[i] - slots->carbon[0]);
        money = fmax(money, fabs(slots->prices[i]));
        if (step > 0)
            least = fmin(least, step);
        if (slots->carbon[i] != 0) // plans differ in energy where hours do not in carbon
            least = fmin(least, fabs(slots->carbon[i]));
    }
    if (!isfinite(least))
        return 0;
    return fmin(1e9, fmax(1, money) * 1e3 / fmax(least, 1) * GRAMS_PER_TONNE);
}

// So low that it only decides between plans of equal money.
static double lowest_price(const struct pt_schedule_slots *slots)
{
    double money = 0, carbon = 0;
    for (int i = 0; i < slots->count; i++) {
        carbon = fmax(carbon, fabs(slots->carbon[i]));
        money = fmax(money, fabs(slots->prices[i]));
    }
    return carbon > 0 ? fmin(1, 1e-7 * money / carbon * GRAMS_PER_TONNE) : 0;
}

static double between(const struct pt_schedule_tradeoff *cheap,
                      const struct pt_schedule_tradeoff *clean)
{
    return (clean->plan.money - cheap->plan.money) / (cheap->plan.grams - clean->plan.grams) *
           GRAMS_PER_TONNE;
}

static bool below(const struct pt_schedule_plan *plan, const struct pt_schedule_plan *line,
                  double carbon_price)
{
    double sum = plan->money + plan->grams * carbon_price / GRAMS_PER_TONNE;
    double other = line->money + line->grams * carbon_price / GRAMS_PER_TONNE;
    return sum < other - 1e-9 * fmax(fabs(sum), fabs(other));
}

static bool differ(const struct pt_schedule_tradeoff *cheap,
                   const struct pt_schedule_tradeoff *clean)
{
    return cheap->plan.grams > clean->plan.grams * (1 + 1e-9) + 1e-9 &&
           clean->plan.money > cheap->plan.money;
}

// ------------------------------------------------------------------------------------- the front
static enum pt_status open_front(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                                 struct priced *priced, struct pt_schedule_tradeoff *cheap,
                                 struct pt_schedule_tradeoff *clean, struct pt_error *error)
{
    enum pt_status status = pt_schedule_check(problem, error);
    if (status == PT_OK)
        status = check_carbon(&problem->slots, error);
    if (status == PT_OK)
        status = open_priced(arena, problem, priced, error);
    if (status == PT_OK)
        status = solve_at(arena, problem, priced, lowest_price(&problem->slots), cheap, error);
    if (status == PT_OK)
        status = solve_at(arena, problem, priced, highest_price(&problem->slots), clean, error);
    return status;
}

// The gap that is widest, in shares of the whole front; -1: all are proved to be empty.
static int widest(const struct pt_schedule_front *front, const bool *empty)
{
    const struct pt_schedule_plan *first = &front->points[0].plan;
    const struct pt_schedule_plan *last = &front->points[front->count - 1].plan;
    double money = last->money - first->money, grams = first->grams - last->grams, most = 0;
    int place = -1;
    for (int i = 0; i + 1 < front->count; i++) {
        const struct pt_schedule_plan *a = &front->points[i].plan, *b = &front->points[i + 1].plan;
        double width = (b->money - a->money) / money + (a->grams - b->grams) / grams;
        if (!empty[i] && width > most) {
            most = width;
            place = i;
        }
    }
    return place;
}

static void insert(struct pt_schedule_front *front, bool *empty, int place,
                   const struct pt_schedule_tradeoff *point)
{
    for (int i = front->count; i > place + 1; i--) {
        front->points[i] = front->points[i - 1];
        empty[i] = empty[i - 1];
    }
    front->points[place + 1] = *point;
    empty[place] = empty[place + 1] = false;
    front->count++;
}

static enum pt_status fill_front(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                                 struct priced *priced, struct pt_schedule_front *front,
                                 struct pt_error *error)
{
    bool empty[PT_SCHEDULE_FRONT_MAX] = {false};
    while (front->count < PT_SCHEDULE_FRONT_MAX) {
        struct pt_schedule_tradeoff point;
        int place = widest(front, empty);
        if (place < 0)
            break;
        double price = between(&front->points[place], &front->points[place + 1]);
        enum pt_status status = solve_at(arena, problem, priced, price, &point, error);
        if (status != PT_OK)
            return status;
        if (below(&point.plan, &front->points[place].plan, price) &&
            differ(&front->points[place], &point) && differ(&point, &front->points[place + 1]))
            insert(front, empty, place, &point);
        else
            empty[place] = true;
    }
    return PT_OK;
}

enum pt_status pt_schedule_trade(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                                 struct pt_schedule_front *ret_front, struct pt_error *error)
{
    struct priced priced;
    struct pt_schedule_front front = {.count = 1};
    enum pt_status status =
        open_front(arena, problem, &priced, &front.points[0], &front.points[1], error);
    if (status == PT_OK && differ(&front.points[0], &front.points[1])) {
        front.count = 2;
        status = fill_front(arena, problem, &priced, &front, error);
    }
    if (status == PT_OK)
        *ret_front = front;
    return status;
}

enum pt_status pt_schedule_within_carbon(struct pt_arena *arena,
                                         const struct pt_schedule_problem *problem,
                                         double grams_most, struct pt_schedule_tradeoff *ret_best,
                                         struct pt_error *error)
{
    struct priced priced;
    struct pt_schedule_tradeoff cheap, clean;
    enum pt_status status = open_front(arena, problem, &priced, &cheap, &clean, error);
    if (status != PT_OK)
        return status;
    if (cheap.plan.grams <= grams_most) {
        *ret_best = cheap;
        return PT_OK;
    }
    if (!(clean.plan.grams <= grams_most))
        return pt_fail(error, PT_INFEASIBLE,
                       "at most %g g: the cleanest plan before the deadline has %g g", grams_most,
                       clean.plan.grams);
    for (int i = 0; i < CORNERS_MOST && differ(&cheap, &clean); i++) {
        struct pt_schedule_tradeoff point;
        double price = between(&cheap, &clean);
        status = solve_at(arena, problem, &priced, price, &point, error);
        if (status != PT_OK)
            return status;
        // Only a corner strictly between the two narrows the gap; there are finitely many.
        if (!below(&point.plan, &cheap.plan, price) || !differ(&cheap, &point) ||
            !differ(&point, &clean))
            break;
        if (point.plan.grams <= grams_most)
            clean = point;
        else
            cheap = point;
    }
    *ret_best = clean;
    return PT_OK;
}
