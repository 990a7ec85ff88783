// Convolutions in which each channel has a filter of its own.
//
// Weights are stored [channel, tap]; here they are needed [tap, channel], so that channels fill
// vectors, and are brought into that order first.

#include "engine/conv_depthwise.h"

#include <string.h>

#include "engine/conv_grid.h"
#include "engine/conv_loops.h"
#include "engine/split.h"

enum {
    PARTS_MOST = 16,            // of the rows of all images, for the sums of the weights
    PARTS_BYTES_MOST = 4 << 20, // of these sums
};

bool pt_conv_is_depthwise(const struct pt_conv *conv)
{
    return conv->groups > 1 && conv->groups == conv->x_channels && conv->groups == conv->y_channels;
}

static int64_t weight_count(const struct pt_conv *conv)
{
    return conv->kernel[0] * conv->kernel[1] * conv->groups;
}

// The rows of all images, in parts that do not depend on the number of threads.
static struct pt_parts split_rows(const struct pt_conv *conv)
{
    int64_t rows = conv->batch * conv->y_size[0];
    int64_t most = PARTS_BYTES_MOST / (weight_count(conv) * (int64_t)sizeof(float));
    most = most < 1 ? 1 : most < PARTS_MOST ? most : PARTS_MOST;
    return pt_split_parts(rows, (rows + most - 1) / most);
}

size_t pt_conv_depthwise_scratch(const struct pt_conv *conv)
{
    int64_t rows = conv->batch * conv->y_size[0], parts = rows < PARTS_MOST ? rows : PARTS_MOST;
    int64_t bytes = weight_count(conv) * (int64_t)sizeof(float);
    int64_t most = PARTS_BYTES_MOST / bytes;
    parts = parts < most ? parts : most < 1 ? 1 : most;
    return (size_t)(parts * bytes);
}

// ------------------------------------------------------------------------------------- products
struct product {
    const struct pt_conv *conv;
    const struct pt_conv_loops *loops;
    struct pt_conv_grid grid;
    const float *from, *weights; // weights [tap, channel]
    float *to;
    struct pt_conv_finish finish;
};

// The taps of position i that are inside of the source: [begin, end).
static struct pt_range taps_inside(const struct pt_conv_line *line, int64_t i)
{
    int64_t first = i * line->stride + line->first, step = line->tap_step;
    int64_t begin = first < 0 ? (-first + step - 1) / step : 0;
    int64_t end = first < line->size ? (line->size - 1 - first) / step + 1 : 0;
    end = end < line->taps ? end : line->taps;
    return (struct pt_range){begin < end ? begin : end, end};
}

// The last position from i on whose taps inside of the source are those of i: i itself at a border.
static int64_t last_alike(const struct pt_conv_line *line, int64_t i)
{
    struct pt_range taps = taps_inside(line, i);
    int64_t room = line->size - 1 - (line->first + (line->taps - 1) * line->tap_step);
    if (taps.begin > 0 || taps.end < line->taps || line->taps == 0)
        return i;
    int64_t last = room / line->stride; // all taps are inside at i, so room is not negative
    return last < line->count ? last : line->count - 1;
}

// All but the columns of the taps of row i.
static struct pt_conv_taps taps_of_row(const struct product *product, struct pt_range rows)
{
    const struct pt_conv_line *height = &product->grid.line[0], *width = &product->grid.line[1];
    int64_t channels = product->conv->groups;
    return (struct pt_conv_taps){
        .x = product->from,
        .weights = product->weights,
        .rows = rows.end - rows.begin,
        .channels = channels,
        .x_row = height->tap_step * width->size * channels,
        .x_column = width->tap_step * channels,
        .weights_row = height->kernel_step * product->conv->kernel[1] * channels,
        .weights_column = width->kernel_step * channels,
        .x_step = width->stride * channels,
        .to_step = width->to_stride * channels,
    };
}

// index counts the rows of all images.
static void do_row(const struct product *product, int64_t index)
{
    const struct pt_conv_line *height = &product->grid.line[0], *width = &product->grid.line[1];
    int64_t channels = product->conv->groups, image = index / height->count;
    int64_t i = index % height->count;
    struct pt_range rows = taps_inside(height, i);
    struct pt_conv_taps taps = taps_of_row(product, rows);
    int64_t source_row =
        image * height->size + i * height->stride + height->first + rows.begin * height->tap_step;
    int64_t kernel_row = height->kernel_first + rows.begin * height->kernel_step;
    int64_t to_row = image * height->to_size + height->to_first + i * height->to_stride;
    float *to = product->to + (to_row * width->to_size + width->to_first) * channels;

    for (int64_t j = 0, next; j < width->count; to += (next - j) * taps.to_step, j = next) {
        struct pt_range columns = taps_inside(width, j);
        int64_t source = j * width->stride + width->first + columns.begin * width->tap_step;
        int64_t kernel = width->kernel_first + columns.begin * width->kernel_step;
        next = last_alike(width, j) + 1;
        taps.columns = columns.end - columns.begin;
        if (taps.rows > 0 && taps.columns > 0) {
            taps.x = product->from + (source_row * width->size + source) * channels;
            taps.weights =
                product->weights + (kernel_row * product->conv->kernel[1] + kernel) * channels;
        }
        product->loops->positions(to, next - j, &taps, &product->finish);
    }
}

static void do_rows(void *context, struct pt_range range)
{
    for (int64_t i = range.begin; i < range.end; i++)
        do_row(context, i);
}

static void run_product(struct product *product, int threads)
{
    const struct pt_conv_line *line = product->grid.line;
    int64_t rows = product->grid.batch * line[0].count;
    if (rows > 0 && line[1].count > 0)
        pt_run_ranges(rows, 1, rows * line[1].count * product->conv->groups, threads, do_rows,
                      product);
}

// [rows, columns] from [columns, rows]
static void transpose(const float *from, int64_t rows, int64_t columns, float *to)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            to[i * columns + j] = from[j * rows + i];
}

static struct product make_product(const struct pt_conv_call *call, const float *from,
                                   const float *weights, float *to, struct pt_conv_finish finish)
{
    const struct pt_conv *conv = call->conv;
    transpose(weights, conv->kernel[0] * conv->kernel[1], conv->groups, call->scratch);
    return (struct product){.conv = conv,
                            .loops = pt_conv_loops(),
                            .from = from,
                            .weights = call->scratch,
                            .to = to,
                            .finish = finish};
}

void pt_conv_depthwise_forward(const struct pt_conv_call *call, const float *x,
                               const float *weights, float *y, struct pt_conv_finish finish)
{
    struct product product = make_product(call, x, weights, y, finish);
    product.grid = pt_conv_forward_grid(call->conv);
    run_product(&product, call->threads);
}

void pt_conv_depthwise_adjoint(const struct pt_conv_call *call, const float *y,
                               const float *weights, float *x, struct pt_conv_finish finish)
{
    const struct pt_conv *conv = call->conv;
    struct product product = make_product(call, y, weights, x, finish);
    for (int64_t i = 0; i < conv->stride[0] && i < conv->x_size[0]; i++)
        for (int64_t j = 0; j < conv->stride[1] && j < conv->x_size[1]; j++) {
            product.grid = pt_conv_adjoint_grid(conv, i, j);
            run_product(&product, call->threads);
        }
}

// -------------------------------------------------------------------------------------- weights
struct weights_work {
    const struct pt_conv *conv;
    const struct pt_conv_loops *loops;
    struct pt_conv_grid grid;
    struct pt_parts parts;
    const float *x, *dy;
    float *sums; // [part, tap, channel]
    float *dweights;
    bool add;
};

// The positions that tap number tap reads inside of the source: [begin, end).
static struct pt_range positions_inside(const struct pt_conv_line *line, int64_t tap)
{
    int64_t offset = line->first + tap * line->tap_step, stride = line->stride;
    int64_t begin = offset < 0 ? (-offset + stride - 1) / stride : 0;
    int64_t end = offset < line->size ? (line->size - 1 - offset) / stride + 1 : 0;
    end = end < line->count ? end : line->count;
    return (struct pt_range){begin < end ? begin : end, end};
}

static void sum_row(const struct weights_work *work, int64_t index, float *sums)
{
    const struct pt_conv_line *height = &work->grid.line[0], *width = &work->grid.line[1];
    int64_t channels = work->conv->groups;
    int64_t image = index / height->count, i = index % height->count;
    struct pt_range rows = taps_inside(height, i);
    for (int64_t t = rows.begin; t < rows.end; t++) {
        int64_t source_row =
            image * height->size + i * height->stride + height->first + t * height->tap_step;
        for (int64_t u = 0; u < width->taps; u++) {
            struct pt_range columns = positions_inside(width, u);
            int64_t source = columns.begin * width->stride + width->first + u * width->tap_step;
            if (columns.begin < columns.end)
                work->loops->tap(sums + (t * width->taps + u) * channels,
                                 work->dy + (index * width->count + columns.begin) * channels,
                                 channels, work->x + (source_row * width->size + source) * channels,
                                 width->stride * channels, columns.end - columns.begin, channels);
        }
    }
}

static void sum_parts(void *context, struct pt_range range)
{
    const struct weights_work *work = context;
    int64_t size = weight_count(work->conv), rows = work->conv->batch * work->conv->y_size[0];
    for (int64_t part = range.begin; part < range.end; part++) {
        struct pt_range of_part = pt_part_range(work->parts, part, rows);
        float *sums = work->sums + part * size;
        memset(sums, 0, (size_t)size * sizeof *sums);
        for (int64_t i = of_part.begin; i < of_part.end; i++)
            sum_row(work, i, sums);
    }
}

// The parts together, in their order, and back into the order of the weights.
static void add_parts(void *context, struct pt_range range)
{
    const struct weights_work *work = context;
    int64_t size = weight_count(work->conv), channels = work->conv->groups, taps = size / channels;
    for (int64_t c = range.begin; c < range.end; c++)
        for (int64_t t = 0; t < taps; t++) {
            float sum = work->add ? work->dweights[c * taps + t] : 0;
            for (int64_t part = 0; part < work->parts.count; part++)
                sum += work->sums[part * size + t * channels + c];
            work->dweights[c * taps + t] = sum;
        }
}

void pt_conv_depthwise_weights(const struct pt_conv_call *call, const float *x, const float *dy,
                               float *dweights, bool add)
{
    const struct pt_conv *conv = call->conv;
    struct weights_work work = {.conv = conv,
                                .loops = pt_conv_loops(),
                                .grid = pt_conv_forward_grid(conv),
                                .parts = split_rows(conv),
                                .x = x,
                                .dy = dy,
                                .sums = call->scratch,
                                .dweights = dweights,
                                .add = add};
    int64_t rows = conv->batch * conv->y_size[0];
    pt_run_ranges(work.parts.count, 1, rows * conv->y_size[1] * conv->groups, call->threads,
                  sum_parts, &work);
    pt_run_ranges(conv->groups, 16, work.parts.count * weight_count(conv), call->threads, add_parts,
                  &work);
}
