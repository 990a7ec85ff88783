// How a product over taps is cut into pieces. For conv_product*.c.
#ifndef PT_ENGINE_CONV_PRODUCT_PLAN_H
#define PT_ENGINE_CONV_PRODUCT_PLAN_H

#include "engine/conv_product.h"

// Where the pixels of a block are read.
enum pt_conv_place { PT_CONV_IN_PLACE, PT_CONV_COPIED, PT_CONV_GATHERED };

struct pt_conv_plan {
    enum pt_conv_place place;
    struct pt_conv_copy copy;
    int64_t runs, run_units; // a run: taps whose pixels are neighbors
    int64_t units;           // of all runs
    int64_t passes;
    int64_t panels; // of columns, as equal as they can be
    struct pt_conv_blocks blocks;
    int64_t packed_bytes; // of one group
    int64_t copy_bytes, gather_bytes, unit_rows_bytes, table_bytes, thread_bytes;
    int threads;
};

struct pt_conv_pass {
    int64_t first_run, runs, begin, steps; // units [begin, begin + steps) of each of these runs
};

// A function of the product alone; its grid has positions.
struct pt_conv_plan pt_conv_plan_make(const struct pt_conv_product *product);
struct pt_conv_pass pt_conv_pass_at(const struct pt_conv_plan *plan, int64_t index);
// Floats of all taps of a position.
int64_t pt_conv_gathered_floats(const struct pt_conv_product *product);

// Rounds where the kernels do not.
static inline bool pt_conv_must_round(const struct pt_conv_product *product)
{
    return product->precision == PT_PRECISION_BF16 && !product->isa->bf16;
}

#endif
