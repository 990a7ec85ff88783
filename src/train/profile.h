// What each layer of a network cost: time, operations, energy and money of the training steps of a
// run, split among the operators by the time that they took.
//
// A meter sees the machine, not the operator: its joules of a phase are shared out in proportion to
// the time that each operator ran in that phase, so that the rows add up to the phase. Within a
// phase all operators keep the same threads busy, which is what makes this fair.
#ifndef PT_TRAIN_PROFILE_H
#define PT_TRAIN_PROFILE_H

#include "engine/network.h"
#include "train/plan.h"

struct pt_profile_row {
    const char *name;  // of the layer; "optimizer", "data" ... for a phase that has no layers
    const char *kind;  // of the operator; NULL for a phase
    const char *block; // what it is a part of: "transformer.h.0" of "transformer.h.0.attn"; NULL
    bool is_fused;     // forward: done by the layer before, in its time
    double seconds, forward_seconds, backward_seconds;
    double flop;             // executed
    double roofline_seconds; // what this machine could do it in; NAN: unknown
    double flop_per_second;  // achieved; NAN for a layer that only moves data
    double share;            // of the time of all rows
    struct pt_quantity joules, money, grams;
};

struct pt_profile {
    struct pt_profile_row *rows; // in the order in which they run, then the phases
    int row_count;
    double seconds;
    struct pt_quantity joules, money, grams; // sums
    const char *currency;
};

// Of the steps from begin to end - 1: their bill has the phases, the network the times. PT_USAGE if
// the network was not profiled. Memory from arena; names are borrowed from the graph, the currency
// from the bill.
enum pt_status pt_profile_make(struct pt_arena *arena, const struct pt_network *network,
                               const struct pt_plan_inputs *inputs, const struct pt_run_plan *plan,
                               int64_t begin_step, int64_t end_step, const struct pt_bill *bill,
                               struct pt_profile *ret_profile, struct pt_error *error);

// {"seconds", "joules", "rows": [...]} under key.
void pt_profile_write_json(const struct pt_profile *profile, struct pt_json_writer *writer,
                           const char *key);

#endif
