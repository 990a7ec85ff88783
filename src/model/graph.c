// Building a graph: tensors, operators, parameters; the first mistake is kept.

#include "model/graph.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "model/adapter.h"
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

// Places of a hash table that is at most half full. FNV-1a, 32 bits; linear probing.
static int32_t *name_place(const struct pt_graph *graph, const char *name)
{
    uint32_t hash = UINT32_C(2166136261), mask = (uint32_t)graph->name_capacity - 1;
    for (const char *c = name; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * UINT32_C(16777619);
    while (graph->name_index[hash & mask] != 0 &&
           strcmp(graph->tensors[graph->name_index[hash & mask] - 1].name, name) != 0)
        hash++;
    return &graph->name_index[hash & mask];
}

pt_tensor pt_graph_find(const struct pt_graph *graph, const char *name)
{
    return graph->name_capacity == 0 ? PT_NO_TENSOR : *name_place(graph, name) - 1;
}

// Room for one more name; the old table stays in the arena until the end.
static bool grow_names(struct pt_graph *graph)
{
    int capacity = graph->name_capacity == 0 ? 64 : 2 * graph->name_capacity;
    if (2 * (graph->tensor_count + 1) <= graph->name_capacity)
        return true;
    int32_t *index = pt_arena_alloc(graph->arena, (size_t)capacity, sizeof *index);
    if (index == NULL)
        return false;
    graph->name_index = index;
    graph->name_capacity = capacity;
    for (int i = 0; i < graph->tensor_count; i++)
        *name_place(graph, graph->tensors[i].name) = i + 1;
    return true;
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
    if (tensors == NULL || name == NULL || !grow_names(graph)) {
        pt_fail(error, PT_NO_MEMORY, "%s: out of memory", info->name);
        return PT_NO_TENSOR;
    }
    graph->tensors = tensors;
    tensors[graph->tensor_count] = *info;
    tensors[graph->tensor_count].name = name;
    *name_place(graph, name) = graph->tensor_count + 1;
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

// A parameter that an earlier operator has must be one of this shape and role.
static enum pt_status check_tied(const struct pt_graph *graph, const struct pt_op *op,
                                 const char *suffix, pt_tensor tensor,
                                 const struct pt_tensor_info *wanted, struct pt_error *error)
{
    char have[160], want[160];
    if (tensor < 0 || tensor >= graph->tensor_count || graph->tensors[tensor].role != wanted->role)
        return pt_fail(error, PT_BAD_INPUT, "%s: its %s is tied to something that is no parameter",
                       op->name, suffix);
    const struct pt_tensor_info *info = &graph->tensors[tensor];
    if (!pt_shape_equal(&info->shape, &wanted->shape))
        return pt_fail(error, PT_BAD_INPUT, "%s: its %s has shape %s, that of %s is %s", op->name,
                       suffix, pt_shape_text(&wanted->shape, want), info->name,
                       pt_shape_text(&info->shape, have));
    return PT_OK;
}

static enum pt_status add_parameter(struct pt_graph *graph, struct pt_op *op, const char *suffix,
                                    struct pt_tensor_info info, struct pt_error *error)
{
    char name[NAME_MAX_LENGTH + 32];
    int index = op->parameter_count;
    if (op->shared >> index & 1) {
        enum pt_status status = check_tied(graph, op, suffix, op->parameters[index], &info, error);
        op->parameter_count += status == PT_OK;
        return status;
    }
    snprintf(name, sizeof name, "%s.%s", op->scope, suffix);
    info.name = name;
    info.dtype = PT_FLOAT32;
    info.producer = -1;
    pt_tensor tensor = add_tensor(graph, &info, error);
    if (tensor == PT_NO_TENSOR)
        return error->status;
    op->parameters[op->parameter_count++] = tensor;
    return PT_OK;
}

enum pt_status pt_operator_parameter(struct pt_graph *graph, struct pt_op *op, const char *suffix,
                                     struct pt_shape shape, enum pt_init init, double init_scale,
                                     struct pt_error *error)
{
    return add_parameter(graph, op, suffix,
                         (struct pt_tensor_info){.shape = shape,
                                                 .role = PT_ROLE_PARAMETER,
                                                 .needs_gradient = true,
                                                 .init = init,
                                                 .init_scale = init_scale},
                         error);
}

enum pt_status pt_operator_state(struct pt_graph *graph, struct pt_op *op, const char *suffix,
                                 struct pt_shape shape, enum pt_init init, struct pt_error *error)
{
    return add_parameter(
        graph, op, suffix,
        (struct pt_tensor_info){.shape = shape, .role = PT_ROLE_STATE, .init = init}, error);
}

void pt_operator_file_axes(struct pt_graph *graph, const struct pt_op *op, int parameter,
                           const int8_t *axes)
{
    struct pt_tensor_info *info = &graph->tensors[op->parameters[parameter]];
    if (op->shared >> parameter & 1)
        return;
    info->file_rank = info->shape.rank;
    memcpy(info->file_axes, axes, (size_t)info->shape.rank * sizeof *axes);
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
        if (spec->kind == PT_ATTRIBUTE_CHOICE) // the place of a word: known to be one of the list
            continue;
        if (!(value >= spec->least && value <= spec->most))
            return pt_fail(error, PT_BAD_INPUT, "%s: %s is %g; it must be from %g to %g", op->name,
                           spec->name, value, spec->least, spec->most);
    }
    return PT_OK;
}

static enum pt_status check_inputs(const struct pt_graph *graph, const struct pt_operator *kind,
                                   const struct pt_op *op, struct pt_error *error)
{
    int most = kind->input_count_max > 0 ? kind->input_count_max : kind->input_count;
    enum pt_dtype first = kind->takes_tokens ? PT_INT32 : PT_FLOAT32;
    if (op->input_count < kind->input_count || op->input_count > most) {
        char range[32];
        snprintf(range, sizeof range, most > kind->input_count ? "%d to %d" : "%d",
                 kind->input_count, most);
        return pt_fail(error, PT_BAD_INPUT, "%s: %s takes %s inputs, not %d", op->name, kind->name,
                       range, op->input_count);
    }
    for (int i = 0; i < op->input_count; i++) {
        if (op->inputs[i] < 0 || op->inputs[i] >= graph->tensor_count)
            return pt_fail(error, PT_BAD_INPUT, "%s: input %d is no tensor of this graph", op->name,
                           i + 1);
        if (i == 0 && graph->tensors[op->inputs[i]].dtype != first)
            return pt_fail(error, PT_BAD_INPUT, "%s: input %s is not of type %s", op->name,
                           graph->tensors[op->inputs[i]].name,
                           kind->takes_tokens ? "int32" : "float32");
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
        if (!op->kind->hides_prediction) // accuracy is read from it
            graph->tensors[op->inputs[0]].keep = true;
    }
    return PT_OK;
}

// "linear1", "linear2": operator and how many of its kind there are.
const char *pt_graph_default_name(struct pt_graph *graph, const char *operator_name)
{
    int count = 1;
    for (int i = 0; i < graph->op_count; i++)
        count += strcmp(graph->ops[i].kind->name, operator_name) == 0;
    return pt_arena_printf(graph->arena, "%s%d", operator_name, count);
}

static enum pt_status check_name(const char *name, struct pt_error *error)
{
    if (name != NULL && (strlen(name) > NAME_MAX_LENGTH || *name == '\0'))
        return pt_fail(error, PT_BAD_INPUT, "a name of %zu characters; 1 to %d are possible",
                       strlen(name), NAME_MAX_LENGTH);
    return PT_OK;
}

static union pt_attribute fallback_of(const struct pt_attribute_spec *spec)
{
    return spec->kind == PT_ATTRIBUTE_NUMBER
               ? (union pt_attribute){.number = spec->fallback}
               : (union pt_attribute){.integer = (int64_t)spec->fallback};
}

// What the request says, without checks of the operator itself.
static enum pt_status fill_op(struct pt_graph *graph, const struct pt_op_request *request,
                              struct pt_op *op, struct pt_error *error)
{
    op->kind = pt_operator_find(request->operator_name);
    if (op->kind == NULL)
        return pt_fail(error, PT_NOT_FOUND, "there is no operator %s", request->operator_name);
    enum pt_status status = check_name(request->name, error);
    if (status == PT_OK)
        status = check_name(request->scope, error);
    if (status == PT_OK && (request->input_count < 0 || request->input_count > PT_OP_TENSORS_MAX ||
                            request->parameter_count > PT_OP_TENSORS_MAX))
        status = pt_fail(error, PT_BAD_INPUT, "%s: %d inputs; at most %d are possible",
                         request->operator_name, request->input_count, PT_OP_TENSORS_MAX);
    if (status != PT_OK)
        return status;
    op->name = request->name != NULL ? pt_arena_strdup(graph->arena, request->name)
                                     : pt_graph_default_name(graph, request->operator_name);
    op->scope = request->scope != NULL ? pt_arena_strdup(graph->arena, request->scope) : op->name;
    if (op->name == NULL || op->scope == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", request->operator_name);
    op->input_count = request->input_count;
    memcpy(op->inputs, request->inputs, (size_t)request->input_count * sizeof *op->inputs);
    for (int i = 0; op->kind->attributes != NULL && op->kind->attributes[i].name != NULL; i++)
        op->attributes[i] = request->attributes != NULL ? request->attributes[i]
                                                        : fallback_of(&op->kind->attributes[i]);
    for (int i = 0; i < request->parameter_count; i++)
        if (request->parameters[i] != PT_NO_TENSOR) {
            op->parameters[i] = request->parameters[i];
            op->shared |= 1u << i;
        }
    return PT_OK;
}

pt_tensor pt_graph_add_op(struct pt_graph *graph, const struct pt_op_request *request)
{
    struct pt_error error;
    struct pt_op op = {0};
    if (graph->status != PT_OK)
        return PT_NO_TENSOR;
    if (graph->adapter != NULL && pt_adapter_takes(graph->adapter, request))
        return pt_adapter_add(graph, graph->adapter, request);
    enum pt_status status = fill_op(graph, request, &op, &error);
    if (status == PT_OK)
        status = add_op(graph, &op, &error);
    if (status != PT_OK)
        return pt_graph_mistake(graph, error.status, "%s", error.message);
    if (graph->adapter != NULL)
        pt_adapter_freeze(graph, graph->adapter, &op);
    return op.outputs[0];
}

pt_tensor pt_graph_add(struct pt_graph *graph, const char *operator_name, const char *op_name,
                       const pt_tensor *inputs, int input_count,
                       const union pt_attribute *attributes)
{
    return pt_graph_add_op(graph, &(struct pt_op_request){.operator_name = operator_name,
                                                          .name = op_name,
                                                          .inputs = inputs,
                                                          .input_count = input_count,
                                                          .attributes = attributes});
}

// Gradients spread from parameters and from the inputs that were asked for.
static void spread_gradients(struct pt_graph *graph)
{
    for (int i = 0; i < graph->op_count; i++)
        for (int k = 0; k < graph->ops[i].output_count; k++)
            graph->tensors[graph->ops[i].outputs[k]].needs_gradient =
                any_needs_gradient(graph, &graph->ops[i]);
}

void pt_graph_freeze(struct pt_graph *graph, pt_tensor parameter, bool frozen)
{
    if (graph->status != PT_OK)
        return;
    if (parameter < 0 || parameter >= graph->tensor_count ||
        graph->tensors[parameter].role != PT_ROLE_PARAMETER) {
        pt_graph_mistake(graph, PT_BAD_INPUT, "what is to be frozen is no parameter of this graph");
        return;
    }
    graph->tensors[parameter].frozen = frozen;
    graph->tensors[parameter].needs_gradient = !frozen;
    spread_gradients(graph);
}

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
    spread_gradients(graph);
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
