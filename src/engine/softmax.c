// Softmax over the last dimension, row by row.
// Forward per element: maximum, subtract, exp, sum, scale; per row one division.
// Backward: dx = y (dy - sum(dy y)): multiply-add, subtract, multiply.

#include "engine/elementwise.h"
#include "engine/operator_kernel.h"
#include "engine/split.h"

static void forward(struct pt_kernel_call *call)
{
    struct pt_matrix_size size = pt_op_matrix(call->graph, call->op);
    const struct pt_elementwise *loops = pt_elementwise();
#pragma omp parallel num_threads(call->threads) if (size.elements >= PT_PARALLEL_ELEMENTS)
    {
        struct pt_range range = pt_thread_range(size.rows, 1);
        for (int64_t row = range.begin; row < range.end; row++)
            loops->softmax(call->outputs[0] + row * size.columns,
                           call->inputs[0] + row * size.columns, size.columns);
    }
    call->executed_flop += 5 * size.elements + size.rows;
}

static void backward(struct pt_kernel_call *call)
{
    struct pt_matrix_size size = pt_op_matrix(call->graph, call->op);
    const struct pt_elementwise *loops = pt_elementwise();
    bool add = call->accumulate_input[0];
    if (call->input_gradients[0] == NULL)
        return;
#pragma omp parallel num_threads(call->threads) if (size.elements >= PT_PARALLEL_ELEMENTS)
    {
        struct pt_range range = pt_thread_range(size.rows, 1);
        for (int64_t row = range.begin; row < range.end; row++) {
            int64_t at = row * size.columns;
            loops->softmax_backward(call->input_gradients[0] + at, call->output_gradients[0] + at,
                                    call->outputs[0] + at, size.columns, add);
        }
    }
    call->executed_flop += (4 + (add ? 1 : 0)) * size.elements;
}

const struct pt_operator_kernel pt_kernel_softmax = {
    .name = "softmax",
    .forward = forward,
    .backward = backward,
};
