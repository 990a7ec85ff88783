// What the losses share that compare a prediction with as many numbers: a mean over all elements.
#ifndef PT_ENGINE_VALUE_LOSS_H
#define PT_ENGINE_VALUE_LOSS_H

#include "engine/operator_kernel.h"

typedef double pt_loss_sum(const float *prediction, const float *target, int64_t n, float number);
typedef void pt_loss_slope(float *dx, const float *prediction, const float *target, int64_t n,
                           float number, float scale, bool add);

struct pt_value_loss {
    pt_loss_sum *sum;         // in double precision
    pt_loss_slope *slope;     // of the prediction, times scale
    pt_loss_slope *of_target; // of the target; NULL: the negative of the other
    int64_t forward_flop, backward_flop, target_flop; // an element
};

// number: the attribute of the loss.
void pt_value_loss_forward(struct pt_kernel_call *call, const struct pt_value_loss *loss,
                           float number);
void pt_value_loss_backward(struct pt_kernel_call *call, const struct pt_value_loss *loss,
                            float number);

#endif
