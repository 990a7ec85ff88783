// The loops of optimizer_loops.h. Not a header of its own: optimizer_loops_portable.c, _avx2.c and
// _avx512.c include it after defining TABLE, the name of the table that it makes, and TABLE_NAME.

#include "engine/optimizer_loops.h"
#include "engine/vector.h"

enum { BLOCK = 1024 }; // floats that are summed in float; blocks are summed in double

INLINE vf gradient(const float *g, int64_t k, struct pt_gradient_scale scale)
{
    vf slope = load(g, k);
    return scale.wanted ? slope * scale.factor : slope;
}

static void descend(float *p, const float *g, int64_t n, const struct pt_momentum_step *step)
{
    const struct pt_momentum_step s = *step;
    FOR_EACH_VECTOR(n, {
        vf w = load(p + i, k);
        vf slope = gradient(g + i, k, s.scale);
        if (s.decay != 0)
            slope = fma_(w, splat(s.decay), slope);
        store(p + i, fma_(slope, splat(-s.rate), w), k);
    });
}

static void descend_with_momentum(float *p, float *b, const float *g, int64_t n,
                                  const struct pt_momentum_step *step)
{
    const struct pt_momentum_step s = *step;
    FOR_EACH_VECTOR(n, {
        vf w = load(p + i, k);
        vf slope = gradient(g + i, k, s.scale);
        if (s.decay != 0)
            slope = fma_(w, splat(s.decay), slope);
        vf speed = fma_(load(b + i, k), splat(s.momentum), slope);
        store(b + i, speed, k);
        if (s.nesterov)
            speed = fma_(speed, splat(s.momentum), slope);
        store(p + i, fma_(speed, splat(-s.rate), w), k);
    });
}

// Adam and AdamW in one pass over memory, in the order in which PyTorch's formulas have it; the
// bias corrections come as factors. Kingma and Ba 2014, arXiv:1412.6980, algorithm 1.
static void adam(float *p, float *m, float *v, const float *g, int64_t n,
                 const struct pt_adam_step *step)
{
    const struct pt_adam_step s = *step;
    FOR_EACH_VECTOR(n, {
        vf w = load(p + i, k) * s.parameter_scale;
        vf slope = gradient(g + i, k, s.scale);
        if (s.gradient_decay != 0)
            slope = fma_(w, splat(s.gradient_decay), slope);
        vf mean = load(m + i, k);
        mean = fma_(slope - mean, splat(s.one_minus_beta1), mean);
        vf square = load(v + i, k) * s.beta2;
        square = fma_(slope * s.one_minus_beta2, slope, square);
        vf deviation = square_root(square) * s.inverse_sqrt_correction2 + s.epsilon;
        store(m + i, mean, k);
        store(v + i, square, k);
        store(p + i, fma_(mean / deviation, splat(-s.step_size), w), k);
    });
}

// The sign of 0 is 0; that of NaN is NaN.
INLINE vf sign_of(vf x)
{
    return select_((x == 0) | (x != x), x, with_sign_of(splat(1), x));
}

static void lion(float *p, float *m, const float *g, int64_t n, const struct pt_lion_step *step)
{
    const struct pt_lion_step s = *step;
    FOR_EACH_VECTOR(n, {
        vf w = load(p + i, k) * s.parameter_scale;
        vf mean = load(m + i, k);
        vf distance = gradient(g + i, k, s.scale) - mean;
        vf direction = sign_of(fma_(distance, splat(s.one_minus_beta1), mean));
        store(m + i, fma_(distance, splat(s.one_minus_beta2), mean), k);
        store(p + i, fma_(direction, splat(-s.rate), w), k);
    });
}

// ------------------------------------------------------------------------------------- sums
// The sum over blocks of `term`, an expression of i and k.
#define SUM_IN_BLOCKS(n, term)                                                                     \
    double total = 0;                                                                              \
    for (int64_t block = 0; block < (n); block += BLOCK) {                                         \
        int64_t end = (n)-block < BLOCK ? (n)-block : BLOCK;                                       \
        vf sum = {0};                                                                              \
        FOR_EACH_VECTOR(end, term);                                                                \
        total += (double)sum_of(sum);                                                              \
    }                                                                                              \
    return total

static double square_sum(const float *x, int64_t n)
{
    SUM_IN_BLOCKS(n, {
        vf v = load(x + block + i, k);
        sum = fma_(v, v, sum);
    });
}

static void row_squares(const float *g, int64_t n, float *ret_sum, float *column_sums, bool first)
{
    double total = 0;
    for (int64_t block = 0; block < n; block += BLOCK) {
        int64_t end = n - block < BLOCK ? n - block : BLOCK;
        float *sums = column_sums + block;
        vf sum = {0};
        FOR_EACH_VECTOR(end, {
            vf v = load(g + block + i, k);
            vf square = v * v;
            sum += square;
            store(sums + i, first ? square : load(sums + i, k) + square, k);
        });
        total += (double)sum_of(sum);
    }
    *ret_sum = (float)total;
}

static double weighted_square_sum(const float *g, const float *factors, int64_t n)
{
    SUM_IN_BLOCKS(n, {
        vf v = load(g + block + i, k) * load(factors + block + i, k);
        sum = fma_(v, v, sum);
    });
}

// -------------------------------------------------------------------------------- Adafactor
INLINE void adafactor_end(float *p, float *m, vf step, int64_t k,
                          const struct pt_adafactor_end *end)
{
    if (m != NULL) {
        vf mean = load(m, k);
        step = fma_(step - mean, splat(end->one_minus_beta1), mean);
        store(m, step, k);
    }
    vf w = load(p, k);
    if (end->parameter_scale != 1)
        w *= end->parameter_scale;
    store(p, w - step, k);
}

static void adafactor_row(float *p, float *m, const float *g, const float *factors, int64_t n,
                          const struct pt_adafactor_end *end)
{
    const struct pt_adafactor_end e = *end;
    FOR_EACH_VECTOR(n, {
        vf step = load(g + i, k) * load(factors + i, k) * e.row_factor;
        adafactor_end(p + i, m == NULL ? NULL : m + i, step, k, &e);
    });
}

static double adafactor_square(float *v, const float *g, int64_t n, float one_minus_beta2,
                               float epsilon, struct pt_gradient_scale scale)
{
    SUM_IN_BLOCKS(n, {
        vf slope = gradient(g + block + i, k, scale);
        vf old = load(v + block + i, k);
        vf square = fma_(fma_(slope, slope, splat(epsilon)) - old, splat(one_minus_beta2), old);
        store(v + block + i, square, k);
        vf step = slope / fill_from(square_root(square), k, 1); // behind the end 0 / 1
        sum = fma_(step, step, sum);
    });
}

static void adafactor_vector(float *p, float *m, const float *v, const float *g, int64_t n,
                             const struct pt_adafactor_end *end, struct pt_gradient_scale scale)
{
    const struct pt_adafactor_end e = *end;
    FOR_EACH_VECTOR(n, {
        vf deviation = fill_from(square_root(load(v + i, k)), k, 1);
        vf step = gradient(g + i, k, scale) / deviation * e.row_factor;
        adafactor_end(p + i, m == NULL ? NULL : m + i, step, k, &e);
    });
}

// ------------------------------------------------------------------------------------- Muon
static double muon_momentum(float *x, float *b, const float *g, int64_t n, float momentum,
                            float one_minus_momentum, struct pt_gradient_scale scale)
{
    SUM_IN_BLOCKS(n, {
        vf slope = gradient(g + block + i, k, scale);
        vf speed = load(b + block + i, k);
        speed = fma_(slope - speed, splat(one_minus_momentum), speed);
        store(b + block + i, speed, k);
        speed = fma_(speed - slope, splat(momentum), slope);
        store(x + block + i, speed, k);
        sum = fma_(speed, speed, sum);
    });
}

static void combine(float *y, const float *x, int64_t n, float a, float b)
{
    FOR_EACH_VECTOR(n, store(y + i, fma_(load(x + i, k), splat(a), load(y + i, k) * b), k));
}

static void subtract(float *p, const float *x, int64_t n, float parameter_scale, float rate)
{
    FOR_EACH_VECTOR(n, {
        vf w = load(p + i, k);
        if (parameter_scale != 1)
            w *= parameter_scale;
        store(p + i, fma_(load(x + i, k), splat(-rate), w), k);
    });
}

static void scale_all(float *x, int64_t n, float factor)
{
    FOR_EACH_VECTOR(n, store(x + i, load(x + i, k) * factor, k));
}

static void average(float *mean, const float *p, int64_t n, float weight)
{
    FOR_EACH_VECTOR(n, {
        vf old = load(mean + i, k);
        store(mean + i, fma_(load(p + i, k) - old, splat(weight), old), k);
    });
}

const struct pt_optimizer_loops TABLE = {
    .name = TABLE_NAME,
    .descend = descend,
    .descend_with_momentum = descend_with_momentum,
    .adam = adam,
    .lion = lion,
    .square_sum = square_sum,
    .row_squares = row_squares,
    .weighted_square_sum = weighted_square_sum,
    .adafactor_row = adafactor_row,
    .adafactor_square = adafactor_square,
    .adafactor_vector = adafactor_vector,
    .muon_momentum = muon_momentum,
    .combine = combine,
    .subtract = subtract,
    .scale = scale_all,
    .average = average,
};
