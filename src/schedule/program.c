// The dynamic programme: the cheapest way from each (slot edge, state, work done) to the end.
//
// Decisions are made on slot edges only, and the job ends where its work is done. For plans of that
// kind it is exact if the work divides into quanta (quanta.c), else it interpolates. From an
// edge, one action is taken (actions.c); one that lasts several slots (a long resume, a shortest
// run or suspension) is a jump, so that no state must remember how long it has lasted.
// Backward over edges the values of a few layers are kept, and one byte for each decision; cells
// that cannot be reached from the start, or from which the end cannot be, are left out.
// Time is O(slots x quanta x states x actions), one sweep for each action, without branches.
//
// Equal plans: each second until the finish costs a trifle, so that the first to finish wins.

#include <math.h>

#include "schedule/program_table.h"

enum { NOBODY = 255 }; // a cell from which nothing leads to the end

// ----------------------------------------------------------------------------------------- places
static double *values_at(const struct pt_program *program, int edge, int count, int state)
{
    size_t layer = (size_t)(edge % program->ring) * (size_t)program->counts + (size_t)count;
    size_t row = layer * (size_t)program->states + (size_t)state;
    return program->values + row * (size_t)(program->quanta.total + 1);
}

static uint8_t *decisions_at(const struct pt_program *program, int edge, int count, int state)
{
    size_t width = (size_t)(program->high[edge] - program->low[edge] + 1);
    size_t row = (size_t)count * (size_t)program->states + (size_t)state;
    return program->decisions + program->places[edge] + row * width;
}

static int on_state(const struct pt_program *program, int level)
{
    return program->actions.free_change ? 1 : 1 + level;
}

static int count_after_start(const struct pt_program *program, int count)
{
    return program->counts == 1 ? 0 : count + 1;
}

static bool may_start(const struct pt_program *program, int count)
{
    return program->counts == 1 || count + 1 < program->counts;
}

// -------------------------------------------------------------------------------------- one action
// Slots from this one on in which the action keeps below the cap; idling always does.
static int slots_below_cap(const struct pt_program *program, const struct pt_action *action,
                           int slot)
{
    const struct pt_schedule_site *site = program->problem->site;
    int count = 0;
    for (; count < action->span && slot + count < program->slots; count++) {
        int i = slot + count;
        double base = site == NULL || site->net_watts == NULL ? 0 : site->net_watts[i];
        double own = action->watts;
        if (count * program->slot_seconds < action->dead_seconds)
            own = fmax(own, action->dead_watts);
        bool counts = site != NULL && (site->demand_window == NULL || site->demand_window[i]);
        if (action->level != PT_SCHEDULE_OFF && counts && base + own > program->cap_watts)
            break;
    }
    return count;
}

// True if the action may last so long: the slots below the cap, and a piece of the next whose mean
// is below it.
static bool may_last(const struct pt_program *program, const struct pt_action *action, int slot,
                     int allowed, double seconds)
{
    const struct pt_schedule_site *site = program->problem->site;
    int last = slot + allowed;
    double piece = seconds - allowed * program->slot_seconds;
    if (piece <= 1e-12 * seconds + PT_SCHEDULE_NS)
        return true;
    if (allowed >= action->span || last >= program->slots || piece > program->slot_seconds)
        return false;
    double base = site == NULL || site->net_watts == NULL ? 0 : site->net_watts[last];
    double own = fmax(action->watts, action->dead_watts) * piece / program->slot_seconds;
    return base + own <= program->cap_watts;
}

static double money_with_trifle(const struct pt_program *program, const struct pt_action *action,
                                int slot, double seconds)
{
    return pt_action_money(program->problem, action, slot, seconds) +
           program->trifle * seconds / program->slot_seconds;
}

// Cells from which the action ends with the work.
static void relax_finish(const struct pt_program *program, const struct pt_action *action, int slot,
                         int allowed, uint8_t number, double *best, uint8_t *who)
{
    const struct pt_quanta *quanta = &program->quanta;
    double speed = program->problem->job.levels[action->level].speed;
    int from = quanta->total - 1 - (int)pt_quanta_of(program->problem, quanta, action);
    if (from < program->low[slot])
        from = program->low[slot];
    for (int k = from; k <= program->high[slot]; k++) {
        double work = (quanta->total - k) * quanta->seconds - quanta->rest;
        double seconds = action->dead_seconds + work / speed;
        if (!may_last(program, action, slot, allowed, seconds))
            continue;
        double money = money_with_trifle(program, action, slot, seconds);
        if (money < best[k]) {
            best[k] = money;
            who[k - program->low[slot]] = number;
        }
    }
}

static void relax_run(const struct pt_program *program, const struct pt_action *action, int edge,
                      int count, int state, uint8_t number, double *best, uint8_t *who)
{
    int allowed = slots_below_cap(program, action, edge);
    double quanta = pt_quanta_of(program->problem, &program->quanta, action);
    int step = (int)quanta, low = program->low[edge], high = program->high[edge];
    if (high + step >= program->quanta.total)
        high = program->quanta.total - 1 - step;
    if (allowed == action->span && edge + action->span < program->slots && high >= low)
        pt_relax(best + low, who,
                 values_at(program, edge + action->span, count, state) + low + step, quanta - step,
                 money_with_trifle(program, action, edge, action->span * program->slot_seconds),
                 number, high - low + 1);
    relax_finish(program, action, edge, allowed, number, best, who);
}

// Off for the action's slots, then suspended with so many quanta fewer.
static void relax_off(const struct pt_program *program, const struct pt_action *action, int edge,
                      int count, double lost, double *best, uint8_t *who)
{
    int low = program->low[edge], high = program->high[edge], whole = (int)ceil(lost);
    if (edge + action->span >= program->slots)
        return;
    double money = money_with_trifle(program, action, edge, action->span * program->slot_seconds);
    const double *after = values_at(program, edge + action->span, count, 0);
    for (; low <= high && low < whole; low++, who++)
        pt_relax(best + low, who, after, 0, money, 0, 1);
    if (low <= high)
        pt_relax(best + low, who, after + low - whole, whole - lost, money, 0, high - low + 1);
}

// ----------------------------------------------------------------------------------------- an edge
static void clear(const struct pt_program *program, int edge, double *best, uint8_t *who)
{
    for (int k = program->low[edge]; k <= program->high[edge]; k++) {
        best[k] = INFINITY;
        who[k - program->low[edge]] = NOBODY;
    }
}

static void solve_suspended(struct pt_program *program, int edge, int count)
{
    double *best = values_at(program, edge, count, 0);
    uint8_t *who = decisions_at(program, edge, count, 0);
    clear(program, edge, best, who);
    relax_off(program, &program->actions.off, edge, count, 0, best, who);
    for (int i = 0; i < program->problem->job.level_count && may_start(program, count); i++)
        relax_run(program, &program->actions.resume[i], edge, count_after_start(program, count),
                  on_state(program, i), (uint8_t)(i + 1), best, who);
}

static void solve_on(struct pt_program *program, int edge, int count, int state)
{
    double *best = values_at(program, edge, count, state);
    uint8_t *who = decisions_at(program, edge, count, state);
    clear(program, edge, best, who);
    for (int i = 0; i < program->problem->job.level_count; i++) {
        int next = on_state(program, i);
        const struct pt_action *action =
            next == state ? &program->actions.on[i] : &program->actions.change[i];
        relax_run(program, action, edge, count, next, (uint8_t)(i + 1), best, who);
    }
    relax_off(program, &program->actions.suspend, edge, count, program->quanta.lost, best, who);
}

// The value of the one cell of the first start, by one action that runs.
static double start_value(const struct pt_program *program, const struct pt_action *action,
                          int edge)
{
    const struct pt_schedule_job *job = &program->problem->job;
    double whole = action->span * program->slot_seconds;
    double seconds = job->work_seconds / job->levels[action->level].speed;
    int allowed = slots_below_cap(program, action, edge);
    if (seconds <= whole * (1 + 1e-12))
        return may_last(program, action, edge, allowed, seconds)
                   ? money_with_trifle(program, action, edge, seconds)
                   : INFINITY;
    if (allowed < action->span || edge + action->span >= program->slots)
        return INFINITY;
    double done = program->quanta.base + pt_quanta_of(program->problem, &program->quanta, action);
    const double *values = values_at(program, edge + action->span, count_after_start(program, 0),
                                     on_state(program, action->level)) +
                           (int)done;
    double share = done - (int)done;
    double value = share == 0 ? values[0] : (1 - share) * values[0] + share * values[1];
    return value + money_with_trifle(program, action, edge, whole);
}

static void solve_waiting(struct pt_program *program, int edge)
{
    double best = program->wait_values[edge + 1] +
                  money_with_trifle(program, &program->actions.wait, edge, program->slot_seconds);
    uint8_t who = 0;
    for (int i = 0; i < program->problem->job.level_count; i++) {
        double value = start_value(program, &program->actions.start[i], edge);
        if (value < best) {
            best = value;
            who = (uint8_t)(i + 1);
        }
    }
    program->wait_values[edge] = best;
    program->wait_decisions[edge] = who;
}

static void solve_edges(struct pt_program *program)
{
    bool waits = !program->problem->job.has_started;
    program->wait_values[program->slots] = INFINITY;
    for (int edge = program->slots - 1; edge >= 0; edge--) {
        for (int count = 0; count < program->counts; count++) {
            solve_suspended(program, edge, count);
            for (int state = 1; state < program->states; state++)
                solve_on(program, edge, count, state);
        }
        if (waits)
            solve_waiting(program, edge);
    }
}

// ------------------------------------------------------------------------------------ a plan of it
struct place {
    int edge, count, state;
    double done; // quanta, by the index of cells
    bool waits;
};

static struct place first_place(const struct pt_program *program)
{
    const struct pt_schedule_job *job = &program->problem->job;
    struct place place = {.done = program->quanta.base, .waits = !job->has_started};
    if (pt_job_runs(job)) {
        place.state = on_state(program, job->level_now);
        place.count = program->counts == 1 ? 0 : 1;
    }
    return place;
}

static int decision_at(const struct pt_program *program, const struct place *place, int cell)
{
    int edge = place->edge, low = program->low[edge];
    if (cell < low || cell > program->high[edge])
        return NOBODY;
    return decisions_at(program, edge, place->count, place->state)[cell - low];
}

static const struct pt_action *action_at(const struct pt_program *program,
                                         const struct place *place)
{
    const struct pt_actions *actions = &program->actions;
    int edge = place->edge, cell = (int)(place->done + 1e-6), number, level;
    if (place->waits) {
        number = program->wait_decisions[edge];
        return number == 0 ? &actions->wait : &actions->start[number - 1];
    }
    number = decision_at(program, place, cell);
    if (number == NOBODY) // what is done lies between this cell and the next
        number = decision_at(program, place, cell + 1);
    if (number == NOBODY)
        return NULL;
    level = number - 1;
    if (place->state == 0)
        return number == 0 ? &actions->off : &actions->resume[level];
    if (number == 0)
        return &actions->suspend;
    return on_state(program, level) == place->state ? &actions->on[level] : &actions->change[level];
}

static void follow(const struct pt_program *program, const struct pt_action *action,
                   struct place *place)
{
    bool runs = action->level != PT_SCHEDULE_OFF;
    if (runs && (place->waits || place->state == 0))
        place->count = count_after_start(program, place->count);
    if (!runs && place->state != 0)
        place->done = fmax(program->quanta.least, place->done - program->quanta.lost);
    if (runs)
        place->done += pt_quanta_of(program->problem, &program->quanta, action);
    place->waits = place->waits && !runs;
    place->state = runs ? on_state(program, action->level) : 0;
    place->edge += action->span;
}

// The last segment is given all the time that is left: evaluation ends it where the work is done.
static enum pt_status write_plan(struct pt_arena *arena, const struct pt_program *program,
                                 struct pt_schedule_plan *ret_plan, struct pt_error *error)
{
    const struct pt_schedule_slots *slots = &program->problem->slots;
    double total = program->quanta.total - program->quanta.rest / program->quanta.seconds - 1e-6;
    struct place place = first_place(program);
    struct pt_plan_builder builder;
    enum pt_status status = pt_builder_open(arena, program->slots, &builder, error);
    if (status != PT_OK)
        return status;
    while (place.done < total) {
        int edge = place.edge;
        const struct pt_action *action = edge < program->slots ? action_at(program, &place) : NULL;
        if (action == NULL)
            return pt_fail(error, PT_INFEASIBLE, "the quanta of the table do not fit the work");
        follow(program, action, &place);
        int to = place.done >= total ? program->slots : place.edge;
        if (action->level != PT_SCHEDULE_OFF)
            pt_builder_add(&builder, slots->start_ns + edge * slots->slot_ns,
                           slots->start_ns + to * slots->slot_ns, action->level);
    }
    return pt_builder_close(&builder, program->problem, "dynamic programme", ret_plan, error);
}

static bool is_open(const struct pt_program *program)
{
    struct place place = first_place(program);
    if (place.waits)
        return isfinite(program->wait_values[0]);
    return action_at(program, &place) != NULL;
}

static enum pt_status read_plan(struct pt_arena *arena, struct pt_program *program, bool *ret_found,
                                struct pt_schedule_plan *ret_plan, struct pt_error *error)
{
    *ret_found = false;
    if (!is_open(program))
        return PT_OK;
    enum pt_status status = write_plan(arena, program, ret_plan, error);
    // Between two quanta the real work may not fit any more.
    if (status == PT_INFEASIBLE && !program->quanta.exact)
        return PT_OK;
    *ret_found = status == PT_OK;
    if (status == PT_OK && program->quanta.exact && !pt_has_demand_charge(program->problem))
        ret_plan->lower_bound = ret_plan->money;
    return status;
}

enum pt_status pt_solve_program(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                                double cap_watts, bool *ret_found,
                                struct pt_schedule_plan *ret_plan, struct pt_error *error)
{
    struct pt_program program = {.problem = problem, .cap_watts = cap_watts};
    enum pt_status status = pt_program_open(&program, error);
    if (status == PT_OK) {
        solve_edges(&program);
        status = read_plan(arena, &program, ret_found, ret_plan, error);
    }
    pt_program_close(&program);
    return status;
}
