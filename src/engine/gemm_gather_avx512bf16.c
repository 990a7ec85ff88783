// Tiles whose rows lie anywhere, pairs of bf16: 8 rows and 3 vectors.

#if defined(__x86_64__)

#include "engine/gemm_gather_finish_avx512.h"
#include "engine/gemm_pairs_avx512bf16.h"

#include <string.h>

PT_ALWAYS_INLINE void kernel(const struct pt_gemm_gather *gather, const int rows, const int vectors)
{
    const char *b = gather->b;
    struct sums sums;
    gather_prefetch(gather, rows, vectors);
    PT_UNROLL for (int i = 0; i < rows; i++) PT_UNROLL for (int v = 0; v < vectors; v++)
        sums.at[i][v] = _mm512_setzero_ps();
    for (int64_t run = 0; run < gather->runs; run++) {
        const char *a = (const char *)gather->a + gather->a_runs[run];
        const char *row[ROWS];
        PT_UNROLL for (int i = 0; i < rows; i++) row[i] =
            a + gather->a_rows[row_or_last(gather, i)];
        for (int64_t step = 0; step < gather->steps; step++) {
            __m512i columns[VECTORS];
            PT_UNROLL for (int v = 0; v < vectors; v++) columns[v] =
                _mm512_load_si512(b + v * LANES * PT_GEMM_UNIT);
            PT_UNROLL for (int i = 0; i < rows; i++)
            {
                int unit;
                memcpy(&unit, row[i] + step * PT_GEMM_UNIT, sizeof unit);
                __m512bh scalar = (__m512bh)_mm512_set1_epi32(unit);
                PT_UNROLL for (int v = 0; v < vectors; v++) sums.at[i][v] =
                    _mm512_dpbf16_ps(sums.at[i][v], scalar, (__m512bh)columns[v]);
            }
            b += vectors * LANES * PT_GEMM_UNIT;
        }
    }
    gather_finish(gather, rows, vectors, &sums);
}

PT_GATHERS

void pt_gemm_gather_avx512bf16(const struct pt_gemm_gather *gather)
{
    gather_by_shape(gather);
}

PT_ALWAYS_INLINE void pack_rows(const float *b, const int64_t *rows, int64_t k, int columns,
                                const int vectors, char *out)
{
    __mmask16 last = (__mmask16)(0xffffu >> (vectors * LANES - columns));
    for (int64_t p = 0; p < k; p += 2) {
        bool has_odd = p + 1 < k;
        const float *even = b + rows[p], *odd = has_odd ? b + rows[p + 1] : even;
        PT_UNROLL for (int v = 0; v < vectors; v++)
        {
            __mmask16 mask = mask_of(v, vectors, last);
            __m512 low = _mm512_maskz_loadu_ps(mask, even + v * LANES);
            __m512 high = _mm512_maskz_loadu_ps(has_odd ? mask : 0, odd + v * LANES);
            _mm512_store_si512(out, pairs_of_rows(low, high));
            out += LANES * PT_GEMM_UNIT;
        }
    }
}

void pt_gemm_pack_b_rows_avx512bf16(const float *b, const int64_t *rows, int64_t k, int columns,
                                    int width, bool round, void *panel)
{
    (void)round; // units are bf16
    if (width == LANES)
        pack_rows(b, rows, k, columns, 1, panel);
    else if (width == 2 * LANES)
        pack_rows(b, rows, k, columns, 2, panel);
    else
        pack_rows(b, rows, k, columns, 3, panel);
}

void pt_gemm_copy_row_avx512bf16(void *to, const float *from, int64_t count, bool round)
{
    char *out = to;
    (void)round;
    for (; count >= 2 * LANES; count -= 2 * LANES, from += 2 * LANES, out += 64)
        _mm512_storeu_si512(out, pairs_of_neighbors(from, 2 * LANES));
    if (count > 0)
        _mm512_mask_storeu_epi32(out, (__mmask16)(0xffffu >> (LANES - (count + 1) / 2)),
                                 pairs_of_neighbors(from, count));
}

#else
typedef int pt_gemm_gather_avx512bf16_needs_x86;
#endif
