// Layer normalization over the last dimension. Ba, Kiros, Hinton 2016, arXiv:1607.06450.
//
// The forward pass leaves mean and reciprocal deviation of each row. The gradients of scale and
// shift are sums over all rows: each part of a fixed grid of rows sums up for itself in the scratch
// memory, then the parts are added in their order.
// Operations are counted as demand/layer_norm.c lists them.

#include "engine/elementwise.h"
#include "engine/operator_kernel.h"
#include "engine/split.h"

enum { EPSILON, WEIGHT = 0, BIAS = 1, LEAST_ROWS = 32, COLUMN_STEP = 64 };

static struct pt_parts parts_of(int64_t rows)
{
    return pt_split_parts(rows, LEAST_ROWS);
}

static size_t scratch_bytes(const struct pt_graph *graph, const struct pt_op *op, int threads,
                            enum pt_precision precision, const struct pt_gemm_backend *matmul)
{
    (void)threads;
    (void)precision;
    (void)matmul;
    struct pt_matrix_size size = pt_op_matrix(graph, op);
    int64_t parts = pt_parts_most(size.rows, LEAST_ROWS);
    return (size_t)parts * 2 * (size_t)size.columns * sizeof(float);
}

static void forward(struct pt_kernel_call *call)
{
    struct pt_matrix_size size = pt_op_matrix(call->graph, call->op);
    const struct pt_elementwise *loops = pt_elementwise();
    float epsilon = (float)call->op->attributes[EPSILON].number;
    struct pt_row_statistics *statistics = call->stash;
#pragma omp parallel num_threads(call->threads) if (size.elements >= PT_PARALLEL_ELEMENTS)
    {
        struct pt_range range = pt_thread_range(size.rows, 1);
        for (int64_t row = range.begin; row < range.end; row++) {
            int64_t at = row * size.columns;
            statistics[row] = loops->layer_norm(call->outputs[0] + at, call->inputs[0] + at,
                                                call->parameters[WEIGHT], call->parameters[BIAS],
                                                size.columns, epsilon);
        }
    }
    call->executed_flop += 8 * size.elements + 5 * size.rows;
}

// The rows of one part: gradients of their inputs, and their share of the parameters' gradients.
static void backward_part(const struct pt_kernel_call *call, struct pt_matrix_size size,
                          struct pt_range rows, float *dgamma, float *dbeta)
{
    const struct pt_elementwise *loops = pt_elementwise();
    const struct pt_row_statistics *statistics = call->stash;
    float *dx = call->input_gradients[0];
    for (int64_t row = rows.begin; row < rows.end; row++) {
        int64_t at = row * size.columns;
        loops->layer_norm_backward(dx == NULL ? NULL : dx + at, dgamma, dbeta,
                                   call->output_gradients[0] + at, call->inputs[0] + at,
                                   call->parameters[WEIGHT], size.columns, statistics[row],
                                   call->accumulate_input[0], row == rows.begin);
    }
}

static void add_parts(const struct pt_kernel_call *call, struct pt_matrix_size size,
                      struct pt_parts parts, const float *partial_sums)
{
    struct pt_range columns = pt_thread_range(size.columns, COLUMN_STEP);
    for (int which = WEIGHT; which <= BIAS; which++)
        pt_elementwise()->column_sums(call->parameter_gradients[which] + columns.begin,
                                      partial_sums + which * size.columns + columns.begin,
                                      parts.count, columns.end - columns.begin, 2 * size.columns,
                                      call->accumulate_parameters);
}

static void backward(struct pt_kernel_call *call)
{
    struct pt_matrix_size size = pt_op_matrix(call->graph, call->op);
    struct pt_parts parts = parts_of(size.rows);
    float *partial_sums = call->scratch; // [part][weight, bias][column]
#pragma omp parallel num_threads(call->threads) if (size.elements >= PT_PARALLEL_ELEMENTS)
    {
#pragma omp for schedule(static)
        for (int64_t part = 0; part < parts.count; part++) {
            float *dgamma = partial_sums + part * 2 * size.columns;
            backward_part(call, size, pt_part_range(parts, part, size.rows), dgamma,
                          dgamma + size.columns);
        }
        add_parts(call, size, parts, partial_sums);
    }
    call->executed_flop += 5 * size.elements;
    if (call->input_gradients[0] != NULL)
        call->executed_flop +=
            (11 + (call->accumulate_input[0] ? 1 : 0)) * size.elements + 2 * size.rows;
    if (call->accumulate_parameters)
        call->executed_flop += 2 * size.columns;
}

const struct pt_operator_kernel pt_kernel_layer_norm = {
    .name = "layer_norm",
    .forward = forward,
    .backward = backward,
    .scratch_bytes = scratch_bytes,
};
