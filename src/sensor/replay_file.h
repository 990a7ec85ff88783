// A recorded meter as a CSV file; docs/replay-file.md describes it for users.
//
//   seconds,channel,joules[,range_joules]
//   0,package-0,1200.5,65536
//   10,package-0,
//
// joules is what the counter showed, which need not begin at 0. Empty: the read failed. Rows of a
// channel stand in order of time. range_joules: where the counter wraps to 0; the first value that
// a channel gives counts, none means that it does not wrap.
#ifndef PT_SENSOR_REPLAY_FILE_H
#define PT_SENSOR_REPLAY_FILE_H

#include "base/arena.h"
#include "sensor/sensor.h"

struct pt_replay_point {
    double seconds; // since the first row of the file
    double joules;  // NAN: failed
};

struct pt_replay_channel {
    char name[48];
    double range_joules; // NAN: none
    int64_t count;
    struct pt_replay_point *points;
};

struct pt_replay {
    int channel_count;
    struct pt_replay_channel *channels;
};

// PT_BAD_INPUT "name:line: ...": a missing column, no rows, a value that is no number or negative,
// time that goes back, a name of more than 47 characters, more than PT_CHANNELS_MAX channels.
enum pt_status pt_replay_parse(struct pt_arena *arena, const char *text, size_t length,
                               const char *name, struct pt_replay *ret_replay,
                               struct pt_error *error);

// What the counter shows at this time; the line between two rows. Before the first row, after the
// last one and between a failed row and the next: NAN. *cursor is 0 at first, and then where the
// last call left it.
double pt_replay_at(const struct pt_replay_channel *channel, double seconds, int64_t *cursor);

#endif
