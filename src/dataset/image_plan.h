// What a mapping of kind images asks for: which files, and how they become pixels.
#ifndef PT_DATASET_IMAGE_PLAN_H
#define PT_DATASET_IMAGE_PLAN_H

#include "dataset/image.h"
#include "dataset/image_list.h"
#include "dataset/internal.h"

enum pt_image_decode_when { PT_IMAGE_DECODE_AUTO, PT_IMAGE_DECODE_ONCE, PT_IMAGE_DECODE_ALWAYS };

// How a file becomes pixels.
struct pt_image_shape {
    int64_t height, width; // 0: those of the first picture, which all others must have
    int channels;
    bool is_given;
    enum pt_image_fit fit;
    enum pt_image_filter filter;
};

// What a mapping of kind images asks for.
struct pt_image_plan {
    struct pt_arena *arena; // for reading; dies when the data is open
    const struct pt_node *node;
    const char *base_directory;
    struct pt_image_list train, test;
    bool has_test;
    struct pt_image_shape shape;
    struct pt_normalize normalize;
    struct pt_augment augment;
    enum pt_image_decode_when decode;
};

static inline int64_t pt_image_pixel_count(const struct pt_image_shape *shape)
{
    return shape->height * shape->width * shape->channels;
}

// Fills a plan of which arena, node and base_directory are set already.
enum pt_status pt_image_plan_make(struct pt_image_plan *plan, struct pt_error *error);
// Reads and decodes one file.
enum pt_status pt_image_read(const char *path, int channels, struct pt_image *ret_image,
                             struct pt_error *error);

#endif
