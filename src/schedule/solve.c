// Which method is exact for which job.

#include <math.h>

#include "schedule/solver.h"

// For jobs that do not divide into quanta, and those that are too large for a table.
static enum pt_status improve_by_price(struct pt_arena *arena,
                                       const struct pt_schedule_problem *problem,
                                       struct pt_schedule_plan *best, struct pt_error *error)
{
    struct pt_schedule_plan plan;
    double bound;
    bool found;
    enum pt_status status = pt_solve_price(arena, problem, &bound, &found, &plan, error);
    if (status != PT_OK)
        return status;
    if (found)
        pt_plan_keep_better(best, &plan);
    best->lower_bound = fmin(best->money, fmax(bound, best->lower_bound));
    return PT_OK;
}

static enum pt_status solve_by_program(struct pt_arena *arena,
                                       const struct pt_schedule_problem *problem,
                                       struct pt_schedule_plan *best, struct pt_error *error)
{
    struct pt_schedule_plan plan;
    bool found;
    enum pt_status status = pt_solve_program(arena, problem, INFINITY, &found, &plan, error);
    if (status == PT_OVERFLOW)
        return improve_by_price(arena, problem, best, error);
    if (status != PT_OK)
        return status;
    if (found) {
        pt_plan_keep_better(best, &plan);
        best->lower_bound = fmin(plan.lower_bound, best->money);
    }
    return isfinite(best->lower_bound) ? PT_OK : improve_by_price(arena, problem, best, error);
}

static enum pt_status solve_interruptible(struct pt_arena *arena,
                                          const struct pt_schedule_problem *problem,
                                          struct pt_schedule_plan *best, struct pt_error *error)
{
    if (pt_cheapest_applies(problem))
        return pt_solve_cheapest(arena, problem, best, error);
    if (pt_has_demand_charge(problem)) {
        enum pt_status status = pt_solve_peak(arena, problem, best, error);
        if (status != PT_OVERFLOW && (status != PT_OK || isfinite(best->lower_bound)))
            return status;
        return improve_by_price(arena, problem, best, error);
    }
    return solve_by_program(arena, problem, best, error);
}

enum pt_status pt_schedule_solve(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                                 struct pt_schedule_plan *ret_plan, struct pt_error *error)
{
    struct pt_schedule_plan best, now;
    enum pt_status status = pt_schedule_now(arena, problem, &now, error);
    if (status == PT_OK)
        status = pt_solve_block(arena, problem, &best, error);
    if (status == PT_OK)
        pt_plan_keep_better(&best, &now);
    if (status == PT_OK && problem->job.interruptible) {
        best.lower_bound = -INFINITY;
        status = solve_interruptible(arena, problem, &best, error);
    }
    if (status == PT_OK)
        *ret_plan = best;
    return status;
}
