// From the pixels of one image to its place in a batch: random window, flip, scale of each channel,
// cut-out. In this order, which is that of torchvision's usual recipes.
#ifndef PT_DATASET_PICTURE_H
#define PT_DATASET_PICTURE_H

#include "dataset/dataset.h"

struct pt_picture {
    int64_t height, width, channels;
    const float *scales, *shifts; // [width * channels], of one row of bytes
    struct pt_augment augment;
};

// For samples of dims [height, width] or [height, width, channels]. channel_count scales, or one
// for all. augment NULL: none. PT_BAD_INPUT for another shape or a change that does not fit it.
enum pt_status pt_picture_make(struct pt_arena *arena, int rank, const int64_t *dims,
                               int channel_count, const float *pixel_scale,
                               const float *pixel_shift, const struct pt_augment *augment,
                               const struct pt_picture **ret_picture, struct pt_error *error);

// random is what the changes are drawn from; the same for the pixels and targets of a sample.
void pt_picture_from_bytes(const struct pt_picture *picture, uint64_t random, const uint8_t *pixels,
                           float *ret_floats);
// Floats are scaled already.
void pt_picture_from_floats(const struct pt_picture *picture, uint64_t random, const float *pixels,
                            float *ret_floats);
void pt_picture_change_targets(const struct pt_picture *picture, uint64_t random, float *targets,
                               int64_t count);

#endif
