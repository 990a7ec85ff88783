// examples/regression.c from PyTorch's initial values and points: every printed loss within 1e-5.

#include "support.h"

#define main example_main
#include "../../examples/regression.c"
#undef main

#include "../reference/lessons.h"

static void set(struct pt_graph *graph, struct pt_network *network, const char *name,
                const float *values, size_t count)
{
    pt_tensor tensor = pt_graph_find(graph, name);
    assert_int_equal(pt_graph_tensor_size(graph, tensor), count);
    memcpy(pt_network_values(network, tensor), values, count * sizeof *values);
}
#define SET(name, array) set(graph, network, name, array, sizeof(array) / sizeof *(array))

static void every_loss_is_pytorchs(void **unused)
{
    struct pt_graph *graph;
    struct pt_network *network;
    struct pt_error error;
    struct lesson lesson;

    assert_status(build(&graph, &error), PT_OK, &error);
    assert_status(pt_network_create(graph, NULL, &network, &error), PT_OK, &error);
    SET("linear1.weight", regression_weight1);
    SET("linear1.bias", regression_bias1);
    SET("linear2.weight", regression_weight2);
    SET("linear2.bias", regression_bias2);
    assert_status(run(graph, network, regression_x, regression_y, &lesson, &error), PT_OK, &error);

    assert_int_equal(sizeof regression_losses, sizeof lesson.losses);
    for (int i = 0; i < EPOCHS / PRINT_EVERY; i++)
        assert_near(lesson.losses[i], regression_losses[i], 1e-5);
    assert_near(lesson.final_mse, regression_final_mse, 1e-5);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
    (void)unused;
}

// The mean of y^2 over the points is what an untrained guess of 0 scores, about 1/5 (the integral
// of x^4); what is learned must be near the variance of the noise, 0.0025.
static void own_points_are_learned(void **unused)
{
    struct pt_graph *graph;
    struct pt_network *network;
    struct pt_error error;
    struct lesson lesson;
    float x[SAMPLES], y[SAMPLES];

    make_points(x, y);
    assert_status(build(&graph, &error), PT_OK, &error);
    assert_status(pt_network_create(graph, NULL, &network, &error), PT_OK, &error);
    assert_status(run(graph, network, x, y, &lesson, &error), PT_OK, &error);
    assert_true(lesson.final_mse < 0.01);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_loss_is_pytorchs),
        cmocka_unit_test(own_points_are_learned),
    };
    return cmocka_run_group_tests_name("lesson regression", tests, NULL, NULL);
}
