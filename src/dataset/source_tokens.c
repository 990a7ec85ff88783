// kind: tokens. Windows of packed token files, which are mapped and not loaded.

#include <stdio.h>

#include "dataset/internal.h"
#include "dataset/token_windows.h"

struct plan {
    const char *train_path, *test_path; // the latter may be NULL
    double test_share;
    struct pt_token_windows windows;
};

static enum pt_status read_path(struct pt_arena *arena, const struct pt_node *node, const char *key,
                                const char *base_directory, const char **path,
                                struct pt_error *error)
{
    const struct pt_node *child = pt_node_find(node, key);
    return child == NULL ? PT_OK : pt_dataset_path(arena, child, base_directory, path, error);
}

static enum pt_status read_plan(struct pt_arena *arena, const struct pt_node *node,
                                const char *base_directory, struct plan *plan,
                                struct pt_error *error)
{
    static const char *const keys[] = {"kind",   "train_file", "test_file",  "test_share",
                                       "length", "stride",     "vocabulary", NULL};
    uint64_t seed;
    enum pt_status status = pt_node_check_keys(node, keys, error);
    if (status == PT_OK)
        status = read_path(arena, node, "train_file", base_directory, &plan->train_path, error);
    if (status == PT_OK && plan->train_path == NULL)
        return pt_node_fail(error, node, "missing key \"train_file\"");
    if (status == PT_OK)
        status = read_path(arena, node, "test_file", base_directory, &plan->test_path, error);
    if (status == PT_OK)
        status = pt_dataset_read_split(node, &plan->test_share, &seed, error);
    if (status == PT_OK && plan->test_path != NULL && plan->test_share > 0)
        return pt_node_fail(error, node, "give either test_file or test_share, not both");
    if (status == PT_OK)
        status = pt_node_get_integer(node, "vocabulary", PT_REQUIRED, 1, INT32_MAX,
                                     &plan->windows.vocabulary, error);
    if (status == PT_OK)
        status = pt_token_windows_read_keys(node, &plan->windows, error);
    return status;
}

static enum pt_status open_owner(const char *path, int64_t vocabulary,
                                 struct pt_token_owner **ret_owner, int64_t *ret_count,
                                 struct pt_error *error)
{
    struct pt_token_file *file;
    enum pt_status status = pt_token_file_open(path, vocabulary, &file, error);
    if (status != PT_OK)
        return status;
    *ret_count = pt_token_file_count(file);
    return pt_token_owner_create(NULL, file, ret_owner, error);
}

// The tokens [first, first + count) of the owner's file.
static enum pt_status make_part(struct plan *plan, struct pt_token_owner *owner, const char *path,
                                int64_t first, int64_t count, struct pt_dataset **ret_part,
                                struct pt_error *error)
{
    plan->windows.what = path;
    plan->windows.first = first;
    plan->windows.count = count;
    return pt_token_windows_create(&plan->windows, owner, ret_part, error);
}

static enum pt_status open_parts(struct plan *plan, struct pt_dataset_pair *pair,
                                 struct pt_error *error)
{
    struct pt_token_owner *train = NULL, *test = NULL;
    int64_t count = 0, test_count = 0;
    enum pt_status status =
        open_owner(plan->train_path, plan->windows.vocabulary, &train, &count, error);
    if (status == PT_OK && plan->test_path != NULL)
        status = open_owner(plan->test_path, plan->windows.vocabulary, &test, &test_count, error);
    if (status == PT_OK && test != NULL)
        status = make_part(plan, test, plan->test_path, 0, test_count, &pair->test, error);
    if (status == PT_OK && plan->test_share > 0) {
        test_count = (int64_t)((double)count * plan->test_share);
        count -= test_count;
        status = make_part(plan, train, plan->train_path, count, test_count, &pair->test, error);
        if (status != PT_OK)
            pt_fail_within(error, status, "the test part");
    }
    if (status == PT_OK)
        status = make_part(plan, train, plan->train_path, 0, count, &pair->train, error);
    pt_token_owner_release(train);
    pt_token_owner_release(test);
    return status;
}

static enum pt_status open_tokens(const struct pt_node *node, const char *base_directory,
                                  struct pt_dataset_pair *ret_pair, struct pt_error *error)
{
    struct plan plan = {0};
    struct pt_dataset_pair pair = {NULL, NULL};
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to read a dataset");
    enum pt_status status = read_plan(arena, node, base_directory, &plan, error);
    if (status == PT_OK)
        status = open_parts(&plan, &pair, error);
    pt_arena_destroy(arena);
    if (status != PT_OK) {
        pt_dataset_destroy(pair.train);
        pt_dataset_destroy(pair.test);
        return status;
    }
    *ret_pair = pair;
    return PT_OK;
}

const struct pt_dataset_source pt_dataset_source_tokens = {.name = "tokens", .open = open_tokens};
