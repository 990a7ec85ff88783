// Creating a network: options, memory plan, one mapping, initial parameters; and what it tells.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "engine/cpu.h"
#include "engine/network_parts.h"
#include "engine/split.h"

enum { THREADS_MAX = 4096 };

static enum pt_status read_options(struct pt_network *network,
                                   const struct pt_network_options *given, struct pt_error *error)
{
    struct pt_network_options options = {0};
    if (given != NULL) {
        if (given->struct_size == 0 || given->struct_size > sizeof options)
            return pt_fail(error, PT_USAGE,
                           "pt_network_options.struct_size is %zu; set it to "
                           "sizeof(struct pt_network_options), here %zu",
                           given->struct_size, sizeof options);
        memcpy(&options, given, given->struct_size);
    }
    if (options.threads < 0 || options.threads > THREADS_MAX)
        return pt_fail(error, PT_USAGE, "threads is %d; it must be from 0 to %d", options.threads,
                       THREADS_MAX);
    if (options.precision != PT_PRECISION_FP32 && options.precision != PT_PRECISION_BF16)
        return pt_fail(error, PT_USAGE, "precision is %d; it must be fp32 or bf16",
                       (int)options.precision);
    network->seed = options.seed;
    network->threads = options.threads > 0 ? options.threads : pt_cpu_threads();
    network->precision = options.precision;
    network->inference = options.inference;
    return pt_gemm_backend_find(options.matmul, options.precision, &network->matmul, error);
}

static enum pt_status check_operators(const struct pt_graph *graph, struct pt_error *error)
{
    if (graph->plan_only != NULL)
        return pt_fail(error, PT_UNSUPPORTED, "%s can be planned, not trained yet: %s", graph->name,
                       graph->plan_only);
    for (int i = 0; i < graph->op_count; i++)
        if (pt_operator_kernel_find(graph->ops[i].kind->name) == NULL)
            return pt_fail(error, PT_UNSUPPORTED, "%s: the engine cannot run operator %s",
                           graph->ops[i].name, graph->ops[i].kind->name);
    return PT_OK;
}

// One mapping for all; every array begins at a multiple of 64 bytes, as all sizes are such.
static enum pt_status map_arrays(struct pt_network *network, struct pt_error *error)
{
    const struct pt_step_memory *size = &network->plan.size;
    int64_t scratch = pt_size_round_up((int64_t)network->scratch_bytes, PT_MEMORY_ALIGNMENT);
    int64_t total = 0;
    if (!pt_size_sum(size->parameter_bytes, size->gradient_bytes, &total) ||
        !pt_size_sum(total, size->fixed_bytes, &total) ||
        !pt_size_sum(total, size->input_bytes, &total) ||
        !pt_size_sum(total, size->activation_bytes, &total) || !pt_size_sum(total, scratch, &total))
        return pt_fail(error, PT_OVERFLOW,
                       "network %s needs 2^63 bytes or more; use a smaller batch or network",
                       network->graph->name);
    char what[256];
    snprintf(what, sizeof what, "network %.200s", network->graph->name);
    enum pt_status status =
        pt_mapping_create(what, total, network->threads, &network->mapping, error);
    if (status != PT_OK)
        return status;
    char *at = network->mapping.bytes;
    network->parameters = (float *)(void *)at;
    at += size->parameter_bytes;
    network->gradients = (float *)(void *)at;
    at += size->gradient_bytes;
    network->fixed = at;
    network->inputs = network->fixed + size->fixed_bytes;
    network->activations = network->inputs + size->input_bytes;
    network->scratch = network->activations + size->activation_bytes;
    return PT_OK;
}

// Sines in the first half of a row, cosines in the second; the wavelengths grow geometrically from
// 2 pi to 20000 pi. Vaswani et al. 2017, arXiv:1706.03762, 3.5, with the halves of Radford et al.
// 2022, arXiv:2212.04356: transformers, models/whisper/modeling_whisper.py, sinusoids.
static void fill_sinusoids(float *values, const struct pt_shape *shape)
{
    int64_t width = shape->dim[1], half = width / 2;
    for (int64_t row = 0; row < shape->dim[0]; row++)
        for (int64_t i = 0; i < half; i++) {
            double angle =
                (double)row * exp(-log(10000) * (double)i / (double)(half > 1 ? half - 1 : 1));
            values[row * width + i] = (float)sin(angle);
            values[row * width + half + i] = (float)cos(angle);
        }
}

static void fill_parameter(const struct pt_network *network, pt_tensor tensor)
{
    const struct pt_tensor_info *info = pt_graph_tensor(network->graph, tensor);
    float *values = (float *)(void *)pt_network_value_bytes(network, tensor);
    int64_t count = pt_shape_size(&info->shape);
    float scale = (float)info->init_scale;
    switch (info->init) {
    case PT_INIT_ZERO:
        break; // fresh memory is 0
    case PT_INIT_ONE:
        for (int64_t i = 0; i < count; i++)
            values[i] = 1;
        break;
    case PT_INIT_UNIFORM:
        pt_random_fill_uniform(network->seed, (uint64_t)tensor, -scale, scale, values, count);
        break;
    case PT_INIT_NORMAL:
        pt_random_fill_normal(network->seed, (uint64_t)tensor, 0, scale, values, count);
        break;
    case PT_INIT_SINUSOID:
        fill_sinusoids(values, &info->shape);
        break;
    }
}

// Each tensor draws from a stream of its own number, so threads change nothing.
static void fill_parameters(const struct pt_network *network)
{
    int count = network->graph->tensor_count;
    const struct pt_step_memory *size = &network->plan.size;
    bool many =
        size->parameter_bytes + size->fixed_bytes >= PT_PARALLEL_ELEMENTS * (int)sizeof(float);
#pragma omp parallel for schedule(dynamic) num_threads(network->threads) if (many)
    for (int i = 0; i < count; i++)
        if (network->plan.value_home[i] == PT_HOME_PARAMETERS ||
            network->plan.value_home[i] == PT_HOME_FIXED)
            fill_parameter(network, i);
}

static enum pt_status build(struct pt_network *network, const struct pt_network_options *options,
                            struct pt_error *error)
{
    enum pt_status status = pt_graph_check(network->graph, error);
    if (status == PT_OK)
        status = read_options(network, options, error);
    if (status == PT_OK)
        status = check_operators(network->graph, error);
    if (status == PT_OK && (network->arena = pt_arena_create()) == NULL)
        status = pt_fail(error, PT_NO_MEMORY, "network %s: out of memory", network->graph->name);
    if (status == PT_OK) {
        struct pt_demand_options demand = {.precision = network->precision,
                                           .inference = network->inference};
        status =
            pt_memory_plan_create(network->arena, network->graph, &demand, &network->plan, error);
    }
    if (status != PT_OK)
        return status;
    network->scratch_bytes = pt_network_scratch_need(network, network->graph);
    status = map_arrays(network, error);
    if (status != PT_OK)
        return status;
    fill_parameters(network);
    network->length = pt_graph_length(network->graph);
    status = pt_row_set_create(network, pt_graph_batch(network->graph), network->length,
                               &network->row_sets[0], error);
    network->row_set_count = status == PT_OK ? 1 : 0;
    network->next_row_set = 1;
    return status;
}

enum pt_status pt_network_workspace_bytes(const struct pt_graph *graph,
                                          const struct pt_network_options *options,
                                          int64_t *ret_bytes, struct pt_error *error)
{
    struct pt_network network = {.graph = graph};
    enum pt_status status = read_options(&network, options, error);
    if (status != PT_OK)
        return status;
    bool runs = check_operators(graph, NULL) == PT_OK;
    *ret_bytes = runs ? pt_size_round_up((int64_t)pt_network_scratch_need(&network, graph),
                                         PT_MEMORY_ALIGNMENT)
                      : 0;
    return PT_OK;
}

enum pt_status pt_network_create(const struct pt_graph *graph,
                                 const struct pt_network_options *options,
                                 struct pt_network **ret_network, struct pt_error *error)
{
    struct pt_network *network = calloc(1, sizeof *network);
    if (network == NULL)
        return pt_fail(error, PT_NO_MEMORY, "network %s: out of memory", graph->name);
    network->graph = graph;
    network->loss = NAN;
    enum pt_status status = build(network, options, error);
    if (status == PT_OK)
        *ret_network = network;
    else
        pt_network_destroy(network);
    return status;
}

void pt_network_destroy(struct pt_network *network)
{
    if (network == NULL)
        return;
    for (int i = 0; i < network->row_set_count; i++)
        pt_row_set_destroy(&network->row_sets[i]);
    pt_mapping_destroy(&network->mapping);
    pt_arena_destroy(network->arena);
    free(network);
}

static bool is_tensor(const struct pt_network *network, pt_tensor tensor)
{
    return tensor >= 0 && tensor < network->graph->tensor_count;
}

static bool overlap(int64_t a, int64_t a_bytes, int64_t b, int64_t b_bytes)
{
    return a != PT_NOWHERE && b != PT_NOWHERE && a < b + b_bytes && b < a + a_bytes;
}

static int64_t bytes_of(const struct pt_network *network, pt_tensor tensor)
{
    const struct pt_tensor_info *info = pt_graph_tensor(network->graph, tensor);
    return pt_shape_size(&info->shape) * pt_dtype_bytes(info->dtype);
}

// A later operator, or the backward pass, writes where this activation lies.
static bool is_overwritten(const struct pt_network *network, pt_tensor tensor)
{
    const struct pt_graph *graph = network->graph;
    const struct pt_memory_plan *plan = &network->plan;
    int64_t at = plan->value[tensor], bytes = bytes_of(network, tensor);
    for (int i = pt_graph_tensor(graph, tensor)->producer + 1; i < graph->op_count; i++) {
        const struct pt_op *op = &graph->ops[i];
        int64_t stash = op->kind->stash_bytes == NULL ? 0 : op->kind->stash_bytes(graph, op);
        if (overlap(at, bytes, plan->stash[i], stash))
            return true;
        for (int k = 0; k < op->output_count; k++)
            if (plan->value_home[op->outputs[k]] == PT_HOME_ACTIVATIONS &&
                overlap(at, bytes, plan->value[op->outputs[k]], bytes_of(network, op->outputs[k])))
                return true;
    }
    for (int i = 0; i < graph->op_count; i++) { // what is computed again in the backward pass
        const struct pt_op *op = &graph->ops[i];
        int64_t stash = op->kind->stash_bytes == NULL ? 0 : op->kind->stash_bytes(graph, op);
        if (overlap(at, bytes, plan->stash_again[i], stash))
            return true;
    }
    for (int i = 0; i < graph->tensor_count; i++)
        if (overlap(at, bytes, plan->value_again[i], bytes_of(network, i)))
            return true;
    for (int i = 0; i < graph->tensor_count && !network->inference; i++)
        if (pt_graph_tensor(graph, i)->role != PT_ROLE_PARAMETER &&
            overlap(at, bytes, plan->gradient[i], bytes_of(network, i)))
            return true;
    return false;
}

// What can be read after the step: the memory of other activations serves others too.
static bool outlives_step(const struct pt_network *network, pt_tensor tensor)
{
    const struct pt_tensor_info *info = pt_graph_tensor(network->graph, tensor);
    return info->role != PT_ROLE_ACTIVATION || info->keep ||
           network->plan.value_home[tensor] == PT_HOME_INPUTS || !is_overwritten(network, tensor);
}

static void *values_of(struct pt_network *network, pt_tensor tensor, enum pt_dtype dtype)
{
    if (!is_tensor(network, tensor) || pt_graph_tensor(network->graph, tensor)->dtype != dtype ||
        !outlives_step(network, tensor))
        return NULL;
    return pt_network_value_bytes(network, tensor);
}

float *pt_network_values(struct pt_network *network, pt_tensor tensor)
{
    return values_of(network, tensor, PT_FLOAT32);
}

int32_t *pt_network_values_int32(struct pt_network *network, pt_tensor tensor)
{
    return values_of(network, tensor, PT_INT32);
}

float *pt_network_gradient(struct pt_network *network, pt_tensor tensor)
{
    if (!is_tensor(network, tensor) ||
        pt_graph_tensor(network->graph, tensor)->role == PT_ROLE_ACTIVATION)
        return NULL;
    return pt_network_gradient_bytes(network, tensor);
}

double pt_network_loss(const struct pt_network *network)
{
    return network->loss;
}

int64_t pt_network_executed_flop(const struct pt_network *network)
{
    return network->executed_flop;
}

enum pt_status pt_network_profile(struct pt_network *network, struct pt_error *error)
{
    size_t count = (size_t)network->graph->op_count + 1;
    if (network->op_times == NULL)
        network->op_times = pt_arena_alloc(network->arena, count, sizeof *network->op_times);
    if (network->op_times == NULL)
        return pt_fail(error, PT_NO_MEMORY, "network %s: no memory for a profile",
                       network->graph->name);
    memset(network->op_times, 0, count * sizeof *network->op_times);
    for (int i = 0; i < network->graph->op_count; i++)
        network->op_times[i].is_fused = network->row_sets[0].ops[i].is_fused;
    return PT_OK;
}

const struct pt_op_time *pt_network_op_times(const struct pt_network *network)
{
    return network->op_times;
}

const struct pt_graph *pt_network_graph(const struct pt_network *network)
{
    return network->graph;
}

float *pt_network_parameters(struct pt_network *network, int64_t *ret_count)
{
    *ret_count = network->plan.size.parameter_bytes / (int64_t)sizeof(float);
    return network->parameters;
}

float *pt_network_gradients(struct pt_network *network, int64_t *ret_count)
{
    *ret_count = network->plan.size.gradient_bytes / (int64_t)sizeof(float);
    return network->inference ? NULL : network->gradients;
}

int64_t pt_network_step(const struct pt_network *network)
{
    return network->step;
}

void pt_network_set_step(struct pt_network *network, int64_t step)
{
    network->step = step;
}

const char *pt_network_matmul_name(const struct pt_network *network)
{
    return network->matmul->name;
}

int pt_network_threads(const struct pt_network *network)
{
    return network->threads;
}

enum pt_precision pt_network_precision(const struct pt_network *network)
{
    return network->precision;
}

int64_t pt_network_memory_bytes(const struct pt_network *network)
{
    return (int64_t)network->mapping.size;
}
