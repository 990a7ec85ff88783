// One update: the gradient's length, then one pass over the flat arrays.
//
// A pass goes block by block, so that a parameter is still in the cache when its average follows
// it. The length is a sum of parts of a fixed grid: the same bits with any number of threads.

#include <assert.h>
#include <math.h>

#include "engine/network_parts.h"
#include "engine/split.h"

enum {
    STEP = 1024,  // floats: threads take whole pages
    BLOCK = 8192, // floats of each array: parameter, gradient, two moments and average stay in L2
    NORM_PART_LEAST = 16384
};

struct step_work {
    const struct pt_optimizer *optimizer;
    double learning_rate;
    struct pt_gradient_scale scale;
    struct pt_parts parts;
    double sums[PT_PARTS_MAX];
    float average_weight;
    int64_t average_begin; // where the range of average_range begins
};

static int64_t float_count(const struct pt_network *network)
{
    return network->plan.size.parameter_bytes / (int64_t)sizeof(float);
}

static struct pt_update update_of(const struct step_work *work,
                                  const struct pt_update_segment *segment, int64_t begin,
                                  int64_t end)
{
    const struct pt_optimizer *optimizer = work->optimizer;
    const struct pt_network *network = optimizer->network;
    const struct pt_optimizer_parameter *first = segment->first;
    struct pt_update update = {.options = &optimizer->options,
                               .learning_rate = work->learning_rate * first->learning_rate_factor,
                               .weight_decay = first->weight_decay,
                               .step = optimizer->step_count,
                               .scale = work->scale,
                               .count = end - begin,
                               .parameters = network->parameters + begin,
                               .gradients = network->gradients + begin,
                               .parameter = first,
                               .threads = network->threads,
                               .precision = network->precision,
                               .matmul = network->matmul,
                               .workspace = optimizer->workspace,
                               .scratch = optimizer->scratch};
    for (int i = 0; i < PT_OPTIMIZER_STATE_KINDS; i++)
        if (first->states[i] != PT_NO_STATE)
            update.states[i] = optimizer->states + first->states[i] + (begin - segment->begin);
    return update;
}

static void average_range(void *context, struct pt_range range)
{
    const struct step_work *work = context;
    const struct pt_optimizer *optimizer = work->optimizer;
    int64_t begin = work->average_begin + range.begin;
    pt_optimizer_loops()->average(optimizer->states + optimizer->plan.average + begin,
                                  optimizer->network->parameters + begin, range.end - range.begin,
                                  work->average_weight);
}

static void update_block(struct step_work *work, const struct pt_update_segment *segment,
                         int64_t begin, int64_t end)
{
    struct pt_update update = update_of(work, segment, begin, end);
    work->optimizer->rule->update(&update);
    if (work->optimizer->plan.average != PT_NO_STATE)
        average_range(work, (struct pt_range){begin, end});
}

// The parts of the segments that lie in range.
static void update_range(void *context, struct pt_range range)
{
    struct step_work *work = context;
    const struct pt_optimizer *optimizer = work->optimizer;
    for (int i = 0; i < optimizer->segment_count; i++) {
        const struct pt_update_segment *segment = &optimizer->segments[i];
        int64_t begin = segment->begin > range.begin ? segment->begin : range.begin;
        int64_t end = segment->end < range.end ? segment->end : range.end;
        for (int64_t at = begin; at < end && !segment->whole; at += BLOCK)
            update_block(work, segment, at, at + BLOCK < end ? at + BLOCK : end);
    }
}

// Averages lie as parameters do, so a range of the one is a range of the other.
static int64_t update_whole_parameters(struct step_work *work)
{
    const struct pt_optimizer *optimizer = work->optimizer;
    int64_t flop = 0;
    for (int i = 0; i < optimizer->segment_count; i++) {
        const struct pt_update_segment *segment = &optimizer->segments[i];
        if (!segment->whole)
            continue;
        struct pt_update update = update_of(work, segment, segment->begin, segment->end);
        flop += optimizer->rule->update_whole(&update);
        int64_t count = segment->end - segment->begin;
        work->average_begin = segment->begin;
        if (optimizer->plan.average != PT_NO_STATE)
            pt_run_ranges(count, STEP, count, optimizer->network->threads, average_range, work);
    }
    return flop;
}

static int64_t count_flop(const struct step_work *work)
{
    const struct pt_optimizer *optimizer = work->optimizer;
    int64_t flop = 0;
    for (int i = 0; i < optimizer->segment_count; i++) {
        const struct pt_update_segment *segment = &optimizer->segments[i];
        struct pt_update update = update_of(work, segment, segment->begin, segment->end);
        if (!segment->whole)
            flop += (optimizer->rule->flop_each(&update) + (work->scale.wanted ? 1 : 0)) *
                    segment->elements;
        if (optimizer->plan.average != PT_NO_STATE)
            flop += 3 * segment->elements;
    }
    return flop;
}

// --------------------------------------------------------------------------------------- length
static void sum_parts(void *context, struct pt_range range)
{
    struct step_work *work = context;
    const struct pt_network *network = work->optimizer->network;
    for (int64_t part = range.begin; part < range.end; part++) {
        struct pt_range at = pt_part_range(work->parts, part, float_count(network));
        work->sums[part] =
            pt_optimizer_loops()->square_sum(network->gradients + at.begin, at.end - at.begin);
    }
}

static double gradient_norm(struct step_work *work)
{
    struct pt_network *network = work->optimizer->network;
    int64_t count = float_count(network);
    double sum = 0;
    work->parts = pt_split_parts(count, NORM_PART_LEAST);
    pt_run_ranges(work->parts.count, 1, count, network->threads, sum_parts, work);
    for (int64_t i = 0; i < work->parts.count; i++)
        sum += work->sums[i];
    network->executed_flop += 2 * pt_graph_trained_count(network->graph);
    return sqrt(sum);
}

// torch.nn.utils.clip_grad_norm_: clip / (norm + 1e-6), at most 1.
static void clip(const struct pt_optimizer *optimizer, struct step_work *work)
{
    double limit = optimizer->options.clip_norm, norm = optimizer->gradient_norm;
    if (limit == 0)
        return;
    double factor = limit / (norm + 1e-6);
    work->scale.wanted = true;
    if (!(factor >= 1)) // NaN goes on
        work->scale.factor *= (float)factor;
}

// ----------------------------------------------------------------------------------------- step
static void step(struct pt_optimizer *optimizer, struct step_work *work)
{
    struct pt_network *network = optimizer->network;
    int64_t count = float_count(network), flop = 0;
    assert(!optimizer->average_is_swapped);
    optimizer->step_count++;
    work->average_weight =
        optimizer->step_count == 1 ? 1 : (float)(1 - optimizer->options.average_decay);
    clip(optimizer, work);
    if (optimizer->rule->update != NULL)
        pt_run_ranges(count, STEP, count, network->threads, update_range, work);
    if (optimizer->rule->update_whole != NULL)
        flop = update_whole_parameters(work);
    network->executed_flop += flop + count_flop(work);
}

static struct step_work begin(struct pt_optimizer *optimizer, double learning_rate,
                              double gradient_scale)
{
    struct step_work work = {
        .optimizer = optimizer,
        .learning_rate = learning_rate,
        .scale = {.wanted = gradient_scale != 1, .factor = (float)gradient_scale}};
    optimizer->gradient_norm = NAN;
    if (optimizer->options.clip_norm != 0 || optimizer->options.check_gradients)
        optimizer->gradient_norm = gradient_norm(&work) * fabs(gradient_scale);
    return work;
}

void pt_optimizer_step(struct pt_optimizer *optimizer, double learning_rate)
{
    struct step_work work = begin(optimizer, learning_rate, 1);
    step(optimizer, &work);
}

enum pt_status pt_optimizer_update(struct pt_optimizer *optimizer, double learning_rate,
                                   double gradient_scale, struct pt_error *error)
{
    if (optimizer->average_is_swapped)
        return pt_fail(error, PT_USAGE,
                       "the parameters of network %s are their average; call "
                       "pt_optimizer_swap_average before the next update",
                       optimizer->network->graph->name);
    struct step_work work = begin(optimizer, learning_rate, gradient_scale);
    bool asked = optimizer->options.clip_norm != 0 || optimizer->options.check_gradients;
    if (asked && !isfinite(optimizer->gradient_norm))
        return pt_fail(error, PT_DIVERGED,
                       "the gradient of network %s is not finite at update %lld; try a lower "
                       "learning_rate or warmup_steps",
                       optimizer->network->graph->name, (long long)optimizer->step_count + 1);
    step(optimizer, &work);
    return PT_OK;
}

// -------------------------------------------------------------------------------------- average
static void swap_range(void *context, struct pt_range range)
{
    const struct step_work *work = context;
    const struct pt_optimizer *optimizer = work->optimizer;
    float *parameters = optimizer->network->parameters;
    float *averages = optimizer->states + optimizer->plan.average;
    for (int64_t i = range.begin; i < range.end; i++) {
        float parameter = parameters[i];
        parameters[i] = averages[i];
        averages[i] = parameter;
    }
}

// Before the first update there is no average yet; then the parameters stand for it.
enum pt_status pt_optimizer_swap_average(struct pt_optimizer *optimizer, struct pt_error *error)
{
    if (optimizer->plan.average == PT_NO_STATE)
        return pt_fail(error, PT_USAGE,
                       "optimizer %s keeps no average; set average_decay, for example to 0.999",
                       optimizer->rule->name);
    struct step_work work = {.optimizer = optimizer};
    int64_t count = float_count(optimizer->network);
    if (optimizer->step_count > 0)
        pt_run_ranges(count, STEP, count, optimizer->network->threads, swap_range, &work);
    optimizer->average_is_swapped = !optimizer->average_is_swapped;
    return PT_OK;
}
