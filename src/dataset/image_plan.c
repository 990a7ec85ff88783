// From the mapping of kind images to files and options.

#include "dataset/image_plan.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/file.h"

enum { SIDE_MAX = 8192 };

enum pt_status pt_image_read(const char *path, int channels, struct pt_image *ret_image,
                             struct pt_error *error)
{
    char *bytes;
    size_t length;
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to read %s", path);
    enum pt_status status =
        pt_file_read(arena, path, PT_IMAGE_FILE_BYTES_MAX, &bytes, &length, error);
    if (status == PT_OK)
        status = pt_image_decode(bytes, length, path, channels, ret_image, error);
    pt_arena_destroy(arena);
    return status;
}

static enum pt_status read_word(const struct pt_node *node, const char *key,
                                const char *const *words, int *ret_index, struct pt_error *error)
{
    const struct pt_node *value = pt_node_find(node, key);
    return value != NULL ? pt_node_choice(value, words, ret_index, error) : PT_OK;
}

static enum pt_status read_options(struct pt_image_plan *plan, struct pt_error *error)
{
    static const char *const fits[] = {"crop", "stretch", NULL};
    static const char *const filters[] = {"bilinear", "area", NULL};
    static const char *const decodes[] = {"auto", "once", "always", NULL};
    const struct pt_node *node = plan->node, *channels_node = pt_node_find(node, "channels");
    int fit = 0, filter = 0, decode = 0;
    int64_t channels = 3;

    enum pt_status status =
        pt_node_get_integer(node, "channels", PT_OPTIONAL, 1, 3, &channels, error);
    if (status == PT_OK && channels == 2)
        return pt_node_fail(error, channels_node, "channels is 2; 1 is gray, 3 is color");
    plan->normalize.channel_count = (int)channels; // standard: each by itself
    if (status == PT_OK)
        status = pt_normalize_read(node, &plan->normalize, error);
    if (status == PT_OK)
        status = pt_augment_read(node, pt_node_find(node, "target") != NULL, &plan->augment, error);
    if (status == PT_OK)
        status = read_word(node, "fit", fits, &fit, error);
    if (status == PT_OK)
        status = read_word(node, "filter", filters, &filter, error);
    if (status == PT_OK)
        status = read_word(node, "decode", decodes, &decode, error);
    plan->shape.channels = (int)channels;
    plan->shape.fit = (enum pt_image_fit)fit;
    plan->shape.filter = (enum pt_image_filter)filter;
    plan->decode = (enum pt_image_decode_when)decode;
    return status;
}

static enum pt_status read_folders(struct pt_image_plan *plan, struct pt_error *error)
{
    static const char *const of_lists[] = {"test_list", "file_column", "label",
                                           "target",    "separator",   NULL};
    const char *path;
    for (int i = 0; of_lists[i] != NULL; i++)
        if (pt_node_find(plan->node, of_lists[i]) != NULL)
            return pt_node_fail(error, pt_node_find(plan->node, of_lists[i]),
                                "%s goes with train_list, not with train_folder", of_lists[i]);
    enum pt_status status = pt_dataset_path(plan->arena, pt_node_find(plan->node, "train_folder"),
                                            plan->base_directory, &path, error);
    if (status == PT_OK)
        status = pt_image_list_from_folder(plan->arena, path, NULL, &plan->train, error);
    const struct pt_node *test = pt_node_find(plan->node, "test_folder");
    if (status != PT_OK || test == NULL)
        return status;
    plan->has_test = true;
    status = pt_dataset_path(plan->arena, test, plan->base_directory, &path, error);
    if (status == PT_OK)
        status = pt_image_list_from_folder(plan->arena, path, &plan->train, &plan->test, error);
    return status;
}

static enum pt_status read_lists(struct pt_image_plan *plan, const struct pt_node *train,
                                 struct pt_error *error)
{
    const struct pt_node *node = plan->node, *test = pt_node_find(node, "test_list");
    struct pt_image_columns columns = {.file = pt_node_find(node, "file_column"),
                                       .label = pt_node_find(node, "label"),
                                       .target = pt_node_find(node, "target")};
    struct pt_csv_categories classes = {0};
    const char *path;

    if ((columns.label == NULL) == (columns.target == NULL))
        return pt_node_fail(error, node,
                            "give either 'label' (a column of classes) or 'target' (of numbers)");
    if (pt_node_find(node, "test_folder") != NULL)
        return pt_node_fail(error, pt_node_find(node, "test_folder"),
                            "test_folder goes with train_folder; give a test_list");
    enum pt_status status = pt_csv_read_separator(node, &columns.separator, error);
    if (status == PT_OK)
        status = pt_dataset_path(plan->arena, train, plan->base_directory, &path, error);
    if (status == PT_OK)
        status = pt_image_list_from_csv(plan->arena, path, &columns, &classes, &plan->train, error);
    if (status != PT_OK || test == NULL)
        return status;
    plan->has_test = true;
    status = pt_dataset_path(plan->arena, test, plan->base_directory, &path, error);
    if (status == PT_OK)
        status = pt_image_list_from_csv(plan->arena, path, &columns, &classes, &plan->test, error);
    return status;
}

static enum pt_status split(struct pt_image_plan *plan, double share, uint64_t seed,
                            struct pt_error *error)
{
    const struct pt_image_list all = plan->train;
    uint32_t *rows = NULL;
    int64_t test_count = 0;
    enum pt_status status =
        pt_dataset_split_rows(all.count, share, seed, &rows, &test_count, error);
    if (status != PT_OK)
        return status;
    status = pt_image_list_take(plan->arena, &all, rows, test_count, &plan->test, error);
    if (status == PT_OK)
        status = pt_image_list_take(plan->arena, &all, rows + test_count, all.count - test_count,
                                    &plan->train, error);
    free(rows);
    plan->has_test = true;
    return status;
}

static enum pt_status read_files(struct pt_image_plan *plan, struct pt_error *error)
{
    const struct pt_node *node = plan->node, *folder = pt_node_find(node, "train_folder");
    const struct pt_node *list = pt_node_find(node, "train_list");
    const struct pt_node *share_node = pt_node_find(node, "test_share");
    double share;
    uint64_t seed;

    if (list == NULL)
        list = pt_node_find(node, "list");
    else if (pt_node_find(node, "list") != NULL)
        return pt_node_fail(error, list, "give either list or train_list, not both");
    if ((folder == NULL) == (list == NULL))
        return pt_node_fail(error, node,
                            "give either train_folder (a folder for each class) or list (a CSV "
                            "file that names the pictures)");
    enum pt_status status = pt_dataset_read_split(node, &share, &seed, error);
    if (status == PT_OK)
        status = folder != NULL ? read_folders(plan, error) : read_lists(plan, list, error);
    if (status != PT_OK)
        return status;
    if (share_node != NULL && plan->has_test)
        return pt_node_fail(error, share_node, "give either test files or test_share, not both");
    if (plan->train.count > UINT32_MAX || plan->test.count > UINT32_MAX)
        return pt_fail(error, PT_OVERFLOW, "%s: too many pictures", plan->train.name);
    return share > 0 ? split(plan, share, seed, error) : PT_OK;
}

static enum pt_status read_size(struct pt_image_plan *plan, struct pt_error *error)
{
    const struct pt_node *size = pt_node_find(plan->node, "size");
    struct pt_image_shape *shape = &plan->shape;
    if (size == NULL) {
        struct pt_image first;
        enum pt_status status = pt_image_read(plan->train.paths[0], shape->channels, &first, error);
        if (status != PT_OK)
            return status;
        shape->height = first.height;
        shape->width = first.width;
        pt_image_release(&first);
        if (shape->height > SIDE_MAX || shape->width > SIDE_MAX)
            return pt_fail(error, PT_BAD_INPUT,
                           "%s is %" PRId64 " x %" PRId64
                           " pixels, too large to learn from; give size: [height, width]",
                           plan->train.paths[0], shape->height, shape->width);
        return PT_OK;
    }
    enum pt_status status = pt_node_check_kind(size, PT_NODE_SEQUENCE, error);
    if (status == PT_OK && size->count != 2)
        return pt_node_fail(error, size, "size has %" PRId64 " numbers; it is [height, width]",
                            size->count);
    if (status == PT_OK)
        status = pt_node_integer(size->first, 1, SIDE_MAX, &shape->height, error);
    if (status == PT_OK)
        status = pt_node_integer(size->first->next, 1, SIDE_MAX, &shape->width, error);
    shape->is_given = true;
    return status;
}

enum pt_status pt_image_plan_make(struct pt_image_plan *plan, struct pt_error *error)
{
    enum pt_status status = read_options(plan, error);
    if (status == PT_OK)
        status = read_files(plan, error);
    if (status == PT_OK)
        status = read_size(plan, error);
    return status;
}
