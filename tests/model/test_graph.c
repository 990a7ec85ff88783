// Graphs built from C: shapes, parameters, names, mistakes, another batch.

#include "support.h"

#include "model/operator.h"

static struct pt_graph *mlp(int64_t batch)
{
    struct pt_graph *graph;
    assert_int_equal(pt_graph_create("mlp", &graph, NULL), PT_OK);
    pt_tensor x = pt_input(graph, "pixels", PT_FLOAT32, 3, (int64_t[]){batch, 28, 28});
    x = pt_relu(graph, pt_linear(graph, pt_flatten(graph, x), 512, true));
    x = pt_relu(graph, pt_linear(graph, x, 512, true));
    x = pt_linear(graph, x, 10, true);
    pt_cross_entropy(graph, x, pt_input(graph, "target", PT_INT32, 1, &batch));
    return graph;
}

// 784*512 + 512 + 512*512 + 512 + 512*10 + 10 = 669,706.
static void parameters_are_counted(void **unused)
{
    (void)unused;
    struct pt_graph *graph = mlp(128);
    assert_int_equal(pt_graph_parameter_count(graph), 669706);
    assert_int_equal(pt_graph_tensor_size(graph, pt_graph_find(graph, "linear1.weight")),
                     784 * 512);
    assert_int_equal(pt_graph_tensor_size(graph, pt_graph_find(graph, "linear3.bias")), 10);
    assert_int_equal(pt_graph_find(graph, "linear4.bias"), PT_NO_TENSOR);
    assert_int_equal(pt_graph_tensor_size(graph, PT_NO_TENSOR), -1);
    pt_graph_destroy(graph);
}

static void shapes_are_inferred(void **unused)
{
    (void)unused;
    struct pt_graph *graph = mlp(7);
    char text[160];
    assert_string_equal(
        pt_shape_text(&pt_graph_tensor(graph, pt_graph_find(graph, "flatten1"))->shape, text),
        "[7, 784]");
    assert_string_equal(
        pt_shape_text(&pt_graph_tensor(graph, pt_graph_find(graph, "linear3"))->shape, text),
        "[7, 10]");
    assert_int_equal(pt_graph_tensor(graph, graph->loss)->shape.rank, 0);
    assert_int_equal(pt_graph_batch(graph), 7);
    pt_graph_destroy(graph);
}

// The same names and numbers, only other rows; and the same signature.
static void a_graph_is_made_anew_for_another_batch(void **unused)
{
    (void)unused;
    struct pt_graph *graph = mlp(128), *shorter;
    assert_int_equal(pt_graph_with_batch(graph, 96, &shorter, NULL), PT_OK);
    assert_int_equal(shorter->tensor_count, graph->tensor_count);
    assert_int_equal(shorter->op_count, graph->op_count);
    for (int i = 0; i < graph->tensor_count; i++) {
        const struct pt_tensor_info *a = &graph->tensors[i], *b = &shorter->tensors[i];
        assert_string_equal(a->name, b->name);
        assert_int_equal(a->role, b->role);
        assert_int_equal(a->needs_gradient, b->needs_gradient);
        assert_int_equal(a->keep, b->keep);
        int64_t expected = pt_shape_size(&a->shape);
        if (a->role != PT_ROLE_PARAMETER && a->shape.rank > 0)
            expected = expected / 128 * 96;
        assert_int_equal(pt_shape_size(&b->shape), expected);
    }
    assert_true(pt_graph_signature(graph) == pt_graph_signature(shorter));
    pt_graph_destroy(shorter);
    pt_graph_destroy(graph);
}

static void the_signature_tells_networks_apart(void **unused)
{
    (void)unused;
    struct pt_graph *graph = mlp(8), *other;
    assert_int_equal(pt_graph_create("mlp", &other, NULL), PT_OK);
    pt_tensor x = pt_input(other, "pixels", PT_FLOAT32, 3, (int64_t[]){8, 28, 28});
    x = pt_relu(other, pt_linear(other, pt_flatten(other, x), 513, true));
    assert_false(pt_graph_signature(graph) == pt_graph_signature(other));
    pt_graph_destroy(other);
    pt_graph_destroy(graph);
}

// The first mistake is kept, whatever follows.
static void the_first_mistake_is_reported(void **unused)
{
    (void)unused;
    struct pt_graph *graph;
    struct pt_error error;
    assert_int_equal(pt_graph_create("wrong", &graph, NULL), PT_OK);
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){4, 3});
    pt_tensor y = pt_linear(graph, x, 0, true);
    assert_int_equal(y, PT_NO_TENSOR);
    assert_int_equal(pt_relu(graph, y), PT_NO_TENSOR);
    assert_int_equal(pt_dropout(graph, x, 2), PT_NO_TENSOR);
    assert_int_equal(pt_graph_check(graph, &error), PT_BAD_INPUT);
    assert_contains(error.message, "out_features is 0");
    assert_int_equal(pt_graph_parameter_count(graph), -1);
    pt_graph_destroy(graph);
}

static void expect_mistake(pt_tensor (*build)(struct pt_graph *), enum pt_status status,
                           const char *part)
{
    struct pt_graph *graph;
    struct pt_error error;
    assert_int_equal(pt_graph_create("wrong", &graph, NULL), PT_OK);
    assert_int_equal(build(graph), PT_NO_TENSOR);
    assert_status(pt_graph_check(graph, &error), status, &error);
    assert_contains(error.message, part);
    pt_graph_destroy(graph);
}

static pt_tensor x_of(struct pt_graph *graph)
{
    return pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){4, 3});
}

static pt_tensor name_twice(struct pt_graph *graph)
{
    x_of(graph);
    return x_of(graph);
}

static pt_tensor zero_dimension(struct pt_graph *graph)
{
    return pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){4, 0});
}

static pt_tensor huge_input(struct pt_graph *graph)
{
    return pt_input(graph, "x", PT_FLOAT32, 3, (int64_t[]){1 << 30, 1 << 30, 1 << 30});
}

static pt_tensor huge_weight(struct pt_graph *graph)
{
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){1, 1000000000000000});
    return pt_linear(graph, x, 1000000, true);
}

static pt_tensor too_many_dimensions(struct pt_graph *graph)
{
    return pt_input(graph, "x", PT_FLOAT32, 7, (int64_t[]){1, 1, 1, 1, 1, 1, 1});
}

static pt_tensor float_classes(struct pt_graph *graph)
{
    pt_tensor x = x_of(graph);
    return pt_cross_entropy(graph, x, pt_input(graph, "t", PT_FLOAT32, 1, (int64_t[]){4}));
}

static pt_tensor wrong_rows(struct pt_graph *graph)
{
    pt_tensor x = x_of(graph);
    return pt_cross_entropy(graph, x, pt_input(graph, "t", PT_INT32, 1, (int64_t[]){5}));
}

static pt_tensor other_shape(struct pt_graph *graph)
{
    pt_tensor x = x_of(graph);
    return pt_mse(graph, x, pt_input(graph, "t", PT_FLOAT32, 2, (int64_t[]){4, 2}));
}

static pt_tensor foreign_tensor(struct pt_graph *graph)
{
    return pt_relu(graph, 17);
}

static pt_tensor certain_dropout(struct pt_graph *graph)
{
    return pt_dropout(graph, x_of(graph), 1);
}

static void mistakes_name_thing_and_value(void **unused)
{
    (void)unused;
    expect_mistake(name_twice, PT_BAD_INPUT, "x: the name is taken");
    expect_mistake(zero_dimension, PT_BAD_INPUT, "[4, 0]");
    expect_mistake(huge_input, PT_OVERFLOW, "[1073741824, 1073741824, 1073741824]");
    expect_mistake(huge_weight, PT_OVERFLOW, "linear1.weight");
    expect_mistake(too_many_dimensions, PT_BAD_INPUT, "7 dimensions");
    expect_mistake(float_classes, PT_BAD_INPUT, "int32");
    expect_mistake(wrong_rows, PT_BAD_INPUT, "[5]");
    expect_mistake(other_shape, PT_BAD_INPUT, "[4, 2]");
    expect_mistake(foreign_tensor, PT_BAD_INPUT, "no tensor of this graph");
    expect_mistake(certain_dropout, PT_BAD_INPUT, "probability is 1");
}

// Asked for late, the gradient of an input still spreads to all that is computed from it.
static void gradients_spread_from_an_input(void **unused)
{
    (void)unused;
    struct pt_graph *graph;
    assert_int_equal(pt_graph_create("g", &graph, NULL), PT_OK);
    pt_tensor x = x_of(graph), y = pt_relu(graph, x);
    assert_false(pt_graph_tensor(graph, y)->needs_gradient);
    pt_graph_require_gradient(graph, x);
    assert_true(pt_graph_tensor(graph, y)->needs_gradient);
    pt_graph_destroy(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_are_counted),
        cmocka_unit_test(shapes_are_inferred),
        cmocka_unit_test(a_graph_is_made_anew_for_another_batch),
        cmocka_unit_test(the_signature_tells_networks_apart),
        cmocka_unit_test(the_first_mistake_is_reported),
        cmocka_unit_test(mistakes_name_thing_and_value),
        cmocka_unit_test(gradients_spread_from_an_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
