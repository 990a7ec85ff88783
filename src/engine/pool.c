// Pooling: the largest value or the mean of each window of an image or sequence, channels last.
//
// The backward pass of the mean goes through the elements of the image and collects what their
// windows send back. That of the maximum goes through the windows: where they overlap, each result
// adds its gradient at one place of a cleared image, and threads have samples of their own; else
// each window writes all of its elements.
// Operations are counted as demand/pool.c lists them. Where a gradient is there already, an
// addition for every element, though those of zero are left out.

#include "model/pool.h"

#include <string.h>

#include "engine/elementwise.h"
#include "engine/operator_kernel.h"
#include "engine/pool_loops.h"
#include "engine/split.h"

enum { STEP = 64 };

struct pooling {
    struct pt_kernel_call *call;
    struct pt_pool pool;
    int index_bytes;
    int64_t offsets[INT8_MAX + 1]; // of the elements of a window, if the index has one byte
};

static struct pooling pooling_of(struct pt_kernel_call *call)
{
    struct pooling pooling = {.call = call, .pool = pt_pool_of(call->graph, call->op)};
    pooling.index_bytes = pt_pool_index_bytes(&pooling.pool);
    return pooling;
}

static int64_t covered(const struct pt_pool *pool)
{
    return pool->batch * pool->channels * pt_pool_covered(pool, 0) * pt_pool_covered(pool, 1);
}

static float mean_factor(const struct pt_pool *pool, struct pt_window high, struct pt_window wide)
{
    int64_t count = pool->count_padding ? high.padded * wide.padded
                                        : (high.end - high.begin) * (wide.end - wide.begin);
    return 1.0f / (float)count;
}

// Element [0, 0] of a window, which may lie in the padding, in floats from the first of x.
static int64_t window_origin(const struct pt_pool *pool, int64_t sample, int64_t row,
                             int64_t column)
{
    int64_t top = row * pool->stride[0] - pool->padding[0];
    int64_t left = column * pool->stride[1] - pool->padding[1];
    return ((sample * pool->x_size[0] + top) * pool->x_size[1] + left) * pool->channels;
}

// The part of a window in the image. *ret_at: its first element, in floats from the first of x.
static struct pt_pool_window window_of(const struct pt_pool *pool, int64_t sample, int64_t row,
                                       int64_t column, int64_t *ret_at)
{
    struct pt_window high = pt_pool_window(pool, 0, row), wide = pt_pool_window(pool, 1, column);
    int64_t down = high.begin - (row * pool->stride[0] - pool->padding[0]);
    int64_t right = wide.begin - (column * pool->stride[1] - pool->padding[1]);
    int64_t row_stride = pool->x_size[1] * pool->channels;
    *ret_at = window_origin(pool, sample, row, column) + down * row_stride + right * pool->channels;
    return (struct pt_pool_window){
        .rows = high.end - high.begin,
        .columns = wide.end - wide.begin,
        .row_stride = row_stride,
        .first = (int32_t)(down * pool->kernel[1] + right),
        .row_step = (int32_t)pool->kernel[1],
        .scale = pool->is_max ? 0 : mean_factor(pool, high, wide),
    };
}

// --------------------------------------------------------------------------------------- forward
static void forward_position(const struct pooling *pooling, int64_t sample, int64_t row,
                             int64_t column, int64_t at)
{
    const struct pt_kernel_call *call = pooling->call;
    const struct pt_pool *pool = &pooling->pool;
    int64_t from;
    struct pt_pool_window window = window_of(pool, sample, row, column, &from);
    window.x = call->inputs[0] + from;
    if (pool->is_max)
        pt_pool_loops()->max(call->outputs[0] + at, (char *)call->stash + at * pooling->index_bytes,
                             pooling->index_bytes, &window, pool->channels);
    else
        pt_pool_loops()->mean(call->outputs[0] + at, &window, pool->channels);
}

// Does something to every window of a range of rows of windows, which run through the samples. at
// is where its results begin.
typedef void do_window(const struct pooling *pooling, int64_t sample, int64_t row, int64_t column,
                       int64_t at);

static void for_each_window(const struct pooling *pooling, struct pt_range rows, do_window *work)
{
    const struct pt_pool *pool = &pooling->pool;
    for (int64_t i = rows.begin; i < rows.end; i++)
        for (int64_t column = 0; column < pool->y_size[1]; column++)
            work(pooling, i / pool->y_size[0], i % pool->y_size[0], column,
                 (i * pool->y_size[1] + column) * pool->channels);
}

static void forward_rows(void *context, struct pt_range rows)
{
    for_each_window(context, rows, forward_position);
}

static void forward(struct pt_kernel_call *call)
{
    struct pooling pooling = pooling_of(call);
    const struct pt_pool *pool = &pooling.pool;
    int64_t rows = pool->batch * pool->y_size[0];
    pt_run_ranges(rows, 1, covered(pool), call->threads, forward_rows, &pooling);
    call->executed_flop += covered(pool);
    if (!pool->is_max)
        call->executed_flop += rows * pool->y_size[1] * pool->channels;
}

// ------------------------------------------------------------------------------ backward, maximum
static void clear_range(void *context, struct pt_range range)
{
    memset((float *)context + range.begin, 0, (size_t)(range.end - range.begin) * sizeof(float));
}

static void spread_position(const struct pooling *pooling, int64_t sample, int64_t row,
                            int64_t column, int64_t at)
{
    const struct pt_kernel_call *call = pooling->call;
    int64_t to;
    struct pt_pool_window window = window_of(&pooling->pool, sample, row, column, &to);
    pt_pool_loops()->max_backward(
        &window, call->input_gradients[0] + to, call->output_gradients[0] + at,
        (const char *)call->stash + at * pooling->index_bytes, pooling->index_bytes,
        pooling->pool.channels, call->accumulate_input[0]);
}

static void spread_rows(void *context, struct pt_range rows)
{
    for_each_window(context, rows, spread_position);
}

static int64_t index_at(const struct pooling *pooling, int64_t at)
{
    const void *indices = pooling->call->stash;
    return pooling->index_bytes == 1   ? ((const int8_t *)indices)[at]
           : pooling->index_bytes == 2 ? ((const int16_t *)indices)[at]
                                       : ((const int32_t *)indices)[at];
}

// Where element number of a window lies, from its element [0, 0].
static int64_t element_offset(const struct pt_pool *pool, int64_t number)
{
    int64_t row = number / pool->kernel[1], column = number % pool->kernel[1];
    return (row * pool->x_size[1] + column) * pool->channels;
}

static void scatter_position(const struct pooling *pooling, int64_t sample, int64_t row,
                             int64_t column, int64_t at)
{
    const struct pt_pool *pool = &pooling->pool;
    const float *dy = pooling->call->output_gradients[0] + at;
    float *dx = pooling->call->input_gradients[0];
    int64_t origin = window_origin(pool, sample, row, column);
    if (pooling->index_bytes == 1) {
        const int8_t *index = (const int8_t *)pooling->call->stash + at;
        for (int64_t c = 0; c < pool->channels; c++)
            dx[origin + pooling->offsets[index[c]] + c] += dy[c];
        return;
    }
    for (int64_t c = 0; c < pool->channels; c++)
        dx[origin + element_offset(pool, index_at(pooling, at + c)) + c] += dy[c];
}

static void scatter_samples(void *context, struct pt_range samples)
{
    const struct pooling *pooling = context;
    int64_t rows = pooling->pool.y_size[0];
    for_each_window(pooling, (struct pt_range){samples.begin * rows, samples.end * rows},
                    scatter_position);
}

// Windows side by side from the first element to the last leave nothing to clear.
static bool covers_all(const struct pt_pool *pool)
{
    bool all = true;
    for (int i = 0; i < 2; i++)
        all = all && pool->kernel[i] == pool->stride[i] &&
              pool->y_size[i] * pool->stride[i] - pool->padding[i] >= pool->x_size[i];
    return all;
}

static void backward_max(struct pooling *pooling)
{
    struct pt_kernel_call *call = pooling->call;
    const struct pt_pool *pool = &pooling->pool;
    int64_t samples = pool->batch, rows = samples * pool->y_size[0];
    int64_t elements = samples * pool->x_size[0] * pool->x_size[1] * pool->channels;
    int64_t results = rows * pool->y_size[1] * pool->channels;
    bool overlaps = pt_pool_overlaps(pool);
    if (!call->accumulate_input[0] && (overlaps || !covers_all(pool)))
        pt_run_ranges(elements, STEP, elements, call->threads, clear_range,
                      call->input_gradients[0]);
    for (int64_t i = 0; pooling->index_bytes == 1 && i < pool->kernel[0] * pool->kernel[1]; i++)
        pooling->offsets[i] = element_offset(pool, i);
    if (overlaps)
        pt_run_ranges(samples, 1, results, call->threads, scatter_samples, pooling);
    else
        pt_run_ranges(rows, 1, covered(pool), call->threads, spread_rows, pooling);
    call->executed_flop += overlaps ? results : covered(pool);
}

// --------------------------------------------------------------------------------- backward, mean
// The windows of dimension i that element at lies in.
static struct pt_range windows_over(const struct pt_pool *pool, int i, int64_t at)
{
    int64_t shifted = at + pool->padding[i], stride = pool->stride[i];
    int64_t before = shifted - pool->kernel[i]; // a window that begins here ends before at
    struct pt_range windows = {before < 0 ? 0 : before / stride + 1, shifted / stride + 1};
    if (windows.end > pool->y_size[i])
        windows.end = pool->y_size[i];
    return windows;
}

static void collect(const struct pooling *pooling, int64_t sample, int64_t row, int64_t column)
{
    const struct pt_kernel_call *call = pooling->call;
    const struct pt_pool *pool = &pooling->pool;
    struct pt_range high = windows_over(pool, 0, row), wide = windows_over(pool, 1, column);
    float *dx = call->input_gradients[0] +
                ((sample * pool->x_size[0] + row) * pool->x_size[1] + column) * pool->channels;
    bool add = call->accumulate_input[0];
    if (!add && (high.begin >= high.end || wide.begin >= wide.end))
        memset(dx, 0, (size_t)pool->channels * sizeof *dx); // between windows
    for (int64_t i = high.begin; i < high.end; i++)
        for (int64_t k = wide.begin; k < wide.end; k++) {
            int64_t at = ((sample * pool->y_size[0] + i) * pool->y_size[1] + k) * pool->channels;
            float factor =
                mean_factor(pool, pt_pool_window(pool, 0, i), pt_pool_window(pool, 1, k));
            pt_elementwise()->scale(dx, call->output_gradients[0] + at, pool->channels, factor,
                                    add);
            add = true;
        }
}

static void collect_rows(void *context, struct pt_range rows)
{
    const struct pooling *pooling = context;
    const struct pt_pool *pool = &pooling->pool;
    for (int64_t i = rows.begin; i < rows.end; i++)
        for (int64_t column = 0; column < pool->x_size[1]; column++)
            collect(pooling, i / pool->x_size[0], i % pool->x_size[0], column);
}

static void backward_mean(struct pooling *pooling)
{
    struct pt_kernel_call *call = pooling->call;
    const struct pt_pool *pool = &pooling->pool;
    pt_run_ranges(pool->batch * pool->x_size[0], 1, covered(pool), call->threads, collect_rows,
                  pooling);
    call->executed_flop += 2 * covered(pool);
}

static void backward(struct pt_kernel_call *call)
{
    struct pooling pooling = pooling_of(call);
    if (call->input_gradients[0] == NULL)
        return;
    (pooling.pool.is_max ? backward_max : backward_mean)(&pooling);
    if (call->accumulate_input[0])
        call->executed_flop += pt_op_matrix(call->graph, call->op).elements;
}

#define POOL(NAME)                                                                                 \
    const struct pt_operator_kernel pt_kernel_##NAME = {                                           \
        .name = #NAME, .forward = forward, .backward = backward}

POOL(max_pool2d);
POOL(avg_pool2d);
POOL(max_pool1d);
POOL(avg_pool1d);
