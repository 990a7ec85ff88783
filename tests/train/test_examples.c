// For every example: the operations that the engine executes are those that the plan counts, to the
// last one, and so is its memory.

#include "support.h"

#include <glob.h>

#include "engine/network.h"
#include "model/network_source.h"
#include "train/trainer.h"

struct example {
    struct pt_arena *arena;
    struct pt_run_config config;
    struct pt_dataset_pair data;
    struct pt_graph *graph;
};

static enum pt_status open_example(struct example *example, const char *path,
                                   struct pt_error *error)
{
    enum pt_status status = pt_run_config_read(example->arena, path, NULL, &example->config, error);
    if (status == PT_OK)
        status =
            pt_dataset_open(example->config.data, example->config.directory, &example->data, error);
    if (status != PT_OK)
        return status;
    int64_t samples = example->data.train->sample_count, batch = example->config.batch;
    if (batch == PT_BATCH_ALL || batch > samples)
        batch = samples;
    return pt_network_from_node(example->config.network, batch, &example->graph, error);
}

static struct pt_run_plan plan_of(const struct example *example, const struct pt_cpu_info *cpu)
{
    struct pt_tariff tariff;
    struct pt_run_plan plan;
    struct pt_error error;
    assert_status(pt_tariff_from_node(example->arena, NULL, &tariff, &error), PT_OK, &error);
    struct pt_plan_inputs inputs = {.config = &example->config,
                                    .graph = example->graph,
                                    .data = example->data,
                                    .cpu = cpu,
                                    .tariff = &tariff,
                                    .threads = 2};
    assert_status(pt_run_plan_make(example->arena, &inputs, &plan, &error), PT_OK, &error);
    return plan;
}

// Held by a network and its optimizer, as the trainer makes them: byte for byte what was planned.
static void check_memory(const struct example *example, const struct pt_run_plan *plan)
{
    struct pt_network_options options = {.struct_size = sizeof options,
                                         .threads = 2,
                                         .precision = example->config.precision,
                                         .matmul = example->config.matmul};
    struct pt_network *network;
    struct pt_optimizer *optimizer;
    struct pt_error error;
    assert_status(pt_network_create(example->graph, &options, &network, &error), PT_OK, &error);
    assert_status(pt_optimizer_create(network, &example->config.optimizer, &optimizer, &error),
                  PT_OK, &error);
    assert_int_equal(pt_network_memory_bytes(network) + pt_optimizer_memory_bytes(optimizer),
                     plan->demand.memory.peak_bytes + plan->workspace_bytes);
    pt_optimizer_destroy(optimizer);
    pt_network_destroy(network);
}

static void check_example(const char *path)
{
    struct example example = {.arena = pt_arena_create()};
    struct pt_trainer *trainer;
    struct pt_train_result result;
    struct pt_sensor *sensor;
    struct pt_error error;
    enum pt_status status = open_example(&example, path, &error);
    if (status == PT_NOT_FOUND) { // its data set is not installed
        print_message("skipped %s: %s\n", path, error.message);
        pt_arena_destroy(example.arena);
        return;
    }
    assert_status(status, PT_OK, &error);
    example.config.epochs = 1;
    example.config.steps = 0;
    assert_status(pt_sensor_open("model", &(struct pt_sensor_options){.root = ""}, &sensor, &error),
                  PT_OK, &error);
    struct pt_trainer_options options = {.config = &example.config,
                                         .graph = example.graph,
                                         .data = example.data,
                                         .threads = 2,
                                         .sensor = sensor,
                                         .root = ""};
    assert_status(pt_trainer_create(&options, &trainer, &error), PT_OK, &error);
    assert_status(pt_trainer_run(trainer, &result, &error), PT_OK, &error);

    struct pt_cpu_info cpu;
    assert_status(pt_cpu_info_read("", &cpu, &error), PT_OK, &error);
    struct pt_run_plan plan = plan_of(&example, &cpu);
    if (result.reason == PT_STOP_NONE)
        assert_int_equal(result.executed_flop, plan.flop);
    check_memory(&example, &plan);
    assert_true(isfinite(result.loss));

    // Joules by phase add up to the run's.
    double joules = 0;
    for (int i = 0; i < result.meter.phase_count; i++)
        joules += result.meter.phases[i].joules.value;
    assert_near(joules, result.meter.joules.value, 1e-9 * result.meter.joules.value + 1e-12);

    pt_trainer_destroy(trainer);
    pt_sensor_close(sensor);
    pt_dataset_destroy(example.data.train);
    pt_dataset_destroy(example.data.test);
    pt_graph_destroy(example.graph);
    pt_arena_destroy(example.arena);
}

static void executed_flop_are_the_planned_ones(void **unused)
{
    (void)unused;
    glob_t files;
    char pattern[512];
    const char *source = getenv("PT_SOURCE_DIR");
    assert_non_null(source);
    snprintf(pattern, sizeof pattern, "%s/examples/*.yaml", source);
    assert_int_equal(glob(pattern, 0, NULL, &files), 0);
    assert_true(files.gl_pathc >= 2);
    for (size_t i = 0; i < files.gl_pathc; i++)
        check_example(files.gl_pathv[i]);
    globfree(&files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(executed_flop_are_the_planned_ones)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
