// Caps of GPUs (amdgpu) and other parts: hwmon's powerN_cap, microwatts.
// Source: Linux, Documentation/hwmon/sysfs-interface.rst and Documentation/gpu/amdgpu/thermal.rst.

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "job/limit_file.h"
#include "sensor/sysfs.h"

enum { CAPS_MAX = 4 };

static bool look_at_cap(const struct pt_sensor_options *options, const char *chip, int index,
                        struct pt_power_limit *limit)
{
    char folder[64], name[32], file[32];
    double raw;
    *limit = (struct pt_power_limit){.scale = 1e-6, .index = index};
    snprintf(folder, sizeof folder, "/sys/class/hwmon/%.30s", chip);
    snprintf(limit->path, sizeof limit->path, "%s/power%d_cap", folder, index);
    if (!pt_limit_file_look(options, limit))
        return false;
    if (pt_sysfs_text(options->root, name, sizeof name, NULL, "%s/name", folder) != PT_OK)
        snprintf(name, sizeof name, "unnamed chip");
    limit->role = strcmp(name, "amdgpu") == 0 ? PT_LIMIT_GPU_WATTS : PT_LIMIT_OTHER_WATTS;
    snprintf(limit->id, sizeof limit->id, "hwmon:%.30s/power%d_cap", chip, index);
    snprintf(limit->device, sizeof limit->device, "hwmon:%.30s", chip);
    snprintf(limit->what, sizeof limit->what, "%s, power%d_cap", name, index);
    snprintf(file, sizeof file, "power%d_cap_min", index);
    limit->least = pt_limit_file_number(options, limit->scale, folder, file);
    snprintf(file, sizeof file, "power%d_cap_max", index);
    limit->most = pt_limit_file_number(options, limit->scale, folder, file);
    if (pt_sysfs_number(options->root, &raw, NULL, "%s/power%d_cap_default", folder, index) ==
        PT_OK)
        snprintf(limit->fallback, sizeof limit->fallback, "%.0f", raw);
    return true;
}

static void look_at_chip(const struct pt_sensor_options *options, const char *chip,
                         struct pt_power_limit *list, int *count)
{
    for (int i = 1; i <= CAPS_MAX && *count < PT_LIMITS_MAX; i++)
        if (look_at_cap(options, chip, i, &list[*count]))
            (*count)++;
}

static enum pt_status hwmon_list(const struct pt_sensor_options *options,
                                 struct pt_power_limit *list, int *count, struct pt_error *error)
{
    (void)error;
    pt_limit_each(options, "/sys/class/hwmon", look_at_chip, list, count);
    return PT_OK;
}

const struct pt_limit_driver pt_limit_hwmon = {
    .name = "hwmon",
    .list = hwmon_list,
    .read = pt_limit_file_read,
    .write = pt_limit_file_write,
    .check_heat = pt_limit_file_heat,
};
