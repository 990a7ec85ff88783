// How much work a graph is: floating-point operations and bytes per operator and pass, and the
// memory of a training step. From the graph alone; nothing runs.
//
// The engine executes what is counted here: it asks this room for the same memory plan, and counts
// its own operations where it does them; a test holds both equal for every example.
#ifndef PT_DEMAND_DEMAND_H
#define PT_DEMAND_DEMAND_H

#include "model/operator.h"

enum pt_pass { PT_FORWARD, PT_BACKWARD, PT_OPTIMIZER, PT_PASS_COUNT };

// How operations are counted, here and in engine/: an addition, multiplication, division, negation,
// comparison or maximum is 1, a multiply-add is 2, a call of exp, erf, tanh, sqrt or log
// is 1. Random bits, copies and conversions count nothing.

struct pt_work {
    int64_t flop;        // all operations
    int64_t matmul_flop; // those of them in matrix products
    int64_t bytes;       // read and written if nothing stays in a cache
};

struct pt_step_memory {
    int64_t parameter_bytes; // trained ones; the three flat arrays are padded alike, see memory.h
    int64_t gradient_bytes;
    int64_t fixed_bytes; // frozen parameters and states
    int64_t optimizer_bytes;
    int64_t input_bytes;
    int64_t activation_bytes; // highest point of activations, their gradients and stashes
    int64_t peak_bytes;       // the sum: what one arena must hold
};

struct pt_demand_options {
    enum pt_optimizer_kind optimizer;
    enum pt_precision precision;
    bool momentum; // SGD with momentum has a state
    bool weight_decay;
    bool inference;
    const struct pt_optimizer_options *update; // says all of it; NULL: the three above do
    int64_t accumulate; // batches whose gradients make one update; 0 and 1: each makes one
};

struct pt_demand {
    int op_count;
    struct pt_work (*by_op)[PT_PASS_COUNT]; // [op][pass]; the optimizer's work is in optimizer
    struct pt_work recomputed; // the part of the backward pass that runs forward again (segment.h)
    struct pt_work optimizer;  // one update of all parameters
    struct pt_work pass[PT_PASS_COUNT]; // sums
    struct pt_work step; // forward and backward pass of all batches of one update, and the update
    int64_t add_flop;    // to add the gradients of a batch to those of others before it
    int64_t scale_flop;  // in optimizer, of taking their mean; nothing without accumulation
    struct pt_step_memory memory;
    int64_t parameter_count; // frozen ones too
    int64_t trained_count;
};

// Memory from arena. PT_OVERFLOW if a number leaves int64_t.
enum pt_status pt_demand_count(struct pt_arena *arena, const struct pt_graph *graph,
                               const struct pt_demand_options *options,
                               struct pt_demand *ret_demand, struct pt_error *error);

#endif
