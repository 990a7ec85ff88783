// How the own matrix products cut a product into pieces.

#include "engine/gemm_plan.h"

#include <assert.h>

#include "base/size.h"

enum {
    // Blocks of k: a tile's sums go through memory once per block, a block of A stays in L2.
    // A k that is not much longer stays whole.
    K_BLOCK_MAX = 384,
    K_WHOLE_MAX = K_BLOCK_MAX * 8 / 5,
    A_BLOCK_BYTES = 640 << 10,
    // Less work than this for a thread is not worth waking it.
    THREAD_FLOP_MIN = 200 * 1000,
};

int64_t pt_gemm_part_begin(int64_t size, int64_t step, int64_t count, int64_t index)
{
    int64_t begin = pt_gemm_ceil_divide(size, step) * index / count * step;
    return begin < size ? begin : size;
}

static bool must_convert(const struct pt_gemm *gemm)
{
    return gemm->precision == PT_PRECISION_BF16;
}

// A is packed if it must be rounded, or if its steps are far apart (stored [k, m]) and it is read
// more than once. Rows that are read where they lie may be any distance apart: copying those that
// collide in the sets of L2 was measured and gains nothing.
bool pt_gemm_plan_packs_a(const struct pt_gemm_isa *isa, const struct pt_gemm *gemm,
                          int64_t columns)
{
    return must_convert(gemm) ||
           (gemm->transpose_a && columns > (int64_t)isa->lanes * isa->tile_vectors);
}

// Time of one chunk in multiply-adds of the kernel, with the work of packing in the same unit.
static double chunk_cost(const struct pt_gemm_isa *isa, const struct pt_gemm *gemm, bool packed_b,
                         int64_t rows, int64_t columns)
{
    const double b_transposed = 10, b_natural = 2, a_packed = 2; // per element
    double cost = (double)pt_size_round_up(rows, 2) * (double)pt_size_round_up(columns, isa->lanes);
    if (!packed_b)
        cost += (double)columns * (gemm->transpose_b ? b_transposed : b_natural);
    if (pt_gemm_plan_packs_a(isa, gemm, columns))
        cost += (double)rows * a_packed;
    return cost * (double)gemm->k;
}

static int useful_threads(const struct pt_gemm *gemm, int threads)
{
    double flop = 2.0 * (double)gemm->m * (double)gemm->n * (double)gemm->k;
    double useful = flop / THREAD_FLOP_MIN;
    return useful >= threads ? threads : useful < 1 ? 1 : (int)useful;
}

// Chooses the cut into rows x columns whose slowest thread is done first.
static void cut(const struct pt_gemm_isa *isa, const struct pt_gemm *gemm, bool packed_b,
                struct pt_gemm_plan *plan)
{
    int64_t tile_columns = packed_b ? (int64_t)isa->lanes * isa->tile_vectors : isa->lanes;
    int64_t row_max = pt_gemm_ceil_divide(gemm->m, isa->tile_rows);
    int64_t column_max = pt_gemm_ceil_divide(gemm->n, tile_columns);
    int64_t unit_bytes = must_convert(gemm) && isa->bf16 ? 2 : PT_GEMM_UNIT;
    int64_t rows_fit = A_BLOCK_BYTES / unit_bytes / (plan->k_block > 0 ? plan->k_block : 1);
    rows_fit = rows_fit < isa->tile_rows ? isa->tile_rows : rows_fit;
    int64_t row_min = pt_gemm_ceil_divide(gemm->m, rows_fit);
    double best = -1;

    for (int64_t rows = row_min; rows <= row_max; rows = rows < 4 ? rows + 1 : rows * 2) {
        for (int64_t turns = 1; turns <= 4; turns++) {
            int64_t columns = plan->threads * turns / rows;
            columns = columns < 1 ? 1 : columns > column_max ? column_max : columns;
            int64_t row_length = pt_gemm_ceil_divide(row_max, rows) * isa->tile_rows;
            int64_t column_length = pt_gemm_ceil_divide(column_max, columns) * tile_columns;
            row_length = row_length < gemm->m ? row_length : gemm->m;
            column_length = column_length < gemm->n ? column_length : gemm->n;
            double cost = chunk_cost(isa, gemm, packed_b, row_length, column_length) *
                          (double)pt_gemm_ceil_divide(rows * columns, plan->threads);
            if (best < 0 || cost < best * 0.99) {
                best = cost;
                plan->row_chunks = rows;
                plan->column_chunks = columns;
                plan->rows = row_length;
                plan->columns = column_length;
            }
        }
        if (rows >= (int64_t)plan->threads * row_min)
            break;
    }
}

struct pt_gemm_plan pt_gemm_plan_make(const struct pt_gemm_isa *isa, const struct pt_gemm *gemm,
                                      int threads, bool packed_b)
{
    struct pt_gemm_plan plan = {.threads = useful_threads(gemm, threads)};
    plan.k_blocks = gemm->k > K_WHOLE_MAX ? pt_gemm_ceil_divide(gemm->k, K_BLOCK_MAX) : 1;
    plan.k_block = pt_size_round_up(pt_gemm_ceil_divide(gemm->k, plan.k_blocks), 32);
    cut(isa, gemm, packed_b, &plan);

    int64_t steps = pt_gemm_steps(isa, plan.k_block);
    if (pt_gemm_plan_packs_a(isa, gemm, plan.columns))
        plan.a_bytes = (size_t)(pt_size_round_up(plan.rows, 2 * isa->tile_rows) *
                                pt_gemm_packed_row(steps) * PT_GEMM_UNIT);
    size_t b_bytes = (size_t)(steps * isa->lanes * isa->tile_vectors * PT_GEMM_UNIT);
    plan.thread_bytes =
        (size_t)pt_size_round_up((int64_t)(plan.a_bytes + b_bytes), PT_GEMM_ALIGNMENT);
    assert((size_t)plan.threads * plan.thread_bytes <= pt_gemm_plan_scratch(isa, gemm, threads));
    return plan;
}

// A chunk has at most four tiles more rows than fit into A_BLOCK_BYTES, by rounding; and at least
// one tile however long k is.
size_t pt_gemm_plan_scratch(const struct pt_gemm_isa *isa, const struct pt_gemm *gemm, int threads)
{
    int64_t k = pt_size_round_up(gemm->k < K_WHOLE_MAX ? gemm->k : K_WHOLE_MAX, 32);
    int64_t steps = pt_gemm_steps(isa, k);
    int64_t row_bytes = pt_gemm_packed_row(steps) * PT_GEMM_UNIT;
    int64_t width = (int64_t)isa->lanes * isa->tile_vectors;
    int64_t a_bytes = 0, a_bytes_max = A_BLOCK_BYTES + 5 * isa->tile_rows * row_bytes;

    if (gemm->transpose_a || must_convert(gemm)) {
        a_bytes = pt_size_round_up(gemm->m, 2 * isa->tile_rows);
        a_bytes = a_bytes > a_bytes_max / (row_bytes > 0 ? row_bytes : 1) ? a_bytes_max
                                                                          : a_bytes * row_bytes;
    }
    return (size_t)useful_threads(gemm, threads) *
           (size_t)pt_size_round_up(a_bytes + steps * width * PT_GEMM_UNIT, PT_GEMM_ALIGNMENT);
}
