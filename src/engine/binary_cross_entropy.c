// Cross-entropy of logits and targets from 0 to 1, one yes or no for each element; the yes of
// targets weighs pos_weight.
// Operations are counted as demand/loss.c lists them.

#include "engine/activation_loops.h"
#include "engine/value_loss.h"
#include "model/loss.h"

static struct pt_value_loss loss(void)
{
    return (struct pt_value_loss){.sum = pt_activation_loops()->binary,
                                  .slope = pt_activation_loops()->binary_slope,
                                  .of_target = pt_activation_loops()->binary_target_slope,
                                  .forward_flop = 13,
                                  .backward_flop = 11,
                                  .target_flop = 9};
}

static float weight_of(const struct pt_kernel_call *call)
{
    return (float)call->op->attributes[PT_LOSS_POS_WEIGHT].number;
}

static void forward(struct pt_kernel_call *call)
{
    struct pt_value_loss binary = loss();
    pt_value_loss_forward(call, &binary, weight_of(call));
}

static void backward(struct pt_kernel_call *call)
{
    struct pt_value_loss binary = loss();
    pt_value_loss_backward(call, &binary, weight_of(call));
}

const struct pt_operator_kernel pt_kernel_binary_cross_entropy = {
    .name = "binary_cross_entropy",
    .forward = forward,
    .backward = backward,
};
