// Low-rank adapters: one linear layer becomes five.

#include "model/adapter.h"

#include <fnmatch.h>
#include <string.h>

static bool matches(const char *const *patterns, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (fnmatch(patterns[i], name, 0) == 0)
            return true;
    return false;
}

static const char **copy_texts(struct pt_arena *arena, const char *const *texts, int count,
                               const char **copies)
{
    for (int i = 0; i < count; i++)
        if ((copies[i] = pt_arena_strdup(arena, texts[i])) == NULL)
            return NULL;
    return copies;
}

void pt_graph_adapt(struct pt_graph *graph, const struct pt_adapter_options *options)
{
    if (graph->status != PT_OK)
        return;
    if (options->rank < 1 || options->rank > 1000000) {
        pt_graph_mistake(graph, PT_BAD_INPUT, "the rank of an adapter is %lld; it must be from 1",
                         (long long)options->rank);
        return;
    }
    struct pt_adapter_options *copy = pt_arena_alloc(graph->arena, 1, sizeof *copy);
    if (copy == NULL) {
        pt_graph_mistake(graph, PT_NO_MEMORY, "network %s: out of memory", graph->name);
        return;
    }
    *copy = *options;
    if (copy_texts(graph->arena, options->layers, options->layer_count, copy->layers) == NULL ||
        copy_texts(graph->arena, options->train, options->train_count, copy->train) == NULL) {
        pt_graph_mistake(graph, PT_NO_MEMORY, "network %s: out of memory", graph->name);
        return;
    }
    if (copy->alpha == 0)
        copy->alpha = 2 * (double)copy->rank;
    graph->adapter = copy;
}

bool pt_adapter_takes(const struct pt_adapter_options *options, const struct pt_op_request *request)
{
    if (strcmp(request->operator_name, "linear") != 0 || request->name == NULL)
        return false;
    if (matches(options->train, options->train_count, request->name))
        return false;
    if (request->parameters != NULL && request->parameters[0] != PT_NO_TENSOR)
        return false; // tied: what it adapts could not be merged into the weight of another layer
    return options->layer_count == 0 ||
           matches(options->layers, options->layer_count, request->name);
}

// "out_features" and "bias" are the first two attributes of linear.
static pt_tensor add_linear(struct pt_graph *graph, const char *name, pt_tensor x,
                            int64_t out_features)
{
    union pt_attribute attributes[PT_ATTRIBUTES_MAX] = {{.integer = out_features}, {.integer = 0}};
    return pt_graph_add(graph, "linear", name, &x, 1, attributes);
}

static pt_tensor add_scaled(struct pt_graph *graph, const char *name, pt_tensor x, double factor)
{
    union pt_attribute attributes[PT_ATTRIBUTES_MAX] = {{.number = factor}};
    return pt_graph_add(graph, "scale", name, &x, 1, attributes);
}

static void start_at_zero(struct pt_graph *graph)
{
    if (graph->status == PT_OK)
        graph->tensors[graph->ops[graph->op_count - 1].parameters[0]].init = PT_INIT_ZERO;
}

static pt_tensor add_adapter(struct pt_graph *graph, const struct pt_adapter_options *options,
                             const struct pt_op_request *request)
{
    struct pt_arena *arena = graph->arena;
    const char *name = request->name;
    const char *base_name = pt_arena_printf(arena, "%s.base", name);
    const char *a_name = pt_arena_printf(arena, "%s.lora_A", name);
    const char *b_name = pt_arena_printf(arena, "%s.lora_B", name);
    const char *scale_name = pt_arena_printf(arena, "%s.lora_scale", name);
    const char *drop_name = pt_arena_printf(arena, "%s.lora_dropout", name);
    if (base_name == NULL || a_name == NULL || b_name == NULL || scale_name == NULL ||
        drop_name == NULL)
        return pt_graph_mistake(graph, PT_NO_MEMORY, "%s: out of memory", name);

    struct pt_op_request base = *request;
    base.name = base_name;
    base.scope = request->scope != NULL ? request->scope : name;
    pt_tensor sum[2] = {pt_graph_add_op(graph, &base)};
    if (graph->status != PT_OK)
        return PT_NO_TENSOR;
    pt_adapter_freeze(graph, options, &graph->ops[graph->op_count - 1]);

    pt_tensor x = request->inputs[0];
    if (options->dropout > 0)
        x = pt_graph_add(graph, "dropout", drop_name, &x, 1,
                         (union pt_attribute[PT_ATTRIBUTES_MAX]){{.number = options->dropout}});
    x = add_linear(graph, a_name, x, options->rank);
    x = add_linear(graph, b_name, x, request->attributes[0].integer);
    start_at_zero(graph);
    sum[1] = add_scaled(graph, scale_name, x, options->alpha / (double)options->rank);
    return pt_graph_add(graph, "add", name, sum, 2, NULL);
}

pt_tensor pt_adapter_add(struct pt_graph *graph, const struct pt_adapter_options *options,
                         const struct pt_op_request *request)
{
    graph->adapter = NULL; // the layers of an adapter have none
    pt_tensor output = add_adapter(graph, options, request);
    graph->adapter = options;
    return output;
}

void pt_adapter_freeze(struct pt_graph *graph, const struct pt_adapter_options *options,
                       const struct pt_op *op)
{
    if (matches(options->train, options->train_count, op->name))
        return;
    for (int i = 0; i < op->parameter_count; i++)
        if (graph->tensors[op->parameters[i]].role == PT_ROLE_PARAMETER && !(op->shared >> i & 1))
            pt_graph_freeze(graph, op->parameters[i], true);
}

// -------------------------------------------------------------------------------------- reading
static enum pt_status read_texts(const struct pt_node *node, const char **texts, int *ret_count,
                                 struct pt_error *error)
{
    enum pt_status status = PT_OK;
    if (node == NULL)
        return PT_OK;
    if (node->kind == PT_NODE_SCALAR) {
        *ret_count = 1;
        return pt_node_string(node, &texts[0], error);
    }
    status = pt_node_check_kind(node, PT_NODE_SEQUENCE, error);
    if (status == PT_OK && node->count > PT_ADAPTER_PATTERNS_MAX)
        status = pt_node_fail(error, node, "%lld patterns; at most %d are possible",
                              (long long)node->count, PT_ADAPTER_PATTERNS_MAX);
    for (const struct pt_node *item = node->first; item != NULL && status == PT_OK;
         item = item->next)
        status = pt_node_string(item, &texts[(*ret_count)++], error);
    return status;
}

enum pt_status pt_adapter_from_node(const struct pt_node *node,
                                    struct pt_adapter_options *ret_options, struct pt_error *error)
{
    static const char *const keys[] = {"rank", "alpha", "dropout", "layers", "train", NULL};
    struct pt_adapter_options options = {.rank = 8};
    enum pt_status status = pt_node_check_keys(node, keys, error);
    if (status == PT_OK)
        status = pt_node_get_integer(node, "rank", PT_OPTIONAL, 1, 1000000, &options.rank, error);
    if (status == PT_OK)
        status = pt_node_get_number(node, "alpha", PT_OPTIONAL, 1e-6, 1e6, &options.alpha, error);
    if (status == PT_OK)
        status = pt_node_get_number(node, "dropout", PT_OPTIONAL, 0, 0.99, &options.dropout, error);
    if (status == PT_OK)
        status =
            read_texts(pt_node_find(node, "layers"), options.layers, &options.layer_count, error);
    if (status == PT_OK)
        status =
            read_texts(pt_node_find(node, "train"), options.train, &options.train_count, error);
    if (status == PT_OK)
        *ret_options = options;
    return status;
}
