// kind: csv. Columns become features, labels or targets; missing cells are refused, filled or their
// sample is dropped, as the mapping says.
//
// A missing number is NAN until the parts are split, because the mean that fills it comes from the
// training part alone.

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "base/size.h"
#include "dataset/csv_plan.h"

// What is being made of a table; the arrays live in the arena of dataset.
struct encoder {
    const struct pt_csv_plan *plan;
    const struct pt_csv_table *table;
    struct pt_dataset *dataset;
    float *features, *targets;
    int32_t *labels;
    int64_t row, sample; // the row that is read, the sample that it becomes
    struct pt_error *error;
};

// A cell is missing: *ret_drop tells that its sample goes, and the caller puts NAN if not.
static enum pt_status meet_missing(struct encoder *encoder, int64_t column, bool is_feature,
                                   bool *ret_drop)
{
    enum pt_csv_missing missing = encoder->plan->missing;
    if (missing == PT_CSV_MISSING_DROP) {
        *ret_drop = true;
        return PT_OK;
    }
    if (is_feature && missing != PT_CSV_MISSING_REFUSE)
        return PT_OK;
    struct pt_csv_cell cell = pt_csv_table_cell(encoder->table, encoder->row, column);
    return pt_csv_table_fail(encoder->error, encoder->table, encoder->row, column,
                             "the value is missing ('%.*s'); %s", cell.length, cell.text,
                             is_feature ? "say missing: mean, zero or drop"
                                        : "say missing: drop, as nothing can be learned from it");
}

static enum pt_status encode_number(struct encoder *encoder, int64_t column, bool is_feature,
                                    float *number, bool *ret_drop)
{
    struct pt_csv_cell cell = pt_csv_table_cell(encoder->table, encoder->row, column);
    double value = (double)NAN;

    if (pt_csv_cell_missing(cell)) {
        enum pt_status status = meet_missing(encoder, column, is_feature, ret_drop);
        if (status != PT_OK)
            return status;
    } else if (!pt_csv_cell_number(cell, &value)) {
        return pt_csv_table_fail(encoder->error, encoder->table, encoder->row, column,
                                 "'%.*s' is not a number%s", cell.length, cell.text,
                                 is_feature ? "; name the column in one_hot or leave it out of "
                                              "features"
                                            : "; classes are named by 'label'");
    }
    *number = (float)value;
    return PT_OK;
}

static enum pt_status encode_one_hot(struct encoder *encoder, const struct pt_csv_input *input,
                                     float *numbers, bool *ret_drop)
{
    struct pt_csv_cell cell = pt_csv_table_cell(encoder->table, encoder->row, input->column);
    bool is_missing = pt_csv_cell_missing(cell);
    int64_t place = is_missing ? -1 : pt_csv_categories_index(&input->categories, cell);

    if (is_missing) {
        enum pt_status status = meet_missing(encoder, input->column, true, ret_drop);
        if (status != PT_OK)
            return status;
    } else if (place < 0) {
        return pt_csv_table_fail(encoder->error, encoder->table, encoder->row, input->column,
                                 "'%.*s' does not occur in %s", cell.length, cell.text,
                                 encoder->plan->train.file);
    }
    for (int64_t i = 0; i < input->feature_count; i++)
        numbers[i] = is_missing ? NAN : (i == place ? 1.0F : 0.0F);
    return PT_OK;
}

// The place of the class, by its name; by its number if the names given are not numbers.
static int64_t class_of(const struct pt_csv_categories *classes, struct pt_csv_cell cell)
{
    int64_t place = pt_csv_categories_index(classes, cell);
    double number;
    if (place < 0 && !classes->all_integers && pt_csv_cell_number(cell, &number) && number >= 0 &&
        number < (double)classes->count && number == floor(number))
        place = (int64_t)number;
    return place;
}

static enum pt_status encode_label(struct encoder *encoder, bool *ret_drop)
{
    const struct pt_csv_plan *plan = encoder->plan;
    struct pt_csv_cell cell = pt_csv_table_cell(encoder->table, encoder->row, plan->label_column);

    if (pt_csv_cell_missing(cell))
        return meet_missing(encoder, plan->label_column, false, ret_drop);
    int64_t place = class_of(&plan->classes, cell);
    if (place < 0)
        return pt_csv_table_fail(encoder->error, encoder->table, encoder->row, plan->label_column,
                                 "'%.*s' is none of the %" PRId64 " classes", cell.length,
                                 cell.text, plan->classes.count);
    encoder->labels[encoder->sample] = (int32_t)place;
    return PT_OK;
}

static enum pt_status encode_row(struct encoder *encoder, bool *ret_drop)
{
    const struct pt_csv_plan *plan = encoder->plan;
    enum pt_status status = PT_OK;

    if (plan->is_classes)
        status = encode_label(encoder, ret_drop);
    for (int64_t i = 0; status == PT_OK && i < plan->target_count; i++)
        status =
            encode_number(encoder, plan->target_columns[i], false,
                          &encoder->targets[encoder->sample * plan->target_count + i], ret_drop);
    for (int64_t i = 0; status == PT_OK && i < plan->input_count; i++) {
        const struct pt_csv_input *input = &plan->inputs[i];
        float *numbers =
            encoder->features + encoder->sample * plan->feature_count + input->first_feature;
        if (input->is_one_hot)
            status = encode_one_hot(encoder, input, numbers, ret_drop);
        else
            status = encode_number(encoder, input->column, true, numbers, ret_drop);
    }
    return status;
}

static enum pt_status allocate(struct encoder *encoder)
{
    const struct pt_csv_plan *plan = encoder->plan;
    struct pt_arena *arena = encoder->dataset->arena;
    int64_t rows = encoder->table->row_count, numbers;

    if (!pt_size_product(rows, plan->feature_count, &numbers))
        return pt_fail(encoder->error, PT_OVERFLOW,
                       "%s: %" PRId64 " samples of %" PRId64 " features are too many",
                       encoder->table->file, rows, plan->feature_count);
    encoder->features = pt_arena_alloc(arena, (size_t)numbers, sizeof(float));
    if (plan->is_classes)
        encoder->labels = pt_arena_alloc(arena, (size_t)rows, sizeof(int32_t));
    else
        encoder->targets =
            pt_arena_alloc(arena, (size_t)rows, (size_t)plan->target_count * sizeof(float));
    if (encoder->features == NULL || (encoder->labels == NULL && encoder->targets == NULL))
        return pt_fail(encoder->error, PT_NO_MEMORY,
                       "%s: no memory for %" PRId64 " samples of %" PRId64 " features",
                       encoder->table->file, rows, plan->feature_count);
    return PT_OK;
}

static enum pt_status name_classes(struct encoder *encoder)
{
    const struct pt_csv_categories *classes = &encoder->plan->classes;
    struct pt_arena *arena = encoder->dataset->arena;
    const char **names = pt_arena_alloc(arena, (size_t)classes->count, sizeof *names);

    for (int64_t i = 0; names != NULL && i < classes->count; i++)
        if ((names[i] = pt_arena_strdup(arena, classes->names[i])) == NULL)
            names = NULL;
    if (names == NULL)
        return pt_fail(encoder->error, PT_NO_MEMORY, "no memory for the names of classes");
    encoder->dataset->class_names = names;
    return PT_OK;
}

static enum pt_status encode_rows(struct encoder *encoder)
{
    for (encoder->row = 0; encoder->row < encoder->table->row_count; encoder->row++) {
        bool drop = false;
        enum pt_status status = encode_row(encoder, &drop);
        if (status != PT_OK)
            return status;
        encoder->sample += drop ? 0 : 1;
    }
    if (encoder->sample == 0)
        return pt_fail(encoder->error, PT_BAD_INPUT,
                       "%s: every sample misses a value, so missing: drop leaves none",
                       encoder->table->file);
    return PT_OK;
}

static enum pt_status encode_table(const struct pt_csv_plan *plan, const struct pt_csv_table *table,
                                   struct pt_dataset **ret_dataset, struct pt_error *error)
{
    struct encoder encoder = {.plan = plan, .table = table, .error = error};

    enum pt_status status = pt_dataset_create(&encoder.dataset, error);
    if (status != PT_OK)
        return status;
    status = allocate(&encoder);
    if (status == PT_OK && plan->is_classes)
        status = name_classes(&encoder);
    if (status == PT_OK)
        status = encode_rows(&encoder);
    if (status != PT_OK) {
        pt_dataset_destroy(encoder.dataset);
        return status;
    }
    struct pt_dataset *dataset = encoder.dataset;
    dataset->sample_count = encoder.sample;
    dataset->rank = 1;
    dataset->dims[0] = dataset->feature_count = plan->feature_count;
    dataset->features = encoder.features;
    dataset->labels = encoder.labels;
    dataset->class_count = plan->is_classes ? plan->classes.count : 0;
    dataset->targets = encoder.targets;
    dataset->target_count = plan->target_count;
    *ret_dataset = dataset;
    return PT_OK;
}

static void fill(struct pt_dataset *part, const double *fillers)
{
    if (part == NULL)
        return;
    float *value = (float *)(uintptr_t)part->features; // ours until the dataset is handed out
    for (int64_t row = 0; row < part->sample_count; row++)
        for (int64_t i = 0; i < part->feature_count; i++, value++)
            if (isnan(*value))
                *value = (float)fillers[i];
}

// The mean of what the training part knows of each feature.
static enum pt_status take_means(const struct pt_csv_plan *plan, const struct pt_dataset *train,
                                 double *means, double *counts, struct pt_error *error)
{
    const float *value = train->features;
    for (int64_t row = 0; row < train->sample_count; row++)
        for (int64_t i = 0; i < train->feature_count; i++, value++)
            if (!isnan(*value)) {
                means[i] += (double)*value;
                counts[i]++;
            }
    for (int64_t i = 0; i < plan->input_count; i++) {
        const struct pt_csv_input *input = &plan->inputs[i];
        if (counts[input->first_feature] == 0)
            return pt_fail(error, PT_BAD_INPUT,
                           "%s: column '%s' has no value in the training part, so no mean",
                           plan->train.file, plan->train.names[input->column]);
    }
    for (int64_t i = 0; i < train->feature_count; i++)
        means[i] /= counts[i];
    return PT_OK;
}

static enum pt_status fill_missing(const struct pt_csv_plan *plan, struct pt_dataset_pair *pair,
                                   struct pt_error *error)
{
    enum pt_status status = PT_OK;

    if (plan->missing != PT_CSV_MISSING_MEAN && plan->missing != PT_CSV_MISSING_ZERO)
        return PT_OK;
    double *fillers = calloc((size_t)plan->feature_count, sizeof *fillers);
    double *counts = calloc((size_t)plan->feature_count, sizeof *counts);
    if (fillers == NULL || counts == NULL)
        status = pt_fail(error, PT_NO_MEMORY, "no memory to fill missing values");
    else if (plan->missing == PT_CSV_MISSING_MEAN)
        status = take_means(plan, pair->train, fillers, counts, error);
    if (status == PT_OK) {
        fill(pair->train, fillers);
        fill(pair->test, fillers);
    }
    free(fillers);
    free(counts);
    return status;
}

static enum pt_status make_pair(const struct pt_csv_plan *plan, struct pt_dataset_pair *pair,
                                struct pt_error *error)
{
    enum pt_status status = encode_table(plan, &plan->train, &pair->train, error);
    if (status == PT_OK && plan->has_test)
        status = encode_table(plan, &plan->test, &pair->test, error);
    if (status == PT_OK)
        status = pt_dataset_apply_split(pair, plan->test_share, plan->seed, error);
    if (status == PT_OK)
        status = fill_missing(plan, pair, error);
    if (status == PT_OK)
        status = pt_normalize_floats(pair, &plan->normalize, plan->feature_count, plan->is_category,
                                     error);
    return status;
}

static enum pt_status open_csv(const struct pt_node *node, const char *base_directory,
                               struct pt_dataset_pair *ret_pair, struct pt_error *error)
{
    struct pt_dataset_pair pair = {NULL, NULL};
    struct pt_csv_plan plan;

    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to read a dataset");
    enum pt_status status = pt_csv_plan_make(arena, node, base_directory, &plan, error);
    if (status == PT_OK)
        status = make_pair(&plan, &pair, error);
    pt_arena_destroy(arena);
    if (status != PT_OK) {
        pt_dataset_destroy(pair.train);
        pt_dataset_destroy(pair.test);
        return status;
    }
    *ret_pair = pair;
    return PT_OK;
}

const struct pt_dataset_source pt_dataset_source_csv = {.name = "csv", .open = open_csv};
