// The model: no hardware, but the CPU time of the machine times the watts of its processor family.
//
//   joules(t) = idle_watts t + (full_watts - idle_watts) busy_thread_seconds + memory_watts t
//
// This is the line of power/power.h, integrated: busy_thread_seconds come from /proc/stat, so the
// energy is as exact as the watts are, however seldom it is read. It is the default in a virtual
// machine. The interval is that of the watts.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/units.h"
#include "power/power.h"
#include "sensor/driver.h"
#include "sensor/proc_stat.h"

struct model {
    struct pt_proc_stat stat;
    const struct pt_clock *clock;
    int64_t open_ns;
    double open_busy_seconds;
    double busy;                    // CPU seconds since open, when they were last read
    int64_t read_ns, tick_ns;       // when that was; how often they change
    double idle_watts;              // of the whole machine, with its memory
    double active_watts_per_thread; // on top of it
    char source[192];
};

static void model_close(void *state)
{
    struct model *model = state;
    if (model == NULL)
        return;
    pt_proc_stat_close(&model->stat);
    free(model);
}

// The larger of the distances of the ends from the value, relative to the value.
static double relative_error(struct pt_quantity watts)
{
    return fmax(watts.high - watts.value, watts.value - watts.low) / watts.value;
}

static void describe_channel(struct pt_channel *channel, const struct pt_power_model *power)
{
    struct pt_quantity idle = pt_power_at(power, 0), full = pt_power_at(power, 1);
    pt_channel_init(channel, PT_ENERGY_MODEL);
    snprintf(channel->name, sizeof channel->name, "machine");
    channel->scope = PT_CHANNEL_PACKAGE; // and its memory; it knows of no GPU
    channel->provenance = full.provenance;
    channel->relative_error = fmax(relative_error(idle), relative_error(full));
    channel->max_watts = 2 * full.high;
    // CPU time is counted in ticks of 10 ms on each thread, and their errors are independent; one
    // more for what is read once a tick.
    channel->resolution_seconds = 0.01 * (2 + sqrt(power->threads));
}

static void use_power(struct model *model, const struct pt_power_model *power)
{
    model->idle_watts = pt_power_at(power, 0).value;
    model->active_watts_per_thread =
        power->full_watts_per_thread.value - power->idle_watts_per_thread.value;
    snprintf(model->source, sizeof model->source, "CPU time x watts per thread: %s", power->source);
}

static enum pt_status model_open(const struct pt_sensor_options *options, void **ret_state,
                                 struct pt_channel *channels, int *ret_channel_count,
                                 struct pt_error *error)
{
    struct pt_cpu_info cpu;
    enum pt_status status = pt_cpu_info_read(options->root, &cpu, error);
    if (status != PT_OK)
        return status;
    if (!(cpu.memory_bytes > 0))
        return pt_fail(error, PT_UNAVAILABLE, "model: %s/proc/meminfo does not tell the memory",
                       options->root);
    struct model *model = calloc(1, sizeof *model);
    if (model == NULL)
        return pt_fail(error, PT_NO_MEMORY, "model: out of memory");
    status = pt_proc_stat_open(&model->stat, options->root, error);
    if (status != PT_OK) {
        free(model);
        return status;
    }
    struct pt_power_model power = pt_power_model_of(&cpu);
    power.threads = model->stat.cpus; // of the machine, not only those that we may use
    use_power(model, &power);
    describe_channel(&channels[0], &power);
    model->clock = options->clock;
    model->open_ns = pt_clock_monotonic(model->clock);
    model->open_busy_seconds = model->stat.busy_seconds;
    model->read_ns = model->open_ns;
    model->tick_ns = (int64_t)(1e9 / model->stat.ticks_per_second);
    *ret_channel_count = 1;
    *ret_state = model;
    return PT_OK;
}

// /proc/stat counts ticks and takes 6 us and more to be made, so it is read once a tick at most.
static bool read_busy(struct model *model, int64_t now)
{
    if (now - model->read_ns < model->tick_ns)
        return true;
    double busy = pt_proc_stat_busy(&model->stat);
    if (isnan(busy))
        return false;
    model->busy = busy - model->open_busy_seconds;
    model->read_ns = now;
    return true;
}

static enum pt_status model_read(void *state, double *raw_joules, double *power_watts,
                                 struct pt_error *error)
{
    struct model *model = state;
    (void)power_watts; // a mean over an interval is the meter's business
    int64_t now = pt_clock_monotonic(model->clock);
    if (!read_busy(model, now))
        return pt_fail(error, PT_IO, "model: /proc/stat cannot be read");
    double elapsed = (double)(now - model->open_ns) / (double)PT_NANOSECONDS_PER_SECOND;
    raw_joules[0] = model->idle_watts * elapsed + model->active_watts_per_thread * model->busy;
    return PT_OK;
}

static const char *model_source(const void *state)
{
    return ((const struct model *)state)->source;
}

const struct pt_sensor_driver pt_sensor_model = {
    .name = "model",
    .summary = "CPU time of the machine x watts of its processor family",
    .cost = "nothing else works without it",
    .fallback = true,
    .poll_seconds = INFINITY,
    .frozen_seconds = INFINITY,
    .open = model_open,
    .read = model_read,
    .close = model_close,
    .source = model_source,
};
