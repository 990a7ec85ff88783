// The speed of every matrix backend on the shapes that training meets, beside the multiply-add peak
// of this machine.
//
//     bench_gemm [THREADS [ROUNDS [SHAPE]]]
//
// SHAPE: only shapes whose name holds this text.
//
// The backends take turns in every round, so that a disturbance hits all of them; printed are the
// median over the rounds and, for the libraries, the median of own / library within a round. The
// operands are taken in turn from a pool of about 12 MiB: in a training step they come from L3 too.

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/clock.h"
#include "engine/cpu.h"
#include "engine/gemm.h"
#include "engine/gemm_own.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { BACKENDS = 3, ROUNDS_MAX = 1000, POOL_MAX = 16, POOL_BYTES = 12 << 20 };

struct shape {
    const char *name;
    int64_t m, n, k;
    bool transpose_a, transpose_b;
};

static const struct shape shapes[] = {
    {"mlp fc1 fwd", 128, 512, 784, false, true},
    {"mlp fc2 fwd", 128, 512, 512, false, true},
    {"mlp fc3 fwd", 128, 10, 512, false, true},
    {"mlp fc2 dx", 128, 512, 512, false, false},
    {"mlp fc3 dx", 128, 512, 10, false, false},
    {"mlp fc1 dw", 512, 784, 128, true, false},
    {"mlp fc2 dw", 512, 512, 128, true, false},
    {"mlp fc3 dw", 10, 512, 128, true, false},
    {"gpt2 qkv fwd 256", 256, 2304, 768, false, true},
    {"gpt2 qkv dx 256", 256, 768, 2304, false, false},
    {"gpt2 qkv dw 256", 2304, 768, 256, true, false},
    {"gpt2 proj fwd 256", 256, 768, 768, false, true},
    {"gpt2 proj dx 256", 256, 768, 768, false, false},
    {"gpt2 proj dw 256", 768, 768, 256, true, false},
    {"gpt2 fc1 fwd 256", 256, 3072, 768, false, true},
    {"gpt2 fc1 dx 256", 256, 768, 3072, false, false},
    {"gpt2 fc1 dw 256", 3072, 768, 256, true, false},
    {"gpt2 fc2 fwd 256", 256, 768, 3072, false, true},
    {"gpt2 fc2 dx 256", 256, 3072, 768, false, false},
    {"gpt2 fc2 dw 256", 768, 3072, 256, true, false},
    {"gpt2 head fwd 256", 256, 50304, 768, false, true},
    {"gpt2 head dx 256", 256, 768, 50304, false, false},
    {"gpt2 head dw 256", 50304, 768, 256, true, false},
    {"gpt2 qkv fwd 1024", 1024, 2304, 768, false, true},
    {"gpt2 qkv dx 1024", 1024, 768, 2304, false, false},
    {"gpt2 qkv dw 1024", 2304, 768, 1024, true, false},
    {"gpt2 proj fwd 1024", 1024, 768, 768, false, true},
    {"gpt2 proj dx 1024", 1024, 768, 768, false, false},
    {"gpt2 proj dw 1024", 768, 768, 1024, true, false},
    {"gpt2 fc1 fwd 1024", 1024, 3072, 768, false, true},
    {"gpt2 fc1 dx 1024", 1024, 768, 3072, false, false},
    {"gpt2 fc1 dw 1024", 3072, 768, 1024, true, false},
    {"gpt2 fc2 fwd 1024", 1024, 768, 3072, false, true},
    {"gpt2 fc2 dx 1024", 1024, 3072, 768, false, false},
    {"gpt2 fc2 dw 1024", 768, 3072, 1024, true, false},
    {"attention 64", 64, 64, 64, false, true},
    {"square 1024", 1024, 1024, 1024, false, false},
    {"square 2048", 2048, 2048, 2048, false, true},
    {"one row", 1, 4096, 4096, false, true},
    {"four rows", 4, 1024, 1024, false, true},
    {"llama 7b wq fwd", 512, 4096, 4096, false, true},
    {"llama 7b wq dx", 512, 4096, 4096, false, false},
    {"llama 7b wq dw", 4096, 4096, 512, true, false},
};

// One thread alone: its own time on a processor, which other programs disturb less.
static double now(int threads)
{
    return threads == 1 ? pt_thread_cpu_seconds()
                        : (double)pt_clock_monotonic(&pt_system_clock) * 1e-9;
}

static double median(double *values, int count)
{
    for (int i = 1; i < count; i++)
        for (int j = i; j > 0 && values[j] < values[j - 1]; j--) {
            double swap = values[j];
            values[j] = values[j - 1];
            values[j - 1] = swap;
        }
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

// ---------------------------------------------------------------------------------------- peak
// Multiply-adds on registers, as many chains as hide the latency. The empty asm keeps them.
enum { PEAK_STEPS = 100000 };

#if defined(__x86_64__)
#define PEAK(NAME, TARGET, VECTOR, OPERATION)                                                      \
    __attribute__((target(TARGET))) static void NAME(void)                                         \
    {                                                                                              \
        VECTOR s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, x;                                \
        memset(&x, 0, sizeof x);                                                                   \
        s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = s8 = s9 = s10 = s11 = x;                           \
        for (int i = 0; i < PEAK_STEPS; i++) {                                                     \
            __asm__ volatile(OPERATION(0) OPERATION(1) OPERATION(2) OPERATION(3) OPERATION(4)      \
                                 OPERATION(5) OPERATION(6) OPERATION(7) OPERATION(8) OPERATION(9)  \
                                     OPERATION(10) OPERATION(11)                                   \
                             : "+v"(s0), "+v"(s1), "+v"(s2), "+v"(s3), "+v"(s4), "+v"(s5),         \
                               "+v"(s6), "+v"(s7), "+v"(s8), "+v"(s9), "+v"(s10), "+v"(s11)        \
                             : "v"(x));                                                            \
        }                                                                                          \
    }
#define FMA(N)  "vfmadd231ps %12, %12, %" #N "\n"
#define BF16(N) "vdpbf16ps %12, %12, %" #N "\n"
PEAK(peak_avx2, "avx2,fma", __m256, FMA)
PEAK(peak_avx512, "avx512f", __m512, FMA)
PEAK(peak_bf16, "avx512f", __m512, BF16)
#endif

// FLOP/s of all threads together, the best of some; NAN where we have no such loop.
static double peak(enum pt_precision precision, int threads)
{
#if defined(__x86_64__)
    void (*loop)(void) = pt_cpu_isa() == PT_ISA_AVX512 ? peak_avx512 : peak_avx2;
    double flop = 12.0 * PEAK_STEPS * (pt_cpu_isa() == PT_ISA_AVX512 ? 32 : 16), best = 0;
    if (pt_cpu_isa() == PT_ISA_PORTABLE)
        return NAN;
    if (precision == PT_PRECISION_BF16) {
        if (!pt_gemm_bf16_is_native())
            return NAN;
        loop = peak_bf16;
        flop *= 2;
    }
    for (int i = 0; i < 200; i++) {
        double begin = now(threads);
#pragma omp parallel num_threads(threads)
        loop();
        double rate = flop * threads / (now(threads) - begin);
        best = rate > best ? rate : best;
    }
    return best;
#else
    (void)precision, (void)threads;
    return NAN;
#endif
}

// --------------------------------------------------------------------------------------- shapes
struct pool {
    int count;
    float *a[POOL_MAX], *b[POOL_MAX], *c[POOL_MAX];
    void *scratch;
};

static float *filled(int64_t count)
{
    const size_t huge = 2 << 20;
    size_t bytes = (size_t)count * sizeof(float), step = bytes < huge ? 64 : huge;
    float *values = aligned_alloc(step, (bytes + step - 1) / step * step);
    if (values == NULL) {
        fprintf(stderr, "bench_gemm: out of memory\n");
        exit(1);
    }
    if (step == huge) // as the engine's arena does; only advice, so a refusal does not matter
        madvise(values, bytes, MADV_HUGEPAGE);
    for (int64_t i = 0; i < count; i++)
        values[i] = (float)(i * 7919 % 1013) / 1013 - 0.5f;
    return values;
}

static void fill_pool(struct pool *pool, const struct pt_gemm *gemm, int threads)
{
    int64_t bytes = 4 * (gemm->m * gemm->k + gemm->k * gemm->n + gemm->m * gemm->n);
    size_t scratch = 0;
    pool->count = (int)(POOL_BYTES / bytes) + 1;
    pool->count = pool->count > POOL_MAX ? POOL_MAX : pool->count;
    for (int i = 0; i < pool->count; i++) {
        pool->a[i] = filled(gemm->m * gemm->k);
        pool->b[i] = filled(gemm->k * gemm->n);
        pool->c[i] = filled(gemm->m * gemm->n);
    }
    for (int i = 0; i < BACKENDS; i++) {
        size_t need = pt_gemm_backends[i]->available(gemm->precision)
                          ? pt_gemm_backends[i]->scratch_bytes(gemm, threads)
                          : 0;
        scratch = need > scratch ? need : scratch;
    }
    pool->scratch = filled((int64_t)(scratch / 4 + 16));
}

static void free_pool(struct pool *pool)
{
    for (int i = 0; i < pool->count; i++) {
        free(pool->a[i]);
        free(pool->b[i]);
        free(pool->c[i]);
    }
    free(pool->scratch);
}

// Seconds of one call.
static double measure(const struct pt_gemm_backend *backend, const struct pt_gemm *gemm,
                      int threads, struct pool *pool, int calls)
{
    double begin = now(threads);
    for (int i = 0; i < calls; i++) {
        int set = i % pool->count;
        backend->run(gemm, threads, pool->a[set], pool->b[set], pool->c[set], NULL, pool->scratch);
    }
    return (now(threads) - begin) / calls;
}

static void bench(const struct shape *shape, enum pt_precision precision, int threads, int rounds,
                  double peak_flop_per_second)
{
    static double seconds[BACKENDS][ROUNDS_MAX], ratios[BACKENDS][ROUNDS_MAX];
    struct pool pool;
    struct pt_gemm gemm = {
        .m = shape->m,
        .n = shape->n,
        .k = shape->k,
        .transpose_a = shape->transpose_a,
        .transpose_b = shape->transpose_b,
        .lda = shape->transpose_a ? shape->m : shape->k,
        .ldb = shape->transpose_b ? shape->k : shape->n,
        .ldc = shape->n,
        .precision = precision,
    };
    double flop = 2.0 * (double)shape->m * (double)shape->n * (double)shape->k;

    fill_pool(&pool, &gemm, threads);
    for (int round = -1; round < rounds; round++) { // the first one warms up
        for (int i = 0; i < BACKENDS; i++) {
            if (!pt_gemm_backends[i]->available(precision))
                continue;
            int calls = (int)(5e8 / flop) + 1;
            double one = measure(pt_gemm_backends[i], &gemm, threads, &pool, calls);
            if (round >= 0) {
                seconds[i][round] = one;
                ratios[i][round] = one / seconds[0][round];
            }
        }
    }
    printf("%-18s %5lld %5lld %5lld %c%c ", shape->name, (long long)gemm.m, (long long)gemm.n,
           (long long)gemm.k, "NT"[gemm.transpose_a], "NT"[gemm.transpose_b]);
    for (int i = 0; i < BACKENDS; i++) {
        if (!pt_gemm_backends[i]->available(precision)) {
            printf("        -                ");
            continue;
        }
        double rate = flop / median(seconds[i], rounds);
        printf(" %6.1f %5.1f%%", rate * 1e-9, 100 * rate / peak_flop_per_second);
        if (i > 0)
            printf(" own x%5.2f", median(ratios[i], rounds));
    }
    printf("\n");
    fflush(stdout);
    free_pool(&pool);
}

int main(int argc, char **argv)
{
    int threads = argc > 1 ? atoi(argv[1]) : pt_cpu_threads();
    int rounds = argc > 2 ? atoi(argv[2]) : 15;
    if (threads < 1 || threads > 1024 || rounds < 1 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: bench_gemm [THREADS [ROUNDS [SHAPE]]]\n");
        return 2;
    }
    const char *core = pt_gemm_openblas_core();
    const char *forced = getenv("OPENBLAS_CORETYPE");
    printf("%d threads, own kernels %s, OpenBLAS core %s%s%s\n", threads,
           pt_gemm_own_isa(PT_PRECISION_FP32)->name, core == NULL ? "none" : core,
           forced == NULL ? "" : ", forced by OPENBLAS_CORETYPE=", forced == NULL ? "" : forced);
    for (int precision = PT_PRECISION_FP32; precision <= PT_PRECISION_BF16; precision++) {
        double best = peak((enum pt_precision)precision, threads);
        printf("\n%s, multiply-add peak %.1f GFLOP/s; columns: GFLOP/s, share of the peak\n",
               precision == PT_PRECISION_FP32 ? "fp32" : "bf16", best * 1e-9);
        printf("%-18s     m     n     k         own          onednn                   openblas\n",
               "");
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
            if (argc <= 3 || strstr(shapes[i].name, argv[3]) != NULL)
                bench(&shapes[i], (enum pt_precision)precision, threads, rounds, best);
        printf("peak afterwards %.1f GFLOP/s\n",
               peak((enum pt_precision)precision, threads) * 1e-9);
    }
    return 0;
}
