#include "dataset/picture.h"

#include <omp.h>

#include "dataset/internal.h"
#include "dataset_support.h"

enum { HEIGHT = 5, WIDTH = 4, PIXELS = HEIGHT * WIDTH, EPOCHS = 400 };

// One byte image of height x width x channels whose numbers are all different and none is 0.
static struct pt_dataset *open_images(int64_t channels, int64_t samples)
{
    struct pt_dataset *dataset;
    assert_int_equal(pt_dataset_create(&dataset, NULL), PT_OK);
    int64_t count = PIXELS * channels;
    uint8_t *bytes = pt_arena_alloc(dataset->arena, (size_t)(samples * count), 1);
    int32_t *labels = pt_arena_alloc(dataset->arena, (size_t)samples, sizeof *labels);
    for (int64_t i = 0; i < samples * count; i++)
        bytes[i] = (uint8_t)(1 + i % count);
    dataset->feature_bytes = bytes;
    dataset->labels = labels;
    dataset->class_count = 1;
    dataset->sample_count = samples;
    dataset->rank = channels == 1 ? 2 : 3;
    dataset->dims[0] = HEIGHT;
    dataset->dims[1] = WIDTH;
    dataset->dims[2] = channels;
    dataset->feature_count = count;
    return dataset;
}

static void augment(struct pt_dataset *dataset, struct pt_augment what)
{
    struct pt_error error;
    assert_status(pt_dataset_augment(dataset, &what, &error), PT_OK, &error);
}

static void fill_epoch(const struct pt_dataset *dataset, int64_t epoch, float *features)
{
    struct pt_batch batch = {.features = features};
    struct pt_error error;
    assert_status(
        pt_dataset_batch(dataset, NULL, 0, dataset->sample_count, 5, epoch, &batch, &error), PT_OK,
        &error);
}

// What the header says, pixel by pixel: window at (down, right) of the image with black around,
// then mirrored.
static float expected_pixel(int64_t y, int64_t x, int64_t c, int64_t channels, int64_t down,
                            int64_t right, bool flip)
{
    int64_t sy = y + down, sx = (flip ? WIDTH - 1 - x : x) + right;
    bool inside = sy >= 0 && sy < HEIGHT && sx >= 0 && sx < WIDTH;
    return inside ? (float)(1 + (sy * WIDTH + sx) * channels + c) : 0;
}

static bool is_window(const float *got, int64_t channels, int64_t down, int64_t right, bool flip)
{
    for (int64_t y = 0; y < HEIGHT; y++)
        for (int64_t x = 0; x < WIDTH; x++)
            for (int64_t c = 0; c < channels; c++)
                if (got[(y * WIDTH + x) * channels + c] !=
                    expected_pixel(y, x, c, channels, down, right, flip))
                    return false;
    return true;
}

// Crop 2 has 5 x 5 windows, each mirrored or not: 50 outcomes. Over 2000 samples each comes 40
// times on average; by chance (Poisson) fewer than 12 or more than 80 has a probability below 1e-6.
static void every_window_and_its_mirror_come_equally_often(void **unused)
{
    (void)unused;
    static const int64_t channel_counts[] = {1, 3, 4};
    for (size_t i = 0; i < 3; i++) {
        enum { CROP = 2, SIDE = 2 * CROP + 1, SAMPLES = 5 };
        int64_t channels = channel_counts[i], width = PIXELS * channels;
        int seen[SIDE][SIDE][2] = {{{0}}};
        float *features = malloc((size_t)(SAMPLES * width) * sizeof *features);
        struct pt_dataset *dataset = open_images(channels, SAMPLES);
        augment(dataset, (struct pt_augment){.crop = CROP, .flip = true});
        for (int64_t epoch = 0; epoch < EPOCHS; epoch++) {
            fill_epoch(dataset, epoch, features);
            for (int64_t s = 0; s < SAMPLES; s++) {
                int found = 0;
                for (int64_t w = 0; w < SIDE * SIDE * 2; w++) {
                    int64_t down = w / 2 / SIDE - CROP, right = w / 2 % SIDE - CROP;
                    if (!is_window(features + s * width, channels, down, right, w % 2 == 1))
                        continue;
                    found++;
                    seen[down + CROP][right + CROP][w % 2]++;
                }
                assert_int_equal(found, 1);
            }
        }
        for (int w = 0; w < SIDE * SIDE * 2; w++)
            assert_in_range(seen[w / 2 / SIDE][w / 2 % SIDE][w % 2], 12, 80);
        free(features);
        pt_dataset_destroy(dataset);
    }
}

// The same (seed, epoch, sample) gives the same image, in whatever batch and by however many
// threads; another epoch or seed another one.
static void changes_are_a_function_of_seed_epoch_and_sample(void **unused)
{
    (void)unused;
    enum { SAMPLES = 20000 }; // enough for two threads
    struct pt_dataset *dataset = open_images(1, SAMPLES);
    float *one = malloc(SAMPLES * PIXELS * sizeof *one);
    float *two = malloc(SAMPLES * PIXELS * sizeof *two);
    float alone[PIXELS];
    struct pt_batch batch = {.features = alone};
    augment(dataset, (struct pt_augment){.crop = 1, .flip = true, .cutout = 2});

    int threads = omp_get_max_threads();
    omp_set_num_threads(1);
    fill_epoch(dataset, 3, one);
    omp_set_num_threads(4);
    fill_epoch(dataset, 3, two);
    omp_set_num_threads(threads);
    assert_memory_equal(one, two, SAMPLES * PIXELS * sizeof *one);

    const uint32_t order[] = {7, 19999};
    assert_int_equal(pt_dataset_batch(dataset, order, 1, 1, 5, 3, &batch, NULL), PT_OK);
    assert_memory_equal(alone, one + 19999 * PIXELS, sizeof alone);
    fill_epoch(dataset, 4, two);
    assert_memory_not_equal(one, two, SAMPLES * PIXELS * sizeof *one);
    batch.features = two;
    assert_int_equal(pt_dataset_batch(dataset, NULL, 0, SAMPLES, 6, 3, &batch, NULL), PT_OK);
    assert_memory_not_equal(one, two, SAMPLES * PIXELS * sizeof *one);
    free(one);
    free(two);
    pt_dataset_destroy(dataset);
}

// Channel means 0.5, 0.25, 0 and deviations 0.5, 1, 2: byte 255 becomes 1, 0.75, 0.5; 0 becomes
// -1, -0.25, 0, also where the window shows what lies outside.
static void each_channel_has_its_own_scale(void **unused)
{
    (void)unused;
    static const double black[] = {-1, -0.25, 0}, white[] = {1, 0.75, 0.5};
    struct pt_normalize normalize = {.kind = PT_NORMALIZE_GIVEN,
                                     .channel_count = 3,
                                     .means = {0.5, 0.25, 0},
                                     .deviations = {0.5, 1, 2}};
    struct pt_error error;
    struct pt_dataset *dataset = open_images(3, 1);
    struct pt_dataset_pair pair = {dataset, NULL};
    memset((uint8_t *)(uintptr_t)dataset->feature_bytes, 255, PIXELS * 3);
    assert_status(pt_normalize_bytes(&pair, &normalize, &error), PT_OK, &error);

    float features[PIXELS * 3];
    fill_epoch(dataset, 0, features);
    for (int i = 0; i < PIXELS * 3; i++)
        assert_near(features[i], white[i % 3], 1e-6);
    augment(dataset, (struct pt_augment){.crop = 3});
    int blacks = 0;
    for (int epoch = 0; epoch < 20; epoch++) {
        fill_epoch(dataset, epoch, features);
        for (int i = 0; i < PIXELS * 3; i++) {
            bool is_black = features[i / 3 * 3] < 0;
            assert_near(features[i], is_black ? black[i % 3] : white[i % 3], 1e-6);
            blacks += is_black;
        }
    }
    assert_true(blacks > 0);
    pt_dataset_destroy(dataset);
}

// Channel 0 holds 0 and 2 (mean 1, deviation 1), channel 1 always 7 (becomes 0), channel 2 4 and 8
// (mean 6, deviation 2). As bytes and as floats.
static void standard_can_be_taken_of_each_channel(void **unused)
{
    (void)unused;
    static const uint8_t bytes[] = {0, 7, 8, 2, 7, 4};
    static const float expected[] = {-1, 0, 1, 1, 0, -1};
    float floats[6], got[6];
    const int64_t dims[] = {1, 2, 3};
    struct pt_normalize normalize = {.kind = PT_NORMALIZE_STANDARD, .channel_count = 3};
    struct pt_dataset *dataset;
    struct pt_error error;

    for (int i = 0; i < 6; i++)
        floats[i] = bytes[i];
    assert_int_equal(pt_dataset_from_arrays(floats, 1, 3, dims, (const int32_t[]){0}, 1, NULL, 0,
                                            &dataset, NULL),
                     PT_OK);
    struct pt_dataset_pair pair = {dataset, NULL};
    assert_status(pt_normalize_floats(&pair, &normalize, 3, NULL, &error), PT_OK, &error);
    fill(dataset, NULL, 0, 1, (struct pt_batch){.features = got});
    for (int i = 0; i < 6; i++)
        assert_near(got[i], expected[i], 1e-6);

    dataset->features = NULL;
    dataset->feature_bytes = bytes;
    assert_status(pt_normalize_bytes(&pair, &normalize, &error), PT_OK, &error);
    fill(dataset, NULL, 0, 1, (struct pt_batch){.features = got});
    for (int i = 0; i < 6; i++)
        assert_near(got[i], expected[i], 1e-6);
    pt_dataset_destroy(dataset);
}

// An image of bytes and the same as scaled floats suffer the same, to the bit.
static void floats_are_changed_like_bytes(void **unused)
{
    (void)unused;
    enum { SAMPLES = 6 };
    for (int64_t channels = 1; channels <= 3; channels += 2) {
        int64_t width = PIXELS * channels;
        float *scaled = malloc((size_t)(SAMPLES * width) * sizeof *scaled);
        float *from_bytes = malloc((size_t)(SAMPLES * width) * sizeof *scaled);
        float *from_floats = malloc((size_t)(SAMPLES * width) * sizeof *scaled);
        struct pt_dataset *bytes = open_images(channels, SAMPLES), *floats;
        bytes->channel_count = (int)channels;
        for (int c = 0; c < channels; c++) {
            bytes->pixel_scale[c] = 0.25f + (float)c;
            bytes->pixel_shift[c] = -1.5f - (float)c;
        }
        augment(bytes, (struct pt_augment){0});
        fill_epoch(bytes, 0, scaled);
        assert_int_equal(pt_dataset_from_arrays(scaled, SAMPLES, bytes->rank, bytes->dims,
                                                bytes->labels, 1, NULL, 0, &floats, NULL),
                         PT_OK);
        floats->channel_count = bytes->channel_count;
        memcpy(floats->pixel_shift, bytes->pixel_shift, sizeof bytes->pixel_shift);
        struct pt_augment all = {.crop = 3, .flip = true, .cutout = 3};
        augment(bytes, all);
        augment(floats, all);
        for (int64_t epoch = 0; epoch < 50; epoch++) {
            fill_epoch(bytes, epoch, from_bytes);
            fill_epoch(floats, epoch, from_floats);
            assert_memory_equal(from_bytes, from_floats, (size_t)(SAMPLES * width) * 4);
        }
        free(scaled);
        free(from_bytes);
        free(from_floats);
        pt_dataset_destroy(bytes);
        pt_dataset_destroy(floats);
    }
}

// The hole of 3 x 3 has its center somewhere in 5 x 4 pixels: at a corner 2 x 2 of it are left.
static void a_cutout_is_a_square_that_may_hang_over(void **unused)
{
    (void)unused;
    float features[PIXELS];
    int sizes[10] = {0};
    struct pt_dataset *dataset = open_images(1, 1);
    augment(dataset, (struct pt_augment){.cutout = 3});
    for (int64_t epoch = 0; epoch < EPOCHS; epoch++) {
        int zeros = 0, top = HEIGHT, bottom = -1, left = WIDTH, right = -1;
        fill_epoch(dataset, epoch, features);
        for (int i = 0; i < PIXELS; i++) {
            if (features[i] != 0) {
                assert_near(features[i], 1 + i, 0);
                continue;
            }
            zeros++;
            top = i / WIDTH < top ? i / WIDTH : top;
            bottom = i / WIDTH > bottom ? i / WIDTH : bottom;
            left = i % WIDTH < left ? i % WIDTH : left;
            right = i % WIDTH > right ? i % WIDTH : right;
        }
        assert_int_equal(zeros, (bottom - top + 1) * (right - left + 1));
        assert_in_range(zeros, 4, 9);
        sizes[zeros]++;
    }
    // 4 corners, 10 edge places and 6 inner ones of 20 centers
    assert_in_range(sizes[4], 40, 120);
    assert_in_range(sizes[6], 140, 260);
    assert_in_range(sizes[9], 70, 170);
    pt_dataset_destroy(dataset);
}

// The target of a sample is negated exactly where its image is mirrored, however it is asked for.
static void a_steering_angle_turns_with_its_image(void **unused)
{
    (void)unused;
    enum { SAMPLES = 64 };
    float images[SAMPLES * 2], targets[SAMPLES * 2];
    float features[SAMPLES * 2], got[SAMPLES * 2];
    struct pt_dataset *dataset;
    int flipped = 0;
    for (int i = 0; i < SAMPLES; i++) {
        images[2 * i] = 1;
        images[2 * i + 1] = 2;
        targets[2 * i] = (float)(i + 1);
        targets[2 * i + 1] = -10;
    }
    assert_int_equal(pt_dataset_from_arrays(images, SAMPLES, 2, (const int64_t[]){1, 2}, NULL, 0,
                                            targets, 2, &dataset, NULL),
                     PT_OK);
    augment(dataset, (struct pt_augment){.flip = true, .negate_targets = true});
    fill(dataset, NULL, 0, SAMPLES, (struct pt_batch){.features = features, .targets = got});
    for (int i = 0; i < SAMPLES; i++) {
        float sign = features[2 * i] > 1.5f ? -1 : 1;
        assert_near(got[2 * i], sign * (float)(i + 1), 0);
        assert_near(got[2 * i + 1], sign * -10, 0);
        flipped += sign < 0;
    }
    assert_in_range(flipped, 16, 48);
    float again[SAMPLES * 2];
    fill(dataset, NULL, 0, SAMPLES, (struct pt_batch){.targets = again});
    assert_memory_equal(again, got, sizeof got);
    pt_dataset_destroy(dataset);
}

static void a_split_keeps_the_scales_and_changes_training_images_only(void **unused)
{
    (void)unused;
    float features[10 * PIXELS * 3];
    struct pt_dataset *all = open_images(3, 10);
    struct pt_dataset_pair pair;
    struct pt_error error;
    all->channel_count = 3;
    for (int c = 0; c < 3; c++)
        all->pixel_scale[c] = (float)(c + 1);
    augment(all, (struct pt_augment){.flip = true});
    assert_status(pt_dataset_split(all, 0.3, 1, &pair, &error), PT_OK, &error);
    pt_dataset_destroy(all);
    fill_epoch(pair.test, 0, features);
    for (int i = 0; i < 3 * PIXELS * 3; i++)
        assert_near(features[i], (1 + i % (PIXELS * 3)) * (1 + i % 3), 0);
    fill_epoch(pair.train, 0, features);
    int flipped = 0;
    for (int s = 0; s < 7; s++)
        flipped += features[s * PIXELS * 3] > 1.5f;
    assert_in_range(flipped, 1, 6);
    close_pair(pair);
}

static void what_does_not_fit_is_refused(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_dataset *images = open_images(3, 1), *row;
    const float features[] = {1, 2};
    assert_int_equal(pt_dataset_from_arrays(features, 1, 1, (const int64_t[]){2},
                                            (const int32_t[]){0}, 1, NULL, 0, &row, NULL),
                     PT_OK);
#define REFUSED(dataset, part, ...)                                                                \
    do {                                                                                           \
        assert_status(pt_dataset_augment(dataset, &(struct pt_augment){__VA_ARGS__}, &error),      \
                      PT_BAD_INPUT, &error);                                                       \
        assert_contains(error.message, part);                                                      \
    } while (0)
    REFUSED(row, "is no image", .flip = true);
    REFUSED(images, "crop: 4", .crop = 4);
    REFUSED(images, "crop: -1", .crop = -1);
    REFUSED(images, "cutout: 5", .cutout = 5);
    REFUSED(images, "only numbers can be negated", .flip = true, .negate_targets = true);
    images->dims[2] = 5;
    REFUSED(images, "the last of 5", .flip = true);
    images->dims[2] = 3;
    images->dims[1] = 6000;
    REFUSED(images, "too large", .flip = true);
#undef REFUSED
    pt_dataset_destroy(images);
    pt_dataset_destroy(row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_window_and_its_mirror_come_equally_often),
        cmocka_unit_test(changes_are_a_function_of_seed_epoch_and_sample),
        cmocka_unit_test(each_channel_has_its_own_scale),
        cmocka_unit_test(standard_can_be_taken_of_each_channel),
        cmocka_unit_test(floats_are_changed_like_bytes),
        cmocka_unit_test(a_cutout_is_a_square_that_may_hang_over),
        cmocka_unit_test(a_steering_angle_turns_with_its_image),
        cmocka_unit_test(a_split_keeps_the_scales_and_changes_training_images_only),
        cmocka_unit_test(what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
