// oneDNN's matrix products, opened at first use.
//
// dnnl_sgemm is row-major: C = alpha op(A) op(B) + beta C. Its declaration is that of oneDNN 2.6
// and 3.x, dnnl.h. dnnl_gemm_bf16bf16f32 has the same form with bf16 operands; it is exported for
// the library's own tests, but in no header, so a release without it has no bf16 here.

#include <dlfcn.h>
#include <omp.h>
#include <pthread.h>
#include <stddef.h>

#include "engine/cpu.h"
#include "engine/gemm_library.h"
#include "engine/gemm_own.h"

typedef int sgemm(char transpose_a, char transpose_b, int64_t m, int64_t n, int64_t k, float alpha,
                  const float *a, int64_t lda, const float *b, int64_t ldb, float beta, float *c,
                  int64_t ldc);
typedef int bf16_gemm(char transpose_a, char transpose_b, int64_t m, int64_t n, int64_t k,
                      float alpha, const uint16_t *a, int64_t lda, const uint16_t *b, int64_t ldb,
                      float beta, float *c, int64_t ldc);

static struct {
    sgemm *sgemm;
    bf16_gemm *bf16_gemm;
} onednn;

static void open_onednn(void)
{
    static const char *const names[] = {"libdnnl.so.2", "libdnnl.so.3", NULL};
    void *library = pt_gemm_open_library(names);
    if (library == NULL)
        return;
    onednn.sgemm = (sgemm *)dlsym(library, "dnnl_sgemm");
    onednn.bf16_gemm = (bf16_gemm *)dlsym(library, "dnnl_gemm_bf16bf16f32");
}

static void open_once(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, open_onednn);
}

static bool onednn_available(enum pt_precision precision)
{
    open_once();
    if (precision == PT_PRECISION_BF16)
        return onednn.bf16_gemm != NULL && pt_cpu_has_avx512_bf16();
    return onednn.sgemm != NULL;
}

#if defined(__x86_64__)

// The operands as stored: rows of bf16, padded to a whole number of units.
struct stored {
    int64_t rows, length, row_units;
    size_t bytes;
};

static struct stored stored_operand(bool transpose, int64_t rows, int64_t columns)
{
    struct stored stored = {transpose ? columns : rows, transpose ? rows : columns, 0, 0};
    stored.row_units = pt_gemm_packed_row(pt_gemm_steps(&pt_gemm_avx512bf16, stored.length));
    stored.bytes = (size_t)(stored.rows * stored.row_units) * PT_GEMM_UNIT;
    return stored;
}

static void convert(const struct stored *stored, int threads, const float *from, int64_t ld,
                    char *to)
{
#pragma omp parallel for schedule(static) num_threads(threads)
    for (int64_t i = 0; i < stored->rows; i++)
        pt_gemm_avx512bf16.pack_a(false, from + i * ld, ld, 1, stored->length, false,
                                  to + i * stored->row_units * PT_GEMM_UNIT);
}

static int run_bf16(const struct pt_gemm *gemm, int threads, const float *a, const float *b,
                    float *c, char *scratch)
{
    struct stored left = stored_operand(gemm->transpose_a, gemm->m, gemm->k);
    struct stored right = stored_operand(gemm->transpose_b, gemm->k, gemm->n);
    char *b_scratch = scratch + left.bytes;
    convert(&left, threads, a, gemm->lda, scratch);
    convert(&right, threads, b, gemm->ldb, b_scratch);
    return onednn.bf16_gemm(gemm->transpose_a ? 'T' : 'N', gemm->transpose_b ? 'T' : 'N', gemm->m,
                            gemm->n, gemm->k, 1, (const uint16_t *)(const void *)scratch,
                            2 * left.row_units, (const uint16_t *)(const void *)b_scratch,
                            2 * right.row_units, gemm->accumulate ? 1 : 0, c, gemm->ldc);
}

static size_t onednn_scratch_bytes(const struct pt_gemm *gemm, int threads)
{
    (void)threads;
    if (gemm->precision != PT_PRECISION_BF16)
        return 0;
    return stored_operand(gemm->transpose_a, gemm->m, gemm->k).bytes +
           stored_operand(gemm->transpose_b, gemm->k, gemm->n).bytes;
}

#else

static int run_bf16(const struct pt_gemm *gemm, int threads, const float *a, const float *b,
                    float *c, char *scratch)
{
    (void)gemm, (void)threads, (void)a, (void)b, (void)c, (void)scratch;
    return -1; // onednn_available has said no
}

static size_t onednn_scratch_bytes(const struct pt_gemm *gemm, int threads)
{
    (void)gemm, (void)threads;
    return 0;
}

#endif

static void onednn_run(const struct pt_gemm *gemm, int threads, const float *a, const float *b,
                       float *c, const float *bias, void *scratch)
{
    int status, threads_before = omp_get_max_threads();

    if (gemm->m == 0 || gemm->n == 0)
        return;
    if (gemm->k == 0) {
        pt_gemm_without_k(gemm, threads, c, bias);
        return;
    }
    omp_set_num_threads(threads); // oneDNN asks omp_get_max_threads
    if (gemm->precision == PT_PRECISION_BF16)
        status = run_bf16(gemm, threads, a, b, c, scratch);
    else
        status = onednn.sgemm(gemm->transpose_a ? 'T' : 'N', gemm->transpose_b ? 'T' : 'N', gemm->m,
                              gemm->n, gemm->k, 1, a, gemm->lda, b, gemm->ldb,
                              gemm->accumulate ? 1 : 0, c, gemm->ldc);
    omp_set_num_threads(threads_before);
    if (status != 0)
        pt_gemm_failed(gemm, "onednn", status, c);
    pt_gemm_apply_epilogue(gemm, threads, c, bias);
}

const struct pt_gemm_backend pt_gemm_onednn = {
    .name = "onednn",
    .available = onednn_available,
    .scratch_bytes = onednn_scratch_bytes,
    .run = onednn_run,
};
