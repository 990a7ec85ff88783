// Normalization: every feature as (x - mean) / deviation or moved to [0, 1], with statistics of the
// training part alone, because those of the test part would leak into training.

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "dataset/internal.h"
#include "dataset/picture.h"

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

// A number, or a list of at most PT_IMAGE_CHANNELS_MAX of them.
static enum pt_status read_numbers(const struct pt_node *mapping, const char *key, double least,
                                   double *numbers, int *ret_count, struct pt_error *error)
{
    const struct pt_node *value = pt_node_find(mapping, key);
    if (value == NULL || value->kind != PT_NODE_SEQUENCE) {
        *ret_count = 1;
        return pt_node_get_number(mapping, key, PT_REQUIRED, least, FLT_MAX, numbers, error);
    }
    if (value->count < 1 || value->count > PT_IMAGE_CHANNELS_MAX)
        return pt_node_fail(error, value,
                            "%s has %" PRId64 " numbers; one for each channel, 1 to %d, is needed",
                            key, value->count, PT_IMAGE_CHANNELS_MAX);
    enum pt_status status = PT_OK;
    int i = 0;
    for (const struct pt_node *item = value->first; item != NULL && status == PT_OK;
         item = item->next, i++)
        status = pt_node_number(item, least, FLT_MAX, &numbers[i], error);
    *ret_count = i;
    return status;
}

enum pt_status pt_normalize_read(const struct pt_node *node, struct pt_normalize *normalize,
                                 struct pt_error *error)
{
    static const char *const words[] = {"none", "unit", "standard", NULL};
    static const char *const keys[] = {"mean", "std", NULL};
    const struct pt_node *value = pt_node_find(node, "normalize");
    int index, means, deviations;

    if (normalize->channel_count == 0)
        normalize->channel_count = 1;
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
        status = read_numbers(value, "mean", -FLT_MAX, normalize->means, &means, error);
    if (status == PT_OK)
        status = read_numbers(value, "std", FLT_MIN, normalize->deviations, &deviations, error);
    if (status != PT_OK)
        return status;
    if (means != deviations)
        return pt_node_fail(error, value, "normalize has %d numbers as mean, but %d as std", means,
                            deviations);
    normalize->kind = PT_NORMALIZE_GIVEN;
    normalize->channel_count = means;
    return PT_OK;
}

enum pt_status pt_normalize_check(const struct pt_normalize *normalize, int rank,
                                  const int64_t *dims, struct pt_error *error)
{
    int64_t channels = rank == 3 ? dims[2] : 1;
    if (normalize->channel_count == 1 || normalize->channel_count == channels)
        return PT_OK;
    return pt_fail(error, PT_BAD_INPUT,
                   "normalize has %d means, but the samples have %" PRId64
                   " channel%s; give one number for all, or one for each channel",
                   normalize->channel_count, channels, channels == 1 ? "" : "s");
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
static struct affine affine_of(const struct pt_normalize *normalize, int64_t channel,
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
        return standard(normalize->means[channel], normalize->deviations[channel]);
    }
    return (struct affine){1, 0};
}

void pt_count_bytes(const uint8_t *bytes, int64_t count, int channel_count,
                    int64_t counts[][PT_BYTE_VALUES])
{
    int64_t parts[4][PT_BYTE_VALUES] = {{0}}; // four, so that equal neighbours do not wait
    if (channel_count > 1) {
        for (int64_t i = 0; i < count; i++)
            counts[i % channel_count][bytes[i]]++;
        return;
    }
    for (int64_t i = 0; i < count; i++)
        parts[i & 3][bytes[i]]++;
    for (int value = 0; value < PT_BYTE_VALUES; value++)
        counts[0][value] += parts[0][value] + parts[1][value] + parts[2][value] + parts[3][value];
}

void pt_normalize_from_counts(const struct pt_normalize *normalize,
                              int64_t counts[][PT_BYTE_VALUES], float *ret_scale, float *ret_shift)
{
    for (int c = 0; c < normalize->channel_count; c++) {
        struct affine affine = {1, 0};
        struct statistics statistics = {0};

        if (normalize->kind == PT_NORMALIZE_STANDARD) {
            for (int value = 0; value < PT_BYTE_VALUES; value++)
                add_values(&statistics, value, (double)counts[c][value]);
            affine = affine_of(normalize, c, &statistics);
        } else if (normalize->kind == PT_NORMALIZE_UNIT) {
            affine.scale = 1 / BYTE_MOST;
        } else if (normalize->kind == PT_NORMALIZE_GIVEN) {
            affine = standard(normalize->means[c], normalize->deviations[c]);
            affine.scale /= BYTE_MOST;
        }
        ret_scale[c] = (float)affine.scale;
        ret_shift[c] = (float)affine.shift;
    }
}

// Scales of channels ask for the path of pictures.
static enum pt_status set_channels(struct pt_dataset *part, int channel_count,
                                   struct pt_error *error)
{
    part->channel_count = channel_count;
    if (channel_count == 1)
        return PT_OK;
    return pt_picture_make(part->arena, part->rank, part->dims, channel_count, part->pixel_scale,
                           part->pixel_shift, NULL, &part->picture, error);
}

enum pt_status pt_normalize_bytes(struct pt_dataset_pair *pair,
                                  const struct pt_normalize *normalize, struct pt_error *error)
{
    int64_t counts[PT_IMAGE_CHANNELS_MAX][PT_BYTE_VALUES] = {{0}};
    const struct pt_dataset *train = pair->train;

    enum pt_status status = pt_normalize_check(normalize, train->rank, train->dims, error);
    if (status == PT_OK && normalize->kind == PT_NORMALIZE_STANDARD)
        pt_count_bytes(train->feature_bytes, train->sample_count * train->feature_count,
                       normalize->channel_count, counts);
    for (int i = 0; i < 2 && status == PT_OK; i++) {
        struct pt_dataset *part = i == 0 ? pair->train : pair->test;
        if (part == NULL)
            continue;
        pt_normalize_from_counts(normalize, counts, part->pixel_scale, part->pixel_shift);
        status = set_channels(part, normalize->channel_count, error);
    }
    return status;
}

// What becomes of features; the arrays are [period].
struct plan {
    int64_t period;
    struct statistics *statistics;
    struct affine *affines;
    const bool *skip;
};

// The part's floats are ours until the dataset is handed out.
static enum pt_status apply(struct pt_dataset *part, const struct plan *plan,
                            struct pt_error *error)
{
    if (part == NULL)
        return PT_OK;
    float *values = (float *)(uintptr_t)part->features;
    for (int64_t row = 0; row < part->sample_count; row++)
        for (int64_t i = 0; i < part->feature_count; i++) {
            struct affine affine = plan->affines[i % plan->period];
            if (plan->skip != NULL && plan->skip[i])
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

static void take_statistics(const struct pt_dataset *train, const struct plan *plan)
{
    const float *value = train->features;
    for (int64_t row = 0; row < train->sample_count; row++)
        for (int64_t i = 0; i < train->feature_count; i++)
            add_values(&plan->statistics[i % plan->period], (double)*value++, 1);
}

// For augmentation, which paints black.
static void remember_scales(struct pt_dataset *part, const struct plan *plan)
{
    if (part == NULL || part->rank < 2 || plan->period > PT_IMAGE_CHANNELS_MAX)
        return;
    part->channel_count = (int)plan->period;
    for (int64_t c = 0; c < plan->period; c++) {
        part->pixel_scale[c] = (float)plan->affines[c].scale;
        part->pixel_shift[c] = (float)plan->affines[c].shift;
    }
}

static enum pt_status normalize_with(struct pt_dataset_pair *pair,
                                     const struct pt_normalize *normalize, const struct plan *plan,
                                     struct pt_error *error)
{
    bool each_given = normalize->kind == PT_NORMALIZE_GIVEN && normalize->channel_count > 1;
    take_statistics(pair->train, plan);
    for (int64_t i = 0; i < plan->period; i++)
        plan->affines[i] = affine_of(normalize, each_given ? i : 0, &plan->statistics[i]);
    enum pt_status status = apply(pair->train, plan, error);
    if (status == PT_OK)
        status = apply(pair->test, plan, error);
    remember_scales(pair->train, plan);
    remember_scales(pair->test, plan);
    return status;
}

enum pt_status pt_normalize_floats(struct pt_dataset_pair *pair,
                                   const struct pt_normalize *normalize, int64_t period,
                                   const bool *skip, struct pt_error *error)
{
    struct plan plan = {.period = period, .skip = skip};
    enum pt_status status = PT_OK;

    if (normalize->kind == PT_NORMALIZE_NONE)
        return PT_OK;
    plan.statistics = calloc((size_t)period, sizeof *plan.statistics);
    plan.affines = calloc((size_t)period, sizeof *plan.affines);
    if (plan.statistics == NULL || plan.affines == NULL)
        status =
            pt_fail(error, PT_NO_MEMORY, "no memory to normalize %" PRId64 " features", period);
    else
        status = normalize_with(pair, normalize, &plan, error);
    free(plan.statistics);
    free(plan.affines);
    return status;
}
