// Splits pointwise work among threads.

#include "engine/pointwise.h"

#include <string.h>

#include "engine/split.h"

enum { STEP = 64 }; // elements: no two threads write to one cache line

struct forward_work {
    pt_pointwise *f;
    float *y;
    const float *x;
};

static void forward_range(void *context, struct pt_range range)
{
    const struct forward_work *work = context;
    work->f(work->y + range.begin, work->x + range.begin, range.end - range.begin);
}

void pt_pointwise_forward(struct pt_kernel_call *call, pt_pointwise *f, int64_t flop_each)
{
    int64_t n = pt_op_matrix(call->graph, call->op).elements;
    struct forward_work work = {f, call->outputs[0], call->inputs[0]};
    pt_run_ranges(n, STEP, n, call->threads, forward_range, &work);
    call->executed_flop += flop_each * n;
}

struct backward_work {
    pt_pointwise_gradient *f;
    float *dx;
    const float *dy, *x_or_y;
    bool add;
};

static void backward_range(void *context, struct pt_range range)
{
    const struct backward_work *work = context;
    work->f(work->dx + range.begin, work->dy + range.begin, work->x_or_y + range.begin,
            range.end - range.begin, work->add);
}

void pt_pointwise_backward(struct pt_kernel_call *call, pt_pointwise_gradient *f,
                           const float *x_or_y, int64_t flop_each)
{
    int64_t n = pt_op_matrix(call->graph, call->op).elements;
    bool add = call->accumulate_input[0];
    struct backward_work work = {f, call->input_gradients[0], call->output_gradients[0], x_or_y,
                                 add};
    if (work.dx == NULL)
        return;
    pt_run_ranges(n, STEP, n, call->threads, backward_range, &work);
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
