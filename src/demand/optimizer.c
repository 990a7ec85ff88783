// The optimizers' work, counted from the update rules as PyTorch has them.
//   gradient descent, SGD   p -= lr g                                2
//   momentum                b = mu b + g                             2 more
//   weight decay            g += wd p                                2 more
//   Adam   m = b1 m + (1 - b1) g                                     3
//          v = b2 v + (1 - b2) g g                                   4
//          p -= step m / (sqrt(v) c + eps)                           6
//   AdamW  p *= 1 - lr wd                                            1 more
// Kingma and Ba 2014, arXiv:1412.6980; Loshchilov and Hutter 2017, arXiv:1711.05101.

#include "demand/optimizer.h"

#include <assert.h>

int pt_optimizer_state_count(const struct pt_demand_options *options)
{
    switch (options->optimizer) {
    case PT_GRADIENT_DESCENT:
        return 0;
    case PT_SGD:
        return options->momentum ? 1 : 0;
    case PT_ADAM:
    case PT_ADAMW:
        return 2;
    }
    assert(false); // no such optimizer
    return 0;
}

int64_t pt_optimizer_flop_each(const struct pt_demand_options *options)
{
    switch (options->optimizer) {
    case PT_GRADIENT_DESCENT:
    case PT_SGD:
        return 2 + (options->momentum && options->optimizer == PT_SGD ? 2 : 0) +
               (options->weight_decay ? 2 : 0);
    case PT_ADAM:
        return 13 + (options->weight_decay ? 2 : 0);
    case PT_ADAMW:
        return 13 + (options->weight_decay ? 1 : 0);
    }
    assert(false); // no such optimizer
    return 0;
}

// The parameter and each state are read and written, the gradient is read.
int64_t pt_optimizer_bytes_each(const struct pt_demand_options *options)
{
    return 4 * (2 + 1 + 2 * pt_optimizer_state_count(options));
}
