// The head with its loss in one is a linear layer and cross_entropy; only the memory differs. And
// what it, and embeddings, say to bad input.

#include "engine_support.h"

#include "model/network_source.h"

static struct pt_graph *graph_of(const char *text, int64_t batch)
{
    struct pt_arena *arena = pt_arena_create();
    const struct pt_node *node;
    struct pt_graph *graph;
    struct pt_error error;
    assert_status(pt_yaml_parse(arena, text, strlen(text), "test", &node, &error), PT_OK, &error);
    assert_status(pt_network_from_node(node, batch, &graph, &error), PT_OK, &error);
    pt_arena_destroy(arena);
    return graph;
}

static void assert_close_floats(const float *a, const float *b, int64_t count, double tolerance)
{
    double largest = 0;
    for (int64_t i = 0; i < count; i++)
        largest = fmax(largest, fabs((double)b[i]));
    assert_true(largest > 0);
    for (int64_t i = 0; i < count; i++)
        assert_near(a[i], b[i], tolerance * largest);
}

static void step(struct pt_network *network)
{
    pt_network_zero_gradients(network);
    forward(network, 0, true);
    backward(network);
}

// 300 rows are two chunks. Names and seeds are the same, so weights are too.
static void compare(const char *fused_text, const char *apart_text, enum pt_precision precision)
{
    struct pt_graph *graphs[2] = {graph_of(fused_text, 3), graph_of(apart_text, 3)};
    struct pt_network *networks[2];
    struct pt_error error;
    for (int i = 0; i < 2; i++) {
        pt_graph_require_gradient(graphs[i], pt_graph_find(graphs[i], "x"));
        struct pt_network_options options = {
            .struct_size = sizeof options, .seed = 3, .threads = 2, .precision = precision};
        assert_status(pt_network_create(graphs[i], &options, &networks[i], &error), PT_OK, &error);
    }
    static const char *const names[] = {"x", "head.weight", "head.bias"};
    for (int i = 0; i < 2; i++) {
        const struct pt_graph *graph = graphs[i];
        fill_random(pt_network_values(networks[i], pt_graph_find(graph, "x")), 3 * 100 * 7, 1);
        for (int k = 1; k < 3; k++)
            fill_random(pt_network_values(networks[i], pt_graph_find(graph, names[k])),
                        pt_graph_tensor_size(graph, pt_graph_find(graph, names[k])), (uint64_t)k);
        fill_classes(pt_network_values_int32(networks[i], pt_graph_find(graph, "target")), 300, 70,
                     5);
        pt_network_values_int32(networks[i], pt_graph_find(graph, "target"))[17] = -100;
        step(networks[i]);
        step(networks[i]); // gradients are overwritten
    }
    double tolerance = precision == PT_PRECISION_FP32 ? 1e-5 : 1e-2;
    assert_near(pt_network_loss(networks[0]), pt_network_loss(networks[1]),
                tolerance * pt_network_loss(networks[1]));
    for (int k = 0; k < 3; k++)
        assert_close_floats(pt_network_gradient(networks[0], pt_graph_find(graphs[0], names[k])),
                            pt_network_gradient(networks[1], pt_graph_find(graphs[1], names[k])),
                            pt_graph_tensor_size(graphs[0], pt_graph_find(graphs[0], names[k])),
                            tolerance);
    for (int i = 0; i < 2; i++) {
        pt_network_destroy(networks[i]);
        pt_graph_destroy(graphs[i]);
    }
}

#define INPUT "{input: {name: x, shape: [100, 7]}, layers: ["

static void it_is_a_linear_layer_and_cross_entropy(void **unused)
{
    (void)unused;
    compare(INPUT "scale: {factor: 1}], loss: {linear_cross_entropy: {name: head, out_features: "
                  "70}}}",
            INPUT "linear: {name: head, out_features: 70}], loss: cross_entropy}",
            PT_PRECISION_FP32);
    compare(INPUT "scale: {factor: 1}], loss: {linear_cross_entropy: {name: head, out_features: "
                  "70, label_smoothing: 0.3}}}",
            INPUT "linear: {name: head, out_features: 70}], loss: {cross_entropy: "
                  "{label_smoothing: 0.3}}}",
            PT_PRECISION_FP32);
    compare(INPUT "scale: {factor: 1}], loss: {linear_cross_entropy: {name: head, out_features: "
                  "70}}}",
            INPUT "linear: {name: head, out_features: 70}], loss: cross_entropy}",
            PT_PRECISION_BF16);
}

// Evaluation computes the loss only; what it executes is what is counted for inference.
static void evaluation_makes_no_gradients(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    struct pt_graph *graph =
        graph_of(INPUT "tanh], loss: {linear_cross_entropy: {out_features: 5, z_loss: 0.1}}}", 2);
    struct pt_network *network = make_network(graph, 3, 2);
    struct pt_demand demand;
    struct pt_error error;
    fill_inputs(network, 5);
    step(network);
    pt_tensor weight = pt_graph_find(graph, "linear_cross_entropy1.weight");
    float before[35];
    memcpy(before, pt_network_gradient(network, weight), sizeof before);
    double loss = pt_network_loss(network);
    int64_t executed = pt_network_executed_flop(network);
    forward(network, 0, false);
    assert_true(pt_network_loss(network) == loss);
    assert_same_floats(pt_network_gradient(network, weight), before, 35);
    struct pt_demand_options options = {.inference = true};
    assert_status(pt_demand_count(arena, graph, &options, &demand, &error), PT_OK, &error);
    assert_int_equal(pt_network_executed_flop(network) - executed, demand.pass[PT_FORWARD].flop);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
    pt_arena_destroy(arena);
}

#define TIED                                                                                       \
    "{input: {name: tokens, shape: [5], type: int32}, layers: [embedding: {name: e, vocabulary: "  \
    "9, width: 6}, position_embedding: {positions: 8}], loss: {linear_cross_entropy: "             \
    "{out_features: 9, bias: false, tie: e.weight}}}"

// The table of an embedding that is also the head's weight has one gradient: the sum of both.
static void a_tied_head_and_its_embedding_are_counted(void **unused)
{
    (void)unused;
    enum { BATCHES = 3 };
    struct pt_arena *arena = pt_arena_create();
    struct pt_graph *graph = graph_of(TIED, 2);
    struct pt_network *network = make_network(graph, 3, 2);
    struct pt_optimizer_options update = {.struct_size = sizeof update, .kind = PT_ADAMW};
    struct pt_optimizer *optimizer = make_optimizer(network, update);
    struct pt_demand demand;
    struct pt_error error;
    struct pt_demand_options options = {.update = &update, .accumulate = BATCHES};
    assert_status(pt_demand_count(arena, graph, &options, &demand, &error), PT_OK, &error);
    assert_int_equal(demand.trained_count, 9 * 6 + 8 * 6);
    fill_inputs(network, 9);
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

static void assert_refused(struct pt_network *network, const char *message)
{
    struct pt_error error;
    assert_int_equal(pt_network_forward(network, 0, true, &error), PT_BAD_INPUT);
    if (strstr(error.message, message) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error.message, message);
}

static void tokens_and_classes_beyond_the_table_are_refused(void **unused)
{
    (void)unused;
    struct pt_graph *graph = graph_of(TIED, 2);
    struct pt_network *network = make_network(graph, 3, 1);
    fill_inputs(network, 9);
    int32_t *tokens = pt_network_values_int32(network, pt_graph_find(graph, "tokens"));
    int32_t *target = pt_network_values_int32(network, pt_graph_find(graph, "target"));
    tokens[7] = 9;
    assert_refused(network, "e: token 9 at place 7 is not from 0 to 8");
    tokens[7] = -1;
    assert_refused(network, "token -1");
    tokens[7] = 8;
    target[3] = 9;
    assert_refused(network, "class 9 of row 3 is neither from 0 to 8 nor ignore_index, -100");
    target[3] = -99;
    assert_refused(network, "class -99");
    target[3] = -100;
    pt_network_zero_gradients(network);
    forward(network, 0, true);
    for (int i = 0; i < 10; i++)
        target[i] = -100;
    assert_refused(network, "all 10 targets are ignore_index, -100");
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

// Its gradients are made before anybody could say that they are not wanted.
static void it_must_be_the_loss(void **unused)
{
    (void)unused;
    struct pt_graph *graph =
        graph_of(INPUT "tanh], loss: {linear_cross_entropy: {out_features: 5}}}", 1);
    struct pt_error error;
    pt_tensor x = pt_graph_find(graph, "tanh1");
    pt_mse(graph, x, pt_input(graph, "wanted", PT_FLOAT32, 3, (int64_t[]){1, 100, 7}));
    assert_status(pt_graph_check(graph, &error), PT_OK, &error);
    struct pt_network *network = make_network(graph, 3, 1);
    fill_inputs(network, 5);
    assert_int_equal(pt_network_forward(network, 0, true, &error), PT_UNSUPPORTED);
    assert_non_null(strstr(error.message, "must be the loss"));
    forward(network, 0, false);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_a_linear_layer_and_cross_entropy),
        cmocka_unit_test(evaluation_makes_no_gradients),
        cmocka_unit_test(a_tied_head_and_its_embedding_are_counted),
        cmocka_unit_test(tokens_and_classes_beyond_the_table_are_refused),
        cmocka_unit_test(it_must_be_the_loss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
