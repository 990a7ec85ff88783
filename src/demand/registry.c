// All operators that can be counted.

#include "demand/operator_demand.h"

#include <string.h>

extern const struct pt_operator_demand pt_demand_linear, pt_demand_flatten, pt_demand_relu,
    pt_demand_gelu, pt_demand_tanh, pt_demand_sigmoid, pt_demand_softmax, pt_demand_dropout,
    pt_demand_layer_norm, pt_demand_cross_entropy, pt_demand_mse;

const struct pt_operator_demand *const pt_operator_demands[] = {
    &pt_demand_linear,     &pt_demand_flatten,       &pt_demand_relu,    &pt_demand_gelu,
    &pt_demand_tanh,       &pt_demand_sigmoid,       &pt_demand_softmax, &pt_demand_dropout,
    &pt_demand_layer_norm, &pt_demand_cross_entropy, &pt_demand_mse,     NULL,
};

const struct pt_operator_demand *pt_operator_demand_find(const char *name)
{
    for (int i = 0; pt_operator_demands[i] != NULL; i++)
        if (strcmp(pt_operator_demands[i]->name, name) == 0)
            return pt_operator_demands[i];
    return NULL;
}
