// Reads one layer or loss of a network file.

#include "model/layer_file.h"

#include <string.h>

#include "base/parse.h"

enum { KNOWN_MAX = 128 };

// What a layer is given beside the output of the one before.
struct layer {
    const struct pt_operator *kind;
    const struct pt_node *place;   // for messages
    const struct pt_node *options; // NULL: none
    const char *name, *scope;
    bool frozen;
    union pt_attribute attributes[PT_ATTRIBUTES_MAX];
    union pt_attribute layer_attributes[PT_ATTRIBUTES_MAX]; // of a layer that is several operators
    pt_tensor inputs[PT_OP_TENSORS_MAX];
    int input_count;
    pt_tensor parameters[PT_OP_TENSORS_MAX];
};

static enum pt_status fail_mistake(const struct pt_graph *graph, const struct pt_node *node,
                                   struct pt_error *error)
{
    return pt_node_fail(error, node, "%s", graph->first_error.message);
}

// -------------------------------------------------------------------------------- its operator
static enum pt_status fail_unknown(const struct pt_node *place, const char *name, bool loss,
                                   struct pt_error *error)
{
    const char *known[KNOWN_MAX] = {NULL};
    const char *what = loss ? "loss" : "layer";
    char list[384] = "";
    int count = 0;
    for (int i = 0; pt_operators[i] != NULL && count < KNOWN_MAX - 1; i++)
        if (pt_operators[i]->is_loss == loss)
            known[count++] = pt_operators[i]->name;
    const char *near = pt_nearest_word(name, known);
    if (near != NULL)
        return pt_node_fail(error, place, "unknown %s %s; did you mean %s?", what, name, near);
    for (int i = 0; i < count; i++) {
        strncat(list, i > 0 ? ", " : "", sizeof list - strlen(list) - 1);
        strncat(list, known[i], sizeof list - strlen(list) - 1);
    }
    return pt_node_fail(error, place, "unknown %s %s; known are %s", what, name, list);
}

// node is a word, or one key with its options.
static enum pt_status read_kind(const struct pt_node *node, bool loss, struct layer *layer,
                                struct pt_error *error)
{
    const char *name;
    if (node->kind == PT_NODE_SCALAR)
        name = node->text;
    else if (node->kind == PT_NODE_MAPPING && node->count == 1)
        name = (layer->options = node->first)->key;
    else
        return pt_node_fail(error, node,
                            loss
                                ? "a loss is a word or one key with its options, for example mse"
                                : "a layer is a word or one key with its options, for example relu "
                                  "or linear: {out_features: 10}");
    layer->place = node;
    layer->kind = pt_operator_find(name);
    if (layer->kind == NULL || layer->kind->is_loss != loss)
        return fail_unknown(node, name, loss, error);
    if (layer->options != NULL && layer->options->is_null)
        layer->options = NULL; // "relu:" with nothing behind it
    return PT_OK;
}

// ------------------------------------------------------------------------------ its attributes
static void add_keys(const struct pt_attribute_spec *spec, const char **keys, int *count)
{
    for (; spec != NULL && spec->name != NULL; spec++)
        if (spec->kind != PT_ATTRIBUTE_SECOND)
            keys[(*count)++] = spec->name;
    keys[*count] = NULL;
}

static enum pt_status check_keys(const struct layer *layer, struct pt_error *error)
{
    const char *keys[2 * PT_ATTRIBUTES_MAX + 6] = {"name", "scope", "tie", "freeze", "from", NULL};
    int count = layer->kind->is_loss ? 4 : 5; // a loss takes the last layer
    add_keys(layer->kind->attributes, keys, &count);
    add_keys(layer->kind->layer_attributes, keys, &count);
    return pt_node_check_keys(layer->options, keys, error);
}

// A number from 0 or least on, or a word that stands for -1, -2 and so on.
static enum pt_status read_integer(const struct pt_node *node, const struct pt_attribute_spec *spec,
                                   int64_t *ret_value, struct pt_error *error)
{
    int64_t least = spec->choices != NULL ? 0 : (int64_t)spec->least, any;
    int word;
    if (spec->choices == NULL || pt_node_integer(node, INT64_MIN, INT64_MAX, &any, NULL) == PT_OK)
        return pt_node_integer(node, least, (int64_t)spec->most, ret_value, error);
    enum pt_status status = pt_node_choice(node, spec->choices, &word, error);
    if (status == PT_OK)
        *ret_value = -1 - word;
    return status;
}

// "3" or "[3, 5]" into two attributes.
static enum pt_status read_pair(const struct pt_node *node, const struct pt_attribute_spec *spec,
                                union pt_attribute *attributes, struct pt_error *error)
{
    if (node->kind == PT_NODE_SEQUENCE && node->count == 2) {
        enum pt_status status = read_integer(node->first, spec, &attributes[0].integer, error);
        return status != PT_OK
                   ? status
                   : read_integer(node->first->next, spec, &attributes[1].integer, error);
    }
    enum pt_status status = read_integer(node, spec, &attributes[0].integer, error);
    attributes[1] = attributes[0];
    return status;
}

static void set_fallback(const struct pt_attribute_spec *spec, union pt_attribute *attribute)
{
    if (spec->kind == PT_ATTRIBUTE_NUMBER)
        attribute->number = spec->fallback;
    else
        attribute->integer = (int64_t)spec->fallback;
}

static enum pt_status read_attribute(const struct pt_node *node,
                                     const struct pt_attribute_spec *spec,
                                     union pt_attribute *attributes, struct pt_error *error)
{
    bool flag = false;
    int choice = 0;
    enum pt_status status = PT_OK;
    switch (spec->kind) {
    case PT_ATTRIBUTE_NUMBER:
        return pt_node_number(node, spec->least, spec->most, &attributes->number, error);
    case PT_ATTRIBUTE_INTEGER:
        return read_integer(node, spec, &attributes->integer, error);
    case PT_ATTRIBUTE_BOOL:
        status = pt_node_bool(node, &flag, error);
        attributes->integer = flag;
        return status;
    case PT_ATTRIBUTE_CHOICE:
        status = pt_node_choice(node, spec->choices, &choice, error);
        attributes->integer = choice;
        return status;
    case PT_ATTRIBUTE_PAIR:
        return read_pair(node, spec, attributes, error);
    case PT_ATTRIBUTE_SECOND:
        break;
    }
    return status;
}

static enum pt_status read_list(const struct layer *layer, const struct pt_attribute_spec *specs,
                                union pt_attribute *attributes, struct pt_error *error)
{
    enum pt_status status = PT_OK;
    for (int i = 0; specs != NULL && specs[i].name != NULL; i++)
        set_fallback(&specs[i], &attributes[i]);
    for (int i = 0; specs != NULL && specs[i].name != NULL && status == PT_OK; i++) {
        const struct pt_node *node =
            layer->options == NULL ? NULL : pt_node_find(layer->options, specs[i].name);
        if (specs[i].kind == PT_ATTRIBUTE_SECOND)
            continue;
        if (node != NULL)
            status = read_attribute(node, &specs[i], &attributes[i], error);
        else if (specs[i].required)
            status = pt_node_fail(error, layer->options != NULL ? layer->options : layer->place,
                                  "%s: missing key %s", layer->kind->name, specs[i].name);
    }
    return status;
}

static enum pt_status read_attributes(struct layer *layer, struct pt_error *error)
{
    enum pt_status status = read_list(layer, layer->kind->attributes, layer->attributes, error);
    return status != PT_OK
               ? status
               : read_list(layer, layer->kind->layer_attributes, layer->layer_attributes, error);
}

// ---------------------------------------------------------------------- inputs, tied parameters
static enum pt_status read_tensor(const struct pt_graph *graph, const struct pt_node *node,
                                  const char *what, pt_tensor *ret_tensor, struct pt_error *error)
{
    const char *name;
    enum pt_status status = pt_node_string(node, &name, error);
    if (status != PT_OK)
        return status;
    *ret_tensor = pt_graph_find(graph, name);
    return *ret_tensor != PT_NO_TENSOR
               ? PT_OK
               : pt_node_fail(error, node, "there is no %s %s before this one", what, name);
}

// from: name, or a list of names.
static enum pt_status read_from(const struct pt_graph *graph, const struct pt_node *node,
                                struct layer *layer, struct pt_error *error)
{
    const char *what = "layer or input";
    if (node->kind != PT_NODE_SEQUENCE)
        return read_tensor(graph, node, what, &layer->inputs[0], error);
    if (node->count < 1 || node->count > PT_OP_TENSORS_MAX)
        return pt_node_fail(error, node, "%lld inputs; 1 to %d are possible",
                            (long long)node->count, PT_OP_TENSORS_MAX);
    enum pt_status status = PT_OK;
    layer->input_count = 0;
    for (const struct pt_node *item = node->first; item != NULL && status == PT_OK;
         item = item->next)
        status = read_tensor(graph, item, what, &layer->inputs[layer->input_count++], error);
    return status;
}

// tie: embed.weight, or a list, in the order of the layer's parameters.
static enum pt_status read_tie(const struct pt_graph *graph, const struct pt_node *node,
                               struct layer *layer, struct pt_error *error)
{
    if (node->kind != PT_NODE_SEQUENCE)
        return read_tensor(graph, node, "parameter", &layer->parameters[0], error);
    enum pt_status status = PT_OK;
    int count = 0;
    for (const struct pt_node *item = node->first; item != NULL && status == PT_OK;
         item = item->next, count++)
        status = count < PT_OP_TENSORS_MAX
                     ? read_tensor(graph, item, "parameter", &layer->parameters[count], error)
                     : pt_node_fail(error, node, "more parameters than a layer can have");
    return status;
}

static enum pt_status read_options(struct pt_graph *graph, struct layer *layer,
                                   struct pt_error *error)
{
    const struct pt_node *options = layer->options;
    enum pt_status status = check_keys(layer, error);
    if (status == PT_OK)
        status = pt_node_get_string(options, "name", PT_OPTIONAL, &layer->name, error);
    if (status == PT_OK)
        status = pt_node_get_string(options, "scope", PT_OPTIONAL, &layer->scope, error);
    if (status == PT_OK)
        status = pt_node_get_bool(options, "freeze", PT_OPTIONAL, &layer->frozen, error);
    const struct pt_node *from = status == PT_OK ? pt_node_find(options, "from") : NULL;
    const struct pt_node *tie = status == PT_OK ? pt_node_find(options, "tie") : NULL;
    if (from != NULL)
        status = read_from(graph, from, layer, error);
    if (status == PT_OK && tie != NULL)
        status = read_tie(graph, tie, layer, error);
    return status;
}

static void freeze(struct pt_graph *graph, const struct pt_op *op)
{
    for (int i = 0; i < op->parameter_count; i++)
        if (graph->tensors[op->parameters[i]].role == PT_ROLE_PARAMETER)
            pt_graph_freeze(graph, op->parameters[i], true);
}

static pt_tensor add(struct pt_graph *graph, const struct layer *layer)
{
    struct pt_op_request request = {.operator_name = layer->kind->name,
                                    .name = layer->name,
                                    .scope = layer->scope,
                                    .inputs = layer->inputs,
                                    .input_count = layer->input_count,
                                    .attributes = layer->attributes,
                                    .parameters = layer->parameters,
                                    .parameter_count = PT_OP_TENSORS_MAX};
    int first = graph->op_count;
    pt_tensor output = layer->kind->expand == NULL
                           ? pt_graph_add_op(graph, &request)
                           : layer->kind->expand(graph, &request, layer->layer_attributes);
    for (int i = first; layer->frozen && i < graph->op_count; i++)
        freeze(graph, &graph->ops[i]);
    return output;
}

static void clear(struct layer *layer)
{
    *layer = (struct layer){.input_count = 1};
    for (int i = 0; i < PT_OP_TENSORS_MAX; i++)
        layer->parameters[i] = PT_NO_TENSOR;
}

enum pt_status pt_layer_from_node(struct pt_graph *graph, const struct pt_node *node,
                                  pt_tensor *current, struct pt_error *error)
{
    struct layer layer;
    clear(&layer);
    layer.inputs[0] = *current;
    enum pt_status status = read_kind(node, false, &layer, error);
    if (status == PT_OK && layer.options != NULL)
        status = read_options(graph, &layer, error);
    if (status == PT_OK)
        status = read_attributes(&layer, error);
    if (status != PT_OK)
        return status;
    *current = add(graph, &layer);
    return *current == PT_NO_TENSOR ? fail_mistake(graph, node, error) : PT_OK;
}

enum pt_status pt_loss_from_node(struct pt_graph *graph, const struct pt_node *node,
                                 pt_tensor prediction, struct pt_error *error)
{
    struct layer loss;
    clear(&loss);
    enum pt_status status = read_kind(node, true, &loss, error);
    if (status == PT_OK && loss.options != NULL)
        status = read_options(graph, &loss, error);
    if (status == PT_OK)
        status = read_attributes(&loss, error);
    if (status != PT_OK)
        return status;
    struct pt_shape shape = pt_graph_tensor(graph, prediction)->shape;
    bool classes = loss.kind->target == PT_TARGET_CLASSES;
    loss.inputs[0] = prediction;
    loss.inputs[1] = pt_input(graph, "target", classes ? PT_INT32 : PT_FLOAT32,
                              classes ? shape.rank - 1 : shape.rank, shape.dim);
    loss.input_count = 2;
    return add(graph, &loss) == PT_NO_TENSOR ? fail_mistake(graph, node, error) : PT_OK;
}
