// How the dynamic programme counts work.
//
// A quantum is a part of what the fastest level does in a slot. If with some number of parts every
// action (a slot at each level, what is left of a slot after a resume, a loss) is a whole number of
// quanta, sums of them are exact, whatever the work is: the last slot ends where the work does.
// Otherwise the value of an amount of work between two quanta is interpolated, and the plan is read
// off with the work that it really does. (Rounding each step instead, even without bias, is
// exploited: the cheapest way is the one whose steps were rounded up.)

#include <math.h>

#include "schedule/program.h"

enum { STEPS_MAX = 3 * PT_LEVELS_MAX + 1 };

static double slot_work(const struct pt_schedule_problem *problem)
{
    double fastest = 0;
    for (int i = 0; i < problem->job.level_count; i++)
        fastest = fmax(fastest, problem->job.levels[i].speed);
    return fastest * pt_slot_seconds(problem);
}

static double full_work(const struct pt_schedule_problem *problem, const struct pt_action *action)
{
    return pt_action_work(problem, action, action->span * pt_slot_seconds(problem));
}

// All works that must be whole numbers, in parts of a slot at the fastest level.
static int list_steps(const struct pt_schedule_problem *problem, const struct pt_actions *actions,
                      double *steps)
{
    const struct pt_schedule_job *job = &problem->job;
    double whole = slot_work(problem);
    int count = 0;
    steps[count++] = job->lost_seconds / whole;
    for (int i = 0; i < job->level_count; i++) {
        steps[count++] = full_work(problem, &actions->on[i]) / whole;
        steps[count++] = full_work(problem, &actions->resume[i]) / whole;
        if (!actions->free_change)
            steps[count++] = full_work(problem, &actions->change[i]) / whole;
    }
    return count;
}

static bool divides(const double *steps, int count, int parts)
{
    for (int i = 0; i < count; i++) {
        double quanta = steps[i] * parts;
        if (fabs(quanta - rint(quanta)) > 1e-9 * fmax(1, quanta))
            return false;
    }
    return true;
}

double pt_quanta_of(const struct pt_schedule_problem *problem, const struct pt_quanta *quanta,
                    const struct pt_action *action)
{
    double count = full_work(problem, action) / quanta->seconds;
    double nearest = rint(count);
    return quanta->exact || fabs(count - nearest) < 1e-9 * fmax(1, count) ? nearest : count;
}

void pt_quanta_divide(const struct pt_schedule_problem *problem, const struct pt_actions *actions,
                      int most, int fallback, struct pt_quanta *quanta)
{
    const struct pt_schedule_job *job = &problem->job;
    double steps[STEPS_MAX];
    int count = list_steps(problem, actions, steps), parts = 1;
    while (parts <= most && !divides(steps, count, parts))
        parts++;
    quanta->exact = parts <= most;
    if (!quanta->exact)
        parts = fallback;
    quanta->seconds = slot_work(problem) / parts;
    quanta->per_slot = parts;

    double work = job->work_seconds / quanta->seconds;
    // More than the whole window can do is never made up for.
    double lost = (double)problem->slots.count * parts + 1;
    quanta->lost = fmin(job->lost_seconds / quanta->seconds, lost);
    if (quanta->exact)
        quanta->lost = rint(quanta->lost);
    int lost_cells = pt_job_runs(job) ? (int)ceil(quanta->lost) : 0;
    quanta->total = lost_cells + (int)ceil(work - 1e-9);
    // Interpolation is exact on the cells, so they lie where it matters most: counted from the end,
    // where what the fastest level can still do before the deadline is a whole number of them.
    quanta->base = quanta->exact ? lost_cells : quanta->total - work;
    quanta->least = quanta->base - (pt_job_runs(job) ? quanta->lost : 0);
    quanta->rest = (quanta->total - quanta->base) * quanta->seconds - job->work_seconds;
}
