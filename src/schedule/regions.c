// Where a job runs: the best plan in each region, with what moving there costs.
//
// One choice per job; hop.c moves it hour by hour.

#include <math.h>

#include "schedule/hop.h"
#include "schedule/solver.h"

enum pt_status pt_check_region(const struct pt_schedule_region *region,
                               const struct pt_schedule_region *home, struct pt_error *error)
{
    const struct pt_schedule_slots *slots = &region->slots;
    if (slots->count < 1 || slots->start_ns != home->slots.start_ns ||
        slots->slot_ns != home->slots.slot_ns || slots->count != home->slots.count)
        return pt_fail(error, PT_BAD_INPUT, "region %s has other slots than %s", region->name,
                       home->name);
    if (!(region->speed_factor > 0 && region->watts_factor >= 0 && region->move_seconds >= 0 &&
          isfinite(region->speed_factor) && isfinite(region->watts_factor) &&
          isfinite(region->move_seconds) && isfinite(region->move_money)))
        return pt_fail(error, PT_BAD_INPUT,
                       "region %s: speed x %g, watts x %g, a move of %g s and %g: positive numbers "
                       "are needed",
                       region->name, region->speed_factor, region->watts_factor,
                       region->move_seconds, region->move_money);
    if (region == home && (region->move_seconds > 0 || region->move_money != 0))
        return pt_fail(error, PT_BAD_INPUT, "region %s is home: moving there costs nothing",
                       region->name);
    return PT_OK;
}

struct pt_schedule_job pt_job_there(const struct pt_schedule_job *job,
                                    const struct pt_schedule_region *region,
                                    struct pt_schedule_level *levels)
{
    struct pt_schedule_job there = *job;
    for (int i = 0; i < job->level_count; i++) {
        levels[i] = job->levels[i];
        levels[i].speed *= region->speed_factor;
        levels[i].watts *= region->watts_factor;
    }
    there.levels = levels;
    there.waiting_watts *= region->watts_factor;
    there.suspended_watts *= region->watts_factor;
    there.resume_watts *= region->watts_factor;
    return there;
}

static struct pt_schedule_job job_moved(const struct pt_schedule_job *job,
                                        const struct pt_schedule_region *region, bool moves,
                                        struct pt_schedule_level *levels)
{
    struct pt_schedule_job there = pt_job_there(job, region, levels);
    if (moves && pt_job_runs(job)) {
        there.work_seconds += job->lost_seconds;
        there.level_now = PT_SCHEDULE_OFF;
        if (there.starts_max > 1)
            there.starts_max--;
    }
    return there;
}

// The slots that are left when the move is over, which begins at once.
static bool skip_move(struct pt_schedule_problem *problem, struct pt_schedule_site *site,
                      double move_seconds)
{
    double slots = ceil(move_seconds / pt_slot_seconds(problem) - 1e-9);
    if (slots >= problem->slots.count)
        return false;
    int skipped = slots > 0 ? (int)slots : 0;
    problem->slots.start_ns += skipped * problem->slots.slot_ns;
    problem->slots.count -= skipped;
    problem->slots.prices += skipped;
    if (problem->slots.carbon != NULL)
        problem->slots.carbon += skipped;
    if (problem->site == NULL)
        return true;
    *site = *problem->site;
    if (site->net_watts != NULL)
        site->net_watts += skipped;
    if (site->feed_in != NULL)
        site->feed_in += skipped;
    if (site->demand_window != NULL)
        site->demand_window += skipped;
    problem->site = site;
    return true;
}

static enum pt_status plan_there(struct pt_arena *arena, const struct pt_schedule_job *job,
                                 const struct pt_schedule_region *region, bool moves,
                                 struct pt_schedule_region_plan *ret_plan, struct pt_error *error)
{
    struct pt_schedule_level levels[PT_LEVELS_MAX];
    struct pt_schedule_site site;
    struct pt_schedule_problem problem = {
        .slots = region->slots, .job = job_moved(job, region, moves, levels), .site = region->site};
    *ret_plan = (struct pt_schedule_region_plan){0};
    // A job that must not be suspended, or has no start left, stays where it runs.
    if (moves && pt_job_runs(job) && (!job->interruptible || job->starts_max == 1))
        return PT_OK;
    if (!skip_move(&problem, &site, region->move_seconds))
        return PT_OK;
    enum pt_status status = pt_schedule_solve(arena, &problem, &ret_plan->plan, error);
    if (status == PT_INFEASIBLE)
        return PT_OK;
    if (status != PT_OK)
        return pt_fail_within(error, status, "region %s", region->name);
    ret_plan->feasible = true;
    ret_plan->plan.money += region->move_money;
    ret_plan->plan.lower_bound += region->move_money;
    return PT_OK;
}

enum pt_status pt_schedule_choose_region(struct pt_arena *arena, const struct pt_schedule_job *job,
                                         const struct pt_schedule_region *regions, int region_count,
                                         struct pt_schedule_region_plan *ret_plans, int *ret_best,
                                         struct pt_error *error)
{
    enum pt_status status = PT_OK;
    int best = -1;
    if (region_count < 1 || job->level_count < 1 || job->level_count > PT_LEVELS_MAX)
        return pt_fail(error, PT_BAD_INPUT, "%d regions and %d levels", region_count,
                       job->level_count);
    for (int i = 0; i < region_count && status == PT_OK; i++)
        status = pt_check_region(&regions[i], &regions[0], error);
    for (int i = 0; i < region_count && status == PT_OK; i++) {
        status = plan_there(arena, job, &regions[i], i > 0, &ret_plans[i], error);
        if (status == PT_OK && ret_plans[i].feasible &&
            (best < 0 || ret_plans[i].plan.money < ret_plans[best].plan.money))
            best = i;
    }
    if (status == PT_OK && best < 0)
        status =
            pt_fail(error, PT_INFEASIBLE,
                    "in none of %d regions is the work done before the deadline", region_count);
    if (status == PT_OK)
        *ret_best = best;
    return status;
}
