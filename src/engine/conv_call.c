// The three products of a convolution.

#include "engine/conv_depthwise.h"
#include "engine/conv_product.h"
#include "engine/conv_weights.h"

static struct pt_conv_product forward_product(const struct pt_conv_call *call)
{
    const struct pt_conv *conv = call->conv;
    return (struct pt_conv_product){.conv = conv,
                                    .isa = call->isa,
                                    .precision = call->precision,
                                    .threads = call->threads,
                                    .grid = pt_conv_forward_grid(conv),
                                    .depth = conv->x_channels / conv->groups,
                                    .columns = conv->y_channels / conv->groups};
}

static struct pt_conv_product adjoint_product(const struct pt_conv_call *call, int64_t phase0,
                                              int64_t phase1)
{
    const struct pt_conv *conv = call->conv;
    return (struct pt_conv_product){.conv = conv,
                                    .isa = call->isa,
                                    .precision = call->precision,
                                    .threads = call->threads,
                                    .adjoint = true,
                                    .grid = pt_conv_adjoint_grid(conv, phase0, phase1),
                                    .depth = conv->y_channels / conv->groups,
                                    .columns = conv->x_channels / conv->groups};
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

size_t pt_conv_scratch_bytes(const struct pt_conv *conv, const struct pt_gemm_isa *isa,
                             enum pt_precision precision, int threads)
{
    struct pt_conv_call call = {conv, isa, precision, threads, NULL};
    if (pt_conv_is_depthwise(conv))
        return pt_conv_depthwise_scratch(conv);
    struct pt_conv_product product = forward_product(&call);
    size_t bytes = larger(pt_conv_product_scratch(&product),
                          pt_conv_weights_scratch(conv, isa, precision, threads));
    for (int64_t i = 0; i < conv->stride[0] && i < conv->x_size[0]; i++)
        for (int64_t j = 0; j < conv->stride[1] && j < conv->x_size[1]; j++) {
            product = adjoint_product(&call, i, j);
            bytes = larger(bytes, pt_conv_product_scratch(&product));
        }
    return bytes;
}

void pt_conv_forward(const struct pt_conv_call *call, const float *x, const float *weights,
                     float *y, struct pt_conv_finish finish)
{
    if (pt_conv_is_depthwise(call->conv)) {
        pt_conv_depthwise_forward(call, x, weights, y, finish);
        return;
    }
    struct pt_conv_product product = forward_product(call);
    product.from = x;
    product.weights = weights;
    product.to = y;
    product.finish = finish;
    pt_conv_product_run(&product, call->scratch);
}

void pt_conv_adjoint(const struct pt_conv_call *call, const float *y, const float *weights,
                     float *x, struct pt_conv_finish finish)
{
    const struct pt_conv *conv = call->conv;
    if (pt_conv_is_depthwise(conv)) {
        pt_conv_depthwise_adjoint(call, y, weights, x, finish);
        return;
    }
    for (int64_t i = 0; i < conv->stride[0] && i < conv->x_size[0]; i++)
        for (int64_t j = 0; j < conv->stride[1] && j < conv->x_size[1]; j++) {
            struct pt_conv_product product = adjoint_product(call, i, j);
            product.from = y;
            product.weights = weights;
            product.to = x;
            product.finish = finish;
            pt_conv_product_run(&product, call->scratch);
        }
}

void pt_conv_weights(const struct pt_conv_call *call, const float *x, const float *dy,
                     float *dweights, bool add)
{
    if (pt_conv_is_depthwise(call->conv))
        pt_conv_depthwise_weights(call, x, dy, dweights, add);
    else
        pt_conv_weights_run(call, x, dy, dweights, add);
}
