// What a network and an optimizer are made of. For the members of this room.
#ifndef PT_ENGINE_NETWORK_PARTS_H
#define PT_ENGINE_NETWORK_PARTS_H

#include "engine/mapping.h"
#include "engine/network.h"
#include "engine/operator_kernel.h"
#include "engine/optimizer_rule.h"

// Lengths that double from 1 are at most 31 before the full one, each with a full batch and that at
// the end of the training set; and one more ends the test set.
enum { PT_ROW_SETS_MAX = 2 * 32 + 1 };

// An operator ready to run: its kernel, and a call with all pointers set.
struct pt_ready_op {
    const struct pt_operator_kernel *kernel;
    struct pt_kernel_call call;
    // In a segment that is recomputed: the call with the second places of inner values, for the
    // second forward and for the backward pass. NULL: call is for all.
    struct pt_kernel_call *late;
    bool is_fused;           // forward: the linear before it does its work
    bool runs_backward;      // its output has a gradient
    unsigned adds_input;     // bit i: another operator has written input i's gradient in this pass
    unsigned adds_parameter; // bit i: the same for the gradient of parameter i
    unsigned asked_for;      // bit i: input i is a graph input whose gradient was asked for
};

// The operators for one number of rows and one length. Everything lies where the full batch has it.
struct pt_row_set {
    int64_t rows;
    int64_t length;             // tokens of a sample; 0: samples are no sequences of tokens
    struct pt_graph *own_graph; // for these; NULL for the full batch
    struct pt_arena *arena;     // of ops
    struct pt_ready_op *ops;    // [op_count]
    struct pt_mapping scratch;  // only if these rows need more than the network's
};

struct pt_network {
    const struct pt_graph *graph;
    struct pt_arena *arena;
    struct pt_memory_plan plan;
    uint64_t seed;
    int threads;
    enum pt_precision precision;
    bool inference;
    const struct pt_gemm_backend *matmul;

    struct pt_mapping mapping; // parameters | gradients | fixed | inputs | activations | scratch
    float *parameters, *gradients;
    char *fixed; // frozen parameters and states
    char *inputs, *activations, *scratch;
    size_t scratch_bytes;

    int64_t length;                              // of the next pass, as in pt_row_set
    struct pt_row_set row_sets[PT_ROW_SETS_MAX]; // [0] is the full batch
    int row_set_count, next_row_set;             // the next to be replaced when all are taken
    struct pt_row_set *last_forward;             // NULL: backward has nothing to work on
    bool adds_gradients;                         // no pt_network_zero_gradients since the last pass
    bool last_training;
    bool has_early_gradients;      // written by the last forward pass, see gradients_in_forward
    bool early_gradients_are_lost; // zeroed before the backward pass could complete them
    int64_t step;
    int64_t executed_flop;
    struct pt_op_time *op_times; // [op_count], NULL: nobody wants to know
    double loss;
};

// Parameters that lie together, with their states, and are updated alike; or a single one that is
// updated as a whole.
struct pt_update_segment {
    const struct pt_optimizer_parameter *first;
    int64_t begin, end; // in the flat arrays; padding is inside
    int64_t elements;   // without it
    bool whole;
};

struct pt_optimizer {
    struct pt_network *network;
    struct pt_optimizer_options options;
    const struct pt_optimizer_rule *rule;
    struct pt_arena *arena; // of plan and segments
    struct pt_optimizer_plan plan;
    struct pt_update_segment *segments;
    int segment_count;
    struct pt_mapping mapping; // states | workspace | scratch of the matrix products
    float *states, *workspace;
    void *scratch;
    int64_t step_count;
    double gradient_norm; // of the last update, NAN: not asked for
    bool average_is_swapped;
};

// The memory of a tensor's value; NULL if it has none.
char *pt_network_value_bytes(const struct pt_network *network, pt_tensor tensor);
// That of its gradient; NULL if none is wanted.
float *pt_network_gradient_bytes(const struct pt_network *network, pt_tensor tensor);

// Bytes of scratch that the operators of graph need.
size_t pt_network_scratch_need(const struct pt_network *network, const struct pt_graph *graph);
// Makes the operators ready. pt_row_set_destroy also takes a half-made or zeroed one.
enum pt_status pt_row_set_create(const struct pt_network *network, int64_t rows, int64_t length,
                                 struct pt_row_set *ret_set, struct pt_error *error);
void pt_row_set_destroy(struct pt_row_set *set);

#endif
