// The cheapest slots, for a job that suspends and changes its level for free.
//
// A slot's cheapest way to each mean speed is the lower hull of (speed, money) over its levels and
// off. Taking the edges of all hulls in the order of money per work, until the work is done, is the
// optimum of the linear program, and a plan: a slot that lies between two corners shares its time
// between the two levels. So it is exact in continuous time. Where a kWh earns money the
// hull of money is the upper hull of watts, which begins with what earns most; ratios are compared
// as price times watts per speed, so that their sign is right.
// A surplus that is sold for less than the price bends a slot's edge up where it is used up: two
// edges. Equal edges are taken in the order of time.

#include <math.h>
#include <stdlib.h>

#include "schedule/solver.h"

struct corner {
    double speed, watts;
    int level;
};

// Corners from off upward; convex (or concave) in watts.
struct hull {
    struct corner corners[PT_LEVELS_MAX + 1];
    int count;
};

struct edge {
    double slope; // money per work
    double speed; // how much it adds
    int slot, order;
};

// ----------------------------------------------------------------------------------------- hulls
static int by_speed(const void *left, const void *right)
{
    const struct corner *a = left, *b = right;
    if (a->speed != b->speed)
        return a->speed < b->speed ? -1 : 1;
    return (a->watts > b->watts) - (a->watts < b->watts);
}

// sign 1: the lower hull, -1: the upper.
static bool bends_wrong(const struct corner *a, const struct corner *b, const struct corner *c,
                        double sign)
{
    return sign * ((b->watts - a->watts) * (c->speed - a->speed) -
                   (c->watts - a->watts) * (b->speed - a->speed)) >=
           0;
}

static void make_hull(const struct pt_schedule_job *job, double sign, struct hull *hull)
{
    struct corner corners[PT_LEVELS_MAX + 1] = {{0, 0, PT_SCHEDULE_OFF}};
    for (int i = 0; i < job->level_count; i++)
        corners[i + 1] = (struct corner){job->levels[i].speed, job->levels[i].watts, i};
    qsort(corners + 1, (size_t)job->level_count, sizeof *corners, by_speed);
    hull->count = 0;
    for (int i = 0; i <= job->level_count; i++) {
        struct corner corner = corners[i];
        struct corner *top = hull->count > 0 ? &hull->corners[hull->count - 1] : NULL;
        if (top != NULL && top->speed == corner.speed) {
            if (sign * corner.watts >= sign * top->watts)
                continue;
            hull->count--;
        }
        while (hull->count >= 2 && bends_wrong(&hull->corners[hull->count - 2],
                                               &hull->corners[hull->count - 1], &corner, sign))
            hull->count--;
        hull->corners[hull->count++] = corner;
    }
}

// ----------------------------------------------------------------------------------------- edges
static void add_edge(struct edge *edges, int *count, int slot, double price, double watts,
                     double speed)
{
    edges[*count] = (struct edge){price * watts / speed, speed, slot, *count};
    ++*count;
}

static void add_slot(const struct pt_schedule_problem *problem, int slot, const struct hull *hull,
                     struct edge *edges, int *count)
{
    double price = problem->slots.prices[slot], feed_in = 0, surplus = 0;
    if (pt_slot_has_surplus(problem, slot)) {
        surplus = -problem->site->net_watts[slot];
        feed_in = problem->site->feed_in == NULL ? 0 : problem->site->feed_in[slot];
    }
    for (int i = 0; i + 1 < hull->count; i++) {
        const struct corner *a = &hull->corners[i], *b = &hull->corners[i + 1];
        double watts = b->watts - a->watts, speed = b->speed - a->speed;
        double own = (surplus - a->watts) / watts;
        if (surplus > a->watts && (watts <= 0 || own >= 1)) {
            add_edge(edges, count, slot, feed_in, watts, speed);
        } else if (surplus > a->watts) {
            add_edge(edges, count, slot, feed_in, watts * own, speed * own);
            add_edge(edges, count, slot, price, watts * (1 - own), speed * (1 - own));
        } else {
            add_edge(edges, count, slot, price, watts, speed);
        }
    }
}

static int by_slope(const void *left, const void *right)
{
    const struct edge *a = left, *b = right;
    if (a->slope != b->slope)
        return a->slope < b->slope ? -1 : 1;
    if (a->slot != b->slot)
        return a->slot < b->slot ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

// The mean speed of each slot.
static void take(const struct pt_schedule_problem *problem, const struct edge *edges, int count,
                 double *speeds)
{
    double left = problem->job.work_seconds / pt_slot_seconds(problem);
    double nothing = 1e-12 * left; // what rounding leaves over
    for (int i = 0; i < count && left > nothing; i++) {
        double speed = fmin(left, edges[i].speed);
        speeds[edges[i].slot] += speed;
        left -= speed;
    }
}

// ------------------------------------------------------------------------------------------ plan
// A slot that is shared between a lower and an upper level. Off comes last, unless the job was off
// before and runs on after: then first, which saves a suspension.
static void write_slot(struct pt_plan_builder *builder, const struct hull *hull, double speed,
                       int64_t from_ns, int64_t slot_ns, bool runs_before, bool runs_after)
{
    int64_t to_ns = from_ns + slot_ns;
    int i = 1;
    while (i + 1 < hull->count && hull->corners[i].speed < speed * (1 - 1e-12))
        i++;
    const struct corner *low = &hull->corners[i - 1], *high = &hull->corners[i];
    double share = fmin(1, (speed - low->speed) / (high->speed - low->speed));
    if (share > 1 - 1e-12)
        share = 1;
    int64_t high_ns = (int64_t)llround(share * (double)slot_ns);
    if (high_ns >= slot_ns) {
        pt_builder_add(builder, from_ns, to_ns, high->level);
    } else if (low->level == PT_SCHEDULE_OFF && !runs_before && runs_after) {
        pt_builder_add(builder, to_ns - high_ns, to_ns, high->level);
    } else {
        pt_builder_add(builder, from_ns, from_ns + high_ns, high->level);
        if (low->level != PT_SCHEDULE_OFF)
            pt_builder_add(builder, from_ns + high_ns, to_ns, low->level);
    }
}

static enum pt_status write_plan(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                                 const double *speeds, const struct hull hulls[2],
                                 struct pt_schedule_plan *ret_plan, struct pt_error *error)
{
    const struct pt_schedule_slots *slots = &problem->slots;
    struct pt_plan_builder builder;
    enum pt_status status = pt_builder_open(arena, 2 * slots->count, &builder, error);
    if (status != PT_OK)
        return status;
    for (int i = 0; i < slots->count; i++)
        if (speeds[i] > 0)
            write_slot(&builder, &hulls[slots->prices[i] < 0], speeds[i],
                       slots->start_ns + i * slots->slot_ns, slots->slot_ns,
                       i > 0 && speeds[i - 1] > 0, i + 1 < slots->count && speeds[i + 1] > 0);
    return pt_builder_close(&builder, problem, "cheapest slots", ret_plan, error);
}

// ------------------------------------------------------------------------------------------- door
static bool slots_are_convex(const struct pt_schedule_problem *problem)
{
    for (int i = 0; i < problem->slots.count; i++) {
        if (!pt_slot_has_surplus(problem, i))
            continue;
        double feed_in = problem->site->feed_in == NULL ? 0 : problem->site->feed_in[i];
        if (feed_in < 0 || feed_in > problem->slots.prices[i])
            return false;
    }
    return true;
}

bool pt_cheapest_applies(const struct pt_schedule_problem *problem)
{
    const struct pt_schedule_job *job = &problem->job;
    return job->interruptible && job->waiting_watts == 0 && job->suspended_watts == 0 &&
           job->resume_seconds == 0 && job->resume_joules == 0 && job->lost_seconds == 0 &&
           job->change_seconds == 0 && job->starts_max == 0 && job->on_seconds_min == 0 &&
           job->off_seconds_min == 0 && !pt_has_demand_charge(problem) && slots_are_convex(problem);
}

enum pt_status pt_solve_cheapest(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                                 struct pt_schedule_plan *ret_plan, struct pt_error *error)
{
    size_t slot_count = (size_t)problem->slots.count;
    size_t most = slot_count * (size_t)(problem->job.level_count + 1);
    struct hull hulls[2];
    struct edge *edges = malloc(most * sizeof *edges);
    double *speeds = calloc(slot_count, sizeof *speeds);
    enum pt_status status = PT_OK;
    int count = 0;

    make_hull(&problem->job, 1, &hulls[0]);
    make_hull(&problem->job, -1, &hulls[1]);
    if (edges == NULL || speeds == NULL) {
        status = pt_fail(error, PT_NO_MEMORY, "no memory for %zu slots", slot_count);
    } else {
        for (int i = 0; i < problem->slots.count; i++)
            add_slot(problem, i, &hulls[problem->slots.prices[i] < 0], edges, &count);
        qsort(edges, (size_t)count, sizeof *edges, by_slope);
        take(problem, edges, count, speeds);
        status = write_plan(arena, problem, speeds, hulls, ret_plan, error);
    }
    if (status == PT_OK)
        ret_plan->lower_bound = ret_plan->money;
    free(speeds);
    free(edges);
    return status;
}
