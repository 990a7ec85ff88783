// What a plan that moves between regions costs, and what is no such problem.

#include <math.h>
#include <stdlib.h>

#include "schedule/hop.h"
#include "schedule/solver.h"

static const double DONE_SECONDS = 2e-6; // of work, left over by times that are whole nanoseconds

// ------------------------------------------------------------------------------------------ checks
static enum pt_status check_job(const struct pt_schedule_job *job, struct pt_error *error)
{
    if (job->level_count < 1 || job->level_count > PT_LEVELS_MAX || job->levels == NULL)
        return pt_fail(error, PT_BAD_INPUT, "%d levels: from 1 to %d are possible",
                       job->level_count, PT_LEVELS_MAX);
    if (!job->interruptible)
        return pt_fail(error, PT_BAD_INPUT,
                       "a job that must not be interrupted cannot move by the hour: choose one "
                       "region for it");
    if (job->starts_max > 0 || job->on_seconds_min > 0 || job->off_seconds_min > 0 ||
        job->change_seconds > 0)
        return pt_fail(error, PT_BAD_INPUT,
                       "at most %d starts, runs of at least %g s, suspensions of at least %g s, "
                       "%g s for a change: such jobs are planned in one region",
                       job->starts_max, job->on_seconds_min, job->off_seconds_min,
                       job->change_seconds);
    return PT_OK;
}

static enum pt_status check_moves(const struct pt_schedule_moves *moves, int count,
                                  struct pt_error *error)
{
    for (int i = 0; i < count * count; i++)
        if (i / count != i % count &&
            !(isfinite(moves->money[i]) && moves->seconds[i] >= 0 && moves->seconds[i] <= 1e9))
            return pt_fail(error, PT_BAD_INPUT,
                           "a move from region %d to region %d of %g s and %g: numbers are needed",
                           i / count, i % count, moves->seconds[i], moves->money[i]);
    return PT_OK;
}

// The region's own problem must be one, whether or not the work fits there.
static enum pt_status check_problem(const struct pt_schedule_job *job,
                                    const struct pt_schedule_region *region, struct pt_error *error)
{
    struct pt_schedule_level levels[PT_LEVELS_MAX];
    struct pt_schedule_problem problem = {
        .slots = region->slots, .job = pt_job_there(job, region, levels), .site = region->site};
    enum pt_status status = pt_schedule_check(&problem, error);
    if (status == PT_INFEASIBLE)
        status = PT_OK;
    if (status == PT_OK && pt_has_demand_charge(&problem))
        return pt_fail(error, PT_BAD_INPUT,
                       "region %s has a demand charge: it is planned in one region only",
                       region->name);
    return status == PT_OK ? PT_OK : pt_fail_within(error, status, "region %s", region->name);
}

enum pt_status pt_check_hop(const struct pt_schedule_job *job,
                            const struct pt_schedule_region *regions, int region_count,
                            const struct pt_schedule_moves *moves, struct pt_error *error)
{
    if (region_count < 1 || region_count > PT_HOP_REGIONS_MAX)
        return pt_fail(error, PT_BAD_INPUT, "%d regions: from 1 to %d are possible", region_count,
                       PT_HOP_REGIONS_MAX);
    enum pt_status status = check_job(job, error);
    if (status == PT_OK)
        status = check_moves(moves, region_count, error);
    for (int i = 0; i < region_count && status == PT_OK; i++) {
        struct pt_schedule_region region = regions[i];
        region.move_money = region.move_seconds = 0;
        status = pt_check_region(&region, &regions[0], error);
        if (status == PT_OK)
            status = check_problem(job, &region, error);
    }
    return status;
}

// -------------------------------------------------------------------------------------------- walk
struct walk {
    const struct pt_schedule_job *job;
    const struct pt_schedule_region *regions;
    const struct pt_schedule_moves *moves;
    struct pt_schedule_hop_plan *plan;
    double *joules; // [region][slot]
    int64_t now_ns;
    double work; // that remains
    int region, region_count;
    bool started, on, done;
};

// At so many watts, as they are at home, in a region until to_ns.
static void draw(struct walk *walk, int region, int64_t to_ns, double watts)
{
    const struct pt_schedule_slots *slots = &walk->regions[0].slots;
    double *joules = walk->joules + (size_t)region * (size_t)slots->count;
    while (walk->now_ns < to_ns) {
        int64_t slot = (walk->now_ns - slots->start_ns) / slots->slot_ns;
        int64_t end = slots->start_ns + (slot + 1) * slots->slot_ns;
        if (end > to_ns)
            end = to_ns;
        joules[slot] += watts * walk->regions[region].watts_factor * (double)(end - walk->now_ns) *
                        PT_SCHEDULE_NS;
        walk->now_ns = end;
    }
}

static void suspend(struct walk *walk)
{
    const struct pt_schedule_job *job = walk->job;
    double most = job->work_seconds + (pt_job_runs(job) ? job->lost_seconds : 0);
    walk->work = fmin(walk->work + job->lost_seconds, most);
    walk->on = false;
    walk->plan->suspensions++;
}

static int64_t least_ns(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

// The slot, by its index in joules, in which a transfer that began then ends now.
static int64_t slot_before(const struct walk *walk, int64_t from_ns)
{
    const struct pt_schedule_slots *slots = &walk->regions[0].slots;
    int64_t moment = walk->now_ns > from_ns ? walk->now_ns - 1 : walk->now_ns;
    return walk->region * slots->count + (moment - slots->start_ns) / slots->slot_ns;
}

// The job gets to where the segment is, and is ready to work.
static void enter(struct walk *walk, const struct pt_schedule_hop_segment *segment)
{
    const struct pt_schedule_job *job = walk->job;
    bool moves = segment->region != walk->region;
    if (walk->on && (moves || segment->from_ns > walk->now_ns))
        suspend(walk);
    if (!walk->on)
        draw(walk, walk->region, segment->from_ns,
             walk->started ? job->suspended_watts : job->waiting_watts);
    if (moves) {
        int pair = walk->region * walk->region_count + segment->region;
        walk->now_ns =
            least_ns(segment->to_ns, walk->now_ns + pt_seconds_to_ns(walk->moves->seconds[pair]));
        walk->plan->move_money += walk->moves->money[pair];
        walk->plan->moves++;
        walk->region = segment->region;
    }
    if (walk->started && !walk->on) {
        walk->joules[slot_before(walk, segment->from_ns)] += job->resume_joules;
        draw(walk, walk->region,
             least_ns(segment->to_ns, walk->now_ns + pt_seconds_to_ns(job->resume_seconds)),
             job->resume_watts);
    }
    walk->started = walk->on = true;
}

static void work(struct walk *walk, const struct pt_schedule_hop_segment *segment)
{
    const struct pt_schedule_level *level = &walk->job->levels[segment->level];
    double speed = level->speed * walk->regions[segment->region].speed_factor;
    double progress = (double)(segment->to_ns - walk->now_ns) * PT_SCHEDULE_NS * speed;
    int64_t end = segment->to_ns;
    walk->done = walk->work <= progress + DONE_SECONDS * fmax(1, speed);
    if (walk->done)
        end = least_ns(end, walk->now_ns + pt_seconds_to_ns(walk->work / speed));
    draw(walk, segment->region, end, level->watts);
    walk->work = walk->done ? 0 : walk->work - progress;
}

static void add_up(struct walk *walk)
{
    struct pt_schedule_hop_plan *plan = walk->plan;
    int count = walk->regions[0].slots.count;
    plan->money = plan->move_money;
    plan->joules = plan->grams = 0;
    for (int i = 0; i < walk->region_count; i++) {
        const struct pt_schedule_region *region = &walk->regions[i];
        struct pt_schedule_problem problem = {.slots = region->slots, .site = region->site};
        for (int j = 0; j < count; j++) {
            double joules = walk->joules[i * count + j];
            if (joules == 0)
                continue;
            plan->joules += joules;
            plan->money += pt_slot_money(&problem, j, joules);
            plan->grams += region->slots.carbon == NULL
                               ? NAN
                               : joules * region->slots.carbon[j] / PT_JOULES_PER_KWH;
        }
    }
    plan->finish_ns = walk->now_ns;
}

static enum pt_status walk_plan(struct walk *walk, struct pt_error *error)
{
    const struct pt_schedule_slots *slots = &walk->regions[0].slots;
    for (int i = 0; i < walk->plan->segment_count; i++) {
        const struct pt_schedule_hop_segment *segment = &walk->plan->segments[i];
        if (segment->region < 0 || segment->region >= walk->region_count || segment->level < 0 ||
            segment->level >= walk->job->level_count || segment->from_ns < walk->now_ns ||
            segment->to_ns <= segment->from_ns || segment->to_ns > pt_slots_end_ns(slots) ||
            walk->done)
            return pt_fail(error, PT_BAD_INPUT,
                           "segment %d, region %d level %d, is none of this problem, or does not "
                           "follow the one before",
                           i, segment->region, segment->level);
        enter(walk, segment);
        work(walk, segment);
    }
    if (!walk->done)
        return pt_fail(error, PT_INFEASIBLE,
                       "after the last of %d segments %.3f s of work are left",
                       walk->plan->segment_count, walk->work);
    return PT_OK;
}

enum pt_status pt_schedule_hop_evaluate(const struct pt_schedule_job *job,
                                        const struct pt_schedule_region *regions, int region_count,
                                        const struct pt_schedule_moves *moves,
                                        struct pt_schedule_hop_plan *plan, struct pt_error *error)
{
    enum pt_status status = pt_check_hop(job, regions, region_count, moves, error);
    if (status != PT_OK)
        return status;
    struct walk walk = {.job = job,
                        .regions = regions,
                        .moves = moves,
                        .plan = plan,
                        .now_ns = regions[0].slots.start_ns,
                        .work = job->work_seconds,
                        .region_count = region_count,
                        .started = job->has_started,
                        .on = pt_job_runs(job)};
    size_t count = (size_t)region_count * (size_t)regions[0].slots.count;
    walk.joules = calloc(count, sizeof *walk.joules);
    if (walk.joules == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %zu slots", count);
    plan->move_money = 0;
    plan->moves = plan->suspensions = 0;
    status = walk_plan(&walk, error);
    if (status == PT_OK)
        add_up(&walk);
    free(walk.joules);
    return status;
}
