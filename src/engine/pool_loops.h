// The loops of pooling over the channels of one position: compiled three times like elementwise.h.
#ifndef PT_ENGINE_POOL_LOOPS_H
#define PT_ENGINE_POOL_LOOPS_H

#include <stdbool.h>
#include <stdint.h>

// The part of a window that lies in the image. Elements of a window are numbered row by row.
struct pt_pool_window {
    const float *x; // its first element; NULL in the backward pass
    int64_t rows, columns;
    int64_t row_stride; // floats from one row of x to the next
    int32_t first;      // the number of its first element in the whole window
    int32_t row_step;   // from one row to the next: the width of a whole window
    float scale;        // of the mean
};

struct pt_pool_loops {
    const char *name;
    // The largest of each channel, and the number of the element that it is: the first one of
    // several. index_bytes is 1, 2 or 4. NaN is larger than any number.
    void (*max)(float *y, void *index, int index_bytes, const struct pt_pool_window *window,
                int64_t channels);
    // Gives every element of the window, dx is the gradient of its first one, the gradient of the
    // channels whose largest it was, and 0 of the others.
    void (*max_backward)(const struct pt_pool_window *window, float *dx, const float *dy,
                         const void *index, int index_bytes, int64_t channels, bool add);
    // scale times the sum.
    void (*mean)(float *y, const struct pt_pool_window *window, int64_t channels);
};

extern const struct pt_pool_loops pt_pool_portable;
#if defined(__x86_64__)
extern const struct pt_pool_loops pt_pool_avx2, pt_pool_avx512;
#endif

// The fastest that this CPU can run (cpu.h).
const struct pt_pool_loops *pt_pool_loops(void);

#endif
