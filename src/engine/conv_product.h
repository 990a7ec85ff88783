// A product over taps: what the forward pass and the adjoint have in common. For conv_*.c.
#ifndef PT_ENGINE_CONV_PRODUCT_H
#define PT_ENGINE_CONV_PRODUCT_H

#include "engine/conv_grid.h"

// to[position, n] (+)= sum over taps and depth of from[pixel, depth] weights[tap, depth, n]
struct pt_conv_product {
    const struct pt_conv *conv;
    const struct pt_gemm_isa *isa;
    enum pt_precision precision;
    int threads;
    bool adjoint; // weights are read the other way round
    struct pt_conv_grid grid;
    int64_t depth, columns; // of one group
    const float *from, *weights;
    float *to;
    struct pt_conv_finish finish;
};

size_t pt_conv_product_scratch(const struct pt_conv_product *product);
void pt_conv_product_run(const struct pt_conv_product *product, void *scratch);

#endif
