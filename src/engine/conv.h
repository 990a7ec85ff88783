// Convolutions of images with channels last, without bringing them into rows in memory first.
//
// A convolution is a product of pixels and weights: for each position of y and each tap of the
// kernel, the channels of one pixel of x times the weights of that tap. Pixels of neighboring taps
// are neighbors in memory, so the kernels of gemm_own.h read them where they lie (a "run" at a
// time), in x itself or in a copy of a few images with their padding that stays in a cache. The
// gradient of x is the same product over y, once for each phase of the stride, so that no zeros
// are multiplied; the gradient of the weights sums over positions. Channels that have a filter each
// (depthwise) are no product of matrices and have loops of their own.
//
// Georganas et al. 2018, "Anatomy of high-performance deep learning convolutions on SIMD
// architectures", arXiv:1808.05567; Dukhan 2019, "The indirect convolution algorithm",
// arXiv:1907.02129.
#ifndef PT_ENGINE_CONV_H
#define PT_ENGINE_CONV_H

#include "engine/gemm_own.h"
#include "model/conv.h"

struct pt_conv_call {
    const struct pt_conv *conv;
    const struct pt_gemm_isa *isa;
    enum pt_precision precision;
    int threads;
    void *scratch; // pt_conv_scratch_bytes, aligned to 64 bytes
};

// Enough for all three, and for every smaller batch.
size_t pt_conv_scratch_bytes(const struct pt_conv *conv, const struct pt_gemm_isa *isa,
                             enum pt_precision precision, int threads);

// What happens to an image that is computed.
struct pt_conv_finish {
    bool add;          // to what stands there; then neither bias nor relu
    const float *bias; // one for each channel, or NULL
    bool relu;
};

// y from x.
void pt_conv_forward(const struct pt_conv_call *call, const float *x, const float *weights,
                     float *y, struct pt_conv_finish finish);
// x from y: the gradient of x, or the output of a transposed convolution.
void pt_conv_adjoint(const struct pt_conv_call *call, const float *y, const float *weights,
                     float *x, struct pt_conv_finish finish);
// The gradient of the weights from x and the gradient of y.
void pt_conv_weights(const struct pt_conv_call *call, const float *x, const float *dy,
                     float *dweights, bool add);

#endif
