// What the fp32 and the bf16 kernels for AVX-512 share: the sums of a tile in registers, the way
// they go into C, and the transposition of 16 x 16 units.
#ifndef PT_ENGINE_GEMM_FINISH_AVX512_H
#define PT_ENGINE_GEMM_FINISH_AVX512_H

#include <immintrin.h>

#include "engine/gemm_own.h"
#include "engine/gemm_unroll.h"

// 24 sums, 3 vectors of B and 1 scalar of A fill 28 of the 32 registers; 24 independent sums cover
// the latency of 4 cycles (fp32) or 6 (bf16) at two operations per cycle.
enum { ROWS = 8, LANES = 16, VECTORS = 3 };

struct sums {
    __m512 at[ROWS][VECTORS];
};

// The lanes of the last vector of a tile.
PT_ALWAYS_INLINE __mmask16 last_mask(const struct pt_gemm_tile *tile, const int vectors)
{
    return (__mmask16)(0xffffu >> (vectors * LANES - tile->columns));
}

PT_ALWAYS_INLINE __mmask16 mask_of(int vector, const int vectors, __mmask16 last)
{
    return vector == vectors - 1 ? last : (__mmask16)0xffff;
}

// C is written at the end, but asked for now.
PT_ALWAYS_INLINE void prefetch_c(const struct pt_gemm_tile *tile, const int rows, const int vectors)
{
    PT_UNROLL for (int i = 0; i < rows; i++) PT_UNROLL for (int v = 0; v < vectors; v++)
        __builtin_prefetch(tile->c + i * tile->c_row + v * LANES, 1);
}

PT_ALWAYS_INLINE void finish(const struct pt_gemm_tile *tile, const int rows, const int vectors,
                             struct sums *sums)
{
    __mmask16 last = last_mask(tile, vectors);
    if (tile->add) {
        PT_UNROLL for (int i = 0; i < rows; i++) PT_UNROLL for (int v = 0; v < vectors; v++)
            sums->at[i][v] = _mm512_add_ps(
            sums->at[i][v], _mm512_maskz_loadu_ps(mask_of(v, vectors, last),
                                                  tile->c + i * tile->c_row + v * LANES));
    }
    if (tile->bias != NULL) {
        PT_UNROLL for (int v = 0; v < vectors; v++)
        {
            __m512 bias = _mm512_maskz_loadu_ps(mask_of(v, vectors, last), tile->bias + v * LANES);
            PT_UNROLL for (int i = 0; i < rows; i++) sums->at[i][v] =
                _mm512_add_ps(sums->at[i][v], bias);
        }
    }
    if (tile->relu) {
        // the second operand is the result if one is NaN
        PT_UNROLL for (int i = 0; i < rows; i++) PT_UNROLL for (int v = 0; v < vectors; v++)
            sums->at[i][v] = _mm512_max_ps(_mm512_setzero_ps(), sums->at[i][v]);
    }
    PT_UNROLL for (int i = 0; i < rows; i++) PT_UNROLL for (int v = 0; v < vectors; v++)
        _mm512_mask_storeu_ps(tile->c + i * tile->c_row + v * LANES, mask_of(v, vectors, last),
                              sums->at[i][v]);
}

// Transposes rows[16] of 16 units in place.
PT_ALWAYS_INLINE void transpose_16x16(__m512i rows[16])
{
    __m512i pair[16], quad[16];
    PT_UNROLL for (int i = 0; i < 8; i++)
    {
        pair[2 * i] = _mm512_unpacklo_epi32(rows[2 * i], rows[2 * i + 1]);
        pair[2 * i + 1] = _mm512_unpackhi_epi32(rows[2 * i], rows[2 * i + 1]);
    }
    // quad[4 i + j]: in each 128-bit lane l, column 4 l + j of rows 4 i to 4 i + 3
    PT_UNROLL for (int i = 0; i < 4; i++)
    {
        quad[4 * i] = _mm512_unpacklo_epi64(pair[4 * i], pair[4 * i + 2]);
        quad[4 * i + 1] = _mm512_unpackhi_epi64(pair[4 * i], pair[4 * i + 2]);
        quad[4 * i + 2] = _mm512_unpacklo_epi64(pair[4 * i + 1], pair[4 * i + 3]);
        quad[4 * i + 3] = _mm512_unpackhi_epi64(pair[4 * i + 1], pair[4 * i + 3]);
    }
    // then the 4 x 4 lanes are transposed, for each j
    PT_UNROLL for (int j = 0; j < 4; j++)
    {
        __m512i even_low = _mm512_shuffle_i32x4(quad[j], quad[4 + j], 0x88);
        __m512i odd_low = _mm512_shuffle_i32x4(quad[j], quad[4 + j], 0xdd);
        __m512i even_high = _mm512_shuffle_i32x4(quad[8 + j], quad[12 + j], 0x88);
        __m512i odd_high = _mm512_shuffle_i32x4(quad[8 + j], quad[12 + j], 0xdd);
        rows[j] = _mm512_shuffle_i32x4(even_low, even_high, 0x88);
        rows[4 + j] = _mm512_shuffle_i32x4(odd_low, odd_high, 0x88);
        rows[8 + j] = _mm512_shuffle_i32x4(even_low, even_high, 0xdd);
        rows[12 + j] = _mm512_shuffle_i32x4(odd_low, odd_high, 0xdd);
    }
}

// A function of each shape of tile, and a table of them: BY_SHAPE[copy][rows - 1][vectors - 1].
// kernel(tile, rows, vectors, copy) is inlined with constants.
#define PT_TILE(ROWS_, VECTORS_, COPY_)                                                            \
    static void tile_##ROWS_##_##VECTORS_##_##COPY_(const struct pt_gemm_tile *tile)               \
    {                                                                                              \
        kernel(tile, ROWS_, VECTORS_, COPY_);                                                      \
    }
#define PT_TILES_OF_ROWS(ROWS_)                                                                    \
    PT_TILE(ROWS_, 1, 0)                                                                           \
    PT_TILE(ROWS_, 2, 0)                                                                           \
    PT_TILE(ROWS_, 3, 0)                                                                           \
    PT_TILE(ROWS_, 1, 1)                                                                           \
    PT_TILE(ROWS_, 2, 1)                                                                           \
    PT_TILE(ROWS_, 3, 1)
#define PT_TILES                                                                                   \
    PT_TILES_OF_ROWS(1)                                                                            \
    PT_TILES_OF_ROWS(2)                                                                            \
    PT_TILES_OF_ROWS(3)                                                                            \
    PT_TILES_OF_ROWS(4)                                                                            \
    PT_TILES_OF_ROWS(5)                                                                            \
    PT_TILES_OF_ROWS(6)                                                                            \
    PT_TILES_OF_ROWS(7)                                                                            \
    PT_TILES_OF_ROWS(8)
#define PT_TILE_ROW(ROWS_, COPY_)                                                                  \
    {                                                                                              \
        tile_##ROWS_##_1_##COPY_, tile_##ROWS_##_2_##COPY_, tile_##ROWS_##_3_##COPY_               \
    }
#define PT_TILE_TABLE(COPY_)                                                                       \
    {                                                                                              \
        PT_TILE_ROW(1, COPY_), PT_TILE_ROW(2, COPY_), PT_TILE_ROW(3, COPY_),                       \
            PT_TILE_ROW(4, COPY_), PT_TILE_ROW(5, COPY_), PT_TILE_ROW(6, COPY_),                   \
            PT_TILE_ROW(7, COPY_), PT_TILE_ROW(8, COPY_)                                           \
    }

#endif
