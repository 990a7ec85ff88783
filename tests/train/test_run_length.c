// How long a run is, and when it is good enough: arithmetic by hand.

#include "support.h"

#include "train/judge.h"
#include "train/run_length.h"

static struct pt_run_length length_of(struct pt_run_config config, int64_t samples, int64_t batch)
{
    struct pt_run_length length;
    struct pt_error error;
    assert_status(pt_run_length_make(&config, samples, batch, &length, &error), PT_OK, &error);
    return length;
}

// 100 samples in batches of 32: 32, 32, 32, 4. Three epochs are 12 steps.
static void epochs_have_a_shorter_last_batch(void **unused)
{
    (void)unused;
    struct pt_run_length length = length_of((struct pt_run_config){.epochs = 3}, 100, 32);
    assert_int_equal(length.steps_per_epoch, 4);
    assert_int_equal(length.step_count, 12);
    assert_int_equal(length.evaluation_count, 3);
    assert_int_equal(pt_run_samples_after(&length, 3), 96);
    assert_int_equal(pt_run_samples_after(&length, 4), 100);
    assert_int_equal(pt_run_samples_after(&length, 5), 132);
    assert_int_equal(pt_run_samples_after(&length, 12), 300);
    assert_int_equal(pt_run_batches_after(&length, 12), 12);
    for (int step = 0; step <= 12; step++)
        assert_int_equal(pt_run_evaluates_after(&length, step), step > 0 && step % 4 == 0);
}

// Seven batches, three a step: 3, 3, 1. A step never reaches into the next epoch.
static void a_step_takes_several_batches(void **unused)
{
    (void)unused;
    struct pt_run_config config = {.epochs = 2, .accumulate = 3};
    struct pt_run_length length = length_of(config, 69, 10);
    assert_int_equal(length.batches_per_epoch, 7);
    assert_int_equal(length.steps_per_epoch, 3);
    assert_int_equal(length.step_count, 6);
    static const int64_t batches[] = {0, 3, 6, 7, 10, 13, 14};
    static const int64_t samples[] = {0, 30, 60, 69, 99, 129, 138};
    for (int step = 0; step <= 6; step++) {
        assert_int_equal(pt_run_batches_after(&length, step), batches[step]);
        assert_int_equal(pt_run_samples_after(&length, step), samples[step]);
    }
    config.accumulate = 1000000; // more than there are: all of them
    length = length_of(config, 69, 10);
    assert_int_equal(length.step_count, 2);
    assert_int_equal(pt_run_samples_after(&length, 1), 69);
}

// 10 steps of 4 an epoch: two epochs and a half. An evaluation after 3, 6, 9, and at the end.
static void a_run_can_be_given_in_steps(void **unused)
{
    (void)unused;
    struct pt_run_config config = {.steps = 10, .evaluate_every_steps = 3};
    struct pt_run_length length = length_of(config, 100, 32);
    assert_int_equal(length.step_count, 10);
    assert_int_equal(length.epoch_count, 3);
    assert_int_equal(length.evaluation_count, 4);
    assert_int_equal(pt_run_samples_after(&length, 10), 264);
    int count = 0;
    for (int step = 0; step <= 10; step++)
        count += pt_run_evaluates_after(&length, step);
    assert_int_equal(count, 4);
    config.evaluate_every_steps = 0;
    config.evaluate_every_epochs = 2; // after 8, and at the end
    length = length_of(config, 100, 32);
    assert_int_equal(length.evaluation_count, 2);
    assert_true(pt_run_evaluates_after(&length, 8) && !pt_run_evaluates_after(&length, 4));
}

static void an_endless_run_is_refused(void **unused)
{
    (void)unused;
    struct pt_run_length length;
    struct pt_error error;
    struct pt_run_config config = {.epochs = INT64_MAX / 2};
    assert_status(pt_run_length_make(&config, 100, 10, &length, &error), PT_OVERFLOW, &error);
    assert_contains(error.message, "epochs of 10 steps");
    config = (struct pt_run_config){.steps = INT64_MAX / 2};
    assert_status(pt_run_length_make(&config, 100, 1, &length, &error), PT_OK, &error);
    assert_status(pt_run_length_make(&config, 1000, 1000, &length, &error), PT_OVERFLOW, &error);
    assert_contains(error.message, "1000 samples");
}

static void the_best_is_the_smallest_loss_or_the_largest_accuracy(void **unused)
{
    (void)unused;
    struct pt_judge judge = pt_judge_begin();
    assert_false(pt_judge_add(&judge, PT_STOP_TEST_LOSS, NAN, 1));
    assert_true(pt_judge_add(&judge, PT_STOP_TEST_LOSS, 0.5, 2));
    assert_false(pt_judge_add(&judge, PT_STOP_TEST_LOSS, 0.5, 3)); // no better than before
    assert_false(pt_judge_add(&judge, PT_STOP_TEST_LOSS, NAN, 4));
    assert_int_equal(judge.checks_since_best, 2);
    assert_true(pt_judge_add(&judge, PT_STOP_TEST_LOSS, 0.4, 5));
    assert_int_equal(judge.best_step, 5);
    assert_int_equal(judge.checks_since_best, 0);
    judge = pt_judge_begin();
    assert_true(pt_judge_add(&judge, PT_STOP_TEST_ACCURACY, 0.5, 1));
    assert_false(pt_judge_add(&judge, PT_STOP_TEST_ACCURACY, 0.4, 2));
    assert_true(pt_judge_add(&judge, PT_STOP_TEST_ACCURACY, 0.6, 3));
}

static void a_target_or_lost_patience_ends_the_run(void **unused)
{
    (void)unused;
    struct pt_stop_config stop = {
        .wanted = true, .metric = PT_STOP_TEST_ACCURACY, .target = 0.92, .patience = 2};
    struct pt_judge judge = pt_judge_begin();
    assert_int_equal(pt_judge_reason(&judge, &stop), PT_STOP_NONE);
    pt_judge_add(&judge, stop.metric, 0.9199, 1);
    assert_int_equal(pt_judge_reason(&judge, &stop), PT_STOP_NONE);
    pt_judge_add(&judge, stop.metric, 0.92, 2);
    assert_int_equal(pt_judge_reason(&judge, &stop), PT_STOP_TARGET);
    stop.target = NAN;
    assert_int_equal(pt_judge_reason(&judge, &stop), PT_STOP_NONE);
    pt_judge_add(&judge, stop.metric, 0.91, 3);
    assert_int_equal(pt_judge_reason(&judge, &stop), PT_STOP_NONE);
    pt_judge_add(&judge, stop.metric, 0.92, 4);
    assert_int_equal(pt_judge_reason(&judge, &stop), PT_STOP_PATIENCE);
    stop.wanted = false;
    assert_int_equal(pt_judge_reason(&judge, &stop), PT_STOP_NONE);
    stop = (struct pt_stop_config){.wanted = true, .metric = PT_STOP_LOSS, .target = 0.1};
    judge = pt_judge_begin();
    pt_judge_add(&judge, stop.metric, 0.11, 1);
    assert_int_equal(pt_judge_reason(&judge, &stop), PT_STOP_NONE);
    pt_judge_add(&judge, stop.metric, 0.1, 2);
    assert_int_equal(pt_judge_reason(&judge, &stop), PT_STOP_TARGET);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(epochs_have_a_shorter_last_batch),
        cmocka_unit_test(a_step_takes_several_batches),
        cmocka_unit_test(a_run_can_be_given_in_steps),
        cmocka_unit_test(an_endless_run_is_refused),
        cmocka_unit_test(the_best_is_the_smallest_loss_or_the_largest_accuracy),
        cmocka_unit_test(a_target_or_lost_patience_ends_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
