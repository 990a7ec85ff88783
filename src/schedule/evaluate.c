// What a plan costs: its segments are walked from start to finish, and joules fall into slots.

#include <math.h>
#include <stdlib.h>

#include "schedule/solver.h"

// Work that is left over by times that are whole nanoseconds.
static const double DONE_SECONDS = 2e-6;

struct walk {
    const struct pt_schedule_problem *problem;
    double *joules; // of each slot
    double work;    // that remains
    int64_t now_ns;
    int level; // PT_SCHEDULE_OFF between segments
    int stretches, suspensions;
    bool begun, done; // a segment has been walked; the work is done
};

int64_t pt_seconds_to_ns(double seconds)
{
    return (int64_t)ceil(seconds * 1e9 - 1e-3);
}

// ---------------------------------------------------------------------------------------- joules
static int slot_at(const struct pt_schedule_slots *slots, int64_t time_ns)
{
    int64_t slot = (time_ns - slots->start_ns) / slots->slot_ns;
    return slot < slots->count ? (int)slot : slots->count - 1;
}

// From now on until to_ns at so many watts.
static void draw(struct walk *walk, int64_t to_ns, double watts)
{
    const struct pt_schedule_slots *slots = &walk->problem->slots;
    for (int slot = slot_at(slots, walk->now_ns); walk->now_ns < to_ns; slot++) {
        int64_t end = slots->start_ns + (slot + 1) * slots->slot_ns;
        if (end > to_ns)
            end = to_ns;
        walk->joules[slot] += watts * (double)(end - walk->now_ns) * PT_SCHEDULE_NS;
        walk->now_ns = end;
    }
}

// ------------------------------------------------------------------------------------- the states
static enum pt_status suspend(struct walk *walk, int64_t until_ns, int index,
                              struct pt_error *error)
{
    const struct pt_schedule_job *job = &walk->problem->job;
    if (!job->interruptible)
        return pt_fail(error, PT_INFEASIBLE,
                       "before segment %d the job is suspended: it must not be", index);
    if (until_ns - walk->now_ns < pt_seconds_to_ns(job->off_seconds_min))
        return pt_fail(error, PT_INFEASIBLE, "before segment %d it is suspended for %.3f s of %.3f",
                       index, (double)(until_ns - walk->now_ns) * PT_SCHEDULE_NS,
                       job->off_seconds_min);
    double most = job->work_seconds + (pt_job_runs(job) ? job->lost_seconds : 0);
    walk->work = fmin(walk->work + job->lost_seconds, most);
    walk->level = PT_SCHEDULE_OFF;
    walk->suspensions++;
    draw(walk, until_ns, job->suspended_watts);
    return PT_OK;
}

// Seconds without progress at the begin of a segment, and their watts.
static enum pt_status enter(struct walk *walk, const struct pt_schedule_segment *segment, int index,
                            double *ret_seconds, double *ret_watts, struct pt_error *error)
{
    const struct pt_schedule_job *job = &walk->problem->job;
    enum pt_status status = PT_OK;
    bool first_start = !job->has_started && walk->stretches == 0;
    *ret_seconds = 0;
    *ret_watts = job->levels[segment->level].watts;
    if (first_start) {
        draw(walk, segment->from_ns, job->waiting_watts);
    } else if (walk->level != PT_SCHEDULE_OFF && segment->from_ns == walk->now_ns) {
        if (walk->level != segment->level)
            *ret_seconds = job->change_seconds;
        return PT_OK;
    } else if (walk->level != PT_SCHEDULE_OFF) {
        status = suspend(walk, segment->from_ns, index, error);
    } else {
        draw(walk, segment->from_ns, job->suspended_watts);
    }
    if (status == PT_OK && !first_start) {
        *ret_seconds = job->resume_seconds;
        *ret_watts = job->resume_watts;
        walk->joules[slot_at(&walk->problem->slots, walk->now_ns)] += job->resume_joules;
    }
    if (status == PT_OK && ++walk->stretches > job->starts_max && job->starts_max > 0)
        status = pt_fail(error, PT_INFEASIBLE, "segment %d is start number %d of at most %d", index,
                         walk->stretches, job->starts_max);
    return status;
}

// A segment must last; only the last one, and one that goes on from before, may be short.
static enum pt_status check_length(const struct walk *walk, int64_t length_ns, int64_t dead_ns,
                                   bool goes_on, int index, struct pt_error *error)
{
    const struct pt_schedule_job *job = &walk->problem->job;
    if (length_ns < dead_ns)
        return pt_fail(error, PT_INFEASIBLE,
                       "segment %d lasts %.3f s, its resume or change alone %.3f", index,
                       (double)length_ns * PT_SCHEDULE_NS, (double)dead_ns * PT_SCHEDULE_NS);
    if (!walk->done && !goes_on && length_ns < pt_seconds_to_ns(job->on_seconds_min))
        return pt_fail(error, PT_INFEASIBLE, "segment %d lasts %.3f s of at least %.3f", index,
                       (double)length_ns * PT_SCHEDULE_NS, job->on_seconds_min);
    return PT_OK;
}

static enum pt_status run(struct walk *walk, const struct pt_schedule_segment *segment, int index,
                          struct pt_error *error)
{
    const struct pt_schedule_job *job = &walk->problem->job;
    const struct pt_schedule_level *level = &job->levels[segment->level];
    double dead_seconds, dead_watts;
    bool goes_on = pt_job_runs(job) && segment->from_ns == walk->problem->slots.start_ns &&
                   segment->level == job->level_now;

    if (!job->interruptible && walk->begun && segment->from_ns == walk->now_ns)
        return pt_fail(error, PT_INFEASIBLE, "segment %d: the job must keep one level", index);
    enum pt_status status = enter(walk, segment, index, &dead_seconds, &dead_watts, error);
    if (status != PT_OK)
        return status;

    int64_t dead_ns = pt_seconds_to_ns(dead_seconds);
    int64_t length_ns = segment->to_ns - segment->from_ns;
    double progress = fmax(0, (double)(length_ns - dead_ns)) * PT_SCHEDULE_NS * level->speed;
    int64_t end_ns = segment->to_ns;
    walk->done = walk->work <= progress + DONE_SECONDS * fmax(1, level->speed);
    if (walk->done && walk->work < progress)
        end_ns = segment->from_ns + dead_ns + pt_seconds_to_ns(walk->work / level->speed);
    if (end_ns > segment->to_ns)
        end_ns = segment->to_ns;
    status = check_length(walk, length_ns, dead_ns, goes_on, index, error);
    if (status != PT_OK)
        return status;

    draw(walk, segment->from_ns + dead_ns, dead_watts);
    draw(walk, end_ns, level->watts);
    walk->work = walk->done ? 0 : walk->work - progress;
    walk->level = segment->level;
    walk->begun = true;
    return PT_OK;
}

// ------------------------------------------------------------------------------------- the
// segments
static enum pt_status check_segments(const struct pt_schedule_problem *problem,
                                     const struct pt_schedule_plan *plan, struct pt_error *error)
{
    int64_t before = problem->slots.start_ns, end = pt_slots_end_ns(&problem->slots);
    if (plan->segment_count < 1 || plan->segments == NULL)
        return pt_fail(error, PT_BAD_INPUT, "a plan without segments");
    for (int i = 0; i < plan->segment_count; i++) {
        const struct pt_schedule_segment *segment = &plan->segments[i];
        if (segment->level < 0 || segment->level >= problem->job.level_count)
            return pt_fail(error, PT_BAD_INPUT, "segment %d is at level %d of %d", i,
                           segment->level, problem->job.level_count);
        if (segment->from_ns < before || segment->to_ns <= segment->from_ns || segment->to_ns > end)
            return pt_fail(error, PT_BAD_INPUT,
                           "segment %d from %lld to %lld ns: it must follow the one before and end "
                           "before the deadline, %lld",
                           i, (long long)segment->from_ns, (long long)segment->to_ns,
                           (long long)end);
        before = segment->to_ns;
    }
    return PT_OK;
}

static enum pt_status walk_plan(struct walk *walk, const struct pt_schedule_plan *plan,
                                struct pt_error *error)
{
    enum pt_status status = PT_OK;
    for (int i = 0; i < plan->segment_count && status == PT_OK; i++) {
        struct pt_schedule_segment segment = plan->segments[i];
        while (i + 1 < plan->segment_count && plan->segments[i + 1].from_ns == segment.to_ns &&
               plan->segments[i + 1].level == segment.level)
            segment.to_ns = plan->segments[++i].to_ns;
        if (walk->done)
            return pt_fail(error, PT_BAD_INPUT, "segment %d begins after the work is done", i);
        status = run(walk, &segment, i, error);
    }
    if (status == PT_OK && !walk->done)
        status =
            pt_fail(error, PT_INFEASIBLE, "after segment %d, the last, %.3f s of work are left",
                    plan->segment_count - 1, walk->work);
    return status;
}

static void add_up(const struct walk *walk, struct pt_schedule_plan *plan)
{
    const struct pt_schedule_slots *slots = &walk->problem->slots;
    plan->money = pt_demand_money(walk->problem, walk->joules);
    plan->joules = 0;
    plan->grams = slots->carbon == NULL ? NAN : 0;
    for (int i = 0; i < slots->count; i++) {
        plan->joules += walk->joules[i];
        plan->money += pt_slot_money(walk->problem, i, walk->joules[i]);
        if (slots->carbon != NULL)
            plan->grams += walk->joules[i] * slots->carbon[i] / PT_JOULES_PER_KWH;
    }
    plan->finish_ns = walk->now_ns;
    plan->suspensions = walk->suspensions;
}

enum pt_status pt_plan_joules(const struct pt_schedule_problem *problem,
                              struct pt_schedule_plan *plan, double *joules, struct pt_error *error)
{
    const struct pt_schedule_job *job = &problem->job;
    struct walk walk = {.problem = problem,
                        .joules = joules,
                        .work = job->work_seconds,
                        .now_ns = problem->slots.start_ns,
                        .level = job->has_started ? job->level_now : PT_SCHEDULE_OFF,
                        .stretches = pt_job_runs(job) ? 1 : 0};
    enum pt_status status = pt_schedule_check(problem, error);
    if (status == PT_OK)
        status = check_segments(problem, plan, error);
    if (status != PT_OK)
        return status;
    for (int i = 0; i < problem->slots.count; i++)
        joules[i] = 0;
    status = walk_plan(&walk, plan, error);
    if (status == PT_OK)
        add_up(&walk, plan);
    return status;
}

enum pt_status pt_schedule_evaluate(const struct pt_schedule_problem *problem,
                                    struct pt_schedule_plan *plan, struct pt_error *error)
{
    enum pt_status status = pt_schedule_check(problem, error);
    if (status != PT_OK)
        return status;
    double *joules = malloc((size_t)problem->slots.count * sizeof *joules);
    if (joules == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %d slots", problem->slots.count);
    status = pt_plan_joules(problem, plan, joules, error);
    free(joules);
    return status;
}
