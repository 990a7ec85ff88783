// Building a graph: tensors, operators, parameters; the first mistake is kept.

#include "model/graph.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "model/operator.h"

enum { NAME_MAX_LENGTH = 200 };

enum pt_status pt_graph_create(const char *name, struct pt_graph **ret_graph,
                               struct pt_error *error)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_graph *graph = arena == NULL ? NULL : pt_arena_alloc(arena, 1, sizeof *graph);
    if (graph == NULL || (graph->name = pt_arena_strdup(arena, name)) == NULL) {
        pt_arena_destroy(arena);
        return pt_fail(error, PT_NO_MEMORY, "graph %s: out of memory", name);
    }
    graph->arena = arena;
    graph->loss = PT_NO_TENSOR;
    *ret_graph = graph;
    return PT_OK;
}

void pt_graph_destroy(struct pt_graph *graph)
{
    if (graph != NULL)
        pt_arena_destroy(graph->arena);
}

enum pt_status pt_graph_check(const struct pt_graph *graph, struct pt_error *error)
{
    if (graph->status != PT_OK && error != NULL)
        *error = graph->first_error;
    return graph->status;
}

pt_tensor pt_graph_mistake(struct pt_graph *graph, enum pt_status status, const char *format, ...)
{
    if (graph->status == PT_OK) {
        va_list arguments;
        va_start(arguments, format);
        graph->status = graph->first_error.status = status;
        vsnprintf(graph->first_error.message, sizeof graph->first_error.message, format, arguments);
        va_end(arguments);
    }
    return PT_NO_TENSOR;
}

const struct pt_tensor_info *pt_graph_tensor(const struct pt_graph *graph, pt_tensor tensor)
{
    return &graph->tensors[tensor];
}

// Room for one more item of an array in the arena; the old array stays there until the end.
static void *grow(struct pt_arena *arena, void *items, int count, int *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    int larger = *capacity == 0 ? 16 : 2 * *capacity;
    void *copy = pt_arena_alloc(arena, (size_t)larger, size);
    if (copy == NULL)
        return NULL;
    if (count > 0)
        memcpy(copy, items, (size_t)count * size);
    *capacity = larger;
    return copy;
}

static enum pt_status check_new_tensor(const struct pt_graph *graph, const char *name,
                                       const struct pt_shape *shape, struct pt_error *error)
{
    char text[160];
    if (pt_graph_find(graph, name) != PT_NO_TENSOR)
        return pt_fail(error, PT_BAD_INPUT, "%s: the name is taken; give another one", name);
    for (int i = 0; i < shape->rank; i++)
        if (shape->dim[i] < 1)
            return pt_fail(error, PT_BAD_INPUT, "%s: shape %s has a dimension below 1", name,
                           pt_shape_text(shape, text));
    int64_t bytes, size = pt_shape_size(shape);
    if (size < 0 || !pt_size_product(size, 2 * sizeof(float), &bytes)) // with its gradient
        return pt_fail(error, PT_OVERFLOW, "%s: shape %s exceeds 2^63 bytes; use smaller sizes",
                       name, pt_shape_text(shape, text));
    return PT_OK;
}

// Adds a tensor whose name nobody has yet. Returns its handle or PT_NO_TENSOR with *error set.
static pt_tensor add_tensor(struct pt_graph *graph, const struct pt_tensor_info *info,
                            struct pt_error *error)
{
    if (check_new_tensor(graph, info->name, &info->shape, error) != PT_OK)
        return PT_NO_TENSOR;
    struct pt_tensor_info *tensors = grow(graph->arena, graph->tensors, graph->tensor_count,
                                          &graph->tensor_capacity, sizeof *tensors);
    const char *name = pt_arena_strdup(graph->arena, info->name);
    if (tensors == NULL || name == NULL) {
        pt_fail(error, PT_NO_MEMORY, "%s: out of memory", info->name);
        return PT_NO_TENSOR;
    }
    graph->tensors = tensors;
    tensors[graph->tensor_count] = *info;
    tensors[graph->tensor_count].name = name;
    return graph->tensor_count++;
}

pt_tensor pt_input(struct pt_graph *graph, const char *name, enum pt_dtype dtype, int rank,
                   const int64_t *dims)
{
    struct pt_error error;
    struct pt_tensor_info info = {
        .name = name, .dtype = dtype, .role = PT_ROLE_INPUT, .producer = -1};
    if (graph->status != PT_OK)
        return PT_NO_TENSOR;
    if (rank < 1 || rank > PT_RANK_MAX)
        return pt_graph_mistake(graph, PT_BAD_INPUT, "%s: %d dimensions; 1 to %d are possible",
                                name, rank, PT_RANK_MAX);
    info.shape.rank = rank;
    memcpy(info.shape.dim, dims, (size_t)rank * sizeof *dims);
    pt_tensor tensor = add_tensor(graph, &info, &error);
    return tensor == PT_NO_TENSOR ? pt_graph_mistake(graph, error.status, "%s", error.message)
                                  : tensor;
}

enum pt_status pt_operator_parameter(struct pt_graph *graph, struct pt_op *op, const char *suffix,
                                     struct pt_shape shape, enum pt_init init, double init_scale,
                                     struct pt_error *error)
{
    char name[NAME_MAX_LENGTH + 32];
    snprintf(name, sizeof name, "%s.%s", op->name, suffix);
    pt_tensor tensor = add_tensor(graph,
                                  &(struct pt_tensor_info){.name = name,
                                                           .dtype = PT_FLOAT32,
                                                           .shape = shape,
                                                           .role = PT_ROLE_PARAMETER,
                                                           .producer = -1,
                                                           .needs_gradient = true,
                                                           .init = init,
                                                           .init_scale = init_scale},
                                  error);
    if (tensor == PT_NO_TENSOR)
        return error->status;
    op->parameters[op->parameter_count++] = tensor;
    return PT_OK;
}

static bool any_needs_gradient(const struct pt_graph *graph, const struct pt_op *op)
{
    bool needs = false;
    for (int i = 0; i < op->input_count; i++)
        needs = needs || graph->tensors[op->inputs[i]].needs_gradient;
    for (int i = 0; i < op->parameter_count; i++)
        needs = needs || graph->tensors[op->parameters[i]].needs_gradient;
    return needs;
}

static enum pt_status check_attributes(const struct pt_operator *kind, const struct pt_op *op,
                                       struct pt_error *error)
{
    for (int i = 0; kind->attributes != NULL && kind->attributes[i].name != NULL; i++) {
        const struct pt_attribute_spec *spec = &kind->attributes[i];
        double value = spec->kind == PT_ATTRIBUTE_NUMBER ? op->attributes[i].number
                                                         : (double)op->attributes[i].integer;
        if (!(value >= spec->least && value <= spec->most))
            return pt_fail(error, PT_BAD_INPUT, "%s: %s is %g; it must be from %g to %g", op->name,
                           spec->name, value, spec->least, spec->most);
    }
    return PT_OK;
}

static enum pt_status check_inputs(const struct pt_graph *graph, const struct pt_operator *kind,
                                   const struct pt_op *op, struct pt_error *error)
{
    if (op->input_count != kind->input_count)
        return pt_fail(error, PT_BAD_INPUT, "%s: %s takes %d inputs, not %d", op->name, kind->name,
                       kind->input_count, op->input_count);
    for (int i = 0; i < op->input_count; i++) {
        if (op->inputs[i] < 0 || op->inputs[i] >= graph->tensor_count)
            return pt_fail(error, PT_BAD_INPUT, "%s: input %d is no tensor of this graph", op->name,
                           i + 1);
        if (i == 0 && graph->tensors[op->inputs[i]].dtype != PT_FLOAT32)
            return pt_fail(error, PT_BAD_INPUT, "%s: input %s is not of type float32", op->name,
                           graph->tensors[op->inputs[i]].name);
    }
    return PT_OK;
}

// An operator's first output bears its name; the name may not be that of another tensor.
static enum pt_status add_outputs(struct pt_graph *graph, struct pt_op *op,
                                  const struct pt_shape *shapes, struct pt_error *error)
{
    op->output_count = 1;
    struct pt_tensor_info output = {.name = op->name,
                                    .dtype = PT_FLOAT32,
                                    .shape = shapes[0],
                                    .role = PT_ROLE_ACTIVATION,
                                    .producer = graph->op_count,
                                    .needs_gradient = any_needs_gradient(graph, op),
                                    .keep = op->kind->is_loss};
    op->outputs[0] = add_tensor(graph, &output, error);
    return op->outputs[0] == PT_NO_TENSOR ? error->status : PT_OK;
}

static enum pt_status add_op(struct pt_graph *graph, struct pt_op *op, struct pt_error *error)
{
    struct pt_shape shapes[PT_OP_TENSORS_MAX] = {0};
    struct pt_op *ops =
        grow(graph->arena, graph->ops, graph->op_count, &graph->op_capacity, sizeof *ops);
    if (ops == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", op->name);
    graph->ops = ops;
    enum pt_status status = check_inputs(graph, op->kind, op, error);
    if (status == PT_OK)
        status = check_attributes(op->kind, op, error);
    if (status == PT_OK && pt_graph_find(graph, op->name) != PT_NO_TENSOR)
        status = pt_fail(error, PT_BAD_INPUT, "%s: the name is taken; give another one", op->name);
    if (status == PT_OK)
        status = op->kind->infer(graph, op, shapes, error);
    if (status == PT_OK)
        status = add_outputs(graph, op, shapes, error);
    if (status != PT_OK)
        return status;
    graph->ops[graph->op_count++] = *op;
    if (op->kind->is_loss) {
        graph->loss = op->outputs[0];
        graph->tensors[op->inputs[0]].keep = true; // the prediction: accuracy is read from it
    }
    return PT_OK;
}

// "linear1", "linear2": operator and how many of its kind there are.
static const char *default_name(struct pt_graph *graph, const char *operator_name)
{
    int count = 1;
    for (int i = 0; i < graph->op_count; i++)
        count += strcmp(graph->ops[i].kind->name, operator_name) == 0;
    return pt_arena_printf(graph->arena, "%s%d", operator_name, count);
}

pt_tensor pt_graph_add(struct pt_graph *graph, const char *operator_name, const char *op_name,
                       const pt_tensor *inputs, int input_count,
                       const union pt_attribute *attributes)
{
    struct pt_error error;
    struct pt_op op = {.kind = pt_operator_find(operator_name), .input_count = input_count};
    if (graph->status != PT_OK)
        return PT_NO_TENSOR;
    if (op.kind == NULL)
        return pt_graph_mistake(graph, PT_NOT_FOUND, "there is no operator %s", operator_name);
    if (op_name != NULL && (strlen(op_name) > NAME_MAX_LENGTH || *op_name == '\0'))
        return pt_graph_mistake(graph, PT_BAD_INPUT,
                                "a name of %zu characters; 1 to %d are possible", strlen(op_name),
                                NAME_MAX_LENGTH);
    op.name = op_name != NULL ? pt_arena_strdup(graph->arena, op_name)
                              : default_name(graph, operator_name);
    if (op.name == NULL)
        return pt_graph_mistake(graph, PT_NO_MEMORY, "%s: out of memory", operator_name);
    memcpy(op.inputs, inputs, (size_t)input_count * sizeof *inputs);
    for (int i = 0; op.kind->attributes != NULL && op.kind->attributes[i].name != NULL; i++)
        op.attributes[i] = attributes[i];
    if (add_op(graph, &op, &error) != PT_OK)
        return pt_graph_mistake(graph, error.status, "%s", error.message);
    return op.outputs[0];
}

// The loss's prediction may be needed anew, so gradients spread from the inputs that were asked
// for.
void pt_graph_require_gradient(struct pt_graph *graph, pt_tensor input)
{
    if (graph->status != PT_OK)
        return;
    if (input < 0 || input >= graph->tensor_count || graph->tensors[input].dtype != PT_FLOAT32) {
        pt_graph_mistake(graph, PT_BAD_INPUT,
                         "a gradient is asked for something that is no float32 "
                         "tensor of this graph");
        return;
    }
    graph->tensors[input].needs_gradient = true;
    for (int i = 0; i < graph->op_count; i++)
        for (int k = 0; k < graph->ops[i].output_count; k++)
            graph->tensors[graph->ops[i].outputs[k]].needs_gradient =
                any_needs_gradient(graph, &graph->ops[i]);
}

void pt_graph_keep(struct pt_graph *graph, pt_tensor tensor)
{
    if (tensor >= 0 && tensor < graph->tensor_count)
        graph->tensors[tensor].keep = true;
    else
        pt_graph_mistake(graph, PT_BAD_INPUT,
                         "something that is no tensor of this graph is to be "
                         "kept");
}
