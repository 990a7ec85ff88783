// Attention, embeddings and the head with its loss beside PyTorch and transformers: outputs, losses
// and gradients within 1e-5 of the largest value. The numbers are made by
// tests/reference/attention.py.

#include "engine_support.h"

#include "model/network_source.h"

#include "../reference/attention.h"

enum { COUNT = sizeof reference_attention / sizeof *reference_attention };

static bool is_loss(const struct reference_network *test)
{
    return test->output.values == NULL;
}

static struct pt_graph *build(const struct reference_network *test)
{
    struct pt_arena *arena = pt_arena_create();
    const struct pt_node *node;
    struct pt_graph *graph;
    struct pt_error error;
    assert_status(
        pt_yaml_parse(arena, test->network, strlen(test->network), "a case", &node, &error), PT_OK,
        &error);
    assert_status(pt_network_from_node(node, test->batch, &graph, &error), PT_OK, &error);
    pt_arena_destroy(arena);
    for (int i = 0; i < test->tensor_count; i++) {
        pt_tensor tensor = pt_graph_find(graph, test->tensors[i].name);
        if (tensor != PT_NO_TENSOR && test->tensors[i].gradient != NULL &&
            pt_graph_tensor(graph, tensor)->role == PT_ROLE_INPUT)
            pt_graph_require_gradient(graph, tensor);
    }
    if (!is_loss(test)) {
        pt_tensor y = graph->ops[graph->op_count - 1].outputs[0];
        pt_graph_keep(graph, y);
        pt_mse(graph, y,
               pt_input(graph, "wanted", PT_FLOAT32, test->output.rank, test->output.dims));
    }
    assert_status(pt_graph_check(graph, &error), PT_OK, &error);
    return graph;
}

static void fill(struct pt_network *network, const struct reference_network *test)
{
    const struct pt_graph *graph = pt_network_graph(network);
    for (int i = 0; i < test->tensor_count; i++) {
        const struct reference_named *named = &test->tensors[i];
        pt_tensor tensor = pt_graph_find(graph, named->name);
        assert_int_not_equal(tensor, PT_NO_TENSOR);
        assert_int_equal(pt_graph_tensor_size(graph, tensor), named->count);
        if (named->numbers != NULL)
            memcpy(pt_network_values_int32(network, tensor), named->numbers,
                   (size_t)named->count * sizeof(int32_t));
        else
            memcpy(pt_network_values(network, tensor), named->values,
                   (size_t)named->count * sizeof(float));
    }
    if (!is_loss(test)) {
        pt_tensor wanted = pt_graph_find(graph, "wanted");
        memcpy(pt_network_values(network, wanted), test->target,
               (size_t)pt_graph_tensor_size(graph, wanted) * sizeof(float));
    }
}

static void check(const float *actual, const float *expected, int64_t count,
                  const struct reference_network *test, const char *what)
{
    double largest = 0, error = 0;
    assert_non_null(actual);
    for (int64_t i = 0; i < count; i++) {
        largest = fmax(largest, fabs((double)expected[i]));
        double distance = fabs((double)actual[i] - (double)expected[i]);
        error = distance <= error ? error : distance; // takes a NAN over
    }
    if (!(error <= 1e-5 * largest)) {
        print_error("%s: %s is wrong by %g, the largest is %g\n", test->network, what, error,
                    largest);
        fail();
    }
}

static void run(const struct reference_network *test, int threads)
{
    struct pt_graph *graph = build(test);
    struct pt_network *network = make_network(graph, 7, threads);
    for (int repeat = 0; repeat < 2; repeat++) { // gradients are overwritten
        fill(network, test);
        pt_network_zero_gradients(network);
        forward(network, 0, true);
        float loss = (float)pt_network_loss(network), expected = (float)test->loss;
        check(&loss, &expected, 1, test, "the loss");
        if (!is_loss(test)) {
            pt_tensor wanted = pt_graph_find(graph, "wanted");
            check(pt_network_values(network, graph->ops[0].outputs[0]), test->output.values,
                  pt_graph_tensor_size(graph, wanted), test, "the output");
        }
        backward(network);
        for (int i = 0; i < test->tensor_count; i++) {
            const struct reference_named *named = &test->tensors[i];
            if (named->gradient != NULL)
                check(pt_network_gradient(network, pt_graph_find(graph, named->name)),
                      named->gradient, named->count, test, named->name);
        }
    }
    pt_network_destroy(network);
    pt_graph_destroy(graph);
}

static void they_equal_pytorch(void **unused)
{
    (void)unused;
    for (int i = 0; i < COUNT; i++)
        for (int threads = 1; threads <= 2; threads++)
            run(&reference_attention[i], threads);
    assert_true(COUNT >= 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(they_equal_pytorch)};
    return cmocka_run_group_tests_name("against PyTorch " PT_TEST_REFERENCE_ATTENTION_H_TORCH,
                                       tests, NULL, NULL);
}
