#include "dataset/idx.h"

#include "dataset_support.h"

// Two images of 2 x 3 bytes and their labels.
static const unsigned char images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0,   0,   0,   2,   0,   0,
                                       0, 3, 0, 1, 2, 3, 4, 5, 255, 254, 253, 252, 251, 250};
static const unsigned char labels[] = {0, 0, 8, 1, 0, 0, 0, 2, 1, 0};

#define TRAIN      "kind: idx\ntrain_images: images\ntrain_labels: labels\n"
#define BOTH_PARTS TRAIN "test_images: images2\ntest_labels: labels2\n"

// A folder with both files, in which the test changes what it likes.
static const char *good_folder(void)
{
    const char *folder = test_folder();
    test_file_bytes(folder, "images", images, sizeof images);
    test_file_bytes(folder, "labels", labels, sizeof labels);
    return folder;
}

static void put(const char *folder, const char *name, const unsigned char *bytes, size_t length,
                size_t at, unsigned char value)
{
    unsigned char copy[64];
    memcpy(copy, bytes, length);
    copy[at] = value;
    test_file_bytes(folder, name, copy, length);
}

static void images_are_read_with_their_shape_and_labels(void **unused)
{
    (void)unused;
    float batch[12];
    int32_t classes[2];
    struct pt_dataset_pair pair = open_good(good_folder(), TRAIN "normalize: none\n");

    assert_null(pair.test);
    assert_int_equal(pair.train->sample_count, 2);
    assert_int_equal(pair.train->rank, 2);
    assert_int_equal(pair.train->dims[0], 2);
    assert_int_equal(pair.train->dims[1], 3);
    assert_int_equal(pair.train->feature_count, 6);
    assert_int_equal(pair.train->class_count, 2);
    fill(pair.train, NULL, 0, 2, (struct pt_batch){.features = batch, .labels = classes});
    for (int i = 0; i < 12; i++)
        assert_near(batch[i], images[16 + i], 0);
    assert_int_equal(classes[0], 1);
    assert_int_equal(classes[1], 0);
    close_pair(pair);
}

static void gzip_gives_the_same_as_plain(void **unused)
{
    (void)unused;
    unsigned char packed[200];
    const char *folder = good_folder();
    float batch[12];
    test_file_bytes(folder, "images", packed, gzip(images, sizeof images, packed, sizeof packed));

    struct pt_dataset_pair pair = open_good(folder, TRAIN "normalize: none\n");
    fill(pair.train, NULL, 0, 2, (struct pt_batch){.features = batch});
    for (int i = 0; i < 12; i++)
        assert_near(batch[i], images[16 + i], 0);
    close_pair(pair);
}

// Unit is x / 255; {mean, std} is (x / 255 - mean) / std, as torchvision has it.
static void bytes_are_scaled_as_told(void **unused)
{
    (void)unused;
    const char *folder = good_folder();
    float batch[12];

    struct pt_dataset_pair pair = open_good(folder, TRAIN);
    fill(pair.train, NULL, 0, 2, (struct pt_batch){.features = batch});
    assert_near(batch[1], 1 / 255.0, 1e-7);
    assert_near(batch[6], 1, 1e-7);
    close_pair(pair);

    pair = open_good(folder, TRAIN "normalize: {mean: 0.5, std: 0.25}\n");
    fill(pair.train, NULL, 0, 2, (struct pt_batch){.features = batch});
    assert_near(batch[0], -2, 1e-6);
    assert_near(batch[6], 2, 1e-6);
    assert_near(batch[3], (3 / 255.0 - 0.5) / 0.25, 1e-6);
    close_pair(pair);
}

// After standardization the training part has mean 0 and deviation 1; the test part does not
// decide.
static void standard_uses_the_training_part_alone(void **unused)
{
    (void)unused;
    const char *folder = good_folder();
    float batch[12];
    double sum = 0, squares = 0, mean = 0, variance = 0;
    put(folder, "images2", images, sizeof images, 16, 77);
    test_file_bytes(folder, "labels2", labels, sizeof labels);

    struct pt_dataset_pair pair = open_good(folder, BOTH_PARTS "normalize: standard\n");
    fill(pair.train, NULL, 0, 2, (struct pt_batch){.features = batch});
    for (int i = 0; i < 12; i++) {
        sum += (double)batch[i];
        squares += (double)batch[i] * (double)batch[i];
        mean += images[16 + i] / 12.0;
    }
    assert_near(sum / 12, 0, 1e-6);
    assert_near(squares / 12, 1, 1e-6);
    for (int i = 0; i < 12; i++)
        variance += (images[16 + i] - mean) * (images[16 + i] - mean) / 12;
    fill(pair.test, NULL, 0, 1, (struct pt_batch){.features = batch});
    assert_near(batch[0], (77 - mean) / sqrt(variance), 1e-5);
    close_pair(pair);
}

static void classes_have_names(void **unused)
{
    (void)unused;
    struct pt_dataset_pair pair = open_good(good_folder(), TRAIN "classes: [cat, dog, cow]\n");
    assert_int_equal(pair.train->class_count, 3);
    assert_string_equal(pair.train->class_names[2], "cow");
    close_pair(pair);
}

// A float image 1.5, -2 and an int32 label 1, big-endian.
static void floats_and_wide_integers_are_read(void **unused)
{
    (void)unused;
    static const unsigned char floats[] = {0, 0, 0x0d, 2,    0, 0, 0,    1, 0, 0,
                                           0, 2, 0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0};
    static const unsigned char wide[] = {0, 0, 0x0c, 1, 0, 0, 0, 1, 0, 0, 0, 1};
    const char *folder = test_folder();
    float batch[2];
    int32_t label;
    test_file_bytes(folder, "images", floats, sizeof floats);
    test_file_bytes(folder, "labels", wide, sizeof wide);

    struct pt_dataset_pair pair = open_good(folder, TRAIN "normalize: none\n");
    fill(pair.train, NULL, 0, 1, (struct pt_batch){.features = batch, .labels = &label});
    assert_near(batch[0], 1.5, 0);
    assert_near(batch[1], -2, 0);
    assert_int_equal(label, 1);
    close_pair(pair);

    pair = open_good(folder, TRAIN "normalize: unit\n");
    fill(pair.train, NULL, 0, 1, (struct pt_batch){.features = batch});
    assert_near(batch[0], 1, 1e-7);
    assert_near(batch[1], 0, 1e-7);
    close_pair(pair);
}

// -2 as signed byte, 16-bit integer and double.
static void the_other_types_are_read(void **unused)
{
    (void)unused;
    static const unsigned char small[] = {0, 0, 0x09, 1, 0, 0, 0, 1, 0xfe};
    static const unsigned char medium[] = {0, 0, 0x0b, 1, 0, 0, 0, 1, 0xff, 0xfe};
    static const unsigned char large[] = {0, 0, 0x0e, 1, 0, 0, 0, 1, 0xc0, 0, 0, 0, 0, 0, 0, 0};
    const struct {
        const unsigned char *bytes;
        size_t length;
    } files[] = {{small, sizeof small}, {medium, sizeof medium}, {large, sizeof large}};

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct pt_byte_stream *stream;
        struct pt_idx idx;
        struct pt_error error;
        struct pt_arena *arena = pt_arena_create();
        assert_status(
            pt_byte_stream_open_memory(files[i].bytes, files[i].length, "m", &stream, &error),
            PT_OK, &error);
        assert_status(pt_idx_read_header(stream, &idx, &error), PT_OK, &error);
        assert_status(pt_idx_read_elements(stream, arena, &idx, &error), PT_OK, &error);
        assert_near(pt_idx_element(&idx, 0), -2, 0);
        pt_byte_stream_close(stream);
        pt_arena_destroy(arena);
    }
}

static void a_float_that_is_not_finite_is_refused(void **unused)
{
    (void)unused;
    static const unsigned char floats[] = {0, 0, 0x0d, 2, 0,    0,    0, 1,
                                           0, 0, 0,    1, 0x7f, 0xc0, 0, 0}; // NaN
    static const unsigned char one_label[] = {0, 0, 8, 1, 0, 0, 0, 1, 0};
    const char *folder = test_folder();
    test_file_bytes(folder, "images", floats, sizeof floats);
    test_file_bytes(folder, "labels", one_label, sizeof one_label);
    assert_refused(folder, TRAIN, PT_BAD_INPUT, "byte 12", "nan");
}

static void a_wrong_magic_is_named(void **unused)
{
    (void)unused;
    const char *folder = good_folder();
    put(folder, "images", images, sizeof images, 0, 1);
    assert_refused(folder, TRAIN, PT_CORRUPT, "images", "0x01000803");
    put(folder, "images", images, sizeof images, 2, 0x0a);
    assert_refused(folder, TRAIN, PT_CORRUPT, "no IDX file", "0x00000a03");
    put(folder, "images", images, sizeof images, 3, 0);
    assert_refused(folder, TRAIN, PT_CORRUPT, "0 dimensions", "1 to 6");
    put(folder, "images", images, sizeof images, 3, 7);
    assert_refused(folder, TRAIN, PT_CORRUPT, "7 dimensions", "1 to 6");
}

static void a_cut_file_is_corrupt_at_every_length(void **unused)
{
    (void)unused;
    const char *folder = good_folder();
    for (size_t length = 0; length < sizeof images; length++) {
        test_file_bytes(folder, "images", images, length);
        assert_refused(folder, TRAIN, PT_CORRUPT, "images", "truncated");
    }
}

static void trailing_bytes_are_corrupt(void **unused)
{
    (void)unused;
    unsigned char longer[sizeof images + 1] = {0};
    const char *folder = good_folder();
    memcpy(longer, images, sizeof images);
    test_file_bytes(folder, "images", longer, sizeof longer);
    assert_refused(folder, TRAIN, PT_CORRUPT, "trailing", "byte 28");
}

// Sizes of 2^32 - 1 each: their product leaves 64 bits, and one alone asks for 4 GB.
static void huge_dimensions_neither_overflow_nor_allocate(void **unused)
{
    (void)unused;
    unsigned char huge[sizeof images];
    const char *folder = good_folder();
    memcpy(huge, images, sizeof images);
    memset(huge + 4, 0xff, 12);
    test_file_bytes(folder, "images", huge, sizeof huge);
    assert_refused(folder, TRAIN, PT_CORRUPT, "images", "overflows");
    memset(huge + 8, 0, 8);
    huge[11] = huge[15] = 1;
    test_file_bytes(folder, "images", huge, sizeof huge);
    assert_refused(folder, TRAIN, PT_CORRUPT, "4294967295 elements", "at most 12 bytes");
    put(folder, "images", images, sizeof images, 7, 0);
    assert_refused(folder, TRAIN, PT_CORRUPT, "dimension 0", "byte 4");
}

static void a_damaged_gzip_names_file_and_place(void **unused)
{
    (void)unused;
    unsigned char packed[200];
    const char *folder = good_folder();
    size_t length = gzip(images, sizeof images, packed, sizeof packed);
    packed[length - 8] ^= 1; // the CRC
    test_file_bytes(folder, "images", packed, length);
    assert_refused(folder, TRAIN, PT_CORRUPT, "images", "incorrect data check");
}

static void a_label_beyond_the_classes_is_named_with_its_place(void **unused)
{
    (void)unused;
    const char *folder = good_folder();
    put(folder, "labels", labels, sizeof labels, 9, 7);
    assert_refused(folder, TRAIN "classes: [cat, dog]\n", PT_BAD_INPUT, "label at byte 9 is 7",
                   "0 to 1");
    test_file_bytes(folder, "labels", labels, sizeof labels);
    test_file_bytes(folder, "images2", images, sizeof images);
    put(folder, "labels2", labels, sizeof labels, 8, 2);
    assert_refused(folder, BOTH_PARTS, PT_BAD_INPUT, "labels2", "label at byte 8 is 2");
}

static void counts_that_differ_are_named(void **unused)
{
    (void)unused;
    const unsigned char three[] = {0, 0, 8, 1, 0, 0, 0, 3, 1, 0, 1};
    const char *folder = good_folder();
    test_file_bytes(folder, "labels", three, sizeof three);
    assert_refused(folder, TRAIN, PT_BAD_INPUT, "2 images", "3 labels");
}

static void swapped_files_are_noticed(void **unused)
{
    (void)unused;
    assert_refused(good_folder(), "kind: idx\ntrain_images: labels\ntrain_labels: images\n",
                   PT_BAD_INPUT, "labels", "one dimension");
}

static void parts_of_different_shape_are_refused(void **unused)
{
    (void)unused;
    unsigned char other[sizeof images];
    const char *folder = good_folder();
    memcpy(other, images, sizeof images);
    other[11] = 3;
    other[15] = 2;
    test_file_bytes(folder, "images2", other, sizeof other);
    test_file_bytes(folder, "labels2", labels, sizeof labels);
    assert_refused(folder, BOTH_PARTS, PT_BAD_INPUT, "images2", "different shape");
}

static void mistakes_in_the_mapping_are_named(void **unused)
{
    (void)unused;
    const char *folder = good_folder();
    assert_refused(folder, "train_images: images\n", PT_BAD_INPUT, "run.yaml:1", "'kind'");
    assert_refused(folder, "kind: idxx\n", PT_BAD_INPUT, "run.yaml:1", "idx");
    assert_refused(folder, "kind: idx\ntrain_images: images\n", PT_BAD_INPUT, "run.yaml",
                   "'train_labels'");
    assert_refused(folder, TRAIN "test_images: images\n", PT_BAD_INPUT, "run.yaml", "test_labels");
    assert_refused(folder, TRAIN "test_labels: labels\n", PT_BAD_INPUT, "run.yaml", "test_images");
    assert_refused(folder, TRAIN "normalise: unit\n", PT_BAD_INPUT, "run.yaml:4", "normalize");
    assert_refused(folder, TRAIN "normalize: unti\n", PT_BAD_INPUT, "run.yaml:4", "unit");
    assert_refused(folder, TRAIN "normalize: {mean: 0.5}\n", PT_BAD_INPUT, "run.yaml:4", "std");
    assert_refused(folder, TRAIN "normalize: {mean: 0.5, std: 0}\n", PT_BAD_INPUT, "run.yaml:4",
                   "std");
    assert_refused(folder, TRAIN "normalize: {mean: [1, 2], std: [1, 2]}\n", PT_BAD_INPUT,
                   "2 means", "1 channel;");
    assert_refused(folder, TRAIN "augment: {flip: yes}\n", PT_BAD_INPUT, "run.yaml:4", "flip");
    assert_refused(folder, TRAIN "augment: {crop: 2}\n", PT_BAD_INPUT, "crop: 2", "2 x 3");
    assert_refused(folder, TRAIN "augment: {flip: true, flip_targets: negate}\n", PT_BAD_INPUT,
                   "run.yaml:4", "flip_targets needs");
    assert_refused(folder, TRAIN "test_share: 1\n", PT_BAD_INPUT, "run.yaml:4", "between 0 and 1");
    assert_refused(folder, TRAIN "test_share: 0.1\n", PT_BAD_INPUT, "test_share", "empty");
    assert_refused(folder, TRAIN "classes: [cat]\n", PT_BAD_INPUT, "run.yaml:4", "at least 2");
    assert_refused(folder, TRAIN "classes: [cat, cat]\n", PT_BAD_INPUT, "'cat'", "twice");
    assert_refused(folder, TRAIN "classes: cat\n", PT_BAD_INPUT, "run.yaml:4", "expected a list");
    assert_refused(folder, "kind: idx\ntrain_images: ''\ntrain_labels: labels\n", PT_BAD_INPUT,
                   "train_images", "empty");
    assert_refused(folder, BOTH_PARTS "test_share: 0.5\n", PT_BAD_INPUT, "test_share", "not both");
    assert_refused(folder, "kind: idx\ntrain_images: none\ntrain_labels: labels\n", PT_NOT_FOUND,
                   "none", "o such file");
}

// Two images of 2 x 3 bytes; mirrored, each row is turned around. Only training images are.
static void images_can_be_augmented(void **unused)
{
    (void)unused;
    const char *folder = good_folder();
    test_file_bytes(folder, "images2", images, sizeof images);
    test_file_bytes(folder, "labels2", labels, sizeof labels);
    struct pt_dataset_pair pair =
        open_good(folder, BOTH_PARTS "normalize: none\naugment: {flip: true}\n");
    int flips = 0;
    for (int64_t epoch = 0; epoch < 40; epoch++) {
        float batch[12], test[6];
        struct pt_batch to = {.features = batch}, test_to = {.features = test};
        assert_int_equal(pt_dataset_batch(pair.train, NULL, 0, 2, 7, epoch, &to, NULL), PT_OK);
        assert_int_equal(pt_dataset_batch(pair.test, NULL, 0, 1, 7, epoch, &test_to, NULL), PT_OK);
        for (int s = 0; s < 2; s++) {
            const uint8_t *pixels = images + 16 + 6 * s;
            bool flipped = batch[6 * s] != pixels[0];
            flips += flipped;
            for (int i = 0; i < 6; i++)
                assert_near(batch[6 * s + i], pixels[flipped ? i / 3 * 3 + 2 - i % 3 : i], 0);
        }
        for (int i = 0; i < 6; i++)
            assert_near(test[i], pair.test->feature_bytes[i], 0);
    }
    assert_in_range(flips, 20, 60);
    close_pair(pair);
}

static void one_file_can_be_split(void **unused)
{
    (void)unused;
    struct pt_dataset_pair pair = open_good(good_folder(), TRAIN "test_share: 0.5\nseed: 3\n");
    assert_int_equal(pair.train->sample_count, 1);
    assert_int_equal(pair.test->sample_count, 1);
    assert_int_equal(pair.test->class_count, 2);
    close_pair(pair);
}

// The published mean and deviation of Fashion-MNIST are 0.2860 and 0.3530 (of pixels / 255):
// https://github.com/zalandoresearch/fashion-mnist; 6000 of 60000 images are of each class.
static void fashion_mnist_has_its_published_statistics(void **unused)
{
    (void)unused;
    FILE *file = fopen("/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz", "rb");
    int64_t counts[10] = {0};
    if (file == NULL)
        skip();
    fclose(file);
    struct pt_dataset_pair pair = open_good(
        "/usr/share/datasets/fashion-mnist",
        "kind: idx\ntrain_images: train-images-idx3-ubyte.gz\n"
        "train_labels: train-labels-idx1-ubyte.gz\ntest_images: t10k-images-idx3-ubyte.gz\n"
        "test_labels: t10k-labels-idx1-ubyte.gz\nnormalize: standard\n");
    assert_int_equal(pair.train->sample_count, 60000);
    assert_int_equal(pair.test->sample_count, 10000);
    assert_int_equal(pair.train->feature_count, 784);
    for (int64_t i = 0; i < 60000; i++)
        counts[pair.train->labels[i]]++;
    for (int i = 0; i < 10; i++)
        assert_int_equal(counts[i], 6000);
    double deviation = 1 / (double)pair.train->pixel_scale[0] / 255;
    assert_near(deviation, 0.3530, 5e-5);
    assert_near(-(double)pair.train->pixel_shift[0] * deviation, 0.2860, 5e-5);
    close_pair(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(images_are_read_with_their_shape_and_labels),
        cmocka_unit_test(gzip_gives_the_same_as_plain),
        cmocka_unit_test(bytes_are_scaled_as_told),
        cmocka_unit_test(standard_uses_the_training_part_alone),
        cmocka_unit_test(classes_have_names),
        cmocka_unit_test(floats_and_wide_integers_are_read),
        cmocka_unit_test(the_other_types_are_read),
        cmocka_unit_test(a_float_that_is_not_finite_is_refused),
        cmocka_unit_test(a_wrong_magic_is_named),
        cmocka_unit_test(a_cut_file_is_corrupt_at_every_length),
        cmocka_unit_test(trailing_bytes_are_corrupt),
        cmocka_unit_test(huge_dimensions_neither_overflow_nor_allocate),
        cmocka_unit_test(a_damaged_gzip_names_file_and_place),
        cmocka_unit_test(a_label_beyond_the_classes_is_named_with_its_place),
        cmocka_unit_test(counts_that_differ_are_named),
        cmocka_unit_test(swapped_files_are_noticed),
        cmocka_unit_test(parts_of_different_shape_are_refused),
        cmocka_unit_test(mistakes_in_the_mapping_are_named),
        cmocka_unit_test(images_can_be_augmented),
        cmocka_unit_test(one_file_can_be_split),
        cmocka_unit_test(fashion_mnist_has_its_published_statistics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
