// The key augment of the mapping data:.

#include "dataset/internal.h"

enum { PIXELS_MAX = 16384 };

static enum pt_status read_flip_targets(const struct pt_node *mapping, bool has_targets,
                                        struct pt_augment *augment, struct pt_error *error)
{
    static const char *const words[] = {"keep", "negate", NULL};
    const struct pt_node *value = pt_node_find(mapping, "flip_targets");
    int index;

    if (value == NULL && augment->flip && has_targets)
        return pt_node_fail(
            error, pt_node_find(mapping, "flip"),
            "flip needs flip_targets: keep or negate, because the targets are "
            "numbers: is the target of a mirrored image the same, or the opposite?");
    if (value == NULL)
        return PT_OK;
    if (!augment->flip || !has_targets)
        return pt_node_fail(error, value, "flip_targets needs flip: true and numbers as targets");
    enum pt_status status = pt_node_choice(value, words, &index, error);
    if (status == PT_OK)
        augment->negate_targets = index == 1;
    return status;
}

enum pt_status pt_augment_read(const struct pt_node *node, bool has_targets,
                               struct pt_augment *ret_augment, struct pt_error *error)
{
    static const char *const keys[] = {"crop", "flip", "flip_targets", "cutout", NULL};
    const struct pt_node *mapping = pt_node_find(node, "augment");
    struct pt_augment augment = {0};

    if (mapping != NULL) {
        enum pt_status status = pt_node_check_keys(mapping, keys, error);
        if (status == PT_OK)
            status = pt_node_get_integer(mapping, "crop", PT_OPTIONAL, 0, PIXELS_MAX, &augment.crop,
                                         error);
        if (status == PT_OK)
            status = pt_node_get_bool(mapping, "flip", PT_OPTIONAL, &augment.flip, error);
        if (status == PT_OK)
            status = pt_node_get_integer(mapping, "cutout", PT_OPTIONAL, 0, PIXELS_MAX,
                                         &augment.cutout, error);
        if (status == PT_OK)
            status = read_flip_targets(mapping, has_targets, &augment, error);
        if (status != PT_OK)
            return status;
    }
    *ret_augment = augment;
    return PT_OK;
}

bool pt_augment_is_any(const struct pt_augment *augment)
{
    return augment->crop > 0 || augment->flip || augment->cutout > 0;
}
