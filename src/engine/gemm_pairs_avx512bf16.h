// Floats into pairs of bf16, rounded to the nearest, ties to even. For kernels with AVX512_BF16.
#ifndef PT_ENGINE_GEMM_PAIRS_AVX512BF16_H
#define PT_ENGINE_GEMM_PAIRS_AVX512BF16_H

#include "engine/gemm_finish_avx512.h"

// Two rows of 16 floats into 16 pairs: k = 2p in the low halves.
PT_ALWAYS_INLINE __m512i pairs_of_rows(__m512 even, __m512 odd)
{
    const __m512i interleave =
        _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6,
                         21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    return _mm512_permutexvar_epi16(interleave, (__m512i)_mm512_cvtne2ps_pbh(odd, even));
}

// count <= 32 neighbors in k as 16 pairs; zeros behind them.
PT_ALWAYS_INLINE __m512i pairs_of_neighbors(const float *from, int64_t count)
{
    __mmask16 low = (__mmask16)(count >= 16 ? 0xffff : 0xffffu >> (16 - count));
    __mmask16 high = (__mmask16)(count >= 32 ? 0xffff : count <= 16 ? 0 : 0xffffu >> (32 - count));
    return (__m512i)_mm512_cvtne2ps_pbh(_mm512_maskz_loadu_ps(high, from + 16),
                                        _mm512_maskz_loadu_ps(low, from));
}

#endif
