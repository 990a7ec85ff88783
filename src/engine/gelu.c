// x times the normal distribution function of x: exactly, or with the tanh that GPT-2 has for it.
// Operations are counted as demand/pointwise.c lists them.

#include "engine/activation_loops.h"
#include "engine/pointwise.h"

enum { APPROXIMATE };

static void forward(struct pt_kernel_call *call)
{
    if (call->op->attributes[APPROXIMATE].integer)
        pt_pointwise_forward(call, pt_activation_loops()->gelu_tanh, 7);
    else
        pt_pointwise_forward(call, pt_elementwise()->gelu, 5);
}

static void backward(struct pt_kernel_call *call)
{
    if (call->op->attributes[APPROXIMATE].integer)
        pt_pointwise_backward(call, pt_activation_loops()->gelu_tanh_backward, call->inputs[0], 15);
    else
        pt_pointwise_backward(call, pt_elementwise()->gelu_backward, call->inputs[0], 11);
}

const struct pt_operator_kernel pt_kernel_gelu = {
    .name = "gelu",
    .forward = forward,
    .backward = backward,
};
