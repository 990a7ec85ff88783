// The same network for samples of another length: shapes, parameters, and what does not go.

#include "support.h"

#include "model/operator.h"

static struct pt_error error;

static struct pt_graph *load(const char *yaml)
{
    struct pt_graph *graph;
    assert_status(pt_graph_load(test_file(test_folder(), "net.yaml", yaml), 6, &graph, &error),
                  PT_OK, &error);
    return graph;
}

#define TOKENS "name: n\ninput: {name: tokens, shape: [12], type: int32}\n"
#define LANGUAGE                                                                                   \
    TOKENS                                                                                         \
    "layers: [embedding: {name: e, vocabulary: 9, width: 8}, position_embedding: {positions: 20}," \
    " attention: {heads: 2, causal: true, from: [position_embedding1, position_embedding1, "       \
    "position_embedding1]}, linear: {name: head, out_features: 9, tie: e.weight, bias: false}]\n"  \
    "loss: cross_entropy\nrecompute: [[position_embedding1, attention1]]\n"

// Tokens and targets are shorter, and what is computed from them; parameters are the same.
static void activations_shrink_and_parameters_stay(void **unused)
{
    (void)unused;
    struct pt_graph *graph = load(LANGUAGE), *shorter;
    assert_int_equal(pt_graph_length(graph), 12);
    pt_graph_freeze(graph, pt_graph_find(graph, "position_embedding1.weight"), true);
    assert_status(pt_graph_resized(graph, 4, 5, &shorter, &error), PT_OK, &error);
    assert_int_equal(pt_graph_length(shorter), 5);
    assert_int_equal(pt_graph_batch(shorter), 4);
    assert_int_equal(shorter->tensor_count, graph->tensor_count);
    assert_int_equal(shorter->loss, graph->loss);
    for (int i = 0; i < graph->tensor_count; i++) {
        const struct pt_tensor_info *a = &graph->tensors[i], *b = &shorter->tensors[i];
        assert_string_equal(a->name, b->name);
        assert_int_equal(a->frozen, b->frozen);
        assert_int_equal(a->needs_gradient, b->needs_gradient);
        if (a->role == PT_ROLE_PARAMETER)
            assert_true(pt_shape_equal(&a->shape, &b->shape));
        else if (a->shape.rank > 0)
            assert_int_equal(pt_shape_size(&b->shape), pt_shape_size(&a->shape) / 72 * 20);
    }
    for (int i = 0; i < graph->op_count; i++)
        assert_int_equal(shorter->ops[i].segment, graph->ops[i].segment);
    assert_true(pt_graph_signature(graph) == pt_graph_signature(shorter));
    pt_graph_destroy(shorter);
    pt_graph_destroy(graph);
}

// Length 0 changes only the batch; a target that is one class a sample stays so.
static void what_is_no_sequence_stays(void **unused)
{
    (void)unused;
    struct pt_graph *graph = load(LANGUAGE), *same, *shorter;
    assert_status(pt_graph_resized(graph, 6, 0, &same, &error), PT_OK, &error);
    for (int i = 0; i < graph->tensor_count; i++)
        assert_true(pt_shape_equal(&graph->tensors[i].shape, &same->tensors[i].shape));
    pt_graph_destroy(same);
    pt_graph_destroy(graph);

    graph = load(TOKENS "layers: [embedding: {vocabulary: 9, width: 4}, global_avg_pool, linear: "
                        "{out_features: 3}]\nloss: cross_entropy\n");
    assert_status(pt_graph_resized(graph, 6, 7, &shorter, &error), PT_OK, &error);
    const struct pt_op *loss = &shorter->ops[pt_graph_tensor(shorter, shorter->loss)->producer];
    assert_int_equal(pt_graph_tensor(shorter, loss->inputs[1])->shape.rank, 1);
    assert_int_equal(pt_graph_length(shorter), 7);
    pt_graph_destroy(shorter);
    pt_graph_destroy(graph);
}

static void refuse(const char *yaml, int64_t length, enum pt_status status, const char *part)
{
    struct pt_graph *graph = load(yaml), *shorter = NULL;
    assert_status(pt_graph_resized(graph, 6, length, &shorter, &error), status, &error);
    assert_contains(error.message, part);
    assert_null(shorter);
    pt_graph_destroy(graph);
}

static void what_cannot_be_resized_says_why(void **unused)
{
    (void)unused;
    refuse("name: n\ninput: {name: x, shape: [12]}\nlayers: [linear: {out_features: 3}]\n", 5,
           PT_USAGE, "no input of token sequences");
    refuse(TOKENS "layers: [embedding: {vocabulary: 9, width: 2}, flatten, linear: {out_features: "
                  "3}]\nloss: cross_entropy\n",
           5, PT_UNSUPPORTED,
           "linear1.weight has shape [3, 24] for samples of 12 tokens, but [3, 10] for 5");
    refuse(TOKENS "layers: [embedding: {vocabulary: 9, width: 2}, reshape: {dim1: 6, dim2: 4}]\n",
           5, PT_BAD_INPUT, "reshape1");
    refuse(TOKENS "layers: [embedding: {vocabulary: 9, width: 2}, select: {index: 11}]\n", 5,
           PT_BAD_INPUT, "select1");
    refuse(LANGUAGE, 21, PT_BAD_INPUT, "20 positions");
    refuse(LANGUAGE, -3, PT_BAD_INPUT, "-3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(activations_shrink_and_parameters_stay),
        cmocka_unit_test(what_is_no_sequence_stays),
        cmocka_unit_test(what_cannot_be_resized_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
