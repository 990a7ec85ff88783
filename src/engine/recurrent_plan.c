// The cut of a recurrent layer's time loop, and the layout of its scratch memory.

#include "engine/recurrent_plan.h"

// A group of fewer samples does not keep the kernels busy while they read the weights. Slices are
// whole cache lines. Below LEAST_FLOP, in the whole loop or between two meetings, one thread is
// faster than several.
enum { LEAST_SAMPLES = 16, SAMPLE_STEP = 8, UNIT_STEP = 16, LEAST_FLOP = 1000000 };

static int64_t part_length(int64_t count, int64_t step, int64_t parts)
{
    int64_t steps = (count + step - 1) / step;
    return (steps + parts - 1) / parts * step;
}

static struct pt_range part(int64_t count, int64_t step, int64_t parts, int64_t index)
{
    int64_t steps = (count + step - 1) / step;
    int64_t begin = steps * index / parts * step, end = steps * (index + 1) / parts * step;
    return (struct pt_range){begin < count ? begin : count, end < count ? end : count};
}

static struct pt_recurrent_team make_team(const struct pt_recurrent_size *size, int64_t groups,
                                          int64_t slices)
{
    struct pt_recurrent_team team = {.groups = (int)groups, .slices = (int)slices};
    team.samples = part_length(size->batch, SAMPLE_STEP, groups);
    team.samples = team.samples < size->batch ? team.samples : size->batch;
    team.units = part_length(size->hidden, UNIT_STEP, slices);
    team.units = team.units < size->hidden ? team.units : size->hidden;
    return team;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

// Products of one time step; as a double, because nobody has checked that it fits.
static double step_flop(const struct pt_recurrent_size *size)
{
    return 2.0 * (double)size->batch * (double)size->width * (double)size->hidden;
}

// As many groups as can be without making them small, the other threads for slices.
static struct pt_recurrent_team choose_team(const struct pt_recurrent_size *size, int threads)
{
    int64_t groups = 1, most = smaller(threads, size->batch / LEAST_SAMPLES);
    if (step_flop(size) * (double)size->time < LEAST_FLOP)
        return make_team(size, 1, 1);
    for (int64_t i = 2; i <= most; i++)
        groups = threads % i == 0 ? i : groups;
    int64_t slices = smaller(threads / groups, (size->hidden + UNIT_STEP - 1) / UNIT_STEP);
    if (step_flop(size) < LEAST_FLOP)
        slices = 1;
    return make_team(size, groups, slices);
}

// ------------------------------------------------------------------------------------- scratch
static size_t take(size_t *end, size_t bytes)
{
    size_t begin = *end;
    *end += (bytes + 63) / 64 * 64;
    return begin;
}

struct pt_gemm pt_recurrent_product(const struct pt_recurrent_plan *plan, int64_t samples,
                                    int64_t units)
{
    const struct pt_recurrent_size *size = &plan->size;
    bool whole = plan->team.slices == 1;
    return (struct pt_gemm){
        .m = samples,
        .n = plan->backward ? units
             : whole        ? size->width
                            : units,
        .k = plan->state_columns,
        .transpose_b = !plan->backward,
        .lda = plan->state_stride,
        .ldb = size->hidden,
        .ldc = plan->backward ? units : size->gates * units,
        .precision = plan->precision,
        .epilogue = !plan->backward && size->bias ? PT_EPILOGUE_BIAS : PT_EPILOGUE_NONE,
    };
}

static struct pt_recurrent_plan lay_out(const struct pt_recurrent_size *size, bool backward,
                                        struct pt_recurrent_team team, enum pt_precision precision)
{
    struct pt_recurrent_plan plan = {
        .size = *size, .team = team, .precision = precision, .backward = backward};
    size_t members = (size_t)team.groups * (size_t)team.slices;
    plan.blocks_each = backward || team.slices == 1 ? 1 : (int)size->gates;
    plan.state_columns = backward ? size->width : size->hidden;
    plan.state_stride = pt_size_round_up(plan.state_columns, 16) + 16;
    plan.own_columns = backward ? team.units : size->gates * team.units;

    struct pt_gemm gemm = pt_recurrent_product(&plan, team.samples, team.units);
    plan.block_bytes = (pt_gemm_packed_bytes(&gemm) + 63) / 64 * 64;
    plan.product_bytes = (pt_gemm_packed_scratch_bytes(&gemm, 1) + 63) / 64 * 64;
    plan.own_bytes = ((size_t)(team.samples * plan.own_columns) * sizeof(float) + 63) / 64 * 64;

    plan.zeros = take(&plan.bytes, (size_t)size->hidden * sizeof(float));
    plan.packed =
        take(&plan.bytes, (size_t)team.slices * (size_t)plan.blocks_each * plan.block_bytes);
    plan.states = take(&plan.bytes, 2 * (size_t)(size->batch * plan.state_stride) * sizeof(float));
    plan.own = take(&plan.bytes, members * plan.own_bytes);
    plan.carried =
        take(&plan.bytes, backward ? (size_t)(size->batch * size->hidden) * sizeof(float) : 0);
    plan.products = take(&plan.bytes, members * plan.product_bytes);
    return plan;
}

struct pt_recurrent_plan pt_recurrent_plan_make(const struct pt_recurrent_size *size, bool backward,
                                                int threads, enum pt_precision precision)
{
    return lay_out(size, backward, choose_team(size, threads), precision);
}

// A smaller batch may be cut into fewer groups and more slices: the most of all cuts.
size_t pt_recurrent_plan_scratch(const struct pt_recurrent_size *size, bool backward, int threads,
                                 enum pt_precision precision)
{
    int64_t slices = (size->hidden + UNIT_STEP - 1) / UNIT_STEP;
    size_t most = lay_out(size, backward, make_team(size, 1, 1), precision).bytes;
    for (int64_t groups = 1; groups <= threads && groups <= size->batch; groups++) {
        const int64_t choices[] = {1, smaller(threads / groups, slices)};
        for (int i = 0; i < 2 && threads % groups == 0; i++) {
            struct pt_recurrent_team team = make_team(size, groups, choices[i]);
            size_t bytes = lay_out(size, backward, team, precision).bytes;
            most = bytes > most ? bytes : most;
        }
    }
    return most;
}

struct pt_range pt_recurrent_samples(const struct pt_recurrent_plan *plan, int group)
{
    return part(plan->size.batch, SAMPLE_STEP, plan->team.groups, group);
}

struct pt_range pt_recurrent_units(const struct pt_recurrent_plan *plan, int slice)
{
    return part(plan->size.hidden, UNIT_STEP, plan->team.slices, slice);
}
