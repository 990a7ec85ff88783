// Splitting a dataset into a training and a test part.

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "dataset/internal.h"
#include "dataset/picture.h"

// A stream of its own: the split has nothing in common with the order of samples.
#define SPLIT_STREAM UINT64_C(0x73706c6974000000) // "split"

// Rows of width items of size bytes, gathered; NULL without memory or for NULL.
static const void *take_rows(struct pt_dataset *part, const void *items, const uint32_t *rows,
                             int64_t width, size_t size)
{
    if (items == NULL)
        return NULL;
    size_t row_bytes = (size_t)width * size;
    char *memory = pt_arena_alloc(part->arena, (size_t)part->sample_count, row_bytes);
    for (int64_t i = 0; memory != NULL && i < part->sample_count; i++)
        memcpy(memory + (size_t)i * row_bytes, (const char *)items + rows[i] * row_bytes,
               row_bytes);
    return memory;
}

// Augmentation, if all has any, is for the training part.
static enum pt_status take(const struct pt_dataset *all, const uint32_t *rows, int64_t count,
                           bool is_train, struct pt_dataset **ret_part, struct pt_error *error)
{
    struct pt_dataset *part;
    enum pt_status status = pt_dataset_create(&part, error);
    if (status != PT_OK)
        return status;
    struct pt_arena *arena = part->arena;
    *part = *all;
    part->arena = arena;
    part->sample_count = count;
    part->features = take_rows(part, all->features, rows, all->feature_count, sizeof(float));
    part->feature_bytes = take_rows(part, all->feature_bytes, rows, all->feature_count, 1);
    part->labels = take_rows(part, all->labels, rows, all->label_count, sizeof(int32_t));
    part->targets = take_rows(part, all->targets, rows, all->target_count, sizeof(float));
    bool whole = (part->features != NULL || part->feature_bytes != NULL) &&
                 (part->labels != NULL || part->targets != NULL);
    if (whole && all->class_names != NULL) {
        const char **names = pt_arena_alloc(arena, (size_t)all->class_count, sizeof *names);
        for (int64_t i = 0; names != NULL && i < all->class_count; i++)
            whole = (names[i] = pt_arena_strdup(arena, all->class_names[i])) != NULL && whole;
        part->class_names = names;
        whole = whole && names != NULL;
    }
    if (!whole) {
        pt_dataset_destroy(part);
        return pt_fail(error, PT_NO_MEMORY, "no memory to split %" PRId64 " samples",
                       all->sample_count);
    }
    if (all->picture != NULL)
        status = pt_picture_make(arena, all->rank, all->dims, all->channel_count, all->pixel_scale,
                                 all->pixel_shift, is_train ? &all->picture->augment : NULL,
                                 &part->picture, error);
    if (status != PT_OK) {
        pt_dataset_destroy(part);
        return status;
    }
    *ret_part = part;
    return PT_OK;
}

static int compare_rows(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

enum pt_status pt_dataset_split_rows(int64_t count, double test_share, uint64_t seed,
                                     uint32_t **ret_rows, int64_t *ret_test_count,
                                     struct pt_error *error)
{
    int64_t test_count = (int64_t)llround(test_share * (double)count);

    if (!(test_share > 0 && test_share < 1) || test_count < 1 || test_count >= count)
        return pt_fail(error, PT_BAD_INPUT,
                       "test_share %g of %" PRId64 " samples leaves one part empty", test_share,
                       count);
    uint32_t *rows = malloc((size_t)count * sizeof *rows);
    if (rows == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to split %" PRId64 " samples", count);
    pt_random_permutation(seed, SPLIT_STREAM, rows, count);
    qsort(rows, (size_t)test_count, sizeof *rows, compare_rows);
    qsort(rows + test_count, (size_t)(count - test_count), sizeof *rows, compare_rows);
    *ret_rows = rows;
    *ret_test_count = test_count;
    return PT_OK;
}

enum pt_status pt_dataset_split(const struct pt_dataset *all, double test_share, uint64_t seed,
                                struct pt_dataset_pair *ret_pair, struct pt_error *error)
{
    struct pt_dataset_pair pair = {NULL, NULL};
    int64_t count = all->sample_count, test_count = 0;
    uint32_t *rows = NULL;

    if (all->reader != NULL)
        return pt_fail(error, PT_UNSUPPORTED,
                       "samples that are read when they are needed cannot be split afterwards; "
                       "split them where the data is opened (test_share)");
    enum pt_status status =
        pt_dataset_split_rows(count, test_share, seed, &rows, &test_count, error);
    if (status != PT_OK)
        return status;
    status = take(all, rows, test_count, false, &pair.test, error);
    if (status == PT_OK)
        status = take(all, rows + test_count, count - test_count, true, &pair.train, error);
    free(rows);
    if (status != PT_OK) {
        pt_dataset_destroy(pair.test);
        return status;
    }
    *ret_pair = pair;
    return PT_OK;
}

enum pt_status pt_dataset_apply_split(struct pt_dataset_pair *pair, double test_share,
                                      uint64_t seed, struct pt_error *error)
{
    struct pt_dataset_pair parts;
    if (test_share <= 0)
        return PT_OK;
    enum pt_status status = pt_dataset_split(pair->train, test_share, seed, &parts, error);
    if (status != PT_OK)
        return status;
    pt_dataset_destroy(pair->train);
    *pair = parts;
    return PT_OK;
}
