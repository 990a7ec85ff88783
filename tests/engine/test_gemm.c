// Every backend and every instruction set against products in fp64.

#include "support.h"

#include <omp.h>

#include "engine/cpu.h"
#include "engine/gemm.h"
#include "engine/gemm_own.h"
#include "engine/gemm_plan.h"

enum {
    MARK = 0x7f123456, // a NaN that must stay where nothing may be written
    MULTIPLIERS_MAX = 16,
};

// A product with all that it needs. Rows are longer than the matrix by gap, the gaps hold marks.
struct problem {
    struct pt_gemm gemm;
    int64_t a_rows, a_columns, b_rows, b_columns;
    float *a, *b, *c, *before, *bias;
};

// Something that multiplies: a backend, or the own kernels on one instruction set.
struct multiplier {
    const char *name;
    const struct pt_gemm_backend *backend;
    const struct pt_gemm_isa *isa;
    enum { AS_IT_LIES, PACKED, PACKED_PARTS } b; // how isa finds B
};

static uint64_t state = 1;

// Plain linear congruence (Knuth, MMIX): the test does not lean on what it could be testing.
static float random_value(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (float)((double)(state >> 40) / (1 << 23) - 1);
}

static float marked(void)
{
    uint32_t bits = MARK;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static bool is_marked(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits == MARK;
}

static float *matrix(int64_t rows, int64_t columns, int64_t ld)
{
    int64_t size = rows > 0 ? (rows - 1) * ld + columns : 0; // nothing behind the last row
    float *values = malloc((size_t)(size > 0 ? size : 1) * sizeof *values);
    assert_non_null(values);
    for (int64_t i = 0; i < size; i++)
        values[i] = i % ld < columns ? random_value() : marked();
    return values;
}

static struct problem make_problem(int64_t m, int64_t n, int64_t k, bool transpose_a,
                                   bool transpose_b, int64_t gap)
{
    struct problem problem = {
        .gemm = {.m = m,
                 .n = n,
                 .k = k,
                 .transpose_a = transpose_a,
                 .transpose_b = transpose_b,
                 .lda = (transpose_a ? m : k) + gap,
                 .ldb = (transpose_b ? k : n) + 2 * gap,
                 .ldc = n + 3 * gap},
        .a_rows = transpose_a ? k : m,
        .a_columns = transpose_a ? m : k,
        .b_rows = transpose_b ? n : k,
        .b_columns = transpose_b ? k : n,
    };
    problem.a = matrix(problem.a_rows, problem.a_columns, problem.gemm.lda);
    problem.b = matrix(problem.b_rows, problem.b_columns, problem.gemm.ldb);
    problem.c = matrix(m, n, problem.gemm.ldc);
    problem.before = malloc((size_t)(m * problem.gemm.ldc + 1) * sizeof(float));
    problem.bias = matrix(1, n, n + 1);
    assert_non_null(problem.before);
    return problem;
}

static void free_problem(struct problem *problem)
{
    free(problem->a);
    free(problem->b);
    free(problem->c);
    free(problem->before);
    free(problem->bias);
}

static double a_at(const struct problem *problem, int64_t i, int64_t p)
{
    const struct pt_gemm *gemm = &problem->gemm;
    return problem->a[gemm->transpose_a ? p * gemm->lda + i : i * gemm->lda + p];
}

static double b_at(const struct problem *problem, int64_t p, int64_t j)
{
    const struct pt_gemm *gemm = &problem->gemm;
    return problem->b[gemm->transpose_b ? j * gemm->ldb + p : p * gemm->ldb + j];
}

// What C[i, j] must be, and how large its terms are together.
static double expected(const struct problem *problem, int64_t i, int64_t j, double *ret_size)
{
    const struct pt_gemm *gemm = &problem->gemm;
    double sum = 0, size = 0;
    for (int64_t p = 0; p < gemm->k; p++) {
        double term = a_at(problem, i, p) * b_at(problem, p, j);
        sum += term;
        size += fabs(term);
    }
    if (gemm->accumulate)
        sum += problem->before[i * gemm->ldc + j];
    if (gemm->epilogue != PT_EPILOGUE_NONE)
        sum += problem->bias[j];
    if (gemm->epilogue == PT_EPILOGUE_BIAS_RELU && sum < 0)
        sum = 0;
    *ret_size = size + 2;
    return sum;
}

// Exactly as long as asked for, so that AddressSanitizer sees a step too far.
static void *scratch_memory(size_t bytes)
{
    void *scratch = NULL;
    assert_int_equal(posix_memalign(&scratch, 64, bytes > 0 ? bytes : 1), 0);
    memset(scratch, 0xff, bytes); // NaN where nobody has written
    return scratch;
}

// B is packed once, and the columns of C come one panel after the other or all together.
static void run_packed(const struct multiplier *multiplier, struct problem *problem, int threads)
{
    const struct pt_gemm *gemm = &problem->gemm;
    const struct pt_gemm_isa *isa = multiplier->isa;
    void *packed = scratch_memory(pt_gemm_own_packed_bytes(isa, gemm));
    void *scratch = scratch_memory(pt_gemm_own_scratch_bytes(isa, gemm, threads));
    int64_t width = isa->lanes * isa->tile_vectors;
    pt_gemm_own_pack(isa, gemm, threads, problem->b, packed);
    if (multiplier->b == PACKED)
        pt_gemm_own_run_packed(isa, gemm, threads, problem->a, packed, problem->c, problem->bias,
                               scratch);
    for (int64_t j = 0; multiplier->b == PACKED_PARTS && j < gemm->n; j += width)
        pt_gemm_own_single_packed(isa, gemm, j, j + width < gemm->n ? j + width : gemm->n,
                                  problem->a, packed, problem->c, problem->bias, scratch);
    free(packed);
    free(scratch);
}

static void run(const struct multiplier *multiplier, struct problem *problem, int threads)
{
    if (multiplier->b != AS_IT_LIES) {
        run_packed(multiplier, problem, threads);
        return;
    }
    const struct pt_gemm *gemm = &problem->gemm;
    size_t bytes = multiplier->isa != NULL
                       ? pt_gemm_own_scratch_bytes(multiplier->isa, gemm, threads)
                       : multiplier->backend->scratch_bytes(gemm, threads);
    void *scratch = scratch_memory(bytes);
    if (multiplier->isa != NULL)
        pt_gemm_own_run(multiplier->isa, gemm, threads, problem->a, problem->b, problem->c,
                        problem->bias, scratch);
    else
        multiplier->backend->run(gemm, threads, problem->a, problem->b, problem->c, problem->bias,
                                 scratch);
    free(scratch);
}

// fp32: each sum errs by at most (k + 2) roundings of 2^-24 of its terms' size; Higham, Accuracy
// and Stability of Numerical Algorithms, 2002, (3.7). bf16: each operand by 2^-9, a product by
// 2^-8 and a little.
static void check(const struct multiplier *multiplier, struct problem *problem, int threads)
{
    const struct pt_gemm *gemm = &problem->gemm;
    bool bf16 = gemm->precision == PT_PRECISION_BF16;
    double per_size = (double)(gemm->k + 4) * 0x1p-24 + (bf16 ? 0x1.02p-8 : 0);

    if (gemm->m > 0 && gemm->n > 0)
        memcpy(problem->before, problem->c,
               (size_t)((gemm->m - 1) * gemm->ldc + gemm->n) * sizeof(float));
    run(multiplier, problem, threads);
    for (int64_t i = 0; i < gemm->m; i++) {
        for (int64_t j = 0; j < gemm->n; j++) {
            double size, sum = expected(problem, i, j, &size);
            double value = problem->c[i * gemm->ldc + j];
            if (fabs(value - sum) <= size * per_size)
                continue;
            print_error("%s: %lld x %lld x %lld %c%c%s%s, %d threads: C[%lld, %lld] = %g, not %g\n",
                        multiplier->name, (long long)gemm->m, (long long)gemm->n,
                        (long long)gemm->k, "NT"[gemm->transpose_a], "NT"[gemm->transpose_b],
                        gemm -> accumulate ? " +=" : "", bf16 ? " bf16" : "", threads, (long long)i,
                        (long long)j, value, sum);
            fail();
        }
        for (int64_t j = gemm->n; i + 1 < gemm->m && j < gemm->ldc; j++)
            assert_true(is_marked(problem->c[i * gemm->ldc + j]));
    }
}

// All that can multiply in this precision on this machine.
static int all_multipliers(enum pt_precision precision,
                           struct multiplier multipliers[MULTIPLIERS_MAX])
{
    int count = 0;
    for (int i = 0; pt_gemm_backends[i] != NULL; i++)
        if (pt_gemm_backends[i]->available(precision))
            multipliers[count++] = (struct multiplier){.name = pt_gemm_backends[i]->name,
                                                       .backend = pt_gemm_backends[i]};
    multipliers[count++] = (struct multiplier){.name = "portable", .isa = &pt_gemm_portable};
#if defined(__x86_64__)
    if (pt_cpu_isa() >= PT_ISA_AVX2)
        multipliers[count++] = (struct multiplier){.name = "avx2", .isa = &pt_gemm_avx2};
    if (pt_cpu_isa() >= PT_ISA_AVX512)
        multipliers[count++] = (struct multiplier){.name = "avx512", .isa = &pt_gemm_avx512};
    if (precision == PT_PRECISION_BF16 && pt_cpu_has_avx512_bf16())
        multipliers[count++] =
            (struct multiplier){.name = "avx512bf16", .isa = &pt_gemm_avx512bf16};
#endif
    for (int i = 0, before = count; i < before; i++) {
        if (multipliers[i].isa == NULL)
            continue;
        multipliers[count] = multipliers[i];
        multipliers[count++].b = PACKED;
        multipliers[count] = multipliers[i];
        multipliers[count++].b = PACKED_PARTS;
    }
    assert_true(count <= MULTIPLIERS_MAX);
    return count;
}

static void check_forms(const struct multiplier *multiplier, enum pt_precision precision, int64_t m,
                        int64_t n, int64_t k, int threads)
{
    for (int form = 0; form < 4; form++) {
        struct problem problem = make_problem(m, n, k, form & 1, form & 2, form == 3 ? 0 : 5);
        problem.gemm.precision = precision;
        problem.gemm.epilogue = (enum pt_epilogue)((m + n + form) % 3);
        check(multiplier, &problem, threads);
        problem.gemm.epilogue = PT_EPILOGUE_NONE;
        problem.gemm.accumulate = true;
        check(multiplier, &problem, threads);
        free_problem(&problem);
    }
}

static void check_all(enum pt_precision precision)
{
    static const int64_t sizes[] = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 47, 48, 49, 63, 67};
    enum { COUNT = sizeof sizes / sizeof *sizes };
    struct multiplier multipliers[MULTIPLIERS_MAX];
    int count = all_multipliers(precision, multipliers);

    for (int x = 0; x < count; x++) {
        // every size in each place, with others that differ from place to place
        for (int i = 0; i < COUNT; i++) {
            check_forms(&multipliers[x], precision, sizes[i], sizes[(5 * i + 3) % COUNT],
                        sizes[(3 * i + 7) % COUNT], 1 + i % 2);
            check_forms(&multipliers[x], precision, sizes[(7 * i + 11) % COUNT], sizes[i],
                        sizes[(11 * i + 2) % COUNT], 1);
            check_forms(&multipliers[x], precision, sizes[(13 * i + 5) % COUNT],
                        sizes[(2 * i + 1) % COUNT], sizes[i], 1);
        }
    }
}

static void fp32_products_are_right(void **unused)
{
    (void)unused;
    check_all(PT_PRECISION_FP32);
}

static void bf16_products_are_right(void **unused)
{
    (void)unused;
    check_all(PT_PRECISION_BF16);
}

// Long k is cut into blocks, large C into chunks: sizes beyond each, and no multiple of anything.
static void large_products_are_right(void **unused)
{
    static const int64_t sizes[][3] = {
        {35, 53, 1701}, {301, 17, 385}, {9, 201, 833}, {70, 67, 820}, {3, 90, 1500}};
    struct multiplier multipliers[MULTIPLIERS_MAX];
    (void)unused;
    for (int precision = 0; precision < 2; precision++) {
        int count = all_multipliers((enum pt_precision)precision, multipliers);
        for (int x = 0; x < count; x++) {
            for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
                int form = (int)(i + (size_t)x) % 4;
                struct problem problem =
                    make_problem(sizes[i][0], sizes[i][1], sizes[i][2], form & 1, form & 2, 3);
                problem.gemm.precision = (enum pt_precision)precision;
                problem.gemm.epilogue = PT_EPILOGUE_BIAS_RELU;
                check(&multipliers[x], &problem, 1 + (int)i % 3);
                free_problem(&problem);
            }
        }
    }
}

// An empty sum is 0, then comes the epilogue; an empty C is left alone.
static void empty_products_are_right(void **unused)
{
    struct multiplier multipliers[MULTIPLIERS_MAX];
    (void)unused;
    for (int precision = 0; precision < 2; precision++) {
        int count = all_multipliers((enum pt_precision)precision, multipliers);
        for (int x = 0; x < count; x++) {
            check_forms(&multipliers[x], (enum pt_precision)precision, 19, 21, 0, 2);
            check_forms(&multipliers[x], (enum pt_precision)precision, 0, 21, 5, 2);
            check_forms(&multipliers[x], (enum pt_precision)precision, 19, 0, 5, 2);
        }
    }
}

static size_t scratch_of(const struct multiplier *multiplier, const struct pt_gemm *gemm)
{
    return multiplier->isa != NULL ? pt_gemm_own_scratch_bytes(multiplier->isa, gemm, 3)
                                   : multiplier->backend->scratch_bytes(gemm, 3);
}

// Enough for its own plan, and no more than for one step more in m, n or k.
static void check_scratch(const struct multiplier *multiplier, const struct pt_gemm *gemm,
                          int64_t next_m, int64_t next_n, int64_t next_k)
{
    size_t bytes = scratch_of(multiplier, gemm);
    struct pt_gemm more_m = *gemm, more_n = *gemm, more_k = *gemm;
    more_m.m = next_m;
    more_n.n = next_n;
    more_k.k = next_k;
    assert_true(scratch_of(multiplier, &more_m) >= bytes);
    assert_true(scratch_of(multiplier, &more_n) >= bytes);
    assert_true(scratch_of(multiplier, &more_k) >= bytes);
    if (multiplier->isa != NULL && gemm->m > 0 && gemm->n > 0) {
        struct pt_gemm_plan plan = pt_gemm_plan_make(multiplier->isa, gemm, 3, false);
        assert_true((size_t)plan.threads * plan.thread_bytes <= bytes);
    }
}

// A last batch has fewer rows than the one that the scratch was made for: m of the forward pass, k
// of the weights' gradient.
static void smaller_products_need_no_more_scratch(void **unused)
{
    static const int64_t sizes[] = {0, 1, 7, 48, 96, 250, 383, 385, 600, 614, 615, 800, 1300, 5000};
    enum { COUNT = sizeof sizes / sizeof *sizes - 1 };
    struct multiplier multipliers[MULTIPLIERS_MAX];
    (void)unused;
    for (int form = 0; form < 8; form++) {
        struct pt_gemm gemm = {.transpose_a = form & 1,
                               .transpose_b = form & 2,
                               .precision = form & 4 ? PT_PRECISION_BF16 : PT_PRECISION_FP32};
        int count = all_multipliers(gemm.precision, multipliers);
        for (int i = 0; i < COUNT * COUNT * COUNT; i++) {
            const int64_t *m = &sizes[i % COUNT], *n = &sizes[i / COUNT % COUNT];
            const int64_t *k = &sizes[i / COUNT / COUNT];
            gemm.m = *m;
            gemm.n = *n;
            gemm.k = *k;
            for (int x = 0; x < count; x++)
                check_scratch(&multipliers[x], &gemm, m[1], n[1], k[1]);
        }
    }
}

static void same_call_gives_same_bits(void **unused)
{
    struct multiplier multipliers[MULTIPLIERS_MAX];
    (void)unused;
    for (int precision = 0; precision < 2; precision++) {
        int count = all_multipliers((enum pt_precision)precision, multipliers);
        for (int x = 0; x < count; x++) {
            struct problem problem = make_problem(131, 97, 901, true, false, 1);
            size_t bytes = (size_t)(130 * problem.gemm.ldc + 97) * sizeof(float);
            problem.gemm.precision = (enum pt_precision)precision;
            run(&multipliers[x], &problem, 2);
            memcpy(problem.before, problem.c, bytes);
            for (int repeat = 0; repeat < 3; repeat++) {
                run(&multipliers[x], &problem, 2);
                assert_memory_equal(problem.c, problem.before, bytes);
            }
            free_problem(&problem);
        }
    }
}

// The own kernels sum each element in the order of k, whoever does it.
static void own_bits_do_not_depend_on_threads(void **unused)
{
    static const int thread_counts[] = {2, 3, 7};
    struct multiplier own = {.name = "own", .backend = &pt_gemm_own};
    (void)unused;
    for (int form = 0; form < 16; form++) {
        int64_t m = form & 8 ? 3 : 128;
        struct problem problem = make_problem(m, 298, 630, form & 1, form & 2, 0);
        size_t bytes = (size_t)(m * 298) * sizeof(float);
        problem.gemm.precision = form & 4 ? PT_PRECISION_BF16 : PT_PRECISION_FP32;
        run(&own, &problem, 1);
        memcpy(problem.before, problem.c, bytes);
        for (int i = 0; i < 3; i++) {
            run(&own, &problem, thread_counts[i]);
            assert_memory_equal(problem.c, problem.before, bytes);
        }
        free_problem(&problem);
    }
}

// A product may be called from within a parallel region; it then has one thread.
static void products_work_inside_a_parallel_region(void **unused)
{
    struct multiplier own = {.name = "own", .backend = &pt_gemm_own};
    struct problem problems[2];
    (void)unused;
    for (int i = 0; i < 2; i++)
        problems[i] = make_problem(128, 130, 70 + i, false, true, 0);
#pragma omp parallel for num_threads(2)
    for (int i = 0; i < 2; i++)
        run(&own, &problems[i], 2);
    for (int i = 0; i < 2; i++) {
        check(&own, &problems[i], 1);
        free_problem(&problems[i]);
    }
}

// NaN and infinity are results, not accidents: 0 * inf is NaN, and a rectifier keeps it.
static void nan_and_infinity_propagate(void **unused)
{
    struct multiplier multipliers[MULTIPLIERS_MAX];
    (void)unused;
    for (int precision = 0; precision < 2; precision++) {
        int count = all_multipliers((enum pt_precision)precision, multipliers);
        for (int x = 0; x < count; x++) {
            struct problem problem = make_problem(11, 21, 13, false, x % 2, 0);
            problem.gemm.precision = (enum pt_precision)precision;
            problem.gemm.epilogue = PT_EPILOGUE_BIAS_RELU;
            for (int64_t i = 0; i < 21 * 13; i++)
                problem.b[i] = 0.5f;
            problem.b[0] = 0; // B[0, 0]
            problem.a[3 * 13] = INFINITY;
            problem.a[7 * 13 + 12] = NAN;
            run(&multipliers[x], &problem, 1);
            for (int64_t i = 0; i < 11; i++) {
                for (int64_t j = 0; j < 21; j++) {
                    float value = problem.c[i * 21 + j];
                    if (i == 7 || (i == 3 && j == 0))
                        assert_true(isnan(value));
                    else if (i == 3)
                        assert_true(isinf(value) && value > 0);
                    else
                        assert_true(isfinite(value));
                }
            }
            free_problem(&problem);
        }
    }
}

// What attention and recurrence call: the kernels of this machine, from inside a parallel region.
static void operators_multiply_inside_their_own_regions(void **unused)
{
    (void)unused;
    for (int precision = 0; precision < 2; precision++) {
        struct problem problem = make_problem(21, 150, 70, false, true, 3);
        struct pt_gemm *gemm = &problem.gemm;
        gemm->precision = (enum pt_precision)precision;
        int64_t width = pt_gemm_panel_columns(gemm->precision), rows = 20 * gemm->ldc + 150;
        void *packed = scratch_memory(pt_gemm_packed_bytes(gemm));
        size_t single_bytes = pt_gemm_single_scratch_bytes(gemm);
        size_t packed_bytes = pt_gemm_packed_scratch_bytes(gemm, 1);
        pt_gemm_pack(gemm, 2, problem.b, packed);
#pragma omp parallel for num_threads(2)
        for (int64_t j = 0; j < 150; j += width) {
            void *scratch = scratch_memory(packed_bytes);
            pt_gemm_single_packed(gemm, j, j + width < 150 ? j + width : 150, problem.a, packed,
                                  problem.c, NULL, scratch);
            free(scratch);
        }
        memcpy(problem.before, problem.c, (size_t)rows * sizeof(float));
        void *scratch = scratch_memory(single_bytes);
        memset(problem.c, 0, (size_t)(20 * gemm->ldc + 150) * sizeof(float));
        pt_gemm_single(gemm, problem.a, problem.b, problem.c, NULL, scratch);
        free(scratch);
        for (int64_t i = 0; i < 21; i++)
            assert_memory_equal(problem.c + i * gemm->ldc, problem.before + i * gemm->ldc,
                                150 * sizeof(float));
        scratch = scratch_memory(pt_gemm_packed_scratch_bytes(gemm, 2));
        pt_gemm_run_packed(gemm, 2, problem.a, packed, problem.c, NULL, scratch);
        for (int64_t i = 0; i < 21; i++)
            assert_memory_equal(problem.c + i * gemm->ldc, problem.before + i * gemm->ldc,
                                150 * sizeof(float));
        free(scratch);
        free(packed);
        free_problem(&problem);
    }
}

static float bf16_product(const struct multiplier *multiplier, float a, float b)
{
    struct problem problem = make_problem(1, 1, 1, false, false, 0);
    problem.gemm.precision = PT_PRECISION_BF16;
    problem.a[0] = a;
    problem.b[0] = b;
    run(multiplier, &problem, 1);
    float value = problem.c[0];
    free_problem(&problem);
    return value;
}

// bf16 has 8 significant bits: between 1 and 2 the spacing is 2^-7, ties go to the even neighbor.
// 3.4e38 is nearer to 2^128 than to the largest bf16, 0x1.fep127.
static void bf16_rounds_to_nearest_even(void **unused)
{
    struct multiplier multipliers[MULTIPLIERS_MAX];
    int count = all_multipliers(PT_PRECISION_BF16, multipliers);
    (void)unused;
    for (int x = 0; x < count; x++) {
        assert_true(bf16_product(&multipliers[x], 0x1.01p0f, 1) == 1);             // tie, down
        assert_true(bf16_product(&multipliers[x], 0x1.03p0f, 1) == 0x1.04p0f);     // tie, up
        assert_true(bf16_product(&multipliers[x], 1, 0x1.010002p0f) == 0x1.02p0f); // above the tie
        assert_true(bf16_product(&multipliers[x], 1, -0x1.00fffep0f) == -1);       // below it
        assert_true(isinf(bf16_product(&multipliers[x], 0x1.fffffep127f, 1)));
        uint32_t bits = 0x7f800001; // a NaN whose upper half alone would be infinity
        float nan;
        memcpy(&nan, &bits, sizeof nan);
        assert_true(isnan(bf16_product(&multipliers[x], nan, 1)));
    }
}

static void backends_are_found_by_name(void **unused)
{
    const struct pt_gemm_backend *backend;
    struct pt_error error;
    (void)unused;
    assert_status(pt_gemm_backend_find("own", PT_PRECISION_BF16, &backend, &error), PT_OK, &error);
    assert_string_equal(backend->name, "own");
    assert_status(pt_gemm_backend_find(NULL, PT_PRECISION_FP32, &backend, &error), PT_OK, &error);
    if (pt_cpu_isa() >= PT_ISA_AVX2)
        assert_string_equal(backend->name, "own");
    assert_true(backend->available(PT_PRECISION_FP32));
}

static void unknown_backend_is_refused(void **unused)
{
    const struct pt_gemm_backend *backend = NULL;
    struct pt_error error;
    (void)unused;
    assert_status(pt_gemm_backend_find("mkl", PT_PRECISION_FP32, &backend, &error), PT_NOT_FOUND,
                  &error);
    assert_contains(error.message, "mkl");
    assert_contains(error.message, "own, onednn, openblas");
    assert_null(backend);
}

// OpenBLAS has no bf16 here; a machine without it is told which package to install.
static void unavailable_backend_says_what_to_do(void **unused)
{
    const struct pt_gemm_backend *backend = NULL;
    struct pt_error error;
    (void)unused;
    assert_status(pt_gemm_backend_find("openblas", PT_PRECISION_BF16, &backend, &error),
                  PT_UNAVAILABLE, &error);
    if (pt_gemm_openblas.available(PT_PRECISION_FP32))
        assert_contains(error.message, "bf16");
    else
        assert_contains(error.message, "libopenblas0-openmp");
    assert_null(backend);
}

// A library's own number of threads is not changed behind the program's back.
static void thread_number_is_left_as_it_was(void **unused)
{
    struct multiplier multipliers[MULTIPLIERS_MAX];
    int count = all_multipliers(PT_PRECISION_FP32, multipliers);
    (void)unused;
    omp_set_num_threads(2);
    for (int x = 0; x < count; x++) {
        struct problem problem = make_problem(20, 20, 20, false, false, 0);
        run(&multipliers[x], &problem, 3);
        assert_int_equal(omp_get_max_threads(), 2);
        free_problem(&problem);
    }
}

static void calibration_probe_multiplies(void **unused)
{
    const float a[] = {1, 2, 3, 4}, b[] = {5, 6, 7, 8};
    float c[4] = {0};
    (void)unused;
    assert_true(pt_gemm_calibration_probe(false, 2, 2, 2, 2, a, b, c));
    const float product[] = {19, 22, 43, 50}; // {1 5 + 2 7, 1 6 + 2 8, 3 5 + 4 7, 3 6 + 4 8}
    assert_memory_equal(c, product, sizeof c);
    memset(c, 0, sizeof c);
    assert_int_equal(pt_gemm_calibration_probe(true, 1, 2, 2, 2, a, b, c),
                     pt_gemm_bf16_is_native());
    if (pt_gemm_bf16_is_native())
        assert_memory_equal(c, product, sizeof c); // small integers are exact in bf16
    assert_false(pt_gemm_calibration_probe(false, 1, 0, 0, 0, NULL, NULL, NULL));
}

// Two things that the sanitizers say about others. Up to gcc 13 and LLVM 16 the leak checker may
// take thread-local memory of a library that was opened at run time (oneDNN's) for memory with a
// header of glibc 2.19, and dies of what it reads there: sanitizer_tls_get_addr.cpp. And LLVM's
// libomp keeps the memory of teams that have become smaller.
#define SEEN_BY_RUNTIME __attribute__((visibility("default"), used))
SEEN_BY_RUNTIME const char *__asan_default_options(void);
SEEN_BY_RUNTIME const char *__lsan_default_suppressions(void);

const char *__asan_default_options(void)
{
    return "intercept_tls_get_addr=0";
}

const char *__lsan_default_suppressions(void)
{
    return "leak:libomp.so";
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fp32_products_are_right),
        cmocka_unit_test(bf16_products_are_right),
        cmocka_unit_test(large_products_are_right),
        cmocka_unit_test(empty_products_are_right),
        cmocka_unit_test(smaller_products_need_no_more_scratch),
        cmocka_unit_test(same_call_gives_same_bits),
        cmocka_unit_test(own_bits_do_not_depend_on_threads),
        cmocka_unit_test(products_work_inside_a_parallel_region),
        cmocka_unit_test(nan_and_infinity_propagate),
        cmocka_unit_test(operators_multiply_inside_their_own_regions),
        cmocka_unit_test(bf16_rounds_to_nearest_even),
        cmocka_unit_test(backends_are_found_by_name),
        cmocka_unit_test(unknown_backend_is_refused),
        cmocka_unit_test(unavailable_backend_says_what_to_do),
        cmocka_unit_test(thread_number_is_left_as_it_was),
        cmocka_unit_test(calibration_probe_multiplies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
