// Tiles whose rows lie anywhere, with AVX2 and FMA: 6 rows and 2 vectors.

#if defined(__x86_64__)

#include "engine/gemm_own.h"
#include "engine/gemm_unroll.h"

#include <assert.h>
#include <immintrin.h>

enum { ROWS = 6, LANES = 8, VECTORS = 2 };

// Rows beyond the last repeat it.
static void multiply(const struct pt_gemm_gather *gather, float sums[ROWS][VECTORS * LANES])
{
    const float *b = gather->b;
    __m256 sum[ROWS][VECTORS];
    PT_UNROLL for (int i = 0; i < ROWS; i++) sum[i][0] = sum[i][1] = _mm256_setzero_ps();
    for (int64_t run = 0; run < gather->runs; run++) {
        const char *a = (const char *)gather->a + gather->a_runs[run];
        const float *row[ROWS];
        PT_UNROLL for (int i = 0; i < ROWS; i++) row[i] =
            (const float *)(const void *)(a +
                                          gather->a_rows[i < gather->rows ? i : gather->rows - 1]);
        for (int64_t step = 0; step < gather->steps; step++, b += gather->b_step) {
            __m256 left = _mm256_loadu_ps(b), right = _mm256_loadu_ps(b + LANES);
            PT_UNROLL for (int i = 0; i < ROWS; i++)
            {
                __m256 scalar = _mm256_broadcast_ss(row[i] + step);
                sum[i][0] = _mm256_fmadd_ps(scalar, left, sum[i][0]);
                sum[i][1] = _mm256_fmadd_ps(scalar, right, sum[i][1]);
            }
        }
    }
    PT_UNROLL for (int i = 0; i < ROWS; i++)
    {
        _mm256_storeu_ps(&sums[i][0], sum[i][0]);
        _mm256_storeu_ps(&sums[i][LANES], sum[i][1]);
    }
}

void pt_gemm_gather_avx2(const struct pt_gemm_gather *gather)
{
    float sums[ROWS][VECTORS * LANES];
    assert(gather->rows >= 1 && gather->rows <= ROWS && gather->columns <= VECTORS * LANES);
    multiply(gather, sums);
    for (int i = 0; i < gather->rows; i++) {
        float *c = gather->c + gather->c_rows[i], *sum = sums[i];
        if (gather->add)
            for (int j = 0; j < gather->columns; j++)
                sum[j] += c[j];
        if (gather->bias != NULL)
            for (int j = 0; j < gather->columns; j++)
                sum[j] += gather->bias[j];
        for (int j = 0; j < gather->columns; j++)
            c[j] = gather->relu && sum[j] < 0 ? 0 : sum[j]; // NaN stays NaN
    }
}

#else
typedef int pt_gemm_gather_avx2_needs_x86;
#endif
