// What is no problem, and what cannot be done in time.

#include <math.h>

#include "schedule/solver.h"

// Thirty years: durations beyond it are mistakes, and below it nanoseconds fit their type.
static const double SECONDS_MAX = 1e9;
// Watts and prices whose products stay exact enough to compare plans.
static const double WATTS_MAX = 1e12, PRICE_MAX = 1e12;

static enum pt_status check_range(const char *name, double value, double low, double high,
                                  struct pt_error *error)
{
    if (value >= low && value <= high)
        return PT_OK;
    return pt_fail(error, PT_BAD_INPUT, "%s of %g: a number from %g to %g is needed", name, value,
                   low, high);
}

static enum pt_status check_row(const char *name, const double *values, int count,
                                struct pt_error *error)
{
    for (int i = 0; i < count; i++)
        if (!(fabs(values[i]) <= PRICE_MAX))
            return pt_fail(error, PT_BAD_INPUT,
                           "%s of slot %d is %g: fill the gap or plan with fewer slots", name, i,
                           values[i]);
    return PT_OK;
}

static enum pt_status check_slots(const struct pt_schedule_slots *slots, struct pt_error *error)
{
    int64_t length, end;
    if (slots->count < 1 || slots->count > PT_SCHEDULE_SLOTS_MAX)
        return pt_fail(error, PT_BAD_INPUT,
                       "%d slots before the deadline: from 1 to %d are possible; is it past?",
                       slots->count, PT_SCHEDULE_SLOTS_MAX);
    if (slots->slot_ns < PT_NANOSECONDS_PER_SECOND)
        return pt_fail(error, PT_BAD_INPUT, "slots of %lld ns: a second is the shortest",
                       (long long)slots->slot_ns);
    if (__builtin_mul_overflow(slots->slot_ns, (int64_t)slots->count, &length) ||
        __builtin_add_overflow(slots->start_ns, length, &end))
        return pt_fail(error, PT_OVERFLOW, "%d slots of %lld ns leave the calendar", slots->count,
                       (long long)slots->slot_ns);
    if (slots->prices == NULL)
        return pt_fail(error, PT_BAD_INPUT, "slots without prices");
    enum pt_status status = check_row("the price", slots->prices, slots->count, error);
    if (status == PT_OK && slots->carbon != NULL)
        status = check_row("the carbon intensity", slots->carbon, slots->count, error);
    return status;
}

static enum pt_status check_levels(const struct pt_schedule_job *job, struct pt_error *error)
{
    if (job->level_count < 1 || job->level_count > PT_LEVELS_MAX || job->levels == NULL)
        return pt_fail(error, PT_BAD_INPUT, "%d levels: from 1 to %d are possible",
                       job->level_count, PT_LEVELS_MAX);
    for (int i = 0; i < job->level_count; i++) {
        const struct pt_schedule_level *level = &job->levels[i];
        const char *name = level->name == NULL ? "" : level->name;
        if (!(level->speed >= 1e-6 && level->speed <= 1e6))
            return pt_fail(error, PT_BAD_INPUT,
                           "level %d (%s) has a speed of %g: from 1e-6 to 1e6 is possible", i, name,
                           level->speed);
        if (!(level->watts >= 0 && level->watts <= WATTS_MAX))
            return pt_fail(error, PT_BAD_INPUT, "level %d (%s) has %g W", i, name, level->watts);
    }
    if (job->has_started &&
        (job->level_now < PT_SCHEDULE_OFF || job->level_now >= job->level_count))
        return pt_fail(error, PT_BAD_INPUT, "the job runs in level %d of %d", job->level_now,
                       job->level_count);
    return PT_OK;
}

static enum pt_status check_job(const struct pt_schedule_job *job, struct pt_error *error)
{
    const struct {
        const char *name;
        double value, low, high;
    } ranges[] = {
        {"work in seconds", job->work_seconds, 1e-6, SECONDS_MAX},
        {"watts while waiting", job->waiting_watts, 0, WATTS_MAX},
        {"watts while suspended", job->suspended_watts, 0, WATTS_MAX},
        {"seconds of a resume", job->resume_seconds, 0, SECONDS_MAX},
        {"watts of a resume", job->resume_watts, 0, WATTS_MAX},
        {"joules of a resume", job->resume_joules, 0, WATTS_MAX},
        {"lost seconds", job->lost_seconds, 0, SECONDS_MAX},
        {"seconds of a change", job->change_seconds, 0, SECONDS_MAX},
        {"shortest run in seconds", job->on_seconds_min, 0, SECONDS_MAX},
        {"shortest suspension in seconds", job->off_seconds_min, 0, SECONDS_MAX},
        {"most starts", job->starts_max, 0, INT32_MAX},
    };
    enum pt_status status = check_levels(job, error);
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges && status == PT_OK; i++)
        status = check_range(ranges[i].name, ranges[i].value, ranges[i].low, ranges[i].high, error);
    return status;
}

static enum pt_status check_demand(const struct pt_schedule_site *site,
                                   const struct pt_schedule_slots *slots, struct pt_error *error)
{
    if (site->demand_price_per_kw == 0)
        return PT_OK;
    if (site->demand_ns < slots->slot_ns || site->demand_ns % slots->slot_ns != 0 ||
        slots->start_ns % slots->slot_ns != 0)
        return pt_fail(error, PT_BAD_INPUT,
                       "the demand charge counts means over %lld s, slots have %lld s: divide the "
                       "slots, and start them on the grid",
                       (long long)(site->demand_ns / PT_NANOSECONDS_PER_SECOND),
                       (long long)(slots->slot_ns / PT_NANOSECONDS_PER_SECOND));
    return check_range("watts of the highest peak so far", site->peak_watts, 0, WATTS_MAX, error);
}

static enum pt_status check_site(const struct pt_schedule_site *site,
                                 const struct pt_schedule_slots *slots, struct pt_error *error)
{
    if (site == NULL)
        return PT_OK;
    enum pt_status status =
        check_range("the demand charge", site->demand_price_per_kw, 0, PRICE_MAX, error);
    if (status == PT_OK && site->net_watts != NULL)
        status = check_row("the site's load", site->net_watts, slots->count, error);
    if (status == PT_OK && site->feed_in != NULL)
        status = check_row("the feed-in price", site->feed_in, slots->count, error);
    return status == PT_OK ? check_demand(site, slots, error) : status;
}

int pt_level_first(const struct pt_schedule_job *job, double *ret_seconds)
{
    int first = 0;
    double least = INFINITY;
    for (int i = 0; i < job->level_count; i++) {
        double dead = pt_job_is_suspended(job)                  ? job->resume_seconds
                      : pt_job_runs(job) && job->level_now != i ? job->change_seconds
                                                                : 0;
        double seconds = dead + job->work_seconds / job->levels[i].speed;
        // Of levels that are equally fast the one of fewer watts.
        if (seconds < least ||
            (seconds == least && job->levels[i].watts < job->levels[first].watts)) {
            least = seconds;
            first = i;
        }
    }
    *ret_seconds = least;
    return first;
}

enum pt_status pt_schedule_check(const struct pt_schedule_problem *problem, struct pt_error *error)
{
    double seconds;
    enum pt_status status = check_slots(&problem->slots, error);
    if (status == PT_OK)
        status = check_job(&problem->job, error);
    if (status == PT_OK)
        status = check_site(problem->site, &problem->slots, error);
    if (status != PT_OK)
        return status;

    pt_level_first(&problem->job, &seconds);
    double window = pt_slot_seconds(problem) * problem->slots.count;
    if (seconds > window + PT_SCHEDULE_NS)
        return pt_fail(error, PT_INFEASIBLE,
                       "the work takes %.0f s at the fastest level and the deadline is in %.0f s: "
                       "%.0f s too early; move it, or save that much work",
                       seconds, window, ceil(seconds - window));
    return PT_OK;
}
