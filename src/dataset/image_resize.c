// Resizing: each output pixel is a weighted mean of the input pixels around its center, first along
// rows, then along columns.
//
// The weights of one axis are the filter, stretched by the ratio of sizes when shrinking so that
// every input pixel counts, and normalized to sum 1; in 22-bit fixed point, rounded to bytes after
// each axis. Source: Pillow 12, src/libImaging/Resample.c; its ImageOps.fit for the cut.

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "dataset/image.h"

enum { WEIGHT_BITS = 22, SIDE_MAX = 65535 };

// The weights of one axis: output i is the sum of weights[i * most + j] * input[first[i] + j].
struct axis {
    int64_t in_length, out_length, most;
    int64_t *first, *count;
    int32_t *weights;
    double *scratch; // [most]
};

static double filter_value(enum pt_image_filter filter, double x)
{
    if (filter == PT_IMAGE_AREA)
        return x > -0.5 && x <= 0.5 ? 1 : 0;
    x = fabs(x);
    return x < 1 ? 1 - x : 0;
}

static void free_axis(struct axis *axis)
{
    free(axis->first);
    free(axis->count);
    free(axis->weights);
    free(axis->scratch);
}

static void weigh(struct axis *axis, int64_t i, enum pt_image_filter filter, double center,
                  double support, double stretch)
{
    // As in Pillow: a conversion to integer, so toward zero, before the lower limit.
    int64_t from = (int64_t)(center - support + 0.5), to = (int64_t)(center + support + 0.5);
    double sum = 0;
    if (from < 0)
        from = 0;
    if (to > axis->in_length)
        to = axis->in_length;
    for (int64_t j = 0; j < to - from; j++) {
        axis->scratch[j] =
            filter_value(filter, ((double)(j + from) - center + 0.5) * (1.0 / stretch));
        sum += axis->scratch[j];
    }
    for (int64_t j = 0; j < to - from; j++) {
        if (sum != 0)
            axis->scratch[j] /= sum;
        axis->weights[i * axis->most + j] =
            (int32_t)(0.5 + axis->scratch[j] * (double)(1 << WEIGHT_BITS));
    }
    axis->first[i] = from;
    axis->count[i] = to - from;
}

// Output pixels cover the part [from, to) of the input; in single precision, as in Pillow.
static bool make_axis(struct axis *axis, float from, float to, enum pt_image_filter filter)
{
    double scale = (double)(to - from) / (double)axis->out_length;
    double stretch = scale < 1 ? 1 : scale;
    double support = (filter == PT_IMAGE_AREA ? 0.5 : 1.0) * stretch;
    size_t count = (size_t)axis->out_length;

    axis->most = (int64_t)ceil(support) * 2 + 1;
    axis->first = calloc(count, sizeof *axis->first);
    axis->count = calloc(count, sizeof *axis->count);
    axis->weights = calloc(count, (size_t)axis->most * sizeof *axis->weights);
    axis->scratch = calloc((size_t)axis->most, sizeof *axis->scratch);
    if (axis->first == NULL || axis->count == NULL || axis->weights == NULL ||
        axis->scratch == NULL)
        return false;
    for (int64_t i = 0; i < axis->out_length; i++)
        weigh(axis, i, filter, (double)from + ((double)i + 0.5) * scale, support, stretch);
    return true;
}

// One output pixel; stride is the distance of neighbors along the axis.
static uint8_t weighted_mean(const struct axis *axis, int64_t i, const uint8_t *input,
                             int64_t stride)
{
    const int32_t *weights = axis->weights + i * axis->most;
    const uint8_t *pixel = input + axis->first[i] * stride;
    int32_t sum = 1 << (WEIGHT_BITS - 1);
    for (int64_t j = 0; j < axis->count[i]; j++)
        sum += weights[j] * pixel[j * stride];
    sum >>= WEIGHT_BITS;
    return (uint8_t)(sum < 0 ? 0 : sum > UINT8_MAX ? UINT8_MAX : sum);
}

static void resize_rows(const struct pt_image *image, const struct axis *across, int64_t top,
                        int64_t bottom, uint8_t *rows)
{
    int64_t channels = image->channels;
    for (int64_t y = top; y < bottom; y++) {
        const uint8_t *row = image->pixels + y * image->width * channels;
        uint8_t *out = rows + (y - top) * across->out_length * channels;
        for (int64_t x = 0; x < across->out_length; x++)
            for (int64_t c = 0; c < channels; c++)
                out[x * channels + c] = weighted_mean(across, x, row + c, channels);
    }
}

// The rows that down asks for, resized across; down then counts from the first of them. The caller
// frees them; NULL without memory.
static uint8_t *make_rows(const struct pt_image *image, const struct axis *across,
                          struct axis *down)
{
    int64_t last = down->out_length - 1, top = down->first[0];
    int64_t bottom = down->first[last] + down->count[last];
    uint8_t *rows =
        malloc((size_t)((bottom - top) * across->out_length * (int64_t)image->channels));
    if (rows == NULL)
        return NULL;
    resize_rows(image, across, top, bottom, rows);
    for (int64_t i = 0; i < down->out_length; i++)
        down->first[i] -= top;
    return rows;
}

static void resize_columns(const uint8_t *rows, int64_t row_length, const struct axis *down,
                           uint8_t *ret_pixels)
{
    for (int64_t y = 0; y < down->out_length; y++)
        for (int64_t x = 0; x < row_length; x++)
            ret_pixels[y * row_length + x] = weighted_mean(down, y, rows + x, row_length);
}

struct box {
    float left, top, right, bottom;
};

// The largest middle part of the proportions of width x height.
static struct box middle(const struct pt_image *image, int64_t height, int64_t width)
{
    double old_width = (double)image->width, old_height = (double)image->height;
    double old_ratio = old_width / old_height, ratio = (double)width / (double)height;
    double part_width = old_width, part_height = old_height;
    if (old_ratio > ratio)
        part_width = ratio * old_height;
    else if (old_ratio < ratio)
        part_height = old_width / ratio;
    double left = (old_width - part_width) * 0.5, top = (old_height - part_height) * 0.5;
    return (struct box){(float)left, (float)top, (float)(left + part_width),
                        (float)(top + part_height)};
}

enum pt_status pt_image_resize(const struct pt_image *image, int64_t height, int64_t width,
                               enum pt_image_fit fit, enum pt_image_filter filter,
                               uint8_t *ret_pixels, struct pt_error *error)
{
    struct axis across = {.in_length = image->width, .out_length = width};
    struct axis down = {.in_length = image->height, .out_length = height};
    struct box box = {0, 0, (float)image->width, (float)image->height};
    uint8_t *rows = NULL;

    if (height < 1 || width < 1 || height > SIDE_MAX || width > SIDE_MAX)
        return pt_fail(error, PT_BAD_INPUT,
                       "cannot resize to %" PRId64 " x %" PRId64 " pixels; sides are 1 to %d",
                       height, width, SIDE_MAX);
    if (fit == PT_IMAGE_CROP)
        box = middle(image, height, width);
    bool done = make_axis(&across, box.left, box.right, filter) &&
                make_axis(&down, box.top, box.bottom, filter);
    if (done) {
        rows = make_rows(image, &across, &down);
        done = rows != NULL;
    }
    if (done)
        resize_columns(rows, width * image->channels, &down, ret_pixels);
    free(rows);
    free_axis(&across);
    free_axis(&down);
    if (!done)
        return pt_fail(error, PT_NO_MEMORY,
                       "no memory to resize a picture of %" PRId64 " x %" PRId64 " pixels",
                       image->width, image->height);
    return PT_OK;
}
