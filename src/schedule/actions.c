// What can be done from a slot edge on: waiting, starting, going on, changing, suspending,
// resuming.

#include <math.h>

#include "schedule/program.h"

static int slots_for(const struct pt_schedule_problem *problem, double seconds)
{
    double slots = ceil(seconds / pt_slot_seconds(problem) - 1e-9);
    double most = problem->slots.count + 1.0; // longer ones end with the work or never
    return slots < 1 ? 1 : slots > most ? (int)most : (int)slots;
}

static struct pt_action idle(const struct pt_schedule_problem *problem, double watts,
                             double seconds)
{
    return (struct pt_action){
        .level = PT_SCHEDULE_OFF, .span = slots_for(problem, seconds), .watts = watts};
}

static struct pt_action run(const struct pt_schedule_problem *problem, int level, double dead)
{
    const struct pt_schedule_job *job = &problem->job;
    return (struct pt_action){.level = level,
                              .span = slots_for(problem, fmax(dead, job->on_seconds_min)),
                              .dead_seconds = dead,
                              .dead_watts = job->levels[level].watts,
                              .watts = job->levels[level].watts};
}

void pt_actions_of(const struct pt_schedule_problem *problem, struct pt_actions *actions)
{
    const struct pt_schedule_job *job = &problem->job;
    actions->wait = idle(problem, job->waiting_watts, 0);
    actions->off = idle(problem, job->suspended_watts, 0);
    actions->suspend = idle(problem, job->suspended_watts, job->off_seconds_min);
    actions->span_max = actions->suspend.span;
    for (int i = 0; i < job->level_count; i++) {
        actions->start[i] = run(problem, i, 0);
        actions->change[i] = run(problem, i, job->change_seconds);
        actions->resume[i] = run(problem, i, job->resume_seconds);
        actions->resume[i].dead_watts = job->resume_watts;
        actions->resume[i].start_joules = job->resume_joules;
        actions->on[i] = actions->start[i];
        actions->on[i].span = 1;
        if (actions->resume[i].span > actions->span_max)
            actions->span_max = actions->resume[i].span;
        if (actions->change[i].span > actions->span_max)
            actions->span_max = actions->change[i].span;
    }
    actions->free_change =
        job->level_count == 1 || (job->change_seconds == 0 && actions->change[0].span == 1);
}

double pt_action_work(const struct pt_schedule_problem *problem, const struct pt_action *action,
                      double seconds)
{
    if (action->level == PT_SCHEDULE_OFF)
        return 0;
    return fmax(0, seconds - action->dead_seconds) * problem->job.levels[action->level].speed;
}

double pt_action_money(const struct pt_schedule_problem *problem, const struct pt_action *action,
                       int slot, double seconds)
{
    double slot_seconds = pt_slot_seconds(problem), money = 0;
    for (int i = 0; i < action->span && slot + i < problem->slots.count; i++) {
        double from = i * slot_seconds, to = fmin(seconds, from + slot_seconds);
        if (to <= from && i > 0)
            break;
        double dead = fmin(fmax(action->dead_seconds, from), to) - from;
        double joules = dead * action->dead_watts + (to - from - dead) * action->watts;
        if (i == 0)
            joules += action->start_joules;
        money += pt_slot_money(problem, slot + i, joules);
    }
    return money;
}
