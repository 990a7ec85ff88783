// Normalization of each sample over groups of channels and all positions. Wu and He 2018,
// arXiv:1803.08494; as many groups as channels: instance norm.
//
// Samples are shared among the threads; each has arrays of one float a channel in the scratch
// memory. The forward pass leaves mean and reciprocal deviation of each group of each sample.
// Operations are counted as demand/norm.c lists them.

#include <math.h>
#include <string.h>

#include "engine/elementwise.h"
#include "engine/norm_loops.h"
#include "engine/operator_kernel.h"
#include "engine/split.h"
#include "model/norm.h"

enum { WEIGHT, BIAS };
enum { GROUPS, EPSILON };
// Of a sample: the mean of each channel's group, and two that the passes use in their way.
enum { MEAN, FIRST, SECOND, THIRD, DWEIGHT, DBIAS, ARRAYS };
enum { CHANNEL_STEP = 64 };

static size_t scratch_bytes(const struct pt_graph *graph, const struct pt_op *op, int threads,
                            enum pt_precision precision, const struct pt_gemm_backend *matmul)
{
    (void)threads;
    (void)precision;
    (void)matmul;
    struct pt_norm norm = pt_norm_of(graph, op);
    return (size_t)norm.samples * ARRAYS * (size_t)norm.channels * sizeof(float);
}

static float *array_of(const struct pt_kernel_call *call, const struct pt_norm *norm,
                       int64_t sample, int which)
{
    return (float *)call->scratch + (sample * ARRAYS + which) * norm->channels;
}

static struct pt_row_statistics *statistics_of(const struct pt_kernel_call *call,
                                               const struct pt_norm *norm, int64_t sample)
{
    return (struct pt_row_statistics *)call->stash + sample * norm->groups;
}

static float *cleared(float *values, int64_t n)
{
    memset(values, 0, (size_t)n * sizeof *values);
    return values;
}

static double sum_of_group(const float *values, int64_t first, int64_t width)
{
    double sum = 0;
    for (int64_t c = first; c < first + width; c++)
        sum += (double)values[c];
    return sum;
}

static void forward_sample(const struct pt_kernel_call *call, const struct pt_norm *norm,
                           int64_t sample)
{
    const struct pt_norm_loops *loops = pt_norm_loops();
    int64_t channels = norm->channels, width = channels / norm->groups;
    const float *x = call->inputs[0] + sample * norm->positions * channels;
    float *mean = array_of(call, norm, sample, MEAN);
    float *sums = cleared(array_of(call, norm, sample, FIRST), channels);
    float *squares = cleared(array_of(call, norm, sample, SECOND), channels);
    float *factor = array_of(call, norm, sample, THIRD);
    struct pt_row_statistics *group = statistics_of(call, norm, sample);
    double count = (double)(norm->positions * width);

    loops->add_sums(sums, x, norm->positions, channels);
    for (int64_t c = 0; c < channels; c++)
        mean[c] = c % width == 0 ? (float)(sum_of_group(sums, c, width) / count) : mean[c - 1];
    loops->add_squares(squares, x, mean, norm->positions, channels);
    for (int64_t c = 0; c < channels; c++) {
        if (c % width == 0) {
            double variance = sum_of_group(squares, c, width) / count;
            double epsilon = call->op->attributes[EPSILON].number;
            group[c / width] =
                (struct pt_row_statistics){mean[c], (float)(1 / sqrt(variance + epsilon))};
        }
        factor[c] = group[c / width].inverse_deviation * call->parameters[WEIGHT][c];
    }
    loops->normalize(call->outputs[0] + sample * norm->positions * channels, x, mean, factor,
                     call->parameters[BIAS], norm->positions, channels, false);
}

static void forward_samples(void *context, struct pt_range range)
{
    const struct pt_kernel_call *call = context;
    struct pt_norm norm = pt_norm_of(call->graph, call->op);
    for (int64_t sample = range.begin; sample < range.end; sample++)
        forward_sample(call, &norm, sample);
}

static void forward(struct pt_kernel_call *call)
{
    struct pt_norm norm = pt_norm_of(call->graph, call->op);
    int64_t elements = norm.samples * norm.positions * norm.channels;
    pt_run_ranges(norm.samples, 1, elements, call->threads, forward_samples, call);
    call->executed_flop += 7 * elements + norm.samples * (3 * norm.channels + 5 * norm.groups);
}

// With n = (x - mean) / deviation and h = dy weight, as in layer_norm:
// dx = (h - mean(h) - n mean(h n)) / deviation = dy a + (x - mean) b + c.
static void backward_sample(const struct pt_kernel_call *call, const struct pt_norm *norm,
                            int64_t sample)
{
    const struct pt_norm_loops *loops = pt_norm_loops();
    int64_t channels = norm->channels, width = channels / norm->groups;
    int64_t at = sample * norm->positions * channels;
    const struct pt_row_statistics *group = statistics_of(call, norm, sample);
    const float *dy = call->output_gradients[0] + at, *x = call->inputs[0] + at;
    const float *weight = call->parameters[WEIGHT];
    float *mean = array_of(call, norm, sample, MEAN);
    float *a = array_of(call, norm, sample, FIRST), *b = array_of(call, norm, sample, SECOND);
    float *c = array_of(call, norm, sample, THIRD);
    float *products = cleared(array_of(call, norm, sample, DWEIGHT), channels);
    float *sums = cleared(array_of(call, norm, sample, DBIAS), channels);
    double count = (double)(norm->positions * width);

    for (int64_t i = 0; i < channels; i++)
        mean[i] = group[i / width].mean;
    loops->add_gradient_sums(sums, products, dy, x, mean, norm->positions, channels);
    for (int64_t first = 0; first < channels; first += width) {
        double inverse = (double)group[first / width].inverse_deviation, sum_h = 0, sum_hn = 0;
        for (int64_t i = first; i < first + width; i++) {
            products[i] *= (float)inverse;
            sum_h += (double)weight[i] * (double)sums[i];
            sum_hn += (double)weight[i] * (double)products[i];
        }
        for (int64_t i = first; i < first + width; i++) {
            a[i] = (float)(inverse * (double)weight[i]);
            b[i] = (float)(-inverse * inverse * sum_hn / count);
            c[i] = (float)(-inverse * sum_h / count);
        }
    }
    if (call->input_gradients[0] != NULL)
        loops->normalize_backward(call->input_gradients[0] + at, dy, x, mean, a, b, c,
                                  norm->positions, channels, call->accumulate_input[0]);
}

static void backward_samples(void *context, struct pt_range range)
{
    const struct pt_kernel_call *call = context;
    struct pt_norm norm = pt_norm_of(call->graph, call->op);
    for (int64_t sample = range.begin; sample < range.end; sample++)
        backward_sample(call, &norm, sample);
}

// The samples' sums, in their order.
static void parameter_channels(void *context, struct pt_range channels)
{
    const struct pt_kernel_call *call = context;
    struct pt_norm norm = pt_norm_of(call->graph, call->op);
    for (int which = WEIGHT; which <= BIAS; which++)
        if (call->parameter_gradients[which] != NULL)
            pt_elementwise()->column_sums(
                call->parameter_gradients[which] + channels.begin,
                array_of(call, &norm, 0, which == WEIGHT ? DWEIGHT : DBIAS) + channels.begin,
                norm.samples, channels.end - channels.begin, ARRAYS * norm.channels,
                call->accumulate_parameter[which]);
}

static void backward(struct pt_kernel_call *call)
{
    struct pt_norm norm = pt_norm_of(call->graph, call->op);
    int64_t elements = norm.samples * norm.positions * norm.channels;
    bool input = call->input_gradients[0] != NULL;
    pt_run_ranges(norm.samples, 1, elements, call->threads, backward_samples, call);
    pt_run_ranges(norm.channels, CHANNEL_STEP, norm.samples * norm.channels, call->threads,
                  parameter_channels, call);
    int64_t each = 4 + (input ? 5 + (call->accumulate_input[0] ? 1 : 0) : 0);
    int64_t each_channel = 1 + (input ? 5 : 0);
    for (int which = WEIGHT; which <= BIAS; which++)
        if (call->parameter_gradients[which] != NULL) {
            each_channel++;
            call->executed_flop += call->accumulate_parameter[which] ? norm.channels : 0;
        }
    call->executed_flop += each * elements + each_channel * norm.samples * norm.channels +
                           (input ? 5 * norm.samples * norm.groups : 0);
}

const struct pt_operator_kernel pt_kernel_group_norm = {
    .name = "group_norm",
    .forward = forward,
    .backward = backward,
    .scratch_bytes = scratch_bytes,
};
