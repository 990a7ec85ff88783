// Many records, one count: what a job used on all its nodes, however many of its processes were
// metered there, and however often a line was copied.
//
// Records of one boot are of one machine, and their monotonic clocks are the same, so nothing
// depends on the date. The time of a machine is cut wherever a record of it begins or ends. In each
// piece every device is counted by one record, that of the best meter; what is ours of it is the
// sum of the shares that the records claim, and never more than all of it. Ends are interpolated
// between lines. Machines are then added up.
//
// The record of a meter whose command ran another meter holds the joules of that one as well, which
// is left out.
#ifndef PT_METER_RECORD_MERGE_H
#define PT_METER_RECORD_MERGE_H

#include "meter/record_set.h"

enum { PT_MERGE_PHASES_MAX = 20, PT_MERGE_DEVICES_MAX = 128 };

struct pt_merge_device {
    const char *id;
    double machine_joules, our_joules;
    enum pt_provenance provenance;
};

struct pt_merge_phase {
    const char *name;
    double seconds; // the longest that any process was in it
    struct pt_quantity joules;
};

// What a phase used of a machine within a quarter of an hour at most, for prices that change.
struct pt_merge_slot {
    int64_t from_realtime_ns, to_realtime_ns;
    const char *phase;
    struct pt_quantity joules;
};

struct pt_merge_node {
    const char *name, *boot_id;
    int64_t run_count;                          // records of it
    int64_t inside_count;                       // of them that are part of another one
    int64_t unknown_count;                      // of them whose energy is unknown
    int64_t start_realtime_ns, end_realtime_ns; // by its own clock
    double seconds;                             // in which at least one meter ran
    struct pt_quantity joules, machine_joules;
    double claimed_twice_joules; // of shares beyond the whole
    int device_count, phase_count;
    struct pt_merge_device devices[PT_MERGE_DEVICES_MAX];
    struct pt_merge_phase phases[PT_MERGE_PHASES_MAX];
    int64_t slot_count, slot_capacity;
    struct pt_merge_slot *slots;
};

// What was started again is another attempt.
struct pt_merge_attempt {
    int64_t attempt, run_count, unfinished_count; // unfinished: killed, or its command failed
    struct pt_quantity joules;
};

struct pt_merge {
    int64_t node_count, missing_count, attempt_count, run_count, unknown_count;
    struct pt_merge_node *nodes;
    const char **missing;     // nodes of the job without a record
    int64_t nameless_missing; // more of them, whose names nobody told
    struct pt_merge_attempt *attempts;
    int phase_count;
    struct pt_merge_phase phases[PT_MERGE_PHASES_MAX]; // over all nodes
    struct pt_quantity joules, machine_joules;         // of what is known
    bool complete;                                     // no node and no energy is missing
};

// set is finished. group: only runs of this name or job (record_job.h), NULL: all. PT_NOT_FOUND if
// there is none; memory from arena.
enum pt_status pt_merge_make(struct pt_arena *arena, const struct pt_record_set *set,
                             const char *group, struct pt_merge *ret_merge, struct pt_error *error);

#endif
