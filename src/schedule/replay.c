// A year of starts: first in hindsight, then hour by hour through the series, with every job that
// is on its way at that hour, so that the forecaster goes through it once.

#include "schedule/replay.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/size.h"
#include "base/units.h"
#include "schedule/replay_job.h"

#define HOUR_NS (3600 * PT_NANOSECONDS_PER_SECOND)

// More than this above the money of starting at once counts as dearer.
static const double dearer_share = 0.01;

const char *const pt_replay_policy_names[PT_REPLAY_POLICIES] = {
    [PT_REPLAY_NOW] = "now",
    [PT_REPLAY_BLOCK] = "block",
    [PT_REPLAY_CLAIRVOYANT] = "clairvoyant",
    [PT_REPLAY_PERSISTENCE] = "persistence",
    [PT_REPLAY_FORECAST] = "forecast",
};

struct start {
    int hour;
    double now_money, saving;
};

struct replay {
    struct pt_arena *arena;
    const struct pt_hourly *hourly;
    const struct pt_replay_options *options;
    struct pt_replay *result;
    struct start *starts;
    struct pt_forecaster *forecaster;
    int64_t companion_count; // of its hours that are published
    struct pt_replayed_job *jobs;
    int job_capacity;
    double *prices, *errors; // of one window
    struct pt_error *error;
};

static enum pt_status check(const struct pt_hourly *hourly, const struct pt_replay_options *options,
                            struct pt_error *error)
{
    if (options->within_hours < 1 || options->within_hours > PT_FORECAST_HOURS_MAX)
        return pt_fail(error, PT_BAD_INPUT, "a deadline after %d hours; 1 to %d can be replayed",
                       options->within_hours, PT_FORECAST_HOURS_MAX);
    if (options->every_hours < 1)
        return pt_fail(error, PT_BAD_INPUT, "a start every %d hours; at least 1 is possible",
                       options->every_hours);
    if (options->warm_up_hours < 0)
        return pt_fail(error, PT_BAD_INPUT, "%d hours before the first start; at least 0",
                       options->warm_up_hours);
    if (!(options->slower > -1 && options->slower <= 10))
        return pt_fail(error, PT_BAD_INPUT, "%g times slower than stated is no replay; -1 to 10",
                       options->slower);
    if (!(options->slower_after >= 0 && options->slower_after <= 1))
        return pt_fail(error, PT_BAD_INPUT, "slower after %g of the work; 0 to 1 is possible",
                       options->slower_after);
    if (!(options->margin >= 0 && options->margin <= 10))
        return pt_fail(error, PT_BAD_INPUT, "a margin of %g of the work; 0 to 10 is possible",
                       options->margin);
    if (hourly->count < options->within_hours + options->warm_up_hours)
        return pt_fail(error, PT_BAD_INPUT,
                       "the series has %d hours; %d before the first start and %d to its deadline "
                       "are needed",
                       hourly->count, options->warm_up_hours, options->within_hours);
    return PT_OK;
}

static void add(struct pt_replay_result *result, double now_money, double money, double joules,
                double grams, double delay_hours, int suspensions)
{
    double over = (money - now_money) / fabs(now_money);
    result->money += money;
    result->joules += joules;
    result->grams += grams;
    result->delay_hours += delay_hours;
    result->suspensions += suspensions;
    if (money - now_money > dearer_share * fabs(now_money))
        result->dearer_count++;
    if (isfinite(over))
        result->dearest_over = fmax(result->dearest_over, over);
}

// ---------------------------------------------------------------------------------- in hindsight
// Carbon is only reported: where a part of it is unknown, so are the grams.
static const double *window_carbon(const struct replay *replay, int hour)
{
    const double *carbon = replay->hourly->carbon;
    for (int i = hour; carbon != NULL && i < hour + replay->options->within_hours; i++)
        if (!isfinite(carbon[i]))
            return NULL;
    return carbon == NULL ? NULL : carbon + hour;
}

static double really_longer(const struct pt_replay_options *options)
{
    return 1 + options->slower * (1 - options->slower_after);
}

static void set_window(const struct replay *replay, int hour, struct pt_schedule_problem *problem)
{
    const struct pt_replay_options *options = replay->options;
    *problem = (struct pt_schedule_problem){
        .slots = {.start_ns = replay->hourly->start_ns + hour * HOUR_NS,
                  .slot_ns = HOUR_NS,
                  .count = options->within_hours,
                  .prices = replay->hourly->prices + hour,
                  .carbon = window_carbon(replay, hour)},
        .job = options->job};
    problem->job.work_seconds *= really_longer(options);
}

static double delay_hours(const struct pt_schedule_plan *plan, const struct pt_schedule_plan *now)
{
    return (double)(plan->finish_ns - now->finish_ns) / (double)HOUR_NS;
}

static void note_levels(const struct replay *replay, const struct pt_schedule_plan *plan, int hour,
                        int *levels)
{
    int64_t from_ns = replay->hourly->start_ns + hour * HOUR_NS;
    for (int i = 0; i < replay->options->within_hours; i++) {
        levels[i] = PT_SCHEDULE_OFF;
        for (int k = 0; k < plan->segment_count; k++)
            if (plan->segments[k].from_ns < from_ns + (i + 1) * HOUR_NS &&
                plan->segments[k].to_ns > from_ns + i * HOUR_NS)
                levels[i] = plan->segments[k].level;
    }
}

static enum pt_status solve_in_hindsight(struct replay *replay, struct start *start, int *levels)
{
    struct pt_schedule_problem problem;
    struct pt_schedule_plan now, block, best;
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(replay->error, PT_NO_MEMORY, "a replay: out of memory");
    set_window(replay, start->hour, &problem);
    enum pt_status status = pt_schedule_now(arena, &problem, &now, replay->error);
    if (status == PT_OK)
        status = pt_schedule_solve(arena, &problem, &best, replay->error);
    problem.job.interruptible = false;
    if (status == PT_OK)
        status = pt_schedule_solve(arena, &problem, &block, replay->error);
    if (status == PT_OK && levels != NULL) {
        note_levels(replay, &best, start->hour, levels);
    } else if (status == PT_OK) {
        struct pt_replay_result *results = replay->result->results;
        start->now_money = now.money;
        start->saving = (now.money - best.money) / fabs(now.money);
        add(&results[PT_REPLAY_NOW], now.money, now.money, now.joules, now.grams, 0, 0);
        add(&results[PT_REPLAY_BLOCK], now.money, block.money, block.joules, block.grams,
            delay_hours(&block, &now), block.suspensions);
        add(&results[PT_REPLAY_CLAIRVOYANT], now.money, best.money, best.joules, best.grams,
            delay_hours(&best, &now), best.suspensions);
    }
    pt_arena_destroy(arena);
    return status;
}

static bool has_gap(const struct replay *replay, int hour)
{
    for (int i = hour; i < hour + replay->options->within_hours; i++)
        if (!isfinite(replay->hourly->prices[i]))
            return true;
    return false;
}

static enum pt_status find_starts(struct replay *replay)
{
    const struct pt_replay_options *options = replay->options;
    int last = replay->hourly->count - options->within_hours;
    int64_t most = (last - options->warm_up_hours) / options->every_hours + 1;
    replay->starts = pt_arena_alloc(replay->arena, (size_t)most, sizeof *replay->starts);
    if (replay->starts == NULL)
        return pt_fail(replay->error, PT_NO_MEMORY, "a replay: out of memory");
    for (int64_t hour = options->warm_up_hours; hour <= last; hour += options->every_hours) {
        if (has_gap(replay, (int)hour))
            replay->result->gap_count++;
        else
            replay->starts[replay->result->start_count++].hour = (int)hour;
    }
    if (replay->result->start_count == 0)
        return pt_fail(replay->error, PT_BAD_INPUT,
                       "no window of %d hours without a gap in the series; a nearer deadline may "
                       "fit between the gaps",
                       options->within_hours);
    return PT_OK;
}

static int by_saving(const void *left, const void *right)
{
    const struct start *a = left, *b = right;
    return (a->saving > b->saving) - (a->saving < b->saving);
}

static enum pt_status choose_example(struct replay *replay)
{
    int count = replay->result->start_count;
    struct start *sorted = pt_arena_alloc(replay->arena, (size_t)count, sizeof *sorted);
    int within = replay->options->within_hours;
    int *levels = pt_arena_alloc(replay->arena, (size_t)within, 2 * sizeof *levels);
    if (sorted == NULL || levels == NULL)
        return pt_fail(replay->error, PT_NO_MEMORY, "a replay: out of memory");
    for (int i = 0; i < count; i++)
        sorted[i] = replay->starts[i];
    qsort(sorted, (size_t)count, sizeof *sorted, by_saving);
    for (int i = 0; i < within; i++)
        levels[i] = PT_SCHEDULE_OFF;
    replay->result->example_levels = levels;
    replay->result->example_hour = sorted[count / 2].hour;
    return solve_in_hindsight(replay, &sorted[count / 2], levels + within);
}

// ---------------------------------------------------------------------------------- hour by hour
static const double *window_prices(struct replay *replay, const double *expected, int hour,
                                   int known, int count)
{
    const double *prices = replay->hourly->prices + hour;
    for (int i = 0; i < count; i++) {
        double price = i < known ? prices[i] : expected[i - known];
        // Nothing is known at all: as dear as now, so that the job does not wait for it.
        replay->prices[i] = isfinite(price) ? price : i > 0 ? replay->prices[0] : 0;
        replay->errors[i] = i < known ? NAN : pt_forecaster_errors(replay->forecaster)[i - known];
    }
    return replay->prices;
}

static enum pt_status live_hour(struct replay *replay, struct pt_replayed_job *job, int hour,
                                bool is_news)
{
    const struct pt_replay_options *options = replay->options;
    bool ours = job->policy == PT_REPLAY_FORECAST;
    int left = job->first_hour + options->within_hours - hour;
    int known = (int)pt_forecaster_count(replay->forecaster) - hour;
    const double *expected = ours ? pt_forecaster_expected(replay->forecaster)
                                  : pt_forecaster_persistence(replay->forecaster);
    struct pt_outlook outlook = {
        .problem = {.slots = {.start_ns = replay->hourly->start_ns + hour * HOUR_NS,
                              .slot_ns = HOUR_NS,
                              // Beyond the deadline it only runs on: one slot more.
                              .count = left > 0 ? left : 1},
                    .job = job->rest},
        .known_count = known,
        .is_news = is_news,
        .errors = ours ? replay->errors : NULL,
        .error_share = options->error_share,
        .speed_measured = job->ran_seconds > 0 ? job->done_work / job->ran_seconds : NAN,
        .margin = options->margin,
    };
    if (!(job->done_work > 0))
        outlook.speed_measured = NAN;
    outlook.problem.slots.prices =
        window_prices(replay, expected, hour, known, outlook.problem.slots.count);

    int level;
    enum pt_status status =
        pt_replayed_job_hour(job, replay->hourly, options, hour, &outlook, &level, replay->error);
    if (status == PT_OK && ours && job->first_hour == replay->result->example_hour && left > 0)
        replay->result->example_levels[hour - job->first_hour] = level;
    return status;
}

static void finish(struct replay *replay, struct pt_replayed_job *job, const struct start *start)
{
    struct pt_replay_result *result = &replay->result->results[job->policy];
    const struct pt_schedule_job *stated = &replay->options->job;
    double fastest = 0;
    for (int i = 0; i < stated->level_count; i++)
        fastest = fmax(fastest, stated->levels[i].speed);
    double now_seconds = stated->work_seconds * really_longer(replay->options) / fastest;
    add(result, start->now_money, job->money, job->joules, job->grams,
        (job->finish_seconds - now_seconds) / PT_SECONDS_PER_HOUR, job->suspensions);
    if (job->finish_seconds > replay->options->within_hours * PT_SECONDS_PER_HOUR + 1e-3)
        result->late_count++;
    pt_arena_destroy(job->arena);
    job->arena = NULL;
}

static void begin(struct replay *replay, int start_index, int hour)
{
    for (int i = 0, policy = PT_REPLAY_PERSISTENCE; policy <= PT_REPLAY_FORECAST; i++) {
        assert(i < replay->job_capacity);
        if (replay->jobs[i].active)
            continue;
        replay->jobs[i] = (struct pt_replayed_job){.active = true,
                                                   .first_hour = hour,
                                                   .start = start_index,
                                                   .policy = (enum pt_replay_policy)policy++,
                                                   .rest = replay->options->job};
    }
}

static enum pt_status publish_companion(struct replay *replay, int hour)
{
    const double *companion = replay->hourly->companion;
    int64_t known = pt_publication_hours(&replay->options->companion_publication,
                                         replay->hourly->start_ns, hour);
    if (known > replay->hourly->count)
        known = replay->hourly->count;
    int64_t count = replay->companion_count;
    if (companion == NULL || known <= count)
        return PT_OK;
    replay->companion_count = known;
    return pt_forecaster_publish_companion(replay->forecaster, companion + count, known - count,
                                           replay->error);
}

static enum pt_status publish(struct replay *replay, int hour, bool *ret_news)
{
    enum pt_status status = publish_companion(replay, hour);
    if (status != PT_OK)
        return status;
    int64_t count = pt_forecaster_count(replay->forecaster);
    int64_t known =
        pt_publication_hours(&replay->options->publication, replay->hourly->start_ns, hour);
    if (known > replay->hourly->count)
        known = replay->hourly->count;
    *ret_news = known > count;
    return pt_forecaster_publish(replay->forecaster, replay->hourly->prices + count, known - count,
                                 replay->error);
}

static enum pt_status live_through(struct replay *replay)
{
    int next = 0;
    bool is_news;
    for (int hour = 0; hour < replay->hourly->count; hour++) {
        enum pt_status status = publish(replay, hour, &is_news);
        if (status != PT_OK)
            return status;
        if (next < replay->result->start_count && replay->starts[next].hour == hour)
            begin(replay, next++, hour);
        for (int i = 0; i < replay->job_capacity; i++) {
            struct pt_replayed_job *job = &replay->jobs[i];
            if (!job->active)
                continue;
            status = live_hour(replay, job, hour, is_news);
            if (status != PT_OK)
                return status;
            if (hour + 1 == replay->hourly->count && job->active) { // the series ends: it is late
                job->active = false;
                job->finish_seconds = INFINITY;
            }
            if (!job->active)
                finish(replay, job, &replay->starts[job->start]);
        }
    }
    return PT_OK;
}

static enum pt_status allocate(struct replay *replay)
{
    size_t within = (size_t)replay->options->within_hours;
    // A job that is late lives on, so there is room for as many again.
    replay->job_capacity = 4 * (replay->options->within_hours / replay->options->every_hours + 2);
    replay->jobs =
        pt_arena_alloc(replay->arena, (size_t)replay->job_capacity, sizeof *replay->jobs);
    replay->prices = pt_arena_alloc(replay->arena, within, sizeof(double));
    replay->errors = pt_arena_alloc(replay->arena, within, sizeof(double));
    if (replay->jobs == NULL || replay->prices == NULL || replay->errors == NULL)
        return pt_fail(replay->error, PT_NO_MEMORY, "a replay: out of memory");
    return pt_forecaster_create(replay->options->within_hours, &replay->forecaster, replay->error);
}

enum pt_status pt_replay_run(struct pt_arena *arena, const struct pt_hourly *hourly,
                             const struct pt_replay_options *options, struct pt_replay *ret_replay,
                             struct pt_error *error)
{
    struct pt_replay result = {0};
    struct replay replay = {
        .arena = arena, .hourly = hourly, .options = options, .result = &result, .error = error};
    for (int i = 0; i < PT_REPLAY_POLICIES; i++)
        result.results[i].dearest_over = -INFINITY;
    enum pt_status status = check(hourly, options, error);
    if (status == PT_OK)
        status = find_starts(&replay);
    for (int i = 0; i < result.start_count && status == PT_OK; i++)
        status = solve_in_hindsight(&replay, &replay.starts[i], NULL);
    if (status == PT_OK)
        status = choose_example(&replay);
    if (status == PT_OK)
        status = allocate(&replay);
    if (status == PT_OK)
        status = live_through(&replay);
    for (int i = 0; i < replay.job_capacity && replay.jobs != NULL; i++)
        pt_arena_destroy(replay.jobs[i].arena);
    pt_forecaster_destroy(replay.forecaster);
    if (status == PT_OK)
        *ret_replay = result;
    return status;
}

double pt_replay_kept(const struct pt_replay *replay, enum pt_replay_policy policy)
{
    double now = replay->results[PT_REPLAY_NOW].money;
    double saved = now - replay->results[PT_REPLAY_CLAIRVOYANT].money;
    return saved > 0 ? (now - replay->results[policy].money) / saved : NAN;
}
