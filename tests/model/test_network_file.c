// Networks from YAML: the right ones, and errors that point at the line.

#include "support.h"

#include "model/graph.h"

static enum pt_status load(const char *yaml, struct pt_graph **ret_graph, struct pt_error *error)
{
    const char *path = test_file(test_folder(), "net.yaml", yaml);
    return pt_graph_load(path, 16, ret_graph, error);
}

static const char good[] = "name: tiny\n"
                           "input: {name: pixels, shape: [4, 5]}\n"
                           "layers:\n"
                           "  - flatten\n"
                           "  - linear: {name: fc1, out_features: 8, bias: false}\n"
                           "  - layer_norm\n"
                           "  - gelu:\n"
                           "  - dropout: {probability: 0.1}\n"
                           "  - linear: {name: fc2, out_features: 3}\n"
                           "loss: cross_entropy\n";

// 20*8 + (8 + 8) + 8*3 + 3 = 203.
static void a_layer_file_becomes_a_graph(void **unused)
{
    (void)unused;
    struct pt_graph *graph;
    struct pt_error error;
    assert_status(load(good, &graph, &error), PT_OK, &error);
    assert_string_equal(graph->name, "tiny");
    assert_int_equal(pt_graph_parameter_count(graph), 203);
    assert_int_equal(pt_graph_find(graph, "fc1.bias"), PT_NO_TENSOR);
    assert_int_equal(pt_graph_tensor(graph, pt_graph_find(graph, "target"))->dtype, PT_INT32);
    assert_int_not_equal(graph->loss, PT_NO_TENSOR);
    pt_graph_destroy(graph);
}

static void a_layer_may_take_an_earlier_one(void **unused)
{
    (void)unused;
    struct pt_graph *graph;
    struct pt_error error;
    assert_status(load("input: {name: x, shape: [6]}\n"
                       "layers:\n"
                       "  - linear: {name: a, out_features: 5}\n"
                       "  - linear: {name: b, out_features: 4, from: x}\n",
                       &graph, &error),
                  PT_OK, &error);
    assert_int_equal(pt_graph_tensor_size(graph, pt_graph_find(graph, "b.weight")), 24);
    assert_int_equal(graph->loss, PT_NO_TENSOR);
    pt_graph_destroy(graph);
}

static void expect_error(const char *yaml, const char *place, const char *part)
{
    struct pt_graph *graph = NULL;
    struct pt_error error = {0};
    assert_status(load(yaml, &graph, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, place);
    assert_contains(error.message, part);
}

#define HEAD "input: {name: x, shape: [6]}\nlayers:\n"

static void errors_point_at_the_line(void **unused)
{
    (void)unused;
    expect_error(HEAD "  - liner: {out_features: 5}\n", "net.yaml:3:", "did you mean linear?");
    expect_error(HEAD "  - convolve\n", "net.yaml:3:", "known are linear, ");
    expect_error(HEAD "  - linear\n", "net.yaml:3:", "missing key out_features");
    expect_error(HEAD "  - linear: {out_feature: 5}\n", "net.yaml:3:", "out_features");
    expect_error(HEAD "  - linear: {out_features: many}\n", "net.yaml:3:", "many");
    expect_error(HEAD "  - linear: {out_features: 0}\n", "net.yaml:3:", "0");
    expect_error(HEAD "  - linear: {out_features: 5, from: y}\n", "net.yaml:3:", "y");
    expect_error(HEAD "  - dropout: {probability: 1.5}\n", "net.yaml:3:", "1.5");
    expect_error(HEAD "  - relu\n  - linear: {out_features: 900000000000000}\n"
                      "  - linear: {out_features: 900000000000000}\n",
                 "net.yaml:5:", "2^63");
    expect_error(HEAD "  - {relu: , tanh: }\n", "net.yaml:3:", "one key");
    expect_error(HEAD "  - cross_entropy\n", "net.yaml:3:", "cross_entropy");
    expect_error(HEAD "  []\n", "net.yaml:3:", "0 layers");
    expect_error("input: {shape: [6]}\nlayers: [relu]\nloss: hinge\n", "net.yaml:3:", "hinge");
    expect_error("input: {shape: []}\nlayers: [relu]\n", "net.yaml:1:", "0 dimensions");
    expect_error("input: {name: x}\nlayers: [relu]\n", "net.yaml:1:", "no shape");
    expect_error("layers: [relu]\n", "net.yaml:1:", "no input");
    expect_error("input: {shape: [6]}\n", "net.yaml:1:", "no layers");
    expect_error("input: {shape: [9223372036854775807]}\nlayers: [relu]\n", "net.yaml:1:", "2^63");
    expect_error("[1, 2]\n", "net.yaml:1:", "mapping");
}

static void a_missing_file_is_named(void **unused)
{
    (void)unused;
    struct pt_graph *graph;
    struct pt_error error;
    assert_status(pt_graph_load("/nowhere/net.yaml", 1, &graph, &error), PT_NOT_FOUND, &error);
    assert_contains(error.message, "/nowhere/net.yaml");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_layer_file_becomes_a_graph),
        cmocka_unit_test(a_layer_may_take_an_earlier_one),
        cmocka_unit_test(errors_point_at_the_line),
        cmocka_unit_test(a_missing_file_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
