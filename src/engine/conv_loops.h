// The inner loops of convolutions that are no products of matrices, compiled for each instruction
// set. For conv_*.c.
#ifndef PT_ENGINE_CONV_LOOPS_H
#define PT_ENGINE_CONV_LOOPS_H

#include "engine/conv.h"

// The taps that a position of a depthwise convolution reads, and their weights; distances in
// floats, x_step and to_step from one position to the next.
struct pt_conv_taps {
    const float *x, *weights;
    int64_t rows, columns, channels;
    int64_t x_row, x_column, weights_row, weights_column, x_step, to_step;
};

// Runs of neighboring floats at from + row * row_step + i * run_step.
struct pt_conv_runs {
    int64_t rows, row_step, runs, run_step, length;
};

enum { PT_CONV_SLACK = 16 }; // the widest vector

struct pt_conv_loops {
    // to[c] = sum over taps of x[c] weights[c], and what finish says, for count positions.
    void (*positions)(float *to, int64_t count, const struct pt_conv_taps *taps,
                      const struct pt_conv_finish *finish);
    // sums[c] += sum over count positions of dy[c] x[c]
    void (*tap)(float *sums, const float *dy, int64_t dy_step, const float *x, int64_t x_step,
                int64_t count, int64_t channels);
    // For each of count places the runs at from + places[i], one after the other. Reads and writes
    // up to PT_CONV_SLACK floats more.
    void (*gather)(float *to, const float *from, const int64_t *places, int64_t count,
                   const struct pt_conv_runs *runs);
};

extern const struct pt_conv_loops pt_conv_loops_portable;
#if defined(__x86_64__)
extern const struct pt_conv_loops pt_conv_loops_avx2, pt_conv_loops_avx512;
#endif

// The fastest that this CPU can run (cpu.h).
const struct pt_conv_loops *pt_conv_loops(void);

#endif
