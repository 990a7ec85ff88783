// See capacity.h: what is no problem, which method, and the plan as a list.

#include "schedule/capacity.h"

#include <math.h>
#include <stdlib.h>

#include "schedule/capacity_member.h"
#include "schedule/solver.h"

static const int64_t PLACES_MOST = 16 << 20; // 32 bytes each in the flow

double pt_capacity_price(const struct pt_capacity *capacity, int job, int slot)
{
    return capacity->problem->slots.prices[slot] * capacity->problem->jobs[job].watts /
           PT_JOULES_PER_KWH;
}

static enum pt_status check_job(const struct pt_capacity_problem *problem, int index,
                                struct pt_error *error)
{
    const struct pt_capacity_job *job = &problem->jobs[index];
    const char *name = job->name == NULL ? "" : job->name;
    if (!(job->work_seconds > 0 && job->work_seconds <= 1e9 && job->watts >= 0 &&
          job->watts <= 1e12))
        return pt_fail(error, PT_BAD_INPUT, "job %d (%s): %g s of work at %g W", index, name,
                       job->work_seconds, job->watts);
    if (job->machines < 1 || job->machines > problem->machines)
        return pt_fail(error, PT_BAD_INPUT, "job %d (%s) needs %d machines of %d", index, name,
                       job->machines, problem->machines);
    return PT_OK;
}

// Slots are checked as those of a job that fits into them.
static enum pt_status check(const struct pt_capacity_problem *problem, struct pt_error *error)
{
    static const struct pt_schedule_level level = {"", 1, 0};
    struct pt_schedule_problem any = {
        .slots = problem->slots, .job = {.work_seconds = 1e-3, .level_count = 1, .levels = &level}};
    enum pt_status status = pt_schedule_check(&any, error);
    if (status != PT_OK)
        return status;
    if (problem->machines < 1 || problem->machines > 1000000 || problem->job_count < 1 ||
        problem->job_count > PT_CAPACITY_JOBS_MAX)
        return pt_fail(error, PT_BAD_INPUT, "%d jobs on %d machines: from 1 to %d are possible",
                       problem->job_count, problem->machines, PT_CAPACITY_JOBS_MAX);
    for (int i = 0; i < problem->job_count && status == PT_OK; i++)
        status = check_job(problem, i, error);
    return status;
}

// ----------------------------------------------------------------------------------------- windows
static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

static enum pt_status open_window(struct pt_capacity *capacity, int index, struct pt_error *error)
{
    const struct pt_capacity_job *job = &capacity->problem->jobs[index];
    const struct pt_schedule_slots *slots = &capacity->problem->slots;
    int64_t end_ns = pt_slots_end_ns(slots);
    int64_t release = clamp(job->release_ns, slots->start_ns, end_ns) - slots->start_ns;
    int64_t deadline = clamp(job->deadline_ns, slots->start_ns, end_ns) - slots->start_ns;
    int first = (int)((release + slots->slot_ns - 1) / slots->slot_ns);
    int end = (int)(deadline / slots->slot_ns);
    double window = fmax(0, end - first) * capacity->slot_seconds;
    if (job->work_seconds > window * (1 + 1e-12))
        return pt_fail(error, PT_INFEASIBLE,
                       "job %d (%s): %.0f s of work do not fit into %.0f s of whole slots between "
                       "its release and its deadline",
                       index, job->name == NULL ? "" : job->name, job->work_seconds, window);
    capacity->windows[index] = (struct pt_capacity_window){first, end, capacity->place_count};
    capacity->place_count += end - first;
    if (capacity->place_count > PLACES_MOST)
        return pt_fail(error, PT_OVERFLOW,
                       "more than %lld slots in the windows of %d jobs: plan with longer slots",
                       (long long)PLACES_MOST, capacity->problem->job_count);
    return PT_OK;
}

static enum pt_status open_capacity(struct pt_arena *arena,
                                    const struct pt_capacity_problem *problem,
                                    struct pt_capacity *capacity, struct pt_error *error)
{
    enum pt_status status = PT_OK;
    *capacity = (struct pt_capacity){
        .problem = problem, .slot_seconds = (double)problem->slots.slot_ns * PT_SCHEDULE_NS};
    capacity->windows =
        pt_arena_alloc(arena, (size_t)problem->job_count, sizeof *capacity->windows);
    if (capacity->windows == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %d jobs", problem->job_count);
    for (int i = 0; i < problem->job_count && status == PT_OK; i++)
        status = open_window(capacity, i, error);
    return status;
}

// -------------------------------------------------------------------------------------------- plan
static enum pt_status list_shares(struct pt_arena *arena, const struct pt_capacity *capacity,
                                  const double *seconds, struct pt_capacity_plan *plan,
                                  struct pt_error *error)
{
    size_t count = 0;
    for (int64_t i = 0; i < capacity->place_count; i++)
        count += seconds[i] > 0;
    struct pt_capacity_share *shares = pt_arena_alloc(arena, count, sizeof *shares);
    if (shares == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %zu shares", count);
    plan->share_count = 0;
    plan->joules = 0;
    for (int i = 0; i < capacity->problem->job_count; i++) {
        const struct pt_capacity_window *window = &capacity->windows[i];
        for (int slot = window->first; slot < window->end; slot++) {
            double own = seconds[window->place + slot - window->first];
            if (!(own > 0))
                continue;
            shares[plan->share_count++] = (struct pt_capacity_share){i, slot, own};
            plan->joules += own * capacity->problem->jobs[i].watts;
        }
    }
    plan->shares = shares;
    return PT_OK;
}

static bool is_transport(const struct pt_capacity_problem *problem)
{
    for (int i = 0; i < problem->job_count; i++)
        if (!problem->jobs[i].interruptible || problem->jobs[i].machines != 1)
            return false;
    return true;
}

static enum pt_status solve(const struct pt_capacity *capacity, double *seconds,
                            struct pt_capacity_plan *plan, struct pt_error *error)
{
    bool transport = is_transport(capacity->problem);
    enum pt_status status = pt_capacity_flow(capacity, seconds, &plan->lower_bound, error);
    if (status == PT_OK && transport) {
        plan->method = "min-cost flow";
        plan->money = plan->lower_bound;
        return pt_capacity_early(capacity, &plan->early_money, error);
    }
    if (status == PT_OK)
        status = pt_capacity_search(capacity, seconds, &plan->money, &plan->early_money, error);
    plan->method = "local search above a flow";
    plan->lower_bound = fmin(plan->lower_bound, plan->money);
    return status;
}

enum pt_status pt_schedule_share(struct pt_arena *arena, const struct pt_capacity_problem *problem,
                                 struct pt_capacity_plan *ret_plan, struct pt_error *error)
{
    struct pt_capacity capacity;
    struct pt_capacity_plan plan = {0};
    enum pt_status status = check(problem, error);
    if (status == PT_OK)
        status = open_capacity(arena, problem, &capacity, error);
    if (status != PT_OK)
        return status;
    double *seconds = calloc((size_t)capacity.place_count, sizeof *seconds);
    if (seconds == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %d jobs", problem->job_count);
    status = solve(&capacity, seconds, &plan, error);
    if (status == PT_OK)
        status = list_shares(arena, &capacity, seconds, &plan, error);
    free(seconds);
    if (status == PT_OK)
        *ret_plan = plan;
    return status;
}
