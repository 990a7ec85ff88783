// Activation recomputation: the same bits in less memory for more operations.

#include "subjects.h"

#include "model/segment.h"

enum { BATCH = 6, STEPS = 3 };

// Three blocks of what the engine has, with values that must not be confused: one that a block
// takes from outside and gives on, dropout, statistics, a product done in place.
static const char layers[] = "input: {name: x, shape: [9]}\n"
                             "layers:\n"
                             "  - linear: {name: in, out_features: 16}\n"
                             "  - layer_norm: {name: b.0.norm}\n"
                             "  - linear: {name: b.0.up, out_features: 40}\n"
                             "  - relu: {name: b.0.act}\n"
                             "  - dropout: {name: b.0.drop, probability: 0.25}\n"
                             "  - linear: {name: b.0.down, out_features: 16}\n"
                             "  - linear: {name: b.1.up, out_features: 40}\n"
                             "  - gelu: {name: b.1.act}\n"
                             "  - linear: {name: b.1.down, out_features: 16}\n"
                             "  - tanh: {name: b.1.out}\n"
                             "  - linear: {name: b.2.up, out_features: 40}\n"
                             "  - sigmoid: {name: b.2.act}\n"
                             "  - linear: {name: b.2.down, out_features: 16}\n"
                             "  - linear: {name: head, out_features: 5}\n"
                             "loss: cross_entropy\n";

static struct pt_graph *read_graph(const char *recompute)
{
    char text[2048];
    struct pt_arena *arena = pt_arena_create();
    struct pt_graph *graph;
    struct pt_error error;
    const struct pt_node *node;
    snprintf(text, sizeof text, "%s%s", layers, recompute);
    assert_status(pt_yaml_parse(arena, text, strlen(text), "test", &node, &error), PT_OK, &error);
    assert_status(pt_network_from_node(node, BATCH, &graph, &error), PT_OK, &error);
    pt_arena_destroy(arena);
    return graph;
}

// Trains a little; rows may be fewer than the batch in one of the steps.
static void train(struct pt_network *network, int64_t rows)
{
    struct pt_optimizer *optimizer =
        make_optimizer(network, (struct pt_optimizer_options){.kind = PT_ADAM});
    fill_inputs(network, 5);
    for (int step = 0; step < STEPS; step++) {
        pt_network_zero_gradients(network);
        forward(network, step == 1 ? rows : 0, true);
        backward(network);
        forward(network, 0, true); // gradients add up
        backward(network);
        pt_optimizer_step(optimizer, 0.01);
    }
    pt_optimizer_destroy(optimizer);
}

static void check_same_training(const char *recompute)
{
    struct pt_graph *plain = read_graph(""), *again = read_graph(recompute);
    struct pt_network *one = make_network(plain, 11, 2), *two = make_network(again, 11, 2);
    int64_t count, other;
    train(one, BATCH - 2);
    train(two, BATCH - 2);
    const float *expected = pt_network_parameters(one, &count);
    const float *actual = pt_network_parameters(two, &other);
    assert_int_equal(other, count);
    assert_same_floats(actual, expected, count);
    expected = pt_network_gradients(one, &count);
    actual = pt_network_gradients(two, &count);
    assert_same_floats(actual, expected, count);
    pt_network_destroy(one);
    pt_network_destroy(two);
    pt_graph_destroy(plain);
    pt_graph_destroy(again);
}

static void recomputed_blocks_train_to_the_same_bits(void **unused)
{
    (void)unused;
    check_same_training("recompute: blocks\n");
    check_same_training("recompute: [[b.0.norm, b.2.down]]\n");
    check_same_training("recompute: [[in, b.0.up], [b.0.act, b.1.act], [b.1.out, b.1.out]]\n");
    check_same_training("recompute: none\n");
}

static struct pt_demand count(struct pt_arena *arena, const struct pt_graph *graph, bool inference)
{
    struct pt_demand demand;
    struct pt_error error;
    struct pt_demand_options options = {.inference = inference};
    assert_status(pt_demand_count(arena, graph, &options, &demand, &error), PT_OK, &error);
    return demand;
}

// The forward pass of all operators of a segment but the last, whose output is kept.
static void recomputation_is_counted_and_saves_memory(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    struct pt_graph *plain = read_graph(""), *again = read_graph("recompute: blocks\n");
    struct pt_demand without = count(arena, plain, false), with = count(arena, again, false);
    // Inner products of b.0: up 2*6*16*40 + 6*40; b.1 and b.2: up, and b.1 down 2*6*40*16 + 6*16.
    int64_t up = 2 * BATCH * 16 * 40 + BATCH * 40, down = 2 * BATCH * 40 * 16 + BATCH * 16;
    assert_int_equal(with.recomputed.matmul_flop, 4 * 2 * BATCH * 16 * 40);
    assert_true(with.recomputed.flop > 3 * up + down);
    assert_int_equal(with.pass[PT_FORWARD].flop, without.pass[PT_FORWARD].flop);
    assert_int_equal(with.pass[PT_BACKWARD].flop,
                     without.pass[PT_BACKWARD].flop + with.recomputed.flop);
    assert_true(with.memory.activation_bytes < without.memory.activation_bytes);

    struct pt_network *network = make_network(again, 3, 2);
    fill_inputs(network, 5);
    forward(network, 0, true);
    backward(network);
    assert_int_equal(pt_network_executed_flop(network),
                     with.pass[PT_FORWARD].flop + with.pass[PT_BACKWARD].flop);
    pt_network_destroy(network);

    struct pt_demand inference = count(arena, again, true);
    struct pt_demand plain_inference = count(arena, plain, true);
    assert_int_equal(inference.memory.activation_bytes, plain_inference.memory.activation_bytes);
    assert_int_equal(inference.step.flop, plain_inference.step.flop);
    pt_graph_destroy(plain);
    pt_graph_destroy(again);
    pt_arena_destroy(arena);
}

static void what_cannot_be_recomputed_is_refused(void **unused)
{
    (void)unused;
    struct pt_graph *graph = read_graph("");
    struct pt_error error;
    pt_graph_recompute(graph, 2, graph->op_count - 1); // the loss
    assert_int_equal(pt_graph_check(graph, &error), PT_BAD_INPUT);
    assert_non_null(strstr(error.message, "is a loss"));
    pt_graph_destroy(graph);

    graph = read_graph("recompute: blocks\n");
    pt_graph_recompute(graph, 1, 2);
    assert_int_equal(pt_graph_check(graph, &error), PT_BAD_INPUT);
    assert_non_null(strstr(error.message, "b.0.norm"));
    pt_graph_destroy(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recomputed_blocks_train_to_the_same_bits),
        cmocka_unit_test(recomputation_is_counted_and_saves_memory),
        cmocka_unit_test(what_cannot_be_recomputed_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
