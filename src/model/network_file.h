// Reads a network as a user has it: a layer file in YAML. docs/network-yaml.md describes it.
#ifndef PT_MODEL_NETWORK_FILE_H
#define PT_MODEL_NETWORK_FILE_H

#include "base/node.h"
#include "model/graph.h"

// Builds the graph from the mapping {name, input, layers, loss} in node, for batches of batch
// samples. Errors name file, line and column.
enum pt_status pt_network_from_node(const struct pt_node *node, int64_t batch,
                                    struct pt_graph **ret_graph, struct pt_error *error);

#endif
