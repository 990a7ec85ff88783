// All operators that the engine runs, and all optimizers.

#include <string.h>

#include "engine/operator_kernel.h"
#include "engine/optimizer_rule.h"

extern const struct pt_operator_kernel pt_kernel_linear, pt_kernel_flatten, pt_kernel_relu,
    pt_kernel_gelu, pt_kernel_tanh, pt_kernel_sigmoid, pt_kernel_softmax, pt_kernel_dropout,
    pt_kernel_layer_norm, pt_kernel_cross_entropy, pt_kernel_mse;

const struct pt_operator_kernel *const pt_operator_kernels[] = {
    &pt_kernel_linear,     &pt_kernel_flatten,       &pt_kernel_relu,    &pt_kernel_gelu,
    &pt_kernel_tanh,       &pt_kernel_sigmoid,       &pt_kernel_softmax, &pt_kernel_dropout,
    &pt_kernel_layer_norm, &pt_kernel_cross_entropy, &pt_kernel_mse,     NULL,
};

extern const struct pt_optimizer_rule pt_rule_gradient_descent, pt_rule_sgd, pt_rule_adam,
    pt_rule_adamw;

const struct pt_optimizer_rule *const pt_optimizer_rules[] = {
    &pt_rule_gradient_descent, &pt_rule_sgd, &pt_rule_adam, &pt_rule_adamw, NULL,
};

const struct pt_operator_kernel *pt_operator_kernel_find(const char *name)
{
    for (int i = 0; pt_operator_kernels[i] != NULL; i++)
        if (strcmp(pt_operator_kernels[i]->name, name) == 0)
            return pt_operator_kernels[i];
    return NULL;
}

struct pt_matrix_size pt_op_matrix(const struct pt_graph *graph, const struct pt_op *op)
{
    const struct pt_shape *shape = &pt_graph_tensor(graph, op->inputs[0])->shape;
    struct pt_matrix_size size = {.columns = 1, .elements = pt_shape_size(shape)};
    if (shape->rank > 0)
        size.columns = shape->dim[shape->rank - 1];
    size.rows = size.elements / size.columns; // no dimension is below 1
    return size;
}

const struct pt_optimizer_rule *pt_optimizer_rule_find(enum pt_optimizer_kind kind)
{
    for (int i = 0; pt_optimizer_rules[i] != NULL; i++)
        if (pt_optimizer_rules[i]->kind == kind)
            return pt_optimizer_rules[i];
    return NULL;
}
