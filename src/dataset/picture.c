// Images on their way into a batch, a row of pixels at a time.

#include "dataset/picture.h"

#include <inttypes.h>
#include <string.h>

#include "base/random.h"
#include "dataset/internal.h"
#include "engine/cpu.h"

#define PICTURE_STREAM UINT64_C(0x7069637475726500) // "picture"

enum { ROW_NUMBERS_MAX = 16384, SIDE_MAX = 1 << 20 };

// What happens to one sample.
struct change {
    int64_t down, right; // source row and column of the first pixel; may be negative or too large
    bool flip;
    int64_t hole_top, hole_left;
};

// Uniform in 0 .. count-1; Lemire 2019, arXiv:1805.10941, without its correction: count is below
// 2^21, so the bias is below 2^-11 of a part.
static int64_t below(uint32_t word, int64_t count)
{
    return (int64_t)((uint64_t)word * (uint64_t)count >> 32);
}

// All words are drawn whatever is asked for, so that one change does not depend on another.
static struct change draw(const struct pt_picture *picture, uint64_t random)
{
    const struct pt_augment *augment = &picture->augment;
    uint32_t window[4], hole[4];
    struct change change = {0};

    pt_random_block(random, PICTURE_STREAM, 0, window);
    change.down = below(window[0], 2 * augment->crop + 1) - augment->crop;
    change.right = below(window[1], 2 * augment->crop + 1) - augment->crop;
    change.flip = augment->flip && (window[2] & 1) != 0;
    if (augment->cutout > 0) {
        // The center is anywhere in the image, so the square may hang over its edge.
        pt_random_block(random, PICTURE_STREAM, 1, hole);
        change.hole_top = below(hole[0], picture->height) - augment->cutout / 2;
        change.hole_left = below(hole[1], picture->width) - augment->cutout / 2;
    }
    return change;
}

// The part [from, to) of the output that shows the source; the rest is black. Never empty, because
// crop is less than a side.
struct span {
    int64_t from, to;
};

static struct span visible(int64_t offset, int64_t length)
{
    return (struct span){offset < 0 ? -offset : 0, offset > 0 ? length - offset : length};
}

// Pixels of channels items in the opposite order.
static void reverse_bytes(const uint8_t *from, int64_t count, int64_t channels, uint8_t *to)
{
    if (channels == 1) {
        for (int64_t i = 0; i < count; i++)
            to[i] = from[count - 1 - i];
        return;
    }
    for (int64_t i = 0; i < count; i++)
        for (int64_t c = 0; c < channels; c++)
            to[i * channels + c] = from[(count - 1 - i) * channels + c];
}

static void reverse_floats(const float *from, int64_t count, int64_t channels, float *to)
{
    for (int64_t i = 0; i < count; i++)
        for (int64_t c = 0; c < channels; c++)
            to[i * channels + c] = from[(count - 1 - i) * channels + c];
}

static struct span mirrored(struct span span, int64_t length)
{
    return (struct span){length - span.to, length - span.from};
}

static void cut_out(const struct pt_picture *picture, const struct change *change, float *floats)
{
    int64_t size = picture->augment.cutout, channels = picture->channels;
    int64_t top = change->hole_top < 0 ? 0 : change->hole_top;
    int64_t left = change->hole_left < 0 ? 0 : change->hole_left;
    int64_t bottom = change->hole_top + size, right = change->hole_left + size;
    if (bottom > picture->height)
        bottom = picture->height;
    if (right > picture->width)
        right = picture->width;
    for (int64_t y = top; size > 0 && y < bottom; y++)
        memset(floats + (y * picture->width + left) * channels, 0,
               (size_t)((right - left) * channels) * sizeof *floats);
}

typedef void scale_bytes(const uint8_t *bytes, int64_t count, const float *scales,
                         const float *shifts, float *floats);

static scale_bytes *choose_scaling(void)
{
#if defined(__x86_64__)
    if (pt_cpu_isa() >= PT_ISA_AVX2)
        return pt_bytes_scaled_avx2;
#endif
    return pt_bytes_scaled_portable;
}

void pt_picture_from_bytes(const struct pt_picture *picture, uint64_t random, const uint8_t *pixels,
                           float *ret_floats)
{
    scale_bytes *scale = choose_scaling();
    struct change change = draw(picture, random);
    int64_t width = picture->width, channels = picture->channels, row_length = width * channels;
    struct span columns = visible(change.right, width);
    struct span rows = visible(change.down, picture->height);
    bool whole = columns.from == 0 && columns.to == width && !change.flip;
    int64_t first = columns.from + change.right; // source column of the first visible pixel
    uint8_t row[ROW_NUMBERS_MAX];

    if (change.flip)
        columns = mirrored(columns, width);
    if (!whole || rows.from > 0 || rows.to < picture->height)
        memset(row, 0, (size_t)row_length);
    for (int64_t y = 0; y < picture->height; y++) {
        const uint8_t *source = row;
        if (y >= rows.from && y < rows.to) {
            const uint8_t *from = pixels + ((y + change.down) * width + first) * channels;
            uint8_t *to = row + columns.from * channels;
            int64_t count = columns.to - columns.from;
            if (whole)
                source = from;
            else if (change.flip)
                reverse_bytes(from, count, channels, to);
            else
                memcpy(to, from, (size_t)(count * channels));
        } else if (y == rows.to) {
            memset(row, 0, (size_t)row_length);
        }
        scale(source, row_length, picture->scales, picture->shifts, ret_floats + y * row_length);
    }
    cut_out(picture, &change, ret_floats);
}

void pt_picture_from_floats(const struct pt_picture *picture, uint64_t random, const float *pixels,
                            float *ret_floats)
{
    struct change change = draw(picture, random);
    int64_t width = picture->width, channels = picture->channels, row_length = width * channels;
    struct span columns = visible(change.right, width);
    struct span rows = visible(change.down, picture->height);
    int64_t first = columns.from + change.right, count = columns.to - columns.from;

    if (change.flip)
        columns = mirrored(columns, width);
    for (int64_t y = 0; y < picture->height; y++) {
        float *row = ret_floats + y * row_length, *to = row + columns.from * channels;
        bool is_black = y < rows.from || y >= rows.to;
        if (is_black || count < width)
            memcpy(row, picture->shifts, (size_t)row_length * sizeof *row);
        if (is_black)
            continue;
        const float *from = pixels + ((y + change.down) * width + first) * channels;
        if (change.flip)
            reverse_floats(from, count, channels, to);
        else
            memcpy(to, from, (size_t)(count * channels) * sizeof *to);
    }
    cut_out(picture, &change, ret_floats);
}

void pt_picture_change_targets(const struct pt_picture *picture, uint64_t random, float *targets,
                               int64_t count)
{
    if (!picture->augment.negate_targets || !draw(picture, random).flip)
        return;
    for (int64_t i = 0; i < count; i++)
        targets[i] = -targets[i];
}

static enum pt_status check_shape(int rank, const int64_t *dims, struct pt_error *error)
{
    int64_t channels = rank == 3 ? dims[2] : 1;
    if ((rank != 2 && rank != 3) || channels < 1 || channels > PT_IMAGE_CHANNELS_MAX)
        return pt_fail(error, PT_BAD_INPUT,
                       "a sample of %d dimensions, the last of %" PRId64
                       ", is no image; images are [height, width] or [height, width, 1 to %d "
                       "channels]",
                       rank, dims[rank - 1], PT_IMAGE_CHANNELS_MAX);
    if (dims[0] < 1 || dims[1] < 1 || dims[0] > SIDE_MAX || dims[1] > ROW_NUMBERS_MAX / channels)
        return pt_fail(error, PT_BAD_INPUT,
                       "images of %" PRId64 " x %" PRId64 " pixels and %" PRId64
                       " channels are too large; a row has at most %d numbers, a column %d",
                       dims[0], dims[1], channels, ROW_NUMBERS_MAX, SIDE_MAX);
    return PT_OK;
}

static enum pt_status check_augment(const struct pt_augment *augment, const int64_t *dims,
                                    struct pt_error *error)
{
    int64_t side = dims[0] < dims[1] ? dims[0] : dims[1];
    if (augment->crop < 0 || augment->crop >= side)
        return pt_fail(error, PT_BAD_INPUT,
                       "crop: %" PRId64 " does not fit images of %" PRId64 " x %" PRId64
                       " pixels; it lies between 0 and %" PRId64,
                       augment->crop, dims[0], dims[1], side - 1);
    if (augment->cutout < 0 || augment->cutout > side)
        return pt_fail(error, PT_BAD_INPUT,
                       "cutout: %" PRId64 " does not fit images of %" PRId64 " x %" PRId64
                       " pixels; it lies between 0 and %" PRId64,
                       augment->cutout, dims[0], dims[1], side);
    return PT_OK;
}

enum pt_status pt_picture_make(struct pt_arena *arena, int rank, const int64_t *dims,
                               int channel_count, const float *pixel_scale,
                               const float *pixel_shift, const struct pt_augment *augment,
                               const struct pt_picture **ret_picture, struct pt_error *error)
{
    enum pt_status status = check_shape(rank, dims, error);
    if (status == PT_OK && augment != NULL)
        status = check_augment(augment, dims, error);
    if (status != PT_OK)
        return status;
    struct pt_picture *picture = pt_arena_alloc(arena, 1, sizeof *picture);
    int64_t channels = rank == 3 ? dims[2] : 1, length = dims[1] * channels;
    float *scales = pt_arena_alloc(arena, (size_t)length, sizeof *scales);
    float *shifts = pt_arena_alloc(arena, (size_t)length, sizeof *shifts);
    if (picture == NULL || scales == NULL || shifts == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the scales of images");
    for (int64_t i = 0; i < length; i++) {
        scales[i] = pixel_scale[i % channel_count];
        shifts[i] = pixel_shift[i % channel_count];
    }
    *picture = (struct pt_picture){dims[0], dims[1], channels, scales, shifts, {0}};
    if (augment != NULL)
        picture->augment = *augment;
    *ret_picture = picture;
    return PT_OK;
}

enum pt_status pt_dataset_augment(struct pt_dataset *dataset, const struct pt_augment *augment,
                                  struct pt_error *error)
{
    if (dataset->reader != NULL)
        return pt_fail(error, PT_UNSUPPORTED,
                       "samples that are read when they are needed are augmented by their source");
    if (augment->negate_targets && dataset->target_count == 0)
        return pt_fail(error, PT_BAD_INPUT,
                       "flip_targets: the data has classes; only numbers can be negated");
    return pt_picture_make(dataset->arena, dataset->rank, dataset->dims, dataset->channel_count,
                           dataset->pixel_scale, dataset->pixel_shift, augment, &dataset->picture,
                           error);
}
