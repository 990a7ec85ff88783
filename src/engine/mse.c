// Mean of (prediction - target)^2 over all elements.
// Operations are counted as demand/loss.c lists them.

#include "engine/elementwise.h"
#include "engine/value_loss.h"

static double sum(const float *prediction, const float *target, int64_t n, float unused)
{
    (void)unused;
    return pt_elementwise()->squared_distance(prediction, target, n);
}

static void slope(float *dx, const float *prediction, const float *target, int64_t n, float unused,
                  float scale, bool add)
{
    (void)unused;
    pt_elementwise()->scaled_difference(dx, prediction, target, n, 2 * scale, add);
}

static const struct pt_value_loss mse = {
    .sum = sum, .slope = slope, .forward_flop = 3, .backward_flop = 2};

static void forward(struct pt_kernel_call *call)
{
    pt_value_loss_forward(call, &mse, 0);
}

static void backward(struct pt_kernel_call *call)
{
    pt_value_loss_backward(call, &mse, 0);
}

const struct pt_operator_kernel pt_kernel_mse = {
    .name = "mse",
    .forward = forward,
    .backward = backward,
};
