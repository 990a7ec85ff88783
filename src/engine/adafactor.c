// Adafactor: Adam's second moment of a matrix from the sums of its rows and columns. Shazeer and
// Stern 2018, arXiv:1804.04235, algorithms 4 and 5, in the form of transformers.Adafactor:
//   R += (1 - beta2_t) (mean over columns of g g + eps - R),  C alike;  beta2_t = 1 - t^-0.8
//   u = g / sqrt(R_i C_j / mean R)
//   rate = learning rate * max(1e-3, RMS(p)); with relative_step times min(0.01, 1 / sqrt t)
//   p = p (1 - rate decay) - rate u / max(1, RMS(u) / threshold)
// The update is never stored: its root mean square comes from a pass over the gradient, and it
// again from another one. A parameter of more than two dimensions is the matrix of its first by all
// others (the reference takes the last two, which are the small ones of a convolution).

#include <math.h>

#include "engine/optimizer_rule.h"
#include "engine/split.h"

static const double square_epsilon = 1e-30, least_size = 1e-3, decay_exponent = -0.8,
                    most_relative_step = 0.01;

enum { ELEMENTS_LEAST = 4096, LINE_FLOATS = 16 };

struct work {
    const struct pt_update *update;
    int64_t rows, columns;
    bool wants_size;
    struct pt_parts parts; // of rows, or of the elements of a vector
    float *row_factors, *column_factors, *column_parts;
    double sums[PT_PARTS_MAX];  // of the squares of the update
    double sizes[PT_PARTS_MAX]; // of the squares of the parameter
    float one_minus_beta2;
    struct pt_adafactor_end end;
};

static int64_t aligned(int64_t floats)
{
    return (floats + LINE_FLOATS - 1) / LINE_FLOATS * LINE_FLOATS;
}

static double sum_of_parts(const struct work *work, const double *sums)
{
    double sum = 0;
    for (int64_t i = 0; i < work->parts.count; i++)
        sum += sums[i];
    return sum;
}

static void run_parts(struct work *work, pt_range_work *what)
{
    pt_run_ranges(work->parts.count, 1, work->rows * work->columns, work->update->threads, what,
                  work);
}

static double factor_of(struct pt_gradient_scale scale)
{
    return scale.wanted ? (double)scale.factor : 1;
}

// From the update's root mean square and the parameter's: what remains to be multiplied.
static void set_end(struct work *work, double update_square_sum)
{
    const struct pt_update *update = work->update;
    double count = (double)update->parameter->elements;
    double rate = update->learning_rate, t = (double)update->step;
    if (update->options->relative_step)
        rate *= fmin(most_relative_step, 1 / sqrt(t));
    if (work->wants_size)
        rate *= fmax(least_size, sqrt(sum_of_parts(work, work->sizes) / count));
    double size = sqrt(update_square_sum / count) / update->options->clip_threshold;
    work->end.row_factor = (float)(rate / (size > 1 ? size : 1)); // NaN stays out of the factor
    if (isnan(size))
        work->end.row_factor = NAN;
    work->end.parameter_scale = (float)(1 - rate * update->weight_decay);
    work->end.one_minus_beta1 = (float)(1 - update->options->beta1);
}

// --------------------------------------------------------------------------------- of a matrix
static void sum_squares(void *context, struct pt_range range)
{
    struct work *work = context;
    const struct pt_optimizer_loops *loops = pt_optimizer_loops();
    for (int64_t part = range.begin; part < range.end; part++) {
        struct pt_range rows = pt_part_range(work->parts, part, work->rows);
        work->sizes[part] = 0;
        for (int64_t row = rows.begin; row < rows.end; row++) {
            int64_t at = row * work->columns;
            loops->row_squares(work->update->gradients + at, work->columns, &work->row_factors[row],
                               work->column_parts + part * aligned(work->columns),
                               row == rows.begin);
            if (work->wants_size)
                work->sizes[part] +=
                    loops->square_sum(work->update->parameters + at, work->columns);
        }
    }
}

// Moves the moving average towards the mean of squares: sum * scale + epsilon.
static void follow(const struct work *work, float *average, double sum, double scale)
{
    double mean = sum * scale + square_epsilon;
    *average += (float)((double)work->one_minus_beta2 * (mean - (double)*average));
}

static void make_row_factors(struct work *work, double scale)
{
    float *averages = work->update->states[PT_STATE_ROWS];
    double mean = 0;
    for (int64_t row = 0; row < work->rows; row++) {
        follow(work, &averages[row], (double)work->row_factors[row], scale);
        mean += (double)averages[row];
    }
    mean /= (double)work->rows;
    for (int64_t row = 0; row < work->rows; row++)
        work->row_factors[row] = (float)(1 / sqrt((double)averages[row] / mean));
}

static void make_column_factors(struct work *work, double scale)
{
    float *averages = work->update->states[PT_STATE_COLUMNS], *sums = work->column_parts;
    for (int64_t part = 1; part < work->parts.count; part++)
        for (int64_t column = 0; column < work->columns; column++)
            sums[column] += sums[part * aligned(work->columns) + column];
    for (int64_t column = 0; column < work->columns; column++) {
        follow(work, &averages[column], (double)sums[column], scale);
        work->column_factors[column] = (float)(1 / sqrt((double)averages[column]));
    }
}

static void sum_update_squares(void *context, struct pt_range range)
{
    struct work *work = context;
    const struct pt_optimizer_loops *loops = pt_optimizer_loops();
    for (int64_t part = range.begin; part < range.end; part++) {
        struct pt_range rows = pt_part_range(work->parts, part, work->rows);
        work->sums[part] = 0;
        for (int64_t row = rows.begin; row < rows.end; row++) {
            double factor = (double)work->row_factors[row];
            work->sums[part] +=
                factor * factor *
                loops->weighted_square_sum(work->update->gradients + row * work->columns,
                                           work->column_factors, work->columns);
        }
    }
}

static void change_rows(void *context, struct pt_range range)
{
    const struct work *work = context;
    const struct pt_update *update = work->update;
    float *m = update->states[PT_STATE_M];
    double scale = factor_of(update->scale) * (double)work->end.row_factor;
    for (int64_t part = range.begin; part < range.end; part++) {
        struct pt_range rows = pt_part_range(work->parts, part, work->rows);
        for (int64_t row = rows.begin; row < rows.end; row++) {
            int64_t at = row * work->columns;
            struct pt_adafactor_end end = work->end;
            end.row_factor = (float)((double)work->row_factors[row] * scale);
            pt_optimizer_loops()->adafactor_row(update->parameters + at, m == NULL ? NULL : m + at,
                                                update->gradients + at, work->column_factors,
                                                work->columns, &end);
        }
    }
}

static int64_t update_matrix(struct work *work)
{
    const struct pt_update *update = work->update;
    double scale = factor_of(update->scale), squared = scale * scale;
    int64_t elements = work->rows * work->columns, flop = 0;
    work->parts = pt_split_parts(work->rows, PT_ADAFACTOR_ROWS_LEAST);
    work->row_factors = update->workspace;
    work->column_factors = work->row_factors + aligned(work->rows);
    work->column_parts = work->column_factors + aligned(work->columns);

    run_parts(work, sum_squares);
    flop += (3 + (work->wants_size ? 2 : 0)) * elements;
    make_row_factors(work, squared / (double)work->columns);
    flop += (2 + 3 + 1 + 3) * work->rows;
    make_column_factors(work, squared / (double)work->rows);
    flop += (2 + 3 + 2) * work->columns;
    run_parts(work, sum_update_squares);
    flop += 3 * elements + 3 * work->rows;
    set_end(work, squared * sum_of_parts(work, work->sums));
    run_parts(work, change_rows);
    return flop + 3 * elements + work->rows;
}

// --------------------------------------------------------------------------------- of a vector
static void follow_squares(void *context, struct pt_range range)
{
    struct work *work = context;
    const struct pt_update *update = work->update;
    const struct pt_optimizer_loops *loops = pt_optimizer_loops();
    for (int64_t part = range.begin; part < range.end; part++) {
        struct pt_range at = pt_part_range(work->parts, part, work->columns);
        work->sums[part] = loops->adafactor_square(
            update->states[PT_STATE_V] + at.begin, update->gradients + at.begin, at.end - at.begin,
            work->one_minus_beta2, (float)square_epsilon, update->scale);
        work->sizes[part] = 0;
        if (work->wants_size)
            work->sizes[part] = loops->square_sum(update->parameters + at.begin, at.end - at.begin);
    }
}

static void change_numbers(void *context, struct pt_range range)
{
    const struct work *work = context;
    const struct pt_update *update = work->update;
    float *m = update->states[PT_STATE_M];
    for (int64_t part = range.begin; part < range.end; part++) {
        struct pt_range at = pt_part_range(work->parts, part, work->columns);
        pt_optimizer_loops()->adafactor_vector(
            update->parameters + at.begin, m == NULL ? NULL : m + at.begin,
            update->states[PT_STATE_V] + at.begin, update->gradients + at.begin, at.end - at.begin,
            &work->end, update->scale);
    }
}

static int64_t update_vector(struct work *work)
{
    int64_t elements = work->update->parameter->elements;
    work->rows = 1;
    work->columns = elements;
    work->parts = pt_split_parts(elements, ELEMENTS_LEAST);
    run_parts(work, follow_squares);
    set_end(work, sum_of_parts(work, work->sums));
    run_parts(work, change_numbers);
    return (5 + 2 + 2 + (work->wants_size ? 2 : 0) + 2 + 1 + 1 +
            (work->update->scale.wanted ? 1 : 0)) *
           elements;
}

static int64_t update_whole(const struct pt_update *update)
{
    const struct pt_optimizer_parameter *parameter = update->parameter;
    struct work work = {.update = update,
                        .rows = parameter->rows,
                        .columns = parameter->columns,
                        .wants_size = !update->options->ignore_scale,
                        .one_minus_beta2 = (float)pow((double)update->step, decay_exponent)};
    int64_t flop = parameter->as_matrix ? update_matrix(&work) : update_vector(&work);
    return flop +
           ((update->weight_decay != 0 ? 1 : 0) + (update->states[PT_STATE_M] != NULL ? 3 : 0)) *
               parameter->elements;
}

const struct pt_optimizer_rule pt_rule_adafactor = {
    .kind = PT_ADAFACTOR,
    .name = "adafactor",
    .update_whole = update_whole,
};
