// The loops of norm_loops.h. Not a header of its own: norm_loops_portable.c, _avx2.c and _avx512.c
// include it after defining TABLE, the name of the table that it makes, and TABLE_NAME.
// Operations are counted as demand/norm.c lists them.

#include "engine/norm_loops.h"
#include "engine/vector.h"

INLINE void put(float *p, vf v, int64_t k, bool add)
{
    store(p, add ? load(p, k) + v : v, k);
}

// ------------------------------------------------------------------------------------- rms_norm
static float rms(float *y, const float *x, const float *weight, int64_t n, float epsilon,
                 float offset)
{
    vf squares = {0};
    FOR_EACH_VECTOR(n, {
        vf v = load(x + i, k);
        squares = fma_(v, v, squares);
    });
    float r = 1.0f / sqrtf(sum_of(squares) / (float)n + epsilon);
    FOR_EACH_VECTOR(n, store(y + i, load(x + i, k) * r * (load(weight + i, k) + offset), k));
    return r;
}

// With n = x r and h = dy weight: dweight = sum over rows of dy n, dx = (h - n mean(h n)) r.
static void rms_backward(float *dx, float *dweight, const float *dy, const float *x,
                         const float *weight, int64_t n, float r, float offset, bool add,
                         bool first)
{
    vf sum_hn = {0};
    FOR_EACH_VECTOR(n, {
        vf g = load(dy + i, k);
        vf normal = load(x + i, k) * r;
        if (dweight != NULL)
            put(dweight + i, g * normal, k, !first);
        // 0 beyond k, so the offset is not masked
        sum_hn = fma_(g * (load(weight + i, k) + offset), normal, sum_hn);
    });
    if (dx == NULL)
        return;
    float mean_hn = sum_of(sum_hn) / (float)n;
    FOR_EACH_VECTOR(n, {
        vf h = load(dy + i, k) * (load(weight + i, k) + offset);
        vf normal = load(x + i, k) * r;
        put(dx + i, fma_(normal, splat(-mean_hn), h) * r, k, add);
    });
}

// ------------------------------------------------------------------------- statistics of columns
// Four rows at a time: the sums are loaded and stored once for them.
static void add_sums(float *sums, const float *x, int64_t rows, int64_t columns)
{
    int64_t row = 0;
    for (; row + 4 <= rows; row += 4) {
        const float *at = x + row * columns;
        FOR_EACH_VECTOR(columns, {
            vf low = load(at + i, k) + load(at + columns + i, k);
            vf high = load(at + 2 * columns + i, k) + load(at + 3 * columns + i, k);
            put(sums + i, low + high, k, true);
        });
    }
    for (; row < rows; row++)
        FOR_EACH_VECTOR(columns, put(sums + i, load(x + row * columns + i, k), k, true));
}

// The same of x - mean.
static void add_distances(float *sums, const float *x, const float *mean, int64_t rows,
                          int64_t columns)
{
    int64_t row = 0;
    for (; row + 4 <= rows; row += 4) {
        const float *at = x + row * columns;
        FOR_EACH_VECTOR(columns, {
            vf m = load(mean + i, k);
            vf low = (load(at + i, k) - m) + (load(at + columns + i, k) - m);
            vf high = (load(at + 2 * columns + i, k) - m) + (load(at + 3 * columns + i, k) - m);
            put(sums + i, low + high, k, true);
        });
    }
    for (; row < rows; row++)
        FOR_EACH_VECTOR(columns, {
            vf distance = load(x + row * columns + i, k) - load(mean + i, k);
            put(sums + i, distance, k, true);
        });
}

static void add_squares(float *squares, const float *x, const float *mean, int64_t rows,
                        int64_t columns)
{
    int64_t row = 0;
    for (; row + 4 <= rows; row += 4) {
        const float *at = x + row * columns;
        FOR_EACH_VECTOR(columns, {
            vf m = load(mean + i, k);
            vf a = load(at + i, k) - m;
            vf b = load(at + columns + i, k) - m;
            vf c = load(at + 2 * columns + i, k) - m;
            vf d = load(at + 3 * columns + i, k) - m;
            vf low = fma_(a, a, b * b);
            vf high = fma_(c, c, d * d);
            put(squares + i, low + high, k, true);
        });
    }
    for (; row < rows; row++)
        FOR_EACH_VECTOR(columns, {
            vf a = load(x + row * columns + i, k) - load(mean + i, k);
            put(squares + i, a * a, k, true);
        });
}

static void clear(float *values, int64_t n)
{
    memset(values, 0, (size_t)n * sizeof *values);
}

// Adds a block of count rows, whose mean is that of the before rows plus distance, to those. Chan,
// Golub and LeVeque 1979, "Updating formulae and a pairwise algorithm for computing sample
// variances".
static void merge(float *mean, float *squares, const float *distance, const float *block_squares,
                  int64_t before, int64_t count, int64_t columns)
{
    float share = (float)count / (float)(before + count);
    float weight = (float)before * share;
    FOR_EACH_VECTOR(columns, {
        vf d = load(distance + i, k);
        vf sum = load(squares + i, k) + load(block_squares + i, k);
        store(mean + i, fma_(d, splat(share), load(mean + i, k)), k);
        store(squares + i, fma_(d * d, splat(weight), sum), k);
    });
}

// Blocks stay in the first-level cache between their mean and the distances from it: so memory is
// read once. Sums are of distances from a value near the mean: no digits are lost where the mean is
// far from 0.
static void moments(float *mean, float *squares, const float *x, int64_t rows, int64_t columns,
                    float *distance, float *block)
{
    enum { BLOCK_FLOATS = 4096 };
    int64_t length = BLOCK_FLOATS / columns < 8 ? 8 : BLOCK_FLOATS / columns / 4 * 4;
    memcpy(mean, x, (size_t)columns * sizeof *mean);
    clear(squares, columns);
    for (int64_t row = 0; row < rows; row += length) {
        int64_t count = rows - row < length ? rows - row : length;
        const float *at = x + row * columns;
        float part = 1.0f / (float)count;
        clear(distance, columns);
        add_distances(distance, at, mean, count, columns);
        FOR_EACH_VECTOR(columns, {
            vf d = load(distance + i, k) * part;
            store(distance + i, d, k);
            store(block + i, load(mean + i, k) + d, k);
        });
        float *block_squares = block + columns;
        clear(block_squares, columns);
        add_squares(block_squares, at, block, count, columns);
        merge(mean, squares, distance, block_squares, row, count, columns);
    }
}

// -------------------------------------------------------------------------------- rows by columns
static void normalize(float *y, const float *x, const float *mean, const float *scale,
                      const float *shift, int64_t rows, int64_t columns, bool relu)
{
    for (int64_t row = 0; row < rows; row++, x += columns, y += columns) {
        if (relu)
            FOR_EACH_VECTOR(columns, {
                vf centered = load(x + i, k) - load(mean + i, k);
                vf v = fma_(centered, load(scale + i, k), load(shift + i, k));
                store(y + i, select_(v < 0, splat(0), v), k);
            });
        else
            FOR_EACH_VECTOR(columns, {
                vf centered = load(x + i, k) - load(mean + i, k);
                store(y + i, fma_(centered, load(scale + i, k), load(shift + i, k)), k);
            });
    }
}

static void add_gradient_sums(float *sums, float *products, const float *dy, const float *x,
                              const float *mean, int64_t rows, int64_t columns)
{
    int64_t row = 0;
    for (; row + 2 <= rows; row += 2) {
        const float *g = dy + row * columns, *v = x + row * columns;
        FOR_EACH_VECTOR(columns, {
            vf m = load(mean + i, k);
            vf g0 = load(g + i, k);
            vf g1 = load(g + columns + i, k);
            put(sums + i, g0 + g1, k, true);
            vf p = fma_(g0, load(v + i, k) - m, load(products + i, k));
            store(products + i, fma_(g1, load(v + columns + i, k) - m, p), k);
        });
    }
    if (row < rows)
        FOR_EACH_VECTOR(columns, {
            vf g = load(dy + row * columns + i, k);
            vf centered = load(x + row * columns + i, k) - load(mean + i, k);
            put(sums + i, g, k, true);
            store(products + i, fma_(g, centered, load(products + i, k)), k);
        });
}

static void normalize_backward(float *dx, const float *dy, const float *x, const float *mean,
                               const float *a, const float *b, const float *c, int64_t rows,
                               int64_t columns, bool add)
{
    for (int64_t row = 0; row < rows; row++, x += columns, dy += columns, dx += columns)
        FOR_EACH_VECTOR(columns, {
            vf centered = load(x + i, k) - load(mean + i, k);
            vf v = fma_(centered, load(b + i, k), load(c + i, k));
            put(dx + i, fma_(load(dy + i, k), load(a + i, k), v), k, add);
        });
}

const struct pt_norm_loops TABLE = {
    .name = TABLE_NAME,
    .rms = rms,
    .rms_backward = rms_backward,
    .add_sums = add_sums,
    .add_squares = add_squares,
    .moments = moments,
    .normalize = normalize,
    .add_gradient_sums = add_gradient_sums,
    .normalize_backward = normalize_backward,
};
