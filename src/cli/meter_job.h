// What powertrain meter knows of the command that it runs. For the files cli/meter*.c.
#ifndef PT_CLI_METER_JOB_H
#define PT_CLI_METER_JOB_H

#include "cli/meter_budget.h"
#include "cli/meter_idle.h"
#include "cli/meter_outputs.h"
#include "cli/meter_phases.h"
#include "cli/meter_text.h"
#include "cli/verb.h"

struct pt_meter_choice {
    const char *sensor, *replay, *region, *tariff, *ledger, *root, *output;
    double interval_seconds;
    bool json, quiet, wait, calibrated;
    struct pt_budget_choice budget;
    struct pt_phases_choice phases;
    struct pt_idle_choice idle;
    struct pt_outputs_choice outputs;
};

struct pt_meter_job {
    const struct pt_verb *verb;
    struct pt_meter_choice options;
    char **command;
    struct pt_arena *arena;
    struct pt_tariff tariff;
    struct pt_sensor *sensor;
    struct pt_meter_engine *meter;
    FILE *output;
    struct pt_metered metered;
    struct pt_budget_guard guard;
    struct pt_meter_phases phases;
    struct pt_idle_state idle;
    struct pt_meter_outputs outputs;
};

#endif
