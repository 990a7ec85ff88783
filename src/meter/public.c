// The meter of powertrain.h: a sensor, a meter of this process, and phases by name.

#include <stdlib.h>
#include <string.h>

#include "meter/meter.h"

enum { NAME_SIZE = PT_METER_NAME_SIZE };
_Static_assert((int)PT_METER_PHASES_MAX == (int)PT_PHASES_MAX, "the public limit is the meter's");

struct pt_meter {
    struct pt_sensor *sensor;
    struct pt_meter_engine *engine;
    int phase_count;
    char names[PT_PHASES_MAX][NAME_SIZE];
    const char *name_pointers[PT_PHASES_MAX];
};

static void destroy(struct pt_meter *meter)
{
    pt_meter_close(meter->engine);
    pt_sensor_close(meter->sensor);
    free(meter);
}

static enum pt_status open_sensor(struct pt_meter *meter, const struct pt_meter_options *options,
                                  struct pt_error *error)
{
    struct pt_sensor_options sensor = {.root = options->root};
    if (options->sensor == NULL)
        return pt_sensor_open_best(&sensor, &meter->sensor, error);
    return pt_sensor_open(options->sensor, &sensor, &meter->sensor, error);
}

static enum pt_status open_engine(struct pt_meter *meter, const struct pt_meter_options *options,
                                  struct pt_error *error)
{
    struct pt_meter_config config = {
        .sensor = meter->sensor,
        .root = options->root,
        .interval_seconds = options->interval_seconds == 0 ? 0.1 : options->interval_seconds,
        .scope = PT_SCOPE_SELF,
        .phases = meter->name_pointers,
        .phase_count = PT_PHASES_MAX,
    };
    return pt_meter_open(&config, &meter->engine, error);
}

// A caller compiled against an older header has a smaller struct: what it lacks is 0.
static enum pt_status take_options(const struct pt_meter_options *given,
                                   struct pt_meter_options *ret_options, struct pt_error *error)
{
    struct pt_meter_options options = {.struct_size = sizeof options};
    if (given != NULL && (given->struct_size == 0 || given->struct_size > sizeof options))
        return pt_fail(error, PT_USAGE,
                       "pt_meter_start: struct_size is %zu; set it to sizeof(struct "
                       "pt_meter_options), here %zu",
                       given->struct_size, sizeof options);
    if (given != NULL)
        memcpy(&options, given, given->struct_size);
    *ret_options = options;
    return PT_OK;
}

enum pt_status pt_meter_start(const struct pt_meter_options *options, struct pt_meter **ret_meter,
                              struct pt_error *error)
{
    struct pt_meter_options whole = {0};
    enum pt_status status = take_options(options, &whole, error);
    if (status != PT_OK)
        return status;
    struct pt_meter *meter = calloc(1, sizeof *meter);
    if (meter == NULL)
        return pt_fail(error, PT_NO_MEMORY, "meter: out of memory");
    meter->phase_count = 1;
    strcpy(meter->names[0], "run");
    for (int i = 0; i < PT_PHASES_MAX; i++)
        meter->name_pointers[i] = meter->names[i];
    status = open_sensor(meter, &whole, error);
    if (status == PT_OK)
        status = open_engine(meter, &whole, error);
    if (status != PT_OK) {
        destroy(meter);
        return status;
    }
    *ret_meter = meter;
    return PT_OK;
}

// The index of the name; a new one is added. When all are taken, the last one is for all others.
static int find_phase(struct pt_meter *meter, const char *name)
{
    for (int i = 0; i < meter->phase_count; i++)
        if (strncmp(meter->names[i], name, NAME_SIZE - 1) == 0)
            return i;
    if (meter->phase_count == PT_PHASES_MAX)
        return PT_PHASES_MAX - 1;
    int index = meter->phase_count++;
    if (index == PT_PHASES_MAX - 1)
        name = "other";
    strncpy(meter->names[index], name, NAME_SIZE - 1);
    return index;
}

void pt_meter_phase(struct pt_meter *meter, const char *name)
{
    pt_meter_enter(meter->engine, find_phase(meter, name));
}

static void fill_result(const struct pt_meter *meter, const struct pt_meter_report *report,
                        struct pt_meter_result *ret_result)
{
    *ret_result = (struct pt_meter_result){
        .duration_seconds = report->seconds,
        .energy_joules = report->joules.value,
        .low_joules = report->joules.low,
        .high_joules = report->joules.high,
        .cpu_seconds = report->cpu_seconds,
        .sensor = pt_sensor_name(meter->sensor),
        .provenance = pt_provenance_text(report->joules.provenance),
        .phase_count = meter->phase_count,
    };
    for (int i = 0; i < meter->phase_count; i++) {
        struct pt_meter_phase_result *phase = &ret_result->phases[i];
        memcpy(phase->name, meter->names[i], NAME_SIZE);
        phase->duration_seconds = report->phases[i].seconds;
        phase->energy_joules = report->phases[i].joules.value;
    }
}

enum pt_status pt_meter_stop(struct pt_meter *meter, struct pt_meter_result *ret_result,
                             struct pt_error *error)
{
    struct pt_meter_report report;
    enum pt_status status = pt_meter_finish(meter->engine, &report, error);
    if (status == PT_OK && ret_result != NULL)
        fill_result(meter, &report, ret_result);
    destroy(meter);
    return status;
}
