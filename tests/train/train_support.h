// What the tests of the trainer share: a small run with all that can be chosen.
#ifndef PT_TEST_TRAIN_SUPPORT_H
#define PT_TEST_TRAIN_SUPPORT_H

#include "support.h"

#include "base/random.h"
#include "engine/network.h"
#include "train/evaluate.h"
#include "train/trainer.h"

enum { FEATURES = 6, CLASSES = 3 };

struct rig {
    struct pt_run_config config;
    struct pt_graph *graph;
    struct pt_dataset_pair data;
    struct pt_sensor *sensor;
    struct pt_trainer *trainer;
    struct pt_train_result result;
    struct pt_trainer_options more; // checkpoint_path, stop and the like
};

static inline struct pt_run_config plain_config(void)
{
    return (struct pt_run_config){
        .name = "rig",
        .epochs = 3,
        .accumulate = 1,
        .seed = 5,
        .shuffle = true,
        .prefetch = 0,
        .optimizer = {.struct_size = sizeof(struct pt_optimizer_options), .kind = PT_SGD},
        .learning_rate = 0.05,
        .evaluate_every_epochs = 1,
        .stop = {.target = NAN},
        .checkpoint_every_seconds = 1e9,
    };
}

// Three classes that a linear function of the features divides, nearly.
static inline struct pt_dataset *make_samples(int64_t count, uint64_t stream)
{
    struct pt_dataset *dataset;
    struct pt_error error;
    float *features = malloc((size_t)(count * FEATURES) * sizeof *features);
    int32_t *labels = malloc((size_t)count * sizeof *labels);
    pt_random_fill_normal(77, stream, 0, 1, features, count * FEATURES);
    for (int64_t i = 0; i < count; i++) {
        const float *x = features + i * FEATURES;
        labels[i] = x[0] + x[1] > 0.4f ? 2 : x[2] - x[3] * x[4] > 0 ? 1 : 0;
    }
    assert_status(pt_dataset_from_arrays(features, count, 1, (int64_t[]){FEATURES}, labels, CLASSES,
                                         NULL, 0, &dataset, &error),
                  PT_OK, &error);
    free(features);
    free(labels);
    return dataset;
}

static inline struct pt_graph *make_classifier(int64_t batch, double dropout)
{
    struct pt_graph *graph;
    struct pt_error error;
    assert_status(pt_graph_create("rig", &graph, &error), PT_OK, &error);
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){batch, FEATURES});
    pt_tensor target = pt_input(graph, "target", PT_INT32, 1, &batch);
    x = pt_tanh(graph, pt_linear(graph, x, 17, true));
    if (dropout > 0)
        x = pt_dropout(graph, x, dropout);
    pt_cross_entropy(graph, pt_linear(graph, x, CLASSES, true), target);
    assert_status(pt_graph_check(graph, &error), PT_OK, &error);
    return graph;
}

static inline struct rig make_rig(struct pt_run_config config, int64_t batch, double dropout,
                                  int64_t train, int64_t test)
{
    return (struct rig){.config = config,
                        .graph = make_classifier(batch, dropout),
                        .data = {make_samples(train, 1), test > 0 ? make_samples(test, 2) : NULL}};
}

static inline enum pt_status create(struct rig *rig, struct pt_error *error)
{
    struct pt_trainer_options options = rig->more;
    assert_status(
        pt_sensor_open("model", &(struct pt_sensor_options){.root = ""}, &rig->sensor, error),
        PT_OK, error);
    options.config = &rig->config;
    options.graph = rig->graph;
    options.data = rig->data;
    options.threads = 2;
    options.sensor = rig->sensor;
    options.root = "";
    return pt_trainer_create(&options, &rig->trainer, error);
}

static inline void create_and_run(struct rig *rig)
{
    struct pt_error error;
    assert_status(create(rig, &error), PT_OK, &error);
    assert_status(pt_trainer_run(rig->trainer, &rig->result, &error), PT_OK, &error);
}

// A finished run has executed what its plan counts, to the last operation.
static inline void assert_planned(const struct rig *rig)
{
    struct pt_error error;
    struct pt_arena *arena = pt_arena_create();
    struct pt_tariff tariff;
    struct pt_cpu_info cpu;
    struct pt_run_plan plan;
    assert_status(pt_cpu_info_read("", &cpu, &error), PT_OK, &error);
    assert_status(pt_tariff_from_node(arena, NULL, &tariff, &error), PT_OK, &error);
    struct pt_plan_inputs inputs = {.config = &rig->config,
                                    .graph = rig->graph,
                                    .data = rig->data,
                                    .cpu = &cpu,
                                    .tariff = &tariff,
                                    .threads = 2};
    assert_status(pt_run_plan_make(arena, &inputs, &plan, &error), PT_OK, &error);
    assert_int_equal(rig->result.executed_flop, plan.flop);
    assert_int_equal(rig->result.samples, plan.run_samples);
    assert_int_equal(rig->result.steps, plan.step_count);
    pt_arena_destroy(arena);
}

static inline void close_rig(struct rig *rig)
{
    pt_trainer_destroy(rig->trainer);
    pt_sensor_close(rig->sensor);
    pt_dataset_destroy(rig->data.train);
    pt_dataset_destroy(rig->data.test);
    pt_graph_destroy(rig->graph);
}

static inline const float *parameters_of(const struct rig *rig, int64_t *ret_count)
{
    return pt_network_parameters((struct pt_network *)(uintptr_t)pt_trainer_network(rig->trainer),
                                 ret_count);
}

static inline void assert_same_file(const char *left, const char *right)
{
    size_t left_size, right_size;
    char *a = test_read(left, &left_size), *b = test_read(right, &right_size);
    assert_int_equal(left_size, right_size);
    assert_memory_equal(a, b, left_size);
    free(a);
    free(b);
}

#endif
