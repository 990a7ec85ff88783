// The time loop of a recurrent layer: one parallel region over all steps.

#include "engine/recurrent_time.h"

#include <omp.h>
#include <string.h>

#include "engine/recurrent_loops.h"

// What a member of the team works on.
struct member {
    struct pt_range samples, units;
    int slice;
    int64_t unit_count, row_length; // of its own rows
    float *own;
    void *product_scratch;
};

static struct member member_of(const struct pt_recurrent_pass *pass, int index)
{
    const struct pt_recurrent_plan *plan = pass->plan;
    struct member member = {.slice = index % plan->team.slices};
    member.samples = pt_recurrent_samples(plan, index / plan->team.slices);
    member.units = pt_recurrent_units(plan, member.slice);
    member.unit_count = member.units.end - member.units.begin;
    member.row_length = (plan->backward ? 1 : plan->size.gates) * member.unit_count;
    char *own = pass->scratch + plan->own + (size_t)index * plan->own_bytes;
    member.own = (float *)(void *)own;
    member.product_scratch = pass->scratch + plan->products + (size_t)index * plan->product_bytes;
    return member;
}

// ------------------------------------------------------------------------------ packed weights
static void *packed_block(const struct pt_recurrent_pass *pass, int slice, int block)
{
    const struct pt_recurrent_plan *plan = pass->plan;
    size_t index = (size_t)slice * (size_t)plan->blocks_each + (size_t)block;
    return pass->scratch + plan->packed + index * plan->block_bytes;
}

static void pack_block(const struct pt_recurrent_pass *pass, int slice, int block, int threads)
{
    const struct pt_recurrent_plan *plan = pass->plan;
    struct pt_range units = pt_recurrent_units(plan, slice);
    struct pt_gemm gemm = pt_recurrent_product(plan, 1, units.end - units.begin);
    const float *weight =
        plan->backward
            ? pass->weight + units.begin
            : pass->weight + (block * plan->size.hidden + units.begin) * plan->size.hidden;
    pt_gemm_pack(&gemm, threads, weight, packed_block(pass, slice, block));
}

static void pack_weights(const struct pt_recurrent_pass *pass)
{
    const struct pt_recurrent_plan *plan = pass->plan;
    int blocks = plan->team.slices * plan->blocks_each, each = plan->blocks_each;
    if (plan->size.time == 1) // nothing is multiplied
        return;
    if (blocks == 1) {
        pack_block(pass, 0, 0, plan->team.groups);
        return;
    }
#pragma omp parallel for schedule(static) num_threads(plan->team.groups * plan->team.slices)
    for (int i = 0; i < blocks; i++)
        pack_block(pass, i / each, i % each, 1);
}

// --------------------------------------------------------------------------------- scratch rows
static const float *zeros(const struct pt_recurrent_pass *pass)
{
    return (const float *)(const void *)(pass->scratch + pass->plan->zeros);
}

// The states that the step leaves.
static float *states_of(const struct pt_recurrent_pass *pass, int64_t step)
{
    const struct pt_recurrent_plan *plan = pass->plan;
    float *states = (float *)(void *)(pass->scratch + plan->states);
    return states + (step & 1) * plan->size.batch * plan->state_stride;
}

// own = the states of a step times the packed weights.
static void multiply(const struct pt_recurrent_pass *pass, const struct member *member,
                     int64_t step)
{
    const struct pt_recurrent_plan *plan = pass->plan;
    struct pt_gemm gemm =
        pt_recurrent_product(plan, member->samples.end - member->samples.begin, member->unit_count);
    const float *a = states_of(pass, step) + member->samples.begin * plan->state_stride;
    for (int block = 0; block < plan->blocks_each; block++) {
        int64_t at = block * plan->size.hidden + member->units.begin;
        pt_gemm_single_packed(&gemm, 0, gemm.n, a, packed_block(pass, member->slice, block),
                              member->own + block * member->unit_count,
                              pass->bias == NULL ? NULL : pass->bias + at, member->product_scratch);
    }
}

// ------------------------------------------------------------------------------------- forward
// The hidden state before the first step is zero: only the biases remain.
static void start_own(const struct pt_recurrent_pass *pass, const struct member *member)
{
    size_t bytes = (size_t)member->unit_count * sizeof(float);
    int64_t gates = member->row_length / member->unit_count;
    float *row = member->own;
    for (int64_t i = member->samples.begin; i < member->samples.end; i++)
        for (int64_t gate = 0; gate < gates; gate++, row += member->unit_count) {
            if (pass->bias != NULL)
                memcpy(row, pass->bias + gate * pass->plan->size.hidden + member->units.begin,
                       bytes);
            else
                memset(row, 0, bytes);
        }
}

static void forward_step(const struct pt_recurrent_pass *pass, int index, int64_t step)
{
    const struct pt_recurrent_plan *plan = pass->plan;
    const struct pt_recurrent_size *size = &plan->size;
    struct member member = member_of(pass, index);
    int64_t unit = member.units.begin;
    if (step == 0)
        start_own(pass, &member);
    else
        multiply(pass, &member, step - 1);

    for (int64_t i = member.samples.begin; i < member.samples.end; i++) {
        int64_t row = pt_recurrent_row(pass, i, step);
        const float *previous = zeros(pass);
        if (step > 0 && size->cell == PT_CELL_LSTM)
            previous = pass->seconds + pt_recurrent_row(pass, i, step - 1) * size->hidden + unit;
        else if (step > 0)
            previous = states_of(pass, step - 1) + i * plan->state_stride + unit;
        struct pt_cell_forward cell = {
            .units = member.unit_count,
            .gates = pass->gates + row * size->stride + unit,
            .gate_stride = size->hidden,
            .recurrent = member.own + (i - member.samples.begin) * member.row_length,
            .recurrent_stride = member.unit_count,
            .previous = previous,
            .second = pass->seconds == NULL ? NULL : pass->seconds + row * size->hidden + unit,
            .h = pass->states + row * pass->features + unit,
            .h_copy = states_of(pass, step) + i * plan->state_stride + unit,
        };
        pt_recurrent_loops()->forward[size->cell](&cell);
    }
}

// ------------------------------------------------------------------------------------ backward
static float *carried_row(const struct pt_recurrent_pass *pass, int64_t sample)
{
    const struct pt_recurrent_plan *plan = pass->plan;
    float *carried = (float *)(void *)(pass->scratch + plan->carried);
    return carried + sample * plan->size.hidden;
}

// Nothing comes back from beyond the last step.
static void start_gradients(const struct pt_recurrent_pass *pass, const struct member *member)
{
    size_t bytes = (size_t)member->unit_count * sizeof(float);
    int64_t samples = member->samples.end - member->samples.begin;
    memset(member->own, 0, (size_t)samples * bytes);
    for (int64_t i = member->samples.begin; i < member->samples.end; i++)
        memset(carried_row(pass, i) + member->units.begin, 0, bytes);
}

static const float *output_gradient(const struct pt_recurrent_pass *pass, int64_t sample,
                                    int64_t step, int64_t unit)
{
    const struct pt_recurrent_size *size = &pass->plan->size;
    if (!size->last)
        return pass->dy + pt_recurrent_row(pass, sample, step) * pass->features + unit;
    return step == size->time - 1 ? pass->dy + sample * pass->features + unit : zeros(pass);
}

static const float *previous_state(const struct pt_recurrent_pass *pass, int64_t sample,
                                   int64_t step, int64_t unit)
{
    const struct pt_recurrent_size *size = &pass->plan->size;
    if (step == 0)
        return zeros(pass);
    int64_t row = pt_recurrent_row(pass, sample, step - 1);
    return size->cell == PT_CELL_LSTM ? pass->seconds + row * size->hidden + unit
                                      : pass->states + row * pass->features + unit;
}

static void backward_step(const struct pt_recurrent_pass *pass, int index, int64_t step)
{
    const struct pt_recurrent_plan *plan = pass->plan;
    const struct pt_recurrent_size *size = &plan->size;
    struct member member = member_of(pass, index);
    int64_t unit = member.units.begin;
    if (step == size->time - 1)
        start_gradients(pass, &member);
    else
        multiply(pass, &member, step + 1);

    for (int64_t i = member.samples.begin; i < member.samples.end; i++) {
        int64_t row = pt_recurrent_row(pass, i, step);
        struct pt_cell_backward cell = {
            .units = member.unit_count,
            .gates = pass->gates + row * size->stride + unit,
            .gate_stride = size->hidden,
            .to_recurrent = states_of(pass, step) + i * plan->state_stride + unit,
            .previous = previous_state(pass, i, step, unit),
            .second = pass->seconds == NULL ? NULL : pass->seconds + row * size->hidden + unit,
            .dy = output_gradient(pass, i, step, unit),
            .dh = member.own + (i - member.samples.begin) * member.row_length,
            .carried = carried_row(pass, i) + unit,
        };
        pt_recurrent_loops()->backward[size->cell](&cell);
    }
}

// ---------------------------------------------------------------------------------------- loops
typedef void step_function(const struct pt_recurrent_pass *pass, int member, int64_t step);

// OpenMP may give fewer threads than were asked for: each then does several members' work.
static void run(const struct pt_recurrent_pass *pass, step_function *do_step)
{
    const struct pt_recurrent_plan *plan = pass->plan;
    const int64_t time = plan->size.time;
    const int members = plan->team.groups * plan->team.slices;
    const bool meet = plan->team.slices > 1;
    if (members == 1) {
        for (int64_t i = 0; i < time; i++)
            do_step(pass, 0, plan->backward ? time - 1 - i : i);
        return;
    }
#pragma omp parallel num_threads(members)
    {
        const int first = omp_get_thread_num(), threads = omp_get_num_threads();
        for (int64_t i = 0; i < time; i++) {
            for (int member = first; member < members; member += threads)
                do_step(pass, member, plan->backward ? time - 1 - i : i);
            if (meet) {
#pragma omp barrier
            }
        }
    }
}

static void clear_zeros(const struct pt_recurrent_pass *pass)
{
    memset(pass->scratch + pass->plan->zeros, 0, (size_t)pass->plan->size.hidden * sizeof(float));
}

void pt_recurrent_forward(const struct pt_recurrent_pass *pass)
{
    clear_zeros(pass);
    pack_weights(pass);
    run(pass, forward_step);
}

void pt_recurrent_backward(const struct pt_recurrent_pass *pass)
{
    clear_zeros(pass);
    pack_weights(pass);
    run(pass, backward_step);
}
