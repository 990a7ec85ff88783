// Caps of CPU packages and their parts: powercap's constraints, microwatts.
//
// Each zone has a long_term and a short_term limit; a cap sets both, since the short one may stay
// above for seconds. The memory-mapped twin of a package (intel-rapl-mmio) holds the same power by
// a second register, of which the lower one counts: it is left alone. Source: Linux,
// Documentation/power/powercap/powercap.rst.

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "job/limit_file.h"
#include "sensor/powercap_zone.h"
#include "sensor/sysfs.h"

enum { CONSTRAINTS_MAX = 4 };
#define FOLDER "/sys/class/powercap"

static enum pt_limit_role role_of(const struct pt_zone_id *zone, const char *zone_name,
                                  const char *constraint)
{
    bool is_package = zone->depth == 1 && !zone->mmio && strncmp(zone_name, "package", 7) == 0;
    bool is_mean = strcmp(constraint, "long_term") == 0 || strcmp(constraint, "short_term") == 0;
    return is_package && is_mean ? PT_LIMIT_CPU_WATTS : PT_LIMIT_OTHER_WATTS;
}

static bool look_at_constraint(const struct pt_sensor_options *options, const char *zone, int index,
                               struct pt_power_limit *limit)
{
    char constraint[24], zone_name[24] = "", file[48], folder[64];
    struct pt_zone_id id;
    *limit = (struct pt_power_limit){.scale = 1e-6, .index = index};
    snprintf(folder, sizeof folder, FOLDER "/%.40s", zone);
    if (pt_sysfs_text(options->root, constraint, sizeof constraint, NULL, "%s/constraint_%d_name",
                      folder, index) != PT_OK)
        snprintf(constraint, sizeof constraint, "constraint_%d", index);
    if (!pt_zone_id_parse(zone, &id) ||
        pt_sysfs_text(options->root, zone_name, sizeof zone_name, NULL, "%s/name", folder) != PT_OK)
        return false;
    snprintf(limit->path, sizeof limit->path, "%s/constraint_%d_power_limit_uw", folder, index);
    if (!pt_limit_file_look(options, limit))
        return false;
    limit->role = role_of(&id, zone_name, constraint);
    snprintf(limit->id, sizeof limit->id, "powercap:%.40s/%s", zone, constraint);
    snprintf(limit->device, sizeof limit->device, "powercap:%.40s", zone);
    snprintf(limit->what, sizeof limit->what, "%s, %s", zone_name, constraint);
    snprintf(file, sizeof file, "constraint_%d_min_power_uw", index);
    limit->least = pt_limit_file_number(options, limit->scale, folder, file);
    snprintf(file, sizeof file, "constraint_%d_max_power_uw", index);
    limit->most = pt_limit_file_number(options, limit->scale, folder, file);
    if (limit->most <= 0) // some firmware says 0
        limit->most = NAN;
    return true;
}

static void look_at_zone(const struct pt_sensor_options *options, const char *zone,
                         struct pt_power_limit *list, int *count)
{
    struct pt_zone_id id;
    if (!pt_zone_id_parse(zone, &id))
        return;
    for (int i = 0; i < CONSTRAINTS_MAX && *count < PT_LIMITS_MAX; i++)
        if (look_at_constraint(options, zone, i, &list[*count]))
            (*count)++;
}

static enum pt_status powercap_list(const struct pt_sensor_options *options,
                                    struct pt_power_limit *list, int *count, struct pt_error *error)
{
    (void)error;
    pt_limit_each(options, FOLDER, look_at_zone, list, count);
    return PT_OK;
}

const struct pt_limit_driver pt_limit_powercap = {
    .name = "powercap",
    .list = powercap_list,
    .read = pt_limit_file_read,
    .write = pt_limit_file_write,
    .check_heat = pt_limit_file_heat,
};
