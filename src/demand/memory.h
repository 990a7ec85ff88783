// The memory plan of a training step: where every value lives in one arena.
//
// Lifetimes come from the order of the passes: operators forward, then backward. A value lives
// until the last operator that reads it, forward or backward; a gradient from the first write to
// its use. Values that never live together share bytes (best fit, largest first), and an operator
// that may run in place writes over its input when nobody reads the input afterwards. The inner
// values of a segment that is recomputed (model/segment.h) live twice, in two places: while the
// forward pass goes through it, and again while the backward pass does. Parameters,
// gradients and optimizer states are flat arrays in which each trained parameter starts at a
// multiple of 64 bytes, so the optimizer and the checkpoint are one loop each. Frozen parameters
// and states lie in an array of their own.
#ifndef PT_DEMAND_MEMORY_H
#define PT_DEMAND_MEMORY_H

#include "demand/demand.h"
#include "model/segment.h"

enum { PT_MEMORY_ALIGNMENT = 64, PT_NOWHERE = -1 };

// The array that an offset counts from.
enum pt_home {
    PT_HOME_PARAMETERS,
    PT_HOME_FIXED, // frozen parameters and states
    PT_HOME_INPUTS,
    PT_HOME_ACTIVATIONS
};

struct pt_memory_plan {
    // Byte offsets, PT_NOWHERE if there is none. [tensor_count]
    int64_t *value; // in the array that value_home names. A view (flatten) of a graph input
    enum pt_home *value_home; // lies in the input array like the input itself
    int64_t *gradient; // trained parameters: in the gradient array, where the value has its place;
                       // others: in the activation array. The gradient of an input that was asked
                       // for is never shared, so that it can accumulate
    int64_t *stash;    // [op_count], in the activation array
    // The second place of inner values and of the stashes of their operators; PT_NOWHERE for
    // others.
    int64_t *value_again, *stash_again;
    struct pt_segments segments; // of inference: nothing is recomputed
    bool *output_in_place;       // [op_count] the output lies over the first input
    bool *gradient_in_place;     // [op_count] the first input's gradient lies over the output's
    // [tensor_count] how many operators write to the gradient of the tensor: in the backward order
    // the first one writes, the others add.
    int *gradient_writers;
    struct pt_step_memory size;
};

enum pt_status pt_memory_plan_create(struct pt_arena *arena, const struct pt_graph *graph,
                                     const struct pt_demand_options *options,
                                     struct pt_memory_plan *ret_plan, struct pt_error *error);

#endif
