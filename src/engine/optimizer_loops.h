// The loops of the optimizers over flat arrays, compiled three times: for AVX-512, for AVX2 and for
// any CPU. One table each; pt_optimizer_loops chooses once.
//
// All run on the calling thread, for their part of the arrays; n counts floats.
#ifndef PT_ENGINE_OPTIMIZER_LOOPS_H
#define PT_ENGINE_OPTIMIZER_LOOPS_H

#include <stdbool.h>
#include <stdint.h>

// A factor of every gradient: of clipping, and of the mean of several batches.
struct pt_gradient_scale {
    bool wanted; // false: gradients are taken as they are
    float factor;
};

struct pt_momentum_step {
    float rate, momentum, decay;
    bool nesterov;
    struct pt_gradient_scale scale;
};

struct pt_adam_step {
    float beta2;
    float one_minus_beta1, one_minus_beta2; // rounded once, from double
    float inverse_sqrt_correction2;         // 1 / sqrt(1 - beta2^t)
    float step_size;                        // learning rate / (1 - beta1^t)
    float epsilon;
    float gradient_decay;  // added to the gradient times the parameter: Adam
    float parameter_scale; // multiplies the parameter first, 1 - learning rate * decay: AdamW
    struct pt_gradient_scale scale;
};

struct pt_lion_step {
    float one_minus_beta1, one_minus_beta2;
    float rate;
    float parameter_scale;
    struct pt_gradient_scale scale;
};

// How Adafactor ends: u = g column_factors[j] row_factor; with a first moment m += (1 - beta1)
// (u - m) and u = m; p = p parameter_scale - u.
struct pt_adafactor_end {
    float row_factor;
    float one_minus_beta1;
    float parameter_scale;
};

struct pt_optimizer_loops {
    const char *name;

    // p -= rate (g + decay p)
    void (*descend)(float *p, const float *g, int64_t n, const struct pt_momentum_step *step);
    // b = momentum b + g + decay p; p -= rate b; with nesterov p -= rate (g + decay p + momentum b)
    void (*descend_with_momentum)(float *p, float *b, const float *g, int64_t n,
                                  const struct pt_momentum_step *step);
    void (*adam)(float *p, float *m, float *v, const float *g, int64_t n,
                 const struct pt_adam_step *step);
    // p -= rate sign(m + (1 - beta1) (g - m)); m += (1 - beta2) (g - m)
    void (*lion)(float *p, float *m, const float *g, int64_t n, const struct pt_lion_step *step);

    double (*square_sum)(const float *x, int64_t n);
    // *sum = the sum of g g; column_sums[j] += g[j] g[j], or = if first.
    void (*row_squares)(const float *g, int64_t n, float *sum, float *column_sums, bool first);
    // sum of (g[j] factors[j])^2
    double (*weighted_square_sum)(const float *g, const float *factors, int64_t n);
    // m may be NULL.
    void (*adafactor_row)(float *p, float *m, const float *g, const float *factors, int64_t n,
                          const struct pt_adafactor_end *end);
    // v += (1 - beta2) (g g + epsilon - v); returns the sum of g g / v
    double (*adafactor_square)(float *v, const float *g, int64_t n, float one_minus_beta2,
                               float epsilon, struct pt_gradient_scale scale);
    // u = g / sqrt(v) row_factor, then as adafactor_row. m may be NULL.
    void (*adafactor_vector)(float *p, float *m, const float *v, const float *g, int64_t n,
                             const struct pt_adafactor_end *end, struct pt_gradient_scale scale);

    // b += one_minus_momentum (g - b); x = g + momentum (b - g); returns the sum of x x
    double (*muon_momentum)(float *x, float *b, const float *g, int64_t n, float momentum,
                            float one_minus_momentum, struct pt_gradient_scale scale);
    // y = a x + b y
    void (*combine)(float *y, const float *x, int64_t n, float a, float b);
    // p = p parameter_scale - rate x
    void (*subtract)(float *p, const float *x, int64_t n, float parameter_scale, float rate);

    void (*scale)(float *x, int64_t n, float factor);
    // average += weight (p - average)
    void (*average)(float *average, const float *p, int64_t n, float weight);
};

extern const struct pt_optimizer_loops pt_optimizer_loops_portable;
#if defined(__x86_64__)
extern const struct pt_optimizer_loops pt_optimizer_loops_avx2, pt_optimizer_loops_avx512;
#endif

// The fastest that this CPU can run (cpu.h).
const struct pt_optimizer_loops *pt_optimizer_loops(void);

#endif
