// Optimizers: options, states, one pass over the flat arrays.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/network_parts.h"
#include "engine/split.h"

enum { STEP = 1024 }; // floats: threads take whole pages

static enum pt_status check_fraction(const char *name, double value, struct pt_error *error)
{
    if (value >= 0 && value < 1) // false for NaN
        return PT_OK;
    return pt_fail(error, PT_USAGE, "%s is %g; it must be at least 0 and below 1", name, value);
}

static enum pt_status check_amount(const char *name, double value, struct pt_error *error)
{
    if (value >= 0 && isfinite(value))
        return PT_OK;
    return pt_fail(error, PT_USAGE, "%s is %g; it must be at least 0 and finite", name, value);
}

static enum pt_status read_options(struct pt_optimizer *optimizer,
                                   const struct pt_optimizer_options *given, struct pt_error *error)
{
    struct pt_optimizer_options *options = &optimizer->options;
    if (given == NULL || given->struct_size == 0 || given->struct_size > sizeof *options)
        return pt_fail(error, PT_USAGE,
                       "pt_optimizer_options.struct_size is %zu; set it to "
                       "sizeof(struct pt_optimizer_options), here %zu",
                       given == NULL ? 0 : given->struct_size, sizeof *options);
    memcpy(options, given, given->struct_size);
    optimizer->rule = pt_optimizer_rule_find(options->kind);
    if (optimizer->rule == NULL)
        return pt_fail(error, PT_USAGE, "there is no optimizer number %d", (int)options->kind);
    enum pt_status status = check_fraction("beta1", options->beta1, error);
    if (status == PT_OK)
        status = check_fraction("beta2", options->beta2, error);
    if (status == PT_OK)
        status = check_fraction("momentum", options->momentum, error);
    if (status == PT_OK)
        status = check_amount("epsilon", options->epsilon, error);
    if (status == PT_OK)
        status = check_amount("weight_decay", options->weight_decay, error);
    if (status == PT_OK && options->momentum != 0 && !optimizer->rule->has_momentum)
        status = pt_fail(error, PT_USAGE, "momentum is %g, but %s has none; use sgd",
                         options->momentum, optimizer->rule->name);
    options->beta1 = options->beta1 == 0 ? 0.9 : options->beta1;
    options->beta2 = options->beta2 == 0 ? 0.999 : options->beta2;
    options->epsilon = options->epsilon == 0 ? 1e-8 : options->epsilon;
    return status;
}

static enum pt_status build(struct pt_optimizer *optimizer,
                            const struct pt_optimizer_options *options, struct pt_error *error)
{
    const struct pt_network *network = optimizer->network;
    int64_t bytes = network->plan.size.parameter_bytes, total;
    enum pt_status status = read_options(optimizer, options, error);
    if (status != PT_OK)
        return status;
    if (network->inference)
        return pt_fail(error, PT_USAGE, "network %s was created for inference: no gradients",
                       network->graph->name);
    optimizer->state_count = optimizer->rule->state_count(&optimizer->options);
    if (!pt_size_product(bytes, optimizer->state_count, &total))
        return pt_fail(error, PT_OVERFLOW, "the state of %s needs 2^63 bytes or more",
                       optimizer->rule->name);
    char what[64];
    snprintf(what, sizeof what, "the state of optimizer %s", optimizer->rule->name);
    status = pt_mapping_create(what, total, network->threads, &optimizer->mapping, error);
    for (int i = 0; i < optimizer->state_count && status == PT_OK; i++)
        optimizer->states[i] = (float *)(void *)((char *)optimizer->mapping.bytes + i * bytes);
    return status;
}

enum pt_status pt_optimizer_create(struct pt_network *network,
                                   const struct pt_optimizer_options *options,
                                   struct pt_optimizer **ret_optimizer, struct pt_error *error)
{
    struct pt_optimizer *optimizer = calloc(1, sizeof *optimizer);
    if (optimizer == NULL)
        return pt_fail(error, PT_NO_MEMORY, "optimizer: out of memory");
    optimizer->network = network;
    enum pt_status status = build(optimizer, options, error);
    if (status == PT_OK)
        *ret_optimizer = optimizer;
    else
        pt_optimizer_destroy(optimizer);
    return status;
}

void pt_optimizer_destroy(struct pt_optimizer *optimizer)
{
    if (optimizer == NULL)
        return;
    pt_mapping_destroy(&optimizer->mapping);
    free(optimizer);
}

struct step_work {
    const struct pt_optimizer *optimizer;
    double learning_rate;
};

static void update_range(void *context, struct pt_range range)
{
    const struct step_work *work = context;
    const struct pt_optimizer *optimizer = work->optimizer;
    struct pt_update update = {.options = &optimizer->options,
                               .learning_rate = work->learning_rate,
                               .step = optimizer->step_count,
                               .count = range.end - range.begin,
                               .parameters = optimizer->network->parameters + range.begin,
                               .gradients = optimizer->network->gradients + range.begin};
    for (int i = 0; i < optimizer->state_count; i++)
        update.states[i] = optimizer->states[i] + range.begin;
    optimizer->rule->update(&update);
}

void pt_optimizer_step(struct pt_optimizer *optimizer, double learning_rate)
{
    struct pt_network *network = optimizer->network;
    struct step_work work = {optimizer, learning_rate};
    int64_t count = network->plan.size.parameter_bytes / (int64_t)sizeof(float);
    optimizer->step_count++;
    pt_run_ranges(count, STEP, count, network->threads, update_range, &work);
    network->executed_flop +=
        optimizer->rule->flop_each(&optimizer->options) * pt_graph_trained_count(network->graph);
}

const char *pt_optimizer_name(const struct pt_optimizer *optimizer)
{
    return optimizer->rule->name;
}

int64_t pt_optimizer_step_count(const struct pt_optimizer *optimizer)
{
    return optimizer->step_count;
}

void pt_optimizer_set_step_count(struct pt_optimizer *optimizer, int64_t step_count)
{
    optimizer->step_count = step_count;
}

int pt_optimizer_state_arrays(const struct pt_optimizer *optimizer)
{
    return optimizer->state_count;
}

float *pt_optimizer_state(struct pt_optimizer *optimizer, int state)
{
    return state >= 0 && state < optimizer->state_count ? optimizer->states[state] : NULL;
}

int64_t pt_optimizer_memory_bytes(const struct pt_optimizer *optimizer)
{
    return (int64_t)optimizer->mapping.size;
}
