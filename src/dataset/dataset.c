// Datasets: opening by kind, arrays from C, the order of an epoch.

#include "dataset/dataset.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "base/size.h"
#include "dataset/internal.h"

// A stream of its own, so that the order of samples has nothing in common with what the engine
// draws under the same seed.
#define ORDER_STREAM UINT64_C(0x6f72646572000000) // "order"

enum { SOURCES_MAX = 16 };

enum pt_status pt_dataset_create(struct pt_dataset **ret_dataset, struct pt_error *error)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_dataset *dataset = arena != NULL ? pt_arena_alloc(arena, 1, sizeof *dataset) : NULL;
    if (dataset == NULL) {
        pt_arena_destroy(arena);
        return pt_fail(error, PT_NO_MEMORY, "no memory for a dataset");
    }
    dataset->arena = arena;
    dataset->channel_count = 1;
    dataset->pixel_scale[0] = 1;
    dataset->label_count = 1;
    dataset->target_scale = 1;
    dataset->naive_mse = (double)NAN;
    *ret_dataset = dataset;
    return PT_OK;
}

void pt_dataset_destroy(struct pt_dataset *dataset)
{
    if (dataset == NULL)
        return;
    if (dataset->reader != NULL && dataset->reader->close != NULL)
        dataset->reader->close(dataset->reader_state);
    pt_arena_destroy(dataset->arena);
}

enum pt_status pt_dataset_path(struct pt_arena *arena, const struct pt_node *node,
                               const char *base_directory, const char **ret_path,
                               struct pt_error *error)
{
    const char *text;
    enum pt_status status = pt_node_string(node, &text, error);
    if (status != PT_OK)
        return status;
    if (text[0] == '\0')
        return pt_node_fail(error, node, "%s is empty; give the path of a file", node->key);
    const char *path = text[0] == '/' || base_directory == NULL || base_directory[0] == '\0'
                           ? pt_arena_strdup(arena, text)
                           : pt_arena_printf(arena, "%s/%s", base_directory, text);
    if (path == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the path %s", text);
    *ret_path = path;
    return PT_OK;
}

enum pt_status pt_dataset_read_split(const struct pt_node *node, double *ret_share,
                                     uint64_t *ret_seed, struct pt_error *error)
{
    double share = 0;
    int64_t seed = 0;
    const struct pt_node *share_node = pt_node_find(node, "test_share");

    enum pt_status status =
        pt_node_get_number(node, "test_share", PT_OPTIONAL, 0, 1, &share, error);
    if (status == PT_OK)
        status = pt_node_get_integer(node, "seed", PT_OPTIONAL, 0, INT64_MAX, &seed, error);
    if (status != PT_OK)
        return status;
    if (share_node != NULL && (share <= 0 || share >= 1))
        return pt_node_fail(error, share_node,
                            "test_share is %s; it lies between 0 and 1, or leave it out",
                            share_node->text);
    *ret_share = share;
    *ret_seed = (uint64_t)seed;
    return PT_OK;
}

enum pt_status pt_dataset_read_classes(struct pt_arena *arena, const struct pt_node *node,
                                       const char *const **ret_names, int64_t *ret_count,
                                       struct pt_error *error)
{
    const struct pt_node *list = pt_node_find(node, "classes");
    *ret_names = NULL;
    *ret_count = 0;
    if (list == NULL)
        return PT_OK;
    enum pt_status status = pt_node_check_kind(list, PT_NODE_SEQUENCE, error);
    if (status != PT_OK)
        return status;
    if (list->count < 2)
        return pt_node_fail(error, list, "classes has %" PRId64 " names; at least 2 are needed",
                            list->count);
    const char **names = pt_arena_alloc(arena, (size_t)list->count, sizeof *names);
    int64_t i = 0;
    for (const struct pt_node *item = list->first; item != NULL; item = item->next, i++) {
        const char *name;
        status = pt_node_string(item, &name, error);
        if (status != PT_OK)
            return status;
        if (names == NULL || (names[i] = pt_arena_strdup(arena, name)) == NULL)
            return pt_fail(error, PT_NO_MEMORY, "no memory for the names of classes");
        for (int64_t j = 0; j < i; j++)
            if (strcmp(names[j], name) == 0)
                return pt_node_fail(error, item, "the class '%s' stands here twice", name);
    }
    *ret_names = names;
    *ret_count = list->count;
    return PT_OK;
}

static enum pt_status missing_kind(const struct pt_node *node, const char *const *words,
                                   struct pt_error *error)
{
    char list[128] = "";
    for (int i = 0; words[i] != NULL; i++) {
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "", words[i]);
    }
    return pt_node_fail(error, node, "missing key 'kind': one of %s", list);
}

enum pt_status pt_dataset_open(const struct pt_node *node, const char *base_directory,
                               struct pt_dataset_pair *ret_pair, struct pt_error *error)
{
    const char *words[SOURCES_MAX] = {NULL};
    struct pt_dataset_pair pair = {NULL, NULL};
    int kind = -1;

    enum pt_status status = pt_node_check_kind(node, PT_NODE_MAPPING, error);
    if (status != PT_OK)
        return status;
    for (int i = 0; pt_dataset_sources[i] != NULL && i < SOURCES_MAX - 1; i++)
        words[i] = pt_dataset_sources[i]->name;
    const struct pt_node *kind_node = pt_node_find(node, "kind");
    if (kind_node == NULL)
        return missing_kind(node, words, error);
    status = pt_node_choice(kind_node, words, &kind, error);
    if (status == PT_OK)
        status = pt_dataset_sources[kind]->open(node, base_directory, &pair, error);
    if (status == PT_OK)
        *ret_pair = pair;
    return status;
}

static enum pt_status check_floats(const char *what, const float *values, int64_t sample_count,
                                   int64_t width, struct pt_error *error)
{
    for (int64_t i = 0; i < sample_count * width; i++)
        if (!isfinite(values[i]))
            return pt_fail(error, PT_BAD_INPUT,
                           "%s %" PRId64 " of sample %" PRId64 " is %g; only finite numbers train",
                           what, i % width, i / width, (double)values[i]);
    return PT_OK;
}

static enum pt_status check_labels(const int32_t *labels, int64_t sample_count, int64_t class_count,
                                   struct pt_error *error)
{
    for (int64_t i = 0; i < sample_count; i++)
        if (labels[i] < 0 || labels[i] >= class_count)
            return pt_fail(error, PT_BAD_INPUT,
                           "label of sample %" PRId64 " is %" PRId32 ", allowed are 0 to %" PRId64,
                           i, labels[i], class_count - 1);
    return PT_OK;
}

// Copies count items of size bytes into the dataset's arena.
static const void *copy(struct pt_dataset *dataset, const void *items, int64_t count, size_t size)
{
    void *memory = pt_arena_alloc(dataset->arena, (size_t)count, size);
    if (memory != NULL)
        memcpy(memory, items, (size_t)count * size);
    return memory;
}

static enum pt_status check_shape(int64_t sample_count, int rank, const int64_t *dims,
                                  int64_t target_count, int64_t *ret_features,
                                  struct pt_error *error)
{
    int64_t features = 1, all, all_targets;
    if (rank < 1 || rank > (int)(sizeof((struct pt_dataset *)0)->dims / sizeof *dims))
        return pt_fail(error, PT_BAD_INPUT, "a sample has %d dimensions, allowed are 1 to 5", rank);
    if (sample_count < 1 || sample_count > UINT32_MAX)
        return pt_fail(error, PT_BAD_INPUT, "%" PRId64 " samples; allowed are 1 to 4294967295",
                       sample_count);
    for (int i = 0; i < rank; i++)
        if (dims[i] < 1 || !pt_size_product(features, dims[i], &features))
            return pt_fail(error, PT_OVERFLOW, "dimension %d of a sample is %" PRId64, i, dims[i]);
    if (!pt_size_product(sample_count, features, &all) || all > INT64_MAX / 8 ||
        !pt_size_product(sample_count, target_count, &all_targets) || all_targets > INT64_MAX / 8)
        return pt_fail(error, PT_OVERFLOW,
                       "%" PRId64 " samples of %" PRId64 " numbers are too many", sample_count,
                       features);
    *ret_features = features;
    return PT_OK;
}

enum pt_status pt_dataset_from_arrays(const float *features, int64_t sample_count, int rank,
                                      const int64_t *dims, const int32_t *labels,
                                      int64_t class_count, const float *targets,
                                      int64_t target_count, struct pt_dataset **ret_dataset,
                                      struct pt_error *error)
{
    struct pt_dataset *dataset = NULL;
    int64_t feature_count = 0;

    if ((labels == NULL) == (targets == NULL) || (labels != NULL && class_count < 1) ||
        (targets != NULL && target_count < 1))
        return pt_fail(error, PT_BAD_INPUT,
                       "give either labels and their number of classes or "
                       "targets and their number");
    enum pt_status status = check_shape(sample_count, rank, dims,
                                        targets != NULL ? target_count : 0, &feature_count, error);
    if (status == PT_OK)
        status = check_floats("feature", features, sample_count, feature_count, error);
    if (status == PT_OK && labels != NULL)
        status = check_labels(labels, sample_count, class_count, error);
    if (status == PT_OK && targets != NULL)
        status = check_floats("target", targets, sample_count, target_count, error);
    if (status == PT_OK)
        status = pt_dataset_create(&dataset, error);
    if (status != PT_OK)
        return status;

    dataset->sample_count = sample_count;
    dataset->rank = rank;
    memcpy(dataset->dims, dims, (size_t)rank * sizeof *dims);
    dataset->feature_count = feature_count;
    dataset->features = copy(dataset, features, sample_count * feature_count, sizeof *features);
    dataset->class_count = labels != NULL ? class_count : 0;
    dataset->target_count = targets != NULL ? target_count : 0;
    if (labels != NULL)
        dataset->labels = copy(dataset, labels, sample_count, sizeof *labels);
    else
        dataset->targets = copy(dataset, targets, sample_count * target_count, sizeof *targets);
    if (dataset->features == NULL || (dataset->labels == NULL && dataset->targets == NULL)) {
        pt_dataset_destroy(dataset);
        return pt_fail(error, PT_NO_MEMORY, "no memory for %" PRId64 " samples", sample_count);
    }
    *ret_dataset = dataset;
    return PT_OK;
}

void pt_dataset_order(const struct pt_dataset *dataset, uint64_t seed, int64_t epoch, bool shuffle,
                      uint32_t *order)
{
    if (shuffle) {
        pt_random_permutation(seed, ORDER_STREAM + (uint64_t)epoch, order, dataset->sample_count);
        return;
    }
    for (int64_t i = 0; i < dataset->sample_count; i++)
        order[i] = (uint32_t)i;
}
