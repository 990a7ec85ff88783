// The policy; the guard comes first.

#include "schedule/replan.h"

#include <math.h>

#include "schedule/solver.h"

// Of a slot.
static const double shortest_stop = 0.1;

static int fastest(const struct pt_schedule_job *job)
{
    int best = 0;
    for (int i = 1; i < job->level_count; i++)
        if (job->levels[i].speed > job->levels[best].speed)
            best = i;
    return best;
}

// By how much longer than stated what remains may take: the whole margin until the speed has been
// measured. Then half of it, for a speed that kept its promise may still fall; of one that was
// measured to be lower, a third for drift. The whole margin to the end would also bear a speed that
// falls by all of it at the last moment, and costs a percent of the saving (docs/forecast.md).
static double stretch(const struct pt_outlook *outlook)
{
    if (!(outlook->speed_measured > 0)) // true for NAN
        return 1 + outlook->margin;
    return fmax(1 + outlook->margin / 2, (1 + outlook->margin / 3) / outlook->speed_measured);
}

// Remaining work at the fastest level, stretched, and a resume.
static double seconds_needed(const struct pt_outlook *outlook)
{
    const struct pt_schedule_job *job = &outlook->problem.job;
    double work_seconds = (job->work_seconds + job->lost_seconds) * stretch(outlook);
    return work_seconds / job->levels[fastest(job)].speed + job->resume_seconds +
           job->change_seconds;
}

static bool must_run(const struct pt_outlook *outlook)
{
    const struct pt_schedule_job *job = &outlook->problem.job;
    double slot_seconds = pt_slot_seconds(&outlook->problem);
    // A stop that must last for a while is waited out too.
    double wait_seconds = fmax(slot_seconds, job->off_seconds_min);
    return seconds_needed(outlook) + wait_seconds > outlook->problem.slots.count * slot_seconds;
}

// A job for which each slot stands alone.
static bool is_free(const struct pt_outlook *outlook)
{
    const struct pt_schedule_job *job = &outlook->problem.job;
    return job->interruptible && job->level_count == 1 && job->waiting_watts == 0 &&
           job->suspended_watts == 0 && job->resume_seconds == 0 && job->resume_joules == 0 &&
           job->lost_seconds == 0 && job->starts_max == 0 && job->on_seconds_min == 0 &&
           job->off_seconds_min == 0 && outlook->problem.site == NULL;
}

static double slots_needed(const struct pt_outlook *outlook)
{
    const struct pt_schedule_job *job = &outlook->problem.job;
    double speed = job->levels[0].speed;
    if (isfinite(outlook->speed_measured) && outlook->speed_measured > 0)
        speed *= outlook->speed_measured;
    return job->work_seconds / speed / pt_slot_seconds(&outlook->problem);
}

// Of the slots before the deadline, those that the guard will not let it use.
static int slots_reserved(const struct pt_outlook *outlook)
{
    double stretched = outlook->problem.job.work_seconds * stretch(outlook) /
                       outlook->problem.job.levels[0].speed / pt_slot_seconds(&outlook->problem);
    return (int)fmax(0, stretched - slots_needed(outlook));
}

double pt_outlook_cheaper_slots(const struct pt_outlook *outlook)
{
    // The logistic distribution of mean absolute error 1 has the scale 1 / (2 ln 2).
    const double scale_per_error = 0.7213475204444817;
    const double *prices = outlook->problem.slots.prices;
    // The guard will not let it use the last slots.
    int end = outlook->problem.slots.count - slots_reserved(outlook);
    double count = 0;
    for (int i = 1; i < end; i++) {
        double difference = prices[0] - prices[i], scale = 0;
        if (i >= outlook->known_count && outlook->errors != NULL && isfinite(outlook->errors[i]))
            scale = outlook->errors[i] * outlook->error_share * scale_per_error;
        count += scale > 0 ? 1 / (1 + exp(-difference / scale)) : difference > 0;
    }
    return count;
}

// What is left of the slack when the guard already wants it to run: a whole slot does not fit in,
// but a part of one does. Short stops are not worth it.
static double slack_to_wait(const struct pt_outlook *outlook)
{
    double slot_seconds = pt_slot_seconds(&outlook->problem);
    double slack = outlook->problem.slots.count * slot_seconds - seconds_needed(outlook);
    bool is_dear = is_free(outlook) && pt_outlook_cheaper_slots(outlook) >= slots_needed(outlook);
    return is_dear && slack >= shortest_stop * slot_seconds ? fmin(slack, slot_seconds) : 0;
}

// ------------------------------------------------------------------------------- with overheads
static int level_at(const struct pt_schedule_plan *plan, int64_t ns)
{
    for (int i = 0; i < plan->segment_count; i++)
        if (plan->segments[i].from_ns <= ns && ns < plan->segments[i].to_ns)
            return plan->segments[i].level;
    return PT_SCHEDULE_OFF;
}

// The part of the plan that is still to come, at the prices of today. False if it does no longer do
// the work.
static bool price_rest(struct pt_arena *arena, const struct pt_outlook *outlook,
                       const struct pt_schedule_plan *plan, struct pt_schedule_plan *ret_rest)
{
    int64_t now_ns = outlook->problem.slots.start_ns;
    struct pt_schedule_segment *segments =
        pt_arena_alloc(arena, (size_t)plan->segment_count + 1, sizeof *segments);
    *ret_rest = *plan;
    ret_rest->segments = segments;
    ret_rest->segment_count = 0;
    for (int i = 0; segments != NULL && i < plan->segment_count; i++) {
        struct pt_schedule_segment segment = plan->segments[i];
        if (segment.to_ns <= now_ns)
            continue;
        if (segment.from_ns < now_ns)
            segment.from_ns = now_ns;
        segments[ret_rest->segment_count++] = segment;
    }
    return ret_rest->segment_count > 0 &&
           pt_schedule_evaluate(&outlook->problem, ret_rest, NULL) == PT_OK;
}

static double resume_money(const struct pt_outlook *outlook)
{
    const struct pt_schedule_job *job = &outlook->problem.job;
    double joules = job->resume_seconds * job->resume_watts + job->resume_joules +
                    job->lost_seconds * job->levels[fastest(job)].watts;
    return joules / PT_JOULES_PER_KWH * fabs(outlook->problem.slots.prices[0]);
}

static enum pt_status plan_anew(struct pt_arena *arena, struct pt_replan *replan,
                                const struct pt_outlook *outlook, struct pt_error *error)
{
    struct pt_schedule_plan best, rest;
    int64_t now_ns = outlook->problem.slots.start_ns;
    enum pt_status status = pt_schedule_solve(arena, &outlook->problem, &best, error);
    if (status != PT_OK)
        return status;
    bool keeps = replan->has_plan && price_rest(arena, outlook, &replan->plan, &rest) &&
                 level_at(&best, now_ns) != level_at(&rest, now_ns) &&
                 rest.money - best.money <= resume_money(outlook);
    if (keeps)
        return PT_OK;
    replan->plan = best;
    replan->has_plan = true;
    return PT_OK;
}

static enum pt_status follow_plan(struct pt_arena *arena, struct pt_replan *replan,
                                  const struct pt_outlook *outlook,
                                  struct pt_decision *ret_decision, struct pt_error *error)
{
    int64_t now_ns = outlook->problem.slots.start_ns;
    bool is_over = replan->has_plan && replan->plan.finish_ns <= now_ns;
    if (!replan->has_plan || is_over || outlook->is_news) {
        enum pt_status status = plan_anew(arena, replan, outlook, error);
        if (status != PT_OK)
            return status;
    }
    int level = level_at(&replan->plan, now_ns);
    *ret_decision =
        (struct pt_decision){level != PT_SCHEDULE_OFF, level, 0,
                             level != PT_SCHEDULE_OFF ? "the plan runs it now" : "the plan waits"};
    return PT_OK;
}

enum pt_status pt_replan_decide(struct pt_arena *arena, struct pt_replan *replan,
                                const struct pt_outlook *outlook, struct pt_decision *ret_decision,
                                struct pt_error *error)
{
    const struct pt_schedule_job *job = &outlook->problem.job;
    enum pt_status status = pt_schedule_check(&outlook->problem, error);
    if (status != PT_OK && status != PT_INFEASIBLE)
        return status;
    if (status == PT_INFEASIBLE || must_run(outlook)) {
        double wait_seconds = status == PT_OK ? slack_to_wait(outlook) : 0;
        *ret_decision =
            (struct pt_decision){true, fastest(job), wait_seconds, "the deadline is near"};
        return PT_OK;
    }
    if (!job->interruptible && pt_job_runs(job)) {
        *ret_decision = (struct pt_decision){true, job->level_now, 0, "it cannot be interrupted"};
        return PT_OK;
    }
    if (!is_free(outlook))
        return follow_plan(arena, replan, outlook, ret_decision, error);

    bool runs = pt_outlook_cheaper_slots(outlook) < slots_needed(outlook);
    *ret_decision = (struct pt_decision){runs, runs ? 0 : PT_SCHEDULE_OFF, 0,
                                         runs ? "this slot is among the cheapest that are left"
                                              : "enough cheaper slots are expected"};
    return PT_OK;
}
