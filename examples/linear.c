// A first lesson, 1 of 3: one weight, one bias, one number.
//
// A linear layer computes y = w x + b. The loss says how far y is from what we wanted, and the
// gradients say which way w, b and even the input x would have to move to make it larger.
//
//     cc linear.c $(pkg-config --cflags --libs powertrain) -o linear && ./linear

#include <powertrain.h>

#include <stdio.h>

struct lesson {
    double output, loss, input_gradient, weight_gradient, bias_gradient;
};

// Feeds x, wants target.
static enum pt_status run(struct pt_network *network, const struct pt_graph *graph, float x,
                          float target, struct lesson *ret_lesson, struct pt_error *error)
{
    pt_tensor input = pt_graph_find(graph, "x");
    pt_tensor wanted = pt_graph_find(graph, "target");
    pt_tensor weight = pt_graph_find(graph, "linear1.weight");
    pt_tensor bias = pt_graph_find(graph, "linear1.bias");
    pt_tensor output = pt_graph_find(graph, "linear1");

    pt_network_values(network, input)[0] = x;
    pt_network_values(network, wanted)[0] = target;

    enum pt_status status = pt_network_forward(network, 0, true, error);
    if (status != PT_OK)
        return status;
    pt_network_zero_gradients(network);
    status = pt_network_backward(network, error);
    if (status != PT_OK)
        return status;

    ret_lesson->output = pt_network_values(network, output)[0];
    ret_lesson->loss = pt_network_loss(network);
    ret_lesson->input_gradient = pt_network_gradient(network, input)[0];
    ret_lesson->weight_gradient = pt_network_gradient(network, weight)[0];
    ret_lesson->bias_gradient = pt_network_gradient(network, bias)[0];
    return PT_OK;
}

static enum pt_status build(struct pt_graph **ret_graph, struct pt_error *error)
{
    enum pt_status status = pt_graph_create("linear", ret_graph, error);
    if (status != PT_OK)
        return status;

    pt_tensor x = pt_input(*ret_graph, "x", PT_FLOAT32, 2, (int64_t[]){1, 1});
    pt_tensor target = pt_input(*ret_graph, "target", PT_FLOAT32, 2, (int64_t[]){1, 1});
    pt_tensor y = pt_linear(*ret_graph, x, 1, true);
    pt_mse(*ret_graph, y, target);

    pt_graph_require_gradient(*ret_graph, x); // otherwise only weight and bias get one
    pt_graph_keep(*ret_graph, y);             // otherwise its memory may be used again
    return pt_graph_check(*ret_graph, error);
}

int main(void)
{
    struct pt_graph *graph = NULL;
    struct pt_network *network = NULL;
    struct pt_error error;
    struct lesson lesson;

    enum pt_status status = build(&graph, &error);
    if (status == PT_OK)
        status = pt_network_create(graph,
                                   &(struct pt_network_options){
                                       .struct_size = sizeof(struct pt_network_options), .seed = 1},
                                   &network, &error);
    if (status == PT_OK)
        status = run(network, graph, 2, 1, &lesson, &error);

    if (status == PT_OK) {
        printf("x = 2, target = 1\n");
        printf("output                         %9.6f\n", lesson.output);
        printf("loss (output - target)^2       %9.6f\n", lesson.loss);
        printf("gradient with respect to x     %9.6f\n", lesson.input_gradient);
        printf("gradient with respect to w     %9.6f\n", lesson.weight_gradient);
        printf("gradient with respect to b     %9.6f\n", lesson.bias_gradient);
    } else {
        fprintf(stderr, "linear: %s: %s\n", pt_status_text(status), error.message);
    }
    pt_network_destroy(network);
    pt_graph_destroy(graph);
    return status == PT_OK ? 0 : 1;
}
