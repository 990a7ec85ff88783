// 1 / (1 + exp(-x)): negate, exp, add, divide; the slope is y (1 - y).

#include "engine/pointwise.h"

static void forward(struct pt_kernel_call *call)
{
    pt_pointwise_forward(call, pt_elementwise()->sigmoid, 4);
}

static void backward(struct pt_kernel_call *call)
{
    pt_pointwise_backward(call, pt_elementwise()->sigmoid_backward, call->outputs[0], 3);
}

const struct pt_operator_kernel pt_kernel_sigmoid = {
    .name = "sigmoid",
    .forward = forward,
    .backward = backward,
};
