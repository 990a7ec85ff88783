// The operations of convolutions, against numbers that others publish or that are worked out here.

#include "support.h"

#include "demand/demand.h"

static struct pt_work work_of(struct pt_graph *graph, int op, enum pt_pass pass)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_demand demand;
    struct pt_error error;
    const struct pt_demand_options options = {0};
    assert_status(pt_demand_count(arena, graph, &options, &demand, &error), PT_OK, &error);
    struct pt_work work = demand.by_op[op][pass];
    pt_arena_destroy(arena);
    return work;
}

// ResNet-18 begins with 7 x 7 x 3 -> 64 at stride 2 on 224 x 224: 118,013,952 multiply-adds, as
// torchvision's and fvcore's tables have it: 112 * 112 * 64 * 147.
static void the_first_layer_of_resnet_counts_as_published(void **unused)
{
    struct pt_graph *graph;
    (void)unused;
    assert_int_equal(pt_graph_create("stem", &graph, NULL), PT_OK);
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 4, (int64_t[]){1, 224, 224, 3});
    pt_conv2d(graph, x,
              &(struct pt_conv_options){.out_channels = 64,
                                        .kernel = {7},
                                        .stride = {2},
                                        .padding = {3},
                                        .without_bias = true});
    struct pt_work forward = work_of(graph, 0, PT_FORWARD),
                   backward = work_of(graph, 0, PT_BACKWARD);
    assert_int_equal(forward.flop, 2 * 118013952);
    assert_int_equal(forward.matmul_flop, forward.flop);
    assert_int_equal(backward.flop, 2 * 118013952); // of the weights alone: x is an input
    pt_graph_destroy(graph);
}

// y: 2 * 5 * 4 * 6 elements of 3 * 3 * 2 multiply-adds, an addition each for the bias. Backward,
// with a gradient of x: the same product twice, and the bias' sum.
static void groups_and_bias_are_counted(void **unused)
{
    struct pt_graph *graph;
    (void)unused;
    assert_int_equal(pt_graph_create("grouped", &graph, NULL), PT_OK);
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 4, (int64_t[]){2, 5, 4, 4});
    pt_graph_require_gradient(graph, x);
    pt_conv2d(graph, x,
              &(struct pt_conv_options){
                  .out_channels = 6, .kernel = {3}, .padding = {PT_PADDING_SAME}, .groups = 2});
    struct pt_work forward = work_of(graph, 0, PT_FORWARD),
                   backward = work_of(graph, 0, PT_BACKWARD);
    assert_int_equal(forward.matmul_flop, 2 * 240 * 18);
    assert_int_equal(forward.flop, 2 * 240 * 18 + 240);
    assert_int_equal(backward.matmul_flop, 2 * 2 * 240 * 18);
    assert_int_equal(backward.flop, 2 * 2 * 240 * 18 + 240);
    pt_graph_destroy(graph);
}

// The adjoint of a convolution costs what the convolution costs: 2 * 3 * 3 pixels of x, each with
// 4 channels, 2 * 2 taps and 5 channels of y. The bias goes to the 6 * 6 pixels of y.
static void a_transposed_convolution_counts_as_its_adjoint(void **unused)
{
    struct pt_graph *graph;
    (void)unused;
    assert_int_equal(pt_graph_create("transposed", &graph, NULL), PT_OK);
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 4, (int64_t[]){2, 3, 3, 4});
    pt_conv_transpose2d(graph, x,
                        &(struct pt_conv_options){.out_channels = 5, .kernel = {2}, .stride = {2}});
    struct pt_work forward = work_of(graph, 0, PT_FORWARD);
    assert_int_equal(forward.matmul_flop, 2 * 18 * 4 * 4 * 5);
    assert_int_equal(forward.flop, 2 * 18 * 4 * 4 * 5 + 2 * 36 * 5);
    pt_graph_destroy(graph);
}

// 2^38 positions of 2^19 channels, each of 225 * 2^10 multiply-adds: the tensors fit, 2^74 does
// not.
static void what_leaves_int64_is_refused(void **unused)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_graph *graph;
    struct pt_demand demand;
    struct pt_error error;
    const struct pt_demand_options options = {0};
    (void)unused;
    assert_int_equal(pt_graph_create("huge", &graph, NULL), PT_OK);
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 4, (int64_t[]){1, 1 << 19, 1 << 19, 1 << 10});
    pt_conv2d(graph, x,
              &(struct pt_conv_options){
                  .out_channels = 1 << 19, .kernel = {15}, .padding = {PT_PADDING_SAME}});
    assert_int_equal(pt_graph_check(graph, &error), PT_OK);
    assert_int_equal(pt_demand_count(arena, graph, &options, &demand, &error), PT_OVERFLOW);
    assert_contains(error.message, "exceed 2^63");
    pt_graph_destroy(graph);
    pt_arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_layer_of_resnet_counts_as_published),
        cmocka_unit_test(groups_and_bias_are_counted),
        cmocka_unit_test(a_transposed_convolution_counts_as_its_adjoint),
        cmocka_unit_test(what_leaves_int64_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
