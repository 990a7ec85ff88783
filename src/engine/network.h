// A graph with memory. Beside the public functions of powertrain.h, this is what the trainer needs.
#ifndef PT_ENGINE_NETWORK_H
#define PT_ENGINE_NETWORK_H

#include "demand/memory.h"
#include "engine/safetensors.h"

// Makes ready for batches of row_count samples, so that pt_network_forward allocates nothing when
// the last, shorter batch of an epoch comes. Without this the first such batch allocates. The
// network remembers its full batch and the 64 pairs of row count and length that came last.
enum pt_status pt_network_prepare_rows(struct pt_network *network, int64_t row_count,
                                       struct pt_error *error);

// The tokens of a sample in the passes to come, and in pt_network_prepare_rows; 0 or
// pt_graph_length: all. Inputs of token numbers then are [rows, length], without gaps, where the
// full ones lie. So are activations that can be read after a pass: they have the shapes of a
// network that was built for this length (pt_graph_resized).
// PT_USAGE if it is longer than the network's, or the network takes no sequences of tokens.
enum pt_status pt_network_set_length(struct pt_network *network, int64_t length,
                                     struct pt_error *error);

const struct pt_graph *pt_network_graph(const struct pt_network *network);
// The flat arrays: every parameter at a multiple of 64 bytes, 0 between them. *ret_count floats.
// Gradients are NULL in inference.
float *pt_network_parameters(struct pt_network *network, int64_t *ret_count);
float *pt_network_gradients(struct pt_network *network, int64_t *ret_count);
// Multiplies the gradients of all parameters, before others are added to them.
void pt_network_scale_gradients(struct pt_network *network, double factor);

// How many forward passes in training there were: dropout draws anew in each. A resumed run sets
// it.
int64_t pt_network_step(const struct pt_network *network);
void pt_network_set_step(struct pt_network *network, int64_t step);

// What one operator took in the training passes since pt_network_profile was called.
struct pt_op_time {
    int64_t forward_ns, backward_ns;     // wall clock, of all its threads together
    int64_t forward_flop, backward_flop; // executed
    bool is_fused;                       // forward: the operator before it does its work
};
// Starts to measure, anew if it is measuring already; costs two readings of the clock an operator.
enum pt_status pt_network_profile(struct pt_network *network, struct pt_error *error);
// [op_count of the graph]; NULL before pt_network_profile.
const struct pt_op_time *pt_network_op_times(const struct pt_network *network);

// "own", "onednn", "openblas".
const char *pt_network_matmul_name(const struct pt_network *network);
int pt_network_threads(const struct pt_network *network);
enum pt_precision pt_network_precision(const struct pt_network *network);
// Bytes that the network holds; an optimizer's states are its own.
int64_t pt_network_memory_bytes(const struct pt_network *network);

// What a network of this graph would hold beside its memory plan: working space of its operators,
// which depends on threads and the library of matrix products. 0 for one that cannot run here.
enum pt_status pt_network_workspace_bytes(const struct pt_graph *graph,
                                          const struct pt_network_options *options,
                                          int64_t *ret_bytes, struct pt_error *error);

const char *pt_optimizer_name(const struct pt_optimizer *optimizer); // "adam"
// Updates since it was created: Adam's t. A resumed run sets it.
int64_t pt_optimizer_step_count(const struct pt_optimizer *optimizer);
void pt_optimizer_set_step_count(struct pt_optimizer *optimizer, int64_t step_count);
// What an optimizer keeps of a parameter.
struct pt_optimizer_state {
    pt_tensor parameter;
    const char *name; // "m"
    struct pt_shape shape;
    float *values;
};
// State 0 to count - 1 of the plan; parameter by parameter.
int64_t pt_optimizer_state_count(const struct pt_optimizer *optimizer);
struct pt_optimizer_state pt_optimizer_state_at(const struct pt_optimizer *optimizer,
                                                int64_t index);
int64_t pt_optimizer_memory_bytes(const struct pt_optimizer *optimizer);

// pt_network_save with more texts for the metadata, and pt_network_load that returns all of them:
// what else a run must know to go on, such as its place in the data. Keys that begin with
// "powertrain." are the engine's. The texts come from arena.
enum pt_status pt_checkpoint_save(const struct pt_network *network,
                                  const struct pt_optimizer *optimizer,
                                  const struct pt_saved_text *texts, int64_t text_count,
                                  const char *path, struct pt_error *error);
enum pt_status pt_checkpoint_load(struct pt_network *network, struct pt_optimizer *optimizer,
                                  struct pt_arena *arena, const char *path,
                                  struct pt_saved *ret_saved, struct pt_error *error);

// Weights to begin with, of another model or program: path is a safetensors file, an index of
// several, or a folder with one of them. Names are those of transformers, with or without the
// prefix of the base model; F16, BF16 and F64 become float32. A network with adapters takes the
// weights of one without.
struct pt_weights_options {
    const char *const *fresh; // names, with * and ?, that stay as they are; NULL or NULL-terminated
    const char *const *ignore; // names of tensors in the file that are not wanted
};
// PT_MISMATCH names the tensor that is missing, too many or of another shape; then nothing has
// changed. options may be NULL.
enum pt_status pt_network_load_weights(struct pt_network *network, const char *path,
                                       const struct pt_weights_options *options,
                                       struct pt_error *error);

#endif
