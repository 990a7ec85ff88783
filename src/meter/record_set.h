// What a number of record files say: their runs, each with its totals over time. Lines may come in
// any order and any number of times.
#ifndef PT_METER_RECORD_SET_H
#define PT_METER_RECORD_SET_H

#include "meter/record.h"

enum { PT_RECORD_STATES_MAX = 4096 };

// The totals of one moment, without what is the same for all of them.
struct pt_record_point {
    int64_t number, monotonic_ns, realtime_ns;
    double joules, machine_joules; // NAN unknown
    // Of the run's first channels, machine and ours in turn, and of its first phases.
    int channel_count, phase_count;
    double *channel_joules, *phase_joules; // NAN unknown
};

struct pt_record_entry {
    struct pt_record_run run;
    bool described; // a line that describes the run was whole
    bool ended;     // it came to its end
    struct pt_record_end end;
    bool has_state;
    struct pt_record_state last; // the newest totals
    // Names as they first came.
    int channel_count, phase_count;
    struct pt_record_channel channels[PT_CHANNELS_MAX];
    char phases[PT_PHASES_MAX][PT_RECORD_NAME_SIZE];
    // By number. Of a long run every stride-th, and the newest.
    int64_t point_count, stride;
    struct pt_record_point *points;
};

struct pt_record_set {
    struct pt_arena *arena;
    int64_t entry_count, capacity;
    struct pt_record_entry **entries;
    int64_t last_found; // most lines are of the run of the line before
    int64_t line_count, damaged_count, duplicate_count, unknown_count;
    int64_t torn_count; // files that end in the middle of a line
};

void pt_record_set_init(struct pt_record_set *set, struct pt_arena *arena);
// Takes all lines of a file. PT_IO, PT_NOT_FOUND, PT_DENIED; a file without a line of ours is
// PT_BAD_INPUT.
enum pt_status pt_record_set_read(struct pt_record_set *set, const char *path,
                                  struct pt_error *error);
// Takes one line without its line end; PT_NO_MEMORY.
enum pt_status pt_record_set_add(struct pt_record_set *set, const char *text, size_t length,
                                 struct pt_error *error);
// Orders what was taken; the last step before it is looked at.
void pt_record_set_finish(struct pt_record_set *set);
// NULL: there is no such run.
struct pt_record_entry *pt_record_set_find(const struct pt_record_set *set, const char *uid);

#endif
