// Optimizers: options, plan, memory, states.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/network_parts.h"

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

static enum pt_status check_group(const struct pt_optimizer_group *group, struct pt_error *error)
{
    if (group->match == NULL)
        return pt_fail(error, PT_USAGE, "an optimizer group has no match; it is NULL");
    enum pt_status status = PT_OK;
    if (!isnan(group->weight_decay))
        status = check_amount("weight_decay of a group", group->weight_decay, error);
    if (status == PT_OK && !isnan(group->learning_rate_factor))
        status = check_amount("learning_rate_factor", group->learning_rate_factor, error);
    return status;
}

static enum pt_status check_options(const struct pt_optimizer_options *options,
                                    const struct pt_optimizer_rule *rule, struct pt_error *error)
{
    enum pt_status status = check_fraction("beta1", options->beta1, error);
    if (status == PT_OK)
        status = check_fraction("beta2", options->beta2, error);
    if (status == PT_OK)
        status = check_fraction("momentum", options->momentum, error);
    if (status == PT_OK)
        status = check_amount("epsilon", options->epsilon, error);
    if (status == PT_OK)
        status = check_amount("weight_decay", options->weight_decay, error);
    if (status == PT_OK)
        status = check_amount("clip_norm", options->clip_norm, error);
    if (status == PT_OK)
        status = check_amount("clip_threshold", options->clip_threshold, error);
    if (status == PT_OK)
        status = check_fraction("average_decay", options->average_decay, error);
    for (int i = 0; i < options->group_count && status == PT_OK; i++)
        status = check_group(&options->groups[i], error);
    if (status == PT_OK && options->momentum != 0 && !rule->has_momentum)
        status = pt_fail(error, PT_USAGE, "momentum is %g, but %s has none; use sgd",
                         options->momentum, rule->name);
    if (status == PT_OK && options->nesterov && options->momentum == 0)
        status = pt_fail(error, PT_USAGE, "nesterov needs a momentum; set it to 0.9 for example");
    return status;
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
    const struct pt_optimizer_rule *rule = pt_optimizer_rule_find(options->kind);
    optimizer->rule = rule;
    if (rule == NULL)
        return pt_fail(error, PT_USAGE, "there is no optimizer number %d", (int)options->kind);
    enum pt_status status = check_options(options, rule, error);
    options->momentum = options->momentum == 0 ? rule->momentum : options->momentum;
    options->beta1 = options->beta1 == 0 ? rule->beta1 : options->beta1;
    options->beta2 = options->beta2 == 0 ? rule->beta2 : options->beta2;
    options->epsilon = options->epsilon == 0 ? 1e-8 : options->epsilon;
    options->clip_threshold = options->clip_threshold == 0 ? 1 : options->clip_threshold;
    return status;
}

// ------------------------------------------------------------------------------------- segments
static int64_t begin_of(const struct pt_optimizer *optimizer,
                        const struct pt_optimizer_parameter *parameter)
{
    return optimizer->network->plan.value[parameter->tensor] / (int64_t)sizeof(float);
}

static int64_t padded(int64_t elements)
{
    return pt_size_round_up(elements, PT_MEMORY_ALIGNMENT / (int64_t)sizeof(float));
}

// Does parameter lie right behind segment, with all states, and is it updated with it?
static bool continues(const struct pt_optimizer *optimizer, const struct pt_update_segment *segment,
                      const struct pt_optimizer_parameter *parameter)
{
    const struct pt_optimizer_parameter *first = segment->first;
    if (segment->whole || begin_of(optimizer, parameter) != segment->end ||
        parameter->weight_decay != first->weight_decay ||
        parameter->learning_rate_factor != first->learning_rate_factor)
        return false;
    for (int i = 0; i < PT_OPTIMIZER_STATE_KINDS; i++) {
        bool has = parameter->states[i] != PT_NO_STATE;
        if (has != (first->states[i] != PT_NO_STATE) ||
            (has && parameter->states[i] - first->states[i] != segment->end - segment->begin))
            return false;
    }
    return true;
}

static bool make_segments(struct pt_optimizer *optimizer)
{
    const struct pt_optimizer_plan *plan = &optimizer->plan;
    const struct pt_optimizer_rule *rule = optimizer->rule;
    struct pt_update_segment *last = NULL;
    optimizer->segments = pt_arena_alloc(optimizer->arena, (size_t)plan->parameter_count + 1,
                                         sizeof *optimizer->segments);
    for (int i = 0; i < plan->parameter_count && optimizer->segments != NULL; i++) {
        const struct pt_optimizer_parameter *parameter = &plan->parameters[i];
        bool whole = rule->update == NULL || (rule->update_whole != NULL && parameter->as_matrix);
        if (!whole && last != NULL && continues(optimizer, last, parameter)) {
            last->end += padded(parameter->elements);
            last->elements += parameter->elements;
            continue;
        }
        int64_t begin = begin_of(optimizer, parameter);
        last = &optimizer->segments[optimizer->segment_count++];
        *last = (struct pt_update_segment){.first = parameter,
                                           .begin = begin,
                                           .end = begin + padded(parameter->elements),
                                           .elements = parameter->elements,
                                           .whole = whole};
    }
    return optimizer->segments != NULL;
}

// ------------------------------------------------------------------------------------- creation
static int64_t scratch_bytes(const struct pt_optimizer *optimizer)
{
    const struct pt_network *network = optimizer->network;
    size_t most = 0;
    for (int i = 0; i < optimizer->segment_count && optimizer->rule->scratch_bytes != NULL; i++) {
        const struct pt_update_segment *segment = &optimizer->segments[i];
        size_t bytes = segment->whole
                           ? optimizer->rule->scratch_bytes(segment->first, network->threads,
                                                            network->precision, network->matmul)
                           : 0;
        most = bytes > most ? bytes : most;
    }
    return (int64_t)most;
}

static enum pt_status map_memory(struct pt_optimizer *optimizer, struct pt_error *error)
{
    const struct pt_optimizer_plan *plan = &optimizer->plan;
    int64_t total;
    if (!pt_size_sum(plan->state_bytes, plan->workspace_bytes, &total) ||
        !pt_size_sum(total, scratch_bytes(optimizer), &total))
        return pt_fail(error, PT_OVERFLOW, "the state of %s needs 2^63 bytes or more",
                       optimizer->rule->name);
    char what[64];
    snprintf(what, sizeof what, "the state of optimizer %s", optimizer->rule->name);
    enum pt_status status =
        pt_mapping_create(what, total, optimizer->network->threads, &optimizer->mapping, error);
    if (status != PT_OK || total == 0)
        return status;
    char *bytes = optimizer->mapping.bytes;
    optimizer->states = (float *)(void *)bytes;
    optimizer->workspace = (float *)(void *)(bytes + plan->state_bytes);
    optimizer->scratch = bytes + plan->state_bytes + plan->workspace_bytes;
    return PT_OK;
}

static enum pt_status build(struct pt_optimizer *optimizer,
                            const struct pt_optimizer_options *options, struct pt_error *error)
{
    const struct pt_network *network = optimizer->network;
    enum pt_status status = read_options(optimizer, options, error);
    if (status != PT_OK)
        return status;
    if (network->inference)
        return pt_fail(error, PT_USAGE, "network %s was created for inference: no gradients",
                       network->graph->name);
    optimizer->arena = pt_arena_create();
    if (optimizer->arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "optimizer: out of memory");
    status = pt_optimizer_plan_create(optimizer->arena, network->graph, &optimizer->options,
                                      &optimizer->plan, error);
    optimizer->options.groups = NULL; // the plan has it all; the caller may forget them
    optimizer->options.group_count = 0;
    if (status == PT_OK && !make_segments(optimizer))
        status = pt_fail(error, PT_NO_MEMORY, "optimizer: out of memory");
    return status == PT_OK ? map_memory(optimizer, error) : status;
}

enum pt_status pt_optimizer_create(struct pt_network *network,
                                   const struct pt_optimizer_options *options,
                                   struct pt_optimizer **ret_optimizer, struct pt_error *error)
{
    struct pt_optimizer *optimizer = calloc(1, sizeof *optimizer);
    if (optimizer == NULL)
        return pt_fail(error, PT_NO_MEMORY, "optimizer: out of memory");
    optimizer->network = network;
    optimizer->gradient_norm = NAN;
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
    pt_arena_destroy(optimizer->arena);
    free(optimizer);
}

// ------------------------------------------------------------------------------------- questions
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

double pt_optimizer_gradient_norm(const struct pt_optimizer *optimizer)
{
    return optimizer->gradient_norm;
}

int64_t pt_optimizer_state_count(const struct pt_optimizer *optimizer)
{
    int64_t count = 0;
    for (int i = 0; i < optimizer->plan.parameter_count; i++)
        for (unsigned kind = 0; kind < PT_OPTIMIZER_STATE_KINDS; kind++)
            count += optimizer->plan.parameters[i].states[kind] != PT_NO_STATE;
    return count;
}

static struct pt_optimizer_state describe(const struct pt_optimizer *optimizer,
                                          const struct pt_optimizer_parameter *parameter,
                                          enum pt_optimizer_state_kind kind)
{
    struct pt_optimizer_state state = {.parameter = parameter->tensor,
                                       .name = pt_optimizer_state_text(kind),
                                       .values = optimizer->states + parameter->states[kind]};
    if (kind == PT_STATE_ROWS || kind == PT_STATE_COLUMNS)
        state.shape = (struct pt_shape){
            .rank = 1, .dim = {kind == PT_STATE_ROWS ? parameter->rows : parameter->columns}};
    else
        state.shape = pt_graph_tensor(optimizer->network->graph, parameter->tensor)->shape;
    return state;
}

struct pt_optimizer_state pt_optimizer_state_at(const struct pt_optimizer *optimizer, int64_t index)
{
    for (int i = 0; i < optimizer->plan.parameter_count; i++)
        for (unsigned kind = 0; kind < PT_OPTIMIZER_STATE_KINDS; kind++)
            if (optimizer->plan.parameters[i].states[kind] != PT_NO_STATE && index-- == 0)
                return describe(optimizer, &optimizer->plan.parameters[i], kind);
    return (struct pt_optimizer_state){.parameter = PT_NO_TENSOR};
}

int64_t pt_optimizer_memory_bytes(const struct pt_optimizer *optimizer)
{
    return (int64_t)optimizer->mapping.size;
}
