// Convolutions in which each channel has a filter of its own. For conv_*.c.
//
// Every pixel is used once for each tap: no product of matrices, so that memory sets the speed and
// bf16 would gain nothing. Always computed in fp32.
#ifndef PT_ENGINE_CONV_DEPTHWISE_H
#define PT_ENGINE_CONV_DEPTHWISE_H

#include "engine/conv.h"

bool pt_conv_is_depthwise(const struct pt_conv *conv);
size_t pt_conv_depthwise_scratch(const struct pt_conv *conv);
void pt_conv_depthwise_forward(const struct pt_conv_call *call, const float *x,
                               const float *weights, float *y, struct pt_conv_finish finish);
void pt_conv_depthwise_adjoint(const struct pt_conv_call *call, const float *y,
                               const float *weights, float *x, struct pt_conv_finish finish);
void pt_conv_depthwise_weights(const struct pt_conv_call *call, const float *x, const float *dy,
                               float *dweights, bool add);

#endif
