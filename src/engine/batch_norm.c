// Normalization of each channel over the batch and all positions. Ioffe and Szegedy 2015,
// arXiv:1502.03167. In training by the statistics of the batch, which move the running ones;
// otherwise by the running ones.
//
// Memory is read twice in each pass: for sums, and for results. Sums are made by the parts of a
// fixed grid of rows, each with its own place in the scratch memory, and merged in their order. The
// forward pass leaves mean and reciprocal deviation of each channel.
// Operations are counted as demand/norm.c lists them; the 7 for the running statistics also when
// values that were dropped are computed again, which moves no statistics.

#include <math.h>
#include <string.h>

#include "engine/elementwise.h"
#include "engine/norm_loops.h"
#include "engine/operator_kernel.h"
#include "engine/split.h"

enum { EPSILON, MOMENTUM };
enum { WEIGHT, BIAS, RUNNING_MEAN, RUNNING_VARIANCE };
// The floats of a channel in the scratch memory: of each part, and of all together.
enum { PART_MEAN, PART_SQUARES, PART_DISTANCE, PART_BLOCK, PART_BLOCK_SQUARES, PART_ARRAYS };
enum { FACTOR, TO_X, TO_ALL, COMMON_ARRAYS };
enum { LEAST_ROWS = 32, CHANNEL_STEP = 16 };

struct batch {
    struct pt_kernel_call *call;
    int64_t rows, channels;
    struct pt_parts parts;
    float *mean, *inverse; // the stash
    float *common;         // the scratch memory
};

static struct batch batch_of(struct pt_kernel_call *call)
{
    struct pt_matrix_size size = pt_op_matrix(call->graph, call->op);
    float *stash = call->stash;
    return (struct batch){.call = call,
                          .rows = size.rows,
                          .channels = size.columns,
                          .parts = pt_split_parts(size.rows, LEAST_ROWS),
                          .mean = stash,
                          .inverse = stash + size.columns,
                          .common = call->scratch};
}

static float *common_array(const struct batch *batch, int which)
{
    return batch->common + which * batch->channels;
}

static float *part_array(const struct batch *batch, int64_t part, int which)
{
    return batch->common + (COMMON_ARRAYS + part * PART_ARRAYS + which) * batch->channels;
}

static size_t scratch_bytes(const struct pt_graph *graph, const struct pt_op *op, int threads,
                            enum pt_precision precision, const struct pt_gemm_backend *matmul)
{
    (void)threads;
    (void)precision;
    (void)matmul;
    struct pt_matrix_size size = pt_op_matrix(graph, op);
    int64_t arrays = COMMON_ARRAYS + pt_parts_most(size.rows, LEAST_ROWS) * PART_ARRAYS;
    return (size_t)arrays * (size_t)size.columns * sizeof(float);
}

static int64_t elements_of(const struct batch *batch)
{
    return batch->rows * batch->channels;
}

// --------------------------------------------------------------------------------------- forward
static void moments_of_parts(void *context, struct pt_range range)
{
    const struct batch *batch = context;
    for (int64_t part = range.begin; part < range.end; part++) {
        struct pt_range rows = pt_part_range(batch->parts, part, batch->rows);
        pt_norm_loops()->moments(
            part_array(batch, part, PART_MEAN), part_array(batch, part, PART_SQUARES),
            batch->call->inputs[0] + rows.begin * batch->channels, rows.end - rows.begin,
            batch->channels, part_array(batch, part, PART_DISTANCE),
            part_array(batch, part, PART_BLOCK));
    }
}

// Mean and sum of squared distances of a channel, from those of the parts; see norm_body.h.
static void merge_parts(const struct batch *batch, int64_t channel, double *mean, double *squares)
{
    double before = 0;
    *mean = *squares = 0;
    for (int64_t part = 0; part < batch->parts.count; part++) {
        struct pt_range rows = pt_part_range(batch->parts, part, batch->rows);
        double count = (double)(rows.end - rows.begin);
        double distance = (double)part_array(batch, part, PART_MEAN)[channel] - *mean;
        *squares += (double)part_array(batch, part, PART_SQUARES)[channel] +
                    distance * distance * before * count / (before + count);
        *mean += distance * count / (before + count);
        before += count;
    }
}

static void move_running(const struct batch *batch, int64_t channel, double mean, double squares)
{
    const struct pt_kernel_call *call = batch->call;
    double momentum = call->op->attributes[MOMENTUM].number;
    double unbiased = squares / (double)(batch->rows - 1);
    float *running_mean = &call->parameters[RUNNING_MEAN][channel];
    float *running_variance = &call->parameters[RUNNING_VARIANCE][channel];
    *running_mean = (float)((1 - momentum) * (double)*running_mean + momentum * mean);
    *running_variance = (float)((1 - momentum) * (double)*running_variance + momentum * unbiased);
}

static void statistics_of_channels(void *context, struct pt_range channels)
{
    const struct batch *batch = context;
    const struct pt_kernel_call *call = batch->call;
    double epsilon = call->op->attributes[EPSILON].number, mean, squares;
    for (int64_t c = channels.begin; c < channels.end; c++) {
        if (call->training) {
            merge_parts(batch, c, &mean, &squares);
            batch->mean[c] = (float)mean;
            batch->inverse[c] = (float)(1 / sqrt(squares / (double)batch->rows + epsilon));
            if (!call->again)
                move_running(batch, c, mean, squares);
        } else {
            batch->mean[c] = call->parameters[RUNNING_MEAN][c];
            batch->inverse[c] =
                (float)(1 / sqrt((double)call->parameters[RUNNING_VARIANCE][c] + epsilon));
        }
        common_array(batch, FACTOR)[c] = batch->inverse[c] * call->parameters[WEIGHT][c];
    }
}

static void normalize_rows(void *context, struct pt_range rows)
{
    const struct batch *batch = context;
    const struct pt_kernel_call *call = batch->call;
    int64_t at = rows.begin * batch->channels;
    pt_norm_loops()->normalize(call->outputs[0] + at, call->inputs[0] + at, batch->mean,
                               common_array(batch, FACTOR), call->parameters[BIAS],
                               rows.end - rows.begin, batch->channels, call->fused_relu);
}

static void forward(struct pt_kernel_call *call)
{
    struct batch batch = batch_of(call);
    int64_t elements = elements_of(&batch);
    if (call->training && batch.rows < 2) {
        call->status = pt_fail(&call->error, PT_BAD_INPUT,
                               "%s: one value of each channel has no variance; train with a batch "
                               "of 2 samples or more, also the last one of an epoch",
                               call->op->name);
        return;
    }
    if (call->training)
        pt_run_ranges(batch.parts.count, 1, elements, call->threads, moments_of_parts, &batch);
    pt_run_ranges(batch.channels, CHANNEL_STEP, batch.parts.count * batch.channels, call->threads,
                  statistics_of_channels, &batch);
    pt_run_ranges(batch.rows, 1, elements, call->threads, normalize_rows, &batch);
    call->executed_flop += (call->training ? 8 : 3) * elements +
                           (call->training ? 6 + 7 : 4) * batch.channels +
                           (call->fused_relu ? elements : 0);
}

// -------------------------------------------------------------------------------------- backward
// With n = (x - mean) / deviation: dbias = sum(dy), dweight = sum(dy n), and
// dx = weight / deviation (dy - mean(dy) - n mean(dy n)) = dy a + (x - mean) b + c.
static void sums_of_parts(void *context, struct pt_range range)
{
    const struct batch *batch = context;
    const struct pt_kernel_call *call = batch->call;
    for (int64_t part = range.begin; part < range.end; part++) {
        struct pt_range rows = pt_part_range(batch->parts, part, batch->rows);
        int64_t at = rows.begin * batch->channels;
        float *sums = part_array(batch, part, PART_MEAN);
        float *products = part_array(batch, part, PART_SQUARES);
        memset(sums, 0, (size_t)batch->channels * sizeof *sums);
        memset(products, 0, (size_t)batch->channels * sizeof *products);
        pt_norm_loops()->add_gradient_sums(sums, products, call->output_gradients[0] + at,
                                           call->inputs[0] + at, batch->mean, rows.end - rows.begin,
                                           batch->channels);
    }
}

static double sum_over_parts(const struct batch *batch, int which, int64_t channel)
{
    double sum = 0;
    for (int64_t part = 0; part < batch->parts.count; part++)
        sum += (double)part_array(batch, part, which)[channel];
    return sum;
}

static void put(float *gradient, int64_t channel, double value, bool add)
{
    if (gradient != NULL)
        gradient[channel] = (float)(add ? (double)gradient[channel] + value : value);
}

// The running statistics are constants: outside of training a is all there is.
static void gradients_of_channels(void *context, struct pt_range channels)
{
    const struct batch *batch = context;
    const struct pt_kernel_call *call = batch->call;
    double rows = (double)batch->rows;
    for (int64_t c = channels.begin; c < channels.end; c++) {
        double inverse = (double)batch->inverse[c];
        double sum = sum_over_parts(batch, PART_MEAN, c);
        double product = sum_over_parts(batch, PART_SQUARES, c) * inverse;
        double a = inverse * (double)call->parameters[WEIGHT][c];
        put(call->parameter_gradients[WEIGHT], c, product, call->accumulate_parameter[WEIGHT]);
        put(call->parameter_gradients[BIAS], c, sum, call->accumulate_parameter[BIAS]);
        common_array(batch, FACTOR)[c] = (float)a;
        common_array(batch, TO_X)[c] = call->training ? (float)(-a * inverse * product / rows) : 0;
        common_array(batch, TO_ALL)[c] = call->training ? (float)(-a * sum / rows) : 0;
    }
}

static void gradient_rows(void *context, struct pt_range rows)
{
    const struct batch *batch = context;
    const struct pt_kernel_call *call = batch->call;
    int64_t at = rows.begin * batch->channels;
    pt_norm_loops()->normalize_backward(
        call->input_gradients[0] + at, call->output_gradients[0] + at, call->inputs[0] + at,
        batch->mean, common_array(batch, FACTOR), common_array(batch, TO_X),
        common_array(batch, TO_ALL), rows.end - rows.begin, batch->channels,
        call->accumulate_input[0]);
}

static void backward(struct pt_kernel_call *call)
{
    struct batch batch = batch_of(call);
    int64_t elements = elements_of(&batch), each = 4;
    pt_run_ranges(batch.parts.count, 1, elements, call->threads, sums_of_parts, &batch);
    pt_run_ranges(batch.channels, CHANNEL_STEP, batch.parts.count * batch.channels, call->threads,
                  gradients_of_channels, &batch);
    call->executed_flop += batch.channels;
    if (call->input_gradients[0] != NULL) {
        pt_run_ranges(batch.rows, 1, elements, call->threads, gradient_rows, &batch);
        call->executed_flop += 6 * batch.channels;
        each += 5 + (call->accumulate_input[0] ? 1 : 0);
    }
    call->executed_flop += each * elements;
    for (int which = WEIGHT; which <= BIAS; which++)
        if (call->parameter_gradients[which] != NULL && call->accumulate_parameter[which])
            call->executed_flop += batch.channels;
}

const struct pt_operator_kernel pt_kernel_batch_norm = {
    .name = "batch_norm",
    .forward = forward,
    .backward = backward,
    .scratch_bytes = scratch_bytes,
};
