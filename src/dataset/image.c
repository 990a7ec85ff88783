// Pictures in files: which format, which size, which colors.

#include "dataset/image.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dataset/image_decoder.h"

static const uint8_t png_signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
static const uint8_t jpeg_signature[] = {0xff, 0xd8, 0xff};

enum pt_status pt_image_check_size(const struct pt_image_file *file, int64_t width, int64_t height,
                                   int64_t pixels_per_byte, struct pt_error *error)
{
    if (width < 1 || height < 1)
        return pt_fail(error, PT_CORRUPT, "%s: its header says %" PRId64 " x %" PRId64 " pixels",
                       file->name, width, height);
    if (width > PT_IMAGE_PIXELS_MAX / height)
        return pt_fail(error, PT_OVERFLOW,
                       "%s: %" PRId64 " x %" PRId64 " pixels are too many; at most %d are allowed",
                       file->name, width, height, PT_IMAGE_PIXELS_MAX);
    if (width * height / pixels_per_byte > (int64_t)file->length)
        return pt_fail(error, PT_CORRUPT,
                       "%s: its header says %" PRId64 " x %" PRId64
                       " pixels, but no picture of that size fits in %zu bytes",
                       file->name, width, height, file->length);
    return PT_OK;
}

enum pt_status pt_image_allocate(const struct pt_image_file *file, struct pt_image *image,
                                 struct pt_error *error)
{
    image->pixels = malloc((size_t)(image->height * image->width * image->channels));
    if (image->pixels == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory for %" PRId64 " x %" PRId64 " pixels",
                       file->name, image->width, image->height);
    return PT_OK;
}

// L = 0.299 R + 0.587 G + 0.114 B in 16-bit fixed point, as Pillow has it; ITU-R BT.601.
static void to_gray(struct pt_image *image)
{
    int64_t count = image->height * image->width;
    for (int64_t i = 0; i < count; i++) {
        const uint8_t *pixel = image->pixels + 3 * i;
        uint32_t sum = 19595U * pixel[0] + 38470U * pixel[1] + 7471U * pixel[2] + 0x8000U;
        image->pixels[i] = (uint8_t)(sum >> 16);
    }
    image->channels = 1;
}

static enum pt_status to_rgb(const struct pt_image_file *file, struct pt_image *image,
                             struct pt_error *error)
{
    struct pt_image rgb = {.height = image->height, .width = image->width, .channels = 3};
    enum pt_status status = pt_image_allocate(file, &rgb, error);
    if (status != PT_OK)
        return status;
    int64_t count = image->height * image->width;
    for (int64_t i = 0; i < count; i++)
        memset(rgb.pixels + 3 * i, image->pixels[i], 3);
    pt_image_release(image);
    *image = rgb;
    return PT_OK;
}

static bool starts_with(const struct pt_image_file *file, const uint8_t *start, size_t length)
{
    return file->length >= length && memcmp(file->bytes, start, length) == 0;
}

enum pt_status pt_image_decode(const void *bytes, size_t length, const char *name, int channels,
                               struct pt_image *ret_image, struct pt_error *error)
{
    struct pt_image_file file = {bytes, length, name};
    struct pt_image image = {0};
    enum pt_status status;

    if (starts_with(&file, png_signature, sizeof png_signature))
        status = pt_image_decode_png(&file, &image, error);
    else if (starts_with(&file, jpeg_signature, sizeof jpeg_signature))
        status = pt_image_decode_jpeg(&file, &image, error);
    else
        status = pt_fail(error, PT_UNSUPPORTED, "%s: neither PNG nor JPEG by its first bytes; %s",
                         name, length == 0 ? "it is empty" : "convert it to one of them");
    if (status != PT_OK)
        return status;
    if (channels == 1 && image.channels == 3)
        to_gray(&image);
    else if (channels == 3 && image.channels == 1)
        status = to_rgb(&file, &image, error);
    if (status != PT_OK) {
        pt_image_release(&image);
        return status;
    }
    *ret_image = image;
    return PT_OK;
}

void pt_image_release(struct pt_image *image)
{
    free(image->pixels);
    image->pixels = NULL;
}
