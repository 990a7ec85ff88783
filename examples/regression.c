// A first lesson, 2 of 3: learning a curve from noisy points.
//
// 100 points of y = x^2 + noise; a network of one hidden layer learns the curve by stochastic
// gradient descent on the mean squared error (MSE). The noise has a deviation of 0.05, so no curve
// can do better than an MSE of about 0.05^2 = 0.0025.
//
//     cc regression.c $(pkg-config --cflags --libs powertrain) -lm -o regression && ./regression
// The same lesson without a program: powertrain train examples/regression.yaml

#include <powertrain.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SAMPLES = 100, HIDDEN = 16, EPOCHS = 200, PRINT_EVERY = 10 };

static const double learning_rate = 0.2;

// Where the losses go that the lesson prints.
struct lesson {
    double losses[EPOCHS / PRINT_EVERY];
    double final_mse;
};

static enum pt_status build(struct pt_graph **ret_graph, struct pt_error *error)
{
    enum pt_status status = pt_graph_create("regression", ret_graph, error);
    if (status != PT_OK)
        return status;

    pt_tensor x = pt_input(*ret_graph, "x", PT_FLOAT32, 2, (int64_t[]){SAMPLES, 1});
    pt_tensor y = pt_input(*ret_graph, "y", PT_FLOAT32, 2, (int64_t[]){SAMPLES, 1});
    pt_tensor hidden = pt_tanh(*ret_graph, pt_linear(*ret_graph, x, HIDDEN, true));
    pt_mse(*ret_graph, pt_linear(*ret_graph, hidden, 1, true), y);
    return pt_graph_check(*ret_graph, error);
}

// All points in every step.
static enum pt_status train(struct pt_network *network, struct pt_optimizer *optimizer,
                            struct lesson *ret_lesson, struct pt_error *error)
{
    for (int epoch = 1; epoch <= EPOCHS; epoch++) {
        enum pt_status status = pt_network_forward(network, 0, true, error);
        if (status != PT_OK)
            return status;
        double loss = pt_network_loss(network);

        pt_network_zero_gradients(network);
        status = pt_network_backward(network, error);
        if (status != PT_OK)
            return status;
        pt_optimizer_step(optimizer, learning_rate);

        if (epoch % PRINT_EVERY == 0) {
            printf("epoch %3d  loss %.6f\n", epoch, loss);
            ret_lesson->losses[epoch / PRINT_EVERY - 1] = loss;
        }
    }
    enum pt_status status = pt_network_forward(network, 0, false, error);
    if (status == PT_OK)
        ret_lesson->final_mse = pt_network_loss(network);
    return status;
}

static enum pt_status run(const struct pt_graph *graph, struct pt_network *network,
                          const float x[SAMPLES], const float y[SAMPLES], struct lesson *ret_lesson,
                          struct pt_error *error)
{
    struct pt_optimizer *optimizer;
    struct pt_optimizer_options options = {.struct_size = sizeof options, .kind = PT_SGD};
    enum pt_status status = pt_optimizer_create(network, &options, &optimizer, error);
    if (status != PT_OK)
        return status;

    size_t bytes = SAMPLES * sizeof(float);
    memcpy(pt_network_values(network, pt_graph_find(graph, "x")), x, bytes);
    memcpy(pt_network_values(network, pt_graph_find(graph, "y")), y, bytes);
    status = train(network, optimizer, ret_lesson, error);
    pt_optimizer_destroy(optimizer);
    return status;
}

// A number from -1 to 1 that looks random but is the same on every machine.
// Steele et al. 2014, "Fast splittable pseudorandom number generators" (SplitMix64).
static float noise(uint64_t *state)
{
    uint64_t bits = *state += 0x9e3779b97f4a7c15u;
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9u;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebu;
    bits ^= bits >> 31;
    return (float)(bits >> 40) / (1 << 23) - 1;
}

static void make_points(float x[SAMPLES], float y[SAMPLES])
{
    // Uniform noise from -a to a has the deviation a / sqrt(3).
    float amplitude = 0.05F * sqrtf(3);
    uint64_t state = 1;
    for (int i = 0; i < SAMPLES; i++) {
        x[i] = 2 * (float)i / (SAMPLES - 1) - 1;
        y[i] = x[i] * x[i] + amplitude * noise(&state);
    }
}

int main(void)
{
    struct pt_graph *graph = NULL;
    struct pt_network *network = NULL;
    struct pt_error error;
    struct lesson lesson = {.final_mse = NAN};
    float x[SAMPLES], y[SAMPLES];

    make_points(x, y);
    enum pt_status status = build(&graph, &error);
    if (status == PT_OK)
        status = pt_network_create(graph,
                                   &(struct pt_network_options){
                                       .struct_size = sizeof(struct pt_network_options), .seed = 1},
                                   &network, &error);
    if (status == PT_OK)
        status = run(graph, network, x, y, &lesson, &error);
    if (status == PT_OK)
        printf("final MSE %.6f\n", lesson.final_mse);
    else
        fprintf(stderr, "regression: %s: %s\n", pt_status_text(status), error.message);

    pt_network_destroy(network);
    pt_graph_destroy(graph);
    return status == PT_OK ? 0 : 1;
}
