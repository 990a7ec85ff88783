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

#include "model/layer_file.h"

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

static enum pt_status fill_graph(struct pt_graph *graph, const struct pt_node *node, int64_t batch,
                                 struct pt_error *error)
{
    bool has_input = pt_node_find(node, "input") != NULL || pt_node_find(node, "inputs") != NULL;
    const struct pt_node *layers = pt_node_find(node, "layers");
    const struct pt_node *loss = pt_node_find(node, "loss");
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
    return status;
}

enum pt_status pt_network_from_node(const struct pt_node *node, int64_t batch,
                                    struct pt_graph **ret_graph, struct pt_error *error)
{
    static const char *const keys[] = {"name", "input", "inputs", "layers", "loss", NULL};
    const char *name = "network";
    struct pt_graph *graph = NULL;
    enum pt_status status = pt_node_check_keys(node, keys, error);
    if (status == PT_OK)
        status = pt_node_get_string(node, "name", PT_OPTIONAL, &name, error);
    if (status == PT_OK && (batch < 1 || batch > INT32_MAX))
        status = pt_node_fail(error, node, "a batch of %lld samples; 1 to 2^31-1 are possible",
                              (long long)batch);
    if (status == PT_OK)
        status = pt_graph_create(name, &graph, error);
    if (status == PT_OK)
        status = fill_graph(graph, node, batch, error);
    if (status != PT_OK) {
        pt_graph_destroy(graph);
        return status;
    }
    *ret_graph = graph;
    return PT_OK;
}

enum pt_status pt_graph_load(const char *path, int64_t batch, struct pt_graph **ret_graph,
                             struct pt_error *error)
{
    const struct pt_node *root;
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", path);
    enum pt_status status = pt_node_read_file(arena, path, &root, error);
    if (status == PT_OK) {
        // A run file holds the network under a key; a network file is the network.
        const struct pt_node *inner =
            root->kind == PT_NODE_MAPPING ? pt_node_find(root, "network") : NULL;
        status = pt_network_from_node(inner != NULL ? inner : root, batch, ret_graph, error);
    }
    pt_arena_destroy(arena);
    return status;
}
