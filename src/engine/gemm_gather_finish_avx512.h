// What the fp32 and the bf16 tiles of scattered rows share: their ends, and a function for each
// shape. kernel(gather, rows, vectors) is inlined with constants.
#ifndef PT_ENGINE_GEMM_GATHER_FINISH_AVX512_H
#define PT_ENGINE_GEMM_GATHER_FINISH_AVX512_H

#include <assert.h>

#include "engine/gemm_finish_avx512.h"

PT_ALWAYS_INLINE __mmask16 gather_mask(const struct pt_gemm_gather *gather, int vector,
                                       const int vectors)
{
    __mmask16 last = (__mmask16)(0xffffu >> (vectors * LANES - gather->columns));
    return mask_of(vector, vectors, last);
}

// Where row i of a tile is; rows beyond the last repeat it.
PT_ALWAYS_INLINE int row_or_last(const struct pt_gemm_gather *gather, int i)
{
    return i < gather->rows ? i : gather->rows - 1;
}

PT_ALWAYS_INLINE void gather_prefetch(const struct pt_gemm_gather *gather, const int rows,
                                      const int vectors)
{
    PT_UNROLL for (int i = 0; i < rows; i++)
    {
        const float *c = gather->c + gather->c_rows[row_or_last(gather, i)];
        PT_UNROLL for (int v = 0; v < vectors; v++) __builtin_prefetch(c + v * LANES, 1);
    }
}

PT_ALWAYS_INLINE __m512 finished(const struct pt_gemm_gather *gather, __m512 sum, const float *c,
                                 int vector, __mmask16 mask)
{
    if (gather->add)
        sum = _mm512_add_ps(sum, _mm512_maskz_loadu_ps(mask, c));
    if (gather->bias != NULL)
        sum = _mm512_add_ps(sum, _mm512_maskz_loadu_ps(mask, gather->bias + vector * LANES));
    // the second operand is the result if one is NaN
    return gather->relu ? _mm512_max_ps(_mm512_setzero_ps(), sum) : sum;
}

PT_ALWAYS_INLINE void gather_finish(const struct pt_gemm_gather *gather, const int rows,
                                    const int vectors, struct sums *sums)
{
    PT_UNROLL for (int i = 0; i < rows; i++)
    {
        if (i >= gather->rows)
            continue;
        float *c = gather->c + gather->c_rows[i];
        PT_UNROLL for (int v = 0; v < vectors; v++)
        {
            __mmask16 mask = gather_mask(gather, v, vectors);
            _mm512_mask_storeu_ps(c + v * LANES, mask,
                                  finished(gather, sums->at[i][v], c + v * LANES, v, mask));
        }
    }
}

#define PT_GATHER(ROWS_, VECTORS_)                                                                 \
    static void gather_##ROWS_##_##VECTORS_(const struct pt_gemm_gather *gather)                   \
    {                                                                                              \
        kernel(gather, ROWS_, VECTORS_);                                                           \
    }
#define PT_GATHERS                                                                                 \
    PT_GATHER(4, 1)                                                                                \
    PT_GATHER(4, 2)                                                                                \
    PT_GATHER(4, 3)                                                                                \
    PT_GATHER(8, 1)                                                                                \
    PT_GATHER(8, 2)                                                                                \
    PT_GATHER(8, 3)                                                                                \
    static void gather_by_shape(const struct pt_gemm_gather *gather)                               \
    {                                                                                              \
        static void (*const by_shape[2][VECTORS])(const struct pt_gemm_gather *) = {               \
            {gather_4_1, gather_4_2, gather_4_3}, {gather_8_1, gather_8_2, gather_8_3}};           \
        int vectors = (gather->columns + LANES - 1) / LANES;                                       \
        assert(gather->rows >= 1 && gather->rows <= ROWS && vectors >= 1 && vectors <= VECTORS);   \
        by_shape[gather->rows > 4][vectors - 1](gather);                                           \
    }

#endif
