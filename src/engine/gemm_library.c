// What the backends that call a library share.

#include "engine/gemm_library.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/log.h"

void pt_gemm_apply_epilogue(const struct pt_gemm *gemm, int threads, float *c, const float *bias)
{
    if (gemm->epilogue == PT_EPILOGUE_NONE)
        return;
    bool relu = gemm->epilogue == PT_EPILOGUE_BIAS_RELU;
#pragma omp parallel for schedule(static) num_threads(threads)
    for (int64_t i = 0; i < gemm->m; i++) {
        float *row = c + i * gemm->ldc;
        for (int64_t j = 0; j < gemm->n; j++) {
            float value = row[j] + bias[j];
            row[j] = relu && value < 0 ? 0 : value; // NaN stays NaN
        }
    }
}

void pt_gemm_without_k(const struct pt_gemm *gemm, int threads, float *c, const float *bias)
{
    if (!gemm->accumulate)
        for (int64_t i = 0; i < gemm->m; i++)
            memset(c + i * gemm->ldc, 0, (size_t)gemm->n * sizeof *c);
    pt_gemm_apply_epilogue(gemm, threads, c, bias);
}

void pt_gemm_failed(const struct pt_gemm *gemm, const char *backend, int status, float *c)
{
    pt_log(PT_LOG_ERROR, "matmul_failed",
           "backend=%s status=%d m=%" PRId64 " n=%" PRId64 " k=%" PRId64, backend, status, gemm->m,
           gemm->n, gemm->k);
    for (int64_t i = 0; i < gemm->m; i++)
        for (int64_t j = 0; j < gemm->n; j++)
            c[i * gemm->ldc + j] = NAN;
}

void *pt_gemm_open_library(const char *const *names)
{
    void *library = NULL;
    for (; *names != NULL && library == NULL; names++)
        library = dlopen(*names, RTLD_NOW | RTLD_LOCAL);
    return library;
}
