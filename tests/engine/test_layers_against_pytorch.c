// Norms, gates, pooling and losses beside PyTorch: outputs, losses, states and gradients within
// 1e-5 of the largest value. The numbers are made by tests/reference/layers.py.

#include "engine_support.h"

#include "model/network_source.h"

#include "../reference/layers.h"

enum { COUNT = sizeof reference_layers / sizeof *reference_layers };

static int64_t size_of(const struct reference_tensor *tensor)
{
    int64_t size = 1;
    for (int i = 0; i < tensor->rank; i++)
        size *= tensor->dims[i];
    return size;
}

static bool is_loss(const struct reference_case *test)
{
    return test->output.values == NULL;
}

// "{name: i0, shape: [3, 4]}" for each input, without the batch.
static void write_inputs(const struct reference_case *test, char *text, size_t size)
{
    char shape[160];
    *text = '\0';
    for (int i = 0; i < test->input_count; i++) {
        struct pt_shape sample = {.rank = test->inputs[i].rank - 1};
        memcpy(sample.dim, test->inputs[i].dims + 1, (size_t)sample.rank * sizeof *sample.dim);
        snprintf(text + strlen(text), size - strlen(text), "%s{name: i%d, shape: %s}",
                 i > 0 ? ", " : "", i, pt_shape_text(&sample, shape));
    }
}

// The inputs, the layer and what is behind it, and a mean square; or the loss. Gradients of all
// inputs are wanted.
static struct pt_graph *build(const struct reference_case *test, const char *behind)
{
    char text[1024], inputs[512];
    struct pt_arena *arena = pt_arena_create();
    const struct pt_node *node;
    struct pt_graph *graph;
    struct pt_error error;

    write_inputs(test, inputs, sizeof inputs);
    snprintf(text, sizeof text,
             is_loss(test) ? "{inputs: [%s], layers: [scale: {factor: 1}], loss: %s%s}"
                           : "{inputs: [%s], layers: [%s%s]}",
             inputs, test->layer, behind);
    assert_status(pt_yaml_parse(arena, text, strlen(text), test->layer, &node, &error), PT_OK,
                  &error);
    assert_status(pt_network_from_node(node, test->inputs[0].dims[0], &graph, &error), PT_OK,
                  &error);
    pt_arena_destroy(arena);
    for (int i = 0; i < test->input_count; i++)
        pt_graph_require_gradient(graph, i);
    if (!is_loss(test)) {
        pt_tensor y = graph->ops[graph->op_count - 1].outputs[0];
        pt_graph_keep(graph, y);
        pt_mse(graph, y,
               pt_input(graph, "target", PT_FLOAT32, test->output.rank, test->output.dims));
    }
    assert_status(pt_graph_check(graph, &error), PT_OK, &error);
    return graph;
}

static void fill(struct pt_network *network, pt_tensor tensor, const void *values, int64_t count)
{
    const struct pt_graph *graph = pt_network_graph(network);
    assert_int_equal(pt_graph_tensor_size(graph, tensor), count);
    void *place = graph->tensors[tensor].dtype == PT_INT32
                      ? (void *)pt_network_values_int32(network, tensor)
                      : (void *)pt_network_values(network, tensor);
    assert_non_null(place);
    memcpy(place, values, (size_t)count * sizeof(float));
}

static void fill_all(struct pt_network *network, const struct reference_case *test)
{
    const struct pt_graph *graph = pt_network_graph(network);
    const struct pt_op *op = &graph->ops[0];
    pt_tensor target = pt_graph_find(graph, "target");
    assert_int_equal(is_loss(test) ? 0 : op->parameter_count,
                     test->parameter_count + test->state_count);
    for (int i = 0; i < test->input_count; i++)
        fill(network, i, test->inputs[i].values, size_of(&test->inputs[i]));
    for (int i = 0; i < test->parameter_count; i++)
        fill(network, op->parameters[i], test->parameters[i].values, size_of(&test->parameters[i]));
    for (int i = 0; i < test->state_count; i++)
        fill(network, op->parameters[test->parameter_count + i], test->before[i],
             size_of(&test->parameters[0]));
    fill(network, target,
         test->class_target != NULL ? (const void *)test->class_target : test->target,
         pt_graph_tensor_size(graph, target));
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

static void check_all(struct pt_network *network, const struct reference_case *test)
{
    const struct pt_op *op = &pt_network_graph(network)->ops[0];
    for (int i = 0; i < test->input_count; i++)
        check(pt_network_gradient(network, i), test->inputs[i].gradient, size_of(&test->inputs[i]),
              test->layer, "the gradient of an input");
    for (int i = 0; i < test->parameter_count; i++)
        check(pt_network_gradient(network, op->parameters[i]), test->parameters[i].gradient,
              size_of(&test->parameters[i]), test->layer, "the gradient of a parameter");
    for (int i = 0; i < test->state_count; i++)
        check(pt_network_values(network, op->parameters[test->parameter_count + i]), test->after[i],
              size_of(&test->parameters[0]), test->layer, "a state");
}

static void run(const struct reference_case *test, int threads)
{
    struct pt_graph *graph = build(test, "");
    struct pt_network *network = make_network(graph, 7, threads);
    for (int repeat = 0; repeat < 2; repeat++) { // gradients are overwritten
        fill_all(network, test);
        pt_network_zero_gradients(network);
        forward(network, 0, !test->evaluates);
        if (!is_loss(test))
            check(pt_network_values(network, graph->ops[0].outputs[0]), test->output.values,
                  size_of(&test->output), test->layer, "the output");
        float loss = (float)pt_network_loss(network), expected = (float)test->loss;
        check(&loss, &expected, 1, test->layer, "the loss");
        backward(network);
        check_all(network, test);
    }
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

static void layers_equal_pytorch(void **unused)
{
    (void)unused;
    for (int i = 0; i < COUNT; i++)
        for (int threads = 1; threads <= 2; threads++)
            run(&reference_layers[i], threads);
}

// batch_norm and add do the relu behind them in the same loop; it is counted like one of its own.
static void check_fused(const struct reference_case *test)
{
    struct pt_graph *graph = build(test, ", relu");
    struct pt_network *network = make_network(graph, 7, 2);
    struct pt_arena *arena = pt_arena_create();
    struct pt_demand demand;
    struct pt_error error;
    int64_t count = size_of(&test->output);
    float *expected = malloc((size_t)count * sizeof *expected);
    fill_all(network, test);
    forward(network, 0, true);
    for (int64_t k = 0; k < count; k++)
        expected[k] = test->output.values[k] > 0 ? test->output.values[k] : 0;
    check(pt_network_values(network, graph->ops[1].outputs[0]), expected, count, test->layer,
          "the output behind relu");
    assert_status(pt_demand_count(arena, graph, &(struct pt_demand_options){0}, &demand, &error),
                  PT_OK, &error);
    assert_int_equal(pt_network_executed_flop(network), demand.pass[PT_FORWARD].flop);
    free(expected);
    pt_arena_destroy(arena);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

static void a_relu_behind_them_is_fused(void **unused)
{
    (void)unused;
    int fused = 0;
    for (int i = 0; i < COUNT; i++) {
        const struct reference_case *test = &reference_layers[i];
        if (is_loss(test) || test->evaluates ||
            (strncmp(test->layer, "batch_norm", 10) != 0 && strncmp(test->layer, "add", 3) != 0))
            continue;
        check_fused(test);
        fused++;
    }
    assert_true(fused >= 8);
}

// Those that test_against_pytorch.c leaves to this file.
static void every_one_has_a_case(void **unused)
{
    (void)unused;
    static const char *const names[] = {"silu",       "quick_gelu",    "leaky_relu",
                                        "elu",        "softplus",      "scale",
                                        "add",        "multiply",      "swiglu",
                                        "geglu",      "layer_norm",    "rms_norm",
                                        "batch_norm", "group_norm",    "max_pool2d",
                                        "avg_pool2d", "max_pool1d",    "avg_pool1d",
                                        "concat",     "slice",         "select",
                                        "reshape",    "prepend_token", "global_avg_pool",
                                        "smooth_l1",  "gelu",          "binary_cross_entropy"};
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        bool found = false;
        for (int i = 0; i < COUNT; i++)
            found = found || strstr(reference_layers[i].layer, names[n]) != NULL;
        if (!found)
            fail_msg("no case for %s in tests/reference/layers.py", names[n]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_equal_pytorch),
        cmocka_unit_test(a_relu_behind_them_is_fused),
        cmocka_unit_test(every_one_has_a_case),
    };
    return cmocka_run_group_tests_name("against PyTorch " PT_TEST_REFERENCE_LAYERS_H_TORCH, tests,
                                       NULL, NULL);
}
