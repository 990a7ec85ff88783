// Tiles whose rows lie anywhere, fp32 with AVX-512: 8 rows and 3 vectors.

#if defined(__x86_64__)

#include "engine/gemm_gather_finish_avx512.h"

PT_ALWAYS_INLINE void kernel(const struct pt_gemm_gather *gather, const int rows, const int vectors)
{
    const float *b = gather->b;
    struct sums sums;
    gather_prefetch(gather, rows, vectors);
    PT_UNROLL for (int i = 0; i < rows; i++) PT_UNROLL for (int v = 0; v < vectors; v++)
        sums.at[i][v] = _mm512_setzero_ps();
    for (int64_t run = 0; run < gather->runs; run++) {
        const char *a = (const char *)gather->a + gather->a_runs[run];
        const float *row[ROWS];
        PT_UNROLL for (int i = 0; i < rows; i++) row[i] =
            (const float *)(const void *)(a + gather->a_rows[row_or_last(gather, i)]);
        for (int64_t step = 0; step < gather->steps; step++) {
            __m512 columns[VECTORS];
            PT_UNROLL for (int v = 0; v < vectors; v++) columns[v] = _mm512_load_ps(b + v * LANES);
            PT_UNROLL for (int i = 0; i < rows; i++)
            {
                __m512 scalar = _mm512_set1_ps(row[i][step]);
                PT_UNROLL for (int v = 0; v < vectors; v++) sums.at[i][v] =
                    _mm512_fmadd_ps(scalar, columns[v], sums.at[i][v]);
            }
            b += vectors * LANES;
        }
    }
    gather_finish(gather, rows, vectors, &sums);
}

PT_GATHERS

void pt_gemm_gather_avx512(const struct pt_gemm_gather *gather)
{
    gather_by_shape(gather);
}

PT_ALWAYS_INLINE void pack_rows(const float *b, const int64_t *rows, int64_t k, int columns,
                                const int vectors, float *out)
{
    __mmask16 last = (__mmask16)(0xffffu >> (vectors * LANES - columns));
    for (int64_t p = 0; p < k; p++, out += vectors * LANES)
        PT_UNROLL for (int v = 0; v < vectors; v++)
            _mm512_store_ps(out + v * LANES, _mm512_maskz_loadu_ps(mask_of(v, vectors, last),
                                                                   b + rows[p] + v * LANES));
}

void pt_gemm_pack_b_rows_avx512(const float *b, const int64_t *rows, int64_t k, int columns,
                                int width, bool round, void *panel)
{
    if (round)
        pt_gemm_pack_b_rows_portable(b, rows, k, columns, width, round, panel);
    else if (width == LANES)
        pack_rows(b, rows, k, columns, 1, panel);
    else if (width == 2 * LANES)
        pack_rows(b, rows, k, columns, 2, panel);
    else
        pack_rows(b, rows, k, columns, 3, panel);
}

#else
typedef int pt_gemm_gather_avx512_needs_x86;
#endif
