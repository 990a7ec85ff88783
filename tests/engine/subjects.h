// Every operator in small networks, on which its laws are tested: gradients, threads, operations.
// A new operator gets a few lines here; test_every_operator.c fails until it has.
#ifndef PT_TEST_SUBJECTS_H
#define PT_TEST_SUBJECTS_H

#include "engine_support.h"

#include "model/network_file.h"

struct subject {
    const char *operator_name;
    int64_t batch;
    const char *network; // a network file without its name; a mean square is put on top if it has
                         // no loss
    int classes;         // numbers in int32 inputs are below this; 0: 5
    bool rounds;         // matrix products: another number of threads may round differently
};

// Shapes of each: odd and small, and wide enough to fill vectors and leave a rest.
static const struct subject subjects[] = {
    {.operator_name = "linear",
     .batch = 3,
     .network = "{input: {shape: [5]}, layers: [linear: {out_features: 4}]}",
     .rounds = true},
    {.operator_name = "linear",
     .batch = 2,
     .network = "{input: {shape: [3, 5]}, layers: [linear: {out_features: 4, bias: false}]}",
     .rounds = true},
    {.operator_name = "linear",
     .batch = 70,
     .network = "{input: {shape: [37]}, layers: [linear: {out_features: 4}]}",
     .rounds = true},
    {.operator_name = "linear",
     .batch = 3,
     .network = "{input: {shape: [5]}, layers: [linear: {name: a, out_features: 5}, tanh, "
                "linear: {out_features: 5, tie: [a.weight, a.bias]}]}",
     .rounds = true},
    {.operator_name = "linear",
     .batch = 3,
     .network = "{input: {shape: [5]}, layers: [linear: {out_features: 5, freeze: true}, tanh, "
                "linear: {out_features: 5}]}",
     .rounds = true},
    {.operator_name = "flatten",
     .batch = 2,
     .network = "{input: {shape: [3, 5]}, layers: [flatten]}"},
    {.operator_name = "relu", .batch = 3, .network = "{input: {shape: [5]}, layers: [relu]}"},
    {.operator_name = "relu", .batch = 70, .network = "{input: {shape: [37]}, layers: [relu]}"},
    {.operator_name = "gelu", .batch = 3, .network = "{input: {shape: [5]}, layers: [gelu]}"},
    {.operator_name = "gelu", .batch = 70, .network = "{input: {shape: [37]}, layers: [gelu]}"},
    {.operator_name = "tanh", .batch = 3, .network = "{input: {shape: [5]}, layers: [tanh]}"},
    {.operator_name = "tanh", .batch = 70, .network = "{input: {shape: [37]}, layers: [tanh]}"},
    {.operator_name = "sigmoid", .batch = 3, .network = "{input: {shape: [5]}, layers: [sigmoid]}"},
    {.operator_name = "sigmoid",
     .batch = 70,
     .network = "{input: {shape: [37]}, layers: [sigmoid]}"},
    {.operator_name = "softmax",
     .batch = 3,
     .network = "{input: {shape: [2, 5]}, layers: [softmax]}"},
    {.operator_name = "softmax",
     .batch = 70,
     .network = "{input: {shape: [37]}, layers: [softmax]}"},
    {.operator_name = "dropout",
     .batch = 3,
     .network = "{input: {shape: [5]}, layers: [dropout: {probability: 0.5}]}"},
    {.operator_name = "dropout",
     .batch = 70,
     .network = "{input: {shape: [37]}, layers: [dropout: {probability: 0.3}]}"},
    {.operator_name = "layer_norm",
     .batch = 3,
     .network = "{input: {shape: [5]}, layers: [layer_norm]}"},
    {.operator_name = "layer_norm",
     .batch = 2,
     .network = "{input: {shape: [35, 37]}, layers: [layer_norm]}"},
    {.operator_name = "cross_entropy",
     .batch = 3,
     .network = "{input: {shape: [5]}, layers: [tanh], loss: cross_entropy}"},
    {.operator_name = "cross_entropy",
     .batch = 2,
     .network = "{input: {shape: [35, 37]}, layers: [tanh], loss: cross_entropy}",
     .classes = 37},
    {.operator_name = "mse",
     .batch = 3,
     .network = "{input: {shape: [5]}, layers: [tanh], loss: mse}"},
    {.operator_name = "mse",
     .batch = 70,
     .network = "{input: {shape: [37]}, layers: [tanh], loss: mse}"},
};

enum { SUBJECT_COUNT = sizeof subjects / sizeof subjects[0] };

// asks: the gradient with respect to the float inputs is wanted too.
static inline struct pt_graph *subject_graph(const struct subject *subject, bool asks)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_graph *graph;
    struct pt_error error;
    const struct pt_node *node;
    assert_status(pt_yaml_parse(arena, subject->network, strlen(subject->network),
                                subject->operator_name, &node, &error),
                  PT_OK, &error);
    assert_status(pt_network_from_node(node, subject->batch, &graph, &error), PT_OK, &error);
    pt_arena_destroy(arena);
    int inputs = graph->tensor_count; // of the network; a target comes last
    for (pt_tensor i = 0; i < inputs && asks; i++)
        if (graph->tensors[i].role == PT_ROLE_INPUT && graph->tensors[i].dtype == PT_FLOAT32)
            pt_graph_require_gradient(graph, i);
    if (graph->loss == PT_NO_TENSOR) {
        pt_tensor y = graph->ops[graph->op_count - 1].outputs[0];
        const struct pt_shape shape = pt_graph_tensor(graph, y)->shape;
        pt_mse(graph, y, pt_input(graph, "wanted", PT_FLOAT32, shape.rank, shape.dim));
    }
    assert_status(pt_graph_check(graph, &error), PT_OK, &error);
    return graph;
}

static inline void fill_subject(struct pt_network *network, const struct subject *subject)
{
    fill_inputs(network, subject->classes > 0 ? subject->classes : 5);
}

#endif
