#include <png.h>

#include "dataset/loader.h"
#include "dataset_support.h"

enum { SIDE = 4, NUMBERS = SIDE * SIDE * 3 };

static void write_png(const char *folder, const char *path, int height, int width,
                      const uint8_t *rgb)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (unsigned)width,
                       .height = (unsigned)height,
                       .format = PNG_FORMAT_RGB};
    test_file(folder, path, ""); // makes the folders in between
    assert_int_equal(png_image_write_to_file(&image, test_path(folder, path), 0, rgb, 0, NULL), 1);
}

// A picture of one color.
static void write_color(const char *folder, const char *path, uint8_t r, uint8_t g, uint8_t b)
{
    uint8_t rgb[NUMBERS];
    for (int i = 0; i < NUMBERS; i += 3) {
        rgb[i] = r;
        rgb[i + 1] = g;
        rgb[i + 2] = b;
    }
    write_png(folder, path, SIDE, SIDE, rgb);
}

// count pictures in each of the classes ant and bee; picture i of class c has bytes that begin with
// 10 c + i and are all different.
static const char *two_classes(const char *part, int count)
{
    const char *folder = test_folder();
    for (int c = 0; c < 2; c++)
        for (int i = 0; i < count; i++) {
            char path[64];
            uint8_t rgb[NUMBERS];
            for (int j = 0; j < NUMBERS; j++)
                rgb[j] = (uint8_t)(10 * c + i + 5 * j);
            snprintf(path, sizeof path, "%s/%s/%02d.png", part, c == 0 ? "ant" : "bee", i);
            write_png(folder, path, SIDE, SIDE, rgb);
        }
    return folder;
}

// Folders and files count in the order of their names; what is no picture does not.
static void folders_are_classes(void **unused)
{
    (void)unused;
    float features[5 * NUMBERS];
    int32_t labels[5];
    const char *folder = two_classes("train", 2);
    write_color(folder, "train/cat/z.PNG", 1, 2, 3);
    test_file(folder, "train/ant/notes.txt", "");
    test_file(folder, "train/readme", "");
    test_file(folder, "train/.hidden/x.png", "");
    struct pt_dataset_pair pair =
        open_good(folder, "kind: images\ntrain_folder: train\nnormalize: none\n");

    assert_null(pair.test);
    assert_int_equal(pair.train->sample_count, 5);
    assert_int_equal(pair.train->rank, 3);
    assert_int_equal(pair.train->dims[0], SIDE);
    assert_int_equal(pair.train->dims[1], SIDE);
    assert_int_equal(pair.train->dims[2], 3);
    assert_int_equal(pair.train->feature_count, NUMBERS);
    assert_int_equal(pair.train->class_count, 3);
    assert_string_equal(pair.train->class_names[0], "ant");
    assert_string_equal(pair.train->class_names[2], "cat");
    fill(pair.train, NULL, 0, 5, (struct pt_batch){.features = features, .labels = labels});
    for (int s = 0; s < 4; s++) {
        assert_int_equal(labels[s], s / 2);
        for (int j = 0; j < NUMBERS; j++)
            assert_near(features[s * NUMBERS + j], (uint8_t)(s / 2 * 10 + s % 2 + 5 * j), 0);
    }
    assert_int_equal(labels[4], 2);
    assert_near(features[4 * NUMBERS + 3], 1, 0);
    assert_near(features[4 * NUMBERS + 5], 3, 0);
    close_pair(pair);
}

// The gray of (1, 2, 3) is 0.299 + 1.174 + 0.342 = 1.815, so 2; by default a byte is divided by
// 255.
static void pictures_can_be_gray(void **unused)
{
    (void)unused;
    float features[SIDE * SIDE];
    const char *folder = test_folder();
    write_color(folder, "a/x.png", 1, 2, 3);
    write_color(folder, "b/x.png", 0, 0, 0);
    struct pt_dataset_pair pair = open_good(folder, "kind: images\ntrain_folder: .\nchannels: 1\n");
    assert_int_equal(pair.train->dims[2], 1);
    fill(pair.train, NULL, 0, 1, (struct pt_batch){.features = features});
    for (int i = 0; i < SIDE * SIDE; i++)
        assert_near(features[i], 2 / 255.0, 1e-7);
    close_pair(pair);
}

// Red is 0 and 255: mean 127.5, deviation 127.5. Green never changes. Blue is 10 and 30.
static const char standard_yaml[] =
    "kind: images\ntrain_folder: .\nnormalize: standard\nsize: [4, 4]\ndecode: ";

static void standard_is_taken_of_each_channel(void **unused)
{
    (void)unused;
    static const char *const words[] = {"once", "always"};
    const char *folder = test_folder();
    write_color(folder, "a/x.png", 0, 9, 10);
    write_color(folder, "b/x.png", 255, 9, 30);
    for (int w = 0; w < 2; w++) {
        char yaml[128];
        float features[2 * NUMBERS];
        snprintf(yaml, sizeof yaml, "%s%s\n", standard_yaml, words[w]);
        struct pt_dataset_pair pair = open_good(folder, yaml);
        assert_true((pair.train->reader != NULL) == (w == 1));
        fill(pair.train, NULL, 0, 2, (struct pt_batch){.features = features});
        for (int i = 0; i < 2 * NUMBERS; i++)
            assert_near(features[i], i % 3 == 1 ? 0 : i < NUMBERS ? -1 : 1, 1e-6);
        close_pair(pair);
    }
}

// The same bits whether pictures are decoded once or for each batch; with all that can be asked
// for, in both parts, directly and through a loader.
static void decoding_once_or_always_is_the_same(void **unused)
{
    (void)unused;
    enum { COUNT = 12, BATCH = 5 };
    static const char yaml[] =
        "kind: images\ntrain_folder: data\ntest_share: 0.25\nseed: 3\nsize: [3, 5]\n"
        "fit: stretch\nfilter: area\nnormalize: standard\naugment: {crop: 1, flip: true}\n"
        "decode: %s\n";
    const char *folder = two_classes("data", COUNT);
    struct pt_dataset_pair pairs[2];
    struct pt_loader *loaders[2];
    struct pt_error error;
    for (int i = 0; i < 2; i++) {
        char text[512];
        snprintf(text, sizeof text, yaml, i == 0 ? "once" : "always");
        pairs[i] = open_good(folder, text);
        assert_int_equal(pairs[i].train->sample_count, 18);
        assert_int_equal(pairs[i].test->sample_count, 6);
        struct pt_loader_options options = {
            .dataset = pairs[i].train, .batch = BATCH, .depth = 2, .seed = 9, .shuffle = true};
        assert_status(pt_loader_open(&options, &loaders[i], &error), PT_OK, &error);
    }
    for (int b = 0; b < 9; b++) {
        float features[2][BATCH * 45] = {{0}};
        int32_t labels[2][BATCH] = {{0}};
        int64_t rows[2];
        for (int i = 0; i < 2; i++)
            assert_status(
                pt_loader_next(loaders[i],
                               &(struct pt_batch){.features = features[i], .labels = labels[i]},
                               &rows[i], &error),
                PT_OK, &error);
        assert_int_equal(rows[0], rows[1]);
        assert_memory_equal(features[0], features[1], sizeof features[0]);
        assert_memory_equal(labels[0], labels[1], sizeof labels[0]);
    }
    float test_features[2][6 * 45];
    for (int i = 0; i < 2; i++)
        fill(pairs[i].test, NULL, 0, 6, (struct pt_batch){.features = test_features[i]});
    assert_memory_equal(test_features[0], test_features[1], sizeof test_features[0]);
    for (int i = 0; i < 2; i++) {
        pt_loader_close(loaders[i]);
        close_pair(pairs[i]);
    }
}

// Together the parts are all pictures, each once; and the test part is not augmented.
static void a_test_share_is_put_aside(void **unused)
{
    (void)unused;
    float features[20 * NUMBERS], again[20 * NUMBERS];
    bool seen[2][10] = {{false}};
    const char *folder = two_classes("data", 10);
    struct pt_dataset_pair pair =
        open_good(folder, "kind: images\ntrain_folder: data\ntest_share: 0.2\nnormalize: none\n"
                          "augment: {flip: true}\n");
    for (int part = 0; part < 2; part++) {
        const struct pt_dataset *dataset = part == 0 ? pair.train : pair.test;
        int32_t labels[20];
        fill(dataset, NULL, 0, dataset->sample_count,
             (struct pt_batch){.features = features, .labels = labels});
        for (int64_t s = 0; s < dataset->sample_count; s++) {
            // A flip puts the last pixel of the first row first: 45 more.
            int i = (int)features[s * NUMBERS] - 10 * labels[s];
            i = i >= 45 ? i - 45 : i;
            assert_in_range(i, 0, 9);
            assert_false(seen[labels[s]][i]);
            seen[labels[s]][i] = true;
        }
    }
    assert_int_equal(pair.train->sample_count, 16);
    assert_int_equal(pair.test->sample_count, 4);
    struct pt_batch batch = {.features = again};
    assert_int_equal(pt_dataset_batch(pair.test, NULL, 0, 4, 8, 77, &batch, NULL), PT_OK);
    assert_memory_equal(again, features, 4 * NUMBERS * sizeof *again);
    close_pair(pair);
}

static void a_test_folder_has_the_classes_of_the_training_folder(void **unused)
{
    (void)unused;
    int32_t labels[1];
    const char *folder = two_classes("train", 1);
    write_color(folder, "test/bee/1.png", 0, 0, 0);
    write_color(folder, "test/ant/2.png", 0, 0, 0);
    struct pt_dataset_pair pair =
        open_good(folder, "kind: images\ntrain_folder: train\ntest_folder: test\n");
    assert_int_equal(pair.test->sample_count, 2);
    fill(pair.test, NULL, 1, 1, (struct pt_batch){.labels = labels});
    assert_int_equal(labels[0], 1);
    close_pair(pair);

    write_color(folder, "test/wasp/1.png", 0, 0, 0);
    assert_refused(folder, "kind: images\ntrain_folder: train\ntest_folder: test\n", PT_BAD_INPUT,
                   "test/wasp", "no class 'wasp'");
}

// Rows of a list: targets, in the order of the file; paths relative to it. A flip negates the
// angle of the same picture and nothing else.
static void a_list_names_pictures_and_targets(void **unused)
{
    (void)unused;
    static const char *const words[] = {"once", "always"};
    const char *folder = test_folder();
    uint8_t rgb[2 * NUMBERS];
    for (int i = 0; i < NUMBERS; i++)
        rgb[i] = (uint8_t)i;
    write_png(folder, "road/left.png", SIDE, SIDE, rgb);
    write_png(folder, "road/right.png", SIDE, SIDE, rgb);
    test_file(folder, "road/labels.csv", "angle,file,speed\n-0.5,left.png,10\n0.25,right.png,20\n");
    for (int w = 0; w < 2; w++) {
        char yaml[256];
        float features[2 * NUMBERS], targets[4];
        int flips = 0;
        snprintf(yaml, sizeof yaml,
                 "kind: images\nlist: road/labels.csv\ntarget: [angle, speed]\nnormalize: none\n"
                 "decode: %s\naugment: {flip: true, flip_targets: negate}\n",
                 words[w]);
        struct pt_dataset_pair pair = open_good(folder, yaml);
        assert_int_equal(pair.train->sample_count, 2);
        assert_int_equal(pair.train->class_count, 0);
        assert_int_equal(pair.train->target_count, 2);
        for (int64_t epoch = 0; epoch < 20; epoch++) {
            struct pt_batch batch = {.features = features, .targets = targets};
            assert_int_equal(pt_dataset_batch(pair.train, NULL, 0, 2, 1, epoch, &batch, NULL),
                             PT_OK);
            for (int s = 0; s < 2; s++) {
                bool flipped = features[s * NUMBERS] > 0;
                double sign = flipped ? -1 : 1;
                assert_near(targets[2 * s], sign * (s == 0 ? -0.5 : 0.25), 0);
                assert_near(targets[2 * s + 1], sign * (s == 0 ? 10 : 20), 0);
                flips += flipped;
            }
        }
        assert_in_range(flips, 8, 32);
        close_pair(pair);
    }
}

static void a_list_names_classes(void **unused)
{
    (void)unused;
    int32_t labels[3];
    const char *folder = two_classes("d", 2);
    char list[256];
    snprintf(list, sizeof list,
             "path;kind\n%s/d/bee/01.png;bee\nd/ant/00.png;ant\nd/ant/01.png;ant\n", folder);
    test_file(folder, "train.csv", list);
    test_file(folder, "test.csv", "path;kind\nd/bee/00.png;bee\n");
    struct pt_dataset_pair pair =
        open_good(folder, "kind: images\ntrain_list: train.csv\ntest_list: test.csv\nlabel: kind\n"
                          "file_column: path\nseparator: \";\"\n");
    assert_int_equal(pair.train->class_count, 2);
    assert_string_equal(pair.train->class_names[1], "bee");
    fill(pair.train, NULL, 0, 3, (struct pt_batch){.labels = labels});
    assert_int_equal(labels[0], 1);
    assert_int_equal(labels[1], 0);
    fill(pair.test, NULL, 0, 1, (struct pt_batch){.labels = labels});
    assert_int_equal(labels[0], 1);
    close_pair(pair);

    test_file(folder, "test.csv", "path;kind\nd/bee/00.png;wasp\n");
    assert_refused(folder,
                   "kind: images\ntrain_list: train.csv\ntest_list: test.csv\nlabel: kind\n"
                   "file_column: path\nseparator: \";\"\n",
                   PT_BAD_INPUT, "test.csv:2: column 'kind'", "'wasp' is none of the 2 classes");
}

// Pictures of another size are cut and shrunk: of 8 x 4 pixels the middle 4 x 4 is taken.
static void size_brings_pictures_to_one_size(void **unused)
{
    (void)unused;
    float features[2 * 2 * 3];
    uint8_t wide[8 * 4 * 3];
    const char *folder = two_classes("d", 1);
    for (int y = 0; y < 4; y++)
        for (int x = 0; x < 8; x++)
            memset(wide + (y * 8 + x) * 3, x < 2 || x >= 6 ? 200 : y < 2 ? 10 : 50, 3);
    write_png(folder, "d/ant/00.png", 4, 8, wide);
    struct pt_dataset_pair pair = open_good(
        folder, "kind: images\ntrain_folder: d\nsize: [2, 2]\nfilter: area\nnormalize: none\n");
    fill(pair.train, NULL, 0, 1, (struct pt_batch){.features = features});
    for (int i = 0; i < 12; i++)
        assert_near(features[i], i < 6 ? 10 : 50, 0);
    close_pair(pair);
    assert_refused(folder, "kind: images\ntrain_folder: d\n", PT_BAD_INPUT,
                   "d/bee/00.png is 4 x 4 pixels, the first picture 4 x 8", "give size");
}

// The first of two broken files is named, by however many threads; when decoding always, in the
// batch that needs it.
static void a_broken_file_is_named(void **unused)
{
    (void)unused;
    struct pt_error error;
    float *features = malloc(20 * NUMBERS * sizeof *features);
    const char *folder = two_classes("d", 10);
    test_file(folder, "d/ant/07.png", "no picture");
    test_file(folder, "d/bee/03.png", "\x89PNG\r\n\x1a\n");
    assert_refused(folder, "kind: images\ntrain_folder: d\n", PT_UNSUPPORTED, "d/ant/07.png",
                   "neither PNG nor JPEG");
    struct pt_dataset_pair pair =
        open_good(folder, "kind: images\ntrain_folder: d\ndecode: always\n");
    struct pt_batch batch = {.features = features};
    assert_status(pt_dataset_batch(pair.train, NULL, 0, 7, 0, 0, &batch, &error), PT_OK, &error);
    assert_status(pt_dataset_batch(pair.train, NULL, 0, 20, 0, 0, &batch, &error), PT_UNSUPPORTED,
                  &error);
    assert_contains(error.message, "d/ant/07.png");
    assert_status(pt_dataset_batch(pair.train, NULL, 8, 12, 0, 0, &batch, &error), PT_CORRUPT,
                  &error);
    assert_contains(error.message, "d/bee/03.png");
    close_pair(pair);
    assert_refused(folder, "kind: images\ntrain_folder: d\ndecode: always\nnormalize: standard\n",
                   PT_UNSUPPORTED, "d/ant/07.png", "neither PNG nor JPEG");
    free(features);
}

static void a_reader_cannot_be_split_or_augmented_afterwards(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_dataset_pair parts;
    struct pt_dataset_pair pair =
        open_good(two_classes("d", 3), "kind: images\ntrain_folder: d\ndecode: always\n");
    assert_status(pt_dataset_split(pair.train, 0.5, 1, &parts, &error), PT_UNSUPPORTED, &error);
    assert_contains(error.message, "test_share");
    assert_status(pt_dataset_augment(pair.train, &(struct pt_augment){.flip = true}, &error),
                  PT_UNSUPPORTED, &error);
    close_pair(pair);
}

static void what_makes_no_sense_is_refused(void **unused)
{
    (void)unused;
    const char *folder = two_classes("d", 2);
    test_file(folder, "l.csv", "file,a,b\nd/ant/00.png,1,x\nd/ant/01.png,,x\nd/bee/00.png,2,x\n");
    test_file(folder, "one/ant/x.txt", "");
    write_color(folder, "deep/a/b/x.png", 1, 1, 1);
    write_color(folder, "deep/c/x.png", 1, 1, 1);
    write_color(folder, "beside/x.png", 1, 1, 1);
    test_file(folder, "none/a/x.txt", "");
    test_file(folder, "none/b/x.txt", "");
#define FOLDER "kind: images\ntrain_folder: d\n"
#define LIST   "kind: images\nlist: l.csv\n"
    static const struct {
        const char *yaml;
        enum pt_status status;
        const char *part, *other_part;
    } cases[] = {
        {"kind: images\n", PT_BAD_INPUT, "train_folder", "list"},
        {FOLDER "list: l.csv\n", PT_BAD_INPUT, "train_folder", "list"},
        {LIST "train_list: l.csv\ntarget: a\n", PT_BAD_INPUT, "not both", "list"},
        {FOLDER "label: a\n", PT_BAD_INPUT, "label goes with train_list", "run.yaml:3"},
        {LIST "target: a\ntest_folder: d\n", PT_BAD_INPUT, "test_list", "run.yaml:4"},
        {LIST, PT_BAD_INPUT, "label", "target"},
        {LIST "label: b\ntarget: a\n", PT_BAD_INPUT, "label", "target"},
        {LIST "target: a\n", PT_BAD_INPUT, "l.csv:3: column 'a'", "missing"},
        {LIST "target: b\n", PT_BAD_INPUT, "l.csv:2: column 'b'", "not a number"},
        {LIST "target: c\n", PT_BAD_INPUT, "no column 'c'", "run.yaml:3"},
        {LIST "target: []\n", PT_BAD_INPUT, "target names 0", "run.yaml:3"},
        {LIST "label: b\n", PT_BAD_INPUT, "column 'b' has 1 class", "l.csv"},
        {LIST "label: a\n", PT_BAD_INPUT, "l.csv:3", "missing"},
        {LIST "file_column: x\ntarget: a\n", PT_BAD_INPUT, "no column 'x'", "run.yaml:3"},
        {FOLDER "test_folder: d\ntest_share: 0.5\n", PT_BAD_INPUT, "not both", "run.yaml:4"},
        {FOLDER "test_share: 0.01\n", PT_BAD_INPUT, "leaves one part empty", "0.01"},
        {FOLDER "size: [4]\n", PT_BAD_INPUT, "size has 1 numbers", "run.yaml:3"},
        {FOLDER "size: [4, 0]\n", PT_BAD_INPUT, "run.yaml:3", "8192"},
        {FOLDER "channels: 2\n", PT_BAD_INPUT, "1 is gray, 3 is color", "run.yaml:3"},
        {FOLDER "channels: 4\n", PT_BAD_INPUT, "channels", "run.yaml:3"},
        {FOLDER "fit: krop\n", PT_BAD_INPUT, "crop", "run.yaml:3"},
        {FOLDER "filter: cubic\n", PT_BAD_INPUT, "bilinear", "run.yaml:3"},
        {FOLDER "decode: never\n", PT_BAD_INPUT, "always", "run.yaml:3"},
        {FOLDER "sise: [4, 4]\n", PT_BAD_INPUT, "size", "run.yaml:3"},
        {FOLDER "normalize: {mean: [1, 2], std: [1, 2]}\n", PT_BAD_INPUT, "2 means", "3 channels"},
        {FOLDER "normalize: {mean: [1, 2, 3], std: 1}\n", PT_BAD_INPUT, "3 numbers as mean",
         "1 as std"},
        {FOLDER "normalize: {mean: [1, 2, 3], std: [1, 0, 1]}\n", PT_BAD_INPUT, "got \"0\"",
         "run.yaml:3"},
        {FOLDER "normalize: {mean: [], std: []}\n", PT_BAD_INPUT, "mean has 0 numbers",
         "run.yaml:3"},
        {FOLDER "augment: {crop: 4}\n", PT_BAD_INPUT, "crop: 4", "4 x 4"},
        {FOLDER "augment: {crop: -1}\n", PT_BAD_INPUT, "crop", "run.yaml:3"},
        {FOLDER "augment: {crops: 1}\n", PT_BAD_INPUT, "crop", "run.yaml:3"},
        {FOLDER "augment: {cutout: 9}\n", PT_BAD_INPUT, "cutout: 9", "4 x 4"},
        {FOLDER "augment: {flip: 1}\n", PT_BAD_INPUT, "flip", "run.yaml:3"},
        {FOLDER "augment: {flip: true, flip_targets: keep}\n", PT_BAD_INPUT, "flip_targets needs",
         "run.yaml:3"},
        {LIST "target: a\naugment: {flip: true}\n", PT_BAD_INPUT, "keep or negate", "run.yaml:4"},
        {"kind: images\ntrain_folder: nowhere\n", PT_NOT_FOUND, "nowhere", "folder"},
        {"kind: images\ntrain_folder: one\n", PT_BAD_INPUT, "1 folder;", "one for each class"},
        {"kind: images\ntrain_folder: none\n", PT_BAD_INPUT, "none/a holds no picture", ".png"},
        {"kind: images\ntrain_folder: deep\n", PT_BAD_INPUT, "deep/a/b is a folder", "higher"},
        {"kind: images\ntrain_folder: beside\n", PT_BAD_INPUT, "beside/x.png", "move it"},
        {"kind: images\nlist: nowhere.csv\ntarget: a\n", PT_NOT_FOUND, "nowhere.csv", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(folder, cases[i].yaml, cases[i].status, cases[i].part, cases[i].other_part);
    test_file(folder, "l.csv", "file,a\nd/ant/00.png,1\nnowhere.png,2\n");
    assert_refused(folder, LIST "target: a\n", PT_NOT_FOUND, "nowhere.png", "");
    test_file(folder, "l.csv", "path,a\nd/ant/00.png,1\n");
    assert_refused(folder, LIST "target: a\n", PT_BAD_INPUT, "no column 'file'", "file_column");
    test_file(folder, "l.csv", "file,a\n,1\n");
    assert_refused(folder, LIST "target: a\n", PT_BAD_INPUT, "l.csv:2: column 'file'", "missing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_are_classes),
        cmocka_unit_test(pictures_can_be_gray),
        cmocka_unit_test(standard_is_taken_of_each_channel),
        cmocka_unit_test(decoding_once_or_always_is_the_same),
        cmocka_unit_test(a_test_share_is_put_aside),
        cmocka_unit_test(a_test_folder_has_the_classes_of_the_training_folder),
        cmocka_unit_test(a_list_names_pictures_and_targets),
        cmocka_unit_test(a_list_names_classes),
        cmocka_unit_test(size_brings_pictures_to_one_size),
        cmocka_unit_test(a_broken_file_is_named),
        cmocka_unit_test(a_reader_cannot_be_split_or_augmented_afterwards),
        cmocka_unit_test(what_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
