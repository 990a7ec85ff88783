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

static void forward(struct pt_kernel_call *call)
{
    if (!call->training) {
        pt_pass_value_on(call);
        return;
    }
    int64_t n = pt_op_matrix(call->graph, call->op).elements;
    struct pt_dropout_rule rule = rule_of(call);
    const struct pt_elementwise *loops = pt_elementwise();
    float *y = call->outputs[0];
    const float *x = call->inputs[0];
    int8_t *mask = call->stash;
#pragma omp parallel num_threads(call->threads) if (n >= PT_PARALLEL_ELEMENTS)
    {
        struct pt_range range = pt_thread_range(n, STEP);
        loops->dropout(y + range.begin, mask + range.begin, x + range.begin, range.begin,
                       range.end - range.begin, &rule);
    }
    call->executed_flop += 2 * n; // compare, scale
}

static void backward(struct pt_kernel_call *call)
{
    if (!call->training) {
        pt_pass_gradient_on(call);
        return;
    }
    int64_t n = pt_op_matrix(call->graph, call->op).elements;
    struct pt_dropout_rule rule = rule_of(call);
    const struct pt_elementwise *loops = pt_elementwise();
    float *dx = call->input_gradients[0];
    const float *dy = call->output_gradients[0];
    const int8_t *mask = call->stash;
    bool add = call->accumulate_input[0];
    if (dx == NULL)
        return;
#pragma omp parallel num_threads(call->threads) if (n >= PT_PARALLEL_ELEMENTS)
    {
        struct pt_range range = pt_thread_range(n, STEP);
        loops->dropout_backward(dx + range.begin, mask + range.begin, dy + range.begin,
                                range.end - range.begin, rule.scale, add);
    }
    call->executed_flop += (1 + (add ? 1 : 0)) * n;
}

const struct pt_operator_kernel pt_kernel_dropout = {
    .name = "dropout",
    .forward = forward,
    .backward = backward,
};
