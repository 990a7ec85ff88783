// One machine of a merge. For record_merge.c.
#ifndef PT_METER_RECORD_NODE_H
#define PT_METER_RECORD_NODE_H

#include "meter/record_merge.h"

// What was counted of one record.
struct pt_record_part {
    struct pt_record_entry *entry;
    bool inside;   // another one: not counted
    double joules; // ours, after the union
    double phase_joules[PT_PHASES_MAX];
};

// parts are all records of one boot, with their inside set; fills the parts and all of the node.
enum pt_status pt_record_node_merge(struct pt_arena *arena, struct pt_record_part *parts,
                                    int64_t part_count, struct pt_merge_node *ret_node,
                                    struct pt_error *error);
// Adds a phase to a list of at most PT_MERGE_PHASES_MAX; what does not fit is "other".
struct pt_merge_phase *pt_merge_phase_of(struct pt_merge_phase *phases, int *count,
                                         const char *name);
// The interval of a part of what the record says, as wide for its size.
struct pt_quantity pt_record_part_quantity(const struct pt_record_part *part, double joules);

#endif
