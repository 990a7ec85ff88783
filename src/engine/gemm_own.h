// The own matrix products: what the driver (gemm_own.c) and the kernels of each instruction set
// (gemm_own_*.c) have in common. For the members of gemm.h only.
//
// C is cut into tiles that fit the registers. A tile of R rows and V vectors reads, at each step
// of k, V vectors of B and R scalars of A, and does R * V multiply-adds. B is copied ("packed")
// into a panel as narrow as one tile, so that its rows are neighbors in memory; A is read where it
// lies if that is fast. Goto and van de Geijn 2008, ACM TOMS 34(3), doi:10.1145/1356052.1356053;
// unlike there, no block is shared by threads, so that there is no barrier.
//
// A unit is four bytes: one float, or a pair of bf16 (k = 2p, 2p + 1) in kernels that are native
// in bf16. A step is one unit of k.
#ifndef PT_ENGINE_GEMM_OWN_H
#define PT_ENGINE_GEMM_OWN_H

#include "engine/gemm.h"

enum { PT_GEMM_UNIT = 4, PT_GEMM_ALIGNMENT = 64, PT_GEMM_DOT_ROWS = 4 };

// C[rows, columns] (+)= A[rows, steps] B[steps, columns]
struct pt_gemm_tile {
    int rows, columns;
    int64_t steps;
    const void *a;
    int64_t a_row, a_step; // units from one row, one step, to the next
    const void *b;
    int64_t b_step; // units
    // B's rows lie in the caller's matrix, b_step floats apart, and are copied to this panel on the
    // way, for the tiles that follow. NULL: b is packed already, or read only once.
    void *b_copy;
    int64_t b_rows; // native bf16 with b_copy: how many rows of floats there are
    float *c;
    int64_t c_row;
    bool add;          // to what stands in C
    const float *bias; // NULL, or columns values that are added
    bool relu;
};

// The same for rows of A and C that lie anywhere, and sums that are made of several runs of
// neighbors: what convolutions need, so that nobody has to bring their pixels into rows.
// C[row] (+)= sum over runs r and steps s of A[a_rows[row] + a_runs[r] + s] B[r * steps + s]
struct pt_gemm_gather {
    int rows, columns;
    int64_t runs, steps; // steps of each run
    const void *a;
    const int64_t *a_rows, *a_runs; // bytes from a
    const void *b;                  // packed
    int64_t b_step;                 // units
    float *c;
    const int64_t *c_rows; // floats from c
    bool add;
    const float *bias;
    bool relu;
};

struct pt_gemm_isa {
    const char *name;
    bool bf16;     // units are pairs of bf16
    bool copies_b; // a tile can copy B on the way, and reads columns beyond the last one nowhere
    int tile_rows, lanes, tile_vectors;
    void (*tile)(const struct pt_gemm_tile *tile);
    // NULL, or the same for at most PT_GEMM_DOT_ROWS rows of a whole product where B is stored
    // [n, k]: b_step is from one column to the next, steps are neighbors; any number of columns.
    void (*dots)(const struct pt_gemm_tile *tile);
    // Packs k rows and the given columns of op(B) into panel[steps][width], zeros behind the last
    // row and column; width is a multiple of lanes. round: to bf16 (in a kernel of floats).
    void (*pack_b)(bool transposed, const float *b, int64_t ldb, int64_t k, int columns, int width,
                   bool round, void *panel);
    // Packs op(A)[rows, k]. As stored [k, m]: tiles of tile_rows rows, each [steps][tile_rows]. As
    // stored [m, k]: rows of pt_gemm_packed_row(steps) units.
    void (*pack_a)(bool transposed, const float *a, int64_t lda, int64_t rows, int64_t k,
                   bool round, void *packed);

    // For convolutions.
    void (*gather)(const struct pt_gemm_gather *gather);
    // Packs k rows that begin at b + rows[i] floats into panel[steps][width], as pack_b does.
    void (*pack_b_rows)(const float *b, const int64_t *rows, int64_t k, int columns, int width,
                        bool round, void *panel);
    // Copies count floats into units; of the last pair an odd second is 0. to is aligned to a unit.
    void (*copy_row)(void *to, const float *from, int64_t count, bool round);
};

extern const struct pt_gemm_isa pt_gemm_portable;
#if defined(__x86_64__)
extern const struct pt_gemm_isa pt_gemm_avx2, pt_gemm_avx512, pt_gemm_avx512bf16;
void pt_gemm_dots_avx512(const struct pt_gemm_tile *tile);
#endif

// Steps of k elements.
static inline int64_t pt_gemm_steps(const struct pt_gemm_isa *isa, int64_t k)
{
    return isa->bf16 ? (k + 1) / 2 : k;
}

// The length of a packed row of A in units.
static inline int64_t pt_gemm_packed_row(int64_t steps)
{
    return (steps + 15) / 16 * 16;
}

// The packing of the portable kernels, which serves the others where speed does not matter.
void pt_gemm_pack_b_portable(bool transposed, const float *b, int64_t ldb, int64_t k, int columns,
                             int width, bool round, void *panel);
void pt_gemm_pack_a_portable(int tile_rows, bool transposed, const float *a, int64_t lda,
                             int64_t rows, int64_t k, bool round, void *packed);

void pt_gemm_pack_b_rows_portable(const float *b, const int64_t *rows, int64_t k, int columns,
                                  int width, bool round, void *panel);
void pt_gemm_copy_row_portable(void *to, const float *from, int64_t count, bool round);
void pt_gemm_gather_portable(const struct pt_gemm_gather *gather);
#if defined(__x86_64__)
void pt_gemm_gather_avx2(const struct pt_gemm_gather *gather);
void pt_gemm_gather_avx512(const struct pt_gemm_gather *gather);
void pt_gemm_pack_b_rows_avx512(const float *b, const int64_t *rows, int64_t k, int columns,
                                int width, bool round, void *panel);
void pt_gemm_gather_avx512bf16(const struct pt_gemm_gather *gather);
void pt_gemm_pack_b_rows_avx512bf16(const float *b, const int64_t *rows, int64_t k, int columns,
                                    int width, bool round, void *panel);
void pt_gemm_copy_row_avx512bf16(void *to, const float *from, int64_t count, bool round);
#endif

// The product on one instruction set, for tests; the backend chooses the best.
const struct pt_gemm_isa *pt_gemm_own_isa(enum pt_precision precision);
size_t pt_gemm_own_scratch_bytes(const struct pt_gemm_isa *isa, const struct pt_gemm *gemm,
                                 int threads);
void pt_gemm_own_run(const struct pt_gemm_isa *isa, const struct pt_gemm *gemm, int threads,
                     const float *a, const float *b, float *c, const float *bias, void *scratch);

// The same with a B that was packed before; see gemm.h.
size_t pt_gemm_own_packed_bytes(const struct pt_gemm_isa *isa, const struct pt_gemm *gemm);
void pt_gemm_own_pack(const struct pt_gemm_isa *isa, const struct pt_gemm *gemm, int threads,
                      const float *b, void *packed);
void pt_gemm_own_run_packed(const struct pt_gemm_isa *isa, const struct pt_gemm *gemm, int threads,
                            const float *a, const void *packed, float *c, const float *bias,
                            void *scratch);
void pt_gemm_own_single_packed(const struct pt_gemm_isa *isa, const struct pt_gemm *gemm,
                               int64_t begin, int64_t end, const float *a, const void *packed,
                               float *c, const float *bias, void *scratch);

extern const struct pt_gemm_backend pt_gemm_own, pt_gemm_onednn, pt_gemm_openblas;
// The kernels that OpenBLAS chose ("SkylakeX"; OPENBLAS_CORETYPE overrules it); NULL without it.
const char *pt_gemm_openblas_core(void);

#endif
