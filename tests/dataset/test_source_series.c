#include "dataset_support.h"

// Rows 0 .. 5; close changes by 1, 2, 3, 4, 5.
static const char *six_rows(void)
{
    const char *folder = test_folder();
    test_file(folder, "s.csv",
              "time,close,volume\n1,1,10\n2,2,20\n3,4,30\n4,7,40\n5,11,50\n6,16,60\n");
    return folder;
}

#define SERIES "kind: series\nfile: s.csv\ntime: time\ntarget: close\n"

static void expect(const struct pt_dataset *dataset, int64_t sample, const float *features,
                   const float *targets)
{
    float got[64], got_targets[8];
    fill(dataset, NULL, sample, 1, (struct pt_batch){.features = got, .targets = got_targets});
    for (int64_t i = 0; i < dataset->feature_count; i++)
        assert_near(got[i], features[i], 1e-6);
    for (int64_t i = 0; i < dataset->target_count; i++)
        assert_near(got_targets[i], targets[i], 1e-6);
}

// Windows of two rows and the close after them. That nothing changes is wrong by 2, 3, 4, 5:
// (4 + 9 + 16 + 25) / 4 = 13.5.
static void windows_of_levels(void **unused)
{
    (void)unused;
    struct pt_dataset_pair pair = open_good(six_rows(), SERIES "window: 2\nnormalize: none\n");
    assert_null(pair.test);
    assert_int_equal(pair.train->sample_count, 4);
    assert_int_equal(pair.train->rank, 2);
    assert_int_equal(pair.train->dims[0], 2);
    assert_int_equal(pair.train->dims[1], 2);
    assert_int_equal(pair.train->feature_count, 4);
    assert_int_equal(pair.train->class_count, 0);
    assert_int_equal(pair.train->target_count, 1);
    expect(pair.train, 0, (const float[]){1, 10, 2, 20}, (const float[]){4});
    expect(pair.train, 3, (const float[]){7, 40, 11, 50}, (const float[]){16});
    assert_near(pair.train->naive_mse, 13.5, 1e-12);
    assert_near(pair.train->target_scale, 1, 0);
    assert_near(pair.train->target_shift, 0, 0);
    close_pair(pair);
}

// Only close, as changes 1, 2, 3, 4, 5 in rows 1 .. 5; the target is the next change. That nothing
// changes is wrong by 3, 4, 5.
static void windows_of_differences(void **unused)
{
    (void)unused;
    struct pt_dataset_pair pair = open_good(
        six_rows(), SERIES "columns: [close]\nchange: difference\nwindow: 2\nnormalize: none\n");
    assert_int_equal(pair.train->sample_count, 3);
    assert_int_equal(pair.train->dims[1], 1);
    expect(pair.train, 0, (const float[]){1, 2}, (const float[]){3});
    expect(pair.train, 2, (const float[]){3, 4}, (const float[]){5});
    assert_near(pair.train->naive_mse, (9 + 16 + 25) / 3.0, 1e-12);
    close_pair(pair);
}

// ln(2/1), ln(4/2), ln(7/4), ...; the columns have each their own change, in the order asked for.
static void every_column_can_have_its_own_change(void **unused)
{
    (void)unused;
    struct pt_dataset_pair pair =
        open_good(six_rows(), SERIES "columns: [volume, close]\nwindow: 1\nnormalize: none\n"
                                     "change: {close: log_return, volume: difference}\n");
    assert_int_equal(pair.train->sample_count, 4);
    expect(pair.train, 0, (const float[]){10, logf(2)}, (const float[]){logf(2)});
    expect(pair.train, 1, (const float[]){10, logf(2)}, (const float[]){logf(1.75f)});
    expect(pair.train, 3, (const float[]){10, logf(11 / 7.0f)}, (const float[]){logf(16 / 11.0f)});
    close_pair(pair);
    // The target alone is a return, and volume stays a level, so that row 0 counts too.
    pair = open_good(six_rows(), SERIES "columns: [volume]\nwindow: 1\nnormalize: none\n"
                                        "change: {close: log_return}\n");
    assert_int_equal(pair.train->sample_count, 5);
    expect(pair.train, 0, (const float[]){10}, (const float[]){logf(2)});
    close_pair(pair);
}

// Three steps ahead: the change since the end of the window, 4+3+2 = 9 from close 2 to 11; of all
// steps 2, 5, 9.
static void the_horizon_is_further_than_one_step(void **unused)
{
    (void)unused;
#define AHEAD                                                                                      \
    SERIES "columns: [close]\nchange: difference\nwindow: 1\nhorizon: 3\nnormalize: none\n"
    struct pt_dataset_pair pair = open_good(six_rows(), AHEAD);
    assert_int_equal(pair.train->sample_count, 2);
    assert_int_equal(pair.train->target_count, 1);
    expect(pair.train, 0, (const float[]){1}, (const float[]){9});
    expect(pair.train, 1, (const float[]){2}, (const float[]){12});
    assert_near(pair.train->naive_mse, (81 + 144) / 2.0, 1e-12);
    close_pair(pair);
    pair = open_good(six_rows(), AHEAD "target_steps: all\n");
    assert_int_equal(pair.train->target_count, 3);
    expect(pair.train, 0, (const float[]){1}, (const float[]){2, 5, 9});
    assert_near(pair.train->naive_mse, (4 + 25 + 81 + 9 + 49 + 144) / 6.0, 1e-12);
    close_pair(pair);
    pair = open_good(six_rows(), SERIES "columns: [close]\nwindow: 1\nhorizon: 2\n"
                                        "normalize: none\n");
    assert_int_equal(pair.train->sample_count, 4);
    expect(pair.train, 0, (const float[]){1}, (const float[]){4});
    close_pair(pair);
}

// Ten rows x = 0 .. 9 and 100 times that; the test part is the last two, rows 8 and 9.
static const char *ten_rows(const char *end)
{
    char text[256] = "x,y\n";
    for (int i = 0; i < 8; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%d,%d\n", i, 100 * i);
    strcat(text, end);
    const char *folder = test_folder();
    test_file(folder, "s.csv", text);
    return folder;
}

#define SPLIT "kind: series\nfile: s.csv\ntarget: x\nwindow: 3\ntest_share: 0.2\n"

// Training rows 0 .. 7: mean 3.5, deviation sqrt(5.25). Training targets are rows 3 .. 7: mean 5,
// deviation sqrt(2). The first test window is rows 5, 6, 7 and its target row 8.
static void the_last_rows_are_the_test_part(void **unused)
{
    (void)unused;
    struct pt_dataset_pair pair = open_good(ten_rows("8,800\n9,900\n"), SPLIT);
    double deviation = sqrt(5.25);
    float features[6];
    assert_int_equal(pair.train->sample_count, 5);
    assert_int_equal(pair.test->sample_count, 2);
    for (int i = 0; i < 6; i++) // both columns are the same when normalized
        features[i] = (float)((4 + i / 2 - 3.5) / deviation);
    expect(pair.train, 4, features, (const float[]){(float)((7 - 5) / sqrt(2))});
    for (int i = 0; i < 6; i++)
        features[i] = (float)((5 + i / 2 - 3.5) / deviation);
    expect(pair.test, 0, features, (const float[]){(float)((8 - 5) / sqrt(2))});
    for (int part = 0; part < 2; part++) {
        const struct pt_dataset *dataset = part == 0 ? pair.train : pair.test;
        assert_near(dataset->target_scale, sqrt(2), 1e-12);
        assert_near(dataset->target_shift, 5, 1e-12);
        // wrong by 1 each time, which is 1 / sqrt(2) in normalized units
        assert_near(dataset->naive_mse, 0.5, 1e-12);
    }
    close_pair(pair);
}

// Whatever happens in the test part, training samples are the same to the bit.
static void the_future_does_not_leak(void **unused)
{
    (void)unused;
    static const char *const words[] = {"none", "unit", "standard"};
    for (int w = 0; w < 3; w++) {
        float features[2][5 * 6], targets[2][5];
        for (int i = 0; i < 2; i++) {
            char yaml[256];
            snprintf(yaml, sizeof yaml, SPLIT "normalize: %s\n", words[w]);
            struct pt_dataset_pair pair =
                open_good(ten_rows(i == 0 ? "8,800\n9,900\n" : "-1e6,3\n1e9,4\n"), yaml);
            fill(pair.train, NULL, 0, 5,
                 (struct pt_batch){.features = features[i], .targets = targets[i]});
            close_pair(pair);
        }
        assert_memory_equal(features[0], features[1], sizeof features[0]);
        assert_memory_equal(targets[0], targets[1], sizeof targets[0]);
    }
}

// Rows 0 .. 7 to 0 .. 1; targets 3 .. 7 to 0 .. 1.
static void unit_moves_to_zero_and_one(void **unused)
{
    (void)unused;
    float features[6], targets[1];
    struct pt_dataset_pair pair = open_good(ten_rows("8,800\n9,900\n"), SPLIT "normalize: unit\n");
    for (int i = 0; i < 6; i++)
        features[i] = (float)(i / 2 + 4) / 7;
    expect(pair.train, 4, features, (const float[]){1});
    fill(pair.test, NULL, 1, 1, (struct pt_batch){.targets = targets});
    assert_near((double)targets[0] * pair.test->target_scale + pair.test->target_shift, 9, 1e-6);
    close_pair(pair);
}

static void a_series_that_never_changes_becomes_zero(void **unused)
{
    (void)unused;
    const char *folder = test_folder();
    test_file(folder, "s.csv", "x\n7\n7\n7\n7\n");
    struct pt_dataset_pair pair =
        open_good(folder, "kind: series\nfile: s.csv\ntarget: x\nwindow: 2\n");
    expect(pair.train, 1, (const float[]){0, 0}, (const float[]){0});
    assert_near(pair.train->target_shift, 7, 0);
    assert_near(pair.train->naive_mse, 0, 0);
    close_pair(pair);
}

#define GAPS "kind: series\nfile: s.csv\ncolumns: [x]\ntarget: x\nwindow: 3\nnormalize: none\n"

static void gaps_are_filled_only_when_asked(void **unused)
{
    (void)unused;
    const char *folder = test_folder();
    test_file(folder, "s.csv", "t,x\n1,10\n2,NA\n3,\n4,40\n5,50\n6,60\n");
    assert_refused(folder, GAPS, PT_BAD_INPUT, "s.csv:3: column 'x'", "missing: previous or drop");
    struct pt_dataset_pair pair = open_good(folder, GAPS "missing: previous\n");
    expect(pair.train, 0, (const float[]){10, 10, 10}, (const float[]){40});
    close_pair(pair);
    pair = open_good(folder, GAPS "missing: drop\n");
    assert_int_equal(pair.train->sample_count, 1);
    expect(pair.train, 0, (const float[]){10, 40, 50}, (const float[]){60});
    close_pair(pair);
    // A dropped row is a gap in time, if somebody asks.
    assert_refused(folder, GAPS "missing: drop\ntime: t\nstep: 1\n", PT_BAD_INPUT, "s.csv:5",
                   "a gap: 4 comes 3 after 1");
    pair = open_good(folder, GAPS "missing: previous\ntime: t\nstep: 1\n");
    close_pair(pair);
    test_file(folder, "s.csv", "t,x\n1,\n2,NA\n3,\n4,\n");
    assert_refused(folder, GAPS "missing: previous\n", PT_BAD_INPUT, "s.csv:2", "none before it");
    assert_refused(folder, GAPS "missing: drop\n", PT_BAD_INPUT, "every row misses", "s.csv");
}

// The times of four rows with x = 1 .. 4; good if part is NULL.
static void check_times(const char *const times[4], const char *more, const char *part)
{
    char text[256] = "t,x\n", yaml[256];
    const char *folder = test_folder();
    for (int i = 0; i < 4; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s,%d\n", times[i], i + 1);
    test_file(folder, "s.csv", text);
    snprintf(yaml, sizeof yaml, "kind: series\nfile: s.csv\ntarget: x\nwindow: 2\ntime: t\n%s",
             more);
    if (part != NULL) {
        assert_refused(folder, yaml, PT_BAD_INPUT, "s.csv:", part);
        return;
    }
    struct pt_dataset_pair pair = open_good(folder, yaml);
    assert_int_equal(pair.train->sample_count, 2);
    assert_int_equal(pair.train->dims[1], 1); // the time is no input
    close_pair(pair);
}

static void time_must_rise(void **unused)
{
    (void)unused;
    check_times((const char *const[]){"1", "2.5", "1e1", "11"}, "", NULL);
    check_times((const char *const[]){"9", "10", "100", "1000"}, "", NULL); // not by bytes
    check_times((const char *const[]){"0.1", "0.2", "0.3", "0.4"}, "step: 0.1\n", NULL);
    check_times((const char *const[]){"2026-01-31", "2026-02-01", "2026-02-03", "2027-01-01"}, "",
                NULL);
    check_times((const char *const[]){"2026-01-31T08:00", "2026-01-31T09:00", "2026-01-31T09:01",
                                      "2026-02-01T00:00"},
                "", NULL);
    check_times((const char *const[]){"1", "3", "2", "4"}, "", "'2' does not come after '3'");
    check_times((const char *const[]){"1", "2", "2", "3"}, "", "'2' does not come after '2'");
    check_times((const char *const[]){"2026-02-01", "2026-01-31", "2026-03-01", "2026-03-02"}, "",
                "'2026-01-31' does not come after '2026-02-01'");
    check_times((const char *const[]){"2026-02-01", "2026-2-02", "2026-03-01", "2026-03-02"}, "",
                "not written like the first time");
    check_times((const char *const[]){"01/02/2026", "02/02/2026", "03/02/2026", "04/02/2026"}, "",
                "is no time");
    check_times((const char *const[]){"1", "2", "x", "4"}, "", "'x' is not a number");
    check_times((const char *const[]){"1", "2", "4", "5"}, "step: 1\n", "a gap: 4 comes 2 after 2");
    check_times((const char *const[]){"2026-02-01", "2026-02-02", "2026-02-03", "2026-02-04"},
                "step: 1\n", "step needs times that are numbers");
}

static void what_makes_no_sense_is_refused(void **unused)
{
    (void)unused;
    static const struct {
        const char *yaml, *part, *other_part;
    } cases[] = {
        {"kind: series\ntarget: close\nwindow: 2\n", "missing key 'file'", "run.yaml"},
        {"kind: series\nfile: s.csv\nwindow: 2\n", "missing key 'target'", "run.yaml"},
        {SERIES, "window", "run.yaml"},
        {SERIES "window: 0\n", "window", "run.yaml:5"},
        {SERIES "window: 6\n", "the training part has 6 rows, too few", "window of 6"},
        {SERIES "window: 10000000\n", "too few", "window of 10000000"},
        {SERIES "window: 2\nhorizon: 0\n", "horizon", "run.yaml:6"},
        {SERIES "window: 2\nhorizon: 5\n", "too few", "horizon of 5"},
        {SERIES "window: 2\nhorizon: 3\ntest_share: 0.3\n", "the training part has 4 rows",
         "too few"},
        {SERIES "window: 2\nhorizon: 2\ntest_share: 0.2\n", "the test part has 1 rows", "too few"},
        {SERIES "window: 2\ntest_share: 0.01\n", "the test part has 0 rows", "too few"},
        {SERIES "window: 2\ntest_share: 2\n", "test_share", "run.yaml:6"},
        {SERIES "window: 2\nseed: 1\n", "seed", "run.yaml:6"},
        {SERIES "window: 2\ntarget_steps: some\n", "last", "run.yaml:6"},
        {SERIES "window: 2\nmissing: mean\n", "previous", "run.yaml:6"},
        {SERIES "window: 2\nnormalize: {mean: 1, std: 1}\n", "each column by itself", "run.yaml:6"},
        {SERIES "window: 2\nchange: returns\n", "log_return", "run.yaml:6"},
        {SERIES "window: 2\nchange: {open: difference}\n", "open", "run.yaml:6"},
        {SERIES "window: 2\ncolumns: []\n", "name at least one", "run.yaml:6"},
        {SERIES "window: 2\ncolumns: close\n", "columns", "run.yaml:6"},
        {SERIES "window: 2\ncolumns: [close, close]\n", "stands here twice", "run.yaml:6"},
        {SERIES "window: 2\ncolumns: [clos]\n", "did you mean 'close'", "run.yaml:6"},
        {"kind: series\nfile: s.csv\ntarget: x\nwindow: 2\n", "no column 'x'", "run.yaml:3"},
        {"kind: series\nfile: s.csv\ntarget: close\nwindow: 2\ntime: date\n", "no column 'date'",
         "run.yaml:5"},
        {"kind: series\nfile: s.csv\ntarget: close\nwindow: 2\nstep: 1\n",
         "step needs a column of 'time'", "run.yaml:5"},
        {SERIES "window: 2\nstep: 0\n", "step", "run.yaml:6"},
    };
    const char *folder = six_rows();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(folder, cases[i].yaml, PT_BAD_INPUT, cases[i].part, cases[i].other_part);
    test_file(folder, "s.csv", "time,close\n1,1\n2,0\n3,2\n4,3\n");
    assert_refused(folder, SERIES "window: 1\nchange: log_return\n", PT_BAD_INPUT,
                   "s.csv:3: column 'close'", "0 has no logarithm");
    test_file(folder, "s.csv", "time,close\n1,1\n2,up\n3,2\n4,3\n");
    assert_refused(folder, SERIES "window: 1\n", PT_BAD_INPUT, "s.csv:3", "'up' is not a number");
    test_file(folder, "s.csv", "time,close\n1,-3e38\n2,3e38\n3,2\n4,3\n");
    assert_refused(folder, SERIES "window: 1\nchange: difference\n", PT_BAD_INPUT, "s.csv:3",
                   "too large");
    test_file(folder, "s.csv", "time,close,x\n1,-3e38,1\n2,3e38,2\n3,2,3\n4,3,4\n");
    assert_refused(folder,
                   SERIES "columns: [x]\nwindow: 1\nchange: {close: difference}\n"
                          "normalize: none\n",
                   PT_BAD_INPUT, "s.csv:3: column 'close'", "the target of 6e+38");
    test_file(folder, "s.csv", "time\n1\n2\n3\n4\n");
    assert_refused(folder, "kind: series\nfile: s.csv\ntime: time\ntarget: time\nwindow: 1\n",
                   PT_BAD_INPUT, "no column but the time", "s.csv");
    assert_refused(folder, "kind: series\nfile: no.csv\ntarget: x\nwindow: 1\n", PT_NOT_FOUND,
                   "no.csv", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_of_levels),
        cmocka_unit_test(windows_of_differences),
        cmocka_unit_test(every_column_can_have_its_own_change),
        cmocka_unit_test(the_horizon_is_further_than_one_step),
        cmocka_unit_test(the_last_rows_are_the_test_part),
        cmocka_unit_test(the_future_does_not_leak),
        cmocka_unit_test(unit_moves_to_zero_and_one),
        cmocka_unit_test(a_series_that_never_changes_becomes_zero),
        cmocka_unit_test(gaps_are_filled_only_when_asked),
        cmocka_unit_test(time_must_rise),
        cmocka_unit_test(what_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
