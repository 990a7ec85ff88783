// The operations that the engine executes, counted where they are done, are those that demand/
// counts from the shapes: to the last one, for every operator, pass and optimizer.

#include "subjects.h"

#include "demand/operator_demand.h"
#include "demand/optimizer.h"

static struct pt_demand count_demand(struct pt_arena *arena, const struct pt_graph *graph,
                                     const struct pt_demand_options *options)
{
    struct pt_demand demand;
    struct pt_error error;
    assert_status(pt_demand_count(arena, graph, options, &demand, &error), PT_OK, &error);
    return demand;
}

// What one forward and one backward pass executed.
static void check_passes(const struct pt_graph *graph, int class_count)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_demand demand = count_demand(arena, graph, &(struct pt_demand_options){0});
    struct pt_network *network = make_network(graph, 3, 2);
    fill_inputs(network, class_count);

    pt_network_zero_gradients(network);
    forward(network, 0, true);
    int64_t forward_flop = pt_network_executed_flop(network);
    assert_int_equal(forward_flop, demand.pass[PT_FORWARD].flop);
    if (graph->loss != PT_NO_TENSOR && pt_graph_tensor(graph, graph->loss)->needs_gradient) {
        backward(network);
        assert_int_equal(pt_network_executed_flop(network) - forward_flop,
                         demand.pass[PT_BACKWARD].flop);
    }
    pt_network_destroy(network);
    pt_arena_destroy(arena);
}

static void every_operator_executes_what_is_counted(void **unused)
{
    (void)unused;
    for (int i = 0; i < SUBJECT_COUNT; i++)
        for (int asks = 0; asks < 2; asks++) {
            struct pt_graph *graph = subject_graph(&subjects[i], asks);
            check_passes(graph, subjects[i].classes > 0 ? subjects[i].classes : 5);
            pt_graph_destroy(graph);
        }
}

// h is read three times, once through a view: its gradient is written once and added to twice.
static void additions_to_a_shared_gradient_are_counted(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_graph("shared");
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){4, 6});
    pt_tensor h = pt_linear(graph, x, 8, true);
    pt_mse(graph, pt_tanh(graph, h), h);
    check_passes(graph, 1);
    pt_graph_destroy(graph);

    graph = make_graph("twice");
    x = pt_input(graph, "x", PT_FLOAT32, 3, (int64_t[]){4, 6, 2});
    h = pt_linear(graph, x, 8, true);
    pt_mse(graph, pt_flatten(graph, pt_relu(graph, h)), pt_flatten(graph, h));
    check_passes(graph, 1);
    pt_graph_destroy(graph);
}

// An epoch of 64 + 64 + 22 samples: the last batch counts as a graph of 22 rows does.
static void a_shorter_batch_executes_less(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    struct pt_error error;
    struct pt_graph *graph = make_classifier(64, 0.25), *shorter;
    assert_status(pt_graph_with_batch(graph, 22, &shorter, &error), PT_OK, &error);
    struct pt_demand_options options = {.optimizer = PT_ADAM};
    struct pt_demand full = count_demand(arena, graph, &options);
    struct pt_demand rest = count_demand(arena, shorter, &options);
    struct pt_network *network = make_network(graph, 3, 2);
    struct pt_optimizer *optimizer =
        make_optimizer(network, (struct pt_optimizer_options){.kind = PT_ADAM});
    fill_inputs(network, 5);
    for (int batch = 0; batch < 3; batch++) {
        forward(network, batch < 2 ? 0 : 22, true);
        pt_network_zero_gradients(network);
        backward(network);
        pt_optimizer_step(optimizer, 0.01);
    }
    assert_int_equal(pt_network_executed_flop(network), 2 * full.step.flop + rest.step.flop);
    assert_true(rest.step.flop < full.step.flop);
    pt_optimizer_destroy(optimizer);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
    pt_graph_destroy(shorter);
    pt_arena_destroy(arena);
}

// Kind, momentum or first moment, decay, clipping, average, groups, the mean of several batches.
static void check_optimizer(struct pt_network *network, int kind, int variant)
{
    static const struct pt_optimizer_group group = {
        .match = "*2.weight", .weight_decay = 0, .learning_rate_factor = 0.5};
    const struct pt_graph *graph = pt_network_graph(network);
    bool momentum = variant & 1, decay = variant & 2, clips = variant & 4, averages = variant & 8;
    bool grouped = variant & 16, means = variant & 32;
    struct pt_optimizer_options options = {
        .struct_size = sizeof options,
        .kind = kind,
        .momentum = momentum && (kind == PT_SGD || kind == PT_MUON) ? 0.9 : 0,
        .nesterov = momentum && kind == PT_SGD && grouped,
        .beta1 = momentum && kind == PT_ADAFACTOR ? 0.9 : 0,
        .ignore_scale = clips,
        .weight_decay = decay ? 0.1 : 0,
        .decay_matrices = averages,
        .clip_norm = clips ? 0.5 : 0,
        .average_decay = averages ? 0.99 : 0,
        .groups = &group,
        .group_count = grouped};
    struct pt_arena *arena = pt_arena_create();
    struct pt_optimizer *optimizer = make_optimizer(network, options);
    struct pt_optimizer_plan plan;
    struct pt_error error;
    assert_status(pt_optimizer_plan_create(arena, graph, &options, &plan, &error), PT_OK, &error);
    int64_t before = pt_network_executed_flop(network);
    assert_status(pt_optimizer_update(optimizer, 0.01, means ? 0.25 : 1, &error), PT_OK, &error);
    int64_t expected = plan.update.flop + (means && !clips ? plan.scale_flop : 0);
    assert_int_equal(pt_network_executed_flop(network) - before, expected);

    int64_t state_bytes = 0;
    for (int64_t i = 0; i < pt_optimizer_state_count(optimizer); i++) {
        struct pt_optimizer_state state = pt_optimizer_state_at(optimizer, i);
        state_bytes += pt_size_round_up(4 * pt_shape_size(&state.shape), 64);
    }
    assert_int_equal(state_bytes, plan.state_bytes);
    pt_optimizer_destroy(optimizer);
    pt_arena_destroy(arena);
}

static void every_optimizer_executes_what_is_counted(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_classifier(4, 0);
    struct pt_network *network = make_network(graph, 3, 1);
    fill_inputs(network, 5);
    forward(network, 0, true);
    backward(network);
    for (int kind = PT_GRADIENT_DESCENT; kind <= PT_MUON; kind++)
        for (int variant = 0; variant < 64; variant++)
            check_optimizer(network, kind, variant);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

// What the demand says of a step: A batches, their gradients added up, one update of the mean.
static void accumulated_batches_execute_what_is_counted(void **unused)
{
    (void)unused;
    enum { BATCHES = 3 };
    struct pt_arena *arena = pt_arena_create();
    struct pt_graph *graph = make_classifier(4, 0);
    struct pt_network *network = make_network(graph, 3, 1);
    struct pt_optimizer_options update = {.struct_size = sizeof update, .kind = PT_LION};
    struct pt_demand demand = count_demand(
        arena, graph, &(struct pt_demand_options){.update = &update, .accumulate = BATCHES});
    struct pt_optimizer *optimizer = make_optimizer(network, update);
    fill_inputs(network, 5);
    for (int batch = 0; batch < BATCHES; batch++) {
        forward(network, 0, true);
        backward(network);
    }
    assert_int_equal(pt_optimizer_update(optimizer, 0.01, 1.0 / BATCHES, NULL), PT_OK);
    assert_int_equal(pt_network_executed_flop(network), demand.step.flop);
    pt_optimizer_destroy(optimizer);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
    pt_arena_destroy(arena);
}

// What is added to a gradient that is there already is one more addition a parameter; inference has
// no dropout.
static void what_is_not_in_a_training_step_is_counted_too(void **unused)
{
    (void)unused;
    struct pt_graph *graph = make_graph("small");
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){5, 3});
    pt_tensor y = pt_dropout(graph, pt_linear(graph, x, 2, true), 0.5);
    pt_mse(graph, y, pt_input(graph, "t", PT_FLOAT32, 2, (int64_t[]){5, 2}));
    struct pt_network *network = make_network(graph, 3, 1);
    forward(network, 0, false);
    // 2 * 5 * 3 * 2 products, 10 biases, no dropout, 3 * 10 + 1 for the loss
    assert_int_equal(pt_network_executed_flop(network), 60 + 10 + 31);
    forward(network, 0, true);
    backward(network);
    int64_t before = pt_network_executed_flop(network);
    forward(network, 0, true);
    backward(network); // adds: 8 parameters
    // forward 60 + 10 + 20 + 31; backward mse 20, dropout 10, weight 60, bias 10, added 6 + 2
    assert_int_equal(pt_network_executed_flop(network) - before, 121 + 20 + 10 + 60 + 10 + 8);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operator_executes_what_is_counted),
        cmocka_unit_test(additions_to_a_shared_gradient_are_counted),
        cmocka_unit_test(a_shorter_batch_executes_less),
        cmocka_unit_test(every_optimizer_executes_what_is_counted),
        cmocka_unit_test(accumulated_batches_execute_what_is_counted),
        cmocka_unit_test(what_is_not_in_a_training_step_is_counted_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
