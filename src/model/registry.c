// All operators, in the order of the documentation.

#include <string.h>

#include "model/operator.h"

extern const struct pt_operator pt_operator_linear, pt_operator_flatten, pt_operator_relu,
    pt_operator_gelu, pt_operator_tanh, pt_operator_sigmoid, pt_operator_softmax,
    pt_operator_dropout, pt_operator_layer_norm, pt_operator_cross_entropy, pt_operator_mse;

const struct pt_operator *const pt_operators[] = {
    &pt_operator_linear,     &pt_operator_flatten,       &pt_operator_relu,    &pt_operator_gelu,
    &pt_operator_tanh,       &pt_operator_sigmoid,       &pt_operator_softmax, &pt_operator_dropout,
    &pt_operator_layer_norm, &pt_operator_cross_entropy, &pt_operator_mse,     NULL,
};

const struct pt_operator *pt_operator_find(const char *name)
{
    for (int i = 0; pt_operators[i] != NULL; i++)
        if (strcmp(pt_operators[i]->name, name) == 0)
            return pt_operators[i];
    return NULL;
}
