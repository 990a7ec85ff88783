// Matrix products of bf16 with AVX512_BF16: a step is a pair of k, two products and two sums.
//
// The operands come in fp32 and are rounded to the nearest, ties to even, while they are packed.
// VDPBF16PS takes denormal numbers as zero. Intel 64 and IA-32 Architectures Software Developer's
// Manual, volume 2, VDPBF16PS and VCVTNE2PS2BF16.

#if defined(__x86_64__)

#include "engine/gemm_pairs_avx512bf16.h"

#include <assert.h>
#include <string.h>

// How far ahead B is asked for, into L2.
enum { PREFETCH_STEPS = 12, PREFETCH_A_ROWS = 16 };

PT_ALWAYS_INLINE void kernel(const struct pt_gemm_tile *tile, const int rows, const int vectors,
                             const bool copy)
{
    const char *a = tile->a, *b = tile->b;
    char *b_copy = tile->b_copy;
    int64_t a_row = tile->a_row * PT_GEMM_UNIT;
    int64_t b_row = tile->b_step * PT_GEMM_UNIT;
    __mmask16 last = last_mask(tile, vectors);
    struct sums sums;

    prefetch_c(tile, rows, vectors);
    PT_UNROLL for (int i = 0; i < rows; i++) PT_UNROLL for (int v = 0; v < vectors; v++)
        sums.at[i][v] = _mm512_setzero_ps();
    for (int64_t p = 0; p < tile->steps; p++) {
        __m512i row[VECTORS];
        if (copy) {
            __mmask16 has_odd = 2 * p + 1 < tile->b_rows ? 0xffff : 0;
            PT_UNROLL for (int v = 0; v < vectors; v++)
            {
                __mmask16 mask = mask_of(v, vectors, last);
                const char *even = b + v * LANES * PT_GEMM_UNIT;
                __builtin_prefetch(even + 2 * PREFETCH_STEPS * b_row, 0, 2);
                __builtin_prefetch(even + (2 * PREFETCH_STEPS + 1) * b_row, 0, 2);
                row[v] = pairs_of_rows(_mm512_maskz_loadu_ps(mask, even),
                                       _mm512_maskz_loadu_ps(mask & has_odd, even + b_row));
                _mm512_store_si512(b_copy + v * LANES * PT_GEMM_UNIT, row[v]);
            }
            b += 2 * b_row;
            b_copy += vectors * LANES * PT_GEMM_UNIT;
        } else {
            PT_UNROLL for (int v = 0; v < vectors; v++) row[v] =
                _mm512_load_si512(b + v * LANES * PT_GEMM_UNIT);
            b += b_row;
        }
        PT_UNROLL for (int i = 0; i < rows; i++)
        {
            int unit;
            memcpy(&unit, a + i * a_row, sizeof unit);
            __m512bh scalar = (__m512bh)_mm512_set1_epi32(unit);
            PT_UNROLL for (int v = 0; v < vectors; v++) sums.at[i][v] =
                _mm512_dpbf16_ps(sums.at[i][v], scalar, (__m512bh)row[v]);
        }
        a += tile->a_step * PT_GEMM_UNIT;
    }
    finish(tile, rows, vectors, &sums);
}

PT_TILES

static void bf16_tile(const struct pt_gemm_tile *tile)
{
    static void (*const by_shape[2][ROWS][VECTORS])(const struct pt_gemm_tile *) = {
        PT_TILE_TABLE(0), PT_TILE_TABLE(1)};
    int vectors = (tile->columns + LANES - 1) / LANES;
    assert(tile->rows >= 1 && tile->rows <= ROWS && vectors >= 1 && vectors <= VECTORS);
    by_shape[tile->b_copy != NULL][tile->rows - 1][vectors - 1](tile);
}

// 16 columns of 32 k.
static void pack_whole_block(const float *b, int64_t ldb, char *out, int64_t out_row)
{
    __m512i rows[16];
    PT_UNROLL for (int j = 0; j < 16; j++)
    {
        const float *from = b + j * ldb;
        rows[j] = (__m512i)_mm512_cvtne2ps_pbh(_mm512_loadu_ps(from + 16), _mm512_loadu_ps(from));
        __builtin_prefetch((const char *)from + 256);
        __builtin_prefetch((const char *)from + 320);
    }
    transpose_16x16(rows);
    PT_UNROLL for (int p = 0; p < 16; p++) _mm512_store_si512(out + p * out_row, rows[p]);
}

static void pack_block(const float *b, int64_t ldb, int64_t k, int columns, char *out,
                       int64_t out_row)
{
    __m512i rows[16];
    PT_UNROLL for (int j = 0; j < 16; j++)
    {
        rows[j] = j < columns ? pairs_of_neighbors(b + j * ldb, k) : _mm512_setzero_si512();
    }
    transpose_16x16(rows);
    PT_UNROLL for (int p = 0; p < 16; p++)
    {
        if (2 * p < k)
            _mm512_store_si512(out + p * out_row, rows[p]);
    }
}

static void pack_transposed(const float *b, int64_t ldb, int64_t k, int columns, int width,
                            char *out)
{
    int64_t out_row = (int64_t)width * PT_GEMM_UNIT;
    for (int j = 0; j < width; j += LANES) {
        char *to = out + j * PT_GEMM_UNIT;
        int64_t p = 0;
        if (columns - j >= LANES)
            for (; p + 32 <= k; p += 32, to += 16 * out_row)
                pack_whole_block(b + j * ldb + p, ldb, to, out_row);
        for (; p < k; p += 32, to += 16 * out_row)
            pack_block(b + j * ldb + p, ldb, k - p < 32 ? k - p : 32, columns - j, to, out_row);
    }
}

static void pack_natural(const float *b, int64_t ldb, int64_t k, int columns, int width, char *out)
{
    for (int64_t p = 0; p < k; p += 2) {
        for (int j = 0; j < width; j += LANES) {
            int count = columns - j < LANES ? columns - j : LANES;
            __mmask16 mask = (__mmask16)(0xffffu >> (LANES - count));
            const float *from = b + p * ldb + j;
            __m512 even = _mm512_maskz_loadu_ps(mask, from);
            __m512 odd = p + 1 < k ? _mm512_maskz_loadu_ps(mask, from + ldb) : _mm512_setzero_ps();
            _mm512_store_si512(out, pairs_of_rows(even, odd));
            out += LANES * PT_GEMM_UNIT;
        }
    }
}

static void bf16_pack_b(bool transposed, const float *b, int64_t ldb, int64_t k, int columns,
                        int width, bool round, void *panel)
{
    (void)round; // units are bf16
    if (transposed)
        pack_transposed(b, ldb, k, columns, width, panel);
    else
        pack_natural(b, ldb, k, columns, width, panel);
}

static void pack_a_rows(const float *a, int64_t lda, int64_t rows, int64_t k, char *out)
{
    int64_t out_row = pt_gemm_packed_row((k + 1) / 2) * PT_GEMM_UNIT;
    for (int64_t i = 0; i < rows; i++) {
        const float *from = a + i * lda;
        for (int64_t p = 0; p < k; p += 32)
            _mm512_store_si512(out + i * out_row + p * 2, pairs_of_neighbors(from + p, k - p));
    }
}

// A as stored [k, m]: 16 rows, a line of the cache, into two tiles.
static void pack_a_columns(const float *a, int64_t lda, int64_t rows, int64_t k, char *out)
{
    int64_t steps = (k + 1) / 2, tile_bytes = steps * ROWS * PT_GEMM_UNIT;
    for (int64_t i = 0; i < rows; i += 2 * ROWS, out += 2 * tile_bytes) {
        int64_t count = rows - i < 2 * ROWS ? rows - i : 2 * ROWS;
        __mmask16 mask = (__mmask16)(0xffffu >> (16 - count));
        for (int64_t p = 0; p < steps; p++) {
            const float *from = a + 2 * p * lda + i;
            __builtin_prefetch(from + PREFETCH_A_ROWS * lda);
            __builtin_prefetch(from + (PREFETCH_A_ROWS + 1) * lda);
            __m512 even = _mm512_maskz_loadu_ps(mask, from);
            __m512 odd =
                2 * p + 1 < k ? _mm512_maskz_loadu_ps(mask, from + lda) : _mm512_setzero_ps();
            __m512i pairs = pairs_of_rows(even, odd);
            char *to = out + p * ROWS * PT_GEMM_UNIT;
            _mm256_store_si256((__m256i *)to, _mm512_castsi512_si256(pairs));
            if (count > ROWS)
                _mm256_store_si256((__m256i *)(to + tile_bytes),
                                   _mm512_extracti64x4_epi64(pairs, 1));
        }
    }
}

static void bf16_pack_a(bool transposed, const float *a, int64_t lda, int64_t rows, int64_t k,
                        bool round, void *packed)
{
    (void)round;
    if (transposed)
        pack_a_columns(a, lda, rows, k, packed);
    else
        pack_a_rows(a, lda, rows, k, packed);
}

const struct pt_gemm_isa pt_gemm_avx512bf16 = {
    .name = "avx512bf16",
    .bf16 = true,
    .copies_b = true,
    .tile_rows = ROWS,
    .lanes = LANES,
    .tile_vectors = VECTORS,
    .tile = bf16_tile,
    .pack_b = bf16_pack_b,
    .pack_a = bf16_pack_a,
    .gather = pt_gemm_gather_avx512bf16,
    .pack_b_rows = pt_gemm_pack_b_rows_avx512bf16,
    .copy_row = pt_gemm_copy_row_avx512bf16,
};

#else
typedef int pt_gemm_own_avx512bf16_needs_x86;
#endif
