// Where a network comes from: layers in YAML, a config.json, or a name of the zoo. One door for
// all.
//
//     network: {zoo: resnet-18, classes: 10, input: [28, 28, 1]}
//     network: {config: smollm/config.json, weights: smollm, length: 512}
//     network: {config: {model_type: gpt2, n_layer: 6, n_embd: 384, n_head: 6}, set: {vocab_size:
//     256}} network: {input: .., layers: .., loss: ..}
//
// docs/models.md describes the first three, docs/network-yaml.md the last.
#ifndef PT_MODEL_NETWORK_SOURCE_H
#define PT_MODEL_NETWORK_SOURCE_H

#include "base/node.h"
#include "model/graph.h"

// Builds the graph from the mapping in node, for batches of batch samples. Relative paths start in
// the folder of the file in which they stand. Errors name file, line and column.
enum pt_status pt_network_from_node(const struct pt_node *node, int64_t batch,
                                    struct pt_graph **ret_graph, struct pt_error *error);

// True unless node describes a network without a loss. Reads nothing but node itself.
bool pt_network_node_has_loss(const struct pt_node *node);

enum { PT_WEIGHT_PATTERNS_MAX = 32 };

// The weights that a network starts with, from a file or folder. Patterns have * and ?.
struct pt_network_weights {
    const char *path;                               // NULL: none, it starts at random
    const char *fresh[PT_WEIGHT_PATTERNS_MAX + 1];  // parameters that start at random all the same
    const char *ignore[PT_WEIGHT_PATTERNS_MAX + 1]; // tensors of the file that are not wanted
};
// Reads weights, fresh and ignore of node. Memory from arena.
enum pt_status pt_network_weights_from_node(struct pt_arena *arena, const struct pt_node *node,
                                            struct pt_network_weights *ret_weights,
                                            struct pt_error *error);

#endif
