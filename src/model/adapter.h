// Low-rank adaptation: y = x W^T + b + (alpha / rank) (x A^T) B^T with W and b frozen. A is
// [rank, in] and starts at random, B is [out, rank] and starts at 0, so the network starts as it
// was. Hu et al. 2021, arXiv:2106.09685.
//
// What is trained is a hundredth of the parameters: no gradients, no optimizer states and no
// products for the gradients of the others.
#ifndef PT_MODEL_ADAPTER_H
#define PT_MODEL_ADAPTER_H

#include "base/node.h"
#include "model/operator.h"

enum { PT_ADAPTER_PATTERNS_MAX = 32 };

struct pt_adapter_options {
    int64_t rank;
    double alpha;   // 0: twice the rank
    double dropout; // of what goes into A
    // Names of linear layers, with * for any characters; none: all linear layers. A layer whose
    // weight is tied to another's gets none.
    const char *layers[PT_ADAPTER_PATTERNS_MAX];
    int layer_count;
    // Layers whose parameters are trained as they are: a new head, for example.
    const char *train[PT_ADAPTER_PATTERNS_MAX];
    int train_count;
};

// From now on every linear layer that is added and matches gets an adapter, and all other
// parameters are frozen. Call it before the first layer; options are copied. A layer "fc" becomes
// the layers fc.base, fc.lora_A, fc.lora_B, fc.lora_scale and fc, their sum; the parameters are
// called fc.weight and fc.bias as before, fc.lora_A.weight and fc.lora_B.weight.
void pt_graph_adapt(struct pt_graph *graph, const struct pt_adapter_options *options);

// Reads {rank, alpha, dropout, layers, train}. Texts are borrowed from the node.
enum pt_status pt_adapter_from_node(const struct pt_node *node,
                                    struct pt_adapter_options *ret_options, struct pt_error *error);

// For graph.c. True if the request is for a layer that gets an adapter.
bool pt_adapter_takes(const struct pt_adapter_options *options,
                      const struct pt_op_request *request);
// Adds the five layers.
pt_tensor pt_adapter_add(struct pt_graph *graph, const struct pt_adapter_options *options,
                         const struct pt_op_request *request);
// Freezes the parameters of an operator that was added, unless they are to be trained.
void pt_adapter_freeze(struct pt_graph *graph, const struct pt_adapter_options *options,
                       const struct pt_op *op);

#endif
