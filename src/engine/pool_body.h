// The loops of pool_loops.h. Not a header of its own: pool_loops_portable.c, _avx2.c and _avx512.c
// include it after defining TABLE, the name of the table that it makes, and TABLE_NAME.
// Operations are counted as demand/pool.c lists them.

#include "engine/pool_loops.h"
#include "engine/vector.h"

typedef int8_t vi8 __attribute__((vector_size(LANES)));
typedef int16_t vi16 __attribute__((vector_size(LANES * sizeof(int16_t))));

INLINE void store_index(void *p, vi index, int bytes, int64_t at, int64_t k)
{
    if (bytes == 1) {
        vi8 narrow = __builtin_convertvector(index, vi8);
        memcpy((int8_t *)p + at, &narrow, (size_t)k);
    } else if (bytes == 2) {
        vi16 narrow = __builtin_convertvector(index, vi16);
        memcpy((int16_t *)p + at, &narrow, (size_t)k * sizeof(int16_t));
    } else {
        memcpy((int32_t *)p + at, &index, (size_t)k * sizeof(int32_t));
    }
}

INLINE vi load_index(const void *p, int bytes, int64_t at, int64_t k)
{
    vi index = {0};
    if (bytes == 1) {
        vi8 narrow = {0};
        memcpy(&narrow, (const int8_t *)p + at, (size_t)k);
        return __builtin_convertvector(narrow, vi);
    }
    if (bytes == 2) {
        vi16 narrow = {0};
        memcpy(&narrow, (const int16_t *)p + at, (size_t)k * sizeof(int16_t));
        return __builtin_convertvector(narrow, vi);
    }
    memcpy(&index, (const int32_t *)p + at, (size_t)k * sizeof(int32_t));
    return index;
}

INLINE void max_vector(float *y, void *index, int bytes, const struct pt_pool_window *window,
                       int64_t channels, int64_t i, int64_t k)
{
    vf best = splat(-INFINITY);
    vi place = (vi){0} + window->first;
    for (int64_t row = 0; row < window->rows; row++)
        for (int64_t column = 0; column < window->columns; column++) {
            vf v = load(window->x + row * window->row_stride + column * channels + i, k);
            vi number =
                (vi){0} + (window->first + (int32_t)row * window->row_step + (int32_t)column);
            vi better = (v > best) | (v != v);
            best = select_(better, v, best);
            place = (better & number) | (~better & place);
        }
    store(y + i, best, k);
    store_index(index, place, bytes, i, k);
}

static void max_(float *y, void *index, int index_bytes, const struct pt_pool_window *window,
                 int64_t channels)
{
    if (index_bytes == 1)
        FOR_EACH_VECTOR(channels, max_vector(y, index, 1, window, channels, i, k));
    else if (index_bytes == 2)
        FOR_EACH_VECTOR(channels, max_vector(y, index, 2, window, channels, i, k));
    else
        FOR_EACH_VECTOR(channels, max_vector(y, index, 4, window, channels, i, k));
}

INLINE void backward_vector(const struct pt_pool_window *window, float *dx, const float *dy,
                            const void *index, int bytes, int64_t channels, bool add, int64_t i,
                            int64_t k)
{
    vi place = load_index(index, bytes, i, k);
    vf g = load(dy + i, k);
    for (int64_t row = 0; row < window->rows; row++)
        for (int64_t column = 0; column < window->columns; column++) {
            float *to = dx + row * window->row_stride + column * channels + i;
            vi number =
                (vi){0} + (window->first + (int32_t)row * window->row_step + (int32_t)column);
            vf v = select_(place == number, g, splat(0));
            store(to, add ? load(to, k) + v : v, k);
        }
}

static void max_backward(const struct pt_pool_window *window, float *dx, const float *dy,
                         const void *index, int index_bytes, int64_t channels, bool add)
{
    if (index_bytes == 1)
        FOR_EACH_VECTOR(channels, backward_vector(window, dx, dy, index, 1, channels, add, i, k));
    else if (index_bytes == 2)
        FOR_EACH_VECTOR(channels, backward_vector(window, dx, dy, index, 2, channels, add, i, k));
    else
        FOR_EACH_VECTOR(channels, backward_vector(window, dx, dy, index, 4, channels, add, i, k));
}

static void mean(float *y, const struct pt_pool_window *window, int64_t channels)
{
    FOR_EACH_VECTOR(channels, {
        vf sum = {0};
        for (int64_t row = 0; row < window->rows; row++)
            for (int64_t column = 0; column < window->columns; column++)
                sum += load(window->x + row * window->row_stride + column * channels + i, k);
        store(y + i, sum * window->scale, k);
    });
}

const struct pt_pool_loops TABLE = {
    .name = TABLE_NAME,
    .max = max_,
    .max_backward = max_backward,
    .mean = mean,
};
