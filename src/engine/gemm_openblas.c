// OpenBLAS's matrix products in fp32, opened at first use.
//
// Only the flavor that is built with OpenMP: another one has threads of its own, which fight with
// ours for the cores. Debian has it as libopenblas0-openmp beside the others.

#include <dlfcn.h>
#include <limits.h>
#include <omp.h>
#include <pthread.h>
#include <stddef.h>

#include "engine/gemm_library.h"
#include "engine/gemm_own.h"

enum { ROW_MAJOR = 101, NO_TRANSPOSE = 111, TRANSPOSE = 112 }; // cblas.h
enum { PARALLEL_OPENMP = 2 };                                  // cblas.h, OPENBLAS_OPENMP

typedef void cblas_sgemm(int order, int transpose_a, int transpose_b, int m, int n, int k,
                         float alpha, const float *a, int lda, const float *b, int ldb, float beta,
                         float *c, int ldc);

static struct {
    cblas_sgemm *sgemm;
    void (*set_threads)(int threads);
    int (*get_threads)(void);
    char *(*core_name)(void);
} openblas;

#if defined(__x86_64__)
#define DEBIAN_FLAVOR "/usr/lib/x86_64-linux-gnu/openblas-openmp/libopenblas.so.0"
#elif defined(__aarch64__)
#define DEBIAN_FLAVOR "/usr/lib/aarch64-linux-gnu/openblas-openmp/libopenblas.so.0"
#else
#define DEBIAN_FLAVOR "libopenblas.so.0"
#endif

static bool take(void *library)
{
    int (*parallel)(void) = (int (*)(void))dlsym(library, "openblas_get_parallel");
    if (parallel == NULL || parallel() != PARALLEL_OPENMP)
        return false;
    openblas.set_threads = (void (*)(int))dlsym(library, "openblas_set_num_threads");
    openblas.get_threads = (int (*)(void))dlsym(library, "openblas_get_num_threads");
    openblas.core_name = (char *(*)(void))dlsym(library, "openblas_get_corename");
    if (openblas.set_threads == NULL || openblas.get_threads == NULL)
        return false;
    openblas.sgemm = (cblas_sgemm *)dlsym(library, "cblas_sgemm");
    return openblas.sgemm != NULL;
}

static void open_openblas(void)
{
    static const char *const names[] = {DEBIAN_FLAVOR, "libopenblas.so.0"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        void *library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
        if (library != NULL && take(library))
            return;
        if (library != NULL)
            dlclose(library);
    }
}

static bool openblas_available(enum pt_precision precision)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, open_openblas);
    return precision == PT_PRECISION_FP32 && openblas.sgemm != NULL;
}

const char *pt_gemm_openblas_core(void)
{
    if (!openblas_available(PT_PRECISION_FP32) || openblas.core_name == NULL)
        return NULL;
    return openblas.core_name();
}

static size_t openblas_scratch_bytes(const struct pt_gemm *gemm, int threads)
{
    (void)gemm, (void)threads;
    return 0;
}

static bool fits_int(const struct pt_gemm *gemm)
{
    const int64_t sizes[] = {gemm->m, gemm->n, gemm->k, gemm->lda, gemm->ldb, gemm->ldc};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (sizes[i] > INT_MAX)
            return false;
    return true;
}

static void multiply(const struct pt_gemm *gemm, int threads, const float *a, const float *b,
                     float *c)
{
    int before = omp_get_max_threads();
    omp_set_num_threads(threads); // OpenBLAS takes the smaller of this and its own number
    if (openblas.get_threads() != threads)
        openblas.set_threads(threads);
    openblas.sgemm(ROW_MAJOR, gemm->transpose_a ? TRANSPOSE : NO_TRANSPOSE,
                   gemm->transpose_b ? TRANSPOSE : NO_TRANSPOSE, (int)gemm->m, (int)gemm->n,
                   (int)gemm->k, 1, a, (int)gemm->lda, b, (int)gemm->ldb, gemm->accumulate ? 1 : 0,
                   c, (int)gemm->ldc);
    omp_set_num_threads(before);
}

static void openblas_run(const struct pt_gemm *gemm, int threads, const float *a, const float *b,
                         float *c, const float *bias, void *scratch)
{
    (void)scratch;
    if (gemm->m == 0 || gemm->n == 0)
        return;
    if (gemm->k == 0) {
        pt_gemm_without_k(gemm, threads, c, bias);
        return;
    }
    if (fits_int(gemm))
        multiply(gemm, threads, a, b, c);
    else
        pt_gemm_failed(gemm, "openblas", 0, c);
    pt_gemm_apply_epilogue(gemm, threads, c, bias);
}

const struct pt_gemm_backend pt_gemm_openblas = {
    .name = "openblas",
    .available = openblas_available,
    .scratch_bytes = openblas_scratch_bytes,
    .run = openblas_run,
};
