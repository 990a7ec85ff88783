// The operations of a whole run.
//
// Training: every batch forward and backward, the last one of an epoch is shorter, and those of a
// sequence-length warm-up are so in another way; an addition for
// each parameter and batch that is not the first of its step; an update each step. The gradients
// before a shorter batch are scaled (train/trainer_step.c), and so is their sum in the update,
// unless the step has only one batch.

#include "train/run_flop.h"

#include "demand/operator_demand.h"
#include "train/run_stage.h"

enum pt_status pt_run_batch_flop(const struct pt_graph *graph,
                                 const struct pt_demand_options *options, int64_t rows,
                                 int64_t length, int64_t ret_flop[2], struct pt_error *error)
{
    struct pt_graph *shorter = NULL;
    struct pt_demand demand;
    struct pt_arena *arena = pt_arena_create();
    ret_flop[0] = ret_flop[1] = 0;
    enum pt_status status =
        arena == NULL ? pt_fail(error, PT_NO_MEMORY, "counting a batch: out of memory") : PT_OK;
    if (status == PT_OK && rows > 0)
        status = pt_graph_resized(graph, rows, length, &shorter, error);
    if (status == PT_OK && rows > 0)
        status = pt_demand_count(arena, shorter, options, &demand, error);
    if (status == PT_OK && rows > 0) {
        ret_flop[0] = demand.pass[PT_FORWARD].flop;
        ret_flop[1] = demand.pass[PT_BACKWARD].flop;
    }
    pt_graph_destroy(shorter);
    pt_arena_destroy(arena);
    return status;
}

static bool count_updates(const struct pt_run_plan *plan, int64_t batches, int64_t epoch_ends,
                          int64_t *flop)
{
    const struct pt_run_length *length = &plan->length;
    const struct pt_demand *demand = &plan->demand;
    int64_t steps = length->step_count;
    // Batches of the last step of an epoch; a single one is no sum, so it has no scale.
    int64_t last = length->batches_per_epoch - (length->steps_per_epoch - 1) * length->accumulate;
    int64_t single = length->accumulate == 1 ? steps : last == 1 ? epoch_ends : 0;
    int64_t scaled_before = last > 1 && length->samples % length->batch != 0 ? epoch_ends : 0;
    return pt_work_add(flop, steps, demand->optimizer.flop - demand->scale_flop) &&
           pt_work_add(flop, steps - single, demand->scale_flop) &&
           pt_work_add(flop, batches - steps, demand->add_flop) &&
           pt_work_add(flop, scaled_before, demand->trained_count);
}

static bool count_passes(const struct pt_run_plan *plan, const struct pt_run_stage *stage,
                         int64_t *flop)
{
    const struct pt_run_length *length = &plan->length;
    int64_t begin = pt_run_batches_after(length, stage->begin_step);
    int64_t end = pt_run_batches_after(length, stage->end_step);
    int64_t epoch_ends = end / length->batches_per_epoch - begin / length->batches_per_epoch;
    int64_t shorter = length->samples % length->batch != 0 ? epoch_ends : 0;
    bool fits = true;
    for (int pass = 0; pass < 2 && fits; pass++)
        fits = pt_work_add(flop, end - begin - shorter, stage->flop[pass]) &&
               pt_work_add(flop, shorter, stage->rest_flop[pass]);
    return fits;
}

static bool count_training(const struct pt_run_plan *plan, int64_t *flop)
{
    const struct pt_run_length *length = &plan->length;
    int64_t batches = pt_run_batches_after(length, length->step_count);
    bool fits = count_updates(plan, batches, batches / length->batches_per_epoch, flop);
    for (int i = 0; i < plan->stage_count && fits; i++)
        fits = count_passes(plan, &plan->stages[i], flop);
    return fits;
}

// Forward passes that do not train, so without dropout.
static enum pt_status count_evaluations(const struct pt_graph *graph,
                                        const struct pt_demand_options *options,
                                        const struct pt_run_plan *plan, int64_t *flop, bool *fits,
                                        struct pt_error *error)
{
    struct pt_demand_options inference = *options;
    int64_t whole[2], rest[2], each = 0;
    inference.inference = true;
    if (plan->evaluate_samples == 0)
        return PT_OK;
    enum pt_status status = pt_run_batch_flop(graph, &inference, plan->batch, 0, whole, error);
    if (status == PT_OK)
        status = pt_run_batch_flop(graph, &inference, plan->evaluate_samples % plan->batch, 0, rest,
                                   error);
    if (status != PT_OK)
        return status;
    *fits = *fits && pt_work_add(&each, plan->evaluate_samples / plan->batch, whole[0]) &&
            pt_size_sum(each, rest[0], &each) &&
            pt_work_add(flop, plan->length.evaluation_count, each);
    return PT_OK;
}

enum pt_status pt_run_flop(const struct pt_graph *graph, const struct pt_demand_options *options,
                           const struct pt_run_plan *plan, int64_t *ret_flop,
                           struct pt_error *error)
{
    int64_t flop = 0;
    bool fits = count_training(plan, &flop);
    enum pt_status status = count_evaluations(graph, options, plan, &flop, &fits, error);
    *ret_flop = fits ? flop : -1;
    return status;
}
