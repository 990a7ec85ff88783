// Runs side by side: the energy until a loss is reached.

#include "support.h"

#include "report/compare.h"

// A run of 10 seconds at 20 W, sampled each second, with a loss that falls from 10 to 1.
struct fake {
    struct pt_run_record record;
    struct pt_progress_point points[10];
    struct pt_meter_sample samples[10];
};

static struct pt_compared_run fake_run(struct fake *fake, int64_t id, double watts, bool evaluated)
{
    *fake = (struct fake){.record = {.id = id, .name = "net", .duration_seconds = 10}};
    for (int i = 0; i < 10; i++) {
        fake->points[i] = (struct pt_progress_point){.seconds = i + 1,
                                                     .step = 10 * (i + 1),
                                                     .loss = 10 - i,
                                                     .evaluation = evaluated && i % 2};
        fake->samples[i] = (struct pt_meter_sample){.seconds = i + 1, .joules = watts * (i + 1)};
    }
    return (struct pt_compared_run){.run = {.record = &fake->record,
                                            .points = fake->points,
                                            .point_count = 10,
                                            .samples = fake->samples,
                                            .sample_count = 10},
                                    .label = "net"};
}

// Half way between the samples of 60 and 80 J; before the first one from 0; after the last one it
// stays.
static void joules_lie_between_the_samples(void **unused)
{
    (void)unused;
    struct fake fake;
    struct pt_compared_run compared = fake_run(&fake, 1, 20, false);
    assert_near(pt_run_joules_at(&compared.run, 3.5), 70, 1e-9);
    assert_near(pt_run_joules_at(&compared.run, 0.25), 5, 1e-9);
    assert_near(pt_run_joules_at(&compared.run, 99), 200, 1e-9);
    fake.samples[3].joules = NAN; // a gap: between 60 J at 3 s and 100 J at 5 s
    assert_near(pt_run_joules_at(&compared.run, 4), 80, 1e-9);
    compared.run.sample_count = 0;
    assert_true(isnan(pt_run_joules_at(&compared.run, 4)));
}

// The bill has 300 J where the meter counted 200 J: facility overhead. All is scaled by 1.5.
static void the_end_is_the_total_of_the_bill(void **unused)
{
    (void)unused;
    struct fake fake;
    struct pt_compared_run compared = fake_run(&fake, 1, 20, false);
    fake.record.has_bill = true;
    fake.record.bill.total.microjoules =
        (struct pt_amount){.known = true, .value = 300000000, .low = 300000000, .high = 300000000};
    assert_near(pt_run_joules_at(&compared.run, 5), 150, 1e-6);
}

// Losses 10, 9 ... 1 each second: 4 is reached after 7 s, with 140 J and with 70 J.
static void the_target_is_the_first_loss_at_or_below(void **unused)
{
    (void)unused;
    struct fake one, two;
    struct pt_compared_run runs[2] = {fake_run(&one, 1, 20, false), fake_run(&two, 2, 10, false)};
    struct pt_comparison_target target = {.loss = 4};
    struct pt_error error;
    assert_status(pt_compare_runs(runs, 2, &target, &error), PT_OK, &error);
    assert_false(target.evaluated);
    assert_int_equal(runs[0].target_step, 70);
    assert_near(runs[0].target_seconds, 7, 0);
    assert_near(runs[0].target_joules, 140, 1e-9);
    assert_near(runs[1].target_joules, 70, 1e-9);
    assert_near(runs[0].best_loss, 1, 0);
}

// The first run stops at 5 (the loss at 6 s), the second goes on to 1: both reached 5.
static void without_a_target_it_is_what_all_runs_reached(void **unused)
{
    (void)unused;
    struct fake one, two;
    struct pt_compared_run runs[2] = {fake_run(&one, 1, 20, false), fake_run(&two, 2, 10, false)};
    struct pt_comparison_target target = {.loss = NAN};
    struct pt_error error;
    runs[0].run.point_count = 6;
    assert_status(pt_compare_runs(runs, 2, &target, &error), PT_OK, &error);
    assert_near(target.loss, 5, 0);
    assert_near(runs[1].target_joules, 60, 1e-9);
}

static void a_target_that_is_not_reached_is_unknown(void **unused)
{
    (void)unused;
    struct fake one;
    struct pt_compared_run runs[1] = {fake_run(&one, 1, 20, false)};
    struct pt_comparison_target target = {.loss = 0.5};
    struct pt_error error;
    assert_status(pt_compare_runs(runs, 1, &target, &error), PT_OK, &error);
    assert_int_equal(runs[0].target_step, -1);
    assert_true(isnan(runs[0].target_joules));
}

// Only if every run has evaluations do these count.
static void evaluations_count_if_all_runs_have_them(void **unused)
{
    (void)unused;
    struct fake one, two;
    struct pt_compared_run runs[2] = {fake_run(&one, 1, 20, true), fake_run(&two, 2, 10, true)};
    struct pt_comparison_target target = {.loss = 4};
    struct pt_error error;
    assert_status(pt_compare_runs(runs, 2, &target, &error), PT_OK, &error);
    assert_true(target.evaluated);
    assert_near(runs[0].target_seconds, 8, 0); // losses 9, 7, 5, 3, 1 at 2, 4, 6, 8, 10 s
    runs[1] = fake_run(&two, 2, 10, false);
    target.loss = 4;
    assert_status(pt_compare_runs(runs, 2, &target, &error), PT_OK, &error);
    assert_false(target.evaluated);
}

static void a_run_without_a_curve_is_refused(void **unused)
{
    (void)unused;
    struct fake one;
    struct pt_compared_run runs[1] = {fake_run(&one, 7, 20, false)};
    struct pt_comparison_target target = {.loss = NAN};
    struct pt_error error;
    runs[0].run.point_count = 0;
    assert_status(pt_compare_runs(runs, 1, &target, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "run 7 has no loss curve");
}

// The page is one file with the curves in it; a label cannot break out of it.
static void the_page_holds_curves_and_escapes_labels(void **unused)
{
    (void)unused;
    struct fake one, two;
    struct pt_compared_run runs[2] = {fake_run(&one, 1, 20, false), fake_run(&two, 2, 10, false)};
    struct pt_comparison_target target = {.loss = 4};
    struct pt_error error;
    const char *path = test_path(test_folder(), "compare.html");
    char *text;
    size_t length;
    runs[1].label = "</script><b>";
    assert_status(pt_compare_runs(runs, 2, &target, &error), PT_OK, &error);
    assert_status(pt_compare_html(path, runs, 2, &target, &error), PT_OK, &error);
    FILE *file = fopen(path, "r");
    FILE *copy = open_memstream(&text, &length);
    assert_non_null(file);
    for (int c; (c = fgetc(file)) != EOF;)
        fputc(c, copy);
    fclose(file);
    fclose(copy);
    assert_non_null(strstr(text, "2 runs, until the training loss is 4"));
    assert_non_null(strstr(text, "\"x\":140"));
    assert_null(strstr(text, "</script><b>"));
    free(text);
    assert_status(pt_compare_html("/no/such/folder/a.html", runs, 2, &target, &error), PT_NOT_FOUND,
                  &error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joules_lie_between_the_samples),
        cmocka_unit_test(the_end_is_the_total_of_the_bill),
        cmocka_unit_test(the_target_is_the_first_loss_at_or_below),
        cmocka_unit_test(without_a_target_it_is_what_all_runs_reached),
        cmocka_unit_test(a_target_that_is_not_reached_is_unknown),
        cmocka_unit_test(evaluations_count_if_all_runs_have_them),
        cmocka_unit_test(a_run_without_a_curve_is_refused),
        cmocka_unit_test(the_page_holds_curves_and_escapes_labels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
