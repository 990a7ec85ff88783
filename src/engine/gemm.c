// The backends for matrix products, and which of them is used.

#include "engine/gemm.h"

#include <stdlib.h>
#include <string.h>

#include "engine/cpu.h"
#include "engine/gemm_own.h"

const struct pt_gemm_backend *const pt_gemm_backends[] = {
    &pt_gemm_own,
    &pt_gemm_onednn,
    &pt_gemm_openblas,
    NULL,
};

static const char *package_of(const struct pt_gemm_backend *backend)
{
    return backend == &pt_gemm_onednn ? "libdnnl2" : "libopenblas0-openmp";
}

static const char *precision_text(enum pt_precision precision)
{
    return precision == PT_PRECISION_BF16 ? "bf16" : "fp32";
}

// The own kernels where they have vector code; else whoever is there, a library first.
static const struct pt_gemm_backend *best(enum pt_precision precision)
{
    if (pt_cpu_isa() >= PT_ISA_AVX2)
        return &pt_gemm_own;
    if (pt_gemm_openblas.available(precision))
        return &pt_gemm_openblas;
    if (pt_gemm_onednn.available(precision))
        return &pt_gemm_onednn;
    return &pt_gemm_own;
}

static enum pt_status unavailable(const struct pt_gemm_backend *backend,
                                  enum pt_precision precision, struct pt_error *error)
{
    if (precision != PT_PRECISION_FP32 && backend->available(PT_PRECISION_FP32))
        return pt_fail(error, PT_UNAVAILABLE,
                       "matrix backend \"%s\" has no %s on this machine; use \"own\"",
                       backend->name, precision_text(precision));
    return pt_fail(error, PT_UNAVAILABLE,
                   "matrix backend \"%s\" is not installed; install the package %s or use \"own\"",
                   backend->name, package_of(backend));
}

enum pt_status pt_gemm_backend_find(const char *name, enum pt_precision precision,
                                    const struct pt_gemm_backend **ret_backend,
                                    struct pt_error *error)
{
    if (name == NULL) {
        *ret_backend = best(precision);
        return PT_OK;
    }
    for (int i = 0; pt_gemm_backends[i] != NULL; i++) {
        const struct pt_gemm_backend *backend = pt_gemm_backends[i];
        if (strcmp(backend->name, name) != 0)
            continue;
        if (!backend->available(precision))
            return unavailable(backend, precision, error);
        *ret_backend = backend;
        return PT_OK;
    }
    return pt_fail(error, PT_NOT_FOUND,
                   "unknown matrix backend \"%s\"; known: own, onednn, openblas", name);
}

bool pt_gemm_bf16_is_native(void)
{
    return pt_cpu_has_avx512_bf16();
}

// Scratch that lives from call to call; false: out of memory.
static bool reserve(size_t bytes, void **ret_scratch)
{
    static _Thread_local void *scratch;
    static _Thread_local size_t size;
    if (bytes == 0 || bytes > size) {
        free(scratch);
        size = 0;
        scratch = bytes == 0
                      ? NULL
                      : aligned_alloc(PT_GEMM_ALIGNMENT, (bytes + PT_GEMM_ALIGNMENT - 1) /
                                                             PT_GEMM_ALIGNMENT * PT_GEMM_ALIGNMENT);
        if (scratch != NULL)
            size = bytes;
    }
    *ret_scratch = scratch;
    return bytes == 0 || scratch != NULL;
}

bool pt_gemm_calibration_probe(bool bf16, int threads, int64_t m, int64_t n, int64_t k,
                               const float *a, const float *b, float *c)
{
    const struct pt_gemm_backend *backend;
    void *scratch;
    struct pt_gemm gemm = {.m = m,
                           .n = n,
                           .k = k,
                           .lda = k,
                           .ldb = n,
                           .ldc = n,
                           .precision = bf16 ? PT_PRECISION_BF16 : PT_PRECISION_FP32};
    if (a == NULL || b == NULL || c == NULL) {
        reserve(0, &scratch);
        return false;
    }
    if (bf16 && !pt_gemm_bf16_is_native())
        return false;
    if (pt_gemm_backend_find(NULL, gemm.precision, &backend, NULL) != PT_OK)
        return false;
    if (!reserve(backend->scratch_bytes(&gemm, threads), &scratch))
        return false;
    backend->run(&gemm, threads, a, b, c, NULL, scratch);
    return true;
}
