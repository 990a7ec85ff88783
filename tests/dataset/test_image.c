#include "dataset/image.h"

#include "support.h"

#include "../reference/images.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
enum { PIXELS = IMAGES_WIDTH * IMAGES_HEIGHT };

static struct pt_image decode(const uint8_t *bytes, size_t length, const char *name, int channels)
{
    struct pt_image image;
    struct pt_error error;
    assert_status(pt_image_decode(bytes, length, name, channels, &image, &error), PT_OK, &error);
    assert_int_equal(image.width, IMAGES_WIDTH);
    assert_int_equal(image.height, IMAGES_HEIGHT);
    assert_int_equal(image.channels, channels);
    return image;
}

static void assert_refused(const void *bytes, size_t length, enum pt_status status,
                           const char *part)
{
    struct pt_error error = {.message = ""};
    struct pt_image image = {.pixels = NULL};
    assert_status(pt_image_decode(bytes, length, "some.file", 3, &image, &error), status, &error);
    assert_contains(error.message, "some.file");
    assert_contains(error.message, part);
    assert_null(image.pixels);
}

// Gray of 1 to 8 bits, RGB, palettes, alpha, transparency, gamma, interlaced: Pillow's bytes.
static void png_files_are_decoded_as_by_pillow(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(png_files); i++) {
        struct pt_image image =
            decode(png_files[i].file, png_files[i].length, png_files[i].name, 3);
        for (int j = 0; j < PIXELS * 3; j++)
            if (image.pixels[j] != png_files[i].rgb[j])
                fail_msg("%s: byte %d is %d, Pillow has %d", png_files[i].name, j, image.pixels[j],
                         png_files[i].rgb[j]);
        pt_image_release(&image);
    }
}

// The inverse cosine transform may differ by one between versions of libjpeg-turbo.
static void jpeg_files_are_decoded_as_by_pillow(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(jpeg_files); i++) {
        struct pt_image image =
            decode(jpeg_files[i].file, jpeg_files[i].length, jpeg_files[i].name, 3);
        for (int j = 0; j < PIXELS * 3; j++)
            if (abs(image.pixels[j] - jpeg_files[i].rgb[j]) > 1)
                fail_msg("%s: byte %d is %d, Pillow has %d", jpeg_files[i].name, j, image.pixels[j],
                         jpeg_files[i].rgb[j]);
        pt_image_release(&image);
    }
}

static void gray_is_that_of_pillow(void **unused)
{
    (void)unused;
    struct pt_image gray = decode(png_rgb_file, sizeof png_rgb_file, "png_rgb", 1);
    assert_memory_equal(gray.pixels, png_rgb_in_gray, PIXELS);
    pt_image_release(&gray);

    // A gray file is the same in one channel and in three.
    gray = decode(png_gray_file, sizeof png_gray_file, "png_gray", 1);
    for (int i = 0; i < PIXELS; i++)
        assert_int_equal(gray.pixels[i], png_gray_rgb[3 * i]);
    pt_image_release(&gray);
    gray = decode(jpeg_gray_file, sizeof jpeg_gray_file, "jpeg_gray", 1);
    for (int i = 0; i < PIXELS; i++)
        assert_in_range(gray.pixels[i] - jpeg_gray_rgb[3 * i] + 1, 0, 2);
    pt_image_release(&gray);
}

// 65535 becomes 255, the rest in proportion, to the nearest.
static void sixteen_bits_become_eight(void **unused)
{
    (void)unused;
    const struct {
        const uint8_t *file;
        size_t length;
        const uint16_t *samples;
        int channels, samples_per_pixel;
    } files[] = {
        {png_gray_16_file, sizeof png_gray_16_file, png_gray_16_samples, 1, 1},
        {png_rgb_16_file, sizeof png_rgb_16_file, png_rgb_16_samples, 3, 3},
        {png_rgba_16_file, sizeof png_rgba_16_file, png_rgba_16_samples, 3, 4}, // alpha dropped
    };
    for (size_t f = 0; f < COUNT(files); f++) {
        struct pt_image image =
            decode(files[f].file, files[f].length, "16 bits", files[f].channels);
        for (int i = 0; i < PIXELS; i++)
            for (int c = 0; c < files[f].channels; c++)
                assert_int_equal(
                    image.pixels[i * files[f].channels + c],
                    lround(files[f].samples[i * files[f].samples_per_pixel + c] * 255 / 65535.0));
        pt_image_release(&image);
    }
}

static void resizing_gives_the_bytes_of_pillow(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(resizes); i++) {
        struct pt_image image = {.height = resizes[i].height,
                                 .width = resizes[i].width,
                                 .channels = resizes[i].channels,
                                 .pixels = (uint8_t *)(uintptr_t)resizes[i].from};
        int count = resizes[i].to_height * resizes[i].to_width * resizes[i].channels;
        uint8_t *got = malloc((size_t)count);
        struct pt_error error;
        assert_status(pt_image_resize(&image, resizes[i].to_height, resizes[i].to_width,
                                      resizes[i].stretch ? PT_IMAGE_STRETCH : PT_IMAGE_CROP,
                                      resizes[i].area ? PT_IMAGE_AREA : PT_IMAGE_BILINEAR, got,
                                      &error),
                      PT_OK, &error);
        for (int j = 0; j < count; j++)
            if (got[j] != resizes[i].to[j])
                fail_msg("resize %zu: byte %d is %d, Pillow has %d", i, j, got[j],
                         resizes[i].to[j]);
        free(got);
    }
}

// 2 x 2 squares of 4 pixels: the area filter gives their means, (10+20+30+40)/4 = 25 and so on;
// of a 4 x 8 picture the middle 4 x 4 is taken.
static void shrinking_by_area_takes_means(void **unused)
{
    (void)unused;
    uint8_t pixels[4 * 8] = {
        9, 9, 10, 20, 1, 1, 9, 9, //
        9, 9, 30, 40, 1, 1, 9, 9, //
        9, 9, 0,  0,  7, 7, 9, 9, //
        9, 9, 0,  4,  7, 7, 9, 9, //
    };
    static const uint8_t expected[] = {25, 1, 1, 7};
    uint8_t got[4];
    struct pt_image image = {.height = 4, .width = 8, .channels = 1, .pixels = pixels};
    assert_int_equal(pt_image_resize(&image, 2, 2, PT_IMAGE_CROP, PT_IMAGE_AREA, got, NULL), PT_OK);
    assert_memory_equal(got, expected, sizeof got);
}

static void impossible_sizes_are_refused(void **unused)
{
    (void)unused;
    uint8_t pixel = 0, got;
    struct pt_image image = {.height = 1, .width = 1, .channels = 1, .pixels = &pixel};
    struct pt_error error;
    assert_status(pt_image_resize(&image, 0, 1, PT_IMAGE_CROP, PT_IMAGE_AREA, &got, &error),
                  PT_BAD_INPUT, &error);
    assert_contains(error.message, "0 x 1");
    assert_status(pt_image_resize(&image, 1, 65536, PT_IMAGE_CROP, PT_IMAGE_AREA, &got, &error),
                  PT_BAD_INPUT, &error);
}

static void other_files_are_refused(void **unused)
{
    (void)unused;
    assert_refused("GIF89a", 6, PT_UNSUPPORTED, "neither PNG nor JPEG");
    assert_refused("", 0, PT_UNSUPPORTED, "it is empty");
    assert_refused(jpeg_cmyk_file, sizeof jpeg_cmyk_file, PT_UNSUPPORTED, "convert it to RGB");
}

// Cut anywhere, no file is taken for a whole one: missing rows are not gray. Only the last bytes,
// the end mark of JPEG, may be missing where all pixels are there; libjpeg reports that too.
static void every_truncated_file_is_refused(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_image image;
    for (size_t i = 0; i < COUNT(png_files); i++)
        for (size_t length = 0; length < png_files[i].length; length++)
            assert_int_not_equal(
                pt_image_decode(png_files[i].file, length, "cut.png", 3, &image, &error), PT_OK);
    for (size_t i = 0; i < COUNT(jpeg_files); i++)
        for (size_t length = 0; length < jpeg_files[i].length; length++)
            assert_int_not_equal(
                pt_image_decode(jpeg_files[i].file, length, "cut.jpeg", 3, &image, &error), PT_OK);
    assert_refused(png_rgb_file, sizeof png_rgb_file - 20, PT_CORRUPT, "ends early");
    assert_refused(jpeg_420_file, sizeof jpeg_420_file - 40, PT_CORRUPT, "Premature end");
}

// A byte of the packed pixels is another one: a checksum tells.
static void a_damaged_png_is_refused(void **unused)
{
    (void)unused;
    uint8_t bytes[sizeof png_rgb_file];
    memcpy(bytes, png_rgb_file, sizeof bytes);
    bytes[sizeof bytes - 30] ^= 1;
    assert_refused(bytes, sizeof bytes, PT_CORRUPT, "not a sound PNG");
}

// crc32 of PNG, ISO 3309, bit by bit.
static uint32_t checksum(const uint8_t *bytes, size_t length)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0);
    }
    return ~crc;
}

static void put_u32(uint8_t *bytes, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

// The header stands at byte 16: width and height; its checksum at byte 29.
static void png_with_size(uint8_t bytes[sizeof png_gray_file], uint32_t width, uint32_t height)
{
    memcpy(bytes, png_gray_file, sizeof png_gray_file);
    put_u32(bytes + 16, width);
    put_u32(bytes + 20, height);
    put_u32(bytes + 29, checksum(bytes + 12, 17));
}

static void a_png_that_claims_too_much_is_refused_at_once(void **unused)
{
    (void)unused;
    uint8_t bytes[sizeof png_gray_file];
    png_with_size(bytes, INT32_MAX, INT32_MAX);
    assert_refused(bytes, sizeof bytes, PT_CORRUPT, "not a sound PNG");
    png_with_size(bytes, 65535, 65535);
    assert_refused(bytes, sizeof bytes, PT_OVERFLOW, "65535 x 65535 pixels are too many");
    png_with_size(bytes, 10000, 10000);
    assert_refused(bytes, sizeof bytes, PT_CORRUPT, "no picture of that size fits");
    png_with_size(bytes, 0, 10);
    assert_refused(bytes, sizeof bytes, PT_CORRUPT, "not a sound PNG");
}

// The frame header: marker FF C0 or C2, length, precision, height, width.
static size_t frame_of(const uint8_t *bytes, size_t length)
{
    for (size_t i = 2; i + 9 < length;) {
        if (bytes[i + 1] == 0xc0 || bytes[i + 1] == 0xc2)
            return i;
        i += 2 + (size_t)(bytes[i + 2] << 8 | bytes[i + 3]);
    }
    fail();
    return 0;
}

static void a_jpeg_that_claims_too_much_is_refused_at_once(void **unused)
{
    (void)unused;
    uint8_t bytes[sizeof jpeg_progressive_file];
    memcpy(bytes, jpeg_progressive_file, sizeof bytes);
    uint8_t *frame = bytes + frame_of(bytes, sizeof bytes);
    memset(frame + 5, 0xff, 4); // 65535 x 65535, more than libjpeg takes
    assert_refused(bytes, sizeof bytes, PT_CORRUPT, "65500");
    memset(frame + 5, 0x7f, 4); // 32639 x 32639
    assert_refused(bytes, sizeof bytes, PT_OVERFLOW, "32639 x 32639 pixels are too many");
    memset(frame + 5, 0x27, 4); // 10023 x 10023
    assert_refused(bytes, sizeof bytes, PT_CORRUPT, "no picture of that size fits");
    memset(frame + 5, 0, 2); // no height: not known before the end, which libjpeg does not do
    assert_refused(bytes, sizeof bytes, PT_CORRUPT, "cannot be decoded");
    memcpy(bytes, jpeg_progressive_file, sizeof bytes);
    frame[4] = 12; // bits
    assert_refused(bytes, sizeof bytes, PT_UNSUPPORTED, "precision");
}

// A progressive file whose last scan is repeated 100 times.
static void a_jpeg_of_endless_scans_is_refused(void **unused)
{
    (void)unused;
    const size_t length = sizeof jpeg_progressive_file;
    size_t scan = length - 3;
    while (!(jpeg_progressive_file[scan] == 0xff && jpeg_progressive_file[scan + 1] == 0xda))
        scan--;
    size_t scan_length = length - 2 - scan;
    uint8_t *bytes = malloc(length + 100 * scan_length);
    memcpy(bytes, jpeg_progressive_file, length);
    size_t end = length - 2;
    for (int i = 0; i < 100; i++, end += scan_length)
        memcpy(bytes + end, jpeg_progressive_file + scan, scan_length);
    bytes[end] = 0xff;
    bytes[end + 1] = 0xd9;
    struct pt_error error;
    struct pt_image image;
    assert_int_equal(pt_image_decode(bytes, end + 2, "scans.jpeg", 3, &image, &error), PT_CORRUPT);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(png_files_are_decoded_as_by_pillow),
        cmocka_unit_test(jpeg_files_are_decoded_as_by_pillow),
        cmocka_unit_test(gray_is_that_of_pillow),
        cmocka_unit_test(sixteen_bits_become_eight),
        cmocka_unit_test(resizing_gives_the_bytes_of_pillow),
        cmocka_unit_test(shrinking_by_area_takes_means),
        cmocka_unit_test(impossible_sizes_are_refused),
        cmocka_unit_test(other_files_are_refused),
        cmocka_unit_test(every_truncated_file_is_refused),
        cmocka_unit_test(a_damaged_png_is_refused),
        cmocka_unit_test(a_png_that_claims_too_much_is_refused_at_once),
        cmocka_unit_test(a_jpeg_that_claims_too_much_is_refused_at_once),
        cmocka_unit_test(a_jpeg_of_endless_scans_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
