// Convolutions in a graph: sizes as in Dumoulin and Visin's guide, parameters, mistakes.

#include "support.h"

#include "model/conv.h"
#include "model/network_source.h"

// A network of one layer on images (or sequences) of this shape; *ret_status as reading it went.
static struct pt_graph *graph_of(const char *shape, const char *layer, enum pt_status *ret_status,
                                 struct pt_error *error)
{
    char text[512];
    struct pt_arena *arena = pt_arena_create();
    const struct pt_node *node;
    struct pt_graph *graph = NULL;
    snprintf(text, sizeof text, "{input: {name: x, shape: %s}, layers: [%s]}", shape, layer);
    assert_status(pt_yaml_parse(arena, text, strlen(text), "net.yaml", &node, error), PT_OK, error);
    *ret_status = pt_network_from_node(node, 2, &graph, error);
    pt_arena_destroy(arena);
    return graph;
}

struct size_case {
    const char *shape, *layer, *output, *weight, *file_weight;
};

// Numbers of the guide are named; the others by (in + 2 p - d (k - 1) - 1) / s + 1.
static void sizes_are_those_of_the_guide(void **unused)
{
    static const struct size_case cases[] = {
        // figures 2.1 to 2.6
        {"[4, 4, 1]", "conv2d: {out_channels: 1, kernel: 3}", "[2, 2, 2, 1]", "[1, 3, 3, 1]",
         "[1, 1, 3, 3]"},
        {"[5, 5, 2]", "conv2d: {out_channels: 3, kernel: 4, padding: 2}", "[2, 6, 6, 3]",
         "[3, 4, 4, 2]", "[3, 2, 4, 4]"},
        {"[5, 5, 2]", "conv2d: {out_channels: 3, kernel: 3, padding: same}", "[2, 5, 5, 3]",
         "[3, 3, 3, 2]", "[3, 2, 3, 3]"},
        {"[5, 5, 2]", "conv2d: {out_channels: 3, kernel: 3, padding: 2}", "[2, 7, 7, 3]",
         "[3, 3, 3, 2]", "[3, 2, 3, 3]"},
        {"[5, 5, 2]", "conv2d: {out_channels: 3, kernel: 3, stride: 2}", "[2, 2, 2, 3]",
         "[3, 3, 3, 2]", "[3, 2, 3, 3]"},
        {"[6, 6, 2]", "conv2d: {out_channels: 3, kernel: 3, stride: 2, padding: 1}", "[2, 3, 3, 3]",
         "[3, 3, 3, 2]", "[3, 2, 3, 3]"},
        // an image without channels has one
        {"[28, 28]", "conv2d: {out_channels: 6, kernel: [5, 3], padding: [2, 0]}", "[2, 28, 26, 6]",
         "[6, 5, 3, 1]", "[6, 1, 5, 3]"},
        {"[7, 7, 4]", "conv2d: {out_channels: 8, kernel: 3, dilation: 2, groups: 4}",
         "[2, 3, 3, 8]", "[8, 3, 3, 1]", "[8, 1, 3, 3]"},
        {"[10, 3]", "conv1d: {out_channels: 4, kernel: 5, stride: 2}", "[2, 3, 4]", "[4, 5, 3]",
         "[4, 3, 5]"},
        {"[10, 3]", "conv1d: {out_channels: 4, kernel: 4, dilation: 3, padding: same}",
         "[2, 10, 4]", "[4, 4, 3]", "[4, 3, 4]"},
        // figures 4.1 and 4.6: (in - 1) s - 2 p + k, and one more by output_padding
        {"[2, 2, 3]", "conv_transpose2d: {out_channels: 4, kernel: 3}", "[2, 4, 4, 4]",
         "[3, 3, 3, 4]", "[3, 4, 3, 3]"},
        {"[3, 3, 4]",
         "conv_transpose2d: {out_channels: 2, kernel: 3, stride: 2, padding: 1, output_padding: 1, "
         "groups: 2}",
         "[2, 6, 6, 2]", "[4, 3, 3, 1]", "[4, 1, 3, 3]"},
    };
    char text[160];
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct size_case *test = &cases[i];
        struct pt_error error;
        enum pt_status status;
        struct pt_graph *graph = graph_of(test->shape, test->layer, &status, &error);
        assert_status(status, PT_OK, &error);
        const struct pt_op *op = &graph->ops[0];
        const struct pt_tensor_info *weight = pt_graph_tensor(graph, op->parameters[0]);
        struct pt_shape in_file = pt_tensor_file_shape(weight);
        assert_string_equal(pt_shape_text(&pt_graph_tensor(graph, op->outputs[0])->shape, text),
                            test->output);
        assert_string_equal(pt_shape_text(&weight->shape, text), test->weight);
        assert_string_equal(pt_shape_text(&in_file, text), test->file_weight);
        pt_graph_destroy(graph);
    }
}

// Uniform within 1 / sqrt(channels of a group * kernel): 1 / sqrt(2 * 9) here.
static void parameters_start_as_in_pytorch(void **unused)
{
    struct pt_error error;
    enum pt_status status;
    (void)unused;
    struct pt_graph *graph =
        graph_of("[5, 5, 4]", "conv2d: {out_channels: 6, kernel: 3, groups: 2}", &status, &error);
    assert_status(status, PT_OK, &error);
    const struct pt_op *op = &graph->ops[0];
    assert_int_equal(op->parameter_count, 2);
    for (int i = 0; i < 2; i++) {
        const struct pt_tensor_info *info = pt_graph_tensor(graph, op->parameters[i]);
        assert_int_equal(info->init, PT_INIT_UNIFORM);
        assert_near(info->init_scale, 0.23570226, 1e-8);
    }
    assert_int_equal(pt_graph_parameter_count(graph), 6 * 9 * 2 + 6);
    pt_graph_destroy(graph);
}

struct mistake {
    const char *shape, *layer, *message;
};

static void mistakes_name_the_thing_and_the_value(void **unused)
{
    static const struct mistake mistakes[] = {
        {"[5, 5, 4]", "conv2d: {out_channels: 6}", "missing key kernel"},
        {"[5, 5, 4]", "conv2d: {kernel: 3}", "missing key out_channels"},
        {"[5, 5, 4]", "conv2d: {out_channels: 6, kernel: 0}", "from 1 to"},
        {"[5, 5, 4]", "conv2d: {out_channels: 6, kernel: 3, stride: [1, 0]}", "from 1 to"},
        {"[5, 5, 4]", "conv2d: {out_channels: 6, kernel: 3, padding: -1}", "from 0 to"},
        {"[5, 5, 4]", "conv2d: {out_channels: 6, kernel: 3, padding: sane}", "did you mean"},
        {"[5, 5, 4]", "conv2d: {out_channels: 6, kernel: 3, groups: 3}", "3 groups do not divide"},
        {"[5, 5, 6]", "conv2d: {out_channels: 4, kernel: 3, groups: 3}", "3 groups do not divide"},
        {"[5, 5, 4]", "conv2d: {out_channels: 6, kernel: 3, stride: 2, padding: same}",
         "padding same needs stride 1, not 2"},
        {"[5, 4, 4]", "conv2d: {out_channels: 6, kernel: 5}", "a width of 4 leaves nothing"},
        {"[4, 5, 4]", "conv2d: {out_channels: 6, kernel: 3, dilation: 2}",
         "a height of 4 leaves nothing"},
        {"[5]", "conv2d: {out_channels: 6, kernel: 3}", "takes [batch, height, width, channels]"},
        {"[5, 5, 3]", "conv1d: {out_channels: 6, kernel: 3}", "takes [batch, length, channels]"},
        {"[2, 2, 3]",
         "conv_transpose2d: {out_channels: 4, kernel: 3, stride: 2, output_padding: 2}",
         "output_padding 2 must be below stride 2"},
        {"[1, 1, 3]", "conv_transpose2d: {out_channels: 4, kernel: 1, padding: 1}",
         "leaves nothing"},
        {"[1000000000000, 1000000, 1]",
         "conv_transpose2d: {out_channels: 4, kernel: 3, stride: 1000000}", ""},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct pt_error error;
        enum pt_status status;
        struct pt_graph *graph = graph_of(mistakes[i].shape, mistakes[i].layer, &status, &error);
        assert_int_not_equal(status, PT_OK);
        assert_null(graph);
        assert_contains(error.message, mistakes[i].message);
    }
}

// What is left 0 is what is usual; a second number that is left 0 is the first.
static void builders_fill_in_what_is_usual(void **unused)
{
    struct pt_graph *graph;
    struct pt_error error;
    char text[160];
    (void)unused;
    assert_status(pt_graph_create("net", &graph, &error), PT_OK, &error);
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 4, (int64_t[]){2, 9, 9, 3});
    x = pt_conv2d(graph, x, &(struct pt_conv_options){.out_channels = 4, .kernel = {3}});
    assert_string_equal(pt_shape_text(&pt_graph_tensor(graph, x)->shape, text), "[2, 7, 7, 4]");
    x = pt_conv2d(graph, x,
                  &(struct pt_conv_options){.out_channels = 4,
                                            .kernel = {3, 1},
                                            .stride = {2},
                                            .padding = {PT_PADDING_SAME + 2, 0},
                                            .groups = 4,
                                            .without_bias = true});
    assert_int_equal(pt_graph_tensor(graph, x)->shape.dim[1], 4); // (7 + 2 - 3) / 2 + 1
    assert_int_equal(pt_graph_tensor(graph, x)->shape.dim[2], 5); // (7 + 2 - 1) / 2 + 1
    assert_int_equal(graph->ops[1].parameter_count, 1);
    x = pt_conv_transpose2d(
        graph, x,
        &(struct pt_conv_options){
            .out_channels = 2, .kernel = {2}, .stride = {2}, .output_padding = {1}});
    assert_string_equal(pt_shape_text(&pt_graph_tensor(graph, x)->shape, text), "[2, 9, 11, 2]");
    pt_tensor series = pt_input(graph, "series", PT_FLOAT32, 3, (int64_t[]){2, 8, 3});
    series = pt_conv1d(
        graph, series,
        &(struct pt_conv_options){.out_channels = 5, .kernel = {3}, .padding = {PT_PADDING_SAME}});
    assert_string_equal(pt_shape_text(&pt_graph_tensor(graph, series)->shape, text), "[2, 8, 5]");
    assert_status(pt_graph_check(graph, &error), PT_OK, &error);
    pt_graph_destroy(graph);
}

// conv_transpose2d is the adjoint: its geometry is that of the convolution the other way.
static void a_transposed_convolution_is_the_adjoint(void **unused)
{
    struct pt_error error;
    enum pt_status status;
    (void)unused;
    struct pt_graph *graph = graph_of(
        "[3, 4, 6]", "conv_transpose2d: {out_channels: 8, kernel: [3, 2], stride: 2, groups: 2}",
        &status, &error);
    assert_status(status, PT_OK, &error);
    struct pt_conv conv = pt_conv_of(graph, &graph->ops[0]);
    assert_true(conv.transposed);
    assert_int_equal(conv.y_size[0], 3);
    assert_int_equal(conv.y_size[1], 4);
    assert_int_equal(conv.x_size[0], 7); // (3 - 1) 2 + 3
    assert_int_equal(conv.x_size[1], 8); // (4 - 1) 2 + 2
    assert_int_equal(conv.x_channels, 8);
    assert_int_equal(conv.y_channels, 6);
    assert_int_equal(pt_conv_columns(&conv), 3 * 2 * 4);
    assert_int_equal(pt_conv_positions(&conv), 2 * 3 * 4);
    pt_graph_destroy(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_those_of_the_guide),
        cmocka_unit_test(parameters_start_as_in_pytorch),
        cmocka_unit_test(mistakes_name_the_thing_and_the_value),
        cmocka_unit_test(builders_fill_in_what_is_usual),
        cmocka_unit_test(a_transposed_convolution_is_the_adjoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
