// Sensors as the rest of the program sees them: a driver and the bookkeeping of its counters.

#include "sensor/sensor.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/units.h"
#include "sensor/counter.h"
#include "sensor/driver.h"
#include "sensor/self_test.h"

struct pt_sensor {
    const struct pt_sensor_driver *driver;
    void *state;
    const struct pt_clock *clock;
    int channel_count;
    struct pt_channel channels[PT_CHANNELS_MAX];
    struct pt_counter counters[PT_CHANNELS_MAX];
    double raw_joules[PT_CHANNELS_MAX], power_watts[PT_CHANNELS_MAX];
    int64_t opened_ns, read_ns;
    char source[512];
};

static const double longest_poll_seconds = 30;

void pt_channel_init(struct pt_channel *channel, enum pt_channel_kind kind)
{
    *channel = (struct pt_channel){
        .kind = kind,
        .provenance = kind == PT_ENERGY_MODEL ? PT_MODELLED : PT_MEASURED,
        .parent = -1,
        .range_joules = NAN,
        .max_watts = PT_PACKAGE_MAX_WATTS,
    };
}

const char *pt_sensor_name(const struct pt_sensor *sensor)
{
    return sensor->driver->name;
}

const char *pt_sensor_source(const struct pt_sensor *sensor)
{
    return sensor->source;
}

int pt_sensor_channel_count(const struct pt_sensor *sensor)
{
    return sensor->channel_count;
}

const struct pt_channel *pt_sensor_channel(const struct pt_sensor *sensor, int index)
{
    assert(index >= 0 && index < sensor->channel_count);
    return &sensor->channels[index];
}

bool pt_sensor_is_summed(const struct pt_sensor *sensor, int index)
{
    const struct pt_channel *channel = pt_sensor_channel(sensor, index);
    return channel->parent < 0 && !channel->excluded;
}

double pt_sensor_longest_interval(const struct pt_sensor *sensor)
{
    double longest = sensor->driver->poll_seconds;
    for (int i = 0; i < sensor->channel_count; i++)
        if (pt_sensor_is_summed(sensor, i) && !isnan(sensor->channels[i].range_joules))
            longest =
                fmin(longest, fmin(longest_poll_seconds, sensor->channels[i].range_joules /
                                                             (2 * sensor->channels[i].max_watts)));
    return longest;
}

// ------------------------------------------------------------------------------------- reading
static struct pt_reading reading_of(struct pt_sensor *sensor, int index)
{
    const struct pt_counter *counter = &sensor->counters[index];
    sensor->channels[index].range_joules = counter->range_joules;
    return (struct pt_reading){
        .energy_joules = counter->joules,
        .gap_joules = counter->gap_joules,
        .power_watts = counter->failed ? NAN : sensor->power_watts[index],
        .failed = counter->failed,
        .pending_joules = pt_counter_pending_joules(counter, sensor->read_ns),
    };
}

enum pt_status pt_sensor_read(struct pt_sensor *sensor, struct pt_reading *readings,
                              struct pt_error *error)
{
    for (int i = 0; i < sensor->channel_count; i++)
        sensor->raw_joules[i] = sensor->power_watts[i] = NAN;
    enum pt_status status =
        sensor->driver->read(sensor->state, sensor->raw_joules, sensor->power_watts, error);
    sensor->read_ns = pt_clock_monotonic(sensor->clock); // after the read, as late as it was
    bool any = false;
    for (int i = 0; i < sensor->channel_count; i++) {
        pt_counter_step(&sensor->counters[i], sensor->raw_joules[i], sensor->read_ns);
        readings[i] = reading_of(sensor, i);
        any = any || (pt_sensor_is_summed(sensor, i) && !readings[i].failed);
    }
    if (status == PT_OK && !any)
        status = pt_fail(error, PT_IO, "%s: no counter that adds up to the machine can be read",
                         sensor->driver->name);
    return status;
}

// What one channel used between two readings, with everything that makes it unsure.
static struct pt_quantity channel_difference(const struct pt_sensor *sensor, int index,
                                             const struct pt_reading *from,
                                             const struct pt_reading *to, double elapsed)
{
    const struct pt_channel *channel = &sensor->channels[index];
    double joules = to->energy_joules + to->pending_joules - from->energy_joules -
                    from->pending_joules; // NAN if there is nothing to judge by
    double unsure = to->gap_joules + to->pending_joules - from->gap_joules + from->pending_joules;
    if (joules <= 0) { // between two updates of the counter
        joules = pt_counter_mean_watts(&sensor->counters[index]) * elapsed;
        unsure = joules;
    }
    if (isnan(joules))
        return pt_quantity_missing();
    double half = joules * channel->relative_error + unsure;
    if (joules > 0)
        half += joules * channel->resolution_seconds / elapsed;
    enum pt_provenance provenance = channel->provenance;
    if (unsure > joules / 2 && provenance < PT_MODELLED)
        provenance = PT_MODELLED; // more filled in than measured
    return (struct pt_quantity){joules, fmax(0, joules - half), joules + half, provenance};
}

struct pt_quantity pt_sensor_difference(const struct pt_sensor *sensor,
                                        const struct pt_reading *from, const struct pt_reading *to,
                                        double elapsed_seconds)
{
    struct pt_quantity sum = {0, 0, 0, PT_EXACT};
    for (int i = 0; i < sensor->channel_count; i++)
        if (pt_sensor_is_summed(sensor, i))
            sum = pt_quantity_sum(sum,
                                  channel_difference(sensor, i, &from[i], &to[i], elapsed_seconds));
    return sum;
}

struct pt_quantity pt_sensor_total(const struct pt_sensor *sensor,
                                   const struct pt_reading *readings)
{
    static const struct pt_reading opened[PT_CHANNELS_MAX];
    double elapsed =
        (double)(sensor->read_ns - sensor->opened_ns) / (double)PT_NANOSECONDS_PER_SECOND;
    return pt_sensor_difference(sensor, opened, readings, elapsed);
}

// ------------------------------------------------------------------------------------- opening
static void sleep_seconds(void *unused, double seconds)
{
    struct timespec left = {.tv_nsec = (long)(seconds * 1e9)};
    (void)unused;
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        continue;
}

static const struct pt_sensor_driver *find_driver(const char *name)
{
    for (int i = 0; pt_sensor_drivers[i] != NULL; i++)
        if (strcmp(pt_sensor_drivers[i]->name, name) == 0)
            return pt_sensor_drivers[i];
    return NULL;
}

static void start_counters(struct pt_sensor *sensor)
{
    for (int i = 0; i < sensor->channel_count; i++) {
        const struct pt_channel *channel = &sensor->channels[i];
        sensor->counters[i] = (struct pt_counter){
            .range_joules = channel->range_joules,
            .max_watts = channel->max_watts,
            .frozen_seconds = sensor->driver->frozen_seconds,
            .integrated = channel->kind == PT_POWER_AVERAGE || channel->kind == PT_POWER_INSTANT,
        };
    }
}

// What the counters did in the test is all that is known of their power before the first interval.
static enum pt_status test_counters(struct pt_sensor *sensor,
                                    const struct pt_sensor_options *options, struct pt_error *error)
{
    struct pt_self_test test = {
        .driver = sensor->driver,
        .state = sensor->state,
        .channels = sensor->channels,
        .channel_count = sensor->channel_count,
        .clock = sensor->clock,
        .wait = options->wait != NULL ? options->wait : sleep_seconds,
        .wait_state = options->wait_state,
    };
    enum pt_status status = pt_self_test_run(&test, error);
    for (int i = 0; i < sensor->channel_count && status == PT_OK; i++) {
        if (!(test.moved_joules[i] > 0) || !(test.moved_seconds > 0))
            continue; // it wrapped just then
        sensor->counters[i].covered_joules = test.moved_joules[i];
        sensor->counters[i].covered_seconds = test.moved_seconds;
    }
    return status;
}

// A counter that fails from the start would leave a hole in the sum that nobody sees.
static enum pt_status first_read(struct pt_sensor *sensor, struct pt_error *error)
{
    struct pt_reading readings[PT_CHANNELS_MAX];
    enum pt_status status = pt_sensor_read(sensor, readings, error);
    sensor->opened_ns = sensor->read_ns;
    for (int i = 0; i < sensor->channel_count && status == PT_OK; i++)
        if (pt_sensor_is_summed(sensor, i) && readings[i].failed)
            status = pt_fail(error, PT_IO, "%s: %s cannot be read", sensor->driver->name,
                             sensor->channels[i].name);
    return status;
}

static void append(char *text, size_t size, const char *more)
{
    size_t length = strlen(text);
    snprintf(text + length, size - length, "%s", more);
}

static void describe_source(struct pt_sensor *sensor)
{
    const struct pt_sensor_driver *driver = sensor->driver;
    snprintf(sensor->source, sizeof sensor->source, "%s: %s", driver->name,
             driver->source != NULL ? driver->source(sensor->state) : "");
    const char *comma = "";
    for (int i = 0; i < sensor->channel_count && driver->source == NULL; i++) {
        if (!pt_sensor_is_summed(sensor, i))
            continue;
        append(sensor->source, sizeof sensor->source, comma);
        append(sensor->source, sizeof sensor->source, sensor->channels[i].name);
        comma = ", ";
    }
}

static enum pt_status open_driver(const struct pt_sensor_driver *driver,
                                  const struct pt_sensor_options *given,
                                  struct pt_sensor **ret_sensor, struct pt_error *error)
{
    struct pt_sensor_options options = *given;
    options.root = options.root != NULL ? options.root : "";
    options.clock = options.clock != NULL ? options.clock : &pt_system_clock;
    struct pt_sensor *sensor = calloc(1, sizeof *sensor);
    if (sensor == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", driver->name);
    sensor->driver = driver;
    sensor->clock = options.clock;
    enum pt_status status =
        driver->open(&options, &sensor->state, sensor->channels, &sensor->channel_count, error);
    if (status == PT_OK)
        start_counters(sensor);
    if (status == PT_OK && driver->self_test)
        status = test_counters(sensor, &options, error);
    if (status == PT_OK)
        status = first_read(sensor, error);
    if (status != PT_OK) {
        pt_sensor_close(sensor);
        return status;
    }
    describe_source(sensor);
    *ret_sensor = sensor;
    return PT_OK;
}

void pt_sensor_close(struct pt_sensor *sensor)
{
    if (sensor == NULL)
        return;
    sensor->driver->close(sensor->state);
    free(sensor);
}

const char *const *pt_sensor_names(void)
{
    static const char *names[16];
    for (int i = 0; pt_sensor_drivers[i] != NULL; i++) {
        assert(i < 15);
        names[i] = pt_sensor_drivers[i]->name;
    }
    return names;
}

enum pt_status pt_sensor_open(const char *name, const struct pt_sensor_options *options,
                              struct pt_sensor **ret_sensor, struct pt_error *error)
{
    const struct pt_sensor_driver *driver = find_driver(name);
    if (driver == NULL)
        return pt_fail(error, PT_NOT_FOUND,
                       "no sensor \"%s\": perf, powercap, battery, replay or model; powertrain "
                       "doctor tells which of them work here",
                       name);
    return open_driver(driver, options, ret_sensor, error);
}

enum pt_status pt_sensor_open_best(const struct pt_sensor_options *options,
                                   struct pt_sensor **ret_sensor, struct pt_error *error)
{
    enum pt_status status = PT_UNAVAILABLE;
    for (int i = 0; pt_sensor_drivers[i] != NULL; i++) {
        if (pt_sensor_drivers[i]->explicit_only)
            continue;
        status = open_driver(pt_sensor_drivers[i], options, ret_sensor, error);
        if (status == PT_OK || status == PT_NO_MEMORY)
            return status;
    }
    return status;
}
