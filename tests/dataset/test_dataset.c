#include "dataset/dataset.h"

#include <omp.h>

#include "dataset/internal.h"
#include "dataset_support.h"
#include "engine/cpu.h"

static struct pt_dataset *two_by_three(void)
{
    static const float features[] = {1, 2, 3, 4, 5, 6};
    static const int32_t labels[] = {1, 0};
    struct pt_dataset *dataset;
    struct pt_error error;
    assert_status(pt_dataset_from_arrays(features, 2, 1, (const int64_t[]){3}, labels, 2, NULL, 0,
                                         &dataset, &error),
                  PT_OK, &error);
    return dataset;
}

static void arrays_are_copied_and_come_back_in_order(void **unused)
{
    (void)unused;
    float features[6];
    int32_t labels[2];
    struct pt_dataset *dataset = two_by_three();

    fill(dataset, (const uint32_t[]){1, 0}, 0, 2,
         (struct pt_batch){.features = features, .labels = labels});
    assert_near(features[0], 4, 0);
    assert_near(features[5], 3, 0);
    assert_int_equal(labels[0], 0);
    assert_int_equal(labels[1], 1);
    pt_dataset_destroy(dataset);
    pt_dataset_destroy(NULL);
}

static void targets_come_back_as_rows(void **unused)
{
    (void)unused;
    static const float features[] = {1, 2}, targets[] = {10, 11, 20, 21};
    float got[2];
    struct pt_dataset *dataset;
    struct pt_error error;
    assert_status(pt_dataset_from_arrays(features, 2, 1, (const int64_t[]){1}, NULL, 0, targets, 2,
                                         &dataset, &error),
                  PT_OK, &error);
    fill(dataset, NULL, 1, 1, (struct pt_batch){.targets = got});
    assert_near(got[0], 20, 0);
    assert_near(got[1], 21, 0);
    pt_dataset_destroy(dataset);
}

static void wrong_arrays_are_refused(void **unused)
{
    (void)unused;
    const float good[] = {1, 2}, bad[] = {1, INFINITY};
    const int32_t labels[] = {0, 2};
    const int64_t one[] = {1}, zero[] = {0}, huge[] = {INT64_MAX};
    struct pt_dataset *dataset;
    struct pt_error error;

#define REFUSED(status, part, ...)                                                                 \
    do {                                                                                           \
        assert_status(pt_dataset_from_arrays(__VA_ARGS__, &dataset, &error), status, &error);      \
        assert_contains(error.message, part);                                                      \
    } while (0)
    REFUSED(PT_BAD_INPUT, "feature 0 of sample 1 is inf", bad, 2, 1, one, labels, 3, NULL, 0);
    REFUSED(PT_BAD_INPUT, "label of sample 1 is 2", good, 2, 1, one, labels, 2, NULL, 0);
    REFUSED(PT_BAD_INPUT, "target 0 of sample 1 is inf", good, 2, 1, one, NULL, 0, bad, 1);
    REFUSED(PT_BAD_INPUT, "either labels", good, 2, 1, one, labels, 3, good, 1);
    REFUSED(PT_BAD_INPUT, "either labels", good, 2, 1, one, NULL, 0, NULL, 0);
    REFUSED(PT_BAD_INPUT, "0 samples", good, 0, 1, one, labels, 3, NULL, 0);
    REFUSED(PT_BAD_INPUT, "6 dimensions", good, 2, 6, one, labels, 3, NULL, 0);
    REFUSED(PT_OVERFLOW, "dimension 0", good, 2, 1, zero, labels, 3, NULL, 0);
    REFUSED(PT_OVERFLOW, "too many", good, 2, 1, huge, labels, 3, NULL, 0);
#undef REFUSED
}

static void an_epoch_visits_every_sample_once_in_its_own_order(void **unused)
{
    (void)unused;
    enum { COUNT = 1000 };
    static float features[COUNT];
    static int32_t labels[COUNT];
    uint32_t orders[4][COUNT];
    bool seen[COUNT] = {false};
    struct pt_dataset *dataset;
    assert_int_equal(pt_dataset_from_arrays(features, COUNT, 1, (const int64_t[]){1}, labels, 1,
                                            NULL, 0, &dataset, NULL),
                     PT_OK);

    pt_dataset_order(dataset, 7, 0, true, orders[0]);
    pt_dataset_order(dataset, 7, 1, true, orders[1]);
    pt_dataset_order(dataset, 8, 0, true, orders[2]);
    pt_dataset_order(dataset, 7, 0, true, orders[3]);
    for (int i = 0; i < COUNT; i++) {
        assert_false(seen[orders[0][i]]);
        seen[orders[0][i]] = true;
    }
    assert_memory_not_equal(orders[0], orders[1], sizeof *orders);
    assert_memory_not_equal(orders[0], orders[2], sizeof *orders);
    assert_memory_equal(orders[0], orders[3], sizeof *orders);
    pt_dataset_order(dataset, 7, 0, false, orders[0]);
    for (uint32_t i = 0; i < COUNT; i++)
        assert_int_equal(orders[0][i], i);
    pt_dataset_destroy(dataset);
}

static void a_split_keeps_samples_whole(void **unused)
{
    (void)unused;
    enum { COUNT = 101 };
    float features[COUNT * 2];
    int32_t labels[COUNT];
    struct pt_dataset *all;
    struct pt_dataset_pair pair;
    struct pt_error error;
    for (int i = 0; i < COUNT; i++) {
        features[2 * i] = (float)i;
        features[2 * i + 1] = (float)-i;
        labels[i] = i;
    }
    assert_int_equal(pt_dataset_from_arrays(features, COUNT, 1, (const int64_t[]){2}, labels, COUNT,
                                            NULL, 0, &all, NULL),
                     PT_OK);
    assert_status(pt_dataset_split(all, 0.2, 1, &pair, &error), PT_OK, &error);
    pt_dataset_destroy(all);

    assert_int_equal(pair.test->sample_count, 20);
    assert_int_equal(pair.train->sample_count, 81);
    for (int part = 0; part < 2; part++) {
        const struct pt_dataset *dataset = part == 0 ? pair.train : pair.test;
        for (int64_t i = 0; i < dataset->sample_count; i++) {
            assert_near(dataset->features[2 * i], dataset->labels[i], 0);
            assert_near(dataset->features[2 * i + 1], -dataset->labels[i], 0);
            assert_true(i == 0 || dataset->labels[i] > dataset->labels[i - 1]);
        }
    }
    pt_dataset_destroy(pair.train);
    pt_dataset_destroy(pair.test);
}

static void a_split_that_leaves_nothing_is_refused(void **unused)
{
    (void)unused;
    struct pt_dataset_pair pair;
    struct pt_error error;
    struct pt_dataset *dataset = two_by_three();
    const double shares[] = {0, 1, -1, 0.1, 0.9, NAN};
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
        assert_status(pt_dataset_split(dataset, shares[i], 1, &pair, &error), PT_BAD_INPUT, &error);
    pt_dataset_destroy(dataset);
}

// A dataset of bytes: byte j of row i is (31 i + 7 j) mod 256.
static struct pt_dataset *byte_dataset(int64_t rows, int64_t width)
{
    struct pt_dataset *dataset;
    assert_int_equal(pt_dataset_create(&dataset, NULL), PT_OK);
    uint8_t *bytes = pt_arena_alloc(dataset->arena, (size_t)(rows * width), 1);
    assert_non_null(bytes);
    for (int64_t i = 0; i < rows * width; i++)
        bytes[i] = (uint8_t)(31 * (i / width) + 7 * (i % width));
    dataset->feature_bytes = bytes;
    dataset->sample_count = rows;
    dataset->feature_count = width;
    dataset->pixel_scale[0] = 0.0111090f;
    dataset->pixel_shift[0] = -0.810164f;
    return dataset;
}

// The batch is byte * scale + shift, rounded twice, for widths around the vector's; the same to the
// bit for one thread and many and for every CPU.
static void bytes_become_the_same_floats_everywhere(void **unused)
{
    (void)unused;
    static const int64_t widths[] = {1, 7, 8, 31, 32, 33, 784, 1000};
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
        enum { ROWS = 600 }; // enough for two threads where a row has 1000 numbers
        int64_t width = widths[w];
        uint32_t order[ROWS];
        struct pt_dataset *dataset = byte_dataset(ROWS, width);
        float *one = malloc((size_t)(ROWS * width) * sizeof *one);
        float *many = malloc((size_t)(ROWS * width) * sizeof *many);
        int threads = omp_get_max_threads();
        for (uint32_t i = 0; i < ROWS; i++)
            order[i] = (i * 77 + 5) % ROWS;

        omp_set_num_threads(1);
        fill(dataset, order, 0, ROWS, (struct pt_batch){.features = one});
        omp_set_num_threads(4);
        fill(dataset, order, 0, ROWS, (struct pt_batch){.features = many});
        omp_set_num_threads(threads);
        assert_memory_equal(one, many, (size_t)(ROWS * width) * sizeof *one);
        for (int64_t i = 0; i < ROWS * width; i++) {
            volatile float scaled =
                (float)dataset->feature_bytes[order[i / width] * width + i % width] *
                dataset->pixel_scale[0];
            float expected = scaled + dataset->pixel_shift[0];
            assert_memory_equal(&one[i], &expected, sizeof expected);
        }
        free(one);
        free(many);
        pt_dataset_destroy(dataset);
    }
}

// 256 values and a rest that no vector holds.
static void the_portable_conversion_is_that_of_avx2(void **unused)
{
    (void)unused;
    uint8_t bytes[259];
    float portable[259], vector[259];
    if (pt_cpu_isa() < PT_ISA_AVX2)
        skip();
    for (int i = 0; i < 259; i++)
        bytes[i] = (uint8_t)i;
    pt_bytes_to_floats_portable(bytes, 259, 0.0111090f, -0.810164f, portable);
    pt_bytes_to_floats_avx2(bytes, 259, 0.0111090f, -0.810164f, vector);
    assert_memory_equal(portable, vector, sizeof portable);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrays_are_copied_and_come_back_in_order),
        cmocka_unit_test(targets_come_back_as_rows),
        cmocka_unit_test(wrong_arrays_are_refused),
        cmocka_unit_test(an_epoch_visits_every_sample_once_in_its_own_order),
        cmocka_unit_test(a_split_keeps_samples_whole),
        cmocka_unit_test(a_split_that_leaves_nothing_is_refused),
        cmocka_unit_test(bytes_become_the_same_floats_everywhere),
        cmocka_unit_test(the_portable_conversion_is_that_of_avx2),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
