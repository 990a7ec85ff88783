// Data and network meet: token data, losses that keep their prediction, and what does not fit.

#include "train_support.h"

#include "demand/optimizer.h"
#include "model/embedding.h"

static struct pt_error error;

enum { LENGTH = 5, VOCABULARY = 7, WIDTH = 8, SAMPLES = 26 };

// A text that counts: token t is followed by t + 1, or by t + 2 after every third one.
static int32_t token_at(int64_t index)
{
    return (int32_t)((index + index / 3) % VOCABULARY);
}

static enum pt_status read_window(const void *state, int64_t index, uint64_t random,
                                  float *features, int32_t *tokens, int32_t *labels, float *targets,
                                  struct pt_error *ret_error)
{
    (void)state, (void)random, (void)features, (void)targets, (void)ret_error;
    for (int i = 0; i < LENGTH; i++) {
        tokens[i] = token_at(index + i);
        labels[i] = i == 0 && index % 2 == 0 ? -100 : token_at(index + i + 1); // some are ignored
    }
    return PT_OK;
}

static const struct pt_dataset_reader window_reader = {.read = read_window};

static struct pt_dataset *make_text(int64_t samples)
{
    struct pt_dataset *dataset = make_samples(1, 1); // for its arena
    dataset->sample_count = samples;
    dataset->dims[0] = dataset->feature_count = dataset->label_count = LENGTH;
    dataset->class_count = VOCABULARY;
    dataset->has_tokens = true;
    dataset->features = NULL;
    dataset->labels = NULL;
    dataset->reader = &window_reader;
    return dataset;
}

static pt_tensor embed(struct pt_graph *graph, pt_tensor tokens)
{
    union pt_attribute attributes[] = {[PT_EMBEDDING_VOCABULARY] = {.integer = VOCABULARY},
                                       [PT_EMBEDDING_WIDTH] = {.integer = WIDTH},
                                       [PT_EMBEDDING_DEVIATION] = {.number = 1},
                                       [PT_EMBEDDING_SCALE] = {.number = 1}};
    return pt_graph_add(graph, "embedding", "embedding", &tokens, 1, attributes);
}

// Embedding, a hidden layer, and either logits with a loss or both in one.
static struct pt_graph *make_language_model(int64_t batch, bool fused)
{
    struct pt_graph *graph;
    assert_status(pt_graph_create("language", &graph, &error), PT_OK, &error);
    int64_t dims[] = {batch, LENGTH};
    pt_tensor tokens = pt_input(graph, "tokens", PT_INT32, 2, dims);
    pt_tensor target = pt_input(graph, "target", PT_INT32, 2, dims);
    pt_tensor x = pt_tanh(graph, pt_linear(graph, embed(graph, tokens), WIDTH, true));
    const struct pt_operator *kind = pt_operator_find("linear_cross_entropy");
    union pt_attribute attributes[PT_ATTRIBUTES_MAX] = {0};
    assert_non_null(kind);
    for (int i = 0; kind->attributes[i].name != NULL; i++)
        if (kind->attributes[i].kind == PT_ATTRIBUTE_NUMBER)
            attributes[i].number = kind->attributes[i].fallback;
        else
            attributes[i].integer =
                kind->attributes[i].required ? VOCABULARY : (int64_t)kind->attributes[i].fallback;
    if (fused)
        pt_graph_add(graph, "linear_cross_entropy", "head", (pt_tensor[]){x, target}, 2,
                     attributes);
    else
        pt_cross_entropy(graph, pt_linear(graph, x, VOCABULARY, true), target);
    assert_status(pt_graph_check(graph, &error), PT_OK, &error);
    return graph;
}

static struct rig make_language_rig(bool fused, int64_t accumulate)
{
    struct pt_run_config config = plain_config();
    config.optimizer.kind = PT_ADAMW;
    config.epochs = 60;
    config.learning_rate = 0.02;
    config.accumulate = accumulate;
    config.evaluate_every_epochs = 60;
    return (struct rig){.config = config,
                        .graph = make_language_model(8, fused),
                        .data = {make_text(SAMPLES), make_text(11)}};
}

// The next token is known in two cases of three: the loss falls far below log 7 = 1.95.
static void tokens_are_learned(void **unused)
{
    (void)unused;
    for (int accumulate = 1; accumulate <= 2; accumulate++) {
        struct rig rig = make_language_rig(false, accumulate);
        create_and_run(&rig);
        assert_true(rig.result.test_loss < 1);
        assert_true(rig.result.test_accuracy > 0.6 && rig.result.test_accuracy <= 1);
        assert_int_equal(rig.result.tokens_per_sample, LENGTH);
        assert_planned(&rig);
        close_rig(&rig);
    }
}

// The same with a loss that keeps its prediction to itself: no accuracy is known, and none made up.
static void a_loss_without_a_prediction_has_no_accuracy(void **unused)
{
    (void)unused;
    for (int accumulate = 1; accumulate <= 2; accumulate++) {
        struct rig rig = make_language_rig(true, accumulate);
        create_and_run(&rig);
        assert_true(rig.result.test_loss < 1);
        assert_true(isnan(rig.result.test_accuracy));
        assert_planned(&rig);
        close_rig(&rig);
    }
    struct rig rig = make_language_rig(true, 1);
    rig.config.stop =
        (struct pt_stop_config){.wanted = true, .metric = PT_STOP_TEST_ACCURACY, .target = 0.9};
    assert_status(create(&rig, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "use test_loss");
    close_rig(&rig);
}

// Muon's matrices are those between embedding and head, be the head a linear or the loss.
static void embedding_and_head_are_not_orthogonal(void **unused)
{
    (void)unused;
    for (int fused = 0; fused < 2; fused++) {
        struct pt_graph *graph = make_language_model(8, fused);
        struct pt_arena *arena = pt_arena_create();
        struct pt_optimizer_options options = {.struct_size = sizeof options, .kind = PT_MUON};
        struct pt_optimizer_plan plan;
        assert_status(pt_optimizer_plan_create(arena, graph, &options, &plan, &error), PT_OK,
                      &error);
        int count = 0;
        for (int i = 0; i < plan.parameter_count; i++)
            if (plan.parameters[i].as_matrix) {
                count++;
                assert_string_equal(graph->tensors[plan.parameters[i].tensor].name,
                                    "linear1.weight");
            }
        assert_int_equal(count, 1);
        pt_arena_destroy(arena);
        pt_graph_destroy(graph);
    }
}

static void refuse(struct pt_graph *graph, struct pt_dataset *dataset, const char *part)
{
    struct pt_run_tensors tensors;
    struct pt_dataset_pair data = {dataset, NULL};
    assert_status(pt_graph_check(graph, &error), PT_OK, &error);
    assert_status(pt_run_tensors_find(graph, &data, &tensors, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, part);
    pt_graph_destroy(graph);
    pt_dataset_destroy(dataset);
}

static struct pt_graph *begin(pt_tensor *ret_x, enum pt_dtype dtype, int64_t columns)
{
    struct pt_graph *graph;
    assert_status(pt_graph_create("g", &graph, &error), PT_OK, &error);
    *ret_x = pt_input(graph, "x", dtype, 2, (int64_t[]){4, columns});
    return graph;
}

static void what_does_not_fit_is_named(void **unused)
{
    (void)unused;
    pt_tensor x;
    struct pt_graph *graph = begin(&x, PT_FLOAT32, FEATURES);
    pt_linear(graph, x, 3, true);
    refuse(graph, make_samples(9, 1), "has no loss");

    graph = begin(&x, PT_FLOAT32, FEATURES);
    pt_mse(graph, pt_linear(graph, x, 3, true),
           pt_linear(graph, pt_input(graph, "other", PT_FLOAT32, 2, (int64_t[]){4, 2}), 3, true));
    refuse(graph, make_samples(9, 1), "no target that data could fill");

    graph = begin(&x, PT_FLOAT32, FEATURES);
    pt_cross_entropy(graph, pt_linear(graph, x, 3, true),
                     pt_input(graph, "t", PT_INT32, 1, (int64_t[]){4}));
    pt_input(graph, "mask", PT_FLOAT32, 2, (int64_t[]){4, 2});
    refuse(graph, make_samples(9, 1), "an input mask that the data cannot fill");

    graph = begin(&x, PT_FLOAT32, FEATURES);
    pt_cross_entropy(graph, pt_linear(graph, x, 2, true),
                     pt_input(graph, "t", PT_INT32, 1, (int64_t[]){4}));
    refuse(graph, make_samples(9, 1), "3 classes, the network's last layer has 2");

    graph = begin(&x, PT_FLOAT32, FEATURES + 1);
    pt_cross_entropy(graph, pt_linear(graph, x, 3, true),
                     pt_input(graph, "t", PT_INT32, 1, (int64_t[]){4}));
    refuse(graph, make_samples(9, 1), "6 features, the network's input x takes 7");

    graph = begin(&x, PT_FLOAT32, FEATURES);
    pt_mse(graph, pt_linear(graph, x, 3, true),
           pt_input(graph, "t", PT_FLOAT32, 2, (int64_t[]){4, 3}));
    refuse(graph, make_samples(9, 1), "the loss mse needs numbers");

    graph = begin(&x, PT_FLOAT32, LENGTH);
    pt_cross_entropy(graph, pt_linear(graph, x, VOCABULARY, true),
                     pt_input(graph, "t", PT_INT32, 1, (int64_t[]){4}));
    refuse(graph, make_text(9), "begin the network with an embedding");

    graph = begin(&x, PT_INT32, FEATURES);
    pt_cross_entropy(graph, pt_linear(graph, pt_flatten(graph, embed(graph, x)), 3, true),
                     pt_input(graph, "t", PT_INT32, 1, (int64_t[]){4}));
    refuse(graph, make_samples(9, 1), "takes tokens, but the data are numbers");

    graph = begin(&x, PT_INT32, LENGTH);
    pt_cross_entropy(graph, pt_linear(graph, pt_flatten(graph, embed(graph, x)), 9, true),
                     pt_input(graph, "t", PT_INT32, 1, (int64_t[]){4}));
    refuse(graph, make_text(9), "5 class numbers a sample");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_are_learned),
        cmocka_unit_test(a_loss_without_a_prediction_has_no_accuracy),
        cmocka_unit_test(embedding_and_head_are_not_orthogonal),
        cmocka_unit_test(what_does_not_fit_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
