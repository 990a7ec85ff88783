// The meter of a job whose processes come and go, and that may be frozen.

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/run_clock.h"
#include "cli/run_job.h"

static void warn(const char *message)
{
    fprintf(stderr, "powertrain run: warning: %s\n", message);
}

static bool is_none(const struct pt_run_meter *meter)
{
    return meter->choice->sensor != NULL && strcmp(meter->choice->sensor, "none") == 0;
}

enum pt_status pt_run_meter_open(struct pt_run_meter *meter, const struct pt_run_choice *choice,
                                 double watts, struct pt_error *error)
{
    *meter = (struct pt_run_meter){.choice = choice, .watts = watts};
    struct pt_sensor_options options = {.root = choice->root};
    snprintf(meter->sensor_name, sizeof meter->sensor_name, "none");
    snprintf(meter->source, sizeof meter->source, "%s",
             isfinite(watts) ? "watts as stated, not metered" : "no sensor");
    if (is_none(meter) || choice->sensor == NULL)
        return PT_OK; // the best sensor is opened while the command runs
    return pt_sensor_open(choice->sensor, &options, &meter->sensor, error);
}

static enum pt_status open_engine(struct pt_run_meter *meter, int64_t pid, struct pt_error *error)
{
    struct pt_sensor_options options = {.root = meter->choice->root};
    enum pt_status status =
        meter->sensor != NULL ? PT_OK : pt_sensor_open_best(&options, &meter->sensor, error);
    if (status != PT_OK)
        return status;
    struct pt_meter_config config = {
        .sensor = meter->sensor,
        .interval_seconds = 0.5, // a job of hours
        .scope = PT_SCOPE_TREE,
        .pid = (int)pid,
        .gpus = options,
    };
    return pt_meter_open(&config, &meter->engine, error);
}

void pt_run_meter_attach(struct pt_run_meter *meter, int64_t pid)
{
    struct pt_error error;
    char text[640];
    if (is_none(meter) || (meter->engine != NULL && meter->pid == pid))
        return;
    pt_run_meter_detach(meter);
    meter->pid = pid;
    meter->taken_joules = 0;
    if (pid <= 0 || meter->has_failed)
        return;
    if (open_engine(meter, pid, &error) == PT_OK) {
        snprintf(meter->sensor_name, sizeof meter->sensor_name, "%s",
                 pt_sensor_name(meter->sensor));
        snprintf(meter->source, sizeof meter->source, "%.150s", pt_sensor_source(meter->sensor));
        return;
    }
    meter->has_failed = true;
    snprintf(text, sizeof text, "%s; the command goes on, its energy %s", error.message,
             isfinite(meter->watts) ? "is counted by the watts that are known" : "stays unknown");
    warn(text);
}

void pt_run_meter_detach(struct pt_run_meter *meter)
{
    pt_meter_close(meter->engine);
    meter->engine = NULL;
    meter->pid = 0;
}

// The part of the meter's total that was not yet taken, with its doubt.
static struct pt_quantity take_metered(struct pt_run_meter *meter)
{
    static struct pt_meter_report report; // large
    pt_meter_now(meter->engine, &report);
    if (!pt_quantity_known(report.joules))
        return pt_quantity_missing();
    double total = report.joules.value, part = total - meter->taken_joules;
    if (part <= 0) // what is not yet settled was taken a little too high
        return pt_quantity_relative(0, 0, report.joules.provenance);
    meter->taken_joules = total;
    return pt_quantity_scale(report.joules, part / total * pt_run_clock_factor());
}

static struct pt_quantity stated(double watts, double seconds)
{
    return isfinite(watts) ? pt_quantity_relative(watts * seconds, 0, PT_ASSUMED)
                           : pt_quantity_missing();
}

struct pt_quantity pt_run_meter_take(struct pt_run_meter *meter, enum pt_run_doing doing,
                                     bool has_processes, double seconds)
{
    struct pt_quantity metered = pt_quantity_missing();
    if (meter->engine != NULL)
        metered = take_metered(meter);
    if (doing == PT_RUN_RUNNING)
        return pt_quantity_known(metered) ? metered : stated(meter->watts, seconds);
    if (isfinite(meter->choice->suspended_watts))
        return stated(meter->choice->suspended_watts, seconds);
    if (has_processes && !is_none(meter))
        return metered;
    return pt_quantity_relative(0, 0,
                                has_processes ? PT_ASSUMED : PT_MEASURED); // nothing of it is there
}

void pt_run_meter_close(struct pt_run_meter *meter)
{
    pt_run_meter_detach(meter);
    pt_sensor_close(meter->sensor);
    meter->sensor = NULL;
}
