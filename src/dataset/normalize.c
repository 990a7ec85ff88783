// Normalization: every feature as (x - mean) / deviation or moved to [0, 1], with statistics of the
// training part alone, because those of the test part would leak into training.

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "dataset/internal.h"

enum { BYTE_VALUES = 256 };
#define BYTE_MOST 255.0

// What normalization asks of numbers, kept exactly enough for long columns.
struct statistics {
    double count, mean, squares; // Welford 1962: sum of squared distances from the mean
    double least, most;
};

// y = x * scale + shift.
struct affine {
    double scale, shift;
};

enum pt_status pt_normalize_read(const struct pt_node *node, struct pt_normalize *normalize,
                                 struct pt_error *error)
{
    static const char *const words[] = {"none", "unit", "standard", NULL};
    static const char *const keys[] = {"mean", "std", NULL};
    const struct pt_node *value = pt_node_find(node, "normalize");
    int index;

    if (value == NULL)
        return PT_OK;
    if (value->kind != PT_NODE_MAPPING) {
        enum pt_status status = pt_node_choice(value, words, &index, error);
        if (status == PT_OK)
            normalize->kind = (enum pt_normalize_kind)index;
        return status;
    }
    enum pt_status status = pt_node_check_keys(value, keys, error);
    if (status == PT_OK)
        status = pt_node_get_number(value, "mean", PT_REQUIRED, -FLT_MAX, FLT_MAX, &normalize->mean,
                                    error);
    if (status == PT_OK)
        status = pt_node_get_number(value, "std", PT_REQUIRED, FLT_MIN, FLT_MAX,
                                    &normalize->deviation, error);
    if (status == PT_OK)
        normalize->kind = PT_NORMALIZE_GIVEN;
    return status;
}

static void add_values(struct statistics *statistics, double value, double count)
{
    if (count == 0)
        return;
    bool is_first = statistics->count == 0;
    double distance = value - statistics->mean, before = statistics->count;
    statistics->count += count;
    statistics->mean += distance * count / statistics->count;
    statistics->squares += distance * distance * before * count / statistics->count;
    statistics->least = is_first ? value : fmin(statistics->least, value);
    statistics->most = is_first ? value : fmax(statistics->most, value);
}

static struct affine standard(double mean, double deviation)
{
    return (struct affine){1 / deviation, -mean / deviation};
}

// A feature that never changes becomes 0.
static struct affine affine_of(const struct pt_normalize *normalize,
                               const struct statistics *statistics)
{
    double range = statistics->most - statistics->least;
    switch (normalize->kind) {
    case PT_NORMALIZE_NONE:
        break;
    case PT_NORMALIZE_UNIT:
        return standard(statistics->least, range > 0 ? range : 1);
    case PT_NORMALIZE_STANDARD:
        return standard(statistics->mean,
                        range > 0 ? sqrt(statistics->squares / statistics->count) : 1);
    case PT_NORMALIZE_GIVEN:
        return standard(normalize->mean, normalize->deviation);
    }
    return (struct affine){1, 0};
}

static struct statistics byte_statistics(const struct pt_dataset *dataset)
{
    int64_t counts[4][BYTE_VALUES] = {{0}}; // four, so that equal neighbours do not wait
    int64_t count = dataset->sample_count * dataset->feature_count;
    struct statistics statistics = {0};

    for (int64_t i = 0; i < count; i++)
        counts[i & 3][dataset->feature_bytes[i]]++;
    for (int value = 0; value < BYTE_VALUES; value++)
        add_values(
            &statistics, value,
            (double)(counts[0][value] + counts[1][value] + counts[2][value] + counts[3][value]));
    return statistics;
}

void pt_normalize_bytes(struct pt_dataset_pair *pair, const struct pt_normalize *normalize)
{
    struct affine affine = {1, 0};
    struct statistics statistics = {0};

    if (normalize->kind == PT_NORMALIZE_STANDARD) {
        statistics = byte_statistics(pair->train);
        affine = affine_of(normalize, &statistics);
    } else if (normalize->kind == PT_NORMALIZE_UNIT) {
        affine.scale = 1 / BYTE_MOST;
    } else if (normalize->kind == PT_NORMALIZE_GIVEN) {
        affine = standard(normalize->mean, normalize->deviation);
        affine.scale /= BYTE_MOST;
    }
    for (int i = 0; i < 2; i++) {
        struct pt_dataset *part = i == 0 ? pair->train : pair->test;
        if (part == NULL)
            continue;
        part->byte_scale = (float)affine.scale;
        part->byte_shift = (float)affine.shift;
    }
}

// The part's floats are ours until the dataset is handed out.
static enum pt_status apply(struct pt_dataset *part, const struct affine *affines, bool each,
                            const bool *skip, struct pt_error *error)
{
    if (part == NULL)
        return PT_OK;
    float *values = (float *)(uintptr_t)part->features;
    for (int64_t row = 0; row < part->sample_count; row++)
        for (int64_t i = 0; i < part->feature_count; i++) {
            struct affine affine = affines[each ? i : 0];
            if (skip != NULL && skip[i])
                continue;
            double value = (double)values[row * part->feature_count + i];
            double normal = value * affine.scale + affine.shift;
            if (!(fabs(normal) <= (double)FLT_MAX))
                return pt_fail(error, PT_BAD_INPUT,
                               "feature %" PRId64 " of sample %" PRId64
                               ": %g cannot be normalized, it becomes %g",
                               i, row, value, normal);
            values[row * part->feature_count + i] = (float)normal;
        }
    return PT_OK;
}

static void take_statistics(const struct pt_dataset *train, bool each,
                            struct statistics *statistics)
{
    const float *value = train->features;
    for (int64_t row = 0; row < train->sample_count; row++)
        for (int64_t i = 0; i < train->feature_count; i++)
            add_values(&statistics[each ? i : 0], (double)*value++, 1);
}

enum pt_status pt_normalize_floats(struct pt_dataset_pair *pair,
                                   const struct pt_normalize *normalize, bool each,
                                   const bool *skip, struct pt_error *error)
{
    size_t count = each ? (size_t)pair->train->feature_count : 1;

    if (normalize->kind == PT_NORMALIZE_NONE)
        return PT_OK;
    struct statistics *statistics = calloc(count, sizeof *statistics);
    struct affine *affines = calloc(count, sizeof *affines);
    enum pt_status status = PT_OK;
    if (statistics == NULL || affines == NULL)
        status = pt_fail(error, PT_NO_MEMORY, "no memory to normalize %zu features", count);
    if (status == PT_OK) {
        take_statistics(pair->train, each, statistics);
        for (size_t i = 0; i < count; i++)
            affines[i] = affine_of(normalize, &statistics[i]);
        status = apply(pair->train, affines, each, skip, error);
    }
    if (status == PT_OK)
        status = apply(pair->test, affines, each, skip, error);
    free(statistics);
    free(affines);
    return status;
}
