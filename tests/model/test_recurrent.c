// Recurrent layers in a graph: names and shapes as PyTorch has them, stacks, mistakes.

#include "support.h"

#include "model/recurrent.h"

static struct pt_graph *load(const char *layers, struct pt_error *error, enum pt_status *ret_status)
{
    struct pt_graph *graph = NULL;
    char text[512];
    snprintf(text, sizeof text, "input: {name: x, shape: [7, 3]}\nlayers:\n%s", layers);
    *ret_status = pt_graph_load(test_file(test_folder(), "net.yaml", text), 4, &graph, error);
    return graph;
}

static struct pt_graph *load_good(const char *layers)
{
    struct pt_error error;
    enum pt_status status;
    struct pt_graph *graph = load(layers, &error, &status);
    assert_status(status, PT_OK, &error);
    return graph;
}

static void assert_shape(const struct pt_graph *graph, const char *name, const char *shape)
{
    char text[160];
    pt_tensor tensor = pt_graph_find(graph, name);
    if (tensor == PT_NO_TENSOR)
        print_error("there is no %s\n", name);
    assert_int_not_equal(tensor, PT_NO_TENSOR);
    assert_string_equal(pt_shape_text(&pt_graph_tensor(graph, tensor)->shape, text), shape);
}

static int parameter_tensors(const struct pt_graph *graph)
{
    int count = 0;
    for (pt_tensor i = 0; i < graph->tensor_count; i++)
        count += pt_graph_tensor(graph, i)->role == PT_ROLE_PARAMETER;
    return count;
}

// nn.LSTM(3, 5, num_layers=2, bidirectional=True): 16 tensors,
// 2 (20 (3 + 5) + 40) + 2 (20 (10 + 5) + 40) = 1080 parameters.
static void a_stack_has_the_parameters_of_pytorch(void **unused)
{
    (void)unused;
    struct pt_graph *graph = load_good(
        "  - lstm: {name: rnn, hidden: 5, layers: 2, bidirectional: true, dropout: 0.25}\n");
    assert_int_equal(parameter_tensors(graph), 16);
    assert_int_equal(pt_graph_parameter_count(graph), 1080);
    assert_shape(graph, "rnn.weight_ih_l0", "[20, 3]");
    assert_shape(graph, "rnn.weight_hh_l0", "[20, 5]");
    assert_shape(graph, "rnn.bias_ih_l0", "[20]");
    assert_shape(graph, "rnn.bias_hh_l0_reverse", "[20]");
    assert_shape(graph, "rnn.weight_ih_l1", "[20, 10]");
    assert_shape(graph, "rnn.weight_hh_l1_reverse", "[20, 5]");
    assert_shape(graph, "rnn.l0", "[4, 7, 10]");
    assert_shape(graph, "rnn.dropout0", "[4, 7, 10]");
    assert_shape(graph, "rnn", "[4, 7, 10]");
    assert_int_equal(graph->op_count, 3);
    pt_graph_destroy(graph);
}

static void the_last_states_have_no_time(void **unused)
{
    (void)unused;
    struct pt_graph *graph = load_good("  - gru: {hidden: 5, layers: 3, outputs: last}\n"
                                       "  - linear: {out_features: 2}\n");
    assert_shape(graph, "gru1.l0", "[4, 7, 5]"); // the layers below keep all time steps
    assert_shape(graph, "gru1.l1", "[4, 7, 5]");
    assert_shape(graph, "gru1", "[4, 5]");
    assert_shape(graph, "gru1.weight_ih_l2", "[15, 5]");
    assert_shape(graph, "linear1", "[4, 2]");
    pt_graph_destroy(graph);
}

// Two layers of one scope are what a stack is; without a name the stack is called by its number.
static void layers_one_by_one_are_a_stack(void **unused)
{
    (void)unused;
    struct pt_graph *stack = load_good("  - rnn: {hidden: 5, layers: 2, bias: false}\n");
    struct pt_graph *single =
        load_good("  - rnn: {name: rnn1.l0, scope: rnn1, hidden: 5, bias: false}\n"
                  "  - rnn: {name: rnn1, scope: rnn1, layer: 1, hidden: 5, bias: false}\n");
    assert_int_equal(pt_graph_signature(stack), pt_graph_signature(single));
    assert_int_equal(parameter_tensors(stack), 4);
    pt_graph_destroy(stack);
    pt_graph_destroy(single);
}

static void a_frozen_stack_is_frozen_throughout(void **unused)
{
    (void)unused;
    struct pt_graph *graph = load_good("  - lstm: {hidden: 5, layers: 2, freeze: true}\n");
    assert_int_equal(pt_graph_trained_count(graph), 0);
    assert_true(pt_graph_parameter_count(graph) > 0);
    pt_graph_destroy(graph);
}

static void functions_and_files_give_the_same_graph(void **unused)
{
    (void)unused;
    struct pt_graph *graph, *file = load_good("  - lstm: {hidden: 5, layers: 2, dropout: 0.5}\n"
                                              "  - gru: {hidden: 4, bidirectional: true, bias: "
                                              "false}\n"
                                              "  - rnn: {hidden: 3, activation: relu, outputs: "
                                              "last}\n");
    struct pt_error error;
    assert_status(pt_graph_create("network", &graph, &error), PT_OK, &error);
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 3, (int64_t[]){4, 7, 3});
    x = pt_lstm(graph, x, &(struct pt_recurrent_options){.hidden = 5, .layers = 2, .dropout = 0.5});
    x = pt_gru(
        graph, x,
        &(struct pt_recurrent_options){.hidden = 4, .bidirectional = true, .without_bias = true});
    pt_rnn(graph, x, &(struct pt_recurrent_options){.hidden = 3, .relu = true, .last = true});
    assert_status(pt_graph_check(graph, &error), PT_OK, &error);
    assert_int_equal(pt_graph_signature(graph), pt_graph_signature(file));
    pt_graph_destroy(graph);
    pt_graph_destroy(file);
}

static void expect_error(const char *layers, const char *part)
{
    struct pt_error error = {0};
    enum pt_status status;
    struct pt_graph *graph = load(layers, &error, &status);
    assert_null(graph);
    assert_int_not_equal(status, PT_OK);
    assert_contains(error.message, part);
}

static void mistakes_are_named(void **unused)
{
    (void)unused;
    expect_error("  - lstm\n", "missing key hidden");
    expect_error("  - lstm: {hidden: 0}\n", "hidden");
    expect_error("  - lstm: {hidden: 5, layers: 0}\n", "layers");
    expect_error("  - lstm: {hidden: 5, dropout: 1}\n", "dropout");
    expect_error("  - lstm: {hidden: 5, outputs: first}\n", "first");
    expect_error("  - lstm: {hidden: 5, activation: relu}\n", "activation");
    expect_error("  - rnn: {hidden: 5, activation: gelu}\n", "gelu");
    expect_error("  - flatten\n  - lstm: {hidden: 5}\n", "[batch, time, features]");
    expect_error("  - lstm: {hidden: 1000000000000000}\n", "2^63");
    expect_error("  - lstm: {name: a, hidden: 3}\n"
                 "  - lstm: {hidden: 3, layers: 2, tie: [a.weight_ih_l0]}\n",
                 "a stack of layers cannot be tied");
    expect_error("  - lstm: {name: a, hidden: 3}\n"
                 "  - lstm: {hidden: 4, tie: [a.weight_ih_l0]}\n",
                 "weight_ih_l0");
}

static void functions_report_mistakes(void **unused)
{
    (void)unused;
    const struct pt_recurrent_options wrong[] = {{.hidden = 0},
                                                 {.hidden = 2, .layers = -1},
                                                 {.hidden = 2, .layers = 2, .dropout = 1},
                                                 {.hidden = 2, .layers = 2, .dropout = NAN}};
    const char *const parts[] = {"hidden", "-1 layers", "dropout is 1", "dropout is"};
    for (int i = 0; i < 4; i++) {
        struct pt_graph *graph;
        struct pt_error error;
        assert_status(pt_graph_create("wrong", &graph, &error), PT_OK, &error);
        pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 3, (int64_t[]){4, 7, 3});
        assert_int_equal(pt_lstm(graph, x, &wrong[i]), PT_NO_TENSOR);
        assert_int_equal(pt_gru(graph, x, &(struct pt_recurrent_options){.hidden = 2}),
                         PT_NO_TENSOR); // the first mistake stays
        assert_status(pt_graph_check(graph, &error), PT_BAD_INPUT, &error);
        assert_contains(error.message, parts[i]);
        pt_graph_destroy(graph);
    }
}

// The gates of rows * hidden = 2^57 states take 2^57 * 4 * 4 bytes or more: beyond what can be
// counted, while the output itself is within.
static void gates_that_cannot_be_counted_are_refused(void **unused)
{
    (void)unused;
    struct pt_graph *graph;
    struct pt_error error;
    assert_status(pt_graph_create("large", &graph, &error), PT_OK, &error);
    pt_tensor x =
        pt_input(graph, "x", PT_FLOAT32, 3, (int64_t[]){INT64_C(1) << 25, INT64_C(1) << 14, 1});
    const struct pt_recurrent_options options = {.hidden = INT64_C(1) << 20};
    assert_int_equal(pt_lstm(graph, x, &options), PT_NO_TENSOR);
    assert_status(pt_graph_check(graph, &error), PT_OVERFLOW, &error);
    assert_contains(error.message, "the gates of lstm");
    pt_graph_destroy(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stack_has_the_parameters_of_pytorch),
        cmocka_unit_test(the_last_states_have_no_time),
        cmocka_unit_test(layers_one_by_one_are_a_stack),
        cmocka_unit_test(a_frozen_stack_is_frozen_throughout),
        cmocka_unit_test(functions_and_files_give_the_same_graph),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(functions_report_mistakes),
        cmocka_unit_test(gates_that_cannot_be_counted_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
