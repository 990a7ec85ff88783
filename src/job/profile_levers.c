// Probing the levels of a running job.

#include "job/profile_levers.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

// A cap below a quarter of the largest is refused by power_control.h anyway.
static const double cap_share_least = 0.25;
enum { CAP_STEPS = 8, CPU_STEPS = 4 };

static const struct pt_job_level as_found = {
    .duty = 1, .gpu_watts = NAN, .cpu_watts = NAN, .cpu_hertz = NAN};

static void note(struct pt_profile *profile, const char *text, const char *detail)
{
    size_t used = strlen(profile->note);
    snprintf(profile->note + used, sizeof profile->note - used, "%s%s%s%s", used > 0 ? "; " : "",
             text, *detail != '\0' ? ": " : "", detail);
}

// ---- the choices of a kind, rising; the last is "as found"

static int cap_choices(const struct pt_profile *profile, enum pt_limit_role role, double *caps,
                       bool *ret_denied)
{
    double least = 0, most = INFINITY;
    int found = 0;
    *ret_denied = false;
    for (int i = 0; i < profile->options.limit_count; i++) {
        const struct pt_power_limit *limit = &profile->options.limits[i];
        double now = pt_limit_value(limit, limit->now);
        if (limit->role != role || !(now > 0))
            continue;
        *ret_denied = *ret_denied || !limit->is_writable;
        found++;
        most = fmin(most, now);
        least = fmax(least, isnan(limit->least) ? 0 : limit->least);
        least = fmax(least, cap_share_least * (isnan(limit->most) ? now : limit->most));
    }
    if (found == 0 || *ret_denied || least >= most)
        return 0;
    for (int i = 0; i < CAP_STEPS; i++)
        caps[i] = least + (most - least) * i / (CAP_STEPS - 1);
    return CAP_STEPS;
}

static int cpu_choices(const struct pt_profile *profile, double *caps)
{
    int count = 0;
    for (int i = 1; i <= CPU_STEPS; i++) {
        double cpus = round(profile->options.cpu_count * (double)i / CPU_STEPS);
        if (cpus >= 1 && (count == 0 || cpus > caps[count - 1]))
            caps[count++] = cpus;
    }
    return count;
}

static int choices(struct pt_profile *profile, double *caps)
{
    bool denied = false;
    int count = 0;
    if (profile->kind == PT_LEVER_CPUS)
        return cpu_choices(profile, caps);
    bool gpu = profile->kind == PT_LEVER_GPU_WATTS;
    count = cap_choices(profile, gpu ? PT_LIMIT_GPU_WATTS : PT_LIMIT_CPU_WATTS, caps, &denied);
    if (denied)
        note(profile,
             gpu ? "caps of GPUs are not permitted" : "caps of processors are not permitted", "");
    return count;
}

// ---- from kind to kind

static void begin_kind(struct pt_profile *profile);

static void finish(struct pt_profile *profile)
{
    profile->is_done = true;
    profile->choice = PT_PROBE_NONE;
}

static void next_choice(struct pt_profile *profile)
{
    profile->choice = pt_probe_next(&profile->search);
    profile->is_applied = false;
    if (profile->choice != PT_PROBE_NONE)
        return;
    profile->kind++;
    begin_kind(profile);
}

// One kind that works is enough: levels of two would have to be measured together.
static void begin_kind(struct pt_profile *profile)
{
    double caps[PT_PROBE_CHOICES_MAX];
    for (; profile->kind < PT_LEVER_KINDS && profile->result_count <= 1; profile->kind++) {
        int count = choices(profile, caps);
        if (count < 2)
            continue;
        const struct pt_probe_measurement base = {
            .seconds = 1, .watts = profile->base_watts, .relative_error = profile->base_error};
        if (pt_probe_begin(&profile->search, &profile->options.goal, caps, count,
                           profile->options.probe_most, NULL) != PT_OK ||
            pt_probe_add(&profile->search, count - 1, &base, NULL) != PT_OK)
            continue;
        next_choice(profile);
        return;
    }
    finish(profile);
}

// ---- one probe

static void begin_probe(struct pt_profile *profile, double seconds)
{
    profile->begun_seconds = seconds;
    profile->part = -1;
    profile->has_begun = true;
}

// Mean and standard error of what the parts say, relative to the mean.
static void measure(const struct pt_profile *profile, double *ret_rate, double *ret_watts,
                    double *ret_error)
{
    const struct pt_profile_reading *parts = profile->parts, *last = &parts[PT_PROFILE_PARTS];
    double seconds = last->seconds - parts[0].seconds, squares[2] = {0};
    *ret_rate = (last->units - parts[0].units) / seconds;
    *ret_watts = (last->joules - parts[0].joules) / seconds;
    for (int i = 0; i < PT_PROFILE_PARTS; i++) {
        double time = parts[i + 1].seconds - parts[i].seconds;
        double rate = (parts[i + 1].units - parts[i].units) / time / *ret_rate - 1;
        double watts = (parts[i + 1].joules - parts[i].joules) / time / *ret_watts - 1;
        squares[0] += rate * rate;
        squares[1] += watts * watts;
    }
    *ret_error = sqrt(fmax(squares[0], squares[1]) / (PT_PROFILE_PARTS * (PT_PROFILE_PARTS - 1)));
}

static void keep(struct pt_profile *profile, double rate, double watts, double error)
{
    struct pt_profile_result *result = &profile->results[profile->result_count++];
    *result = (struct pt_profile_result){.kind = profile->kind,
                                         .level = pt_profile_level(profile),
                                         .units_per_second = rate,
                                         .watts = watts,
                                         .relative_error = error};
    if (profile->choice == PT_PROBE_NONE)
        snprintf(result->name, sizeof result->name, "as found");
    else
        snprintf(result->name, sizeof result->name,
                 profile->kind == PT_LEVER_CPUS ? "%.0f processors" : "%.0f W",
                 profile->search.caps[profile->choice]);
}

static void end_probe(struct pt_profile *profile)
{
    double rate, watts, error;
    measure(profile, &rate, &watts, &error);
    keep(profile, rate, watts, error);
    profile->has_begun = false;
    if (profile->choice == PT_PROBE_NONE) {
        profile->base_units_per_second = rate;
        profile->base_watts = watts;
        profile->base_error = error;
        begin_kind(profile);
        return;
    }
    const struct pt_probe_measurement measured = {
        .seconds = profile->base_units_per_second / rate, .watts = watts, .relative_error = error};
    if (pt_probe_add(&profile->search, profile->choice, &measured, NULL) != PT_OK)
        pt_probe_refuse(&profile->search, profile->choice);
    next_choice(profile);
}

static void give_up(struct pt_profile *profile, const struct pt_profile_reading *reading)
{
    note(profile,
         isnan(reading->units)    ? "the job told no progress, so its speed is not known"
         : isnan(reading->joules) ? "no sensor told its energy"
                                  : "it made too little progress for a measurement",
         "");
    finish(profile);
}

static enum pt_profile_want probe(struct pt_profile *profile,
                                  const struct pt_profile_reading *reading)
{
    const struct pt_profile_options *options = &profile->options;
    if (!profile->has_begun)
        begin_probe(profile, reading->seconds);
    double drop =
        profile->choice == PT_PROBE_NONE ? options->warmup_seconds : options->settle_seconds;
    double since = reading->seconds - profile->begun_seconds;
    if (since > drop + options->probe_seconds_most) {
        give_up(profile, reading);
        return PT_PROFILE_DONE;
    }
    if (since < drop || isnan(reading->units) || isnan(reading->joules))
        return PT_PROFILE_WAIT;
    const struct pt_profile_reading *last = &profile->parts[profile->part < 0 ? 0 : profile->part];
    bool is_due = profile->part < 0 || (reading->seconds - last->seconds >= options->part_seconds &&
                                        reading->units - last->units >= options->units_least &&
                                        reading->joules > last->joules);
    if (!is_due)
        return PT_PROFILE_WAIT;
    profile->parts[++profile->part] = *reading;
    if (profile->part < PT_PROFILE_PARTS)
        return PT_PROFILE_WAIT;
    end_probe(profile);
    return profile->is_done ? PT_PROFILE_DONE : PT_PROFILE_APPLY;
}

// ---- the door

enum pt_status pt_profile_begin(struct pt_profile *profile,
                                const struct pt_profile_options *options, struct pt_error *error)
{
    struct pt_probe_search search;
    if (!(options->warmup_seconds >= 0) || !(options->settle_seconds >= 0) ||
        !(options->part_seconds > 0) || !(options->units_least > 0) ||
        !(options->probe_seconds_most > 0) || options->cpu_count < 1)
        return pt_fail(error, PT_BAD_INPUT,
                       "profile: warm-up %g s, settling %g s, parts of %g s and %g units, at most "
                       "%g s, %d processors: they must be positive",
                       options->warmup_seconds, options->settle_seconds, options->part_seconds,
                       options->units_least, options->probe_seconds_most, options->cpu_count);
    enum pt_status status =
        pt_probe_begin(&search, &options->goal, (const double[]){1}, 1, 1, error);
    if (status != PT_OK)
        return status;
    memset(profile, 0, sizeof *profile);
    profile->options = *options;
    if (options->probe_most <= 0)
        profile->options.probe_most = PT_PROBE_COUNT_USUAL;
    profile->choice = PT_PROBE_NONE;
    profile->is_applied = true; // as found
    return PT_OK;
}

enum pt_profile_want pt_profile_step(struct pt_profile *profile,
                                     const struct pt_profile_reading *reading)
{
    if (profile->is_done)
        return PT_PROFILE_DONE;
    return profile->is_applied ? probe(profile, reading) : PT_PROFILE_APPLY;
}

struct pt_job_level pt_profile_level(const struct pt_profile *profile)
{
    struct pt_job_level level = as_found;
    if (profile->choice == PT_PROBE_NONE)
        return level;
    double value = profile->search.caps[profile->choice];
    if (profile->kind == PT_LEVER_GPU_WATTS)
        level.gpu_watts = value;
    else if (profile->kind == PT_LEVER_CPU_WATTS)
        level.cpu_watts = value;
    else
        level.cpu_count = (int)value;
    return level;
}

void pt_profile_applied(struct pt_profile *profile, const struct pt_job_level_outcome *outcome)
{
    static const char *const refusals[PT_LEVER_KINDS] = {"caps of GPUs", "caps of processors",
                                                         "fewer processors"};
    bool worked[PT_LEVER_KINDS] = {outcome->has_gpu_watts, outcome->has_cpu_watts,
                                   outcome->has_cpus};
    if (profile->is_done || profile->choice == PT_PROBE_NONE)
        return;
    if (worked[profile->kind]) {
        profile->is_applied = true;
        profile->has_begun = false;
        return;
    }
    note(profile, refusals[profile->kind], outcome->reason);
    profile->kind++;
    begin_kind(profile);
}

static void insert(struct pt_schedule_level *levels, int count, struct pt_schedule_level level)
{
    for (; count > 0 && levels[count - 1].speed < level.speed; count--)
        levels[count] = levels[count - 1];
    levels[count] = level;
}

int pt_profile_levels(const struct pt_profile *profile, double host_watts,
                      struct pt_schedule_level levels[PT_LEVELS_MAX])
{
    struct pt_schedule_level sorted[PT_LEVELS_MAX];
    int count = 0;
    for (int i = 0; i < profile->result_count; i++) {
        const struct pt_profile_result *result = &profile->results[i];
        insert(sorted, i,
               (struct pt_schedule_level){.name = result->name,
                                          .speed = result->units_per_second /
                                                   profile->base_units_per_second,
                                          .watts = result->watts + host_watts});
    }
    // A level is of use only if none at least as fast draws less.
    for (int i = 0; i < profile->result_count; i++) {
        bool beaten = false;
        for (int j = 0; j < profile->result_count; j++)
            beaten = beaten || (j != i && sorted[j].speed >= sorted[i].speed &&
                                (sorted[j].watts < sorted[i].watts ||
                                 (sorted[j].watts == sorted[i].watts && j < i)));
        if (!beaten)
            levels[count++] = sorted[i];
    }
    return count;
}
