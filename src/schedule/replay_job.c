// An hour of a replayed job.

#include "schedule/replay_job.h"

#include <math.h>
#include <string.h>

#include "base/units.h"

static void spend(struct pt_replayed_job *job, const struct pt_hourly *hourly, int hour,
                  double seconds, double watts, double joules)
{
    double spent = seconds * watts + joules;
    job->joules += spent;
    job->money += spent / PT_JOULES_PER_KWH * hourly->prices[hour];
    job->grams += hourly->carbon == NULL ? NAN : spent / PT_JOULES_PER_KWH * hourly->carbon[hour];
}

static void stop(struct pt_replayed_job *job, const struct pt_replay_options *options)
{
    if (!job->rest.has_started || job->rest.level_now == PT_SCHEDULE_OFF)
        return;
    // Not more than was ever done is lost.
    double lost = fmin(options->job.lost_seconds, job->done_work);
    job->rest.work_seconds += lost;
    job->done_work -= lost;
    job->rest.level_now = PT_SCHEDULE_OFF;
    job->overhead_seconds = 0;
    job->suspensions++;
}

static void wait(struct pt_replayed_job *job, const struct pt_replay_options *options,
                 const struct pt_hourly *hourly, int hour, double seconds)
{
    if (seconds <= 0)
        return;
    stop(job, options);
    spend(job, hourly, hour, seconds,
          job->rest.has_started ? options->job.suspended_watts : options->job.waiting_watts, 0);
}

static void start(struct pt_replayed_job *job, const struct pt_replay_options *options, int level,
                  const struct pt_hourly *hourly, int hour)
{
    const struct pt_schedule_job *stated = &options->job;
    if (job->rest.has_started && job->rest.level_now == PT_SCHEDULE_OFF) {
        job->overhead_seconds = stated->resume_seconds;
        job->overhead_watts = stated->resume_watts;
        spend(job, hourly, hour, 0, 0, stated->resume_joules);
    } else if (job->rest.has_started && job->rest.level_now != level) {
        job->overhead_seconds = stated->change_seconds;
        job->overhead_watts = stated->levels[level].watts;
    }
    job->rest.has_started = true;
    job->rest.level_now = level;
}

// What is done at the stated speed, before it is slower.
static double work_before_change(const struct pt_replayed_job *job,
                                 const struct pt_replay_options *options)
{
    double later = options->job.work_seconds * (1 - options->slower_after);
    return options->slower_after > 0 ? fmax(0, job->rest.work_seconds - later) : 0;
}

// At most work, and no longer than seconds. Returns how long it took.
static double work_for(struct pt_replayed_job *job, double seconds, double work, double speed,
                       double stated_speed)
{
    double took = fmin(seconds, work / speed);
    double done = took < seconds ? work : took * speed;
    job->ran_seconds += took * stated_speed; // what it would have done as stated
    job->done_work += done;
    job->rest.work_seconds -= done;
    return took;
}

// The rest of the hour after it has waited.
static void run_for(struct pt_replayed_job *job, const struct pt_replay_options *options,
                    const struct pt_hourly *hourly, int hour, double waited)
{
    const struct pt_schedule_level *level = &options->job.levels[job->rest.level_now];
    double left = PT_SECONDS_PER_HOUR - waited;
    double overhead = fmin(left, job->overhead_seconds);
    spend(job, hourly, hour, overhead, job->overhead_watts, 0);
    job->overhead_seconds -= overhead;
    left -= overhead;

    left -= work_for(job, left, work_before_change(job, options), level->speed, level->speed);
    left -= work_for(job, left, job->rest.work_seconds, level->speed / (1 + options->slower),
                     level->speed);
    double seconds = PT_SECONDS_PER_HOUR - waited - overhead - left;
    spend(job, hourly, hour, seconds, level->watts, 0);
    if (job->rest.work_seconds <= options->job.work_seconds * 1e-12) {
        job->finish_seconds =
            (hour - job->first_hour) * PT_SECONDS_PER_HOUR + waited + overhead + seconds;
        job->active = false;
    }
}

// Plans of earlier hours go with their arena; the one that is followed moves to a new one.
static enum pt_status renew_arena(struct pt_replayed_job *job, struct pt_error *error)
{
    struct pt_schedule_plan *plan = &job->replan.plan;
    struct pt_arena *arena = pt_arena_create();
    struct pt_schedule_segment *segments =
        arena == NULL ? NULL
                      : pt_arena_alloc(arena, (size_t)plan->segment_count + 1, sizeof *segments);
    if (segments == NULL) {
        pt_arena_destroy(arena);
        return pt_fail(error, PT_NO_MEMORY, "a replayed job: out of memory");
    }
    if (plan->segment_count > 0)
        memcpy(segments, plan->segments, (size_t)plan->segment_count * sizeof *segments);
    plan->segments = segments;
    pt_arena_destroy(job->arena);
    job->arena = arena;
    return PT_OK;
}

enum pt_status pt_replayed_job_hour(struct pt_replayed_job *job, const struct pt_hourly *hourly,
                                    const struct pt_replay_options *options, int hour,
                                    const struct pt_outlook *outlook, int *ret_level,
                                    struct pt_error *error)
{
    struct pt_decision decision;
    enum pt_status status = PT_OK;
    if (job->arena == NULL || outlook->is_news)
        status = renew_arena(job, error);
    if (status == PT_OK)
        status = pt_replan_decide(job->arena, &job->replan, outlook, &decision, error);
    if (status != PT_OK)
        return status;
    *ret_level = decision.level;
    if (decision.runs) {
        wait(job, options, hourly, hour, decision.wait_seconds);
        start(job, options, decision.level, hourly, hour);
        run_for(job, options, hourly, hour, decision.wait_seconds);
        return PT_OK;
    }
    wait(job, options, hourly, hour, PT_SECONDS_PER_HOUR);
    return PT_OK;
}
