// The trainer: accumulation, averages, resuming, early ends, the plan's count of a whole run.

#include "train_support.h"

#include <unistd.h>

static struct pt_error error;

// ---- accumulation

// 54 samples: 8 8 8 8 | 8 8 6 in batches of 8, or 32 | 22 at once. The gradient of a step is the
// mean over its samples in both.
static void accumulated_batches_equal_a_large_one(void **unused)
{
    (void)unused;
    struct pt_run_config config = plain_config();
    config.optimizer.momentum = 0.9;
    config.optimizer.weight_decay = 0.01;
    struct rig large = make_rig(config, 32, 0, 54, 0);
    config.accumulate = 4;
    struct rig small = make_rig(config, 8, 0, 54, 0);
    create_and_run(&large);
    create_and_run(&small);
    assert_int_equal(large.result.steps, 6);
    assert_int_equal(small.result.steps, 6);
    assert_int_equal(small.result.samples, 3 * 54);
    int64_t count;
    const float *a = parameters_of(&large, &count), *b = parameters_of(&small, &count);
    double moved = 0;
    for (int64_t i = 0; i < count; i++) {
        assert_near(b[i], a[i], 1e-6);
        moved += fabs((double)a[i]);
    }
    assert_true(moved > 1);
    assert_near(small.result.loss, large.result.loss, 1e-6);
    close_rig(&large);
    close_rig(&small);
}

// ---- the count of a whole run

static void check_flop(struct pt_run_config config, int64_t batch, int64_t train, int64_t test)
{
    struct rig rig = make_rig(config, batch, 0.25, train, test);
    create_and_run(&rig);
    assert_planned(&rig);
    close_rig(&rig);
}

static void the_plan_counts_every_operation_of_a_run(void **unused)
{
    (void)unused;
    static const int64_t accumulates[] = {1, 2, 3, 4, 100};
    static const int64_t samples[] = {40, 41, 50, 57}; // batches of 8: whole, one more, rests
    for (size_t i = 0; i < sizeof accumulates / sizeof *accumulates; i++)
        for (size_t k = 0; k < sizeof samples / sizeof *samples; k++) {
            struct pt_run_config config = plain_config();
            config.epochs = 2;
            config.accumulate = accumulates[i];
            config.optimizer.kind = k % 2 == 0 ? PT_ADAMW : PT_ADAFACTOR;
            config.optimizer.clip_norm = k == 2 ? 1 : 0;
            config.optimizer.average_decay = k == 3 ? 0.9 : 0;
            check_flop(config, 8, samples[k], 21);
            config.epochs = 0;
            config.steps = 7; // ends within an epoch
            config.evaluate_every_steps = 3;
            config.evaluate_batches = k == 0 ? 0 : 2;
            check_flop(config, 8, samples[k], 21);
        }
}

// An evaluation is by running statistics, without dropout: fewer operations than in training.
static void evaluations_are_counted_as_they_are(void **unused)
{
    (void)unused;
    for (int relu = 0; relu < 2; relu++) {
        struct rig rig = make_rig(plain_config(), 8, 0, 50, 21);
        struct pt_graph *graph;
        pt_graph_destroy(rig.graph);
        assert_status(pt_graph_create("rig", &graph, &error), PT_OK, &error);
        pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){8, FEATURES});
        x = pt_batch_norm(graph, pt_linear(graph, x, 17, true), 0.1, 1e-5);
        x = pt_dropout(graph, relu ? pt_relu(graph, x) : pt_tanh(graph, x), 0.2);
        pt_cross_entropy(graph, pt_linear(graph, x, CLASSES, true),
                         pt_input(graph, "target", PT_INT32, 1, (int64_t[]){8}));
        rig.graph = graph;
        create_and_run(&rig);
        assert_planned(&rig);
        close_rig(&rig);
    }
}

// ---- resuming

static struct pt_run_config config_with_everything(void)
{
    struct pt_run_config config = plain_config();
    config.epochs = 0;
    config.steps = 23;
    config.accumulate = 3;
    config.optimizer = (struct pt_optimizer_options){.struct_size = sizeof config.optimizer,
                                                     .kind = PT_MUON,
                                                     .weight_decay = 0.1,
                                                     .clip_norm = 0.5,
                                                     .average_decay = 0.9};
    config.learning_rate = 0.02;
    config.evaluate_every_steps = 4;
    config.evaluate_batches = 1;
    config.stop = (struct pt_stop_config){.wanted = true, .target = NAN, .patience = 1000};
    config.checkpoint_best = true;
    return config;
}

// A dataset that comes from a reader, which raises the flag or fails after so many samples.
struct counting {
    const struct pt_dataset *samples;
    int64_t left; // until the flag is raised; -1: never
    bool fails;
    sig_atomic_t volatile *stop;
};

static enum pt_status read_counted(const void *state, int64_t index, uint64_t random,
                                   float *features, int32_t *tokens, int32_t *labels,
                                   float *targets, struct pt_error *ret_error)
{
    struct counting *counting = (struct counting *)(uintptr_t)state;
    (void)random, (void)tokens, (void)targets;
    if (counting->left >= 0 && __atomic_sub_fetch(&counting->left, 1, __ATOMIC_SEQ_CST) == 0) {
        if (counting->fails)
            return pt_fail(ret_error, PT_BAD_INPUT, "sample %d cannot be read", (int)index);
        *counting->stop = 1;
    }
    memcpy(features, counting->samples->features + index * FEATURES, FEATURES * sizeof(float));
    *labels = counting->samples->labels[index];
    return PT_OK;
}

static const struct pt_dataset_reader counted_reader = {.read = read_counted};

static void read_instead(struct pt_dataset *dataset, struct counting *counting,
                         const struct pt_dataset *samples)
{
    counting->samples = samples;
    dataset->reader = &counted_reader;
    dataset->reader_state = counting;
    dataset->features = NULL;
    dataset->labels = NULL;
}

// Stopped after so many samples, also in the middle of a step, and resumed: the same bits.
static void check_resume(int64_t stop_after, int prefetch, const char *reference)
{
    const char *folder = test_folder();
    sig_atomic_t volatile stop = 0;
    struct counting counting = {.left = stop_after, .stop = &stop};
    struct pt_run_config config = config_with_everything();
    struct rig first = make_rig(config, 8, 0.2, 57, 20);
    struct pt_dataset *samples = make_samples(57, 1);
    read_instead(first.data.train, &counting, samples);
    first.more.checkpoint_path = test_path(folder, "run.safetensors");
    first.more.stop = &stop;
    create_and_run(&first);
    assert_false(first.result.finished);
    assert_true(first.result.steps > 0 && first.result.steps < 23);
    close_rig(&first);

    config.prefetch = prefetch;
    struct rig second = make_rig(config, 8, 0.2, 57, 20);
    second.more.checkpoint_path = test_path(folder, "run.safetensors");
    second.more.resume = true;
    create_and_run(&second);
    assert_true(second.result.finished && second.result.resumed);
    assert_same_file(second.more.checkpoint_path, reference);
    close_rig(&second);
    pt_dataset_destroy(samples);
}

static void a_resumed_run_ends_with_the_same_bits(void **unused)
{
    (void)unused;
    struct rig whole = make_rig(config_with_everything(), 8, 0.2, 57, 20);
    const char *path = test_path(test_folder(), "whole.safetensors");
    whole.more.checkpoint_path = path;
    create_and_run(&whole);
    assert_true(whole.result.finished && whole.result.checkpoint_saved);
    close_rig(&whole);
    for (int64_t samples = 30; samples < 400; samples += 37)
        check_resume(samples, samples % 3, path);
}

// What was learned before a sample that cannot be read is kept, and the run can go on from there.
static void unreadable_data_keep_the_last_step(void **unused)
{
    (void)unused;
    struct counting counting = {.left = 100, .fails = true};
    struct rig rig = make_rig(config_with_everything(), 8, 0.2, 57, 0);
    struct pt_dataset *samples = make_samples(57, 1);
    rig.config.stop.wanted = false;
    read_instead(rig.data.train, &counting, samples);
    rig.more.checkpoint_path = test_path(test_folder(), "kept.safetensors");
    assert_status(create(&rig, &error), PT_OK, &error);
    assert_status(pt_trainer_run(rig.trainer, &rig.result, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "cannot be read");
    assert_false(rig.result.finished);
    assert_true(rig.result.checkpoint_saved && rig.result.steps > 0);
    assert_int_equal(access(rig.more.checkpoint_path, R_OK), 0);
    close_rig(&rig);
    pt_dataset_destroy(samples);
}

// A checkpoint of other batches in a step would go on with other data.
static void another_accumulation_is_refused(void **unused)
{
    (void)unused;
    const char *path = test_path(test_folder(), "three.safetensors");
    struct rig rig = make_rig(config_with_everything(), 8, 0, 57, 20);
    rig.more.checkpoint_path = path;
    create_and_run(&rig);
    close_rig(&rig);
    rig = make_rig(config_with_everything(), 8, 0, 57, 20);
    rig.config.accumulate = 2;
    rig.more = (struct pt_trainer_options){.checkpoint_path = path, .resume = true};
    assert_status(create(&rig, &error), PT_MISMATCH, &error);
    assert_contains(error.message, "run.accumulate was 3, the run file says 2");
    close_rig(&rig);
}

// ---- averages and the best

// best.safetensors holds the averages; a network with them has the reported test loss.
static void the_average_is_evaluated_and_kept(void **unused)
{
    (void)unused;
    struct pt_run_config config = plain_config();
    config.epochs = 4;
    config.optimizer.average_decay = 0.8;
    config.checkpoint_best = true;
    struct rig rig = make_rig(config, 8, 0, 64, 24);
    const char *path = test_path(test_folder(), "best.safetensors");
    rig.more.best_path = path;
    create_and_run(&rig);
    assert_true(rig.result.best_saved);
    assert_int_equal(rig.result.best_step, 32); // a simple problem: the last is the best
    assert_true(rig.result.best == rig.result.test_loss);

    struct pt_network *network;
    struct pt_loader *loader;
    struct pt_run_tensors tensors;
    struct pt_evaluation evaluation;
    struct pt_loader_options options = {.dataset = rig.data.test, .batch = 8, .threads = 1};
    struct pt_network_options two = {.struct_size = sizeof two, .threads = 2};
    assert_status(pt_network_create(rig.graph, &two, &network, &error), PT_OK, &error);
    assert_status(pt_network_load(network, NULL, path, &error), PT_OK, &error);
    assert_status(pt_loader_open(&options, &loader, &error), PT_OK, &error);
    assert_status(pt_run_tensors_find(rig.graph, &rig.data, &tensors, &error), PT_OK, &error);
    assert_status(pt_run_evaluate(&tensors, network, loader, 0, &evaluation, &error), PT_OK,
                  &error);
    assert_true(evaluation.loss == rig.result.test_loss);
    assert_true(evaluation.accuracy == rig.result.test_accuracy);
    // What is trained on are not the averages.
    int64_t count;
    const float *trained = parameters_of(&rig, &count);
    assert_true(memcmp(trained, pt_network_parameters(network, &count),
                       (size_t)count * sizeof *trained) != 0);
    pt_loader_close(loader);
    pt_network_destroy(network);
    close_rig(&rig);
}

// Two batches of eight of the 24, and again two at the next evaluation.
static void an_evaluation_can_be_a_part_of_the_set(void **unused)
{
    (void)unused;
    struct rig rig = make_rig(plain_config(), 8, 0, 64, 24);
    struct pt_loader *loader;
    struct pt_evaluation all, part, again;
    struct pt_run_tensors tensors;
    struct pt_loader_options options = {.dataset = rig.data.test, .batch = 8, .threads = 1};
    create_and_run(&rig);
    struct pt_network *network = (struct pt_network *)(uintptr_t)pt_trainer_network(rig.trainer);
    assert_status(pt_loader_open(&options, &loader, &error), PT_OK, &error);
    assert_status(pt_run_tensors_find(rig.graph, &rig.data, &tensors, &error), PT_OK, &error);
    assert_int_equal(pt_run_evaluate(&tensors, network, loader, 0, &all, NULL), PT_OK);
    assert_int_equal(pt_run_evaluate(&tensors, network, loader, 2, &part, NULL), PT_OK);
    assert_int_equal(pt_run_evaluate(&tensors, network, loader, 2, &again, NULL), PT_OK);
    assert_true(part.loss == again.loss && part.loss != all.loss);
    assert_int_equal(pt_run_evaluate(&tensors, network, loader, 0, &again, NULL), PT_OK);
    assert_true(again.loss == all.loss);
    pt_loader_close(loader);
    close_rig(&rig);
}

// ---- early ends

static void a_reached_target_ends_the_run(void **unused)
{
    (void)unused;
    struct pt_run_config config = plain_config();
    config.epochs = 1000;
    config.stop =
        (struct pt_stop_config){.wanted = true, .metric = PT_STOP_TEST_ACCURACY, .target = 0.7};
    struct rig rig = make_rig(config, 8, 0, 200, 100);
    const char *path = test_path(test_folder(), "target.safetensors");
    rig.more.checkpoint_path = path;
    create_and_run(&rig);
    assert_true(rig.result.finished);
    assert_int_equal(rig.result.reason, PT_STOP_TARGET);
    assert_true(rig.result.steps < rig.result.step_count && rig.result.test_accuracy >= 0.7);
    int64_t steps = rig.result.steps;
    close_rig(&rig);

    // Resumed, it is still at its end; with a higher target it goes on.
    rig = make_rig(config, 8, 0, 200, 100);
    rig.more = (struct pt_trainer_options){.checkpoint_path = path, .resume = true};
    create_and_run(&rig);
    assert_true(rig.result.finished && rig.result.samples == 0);
    assert_true(rig.result.test_accuracy >= 0.7);
    close_rig(&rig);
    rig = make_rig(config, 8, 0, 200, 100);
    rig.config.stop.target = 0.75;
    rig.more = (struct pt_trainer_options){.checkpoint_path = path, .resume = true};
    create_and_run(&rig);
    assert_true(rig.result.finished && rig.result.steps >= steps);
    assert_true(rig.result.test_accuracy >= 0.75);
    close_rig(&rig);
}

// At a rate of 0 nothing ever gets better: the first evaluation is the best, two more are waited
// for.
static void lost_patience_ends_the_run(void **unused)
{
    (void)unused;
    struct pt_run_config config = plain_config();
    config.epochs = 1000;
    config.learning_rate = 0;
    config.stop = (struct pt_stop_config){.wanted = true, .target = NAN, .patience = 2};
    struct rig rig = make_rig(config, 8, 0, 64, 24);
    create_and_run(&rig);
    assert_int_equal(rig.result.reason, PT_STOP_PATIENCE);
    assert_true(rig.result.finished);
    assert_int_equal(rig.result.steps, 3 * 8);
    assert_int_equal(rig.result.best_step, 8);
    close_rig(&rig);
}

static void a_metric_that_nobody_computes_is_refused(void **unused)
{
    (void)unused;
    struct pt_run_config config = plain_config();
    config.stop = (struct pt_stop_config){.wanted = true, .target = 0.1};
    struct rig rig = make_rig(config, 8, 0, 64, 0);
    assert_status(create(&rig, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "test_loss needs a test set");
    close_rig(&rig);
}

// ---- not finite

// Where the first layer is 0 the loss is finite whatever the features are, but the gradient is as
// large as they are.
static void a_gradient_that_is_not_finite_ends_the_run(void **unused)
{
    (void)unused;
    struct pt_run_config config = plain_config();
    config.optimizer.check_gradients = true;
    struct rig rig = make_rig(config, 8, 0, 64, 0);
    rig.more.checkpoint_path = test_path(test_folder(), "never.safetensors");
    float *features = (float *)(uintptr_t)rig.data.train->features;
    for (int64_t i = 0; i < 64 * FEATURES; i++)
        features[i] *= 1e25f;
    assert_status(create(&rig, &error), PT_OK, &error);
    struct pt_network *network = (struct pt_network *)(uintptr_t)pt_trainer_network(rig.trainer);
    pt_tensor weight = pt_graph_find(rig.graph, "linear1.weight");
    memset(pt_network_values(network, weight), 0, 17 * FEATURES * sizeof(float));
    memset(pt_network_values(network, pt_graph_find(rig.graph, "linear1.bias")), 0,
           17 * sizeof(float));
    assert_status(pt_trainer_run(rig.trainer, &rig.result, &error), PT_DIVERGED, &error);
    assert_contains(error.message, "not finite at update 1");
    assert_int_equal(rig.result.steps, 0);
    assert_false(rig.result.checkpoint_saved);
    assert_int_not_equal(access(rig.more.checkpoint_path, R_OK), 0);
    // The parameters are what they were.
    assert_true(pt_network_values(network, weight)[0] == 0);
    close_rig(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accumulated_batches_equal_a_large_one),
        cmocka_unit_test(the_plan_counts_every_operation_of_a_run),
        cmocka_unit_test(evaluations_are_counted_as_they_are),
        cmocka_unit_test(a_resumed_run_ends_with_the_same_bits),
        cmocka_unit_test(unreadable_data_keep_the_last_step),
        cmocka_unit_test(another_accumulation_is_refused),
        cmocka_unit_test(the_average_is_evaluated_and_kept),
        cmocka_unit_test(an_evaluation_can_be_a_part_of_the_set),
        cmocka_unit_test(a_reached_target_ends_the_run),
        cmocka_unit_test(lost_patience_ends_the_run),
        cmocka_unit_test(a_metric_that_nobody_computes_is_refused),
        cmocka_unit_test(a_gradient_that_is_not_finite_ends_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
