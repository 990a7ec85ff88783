// Matrix products in plain C, for CPUs without AVX2, and the packing that needs no speed.

#include "engine/gemm_own.h"

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

void pt_gemm_pack_b_portable(bool transposed, const float *b, int64_t ldb, int64_t k, int columns,
                             int width, bool round, void *panel)
{
    float *out = panel;
    int64_t row = transposed ? 1 : ldb, column = transposed ? ldb : 1;
    for (int64_t p = 0; p < k; p++) {
        for (int j = 0; j < columns; j++) {
            float value = b[p * row + j * column];
            out[p * width + j] = round ? rounded_to_bf16(value) : value;
        }
        for (int j = columns; j < width; j++)
            out[p * width + j] = 0;
    }
}

void pt_gemm_pack_a_portable(int tile_rows, bool transposed, const float *a, int64_t lda,
                             int64_t rows, int64_t k, bool round, void *packed)
{
    float *out = packed;
    if (!transposed && !round) {
        for (int64_t i = 0; i < rows; i++)
            memcpy(out + i * pt_gemm_packed_row(k), a + i * lda, (size_t)k * sizeof *a);
        return;
    }
    for (int64_t i = 0; i < rows; i++) {
        int64_t tile = i / tile_rows, within = i % tile_rows;
        for (int64_t p = 0; p < k; p++) {
            float value = transposed ? a[p * lda + i] : a[i * lda + p];
            int64_t place =
                transposed ? (tile * k + p) * tile_rows + within : i * pt_gemm_packed_row(k) + p;
            out[place] = round ? rounded_to_bf16(value) : value;
        }
    }
}

static void pack_a(bool transposed, const float *a, int64_t lda, int64_t rows, int64_t k,
                   bool round, void *packed)
{
    pt_gemm_pack_a_portable(ROWS, transposed, a, lda, rows, k, round, packed);
}

static void multiply(const struct pt_gemm_tile *tile, float sums[ROWS][COLUMNS])
{
    const float *a = tile->a, *b = tile->b;
    for (int64_t p = 0; p < tile->steps; p++) {
        for (int i = 0; i < tile->rows; i++) {
            float scalar = a[i * tile->a_row];
            for (int j = 0; j < COLUMNS; j++)
                sums[i][j] += scalar * b[j];
        }
        a += tile->a_step;
        b += tile->b_step;
    }
}

static void portable_tile(const struct pt_gemm_tile *tile)
{
    float sums[ROWS][COLUMNS] = {{0}};
    assert(tile->rows <= ROWS && tile->columns <= COLUMNS && tile->b_copy == NULL);
    multiply(tile, sums);
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
};
