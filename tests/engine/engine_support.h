// What the tests of the engine share: a network that must be created, arrays with random numbers.
#ifndef PT_TEST_ENGINE_SUPPORT_H
#define PT_TEST_ENGINE_SUPPORT_H

#include "support.h"

#include "base/random.h"
#include "demand/demand.h"
#include "engine/network.h"

static inline struct pt_network *make_network(const struct pt_graph *graph, uint64_t seed,
                                              int threads)
{
    struct pt_error error;
    struct pt_network *network;
    struct pt_network_options options = {
        .struct_size = sizeof options, .seed = seed, .threads = threads};
    assert_status(pt_network_create(graph, &options, &network, &error), PT_OK, &error);
    return network;
}

static inline struct pt_graph *make_graph(const char *name)
{
    struct pt_graph *graph;
    struct pt_error error;
    assert_status(pt_graph_create(name, &graph, &error), PT_OK, &error);
    return graph;
}

static inline struct pt_optimizer *make_optimizer(struct pt_network *network,
                                                  struct pt_optimizer_options options)
{
    struct pt_error error;
    struct pt_optimizer *optimizer;
    options.struct_size = sizeof options;
    assert_status(pt_optimizer_create(network, &options, &optimizer, &error), PT_OK, &error);
    return optimizer;
}

static inline void forward(struct pt_network *network, int64_t rows, bool training)
{
    struct pt_error error;
    assert_status(pt_network_forward(network, rows, training, &error), PT_OK, &error);
}

static inline void backward(struct pt_network *network)
{
    struct pt_error error;
    assert_status(pt_network_backward(network, &error), PT_OK, &error);
}

// Uniform in +-1 but never nearer to 0 than 0.1, where a relu has no derivative.
static inline void fill_random(float *values, int64_t count, uint64_t stream)
{
    pt_random_fill_uniform(12345, stream, -0.9f, 0.9f, values, count);
    for (int64_t i = 0; i < count; i++)
        values[i] += values[i] < 0 ? -0.1f : 0.1f;
}

static inline void fill_classes(int32_t *classes, int64_t count, int class_count, uint64_t stream)
{
    for (int64_t i = 0; i < count; i++)
        classes[i] = (int32_t)(pt_random_uniform(54321, stream, (uint64_t)i) * (float)class_count);
}

// Fills every input of the graph: floats as above, class numbers below class_count.
static inline void fill_inputs(struct pt_network *network, int class_count)
{
    const struct pt_graph *graph = pt_network_graph(network);
    for (pt_tensor i = 0; i < graph->tensor_count; i++) {
        if (graph->tensors[i].role != PT_ROLE_INPUT)
            continue;
        int64_t size = pt_graph_tensor_size(graph, i);
        if (graph->tensors[i].dtype == PT_INT32)
            fill_classes(pt_network_values_int32(network, i), size, class_count, (uint64_t)i);
        else
            fill_random(pt_network_values(network, i), size, 1000 + (uint64_t)i);
    }
}

// The same network again and again: 7 features, two hidden layers with what the engine has, and
// cross-entropy over 5 classes.
static inline struct pt_graph *make_classifier(int64_t batch, double dropout)
{
    struct pt_graph *graph = make_graph("classifier");
    pt_tensor x = pt_input(graph, "x", PT_FLOAT32, 2, (int64_t[]){batch, 7});
    pt_tensor target = pt_input(graph, "target", PT_INT32, 1, &batch);
    pt_tensor h = pt_relu(graph, pt_linear(graph, x, 33, true));
    h = pt_gelu(graph, pt_layer_norm(graph, h, 1e-5));
    if (dropout > 0)
        h = pt_dropout(graph, h, dropout);
    h = pt_tanh(graph, pt_linear(graph, h, 18, false));
    pt_cross_entropy(graph, pt_linear(graph, h, 5, true), target);
    struct pt_error error;
    assert_status(pt_graph_check(graph, &error), PT_OK, &error);
    return graph;
}

static inline void assert_same_floats(const float *actual, const float *expected, int64_t count)
{
    assert_memory_equal(actual, expected, (size_t)count * sizeof *actual);
}

#endif
