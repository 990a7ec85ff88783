// What the operators share that do the same to every element.
#ifndef PT_ENGINE_POINTWISE_H
#define PT_ENGINE_POINTWISE_H

#include "engine/elementwise.h"
#include "engine/operator_kernel.h"

typedef void pt_pointwise(float *y, const float *x, int64_t n);
typedef void pt_pointwise_gradient(float *dx, const float *dy, const float *x_or_y, int64_t n,
                                   bool add);

// outputs[0] = f(inputs[0]), flop_each operations an element.
void pt_pointwise_forward(struct pt_kernel_call *call, pt_pointwise *f, int64_t flop_each);
// The gradient of inputs[0]; x_or_y is what f needs beside the output's gradient.
void pt_pointwise_backward(struct pt_kernel_call *call, pt_pointwise_gradient *f,
                           const float *x_or_y, int64_t flop_each);
// Copies (or adds) the output's gradient to that of the input, unless they are the same.
void pt_pass_gradient_on(struct pt_kernel_call *call);
// Copies the input to the output, unless they are the same.
void pt_pass_value_on(struct pt_kernel_call *call);

#endif
