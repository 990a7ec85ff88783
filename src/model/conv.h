// The geometry of convolutions, which demand/ and engine/ read alike.
//
// A convolution goes from a wide image x to an image y. conv1d is one of height 1. conv_transpose2d
// is the adjoint of a convolution: its input is that one's y, its output that one's x.
#ifndef PT_MODEL_CONV_H
#define PT_MODEL_CONV_H

#include "model/operator.h"

// y[n, i, j, o] = sum over u, v, c of x[n, i s - p + u d, j s - p + v d, c] w[o, u, v, c], zero
// outside of x; with groups, o sees only the c of its group.
// x is [batch, x_size, x_channels], y is [batch, y_size, y_channels], channels last; w is
// [y_channels, kernel, x_channels / groups]. Of each pair the first is the height.
struct pt_conv {
    bool transposed; // the operator computes x from y
    int64_t batch;
    int64_t x_size[2], y_size[2], x_channels, y_channels;
    int64_t kernel[2], stride[2], dilation[2];
    int64_t padding[2]; // before the first row and column of x
    int64_t groups;
};

// Of an operator conv2d, conv1d or conv_transpose2d of a graph.
struct pt_conv pt_conv_of(const struct pt_graph *graph, const struct pt_op *op);

// Channels and columns of the weights as a matrix [y_channels, columns].
static inline int64_t pt_conv_columns(const struct pt_conv *conv)
{
    return conv->kernel[0] * conv->kernel[1] * (conv->x_channels / conv->groups);
}

// Positions of y.
static inline int64_t pt_conv_positions(const struct pt_conv *conv)
{
    return conv->batch * conv->y_size[0] * conv->y_size[1];
}

#endif
