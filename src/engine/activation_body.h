// The loops of activation_loops.h. Not a header of its own: activation_loops_portable.c, _avx2.c
// and _avx512.c include it after defining TABLE, the name of the table that it makes, and
// TABLE_NAME. Operations are counted as demand/pointwise.c, combine.c and loss.c list them.
// Comparisons are written so that NaN stays NaN: a network that diverges must show it.

#include "engine/activation_loops.h"
#include "engine/vector.h"

INLINE void put(float *p, vf v, int64_t k, bool add)
{
    store(p, add ? load(p, k) + v : v, k);
}

// ------------------------------------------------------------------------------- functions of x
// A function that is x s, with what its slope needs beside s.
struct gate_value {
    vf x;
    vf s;     // sigmoid, 1 / (1 + exp(u)), or normal distribution function
    vf rest;  // 1 - s of a sigmoid, without the digits that the difference loses
    vf steep; // x times du/dx
};

// Below exp(80) both s and 1 - s are normal numbers.
INLINE struct gate_value sigmoid_value(vf x, vf u, vf steep)
{
    vf e = exponential(select_(u > 80.0f, splat(80.0f), u));
    vf s = 1.0f / (1.0f + e);
    return (struct gate_value){x, s, e * s, steep};
}

INLINE struct gate_value silu_value(vf x)
{
    return sigmoid_value(x, -x, -x);
}

INLINE struct gate_value quick_gelu_value(vf x)
{
    vf u = x * -1.702f;
    return sigmoid_value(x, u, u);
}

// 0.5 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) = 1 / (1 + exp(u)), u = x (a + b x^2).
static const float tanh_a = -1.59576912f, tanh_b = -0.0713548163f;

INLINE struct gate_value gelu_tanh_value(vf x)
{
    vf square = x * x;
    vf u = x * fma_(square, splat(tanh_b), splat(tanh_a));
    vf v = fma_(square, splat(3 * tanh_b), splat(tanh_a));
    return sigmoid_value(x, u, x * v);
}

// 0.5 (1 + erf(x / sqrt 2))
INLINE struct gate_value gelu_value(vf x)
{
    vf cdf = 0.5f * (1.0f + error_function(x * 0.707106781f));
    return (struct gate_value){.x = x, .s = cdf};
}

// s (1 - x u' (1 - s)). Hendrycks and Gimpel 2016, arXiv:1606.08415.
INLINE vf sigmoid_slope(struct gate_value g)
{
    return g.s * fma_(-g.steep, g.rest, splat(1.0f));
}

INLINE vf gelu_slope(struct gate_value g)
{
    vf pdf = 0.398942280f * exponential(-0.5f * (g.x * g.x));
    return fma_(g.x, pdf, g.s);
}

INLINE vf silu_of(vf x)
{
    return x / (1.0f + exponential(-x));
}

INLINE vf gelu_tanh_of(vf x)
{
    vf u = x * fma_(x * x, splat(tanh_b), splat(tanh_a));
    return x / (1.0f + exponential(u));
}

INLINE vf gelu_of(vf x)
{
    return x * gelu_value(x).s;
}

// log(1 + e) for 0 <= e <= 1: 2 artanh(z) with z = e / (2 + e) <= 1/3, its series to z^15.
INLINE vf log_of_1_plus(vf e)
{
    vf z = e / (2.0f + e), s = z * z;
    vf p = splat(2.0f / 15);
    p = fma_(p, s, splat(2.0f / 13));
    p = fma_(p, s, splat(2.0f / 11));
    p = fma_(p, s, splat(2.0f / 9));
    p = fma_(p, s, splat(2.0f / 7));
    p = fma_(p, s, splat(2.0f / 5));
    p = fma_(p, s, splat(2.0f / 3));
    p = fma_(p, s, splat(2.0f));
    return p * z;
}

// log(1 + exp(x)) without overflow.
INLINE vf softplus_of(vf x)
{
    return select_(x < 0, splat(0), x) + log_of_1_plus(exponential(-absolute(x)));
}

// ------------------------------------------------------------------------------------ pointwise
static void silu(float *y, const float *x, int64_t n)
{
    FOR_EACH_VECTOR(n, store(y + i, silu_of(load(x + i, k)), k));
}

static void quick_gelu(float *y, const float *x, int64_t n)
{
    FOR_EACH_VECTOR(n, {
        vf v = load(x + i, k);
        store(y + i, v / (1.0f + exponential(v * -1.702f)), k);
    });
}

static void gelu_tanh(float *y, const float *x, int64_t n)
{
    FOR_EACH_VECTOR(n, store(y + i, gelu_tanh_of(load(x + i, k)), k));
}

static void softplus(float *y, const float *x, int64_t n)
{
    FOR_EACH_VECTOR(n, store(y + i, softplus_of(load(x + i, k)), k));
}

#define SIGMOID_BACKWARD(NAME)                                                                     \
    static void NAME##_backward(float *dx, const float *dy, const float *x, int64_t n, bool add)   \
    {                                                                                              \
        FOR_EACH_VECTOR(n, {                                                                       \
            vf slope = sigmoid_slope(NAME##_value(load(x + i, k)));                                \
            put(dx + i, load(dy + i, k) * slope, k, add);                                          \
        });                                                                                        \
    }
SIGMOID_BACKWARD(silu)
SIGMOID_BACKWARD(quick_gelu)
SIGMOID_BACKWARD(gelu_tanh)

static void softplus_backward(float *dx, const float *dy, const float *x, int64_t n, bool add)
{
    FOR_EACH_VECTOR(n, {
        vf slope = silu_value(load(x + i, k)).s;
        put(dx + i, load(dy + i, k) * slope, k, add);
    });
}

static void leaky_relu(float *y, const float *x, int64_t n, float slope)
{
    FOR_EACH_VECTOR(n, {
        vf v = load(x + i, k);
        store(y + i, select_(v < 0, v * slope, v), k);
    });
}

static void leaky_relu_backward(float *dx, const float *dy, const float *y, int64_t n, float slope,
                                bool add)
{
    FOR_EACH_VECTOR(n, {
        vf g = load(dy + i, k);
        vi below = load(y + i, k) <= 0;
        put(dx + i, select_(below, g * slope, g), k, add);
    });
}

static void elu(float *y, const float *x, int64_t n, float alpha)
{
    FOR_EACH_VECTOR(n, {
        vf v = load(x + i, k);
        store(y + i, select_(v < 0, (exponential(v) - 1.0f) * alpha, v), k);
    });
}

static void elu_backward(float *dx, const float *dy, const float *y, int64_t n, float alpha,
                         bool add)
{
    FOR_EACH_VECTOR(n, {
        vf g = load(dy + i, k);
        vf v = load(y + i, k);
        put(dx + i, select_(v <= 0, g * (v + alpha), g), k, add);
    });
}

// ------------------------------------------------------------------------------------ two inputs
static void sum(float *y, const float *a, const float *b, int64_t n)
{
    FOR_EACH_VECTOR(n, store(y + i, load(a + i, k) + load(b + i, k), k));
}

static void sum_relu(float *y, const float *a, const float *b, int64_t n)
{
    FOR_EACH_VECTOR(n, {
        vf v = load(a + i, k) + load(b + i, k);
        store(y + i, select_(v < 0, splat(0), v), k);
    });
}

static void product(float *y, const float *a, const float *b, int64_t n, bool add)
{
    FOR_EACH_VECTOR(n, put(y + i, load(a + i, k) * load(b + i, k), k, add));
}

// Shazeer 2020, arXiv:2002.05202.
#define GATED(NAME, SLOPE)                                                                         \
    static void gated_##NAME(float *y, const float *gate, const float *value, int64_t n)           \
    {                                                                                              \
        FOR_EACH_VECTOR(n, {                                                                       \
            vf activated = NAME##_of(load(gate + i, k));                                           \
            store(y + i, activated * load(value + i, k), k);                                       \
        });                                                                                        \
    }                                                                                              \
    static void gated_##NAME##_backward(float *dgate, float *dvalue, const float *dy,              \
                                        const float *gate, const float *value, int64_t n,          \
                                        bool add_gate, bool add_value)                             \
    {                                                                                              \
        FOR_EACH_VECTOR(n, {                                                                       \
            struct gate_value g = NAME##_value(load(gate + i, k));                                 \
            vf d = load(dy + i, k);                                                                \
            vf v = load(value + i, k);                                                             \
            if (dgate != NULL)                                                                     \
                put(dgate + i, d * v * SLOPE(g), k, add_gate);                                     \
            if (dvalue != NULL)                                                                    \
                put(dvalue + i, d * (g.x * g.s), k, add_value);                                    \
        });                                                                                        \
    }
GATED(silu, sigmoid_slope)
GATED(gelu, gelu_slope)
GATED(gelu_tanh, sigmoid_slope)

// ---------------------------------------------------------------------------------------- losses
INLINE void add_doubles(double lanes[LANES], vf v, int64_t k)
{
    v = fill_from(v, k, 0);
    for (int lane = 0; lane < LANES; lane++)
        lanes[lane] += (double)v[lane];
}

INLINE double sum_of_doubles(double lanes[LANES])
{
    for (int lane = 1; lane < LANES; lane++)
        lanes[0] += lanes[lane];
    return lanes[0];
}

// d = a - b: d^2 / (2 beta) below beta, |d| - beta / 2 above. Girshick 2015, arXiv:1504.08083.
static double smooth_l1(const float *a, const float *b, int64_t n, float beta)
{
    double lanes[LANES] = {0};
    float curvature = beta > 0 ? 0.5f / beta : 0;
    FOR_EACH_VECTOR(n, {
        vf d = absolute(load(a + i, k) - load(b + i, k));
        vf loss = select_(d >= beta, d - 0.5f * beta, d * d * curvature);
        add_doubles(lanes, loss, k);
    });
    return sum_of_doubles(lanes);
}

static void smooth_l1_slope(float *dx, const float *a, const float *b, int64_t n, float beta,
                            float scale, bool add)
{
    float steepness = beta > 0 ? 1 / beta : 1;
    FOR_EACH_VECTOR(n, {
        vf d = load(a + i, k) - load(b + i, k);
        vf sign = select_(d > 0, splat(1), select_(d < 0, splat(-1), splat(0)));
        vf slope = select_(absolute(d) >= beta, sign, d * steepness);
        put(dx + i, slope * scale, k, add);
    });
}

// With p the weight of positives: (1 - t) x + (1 + (p - 1) t) log(1 + exp(-x)).
static double binary(const float *logit, const float *target, int64_t n, float pos_weight)
{
    double lanes[LANES] = {0};
    FOR_EACH_VECTOR(n, {
        vf x = load(logit + i, k);
        vf t = load(target + i, k);
        vf weight = fma_(t, splat(pos_weight - 1), splat(1));
        add_doubles(lanes, fma_(1.0f - t, x, weight * softplus_of(-x)), k);
    });
    return sum_of_doubles(lanes);
}

static void binary_slope(float *dx, const float *logit, const float *target, int64_t n,
                         float pos_weight, float scale, bool add)
{
    FOR_EACH_VECTOR(n, {
        vf rest = silu_value(load(logit + i, k)).rest;
        vf t = load(target + i, k);
        vf weight = fma_(t, splat(pos_weight - 1), splat(1));
        put(dx + i, fma_(-weight, rest, 1.0f - t) * scale, k, add);
    });
}

static void binary_target_slope(float *dx, const float *logit, const float *target, int64_t n,
                                float pos_weight, float scale, bool add)
{
    (void)target; // the loss is linear in it
    FOR_EACH_VECTOR(n, {
        vf x = load(logit + i, k);
        put(dx + i, (softplus_of(-x) * (pos_weight - 1) - x) * scale, k, add);
    });
}

const struct pt_activation_loops TABLE = {
    .name = TABLE_NAME,
    .silu = silu,
    .quick_gelu = quick_gelu,
    .gelu_tanh = gelu_tanh,
    .softplus = softplus,
    .silu_backward = silu_backward,
    .quick_gelu_backward = quick_gelu_backward,
    .gelu_tanh_backward = gelu_tanh_backward,
    .softplus_backward = softplus_backward,
    .leaky_relu = leaky_relu,
    .elu = elu,
    .leaky_relu_backward = leaky_relu_backward,
    .elu_backward = elu_backward,
    .sum = sum,
    .sum_relu = sum_relu,
    .product = product,
    .gated = {gated_silu, gated_gelu, gated_gelu_tanh},
    .gated_backward = {gated_silu_backward, gated_gelu_backward, gated_gelu_tanh_backward},
    .smooth_l1 = smooth_l1,
    .smooth_l1_slope = smooth_l1_slope,
    .binary = binary,
    .binary_slope = binary_slope,
    .binary_target_slope = binary_target_slope,
};
