// Any bytes as a picture: refused, or pixels of the promised kind that can be brought to a size.
//
// The checksums of PNG chunks are set right first, or nothing but them would be tested.

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "dataset/image.h"

static uint32_t get_u32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

// Chunks: length, kind, data, checksum of kind and data.
static void set_checksums(uint8_t *bytes, size_t length)
{
    size_t offset = 8;
    while (offset + 12 <= length) {
        size_t data = get_u32(bytes + offset);
        if (data > length - offset - 12)
            return;
        uint32_t sum = (uint32_t)crc32(0, bytes + offset + 4, (unsigned)(data + 4));
        for (int i = 0; i < 4; i++)
            bytes[offset + 8 + data + (size_t)i] = (uint8_t)(sum >> (24 - 8 * i));
        offset += data + 12;
    }
}

static void try_size(const struct pt_image *image, int64_t height, int64_t width,
                     enum pt_image_fit fit, enum pt_image_filter filter)
{
    uint8_t pixels[9 * 7 * 3];
    if (pt_image_resize(image, height, width, fit, filter, pixels, NULL) != PT_OK)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    int channels = length % 2 == 0 ? 3 : 1;
    struct pt_image image;
    uint8_t sum = 0;

    uint8_t *copy = malloc(length + 1);
    if (copy == NULL)
        abort();
    memcpy(copy, bytes, length);
    if (length > 8 && copy[0] == 0x89)
        set_checksums(copy, length);
    if (pt_image_decode(copy, length, "fuzz", channels, &image, NULL) == PT_OK) {
        if (image.channels != channels || image.width < 1 || image.height < 1)
            abort();
        for (int64_t i = 0; i < image.height * image.width * channels; i++)
            sum ^= image.pixels[i];
        try_size(&image, 7, 9, PT_IMAGE_CROP, PT_IMAGE_BILINEAR);
        try_size(&image, 3, 2, PT_IMAGE_STRETCH, PT_IMAGE_AREA);
        pt_image_release(&image);
    }
    volatile uint8_t result = sum; // so that the pixels are read
    (void)result;
    free(copy);
    return 0;
}
