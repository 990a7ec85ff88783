// Activations of one input whose loops stand in activation_loops.h, and the constant factor.
// Operations are counted as demand/pointwise.c lists them.

#include "engine/activation_loops.h"
#include "engine/pointwise.h"

enum { NUMBER }; // slope, alpha or factor

#define OF_INPUT(NAME, FORWARD_FLOP, BACKWARD_FLOP)                                                \
    static void forward_##NAME(struct pt_kernel_call *call)                                        \
    {                                                                                              \
        pt_pointwise_forward(call, pt_activation_loops()->NAME, FORWARD_FLOP);                     \
    }                                                                                              \
    static void backward_##NAME(struct pt_kernel_call *call)                                       \
    {                                                                                              \
        pt_pointwise_backward(call, pt_activation_loops()->NAME##_backward, call->inputs[0],       \
                              BACKWARD_FLOP);                                                      \
    }                                                                                              \
    const struct pt_operator_kernel pt_kernel_##NAME = {                                           \
        .name = #NAME, .forward = forward_##NAME, .backward = backward_##NAME}

OF_INPUT(silu, 4, 9);
OF_INPUT(quick_gelu, 4, 9);
OF_INPUT(softplus, 6, 5);

static float number_of(const struct pt_kernel_call *call)
{
    return (float)call->op->attributes[NUMBER].number;
}

#define OF_OUTPUT(NAME, FORWARD_FLOP, BACKWARD_FLOP)                                               \
    static void forward_##NAME(struct pt_kernel_call *call)                                        \
    {                                                                                              \
        pt_pointwise_forward_with(call, pt_activation_loops()->NAME, number_of(call),              \
                                  FORWARD_FLOP);                                                   \
    }                                                                                              \
    static void backward_##NAME(struct pt_kernel_call *call)                                       \
    {                                                                                              \
        pt_pointwise_backward_with(call, pt_activation_loops()->NAME##_backward, call->outputs[0], \
                                   number_of(call), BACKWARD_FLOP);                                \
    }                                                                                              \
    const struct pt_operator_kernel pt_kernel_##NAME = {                                           \
        .name = #NAME, .forward = forward_##NAME, .backward = backward_##NAME}

OF_OUTPUT(leaky_relu, 2, 2);
OF_OUTPUT(elu, 4, 3);

static void times(float *y, const float *x, int64_t n, float factor)
{
    pt_elementwise()->scale(y, x, n, factor, false);
}

static void forward_scale(struct pt_kernel_call *call)
{
    pt_pointwise_forward_with(call, times, number_of(call), 1);
}

static void times_gradient(float *dx, const float *dy, const float *unused, int64_t n, float factor,
                           bool add)
{
    (void)unused;
    pt_elementwise()->scale(dx, dy, n, factor, add);
}

static void backward_scale(struct pt_kernel_call *call)
{
    const float *nothing = call->output_gradients[0]; // the slope depends on no value
    pt_pointwise_backward_with(call, times_gradient, nothing, number_of(call), 1);
}

const struct pt_operator_kernel pt_kernel_scale = {
    .name = "scale",
    .forward = forward_scale,
    .backward = backward_scale,
};
