// Any file as a recorded meter: refused, or counters that a sensor can replay without going back.

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/units.h"
#include "sensor/counter.h"
#include "sensor/replay_file.h"

static void replay(const struct pt_replay_channel *channel)
{
    struct pt_counter counter = {
        .range_joules = channel->range_joules, .max_watts = 1000, .frozen_seconds = INFINITY};
    int64_t cursor = 0;
    double before = 0, last = channel->points[channel->count - 1].seconds;
    assert(channel->count > 0 && channel->name[0] != '\0');
    for (int i = 0; i <= 100; i++) {
        double seconds = last * i / 100;
        double joules = pt_replay_at(channel, seconds, &cursor);
        assert(isnan(joules) || joules >= 0);
        pt_counter_step(&counter, joules, (int64_t)(fmin(seconds, 1e9) * 1e9));
        assert(counter.joules >= before && counter.gap_joules >= 0);
        before = counter.joules;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_replay file;
    if (arena == NULL)
        abort();
    if (pt_replay_parse(arena, (const char *)bytes, length, "fuzz.csv", &file, NULL) == PT_OK) {
        assert(file.channel_count > 0 && file.channel_count <= PT_CHANNELS_MAX);
        for (int i = 0; i < file.channel_count; i++)
            replay(&file.channels[i]);
    }
    pt_arena_destroy(arena);
    return 0;
}
