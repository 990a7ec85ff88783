// How a product over taps is cut into pieces.

#include "engine/conv_product_plan.h"

#include "base/size.h"
#include "engine/conv_loops.h"
#include "engine/gemm_plan.h"

enum {
    POSITIONS_MOST = 1024,       // of a block
    COPY_BYTES_MOST = 512 << 10, // of a block's pixels: half of a second-level cache
    STEPS_MOST = 512,            // of one pass over the block: a panel of weights stays near
    STEPS_WHOLE = 640,           // not worth two passes
    SHORT_RUN = 16,              // shorter ones are gathered
    SLACK_BYTES = PT_CONV_SLACK * PT_GEMM_UNIT,
    THREAD_FLOP_LEAST = 200 * 1000,
};

static int64_t units_of(const struct pt_gemm_isa *isa, int64_t depth)
{
    return pt_gemm_steps(isa, depth);
}

static enum pt_conv_place place_of(const struct pt_conv_product *product)
{
    const struct pt_conv_line *width = &product->grid.line[1];
    int64_t taps = product->grid.line[0].taps * width->taps;
    int64_t run = product->depth * (width->tap_step == 1 ? width->taps : 1);
    if (!product->adjoint && taps > 1 && run < SHORT_RUN)
        return PT_CONV_GATHERED;
    bool as_it_is = product->precision == PT_PRECISION_FP32;
    return as_it_is && pt_conv_stays_inside(&product->grid) ? PT_CONV_IN_PLACE : PT_CONV_COPIED;
}

static void plan_runs(const struct pt_conv_product *product, struct pt_conv_plan *plan)
{
    const struct pt_conv_line *height = &product->grid.line[0], *width = &product->grid.line[1];
    int64_t pixel = units_of(product->isa, product->depth);
    bool neighbors =
        width->tap_step == 1 && (plan->place == PT_CONV_COPIED ||
                                 product->conv->groups == 1); // in place, other groups lie between
    plan->copy = (struct pt_conv_copy){product->isa, pt_conv_must_round(product), pixel};
    plan->runs = height->taps * (neighbors ? 1 : width->taps);
    plan->run_units = pixel * (neighbors ? width->taps : 1);
    if (plan->place == PT_CONV_GATHERED) {
        plan->copy = (struct pt_conv_copy){NULL, false, product->depth};
        plan->runs = 1;
        plan->run_units = units_of(product->isa, height->taps * width->taps * product->depth);
    }
    plan->units = plan->runs * plan->run_units;
    if (plan->units == 0) // a phase that no tap reaches
        plan->runs = 0;
}

// Passes of whole runs, or parts of a single one.
static void plan_passes(struct pt_conv_plan *plan)
{
    plan->passes = 1;
    if (plan->units > STEPS_WHOLE)
        plan->passes = plan->run_units > STEPS_WHOLE
                           ? plan->runs * pt_gemm_ceil_divide(plan->run_units, STEPS_MOST)
                           : pt_gemm_ceil_divide(plan->runs, STEPS_MOST / plan->run_units > 0
                                                                 ? STEPS_MOST / plan->run_units
                                                                 : 1);
}

struct pt_conv_pass pt_conv_pass_at(const struct pt_conv_plan *plan, int64_t index)
{
    if (plan->runs == 0 || plan->passes <= plan->runs) {
        int64_t first = plan->runs * index / plan->passes;
        int64_t next = plan->runs * (index + 1) / plan->passes;
        return (struct pt_conv_pass){first, next - first, 0, plan->run_units};
    }
    int64_t parts = plan->passes / plan->runs, part = index % parts;
    int64_t begin = pt_gemm_part_begin(plan->run_units, 16, parts, part);
    int64_t end = pt_gemm_part_begin(plan->run_units, 16, parts, part + 1);
    return (struct pt_conv_pass){index / parts, 1, begin, end - begin};
}

static int useful_threads(const struct pt_conv_product *product, const struct pt_conv_plan *plan)
{
    const struct pt_conv_line *line = product->grid.line;
    double positions = (double)product->grid.batch * (double)line[0].count * (double)line[1].count;
    double useful = 2 * positions * (double)product->columns * (double)product->conv->groups *
                    (double)(plan->units + 1) / THREAD_FLOP_LEAST;
    return useful >= product->threads ? product->threads : useful < 1 ? 1 : (int)useful;
}

static int64_t longest_copy(const struct pt_conv_product *product, const struct pt_conv_plan *plan)
{
    return plan->blocks.longest[0] *
           pt_conv_copy_size(&product->grid.line[0], plan->blocks.longest[1]) *
           pt_conv_copy_size(&product->grid.line[1], plan->blocks.longest[2]) *
           plan->copy.pixel_units * PT_GEMM_UNIT;
}

int64_t pt_conv_gathered_floats(const struct pt_conv_product *product)
{
    return product->grid.line[0].taps * product->grid.line[1].taps * product->depth;
}

static void plan_memory(const struct pt_conv_product *product, struct pt_conv_plan *plan)
{
    int64_t positions = plan->blocks.longest[0] * plan->blocks.longest[1] * plan->blocks.longest[2];
    if (plan->place != PT_CONV_IN_PLACE)
        plan->copy_bytes = pt_size_round_up(longest_copy(product, plan) + SLACK_BYTES, 64);
    if (plan->place ==
        PT_CONV_GATHERED) { // rows of floats, and of the units that they are turned into
        bool plain = product->precision == PT_PRECISION_FP32;
        plan->unit_rows_bytes =
            plain ? 0 : pt_size_round_up(positions * plan->run_units * PT_GEMM_UNIT, 64);
        plan->gather_bytes =
            plan->unit_rows_bytes +
            pt_size_round_up(
                positions * pt_conv_gathered_floats(product) * PT_GEMM_UNIT + SLACK_BYTES, 64);
    }
    plan->table_bytes =
        pt_size_round_up((2 * positions + plan->runs) * (int64_t)sizeof(int64_t), 64);
    plan->thread_bytes = plan->copy_bytes + plan->gather_bytes + plan->table_bytes;
    plan->packed_bytes =
        pt_size_round_up(product->columns, product->isa->lanes) * plan->units * PT_GEMM_UNIT;
}

struct pt_conv_plan pt_conv_plan_make(const struct pt_conv_product *product)
{
    struct pt_conv_plan plan = {.place = place_of(product)};
    plan_runs(product, &plan);
    plan_passes(&plan);
    plan.panels = pt_gemm_ceil_divide(pt_gemm_ceil_divide(product->columns, product->isa->lanes),
                                      product->isa->tile_vectors);
    plan.threads = useful_threads(product, &plan);
    plan.blocks = pt_conv_blocks_make(
        &product->grid, plan.place == PT_CONV_IN_PLACE ? 0 : plan.copy.pixel_units * PT_GEMM_UNIT,
        POSITIONS_MOST, COPY_BYTES_MOST, plan.threads);
    plan_memory(product, &plan);
    return plan;
}

size_t pt_conv_product_scratch(const struct pt_conv_product *product)
{
    if (product->grid.line[0].count == 0 || product->grid.line[1].count == 0)
        return 0;
    struct pt_conv_plan plan = pt_conv_plan_make(product);
    return (size_t)(plan.packed_bytes * product->conv->groups +
                    plan.thread_bytes * product->threads);
}
