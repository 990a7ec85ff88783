// The own matrix products: what the threads do with the parts of C.
//
// C is cut into chunks, and whoever does a chunk packs what it needs into memory of its own: no
// barrier, no shared block, and an element of C is the same sum in the same order whoever computes
// it and however C was cut.

#include "engine/gemm_own.h"

#include <assert.h>
#include <omp.h>

#include "base/size.h"
#include "engine/cpu.h"
#include "engine/gemm_plan.h"
#include "engine/split.h"

struct job {
    const struct pt_gemm_isa *isa;
    const struct pt_gemm *gemm;
    const float *a, *b;
    const char *packed; // B in panels, or NULL
    float *c;
    const float *bias;
    char *a_scratch, *b_scratch;
};

// Rounds where the kernels do not.
static bool must_round(const struct pt_gemm_isa *isa, const struct pt_gemm *gemm)
{
    return gemm->precision == PT_PRECISION_BF16 && !isa->bf16;
}

static int64_t panel_columns(const struct pt_gemm_isa *isa)
{
    return (int64_t)isa->lanes * isa->tile_vectors;
}

// Fills what all tiles of a panel of B share, packing B if the tiles cannot do it on the way.
static void prepare_panel(const struct job *job, int64_t column, int columns, int64_t k_begin,
                          int64_t k, int64_t rows, struct pt_gemm_tile *tile)
{
    const struct pt_gemm_isa *isa = job->isa;
    const struct pt_gemm *gemm = job->gemm;
    int width = (int)pt_size_round_up(columns, isa->lanes);
    bool native = isa->copies_b && !gemm->transpose_b && !must_round(isa, gemm);
    const float *b = gemm->transpose_b ? job->b + column * gemm->ldb + k_begin
                                       : job->b + k_begin * gemm->ldb + column;

    tile->columns = columns;
    tile->b_copy = NULL;
    tile->b_step = width;
    if (job->packed != NULL) {
        int64_t steps = pt_gemm_steps(isa, gemm->k);
        tile->b =
            job->packed + (column * steps + pt_gemm_steps(isa, k_begin) * width) * PT_GEMM_UNIT;
        return;
    }
    if (!native) {
        isa->pack_b(gemm->transpose_b, b, gemm->ldb, k, columns, width, must_round(isa, gemm),
                    job->b_scratch);
        tile->b = job->b_scratch;
        return;
    }
    tile->b = b;
    tile->b_step = gemm->ldb;
    if (isa->bf16 || rows > isa->tile_rows)
        tile->b_copy = job->b_scratch;
}

// C[row .., column ..] of one panel as wide as a tile, for one block of k.
static void do_panel(const struct job *job, int64_t row, int64_t rows, int64_t column, int columns,
                     int64_t k_begin, int64_t k, bool packed_a)
{
    const struct pt_gemm_isa *isa = job->isa;
    const struct pt_gemm *gemm = job->gemm;
    int64_t steps = pt_gemm_steps(isa, k);
    bool last = k_begin + k == gemm->k;
    struct pt_gemm_tile tile = {
        .steps = steps,
        .b_rows = k,
        .c_row = gemm->ldc,
        .add = gemm->accumulate || k_begin > 0,
        .bias = last && gemm->epilogue != PT_EPILOGUE_NONE ? job->bias + column : NULL,
        .relu = last && gemm->epilogue == PT_EPILOGUE_BIAS_RELU,
    };

    prepare_panel(job, column, columns, k_begin, k, rows, &tile);
    tile.a_row = gemm->transpose_a ? 1 : packed_a ? pt_gemm_packed_row(steps) : gemm->lda;
    tile.a_step = !gemm->transpose_a ? 1 : packed_a ? isa->tile_rows : gemm->lda;
    for (int64_t i = 0; i < rows; i += isa->tile_rows) {
        tile.rows = (int)(rows - i < isa->tile_rows ? rows - i : isa->tile_rows);
        if (packed_a)
            tile.a = job->a_scratch + i * (gemm->transpose_a ? steps : tile.a_row) * PT_GEMM_UNIT;
        else
            tile.a = gemm->transpose_a ? job->a + k_begin * gemm->lda + row + i
                                       : job->a + (row + i) * gemm->lda + k_begin;
        tile.c = job->c + (row + i) * gemm->ldc + column;
        isa->tile(&tile);
        if (tile.b_copy != NULL) {
            tile.b = tile.b_copy;
            tile.b_step = pt_size_round_up(columns, isa->lanes);
            tile.b_copy = NULL;
        }
    }
}

// A few rows times a B that is stored [n, k]. Decided by the whole product, not by the chunk, so
// that the sums do not depend on the cut.
static bool takes_dots(const struct job *job)
{
    const struct pt_gemm_isa *isa = job->isa;
    const struct pt_gemm *gemm = job->gemm;
    return job->packed == NULL && isa->dots != NULL && gemm->m <= PT_GEMM_DOT_ROWS &&
           gemm->transpose_b && !gemm->transpose_a && gemm->precision == PT_PRECISION_FP32;
}

static void do_dots(const struct job *job, int64_t row, int64_t rows, int64_t column,
                    int64_t columns)
{
    const struct pt_gemm *gemm = job->gemm;
    const int64_t stride = 1 << 20; // the columns of a tile are an int
    for (int64_t j = column; j < column + columns; j += stride) {
        int64_t left = column + columns - j;
        struct pt_gemm_tile tile = {
            .rows = (int)rows,
            .columns = (int)(left < stride ? left : stride),
            .steps = gemm->k,
            .a = job->a + row * gemm->lda,
            .a_row = gemm->lda,
            .a_step = 1,
            .b = job->b + j * gemm->ldb,
            .b_step = gemm->ldb,
            .c = job->c + row * gemm->ldc + j,
            .c_row = gemm->ldc,
            .add = gemm->accumulate,
            .bias = gemm->epilogue != PT_EPILOGUE_NONE ? job->bias + j : NULL,
            .relu = gemm->epilogue == PT_EPILOGUE_BIAS_RELU,
        };
        job->isa->dots(&tile);
    }
}

// Panels of a packed B are as wide as a tile; others as equal as they can be.
static int64_t panel_begin(const struct job *job, int64_t columns, int64_t panels, int64_t panel)
{
    if (job->packed == NULL)
        return pt_gemm_part_begin(columns, job->isa->lanes, panels, panel);
    int64_t begin = panel * panel_columns(job->isa);
    return begin < columns ? begin : columns;
}

static void do_chunk(const struct job *job, const struct pt_gemm_plan *plan, int64_t row,
                     int64_t rows, int64_t column, int64_t columns)
{
    const struct pt_gemm_isa *isa = job->isa;
    const struct pt_gemm *gemm = job->gemm;
    bool packed_a = pt_gemm_plan_packs_a(isa, gemm, columns);
    int64_t panels =
        pt_gemm_ceil_divide(pt_gemm_ceil_divide(columns, isa->lanes), isa->tile_vectors);

    for (int64_t block = 0; block < plan->k_blocks; block++) {
        int64_t k_begin = pt_gemm_part_begin(gemm->k, 32, plan->k_blocks, block);
        int64_t k = pt_gemm_part_begin(gemm->k, 32, plan->k_blocks, block + 1) - k_begin;
        if (packed_a)
            isa->pack_a(gemm->transpose_a,
                        gemm->transpose_a ? job->a + k_begin * gemm->lda + row
                                          : job->a + row * gemm->lda + k_begin,
                        gemm->lda, rows, k, must_round(isa, gemm), job->a_scratch);
        for (int64_t panel = 0; panel < panels; panel++) {
            int64_t begin = panel_begin(job, columns, panels, panel);
            int64_t end = panel_begin(job, columns, panels, panel + 1);
            do_panel(job, row, rows, column + begin, (int)(end - begin), k_begin, k, packed_a);
        }
    }
}

static void do_numbered_chunk(struct job job, const struct pt_gemm_plan *plan, int64_t index,
                              int thread, char *scratch)
{
    const struct pt_gemm *gemm = job.gemm;
    int64_t step = job.packed != NULL ? panel_columns(job.isa) : job.isa->lanes;
    int64_t i = index / plan->column_chunks, j = index % plan->column_chunks;
    int64_t row = pt_gemm_part_begin(gemm->m, job.isa->tile_rows, plan->row_chunks, i);
    int64_t rows = pt_gemm_part_begin(gemm->m, job.isa->tile_rows, plan->row_chunks, i + 1) - row;
    int64_t column = pt_gemm_part_begin(gemm->n, step, plan->column_chunks, j);
    int64_t columns = pt_gemm_part_begin(gemm->n, step, plan->column_chunks, j + 1) - column;
    job.a_scratch = scratch + (size_t)thread * plan->thread_bytes;
    job.b_scratch = job.a_scratch + plan->a_bytes;
    if (takes_dots(&job))
        do_dots(&job, row, rows, column, columns);
    else
        do_chunk(&job, plan, row, rows, column, columns);
}

static void check(const struct pt_gemm *gemm, int threads)
{
    assert(threads >= 1 && gemm->m >= 0 && gemm->n >= 0 && gemm->k >= 0);
    assert(!gemm->accumulate || gemm->epilogue == PT_EPILOGUE_NONE);
    (void)gemm, (void)threads;
}

static void do_all(struct job job, int threads, char *scratch)
{
    struct pt_gemm_plan plan = pt_gemm_plan_make(job.isa, job.gemm, threads, job.packed != NULL);
    int64_t chunks = plan.row_chunks * plan.column_chunks;

    if (plan.threads == 1) {
        for (int64_t i = 0; i < chunks; i++)
            do_numbered_chunk(job, &plan, i, 0, scratch);
        return;
    }
#pragma omp parallel for schedule(dynamic, 1) num_threads(plan.threads)
    for (int64_t i = 0; i < chunks; i++)
        do_numbered_chunk(job, &plan, i, omp_get_thread_num(), scratch);
}

size_t pt_gemm_own_scratch_bytes(const struct pt_gemm_isa *isa, const struct pt_gemm *gemm,
                                 int threads)
{
    return pt_gemm_plan_scratch(isa, gemm, threads);
}

void pt_gemm_own_run(const struct pt_gemm_isa *isa, const struct pt_gemm *gemm, int threads,
                     const float *a, const float *b, float *c, const float *bias, void *scratch)
{
    check(gemm, threads);
    if (gemm->m > 0 && gemm->n > 0)
        do_all((struct job){.isa = isa, .gemm = gemm, .a = a, .b = b, .c = c, .bias = bias},
               threads, scratch);
}

// ------------------------------------------------------------------------------------ packed B
size_t pt_gemm_own_packed_bytes(const struct pt_gemm_isa *isa, const struct pt_gemm *gemm)
{
    return (size_t)(pt_size_round_up(gemm->n, isa->lanes) * pt_gemm_steps(isa, gemm->k) *
                    PT_GEMM_UNIT);
}

void pt_gemm_own_pack(const struct pt_gemm_isa *isa, const struct pt_gemm *gemm, int threads,
                      const float *b, void *packed)
{
    int64_t width = panel_columns(isa), panels = pt_gemm_ceil_divide(gemm->n, width);
    int64_t panel_bytes = width * pt_gemm_steps(isa, gemm->k) * PT_GEMM_UNIT;
    bool alone = threads == 1 || gemm->n * gemm->k < PT_PARALLEL_ELEMENTS;
#pragma omp parallel for schedule(static) num_threads(threads) if (!alone)
    for (int64_t panel = 0; panel < panels; panel++) {
        int64_t column = panel * width, left = gemm->n - column;
        int columns = (int)(left < width ? left : width);
        isa->pack_b(gemm->transpose_b, b + column * (gemm->transpose_b ? gemm->ldb : 1), gemm->ldb,
                    gemm->k, columns, (int)pt_size_round_up(columns, isa->lanes),
                    must_round(isa, gemm), (char *)packed + panel * panel_bytes);
    }
}

void pt_gemm_own_run_packed(const struct pt_gemm_isa *isa, const struct pt_gemm *gemm, int threads,
                            const float *a, const void *packed, float *c, const float *bias,
                            void *scratch)
{
    check(gemm, threads);
    if (gemm->m > 0 && gemm->n > 0)
        do_all(
            (struct job){.isa = isa, .gemm = gemm, .a = a, .packed = packed, .c = c, .bias = bias},
            threads, scratch);
}

void pt_gemm_own_single_packed(const struct pt_gemm_isa *isa, const struct pt_gemm *gemm,
                               int64_t begin, int64_t end, const float *a, const void *packed,
                               float *c, const float *bias, void *scratch)
{
    check(gemm, 1);
    assert(begin % panel_columns(isa) == 0 && begin <= end && end <= gemm->n);
    if (gemm->m == 0 || begin == end)
        return;
    struct pt_gemm_plan plan = pt_gemm_plan_make(isa, gemm, 1, true);
    struct job job = {.isa = isa,
                      .gemm = gemm,
                      .a = a,
                      .packed = packed,
                      .c = c,
                      .bias = bias,
                      .a_scratch = scratch,
                      .b_scratch = (char *)scratch + plan.a_bytes};
    for (int64_t i = 0; i < plan.row_chunks; i++) {
        int64_t row = pt_gemm_part_begin(gemm->m, isa->tile_rows, plan.row_chunks, i);
        int64_t next = pt_gemm_part_begin(gemm->m, isa->tile_rows, plan.row_chunks, i + 1);
        do_chunk(&job, &plan, row, next - row, begin, end - begin);
    }
}

const struct pt_gemm_isa *pt_gemm_own_isa(enum pt_precision precision)
{
#if defined(__x86_64__)
    if (precision == PT_PRECISION_BF16 && pt_cpu_has_avx512_bf16())
        return &pt_gemm_avx512bf16;
    if (pt_cpu_isa() == PT_ISA_AVX512)
        return &pt_gemm_avx512;
    if (pt_cpu_isa() == PT_ISA_AVX2)
        return &pt_gemm_avx2;
#endif
    (void)precision;
    return &pt_gemm_portable;
}

static bool own_available(enum pt_precision precision)
{
    (void)precision; // rounded in software where the CPU cannot
    return true;
}

static size_t own_scratch_bytes(const struct pt_gemm *gemm, int threads)
{
    return pt_gemm_own_scratch_bytes(pt_gemm_own_isa(gemm->precision), gemm, threads);
}

static void own_run(const struct pt_gemm *gemm, int threads, const float *a, const float *b,
                    float *c, const float *bias, void *scratch)
{
    pt_gemm_own_run(pt_gemm_own_isa(gemm->precision), gemm, threads, a, b, c, bias, scratch);
}

const struct pt_gemm_backend pt_gemm_own = {
    .name = "own",
    .available = own_available,
    .scratch_bytes = own_scratch_bytes,
    .run = own_run,
};
