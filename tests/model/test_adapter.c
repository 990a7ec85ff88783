// Low-rank adapters: what they add, what they freeze.

#include "support.h"

#include "model/adapter.h"
#include "model/network_source.h"

static struct pt_graph *read_graph(const char *text, enum pt_status wanted)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_graph *graph = NULL;
    struct pt_error error;
    const struct pt_node *node;
    assert_status(pt_yaml_parse(arena, text, strlen(text), "net.yaml", &node, &error), PT_OK,
                  &error);
    enum pt_status status = pt_network_from_node(node, 3, &graph, &error);
    if (status != wanted)
        print_error("%s\n", error.message);
    assert_int_equal(status, wanted);
    pt_arena_destroy(arena);
    return graph;
}

static const struct pt_tensor_info *tensor(const struct pt_graph *graph, const char *name)
{
    pt_tensor found = pt_graph_find(graph, name);
    assert_int_not_equal(found, PT_NO_TENSOR);
    return pt_graph_tensor(graph, found);
}

// fc1 [8, 6] gets A [2, 6] and B [8, 2]; fc2 does not match, the head is trained as it is.
static void matching_layers_get_two_small_matrices(void **unused)
{
    (void)unused;
    struct pt_graph *graph =
        read_graph("input: {name: x, shape: [6]}\n"
                   "lora: {rank: 2, alpha: 6, layers: ['fc1', 'x*'], train: head}\n"
                   "layers:\n"
                   "  - linear: {name: fc1, out_features: 8}\n"
                   "  - tanh\n"
                   "  - linear: {name: fc2, out_features: 8}\n"
                   "  - linear: {name: head, out_features: 4}\n"
                   "loss: cross_entropy\n",
                   PT_OK);
    assert_true(tensor(graph, "fc1.weight")->frozen);
    assert_true(tensor(graph, "fc1.bias")->frozen);
    assert_true(tensor(graph, "fc2.weight")->frozen);
    assert_false(tensor(graph, "head.weight")->frozen);
    assert_false(tensor(graph, "fc1.lora_A.weight")->frozen);
    assert_int_equal(tensor(graph, "fc1.lora_B.weight")->init, PT_INIT_ZERO);
    assert_int_equal(pt_graph_find(graph, "fc2.lora_A.weight"), PT_NO_TENSOR);
    assert_int_equal(tensor(graph, "fc1.lora_A.weight")->shape.dim[0], 2);
    assert_int_equal(tensor(graph, "fc1.lora_B.weight")->shape.dim[1], 2);
    // A 2*6 + B 8*2 + head 4*8 + 4
    assert_int_equal(pt_graph_trained_count(graph), 12 + 16 + 36);
    assert_int_equal(pt_graph_parameter_count(graph), 56 + 72 + 36 + 28);

    struct pt_graph *shorter;
    struct pt_error error;
    assert_status(pt_graph_with_batch(graph, 2, &shorter, &error), PT_OK, &error);
    assert_int_equal(shorter->op_count, graph->op_count);
    assert_int_equal(pt_graph_signature(shorter), pt_graph_signature(graph));
    assert_true(tensor(shorter, "fc1.weight")->frozen);
    pt_graph_destroy(shorter);
    pt_graph_destroy(graph);
}

static void without_a_list_all_linear_layers_match(void **unused)
{
    (void)unused;
    struct pt_graph *graph = read_graph("input: {name: x, shape: [6]}\n"
                                        "lora: {rank: 1}\n"
                                        "layers:\n"
                                        "  - linear: {name: a, out_features: 6}\n"
                                        "  - layer_norm: {name: n}\n"
                                        "  - linear: {name: b, out_features: 6}\n",
                                        PT_OK);
    assert_false(tensor(graph, "a.lora_A.weight")->frozen);
    assert_false(tensor(graph, "b.lora_A.weight")->frozen);
    assert_true(tensor(graph, "n.weight")->frozen);
    assert_int_equal(pt_graph_trained_count(graph), 4 * 6);
    pt_graph_destroy(graph);
}

static void a_rank_below_one_is_refused(void **unused)
{
    (void)unused;
    assert_null(read_graph("input: {name: x, shape: [6]}\n"
                           "lora: {rank: 0}\n"
                           "layers: [linear: {out_features: 6}]\n",
                           PT_BAD_INPUT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matching_layers_get_two_small_matrices),
        cmocka_unit_test(without_a_list_all_linear_layers_match),
        cmocka_unit_test(a_rank_below_one_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
