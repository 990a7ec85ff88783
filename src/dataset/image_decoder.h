// What the two decoders share with pt_image_decode.
#ifndef PT_DATASET_IMAGE_DECODER_H
#define PT_DATASET_IMAGE_DECODER_H

#include "dataset/image.h"

struct pt_image_file {
    const uint8_t *bytes;
    size_t length;
    const char *name;
};

// Each gives gray or RGB as the file has it; the caller converts.
enum pt_status pt_image_decode_png(const struct pt_image_file *file, struct pt_image *ret_image,
                                   struct pt_error *error);
enum pt_status pt_image_decode_jpeg(const struct pt_image_file *file, struct pt_image *ret_image,
                                    struct pt_error *error);

// Refuses too many pixels, and more of them than length bytes can hold at pixels_per_byte.
enum pt_status pt_image_check_size(const struct pt_image_file *file, int64_t width, int64_t height,
                                   int64_t pixels_per_byte, struct pt_error *error);
// The memory for image->height, width and channels; PT_NO_MEMORY.
enum pt_status pt_image_allocate(const struct pt_image_file *file, struct pt_image *image,
                                 struct pt_error *error);

#endif
