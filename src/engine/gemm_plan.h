// How the own matrix products cut a product into pieces. For gemm_own.c only.
#ifndef PT_ENGINE_GEMM_PLAN_H
#define PT_ENGINE_GEMM_PLAN_H

#include "engine/gemm_own.h"

struct pt_gemm_plan {
    int64_t row_chunks, column_chunks; // of C
    int64_t rows, columns;             // of the largest chunk
    int64_t k_blocks, k_block;         // the longest
    int threads;                       // that are worth waking
    size_t a_bytes, thread_bytes;      // of scratch: packed A, and all of one thread
};

// A function of its arguments alone. m, n > 0. packed_b: B has been packed before.
struct pt_gemm_plan pt_gemm_plan_make(const struct pt_gemm_isa *isa, const struct pt_gemm *gemm,
                                      int threads, bool packed_b);
// Bytes of scratch that are enough for this product and all with smaller m, n and k.
size_t pt_gemm_plan_scratch(const struct pt_gemm_isa *isa, const struct pt_gemm *gemm, int threads);
// True if a chunk of so many columns packs A.
bool pt_gemm_plan_packs_a(const struct pt_gemm_isa *isa, const struct pt_gemm *gemm,
                          int64_t columns);
// Where part number index of count parts of size begins; parts are multiples of step, but the last.
int64_t pt_gemm_part_begin(int64_t size, int64_t step, int64_t count, int64_t index);

static inline int64_t pt_gemm_ceil_divide(int64_t size, int64_t step)
{
    return (size + step - 1) / step;
}

#endif
