// See level_caps.h.

#include "job/level_caps.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "job/power_control.h"

enum { ROLE_COUNT = 3 };

struct pt_level_caps {
    struct pt_power_control *control;
    double set[ROLE_COUNT]; // what stands; NAN: as found
};

static const enum pt_limit_role roles[ROLE_COUNT] = {PT_LIMIT_GPU_WATTS, PT_LIMIT_CPU_WATTS,
                                                     PT_LIMIT_CPU_HERTZ};

static void note(struct pt_job_level_outcome *outcome, const struct pt_error *error)
{
    size_t length = strlen(outcome->reason);
    if (strstr(outcome->reason, error->message) == NULL)
        snprintf(outcome->reason + length, sizeof outcome->reason - length, "%s%s",
                 length > 0 ? "; " : "", error->message);
}

static enum pt_status open_caps(struct pt_level_caps **caps, const struct pt_job_spec *spec,
                                struct pt_error *error)
{
    const struct pt_power_options options = {.sensors = spec->power, .program = spec->program};
    struct pt_level_caps *made = calloc(1, sizeof *made);
    if (made == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for power limits");
    for (int i = 0; i < ROLE_COUNT; i++)
        made->set[i] = NAN;
    enum pt_status status = pt_power_control_open(&options, &made->control, error);
    if (status == PT_OK)
        *caps = made;
    else
        free(made);
    return status;
}

static bool apply_role(struct pt_level_caps **caps, const struct pt_job_spec *spec, int role,
                       double value, struct pt_error *error)
{
    enum pt_status status = PT_OK;
    if (isnan(value) && (*caps == NULL || isnan((*caps)->set[role])))
        return true;
    if (*caps == NULL)
        status = open_caps(caps, spec, error);
    if (status != PT_OK)
        return false;
    status = isnan(value) ? pt_power_control_restore_role((*caps)->control, roles[role], error)
                          : pt_power_control_set_role((*caps)->control, roles[role], value, error);
    if (status == PT_OK)
        (*caps)->set[role] = value;
    return status == PT_OK;
}

void pt_level_caps_apply(struct pt_level_caps **caps, const struct pt_job_spec *spec,
                         const struct pt_job_level *level, struct pt_job_level_outcome *ret_outcome)
{
    const double values[ROLE_COUNT] = {level->gpu_watts, level->cpu_watts, level->cpu_hertz};
    bool *const done[ROLE_COUNT] = {&ret_outcome->has_gpu_watts, &ret_outcome->has_cpu_watts,
                                    &ret_outcome->has_cpu_hertz};
    for (int i = 0; i < ROLE_COUNT; i++) {
        struct pt_error error;
        *done[i] = apply_role(caps, spec, i, values[i], &error);
        if (!*done[i])
            note(ret_outcome, &error);
    }
}

void pt_level_caps_close(struct pt_level_caps *caps)
{
    if (caps == NULL)
        return;
    pt_power_control_close(caps->control, NULL);
    free(caps);
}
