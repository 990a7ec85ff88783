// kind: idx. Images and labels in IDX files, the training and the test part unpacked side by side.

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "dataset/idx.h"
#include "dataset/internal.h"

// More classes than this are rather a wrong file than a classifier.
enum { CLASSES_MAX = 1000000 };

// One part: its two files and what becomes of them. Each part has its own error and arenas, so that
// two threads can fill the two parts.
struct part {
    const char *images_path, *labels_path; // NULL: there is no such part
    struct pt_dataset *dataset;
    struct pt_idx labels;
    struct pt_arena *scratch; // the labels as read
    enum pt_status status;
    struct pt_error error;
};

static enum pt_status read_idx(const char *path, struct pt_arena *bytes_arena,
                               struct pt_arena *other_arena, struct pt_idx *ret_idx,
                               struct pt_error *error)
{
    struct pt_byte_stream *stream;
    struct pt_idx idx;

    enum pt_status status = pt_byte_stream_open(path, &stream, error);
    if (status != PT_OK)
        return status;
    status = pt_idx_read_header(stream, &idx, error);
    if (status == PT_OK)
        status = pt_idx_read_elements(stream, idx.type == PT_IDX_UINT8 ? bytes_arena : other_arena,
                                      &idx, error);
    pt_byte_stream_close(stream);
    if (status != PT_OK)
        return status;
    idx.name = path;
    *ret_idx = idx;
    return PT_OK;
}

static enum pt_status images_to_floats(const struct pt_idx *images, struct pt_dataset *dataset,
                                       struct pt_error *error)
{
    float *floats = pt_arena_alloc(dataset->arena, (size_t)images->element_count, sizeof *floats);
    if (floats == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory for %" PRId64 " numbers", images->name,
                       images->element_count);
    for (int64_t i = 0; i < images->element_count; i++) {
        double value = pt_idx_element(images, i);
        if (!(fabs(value) <= (double)FLT_MAX))
            return pt_fail(error, PT_BAD_INPUT,
                           "%s: the element at byte %" PRId64 " is %g, not a finite float",
                           images->name, pt_idx_element_offset(images, i), value);
        floats[i] = (float)value;
    }
    dataset->features = floats;
    return PT_OK;
}

static enum pt_status take_images(const struct pt_idx *images, struct pt_dataset *dataset,
                                  struct pt_error *error)
{
    if (images->rank < 2)
        return pt_fail(error, PT_BAD_INPUT,
                       "%s: has one dimension, so it holds labels; images have two or more",
                       images->name);
    if (images->dims[0] > UINT32_MAX)
        return pt_fail(error, PT_OVERFLOW, "%s: %" PRId64 " samples are too many", images->name,
                       images->dims[0]);
    dataset->sample_count = images->dims[0];
    dataset->rank = images->rank - 1;
    memcpy(dataset->dims, images->dims + 1, (size_t)dataset->rank * sizeof *dataset->dims);
    dataset->feature_count = images->element_count / images->dims[0];
    if (images->type != PT_IDX_UINT8)
        return images_to_floats(images, dataset, error);
    dataset->feature_bytes = images->bytes;
    return PT_OK;
}

static enum pt_status check_counts(const struct part *part, struct pt_error *error)
{
    if (part->labels.rank != 1)
        return pt_fail(error, PT_BAD_INPUT, "%s: has %d dimensions; labels have one",
                       part->labels_path, part->labels.rank);
    if (part->labels.dims[0] != part->dataset->sample_count)
        return pt_fail(error, PT_BAD_INPUT,
                       "%s holds %" PRId64 " images, but %s holds %" PRId64 " labels",
                       part->images_path, part->dataset->sample_count, part->labels_path,
                       part->labels.dims[0]);
    return PT_OK;
}

static enum pt_status load_part(struct part *part, struct pt_error *error)
{
    struct pt_idx images;

    part->scratch = pt_arena_create();
    if (part->scratch == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to read %s", part->images_path);
    enum pt_status status = pt_dataset_create(&part->dataset, error);
    if (status == PT_OK) // first the small file: a mistake in the paths shows at once
        status = read_idx(part->labels_path, part->scratch, part->scratch, &part->labels, error);
    if (status == PT_OK)
        status = read_idx(part->images_path, part->dataset->arena, part->scratch, &images, error);
    if (status == PT_OK)
        status = take_images(&images, part->dataset, error);
    if (status == PT_OK)
        status = check_counts(part, error);
    return status;
}

// The highest label of the training part decides how many classes there are, if no list does.
static enum pt_status count_classes(const struct pt_idx *labels, int64_t *class_count,
                                    struct pt_error *error)
{
    double most = 0;
    if (*class_count > 0)
        return PT_OK;
    for (int64_t i = 0; i < labels->element_count; i++)
        most = fmax(most, pt_idx_element(labels, i));
    if (most >= CLASSES_MAX)
        return pt_fail(error, PT_BAD_INPUT,
                       "%s: the highest label is %g; more than %d classes need a list 'classes'",
                       labels->name, most, CLASSES_MAX);
    *class_count = (int64_t)most + 1;
    return PT_OK;
}

static enum pt_status take_labels(struct part *part, int64_t class_count, struct pt_error *error)
{
    const struct pt_idx *idx = &part->labels;
    int32_t *labels =
        pt_arena_alloc(part->dataset->arena, (size_t)idx->element_count, sizeof *labels);
    if (labels == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory for its labels", idx->name);
    for (int64_t i = 0; i < idx->element_count; i++) {
        double value = pt_idx_element(idx, i);
        if (!(value >= 0 && value < (double)class_count && value == floor(value)))
            return pt_fail(error, PT_BAD_INPUT,
                           "%s: the label at byte %" PRId64 " is %g, allowed are 0 to %" PRId64,
                           idx->name, pt_idx_element_offset(idx, i), value, class_count - 1);
        labels[i] = (int32_t)value;
    }
    part->dataset->labels = labels;
    part->dataset->class_count = class_count;
    return PT_OK;
}

static enum pt_status check_same_shape(const struct part *train, const struct part *test,
                                       struct pt_error *error)
{
    const struct pt_dataset *a = train->dataset, *b = test->dataset;
    bool same = a->rank == b->rank &&
                memcmp(a->dims, b->dims, (size_t)a->rank * sizeof *a->dims) == 0 &&
                (a->features == NULL) == (b->features == NULL);
    if (same)
        return PT_OK;
    return pt_fail(error, PT_BAD_INPUT,
                   "%s and %s hold images of different shape or type (%" PRId64 " and %" PRId64
                   " numbers each)",
                   train->images_path, test->images_path, a->feature_count, b->feature_count);
}

static enum pt_status load_both(struct part parts[2], struct pt_error *error)
{
#pragma omp parallel for num_threads(2) schedule(static, 1)
    for (int i = 0; i < 2; i++)
        if (parts[i].images_path != NULL)
            parts[i].status = load_part(&parts[i], &parts[i].error);
    for (int i = 0; i < 2; i++)
        if (parts[i].status != PT_OK)
            return pt_fail(error, parts[i].status, "%s", parts[i].error.message);
    if (parts[1].dataset != NULL)
        return check_same_shape(&parts[0], &parts[1], error);
    return PT_OK;
}

static enum pt_status name_classes(const struct pt_node *node, struct part *part,
                                   int64_t *class_count, struct pt_error *error)
{
    int64_t count;
    if (part->dataset == NULL)
        return PT_OK;
    enum pt_status status = pt_dataset_read_classes(part->dataset->arena, node,
                                                    &part->dataset->class_names, &count, error);
    if (status == PT_OK && count > 0)
        *class_count = count;
    return status;
}

static enum pt_status read_paths(struct pt_arena *arena, const struct pt_node *node,
                                 const char *base_directory, struct part parts[2],
                                 struct pt_error *error)
{
    static const char *const keys[4] = {"train_images", "train_labels", "test_images",
                                        "test_labels"};
    const char **places[4] = {&parts[0].images_path, &parts[0].labels_path, &parts[1].images_path,
                              &parts[1].labels_path};
    for (int i = 0; i < 4; i++) {
        const struct pt_node *path = pt_node_find(node, keys[i]);
        bool is_test = i >= 2;
        if (path == NULL && is_test && pt_node_find(node, keys[5 - i]) == NULL)
            continue;
        if (path == NULL)
            return pt_node_fail(error, node, "missing key '%s'", keys[i]);
        enum pt_status status = pt_dataset_path(arena, path, base_directory, places[i], error);
        if (status != PT_OK)
            return status;
    }
    if (parts[1].images_path != NULL && pt_node_find(node, "test_share") != NULL)
        return pt_node_fail(error, node, "give either test_images or test_share, not both");
    return PT_OK;
}

static enum pt_status load(const struct pt_node *node, const char *base_directory,
                           struct pt_arena *arena, struct part parts[2],
                           struct pt_normalize *normalize, struct pt_error *error)
{
    int64_t class_count = 0;

    enum pt_status status = pt_normalize_read(node, normalize, error);
    if (status == PT_OK)
        status = read_paths(arena, node, base_directory, parts, error);
    if (status == PT_OK)
        status = load_both(parts, error);
    for (int i = 0; i < 2 && status == PT_OK; i++)
        status = name_classes(node, &parts[i], &class_count, error);
    if (status == PT_OK)
        status = count_classes(&parts[0].labels, &class_count, error);
    for (int i = 0; i < 2 && status == PT_OK; i++)
        if (parts[i].dataset != NULL)
            status = take_labels(&parts[i], class_count, error);
    return status;
}

static enum pt_status make_ready(struct pt_dataset_pair *pair, const struct pt_normalize *normalize,
                                 const struct pt_augment *augment, struct pt_error *error)
{
    enum pt_status status;
    if (pair->train->feature_bytes != NULL) {
        status = pt_normalize_bytes(pair, normalize, error);
    } else {
        status = pt_normalize_check(normalize, pair->train->rank, pair->train->dims, error);
        if (status == PT_OK)
            status = pt_normalize_floats(pair, normalize, normalize->channel_count, NULL, error);
    }
    if (status == PT_OK && pt_augment_is_any(augment))
        status = pt_dataset_augment(pair->train, augment, error);
    return status;
}

static enum pt_status open_idx(const struct pt_node *node, const char *base_directory,
                               struct pt_dataset_pair *ret_pair, struct pt_error *error)
{
    static const char *const keys[] = {
        "kind",    "train_images", "train_labels", "test_images", "test_labels", "normalize",
        "augment", "classes",      "test_share",   "seed",        NULL};
    struct pt_normalize normalize = {.kind = PT_NORMALIZE_UNIT};
    struct pt_augment augment = {0};
    struct part parts[2] = {{0}, {0}};
    double share;
    uint64_t seed;

    enum pt_status status = pt_node_check_keys(node, keys, error);
    if (status == PT_OK)
        status = pt_dataset_read_split(node, &share, &seed, error);
    if (status == PT_OK)
        status = pt_augment_read(node, false, &augment, error);
    if (status != PT_OK)
        return status;
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to read a dataset");
    status = load(node, base_directory, arena, parts, &normalize, error);
    struct pt_dataset_pair pair = {parts[0].dataset, parts[1].dataset};
    if (status == PT_OK)
        status = pt_dataset_apply_split(&pair, share, seed, error);
    if (status == PT_OK)
        status = make_ready(&pair, &normalize, &augment, error);
    for (int i = 0; i < 2; i++)
        pt_arena_destroy(parts[i].scratch);
    pt_arena_destroy(arena);
    if (status != PT_OK) {
        pt_dataset_destroy(pair.train);
        pt_dataset_destroy(pair.test);
        return status;
    }
    *ret_pair = pair;
    return PT_OK;
}

const struct pt_dataset_source pt_dataset_source_idx = {.name = "idx", .open = open_idx};
