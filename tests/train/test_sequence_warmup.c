// Sequence-length warm-up: which step sees how much, what the plan counts, resuming, what is
// refused.

#include "train_support.h"

#include "train/sequence_warmup.h"

static struct pt_error error;

enum { LENGTH = 12, VOCABULARY = 7 };

// ---- stages

static struct pt_sequence_warmup warmup_of(int64_t from, int64_t full, int64_t steps, int count)
{
    struct pt_sequence_warmup warmup = {from, full, steps, count};
    return warmup;
}

// 32 and 64 of 128 tokens, 250 steps each.
static void lengths_double_in_equal_shares(void **unused)
{
    (void)unused;
    struct pt_sequence_warmup warmup = warmup_of(32, 128, 500, 2);
    static const int64_t steps[] = {0, 249, 250, 499, 500, 100000};
    static const int64_t lengths[] = {32, 32, 64, 64, 128, 128};
    for (int i = 0; i < 6; i++)
        assert_int_equal(
            pt_sequence_warmup_length(&warmup, pt_sequence_warmup_stage(&warmup, steps[i])),
            lengths[i]);
    assert_int_equal(pt_sequence_warmup_begin(&warmup, 0), 0);
    assert_int_equal(pt_sequence_warmup_begin(&warmup, 1), 250);
    assert_int_equal(pt_sequence_warmup_begin(&warmup, 2), 500);

    warmup = warmup_of(48, 128, INT64_MAX / 2, 2); // 48 and 96; no product overflows
    assert_int_equal(pt_sequence_warmup_length(&warmup, 1), 96);
    assert_int_equal(pt_sequence_warmup_begin(&warmup, 1), INT64_MAX / 4);
    warmup = warmup_of(1, 12, 10, 4); // floor of 10 stage / 4
    assert_int_equal(pt_sequence_warmup_begin(&warmup, 1), 2);
    assert_int_equal(pt_sequence_warmup_begin(&warmup, 3), 7);
    warmup = warmup_of(0, 0, 0, 0);
    assert_int_equal(pt_sequence_warmup_length(&warmup, pt_sequence_warmup_stage(&warmup, 3)), 0);
}

// 10 samples in batches of 4 are 4 + 4 + 2. Two steps with a quarter, two with a half.
static void samples_are_counted_by_their_tokens(void **unused)
{
    (void)unused;
    struct pt_sequence_warmup warmup = warmup_of(3, 12, 4, 2);
    struct pt_run_config config = {.epochs = 2};
    struct pt_run_length length;
    assert_status(pt_run_length_make(&config, 10, 4, &length, &error), PT_OK, &error);
    static const double expected[] = {0, 1, 2, 3, 5, 9, 11};
    for (int step = 0; step <= 6; step++)
        assert_near(pt_sequence_warmup_samples(&warmup, &length, step), expected[step], 1e-12);
    warmup = warmup_of(0, 0, 0, 0);
    assert_near(pt_sequence_warmup_samples(&warmup, &length, 6), 20, 0);
}

// ---- runs

// A text that counts: token t is followed by t + 1, or by t + 2 after every third one.
static int32_t token_at(int64_t index)
{
    return (int32_t)((index + index / 3) % VOCABULARY);
}

// AddressSanitizer calls this, if it is there, for every allocation of the program. Those of the
// meter's thread, which opens files whenever it likes, are not the loop's.
static long allocation_count;
static _Thread_local bool is_the_loop;
PT_API void __sanitizer_malloc_hook(const volatile void *pointer, size_t size);
void __sanitizer_malloc_hook(const volatile void *pointer, size_t size)
{
    (void)pointer;
    (void)size;
    allocation_count += is_the_loop;
}

struct text {
    int64_t left; // samples until the flag is raised; -1: never
    sig_atomic_t volatile *stop;
    // In the second half of each sample are tokens or labels that there are not, which the network
    // refuses.
    bool no_tokens, no_labels;
    int64_t read_count;
    long first_allocations, last_allocations; // before sample 20 and before the last one
};

static enum pt_status read_window(const void *state, int64_t index, uint64_t random,
                                  float *features, int32_t *tokens, int32_t *labels, float *targets,
                                  struct pt_error *ret_error)
{
    struct text *text = (struct text *)(uintptr_t)state;
    (void)random, (void)features, (void)targets, (void)ret_error;
    if (text->left >= 0 && __atomic_sub_fetch(&text->left, 1, __ATOMIC_SEQ_CST) == 0)
        *text->stop = 1;
    if (__atomic_add_fetch(&text->read_count, 1, __ATOMIC_SEQ_CST) == 20)
        text->first_allocations = allocation_count;
    __atomic_store_n(&text->last_allocations, allocation_count, __ATOMIC_SEQ_CST);
    for (int i = 0; i < LENGTH; i++) {
        bool late = i >= LENGTH / 2;
        tokens[i] = late && text->no_tokens ? VOCABULARY : token_at(index + i);
        labels[i] = late && text->no_labels ? VOCABULARY : token_at(index + i + 1);
    }
    return PT_OK;
}

static const struct pt_dataset_reader window_reader = {.read = read_window};

static struct pt_dataset *make_text(int64_t samples, struct text *text)
{
    struct pt_dataset *dataset = make_samples(1, 1); // for its arena
    dataset->sample_count = samples;
    dataset->dims[0] = dataset->feature_count = dataset->label_count = LENGTH;
    dataset->class_count = VOCABULARY;
    dataset->has_tokens = true;
    dataset->features = NULL;
    dataset->labels = NULL;
    dataset->reader = &window_reader;
    dataset->reader_state = text;
    return dataset;
}

static struct pt_graph *load(const char *layers)
{
    struct pt_graph *graph;
    char yaml[1024];
    snprintf(yaml, sizeof yaml, "name: n\ninput: {name: tokens, shape: [%d], type: int32}\n%s",
             LENGTH, layers);
    assert_status(pt_graph_load(test_file(test_folder(), "net.yaml", yaml), 4, &graph, &error),
                  PT_OK, &error);
    return graph;
}

#define ATTENTION                                                                                  \
    "layers: [embedding: {name: e, vocabulary: 7, width: 12}, position_embedding: {name: p, "      \
    "positions: 12}, linear: {name: qkv, out_features: 36}, attention: {heads: 2, causal: true, "  \
    "dropout: 0.1}, add: {from: [attention1, p]}"
#define PLAIN ATTENTION ", linear: {out_features: 7}]\nloss: cross_entropy\n"
#define FUSED                                                                                      \
    ATTENTION "]\nloss: {linear_cross_entropy: {out_features: 7, bias: false, tie: e.weight}}\n"

static struct pt_run_config warm_config(int64_t from, int64_t steps)
{
    struct pt_run_config config = plain_config();
    config.optimizer.kind = PT_ADAMW;
    config.learning_rate = 0.01;
    config.epochs = 0;
    config.steps = 23;
    config.evaluate_every_steps = 5;
    config.sequence_warmup = (struct pt_sequence_warmup_config){from, steps};
    return config;
}

static struct text plain_text = {.left = -1};

static struct rig make_text_rig(struct pt_run_config config, const char *layers)
{
    return (struct rig){.config = config,
                        .graph = load(layers),
                        .data = {make_text(26, &plain_text), make_text(11, &plain_text)}};
}

// Every operation of the run, with shorter last batches, accumulation, and stages that begin and
// end within epochs.
static void the_plan_counts_every_operation(void **unused)
{
    (void)unused;
    static const int64_t warmups[][2] = {{3, 8}, {1, 23}, {5, 7}, {11, 1}, {3, 2}};
    for (size_t i = 0; i < sizeof warmups / sizeof *warmups; i++)
        for (int accumulate = 1; accumulate <= 3; accumulate++)
            for (int fused = 0; fused < 2; fused++) {
                struct pt_run_config config = warm_config(warmups[i][0], warmups[i][1]);
                config.accumulate = accumulate;
                struct rig rig = make_text_rig(config, fused ? FUSED : PLAIN);
                create_and_run(&rig);
                assert_planned(&rig);
                close_rig(&rig);
            }
}

// In the first half of the steps the network sees half of each sample: the other half may be what
// it likes. Afterwards the embedding meets a token, or the loss a class, that there is not.
static void only_the_beginnings_are_seen(void **unused)
{
    (void)unused;
    for (int labels = 0; labels < 2; labels++) {
        struct text text = {.left = -1, .no_tokens = !labels, .no_labels = labels};
        struct rig rig = make_text_rig(warm_config(LENGTH / 2, 12), PLAIN);
        pt_dataset_destroy(rig.data.train);
        pt_dataset_destroy(rig.data.test);
        rig.data = (struct pt_dataset_pair){make_text(26, &text), NULL};
        assert_status(create(&rig, &error), PT_OK, &error);
        assert_status(pt_trainer_run(rig.trainer, &rig.result, &error), PT_BAD_INPUT, &error);
        assert_contains(error.message, labels ? "cross_entropy" : "e: ");
        assert_int_equal(rig.result.steps, 12);
        // An epoch is 6 batches of 4 and one of 2; twelve steps are 26 + 20, of which half was
        // seen.
        assert_int_equal(rig.result.samples, 46);
        assert_near(rig.result.full_samples, 23, 1e-9);
        close_rig(&rig);
    }
}

// Energy is measured in the loop: allocations would be measured too. Sample 20 is in step 5; longer
// sequences begin at steps 7 and 14, and the epochs end with shorter batches.
static void the_loop_allocates_nothing(void **unused)
{
    (void)unused;
    if (allocation_count == 0)
        skip(); // no AddressSanitizer, so nobody counts
    struct text text = {.left = -1};
    struct pt_run_config config = warm_config(3, 14);
    config.matmul = "own"; // libraries do as they like
    config.evaluate_every_steps = 1000;
    struct rig rig = make_text_rig(config, FUSED);
    pt_dataset_destroy(rig.data.train);
    rig.data.train = make_text(26, &text);
    create_and_run(&rig);
    assert_int_equal(text.read_count, rig.result.samples);
    assert_int_equal(text.last_allocations, text.first_allocations);
    close_rig(&rig);
}

// The mean of a stretch with both lengths weighs tokens, not samples: it is that of two runs which
// end after each stage, by their tokens.
static double loss_of(int64_t steps, int64_t every, int64_t warm)
{
    struct pt_run_config config = warm_config(LENGTH / 2, warm);
    config.steps = steps;
    config.learning_rate = 0;
    config.evaluate_every_steps = every;
    struct rig rig = make_text_rig(config, "layers: [embedding: {vocabulary: 7, width: 7}]\n"
                                           "loss: cross_entropy\n");
    pt_dataset_destroy(rig.data.train);
    rig.data.train = make_text(24, &plain_text);
    create_and_run(&rig);
    double loss = rig.result.loss;
    close_rig(&rig);
    return loss;
}

static void the_mean_loss_weighs_tokens(void **unused)
{
    (void)unused;
    double first = loss_of(3, 3, 3), second = loss_of(6, 3, 3), both = loss_of(6, 6, 3);
    assert_true(fabs(first - second) > 1e-3);
    assert_near(both, (first + 2 * second) / 3, 1e-6);
}

// It is cheaper by the operations that it leaves out, and so is a part of the run.
static void a_warm_up_is_predicted_to_cost_less(void **unused)
{
    (void)unused;
    struct pt_run_plan plans[2];
    struct pt_arena *arena = pt_arena_create();
    struct pt_tariff tariff;
    struct pt_cpu_info cpu;
    assert_status(pt_cpu_info_read("", &cpu, &error), PT_OK, &error);
    assert_status(pt_tariff_from_node(arena, NULL, &tariff, &error), PT_OK, &error);
    for (int warm = 0; warm < 2; warm++) {
        struct rig rig = make_text_rig(warm_config(3, warm ? 10 : 0), PLAIN);
        struct pt_plan_inputs inputs = {.config = &rig.config,
                                        .graph = rig.graph,
                                        .data = rig.data,
                                        .cpu = &cpu,
                                        .tariff = &tariff,
                                        .threads = 2};
        assert_status(pt_run_plan_make(arena, &inputs, &plans[warm], &error), PT_OK, &error);
        pt_dataset_destroy(rig.data.train);
        pt_dataset_destroy(rig.data.test);
        pt_graph_destroy(rig.graph);
    }
    assert_int_equal(plans[0].stage_count, 1);
    assert_int_equal(plans[1].stage_count, 3);
    assert_true(plans[1].flop < plans[0].flop);
    for (int phase = PT_PHASE_FORWARD; phase <= PT_PHASE_BACKWARD; phase++)
        assert_true(plans[1].phase_seconds[phase].value < plans[0].phase_seconds[phase].value);
    assert_near(plans[1].phase_seconds[PT_PHASE_EVALUATE].value,
                plans[0].phase_seconds[PT_PHASE_EVALUATE].value, 0);
    assert_near(plans[1].step_seconds.value, plans[0].step_seconds.value, 0);

    // Seven steps of 26 samples are an epoch: 10 steps are 38 of 86 samples.
    assert_near(pt_run_plan_share(&plans[0], 0, 23), 1, 1e-12);
    assert_near(pt_run_plan_share(&plans[0], 0, 10), 38.0 / 86, 1e-12);
    assert_near(pt_run_plan_share(&plans[1], 0, 23), 1, 1e-12);
    assert_true(pt_run_plan_share(&plans[1], 0, 10) < 0.5 * 38 / 86);
    assert_near(pt_run_plan_share(&plans[1], 0, 7) + pt_run_plan_share(&plans[1], 7, 23), 1, 1e-12);
    pt_arena_destroy(arena);
}

// Stopped after so many samples, within the warm-up or after it, and resumed: the same bits.
static void check_resume(struct pt_run_config config, int64_t stop_after, const char *reference)
{
    sig_atomic_t volatile stop = 0;
    struct text counting = {.left = stop_after, .stop = &stop};
    struct rig first = make_text_rig(config, PLAIN);
    const char *path = test_path(test_folder(), "run.safetensors");
    pt_dataset_destroy(first.data.train);
    first.data.train = make_text(26, &counting);
    first.more.checkpoint_path = path;
    first.more.stop = &stop;
    create_and_run(&first);
    assert_false(first.result.finished);
    int64_t steps = first.result.steps;
    close_rig(&first);

    struct rig second = make_text_rig(config, PLAIN);
    second.more = (struct pt_trainer_options){.checkpoint_path = path, .resume = true};
    create_and_run(&second);
    assert_true(second.result.finished && second.result.resumed);
    assert_int_equal(second.result.start_step, steps);
    assert_same_file(path, reference);
    close_rig(&second);
}

static void a_resumed_run_ends_with_the_same_bits(void **unused)
{
    (void)unused;
    struct pt_run_config config = warm_config(3, 12);
    config.accumulate = 2;
    struct rig whole = make_text_rig(config, PLAIN);
    const char *path = test_path(test_folder(), "whole.safetensors");
    whole.more.checkpoint_path = path;
    create_and_run(&whole);
    close_rig(&whole);
    for (int64_t samples = 5; samples < 140; samples += 11)
        check_resume(config, samples, path);

    // Another warm-up, or none, is another run.
    struct rig rig = make_text_rig(config, PLAIN);
    rig.more = (struct pt_trainer_options){.checkpoint_path = path, .resume = true};
    rig.config.sequence_warmup.from = 4;
    assert_status(create(&rig, &error), PT_MISMATCH, &error);
    assert_contains(error.message, "run.sequence_warmup_from was 3, the run file says 4");
    close_rig(&rig);
    rig = make_text_rig(config, PLAIN);
    rig.more = (struct pt_trainer_options){.checkpoint_path = path, .resume = true};
    rig.config.sequence_warmup = (struct pt_sequence_warmup_config){0};
    assert_status(create(&rig, &error), PT_MISMATCH, &error);
    assert_contains(error.message, "run.sequence_warmup_from was 3, the run file says 0");
    close_rig(&rig);
}

// A checkpoint of before there were warm-ups: its file has other keys where they would be.
static void forget_the_warm_up(const char *path)
{
    size_t size, found = 0;
    char *bytes = test_read(path, &size);
    static const char key[] = "run.sequence_warmup";
    for (size_t i = 0; i + sizeof key < size; i++)
        if (memcmp(bytes + i, key, sizeof key - 1) == 0) {
            memcpy(bytes + i, "run.sequence_nothing", sizeof key - 1);
            found++;
        }
    assert_int_equal(found, 2);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
    free(bytes);
}

static void an_older_checkpoint_has_no_warm_up(void **unused)
{
    (void)unused;
    const char *path = test_path(test_folder(), "old.safetensors");
    struct pt_run_config config = warm_config(0, 0);
    config.steps = 5;
    struct rig rig = make_text_rig(config, PLAIN);
    rig.more.checkpoint_path = path;
    create_and_run(&rig);
    close_rig(&rig);
    forget_the_warm_up(path);
    rig = make_text_rig(warm_config(3, 4), PLAIN);
    rig.more = (struct pt_trainer_options){.checkpoint_path = path, .resume = true};
    assert_status(create(&rig, &error), PT_MISMATCH, &error);
    assert_contains(error.message, "it knows no run.sequence_warmup_from, the run file says 3");
    close_rig(&rig);
    config.steps = 9;
    rig = make_text_rig(config, PLAIN);
    rig.more = (struct pt_trainer_options){.checkpoint_path = path, .resume = true};
    create_and_run(&rig);
    assert_true(rig.result.finished && rig.result.resumed && rig.result.start_step == 5);
    close_rig(&rig);
}

// ---- what does not go

static void refuse(struct rig rig, enum pt_status status, const char *part)
{
    assert_status(create(&rig, &error), status, &error);
    assert_contains(error.message, part);
    close_rig(&rig);
}

static void what_does_not_go_is_named(void **unused)
{
    (void)unused;
    struct pt_run_config config = plain_config();
    config.sequence_warmup = (struct pt_sequence_warmup_config){2, 3};
    refuse(make_rig(config, 8, 0, 64, 0), PT_BAD_INPUT, "the data are numbers");
    refuse(make_text_rig(warm_config(LENGTH, 5), PLAIN), PT_BAD_INPUT,
           "from is 12, but the samples have 12 tokens");
    refuse(make_text_rig(warm_config(INT32_MAX, 5), PLAIN), PT_BAD_INPUT, "from is 2147483647");
    refuse(make_text_rig(warm_config(3, 24), PLAIN), PT_BAD_INPUT,
           "steps is 24, but the run has 23");
    refuse(make_text_rig(warm_config(1, 3), PLAIN), PT_BAD_INPUT,
           "steps is 3, but 4 lengths lie between 1 and 12 tokens");
    refuse(make_text_rig(warm_config(3, 4), "layers: [embedding: {vocabulary: 7, width: 2}, "
                                            "reshape: {dim1: 12, dim2: 2}, linear: {out_features: "
                                            "7}]\nloss: cross_entropy\n"),
           PT_BAD_INPUT, "reshape1");

    // Two tokens at each of six places are no sequence of twelve.
    struct rig rig = make_text_rig(warm_config(3, 4), PLAIN);
    pt_graph_destroy(rig.graph);
    assert_status(pt_graph_load(test_file(test_folder(), "net.yaml",
                                          "name: n\ninput: {name: tokens, shape: [6, 2], type: "
                                          "int32}\nlayers: [embedding: {vocabulary: 7, width: 2}, "
                                          "reshape: {dim1: 12, dim2: 2}, linear: {out_features: "
                                          "7}]\nloss: cross_entropy\n"),
                                4, &rig.graph, &error),
                  PT_OK, &error);
    refuse(rig, PT_BAD_INPUT, "does not take [batch, 12] tokens");
}

int main(void)
{
    is_the_loop = true;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_double_in_equal_shares),
        cmocka_unit_test(samples_are_counted_by_their_tokens),
        cmocka_unit_test(the_plan_counts_every_operation),
        cmocka_unit_test(only_the_beginnings_are_seen),
        cmocka_unit_test(the_loop_allocates_nothing),
        cmocka_unit_test(the_mean_loss_weighs_tokens),
        cmocka_unit_test(a_warm_up_is_predicted_to_cost_less),
        cmocka_unit_test(a_resumed_run_ends_with_the_same_bits),
        cmocka_unit_test(an_older_checkpoint_has_no_warm_up),
        cmocka_unit_test(what_does_not_go_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
