// The loops of rms_norm, batch_norm and group_norm: compiled three times like elementwise.h. Arrays
// of rows are [rows, columns] without gaps; what is learned or measured is one float a column.
#ifndef PT_ENGINE_NORM_LOOPS_H
#define PT_ENGINE_NORM_LOOPS_H

#include <stdbool.h>
#include <stdint.h>

struct pt_norm_loops {
    const char *name;

    // y = x r (weight + offset) with r = 1 / sqrt(mean(x^2) + epsilon). Returns r. One slice.
    float (*rms)(float *y, const float *x, const float *weight, int64_t n, float epsilon,
                 float offset);
    // dx or dweight may be NULL. dweight is overwritten if first, else added to.
    void (*rms_backward)(float *dx, float *dweight, const float *dy, const float *x,
                         const float *weight, int64_t n, float r, float offset, bool add,
                         bool first);

    // sums += the columns' sums; squares += those of (x - mean)^2.
    void (*add_sums)(float *sums, const float *x, int64_t rows, int64_t columns);
    void (*add_squares)(float *squares, const float *x, const float *mean, int64_t rows,
                        int64_t columns);
    // The mean and the sum of squared distances from it, in one pass over memory. The last two are
    // room for one and two rows.
    void (*moments)(float *mean, float *squares, const float *x, int64_t rows, int64_t columns,
                    float *distance, float *block);
    // y = (x - mean) scale + shift, and the relu of it.
    void (*normalize)(float *y, const float *x, const float *mean, const float *scale,
                      const float *shift, int64_t rows, int64_t columns, bool relu);
    // sums += those of dy, products += those of dy (x - mean).
    void (*add_gradient_sums)(float *sums, float *products, const float *dy, const float *x,
                              const float *mean, int64_t rows, int64_t columns);
    // dx = dy a + (x - mean) b + c
    void (*normalize_backward)(float *dx, const float *dy, const float *x, const float *mean,
                               const float *a, const float *b, const float *c, int64_t rows,
                               int64_t columns, bool add);
};

extern const struct pt_norm_loops pt_norm_portable;
#if defined(__x86_64__)
extern const struct pt_norm_loops pt_norm_avx2, pt_norm_avx512;
#endif

// The fastest that this CPU can run (cpu.h).
const struct pt_norm_loops *pt_norm_loops(void);

#endif
