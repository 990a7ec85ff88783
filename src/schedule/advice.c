// Whether shifting helps, what it costs that the machine idles meanwhile, and what would help.

#include <math.h>

#include "schedule/solver.h"

static const double WORTH_IT = 0.01; // of what starting now costs

// ------------------------------------------------------------------------------------------- ways
// From now on, at the one level that is cheapest among those that are done in time.
static enum pt_status solve_cap(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                                struct pt_schedule_plan *best, struct pt_error *error)
{
    const struct pt_schedule_slots *slots = &problem->slots;
    enum pt_status status = pt_schedule_now(arena, problem, best, error);
    for (int i = 0; i < problem->job.level_count && status == PT_OK; i++) {
        struct pt_plan_builder builder;
        struct pt_schedule_plan plan;
        status = pt_builder_open(arena, 1, &builder, error);
        if (status != PT_OK)
            break;
        pt_builder_add(&builder, slots->start_ns, pt_slots_end_ns(slots), i);
        enum pt_status tried = pt_builder_close(&builder, problem, "one level", &plan, error);
        if (tried == PT_OK)
            pt_plan_keep_better(best, &plan);
        else if (tried != PT_INFEASIBLE)
            status = tried;
    }
    return status;
}

static enum pt_status solve_way(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                                enum pt_schedule_way way, struct pt_schedule_plan *ret_plan,
                                struct pt_error *error)
{
    struct pt_schedule_problem changed = *problem;
    struct pt_schedule_job *job = &changed.job;
    double seconds;
    if (way == PT_WAY_NOW)
        return pt_schedule_now(arena, problem, ret_plan, error);
    if (way == PT_WAY_CAP)
        return solve_cap(arena, problem, ret_plan, error);
    if (way == PT_WAY_ALL)
        return pt_schedule_solve(arena, problem, ret_plan, error);
    job->interruptible = way != PT_WAY_LATER;
    if (way == PT_WAY_SUSPEND_OFF)
        job->waiting_watts = job->suspended_watts = 0;
    // Levels are another lever: these ways show what time alone is worth.
    job->levels = &problem->job.levels[pt_level_first(job, &seconds)];
    job->level_count = 1;
    if (pt_job_runs(job))
        job->level_now = 0;
    return pt_schedule_solve(arena, &changed, ret_plan, error);
}

// ------------------------------------------------------------------------------------------- words
static double percent(const struct pt_schedule_advice *advice, enum pt_schedule_way way)
{
    return 100 * advice->savings[way] / fabs(advice->plans[PT_WAY_NOW].money);
}

static bool is_worth_it(const struct pt_schedule_advice *advice, double money)
{
    return money > 0 && money >= WORTH_IT * fabs(advice->plans[PT_WAY_NOW].money);
}

static double hours_later(const struct pt_schedule_advice *advice, enum pt_schedule_way way)
{
    return (double)(advice->plans[way].finish_ns - advice->plans[PT_WAY_NOW].finish_ns) *
           PT_SCHEDULE_NS / PT_SECONDS_PER_HOUR;
}

static const char *say_cap(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                           const struct pt_schedule_advice *advice)
{
    const struct pt_schedule_plan *plan = &advice->plans[PT_WAY_CAP];
    const char *name = problem->job.levels[plan->segments[0].level].name;
    if (!is_worth_it(advice, advice->savings[PT_WAY_CAP]))
        return "Nor does another level: run it now.";
    return pt_arena_printf(arena,
                           "Running it now at \"%s\" saves %.1f %%, and is done %.1f h later.",
                           name == NULL ? "another level" : name, percent(advice, PT_WAY_CAP),
                           hours_later(advice, PT_WAY_CAP));
}

static const char *say_no(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                          const struct pt_schedule_advice *advice)
{
    const char *cap = say_cap(arena, problem, advice);
    double low = INFINITY, high = -INFINITY;
    for (int i = 0; i < problem->slots.count; i++) {
        low = fmin(low, problem->slots.prices[i]);
        high = fmax(high, problem->slots.prices[i]);
    }
    if (is_worth_it(advice, advice->savings[PT_WAY_SUSPEND_OFF]))
        return pt_arena_printf(
            arena,
            "Shifting does not help: the %.0f W while it waits and %.0f W while it is suspended "
            "cost what cheaper hours save. With the machine off meanwhile, suspending would save "
            "%.1f %%. %s",
            problem->job.waiting_watts, problem->job.suspended_watts,
            percent(advice, PT_WAY_SUSPEND_OFF), cap);
    return pt_arena_printf(arena,
                           "Shifting does not help: before the deadline a kWh costs from %.4g to "
                           "%.4g, and the slack is too short to use that. %s",
                           low, high, cap);
}

static const char *say_yes(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                           const struct pt_schedule_advice *advice)
{
    double later = advice->savings[PT_WAY_LATER], off = advice->savings[PT_WAY_SUSPEND_OFF];
    double suspended = advice->savings[PT_WAY_SUSPEND];
    const char *more = "";
    if (is_worth_it(advice, off - fmax(later, suspended)))
        more = pt_arena_printf(arena, " With the machine off meanwhile it would be %.1f %%.",
                               percent(advice, PT_WAY_SUSPEND_OFF));
    else if (is_worth_it(advice, advice->savings[PT_WAY_ALL] - fmax(later, suspended)))
        more = pt_arena_printf(arena, " With its other levels it is %.1f %%.",
                               percent(advice, PT_WAY_ALL));
    if (is_worth_it(advice, suspended - later))
        return pt_arena_printf(
            arena, "Suspending it in dear hours saves %.1f %%, and is done %.1f h later%s.%s",
            percent(advice, PT_WAY_SUSPEND), hours_later(advice, PT_WAY_SUSPEND),
            problem->job.interruptible ? "" : ", if it can be interrupted",
            more == NULL ? "" : more);
    return pt_arena_printf(arena, "Starting it later saves %.1f %%, and is done %.1f h later.%s",
                           percent(advice, PT_WAY_LATER), hours_later(advice, PT_WAY_LATER),
                           more == NULL ? "" : more);
}

enum pt_status pt_schedule_advise(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                                  struct pt_schedule_advice *ret_advice, struct pt_error *error)
{
    struct pt_schedule_advice advice = {0};
    enum pt_status status = PT_OK;
    for (int way = 0; way < PT_WAY_COUNT && status == PT_OK; way++) {
        status = solve_way(arena, problem, (enum pt_schedule_way)way, &advice.plans[way], error);
        advice.savings[way] = advice.plans[PT_WAY_NOW].money - advice.plans[way].money;
    }
    if (status != PT_OK)
        return status;
    advice.shifting_helps =
        is_worth_it(&advice, fmax(advice.savings[PT_WAY_LATER], advice.savings[PT_WAY_SUSPEND]));
    advice.text =
        advice.shifting_helps ? say_yes(arena, problem, &advice) : say_no(arena, problem, &advice);
    if (advice.text == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for advice");
    *ret_advice = advice;
    return PT_OK;
}
