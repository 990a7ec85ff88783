// Dropout: in training each element is zeroed with a given probability and the rest is scaled, so
// that the expectation stays. Srivastava et al. 2014, JMLR 15, in the inverted form.
//
// Random bits are a function of seed, step, operator and element: a resumed run draws the same
// ones, whatever the number of threads. The forward pass leaves its mask, a byte an element.

#include <assert.h>
#include <math.h>

#include "engine/pointwise.h"
#include "engine/split.h"

enum { PROBABILITY, STEP = 64 };

static struct pt_dropout_rule rule_of(const struct pt_kernel_call *call)
{
    double probability = call->op->attributes[PROBABILITY].number;
    assert(probability >= 0 && probability < 1 && call->step < UINT64_C(1) << 40);
    return (struct pt_dropout_rule){
        .seed = call->seed,
        // The upper half of all streams is dropout's; the lower one serves initial values and data.
        .stream = UINT64_C(1) << 63 | (uint64_t)call->op_index << 40 | call->step,
        .threshold = (uint32_t)fmin(rint(probability * 0x1p32), UINT32_MAX),
        .scale = (float)(1 / (1 - probability)),
    };
}

struct work {
    const struct pt_kernel_call *call;
    struct pt_dropout_rule rule;
};

static void forward_range(void *context, struct pt_range range)
{
    const struct work *work = context;
    const struct pt_kernel_call *call = work->call;
    pt_elementwise()->dropout(call->outputs[0] + range.begin, (int8_t *)call->stash + range.begin,
                              call->inputs[0] + range.begin, range.begin, range.end - range.begin,
                              &work->rule);
}

static void forward(struct pt_kernel_call *call)
{
    if (!call->training) {
        pt_pass_value_on(call);
        return;
    }
    int64_t n = pt_op_matrix(call->graph, call->op).elements;
    struct work work = {call, rule_of(call)};
    pt_run_ranges(n, STEP, n, call->threads, forward_range, &work);
    call->executed_flop += 2 * n; // compare, scale
}

static void backward_range(void *context, struct pt_range range)
{
    const struct work *work = context;
    const struct pt_kernel_call *call = work->call;
    pt_elementwise()->dropout_backward(
        call->input_gradients[0] + range.begin, (const int8_t *)call->stash + range.begin,
        call->output_gradients[0] + range.begin, range.end - range.begin, work->rule.scale,
        call->accumulate_input[0]);
}

static void backward(struct pt_kernel_call *call)
{
    if (!call->training) {
        pt_pass_gradient_on(call);
        return;
    }
    int64_t n = pt_op_matrix(call->graph, call->op).elements;
    struct work work = {call, rule_of(call)};
    if (call->input_gradients[0] == NULL)
        return;
    pt_run_ranges(n, STEP, n, call->threads, backward_range, &work);
    call->executed_flop += (1 + (call->accumulate_input[0] ? 1 : 0)) * n;
}

const struct pt_operator_kernel pt_kernel_dropout = {
    .name = "dropout",
    .forward = forward,
    .backward = backward,
};
