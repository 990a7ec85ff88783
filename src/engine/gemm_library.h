// What the backends that call a library share. For the members of gemm.h only.
#ifndef PT_ENGINE_GEMM_LIBRARY_H
#define PT_ENGINE_GEMM_LIBRARY_H

#include "engine/gemm.h"

// Adds bias and applies the rectifier of gemm's epilogue to the finished C.
void pt_gemm_apply_epilogue(const struct pt_gemm *gemm, int threads, float *c, const float *bias);
// Zero columns of A mean C = 0 (or C += 0), then the epilogue; libraries disagree about it.
void pt_gemm_without_k(const struct pt_gemm *gemm, int threads, float *c, const float *bias);
// A library has refused: says so in the log and fills C with NAN, so that nobody takes what stands
// there for a result.
void pt_gemm_failed(const struct pt_gemm *gemm, const char *backend, int status, float *c);
// Opens the first of the names (NULL-terminated) that can be opened; NULL: none.
void *pt_gemm_open_library(const char *const *names);

#endif
