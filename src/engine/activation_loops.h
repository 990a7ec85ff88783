// The loops over elements of activations, gates and losses that elementwise.h has not: compiled
// three times like those. n counts floats; y may be x, and dx may be dy, the same array exactly.
// Where there is an argument add, results are added to what stands there.
#ifndef PT_ENGINE_ACTIVATION_LOOPS_H
#define PT_ENGINE_ACTIVATION_LOOPS_H

#include <stdbool.h>
#include <stdint.h>

enum pt_gate { PT_GATE_SILU, PT_GATE_GELU, PT_GATE_GELU_TANH, PT_GATE_COUNT };

struct pt_activation_loops {
    const char *name;

    void (*silu)(float *y, const float *x, int64_t n);
    void (*quick_gelu)(float *y, const float *x, int64_t n);
    void (*gelu_tanh)(float *y, const float *x, int64_t n);
    void (*softplus)(float *y, const float *x, int64_t n);
    void (*silu_backward)(float *dx, const float *dy, const float *x, int64_t n, bool add);
    void (*quick_gelu_backward)(float *dx, const float *dy, const float *x, int64_t n, bool add);
    void (*gelu_tanh_backward)(float *dx, const float *dy, const float *x, int64_t n, bool add);
    void (*softplus_backward)(float *dx, const float *dy, const float *x, int64_t n, bool add);
    // The slope of these comes from the output y.
    void (*leaky_relu)(float *y, const float *x, int64_t n, float slope);
    void (*elu)(float *y, const float *x, int64_t n, float alpha);
    void (*leaky_relu_backward)(float *dx, const float *dy, const float *y, int64_t n, float slope,
                                bool add);
    void (*elu_backward)(float *dx, const float *dy, const float *y, int64_t n, float alpha,
                         bool add);

    // y = a + b; the relu of it.
    void (*sum)(float *y, const float *a, const float *b, int64_t n);
    void (*sum_relu)(float *y, const float *a, const float *b, int64_t n);
    void (*product)(float *y, const float *a, const float *b, int64_t n, bool add);
    // y = f(gate) value, and the gradients of both; one of them may be NULL. dgate may be dy.
    void (*gated[PT_GATE_COUNT])(float *y, const float *gate, const float *value, int64_t n);
    void (*gated_backward[PT_GATE_COUNT])(float *dgate, float *dvalue, const float *dy,
                                          const float *gate, const float *value, int64_t n,
                                          bool add_gate, bool add_value);

    // Sums of losses over n elements, in double precision, and their slopes times scale with
    // respect to the first array; that of the binary cross-entropy for its target, too.
    double (*smooth_l1)(const float *a, const float *b, int64_t n, float beta);
    void (*smooth_l1_slope)(float *dx, const float *a, const float *b, int64_t n, float beta,
                            float scale, bool add);
    double (*binary)(const float *logit, const float *target, int64_t n, float pos_weight);
    void (*binary_slope)(float *dx, const float *logit, const float *target, int64_t n,
                         float pos_weight, float scale, bool add);
    void (*binary_target_slope)(float *dx, const float *logit, const float *target, int64_t n,
                                float pos_weight, float scale, bool add);
};

extern const struct pt_activation_loops pt_activation_portable;
#if defined(__x86_64__)
extern const struct pt_activation_loops pt_activation_avx2, pt_activation_avx512;
#endif

// The fastest that this CPU can run (cpu.h).
const struct pt_activation_loops *pt_activation_loops(void);

#endif
