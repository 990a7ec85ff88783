// Splits pointwise work among threads.

#include "engine/pointwise.h"

#include <string.h>

#include "engine/split.h"

enum { STEP = 64 }; // elements: no two threads write to one cache line

void pt_pointwise_forward(struct pt_kernel_call *call, pt_pointwise *f, int64_t flop_each)
{
    int64_t n = pt_op_matrix(call->graph, call->op).elements;
    float *y = call->outputs[0];
    const float *x = call->inputs[0];
#pragma omp parallel num_threads(call->threads) if (n >= PT_PARALLEL_ELEMENTS)
    {
        struct pt_range range = pt_thread_range(n, STEP);
        f(y + range.begin, x + range.begin, range.end - range.begin);
    }
    call->executed_flop += flop_each * n;
}

void pt_pointwise_backward(struct pt_kernel_call *call, pt_pointwise_gradient *f,
                           const float *x_or_y, int64_t flop_each)
{
    int64_t n = pt_op_matrix(call->graph, call->op).elements;
    float *dx = call->input_gradients[0];
    const float *dy = call->output_gradients[0];
    bool add = call->accumulate_input[0];
    if (dx == NULL)
        return;
#pragma omp parallel num_threads(call->threads) if (n >= PT_PARALLEL_ELEMENTS)
    {
        struct pt_range range = pt_thread_range(n, STEP);
        f(dx + range.begin, dy + range.begin, x_or_y + range.begin, range.end - range.begin, add);
    }
    call->executed_flop += (flop_each + (add ? 1 : 0)) * n;
}

void pt_pass_gradient_on(struct pt_kernel_call *call)
{
    int64_t n = pt_op_matrix(call->graph, call->op).elements;
    float *dx = call->input_gradients[0];
    const float *dy = call->output_gradients[0];
    if (dx == NULL || dx == dy)
        return;
    if (!call->accumulate_input[0]) {
        memcpy(dx, dy, (size_t)n * sizeof *dx);
        return;
    }
    pt_elementwise()->scale(dx, dy, n, 1.0f, true);
    call->executed_flop += n;
}

void pt_pass_value_on(struct pt_kernel_call *call)
{
    int64_t n = pt_op_matrix(call->graph, call->op).elements;
    if (call->outputs[0] != call->inputs[0])
        memcpy(call->outputs[0], call->inputs[0], (size_t)n * sizeof(float));
}
