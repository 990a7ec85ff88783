// The meter's thread and its door. Sampling is in sample.c, totals in totals.c.

#include "meter/meter.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/units.h"
#include "meter/engine.h"
#include "meter/phase_book.h"

static int64_t system_boottime(void *unused)
{
    struct timespec now;
    (void)unused;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return now.tv_sec * PT_NANOSECONDS_PER_SECOND + now.tv_nsec;
}

void pt_meter_enter(struct pt_meter_engine *meter, int phase)
{
    assert(phase >= 0 && phase < meter->config.phase_count);
    pt_phase_clock_enter(&meter->phases, phase, pt_clock_monotonic(meter->clock));
}

void pt_meter_child_ended(struct pt_meter_engine *meter, double cpu_seconds)
{
    pthread_mutex_lock(&meter->lock);
    meter->share.tree.ended_seconds += cpu_seconds;
    pthread_mutex_unlock(&meter->lock);
}

void pt_meter_stopped(struct pt_meter_engine *meter, bool is_stopped)
{
    pthread_mutex_lock(&meter->lock);
    pt_meter_sample_stop(meter, is_stopped);
    pthread_mutex_unlock(&meter->lock);
}

enum pt_status pt_meter_sample_now(struct pt_meter_engine *meter, struct pt_error *error)
{
    pthread_mutex_lock(&meter->lock);
    enum pt_status status = pt_meter_sample(meter, error);
    pthread_mutex_unlock(&meter->lock);
    return status;
}

void pt_meter_now(struct pt_meter_engine *meter, struct pt_meter_report *ret_report)
{
    pthread_mutex_lock(&meter->lock);
    pt_meter_fill_report(meter, ret_report);
    pthread_mutex_unlock(&meter->lock);
}

const struct pt_meter_sample *pt_meter_samples(const struct pt_meter_engine *meter,
                                               int64_t *ret_count)
{
    struct pt_meter_engine *engine = (struct pt_meter_engine *)meter; // its lock and its copy
    pthread_mutex_lock(&engine->lock);
    memcpy(engine->copy, meter->ring.samples, (size_t)meter->ring.count * sizeof *engine->copy);
    *ret_count = meter->ring.count;
    pthread_mutex_unlock(&engine->lock);
    return meter->copy;
}

// ---------------------------------------------------------------------------------- the thread
static struct timespec timespec_of(int64_t nanoseconds)
{
    return (struct timespec){.tv_sec = nanoseconds / PT_NANOSECONDS_PER_SECOND,
                             .tv_nsec = nanoseconds % PT_NANOSECONDS_PER_SECOND};
}

// +-10 % of the interval, so that samples do not fall into step with the work. Marsaglia's
// xorshift.
static int64_t jitter(uint64_t *state, int64_t interval_ns)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (int64_t)(*state % (uint64_t)(interval_ns / 5 + 1)) - interval_ns / 10;
}

static double thread_cpu_seconds(void)
{
    struct timespec spent;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    return (double)spent.tv_sec + (double)spent.tv_nsec / (double)PT_NANOSECONDS_PER_SECOND;
}

static void *sample_until_stopped(void *argument)
{
    struct pt_meter_engine *meter = argument;
    int64_t interval = (int64_t)(meter->config.interval_seconds * 1e9);
    int64_t next = pt_clock_monotonic(&pt_system_clock);
    uint64_t random = (uint64_t)next | 1;

    pthread_mutex_lock(&meter->lock);
    while (!meter->stopping) {
        int64_t now = pt_clock_monotonic(&pt_system_clock);
        next = next + interval > now ? next + interval : now + interval; // skips what it missed
        struct timespec deadline = timespec_of(next + jitter(&random, interval));
        while (!meter->stopping &&
               pthread_cond_timedwait(&meter->wake, &meter->lock, &deadline) != ETIMEDOUT)
            continue;
        if (!meter->stopping)
            pt_meter_sample(meter, NULL); // a failed read is counted, and is a gap
        meter->own_cpu_seconds = thread_cpu_seconds();
    }
    pthread_mutex_unlock(&meter->lock);
    return NULL;
}

// Signals belong to the threads that the program has besides ours.
static enum pt_status start_thread(struct pt_meter_engine *meter, struct pt_error *error)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int number = pthread_create(&meter->thread, NULL, sample_until_stopped, meter);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (number != 0)
        return pt_fail_errno(error, number, "meter: cannot start a thread");
    meter->has_thread = true;
    return PT_OK;
}

static void stop_thread(struct pt_meter_engine *meter)
{
    if (!meter->has_thread)
        return;
    pthread_mutex_lock(&meter->lock);
    meter->stopping = true;
    pthread_cond_signal(&meter->wake);
    pthread_mutex_unlock(&meter->lock);
    pthread_join(meter->thread, NULL);
    meter->has_thread = false;
}

// ------------------------------------------------------------------------------ open and finish
static enum pt_status check_config(const struct pt_meter_config *config, struct pt_error *error)
{
    assert(config->sensor != NULL);
    assert(config->phase_count >= 0 && config->phase_count <= PT_PHASES_MAX);
    if (!(config->interval_seconds >= 0.001 && config->interval_seconds <= 3600))
        return pt_fail(error, PT_BAD_INPUT,
                       "meter: an interval of %g s is not from 0.001 to 3600 s",
                       config->interval_seconds);
    return PT_OK;
}

static void take_config(struct pt_meter_engine *meter, const struct pt_meter_config *config)
{
    meter->config = *config;
    meter->clock = config->clock != NULL ? config->clock : &pt_system_clock;
    meter->config.root = config->root != NULL ? config->root : "";
    meter->config.interval_seconds =
        fmin(config->interval_seconds, pt_sensor_longest_interval(config->sensor));
    if (meter->clock == &pt_system_clock && config->boottime_ns == NULL)
        meter->config.boottime_ns = system_boottime;
    meter->names[0] = "run";
    for (int i = 0; i < config->phase_count; i++)
        meter->names[i] = config->phases[i];
    if (config->phase_count == 0)
        meter->config.phase_count = 1;
    if (config->phase_book != NULL) { // it names them
        meter->config.phase_count = PT_PHASES_MAX;
        for (int i = 0; i < PT_PHASES_MAX; i++)
            meter->names[i] = "";
    }
    pt_division_init(&meter->division, config->sensor, config->scope, &meter->config.idle,
                     meter->config.phase_count);
}

static enum pt_status first_sample(struct pt_meter_engine *meter, struct pt_error *error)
{
    enum pt_status status = pt_sensor_read(meter->config.sensor, meter->first, error);
    if (status != PT_OK)
        return status;
    memcpy(meter->last, meter->first, sizeof meter->last);
    int64_t now = pt_clock_monotonic(meter->clock);
    meter->open_ns = meter->sample_ns = meter->window_ns = now;
    meter->start_ns = meter->config.started_ns != 0 ? meter->config.started_ns : now;
    meter->start_realtime_ns = pt_clock_realtime(meter->clock) - (now - meter->start_ns);
    if (meter->config.boottime_ns != NULL)
        meter->sleep_ns = meter->config.boottime_ns(meter->config.boottime_state) - now;
    meter->window_seconds = 1;
    pt_pricing_start(&meter->pricing, meter->config.tariff, meter->start_realtime_ns);
    pt_phase_clock_start(&meter->phases, meter->start_ns);
    for (int i = 0; i < PT_CHANNELS_MAX; i++)
        pt_phase_clock_read(&meter->phases, now, meter->good_spent_ns[i]);
    pt_phase_clock_settle(&meter->phases, now);
    if (meter->config.phase_book != NULL)
        pt_phase_book_attach(meter->config.phase_book, &meter->phases);
    pt_ring_start(&meter->ring);
    return PT_OK;
}

static void create_lock(struct pt_meter_engine *meter)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&meter->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&meter->lock, NULL);
}

// Who uses the GPUs. That no library tells it is no failure.
static enum pt_status start_asking(struct pt_meter_engine *meter, struct pt_error *error)
{
    if (!meter->division.has_gpus)
        return PT_OK;
    struct pt_sensor_options options = meter->config.gpus;
    if (options.root == NULL)
        options.root = meter->config.root;
    options.clock = meter->clock;
    pt_gpu_ask_init(&meter->gpus, &options, meter->config.scope, &meter->share.tree,
                    meter->config.root);
    meter->asks = true;
    if (!meter->config.manual)
        return pt_gpu_ask_start(&meter->gpus, error);
    pt_gpu_ask_now(&meter->gpus);
    return PT_OK;
}

enum pt_status pt_meter_open(const struct pt_meter_config *config,
                             struct pt_meter_engine **ret_meter, struct pt_error *error)
{
    enum pt_status status = check_config(config, error);
    if (status != PT_OK)
        return status;
    struct pt_meter_engine *meter = calloc(1, sizeof *meter);
    if (meter == NULL)
        return pt_fail(error, PT_NO_MEMORY, "meter: out of memory");
    create_lock(meter);
    take_config(meter, config);
    meter->share.stat.fd = -1;
    status = pt_cpu_share_open(&meter->share, config, meter->config.root, error);
    if (status == PT_OK)
        status = first_sample(meter, error);
    if (status == PT_OK)
        status = start_asking(meter, error);
    if (status == PT_OK && !config->manual)
        status = start_thread(meter, error);
    if (status != PT_OK) {
        pt_meter_close(meter);
        return status;
    }
    *ret_meter = meter;
    return PT_OK;
}

enum pt_status pt_meter_finish(struct pt_meter_engine *meter, struct pt_meter_report *ret_report,
                               struct pt_error *error)
{
    (void)error; // a sensor that fails at the end is in the report: energy missing, or wide
    assert(!meter->finished);
    stop_thread(meter);
    if (meter->asks)
        pt_gpu_ask_stop(&meter->gpus);
    pthread_mutex_lock(&meter->lock);
    pt_meter_sample(meter, NULL);
    if (meter->asks)
        pt_gpu_ask_now(&meter->gpus);
    pt_meter_settle_end(meter);
    meter->finished = true;
    pt_meter_fill_report(meter, ret_report);
    pthread_mutex_unlock(&meter->lock);
    return PT_OK;
}

void pt_meter_close(struct pt_meter_engine *meter)
{
    if (meter == NULL)
        return;
    stop_thread(meter);
    if (meter->asks)
        pt_gpu_ask_close(&meter->gpus);
    if (meter->config.phase_book != NULL)
        pt_phase_book_attach(meter->config.phase_book, NULL);
    pt_cpu_share_close(&meter->share);
    pthread_cond_destroy(&meter->wake);
    pthread_mutex_destroy(&meter->lock);
    free(meter);
}
