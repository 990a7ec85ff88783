// Convolutions beside PyTorch: outputs and gradients within 1e-5 of the largest value. The numbers
// are made by tests/reference/conv.py, which brings channels to the end.

#include "engine_support.h"

#include "model/network_source.h"

#include "../reference/conv.h"

enum { COUNT = sizeof reference_convolutions / sizeof *reference_convolutions };

static int64_t size_of(const struct reference_tensor *tensor)
{
    int64_t size = 1;
    for (int i = 0; i < tensor->rank; i++)
        size *= tensor->dims[i];
    return size;
}

// x, the layer and what is behind it, and a mean square; a gradient of x is wanted.
static struct pt_graph *build(const struct reference_layer *test, const char *behind)
{
    char text[512], shape[160];
    struct pt_shape sample = {.rank = test->x.rank - 1};
    struct pt_arena *arena = pt_arena_create();
    const struct pt_node *node;
    struct pt_graph *graph;
    struct pt_error error;

    memcpy(sample.dim, test->x.dims + 1, (size_t)sample.rank * sizeof *sample.dim);
    snprintf(text, sizeof text, "{input: {shape: %s}, layers: [%s%s]}",
             pt_shape_text(&sample, shape), test->layer, behind);
    assert_status(pt_yaml_parse(arena, text, strlen(text), test->layer, &node, &error), PT_OK,
                  &error);
    assert_status(pt_network_from_node(node, test->x.dims[0], &graph, &error), PT_OK, &error);
    pt_arena_destroy(arena);
    pt_tensor y = graph->ops[graph->op_count - 1].outputs[0];
    pt_graph_require_gradient(graph, graph->ops[0].inputs[0]);
    pt_graph_keep(graph, y);
    pt_mse(graph, y, pt_input(graph, "wanted", PT_FLOAT32, test->output.rank, test->output.dims));
    assert_status(pt_graph_check(graph, &error), PT_OK, &error);
    return graph;
}

static void fill(struct pt_network *network, pt_tensor tensor, const float *values, int64_t count)
{
    assert_int_equal(pt_graph_tensor_size(pt_network_graph(network), tensor), count);
    memcpy(pt_network_values(network, tensor), values, (size_t)count * sizeof *values);
}

static void check(const float *actual, const float *expected, int64_t count, const char *layer,
                  const char *what)
{
    double largest = 0, error = 0;
    assert_non_null(actual);
    for (int64_t i = 0; i < count; i++) {
        largest = fmax(largest, fabs((double)expected[i]));
        double distance = fabs((double)actual[i] - (double)expected[i]);
        error = distance <= error ? error : distance; // takes a NAN over
    }
    if (!(error <= 1e-5 * largest)) {
        print_error("%s: %s is wrong by %g, the largest is %g\n", layer, what, error, largest);
        fail();
    }
}

static void run(const struct reference_layer *test, int threads)
{
    struct pt_graph *graph = build(test, "");
    const struct pt_op *op = &graph->ops[0];
    struct pt_network *network = make_network(graph, 7, threads);

    assert_int_equal(op->parameter_count, test->parameter_count);
    fill(network, op->inputs[0], test->x.values, size_of(&test->x));
    fill(network, pt_graph_find(graph, "wanted"), test->target, size_of(&test->output));
    for (int i = 0; i < op->parameter_count; i++)
        fill(network, op->parameters[i], test->parameters[i].values, size_of(&test->parameters[i]));
    for (int repeat = 0; repeat < 2; repeat++) { // gradients are overwritten
        pt_network_zero_gradients(network);
        forward(network, 0, true);
        check(pt_network_values(network, op->outputs[0]), test->output.values,
              size_of(&test->output), test->layer, "the output");
        backward(network);
        check(pt_network_gradient(network, op->inputs[0]), test->x.gradient, size_of(&test->x),
              test->layer, "the gradient of x");
        for (int i = 0; i < op->parameter_count; i++)
            check(pt_network_gradient(network, op->parameters[i]), test->parameters[i].gradient,
                  size_of(&test->parameters[i]), test->layer,
                  i == 0 ? "the gradient of the weight" : "the gradient of the bias");
    }
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

static void convolutions_equal_pytorch(void **unused)
{
    (void)unused;
    for (int i = 0; i < COUNT; i++)
        for (int threads = 1; threads <= 2; threads++)
            run(&reference_convolutions[i], threads);
}

// The relu is done by the convolution, in its registers, and both are counted.
static void a_relu_behind_a_convolution_is_fused(void **unused)
{
    (void)unused;
    for (int i = 0; i < COUNT; i++) {
        const struct reference_layer *test = &reference_convolutions[i];
        struct pt_graph *graph = build(test, ", relu");
        const struct pt_op *op = &graph->ops[0];
        struct pt_network *network = make_network(graph, 7, 2);
        struct pt_demand demand;
        struct pt_error error;
        struct pt_demand_options options = {0};
        struct pt_arena *arena = pt_arena_create();
        int64_t count = size_of(&test->output);
        float *expected = malloc((size_t)count * sizeof *expected);
        fill(network, op->inputs[0], test->x.values, size_of(&test->x));
        fill(network, pt_graph_find(graph, "wanted"), test->target, count);
        for (int k = 0; k < op->parameter_count; k++)
            fill(network, op->parameters[k], test->parameters[k].values,
                 size_of(&test->parameters[k]));
        forward(network, 0, true);
        for (int64_t k = 0; k < count; k++)
            expected[k] = test->output.values[k] > 0 ? test->output.values[k] : 0;
        check(pt_network_values(network, graph->ops[1].outputs[0]), expected, count, test->layer,
              "the output behind relu");
        assert_status(pt_demand_count(arena, graph, &options, &demand, &error), PT_OK, &error);
        assert_int_equal(pt_network_executed_flop(network), demand.pass[PT_FORWARD].flop);
        free(expected);
        pt_arena_destroy(arena);
        pt_network_destroy(network);
        pt_graph_destroy(graph);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(convolutions_equal_pytorch),
        cmocka_unit_test(a_relu_behind_a_convolution_is_fused),
    };
    return cmocka_run_group_tests_name("against PyTorch " PT_TEST_REFERENCE_CONV_H_TORCH, tests,
                                       NULL, NULL);
}
