// Matrix products in fp32 with AVX-512: tiles of 8 rows and 3 vectors.
//
// Measured on Zen 5: tiles of 14 x 32, 8 x 48 and 6 x 64 all reach 99 % of the multiply-add peak
// from L2. 8 x 48 also does where the rows of A lie a multiple of 4 KiB apart (14 rows then need
// more ways than a set of L1 has), so A needs no packing.

#if defined(__x86_64__)

#include "engine/gemm_finish_avx512.h"

#include <assert.h>

// How far ahead B is asked for, into L2: rows a power of two apart fall into few sets of L1.
enum { PREFETCH_STEPS = 24, PREFETCH_A_STEPS = 16 };

PT_ALWAYS_INLINE void kernel(const struct pt_gemm_tile *tile, const int rows, const int vectors,
                             const bool copy)
{
    const float *a = tile->a, *b = tile->b;
    float *b_copy = tile->b_copy;
    int64_t a_row = tile->a_row;
    __mmask16 last = last_mask(tile, vectors);
    struct sums sums;

    prefetch_c(tile, rows, vectors);
    PT_UNROLL for (int i = 0; i < rows; i++) PT_UNROLL for (int v = 0; v < vectors; v++)
        sums.at[i][v] = _mm512_setzero_ps();
    for (int64_t p = tile->steps; p > 0; p--) {
        __m512 row[VECTORS];
        PT_UNROLL for (int v = 0; v < vectors; v++)
        {
            row[v] = _mm512_maskz_loadu_ps(mask_of(v, vectors, last), b + v * LANES);
            if (copy) {
                _mm512_store_ps(b_copy + v * LANES, row[v]);
                __builtin_prefetch((const char *)b + PREFETCH_STEPS * tile->b_step * PT_GEMM_UNIT +
                                       v * LANES * PT_GEMM_UNIT,
                                   0, 2);
            }
        }
        PT_UNROLL for (int i = 0; i < rows; i++)
        {
            __m512 scalar = _mm512_set1_ps(a[i * a_row]);
            PT_UNROLL for (int v = 0; v < vectors; v++) sums.at[i][v] =
                _mm512_fmadd_ps(scalar, row[v], sums.at[i][v]);
        }
        a += tile->a_step;
        b += tile->b_step;
        if (copy)
            b_copy += vectors * LANES;
    }
    finish(tile, rows, vectors, &sums);
}

PT_TILES

static void avx512_tile(const struct pt_gemm_tile *tile)
{
    static void (*const by_shape[2][ROWS][VECTORS])(const struct pt_gemm_tile *) = {
        PT_TILE_TABLE(0), PT_TILE_TABLE(1)};
    int vectors = (tile->columns + LANES - 1) / LANES;
    assert(tile->rows >= 1 && tile->rows <= ROWS && vectors >= 1 && vectors <= VECTORS);
    by_shape[tile->b_copy != NULL][tile->rows - 1][vectors - 1](tile);
}

// 16 columns (rows of the stored matrix) of 16 k; fewer by masks.
static void pack_block(const float *b, int64_t ldb, int64_t k, int columns, float *out, int width)
{
    __m512i rows[16];
    __mmask16 mask = (__mmask16)(0xffffu >> (16 - k));
    PT_UNROLL for (int j = 0; j < 16; j++)
    {
        rows[j] =
            j < columns ? _mm512_maskz_loadu_epi32(mask, b + j * ldb) : _mm512_setzero_si512();
    }
    transpose_16x16(rows);
    PT_UNROLL for (int p = 0; p < 16; p++)
    {
        if (p < k)
            _mm512_store_si512(out + p * width, rows[p]);
    }
}

static void pack_whole_block(const float *b, int64_t ldb, float *out, int width)
{
    __m512i rows[16];
    PT_UNROLL for (int j = 0; j < 16; j++)
    {
        rows[j] = _mm512_loadu_si512(b + j * ldb);
        __builtin_prefetch((const char *)(b + j * ldb) + 256);
    }
    transpose_16x16(rows);
    PT_UNROLL for (int p = 0; p < 16; p++) _mm512_store_si512(out + p * width, rows[p]);
}

static void pack_transposed(const float *b, int64_t ldb, int64_t k, int columns, int width,
                            float *out)
{
    for (int j = 0; j < width; j += LANES) {
        int64_t p = 0;
        if (columns - j >= LANES)
            for (; p + 16 <= k; p += 16)
                pack_whole_block(b + j * ldb + p, ldb, out + p * width + j, width);
        for (; p < k; p += 16)
            pack_block(b + j * ldb + p, ldb, k - p < 16 ? k - p : 16, columns - j,
                       out + p * width + j, width);
    }
}

static void avx512_pack_b(bool transposed, const float *b, int64_t ldb, int64_t k, int columns,
                          int width, bool round, void *panel)
{
    if (transposed && !round)
        pack_transposed(b, ldb, k, columns, width, panel);
    else
        pt_gemm_pack_b_portable(transposed, b, ldb, k, columns, width, round, panel);
}

// A as stored [k, m]: 16 rows at once, because that is a line of the cache, into two tiles.
static void pack_a_columns(const float *a, int64_t lda, int64_t rows, int64_t k, float *out)
{
    for (int64_t i = 0; i < rows; i += 2 * ROWS) {
        int64_t count = rows - i < 2 * ROWS ? rows - i : 2 * ROWS;
        __mmask16 mask = (__mmask16)(0xffffu >> (16 - count));
        float *first = out + i * k, *second = first + ROWS * k;
        for (int64_t p = 0; p < k; p++) {
            __m512 values = _mm512_maskz_loadu_ps(mask, a + p * lda + i);
            __builtin_prefetch(a + (p + PREFETCH_A_STEPS) * lda + i);
            _mm256_store_ps(first + p * ROWS, _mm512_castps512_ps256(values));
            if (count > ROWS)
                _mm256_store_ps(second + p * ROWS, _mm512_extractf32x8_ps(values, 1));
        }
    }
}

static void avx512_pack_a(bool transposed, const float *a, int64_t lda, int64_t rows, int64_t k,
                          bool round, void *packed)
{
    if (transposed && !round)
        pack_a_columns(a, lda, rows, k, packed);
    else
        pt_gemm_pack_a_portable(ROWS, transposed, a, lda, rows, k, round, packed);
}

const struct pt_gemm_isa pt_gemm_avx512 = {
    .name = "avx512",
    .copies_b = true,
    .tile_rows = ROWS,
    .lanes = LANES,
    .tile_vectors = VECTORS,
    .tile = avx512_tile,
    .dots = pt_gemm_dots_avx512,
    .pack_b = avx512_pack_b,
    .pack_a = avx512_pack_a,
    .gather = pt_gemm_gather_avx512,
    .pack_b_rows = pt_gemm_pack_b_rows_avx512,
    .copy_row = pt_gemm_copy_row_portable,
};

#else
typedef int pt_gemm_own_avx512_needs_x86;
#endif
