// What the tests of this room share: mappings from text, IDX files, gzip.
#ifndef PT_TEST_DATASET_SUPPORT_H
#define PT_TEST_DATASET_SUPPORT_H

#include <zlib.h>

#include "dataset/dataset.h"
#include "support.h"

static inline enum pt_status open_data(const char *folder, const char *yaml,
                                       struct pt_dataset_pair *ret_pair, struct pt_error *error)
{
    const struct pt_node *root;
    struct pt_arena *arena = pt_arena_create();
    assert_status(pt_yaml_parse(arena, yaml, strlen(yaml), "run.yaml", &root, error), PT_OK, error);
    enum pt_status status = pt_dataset_open(root, folder, ret_pair, error);
    pt_arena_destroy(arena);
    return status;
}

static inline struct pt_dataset_pair open_good(const char *folder, const char *yaml)
{
    struct pt_error error;
    struct pt_dataset_pair pair;
    assert_status(open_data(folder, yaml, &pair, &error), PT_OK, &error);
    return pair;
}

// Opening fails with this status, and the message holds both parts.
static inline void assert_refused(const char *folder, const char *yaml, enum pt_status status,
                                  const char *part, const char *other_part)
{
    struct pt_error error = {.message = ""};
    struct pt_dataset_pair pair = {NULL, NULL};
    assert_status(open_data(folder, yaml, &pair, &error), status, &error);
    assert_contains(error.message, part);
    assert_contains(error.message, other_part);
    assert_null(pair.train);
}

static inline void close_pair(struct pt_dataset_pair pair)
{
    pt_dataset_destroy(pair.train);
    pt_dataset_destroy(pair.test);
}

// A batch of epoch 0 under seed 0.
static inline void fill(const struct pt_dataset *dataset, const uint32_t *order, int64_t first,
                        int64_t count, struct pt_batch batch)
{
    struct pt_error error;
    assert_status(pt_dataset_batch(dataset, order, first, count, 0, 0, &batch, &error), PT_OK,
                  &error);
}

// The bytes as one gzip member, behind what is in *out already.
static inline size_t gzip(const void *bytes, size_t length, unsigned char *out, size_t out_size)
{
    z_stream pack = {0};
    assert_int_equal(deflateInit2(&pack, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    pack.next_in = (unsigned char *)(uintptr_t)bytes;
    pack.avail_in = (unsigned)length;
    pack.next_out = out;
    pack.avail_out = (unsigned)out_size;
    assert_int_equal(deflate(&pack, Z_FINISH), Z_STREAM_END);
    size_t used = pack.total_out;
    deflateEnd(&pack);
    return used;
}

#endif
