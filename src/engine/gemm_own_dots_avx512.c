// A few rows times a matrix that is stored by columns, fp32 with AVX-512: dot products.
//
// B is read once, so that it does not pay to pack it; its columns are neighbors in k, which fits
// dot products: 16 lanes of sums along k for up to 4 rows and 4 columns at a time.

#if defined(__x86_64__)

#include "engine/gemm_finish_avx512.h"

enum { GROUP = 4 }; // columns at a time; with 4 rows 16 sums, enough to hide the latency

PT_ALWAYS_INLINE void dots(const struct pt_gemm_tile *tile, const float *b, const int rows,
                           const int columns, float results[PT_GEMM_DOT_ROWS][GROUP])
{
    const float *a = tile->a;
    __m512 sum[PT_GEMM_DOT_ROWS][GROUP];
    PT_UNROLL for (int i = 0; i < rows; i++) PT_UNROLL for (int j = 0; j < columns; j++) sum[i][j] =
        _mm512_setzero_ps();
    for (int64_t p = 0; p < tile->steps; p += LANES) {
        int64_t left = tile->steps - p;
        __mmask16 mask = (__mmask16)(left >= LANES ? 0xffff : 0xffffu >> (LANES - left));
        __m512 column[GROUP];
        PT_UNROLL for (int j = 0; j < columns; j++) column[j] =
            _mm512_maskz_loadu_ps(mask, b + j * tile->b_step + p);
        PT_UNROLL for (int i = 0; i < rows; i++)
        {
            __m512 row = _mm512_maskz_loadu_ps(mask, a + i * tile->a_row + p);
            PT_UNROLL for (int j = 0; j < columns; j++) sum[i][j] =
                _mm512_fmadd_ps(row, column[j], sum[i][j]);
        }
    }
    PT_UNROLL for (int i = 0; i < rows; i++) PT_UNROLL for (int j = 0; j < columns; j++)
        results[i][j] = _mm512_reduce_add_ps(sum[i][j]);
}

static void store(const struct pt_gemm_tile *tile, int first, int columns,
                  float results[PT_GEMM_DOT_ROWS][GROUP])
{
    for (int i = 0; i < tile->rows; i++) {
        for (int j = 0; j < columns; j++) {
            float *c = &tile->c[i * tile->c_row + first + j];
            float value = results[i][j];
            if (tile->add)
                value += *c;
            if (tile->bias != NULL)
                value += tile->bias[first + j];
            *c = tile->relu && value < 0 ? 0 : value; // NaN stays NaN
        }
    }
}

PT_ALWAYS_INLINE void all_columns(const struct pt_gemm_tile *tile, const int rows)
{
    const float *b = tile->b;
    float results[PT_GEMM_DOT_ROWS][GROUP];
    int j = 0;
    for (; j + GROUP <= tile->columns; j += GROUP) {
        dots(tile, b + j * tile->b_step, rows, GROUP, results);
        store(tile, j, GROUP, results);
    }
    for (; j < tile->columns; j++) {
        dots(tile, b + j * tile->b_step, rows, 1, results);
        store(tile, j, 1, results);
    }
}

void pt_gemm_dots_avx512(const struct pt_gemm_tile *tile)
{
    switch (tile->rows) {
    case 1:
        all_columns(tile, 1);
        break;
    case 2:
        all_columns(tile, 2);
        break;
    case 3:
        all_columns(tile, 3);
        break;
    default:
        all_columns(tile, 4);
        break;
    }
}

#else
typedef int pt_gemm_own_dots_avx512_needs_x86;
#endif
