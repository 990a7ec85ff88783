// Job and battery together, by prices for the power at their common meter.
//
// With a price for each slot's power the job, the battery and the meter can be solved apart, and
// the sum of the three is below the cost of every plan (Lagrangian relaxation): the bound. The
// job's plan at those prices, with the best dispatch beside it, is a plan: the best of them is
// kept. Prices are moved by where the three disagree (Polyak's step), and stay between what a
// slot's kWh costs and what it earns. The demand charge is left out of the search and counted at
// the end.

#include <math.h>
#include <stdlib.h>

#include "schedule/battery.h"
#include "schedule/solver.h"

enum { ROUNDS = 120, ROUNDS_WITHOUT_GAIN = 25 };
static const double GAP_CLOSED = 1e-9;

struct search {
    struct pt_arena *arena;
    const struct pt_schedule_problem *problem;
    struct pt_schedule_problem energy;   // the same without the demand charge
    struct pt_schedule_site energy_site; // of it
    struct pt_schedule_problem apart;    // the job alone, at the multipliers
    struct pt_battery_grid grid;
    double *multipliers, *load, *most, *gaps; // of each slot
    int *steps;
    struct pt_schedule_plan best; // of the job
    double best_energy;           // money without the demand charge
    double bound;
};

// ------------------------------------------------------------------------------------------- plans
static enum pt_status consider(struct search *search, struct pt_schedule_plan *plan,
                               struct pt_error *error)
{
    double money;
    enum pt_status status = pt_plan_joules(&search->energy, plan, search->load, error);
    if (status == PT_OK)
        status = pt_battery_dispatch(&search->energy, &search->grid, search->load, search->steps,
                                     &money, error);
    if (status == PT_OK && money < search->best_energy - 1e-12) {
        search->best_energy = money;
        search->best = *plan;
    }
    return status;
}

// The job's best plan on the site with its battery at work.
static enum pt_status follow_battery(struct search *search, struct pt_error *error)
{
    struct pt_schedule_problem beside = search->energy;
    struct pt_schedule_site site = search->energy_site;
    struct pt_schedule_plan plan;
    for (int i = 0; i < beside.slots.count; i++)
        search->gaps[i] = (pt_site_net_joules(&search->energy, i) +
                           pt_battery_meter_joules(&search->grid, search->steps[i])) /
                          pt_slot_seconds(&beside);
    site.net_watts = search->gaps;
    beside.site = &site;
    enum pt_status status = pt_schedule_solve(search->arena, &beside, &plan, error);
    return status == PT_OK ? consider(search, &plan, error) : status;
}

// ------------------------------------------------------------------------------------------- bound
// The least that a slot's meter can add at a price of its power: at an end of what is possible, or
// where buying turns into selling.
static double meter_part(const struct search *search, int slot, double price, double *ret_joules)
{
    const struct pt_battery_grid *grid = &search->grid;
    double net = pt_site_net_joules(&search->energy, slot), least = INFINITY;
    double low = net - grid->discharge_most * grid->step_joules;
    double high = net + search->most[slot] + grid->charge_most * grid->charge_joules;
    if (search->energy_site.feed_in == NULL)
        low = fmin(net, 0);
    double places[] = {low, fmin(fmax(0, low), high), high};
    for (int i = 0; i < 3; i++) {
        double money =
            pt_site_money(&search->energy, slot, places[i]) - places[i] * price / PT_JOULES_PER_KWH;
        if (money < least) {
            least = money;
            *ret_joules = places[i];
        }
    }
    return least - pt_site_money(&search->energy, slot, net) + net * price / PT_JOULES_PER_KWH;
}

// One evaluation of the relaxation: the bound, and where the parts disagree (gaps).
static enum pt_status relax(struct search *search, double *ret_bound, struct pt_error *error)
{
    struct pt_schedule_plan plan;
    double battery, bound = 0;
    int count = search->energy.slots.count;
    enum pt_status status = pt_schedule_solve(search->arena, &search->apart, &plan, error);
    if (status == PT_OK)
        status = pt_battery_trade(&search->grid, search->multipliers, count, search->steps,
                                  &battery, error);
    if (status == PT_OK)
        status = pt_plan_joules(&search->apart, &plan, search->load, error);
    if (status != PT_OK)
        return status;
    for (int i = 0; i < count; i++) {
        double meter = 0;
        bound += meter_part(search, i, search->multipliers[i], &meter);
        search->gaps[i] = pt_site_net_joules(&search->energy, i) + search->load[i] +
                          pt_battery_meter_joules(&search->grid, search->steps[i]) - meter;
    }
    *ret_bound = bound + plan.lower_bound + battery;
    return status == PT_OK ? consider(search, &plan, error) : status;
}

// Prices follow the gaps: where more is drawn than the meter gives, power becomes dearer.
static void move_multipliers(struct search *search, double bound, double share)
{
    double norm = 0, step;
    for (int i = 0; i < search->energy.slots.count; i++)
        norm += search->gaps[i] * search->gaps[i];
    if (norm == 0)
        return;
    step = share * (search->best_energy - bound) * PT_JOULES_PER_KWH / norm;
    for (int i = 0; i < search->energy.slots.count; i++) {
        double price = search->energy.slots.prices[i];
        double feed_in = search->energy_site.feed_in == NULL ? 0 : search->energy_site.feed_in[i];
        double moved = search->multipliers[i] + step * search->gaps[i];
        search->multipliers[i] = fmin(fmax(moved, fmin(price, feed_in)), fmax(price, feed_in));
    }
}

static enum pt_status search_prices(struct search *search, struct pt_error *error)
{
    enum pt_status status = PT_OK;
    double share = 1;
    int idle = 0;
    for (int round = 0; round < ROUNDS && status == PT_OK; round++) {
        double bound = 0, before = search->bound, scale = fabs(search->best_energy) + 1e-9;
        if ((status = relax(search, &bound, error)) != PT_OK)
            break;
        search->bound = fmax(search->bound, bound);
        idle = search->bound > before + GAP_CLOSED * scale ? 0 : idle + 1;
        if (search->best_energy - search->bound <= GAP_CLOSED * scale || idle > ROUNDS_WITHOUT_GAIN)
            break;
        if (idle > 5)
            share *= 0.7;
        move_multipliers(search, bound, share);
    }
    return status;
}

// Job and battery in turn, from the best plan on.
static enum pt_status alternate(struct search *search, struct pt_error *error)
{
    double before, money;
    enum pt_status status;
    do {
        before = search->best_energy;
        status = pt_plan_joules(&search->energy, &search->best, search->load, error);
        if (status == PT_OK)
            status = pt_battery_dispatch(&search->energy, &search->grid, search->load,
                                         search->steps, &money, error);
        if (status == PT_OK)
            status = follow_battery(search, error);
    } while (status == PT_OK && search->best_energy < before - GAP_CLOSED * fabs(before));
    return status;
}

// ----------------------------------------------------------------------------------------- opening
static double most_joules(const struct pt_schedule_problem *problem)
{
    const struct pt_schedule_job *job = &problem->job;
    double watts = fmax(job->resume_watts, fmax(job->suspended_watts, job->waiting_watts));
    for (int i = 0; i < job->level_count; i++)
        watts = fmax(watts, job->levels[i].watts);
    return watts * pt_slot_seconds(problem) + job->resume_joules;
}

static enum pt_status open_search(struct search *search, struct pt_error *error)
{
    size_t count = (size_t)search->problem->slots.count;
    search->multipliers = pt_arena_alloc(search->arena, 4 * count, sizeof(double));
    search->steps = pt_arena_alloc(search->arena, count, sizeof *search->steps);
    if (search->multipliers == NULL || search->steps == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %zu slots", count);
    search->load = search->multipliers + count;
    search->most = search->load + count;
    search->gaps = search->most + count;
    search->energy = search->apart = *search->problem;
    search->energy_site = *search->problem->site;
    search->energy_site.demand_price_per_kw = 0;
    search->energy.site = &search->energy_site;
    search->apart.site = NULL;
    search->apart.slots.prices = search->multipliers;
    search->best_energy = INFINITY;
    search->bound = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        search->multipliers[i] = search->problem->slots.prices[i];
        search->most[i] = most_joules(search->problem);
    }
    return PT_OK;
}

// The demand charge can fall below that of the bare site by no more than what that one pays.
static double charge_of_site(const struct search *search)
{
    const struct pt_schedule_site *site = search->problem->site;
    double highest = site->peak_watts;
    if (!pt_has_demand_charge(search->problem))
        return 0;
    for (int i = 0; i < search->problem->slots.count; i++)
        highest = fmax(highest, site->net_watts == NULL ? 0 : site->net_watts[i]);
    return (highest - site->peak_watts) * site->demand_price_per_kw / 1000;
}

// ------------------------------------------------------------------------------------------ result
static enum pt_status write_plan(struct search *search, struct pt_battery_plan *plan,
                                 struct pt_error *error)
{
    size_t count = (size_t)search->problem->slots.count;
    double *shares = pt_arena_alloc(search->arena, count, sizeof *shares);
    double *meter = pt_arena_alloc(search->arena, count, sizeof *meter);
    if (shares == NULL || meter == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %zu slots", count);
    double charge = search->grid.charge_share, capacity = search->grid.capacity_joules;
    plan->stored_joules = 0;
    for (size_t i = 0; i < count; i++) {
        double stored = plan->steps[i] * search->grid.step_joules;
        charge = fmin(1, fmax(0, charge + stored / capacity));
        shares[i] = charge;
        meter[i] = pt_battery_meter_joules(&search->grid, plan->steps[i]);
        plan->stored_joules += fmax(0, stored);
    }
    plan->charge_share = shares;
    plan->meter_joules = meter;
    return PT_OK;
}

// Of the plan that has the cheapest energy and the best one without a battery, the one that is
// cheaper on the whole bill.
static enum pt_status choose(struct search *search, const struct pt_schedule_plan *without,
                             struct pt_battery_plan *plan, struct pt_error *error)
{
    size_t count = (size_t)search->problem->slots.count;
    const struct pt_schedule_plan *candidates[] = {&search->best, without};
    int *steps = pt_arena_alloc(search->arena, count, sizeof *steps);
    enum pt_status status = PT_OK;
    if (steps == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %zu slots", count);
    plan->money = INFINITY;
    for (int i = 0; i < 2 && status == PT_OK; i++) {
        struct pt_schedule_plan job = *candidates[i];
        double money = INFINITY;
        if ((status = pt_plan_joules(search->problem, &job, search->load, error)) != PT_OK ||
            (status = pt_battery_dispatch(search->problem, &search->grid, search->load,
                                          search->steps, &money, error)) != PT_OK)
            break;
        if (!(money < plan->money))
            continue;
        plan->money = money;
        plan->job = job;
        for (size_t j = 0; j < count; j++)
            steps[j] = search->steps[j];
    }
    plan->steps = steps;
    plan->job.lower_bound = -INFINITY;
    return status;
}

static enum pt_status solve(struct search *search, struct pt_battery_plan *plan,
                            struct pt_error *error)
{
    struct pt_schedule_plan without;
    enum pt_status status;
    if ((status = open_search(search, error)) != PT_OK ||
        (status = pt_schedule_solve(search->arena, search->problem, &without, error)) != PT_OK ||
        (status = pt_battery_dispatch(search->problem, &search->grid, NULL, search->steps,
                                      &plan->battery_money, error)) != PT_OK ||
        (status = follow_battery(search, error)) != PT_OK ||
        (status = consider(search, &without, error)) != PT_OK ||
        (status = search_prices(search, error)) != PT_OK ||
        (status = alternate(search, error)) != PT_OK ||
        (status = choose(search, &without, plan, error)) != PT_OK)
        return status;
    plan->lower_bound = fmin(plan->money, search->bound - charge_of_site(search));
    return write_plan(search, plan, error);
}

enum pt_status pt_schedule_with_grid(struct pt_arena *arena,
                                     const struct pt_schedule_problem *problem,
                                     const struct pt_battery_grid *grid,
                                     struct pt_battery_plan *ret_plan, struct pt_error *error)
{
    struct search search = {.arena = arena, .problem = problem, .grid = *grid};
    struct pt_battery_plan plan = {0};
    enum pt_status status = pt_schedule_check(problem, error);
    if (status == PT_OK && problem->site == NULL)
        status = pt_fail(error, PT_BAD_INPUT, "a battery needs the site whose meter it is behind");
    if (status == PT_OK)
        status = solve(&search, &plan, error);
    if (status == PT_OK)
        *ret_plan = plan;
    return status;
}

enum pt_status pt_schedule_with_battery(struct pt_arena *arena,
                                        const struct pt_schedule_problem *problem,
                                        const struct pt_battery *battery,
                                        struct pt_battery_plan *ret_plan, struct pt_error *error)
{
    struct pt_battery_grid grid;
    enum pt_status status =
        pt_battery_divide(battery, pt_slot_seconds(problem), problem->slots.count, &grid, error);
    return status == PT_OK ? pt_schedule_with_grid(arena, problem, &grid, ret_plan, error) : status;
}
