// Splits pointwise work among threads.

#include "engine/pointwise.h"

#include <string.h>

#include "engine/split.h"

enum { STEP = 64 }; // elements: no two threads write to one cache line

// One of f and with is given.
struct work {
    pt_pointwise *f;
    pt_pointwise_with *with;
    pt_pointwise_gradient *slope;
    pt_pointwise_gradient_with *slope_with;
    float *y; // or dx
    const float *dy, *x;
    float number;
    bool add;
};

static void forward_range(void *context, struct pt_range range)
{
    const struct work *work = context;
    int64_t begin = range.begin, n = range.end - range.begin;
    if (work->f != NULL)
        work->f(work->y + begin, work->x + begin, n);
    else
        work->with(work->y + begin, work->x + begin, n, work->number);
}

static void run_forward(struct pt_kernel_call *call, struct work *work, int64_t flop_each)
{
    int64_t n = pt_op_matrix(call->graph, call->op).elements;
    work->y = call->outputs[0];
    work->x = call->inputs[0];
    pt_run_ranges(n, STEP, n, call->threads, forward_range, work);
    call->executed_flop += flop_each * n;
}

void pt_pointwise_forward(struct pt_kernel_call *call, pt_pointwise *f, int64_t flop_each)
{
    run_forward(call, &(struct work){.f = f}, flop_each);
}

void pt_pointwise_forward_with(struct pt_kernel_call *call, pt_pointwise_with *f, float number,
                               int64_t flop_each)
{
    run_forward(call, &(struct work){.with = f, .number = number}, flop_each);
}

static void backward_range(void *context, struct pt_range range)
{
    const struct work *work = context;
    int64_t begin = range.begin, n = range.end - range.begin;
    if (work->slope != NULL)
        work->slope(work->y + begin, work->dy + begin, work->x + begin, n, work->add);
    else
        work->slope_with(work->y + begin, work->dy + begin, work->x + begin, n, work->number,
                         work->add);
}

static void run_backward(struct pt_kernel_call *call, struct work *work, const float *x_or_y,
                         int64_t flop_each)
{
    int64_t n = pt_op_matrix(call->graph, call->op).elements;
    work->y = call->input_gradients[0];
    work->dy = call->output_gradients[0];
    work->x = x_or_y;
    work->add = call->accumulate_input[0];
    if (work->y == NULL)
        return;
    pt_run_ranges(n, STEP, n, call->threads, backward_range, work);
    call->executed_flop += (flop_each + (work->add ? 1 : 0)) * n;
}

void pt_pointwise_backward(struct pt_kernel_call *call, pt_pointwise_gradient *f,
                           const float *x_or_y, int64_t flop_each)
{
    run_backward(call, &(struct work){.slope = f}, x_or_y, flop_each);
}

void pt_pointwise_backward_with(struct pt_kernel_call *call, pt_pointwise_gradient_with *f,
                                const float *x_or_y, float number, int64_t flop_each)
{
    run_backward(call, &(struct work){.slope_with = f, .number = number}, x_or_y, flop_each);
}

static void pass_range(void *context, struct pt_range range)
{
    const struct work *work = context;
    int64_t begin = range.begin, n = range.end - range.begin;
    if (work->add)
        pt_elementwise()->scale(work->y + begin, work->x + begin, n, 1.0f, true);
    else
        memcpy(work->y + begin, work->x + begin, (size_t)n * sizeof *work->y);
}

void pt_pass_gradient_to(struct pt_kernel_call *call, int input)
{
    int64_t n = pt_op_matrix(call->graph, call->op).elements;
    struct work work = {.y = call->input_gradients[input],
                        .x = call->output_gradients[0],
                        .add = call->accumulate_input[input]};
    if (work.y == NULL || work.y == work.x)
        return;
    pt_run_ranges(n, STEP, n, call->threads, pass_range, &work);
    call->executed_flop += work.add ? n : 0;
}

void pt_pass_gradient_on(struct pt_kernel_call *call)
{
    pt_pass_gradient_to(call, 0);
}

void pt_pass_value_on(struct pt_kernel_call *call)
{
    int64_t n = pt_op_matrix(call->graph, call->op).elements;
    struct work work = {.y = call->outputs[0], .x = call->inputs[0]};
    if (work.y != work.x)
        pt_run_ranges(n, STEP, n, call->threads, pass_range, &work);
}
