// The loops over single elements and rows, compiled three times: for AVX-512, for AVX2 and for any
// CPU. One table each; pt_elementwise chooses once.
//
// All run on the calling thread; the operators split their work and call them for their part. n,
// and columns, count floats. y may be x, and dx may be dy, the same array exactly. Where there is
// an argument add, results are added to what stands there instead of overwriting it.
#ifndef PT_ENGINE_ELEMENTWISE_H
#define PT_ENGINE_ELEMENTWISE_H

#include <stdbool.h>
#include <stdint.h>

struct pt_row_statistics {
    float mean, inverse_deviation; // 1 / sqrt(variance + epsilon)
};

// Which elements a dropout keeps. Element index of the stream is kept if its 32 random bits are at
// least threshold = probability * 2^32.
struct pt_dropout_rule {
    uint64_t seed, stream;
    uint32_t threshold;
    float scale; // of the kept ones, 1 / (1 - probability)
};

struct pt_elementwise {
    const char *name;

    void (*relu)(float *y, const float *x, int64_t n);
    void (*gelu)(float *y, const float *x, int64_t n);
    void (*tanh)(float *y, const float *x, int64_t n);
    void (*sigmoid)(float *y, const float *x, int64_t n);
    // dx = dy f'; f' from the output y, for GELU from the input x.
    void (*relu_backward)(float *dx, const float *dy, const float *y, int64_t n, bool add);
    void (*gelu_backward)(float *dx, const float *dy, const float *x, int64_t n, bool add);
    void (*tanh_backward)(float *dx, const float *dy, const float *y, int64_t n, bool add);
    void (*sigmoid_backward)(float *dx, const float *dy, const float *y, int64_t n, bool add);
    // y = x scale
    void (*scale)(float *y, const float *x, int64_t n, float scale, bool add);

    // One row each.
    void (*softmax)(float *y, const float *x, int64_t columns);
    void (*softmax_backward)(float *dx, const float *dy, const float *y, int64_t columns, bool add);
    float (*log_sum_exp)(const float *x, int64_t columns);
    // dx = scale exp(x - log_sum): the softmax, scaled. dx may be x.
    void (*scaled_softmax)(float *dx, const float *x, int64_t columns, float log_sum, float scale,
                           bool add);
    // The same minus shift.
    void (*smoothed_softmax)(float *dx, const float *x, int64_t columns, float log_sum, float scale,
                             float shift, bool add);
    float (*row_sum)(const float *x, int64_t columns);
    // beta may be NULL.
    struct pt_row_statistics (*layer_norm)(float *y, const float *x, const float *gamma,
                                           const float *beta, int64_t columns, float epsilon);
    // dx, dgamma and dbeta may be NULL. The last two are overwritten if first, else added to.
    void (*layer_norm_backward)(float *dx, float *dgamma, float *dbeta, const float *dy,
                                const float *x, const float *gamma, int64_t columns,
                                struct pt_row_statistics row, bool add, bool first);

    double (*squared_distance)(const float *a, const float *b, int64_t n);
    // dx = scale (a - b)
    void (*scaled_difference)(float *dx, const float *a, const float *b, int64_t n, float scale,
                              bool add);
    // sums[j] = sum over rows of x[row * stride + j]
    void (*column_sums)(float *sums, const float *x, int64_t rows, int64_t columns, int64_t stride,
                        bool add);

    // begin, the index of the first element in its stream, is a multiple of 64. mask tells for each
    // element whether it was kept: -1 or 0. backward: dx = mask ? scale dy : 0.
    void (*dropout)(float *y, int8_t *mask, const float *x, int64_t begin, int64_t n,
                    const struct pt_dropout_rule *rule);
    void (*dropout_backward)(float *dx, const int8_t *mask, const float *dy, int64_t n, float scale,
                             bool add);
};

extern const struct pt_elementwise pt_elementwise_portable;
#if defined(__x86_64__)
extern const struct pt_elementwise pt_elementwise_avx2, pt_elementwise_avx512;
#endif

// The fastest that this CPU can run (cpu.h).
const struct pt_elementwise *pt_elementwise(void);

#endif
