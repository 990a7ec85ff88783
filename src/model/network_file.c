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
// A layer takes the output of the one before, or what `from:` names.

#include "model/network_file.h"

#include <string.h>

#include "base/parse.h"
#include "model/operator.h"

enum { LAYER_COUNT_MAX = 100000 };

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
    static const char *const keys[] = {"name", "shape", NULL};
    const char *name = "input";
    struct pt_shape shape;
    enum pt_status status = pt_node_check_keys(node, keys, error);
    if (status == PT_OK)
        status = pt_node_get_string(node, "name", PT_OPTIONAL, &name, error);
    const struct pt_node *shape_node = status == PT_OK ? pt_node_find(node, "shape") : NULL;
    if (status == PT_OK && shape_node == NULL)
        status = pt_node_fail(error, node,
                              "the input has no shape; write for example "
                              "shape: [28, 28]");
    if (status == PT_OK)
        status = read_shape(shape_node, batch, &shape, error);
    if (status != PT_OK)
        return status;
    *ret_input = pt_input(graph, name, PT_FLOAT32, shape.rank, shape.dim);
    return *ret_input == PT_NO_TENSOR ? fail_mistake(graph, node, error) : PT_OK;
}

static enum pt_status read_attribute(const struct pt_node *layer,
                                     const struct pt_attribute_spec *spec,
                                     union pt_attribute *attribute, struct pt_error *error)
{
    enum pt_need need = spec->required ? PT_REQUIRED : PT_OPTIONAL;
    bool flag = spec->fallback != 0;
    enum pt_status status = PT_OK;
    switch (spec->kind) {
    case PT_ATTRIBUTE_NUMBER:
        attribute->number = spec->fallback;
        return pt_node_get_number(layer, spec->name, need, spec->least, spec->most,
                                  &attribute->number, error);
    case PT_ATTRIBUTE_INTEGER:
        attribute->integer = (int64_t)spec->fallback;
        return pt_node_get_integer(layer, spec->name, need, (int64_t)spec->least,
                                   (int64_t)spec->most, &attribute->integer, error);
    case PT_ATTRIBUTE_BOOL:
        status = pt_node_get_bool(layer, spec->name, need, &flag, error);
        attribute->integer = flag;
        return status;
    }
    return status;
}

static const struct pt_operator *find_operator(const struct pt_node *place, const char *name,
                                               enum pt_status *status, struct pt_error *error)
{
    const char *known[64] = {NULL};
    int count = 0;
    for (int i = 0; pt_operators[i] != NULL && count < 63; i++)
        if (!pt_operators[i]->is_loss)
            known[count++] = pt_operators[i]->name;
    const struct pt_operator *kind = pt_operator_find(name);
    if (kind != NULL && !kind->is_loss)
        return kind;
    const char *near = pt_nearest_word(name, known);
    char list[512] = "";
    for (int i = 0; i < count; i++) {
        strncat(list, i > 0 ? ", " : "", sizeof list - strlen(list) - 1);
        strncat(list, known[i], sizeof list - strlen(list) - 1);
    }
    *status = near != NULL
                  ? pt_node_fail(error, place, "unknown layer %s; did you mean %s?", name, near)
                  : pt_node_fail(error, place, "unknown layer %s; known are %s", name, list);
    return NULL;
}

static enum pt_status read_keys(const struct pt_operator *kind, const struct pt_node *layer,
                                struct pt_error *error)
{
    const char *keys[PT_ATTRIBUTES_MAX + 3] = {"name", "from", NULL};
    int count = 2;
    for (int i = 0; kind->attributes != NULL && kind->attributes[i].name != NULL; i++)
        keys[count++] = kind->attributes[i].name;
    return pt_node_check_keys(layer, keys, error);
}

static enum pt_status read_from(struct pt_graph *graph, const struct pt_node *node,
                                pt_tensor *ret_tensor, struct pt_error *error)
{
    const char *name;
    enum pt_status status = pt_node_string(node, &name, error);
    if (status != PT_OK)
        return status;
    *ret_tensor = pt_graph_find(graph, name);
    return *ret_tensor != PT_NO_TENSOR
               ? PT_OK
               : pt_node_fail(error, node, "there is no layer or input %s before this one", name);
}

// node is "relu", or {linear: {out_features: 10}}. *current becomes the layer's output.
static enum pt_status read_layer(struct pt_graph *graph, const struct pt_node *node,
                                 pt_tensor *current, struct pt_error *error)
{
    enum pt_status status = PT_OK;
    const struct pt_node *options = NULL;
    const char *operator_name, *name = NULL;
    union pt_attribute attributes[PT_ATTRIBUTES_MAX] = {{0}};

    if (node->kind == PT_NODE_SCALAR)
        operator_name = node->text;
    else if (node->kind == PT_NODE_MAPPING && node->count == 1)
        operator_name = (options = node->first)->key;
    else
        return pt_node_fail(error, node,
                            "a layer is a word or one key with its options, for "
                            "example relu or linear: {out_features: 10}");
    const struct pt_operator *kind = find_operator(node, operator_name, &status, error);
    if (kind == NULL)
        return status;
    if (options != NULL && options->is_null)
        options = NULL; // "relu:" with nothing behind it
    if (options != NULL)
        status = read_keys(kind, options, error);
    if (status == PT_OK && options != NULL)
        status = pt_node_get_string(options, "name", PT_OPTIONAL, &name, error);
    const struct pt_node *from = options == NULL ? NULL : pt_node_find(options, "from");
    if (status == PT_OK && from != NULL)
        status = read_from(graph, from, current, error);
    for (int i = 0; status == PT_OK && kind->attributes != NULL && kind->attributes[i].name != NULL;
         i++) {
        if (options == NULL && kind->attributes[i].required)
            return pt_node_fail(error, node, "%s: missing key %s", kind->name,
                                kind->attributes[i].name);
        if (options != NULL)
            status = read_attribute(options, &kind->attributes[i], &attributes[i], error);
        else if (kind->attributes[i].kind == PT_ATTRIBUTE_NUMBER)
            attributes[i].number = kind->attributes[i].fallback;
        else
            attributes[i].integer = (int64_t)kind->attributes[i].fallback;
    }
    if (status != PT_OK)
        return status;
    *current = pt_graph_add(graph, kind->name, name, current, 1, attributes);
    return *current == PT_NO_TENSOR ? fail_mistake(graph, node, error) : PT_OK;
}

static enum pt_status read_loss(struct pt_graph *graph, const struct pt_node *node,
                                pt_tensor prediction, struct pt_error *error)
{
    static const char *const losses[] = {"cross_entropy", "mse", NULL};
    int choice;
    enum pt_status status = pt_node_choice(node, losses, &choice, error);
    if (status != PT_OK)
        return status;
    struct pt_shape shape = pt_graph_tensor(graph, prediction)->shape;
    bool classes = choice == 0;
    pt_tensor target = pt_input(graph, "target", classes ? PT_INT32 : PT_FLOAT32,
                                classes ? shape.rank - 1 : shape.rank, shape.dim);
    pt_tensor loss =
        classes ? pt_cross_entropy(graph, prediction, target) : pt_mse(graph, prediction, target);
    return loss == PT_NO_TENSOR ? fail_mistake(graph, node, error) : PT_OK;
}

static enum pt_status fill_graph(struct pt_graph *graph, const struct pt_node *node, int64_t batch,
                                 struct pt_error *error)
{
    const struct pt_node *input = pt_node_find(node, "input");
    const struct pt_node *layers = pt_node_find(node, "layers");
    const struct pt_node *loss = pt_node_find(node, "loss");
    pt_tensor current;

    if (input == NULL || layers == NULL)
        return pt_node_fail(error, node, "the network has no %s",
                            input == NULL ? "input" : "layers");
    enum pt_status status = pt_node_check_kind(layers, PT_NODE_SEQUENCE, error);
    if (status == PT_OK && (layers->count < 1 || layers->count > LAYER_COUNT_MAX))
        status = pt_node_fail(error, layers, "%lld layers; 1 to %d are possible",
                              (long long)layers->count, LAYER_COUNT_MAX);
    if (status == PT_OK)
        status = read_input(graph, input, batch, &current, error);
    for (const struct pt_node *layer = status == PT_OK ? layers->first : NULL;
         layer != NULL && status == PT_OK; layer = layer->next)
        status = read_layer(graph, layer, &current, error);
    if (status == PT_OK && loss != NULL)
        status = read_loss(graph, loss, current, error);
    return status;
}

enum pt_status pt_network_from_node(const struct pt_node *node, int64_t batch,
                                    struct pt_graph **ret_graph, struct pt_error *error)
{
    static const char *const keys[] = {"name", "input", "layers", "loss", NULL};
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
