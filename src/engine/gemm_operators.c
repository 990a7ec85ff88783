// What operators with many small products call: the own kernels of this CPU, whichever backend does
// the large ones.

#include "engine/gemm_own.h"

size_t pt_gemm_single_scratch_bytes(const struct pt_gemm *gemm)
{
    return pt_gemm_own_scratch_bytes(pt_gemm_own_isa(gemm->precision), gemm, 1);
}

void pt_gemm_single(const struct pt_gemm *gemm, const float *a, const float *b, float *c,
                    const float *bias, void *scratch)
{
    pt_gemm_own_run(pt_gemm_own_isa(gemm->precision), gemm, 1, a, b, c, bias, scratch);
}

size_t pt_gemm_packed_bytes(const struct pt_gemm *gemm)
{
    return pt_gemm_own_packed_bytes(pt_gemm_own_isa(gemm->precision), gemm);
}

void pt_gemm_pack(const struct pt_gemm *gemm, int threads, const float *b, void *packed)
{
    pt_gemm_own_pack(pt_gemm_own_isa(gemm->precision), gemm, threads, b, packed);
}

size_t pt_gemm_packed_scratch_bytes(const struct pt_gemm *gemm, int threads)
{
    return pt_gemm_own_scratch_bytes(pt_gemm_own_isa(gemm->precision), gemm, threads);
}

void pt_gemm_run_packed(const struct pt_gemm *gemm, int threads, const float *a, const void *packed,
                        float *c, const float *bias, void *scratch)
{
    pt_gemm_own_run_packed(pt_gemm_own_isa(gemm->precision), gemm, threads, a, packed, c, bias,
                           scratch);
}

void pt_gemm_single_packed(const struct pt_gemm *gemm, int64_t begin, int64_t end, const float *a,
                           const void *packed, float *c, const float *bias, void *scratch)
{
    pt_gemm_own_single_packed(pt_gemm_own_isa(gemm->precision), gemm, begin, end, a, packed, c,
                              bias, scratch);
}

int64_t pt_gemm_panel_columns(enum pt_precision precision)
{
    const struct pt_gemm_isa *isa = pt_gemm_own_isa(precision);
    return (int64_t)isa->lanes * isa->tile_vectors;
}
