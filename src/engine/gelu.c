// x times the normal distribution function of x. Forward: two products inside, erf, sum, product.
// Backward: distribution 4, density 4, multiply-add 2, times the gradient 1.

#include "engine/pointwise.h"

static void forward(struct pt_kernel_call *call)
{
    pt_pointwise_forward(call, pt_elementwise()->gelu, 5);
}

static void backward(struct pt_kernel_call *call)
{
    pt_pointwise_backward(call, pt_elementwise()->gelu_backward, call->inputs[0], 11);
}

const struct pt_operator_kernel pt_kernel_gelu = {
    .name = "gelu",
    .forward = forward,
    .backward = backward,
};
