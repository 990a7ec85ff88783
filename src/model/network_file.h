// Reads a network that is written down layer by layer, in YAML: docs/network-yaml.md. The door to
// this and other sources is network_source.h.
#ifndef PT_MODEL_NETWORK_FILE_H
#define PT_MODEL_NETWORK_FILE_H

#include "base/node.h"
#include "model/graph.h"

// Builds the graph from the mapping {name, input, layers, loss} in node, for batches of batch
// samples. Errors name file, line and column.
enum pt_status pt_network_from_layers(const struct pt_node *node, int64_t batch,
                                      struct pt_graph **ret_graph, struct pt_error *error);

// recompute: blocks, none, or a list of [first layer, last layer]; see segment.h.
enum pt_status pt_recompute_from_node(struct pt_graph *graph, const struct pt_node *node,
                                      struct pt_error *error);

#endif
