// Hyperbolic tangent; the slope is 1 - y y.

#include "engine/pointwise.h"

static void forward(struct pt_kernel_call *call)
{
    pt_pointwise_forward(call, pt_elementwise()->tanh, 1);
}

static void backward(struct pt_kernel_call *call)
{
    pt_pointwise_backward(call, pt_elementwise()->tanh_backward, call->outputs[0], 3);
}

const struct pt_operator_kernel pt_kernel_tanh = {
    .name = "tanh",
    .forward = forward,
    .backward = backward,
};
