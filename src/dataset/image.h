// Pictures in files: PNG by libpng, JPEG by libjpeg-turbo, and bringing them to one size.
//
// Decoding gives what Pillow's convert("RGB") and convert("L") give, because that is what weights
// from elsewhere were trained on: alpha is dropped, gamma, color profiles and EXIF orientation do
// not count, 16 bits are scaled to 8, gray is 0.299 R + 0.587 G + 0.114 B of the bytes.
#ifndef PT_DATASET_IMAGE_H
#define PT_DATASET_IMAGE_H

#include "base/status.h"

enum {
    PT_IMAGE_PIXELS_MAX = 1 << 27, // 134 million; more is rather an attack than a picture
    PT_IMAGE_FILE_BYTES_MAX = 1 << 28,
};

struct pt_image {
    int64_t height, width;
    int channels;    // 1 gray, 3 red, green, blue
    uint8_t *pixels; // [height, width, channels]
};

// Decodes a file in memory. channels 1 or 3 is what comes out, whatever the file holds; name is for
// messages. PT_UNSUPPORTED for another format or kind of color, PT_CORRUPT for damage, a file that
// ends early, or a size that so few bytes cannot hold; PT_OVERFLOW for too many pixels. Nothing is
// allocated for a size before it is checked. Release with pt_image_release.
enum pt_status pt_image_decode(const void *bytes, size_t length, const char *name, int channels,
                               struct pt_image *ret_image, struct pt_error *error);
void pt_image_release(struct pt_image *image);

enum pt_image_fit {
    PT_IMAGE_CROP,    // the largest middle part of the new proportions
    PT_IMAGE_STRETCH, // all of it
};
enum pt_image_filter {
    PT_IMAGE_BILINEAR, // a triangle over two old pixels, over more of them when shrinking
    PT_IMAGE_AREA,     // the mean of the old pixels that a new one covers
};
// Brings an image to height x width, in fixed-point arithmetic that gives the bytes of Pillow 12's
// Image.resize and ImageOps.fit (BILINEAR, BOX). ret_pixels [height, width, channels] is the
// caller's. Sides are 1 .. 65535.
enum pt_status pt_image_resize(const struct pt_image *image, int64_t height, int64_t width,
                               enum pt_image_fit fit, enum pt_image_filter filter,
                               uint8_t *ret_pixels, struct pt_error *error);

#endif
