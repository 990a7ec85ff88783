// Matrix products with AVX2 and FMA: tiles of 6 rows and 2 vectors, 12 of the 16 registers.

#if defined(__x86_64__)

#include "engine/gemm_own.h"
#include "engine/gemm_unroll.h"

#include <assert.h>
#include <immintrin.h>

enum { ROWS = 6, LANES = 8, VECTORS = 2 };

PT_ALWAYS_INLINE void multiply(const struct pt_gemm_tile *tile, const int rows,
                               float sums[ROWS][VECTORS * LANES])
{
    const float *a = tile->a, *b = tile->b;
    __m256 sum[ROWS][VECTORS];
    PT_UNROLL for (int i = 0; i < rows; i++) sum[i][0] = sum[i][1] = _mm256_setzero_ps();
    for (int64_t p = 0; p < tile->steps; p++) {
        __m256 left = _mm256_loadu_ps(b), right = _mm256_loadu_ps(b + LANES);
        PT_UNROLL for (int i = 0; i < rows; i++)
        {
            __m256 scalar = _mm256_broadcast_ss(a + i * tile->a_row);
            sum[i][0] = _mm256_fmadd_ps(scalar, left, sum[i][0]);
            sum[i][1] = _mm256_fmadd_ps(scalar, right, sum[i][1]);
        }
        a += tile->a_step;
        b += tile->b_step;
    }
    PT_UNROLL for (int i = 0; i < rows; i++)
    {
        _mm256_storeu_ps(&sums[i][0], sum[i][0]);
        _mm256_storeu_ps(&sums[i][LANES], sum[i][1]);
    }
}

#define MULTIPLY(ROWS_)                                                                            \
    static void multiply_##ROWS_(const struct pt_gemm_tile *tile,                                  \
                                 float sums[ROWS][VECTORS * LANES])                                \
    {                                                                                              \
        multiply(tile, ROWS_, sums);                                                               \
    }
MULTIPLY(1)
MULTIPLY(2)
MULTIPLY(3)
MULTIPLY(4)
MULTIPLY(5)
MULTIPLY(6)

static void finish(const struct pt_gemm_tile *tile, float sums[ROWS][VECTORS * LANES])
{
    for (int i = 0; i < tile->rows; i++) {
        float *c = tile->c + i * tile->c_row, *sum = sums[i];
        if (tile->add)
            for (int j = 0; j < tile->columns; j++)
                sum[j] += c[j];
        if (tile->bias != NULL)
            for (int j = 0; j < tile->columns; j++)
                sum[j] += tile->bias[j];
        for (int j = 0; j < tile->columns; j++)
            c[j] = tile->relu && sum[j] < 0 ? 0 : sum[j]; // NaN stays NaN
    }
}

static void avx2_tile(const struct pt_gemm_tile *tile)
{
    static void (*const by_rows[])(const struct pt_gemm_tile *, float[ROWS][VECTORS * LANES]) = {
        multiply_1, multiply_2, multiply_3, multiply_4, multiply_5, multiply_6,
    };
    float sums[ROWS][VECTORS * LANES];
    assert(tile->rows <= ROWS && tile->columns <= VECTORS * LANES && tile->b_copy == NULL);
    by_rows[tile->rows - 1](tile, sums);
    finish(tile, sums);
}

static void transpose_8x8(const float *in, int64_t stride, float *out, int64_t out_stride)
{
    __m256 row[8], pair[8], quad[8];
    PT_UNROLL for (int i = 0; i < 8; i++) row[i] = _mm256_loadu_ps(in + i * stride);
    PT_UNROLL for (int i = 0; i < 4; i++)
    {
        pair[2 * i] = _mm256_unpacklo_ps(row[2 * i], row[2 * i + 1]);
        pair[2 * i + 1] = _mm256_unpackhi_ps(row[2 * i], row[2 * i + 1]);
    }
    PT_UNROLL for (int i = 0; i < 2; i++)
    {
        PT_UNROLL for (int j = 0; j < 2; j++)
        {
            __m256 low = pair[4 * i + j], high = pair[4 * i + 2 + j];
            quad[4 * i + 2 * j] = _mm256_shuffle_ps(low, high, 0x44);
            quad[4 * i + 2 * j + 1] = _mm256_shuffle_ps(low, high, 0xee);
        }
    }
    PT_UNROLL for (int i = 0; i < 4; i++)
    {
        _mm256_storeu_ps(out + i * out_stride, _mm256_permute2f128_ps(quad[i], quad[i + 4], 0x20));
        _mm256_storeu_ps(out + (i + 4) * out_stride,
                         _mm256_permute2f128_ps(quad[i], quad[i + 4], 0x31));
    }
}

static void avx2_pack_b(bool transposed, const float *b, int64_t ldb, int64_t k, int columns,
                        int width, bool round, void *panel)
{
    int whole = columns / LANES * LANES;
    int64_t whole_k = transposed ? k / LANES * LANES : k;
    float *out = panel;
    if (round || whole == 0) {
        pt_gemm_pack_b_portable(transposed, b, ldb, k, columns, width, round, panel);
        return;
    }
    if (transposed) {
        for (int64_t p = 0; p < whole_k; p += LANES)
            for (int j = 0; j < whole; j += LANES)
                transpose_8x8(b + j * ldb + p, ldb, out + p * width + j, width);
    } else {
        for (int64_t p = 0; p < k; p++)
            for (int j = 0; j < whole; j += LANES)
                _mm256_storeu_ps(out + p * width + j, _mm256_loadu_ps(b + p * ldb + j));
    }
    for (int64_t p = 0; p < k; p++) {
        for (int j = p < whole_k ? whole : 0; j < width; j++)
            out[p * width + j] = j >= columns ? 0 : transposed ? b[j * ldb + p] : b[p * ldb + j];
    }
}

static void avx2_pack_a(bool transposed, const float *a, int64_t lda, int64_t rows, int64_t k,
                        bool round, void *packed)
{
    pt_gemm_pack_a_portable(ROWS, transposed, a, lda, rows, k, round, packed);
}

const struct pt_gemm_isa pt_gemm_avx2 = {
    .name = "avx2",
    .tile_rows = ROWS,
    .lanes = VECTORS * LANES,
    .tile_vectors = 1,
    .tile = avx2_tile,
    .pack_b = avx2_pack_b,
    .pack_a = avx2_pack_a,
    .gather = pt_gemm_gather_avx2,
    .pack_b_rows = pt_gemm_pack_b_rows_portable,
    .copy_row = pt_gemm_copy_row_portable,
};

#else
typedef int pt_gemm_own_avx2_needs_x86;
#endif
