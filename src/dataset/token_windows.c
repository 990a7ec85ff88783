// Windows of tokens as a dataset.

#include "dataset/token_windows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "dataset/internal.h"

struct pt_token_owner {
    int users;
    struct pt_tokenizer *tokenizer;
    struct pt_token_file *file;
};

// Ids of at most 16 bits take half the memory.
struct state {
    struct pt_token_owner *owner;
    int64_t length, stride, first;
    const uint16_t *narrow; // one of these, or the file of the owner
    const int32_t *wide;
};

enum pt_status pt_token_owner_create(struct pt_tokenizer *tokenizer, struct pt_token_file *file,
                                     struct pt_token_owner **ret_owner, struct pt_error *error)
{
    struct pt_token_owner *owner = calloc(1, sizeof *owner);
    if (owner == NULL) {
        pt_tokenizer_close(tokenizer);
        pt_token_file_close(file);
        return pt_fail(error, PT_NO_MEMORY, "no memory for a dataset of tokens");
    }
    *owner = (struct pt_token_owner){1, tokenizer, file};
    *ret_owner = owner;
    return PT_OK;
}

void pt_token_owner_release(struct pt_token_owner *owner)
{
    if (owner == NULL || --owner->users > 0)
        return;
    pt_tokenizer_close(owner->tokenizer);
    pt_token_file_close(owner->file);
    free(owner);
}

static enum pt_status copy_ids(const struct state *state, int64_t first, int32_t *ids,
                               struct pt_error *error)
{
    if (ids == NULL)
        return PT_OK;
    if (state->wide != NULL)
        memcpy(ids, state->wide + first, (size_t)state->length * sizeof *ids);
    else if (state->narrow == NULL)
        return pt_token_file_read(state->owner->file, state->first + first, state->length, ids,
                                  error);
    else
        for (int64_t i = 0; i < state->length; i++)
            ids[i] = state->narrow[first + i];
    return PT_OK;
}

static enum pt_status read_window(const void *opaque, int64_t index, uint64_t random,
                                  float *features, int32_t *tokens, int32_t *labels, float *targets,
                                  struct pt_error *error)
{
    const struct state *state = opaque;
    int64_t first = index * state->stride;
    (void)random;
    (void)features; // there are none
    (void)targets;
    enum pt_status status = copy_ids(state, first, tokens, error);
    return status == PT_OK ? copy_ids(state, first + 1, labels, error) : status;
}

static void close_windows(void *opaque)
{
    struct state *state = opaque;
    pt_token_owner_release(state->owner);
}

static const struct pt_dataset_reader reader = {.read = read_window, .close = close_windows};

static enum pt_status keep_ids(const struct pt_token_windows *windows, struct pt_arena *arena,
                               struct state *state, struct pt_error *error)
{
    bool is_narrow = windows->vocabulary <= UINT16_MAX + 1;
    if (windows->ids == NULL)
        return PT_OK;
    void *memory = pt_arena_alloc(arena, (size_t)windows->count, is_narrow ? 2 : 4);
    if (memory == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %" PRId64 " tokens", windows->count);
    if (!is_narrow) {
        memcpy(memory, windows->ids, (size_t)windows->count * 4);
        state->wide = memory;
        return PT_OK;
    }
    uint16_t *narrow = memory;
    for (int64_t i = 0; i < windows->count; i++)
        narrow[i] = (uint16_t)windows->ids[i];
    state->narrow = narrow;
    return PT_OK;
}

enum pt_status pt_token_windows_create(const struct pt_token_windows *windows,
                                       struct pt_token_owner *owner,
                                       struct pt_dataset **ret_dataset, struct pt_error *error)
{
    struct pt_dataset *dataset;
    if (windows->count <= windows->length)
        return pt_fail(error, PT_BAD_INPUT,
                       "%s has %" PRId64 " tokens; one sample of length %" PRId64 " needs %" PRId64,
                       windows->what, windows->count, windows->length, windows->length + 1);
    int64_t samples = (windows->count - windows->length - 1) / windows->stride + 1;
    if (samples > UINT32_MAX)
        return pt_fail(error, PT_OVERFLOW,
                       "%s: %" PRId64 " samples are too many; give a larger stride", windows->what,
                       samples);
    enum pt_status status = pt_dataset_create(&dataset, error);
    if (status != PT_OK)
        return status;
    struct state *state = pt_arena_alloc(dataset->arena, 1, sizeof *state);
    if (state == NULL)
        status = pt_fail(error, PT_NO_MEMORY, "no memory for a dataset of tokens");
    else
        status = keep_ids(windows, dataset->arena, state, error);
    if (status != PT_OK) {
        pt_dataset_destroy(dataset);
        return status;
    }
    owner->users++;
    state->owner = owner;
    state->length = windows->length;
    state->stride = windows->stride;
    state->first = windows->first;
    dataset->sample_count = samples;
    dataset->rank = 1;
    dataset->dims[0] = windows->length;
    dataset->feature_count = windows->length;
    dataset->label_count = windows->length;
    dataset->class_count = windows->vocabulary;
    dataset->has_tokens = true;
    dataset->reader = &reader;
    dataset->reader_state = state;
    dataset->tokenizer = owner->tokenizer;
    *ret_dataset = dataset;
    return PT_OK;
}

enum pt_status pt_token_windows_read_keys(const struct pt_node *node,
                                          struct pt_token_windows *windows, struct pt_error *error)
{
    enum pt_status status =
        pt_node_get_integer(node, "length", PT_REQUIRED, 1, INT32_MAX, &windows->length, error);
    windows->stride = windows->length;
    if (status == PT_OK)
        status =
            pt_node_get_integer(node, "stride", PT_OPTIONAL, 1, INT32_MAX, &windows->stride, error);
    return status;
}
