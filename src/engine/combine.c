// Sum and product of two inputs. Operations are counted as demand/combine.c lists them.

#include "engine/activation_loops.h"
#include "engine/pointwise.h"
#include "engine/split.h"

enum { STEP = 64 };

static void add_range(void *context, struct pt_range range)
{
    const struct pt_kernel_call *call = context;
    const struct pt_activation_loops *loops = pt_activation_loops();
    (call->fused_relu ? loops->sum_relu
                      : loops->sum)(call->outputs[0] + range.begin, call->inputs[0] + range.begin,
                                    call->inputs[1] + range.begin, range.end - range.begin);
}

static void forward_add(struct pt_kernel_call *call)
{
    int64_t n = pt_op_matrix(call->graph, call->op).elements;
    pt_run_ranges(n, STEP, n, call->threads, add_range, call);
    call->executed_flop += (call->fused_relu ? 2 : 1) * n;
}

static void backward_add(struct pt_kernel_call *call)
{
    for (int input = 0; input < 2; input++) // the first may be the output's gradient itself
        pt_pass_gradient_to(call, input);
}

const struct pt_operator_kernel pt_kernel_add = {
    .name = "add",
    .forward = forward_add,
    .backward = backward_add,
};

static void multiply_range(void *context, struct pt_range range)
{
    const struct pt_kernel_call *call = context;
    pt_activation_loops()->product(call->outputs[0] + range.begin, call->inputs[0] + range.begin,
                                   call->inputs[1] + range.begin, range.end - range.begin, false);
}

static void forward_multiply(struct pt_kernel_call *call)
{
    int64_t n = pt_op_matrix(call->graph, call->op).elements;
    pt_run_ranges(n, STEP, n, call->threads, multiply_range, call);
    call->executed_flop += n;
}

struct slopes {
    const struct pt_kernel_call *call;
    int order[2]; // of the inputs
};

static void slopes_range(void *context, struct pt_range range)
{
    const struct slopes *slopes = context;
    const struct pt_kernel_call *call = slopes->call;
    for (int i = 0; i < 2; i++) {
        int input = slopes->order[i];
        float *dx = call->input_gradients[input];
        if (dx != NULL)
            pt_activation_loops()->product(dx + range.begin,
                                           call->output_gradients[0] + range.begin,
                                           call->inputs[1 - input] + range.begin,
                                           range.end - range.begin, call->accumulate_input[input]);
    }
}

// The gradient of the first input may lie over the output's, so it comes last; but where both are
// of one tensor the first writes and the second adds.
static void backward_multiply(struct pt_kernel_call *call)
{
    int64_t n = pt_op_matrix(call->graph, call->op).elements;
    bool last = call->input_gradients[0] == call->output_gradients[0];
    struct slopes slopes = {call, {last ? 1 : 0, last ? 0 : 1}};
    pt_run_ranges(n, STEP, n, call->threads, slopes_range, &slopes);
    for (int i = 0; i < 2; i++)
        if (call->input_gradients[i] != NULL)
            call->executed_flop += (call->accumulate_input[i] ? 2 : 1) * n;
}

const struct pt_operator_kernel pt_kernel_multiply = {
    .name = "multiply",
    .forward = forward_multiply,
    .backward = backward_multiply,
};
