// The baseline, measured; and what is made of one. See idle_baseline.h.

#include "meter/idle_baseline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/units.h"
#include "power/power.h"
#include "sensor/proc_stat.h"

enum { WINDOWS_MAX = 600 };

struct windows {
    int count;
    double seconds[WINDOWS_MAX];
    double watts[PT_CHANNELS_MAX][WINDOWS_MAX];
};

static void sleep_for(void *unused, double seconds)
{
    struct timespec left = {.tv_sec = (time_t)seconds,
                            .tv_nsec = (long)((seconds - floor(seconds)) * 1e9)};
    (void)unused;
    nanosleep(&left, NULL);
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

// Of sorted values, between the two nearest; so with few of them the ends.
static double quantile(const double *sorted, int count, double part)
{
    double at = part * (count - 1);
    int below = (int)at;
    int above = below + 1 < count ? below + 1 : below;
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

// A counter whose value is some time old may have a window's end in another window.
static struct pt_idle_power power_of(double *watts, int count, double window_seconds,
                                     const struct pt_channel *channel)
{
    qsort(watts, (size_t)count, sizeof *watts, compare);
    double middle = quantile(watts, count, 0.5);
    double late = isfinite(channel->resolution_seconds)
                      ? middle * fmin(1, channel->resolution_seconds / (window_seconds * count))
                      : 0;
    return (struct pt_idle_power){middle, fmax(0, quantile(watts, count, 0.05) - late),
                                  quantile(watts, count, 0.95) + late};
}

static enum pt_status take_window(const struct pt_idle_measure *measure, struct pt_sensor *sensor,
                                  struct pt_reading *before, int64_t *before_ns, double seconds,
                                  struct windows *windows, struct pt_error *error)
{
    struct pt_reading now[PT_CHANNELS_MAX];
    measure->wait(measure->wait_state, seconds);
    enum pt_status status = pt_sensor_read(sensor, now, error);
    int64_t now_ns = pt_clock_monotonic(measure->clock);
    double elapsed = (double)(now_ns - *before_ns) / (double)PT_NANOSECONDS_PER_SECOND;
    if (status != PT_OK)
        return status;
    if (!(elapsed > 0))
        return pt_fail(error, PT_UNAVAILABLE, "the clock stands still");
    for (int i = 0; i < pt_sensor_channel_count(sensor); i++) {
        bool failed = now[i].failed || before[i].failed;
        windows->watts[i][windows->count] =
            failed ? NAN : (now[i].energy_joules - before[i].energy_joules) / elapsed;
        before[i] = now[i];
    }
    windows->seconds[windows->count++] = elapsed;
    *before_ns = now_ns;
    return PT_OK;
}

static bool all_known(const double *watts, int count)
{
    for (int i = 0; i < count; i++)
        if (isnan(watts[i]))
            return false;
    return true;
}

// Channels that were not read throughout are left out, unless they add up.
static enum pt_status judge(struct windows *windows, const struct pt_sensor *sensor,
                            struct pt_idle_baseline *baseline, struct pt_error *error)
{
    for (int i = 0; i < windows->count; i++)
        baseline->seconds += windows->seconds[i];
    for (int i = 0; i < pt_sensor_channel_count(sensor); i++) {
        const struct pt_channel *channel = pt_sensor_channel(sensor, i);
        if (!all_known(windows->watts[i], windows->count)) {
            if (!pt_sensor_is_summed(sensor, i))
                continue;
            return pt_fail(error, PT_UNAVAILABLE, "baseline: reads of %s failed", channel->name);
        }
        baseline->channels[baseline->count].name = channel->name;
        baseline->channels[baseline->count++].power = power_of(
            windows->watts[i], windows->count, baseline->seconds / windows->count, channel);
    }
    return PT_OK;
}

static enum pt_status run(const struct pt_idle_measure *measure, struct pt_sensor *sensor,
                          struct windows *windows, struct pt_error *error)
{
    struct pt_reading before[PT_CHANNELS_MAX];
    int count = (int)fmin(fmax(4, measure->seconds), WINDOWS_MAX);
    enum pt_status status = pt_sensor_read(sensor, before, error);
    int64_t before_ns = pt_clock_monotonic(measure->clock);
    for (int i = 0; i < count && status == PT_OK; i++)
        status = take_window(measure, sensor, before, &before_ns, measure->seconds / count, windows,
                             error);
    return status;
}

enum pt_status pt_idle_baseline_measure(const struct pt_idle_measure *wanted,
                                        struct pt_sensor *sensor,
                                        struct pt_idle_baseline *ret_baseline,
                                        struct pt_error *error)
{
    struct pt_idle_measure measure = *wanted;
    struct pt_idle_baseline baseline = {.busy_cpus = NAN};
    struct pt_proc_stat stat = {.fd = -1};
    if (!(measure.seconds >= 1 && measure.seconds <= 3600))
        return pt_fail(error, PT_USAGE, "a baseline of %g s is not from 1 to 3600 seconds",
                       measure.seconds);
    struct windows *windows = calloc(1, sizeof *windows);
    if (windows == NULL)
        return pt_fail(error, PT_NO_MEMORY, "baseline: out of memory");
    measure.clock = measure.clock != NULL ? measure.clock : &pt_system_clock;
    measure.wait = measure.wait != NULL ? measure.wait : sleep_for;
    bool has_stat = pt_proc_stat_open(&stat, measure.root, NULL) == PT_OK;
    double busy = has_stat ? pt_proc_stat_busy(&stat) : NAN;
    enum pt_status status = run(&measure, sensor, windows, error);
    if (status == PT_OK)
        status = judge(windows, sensor, &baseline, error);
    if (status == PT_OK) {
        if (has_stat)
            baseline.busy_cpus = (pt_proc_stat_busy(&stat) - busy) / baseline.seconds;
        *ret_baseline = baseline;
    }
    pt_proc_stat_close(&stat);
    free(windows);
    return status;
}

// The value is that of the line which makes the joules; how far that line is off is the sensor's
// error, and the same in the run.
enum pt_status pt_idle_baseline_of_model(const char *root, const struct pt_sensor *sensor,
                                         struct pt_idle_baseline *ret_baseline,
                                         struct pt_error *error)
{
    struct pt_cpu_info cpu;
    struct pt_proc_stat stat;
    if (strcmp(pt_sensor_name(sensor), "model") != 0)
        return pt_fail(error, PT_UNAVAILABLE, "%s is no model", pt_sensor_name(sensor));
    enum pt_status status = pt_cpu_info_read(root, &cpu, error);
    if (status == PT_OK)
        status = pt_proc_stat_open(&stat, root, error);
    if (status != PT_OK)
        return status;
    struct pt_power_model power = pt_power_model_of(&cpu);
    power.threads = stat.cpus;
    pt_proc_stat_close(&stat);
    double watts = pt_power_at(&power, 0).value;
    *ret_baseline = (struct pt_idle_baseline){.busy_cpus = NAN, .count = 1};
    ret_baseline->channels[0].name = pt_sensor_channel(sensor, 0)->name;
    ret_baseline->channels[0].power = (struct pt_idle_power){watts, watts, watts};
    return PT_OK;
}

static const struct pt_idle_power *find(const struct pt_idle_baseline *baseline, const char *name)
{
    for (int i = 0; i < baseline->count; i++)
        if (strcmp(baseline->channels[i].name, name) == 0)
            return &baseline->channels[i].power;
    return NULL;
}

enum pt_status pt_idle_baseline_use(const struct pt_idle_baseline *baseline,
                                    const struct pt_sensor *sensor, struct pt_idle_rule *rule,
                                    struct pt_error *error)
{
    rule->known = false;
    for (int i = 0; i < pt_sensor_channel_count(sensor); i++) {
        const char *name = pt_sensor_channel(sensor, i)->name;
        const struct pt_idle_power *power = find(baseline, name);
        if (power == NULL && pt_sensor_is_summed(sensor, i))
            return pt_fail(error, PT_NOT_FOUND, "the idle watts of %s are not known", name);
        rule->power[i] = power != NULL ? *power : (struct pt_idle_power){NAN, NAN, NAN};
    }
    rule->known = true;
    return PT_OK;
}
