// The builder functions of powertrain.h: one operator each.

#include "model/graph.h"

static pt_tensor add(struct pt_graph *graph, const char *name, pt_tensor x,
                     const union pt_attribute *attributes)
{
    return pt_graph_add(graph, name, NULL, &x, 1, attributes);
}

pt_tensor pt_linear(struct pt_graph *graph, pt_tensor x, int64_t out_features, bool bias)
{
    return add(graph, "linear", x,
               (union pt_attribute[]){{.integer = out_features}, {.integer = bias}});
}

pt_tensor pt_flatten(struct pt_graph *graph, pt_tensor x)
{
    return add(graph, "flatten", x, NULL);
}

pt_tensor pt_relu(struct pt_graph *graph, pt_tensor x)
{
    return add(graph, "relu", x, NULL);
}

pt_tensor pt_gelu(struct pt_graph *graph, pt_tensor x)
{
    return add(graph, "gelu", x, NULL);
}

pt_tensor pt_tanh(struct pt_graph *graph, pt_tensor x)
{
    return add(graph, "tanh", x, NULL);
}

pt_tensor pt_sigmoid(struct pt_graph *graph, pt_tensor x)
{
    return add(graph, "sigmoid", x, NULL);
}

pt_tensor pt_softmax(struct pt_graph *graph, pt_tensor x)
{
    return add(graph, "softmax", x, NULL);
}

pt_tensor pt_dropout(struct pt_graph *graph, pt_tensor x, double probability)
{
    return add(graph, "dropout", x, (union pt_attribute[]){{.number = probability}});
}

pt_tensor pt_layer_norm(struct pt_graph *graph, pt_tensor x, double epsilon)
{
    return add(graph, "layer_norm", x, (union pt_attribute[]){{.number = epsilon}});
}

pt_tensor pt_cross_entropy(struct pt_graph *graph, pt_tensor logits, pt_tensor target)
{
    return pt_graph_add(graph, "cross_entropy", NULL, (pt_tensor[]){logits, target}, 2, NULL);
}

pt_tensor pt_mse(struct pt_graph *graph, pt_tensor prediction, pt_tensor target)
{
    return pt_graph_add(graph, "mse", NULL, (pt_tensor[]){prediction, target}, 2, NULL);
}
