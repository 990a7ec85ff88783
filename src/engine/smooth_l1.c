// Mean of |prediction - target|, with a parabola below beta. Girshick 2015, arXiv:1504.08083.
// Times beta it is Huber's loss; with beta 0 it is l1.
// Operations are counted as demand/loss.c lists them.

#include "engine/activation_loops.h"
#include "engine/value_loss.h"
#include "model/loss.h"

static struct pt_value_loss loss(void)
{
    return (struct pt_value_loss){.sum = pt_activation_loops()->smooth_l1,
                                  .slope = pt_activation_loops()->smooth_l1_slope,
                                  .forward_flop = 6,
                                  .backward_flop = 6};
}

static float beta_of(const struct pt_kernel_call *call)
{
    return (float)call->op->attributes[PT_LOSS_BETA].number;
}

static void forward(struct pt_kernel_call *call)
{
    struct pt_value_loss smooth_l1 = loss();
    pt_value_loss_forward(call, &smooth_l1, beta_of(call));
}

static void backward(struct pt_kernel_call *call)
{
    struct pt_value_loss smooth_l1 = loss();
    pt_value_loss_backward(call, &smooth_l1, beta_of(call));
}

const struct pt_operator_kernel pt_kernel_smooth_l1 = {
    .name = "smooth_l1",
    .forward = forward,
    .backward = backward,
};
