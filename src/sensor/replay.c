// Replay: a recorded meter instead of hardware, for tests, for demonstrations and for meters that
// this program cannot read but that write a file. The time of the file begins when it is opened.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/units.h"
#include "sensor/driver.h"
#include "sensor/replay_file.h"

static const size_t file_limit = 256u << 20;

struct replay {
    struct pt_arena *arena;
    const struct pt_clock *clock;
    int64_t open_ns;
    struct pt_replay file;
    int64_t cursors[PT_CHANNELS_MAX];
    char source[192];
};

static void replay_close(void *state)
{
    struct replay *replay = state;
    if (replay == NULL)
        return;
    pt_arena_destroy(replay->arena);
    free(replay);
}

static enum pt_status load(struct replay *replay, const char *path, struct pt_error *error)
{
    char *text;
    size_t length;
    replay->arena = pt_arena_create();
    if (replay->arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "replay: out of memory");
    enum pt_status status = pt_file_read(replay->arena, path, file_limit, &text, &length, error);
    if (status == PT_OK)
        status = pt_replay_parse(replay->arena, text, length, path, &replay->file, error);
    return status;
}

static void describe(const struct pt_replay_channel *recorded, struct pt_channel *channel)
{
    pt_channel_init(channel, PT_ENERGY_COUNTER);
    snprintf(channel->name, sizeof channel->name, "%s", recorded->name);
    channel->range_joules = recorded->range_joules;
    // A counter that wraps is that of a package; one that does not may be that of a rack.
    channel->max_watts = isnan(recorded->range_joules) ? 100e3 : PT_PACKAGE_MAX_WATTS;
    channel->relative_error = 0.05;
}

static enum pt_status replay_open(const struct pt_sensor_options *options, void **ret_state,
                                  struct pt_channel *channels, int *ret_channel_count,
                                  struct pt_error *error)
{
    if (options->file == NULL)
        return pt_fail(error, PT_UNAVAILABLE, "replay: needs a recorded file: --replay FILE");
    struct replay *replay = calloc(1, sizeof *replay);
    if (replay == NULL)
        return pt_fail(error, PT_NO_MEMORY, "replay: out of memory");
    enum pt_status status = load(replay, options->file, error);
    if (status != PT_OK) {
        replay_close(replay);
        return status;
    }
    for (int i = 0; i < replay->file.channel_count; i++)
        describe(&replay->file.channels[i], &channels[i]);
    snprintf(replay->source, sizeof replay->source, "recorded in %.160s", options->file);
    replay->clock = options->clock;
    replay->open_ns = pt_clock_monotonic(replay->clock);
    *ret_channel_count = replay->file.channel_count;
    *ret_state = replay;
    return PT_OK;
}

static enum pt_status replay_read(void *state, double *raw_joules, double *power_watts,
                                  struct pt_error *error)
{
    struct replay *replay = state;
    double seconds = (double)(pt_clock_monotonic(replay->clock) - replay->open_ns) /
                     (double)PT_NANOSECONDS_PER_SECOND;
    bool any = false;
    (void)power_watts;
    for (int i = 0; i < replay->file.channel_count; i++) {
        raw_joules[i] = pt_replay_at(&replay->file.channels[i], seconds, &replay->cursors[i]);
        any = any || !isnan(raw_joules[i]);
    }
    if (!any)
        return pt_fail(error, PT_IO, "replay: the file tells nothing at %.3f s", seconds);
    return PT_OK;
}

static const char *replay_source(const void *state)
{
    return ((const struct replay *)state)->source;
}

const struct pt_sensor_driver pt_sensor_replay = {
    .name = "replay",
    .summary = "a recorded meter: a CSV file of seconds, channel, joules",
    .cost = "nothing: only for recordings",
    .explicit_only = true,
    .poll_seconds = INFINITY,
    .frozen_seconds = INFINITY,
    .open = replay_open,
    .read = replay_read,
    .close = replay_close,
    .source = replay_source,
};
