// kind: series. Windows of a time series in a CSV file, and what comes after each.
//
// Windows are not copied: a sample is a stretch of rows of one matrix, read when a batch is made.
// The last rows are the test part. A training window, with its target, ends before them; a test
// window may begin before them, because the past is known when one forecasts.

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dataset/series_plan.h"

// The file as numbers, in memory that both parts read. Row t of inputs is what is known at time t.
struct series {
    struct pt_series_plan plan;
    int64_t first_row, row_count; // a change needs a row before it, so rows begin at 1
    int64_t split;                // the first row of the test part; row_count if there is none
    float *inputs;                // [row_count, column_count], normalized
    double *levels;               // [row_count], of the target as in the file
    double target_mean, target_deviation;
};

// State of one part; each has the matrix of its own, so that each can be destroyed alone.
struct reader {
    int64_t first_end; // row of the last input of sample 0
    int64_t window, column_count, horizon, target_count;
    enum pt_series_change change;
    const float *inputs;
    const double *levels;
    double target_mean, target_deviation;
};

// What the target is, in the file's units, so many steps after row end: the level itself, or how it
// has changed since.
static double target_after(enum pt_series_change change, const double *levels, int64_t end,
                           int64_t steps)
{
    double now = levels[end], then = levels[end + steps];
    switch (change) {
    case PT_SERIES_LEVEL:
        return then;
    case PT_SERIES_DIFFERENCE:
        return then - now;
    case PT_SERIES_LOG_RETURN:
        return log(then / now);
    }
    return (double)NAN;
}

// Target number i of target_count is so many steps ahead: only the last, or each up to it.
static int64_t steps_of(const struct reader *reader, int64_t i)
{
    return reader->target_count == 1 ? reader->horizon : i + 1;
}

static enum pt_status read_window(const void *state, int64_t index, uint64_t random,
                                  float *features, int32_t *tokens, int32_t *labels, float *targets,
                                  struct pt_error *error)
{
    const struct reader *reader = state;
    int64_t end = reader->first_end + index, width = reader->column_count;
    (void)random;
    (void)tokens;
    (void)labels;
    (void)error;

    if (features != NULL)
        memcpy(features, reader->inputs + (end - reader->window + 1) * width,
               (size_t)(reader->window * width) * sizeof *features);
    for (int64_t i = 0; targets != NULL && i < reader->target_count; i++) {
        double value = target_after(reader->change, reader->levels, end, steps_of(reader, i));
        targets[i] = (float)((value - reader->target_mean) / reader->target_deviation);
    }
    return PT_OK;
}

static const struct pt_dataset_reader window_reader = {.read = read_window};

// The error of the forecast that the level stays what it is, in the units of targets.
static double naive_error(const struct reader *reader, int64_t sample_count)
{
    double sum = 0;
    for (int64_t index = 0; index < sample_count; index++) {
        int64_t end = reader->first_end + index;
        for (int64_t i = 0; i < reader->target_count; i++) {
            double truth = target_after(reader->change, reader->levels, end, steps_of(reader, i));
            double forecast = reader->change == PT_SERIES_LEVEL ? reader->levels[end] : 0;
            double distance = (truth - forecast) / reader->target_deviation;
            sum += distance * distance;
        }
    }
    return sum / (double)(sample_count * reader->target_count);
}

// Levels are floats, but their differences may leave that range.
static enum pt_status check_targets(const struct series *series, const struct reader *reader,
                                    int64_t sample_count, struct pt_error *error)
{
    const struct pt_series_plan *plan = &series->plan;
    for (int64_t index = 0; index < sample_count; index++)
        for (int64_t i = 0; i < reader->target_count; i++) {
            int64_t end = reader->first_end + index, steps = steps_of(reader, i);
            double value = target_after(reader->change, reader->levels, end, steps);
            if (fabs((value - reader->target_mean) / reader->target_deviation) > (double)FLT_MAX)
                return pt_csv_table_fail(error, &plan->table, plan->rows[end + steps],
                                         plan->target_column,
                                         "the target of %g is too large for a number", value);
        }
    return PT_OK;
}

// Samples whose last inputs are the rows [from, to).
static enum pt_status make_part(const struct series *series, int64_t from, int64_t to,
                                struct pt_dataset **ret_dataset, struct pt_error *error)
{
    const struct pt_series_plan *plan = &series->plan;
    struct pt_dataset *dataset;
    enum pt_status status = pt_dataset_create(&dataset, error);
    if (status != PT_OK)
        return status;
    *ret_dataset = dataset; // the caller releases it if we fail
    size_t cells = (size_t)(series->row_count * plan->column_count);
    struct reader *reader = pt_arena_alloc(dataset->arena, 1, sizeof *reader);
    float *inputs = pt_arena_alloc(dataset->arena, cells, sizeof *inputs);
    double *levels = pt_arena_alloc(dataset->arena, (size_t)series->row_count, sizeof *levels);
    if (reader == NULL || inputs == NULL || levels == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory for %" PRId64 " rows", plan->table.file,
                       series->row_count);
    memcpy(inputs, series->inputs, cells * sizeof *inputs);
    memcpy(levels, series->levels, (size_t)series->row_count * sizeof *levels);
    *reader = (struct reader){.first_end = from,
                              .window = plan->window,
                              .column_count = plan->column_count,
                              .horizon = plan->horizon,
                              .target_count = plan->every_step ? plan->horizon : 1,
                              .change = plan->target_change,
                              .inputs = inputs,
                              .levels = levels,
                              .target_mean = series->target_mean,
                              .target_deviation = series->target_deviation};
    status = check_targets(series, reader, to - from, error);
    if (status != PT_OK)
        return status;
    dataset->reader = &window_reader;
    dataset->reader_state = reader;
    dataset->sample_count = to - from;
    dataset->rank = 2;
    dataset->dims[0] = plan->window;
    dataset->dims[1] = plan->column_count;
    dataset->feature_count = plan->window * plan->column_count;
    dataset->target_count = reader->target_count;
    dataset->target_scale = series->target_deviation;
    dataset->target_shift = series->target_mean;
    dataset->naive_mse = naive_error(reader, dataset->sample_count);
    return PT_OK;
}

// One column of the matrix: levels, or their changes from the row before.
static enum pt_status fill_column(const struct series *series, int64_t place, const double *values,
                                  struct pt_error *error)
{
    const struct pt_series_plan *plan = &series->plan;
    enum pt_series_change change = plan->columns[place].change;
    for (int64_t row = series->first_row; row < series->row_count; row++) {
        double value = values[row];
        if (change == PT_SERIES_DIFFERENCE)
            value = values[row] - values[row - 1];
        else if (change == PT_SERIES_LOG_RETURN)
            value = log(values[row] / values[row - 1]);
        if (!(fabs(value) <= (double)FLT_MAX))
            return pt_csv_table_fail(error, &plan->table, plan->rows[row],
                                     plan->columns[place].column,
                                     "the change to %g is too large for a number", values[row]);
        series->inputs[row * plan->column_count + place] = (float)value;
    }
    return PT_OK;
}

static enum pt_status fill_matrix(struct series *series, struct pt_arena *arena,
                                  struct pt_error *error)
{
    struct pt_series_plan *plan = &series->plan;
    enum pt_status status = PT_OK;
    double *values = pt_arena_alloc(arena, (size_t)series->row_count, sizeof *values);
    series->inputs = pt_arena_alloc(arena, (size_t)series->row_count,
                                    (size_t)plan->column_count * sizeof *series->inputs);
    series->levels = pt_arena_alloc(arena, (size_t)series->row_count, sizeof *series->levels);
    if (values == NULL || series->inputs == NULL || series->levels == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory for %" PRId64 " rows", plan->table.file,
                       series->row_count);
    for (int64_t i = 0; i < plan->column_count && status == PT_OK; i++) {
        status = pt_series_read_column(plan, plan->columns[i].column, plan->columns[i].change,
                                       values, error);
        if (status == PT_OK)
            status = fill_column(series, i, values, error);
    }
    if (status == PT_OK)
        status = pt_series_read_column(plan, plan->target_column, plan->target_change,
                                       series->levels, error);
    return status;
}

// Columns by the statistics of the training rows.
static enum pt_status normalize_inputs(struct series *series, struct pt_error *error)
{
    const struct pt_series_plan *plan = &series->plan;
    int64_t width = plan->column_count, first = series->first_row;
    struct pt_dataset train = {.sample_count = series->split - first,
                               .rank = 1,
                               .feature_count = width,
                               .features = series->inputs + first * width};
    struct pt_dataset test = {.sample_count = series->row_count - series->split,
                              .rank = 1,
                              .feature_count = width,
                              .features = series->inputs + series->split * width};
    struct pt_dataset_pair pair = {&train, test.sample_count > 0 ? &test : NULL};
    return pt_normalize_floats(&pair, &plan->normalize, width, NULL, error);
}

// Targets by the statistics of the training samples, whose last inputs are the rows [from, to).
static void normalize_targets(struct series *series, int64_t from, int64_t to)
{
    const struct pt_series_plan *plan = &series->plan;
    int64_t first_step = plan->every_step ? 1 : plan->horizon;
    double count = 0, mean = 0, squares = 0; // Welford 1962
    double least = (double)INFINITY, most = -(double)INFINITY;

    series->target_mean = 0;
    series->target_deviation = 1;
    if (plan->normalize.kind == PT_NORMALIZE_NONE)
        return;
    for (int64_t end = from; end < to; end++)
        for (int64_t steps = first_step; steps <= plan->horizon; steps++) {
            double value = target_after(plan->target_change, series->levels, end, steps);
            double distance = value - mean;
            mean += distance / ++count;
            squares += distance * (value - mean);
            least = fmin(least, value);
            most = fmax(most, value);
        }
    bool is_unit = plan->normalize.kind == PT_NORMALIZE_UNIT;
    series->target_mean = is_unit ? least : mean;
    if (most > least)
        series->target_deviation = is_unit ? most - least : sqrt(squares / count);
}

static enum pt_status too_short(const struct series *series, const char *part, int64_t rows,
                                struct pt_error *error)
{
    const struct pt_series_plan *plan = &series->plan;
    return pt_fail(error, PT_BAD_INPUT,
                   "%s: the %s part has %" PRId64 " rows, too few for a window of %" PRId64
                   " and a horizon of %" PRId64,
                   plan->table.file, part, rows, plan->window, plan->horizon);
}

static enum pt_status make_pair(struct series *series, struct pt_arena *arena,
                                struct pt_dataset_pair *pair, struct pt_error *error)
{
    const struct pt_series_plan *plan = &series->plan;
    int64_t usable = series->row_count - series->first_row;
    series->split = series->row_count;
    if (plan->test_share > 0)
        series->split -= (int64_t)llround(plan->test_share * (double)usable);

    // Row of the last input: a whole window before it, horizon rows of the same part behind it.
    int64_t from = series->first_row + plan->window - 1, to = series->split - plan->horizon;
    int64_t test_from = series->split - 1, test_to = series->row_count - plan->horizon;
    if (to <= from)
        return too_short(series, "training", series->split, error);
    if (plan->test_share > 0 && (test_to <= test_from || test_from < from))
        return too_short(series, "test", series->row_count - series->split, error);
    enum pt_status status = fill_matrix(series, arena, error);
    if (status == PT_OK)
        status = normalize_inputs(series, error);
    if (status != PT_OK)
        return status;
    normalize_targets(series, from, to);
    status = make_part(series, from, to, &pair->train, error);
    if (status == PT_OK && plan->test_share > 0)
        status = make_part(series, test_from, test_to, &pair->test, error);
    return status;
}

static bool needs_row_before(const struct pt_series_plan *plan)
{
    for (int64_t i = 0; i < plan->column_count; i++)
        if (plan->columns[i].change != PT_SERIES_LEVEL)
            return true;
    return false;
}

static enum pt_status open_series(const struct pt_node *node, const char *base_directory,
                                  struct pt_dataset_pair *ret_pair, struct pt_error *error)
{
    struct pt_dataset_pair pair = {NULL, NULL};
    struct series series = {.split = 0};

    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to read a dataset");
    enum pt_status status = pt_series_plan_make(arena, node, base_directory, &series.plan, error);
    if (status == PT_OK) {
        series.row_count = series.plan.row_count;
        series.first_row = needs_row_before(&series.plan) ? 1 : 0;
        status = make_pair(&series, arena, &pair, error);
    }
    pt_arena_destroy(arena);
    if (status != PT_OK) {
        pt_dataset_destroy(pair.train);
        pt_dataset_destroy(pair.test);
        return status;
    }
    *ret_pair = pair;
    return PT_OK;
}

const struct pt_dataset_source pt_dataset_source_series = {.name = "series", .open = open_series};
