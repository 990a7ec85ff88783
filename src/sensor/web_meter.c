// See web_meter.h.

#include "sensor/web_meter.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pt_web_meter {
    const struct pt_web_meter_kind *kind;
    struct pt_web_target target;
    struct pt_credentials credentials;
    struct pt_web *http;
    struct pt_poller *poller;
    char path[1024]; // asked again and again
};

void pt_web_meter_close(void *state)
{
    struct pt_web_meter *meter = state;
    if (meter == NULL)
        return;
    pt_poller_stop(meter->poller);
    pt_web_close(meter->http);
    explicit_bzero(meter, sizeof *meter);
    free(meter);
}

const struct pt_web_target *pt_web_meter_target(const struct pt_web_meter *meter)
{
    return &meter->target;
}

const struct pt_credentials *pt_web_meter_credentials(const struct pt_web_meter *meter)
{
    return &meter->credentials;
}

const char *pt_web_meter_source(const void *state)
{
    return ((const struct pt_web_meter *)state)->target.base;
}

enum pt_status pt_web_meter_set_path(struct pt_web_meter *meter, struct pt_error *error,
                                     const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(meter->path, sizeof meter->path, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof meter->path)
        return pt_fail(error, PT_OVERFLOW, "%s: a path of more than %zu bytes", meter->kind->name,
                       sizeof meter->path - 1);
    return PT_OK;
}

enum pt_status pt_web_meter_get(struct pt_web_meter *meter, const char *path, const char **ret_body,
                                size_t *ret_length, struct pt_error *error)
{
    return pt_web_get(meter->http, path, ret_body, ret_length, error);
}

enum pt_status pt_web_meter_ask(struct pt_web_meter *meter, struct pt_slow_answer *ret_answer,
                                struct pt_error *error)
{
    const char *body;
    size_t length;
    enum pt_status status = pt_web_get(meter->http, meter->path, &body, &length, error);
    if (status != PT_OK)
        return status;
    status = meter->kind->parse(body, length, meter->target.outlet, ret_answer, error);
    return status == PT_OK
               ? PT_OK
               : pt_fail_within(error, status, "%s: %s", meter->kind->name, meter->target.base);
}

static enum pt_status ask(void *state, struct pt_slow_answer *ret_answer, struct pt_error *error)
{
    return pt_web_meter_ask(state, ret_answer, error);
}

static void interrupt(void *state)
{
    pt_web_interrupt(((struct pt_web_meter *)state)->http);
}

// A path that the user names is asked as it is.
static enum pt_status connect(struct pt_web_meter *meter, const char *text, struct pt_error *error)
{
    const struct pt_web_meter_kind *kind = meter->kind;
    enum pt_status status = pt_web_target_parse(kind->name, text, &meter->target, error);
    if (status == PT_OK) {
        status = pt_credentials_find(meter->target.host, &meter->credentials, error);
        if (status != PT_OK)
            pt_fail_within(error, status, "%s", kind->name);
    }
    if (status == PT_OK)
        status = pt_web_open(kind->name, &meter->target, &meter->credentials, &kind->limits,
                             &meter->http, error);
    if (status != PT_OK)
        return status;
    return meter->target.path[0] != '\0'
               ? pt_web_meter_set_path(meter, error, "%s", meter->target.path)
               : kind->find(meter, error);
}

// One answer may get lost.
static double stale_seconds(const struct pt_web_meter_kind *kind)
{
    return 2 * kind->period_seconds + kind->limits.seconds;
}

// Whether its counter tells what was used while it did not answer, or is too coarse for that.
static bool is_counter(const struct pt_slow_answer *answer, double stale_seconds)
{
    return !isnan(answer->joules) &&
           (isnan(answer->watts) || answer->unit_joules < answer->watts * stale_seconds);
}

static void describe(const struct pt_web_meter_kind *kind, const struct pt_slow_answer *answer,
                     struct pt_channel *channel)
{
    pt_channel_init(channel,
                    is_counter(answer, stale_seconds(kind)) ? PT_ENERGY_COUNTER : PT_POWER_INSTANT);
    channel->resolution_joules = isnan(answer->watts) ? answer->unit_joules : 0;
    snprintf(channel->name, sizeof channel->name, "%s", kind->channel);
    channel->scope = PT_CHANNEL_WALL;
    channel->max_watts = kind->most_watts;
    channel->resolution_seconds = kind->period_seconds + kind->refresh_seconds;
    channel->relative_error = kind->relative_error;
}

enum pt_status pt_web_meter_open(const struct pt_web_meter_kind *kind,
                                 const struct pt_sensor_options *options, void **ret_state,
                                 struct pt_channel *channels, int *ret_channel_count,
                                 struct pt_error *error)
{
    struct pt_slow_answer answer;
    struct pt_web_meter *meter = calloc(1, sizeof *meter);
    if (meter == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", kind->name);
    meter->kind = kind;
    enum pt_status status = connect(meter, options->argument, error);
    if (status == PT_OK) {
        const struct pt_poller_task task = {
            .name = kind->name,
            .clock = options->clock,
            .period_seconds = kind->period_seconds,
            .stale_seconds = stale_seconds(kind),
            .most_watts = kind->most_watts,
            .ask = ask,
            .interrupt = interrupt,
            .state = meter,
        };
        status = pt_poller_start(&task, &meter->poller, &answer, error);
    }
    if (status != PT_OK) {
        pt_web_meter_close(meter);
        return status;
    }
    describe(kind, &answer, &channels[0]);
    *ret_channel_count = 1;
    *ret_state = meter;
    return PT_OK;
}

enum pt_status pt_web_meter_read(void *state, double *raw_joules, double *power_watts,
                                 struct pt_error *error)
{
    struct pt_web_meter *meter = state;
    return pt_poller_read(meter->poller, raw_joules, power_watts, error);
}
