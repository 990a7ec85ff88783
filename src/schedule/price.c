// Work at one price: a bound for any problem, and a plan for those that are too large for a table.
//
// Each second of work is paid lambda, and the job may stop whenever it likes: then the cheapest way
// is found by one pass over slots and states, without counting work (Lagrange). Less what the real
// job's work would be paid, that is never more than its cost. The best lambda is searched by
// bisection, because the work that is done rises with it. The last way that does enough is a plan,
// good for long jobs. Most starts are left out of the bound, and a loss where it would be paid for;
// it is lower for that, and still a bound.

#include <math.h>
#include <stdlib.h>

#include "schedule/program.h"

enum { PASSES_MOST = 30, WIDEN_MOST = 200, OPTIONS_MOST = 1 << 26 };

// One way on from a state at an edge. after < 0: the job ends within the action.
struct option {
    double money, work;
    int edge, state; // where it begins
    int after, next; // edge and state that follow
    int level;
};

struct market {
    const struct pt_schedule_problem *problem;
    struct pt_actions actions;
    double slot_seconds;
    int slots, states; // 0 suspended, 1... on, the last one waits
    struct option *options;
    int count, capacity;
    double *money, *work; // best from [edge][state] on
    int *choices;         // option, by [edge][state]
};

static size_t at(const struct market *market, int edge, int state)
{
    return (size_t)edge * (size_t)market->states + (size_t)state;
}

static int on_state(const struct market *market, int level)
{
    return market->actions.free_change ? 1 : 1 + level;
}

// ----------------------------------------------------------------------------------------- options
static void add(struct market *market, int edge, int state, const struct pt_action *action,
                double seconds, int after, int next)
{
    if (market->count < market->capacity)
        market->options[market->count] = (struct option){
            .money = pt_action_money(market->problem, action, edge, seconds),
            .work = pt_action_work(market->problem, action, seconds),
            .edge = edge,
            .state = state,
            .after = after,
            .next = next,
            .level = action->level,
        };
    market->count++;
}

static void add_end(struct market *market, int edge, int state, const struct pt_action *action,
                    double seconds)
{
    double most = fmin(action->span, market->slots - edge) * market->slot_seconds;
    if (seconds >= action->dead_seconds && seconds <= most)
        add(market, edge, state, action, seconds, -1, 0);
}

// It may end inside: where progress begins, at slot edges, and where a surplus is used up. In
// between its money is linear, so no other end is cheaper. Whole slots end at the next edge anyway.
static void add_run(struct market *market, int edge, int state, const struct pt_action *action)
{
    const struct pt_schedule_problem *problem = market->problem;
    double slot_seconds = market->slot_seconds;
    add_end(market, edge, state, action, action->dead_seconds);
    for (int i = 0; i < action->span && edge + i < market->slots; i++) {
        double from = i * slot_seconds;
        if (i + 1 < action->span || edge + i + 1 == market->slots)
            add_end(market, edge, state, action, from + slot_seconds);
        if (!pt_slot_has_surplus(problem, edge + i) || action->watts <= 0)
            continue;
        double own = -problem->site->net_watts[edge + i] * slot_seconds;
        double dead = fmin(fmax(action->dead_seconds - from, 0), slot_seconds);
        double used = dead * action->dead_watts + (i == 0 ? action->start_joules : 0);
        double seconds = dead + (own - used) / action->watts;
        if (seconds >= 0 && seconds <= slot_seconds)
            add_end(market, edge, state, action, from + seconds);
    }
    if (edge + action->span < market->slots)
        add(market, edge, state, action, action->span * slot_seconds, edge + action->span,
            on_state(market, action->level));
}

static void add_idle(struct market *market, int edge, int state, const struct pt_action *action,
                     int next)
{
    if (edge + action->span < market->slots)
        add(market, edge, state, action, action->span * market->slot_seconds, edge + action->span,
            next);
}

static void add_edge(struct market *market, int edge)
{
    const struct pt_actions *actions = &market->actions;
    int waiting = market->states - 1, levels = market->problem->job.level_count;
    if (!market->problem->job.has_started) {
        add_idle(market, edge, waiting, &actions->wait, waiting);
        for (int i = 0; i < levels; i++)
            add_run(market, edge, waiting, &actions->start[i]);
    }
    add_idle(market, edge, 0, &actions->off, 0);
    for (int i = 0; i < levels; i++)
        add_run(market, edge, 0, &actions->resume[i]);
    for (int state = 1; state < waiting; state++) {
        for (int i = 0; i < levels; i++)
            add_run(market, edge, state,
                    on_state(market, i) == state ? &actions->on[i] : &actions->change[i]);
        add_idle(market, edge, state, &actions->suspend, 0);
    }
}

// Backward, so that what follows is known: once to count, once to fill.
static bool list_options(struct market *market)
{
    for (int edge = market->slots - 1; edge >= 0 && market->count <= OPTIONS_MOST; edge--)
        add_edge(market, edge);
    if (market->count > OPTIONS_MOST)
        return false;
    market->capacity = market->count;
    market->options = malloc((size_t)market->capacity * sizeof *market->options);
    if (market->options == NULL)
        return false;
    market->count = 0;
    for (int edge = market->slots - 1; edge >= 0; edge--)
        add_edge(market, edge);
    return true;
}

// ------------------------------------------------------------------------------------------ passes
static int first_state(const struct market *market)
{
    const struct pt_schedule_job *job = &market->problem->job;
    if (!job->has_started)
        return market->states - 1;
    return pt_job_runs(job) ? on_state(market, job->level_now) : 0;
}

// The bound with this lambda, and how much work its way does.
static double run_pass(struct market *market, double lambda, double *ret_work)
{
    const struct pt_schedule_job *job = &market->problem->job;
    double lost = lambda < 0 ? job->lost_seconds : 0;
    size_t places = at(market, market->slots, 0), first = (size_t)first_state(market);
    for (size_t i = 0; i < places; i++)
        market->money[i] = INFINITY;
    for (int i = 0; i < market->count; i++) {
        const struct option *option = &market->options[i];
        size_t place = at(market, option->edge, option->state);
        bool suspends = option->level == PT_SCHEDULE_OFF && option->state > 0 &&
                        option->state < market->states - 1;
        double work = option->work - (suspends ? lost : 0), money = option->money - lambda * work;
        if (option->after >= 0) {
            size_t after = at(market, option->after, option->next);
            money += market->money[after];
            work += market->work[after];
        }
        if (money < market->money[place]) {
            market->money[place] = money;
            market->work[place] = work;
            market->choices[place] = i;
        }
    }
    *ret_work = market->work[first];
    return market->money[first] + lambda * job->work_seconds;
}

// *ret_lambda: the least that was found to do enough work.
static double search_lambda(struct market *market, double scale, double *ret_lambda)
{
    double wanted = market->problem->job.work_seconds, best = -INFINITY, work = 0;
    double low = -scale, high = scale;
    for (int i = 0; i < WIDEN_MOST; i++, high *= 2) {
        best = fmax(best, run_pass(market, high, &work));
        if (work >= wanted)
            break;
    }
    for (int i = 0; i < WIDEN_MOST; i++, low *= 2) {
        best = fmax(best, run_pass(market, low, &work));
        if (work <= wanted)
            break;
    }
    for (int i = 0; i < PASSES_MOST && high - low > 1e-12 * fmax(fabs(low), fabs(high)); i++) {
        double middle = low + (high - low) / 2;
        best = fmax(best, run_pass(market, middle, &work));
        if (work < wanted)
            low = middle;
        else
            high = middle;
    }
    *ret_lambda = high;
    return best;
}

// -------------------------------------------------------------------------------------------- plan
static enum pt_status write_plan(struct pt_arena *arena, const struct market *market,
                                 struct pt_schedule_plan *ret_plan, struct pt_error *error)
{
    const struct pt_schedule_slots *slots = &market->problem->slots;
    struct pt_plan_builder builder;
    enum pt_status status = pt_builder_open(arena, market->slots, &builder, error);
    if (status != PT_OK)
        return status;
    for (int edge = 0, state = first_state(market); edge >= 0;) {
        const struct option *option = &market->options[market->choices[at(market, edge, state)]];
        int to = option->after < 0 ? market->slots : option->after;
        if (option->level != PT_SCHEDULE_OFF)
            pt_builder_add(&builder, slots->start_ns + edge * slots->slot_ns,
                           slots->start_ns + to * slots->slot_ns, option->level);
        edge = option->after;
        state = option->next;
    }
    return pt_builder_close(&builder, market->problem, "work at one price", ret_plan, error);
}

static enum pt_status open_market(struct market *market, struct pt_error *error)
{
    market->slots = market->problem->slots.count;
    market->slot_seconds = pt_slot_seconds(market->problem);
    pt_actions_of(market->problem, &market->actions);
    market->states = (market->actions.free_change ? 2 : 1 + market->problem->job.level_count) + 1;
    size_t places = at(market, market->slots, 0);
    market->money = calloc(places, sizeof *market->money);
    market->work = calloc(places, sizeof *market->work);
    market->choices = calloc(places, sizeof *market->choices);
    if (market->money == NULL || market->work == NULL || market->choices == NULL ||
        !list_options(market))
        return pt_fail(error, PT_NO_MEMORY, "no memory for a plan of %d slots", market->slots);
    return PT_OK;
}

enum pt_status pt_solve_price(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                              double *ret_bound, bool *ret_found, struct pt_schedule_plan *ret_plan,
                              struct pt_error *error)
{
    struct market market = {.problem = problem};
    double scale = 0, lambda, work;
    enum pt_status status = open_market(&market, error);
    for (int i = 0; i < problem->slots.count; i++)
        scale = fmax(scale, fabs(problem->slots.prices[i]));
    if (status == PT_OK) {
        scale *= problem->job.levels[0].watts / problem->job.levels[0].speed / PT_JOULES_PER_KWH;
        *ret_bound = search_lambda(&market, fmax(scale, 1e-30), &lambda);
        run_pass(&market, lambda, &work);
        status = write_plan(arena, &market, ret_plan, error);
        // A loss or a limit on starts that the pass left out may spoil the plan.
        *ret_found = status == PT_OK;
        if (status == PT_INFEASIBLE || status == PT_BAD_INPUT)
            status = PT_OK;
    }
    free(market.options);
    free(market.choices);
    free(market.work);
    free(market.money);
    return status;
}
