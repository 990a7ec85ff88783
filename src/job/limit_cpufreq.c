// The highest clock of each group of processors, kHz, and the firmware's bias between speed and
// energy, a word. A policy appears and goes with its processors.
// Source: Linux, Documentation/admin-guide/pm/cpufreq.rst and intel_pstate.rst.

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "job/limit_file.h"
#include "sensor/sysfs.h"

#define FOLDER "/sys/devices/system/cpu/cpufreq"

static bool look_at_file(const struct pt_sensor_options *options, const char *policy,
                         const char *file, struct pt_power_limit *limit)
{
    *limit = (struct pt_power_limit){.least = NAN, .most = NAN};
    snprintf(limit->path, sizeof limit->path, FOLDER "/%.30s/%s", policy, file);
    snprintf(limit->id, sizeof limit->id, "cpufreq:%.30s/%s", policy, file);
    snprintf(limit->device, sizeof limit->device, "cpufreq:%.30s", policy);
    return pt_limit_file_look(options, limit);
}

static bool look_at_clock(const struct pt_sensor_options *options, const char *policy,
                          struct pt_power_limit *limit)
{
    char folder[80];
    double raw;
    if (!look_at_file(options, policy, "scaling_max_freq", limit))
        return false;
    limit->role = PT_LIMIT_CPU_HERTZ;
    limit->scale = 1e3;
    snprintf(folder, sizeof folder, FOLDER "/%.30s", policy);
    snprintf(limit->what, sizeof limit->what, "%.30s, highest clock", policy);
    limit->least = fmax(pt_limit_file_number(options, 1e3, folder, "cpuinfo_min_freq"),
                        pt_limit_file_number(options, 1e3, folder, "scaling_min_freq"));
    limit->most = pt_limit_file_number(options, 1e3, folder, "cpuinfo_max_freq");
    if (pt_sysfs_number(options->root, &raw, NULL, "%s/cpuinfo_max_freq", folder) == PT_OK)
        snprintf(limit->fallback, sizeof limit->fallback, "%.0f", raw);
    return true;
}

static bool look_at_bias(const struct pt_sensor_options *options, const char *policy,
                         struct pt_power_limit *limit)
{
    if (!look_at_file(options, policy, "energy_performance_preference", limit))
        return false;
    limit->role = PT_LIMIT_CPU_BIAS;
    snprintf(limit->what, sizeof limit->what, "%.30s, energy preference", policy);
    return true;
}

static void look_at_policy(const struct pt_sensor_options *options, const char *policy,
                           struct pt_power_limit *list, int *count)
{
    if (strncmp(policy, "policy", 6) != 0)
        return;
    if (look_at_clock(options, policy, &list[*count]))
        (*count)++;
    if (*count < PT_LIMITS_MAX && look_at_bias(options, policy, &list[*count]))
        (*count)++;
}

static enum pt_status cpufreq_list(const struct pt_sensor_options *options,
                                   struct pt_power_limit *list, int *count, struct pt_error *error)
{
    (void)error;
    pt_limit_each(options, FOLDER, look_at_policy, list, count);
    return PT_OK;
}

const struct pt_limit_driver pt_limit_cpufreq = {
    .name = "cpufreq",
    .list = cpufreq_list,
    .read = pt_limit_file_read,
    .write = pt_limit_file_write,
    .check_heat = pt_limit_file_heat,
};
