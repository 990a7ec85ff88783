// Convolutions: forward, and the gradients of input, weights and bias.
//
// Own kernels, whichever backend multiplies matrices: the libraries would have to be given the
// pixels in rows. A depthwise convolution is computed in fp32 in any precision.

#include "engine/conv.h"

#include "engine/bias_gradient.h"
#include "engine/operator_kernel.h"

enum { WEIGHT, BIAS };

static int64_t product_flop(const struct pt_conv *conv)
{
    return 2 * pt_conv_positions(conv) * conv->y_channels * pt_conv_columns(conv);
}

static int64_t y_count(const struct pt_conv *conv)
{
    return pt_conv_positions(conv) * conv->y_channels;
}

static int64_t x_count(const struct pt_conv *conv)
{
    return conv->batch * conv->x_size[0] * conv->x_size[1] * conv->x_channels;
}

static struct pt_conv_call call_of(const struct pt_kernel_call *call, const struct pt_conv *conv)
{
    return (struct pt_conv_call){.conv = conv,
                                 .isa = pt_gemm_own_isa(call->precision),
                                 .precision = call->precision,
                                 .threads = call->threads,
                                 .scratch = call->scratch};
}

// Positions and channels of the output.
static int64_t output_rows(const struct pt_conv *conv)
{
    return conv->transposed ? conv->batch * conv->x_size[0] * conv->x_size[1]
                            : pt_conv_positions(conv);
}

static int64_t output_channels(const struct pt_conv *conv)
{
    return conv->transposed ? conv->x_channels : conv->y_channels;
}

static size_t scratch_bytes(const struct pt_graph *graph, const struct pt_op *op, int threads,
                            enum pt_precision precision, const struct pt_gemm_backend *matmul)
{
    struct pt_conv conv = pt_conv_of(graph, op);
    size_t bytes = pt_conv_scratch_bytes(&conv, pt_gemm_own_isa(precision), precision, threads);
    size_t bias = pt_bias_gradient_scratch(output_rows(&conv), output_channels(&conv));
    (void)matmul;
    return bytes > bias ? bytes : bias;
}

static void forward(struct pt_kernel_call *call)
{
    struct pt_conv conv = pt_conv_of(call->graph, call->op);
    struct pt_conv_call product = call_of(call, &conv);
    bool has_bias = call->op->parameter_count > BIAS;
    struct pt_conv_finish finish = {.bias = has_bias ? call->parameters[BIAS] : NULL,
                                    .relu = call->fused_relu};
    if (conv.transposed)
        pt_conv_adjoint(&product, call->inputs[0], call->parameters[WEIGHT], call->outputs[0],
                        finish);
    else
        pt_conv_forward(&product, call->inputs[0], call->parameters[WEIGHT], call->outputs[0],
                        finish);
    int64_t outputs = conv.transposed ? x_count(&conv) : y_count(&conv);
    call->executed_flop +=
        product_flop(&conv) + (has_bias ? outputs : 0) + (call->fused_relu ? outputs : 0);
}

static void weight_gradient(struct pt_kernel_call *call, const struct pt_conv *conv)
{
    struct pt_conv_call product = call_of(call, conv);
    const float *in = call->inputs[0], *dout = call->output_gradients[0];
    bool add = call->accumulate_parameter[WEIGHT];
    pt_conv_weights(&product, conv->transposed ? dout : in, conv->transposed ? in : dout,
                    call->parameter_gradients[WEIGHT], add);
    call->executed_flop +=
        product_flop(conv) + (add ? conv->y_channels * pt_conv_columns(conv) : 0);
}

static void input_gradient(struct pt_kernel_call *call, const struct pt_conv *conv)
{
    struct pt_conv_call product = call_of(call, conv);
    struct pt_conv_finish finish = {.add = call->accumulate_input[0]};
    int64_t inputs = conv->transposed ? y_count(conv) : x_count(conv);
    if (conv->transposed)
        pt_conv_forward(&product, call->output_gradients[0], call->parameters[WEIGHT],
                        call->input_gradients[0], finish);
    else
        pt_conv_adjoint(&product, call->output_gradients[0], call->parameters[WEIGHT],
                        call->input_gradients[0], finish);
    call->executed_flop += product_flop(conv) + (finish.add ? inputs : 0);
}

static void backward(struct pt_kernel_call *call)
{
    struct pt_conv conv = pt_conv_of(call->graph, call->op);
    if (call->op->parameter_count > BIAS && call->parameter_gradients[BIAS] != NULL)
        call->executed_flop +=
            pt_bias_gradient(call->output_gradients[0], output_rows(&conv), output_channels(&conv),
                             call->parameter_gradients[BIAS], call->accumulate_parameter[BIAS],
                             call->threads, call->scratch);
    if (call->parameter_gradients[WEIGHT] != NULL)
        weight_gradient(call, &conv);
    if (call->input_gradients[0] != NULL)
        input_gradient(call, &conv);
}

const struct pt_operator_kernel pt_kernel_conv2d = {
    .name = "conv2d", .forward = forward, .backward = backward, .scratch_bytes = scratch_bytes};

const struct pt_operator_kernel pt_kernel_conv1d = {
    .name = "conv1d", .forward = forward, .backward = backward, .scratch_bytes = scratch_bytes};

const struct pt_operator_kernel pt_kernel_conv_transpose2d = {.name = "conv_transpose2d",
                                                              .forward = forward,
                                                              .backward = backward,
                                                              .scratch_bytes = scratch_bytes};
