// A graph with memory. Beside the public functions of powertrain.h, this is what the trainer needs.
#ifndef PT_ENGINE_NETWORK_H
#define PT_ENGINE_NETWORK_H

#include "demand/memory.h"
#include "engine/safetensors.h"

// Makes ready for batches of row_count samples, so that pt_network_forward allocates nothing when
// the last, shorter batch of an epoch comes. Without this the first such batch allocates. The
// network remembers its full batch and the seven row counts that came last.
enum pt_status pt_network_prepare_rows(struct pt_network *network, int64_t row_count,
                                       struct pt_error *error);

const struct pt_graph *pt_network_graph(const struct pt_network *network);
// The flat arrays: every parameter at a multiple of 64 bytes, 0 between them. *ret_count floats.
// Gradients are NULL in inference.
float *pt_network_parameters(struct pt_network *network, int64_t *ret_count);
float *pt_network_gradients(struct pt_network *network, int64_t *ret_count);

// How many forward passes in training there were: dropout draws anew in each. A resumed run sets
// it.
int64_t pt_network_step(const struct pt_network *network);
void pt_network_set_step(struct pt_network *network, int64_t step);

// "own", "onednn", "openblas".
const char *pt_network_matmul_name(const struct pt_network *network);
int pt_network_threads(const struct pt_network *network);
enum pt_precision pt_network_precision(const struct pt_network *network);
// Bytes that the network holds; an optimizer's states are its own.
int64_t pt_network_memory_bytes(const struct pt_network *network);

const char *pt_optimizer_name(const struct pt_optimizer *optimizer); // "adam"
// Updates since it was created: Adam's t. A resumed run sets it.
int64_t pt_optimizer_step_count(const struct pt_optimizer *optimizer);
void pt_optimizer_set_step_count(struct pt_optimizer *optimizer, int64_t step_count);
// State 0 to count - 1, as long as the parameter array: momentum; or m and v.
int pt_optimizer_state_arrays(const struct pt_optimizer *optimizer);
float *pt_optimizer_state(struct pt_optimizer *optimizer, int state);
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

#endif
