// Matrix products: C = A B, the work that training consists of. Own kernels for AVX-512 (fp32 and
// bf16), AVX2 and plain C; oneDNN and OpenBLAS if they are installed. All give row-major fp32.
//
// The result depends on backend, shape and number of threads, and on nothing else: the same call
// gives the same bits.
#ifndef PT_ENGINE_GEMM_H
#define PT_ENGINE_GEMM_H

#include "base/status.h"

enum pt_epilogue {
    PT_EPILOGUE_NONE,
    PT_EPILOGUE_BIAS,      // + bias[j]
    PT_EPILOGUE_BIAS_RELU, // max(0, . + bias[j])
};

// C[m,n] (+)= op(A)[m,k] op(B)[k,n]. Leading dimensions are the lengths of stored rows.
struct pt_gemm {
    int64_t m, n, k;
    bool transpose_a; // A is stored [k, m]
    bool transpose_b; // B is stored [n, k]
    int64_t lda, ldb, ldc;
    bool accumulate; // C += instead of C =
    // bf16: operands are rounded to nearest even (denormal ones may become 0), sums are fp32
    enum pt_precision precision;
    enum pt_epilogue epilogue; // not with accumulate
};

// A backend. One file each: gemm_own.c, gemm_onednn.c, gemm_openblas.c.
struct pt_gemm_backend {
    const char *name;
    // False if it is not installed or cannot do this precision here. Opens its library at first
    // use.
    bool (*available)(enum pt_precision precision);
    // Bytes of scratch that run needs for this product and thread count, and for every one with
    // smaller m, n or k (a last batch that is not full); 64-byte aligned.
    size_t (*scratch_bytes)(const struct pt_gemm *gemm, int threads);
    void (*run)(const struct pt_gemm *gemm, int threads, const float *a, const float *b, float *c,
                const float *bias, void *scratch);
};

extern const struct pt_gemm_backend *const pt_gemm_backends[]; // NULL-terminated
// PT_NOT_FOUND, or PT_UNAVAILABLE with the package to install. name NULL: the fastest known for
// this CPU, by a fixed rule.
enum pt_status pt_gemm_backend_find(const char *name, enum pt_precision precision,
                                    const struct pt_gemm_backend **ret_backend,
                                    struct pt_error *error);

// ------------------------------------------------------------------- for operators of their own
// The own kernels without a backend's choice, for operators that consist of many small products
// (attention, recurrence): no parallel region is opened with one thread, nothing is allocated, and
// any number of threads may call at a time, each with scratch of its own (64-byte aligned).
// Results are those of the backend "own", whoever computes them and in however many parts.

// The whole product by the calling thread. Cheap to call for tiles as small as 64 x 64 x 64.
// Operands may be parts of larger matrices (lda, ldb, ldc) and need no alignment beyond a float's.
// Scratch suffices for every product with smaller m, n or k too.
size_t pt_gemm_single_scratch_bytes(const struct pt_gemm *gemm);
void pt_gemm_single(const struct pt_gemm *gemm, const float *a, const float *b, float *c,
                    const float *bias, void *scratch);

// A matrix B that many products share is packed once: n, k, transpose_b, ldb and precision of gemm
// say what it is; m, lda, ldc, accumulate and epilogue may differ from product to product (lda and
// ldc may make A and C parts of larger matrices). packed is 64-byte aligned and holds bf16 where
// the CPU has it.
size_t pt_gemm_packed_bytes(const struct pt_gemm *gemm);
void pt_gemm_pack(const struct pt_gemm *gemm, int threads, const float *b, void *packed);
// Scratch for every product with the packed B of at most m rows.
size_t pt_gemm_packed_scratch_bytes(const struct pt_gemm *gemm, int threads);
void pt_gemm_run_packed(const struct pt_gemm *gemm, int threads, const float *a, const void *packed,
                        float *c, const float *bias, void *scratch);
// Only columns [begin, end) of C, by the calling thread; a, packed, c and bias are those of the
// whole product. begin is a multiple of pt_gemm_panel_columns, and so is end or it is n. Scratch:
// pt_gemm_packed_scratch_bytes(gemm, 1).
void pt_gemm_single_packed(const struct pt_gemm *gemm, int64_t begin, int64_t end, const float *a,
                           const void *packed, float *c, const float *bias, void *scratch);
int64_t pt_gemm_panel_columns(enum pt_precision precision); // 48 with AVX-512

// True if bf16 products run in hardware here. False: operands are rounded and multiplied as fp32,
// which is right but no faster than fp32.
bool pt_gemm_bf16_is_native(void);

// One plain product with the best backend for this machine; what `powertrain calibrate` measures
// (pt_matmul_probe of hardware/machine.h). Row-major without gaps. Its scratch memory is kept from
// call to call for the calling thread, so that allocation is not part of the measurement; NULL
// operands release it. False if this precision is not native here or memory is short.
bool pt_gemm_calibration_probe(bool bf16, int threads, int64_t m, int64_t n, int64_t k,
                               const float *a, const float *b, float *c);

#endif
