// The gradient of a convolution's weights: a sum over all positions.
//
// dw[o, tap, c] = sum over positions of dy[position, o] x[pixel of position and tap, c]. Positions
// come in blocks that stay in a cache; a panel of taps and channels is packed from the pixels of a
// block, the gradient of y into tiles of channels. Where the weights are few, positions are shared
// out among sums of their own in a grid that depends on the shape alone, and added up at the end.

#include "engine/conv_weights.h"

#include <omp.h>

#include "base/size.h"
#include "engine/conv_grid.h"
#include "engine/conv_loops.h"
#include "engine/elementwise.h"
#include "engine/gemm_plan.h"
#include "engine/split.h"

enum {
    STEPS_MOST = 256,           // of one block
    COPY_BYTES_MOST = 4 << 20,  // of a block's pixels: read once for each tap, from L3 if need be
    PARTS_MOST = 16,            // of the positions
    PARTS_BYTES_MOST = 4 << 20, // of their sums
    SHORT_RUN = 48,             // shorter ones that fill no vectors are gathered
    SLACK_BYTES = PT_CONV_SLACK * PT_GEMM_UNIT,
    THREAD_FLOP_LEAST = 200 * 1000,
};

struct plan {
    struct pt_conv_grid grid;
    bool copies, gathers;        // pixels are copied with their padding; taps are brought together
    int64_t depth, rows, stored; // of one group: channels of x and of y, columns of the weights
    int64_t runs, run;           // taps whose pixels are neighbors; floats
    int64_t panels;              // of one run
    struct pt_conv_blocks blocks;
    int64_t parts; // of the positions
    int64_t copy_bytes, gather_bytes, dy_bytes, panel_bytes, table_bytes, thread_bytes;
    int64_t sums_bytes;
    int threads;
};

static int64_t power_of_two_below(int64_t most)
{
    int64_t power = 1;
    while (power * 2 <= most)
        power *= 2;
    return power;
}

static void plan_runs(const struct pt_conv *conv, struct plan *plan)
{
    const struct pt_conv_line *width = &plan->grid.line[1];
    int64_t taps = conv->kernel[0] * conv->kernel[1];
    plan->run = plan->depth * (width->tap_step == 1 ? conv->kernel[1] : 1);
    plan->gathers = taps > 1 && plan->run < SHORT_RUN && plan->run % 16 != 0;
    plan->copies = plan->gathers || !pt_conv_stays_inside(&plan->grid);
    if (!plan->copies && conv->groups > 1)
        plan->run = plan->depth; // other groups lie between
    if (plan->gathers)
        plan->run = plan->stored;
    plan->runs = plan->stored / plan->run;
}

static void plan_memory(const struct pt_gemm_isa *isa, struct plan *plan)
{
    const int64_t *longest = plan->blocks.longest;
    int64_t positions = longest[0] * longest[1] * longest[2], floats = (int64_t)sizeof(float);
    int64_t steps = pt_gemm_steps(isa, positions);
    if (plan->copies)
        plan->copy_bytes = pt_size_round_up(
            longest[0] * pt_conv_copy_size(&plan->grid.line[0], longest[1]) *
                    pt_conv_copy_size(&plan->grid.line[1], longest[2]) * plan->depth * floats +
                SLACK_BYTES,
            64);
    if (plan->gathers)
        plan->gather_bytes = pt_size_round_up(positions * plan->stored * floats + SLACK_BYTES, 64);
    plan->dy_bytes = pt_size_round_up(plan->rows, 2 * isa->tile_rows) * steps * PT_GEMM_UNIT;
    plan->panel_bytes = (int64_t)isa->lanes * isa->tile_vectors * steps * PT_GEMM_UNIT;
    plan->table_bytes = pt_size_round_up(positions * (int64_t)sizeof(int64_t), 64);
    plan->thread_bytes = pt_size_round_up(plan->copy_bytes + plan->gather_bytes + plan->dy_bytes +
                                              plan->panel_bytes + plan->table_bytes,
                                          64);
}

static struct plan make_plan(const struct pt_conv *conv, const struct pt_gemm_isa *isa, int threads)
{
    struct plan plan = {.grid = pt_conv_forward_grid(conv),
                        .depth = conv->x_channels / conv->groups,
                        .rows = conv->y_channels / conv->groups,
                        .stored = pt_conv_columns(conv)};
    int64_t weights = conv->y_channels * plan.stored * (int64_t)sizeof(float);
    plan_runs(conv, &plan);
    plan.panels = pt_gemm_ceil_divide(plan.run, (int64_t)isa->lanes * isa->tile_vectors);
    plan.blocks =
        pt_conv_blocks_make(&plan.grid, plan.copies ? plan.depth * (int64_t)sizeof(float) : 0,
                            isa->bf16 ? 2 * STEPS_MOST : STEPS_MOST, COPY_BYTES_MOST, 1);
    int64_t most = PARTS_BYTES_MOST / weights;
    most = most < PARTS_MOST ? most : PARTS_MOST;
    plan.parts = power_of_two_below(most < plan.blocks.count ? most : plan.blocks.count);
    plan.sums_bytes = plan.parts > 1 ? pt_size_round_up(plan.parts * weights, 64) : 0;
    plan_memory(isa, &plan);
    double flop = 2 * (double)pt_conv_positions(conv) * (double)weights / sizeof(float);
    plan.threads = flop / THREAD_FLOP_LEAST >= threads ? threads : 1;
    return plan;
}

size_t pt_conv_weights_scratch(const struct pt_conv *conv, const struct pt_gemm_isa *isa,
                               enum pt_precision precision, int threads)
{
    struct plan plan = make_plan(conv, isa, threads);
    (void)precision;
    return (size_t)(plan.sums_bytes + threads * plan.thread_bytes);
}

// ---------------------------------------------------------------------------------------- blocks
struct worker {
    const struct pt_conv_call *call;
    const struct plan *plan;
    const float *x, *dy;
    char *copied, *gathered, *packed_dy, *panel;
    int64_t *rows; // floats from pixels to what each position reads first
};

// A range of panels of one group, summed over one part of the positions.
struct item {
    int64_t group, part, panel_begin, panel_end;
    float *sums; // [rows, stored] of the group
    bool add;    // to what stands there, already before the first block
};

static bool must_round(const struct pt_conv_call *call)
{
    return call->precision == PT_PRECISION_BF16 && !call->isa->bf16;
}

static void scale_rows(int64_t *rows, int64_t count, int64_t factor)
{
    for (int64_t i = 0; i < count; i++)
        rows[i] *= factor;
}

static const float *prepare_pixels(const struct worker *worker, const struct pt_conv_block *block,
                                   int64_t group)
{
    const struct plan *plan = worker->plan;
    int64_t positions = pt_conv_block_positions(block);
    struct pt_conv_image image = {worker->x + group * plan->depth, worker->call->conv->x_channels,
                                  plan->depth};
    if (!plan->copies) {
        pt_conv_rows_of_source(&plan->grid, block, worker->rows);
        scale_rows(worker->rows, positions, image.channels);
        return image.pixels;
    }
    struct pt_conv_copy copy = {NULL, false, plan->depth};
    const float *copied = (const float *)(const void *)worker->copied;
    pt_conv_copy_block(&copy, &plan->grid, block, &image, worker->copied);
    pt_conv_rows_of_copy(&plan->grid, block, worker->rows);
    scale_rows(worker->rows, positions, plan->depth);
    if (!plan->gathers)
        return copied;
    float *gathered = (float *)(void *)worker->gathered;
    pt_conv_gather_taps(&plan->grid, block, copied, plan->depth, worker->rows, positions, gathered);
    for (int64_t p = 0; p < positions; p++)
        worker->rows[p] = p * plan->stored;
    return gathered;
}

static void prepare_dy(const struct worker *worker, const struct pt_conv_block *block,
                       int64_t group)
{
    const struct pt_conv *conv = worker->call->conv;
    int64_t first =
        (block->begin[0] * conv->y_size[0] + block->begin[1]) * conv->y_size[1] + block->begin[2];
    worker->call->isa->pack_a(true,
                              worker->dy + first * conv->y_channels + group * worker->plan->rows,
                              conv->y_channels, worker->plan->rows, pt_conv_block_positions(block),
                              must_round(worker->call), worker->packed_dy);
}

// Floats from the first tap of a position to a run.
static int64_t run_offset(const struct worker *worker, const struct pt_conv_block *block,
                          int64_t run)
{
    const struct plan *plan = worker->plan;
    const struct pt_conv_line *height = &plan->grid.line[0], *width = &plan->grid.line[1];
    int64_t each = plan->runs / height->taps; // of a row of taps
    int64_t columns = plan->copies ? pt_conv_copy_size(width, block->count[2]) : width->size;
    int64_t channels = plan->copies ? plan->depth : worker->call->conv->x_channels;
    if (plan->gathers)
        return 0;
    return (run / each * height->tap_step * columns + run % each * width->tap_step) * channels;
}

static void do_panel(const struct worker *worker, const struct pt_conv_block *block,
                     const struct item *item, int64_t index, const float *pixels, bool add)
{
    const struct pt_gemm_isa *isa = worker->call->isa;
    const struct plan *plan = worker->plan;
    int64_t run = index / plan->panels, panel = index % plan->panels;
    int64_t begin = pt_gemm_part_begin(plan->run, isa->lanes, plan->panels, panel);
    int64_t end = pt_gemm_part_begin(plan->run, isa->lanes, plan->panels, panel + 1);
    int64_t positions = pt_conv_block_positions(block);
    struct pt_gemm_tile tile = {
        .columns = (int)(end - begin),
        .steps = pt_gemm_steps(isa, positions),
        .a_row = 1,
        .a_step = isa->tile_rows,
        .b = worker->panel,
        .b_step = pt_size_round_up(end - begin, isa->lanes),
        .c_row = plan->stored,
        .add = add,
    };
    isa->pack_b_rows(pixels + run_offset(worker, block, run) + begin, worker->rows, positions,
                     tile.columns, (int)tile.b_step, must_round(worker->call), worker->panel);
    for (int64_t i = 0; i < plan->rows; i += isa->tile_rows) {
        tile.rows = (int)(plan->rows - i < isa->tile_rows ? plan->rows - i : isa->tile_rows);
        tile.a = worker->packed_dy + i * tile.steps * PT_GEMM_UNIT;
        tile.c = item->sums + i * plan->stored + run * plan->run + begin;
        isa->tile(&tile);
    }
}

static void do_item(const struct worker *worker, const struct item *item)
{
    const struct plan *plan = worker->plan;
    int64_t begin = plan->blocks.count * item->part / plan->parts;
    int64_t end = plan->blocks.count * (item->part + 1) / plan->parts;
    for (int64_t i = begin; i < end; i++) {
        struct pt_conv_block block = pt_conv_block_at(&plan->grid, &plan->blocks, i);
        const float *pixels = prepare_pixels(worker, &block, item->group);
        prepare_dy(worker, &block, item->group);
        for (int64_t panel = item->panel_begin; panel < item->panel_end; panel++)
            do_panel(worker, &block, item, panel, pixels, item->add || i > begin);
    }
}

// ----------------------------------------------------------------------------------------- items
struct job {
    const struct pt_conv_call *call;
    const struct plan *plan;
    const float *x, *dy;
    float *dweights;
    bool add;
    int64_t chunks, items; // of panels; of all
};

static struct item item_at(const struct job *job, int64_t index)
{
    const struct plan *plan = job->plan;
    int64_t chunk = index % job->chunks, panels = plan->runs * plan->panels;
    int64_t group = index / job->chunks % job->call->conv->groups;
    int64_t part = index / job->chunks / job->call->conv->groups;
    int64_t size = job->call->conv->y_channels * plan->stored;
    float *sums = plan->parts > 1 ? (float *)job->call->scratch + part * size : job->dweights;
    return (struct item){.group = group,
                         .part = part,
                         .panel_begin = panels * chunk / job->chunks,
                         .panel_end = panels * (chunk + 1) / job->chunks,
                         .sums = sums + group * plan->rows * plan->stored,
                         .add = plan->parts == 1 && job->add};
}

static void do_numbered_item(const struct job *job, int64_t index, int thread)
{
    const struct plan *plan = job->plan;
    struct worker worker = {.call = job->call, .plan = plan, .x = job->x, .dy = job->dy};
    struct item item = item_at(job, index);
    worker.packed_dy = (char *)job->call->scratch + plan->sums_bytes + thread * plan->thread_bytes;
    worker.panel = worker.packed_dy + plan->dy_bytes;
    worker.copied = worker.panel + plan->panel_bytes;
    worker.gathered = worker.copied + plan->copy_bytes;
    worker.rows = (int64_t *)(void *)(worker.gathered + plan->gather_bytes);
    do_item(&worker, &item);
}

// The parts one after the other, so that the sum is the same for any number of threads.
static void add_parts(void *context, struct pt_range range)
{
    const struct job *job = context;
    int64_t size = job->call->conv->y_channels * job->plan->stored;
    pt_elementwise()->column_sums(job->dweights + range.begin,
                                  (const float *)job->call->scratch + range.begin, job->plan->parts,
                                  range.end - range.begin, size, job->add);
}

void pt_conv_weights_run(const struct pt_conv_call *call, const float *x, const float *dy,
                         float *dweights, bool add)
{
    struct plan plan = make_plan(call->conv, call->isa, call->threads);
    struct job job = {
        .call = call, .plan = &plan, .x = x, .dy = dy, .dweights = dweights, .add = add};
    int64_t others = plan.parts * call->conv->groups, panels = plan.runs * plan.panels;
    job.chunks = others % plan.threads == 0 || others >= 4 * (int64_t)plan.threads
                     ? 1
                     : plan.threads; // whole turns
    job.chunks = job.chunks < panels ? job.chunks : panels;
    job.items = others * job.chunks;

    if (plan.threads == 1) {
        for (int64_t i = 0; i < job.items; i++)
            do_numbered_item(&job, i, 0);
    } else {
#pragma omp parallel for schedule(dynamic, 1) num_threads(plan.threads)
        for (int64_t i = 0; i < job.items; i++)
            do_numbered_item(&job, i, omp_get_thread_num());
    }
    if (plan.parts > 1)
        pt_run_ranges(call->conv->y_channels * plan.stored, 64,
                      plan.parts * call->conv->y_channels * plan.stored, call->threads, add_parts,
                      &job);
}
