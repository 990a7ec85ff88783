// Recurrent layers: rnn (Elman 1990), lstm (Hochreiter and Schmidhuber 1997, with the forget gate
// of Gers et al. 2000) and gru (Cho et al. 2014, arXiv:1406.1078, with r inside the product as in
// PyTorch), with PyTorch's parameters, names and initial values.
//
// In a network file `layers: 2` stacks them, with dropout between: nn.LSTM(num_layers=2).

#include "model/recurrent.h"

#include <math.h>
#include <string.h>

#include "model/operator.h"

enum { LAYERS_MAX = 1000 };

static const char *const outputs[] = {"all", "last", NULL};
static const char *const activations[] = {"tanh", "relu", NULL};

#define COMMON_ATTRIBUTES                                                                          \
    [PT_RECURRENT_HIDDEN] = {.name = "hidden",                                                     \
                             .kind = PT_ATTRIBUTE_INTEGER,                                         \
                             .required = true,                                                     \
                             .least = 1,                                                           \
                             .most = 1e15},                                                        \
    [PT_RECURRENT_BIDIRECTIONAL] = {.name = "bidirectional",                                       \
                                    .kind = PT_ATTRIBUTE_BOOL,                                     \
                                    .least = 0,                                                    \
                                    .most = 1},                                                    \
    [PT_RECURRENT_BIAS] = {.name = "bias",                                                         \
                           .kind = PT_ATTRIBUTE_BOOL,                                              \
                           .fallback = 1,                                                          \
                           .least = 0,                                                             \
                           .most = 1},                                                             \
    [PT_RECURRENT_OUTPUTS] = {.name = "outputs",                                                   \
                              .kind = PT_ATTRIBUTE_CHOICE,                                         \
                              .fallback = PT_RECURRENT_ALL,                                        \
                              .choices = outputs},                                                 \
    [PT_RECURRENT_LAYER] = {                                                                       \
        .name = "layer", .kind = PT_ATTRIBUTE_INTEGER, .least = 0, .most = 99999}

static const struct pt_attribute_spec gated_attributes[] = {COMMON_ATTRIBUTES, {.name = NULL}};

static const struct pt_attribute_spec rnn_attributes[] = {
    COMMON_ATTRIBUTES,
    [PT_RECURRENT_RELU] = {.name = "activation",
                           .kind = PT_ATTRIBUTE_CHOICE,
                           .fallback = 0,
                           .choices = activations},
    {.name = NULL},
};

// ------------------------------------------------------------------------------------- sizes
static enum pt_cell cell_of(const struct pt_op *op)
{
    if (strcmp(op->kind->name, "lstm") == 0)
        return PT_CELL_LSTM;
    if (strcmp(op->kind->name, "gru") == 0)
        return PT_CELL_GRU;
    return op->attributes[PT_RECURRENT_RELU].integer ? PT_CELL_RNN_RELU : PT_CELL_RNN_TANH;
}

struct pt_recurrent_size pt_recurrent_size_of(const struct pt_graph *graph, const struct pt_op *op)
{
    const struct pt_shape *in = &pt_graph_tensor(graph, op->inputs[0])->shape;
    struct pt_recurrent_size size = {
        .cell = cell_of(op),
        .batch = in->dim[0],
        .time = in->dim[1],
        .in = in->dim[2],
        .hidden = op->attributes[PT_RECURRENT_HIDDEN].integer,
        .rows = in->dim[0] * in->dim[1], // fits, as the input does
        .directions = op->attributes[PT_RECURRENT_BIDIRECTIONAL].integer ? 2 : 1,
        .bias = op->attributes[PT_RECURRENT_BIAS].integer,
        .last = op->attributes[PT_RECURRENT_OUTPUTS].integer == PT_RECURRENT_LAST,
    };
    size.gates = size.cell == PT_CELL_LSTM ? 4 : size.cell == PT_CELL_GRU ? 3 : 1;
    size.width = size.gates * size.hidden;
    // Rows a power of two apart would fall upon each other in the cache.
    size.stride = size.width % 256 == 0 ? size.width + 16 : size.width;
    size.parameters = size.bias ? 4 : 2;
    return size;
}

// Takes rows * columns floats and returns where; false if the sum leaves int64_t.
static bool take(int64_t *end, int64_t rows, int64_t columns, int64_t *ret_begin)
{
    int64_t count, most = INT64_MAX / (int64_t)sizeof(float) - 16;
    if (!pt_size_product(rows, columns, &count) || count > most || *end > most - count)
        return false;
    *ret_begin = *end;
    *end += pt_size_round_up(count, 16);
    return true;
}

bool pt_recurrent_stash_of(const struct pt_recurrent_size *size,
                           struct pt_recurrent_stash *ret_stash)
{
    struct pt_recurrent_stash stash = {0};
    bool has_seconds = size->cell == PT_CELL_LSTM || size->cell == PT_CELL_GRU, fits = true;
    for (int k = 0; k < size->directions && fits; k++)
        fits = take(&stash.size, size->rows, size->stride, &stash.gates[k]) &&
               take(&stash.size, size->rows, has_seconds ? size->hidden : 0, &stash.seconds[k]);
    if (fits && size->last)
        fits = take(&stash.size, size->rows, size->directions * size->hidden, &stash.states);
    if (fits)
        *ret_stash = stash;
    return fits;
}

static int64_t stash_bytes(const struct pt_graph *graph, const struct pt_op *op)
{
    struct pt_recurrent_size size = pt_recurrent_size_of(graph, op);
    struct pt_recurrent_stash stash = {0};
    pt_recurrent_stash_of(&size, &stash); // fits: checked when the operator was added
    return stash.size * (int64_t)sizeof(float);
}

// --------------------------------------------------------------------------------- parameters
static enum pt_status add_parameter(struct pt_graph *graph, struct pt_op *op, const char *what,
                                    int direction, struct pt_shape shape, double bound,
                                    struct pt_error *error)
{
    const char *suffix = pt_arena_printf(graph->arena, "%s_l%d%s", what,
                                         (int)op->attributes[PT_RECURRENT_LAYER].integer,
                                         direction == 1 ? "_reverse" : "");
    if (suffix == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", op->name);
    return pt_operator_parameter(graph, op, suffix, shape, PT_INIT_UNIFORM, bound, error);
}

// All uniform in +-1/sqrt(hidden), as PyTorch's nn.RNNBase starts them.
static enum pt_status add_direction(struct pt_graph *graph, struct pt_op *op,
                                    const struct pt_recurrent_size *size, int direction,
                                    struct pt_error *error)
{
    static const char *const names[] = {"weight_ih", "weight_hh", "bias_ih", "bias_hh"};
    double bound = 1 / sqrt((double)size->hidden);
    const struct pt_shape shapes[] = {{2, {size->width, size->in}},
                                      {2, {size->width, size->hidden}},
                                      {1, {size->width}},
                                      {1, {size->width}}};
    enum pt_status status = PT_OK;
    for (int i = 0; i < size->parameters && status == PT_OK; i++)
        status = add_parameter(graph, op, names[i], direction, shapes[i], bound, error);
    return status;
}

static enum pt_status infer(struct pt_graph *graph, struct pt_op *op, struct pt_shape *ret_outputs,
                            struct pt_error *error)
{
    struct pt_shape in = pt_graph_tensor(graph, op->inputs[0])->shape;
    char text[160];
    if (in.rank != 3)
        return pt_fail(error, PT_BAD_INPUT,
                       "%s: %s takes sequences [batch, time, features]; %s has shape %s", op->name,
                       op->kind->name, pt_graph_tensor(graph, op->inputs[0])->name,
                       pt_shape_text(&in, text));
    struct pt_recurrent_size size = pt_recurrent_size_of(graph, op);
    struct pt_recurrent_stash stash;
    enum pt_status status = PT_OK;
    if (!pt_recurrent_stash_of(&size, &stash))
        status =
            pt_fail(error, PT_OVERFLOW, "%s: the gates of %s exceed 2^63 bytes; use smaller sizes",
                    op->name, op->kind->name);
    for (int k = 0; k < size.directions && status == PT_OK; k++)
        status = add_direction(graph, op, &size, k, error);
    int64_t features = size.directions * size.hidden;
    ret_outputs[0] = size.last ? (struct pt_shape){2, {size.batch, features}}
                               : (struct pt_shape){3, {size.batch, size.time, features}};
    return status;
}

// ------------------------------------------------------------------------------------- stacks
static bool is_tied(const struct pt_op_request *request)
{
    bool tied = false;
    for (int i = 0; i < request->parameter_count; i++)
        tied = tied || request->parameters[i] != PT_NO_TENSOR;
    return tied;
}

// False, with the mistake recorded, if this is no stack.
static bool check_stack(struct pt_graph *graph, const struct pt_op_request *request, int layers,
                        double dropout)
{
    const char *name = request->name != NULL ? request->name : request->operator_name;
    if (graph->status != PT_OK)
        return false;
    if (layers < 1 || layers > LAYERS_MAX)
        pt_graph_mistake(graph, PT_BAD_INPUT, "%s: %d layers; 1 to %d are possible", name, layers,
                         LAYERS_MAX);
    else if (!(dropout >= 0 && dropout < 1))
        pt_graph_mistake(graph, PT_BAD_INPUT,
                         "%s: dropout is %g; it must be at least 0 and below 1", name, dropout);
    else if (layers > 1 && is_tied(request))
        pt_graph_mistake(graph, PT_BAD_INPUT,
                         "%s: a stack of layers cannot be tied; write the layers one by one", name);
    return graph->status == PT_OK;
}

// One layer of a stack below its last one, and the dropout on it.
static pt_tensor add_below(struct pt_graph *graph, struct pt_op_request request, int layer,
                           double dropout)
{
    const char *stack = request.name;
    request.name = pt_arena_printf(graph->arena, "%s.l%d", stack, layer);
    const char *name = pt_arena_printf(graph->arena, "%s.dropout%d", stack, layer);
    if (request.name == NULL || name == NULL)
        return pt_graph_mistake(graph, PT_NO_MEMORY, "%s: out of memory", stack);
    pt_tensor output = pt_graph_add_op(graph, &request);
    if (dropout > 0 && output != PT_NO_TENSOR)
        output = pt_graph_add(graph, "dropout", name, &output, 1,
                              (union pt_attribute[]){{.number = dropout}});
    return output;
}

// The attributes of layer number index of a stack.
static void layer_attributes(const struct pt_op_request *request, int index, bool is_last,
                             union pt_attribute *attributes)
{
    const struct pt_attribute_spec *specs = pt_operator_find(request->operator_name)->attributes;
    for (int i = 0; specs[i].name != NULL; i++)
        attributes[i] = request->attributes[i];
    attributes[PT_RECURRENT_LAYER].integer += index;
    if (!is_last)
        attributes[PT_RECURRENT_OUTPUTS].integer = PT_RECURRENT_ALL;
}

pt_tensor pt_recurrent_stack(struct pt_graph *graph, const struct pt_op_request *request,
                             int layers, double dropout)
{
    union pt_attribute attributes[PT_ATTRIBUTES_MAX] = {{0}};
    struct pt_op_request layer = *request;
    pt_tensor output;
    if (!check_stack(graph, request, layers, dropout))
        return PT_NO_TENSOR;
    if (layers == 1)
        return pt_graph_add_op(graph, request);
    if (request->name == NULL)
        layer.name = pt_graph_default_name(graph, request->operator_name);
    if (layer.name == NULL)
        return pt_graph_mistake(graph, PT_NO_MEMORY, "%s: out of memory", request->operator_name);
    if (layer.scope == NULL)
        layer.scope = layer.name;
    layer.attributes = attributes;
    for (int i = 0; i < layers - 1; i++) {
        layer_attributes(request, i, false, attributes);
        output = add_below(graph, layer, i, dropout);
        layer.inputs = &output;
        layer.input_count = 1;
    }
    layer_attributes(request, layers - 1, true, attributes);
    return pt_graph_add_op(graph, &layer);
}

// In a network file.
enum { LAYERS, DROPOUT };

static const struct pt_attribute_spec stack_attributes[] = {
    {.name = "layers", .kind = PT_ATTRIBUTE_INTEGER, .fallback = 1, .least = 1, .most = LAYERS_MAX},
    {.name = "dropout", .kind = PT_ATTRIBUTE_NUMBER, .least = 0, .most = 0.999999},
    {.name = NULL},
};

static pt_tensor expand(struct pt_graph *graph, const struct pt_op_request *request,
                        const union pt_attribute *stack)
{
    return pt_recurrent_stack(graph, request, (int)stack[LAYERS].integer, stack[DROPOUT].number);
}

#define RECURRENT(operator_name, its_attributes, its_summary)                                      \
    const struct pt_operator pt_operator_##operator_name = {                                       \
        .name = #operator_name,                                                                    \
        .summary = its_summary,                                                                    \
        .input_count = 1,                                                                          \
        .attributes = its_attributes,                                                              \
        .layer_attributes = stack_attributes,                                                      \
        .expand = expand,                                                                          \
        .backward_reads = PT_READS_INPUTS | PT_READS_OUTPUTS | PT_READS_STASH,                     \
        .stash_bytes = stash_bytes,                                                                \
        .infer = infer,                                                                            \
    }

RECURRENT(rnn, rnn_attributes, "h = tanh(x W_ih^T + b_ih + h W_hh^T + b_hh), step by step");
RECURRENT(lstm, gated_attributes, "long short-term memory: gates i, f, g, o; a cell state");
RECURRENT(gru, gated_attributes, "gated recurrent unit: gates r, z, n");
