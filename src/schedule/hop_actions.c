// What a job that moves between regions can do from a slot edge on, what that costs, and how its
// work is counted.

#include <math.h>

#include "schedule/hop_table.h"
#include "schedule/solver.h"

enum { PARTS_LEAST = 4, PARTS_MOST = 4096 };
static const double BYTES_USUAL = 32e6, OPERATIONS_USUAL = 1e8;

// ----------------------------------------------------------------------------------------- actions
int pt_hop_action_index(const struct pt_hop *hop, int from, enum pt_hop_kind kind, int to,
                        int level)
{
    return ((from * PT_HOP_KINDS + (int)kind) * hop->region_count + to) * hop->job->level_count +
           level;
}

int pt_hop_action_count(const struct pt_hop *hop)
{
    return hop->region_count * PT_HOP_KINDS * hop->region_count * hop->job->level_count;
}

static double action_work(const struct pt_hop *hop, const struct pt_hop_action *action)
{
    return fmax(0, action->span * hop->slot_seconds - action->dead_seconds) * action->speed;
}

static struct pt_hop_action make_action(const struct pt_hop *hop, int from, enum pt_hop_kind kind,
                                        int to, int level)
{
    int pair = from * hop->region_count + to;
    struct pt_hop_action action = {.kind = kind, .to = to, .level = level};
    action.speed = hop->there[to].job.levels[level].speed;
    if (from != to) {
        action.move_seconds = hop->moves->seconds[pair];
        action.move_money = hop->moves->money[pair];
    }
    action.dead_seconds =
        action.move_seconds + (kind == PT_HOP_RESUME ? hop->there[to].job.resume_seconds : 0);
    double span = ceil(action.dead_seconds / hop->slot_seconds - 1e-9);
    action.span = (int)fmin(fmax(span, 1), hop->slots + 1.0);
    return action;
}

void pt_hop_list_actions(struct pt_hop *hop)
{
    for (int from = 0; from < hop->region_count; from++)
        for (int kind = 0; kind < PT_HOP_KINDS; kind++)
            for (int to = 0; to < hop->region_count; to++)
                for (int level = 0; level < hop->job->level_count; level++)
                    hop->actions[pt_hop_action_index(hop, from, (enum pt_hop_kind)kind, to,
                                                     level)] =
                        make_action(hop, from, (enum pt_hop_kind)kind, to, level);
}

static double overlap(double from, double to, double low, double high)
{
    return fmax(0, fmin(to, high) - fmax(from, low));
}

// Of the first so many seconds of an action.
double pt_hop_action_money(const struct pt_hop *hop, const struct pt_hop_action *action, int edge,
                           double seconds)
{
    const struct pt_schedule_problem *there = &hop->there[action->to];
    double money = action->move_money + hop->trifle * seconds / hop->slot_seconds;
    double watts = there->job.levels[action->level].watts;
    double ends = ceil(action->move_seconds / hop->slot_seconds - 1e-9); // the transfer
    int resume_slot = ends < 1 ? 0 : (int)fmin(ends, hop->slots + 1.0) - 1;
    for (int i = 0; i < action->span && edge + i < hop->slots; i++) {
        double low = i * hop->slot_seconds, high = fmin(low + hop->slot_seconds, seconds);
        double joules = overlap(action->move_seconds, action->dead_seconds, low, high) *
                            there->job.resume_watts +
                        overlap(action->dead_seconds, INFINITY, low, high) * watts;
        if (action->kind == PT_HOP_RESUME && i == resume_slot)
            joules += there->job.resume_joules;
        money += pt_slot_money(there, edge + i, joules);
    }
    return money;
}

double pt_hop_idle_money(const struct pt_hop *hop, int edge, int region, enum pt_hop_state state)
{
    const struct pt_schedule_job *job = &hop->there[region].job;
    double watts = state == PT_HOP_WAITING ? job->waiting_watts : job->suspended_watts;
    return pt_slot_money(&hop->there[region], edge, watts * hop->slot_seconds) + hop->trifle;
}

// ------------------------------------------------------------------------------------------ quanta
static bool is_whole(double quanta)
{
    return fabs(quanta - rint(quanta)) <= 1e-9 * fmax(1, quanta);
}

static bool divides(const struct pt_hop *hop, double quantum)
{
    if (!is_whole(hop->job->lost_seconds / quantum))
        return false;
    for (int i = 0; i < pt_hop_action_count(hop); i++)
        if (!is_whole(action_work(hop, &hop->actions[i]) / quantum))
            return false;
    return true;
}

static int round_quanta(double quanta, bool up)
{
    if (is_whole(quanta))
        return (int)rint(quanta);
    return (int)(up ? ceil(quanta) : floor(quanta));
}

// All numbers of quanta for one way of rounding.
void pt_hop_count_quanta(struct pt_hop *hop)
{
    double work = hop->job->work_seconds / hop->quantum;
    double most = hop->slots * (double)PARTS_MOST + 1;
    hop->lost = round_quanta(fmin(hop->job->lost_seconds / hop->quantum, most), !hop->round_up);
    hop->base = pt_job_runs(hop->job) ? hop->lost : 0;
    hop->total = hop->base + (int)ceil(work - 1e-9);
    hop->rest = (hop->total - hop->base) * hop->quantum - hop->job->work_seconds;
    for (int i = 0; i < pt_hop_action_count(hop); i++)
        hop->actions[i].quanta =
            round_quanta(action_work(hop, &hop->actions[i]) / hop->quantum, hop->round_up);
}

// Quanta per slot for which the table, and the time for it, are of usual size.
static int usual_parts(const struct pt_hop *hop, double whole)
{
    double rows = (hop->slots + 1.0) * hop->region_count * PT_HOP_STATES;
    double slots = (hop->job->work_seconds + hop->job->lost_seconds) / whole + 1;
    double ways = (double)hop->region_count * hop->job->level_count;
    double parts = fmin(BYTES_USUAL / (rows * slots * sizeof(double)),
                        OPERATIONS_USUAL / (rows * slots * ways));
    return (int)fmin(fmax(parts, PARTS_LEAST), PARTS_MOST);
}

void pt_hop_divide(struct pt_hop *hop)
{
    double fastest = 0;
    int parts = 1;
    for (int i = 0; i < hop->region_count; i++)
        for (int j = 0; j < hop->job->level_count; j++)
            fastest = fmax(fastest, hop->levels[i][j].speed);
    double whole = fastest * hop->slot_seconds;
    int most = usual_parts(hop, whole);
    while (parts <= most && !divides(hop, whole / parts))
        parts++;
    hop->exact = parts <= most;
    hop->quantum = whole / (hop->exact ? parts : most);
}
