// Reads a network from YAML: one list item a layer, in the order in which they run.
//
//     name: fashion-mlp
//     input: {name: pixels, shape: [28, 28]}
//     layers:
//       - flatten
//       - linear: {name: fc1, out_features: 512}
//       - relu
//     loss: cross_entropy
//
// A layer takes the output of the one before, or what `from:` names. `inputs:` is a list of several
// inputs; the first layer takes the first of them.

#include "model/network_file.h"

#include <string.h>

#include "model/adapter.h"
#include "model/layer_file.h"
#include "model/segment.h"

enum { LAYER_COUNT_MAX = 100000, INPUT_COUNT_MAX = 16 };

static enum pt_status fail_mistake(const struct pt_graph *graph, const struct pt_node *node,
                                   struct pt_error *error)
{
    return pt_node_fail(error, node, "%s", graph->first_error.message);
}

static enum pt_status read_shape(const struct pt_node *node, int64_t batch,
                                 struct pt_shape *ret_shape, struct pt_error *error)
{
    struct pt_shape shape = {.rank = 1, .dim = {batch}};
    enum pt_status status = pt_node_check_kind(node, PT_NODE_SEQUENCE, error);
    if (status != PT_OK)
        return status;
    if (node->count < 1 || node->count > PT_RANK_MAX - 1)
        return pt_node_fail(error, node,
                            "a sample has %lld dimensions; 1 to %d are possible, without the batch",
                            (long long)node->count, PT_RANK_MAX - 1);
    for (const struct pt_node *dim = node->first; dim != NULL && status == PT_OK; dim = dim->next)
        status = pt_node_integer(dim, 1, INT64_MAX, &shape.dim[shape.rank++], error);
    if (status == PT_OK)
        *ret_shape = shape;
    return status;
}

static enum pt_status read_input(struct pt_graph *graph, const struct pt_node *node, int64_t batch,
                                 pt_tensor *ret_input, struct pt_error *error)
{
    static const char *const keys[] = {"name", "shape", "type", NULL};
    static const char *const types[] = {"float32", "int32", NULL};
    const char *name = "input";
    struct pt_shape shape;
    int type = 0;
    enum pt_status status = pt_node_check_keys(node, keys, error);
    if (status == PT_OK)
        status = pt_node_get_string(node, "name", PT_OPTIONAL, &name, error);
    const struct pt_node *shape_node = status == PT_OK ? pt_node_find(node, "shape") : NULL;
    const struct pt_node *type_node = status == PT_OK ? pt_node_find(node, "type") : NULL;
    if (status == PT_OK && shape_node == NULL)
        status = pt_node_fail(error, node,
                              "the input has no shape; write for example "
                              "shape: [28, 28]");
    if (status == PT_OK)
        status = read_shape(shape_node, batch, &shape, error);
    if (status == PT_OK && type_node != NULL)
        status = pt_node_choice(type_node, types, &type, error);
    if (status != PT_OK)
        return status;
    *ret_input = pt_input(graph, name, type == 0 ? PT_FLOAT32 : PT_INT32, shape.rank, shape.dim);
    return *ret_input == PT_NO_TENSOR ? fail_mistake(graph, node, error) : PT_OK;
}

// input: one, or inputs: a list. *ret_first is the first.
static enum pt_status read_inputs(struct pt_graph *graph, const struct pt_node *node, int64_t batch,
                                  pt_tensor *ret_first, struct pt_error *error)
{
    const struct pt_node *one = pt_node_find(node, "input");
    const struct pt_node *list = pt_node_find(node, "inputs");
    pt_tensor input;
    if (one != NULL && list != NULL)
        return pt_node_fail(error, list, "the network has both input and inputs; use one of them");
    if (one != NULL)
        return read_input(graph, one, batch, ret_first, error);
    enum pt_status status = pt_node_check_kind(list, PT_NODE_SEQUENCE, error);
    if (status == PT_OK && (list->count < 1 || list->count > INPUT_COUNT_MAX))
        status = pt_node_fail(error, list, "%lld inputs; 1 to %d are possible",
                              (long long)list->count, INPUT_COUNT_MAX);
    for (const struct pt_node *item = list->first; item != NULL && status == PT_OK;
         item = item->next) {
        status = read_input(graph, item, batch, &input, error);
        if (item == list->first)
            *ret_first = input;
    }
    return status;
}

// The operator that makes the layer called name.
static enum pt_status find_op(const struct pt_graph *graph, const struct pt_node *node, int *ret_op,
                              struct pt_error *error)
{
    const char *name;
    enum pt_status status = pt_node_string(node, &name, error);
    if (status != PT_OK)
        return status;
    for (int i = 0; i < graph->op_count; i++)
        if (strcmp(graph->ops[i].name, name) == 0) {
            *ret_op = i;
            return PT_OK;
        }
    return pt_node_fail(error, node, "there is no layer %s", name);
}

// recompute: blocks, or a list of [first, last].
enum pt_status pt_recompute_from_node(struct pt_graph *graph, const struct pt_node *node,
                                      struct pt_error *error)
{
    static const char *const words[] = {"none", "blocks", NULL};
    int choice = 0, first = 0, last = 0;
    enum pt_status status = PT_OK;
    if (node->kind == PT_NODE_SCALAR) {
        status = pt_node_choice(node, words, &choice, error);
        if (status == PT_OK && choice == 1)
            pt_graph_recompute_blocks(graph);
    }
    for (const struct pt_node *pair = node->first; pair != NULL && status == PT_OK;
         pair = pair->next) {
        if (pair->kind != PT_NODE_SEQUENCE || pair->count != 2)
            return pt_node_fail(error, pair, "recompute takes pairs: [[first layer, last layer]]");
        status = find_op(graph, pair->first, &first, error);
        if (status == PT_OK)
            status = find_op(graph, pair->first->next, &last, error);
        if (status == PT_OK)
            pt_graph_recompute(graph, first, last);
    }
    if (status == PT_OK && pt_graph_check(graph, NULL) != PT_OK)
        status = pt_node_fail(error, node, "%s", graph->first_error.message);
    return status;
}

static enum pt_status fill_graph(struct pt_graph *graph, const struct pt_node *node, int64_t batch,
                                 struct pt_error *error)
{
    bool has_input = pt_node_find(node, "input") != NULL || pt_node_find(node, "inputs") != NULL;
    const struct pt_node *layers = pt_node_find(node, "layers");
    const struct pt_node *loss = pt_node_find(node, "loss");
    const struct pt_node *recompute = pt_node_find(node, "recompute");
    pt_tensor current;

    if (!has_input || layers == NULL)
        return pt_node_fail(error, node, "the network has no %s", has_input ? "layers" : "input");
    enum pt_status status = pt_node_check_kind(layers, PT_NODE_SEQUENCE, error);
    if (status == PT_OK && (layers->count < 1 || layers->count > LAYER_COUNT_MAX))
        status = pt_node_fail(error, layers, "%lld layers; 1 to %d are possible",
                              (long long)layers->count, LAYER_COUNT_MAX);
    if (status == PT_OK)
        status = read_inputs(graph, node, batch, &current, error);
    for (const struct pt_node *layer = status == PT_OK ? layers->first : NULL;
         layer != NULL && status == PT_OK; layer = layer->next)
        status = pt_layer_from_node(graph, layer, &current, error);
    if (status == PT_OK && loss != NULL)
        status = pt_loss_from_node(graph, loss, current, error);
    if (status == PT_OK && recompute != NULL)
        status = pt_recompute_from_node(graph, recompute, error);
    return status;
}

enum pt_status pt_network_from_layers(const struct pt_node *node, int64_t batch,
                                      struct pt_graph **ret_graph, struct pt_error *error)
{
    static const char *const keys[] = {"name", "input",   "inputs", "layers", "loss", "recompute",
                                       "lora", "weights", "fresh",  "ignore", NULL};
    const char *name = "network";
    struct pt_graph *graph = NULL;
    struct pt_adapter_options adapter;
    enum pt_status status = pt_node_check_keys(node, keys, error);
    if (status == PT_OK)
        status = pt_node_get_string(node, "name", PT_OPTIONAL, &name, error);
    if (status == PT_OK && (batch < 1 || batch > INT32_MAX))
        status = pt_node_fail(error, node, "a batch of %lld samples; 1 to 2^31-1 are possible",
                              (long long)batch);
    if (status == PT_OK)
        status = pt_graph_create(name, &graph, error);
    const struct pt_node *lora = status == PT_OK ? pt_node_find(node, "lora") : NULL;
    if (lora != NULL) {
        status = pt_adapter_from_node(lora, &adapter, error);
        if (status == PT_OK)
            pt_graph_adapt(graph, &adapter);
    }
    if (status == PT_OK)
        status = fill_graph(graph, node, batch, error);
    if (status != PT_OK) {
        pt_graph_destroy(graph);
        return status;
    }
    *ret_graph = graph;
    return PT_OK;
}
