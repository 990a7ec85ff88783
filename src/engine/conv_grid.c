// The positions of a convolution, the taps that each reads, and blocks of them.

#include "engine/conv_grid.h"

#include <assert.h>
#include <string.h>

#include "engine/conv_loops.h"
#include "engine/gemm_plan.h"

// ---------------------------------------------------------------------------------------- grids
struct pt_conv_grid pt_conv_forward_grid(const struct pt_conv *conv)
{
    struct pt_conv_grid grid = {.batch = conv->batch};
    for (int i = 0; i < 2; i++)
        grid.line[i] = (struct pt_conv_line){.count = conv->y_size[i],
                                             .stride = conv->stride[i],
                                             .first = -conv->padding[i],
                                             .taps = conv->kernel[i],
                                             .tap_step = conv->dilation[i],
                                             .size = conv->x_size[i],
                                             .kernel_step = 1,
                                             .to_stride = 1,
                                             .to_size = conv->y_size[i]};
    return grid;
}

static int64_t greatest_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

// Pixel h of x is read by position i of y with tap k where h = i s - p + k d. So k d = h + p
// modulo s: every s / gcd(s, d)-th k from the first one on, if there is one; i falls as k rises, so
// that the largest comes first.
static struct pt_conv_line adjoint_line(const struct pt_conv *conv, int axis, int64_t phase)
{
    int64_t s = conv->stride[axis], d = conv->dilation[axis], shift = phase + conv->padding[axis];
    int64_t divisor = greatest_divisor(s, d), k_step = s / divisor, k = 0;
    struct pt_conv_line line = {.count = conv->x_size[axis] > phase
                                             ? pt_gemm_ceil_divide(conv->x_size[axis] - phase, s)
                                             : 0,
                                .stride = 1,
                                .tap_step = d / divisor,
                                .size = conv->y_size[axis],
                                .kernel_step = -k_step,
                                .to_first = phase,
                                .to_stride = s,
                                .to_size = conv->x_size[axis]};
    while (k < k_step && k < conv->kernel[axis] && (shift - k * d) % s != 0)
        k++;
    if (k >= k_step || k >= conv->kernel[axis])
        return line;
    line.taps = (conv->kernel[axis] - 1 - k) / k_step + 1;
    line.kernel_first = k + (line.taps - 1) * k_step;
    line.first = (shift - line.kernel_first * d) / s; // exact
    return line;
}

struct pt_conv_grid pt_conv_adjoint_grid(const struct pt_conv *conv, int64_t phase0, int64_t phase1)
{
    struct pt_conv_grid grid = {
        .batch = conv->batch,
        .line = {adjoint_line(conv, 0, phase0), adjoint_line(conv, 1, phase1)},
    };
    return grid;
}

bool pt_conv_stays_inside(const struct pt_conv_grid *grid)
{
    bool inside = true;
    for (int i = 0; i < 2; i++) {
        const struct pt_conv_line *line = &grid->line[i];
        int64_t last = (line->count - 1) * line->stride + line->first + pt_conv_reach(line) - 1;
        inside = inside && line->first >= 0 && last < line->size;
    }
    return inside;
}

// --------------------------------------------------------------------------------------- blocks
static int64_t copied_bytes(const struct pt_conv_grid *grid, int64_t pixel_bytes, int64_t rows,
                            int64_t columns)
{
    return pt_conv_copy_size(&grid->line[0], rows) * pt_conv_copy_size(&grid->line[1], columns) *
           pixel_bytes;
}

// How many of count fit if each needs so much; at least 1.
static int64_t fitting(int64_t count, int64_t each, int64_t most)
{
    int64_t fit = each > 0 ? most / each : count;
    return fit < 1 ? 1 : fit < count ? fit : count;
}

// The most rows (or columns) whose copy is small enough: it is a line of them plus the reach.
static int64_t fitting_line(const struct pt_conv_line *line, int64_t bytes_each, int64_t most)
{
    int64_t room = bytes_each > 0 ? most / bytes_each - pt_conv_reach(line) : line->count;
    int64_t step = pt_conv_copy_step(line);
    int64_t fit = room < 0 ? 1 : step > 0 ? room / step + 1 : line->count;
    return fit < line->count ? fit : line->count;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void set_parts(struct pt_conv_blocks *blocks, const int64_t *sizes, const int64_t *each)
{
    blocks->count = 1;
    for (int i = 0; i < 3; i++) {
        blocks->parts[i] = pt_gemm_ceil_divide(sizes[i], each[i]);
        blocks->longest[i] = each[i];
        blocks->count *= blocks->parts[i];
    }
}

// Cuts images, or the rows of a single one, into a few parts more, so that threads are done
// together.
static void even_out(struct pt_conv_blocks *blocks, const int64_t *sizes, int threads)
{
    int axis = sizes[0] > 1 ? 0 : 1;
    int64_t others = blocks->count / blocks->parts[axis];
    if (blocks->count % threads == 0 || blocks->count >= 8 * (int64_t)threads)
        return;
    while (blocks->parts[axis] < sizes[axis] && others * blocks->parts[axis] % threads != 0)
        blocks->parts[axis]++;
    blocks->count = others * blocks->parts[axis];
}

struct pt_conv_blocks pt_conv_blocks_make(const struct pt_conv_grid *grid, int64_t pixel_bytes,
                                          int64_t positions_most, int64_t bytes_most, int threads)
{
    const struct pt_conv_line *height = &grid->line[0], *width = &grid->line[1];
    const int64_t sizes[3] = {grid->batch, height->count, width->count};
    struct pt_conv_blocks blocks = {0};
    int64_t each[3] = {1, 1, 1};
    assert(sizes[0] > 0 && sizes[1] > 0 && sizes[2] > 0);

    each[2] = smaller(fitting_line(width, pt_conv_reach(height) * pixel_bytes, bytes_most),
                      positions_most);
    if (each[2] == sizes[2]) {
        int64_t row_bytes = pt_conv_copy_size(width, sizes[2]) * pixel_bytes;
        each[1] = smaller(fitting_line(height, row_bytes, bytes_most),
                          fitting(sizes[1], sizes[2], positions_most));
    }
    if (each[1] == sizes[1] && each[2] == sizes[2]) {
        int64_t image_bytes = copied_bytes(grid, pixel_bytes, sizes[1], sizes[2]);
        each[0] = smaller(fitting(sizes[0], image_bytes, bytes_most),
                          fitting(sizes[0], sizes[1] * sizes[2], positions_most));
    }
    set_parts(&blocks, sizes, each);
    even_out(&blocks, sizes, threads);
    return blocks;
}

struct pt_conv_block pt_conv_block_at(const struct pt_conv_grid *grid,
                                      const struct pt_conv_blocks *blocks, int64_t index)
{
    const int64_t sizes[3] = {grid->batch, grid->line[0].count, grid->line[1].count};
    struct pt_conv_block block;
    for (int i = 2; i >= 0; i--) {
        int64_t part = index % blocks->parts[i];
        index /= blocks->parts[i];
        block.begin[i] = sizes[i] * part / blocks->parts[i];
        block.count[i] = sizes[i] * (part + 1) / blocks->parts[i] - block.begin[i];
    }
    return block;
}

// --------------------------------------------------------------------------------------- copies
static void copy_floats(const struct pt_conv_copy *copy, void *to, const float *from, int64_t count)
{
    if (copy->isa == NULL)
        memcpy(to, from, (size_t)count * sizeof *from);
    else
        copy->isa->copy_row(to, from, count, copy->round);
}

// Pixels that are neighbors in source and copy.
static void copy_pixels(const struct pt_conv_copy *copy, const struct pt_conv_image *image,
                        const float *from, int64_t count, char *to)
{
    int64_t pixel_bytes = copy->pixel_units * PT_GEMM_UNIT;
    bool even = copy->isa == NULL || !copy->isa->bf16 || image->depth % 2 == 0;
    if (image->channels == image->depth && even) {
        copy_floats(copy, to, from, count * image->depth);
        return;
    }
    for (int64_t i = 0; i < count; i++)
        copy_floats(copy, to + i * pixel_bytes, from + i * image->channels, image->depth);
}

// The place in the source of place number index in a copy that begins with position begin.
static int64_t source_of(const struct pt_conv_line *line, int64_t begin, int64_t index)
{
    int64_t step = pt_conv_copy_step(line);
    return (begin + index / step) * line->stride + index % step + line->first;
}

// One row of pixels: the whole row if positions reach each other, else piece by piece.
static void copy_row(const struct pt_conv_copy *copy, const struct pt_conv_line *line,
                     int64_t begin, int64_t size, const struct pt_conv_image *image,
                     const float *from, char *to)
{
    int64_t pixel_bytes = copy->pixel_units * PT_GEMM_UNIT, step = pt_conv_copy_step(line);
    int64_t piece = step == line->stride ? size : step;
    for (int64_t at = 0; at < size; at += piece, to += piece * pixel_bytes) {
        int64_t first = source_of(line, begin, at);
        int64_t left = first < 0 ? smaller(-first, piece) : 0;
        int64_t end = smaller(first + piece, line->size) - first; // of what there is
        end = end < left ? left : end;
        memset(to, 0, (size_t)(left * pixel_bytes));
        if (end > left)
            copy_pixels(copy, image, from + (first + left) * image->channels, end - left,
                        to + left * pixel_bytes);
        memset(to + end * pixel_bytes, 0, (size_t)((piece - end) * pixel_bytes));
    }
}

void pt_conv_copy_block(const struct pt_conv_copy *copy, const struct pt_conv_grid *grid,
                        const struct pt_conv_block *block, const struct pt_conv_image *image,
                        void *to)
{
    const struct pt_conv_line *height = &grid->line[0], *width = &grid->line[1];
    int64_t rows = pt_conv_copy_size(height, block->count[1]);
    int64_t columns = pt_conv_copy_size(width, block->count[2]);
    int64_t row_bytes = columns * copy->pixel_units * PT_GEMM_UNIT;
    char *out = to;
    for (int64_t n = 0; n < block->count[0]; n++) {
        const float *pixels =
            image->pixels + (block->begin[0] + n) * height->size * width->size * image->channels;
        for (int64_t r = 0; r < rows; r++, out += row_bytes) {
            int64_t row = source_of(height, block->begin[1], r);
            if (row < 0 || row >= height->size)
                memset(out, 0, (size_t)row_bytes);
            else
                copy_row(copy, width, block->begin[2], columns, image,
                         pixels + row * width->size * image->channels, out);
        }
    }
}

// ---------------------------------------------------------------------------------------- places
// Fills rows with origin + n * image_step + i * row_step + j * column_step.
static void fill_rows(const struct pt_conv_block *block, int64_t origin, int64_t image_step,
                      int64_t row_step, int64_t column_step, int64_t *rows)
{
    for (int64_t n = 0; n < block->count[0]; n++)
        for (int64_t i = 0; i < block->count[1]; i++)
            for (int64_t j = 0; j < block->count[2]; j++)
                *rows++ = origin + n * image_step + i * row_step + j * column_step;
}

void pt_conv_rows_of_copy(const struct pt_conv_grid *grid, const struct pt_conv_block *block,
                          int64_t *rows)
{
    const struct pt_conv_line *height = &grid->line[0], *width = &grid->line[1];
    int64_t columns = pt_conv_copy_size(width, block->count[2]);
    fill_rows(block, 0, pt_conv_copy_size(height, block->count[1]) * columns,
              pt_conv_copy_step(height) * columns, pt_conv_copy_step(width), rows);
}

void pt_conv_rows_of_source(const struct pt_conv_grid *grid, const struct pt_conv_block *block,
                            int64_t *rows)
{
    const struct pt_conv_line *height = &grid->line[0], *width = &grid->line[1];
    int64_t row = block->begin[1] * height->stride + height->first;
    int64_t column = block->begin[2] * width->stride + width->first;
    fill_rows(block, (block->begin[0] * height->size + row) * width->size + column,
              height->size * width->size, height->stride * width->size, width->stride, rows);
}

void pt_conv_rows_of_result(const struct pt_conv_grid *grid, const struct pt_conv_block *block,
                            int64_t *rows)
{
    const struct pt_conv_line *height = &grid->line[0], *width = &grid->line[1];
    int64_t row = block->begin[1] * height->to_stride + height->to_first;
    int64_t column = block->begin[2] * width->to_stride + width->to_first;
    fill_rows(block, (block->begin[0] * height->to_size + row) * width->to_size + column,
              height->to_size * width->to_size, height->to_stride * width->to_size,
              width->to_stride, rows);
}

void pt_conv_gather_taps(const struct pt_conv_grid *grid, const struct pt_conv_block *block,
                         const float *copied, int64_t depth, const int64_t *rows, int64_t positions,
                         float *to)
{
    const struct pt_conv_line *height = &grid->line[0], *width = &grid->line[1];
    int64_t columns = pt_conv_copy_size(width, block->count[2]);
    bool neighbors = width->tap_step == 1;
    struct pt_conv_runs runs = {.rows = height->taps,
                                .row_step = height->tap_step * columns * depth,
                                .runs = neighbors ? 1 : width->taps,
                                .run_step = width->tap_step * depth,
                                .length = neighbors ? width->taps * depth : depth};
    pt_conv_loops()->gather(to, copied, rows, positions, &runs);
}
