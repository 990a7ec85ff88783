// All dimensions but the first become one: another view of the same bytes. The memory plan lays
// output and input over each other; only gradients are copied, where several operators add to them.

#include "engine/pointwise.h"

const struct pt_operator_kernel pt_kernel_flatten = {
    .name = "flatten",
    .forward = pt_pass_value_on,
    .backward = pt_pass_gradient_on,
};
