// Matrix products in plain C, for CPUs without AVX2, and the packing that needs no speed.

#include "engine/gemm_own.h"
#include "engine/gemm_unroll.h"

#include <assert.h>
#include <string.h>

enum { ROWS = 4, COLUMNS = 8 };

// To the nearest bf16, ties to even; NaN stays NaN. Intel, "BFLOAT16 - Hardware Numerics
// Definition", 2018, section 2.
static float rounded_to_bf16(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if ((bits & 0x7fffffff) > 0x7f800000)
        bits |= 0x00400000; // quiet, and not infinite when its low half is cut off
    else
        bits += 0x7fff + (bits >> 16 & 1);
    bits &= 0xffff0000;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void copy_rounded(float *to, const float *from, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        to[i] = rounded_to_bf16(from[i]);
}

static void copy(float *to, const float *from, int64_t count, bool round)
{
    if (round)
        copy_rounded(to, from, count);
    else
        memcpy(to, from, (size_t)count * sizeof *to);
}

void pt_gemm_pack_b_portable(bool transposed, const float *b, int64_t ldb, int64_t k, int columns,
                             int width, bool round, void *panel)
{
    float *out = panel;
    for (int64_t p = 0; p < k; p++, out += width) {
        if (transposed) {
            for (int j = 0; j < columns; j++)
                copy(out + j, b + j * ldb + p, 1, round);
        } else {
            copy(out, b + p * ldb, columns, round);
        }
        for (int j = columns; j < width; j++)
            out[j] = 0;
    }
}

void pt_gemm_pack_a_portable(int tile_rows, bool transposed, const float *a, int64_t lda,
                             int64_t rows, int64_t k, bool round, void *packed)
{
    float *out = packed;
    if (!transposed) {
        for (int64_t i = 0; i < rows; i++)
            copy(out + i * pt_gemm_packed_row(k), a + i * lda, k, round);
        return;
    }
    for (int64_t i = 0; i < rows; i += tile_rows) {
        int64_t count = rows - i < tile_rows ? rows - i : tile_rows;
        for (int64_t p = 0; p < k; p++)
            copy(out + i * k + p * tile_rows, a + p * lda + i, count, round);
    }
}

void pt_gemm_pack_b_rows_portable(const float *b, const int64_t *rows, int64_t k, int columns,
                                  int width, bool round, void *panel)
{
    float *out = panel;
    for (int64_t p = 0; p < k; p++, out += width) {
        copy(out, b + rows[p], columns, round);
        for (int j = columns; j < width; j++)
            out[j] = 0;
    }
}

void pt_gemm_copy_row_portable(void *to, const float *from, int64_t count, bool round)
{
    copy(to, from, count, round);
}

static void pack_a(bool transposed, const float *a, int64_t lda, int64_t rows, int64_t k,
                   bool round, void *packed)
{
    pt_gemm_pack_a_portable(ROWS, transposed, a, lda, rows, k, round, packed);
}

// Four floats: compilers turn it into SSE, NEON or what there is, and into scalars where nothing
// is.
typedef float vector __attribute__((vector_size(4 * sizeof(float))));
enum { LANES = 4, VECTORS = COLUMNS / LANES };

PT_ALWAYS_INLINE void multiply(const struct pt_gemm_tile *tile, const int rows,
                               float sums[ROWS][COLUMNS])
{
    const float *a = tile->a, *b = tile->b;
    vector sum[ROWS][VECTORS] = {{{0}}};
    for (int64_t p = 0; p < tile->steps; p++) {
        vector row[VECTORS];
        memcpy(row, b, sizeof row);
        PT_UNROLL for (int i = 0; i < rows; i++) PT_UNROLL for (int v = 0; v < VECTORS; v++)
            sum[i][v] += a[i * tile->a_row] * row[v];
        a += tile->a_step;
        b += tile->b_step;
    }
    memcpy(sums, sum, sizeof sum);
}

static void portable_tile(const struct pt_gemm_tile *tile)
{
    float sums[ROWS][COLUMNS];
    assert(tile->rows <= ROWS && tile->columns <= COLUMNS && tile->b_copy == NULL);
    if (tile->rows == ROWS)
        multiply(tile, ROWS, sums);
    else
        multiply(tile, tile->rows, sums);
    for (int i = 0; i < tile->rows; i++) {
        for (int j = 0; j < tile->columns; j++) {
            float *c = &tile->c[i * tile->c_row + j];
            float value = sums[i][j];
            if (tile->add)
                value += *c;
            if (tile->bias != NULL)
                value += tile->bias[j];
            if (tile->relu)
                value = value < 0 ? 0 : value; // NaN stays NaN
            *c = value;
        }
    }
}

const struct pt_gemm_isa pt_gemm_portable = {
    .name = "portable",
    .tile_rows = ROWS,
    .lanes = COLUMNS,
    .tile_vectors = 1,
    .tile = portable_tile,
    .pack_b = pt_gemm_pack_b_portable,
    .pack_a = pack_a,
    .gather = pt_gemm_gather_portable,
    .pack_b_rows = pt_gemm_pack_b_rows_portable,
    .copy_row = pt_gemm_copy_row_portable,
};
