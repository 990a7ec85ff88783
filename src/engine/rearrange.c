// Operators that move elements: concat, slice, select, reshape, prepend_token. They copy strips;
// the backward pass copies them back, or adds.
//
// Where only a part of an input is read, the gradient of the rest is zero. If it is added to what
// stands there, the zeros are left out; demand/ counts an addition for every element, and so do we.

#include <string.h>

#include "engine/activation_loops.h"
#include "engine/bias_gradient.h"
#include "engine/elementwise.h"
#include "engine/pointwise.h"
#include "engine/split.h"
#include "model/rearrange.h"

enum { WEIGHT = 0, STEP = 64 };

// count strips of length floats, from one place to another.
struct strips {
    float *to;
    const float *from;
    int64_t to_stride, from_stride, length;
    bool add;
};

static void copy_strips(void *context, struct pt_range range)
{
    const struct strips *strips = context;
    for (int64_t i = range.begin; i < range.end; i++) {
        float *to = strips->to + i * strips->to_stride;
        const float *from = strips->from + i * strips->from_stride;
        if (strips->add)
            pt_elementwise()->scale(to, from, strips->length, 1.0f, true);
        else
            memcpy(to, from, (size_t)strips->length * sizeof *to);
    }
}

static void run_strips(const struct pt_kernel_call *call, struct strips strips, int64_t count)
{
    pt_run_ranges(count, 1, count * strips.length, call->threads, copy_strips, &strips);
}

static int64_t size_of(const struct pt_kernel_call *call, pt_tensor tensor)
{
    return pt_shape_size(&pt_graph_tensor(call->graph, tensor)->shape);
}

// --------------------------------------------------------------------------------------- concat
static void concat(struct pt_kernel_call *call, bool backward)
{
    int64_t total = 0, offset = 0;
    for (int i = 0; i < call->op->input_count; i++) {
        struct pt_strips in = pt_strips_of(call->graph, call->op, i);
        total += in.length * in.inner;
    }
    for (int i = 0; i < call->op->input_count; i++) {
        struct pt_strips in = pt_strips_of(call->graph, call->op, i);
        int64_t length = in.length * in.inner;
        if (!backward) {
            run_strips(call,
                       (struct strips){call->outputs[0] + offset, call->inputs[i], total, length,
                                       length, false},
                       in.outer);
        } else if (call->input_gradients[i] != NULL) {
            bool add = call->accumulate_input[i];
            run_strips(call,
                       (struct strips){call->input_gradients[i], call->output_gradients[0] + offset,
                                       length, total, length, add},
                       in.outer);
            call->executed_flop += add ? in.outer * length : 0;
        }
        offset += length;
    }
}

static void forward_concat(struct pt_kernel_call *call)
{
    concat(call, false);
}

static void backward_concat(struct pt_kernel_call *call)
{
    concat(call, true);
}

// -------------------------------------------------------------------------------- slice, select
static void forward_part(struct pt_kernel_call *call)
{
    struct pt_strips in = pt_strips_of(call->graph, call->op, 0);
    int64_t begin = pt_strips_begin(call->graph, call->op);
    int64_t length = size_of(call, call->op->outputs[0]) / in.outer;
    run_strips(call,
               (struct strips){call->outputs[0], call->inputs[0] + begin * in.inner, length,
                               in.length * in.inner, length, false},
               in.outer);
}

static void clear_range(void *context, struct pt_range range)
{
    memset((float *)context + range.begin, 0, (size_t)(range.end - range.begin) * sizeof(float));
}

static void backward_part(struct pt_kernel_call *call)
{
    struct pt_strips in = pt_strips_of(call->graph, call->op, 0);
    int64_t begin = pt_strips_begin(call->graph, call->op);
    int64_t length = size_of(call, call->op->outputs[0]) / in.outer;
    int64_t n = in.outer * in.length * in.inner;
    float *dx = call->input_gradients[0];
    bool add = call->accumulate_input[0];
    if (dx == NULL)
        return;
    if (!add)
        pt_run_ranges(n, STEP, n, call->threads, clear_range, dx);
    run_strips(call,
               (struct strips){dx + begin * in.inner, call->output_gradients[0],
                               in.length * in.inner, length, length, add},
               in.outer);
    call->executed_flop += add ? n : 0;
}

// -------------------------------------------------------------------------------- prepend_token
static void forward_token(struct pt_kernel_call *call)
{
    struct pt_strips in = pt_strips_of(call->graph, call->op, 0);
    int64_t length = in.length * in.inner, longer = length + in.inner;
    run_strips(
        call,
        (struct strips){call->outputs[0], call->parameters[WEIGHT], longer, 0, in.inner, false},
        in.outer);
    run_strips(call,
               (struct strips){call->outputs[0] + in.inner, call->inputs[0], longer, length, length,
                               false},
               in.outer);
}

static void backward_token(struct pt_kernel_call *call)
{
    struct pt_strips in = pt_strips_of(call->graph, call->op, 0);
    int64_t length = in.length * in.inner, longer = length + in.inner;
    const float *dy = call->output_gradients[0];
    if (call->input_gradients[0] != NULL) {
        bool add = call->accumulate_input[0];
        run_strips(
            call,
            (struct strips){call->input_gradients[0], dy + in.inner, length, longer, length, add},
            in.outer);
        call->executed_flop += add ? in.outer * length : 0;
    }
    if (call->parameter_gradients[WEIGHT] != NULL) {
        bool add = call->accumulate_parameter[WEIGHT];
        pt_elementwise()->column_sums(call->parameter_gradients[WEIGHT], dy, in.outer, in.inner,
                                      longer, add);
        call->executed_flop += (in.outer + (add ? 1 : 0)) * in.inner;
    }
}

const struct pt_operator_kernel pt_kernel_concat = {
    .name = "concat",
    .forward = forward_concat,
    .backward = backward_concat,
};

const struct pt_operator_kernel pt_kernel_slice = {
    .name = "slice",
    .forward = forward_part,
    .backward = backward_part,
};

const struct pt_operator_kernel pt_kernel_select = {
    .name = "select",
    .forward = forward_part,
    .backward = backward_part,
};

const struct pt_operator_kernel pt_kernel_reshape = {
    .name = "reshape",
    .forward = pt_pass_value_on,
    .backward = pt_pass_gradient_on,
};

const struct pt_operator_kernel pt_kernel_prepend_token = {
    .name = "prepend_token",
    .forward = forward_token,
    .backward = backward_token,
};
