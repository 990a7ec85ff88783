// One item of a layer list. For network_file.c.
#ifndef PT_MODEL_LAYER_FILE_H
#define PT_MODEL_LAYER_FILE_H

#include "base/node.h"
#include "model/operator.h"

// node is "relu", or {linear: {out_features: 10}}. Adds the layer to the graph; it takes *current
// unless `from:` says otherwise, and its output becomes *current.
enum pt_status pt_layer_from_node(struct pt_graph *graph, const struct pt_node *node,
                                  pt_tensor *current, struct pt_error *error);

// Adds the loss that node names, "mse" or {cross_entropy: {label_smoothing: 0.1}}, with an input
// called "target" of the type and shape that it wants.
enum pt_status pt_loss_from_node(struct pt_graph *graph, const struct pt_node *node,
                                 pt_tensor prediction, struct pt_error *error);

#endif
