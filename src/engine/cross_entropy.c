// Cross-entropy of logits and class numbers, fused with the softmax: mean over rows of
// log(sum(exp(x))) - x[target]. The forward pass leaves the logarithm of each row's sum, from which
// the backward pass has the probabilities without storing them.
// Operations are counted as demand/loss.c lists them.

#include "engine/elementwise.h"
#include "engine/operator_kernel.h"
#include "engine/split.h"

enum { LOGITS, TARGET };

static const int32_t *targets_of(const struct pt_kernel_call *call)
{
    return (const int32_t *)(const void *)call->inputs[TARGET];
}

static bool check_targets(struct pt_kernel_call *call, struct pt_matrix_size size)
{
    const int32_t *targets = targets_of(call);
    for (int64_t row = 0; row < size.rows; row++)
        if (targets[row] < 0 || targets[row] >= size.columns) {
            call->status = pt_fail(
                &call->error, PT_BAD_INPUT,
                "%s: class %d of row %lld is not from 0 to %lld; check the labels or the number of "
                "outputs",
                call->op->name, targets[row], (long long)row, (long long)size.columns - 1);
            return false;
        }
    return true;
}

static void log_sum_rows(void *context, struct pt_range rows)
{
    const struct pt_kernel_call *call = context;
    int64_t columns = pt_op_matrix(call->graph, call->op).columns;
    float *log_sums = call->stash;
    for (int64_t row = rows.begin; row < rows.end; row++)
        log_sums[row] =
            pt_elementwise()->log_sum_exp(call->inputs[LOGITS] + row * columns, columns);
}

static void forward(struct pt_kernel_call *call)
{
    struct pt_matrix_size size = pt_op_matrix(call->graph, call->op);
    const int32_t *targets = targets_of(call);
    const float *logits = call->inputs[LOGITS], *log_sums = call->stash;
    if (!check_targets(call, size))
        return;
    pt_run_ranges(size.rows, 1, size.elements, call->threads, log_sum_rows, call);
    double sum = 0; // in the order of the rows, whatever the threads did
    for (int64_t row = 0; row < size.rows; row++)
        sum += (double)log_sums[row] - (double)logits[row * size.columns + targets[row]];
    call->loss = sum * (1.0 / (double)size.rows);
    call->outputs[0][0] = (float)call->loss;
    call->executed_flop += 4 * size.elements + 4 * size.rows + 1;
}

// dx = (softmax(x) - one at the target) / rows
static void gradient_rows(void *context, struct pt_range rows)
{
    const struct pt_kernel_call *call = context;
    struct pt_matrix_size size = pt_op_matrix(call->graph, call->op);
    const int32_t *targets = targets_of(call);
    const float *log_sums = call->stash;
    float scale = call->output_gradients[0][0] / (float)size.rows;
    for (int64_t row = rows.begin; row < rows.end; row++) {
        float *dx = call->input_gradients[LOGITS] + row * size.columns;
        pt_elementwise()->scaled_softmax(dx, call->inputs[LOGITS] + row * size.columns,
                                         size.columns, log_sums[row], scale,
                                         call->accumulate_input[LOGITS]);
        dx[targets[row]] -= scale;
    }
}

static void backward(struct pt_kernel_call *call)
{
    struct pt_matrix_size size = pt_op_matrix(call->graph, call->op);
    if (call->input_gradients[LOGITS] == NULL)
        return;
    pt_run_ranges(size.rows, 1, size.elements, call->threads, gradient_rows, call);
    call->executed_flop +=
        (3 + (call->accumulate_input[LOGITS] ? 1 : 0)) * size.elements + size.rows;
}

const struct pt_operator_kernel pt_kernel_cross_entropy = {
    .name = "cross_entropy",
    .forward = forward,
    .backward = backward,
};
