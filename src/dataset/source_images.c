// kind: images. Pictures in files, brought to one size, and the class or numbers of each.
//
// If the pixels of both parts fit DECODE_ONCE_BYTES_MAX they are decoded once, in parallel, and
// stay in memory as bytes. Otherwise each is decoded whenever a batch needs it. Both give the same
// bits.

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "dataset/image_plan.h"
#include "dataset/picture.h"

#define DECODE_ONCE_BYTES_MAX ((int64_t)1 << 30)

// Of a dataset whose pictures are decoded when they are needed.
struct reader {
    struct pt_image_list list;
    struct pt_image_shape shape;
    const struct pt_picture *picture;
};

// Pixels of the shape's size; error may be NULL.
static enum pt_status read_pixels(const struct pt_image_shape *shape, const char *path,
                                  uint8_t *ret_pixels, struct pt_error *error)
{
    struct pt_image image;
    enum pt_status status = pt_image_read(path, shape->channels, &image, error);
    if (status != PT_OK)
        return status;
    if (image.height == shape->height && image.width == shape->width)
        memcpy(ret_pixels, image.pixels, (size_t)(image.height * image.width * image.channels));
    else if (shape->is_given)
        status = pt_image_resize(&image, shape->height, shape->width, shape->fit, shape->filter,
                                 ret_pixels, error);
    else
        status = pt_fail(error, PT_BAD_INPUT,
                         "%s is %" PRId64 " x %" PRId64 " pixels, the first picture %" PRId64
                         " x %" PRId64 "; give size: [height, width]",
                         path, image.height, image.width, shape->height, shape->width);
    pt_image_release(&image);
    return status;
}

static enum pt_status read_sample(const void *state, int64_t index, uint64_t random,
                                  float *features, int32_t *tokens, int32_t *labels, float *targets,
                                  struct pt_error *error)
{
    const struct reader *reader = state;
    const struct pt_image_list *list = &reader->list;
    (void)tokens;

    if (labels != NULL && list->labels != NULL)
        labels[0] = list->labels[index];
    if (targets != NULL && list->targets != NULL) {
        int64_t width = list->target_count;
        memcpy(targets, list->targets + index * width, (size_t)width * sizeof *targets);
        pt_picture_change_targets(reader->picture, random, targets, width);
    }
    if (features == NULL)
        return PT_OK;
    uint8_t *pixels = malloc((size_t)pt_image_pixel_count(&reader->shape));
    if (pixels == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory for its pixels", list->paths[index]);
    enum pt_status status = read_pixels(&reader->shape, list->paths[index], pixels, error);
    if (status == PT_OK)
        pt_picture_from_bytes(reader->picture, random, pixels, features);
    free(pixels);
    return status;
}

static const struct pt_dataset_reader image_reader = {.read = read_sample, .is_heavy = true};

// Work on one picture of a list; bytes is memory of its own for each thread.
struct pass {
    const struct pt_image_shape *shape;
    const struct pt_image_list *list;
    uint8_t *pixels;                   // [count, pixel_count], or NULL
    int64_t (*counts)[PT_BYTE_VALUES]; // of channels, or NULL
    int count_channels;
};

static enum pt_status pass_over(const struct pass *pass, int64_t i, struct pt_error *error)
{
    int64_t size = pt_image_pixel_count(pass->shape);
    uint8_t *own = pass->pixels != NULL ? NULL : malloc((size_t)size);
    uint8_t *pixels = pass->pixels != NULL ? pass->pixels + i * size : own;
    if (pixels == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory for its pixels", pass->list->paths[i]);
    enum pt_status status = read_pixels(pass->shape, pass->list->paths[i], pixels, error);
    if (status == PT_OK && pass->counts != NULL) {
#pragma omp critical(pt_images_counts)
        pt_count_bytes(pixels, size, pass->count_channels, pass->counts);
    }
    free(own);
    return status;
}

// All pictures of a list, by all threads. Of several that cannot be read the first is reported.
static enum pt_status pass_over_all(const struct pass *pass, struct pt_error *error)
{
    int64_t failed = pass->list->count;
    enum pt_status status = PT_OK;

#pragma omp parallel for schedule(dynamic, 4)
    for (int64_t i = 0; i < pass->list->count; i++) {
        struct pt_error mine = {.status = PT_OK};
        int64_t first_failed;
#pragma omp atomic read
        first_failed = failed;
        if (i > first_failed)
            continue;
        enum pt_status result = pass_over(pass, i, &mine);
        if (result == PT_OK)
            continue;
#pragma omp critical(pt_images_failed)
        if (i < failed) {
#pragma omp atomic write
            failed = i;
            status = result;
            if (error != NULL)
                *error = mine;
        }
    }
    return status;
}

static enum pt_status make_dataset(const struct pt_image_shape *shape,
                                   const struct pt_image_list *list,
                                   struct pt_dataset **ret_dataset, struct pt_error *error)
{
    struct pt_dataset *dataset;
    enum pt_status status = pt_dataset_create(&dataset, error);
    if (status != PT_OK)
        return status;
    dataset->sample_count = list->count;
    dataset->rank = 3;
    dataset->dims[0] = shape->height;
    dataset->dims[1] = shape->width;
    dataset->dims[2] = shape->channels;
    dataset->feature_count = pt_image_pixel_count(shape);
    dataset->class_count = list->class_count;
    dataset->target_count = list->target_count;
    *ret_dataset = dataset;
    return PT_OK;
}

// A dataset of its own memory with the list's answers; the pixels are still missing.
static enum pt_status start_part(const struct pt_image_plan *plan, const struct pt_image_list *list,
                                 struct pt_dataset **ret_dataset, struct pt_image_list *ret_own,
                                 struct pt_error *error)
{
    struct pt_dataset *dataset;
    enum pt_status status = make_dataset(&plan->shape, list, &dataset, error);
    if (status != PT_OK)
        return status;
    *ret_dataset = dataset; // the caller releases it if we fail
    uint32_t *rows = pt_arena_alloc(plan->arena, (size_t)list->count, sizeof *rows);
    if (rows == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %" PRId64 " pictures", list->count);
    for (int64_t i = 0; i < list->count; i++)
        rows[i] = (uint32_t)i;
    status = pt_image_list_take(dataset->arena, list, rows, list->count, ret_own, error);
    if (status == PT_OK)
        dataset->class_names = ret_own->class_names;
    return status;
}

static enum pt_status decode_part(const struct pt_image_plan *plan,
                                  const struct pt_image_list *list, struct pt_dataset **ret_dataset,
                                  struct pt_error *error)
{
    struct pt_image_list own;
    enum pt_status status = start_part(plan, list, ret_dataset, &own, error);
    if (status != PT_OK)
        return status;
    struct pt_dataset *dataset = *ret_dataset;
    uint8_t *pixels =
        pt_arena_alloc(dataset->arena, (size_t)list->count, (size_t)dataset->feature_count);
    if (pixels == NULL)
        return pt_fail(error, PT_NO_MEMORY,
                       "%s: no memory for %" PRId64 " pictures of %" PRId64
                       " bytes; say decode: always",
                       list->name, list->count, dataset->feature_count);
    dataset->labels = own.labels;
    dataset->targets = own.targets;
    dataset->feature_bytes = pixels;
    struct pass pass = {.shape = &plan->shape, .list = list, .pixels = pixels};
    return pass_over_all(&pass, error);
}

static enum pt_status decode_once(const struct pt_image_plan *plan, struct pt_dataset_pair *pair,
                                  struct pt_error *error)
{
    enum pt_status status = decode_part(plan, &plan->train, &pair->train, error);
    if (status == PT_OK && plan->has_test)
        status = decode_part(plan, &plan->test, &pair->test, error);
    if (status == PT_OK)
        status = pt_normalize_bytes(pair, &plan->normalize, error);
    if (status == PT_OK && pt_augment_is_any(&plan->augment))
        status = pt_dataset_augment(pair->train, &plan->augment, error);
    return status;
}

// The scales of the channels; standard looks at every training picture once.
static enum pt_status find_scales(const struct pt_image_plan *plan, float *ret_scale,
                                  float *ret_shift, struct pt_error *error)
{
    int64_t counts[PT_IMAGE_CHANNELS_MAX][PT_BYTE_VALUES] = {{0}};
    const int64_t dims[] = {plan->shape.height, plan->shape.width, plan->shape.channels};
    enum pt_status status = pt_normalize_check(&plan->normalize, 3, dims, error);
    if (status == PT_OK && plan->normalize.kind == PT_NORMALIZE_STANDARD) {
        struct pass pass = {.shape = &plan->shape,
                            .list = &plan->train,
                            .counts = counts,
                            .count_channels = plan->normalize.channel_count};
        status = pass_over_all(&pass, error);
    }
    if (status == PT_OK)
        pt_normalize_from_counts(&plan->normalize, counts, ret_scale, ret_shift);
    return status;
}

static enum pt_status attach_reader(const struct pt_image_plan *plan,
                                    const struct pt_image_list *list, const float *scale,
                                    const float *shift, struct pt_dataset **ret_dataset,
                                    struct pt_error *error)
{
    struct pt_image_list own;
    enum pt_status status = start_part(plan, list, ret_dataset, &own, error);
    if (status != PT_OK)
        return status;
    struct pt_dataset *dataset = *ret_dataset;
    struct reader *reader = pt_arena_alloc(dataset->arena, 1, sizeof *reader);
    if (reader == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to read %s", list->name);
    *reader = (struct reader){.list = own, .shape = plan->shape};
    bool is_train = list == &plan->train;
    int channels = plan->normalize.channel_count;
    status = pt_picture_make(dataset->arena, dataset->rank, dataset->dims, channels, scale, shift,
                             is_train ? &plan->augment : NULL, &reader->picture, error);
    dataset->channel_count = channels;
    memcpy(dataset->pixel_scale, scale, sizeof dataset->pixel_scale);
    memcpy(dataset->pixel_shift, shift, sizeof dataset->pixel_shift);
    dataset->reader = &image_reader;
    dataset->reader_state = reader;
    return status;
}

static enum pt_status decode_always(const struct pt_image_plan *plan, struct pt_dataset_pair *pair,
                                    struct pt_error *error)
{
    float scale[PT_IMAGE_CHANNELS_MAX] = {0}, shift[PT_IMAGE_CHANNELS_MAX] = {0};
    enum pt_status status = find_scales(plan, scale, shift, error);
    if (status == PT_OK)
        status = attach_reader(plan, &plan->train, scale, shift, &pair->train, error);
    if (status == PT_OK && plan->has_test)
        status = attach_reader(plan, &plan->test, scale, shift, &pair->test, error);
    return status;
}

static enum pt_status open_plan(struct pt_image_plan *plan, struct pt_dataset_pair *pair,
                                struct pt_error *error)
{
    int64_t bytes;
    enum pt_status status = pt_image_plan_make(plan, error);
    if (status != PT_OK)
        return status;
    bool fits = pt_size_product(plan->train.count + plan->test.count,
                                pt_image_pixel_count(&plan->shape), &bytes) &&
                bytes <= DECODE_ONCE_BYTES_MAX;
    if (plan->decode == PT_IMAGE_DECODE_ONCE || (plan->decode == PT_IMAGE_DECODE_AUTO && fits))
        return decode_once(plan, pair, error);
    return decode_always(plan, pair, error);
}

static enum pt_status open_images(const struct pt_node *node, const char *base_directory,
                                  struct pt_dataset_pair *ret_pair, struct pt_error *error)
{
    static const char *const keys[] = {"kind",        "train_folder", "test_folder", "list",
                                       "train_list",  "test_list",    "label",       "target",
                                       "file_column", "size",         "channels",    "fit",
                                       "separator",   "filter",       "normalize",   "decode",
                                       "augment",     "test_share",   "seed",        NULL};
    struct pt_dataset_pair pair = {NULL, NULL};
    struct pt_image_plan plan = {
        .node = node, .base_directory = base_directory, .normalize.kind = PT_NORMALIZE_UNIT};

    enum pt_status status = pt_node_check_keys(node, keys, error);
    if (status != PT_OK)
        return status;
    plan.arena = pt_arena_create();
    if (plan.arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to read a dataset");
    status = open_plan(&plan, &pair, error);
    pt_arena_destroy(plan.arena);
    if (status != PT_OK) {
        pt_dataset_destroy(pair.train);
        pt_dataset_destroy(pair.test);
        return status;
    }
    *ret_pair = pair;
    return PT_OK;
}

const struct pt_dataset_source pt_dataset_source_images = {.name = "images", .open = open_images};
