// examples/linear.c from PyTorch's initial values: every printed number within 1e-5.

#include "support.h"

#define main example_main
#include "../../examples/linear.c"
#undef main

#include "../reference/lessons.h"

static void every_number_is_pytorchs(void **unused)
{
    struct pt_graph *graph;
    struct pt_network *network;
    struct pt_error error;
    struct lesson lesson;

    assert_status(build(&graph, &error), PT_OK, &error);
    assert_status(pt_network_create(graph, NULL, &network, &error), PT_OK, &error);
    *pt_network_values(network, pt_graph_find(graph, "linear1.weight")) = linear_weight[0];
    *pt_network_values(network, pt_graph_find(graph, "linear1.bias")) = linear_bias[0];
    assert_status(run(network, graph, 2, 1, &lesson, &error), PT_OK, &error);

    assert_near(lesson.output, linear_output, 1e-5);
    assert_near(lesson.loss, linear_loss, 1e-5);
    assert_near(lesson.input_gradient, linear_gradient_x, 1e-5);
    assert_near(lesson.weight_gradient, linear_gradient_weight, 1e-5);
    assert_near(lesson.bias_gradient, linear_gradient_bias, 1e-5);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
    (void)unused;
}

// Moving x by h changes the loss by the gradient times h, up to h^2.
static void input_gradient_is_the_slope_of_the_loss(void **unused)
{
    struct pt_graph *graph;
    struct pt_network *network;
    struct pt_error error;
    struct lesson at, before, after;
    float h = 0.0078125F;

    assert_status(build(&graph, &error), PT_OK, &error);
    assert_status(pt_network_create(graph, NULL, &network, &error), PT_OK, &error);
    assert_status(run(network, graph, 2, 5, &at, &error), PT_OK, &error);
    assert_status(run(network, graph, 2 - h, 5, &before, &error), PT_OK, &error);
    assert_status(run(network, graph, 2 + h, 5, &after, &error), PT_OK, &error);
    assert_near((after.loss - before.loss) / (2 * h), at.input_gradient, 1e-3);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_is_pytorchs),
        cmocka_unit_test(input_gradient_is_the_slope_of_the_loss),
    };
    return cmocka_run_group_tests_name("lesson linear", tests, NULL, NULL);
}
