// Muon: momentum made orthogonal. Jordan et al. 2024, kellerjordan.github.io/posts/muon, as
// torch.optim.Muon: of each matrix between hidden layers
//   b += (1 - mu) (g - b);  x = g + mu (b - g);  x /= |x|
//   five times: x = a x + (b x x^T + c (x x^T)^2) x       Newton-Schulz: singular values go to 1
//   p = p (1 - rate decay) - rate s x
// s = 0.2 sqrt(larger side) makes the step as long as AdamW's, so that one learning rate serves all
// parameters (Liu et al. 2025, arXiv:2502.16982, 2.2); original_scaling is sqrt(max(1, rows /
// columns)). Embeddings, the last layer and vectors are AdamW's. Products are of the network's
// precision; the smaller of x x^T and x^T x is made.

#include <math.h>

#include "engine/adam_step.h"
#include "engine/split.h"

static const double coefficient_a = 3.4445, coefficient_b = -4.7750, coefficient_c = 2.0315;
static const double norm_epsilon = 1e-7, adamw_size = 0.2;

enum { ELEMENTS_LEAST = 4096, STEP = 1024, LINE_FLOATS = 16 };

struct work {
    const struct pt_update *update;
    int64_t rows, columns, side; // the smaller of both
    float *x, *next, *gram, *square;
    struct pt_parts parts;
    double sums[PT_PARTS_MAX];
    float factor, parameter_scale;
};

static int64_t aligned(int64_t floats)
{
    return (floats + LINE_FLOATS - 1) / LINE_FLOATS * LINE_FLOATS;
}

static void follow_gradient(void *context, struct pt_range range)
{
    struct work *work = context;
    const struct pt_update *update = work->update;
    double momentum = update->options->momentum;
    for (int64_t part = range.begin; part < range.end; part++) {
        struct pt_range at = pt_part_range(work->parts, part, update->parameter->elements);
        work->sums[part] = pt_optimizer_loops()->muon_momentum(
            work->x + at.begin, update->states[PT_STATE_MOMENTUM] + at.begin,
            update->gradients + at.begin, at.end - at.begin, (float)momentum, (float)(1 - momentum),
            update->scale);
    }
}

static void scale_step(void *context, struct pt_range range)
{
    const struct work *work = context;
    pt_optimizer_loops()->scale(work->x + range.begin, range.end - range.begin, work->factor);
}

static void mix_squares(void *context, struct pt_range range)
{
    const struct work *work = context;
    pt_optimizer_loops()->combine(work->square + range.begin, work->gram + range.begin,
                                  range.end - range.begin, (float)coefficient_b,
                                  (float)coefficient_c);
}

static void change_parameters(void *context, struct pt_range range)
{
    const struct work *work = context;
    pt_optimizer_loops()->subtract(work->update->parameters + range.begin, work->x + range.begin,
                                   range.end - range.begin, work->parameter_scale, work->factor);
}

// x x^T, or x^T x if that is smaller.
static struct pt_gemm gram_product(const struct pt_optimizer_parameter *parameter,
                                   enum pt_precision precision)
{
    bool wide = parameter->rows <= parameter->columns;
    int64_t side = wide ? parameter->rows : parameter->columns;
    return (struct pt_gemm){.m = side,
                            .n = side,
                            .k = wide ? parameter->columns : parameter->rows,
                            .transpose_a = !wide,
                            .transpose_b = wide,
                            .lda = parameter->columns,
                            .ldb = parameter->columns,
                            .ldc = side,
                            .precision = precision};
}

static struct pt_gemm square_product(int64_t side, enum pt_precision precision)
{
    return (struct pt_gemm){.m = side,
                            .n = side,
                            .k = side,
                            .lda = side,
                            .ldb = side,
                            .ldc = side,
                            .precision = precision};
}

// The mixed square times x, or x times it.
static struct pt_gemm step_product(const struct pt_optimizer_parameter *parameter,
                                   enum pt_precision precision)
{
    bool wide = parameter->rows <= parameter->columns;
    return (struct pt_gemm){.m = parameter->rows,
                            .n = parameter->columns,
                            .k = wide ? parameter->rows : parameter->columns,
                            .lda = wide ? parameter->rows : parameter->columns,
                            .ldb = parameter->columns,
                            .ldc = parameter->columns,
                            .precision = precision};
}

static size_t scratch_bytes(const struct pt_optimizer_parameter *parameter, int threads,
                            enum pt_precision precision, const struct pt_gemm_backend *matmul)
{
    int64_t side = parameter->rows <= parameter->columns ? parameter->rows : parameter->columns;
    const struct pt_gemm products[] = {gram_product(parameter, precision),
                                       square_product(side, precision),
                                       step_product(parameter, precision)};
    size_t most = 0;
    for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
        size_t bytes = matmul->scratch_bytes(&products[i], threads);
        most = bytes > most ? bytes : most;
    }
    return most;
}

static int64_t multiply(const struct work *work, struct pt_gemm product, const float *a,
                        const float *b, float *c)
{
    const struct pt_update *update = work->update;
    update->matmul->run(&product, update->threads, a, b, c, NULL, update->scratch);
    return 2 * product.m * product.n * product.k;
}

static int64_t newton_schulz_step(struct work *work)
{
    const struct pt_optimizer_parameter *parameter = work->update->parameter;
    enum pt_precision precision = work->update->precision;
    int64_t side = work->side, squares = side * side, flop = 0;
    bool wide = work->rows <= work->columns;
    flop += multiply(work, gram_product(parameter, precision), work->x, work->x, work->gram);
    flop += multiply(work, square_product(side, precision), work->gram, work->gram, work->square);
    pt_run_ranges(squares, STEP, squares, work->update->threads, mix_squares, work);
    for (int64_t i = 0; i < side; i++)
        work->square[i * side + i] += (float)coefficient_a;
    flop += 3 * squares + side;
    flop += multiply(work, step_product(parameter, precision), wide ? work->square : work->x,
                     wide ? work->x : work->square, work->next);
    float *x = work->x;
    work->x = work->next;
    work->next = x;
    return flop;
}

static double step_size(const struct pt_update *update)
{
    double rows = (double)update->parameter->rows, columns = (double)update->parameter->columns;
    return update->options->original_scaling ? sqrt(fmax(1, rows / columns))
                                             : adamw_size * sqrt(fmax(rows, columns));
}

static int64_t update_whole(const struct pt_update *update)
{
    const struct pt_optimizer_parameter *parameter = update->parameter;
    int64_t elements = parameter->elements, flop = 0;
    int threads = update->threads;
    struct work work = {.update = update, .rows = parameter->rows, .columns = parameter->columns};
    work.side = work.rows <= work.columns ? work.rows : work.columns;
    work.x = update->workspace;
    work.next = work.x + aligned(elements);
    work.gram = work.next + aligned(elements);
    work.square = work.gram + aligned(work.side * work.side);
    work.parts = pt_split_parts(elements, ELEMENTS_LEAST);

    pt_run_ranges(work.parts.count, 1, elements, threads, follow_gradient, &work);
    flop += (3 + 3 + 2 + (update->scale.wanted ? 1 : 0)) * elements;
    double square_sum = 0;
    for (int64_t i = 0; i < work.parts.count; i++)
        square_sum += work.sums[i];
    work.factor = (float)(1 / fmax(sqrt(square_sum), norm_epsilon));
    if (isnan(square_sum)) // fmax would hide it
        work.factor = NAN;
    pt_run_ranges(elements, STEP, elements, threads, scale_step, &work);
    flop += elements;
    for (int i = 0; i < PT_MUON_STEPS; i++)
        flop += newton_schulz_step(&work);
    work.factor = (float)(update->learning_rate * step_size(update));
    work.parameter_scale = (float)(1 - update->learning_rate * update->weight_decay);
    pt_run_ranges(elements, STEP, elements, threads, change_parameters, &work);
    return flop + (2 + (update->weight_decay != 0 ? 1 : 0)) * elements;
}

const struct pt_optimizer_rule pt_rule_muon = {
    .kind = PT_MUON,
    .name = "muon",
    .has_momentum = true,
    .momentum = 0.95,
    .beta1 = 0.9,
    .beta2 = 0.999,
    .flop_each = pt_adamw_flop_each,
    .update = pt_adamw_update,
    .update_whole = update_whole,
    .scratch_bytes = scratch_bytes,
};
