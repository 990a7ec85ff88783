// The loops of elementwise.h. Not a header of its own: elementwise_portable.c, _avx2.c and
// _avx512.c include it after defining TABLE, the name of the table that it makes, and TABLE_NAME.

#include "engine/elementwise.h"
#include "engine/vector.h"

typedef int8_t vb __attribute__((vector_size(LANES)));

INLINE void put(float *p, vf v, int64_t k, bool add)
{
    store(p, add ? load(p, k) + v : v, k);
}

// ------------------------------------------------------------------------------------ pointwise
// Comparisons are written so that NaN stays NaN: a network that diverges must show it.
static void relu(float *y, const float *x, int64_t n)
{
    FOR_EACH_VECTOR(n, {
        vf v = load(x + i, k);
        store(y + i, select_(v < 0, splat(0), v), k);
    });
}

static void relu_backward(float *dx, const float *dy, const float *y, int64_t n, bool add)
{
    FOR_EACH_VECTOR(n, {
        vf slope_is_zero = load(y + i, k);
        put(dx + i, select_(slope_is_zero <= 0, splat(0), load(dy + i, k)), k, add);
    });
}

// y = 0.5 x (1 + erf(x / sqrt 2)). Hendrycks and Gimpel 2016, arXiv:1606.08415.
static void gelu(float *y, const float *x, int64_t n)
{
    FOR_EACH_VECTOR(n, {
        vf v = load(x + i, k);
        vf twice_cdf = 1.0f + error_function(v * 0.707106781f);
        store(y + i, 0.5f * v * twice_cdf, k);
    });
}

// dx = dy (cdf + x pdf), pdf = exp(-x^2 / 2) / sqrt(2 pi)
static void gelu_backward(float *dx, const float *dy, const float *x, int64_t n, bool add)
{
    FOR_EACH_VECTOR(n, {
        vf v = load(x + i, k);
        vf cdf = 0.5f * (1.0f + error_function(v * 0.707106781f));
        vf pdf = 0.398942280f * exponential(-0.5f * (v * v));
        put(dx + i, load(dy + i, k) * fma_(v, pdf, cdf), k, add);
    });
}

static void tanh_(float *y, const float *x, int64_t n)
{
    FOR_EACH_VECTOR(n, store(y + i, hyperbolic_tangent(load(x + i, k)), k));
}

static void tanh_backward(float *dx, const float *dy, const float *y, int64_t n, bool add)
{
    FOR_EACH_VECTOR(n, {
        vf v = load(y + i, k);
        put(dx + i, load(dy + i, k) * (1.0f - v * v), k, add);
    });
}

static void sigmoid(float *y, const float *x, int64_t n)
{
    FOR_EACH_VECTOR(n, store(y + i, 1.0f / (1.0f + exponential(-load(x + i, k))), k));
}

static void sigmoid_backward(float *dx, const float *dy, const float *y, int64_t n, bool add)
{
    FOR_EACH_VECTOR(n, {
        vf v = load(y + i, k);
        put(dx + i, load(dy + i, k) * v * (1.0f - v), k, add);
    });
}

static void scale(float *y, const float *x, int64_t n, float factor, bool add)
{
    FOR_EACH_VECTOR(n, put(y + i, load(x + i, k) * factor, k, add));
}

// ----------------------------------------------------------------------------------------- rows
static float row_maximum(const float *x, int64_t columns)
{
    vf most = splat(-INFINITY);
    FOR_EACH_VECTOR(columns, most = maximum(fill_from(load(x + i, k), k, -INFINITY), most));
    return maximum_of(most);
}

static void softmax(float *y, const float *x, int64_t columns)
{
    float most = row_maximum(x, columns);
    vf sums = {0};
    FOR_EACH_VECTOR(columns, {
        vf e = exponential(load(x + i, k) - most);
        store(y + i, e, k);
        sums += fill_from(e, k, 0);
    });
    float factor = 1.0f / sum_of(sums);
    FOR_EACH_VECTOR(columns, store(y + i, load(y + i, k) * factor, k));
}

// dx = y (dy - sum(dy y))
static void softmax_backward(float *dx, const float *dy, const float *y, int64_t columns, bool add)
{
    vf sums = {0};
    FOR_EACH_VECTOR(columns, sums = fma_(load(dy + i, k), load(y + i, k), sums));
    float dot = sum_of(sums);
    FOR_EACH_VECTOR(columns, put(dx + i, load(y + i, k) * (load(dy + i, k) - dot), k, add));
}

static float log_sum_exp(const float *x, int64_t columns)
{
    float most = row_maximum(x, columns);
    vf sums = {0};
    FOR_EACH_VECTOR(columns, sums += fill_from(exponential(load(x + i, k) - most), k, 0));
    return most + logf(sum_of(sums));
}

static void scaled_softmax(float *dx, const float *x, int64_t columns, float log_sum, float factor,
                           bool add)
{
    FOR_EACH_VECTOR(columns, put(dx + i, exponential(load(x + i, k) - log_sum) * factor, k, add));
}

static void smoothed_softmax(float *dx, const float *x, int64_t columns, float log_sum,
                             float factor, float shift, bool add)
{
    FOR_EACH_VECTOR(columns, {
        vf p = exponential(load(x + i, k) - log_sum);
        put(dx + i, p * factor - shift, k, add);
    });
}

static float row_sum(const float *x, int64_t columns)
{
    vf sums = {0};
    FOR_EACH_VECTOR(columns, sums += load(x + i, k));
    return sum_of(sums);
}

// ----------------------------------------------------------------------------------- layer norm
// y = (x - mean) / sqrt(variance + epsilon) gamma + beta, the variance in a second pass: the
// difference of squares would cancel.
static struct pt_row_statistics layer_norm(float *y, const float *x, const float *gamma,
                                           const float *beta, int64_t columns, float epsilon)
{
    vf sums = {0};
    FOR_EACH_VECTOR(columns, sums += load(x + i, k));
    float mean = sum_of(sums) / (float)columns;

    vf squares = {0};
    FOR_EACH_VECTOR(columns, {
        vf centered = fill_from(load(x + i, k) - mean, k, 0);
        squares = fma_(centered, centered, squares);
    });
    float variance = sum_of(squares) / (float)columns;
    struct pt_row_statistics row = {mean, 1.0f / sqrtf(variance + epsilon)};

    FOR_EACH_VECTOR(columns, {
        vf normal = (load(x + i, k) - row.mean) * row.inverse_deviation;
        vf shift = beta == NULL ? splat(0) : load(beta + i, k);
        store(y + i, fma_(normal, load(gamma + i, k), shift), k);
    });
    return row;
}

// With n = (x - mean) / deviation and h = dy gamma:
// dgamma = sum over rows of dy n, dbeta = that of dy, dx = (h - mean(h) - n mean(h n)) / deviation.
static void layer_norm_backward(float *dx, float *dgamma, float *dbeta, const float *dy,
                                const float *x, const float *gamma, int64_t columns,
                                struct pt_row_statistics row, bool add, bool first)
{
    vf sum_h = {0}, sum_hn = {0};
    FOR_EACH_VECTOR(columns, {
        vf g = load(dy + i, k);
        vf n = (load(x + i, k) - row.mean) * row.inverse_deviation;
        if (dgamma != NULL)
            put(dgamma + i, g * n, k, !first);
        if (dbeta != NULL)
            put(dbeta + i, g, k, !first);
        if (dx != NULL) {
            vf h = g * load(gamma + i, k); // 0 beyond k, so n is not masked
            sum_h += h;
            sum_hn = fma_(h, n, sum_hn);
        }
    });
    if (dx == NULL)
        return;
    float mean_h = sum_of(sum_h) / (float)columns, mean_hn = sum_of(sum_hn) / (float)columns;
    FOR_EACH_VECTOR(columns, {
        vf n = (load(x + i, k) - row.mean) * row.inverse_deviation;
        vf h = load(dy + i, k) * load(gamma + i, k);
        vf centered = fma_(n, splat(-mean_hn), h) - mean_h;
        put(dx + i, centered * row.inverse_deviation, k, add);
    });
}

// ----------------------------------------------------------------------------------- reductions
static double squared_distance(const float *a, const float *b, int64_t n)
{
    double lanes[LANES] = {0};
    FOR_EACH_VECTOR(n, {
        vf d = load(a + i, k) - load(b + i, k);
        for (int lane = 0; lane < LANES; lane++)
            lanes[lane] += (double)d[lane] * (double)d[lane];
    });
    for (int lane = 1; lane < LANES; lane++)
        lanes[0] += lanes[lane];
    return lanes[0];
}

static void scaled_difference(float *dx, const float *a, const float *b, int64_t n, float factor,
                              bool add)
{
    FOR_EACH_VECTOR(n, put(dx + i, (load(a + i, k) - load(b + i, k)) * factor, k, add));
}

// Four vectors of columns at a time, so that the additions of a row do not wait for each other.
static void column_sums(float *sums, const float *x, int64_t rows, int64_t columns, int64_t stride,
                        bool add)
{
    int64_t j = 0;
    for (; j + 4 * LANES <= columns; j += 4 * LANES) {
        vf s[4] = {{0}};
        for (int64_t row = 0; row < rows; row++)
            for (int part = 0; part < 4; part++)
                s[part] += load(x + row * stride + j + part * LANES, LANES);
        for (int part = 0; part < 4; part++)
            put(sums + j + part * LANES, s[part], LANES, add);
    }
    for (; j < columns; j += LANES) {
        int64_t k = columns - j < LANES ? columns - j : LANES;
        vf s = {0};
        for (int64_t row = 0; row < rows; row++)
            s += load(x + row * stride + j, k);
        put(sums + j, s, k, add);
    }
}

// -------------------------------------------------------------------------------------- dropout
// Philox4x32-10 for LANES blocks at once: the words that pt_random_block gives for each of them.
// bits[4 b + w] is word w of block b.
static void random_blocks(uint64_t seed, uint64_t stream, uint64_t first_block,
                          uint32_t bits[4 * LANES])
{
    uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);
    vu c0, c1, c2 = (vu){0} + (uint32_t)stream, c3 = (vu){0} + (uint32_t)(stream >> 32);
    for (uint64_t b = 0; b < LANES; b++) {
        c0[b] = (uint32_t)(first_block + b);
        c1[b] = (uint32_t)((first_block + b) >> 32);
    }
    for (int round = 0; round < 10; round++) {
        vu high0, low0, high2, low2;
        multiply_wide(c0, 0xD2511F53u, &high0, &low0);
        multiply_wide(c2, 0xCD9E8D57u, &high2, &low2);
        c0 = high2 ^ c1 ^ key0;
        c1 = low2;
        c2 = high0 ^ c3 ^ key1;
        c3 = low0;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    for (int b = 0; b < LANES; b++) {
        bits[4 * b] = c0[b];
        bits[4 * b + 1] = c1[b];
        bits[4 * b + 2] = c2[b];
        bits[4 * b + 3] = c3[b];
    }
}

static void dropout(float *y, int8_t *mask, const float *x, int64_t begin, int64_t n,
                    const struct pt_dropout_rule *rule)
{
    uint32_t bits[4 * LANES];
    for (int64_t first = 0; first < n; first += 4 * LANES) {
        int64_t count = n - first < 4 * LANES ? n - first : 4 * LANES;
        random_blocks(rule->seed, rule->stream, (uint64_t)(begin + first) / 4, bits);
        FOR_EACH_VECTOR(count, {
            vu word;
            memcpy(&word, bits + i, sizeof word);
            vi kept = (vi)(word >= rule->threshold);
            vf scaled = load(x + first + i, k) * rule->scale;
            vb narrow = __builtin_convertvector(kept, vb);
            store(y + first + i, select_(kept, scaled, splat(0)), k);
            memcpy(mask + first + i, &narrow, (size_t)k);
        });
    }
}

static void dropout_backward(float *dx, const int8_t *mask, const float *dy, int64_t n,
                             float factor, bool add)
{
    FOR_EACH_VECTOR(n, {
        vb narrow = {0};
        memcpy(&narrow, mask + i, (size_t)k);
        vi kept = __builtin_convertvector(narrow, vi);
        put(dx + i, select_(kept, load(dy + i, k) * factor, splat(0)), k, add);
    });
}

const struct pt_elementwise TABLE = {
    .name = TABLE_NAME,
    .relu = relu,
    .gelu = gelu,
    .tanh = tanh_,
    .sigmoid = sigmoid,
    .relu_backward = relu_backward,
    .gelu_backward = gelu_backward,
    .tanh_backward = tanh_backward,
    .sigmoid_backward = sigmoid_backward,
    .scale = scale,
    .softmax = softmax,
    .softmax_backward = softmax_backward,
    .log_sum_exp = log_sum_exp,
    .scaled_softmax = scaled_softmax,
    .smoothed_softmax = smoothed_softmax,
    .row_sum = row_sum,
    .layer_norm = layer_norm,
    .layer_norm_backward = layer_norm_backward,
    .squared_distance = squared_distance,
    .scaled_difference = scaled_difference,
    .column_sums = column_sums,
    .dropout = dropout,
    .dropout_backward = dropout_backward,
};
