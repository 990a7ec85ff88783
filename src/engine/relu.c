// max(0, x); the slope is told by the output.

#include "engine/pointwise.h"

static void forward(struct pt_kernel_call *call)
{
    pt_pointwise_forward(call, pt_elementwise()->relu, 1);
}

static void backward(struct pt_kernel_call *call)
{
    pt_pointwise_backward(call, pt_elementwise()->relu_backward, call->outputs[0], 1);
}

const struct pt_operator_kernel pt_kernel_relu = {
    .name = "relu",
    .forward = forward,
    .backward = backward,
};
