// examples/classifier.c from PyTorch's initial values and points: every printed loss within 1e-5.
// In this room because the example also meters itself.

#include "support.h"

#define main example_main
#include "../../examples/classifier.c"
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
    static struct points points;
    struct pt_graph *graph;
    struct pt_network *network;
    struct pt_error error;
    double losses[EPOCHS];

    assert_int_equal(sizeof points.position, sizeof classifier_points);
    assert_int_equal(sizeof points.label, sizeof classifier_labels);
    memcpy(points.position, classifier_points, sizeof points.position);
    memcpy(points.label, classifier_labels, sizeof points.label);
    assert_status(build(&graph, &error), PT_OK, &error);
    assert_status(pt_network_create(graph, NULL, &network, &error), PT_OK, &error);
    SET("linear1.weight", classifier_weight1);
    SET("linear1.bias", classifier_bias1);
    SET("linear2.weight", classifier_weight2);
    SET("linear2.bias", classifier_bias2);
    assert_status(train(graph, network, &points, losses, &error), PT_OK, &error);

    assert_int_equal(sizeof losses, sizeof classifier_losses);
    for (int epoch = 0; epoch < EPOCHS; epoch++)
        assert_near(losses[epoch], classifier_losses[epoch], 1e-5);
    pt_network_destroy(network);
    pt_graph_destroy(graph);
    (void)unused;
}

// 300 points, 100 on each arm; a guess gets 100 right.
static void own_points_are_learned(void **unused)
{
    static struct points points;
    struct pt_graph *graph;
    struct pt_network *network;
    struct pt_error error;
    double losses[EPOCHS];
    int right, on_arm[CLASSES] = {0};

    make_spirals(&points);
    for (int i = 0; i < SAMPLES; i++)
        on_arm[points.label[i]]++;
    for (int k = 0; k < CLASSES; k++)
        assert_int_equal(on_arm[k], SAMPLES / CLASSES);
    assert_status(build(&graph, &error), PT_OK, &error);
    assert_status(pt_network_create(graph, NULL, &network, &error), PT_OK, &error);
    assert_status(train(graph, network, &points, losses, &error), PT_OK, &error);
    assert_status(count_right(graph, network, &points, &right, &error), PT_OK, &error);
    assert_in_range(right, 240, SAMPLES);
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
    return cmocka_run_group_tests_name("lesson classifier", tests, NULL, NULL);
}
