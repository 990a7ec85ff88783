// What `powertrain doctor` says of a sensor.

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "sensor/driver.h"

// The shortest of a few reads: what it costs when nobody is in the way.
static double measure_read(struct pt_sensor *sensor)
{
    struct pt_reading readings[PT_CHANNELS_MAX];
    double shortest = NAN;
    for (int i = 0; i < 5; i++) {
        int64_t begin = pt_clock_monotonic(&pt_system_clock);
        if (pt_sensor_read(sensor, readings, NULL) != PT_OK)
            continue;
        int64_t nanoseconds = pt_clock_monotonic(&pt_system_clock) - begin;
        shortest = fmin(shortest, (double)nanoseconds / (double)PT_NANOSECONDS_PER_SECOND);
    }
    return shortest;
}

// "powercap: package-0, package-0/dram; left out: psys (contains the packages)"
static void describe(const struct pt_sensor *sensor, char *message, size_t size)
{
    snprintf(message, size, "%s", pt_sensor_source(sensor));
    const char *before = "; left out: ";
    for (int i = 0; i < pt_sensor_channel_count(sensor); i++) {
        const struct pt_channel *channel = pt_sensor_channel(sensor, i);
        if (channel->note == NULL)
            continue;
        size_t length = strlen(message);
        snprintf(message + length, size - length, "%s%s (%s)", channel->excluded ? before : "; ",
                 channel->name, channel->note);
        before = channel->excluded ? ", " : before;
    }
}

static double largest_error(const struct pt_sensor *sensor)
{
    double largest = 0;
    for (int i = 0; i < pt_sensor_channel_count(sensor); i++)
        if (pt_sensor_is_summed(sensor, i))
            largest = fmax(largest, pt_sensor_channel(sensor, i)->relative_error);
    return largest;
}

void pt_sensor_diagnose(const char *name, const struct pt_sensor_options *options,
                        struct pt_sensor_diagnosis *ret_diagnosis)
{
    struct pt_sensor *sensor;
    struct pt_error error = {0};
    *ret_diagnosis = (struct pt_sensor_diagnosis){.read_seconds = NAN, .relative_error = NAN};
    for (int i = 0; pt_sensor_drivers[i] != NULL; i++) {
        if (strcmp(pt_sensor_drivers[i]->name, name) != 0)
            continue;
        ret_diagnosis->summary = pt_sensor_drivers[i]->summary;
        ret_diagnosis->cost = pt_sensor_drivers[i]->cost;
    }
    ret_diagnosis->status = pt_sensor_open(name, options, &sensor, &error);
    if (ret_diagnosis->status != PT_OK) {
        snprintf(ret_diagnosis->message, sizeof ret_diagnosis->message, "%s", error.message);
        return;
    }
    ret_diagnosis->channel_count = pt_sensor_channel_count(sensor);
    ret_diagnosis->relative_error = largest_error(sensor);
    ret_diagnosis->read_seconds = measure_read(sensor);
    describe(sensor, ret_diagnosis->message, sizeof ret_diagnosis->message);
    pt_sensor_close(sensor);
}
