// One block that is moved: the best start of a job that cannot be interrupted, at its best level.
//
// With prices that are constant in each slot the cost of a start is linear in the start as long as
// none of begin, end of the resume, and end of the block crosses a slot edge. So a best start has
// one of the three on an edge. A surplus bends the cost where it is used up: those starts are
// candidates too. (With a resume inside the slot that bends, and with the mean of a demand charge
// over blocks shorter than it, other starts may be better; all others are exact.)

#include <math.h>
#include <stdlib.h>

#include "schedule/solver.h"

struct block {
    const struct pt_schedule_problem *problem;
    int level;
    int64_t dead_ns, length_ns;
    double idle_watts, dead_watts, run_watts, start_joules;
    // Money of the slots before each edge, if they were idle, resuming or running as a whole.
    double *idle, *dead, *run;
};

static void sum_slots(const struct pt_schedule_problem *problem, double watts, double *sums)
{
    double joules = watts * pt_slot_seconds(problem);
    sums[0] = 0;
    for (int i = 0; i < problem->slots.count; i++)
        sums[i + 1] = sums[i] + pt_slot_money(problem, i, joules);
}

static double overlap(int64_t from, int64_t to, int64_t low, int64_t high)
{
    int64_t begin = from > low ? from : low, end = to < high ? to : high;
    return end > begin ? (double)(end - begin) * PT_SCHEDULE_NS : 0;
}

// Of a slot that an edge of the block cuts.
static double cut_slot_money(const struct block *block, int slot, int64_t start)
{
    const struct pt_schedule_slots *slots = &block->problem->slots;
    int64_t low = slots->start_ns + slot * slots->slot_ns, high = low + slots->slot_ns;
    int64_t run = start + block->dead_ns, end = start + block->length_ns;
    double joules = block->idle_watts * overlap(slots->start_ns, start, low, high) +
                    block->dead_watts * overlap(start, run, low, high) +
                    block->run_watts * overlap(run, end, low, high);
    if (start >= low && start < high)
        joules += block->start_joules;
    return pt_slot_money(block->problem, slot, joules);
}

static double between(const double *sums, int after, int before)
{
    return before > after + 1 ? sums[before] - sums[after + 1] : 0;
}

static double block_money(const struct block *block, int64_t start)
{
    const struct pt_schedule_slots *slots = &block->problem->slots;
    int first = (int)((start - slots->start_ns) / slots->slot_ns);
    int run = (int)((start + block->dead_ns - slots->start_ns) / slots->slot_ns);
    int last = (int)((start + block->length_ns - slots->start_ns) / slots->slot_ns);
    double money = block->idle[first] + between(block->dead, first, run) +
                   between(block->run, run, last) + cut_slot_money(block, first, start);
    if (run != first && run < slots->count)
        money += cut_slot_money(block, run, start);
    if (last != run && last < slots->count)
        money += cut_slot_money(block, last, start);
    return money;
}

struct choice {
    double money;
    int64_t start, finish;
    int level;
};

// With a demand charge the slots do not add up.
static double money_of(const struct block *block, int64_t start)
{
    struct pt_schedule_segment segment = {start, start + block->length_ns, block->level};
    struct pt_schedule_plan plan = {.segment_count = 1, .segments = &segment};
    if (!pt_has_demand_charge(block->problem))
        return block_money(block, start);
    return pt_schedule_evaluate(block->problem, &plan, NULL) == PT_OK ? plan.money : INFINITY;
}

static void consider(const struct block *block, int64_t start, struct choice *best)
{
    const struct pt_schedule_slots *slots = &block->problem->slots;
    if (start < slots->start_ns || start + block->length_ns > pt_slots_end_ns(slots))
        return;
    struct choice choice = {money_of(block, start), start, start + block->length_ns, block->level};
    double scale = 1e-12 * fmax(fabs(choice.money), fabs(best->money));
    bool equal = isfinite(best->money) && fabs(choice.money - best->money) <= scale;
    if (equal ? choice.finish < best->finish : choice.money < best->money)
        *best = choice;
}

// The starts with which a slot's own surplus is just used up, by its first or by its last piece.
static void consider_surplus(const struct block *block, int slot, int64_t edge, struct choice *best)
{
    const struct pt_schedule_problem *problem = block->problem;
    double slot_seconds = pt_slot_seconds(problem);
    if (!pt_slot_has_surplus(problem, slot))
        return;
    double surplus = -problem->site->net_watts[slot] * slot_seconds;
    double idle = block->idle_watts, run = block->run_watts;
    double whole = run * (double)block->length_ns * PT_SCHEDULE_NS;
    // The block begins in the slot and goes on, ends in it, or does both.
    const double into[] = {(run * slot_seconds + block->start_joules - surplus) / (run - idle),
                           (surplus - block->start_joules - whole) / idle};
    for (int i = 0; i < 2; i++)
        if (into[i] > 0 && into[i] < slot_seconds)
            consider(block, edge + (int64_t)llround(into[i] * 1e9), best);
    double until = surplus / run;
    if (until > 0 && until < slot_seconds)
        consider(block, edge + (int64_t)llround(until * 1e9) - block->length_ns, best);
}

static void consider_level(struct block *block, struct choice *best)
{
    const struct pt_schedule_slots *slots = &block->problem->slots;
    if (pt_job_runs(&block->problem->job)) {
        consider(block, slots->start_ns, best);
        return;
    }
    for (int i = 0; i <= slots->count; i++) {
        int64_t edge = slots->start_ns + i * slots->slot_ns;
        consider(block, edge, best);
        consider(block, edge - block->length_ns, best);
        if (block->dead_ns > 0)
            consider(block, edge - block->dead_ns, best);
        if (block->start_joules > 0) // they still fall into the slot before
            consider(block, edge - 1, best);
        if (i < slots->count)
            consider_surplus(block, i, edge, best);
    }
}

static void open_level(struct block *block, int level)
{
    const struct pt_schedule_job *job = &block->problem->job;
    double dead = 0;
    block->level = level;
    block->run_watts = block->dead_watts = job->levels[level].watts;
    block->idle_watts = pt_job_is_suspended(job) ? job->suspended_watts : job->waiting_watts;
    block->start_joules = 0;
    if (pt_job_is_suspended(job)) {
        dead = job->resume_seconds;
        block->dead_watts = job->resume_watts;
        block->start_joules = job->resume_joules;
    } else if (pt_job_runs(job) && job->level_now != level) {
        dead = job->change_seconds;
    }
    block->dead_ns = pt_seconds_to_ns(dead);
    block->length_ns =
        block->dead_ns + pt_seconds_to_ns(job->work_seconds / job->levels[level].speed);
    sum_slots(block->problem, block->idle_watts, block->idle);
    sum_slots(block->problem, block->dead_watts, block->dead);
    sum_slots(block->problem, block->run_watts, block->run);
}

static enum pt_status keep_choice(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                                  const struct choice *choice, bool *found,
                                  struct pt_schedule_plan *best, struct pt_error *error)
{
    struct pt_plan_builder builder;
    struct pt_schedule_plan plan;
    if (!isfinite(choice->money))
        return PT_OK;
    enum pt_status status = pt_builder_open(arena, 1, &builder, error);
    if (status != PT_OK)
        return status;
    pt_builder_add(&builder, choice->start, choice->finish, choice->level);
    status = pt_builder_close(&builder, problem, "cheapest block", &plan, error);
    if (status != PT_OK)
        return status;
    if (*found)
        pt_plan_keep_better(best, &plan);
    else
        *best = plan;
    *found = true;
    return PT_OK;
}

enum pt_status pt_solve_block(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                              struct pt_schedule_plan *ret_plan, struct pt_error *error)
{
    size_t edges = (size_t)problem->slots.count + 1;
    double *sums = malloc(3 * edges * sizeof *sums);
    struct block block = {
        .problem = problem, .idle = sums, .dead = sums + edges, .run = sums + 2 * edges};
    struct pt_schedule_plan plan;
    enum pt_status status = PT_OK;
    bool found = false;
    if (sums == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %zu slots", edges);
    for (int level = 0; level < problem->job.level_count && status == PT_OK; level++) {
        struct choice best = {.money = INFINITY, .finish = INT64_MAX};
        open_level(&block, level);
        consider_level(&block, &best);
        status = keep_choice(arena, problem, &best, &found, &plan, error);
    }
    free(sums);
    // A window that is full to the nanosecond: the block is one longer than it, by rounding.
    if (status == PT_OK && !found)
        status = pt_schedule_now(arena, problem, &plan, error);
    if (status != PT_OK)
        return status;
    plan.lower_bound = plan.money;
    *ret_plan = plan;
    return PT_OK;
}
