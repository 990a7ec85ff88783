// The best dispatch of a battery beside a given load: dynamic programme over slots and steps of
// charge. O(slots x steps of capacity x steps of power), a short number for each decision.

#include "schedule/battery.h"

#include <math.h>
#include <stdlib.h>

#include "schedule/solver.h"

enum { POWER_STEPS_MOST = 96, CAPS = 16, CAPS_NEAR = 8, STATES_WANTED = 100 };
static const double OPERATIONS_MOST = 4e7;
static const size_t BYTES_MOST = 512u << 20;

// ------------------------------------------------------------------------------------------ steps
static int whole(double steps, double most)
{
    return (int)floor(fmin(steps, most) + 1e-9);
}

// Steps of which charge_most fill a slot at full power, exactly.
static struct pt_battery_grid grid_of(const struct pt_battery *battery, double slot_seconds,
                                      int slot_count, int charge_most)
{
    double power = battery->kw * 1000 * slot_seconds, capacity = battery->kwh * PT_JOULES_PER_KWH;
    double step = power * battery->efficiency / charge_most, now = battery->charge_share * capacity;
    struct pt_battery_grid grid = {.step_joules = step,
                                   .charge_joules = step / battery->efficiency,
                                   .charge_most = charge_most,
                                   .capacity_joules = capacity,
                                   .charge_share = battery->charge_share};
    grid.discharge_most = whole(power / step, 1e6);
    double below = floor(now / step + 1e-9), above = floor((capacity - now) / step + 1e-9);
    double unused = fmax(0, 1 - (below + above) * step / capacity);
    grid.waste = fmax(unused, fmax(0, 1 - grid.discharge_most * step / power));
    // More than it can move before the last slot is out of reach.
    grid.below = whole(below, (double)slot_count * grid.discharge_most);
    grid.above = whole(above, (double)slot_count * charge_most);
    return grid;
}

static enum pt_status check_battery(const struct pt_battery *battery, struct pt_error *error)
{
    if (battery->kwh > 0 && battery->kwh <= 1e9 && battery->kw > 0 && battery->kw <= 1e9 &&
        battery->efficiency > 0 && battery->efficiency <= 1 && battery->charge_share >= 0 &&
        battery->charge_share <= 1)
        return PT_OK;
    return pt_fail(error, PT_BAD_INPUT,
                   "a battery of %g kWh and %g kW, efficiency %g, charge %g: sizes above 0 and "
                   "shares up to 1 are needed",
                   battery->kwh, battery->kw, battery->efficiency, battery->charge_share);
}

// The fewest steps whose waste is least; at least a hundred in the capacity if there is time for
// that many.
enum pt_status pt_battery_divide(const struct pt_battery *battery, double slot_seconds,
                                 int slot_count, struct pt_battery_grid *ret_grid,
                                 struct pt_error *error)
{
    enum pt_status status = check_battery(battery, error);
    struct pt_battery_grid best = {0};
    if (status != PT_OK)
        return status;
    if (slot_count < 1 || slot_count > PT_SCHEDULE_SLOTS_MAX || !(slot_seconds > 0))
        return pt_fail(error, PT_BAD_INPUT, "%d slots of %g s", slot_count, slot_seconds);
    for (int i = 1; i <= POWER_STEPS_MOST; i++) {
        struct pt_battery_grid grid = grid_of(battery, slot_seconds, slot_count, i);
        double states = (double)grid.below + grid.above + 1;
        double moves = (double)grid.charge_most + grid.discharge_most + 1;
        bool first = i == 1;
        if (!first && states * moves * slot_count > OPERATIONS_MOST)
            break;
        bool coarse = best.below + best.above < STATES_WANTED;
        if (first || grid.waste < best.waste - 1e-6 ||
            (coarse && grid.waste <= fmax(best.waste, 0.005)))
            best = grid;
    }
    size_t states = (size_t)best.below + (size_t)best.above + 1, bytes;
    if (__builtin_mul_overflow(states * sizeof(int16_t), (size_t)slot_count, &bytes) ||
        bytes > BYTES_MOST)
        return pt_fail(error, PT_OVERFLOW,
                       "a battery of %zu steps over %d slots: plan with longer "
                       "slots",
                       states, slot_count);
    *ret_grid = best;
    return PT_OK;
}

double pt_battery_meter_joules(const struct pt_battery_grid *grid, int steps)
{
    return steps * (steps > 0 ? grid->charge_joules : grid->step_joules);
}

// ------------------------------------------------------------------------------------------ money
double pt_site_net_joules(const struct pt_schedule_problem *problem, int slot)
{
    const struct pt_schedule_site *site = problem->site;
    if (site == NULL || site->net_watts == NULL)
        return 0;
    return site->net_watts[slot] * pt_slot_seconds(problem);
}

double pt_site_money(const struct pt_schedule_problem *problem, int slot, double joules)
{
    const double *feed_in = problem->site == NULL ? NULL : problem->site->feed_in;
    double price = problem->slots.prices[slot];
    if (joules < 0)
        price = feed_in == NULL ? 0 : feed_in[slot];
    return joules * price / PT_JOULES_PER_KWH;
}

double pt_site_money_added(const struct pt_schedule_problem *problem, const double *own_joules)
{
    double money = pt_demand_money(problem, own_joules);
    for (int i = 0; i < problem->slots.count; i++) {
        double net = pt_site_net_joules(problem, i);
        money += pt_site_money(problem, i, net + own_joules[i]) - pt_site_money(problem, i, net);
    }
    return money;
}

// -------------------------------------------------------------------------------------- the table
struct table {
    const struct pt_battery_grid *grid;
    int slots, states, moves;
    double *values[2];  // of two edges
    double *costs;      // of each move in one slot: from -discharge_most on
    int16_t *decisions; // [slots][states]
};

static enum pt_status open_table(struct table *table, const struct pt_battery_grid *grid, int slots,
                                 struct pt_error *error)
{
    *table = (struct table){.grid = grid,
                            .slots = slots,
                            .states = grid->below + grid->above + 1,
                            .moves = grid->charge_most + grid->discharge_most + 1};
    size_t states = (size_t)table->states;
    table->values[0] = malloc(states * sizeof(double));
    table->values[1] = malloc(states * sizeof(double));
    table->costs = malloc((size_t)table->moves * sizeof(double));
    table->decisions = malloc(states * (size_t)slots * sizeof(int16_t));
    if (table->values[0] == NULL || table->values[1] == NULL || table->costs == NULL ||
        table->decisions == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a battery of %zu steps over %d slots",
                       states, slots);
    return PT_OK;
}

static void close_table(struct table *table)
{
    free(table->values[0]);
    free(table->values[1]);
    free(table->costs);
    free(table->decisions);
}

// What each move costs in a slot: of the site with its load, or of the battery's own power.
struct load {
    const struct pt_schedule_problem *problem; // NULL: the battery alone, at these prices
    const double *prices, *joules;
    double cap_watts; // of the site in slots that the demand charge counts
};

static double move_cost(const struct load *load, int slot, double net, double meter)
{
    const struct pt_schedule_problem *problem = load->problem;
    if (problem == NULL)
        return meter * load->prices[slot] / PT_JOULES_PER_KWH;
    const struct pt_schedule_site *site = problem->site;
    bool counts = site->demand_window == NULL || site->demand_window[slot];
    double draws = net + meter, slack = 1e-9 * (fabs(net) + 1);
    if (site->feed_in == NULL && meter < 0 && draws < -slack)
        return INFINITY; // nobody takes it
    if (counts && draws > load->cap_watts * pt_slot_seconds(problem) + slack)
        return INFINITY;
    return pt_site_money(problem, slot, draws);
}

static void fill_costs(struct table *table, const struct load *load, int slot)
{
    double net = load->problem == NULL ? 0 : pt_site_net_joules(load->problem, slot);
    if (load->joules != NULL)
        net += load->joules[slot];
    for (int i = 0; i < table->moves; i++) {
        double meter = pt_battery_meter_joules(table->grid, i - table->grid->discharge_most);
        table->costs[i] = move_cost(load, slot, net, meter);
    }
}

// Doing nothing is preferred among equals.
static void solve_slot(struct table *table, int slot)
{
    const double *after = table->values[(slot + 1) % 2];
    double *best = table->values[slot % 2];
    int16_t *who = table->decisions + (size_t)slot * (size_t)table->states;
    int still = table->grid->discharge_most;
    for (int s = 0; s < table->states; s++) {
        best[s] = table->costs[still] + after[s];
        who[s] = 0;
    }
    for (int i = 0; i < table->moves; i++) {
        int by = i - still, from = by < 0 ? -by : 0;
        int to = by > 0 ? table->states - by : table->states;
        double cost = table->costs[i];
        if (by == 0 || !isfinite(cost))
            continue;
        for (int s = from; s < to; s++) {
            double value = cost + after[s + by];
            bool less = value < best[s] - 1e-12;
            best[s] = less ? value : best[s];
            who[s] = less ? (int16_t)by : who[s];
        }
    }
}

// INFINITY: no dispatch keeps below the cap.
static double solve_table(struct table *table, const struct load *load, int *steps)
{
    int state = table->grid->below;
    double *last = table->values[table->slots % 2];
    for (int s = 0; s < table->states; s++)
        last[s] = s == state ? 0 : INFINITY;
    for (int slot = table->slots - 1; slot >= 0; slot--) {
        fill_costs(table, load, slot);
        solve_slot(table, slot);
    }
    double money = table->values[0][state];
    for (int slot = 0; slot < table->slots && isfinite(money); slot++) {
        steps[slot] = table->decisions[(size_t)slot * (size_t)table->states + (size_t)state];
        state += steps[slot];
    }
    return money;
}

enum pt_status pt_battery_trade(const struct pt_battery_grid *grid, const double *prices, int count,
                                int *steps, double *ret_money, struct pt_error *error)
{
    struct table table;
    struct load load = {.prices = prices};
    enum pt_status status = open_table(&table, grid, count, error);
    if (status == PT_OK)
        *ret_money = solve_table(&table, &load, steps);
    close_table(&table);
    return status;
}

// --------------------------------------------------------------------------------- demand charge
struct caps {
    struct table table;
    struct load load;
    double *own; // of job and battery, each slot
    int *steps, *best_steps;
    double best_money, best_cap;
};

static void try_cap(struct caps *caps, double cap_watts)
{
    const struct pt_schedule_problem *problem = caps->load.problem;
    caps->load.cap_watts = cap_watts;
    if (!isfinite(solve_table(&caps->table, &caps->load, caps->steps)))
        return;
    for (int i = 0; i < problem->slots.count; i++)
        caps->own[i] = pt_battery_meter_joules(caps->table.grid, caps->steps[i]) +
                       (caps->load.joules == NULL ? 0 : caps->load.joules[i]);
    double money = pt_site_money_added(problem, caps->own);
    if (!(money < caps->best_money - 1e-12))
        return;
    caps->best_money = money;
    caps->best_cap = cap_watts;
    for (int i = 0; i < problem->slots.count; i++)
        caps->best_steps[i] = caps->steps[i];
}

static double highest_watts(const struct caps *caps)
{
    const struct pt_schedule_problem *problem = caps->load.problem;
    double highest = 0;
    for (int i = 0; i < problem->slots.count; i++)
        highest = fmax(highest,
                       (pt_site_net_joules(problem, i) + caps->own[i]) / pt_slot_seconds(problem));
    return highest;
}

// The less the site may draw, the dearer its energy and the lower the charge: caps from the highest
// power without one down to the month's peak, and finer ones around the best.
static void try_caps(struct caps *caps)
{
    double low = caps->load.problem->site->peak_watts, high = highest_watts(caps);
    double width = (high - low) / CAPS;
    if (!(width > 0))
        return;
    for (int i = CAPS - 1; i >= 0; i--)
        try_cap(caps, low + i * width);
    double near = isfinite(caps->best_cap) ? caps->best_cap : high;
    for (int i = 1; i < CAPS_NEAR; i++) {
        try_cap(caps, near - i * width / CAPS_NEAR);
        try_cap(caps, fmin(high, near + i * width / CAPS_NEAR));
    }
}

enum pt_status pt_battery_dispatch(const struct pt_schedule_problem *problem,
                                   const struct pt_battery_grid *grid, const double *load_joules,
                                   int *steps, double *ret_money, struct pt_error *error)
{
    size_t count = (size_t)problem->slots.count;
    struct caps caps = {.load = {.problem = problem, .joules = load_joules},
                        .best_steps = steps,
                        .best_money = INFINITY};
    enum pt_status status = open_table(&caps.table, grid, problem->slots.count, error);
    caps.own = malloc(count * sizeof *caps.own);
    caps.steps = malloc(count * sizeof *caps.steps);
    if (status == PT_OK && (caps.own == NULL || caps.steps == NULL))
        status = pt_fail(error, PT_NO_MEMORY, "no memory for %zu slots", count);
    if (status == PT_OK) {
        try_cap(&caps, INFINITY); // doing nothing is always possible
        if (pt_has_demand_charge(problem))
            try_caps(&caps);
        *ret_money = caps.best_money;
    }
    free(caps.own);
    free(caps.steps);
    close_table(&caps.table);
    return status;
}
