// Makes the operators of a graph ready to run: all pointers, once.
//
// A shorter batch, or one of shorter samples, has a graph of its own, for its shapes, but no memory
// of its own: every value of the full batch is at least as large, so it lies where the full batch's
// value lies.

#include <string.h>

#include "engine/network_parts.h"

char *pt_network_value_bytes(const struct pt_network *network, pt_tensor tensor)
{
    int64_t offset = network->plan.value[tensor];
    if (offset == PT_NOWHERE)
        return NULL;
    switch (network->plan.value_home[tensor]) {
    case PT_HOME_PARAMETERS:
        return (char *)network->parameters + offset;
    case PT_HOME_FIXED:
        return network->fixed + offset;
    case PT_HOME_INPUTS:
        return network->inputs + offset;
    case PT_HOME_ACTIVATIONS:
        break;
    }
    return network->activations + offset;
}

// Where a value lies in the backward pass.
static char *late_value_bytes(const struct pt_network *network, pt_tensor tensor)
{
    int64_t offset = network->plan.value_again[tensor];
    return offset == PT_NOWHERE ? pt_network_value_bytes(network, tensor)
                                : network->activations + offset;
}

float *pt_network_gradient_bytes(const struct pt_network *network, pt_tensor tensor)
{
    const struct pt_tensor_info *info = pt_graph_tensor(network->graph, tensor);
    int64_t offset = network->plan.gradient[tensor];
    if (network->inference || !info->needs_gradient || offset == PT_NOWHERE)
        return NULL;
    char *array =
        info->role == PT_ROLE_PARAMETER ? (char *)network->gradients : network->activations;
    return (float *)(void *)(array + offset);
}

size_t pt_network_scratch_need(const struct pt_network *network, const struct pt_graph *graph)
{
    size_t most = 0;
    for (int i = 0; i < graph->op_count; i++) {
        const struct pt_op *op = &graph->ops[i];
        const struct pt_operator_kernel *kernel = pt_operator_kernel_find(op->kind->name);
        if (kernel->scratch_bytes == NULL)
            continue;
        size_t need =
            kernel->scratch_bytes(graph, op, network->threads, network->precision, network->matmul);
        most = need > most ? need : most;
    }
    return most;
}

static int reader_count(const struct pt_graph *graph, pt_tensor tensor)
{
    int count = 0;
    for (int i = 0; i < graph->op_count; i++)
        for (int k = 0; k < graph->ops[i].input_count; k++)
            count += graph->ops[i].inputs[k] == tensor;
    return count;
}

// A relu that the plan puts over the output of a product, where nobody else reads that output, is
// done by the product while the numbers are in registers.
static void fuse_relu(const struct pt_network *network, struct pt_ready_op *ops, int index)
{
    const struct pt_graph *graph = network->graph;
    const struct pt_op *relu = &graph->ops[index];
    int before = pt_graph_tensor(graph, relu->inputs[0])->producer;
    if (strcmp(relu->kind->name, "relu") != 0 || !network->plan.output_in_place[index] ||
        before < 0 || !graph->ops[before].kind->may_fuse_relu ||
        reader_count(graph, relu->inputs[0]) != 1)
        return;
    ops[before].call.fused_relu = true;
    ops[index].is_fused = true;
}

static void set_pointers(const struct pt_network *network, struct pt_ready_op *ready)
{
    struct pt_kernel_call *call = &ready->call;
    const struct pt_op *op = call->op;
    int64_t stash = network->plan.stash[call->op_index];

    for (int i = 0; i < op->input_count; i++) {
        call->inputs[i] = (float *)(void *)pt_network_value_bytes(network, op->inputs[i]);
        call->input_gradients[i] = pt_network_gradient_bytes(network, op->inputs[i]);
    }
    for (int i = 0; i < op->parameter_count; i++) {
        call->parameters[i] = (float *)(void *)pt_network_value_bytes(network, op->parameters[i]);
        call->parameter_gradients[i] = pt_network_gradient_bytes(network, op->parameters[i]);
    }
    for (int i = 0; i < op->output_count; i++) {
        call->outputs[i] = (float *)(void *)pt_network_value_bytes(network, op->outputs[i]);
        call->output_gradients[i] = pt_network_gradient_bytes(network, op->outputs[i]);
    }
    call->stash = stash == PT_NOWHERE ? NULL : network->activations + stash;
}

static void set_parameter_order(struct pt_ready_op *ready, bool *written)
{
    const struct pt_op *op = ready->call.op;
    for (int k = 0; k < op->parameter_count && ready->runs_backward; k++) {
        ready->adds_parameter |= written[op->parameters[k]] ? 1u << k : 0;
        written[op->parameters[k]] = true;
    }
}

// In the backward order the first operator to reach a gradient writes it, the others add. Those
// that write gradients of parameters in the forward pass come before all.
static void set_gradient_order(const struct pt_network *network, struct pt_ready_op *ops,
                               bool *written)
{
    const struct pt_graph *graph = network->graph;
    for (int i = graph->op_count - 1; i >= 0; i--) {
        const struct pt_op *op = &graph->ops[i];
        ops[i].runs_backward =
            !network->inference && pt_graph_tensor(graph, op->outputs[0])->needs_gradient;
        for (int k = 0; k < op->input_count && ops[i].runs_backward; k++) {
            pt_tensor input = op->inputs[k];
            if (ops[i].call.input_gradients[k] == NULL)
                continue;
            ops[i].adds_input |= written[input] ? 1u << k : 0;
            if (pt_graph_tensor(graph, input)->role == PT_ROLE_INPUT)
                ops[i].asked_for |= 1u << k;
            written[input] = true;
        }
    }
    for (int i = 0; i < graph->op_count; i++)
        if (graph->ops[i].kind->gradients_in_forward)
            set_parameter_order(&ops[i], written);
    for (int i = graph->op_count - 1; i >= 0; i--)
        if (!graph->ops[i].kind->gradients_in_forward)
            set_parameter_order(&ops[i], written);
}

// The call for the backward pass of an operator in a segment.
static enum pt_status add_late_call(const struct pt_network *network, struct pt_arena *arena,
                                    struct pt_ready_op *ready, struct pt_error *error)
{
    const struct pt_op *op = ready->call.op;
    int64_t stash = network->plan.stash_again[ready->call.op_index];
    if (op->segment == 0 || network->inference)
        return PT_OK;
    ready->late = pt_arena_alloc(arena, 1, sizeof *ready->late);
    if (ready->late == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", op->name);
    *ready->late = ready->call;
    ready->late->again = true;
    for (int i = 0; i < op->input_count; i++)
        ready->late->inputs[i] = (float *)(void *)late_value_bytes(network, op->inputs[i]);
    for (int i = 0; i < op->output_count; i++)
        ready->late->outputs[i] = (float *)(void *)late_value_bytes(network, op->outputs[i]);
    if (stash != PT_NOWHERE)
        ready->late->stash = network->activations + stash;
    return PT_OK;
}

static enum pt_status make_ready(const struct pt_network *network, const struct pt_graph *graph,
                                 struct pt_row_set *set, struct pt_error *error)
{
    size_t count = (size_t)graph->op_count;
    set->arena = pt_arena_create();
    set->ops = set->arena == NULL ? NULL : pt_arena_alloc(set->arena, count + 1, sizeof *set->ops);
    bool *written = set->arena == NULL ? NULL
                                       : pt_arena_alloc(set->arena, (size_t)graph->tensor_count + 1,
                                                        sizeof *written);
    if (set->ops == NULL || written == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory for %d operators", graph->name,
                       graph->op_count);
    for (int i = 0; i < graph->op_count; i++) {
        set->ops[i] = (struct pt_ready_op){
            .kernel = pt_operator_kernel_find(graph->ops[i].kind->name),
            .call = {.graph = graph,
                     .op = &graph->ops[i],
                     .op_index = i,
                     .scratch = set->scratch.bytes != NULL ? set->scratch.bytes : network->scratch,
                     .threads = network->threads,
                     .precision = network->precision,
                     .matmul = network->matmul,
                     .seed = network->seed}};
        set_pointers(network, &set->ops[i]);
        fuse_relu(network, set->ops, i);
    }
    set_gradient_order(network, set->ops, written);
    enum pt_status status = PT_OK; // last: a late call is a copy, with what was fused
    for (int i = 0; i < graph->op_count && status == PT_OK; i++)
        status = add_late_call(network, set->arena, &set->ops[i], error);
    return status;
}

void pt_row_set_destroy(struct pt_row_set *set)
{
    pt_arena_destroy(set->arena);
    pt_graph_destroy(set->own_graph);
    pt_mapping_destroy(&set->scratch);
    *set = (struct pt_row_set){0};
}

static int64_t stash_bytes(const struct pt_graph *graph, int op)
{
    const struct pt_op *it = &graph->ops[op];
    return it->kind->stash_bytes == NULL ? 0 : it->kind->stash_bytes(graph, it);
}

// Every value and stash fits in the place of the full batch's. So it is with all operators that we
// know; one that needs more for less would write over its neighbors.
static enum pt_status check_places(const struct pt_graph *full, const struct pt_graph *graph,
                                   struct pt_error *error)
{
    const char *name = NULL;
    for (int i = 0; i < full->tensor_count && name == NULL; i++)
        if (pt_graph_tensor_size(graph, i) > pt_graph_tensor_size(full, i))
            name = full->tensors[i].name;
    for (int i = 0; i < full->op_count && name == NULL; i++)
        if (stash_bytes(graph, i) > stash_bytes(full, i))
            name = full->ops[i].name;
    return name == NULL ? PT_OK
                        : pt_fail(error, PT_UNSUPPORTED,
                                  "%s needs more memory for a smaller batch than for the full one; "
                                  "use full batches of full length",
                                  name);
}

static bool is_full(const struct pt_graph *graph, int64_t rows, int64_t length)
{
    return rows == pt_graph_batch(graph) && length == pt_graph_length(graph);
}

enum pt_status pt_row_set_create(const struct pt_network *network, int64_t rows, int64_t length,
                                 struct pt_row_set *ret_set, struct pt_error *error)
{
    struct pt_row_set set = {.rows = rows, .length = length};
    const struct pt_graph *graph = network->graph;
    enum pt_status status = PT_OK;
    if (!is_full(graph, rows, length)) {
        status = pt_graph_resized(graph, rows, length, &set.own_graph, error);
        if (status == PT_OK)
            status = check_places(graph, set.own_graph, error);
        graph = set.own_graph;
    }
    if (status == PT_OK) {
        size_t need = pt_network_scratch_need(network, graph);
        if (need > network->scratch_bytes)
            status = pt_mapping_create("scratch memory of a shorter batch", (int64_t)need,
                                       network->threads, &set.scratch, error);
    }
    if (status == PT_OK)
        status = make_ready(network, graph, &set, error);
    if (status == PT_OK)
        *ret_set = set;
    else
        pt_row_set_destroy(&set);
    return status;
}
