// Softmax over the last dimension, row by row.
// Forward per element: maximum, subtract, exp, sum, scale; per row one division.
// Backward: dx = y (dy - sum(dy y)): multiply-add, subtract, multiply.

#include "engine/elementwise.h"
#include "engine/operator_kernel.h"
#include "engine/split.h"

static void forward_rows(void *context, struct pt_range rows)
{
    const struct pt_kernel_call *call = context;
    int64_t columns = pt_op_matrix(call->graph, call->op).columns;
    for (int64_t row = rows.begin; row < rows.end; row++)
        pt_elementwise()->softmax(call->outputs[0] + row * columns, call->inputs[0] + row * columns,
                                  columns);
}

static void forward(struct pt_kernel_call *call)
{
    struct pt_matrix_size size = pt_op_matrix(call->graph, call->op);
    pt_run_ranges(size.rows, 1, size.elements, call->threads, forward_rows, call);
    call->executed_flop += 5 * size.elements + size.rows;
}

static void backward_rows(void *context, struct pt_range rows)
{
    const struct pt_kernel_call *call = context;
    int64_t columns = pt_op_matrix(call->graph, call->op).columns;
    for (int64_t row = rows.begin; row < rows.end; row++) {
        int64_t at = row * columns;
        pt_elementwise()->softmax_backward(call->input_gradients[0] + at,
                                           call->output_gradients[0] + at, call->outputs[0] + at,
                                           columns, call->accumulate_input[0]);
    }
}

static void backward(struct pt_kernel_call *call)
{
    struct pt_matrix_size size = pt_op_matrix(call->graph, call->op);
    if (call->input_gradients[0] == NULL)
        return;
    pt_run_ranges(size.rows, 1, size.elements, call->threads, backward_rows, call);
    call->executed_flop += (4 + (call->accumulate_input[0] ? 1 : 0)) * size.elements;
}

const struct pt_operator_kernel pt_kernel_softmax = {
    .name = "softmax",
    .forward = forward,
    .backward = backward,
};
