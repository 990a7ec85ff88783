// The dynamic programme over (slot edge, region, state, work done) for a job that moves between
// regions. O(slots x regions^2 x levels x quanta).
//
// The whole table of values is kept; a plan is read off by asking each cell on its way again.

#include "schedule/hop_table.h"

#include <math.h>
#include <stdlib.h>

#include "schedule/solver.h"

static const double BYTES_MOST = 512e6, TRIFLE = 1e-12;

// ------------------------------------------------------------------------------------------- cells
static double *cell(const struct pt_hop *hop, int edge, int region, enum pt_hop_state state,
                    int done)
{
    size_t row =
        ((size_t)edge * (size_t)hop->region_count + (size_t)region) * PT_HOP_STATES + state;
    return hop->values + row * (size_t)(hop->total + 1) + done;
}

struct choice {
    double money;
    const struct pt_hop_action *action; // NULL: idle
    int done;                           // quanta afterwards
};

static int after_loss(const struct pt_hop *hop, int done)
{
    return done > hop->lost ? done - hop->lost : 0;
}

static void try_action(const struct pt_hop *hop, int edge, int done, int index, struct choice *best)
{
    const struct pt_hop_action *action = &hop->actions[index];
    int after = done + action->quanta;
    double money;
    if (after < hop->total) {
        if (edge + action->span > hop->slots)
            return;
        money = hop->full[index] + *cell(hop, edge + action->span, action->to, PT_HOP_ON, after);
    } else {
        double work = (hop->total - done) * hop->quantum - hop->rest;
        double seconds = action->dead_seconds + work / action->speed;
        if (hop->round_up)
            seconds = fmin(seconds, action->span * hop->slot_seconds);
        if (edge * hop->slot_seconds + seconds > hop->slots * hop->slot_seconds * (1 + 1e-12))
            return;
        money = pt_hop_action_money(hop, action, edge, seconds);
        after = hop->total;
    }
    if (money < best->money)
        *best = (struct choice){money, action, after};
}

static struct choice choose(const struct pt_hop *hop, int edge, int region, enum pt_hop_state state,
                            int done)
{
    enum pt_hop_state idle = state == PT_HOP_WAITING ? PT_HOP_WAITING : PT_HOP_SUSPENDED;
    int off = state == PT_HOP_ON ? after_loss(hop, done) : done;
    struct choice best = {.done = off};
    best.money =
        *cell(hop, edge + 1, region, idle, off) + pt_hop_idle_money(hop, edge, region, idle);
    for (int to = 0; to < hop->region_count; to++) {
        bool stays = state == PT_HOP_ON && to == region;
        enum pt_hop_kind kind = state == PT_HOP_WAITING ? PT_HOP_START
                                : stays                 ? PT_HOP_GO_ON
                                                        : PT_HOP_RESUME;
        for (int level = 0; level < hop->job->level_count; level++)
            try_action(hop, edge, stays ? done : off,
                       pt_hop_action_index(hop, region, kind, to, level), &best);
    }
    return best;
}

static void prepare_edge(struct pt_hop *hop, int edge)
{
    for (int i = 0; i < pt_hop_action_count(hop); i++)
        hop->full[i] = pt_hop_action_money(hop, &hop->actions[i], edge,
                                           hop->actions[i].span * hop->slot_seconds);
}

static void solve_edges(struct pt_hop *hop)
{
    for (int edge = hop->slots; edge >= 0; edge--) {
        if (edge < hop->slots)
            prepare_edge(hop, edge);
        for (int region = 0; region < hop->region_count; region++)
            for (int state = 0; state < PT_HOP_STATES; state++) {
                double *row = cell(hop, edge, region, (enum pt_hop_state)state, 0);
                row[hop->total] = 0;
                for (int done = 0; done < hop->total; done++)
                    row[done] =
                        edge == hop->slots || (state == PT_HOP_WAITING && done != hop->base)
                            ? INFINITY
                            : choose(hop, edge, region, (enum pt_hop_state)state, done).money;
            }
    }
}

// -------------------------------------------------------------------------------------------- plan
static bool is_same_run(const struct pt_schedule_hop_segment *last, int64_t from_ns,
                        const struct pt_hop_action *action)
{
    return last->to_ns == from_ns && last->region == action->to && last->level == action->level &&
           action->kind == PT_HOP_GO_ON;
}

static enum pt_status write_plan(struct pt_arena *arena, struct pt_hop *hop,
                                 struct pt_schedule_hop_plan *plan, struct pt_error *error)
{
    const struct pt_schedule_slots *slots = &hop->regions[0].slots;
    struct pt_schedule_hop_segment *segments =
        pt_arena_alloc(arena, (size_t)hop->slots, sizeof *segments);
    int region = 0, done = hop->base, count = 0, edge = 0;
    enum pt_hop_state state = !hop->job->has_started  ? PT_HOP_WAITING
                              : pt_job_runs(hop->job) ? PT_HOP_ON
                                                      : PT_HOP_SUSPENDED;
    if (segments == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %d segments", hop->slots);
    while (done < hop->total) {
        prepare_edge(hop, edge);
        struct choice choice = choose(hop, edge, region, state, done);
        const struct pt_hop_action *action = choice.action;
        int to =
            choice.done >= hop->total ? hop->slots : edge + (action == NULL ? 1 : action->span);
        int64_t from_ns = slots->start_ns + edge * slots->slot_ns;
        int64_t to_ns = slots->start_ns + to * slots->slot_ns;
        if (action == NULL) {
            state = state == PT_HOP_WAITING ? PT_HOP_WAITING : PT_HOP_SUSPENDED;
        } else {
            if (count > 0 && is_same_run(&segments[count - 1], from_ns, action))
                segments[count - 1].to_ns = to_ns;
            else
                segments[count++] =
                    (struct pt_schedule_hop_segment){from_ns, to_ns, action->to, action->level};
            region = action->to;
            state = PT_HOP_ON;
        }
        done = choice.done;
        edge = to;
    }
    plan->segments = segments;
    plan->segment_count = count;
    return pt_schedule_hop_evaluate(hop->job, hop->regions, hop->region_count, hop->moves, plan,
                                    error);
}

// ----------------------------------------------------------------------------------------- opening
static double dearest_slot(const struct pt_hop *hop)
{
    double dearest = 0;
    for (int i = 0; i < hop->region_count; i++) {
        double watts = 0;
        for (int j = 0; j < hop->job->level_count; j++)
            watts = fmax(watts, hop->levels[i][j].watts);
        for (int j = 0; j < hop->slots; j++)
            dearest = fmax(dearest, fabs(hop->regions[i].slots.prices[j]) * watts);
    }
    return dearest * hop->slot_seconds / PT_JOULES_PER_KWH;
}

static enum pt_status allocate(struct pt_hop *hop, struct pt_error *error)
{
    double cells = (hop->slots + 1.0) * hop->region_count * PT_HOP_STATES * (hop->total + 2.0);
    if (cells * sizeof(double) > BYTES_MOST)
        return pt_fail(error, PT_OVERFLOW,
                       "a table of %.3g bytes for %d slots and %d regions: plan with longer slots "
                       "or fewer regions",
                       cells * sizeof(double), hop->slots, hop->region_count);
    free(hop->values);
    hop->values = malloc((size_t)cells * sizeof *hop->values);
    return hop->values != NULL
               ? PT_OK
               : pt_fail(error, PT_NO_MEMORY, "no memory for a table of %.0f cells", cells);
}

static enum pt_status open_hop(struct pt_hop *hop, struct pt_error *error)
{
    for (int i = 0; i < hop->region_count; i++)
        hop->there[i] = (struct pt_schedule_problem){
            .slots = hop->regions[i].slots,
            .site = hop->regions[i].site,
            .job = pt_job_there(hop->job, &hop->regions[i], hop->levels[i])};
    hop->slots = hop->regions[0].slots.count;
    hop->slot_seconds = pt_slot_seconds(&hop->there[0]);
    double dearest = dearest_slot(hop);
    hop->trifle = dearest > 0 ? TRIFLE * dearest : 1;
    size_t count = (size_t)pt_hop_action_count(hop);
    hop->actions = malloc(count * sizeof *hop->actions);
    hop->full = malloc(count * sizeof *hop->full);
    if (hop->actions == NULL || hop->full == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %zu ways to move", count);
    pt_hop_list_actions(hop);
    pt_hop_divide(hop);
    return PT_OK;
}

static enum pt_status solve_rounded(struct pt_hop *hop, bool round_up, double *ret_money,
                                    struct pt_error *error)
{
    hop->round_up = round_up;
    pt_hop_count_quanta(hop);
    enum pt_status status = allocate(hop, error);
    if (status != PT_OK)
        return status;
    solve_edges(hop);
    enum pt_hop_state state = !hop->job->has_started  ? PT_HOP_WAITING
                              : pt_job_runs(hop->job) ? PT_HOP_ON
                                                      : PT_HOP_SUSPENDED;
    *ret_money = *cell(hop, 0, 0, state, hop->base);
    return PT_OK;
}

// Work that is thought to be done already costs less only where no slot pays for power.
static bool may_bound(const struct pt_hop *hop)
{
    for (int i = 0; i < hop->region_count; i++)
        for (int j = 0; j < hop->slots; j++) {
            const struct pt_schedule_site *site = hop->regions[i].site;
            if (hop->regions[i].slots.prices[j] < 0 ||
                (site != NULL && site->feed_in != NULL && site->feed_in[j] < 0))
                return false;
        }
    return true;
}

// Where work that is rounded down does not fit any more, the exact plan at home may.
static enum pt_status stay_home(struct pt_arena *arena, const struct pt_hop *hop, double bound,
                                struct pt_schedule_hop_plan *plan, struct pt_error *error)
{
    struct pt_schedule_plan home;
    enum pt_status status = pt_schedule_solve(arena, &hop->there[0], &home, error);
    if (status != PT_OK)
        return status;
    struct pt_schedule_hop_segment *segments =
        pt_arena_alloc(arena, (size_t)home.segment_count, sizeof *segments);
    if (segments == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %d segments", home.segment_count);
    for (int i = 0; i < home.segment_count; i++)
        segments[i] = (struct pt_schedule_hop_segment){
            home.segments[i].from_ns, home.segments[i].to_ns, 0, home.segments[i].level};
    plan->segments = segments;
    plan->segment_count = home.segment_count;
    status = pt_schedule_hop_evaluate(hop->job, hop->regions, hop->region_count, hop->moves, plan,
                                      error);
    if (status == PT_OK)
        plan->lower_bound = fmin(bound, plan->money);
    return status;
}

static enum pt_status solve(struct pt_arena *arena, struct pt_hop *hop,
                            struct pt_schedule_hop_plan *plan, struct pt_error *error)
{
    double bound = -INFINITY, money;
    enum pt_status status = open_hop(hop, error);
    if (status == PT_OK && !hop->exact && may_bound(hop))
        status = solve_rounded(hop, true, &bound, error);
    if (status == PT_OK)
        status = solve_rounded(hop, false, &money, error);
    if (status == PT_OK && !isfinite(money) && !hop->exact)
        return stay_home(arena, hop, bound, plan, error);
    if (status == PT_OK && !isfinite(money))
        return pt_fail(error, PT_INFEASIBLE,
                       "no way through %d regions does the work in %d slots: move the deadline",
                       hop->region_count, hop->slots);
    if (status == PT_OK)
        status = write_plan(arena, hop, plan, error);
    if (status == PT_OK)
        plan->lower_bound =
            hop->exact ? plan->money : fmin(bound - hop->slots * hop->trifle, plan->money);
    return status;
}

enum pt_status pt_schedule_hop(struct pt_arena *arena, const struct pt_schedule_job *job,
                               const struct pt_schedule_region *regions, int region_count,
                               const struct pt_schedule_moves *moves,
                               struct pt_schedule_hop_plan *ret_plan, struct pt_error *error)
{
    struct pt_schedule_hop_plan plan = {0};
    enum pt_status status = pt_check_hop(job, regions, region_count, moves, error);
    if (status != PT_OK)
        return status;
    struct pt_hop *hop = calloc(1, sizeof *hop);
    if (hop == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %d regions", region_count);
    hop->job = job;
    hop->regions = regions;
    hop->moves = moves;
    hop->region_count = region_count;
    status = solve(arena, hop, &plan, error);
    free(hop->actions);
    free(hop->full);
    free(hop->values);
    free(hop);
    if (status == PT_OK)
        *ret_plan = plan;
    return status;
}
