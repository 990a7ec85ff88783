// A product over taps: pixels that are read where they lie, times weights that are packed once.

#include "engine/conv_product_plan.h"

#include <omp.h>

#include "base/size.h"
#include "engine/gemm_plan.h"

// -------------------------------------------------------------------------------------- packing
static int64_t panel_begin(const struct pt_conv_product *product, const struct pt_conv_plan *plan,
                           int64_t index)
{
    return pt_gemm_part_begin(product->columns, product->isa->lanes, plan->panels, index);
}

// The weights of one group: [columns, kernel, depth] as they are stored, or with columns and depth
// exchanged.
static const float *group_weights(const struct pt_conv_product *product, int64_t group)
{
    int64_t rows = product->conv->y_channels / product->conv->groups;
    return product->weights + group * rows * pt_conv_columns(product->conv);
}

// Steps that follow each other in storage and in the panel: all of them, or those of one tap.
static void pack_tap(const struct pt_conv_product *product, const float *weights, int64_t tap,
                     int64_t column, int columns, int64_t steps, char *panel)
{
    const struct pt_gemm_isa *isa = product->isa;
    int64_t stored = pt_conv_columns(product->conv);
    int width = (int)pt_size_round_up(columns, isa->lanes);
    const float *from = product->adjoint ? weights + tap * product->columns + column
                                         : weights + tap * product->depth + column * stored;
    isa->pack_b(!product->adjoint, from, stored, steps, columns, width, pt_conv_must_round(product),
                panel);
}

static void pack_panel(const struct pt_conv_product *product, const struct pt_conv_plan *plan,
                       int64_t group, int64_t index, char *packed)
{
    const struct pt_conv_line *height = &product->grid.line[0], *width = &product->grid.line[1];
    const float *weights = group_weights(product, group);
    int64_t column = panel_begin(product, plan, index);
    int columns = (int)(panel_begin(product, plan, index + 1) - column);
    int64_t tap_bytes =
        plan->copy.pixel_units * pt_size_round_up(columns, product->isa->lanes) * PT_GEMM_UNIT;
    char *panel = packed + group * plan->packed_bytes + column * plan->units * PT_GEMM_UNIT;

    if (!product->adjoint &&
        (plan->place == PT_CONV_GATHERED || !product->isa->bf16 || product->depth % 2 == 0)) {
        pack_tap(product, weights, 0, column, columns, height->taps * width->taps * product->depth,
                 panel);
        return;
    }
    for (int64_t t = 0; t < height->taps; t++) {
        int64_t row = height->kernel_first + t * height->kernel_step;
        for (int64_t u = 0; u < width->taps; u++, panel += tap_bytes)
            pack_tap(product, weights,
                     row * product->conv->kernel[1] + width->kernel_first + u * width->kernel_step,
                     column, columns, product->depth, panel);
    }
}

// ---------------------------------------------------------------------------------------- blocks
struct worker {
    const struct pt_conv_product *product;
    const struct pt_conv_plan *plan;
    const char *packed;
    char *copied, *gathered;
    int64_t *a_rows, *c_rows, *a_runs;
};

static void scale_rows(int64_t *rows, int64_t count, int64_t factor)
{
    for (int64_t i = 0; i < count; i++)
        rows[i] *= factor;
}

// Rows of units from the pixels around each position.
static void gather_rows(const struct worker *worker, const struct pt_conv_block *block)
{
    const struct pt_conv_product *product = worker->product;
    const struct pt_conv_plan *plan = worker->plan;
    int64_t positions = pt_conv_block_positions(block), count = pt_conv_gathered_floats(product);
    int64_t row_bytes = plan->run_units * PT_GEMM_UNIT;
    float *floats = (float *)(void *)(worker->gathered + plan->unit_rows_bytes);

    scale_rows(worker->a_rows, positions, product->depth);
    pt_conv_gather_taps(&product->grid, block, (const float *)(const void *)worker->copied,
                        product->depth, worker->a_rows, positions, floats);
    for (int64_t p = 0; p < positions; p++)
        worker->a_rows[p] = p * row_bytes;
    if (product->precision == PT_PRECISION_FP32)
        return; // a unit is a float
    for (int64_t p = 0; p < positions; p++)
        product->isa->copy_row(worker->gathered + p * row_bytes, floats + p * count, count,
                               pt_conv_must_round(product));
}

// Where the runs of a position begin, in bytes from its first pixel.
static void fill_runs(const struct worker *worker, const struct pt_conv_block *block,
                      int64_t pixel_bytes)
{
    const struct pt_conv_line *height = &worker->product->grid.line[0];
    const struct pt_conv_line *width = &worker->product->grid.line[1];
    bool in_place = worker->plan->place == PT_CONV_IN_PLACE;
    int64_t columns = in_place ? width->size : pt_conv_copy_size(width, block->count[2]);
    int64_t each = height->taps > 0 ? worker->plan->runs / height->taps : 0; // of a row of taps
    for (int64_t t = 0; t < height->taps; t++)
        for (int64_t u = 0; u < each; u++)
            worker->a_runs[t * each + u] =
                (t * height->tap_step * columns + u * width->tap_step) * pixel_bytes;
}

// Brings the pixels of a block and group near, and says where they are.
static const void *prepare_block(const struct worker *worker, const struct pt_conv_block *block,
                                 int64_t group)
{
    const struct pt_conv_product *product = worker->product;
    const struct pt_conv_plan *plan = worker->plan;
    int64_t channels = product->depth * product->conv->groups;
    int64_t positions = pt_conv_block_positions(block);
    struct pt_conv_image image = {product->from + group * product->depth, channels, product->depth};

    if (plan->units == 0) {
        for (int64_t i = 0; i < positions; i++)
            worker->a_rows[i] = 0;
        return image.pixels;
    }
    if (plan->place == PT_CONV_IN_PLACE) {
        pt_conv_rows_of_source(&product->grid, block, worker->a_rows);
        scale_rows(worker->a_rows, positions, channels * PT_GEMM_UNIT);
        fill_runs(worker, block, channels * PT_GEMM_UNIT);
        return image.pixels;
    }
    pt_conv_copy_block(&plan->copy, &product->grid, block, &image, worker->copied);
    pt_conv_rows_of_copy(&product->grid, block, worker->a_rows);
    if (plan->place == PT_CONV_GATHERED) {
        gather_rows(worker, block);
        worker->a_runs[0] = 0;
        return worker->gathered;
    }
    scale_rows(worker->a_rows, positions, plan->copy.pixel_units * PT_GEMM_UNIT);
    fill_runs(worker, block, plan->copy.pixel_units * PT_GEMM_UNIT);
    return worker->copied;
}

static void do_panel(const struct worker *worker, int64_t positions, int64_t group, int64_t index,
                     const struct pt_conv_pass *pass, const char *a)
{
    const struct pt_conv_product *product = worker->product;
    const struct pt_gemm_isa *isa = product->isa;
    const struct pt_conv_plan *plan = worker->plan;
    bool last =
        pass->first_run + pass->runs == plan->runs && pass->begin + pass->steps == plan->run_units;
    bool first = pass->first_run == 0 && pass->begin == 0;
    int64_t column = panel_begin(product, plan, index);
    int columns = (int)(panel_begin(product, plan, index + 1) - column);
    int64_t width = pt_size_round_up(columns, isa->lanes);
    int64_t channel = group * product->columns + column;
    struct pt_gemm_gather tile = {
        .columns = columns,
        .runs = pass->runs,
        .steps = pass->steps,
        .a = a + pass->begin * PT_GEMM_UNIT,
        .a_runs = worker->a_runs + pass->first_run,
        .b = worker->packed + group * plan->packed_bytes +
             (column * plan->units + (pass->first_run * plan->run_units + pass->begin) * width) *
                 PT_GEMM_UNIT,
        .b_step = width,
        .c = product->to + channel,
        .add = product->finish.add || !first,
        .bias = last && product->finish.bias != NULL ? product->finish.bias + channel : NULL,
        .relu = last && product->finish.relu,
    };
    for (int64_t i = 0; i < positions; i += isa->tile_rows) {
        tile.rows = (int)(positions - i < isa->tile_rows ? positions - i : isa->tile_rows);
        tile.a_rows = worker->a_rows + i;
        tile.c_rows = worker->c_rows + i;
        isa->gather(&tile);
    }
}

// ----------------------------------------------------------------------------------------- items
// One block, one group and a range of panels.
struct items {
    int64_t chunks, count; // of panels; of all
};

static struct items make_items(const struct pt_conv_product *product,
                               const struct pt_conv_plan *plan)
{
    int64_t others = product->conv->groups * plan->blocks.count, chunks = 1;
    if (others < plan->threads)
        chunks = pt_gemm_ceil_divide(plan->threads, others);
    chunks = chunks < plan->panels ? chunks : plan->panels;
    return (struct items){chunks, others * chunks};
}

static void do_item(const struct worker *worker, const struct items *items, int64_t index)
{
    const struct pt_conv_product *product = worker->product;
    const struct pt_conv_plan *plan = worker->plan;
    int64_t chunk = index % items->chunks, rest = index / items->chunks;
    int64_t group = rest % product->conv->groups;
    struct pt_conv_block block =
        pt_conv_block_at(&product->grid, &plan->blocks, rest / product->conv->groups);
    int64_t positions = pt_conv_block_positions(&block);
    int64_t begin = plan->panels * chunk / items->chunks;
    int64_t end = plan->panels * (chunk + 1) / items->chunks;

    const void *a = prepare_block(worker, &block, group);
    pt_conv_rows_of_result(&product->grid, &block, worker->c_rows);
    scale_rows(worker->c_rows, positions, product->columns * product->conv->groups);
    for (int64_t index_of_pass = 0; index_of_pass < plan->passes; index_of_pass++) {
        struct pt_conv_pass pass = pt_conv_pass_at(plan, index_of_pass);
        for (int64_t panel = begin; panel < end; panel++)
            do_panel(worker, positions, group, panel, &pass, a);
    }
}

static struct worker worker_of(const struct pt_conv_product *product,
                               const struct pt_conv_plan *plan, char *scratch, int thread)
{
    int64_t positions = plan->blocks.longest[0] * plan->blocks.longest[1] * plan->blocks.longest[2];
    struct worker worker = {.product = product, .plan = plan, .packed = scratch};
    worker.copied =
        scratch + plan->packed_bytes * product->conv->groups + thread * plan->thread_bytes;
    worker.gathered = worker.copied + plan->copy_bytes;
    worker.a_rows = (int64_t *)(void *)(worker.gathered + plan->gather_bytes);
    worker.c_rows = worker.a_rows + positions;
    worker.a_runs = worker.c_rows + positions;
    return worker;
}

// One thread's share; alone, it is all of it and needs no team.
static void work(const struct pt_conv_product *product, const struct pt_conv_plan *plan,
                 char *scratch, bool alone)
{
    struct items items = make_items(product, plan);
    struct worker worker = worker_of(product, plan, scratch, alone ? 0 : omp_get_thread_num());
    int64_t packs = product->conv->groups * plan->panels;
    if (alone) {
        for (int64_t i = 0; i < packs; i++)
            pack_panel(product, plan, i / plan->panels, i % plan->panels, scratch);
        for (int64_t i = 0; i < items.count; i++)
            do_item(&worker, &items, i);
        return;
    }
#pragma omp for schedule(static)
    for (int64_t i = 0; i < packs; i++)
        pack_panel(product, plan, i / plan->panels, i % plan->panels, scratch);
#pragma omp for schedule(dynamic, 1)
    for (int64_t i = 0; i < items.count; i++)
        do_item(&worker, &items, i);
}

void pt_conv_product_run(const struct pt_conv_product *product, void *scratch)
{
    if (product->grid.line[0].count == 0 || product->grid.line[1].count == 0)
        return;
    struct pt_conv_plan plan = pt_conv_plan_make(product);
    if (plan.units == 0 && product->finish.add)
        return; // nothing is added
    if (plan.threads == 1) {
        work(product, &plan, scratch, true);
        return;
    }
#pragma omp parallel num_threads(plan.threads)
    work(product, &plan, scratch, false);
}
