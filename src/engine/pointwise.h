// What the operators share that do the same to every element.
#ifndef PT_ENGINE_POINTWISE_H
#define PT_ENGINE_POINTWISE_H

#include "engine/elementwise.h"
#include "engine/operator_kernel.h"

typedef void pt_pointwise(float *y, const float *x, int64_t n);
typedef void pt_pointwise_gradient(float *dx, const float *dy, const float *x_or_y, int64_t n,
                                   bool add);
// The same with a number that the operator has as an attribute.
typedef void pt_pointwise_with(float *y, const float *x, int64_t n, float number);
typedef void pt_pointwise_gradient_with(float *dx, const float *dy, const float *x_or_y, int64_t n,
                                        float number, bool add);

// outputs[0] = f(inputs[0]), flop_each operations an element.
void pt_pointwise_forward(struct pt_kernel_call *call, pt_pointwise *f, int64_t flop_each);
void pt_pointwise_forward_with(struct pt_kernel_call *call, pt_pointwise_with *f, float number,
                               int64_t flop_each);
// The gradient of inputs[0]; x_or_y is what f needs beside the output's gradient.
void pt_pointwise_backward(struct pt_kernel_call *call, pt_pointwise_gradient *f,
                           const float *x_or_y, int64_t flop_each);
void pt_pointwise_backward_with(struct pt_kernel_call *call, pt_pointwise_gradient_with *f,
                                const float *x_or_y, float number, int64_t flop_each);

// Copies (or adds) the output's gradient to that of an input, unless they are the same or nobody
// wants it.
void pt_pass_gradient_to(struct pt_kernel_call *call, int input);
// The same for the first input, and the values forward.
void pt_pass_gradient_on(struct pt_kernel_call *call);
void pt_pass_value_on(struct pt_kernel_call *call);

#endif
