// Who does what in the time loop of a recurrent layer, and where its scratch memory lies.
//
// The samples are cut into groups and the hidden units into slices; a member of the team has one
// group and one slice. Groups need nothing of each other, so with one slice the threads meet
// nowhere; the members of several slices meet once a time step, when the state is complete. Weights
// are packed once for all steps, each slice for itself. An element of a state is the same sum in
// the same order however the work is cut.
#ifndef PT_ENGINE_RECURRENT_PLAN_H
#define PT_ENGINE_RECURRENT_PLAN_H

#include "engine/gemm.h"
#include "engine/split.h"
#include "model/recurrent.h"

struct pt_recurrent_team {
    int groups, slices;     // of samples, of units
    int64_t samples, units; // of the largest group, the largest slice
};

struct pt_recurrent_plan {
    struct pt_recurrent_size size;
    struct pt_recurrent_team team;
    enum pt_precision precision;
    bool backward;
    // Forward: a block of weights is what one slice needs of one gate, or of all gates if there is
    // only one slice; they follow each other in the packed memory as [slice][gate]. Backward: what
    // one slice needs.
    int blocks_each; // of one slice
    // The rows of states that all members read: forward the hidden states, backward the gradients
    // of the gates. Two sets, for this step and the one before; longer than their columns so that
    // rows do not fall upon each other in the cache.
    int64_t state_columns, state_stride;
    // The rows of a member's own: forward the products with the gates, backward the gradient of
    // the hidden state.
    int64_t own_columns;
    // Places in the scratch memory, in bytes.
    size_t zeros, packed, block_bytes, states, own, own_bytes, carried, products, product_bytes;
    size_t bytes;
};

struct pt_recurrent_plan pt_recurrent_plan_make(const struct pt_recurrent_size *size, bool backward,
                                                int threads, enum pt_precision precision);
// Bytes of scratch that are enough for this batch and all smaller ones.
size_t pt_recurrent_plan_scratch(const struct pt_recurrent_size *size, bool backward, int threads,
                                 enum pt_precision precision);

struct pt_range pt_recurrent_samples(const struct pt_recurrent_plan *plan, int group);
struct pt_range pt_recurrent_units(const struct pt_recurrent_plan *plan, int slice);
// The product of a block's rows and a group: n is the columns of the block.
struct pt_gemm pt_recurrent_product(const struct pt_recurrent_plan *plan, int64_t samples,
                                    int64_t units);

#endif
