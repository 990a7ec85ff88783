// y = x W^T + b: one matrix product forward, up to two backward, and the sum over rows for the
// bias.

#include "engine/bias_gradient.h"
#include "engine/elementwise.h"
#include "engine/operator_kernel.h"
#include "engine/split.h"

enum { WEIGHT, BIAS, COLUMN_STEP = 64 };

struct linear_size {
    int64_t rows, in, out;
};

static struct linear_size size_of(const struct pt_graph *graph, const struct pt_op *op)
{
    struct pt_matrix_size size = pt_op_matrix(graph, op);
    const struct pt_tensor_info *weight = pt_graph_tensor(graph, op->parameters[WEIGHT]);
    return (struct linear_size){size.rows, size.columns, weight->shape.dim[0]};
}

static struct pt_gemm output_product(struct linear_size size, enum pt_precision precision)
{
    return (struct pt_gemm){.m = size.rows,
                            .n = size.out,
                            .k = size.in,
                            .transpose_b = true,
                            .lda = size.in,
                            .ldb = size.in,
                            .ldc = size.out,
                            .precision = precision};
}

static struct pt_gemm input_gradient_product(struct linear_size size, enum pt_precision precision)
{
    return (struct pt_gemm){.m = size.rows,
                            .n = size.in,
                            .k = size.out,
                            .lda = size.out,
                            .ldb = size.in,
                            .ldc = size.in,
                            .precision = precision};
}

static struct pt_gemm weight_gradient_product(struct linear_size size, enum pt_precision precision)
{
    return (struct pt_gemm){.m = size.out,
                            .n = size.in,
                            .k = size.rows,
                            .transpose_a = true,
                            .lda = size.out,
                            .ldb = size.in,
                            .ldc = size.in,
                            .precision = precision};
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t scratch_bytes(const struct pt_graph *graph, const struct pt_op *op, int threads,
                            enum pt_precision precision, const struct pt_gemm_backend *matmul)
{
    struct linear_size size = size_of(graph, op);
    struct pt_gemm products[] = {output_product(size, precision),
                                 input_gradient_product(size, precision),
                                 weight_gradient_product(size, precision)};
    size_t bytes = pt_bias_gradient_scratch(size.rows, size.out);
    for (int i = 0; i < 3; i++)
        bytes = larger(bytes, matmul->scratch_bytes(&products[i], threads));
    return bytes;
}

static void multiply(struct pt_kernel_call *call, const struct pt_gemm *gemm, const float *a,
                     const float *b, float *c, const float *bias)
{
    call->matmul->run(gemm, call->threads, a, b, c, bias, call->scratch);
    int64_t outputs = gemm->m * gemm->n;
    call->executed_flop += 2 * outputs * gemm->k + (gemm->accumulate ? outputs : 0) +
                           (gemm->epilogue == PT_EPILOGUE_BIAS ? outputs : 0) +
                           (gemm->epilogue == PT_EPILOGUE_BIAS_RELU ? 2 * outputs : 0);
}

static void relu_range(void *context, struct pt_range range)
{
    float *y = (float *)context + range.begin;
    pt_elementwise()->relu(y, y, range.end - range.begin);
}

static void relu_without_bias(struct pt_kernel_call *call, int64_t n)
{
    pt_run_ranges(n, COLUMN_STEP, n, call->threads, relu_range, call->outputs[0]);
    call->executed_flop += n;
}

static void forward(struct pt_kernel_call *call)
{
    struct pt_gemm gemm = output_product(size_of(call->graph, call->op), call->precision);
    const float *bias = call->op->parameter_count > BIAS ? call->parameters[BIAS] : NULL;
    if (bias != NULL)
        gemm.epilogue = call->fused_relu ? PT_EPILOGUE_BIAS_RELU : PT_EPILOGUE_BIAS;
    multiply(call, &gemm, call->inputs[0], call->parameters[WEIGHT], call->outputs[0], bias);
    if (call->fused_relu && bias == NULL)
        relu_without_bias(call, gemm.m * gemm.n);
}

static void backward(struct pt_kernel_call *call)
{
    struct linear_size size = size_of(call->graph, call->op);
    const float *dy = call->output_gradients[0];
    if (call->op->parameter_count > BIAS && call->parameter_gradients[BIAS] != NULL)
        call->executed_flop +=
            pt_bias_gradient(dy, size.rows, size.out, call->parameter_gradients[BIAS],
                             call->accumulate_parameter[BIAS], call->threads, call->scratch);
    if (call->parameter_gradients[WEIGHT] != NULL) {
        struct pt_gemm gemm = weight_gradient_product(size, call->precision);
        gemm.accumulate = call->accumulate_parameter[WEIGHT];
        multiply(call, &gemm, dy, call->inputs[0], call->parameter_gradients[WEIGHT], NULL);
    }
    if (call->input_gradients[0] != NULL) {
        struct pt_gemm gemm = input_gradient_product(size, call->precision);
        gemm.accumulate = call->accumulate_input[0];
        multiply(call, &gemm, dy, call->parameters[WEIGHT], call->input_gradients[0], NULL);
    }
}

const struct pt_operator_kernel pt_kernel_linear = {
    .name = "linear",
    .forward = forward,
    .backward = backward,
    .scratch_bytes = scratch_bytes,
};
