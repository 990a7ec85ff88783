// See power_limit.h.

#include "job/power_limit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"

enum { NOTE_SIZE = 256 };

const struct pt_limit_driver *const *pt_limit_drivers(void)
{
    static const struct pt_limit_driver *const drivers[] = {
        &pt_limit_nvml, &pt_limit_hwmon, &pt_limit_powercap, &pt_limit_cpufreq, NULL};
    return drivers;
}

const struct pt_limit_driver *pt_limit_driver_of(const char *id)
{
    const struct pt_limit_driver *const *drivers = pt_limit_drivers();
    for (int i = 0; drivers[i] != NULL; i++) {
        size_t length = strlen(drivers[i]->name);
        if (strncmp(id, drivers[i]->name, length) == 0 && id[length] == ':')
            return drivers[i];
    }
    return NULL;
}

enum pt_status pt_power_limits(const struct pt_sensor_options *options,
                               struct pt_power_limit **ret_list, int *ret_count, char *ret_note,
                               struct pt_error *error)
{
    struct pt_power_limit *list = calloc(PT_LIMITS_MAX, sizeof *list);
    const struct pt_limit_driver *const *drivers = pt_limit_drivers();
    int count = 0;
    if (list == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the power limits");
    if (ret_note != NULL)
        ret_note[0] = '\0';
    for (int i = 0; drivers[i] != NULL; i++) {
        struct pt_error failed;
        if (drivers[i]->list(options, list, &count, &failed) != PT_OK && ret_note != NULL)
            snprintf(ret_note, NOTE_SIZE, "%.255s", failed.message);
    }
    if (count == 0) {
        free(list);
        list = NULL;
    }
    *ret_list = list;
    *ret_count = count;
    return PT_OK;
}

static enum pt_status not_found(const struct pt_power_limit *list, int count, const char *id,
                                struct pt_error *error)
{
    const char **words = calloc((size_t)count + 1, sizeof *words);
    if (words == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the power limits");
    for (int i = 0; i < count; i++)
        words[i] = list[i].id;
    const char *near = pt_nearest_word(id, words);
    enum pt_status status =
        near != NULL
            ? pt_fail(error, PT_NOT_FOUND, "this machine has no power limit %s; did you mean %s?",
                      id, near)
            : pt_fail(error, PT_NOT_FOUND,
                      "this machine has no power limit %s; powertrain power lists them", id);
    free(words);
    return status;
}

enum pt_status pt_power_limit_find(const struct pt_sensor_options *options, const char *id,
                                   struct pt_power_limit *ret_limit, struct pt_error *error)
{
    struct pt_power_limit *list;
    int count;
    enum pt_status status = pt_power_limits(options, &list, &count, NULL, error);
    if (status != PT_OK)
        return status;
    status = PT_NOT_FOUND;
    for (int i = 0; i < count && status != PT_OK; i++)
        if (strcmp(list[i].id, id) == 0) {
            *ret_limit = list[i];
            status = PT_OK;
        }
    if (status != PT_OK)
        status = not_found(list, count, id, error);
    free(list);
    return status;
}

double pt_limit_value(const struct pt_power_limit *limit, const char *raw)
{
    double value;
    return limit->scale > 0 && pt_parse_double(raw, &value) ? value * limit->scale : NAN;
}

const char *pt_limit_unit(const struct pt_power_limit *limit)
{
    switch (limit->role) {
    case PT_LIMIT_CPU_HERTZ:
        return "Hz";
    case PT_LIMIT_CPU_BIAS:
        return "";
    default:
        return "W";
    }
}
