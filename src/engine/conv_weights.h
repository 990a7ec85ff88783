// The gradient of a convolution's weights. For conv_*.c.
#ifndef PT_ENGINE_CONV_WEIGHTS_H
#define PT_ENGINE_CONV_WEIGHTS_H

#include "engine/conv.h"

size_t pt_conv_weights_scratch(const struct pt_conv *conv, const struct pt_gemm_isa *isa,
                               enum pt_precision precision, int threads);
void pt_conv_weights_run(const struct pt_conv_call *call, const float *x, const float *dy,
                         float *dweights, bool add);

#endif
