#include <zlib.h>

#include "dataset_support.h"

static const char *folder_with(const char *text)
{
    const char *folder = test_folder();
    test_file(folder, "x.csv", text);
    return folder;
}

static struct pt_dataset_pair open_text(const char *text, const char *yaml)
{
    return open_good(folder_with(text), yaml);
}

static void refuse_text(const char *text, const char *yaml, const char *part, const char *other)
{
    assert_refused(folder_with(text), yaml, PT_BAD_INPUT, part, other);
}

static void assert_features(const struct pt_dataset *dataset, const double *expected)
{
    for (int64_t i = 0; i < dataset->sample_count * dataset->feature_count; i++)
        assert_near(dataset->features[i], expected[i], 1e-6);
}

static void columns_become_features_and_class_names_classes(void **unused)
{
    (void)unused;
    struct pt_dataset_pair pair = open_text("a,b,kind\n1,2,cat\n3,4.5,ant\n-5e-1,6,cat\n",
                                            "kind: csv\nfile: x.csv\nlabel: kind\n");
    const struct pt_dataset *train = pair.train;

    assert_null(pair.test);
    assert_int_equal(train->sample_count, 3);
    assert_int_equal(train->rank, 1);
    assert_int_equal(train->dims[0], 2);
    assert_features(train, (const double[]){1, 2, 3, 4.5, -0.5, 6});
    assert_int_equal(train->class_count, 2); // by name: ant, cat
    assert_string_equal(train->class_names[0], "ant");
    assert_int_equal(train->labels[0], 1);
    assert_int_equal(train->labels[1], 0);
    close_pair(pair);
}

// By number, 2 comes before 10; by text it would not.
static void integer_labels_are_in_the_order_of_numbers(void **unused)
{
    (void)unused;
    struct pt_dataset_pair pair =
        open_text("a,y\n1,10\n1,2\n1,-1\n", "kind: csv\nfile: x.csv\nlabel: y\n");
    assert_int_equal(pair.train->class_count, 3);
    assert_string_equal(pair.train->class_names[0], "-1");
    assert_string_equal(pair.train->class_names[1], "2");
    assert_int_equal(pair.train->labels[0], 2);
    close_pair(pair);
}

static void classes_may_be_listed_in_an_order_of_their_own(void **unused)
{
    (void)unused;
    const char *yaml = "kind: csv\nfile: x.csv\nlabel: y\nclasses: [red, green, blue]\n";
    struct pt_dataset_pair pair = open_text("a,y\n1,blue\n1,red\n", yaml);
    assert_int_equal(pair.train->class_count, 3);
    assert_int_equal(pair.train->labels[0], 2);
    assert_int_equal(pair.train->labels[1], 0);
    close_pair(pair);

    pair = open_text("a,y\n1,1\n1,0\n", yaml); // numbers that the names explain
    assert_int_equal(pair.train->labels[0], 1);
    close_pair(pair);
    refuse_text("a,y\n1,red\n1,pink\n", yaml, "x.csv:3: column 'y'", "'pink' is none of the 3");
    refuse_text("a,y\n1,3\n1,0\n", yaml, "x.csv:2: column 'y'", "'3' is none of the 3");
}

static void targets_are_numbers(void **unused)
{
    (void)unused;
    struct pt_dataset_pair pair =
        open_text("a,u,v\n1,0.5,7\n2,1.5,8\n", "kind: csv\nfile: x.csv\ntarget: [v, u]\n");
    assert_int_equal(pair.train->class_count, 0);
    assert_int_equal(pair.train->target_count, 2);
    assert_null(pair.train->labels);
    assert_near(pair.train->targets[0], 7, 0);
    assert_near(pair.train->targets[1], 0.5, 0);
    assert_near(pair.train->targets[3], 1.5, 0);
    close_pair(pair);
}

static void features_can_be_chosen_and_reordered(void **unused)
{
    (void)unused;
    struct pt_dataset_pair pair =
        open_text("a,b,c,y\n1,2,3,4\n", "kind: csv\nfile: x.csv\ntarget: y\nfeatures: [c, a]\n");
    assert_int_equal(pair.train->feature_count, 2);
    assert_features(pair.train, (const double[]){3, 1});
    close_pair(pair);
}

static void a_file_without_header_has_numbered_columns(void **unused)
{
    (void)unused;
    struct pt_dataset_pair pair = open_text(
        "1;2;3\n4;5;6\n", "kind: csv\nfile: x.csv\nheader: false\nseparator: ;\ntarget: 2\n");
    assert_int_equal(pair.train->sample_count, 2);
    assert_features(pair.train, (const double[]){1, 3, 4, 6});
    assert_near(pair.train->targets[1], 5, 0);
    close_pair(pair);
}

static void tabs_blanks_quotes_and_crlf_are_understood(void **unused)
{
    (void)unused;
    struct pt_dataset_pair pair =
        open_text("\"a\"\t b \ty\r\n\" 1\"\t 2\t3 \r\n",
                  "kind: csv\nfile: x.csv\nseparator: tab\ntarget: y\nfeatures: [a, b]\n");
    assert_features(pair.train, (const double[]){1, 2});
    assert_near(pair.train->targets[0], 3, 0);
    close_pair(pair);
}

static void gzip_is_read_too(void **unused)
{
    (void)unused;
    static const char text[] = "a,y\n1,2\n";
    unsigned char packed[100];
    const char *folder = test_folder();
    test_file_bytes(folder, "x.csv.gz", packed, gzip(text, strlen(text), packed, sizeof packed));
    struct pt_dataset_pair pair = open_good(folder, "kind: csv\nfile: x.csv.gz\ntarget: y\n");
    assert_features(pair.train, (const double[]){1});
    close_pair(pair);
}

static void one_hot_makes_a_feature_per_category(void **unused)
{
    (void)unused;
    struct pt_dataset_pair pair =
        open_text("a,city,y\n5,rome,1\n6,bonn,2\n7,rome,3\n",
                  "kind: csv\nfile: x.csv\ntarget: y\none_hot: [city]\nnormalize: unit\n");
    assert_int_equal(pair.train->feature_count, 3);
    // bonn, rome; the zeros and ones are not normalized, a is
    assert_features(pair.train, (const double[]){0, 0, 1, 0.5, 1, 0, 1, 0, 1});
    close_pair(pair);

    pair = open_text("city,y\nrome,1\nbonn,2\n",
                     "kind: csv\nfile: x.csv\ntarget: y\none_hot: [city]\nnormalize: standard\n");
    assert_features(pair.train, (const double[]){0, 1, 1, 0});
    close_pair(pair);
}

static void missing_values_are_refused_with_their_place(void **unused)
{
    (void)unused;
    static const char *const words[] = {"", "NA", "n/a", "nan", "NaN", "null", "NULL", "?", " "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char text[64];
        snprintf(text, sizeof text, "a,b,y\n1,2,3\n4,%s,6\n", words[i]);
        refuse_text(text, "kind: csv\nfile: x.csv\ntarget: y\n", "x.csv:3: column 'b'",
                    "missing: mean, zero or drop");
    }
}

// The means of 1 and 4, and of the category: one of two known cells is rome.
static void missing_values_become_the_mean(void **unused)
{
    (void)unused;
    struct pt_dataset_pair pair =
        open_text("a,city,y\n1,rome,0\n?,bonn,0\n4,,0\n",
                  "kind: csv\nfile: x.csv\ntarget: y\nmissing: mean\none_hot: city\n");
    assert_features(pair.train, (const double[]){1, 0, 1, 2.5, 1, 0, 4, 0.5, 0.5});
    close_pair(pair);
    refuse_text("a,y\n,1\nNA,2\n", "kind: csv\nfile: x.csv\ntarget: y\nmissing: mean\n",
                "column 'a'", "no mean");
}

// The mean is that of the training file; the test file's 100 must not move it.
static void the_mean_comes_from_the_training_part(void **unused)
{
    (void)unused;
    const char *folder = folder_with("a,y\n1,0\n3,0\n");
    test_file(folder, "t.csv", "a,y\n,0\n100,0\n");
    struct pt_dataset_pair pair = open_good(
        folder, "kind: csv\ntrain_file: x.csv\ntest_file: t.csv\ntarget: y\nmissing: mean\n");
    assert_features(pair.test, (const double[]){2, 100});
    close_pair(pair);
}

static void missing_values_become_zero(void **unused)
{
    (void)unused;
    struct pt_dataset_pair pair =
        open_text("a,city,y\n1,rome,0\n?,bonn,0\n4,,0\n",
                  "kind: csv\nfile: x.csv\ntarget: y\nmissing: zero\none_hot: [city]\n");
    assert_features(pair.train, (const double[]){1, 0, 1, 0, 1, 0, 4, 0, 0});
    close_pair(pair);
}

static void samples_with_missing_values_are_dropped(void **unused)
{
    (void)unused;
    const char *yaml = "kind: csv\nfile: x.csv\nlabel: y\nmissing: drop\n";
    struct pt_dataset_pair pair = open_text("a,y\n1,cat\n?,dog\n3,\n4,dog\n", yaml);
    assert_int_equal(pair.train->sample_count, 2);
    assert_features(pair.train, (const double[]){1, 4});
    assert_int_equal(pair.train->labels[1], 1);
    close_pair(pair);
    refuse_text("a,y\n?,cat\n?,dog\n", yaml, "x.csv", "leaves none");
}

static void a_missing_target_is_only_dropped(void **unused)
{
    (void)unused;
    refuse_text("a,y\n1,2\n1,\n", "kind: csv\nfile: x.csv\ntarget: y\nmissing: zero\n",
                "x.csv:3: column 'y'", "missing: drop");
    refuse_text("a,y\n1,cat\n1,?\n2,dog\n", "kind: csv\nfile: x.csv\nlabel: y\nmissing: mean\n",
                "x.csv:3: column 'y'", "missing: drop");
}

static void text_in_a_column_of_numbers_names_its_cell(void **unused)
{
    (void)unused;
    refuse_text("a,y\n1,2\noops,3\n", "kind: csv\nfile: x.csv\ntarget: y\n", "x.csv:3: column 'a'",
                "'oops' is not a number");
    refuse_text("a,y\n1,2\n0x10,3\n", "kind: csv\nfile: x.csv\ntarget: y\n", "x.csv:3: column 'a'",
                "'0x10'");
    refuse_text("a,y\n1,2\ninf,3\n", "kind: csv\nfile: x.csv\ntarget: y\n", "x.csv:3: column 'a'",
                "'inf'");
    refuse_text("a,y\n1,2\n1e39,3\n", "kind: csv\nfile: x.csv\ntarget: y\n", "x.csv:3: column 'a'",
                "'1e39'"); // beyond float
    refuse_text("a,y\n1,cat\n", "kind: csv\nfile: x.csv\ntarget: y\n", "x.csv:2: column 'y'",
                "'label'");
}

// Training values 1, 3: mean 2, deviation 1. The test's 5 becomes 3.
static void standard_and_unit_come_from_the_training_part(void **unused)
{
    (void)unused;
    const char *folder = folder_with("a,c,y\n1,7,0\n3,7,0\n");
    test_file(folder, "t.csv", "a,c,y\n5,8,0\n");
    struct pt_dataset_pair pair =
        open_good(folder, "kind: csv\ntrain_file: x.csv\ntest_file: t.csv\ntarget: y\n"
                          "normalize: standard\n");
    assert_features(pair.train, (const double[]){-1, 0, 1, 0}); // a constant column becomes 0
    assert_features(pair.test, (const double[]){3, 1});
    close_pair(pair);

    pair = open_good(folder, "kind: csv\ntrain_file: x.csv\ntest_file: t.csv\ntarget: y\n"
                             "normalize: unit\n");
    assert_features(pair.train, (const double[]){0, 0, 1, 0});
    assert_features(pair.test, (const double[]){2, 1});
    close_pair(pair);

    pair = open_good(folder, "kind: csv\nfile: x.csv\ntarget: y\nnormalize: {mean: 1, std: 2}\n");
    assert_features(pair.train, (const double[]){0, 3, 1, 3});
    close_pair(pair);
}

static void means_of_channels_are_refused(void **unused)
{
    (void)unused;
    const char *folder = test_folder();
    test_file(folder, "x.csv", "a,y\n1,2\n");
    assert_refused(folder,
                   "kind: csv\nfile: x.csv\ntarget: y\nnormalize: {mean: [1, 2], std: [1, 2]}\n",
                   PT_BAD_INPUT, "2 means", "1 channel;");
}

static void a_number_that_cannot_be_normalized_is_refused(void **unused)
{
    (void)unused;
    const char *folder = folder_with("a,y\n0,0\n1e-30,0\n");
    test_file(folder, "t.csv", "a,y\n1e30,0\n");
    assert_refused(folder,
                   "kind: csv\ntrain_file: x.csv\ntest_file: t.csv\ntarget: y\nnormalize: unit\n",
                   PT_BAD_INPUT, "feature 0 of sample 0", "1e+30");
}

static void a_file_is_split_by_share_and_seed(void **unused)
{
    (void)unused;
    char text[400] = "a,y\n";
    bool seen[10] = {false};
    for (int i = 0; i < 10; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%d,0\n", i);
    const char *yaml = "kind: csv\nfile: x.csv\ntarget: y\ntest_share: 0.3\nseed: 5\n";
    struct pt_dataset_pair pair = open_text(text, yaml), again = open_text(text, yaml);

    assert_int_equal(pair.train->sample_count, 7);
    assert_int_equal(pair.test->sample_count, 3);
    for (int i = 0; i < 7; i++)
        seen[(int)pair.train->features[i]] = true;
    for (int i = 0; i < 3; i++) {
        assert_false(seen[(int)pair.test->features[i]]);
        seen[(int)pair.test->features[i]] = true;
        assert_near(pair.test->features[i], again.test->features[i], 0);
    }
    for (int i = 0; i < 10; i++)
        assert_true(seen[i]);
    close_pair(pair);
    close_pair(again);
}

static void a_category_that_training_has_not_is_refused(void **unused)
{
    (void)unused;
    const char *folder = folder_with("city,y\nrome,1\nbonn,2\n");
    test_file(folder, "t.csv", "city,y\noslo,1\n");
    assert_refused(folder, "kind: csv\nfile: x.csv\ntest_file: t.csv\ntarget: y\none_hot: city\n",
                   PT_BAD_INPUT, "t.csv:2: column 'city'", "'oslo' does not occur");
}

static void a_test_file_of_other_columns_is_refused(void **unused)
{
    (void)unused;
    const char *folder = folder_with("a,y\n1,1\n");
    const char *yaml = "kind: csv\nfile: x.csv\ntest_file: t.csv\ntarget: y\n";
    test_file(folder, "t.csv", "y,a\n1,1\n");
    assert_refused(folder, yaml, PT_BAD_INPUT, "column 1", "t.csv");
    test_file(folder, "t.csv", "a,b,y\n1,1,1\n");
    assert_refused(folder, yaml, PT_BAD_INPUT, "3 columns", "has 2");
}

static void mistakes_in_the_mapping_are_named(void **unused)
{
    (void)unused;
    const char *text = "age,b,y\n1,2,3\n4,5,6\n";
#define CSV "kind: csv\nfile: x.csv\n"
    refuse_text(text, "kind: csv\ntarget: y\n", "'file'", "'train_file'");
    refuse_text(text, CSV "train_file: x.csv\ntarget: y\n", "'file'", "'train_file'");
    refuse_text(text, CSV, "'label'", "'target'");
    refuse_text(text, CSV "label: y\ntarget: y\n", "'label'", "'target'");
    refuse_text(text, CSV "target: agee\n", "run.yaml:3", "did you mean 'age'");
    refuse_text(text, CSV "target: []\n", "run.yaml:3", "no column");
    refuse_text(text, CSV "target: y\nfeatures: [age, y]\n", "run.yaml:4", "'y' is used twice");
    refuse_text(text, CSV "target: y\nfeatures: [age, age]\n", "'age'", "twice");
    refuse_text(text, CSV "target: y\none_hot: [y]\n", "'y'", "twice");
    refuse_text(text, CSV "target: y\nfeatures: [age]\none_hot: [b]\n", "run.yaml:5", "features");
    refuse_text(text, CSV "target: [age, b, y]\n", "x.csv", "no column left");
    refuse_text(text, CSV "target: y\nmissing: no\n", "run.yaml:4", "refuse");
    refuse_text(text, CSV "target: y\nseparator: ';;'\n", "run.yaml:4", "';;'");
    refuse_text(text, CSV "target: y\nclasses: [a, b]\n", "run.yaml:4", "target");
    refuse_text(text, CSV "target: y\ntest_share: 0.5\ntest_file: x.csv\n", "test_file",
                "not both");
    refuse_text(text, CSV "target: y\ntest_share: 0.01\n", "test_share", "empty");
    refuse_text(text, CSV "target: y\nheader: maybe\n", "run.yaml:4", "maybe");
    refuse_text(text, CSV "targets: y\n", "run.yaml:3", "target");
    refuse_text("a,y\n1,7\n2,7\n", CSV "label: y\n", "1 different", "two");
    refuse_text("a,a\n1,7\n", CSV "target: a\n", "x.csv:1", "'a'");
    refuse_text("a,y\n", CSV "target: y\n", "x.csv", "only a header");
    refuse_text("", CSV "target: y\n", "x.csv", "no samples");
    refuse_text("a,y\n1,2\n1\n", CSV "target: y\n", "x.csv:3", "1 field");
    refuse_text("a,c,y\n1,,2\n", CSV "target: y\none_hot: c\n", "column 'c'", "only missing");
#undef CSV
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_become_features_and_class_names_classes),
        cmocka_unit_test(integer_labels_are_in_the_order_of_numbers),
        cmocka_unit_test(classes_may_be_listed_in_an_order_of_their_own),
        cmocka_unit_test(targets_are_numbers),
        cmocka_unit_test(features_can_be_chosen_and_reordered),
        cmocka_unit_test(a_file_without_header_has_numbered_columns),
        cmocka_unit_test(tabs_blanks_quotes_and_crlf_are_understood),
        cmocka_unit_test(gzip_is_read_too),
        cmocka_unit_test(one_hot_makes_a_feature_per_category),
        cmocka_unit_test(missing_values_are_refused_with_their_place),
        cmocka_unit_test(missing_values_become_the_mean),
        cmocka_unit_test(the_mean_comes_from_the_training_part),
        cmocka_unit_test(missing_values_become_zero),
        cmocka_unit_test(samples_with_missing_values_are_dropped),
        cmocka_unit_test(a_missing_target_is_only_dropped),
        cmocka_unit_test(text_in_a_column_of_numbers_names_its_cell),
        cmocka_unit_test(standard_and_unit_come_from_the_training_part),
        cmocka_unit_test(means_of_channels_are_refused),
        cmocka_unit_test(a_number_that_cannot_be_normalized_is_refused),
        cmocka_unit_test(a_file_is_split_by_share_and_seed),
        cmocka_unit_test(a_category_that_training_has_not_is_refused),
        cmocka_unit_test(a_test_file_of_other_columns_is_refused),
        cmocka_unit_test(mistakes_in_the_mapping_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
