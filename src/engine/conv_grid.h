// The positions of a convolution, the taps that each reads, and blocks of them. For conv_*.c.
#ifndef PT_ENGINE_CONV_GRID_H
#define PT_ENGINE_CONV_GRID_H

#include "engine/conv.h"

// One dimension. Position i reads the source at i * stride + first + t * tap_step for each tap t,
// where there is zero outside of [0, size), and goes to to_first + i * to_stride.
struct pt_conv_line {
    int64_t count, stride, first, taps, tap_step, size;
    int64_t kernel_first, kernel_step; // tap t is the kernel's kernel_first + t * kernel_step
    int64_t to_first, to_stride, to_size;
};

struct pt_conv_grid {
    int64_t batch;
    struct pt_conv_line line[2];
};

struct pt_conv_grid pt_conv_forward_grid(const struct pt_conv *conv);
// Pixels of x whose coordinates are phase0 and phase1 modulo the stride. May have no taps.
struct pt_conv_grid pt_conv_adjoint_grid(const struct pt_conv *conv, int64_t phase0,
                                         int64_t phase1);

// Channels [.., depth) of an image whose pixels are channels apart.
struct pt_conv_image {
    const float *pixels;
    int64_t channels, depth;
};

// A part of the grid: images, rows, columns. Positions of a block are neighbors in y.
struct pt_conv_block {
    int64_t begin[3], count[3];
};

struct pt_conv_blocks {
    int64_t parts[3], count; // of images, rows, columns; their product
    int64_t longest[3];      // no block is longer, nor one of a smaller batch
};

// Blocks of at most so many positions and bytes of copied pixels (0: not copied), at least one
// position; their number a multiple of threads if it is small.
struct pt_conv_blocks pt_conv_blocks_make(const struct pt_conv_grid *grid, int64_t pixel_bytes,
                                          int64_t positions_most, int64_t bytes_most, int threads);
struct pt_conv_block pt_conv_block_at(const struct pt_conv_grid *grid,
                                      const struct pt_conv_blocks *blocks, int64_t index);

static inline int64_t pt_conv_block_positions(const struct pt_conv_block *block)
{
    return block->count[0] * block->count[1] * block->count[2];
}

// What the taps of a position span, and how far positions are apart in a copy: no farther than
// they reach.
static inline int64_t pt_conv_reach(const struct pt_conv_line *line)
{
    return line->taps > 0 ? (line->taps - 1) * line->tap_step + 1 : 0;
}

static inline int64_t pt_conv_copy_step(const struct pt_conv_line *line)
{
    int64_t reach = pt_conv_reach(line);
    return line->stride < reach ? line->stride : reach;
}

static inline int64_t pt_conv_copy_size(const struct pt_conv_line *line, int64_t count)
{
    return (count - 1) * pt_conv_copy_step(line) + pt_conv_reach(line);
}

// True if no position reads outside of the source.
bool pt_conv_stays_inside(const struct pt_conv_grid *grid);

// How the pixels of a block are copied: pixel units of PT_GEMM_UNIT bytes, by isa->copy_row, or as
// they are (isa NULL).
struct pt_conv_copy {
    const struct pt_gemm_isa *isa;
    bool round;
    int64_t pixel_units;
};

// Copies the pixels that a block reads, with zeros around.
void pt_conv_copy_block(const struct pt_conv_copy *copy, const struct pt_conv_grid *grid,
                        const struct pt_conv_block *block, const struct pt_conv_image *image,
                        void *to);
// Offsets in pixels of what each position of the block reads first: in such a copy, or in the
// source itself.
void pt_conv_rows_of_copy(const struct pt_conv_grid *grid, const struct pt_conv_block *block,
                          int64_t *rows);
void pt_conv_rows_of_source(const struct pt_conv_grid *grid, const struct pt_conv_block *block,
                            int64_t *rows);
// Offsets in pixels of where each position goes.
void pt_conv_rows_of_result(const struct pt_conv_grid *grid, const struct pt_conv_block *block,
                            int64_t *rows);

// Few channels make short runs. Then the taps of a position are brought together: row p of to has
// all taps of position p, columns floats; PT_CONV_SLACK more may be written and read. rows as
// above, in floats.
void pt_conv_gather_taps(const struct pt_conv_grid *grid, const struct pt_conv_block *block,
                         const float *copied, int64_t depth, const int64_t *rows, int64_t positions,
                         float *to);

#endif
