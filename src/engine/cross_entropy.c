// Cross-entropy of logits and class numbers, fused with the softmax: mean over rows of
// log(sum(exp(x))) - (1 - s) x[target] - s mean(x), where s smooths the labels (Szegedy et al.
// 2015, arXiv:1512.00567, section 7). Rows whose target is ignore_index count in nothing.
//
// The forward pass leaves the logarithm of each row's sum, from which the backward pass has the
// probabilities without storing them.
// Operations are counted as demand/loss.c lists them, for ignored rows too.

#include <string.h>

#include "engine/elementwise.h"
#include "engine/operator_kernel.h"
#include "engine/split.h"
#include "model/loss.h"

enum { LOGITS, TARGET };

static const int32_t *targets_of(const struct pt_kernel_call *call)
{
    return (const int32_t *)(const void *)call->inputs[TARGET];
}

static bool is_ignored(const struct pt_kernel_call *call, int32_t target)
{
    return target == call->op->attributes[PT_LOSS_IGNORE_INDEX].integer;
}

static double smoothing_of(const struct pt_kernel_call *call)
{
    return call->op->attributes[PT_LOSS_LABEL_SMOOTHING].number;
}

// The sums of the logits' rows, which smoothing needs in the forward pass.
static size_t scratch_bytes(const struct pt_graph *graph, const struct pt_op *op, int threads,
                            enum pt_precision precision, const struct pt_gemm_backend *matmul)
{
    (void)threads;
    (void)precision;
    (void)matmul;
    bool smooth = op->attributes[PT_LOSS_LABEL_SMOOTHING].number > 0;
    return smooth ? (size_t)pt_op_matrix(graph, op).rows * sizeof(float) : 0;
}

static int64_t counted_rows(const struct pt_kernel_call *call, int64_t rows)
{
    int64_t count = 0;
    for (int64_t row = 0; row < rows; row++)
        count += !is_ignored(call, targets_of(call)[row]);
    return count;
}

static bool check_targets(struct pt_kernel_call *call, struct pt_matrix_size size)
{
    const int32_t *targets = targets_of(call);
    for (int64_t row = 0; row < size.rows; row++)
        if ((targets[row] < 0 || targets[row] >= size.columns) && !is_ignored(call, targets[row])) {
            call->status = pt_fail(
                &call->error, PT_BAD_INPUT,
                "%s: class %d of row %lld is not from 0 to %lld; check the labels or the number of "
                "outputs",
                call->op->name, targets[row], (long long)row, (long long)size.columns - 1);
            return false;
        }
    if (counted_rows(call, size.rows) > 0)
        return true;
    call->status = pt_fail(&call->error, PT_BAD_INPUT,
                           "%s: all %lld targets of a batch are ignore_index, %d, so there is no "
                           "mean; leave such a batch out",
                           call->op->name, (long long)size.rows, targets[0]);
    return false;
}

static void log_sum_rows(void *context, struct pt_range rows)
{
    const struct pt_kernel_call *call = context;
    int64_t columns = pt_op_matrix(call->graph, call->op).columns;
    float *log_sums = call->stash, *sums = call->scratch;
    bool smooth = smoothing_of(call) > 0;
    for (int64_t row = rows.begin; row < rows.end; row++) {
        const float *x = call->inputs[LOGITS] + row * columns;
        if (is_ignored(call, targets_of(call)[row]))
            continue;
        log_sums[row] = pt_elementwise()->log_sum_exp(x, columns);
        if (smooth)
            sums[row] = pt_elementwise()->row_sum(x, columns);
    }
}

static double row_loss(const struct pt_kernel_call *call, int64_t row, int64_t columns)
{
    const float *logits = call->inputs[LOGITS], *log_sums = call->stash, *sums = call->scratch;
    double s = smoothing_of(call);
    double x = (double)logits[row * columns + targets_of(call)[row]];
    if (s > 0)
        x = (1 - s) * x + s / (double)columns * (double)sums[row];
    return (double)log_sums[row] - x;
}

static void forward(struct pt_kernel_call *call)
{
    struct pt_matrix_size size = pt_op_matrix(call->graph, call->op);
    if (!check_targets(call, size))
        return;
    pt_run_ranges(size.rows, 1, size.elements, call->threads, log_sum_rows, call);
    double sum = 0; // in the order of the rows, whatever the threads did
    for (int64_t row = 0; row < size.rows; row++)
        if (!is_ignored(call, targets_of(call)[row]))
            sum += row_loss(call, row, size.columns);
    call->loss = sum * (1.0 / (double)counted_rows(call, size.rows));
    call->outputs[0][0] = (float)call->loss;
    int64_t smooth = smoothing_of(call) > 0;
    call->executed_flop += (4 + smooth) * size.elements + (4 + 3 * smooth) * size.rows + 1;
}

struct gradient {
    const struct pt_kernel_call *call;
    float scale; // dloss / rows that count
};

static void row_gradient(const struct pt_kernel_call *call, int64_t row, int64_t columns,
                         float scale)
{
    const float *x = call->inputs[LOGITS] + row * columns, *log_sums = call->stash;
    float *dx = call->input_gradients[LOGITS] + row * columns;
    float s = (float)smoothing_of(call);
    bool add = call->accumulate_input[LOGITS];
    if (s > 0)
        pt_elementwise()->smoothed_softmax(dx, x, columns, log_sums[row], scale,
                                           scale * s / (float)columns, add);
    else
        pt_elementwise()->scaled_softmax(dx, x, columns, log_sums[row], scale, add);
    dx[targets_of(call)[row]] -= scale * (1 - s);
}

// dx = (softmax(x) - (1 - s) at the target - s / columns) / rows
static void gradient_rows(void *context, struct pt_range rows)
{
    const struct gradient *gradient = context;
    const struct pt_kernel_call *call = gradient->call;
    int64_t columns = pt_op_matrix(call->graph, call->op).columns;
    for (int64_t row = rows.begin; row < rows.end; row++)
        if (!is_ignored(call, targets_of(call)[row]))
            row_gradient(call, row, columns, gradient->scale);
        else if (!call->accumulate_input[LOGITS])
            memset(call->input_gradients[LOGITS] + row * columns, 0,
                   (size_t)columns * sizeof(float));
}

static void backward(struct pt_kernel_call *call)
{
    struct pt_matrix_size size = pt_op_matrix(call->graph, call->op);
    if (call->input_gradients[LOGITS] == NULL)
        return;
    struct gradient gradient = {call, call->output_gradients[0][0] /
                                          (float)counted_rows(call, size.rows)};
    pt_run_ranges(size.rows, 1, size.elements, call->threads, gradient_rows, &gradient);
    int64_t smooth = smoothing_of(call) > 0;
    call->executed_flop +=
        (3 + smooth + (call->accumulate_input[LOGITS] ? 1 : 0)) * size.elements + size.rows;
}

const struct pt_operator_kernel pt_kernel_cross_entropy = {
    .name = "cross_entropy",
    .forward = forward,
    .backward = backward,
    .scratch_bytes = scratch_bytes,
};
