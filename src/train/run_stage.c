// What a batch of each stage needs and takes.

#include "train/run_stage.h"

#include "train/run_flop.h"

static void measure(const struct pt_plan_inputs *inputs, const struct pt_graph *graph,
                    const struct pt_demand *demand, const struct pt_plan_speed *speed,
                    struct pt_run_stage *stage)
{
    enum pt_precision precision = inputs->config->precision;
    for (int i = 0; i < graph->op_count; i++)
        for (int pass = PT_FORWARD; pass <= PT_BACKWARD; pass++)
            stage->op_seconds[i] +=
                pt_roofline_operator(graph, i, (enum pt_pass)pass, &demand->by_op[i][pass],
                                     &speed->point, precision, (double)demand->memory.peak_bytes);
    stage->flop[0] = demand->pass[PT_FORWARD].flop;
    stage->flop[1] = demand->pass[PT_BACKWARD].flop;
    stage->time = pt_roofline_step(graph, demand, &speed->point, precision, speed->overhead_seconds,
                                   speed->relative_error, speed->provenance);
}

// A stage of shorter samples is a graph of its own.
static enum pt_status measure_shorter(const struct pt_plan_inputs *inputs,
                                      const struct pt_demand_options *options,
                                      const struct pt_plan_speed *speed, struct pt_run_stage *stage,
                                      struct pt_error *error)
{
    struct pt_graph *graph = NULL;
    struct pt_demand demand;
    struct pt_arena *arena = pt_arena_create();
    enum pt_status status =
        arena == NULL ? pt_fail(error, PT_NO_MEMORY, "counting a stage: out of memory") : PT_OK;
    if (status == PT_OK)
        status = pt_graph_resized(inputs->graph, pt_graph_batch(inputs->graph), stage->length,
                                  &graph, error);
    if (status == PT_OK)
        status = pt_demand_count(arena, graph, options, &demand, error);
    if (status == PT_OK)
        measure(inputs, graph, &demand, speed, stage);
    pt_graph_destroy(graph);
    pt_arena_destroy(arena);
    return status;
}

static enum pt_status make_stage(struct pt_arena *arena, const struct pt_plan_inputs *inputs,
                                 const struct pt_demand_options *options,
                                 const struct pt_plan_speed *speed, const struct pt_run_plan *plan,
                                 int index, struct pt_error *error)
{
    const struct pt_sequence_warmup *warmup = &plan->warmup;
    struct pt_run_stage *stage = &plan->stages[index];
    bool last = index == warmup->stage_count;
    *stage = (struct pt_run_stage){
        .length = last ? 0 : pt_sequence_warmup_length(warmup, index),
        .begin_step = pt_sequence_warmup_begin(warmup, index),
        .end_step = last ? plan->step_count : pt_sequence_warmup_begin(warmup, index + 1),
        .op_seconds = pt_arena_alloc(arena, (size_t)inputs->graph->op_count + 1, sizeof(double))};
    if (stage->op_seconds == NULL)
        return pt_fail(error, PT_NO_MEMORY, "the plan of %d operators: out of memory",
                       inputs->graph->op_count);
    enum pt_status status = PT_OK;
    if (last)
        measure(inputs, inputs->graph, &plan->demand, speed, stage);
    else
        status = measure_shorter(inputs, options, speed, stage, error);
    return status != PT_OK
               ? status
               : pt_run_batch_flop(inputs->graph, options, plan->train_samples % plan->batch,
                                   stage->length, stage->rest_flop, error);
}

enum pt_status pt_run_stages_make(struct pt_arena *arena, const struct pt_plan_inputs *inputs,
                                  const struct pt_demand_options *options,
                                  const struct pt_plan_speed *speed, struct pt_run_plan *plan,
                                  struct pt_error *error)
{
    enum pt_status status = PT_OK;
    plan->stage_count = plan->warmup.stage_count + 1;
    plan->stages = pt_arena_alloc(arena, (size_t)plan->stage_count, sizeof *plan->stages);
    if (plan->stages == NULL)
        return pt_fail(error, PT_NO_MEMORY, "the plan of %d stages: out of memory",
                       plan->stage_count);
    for (int i = 0; i < plan->stage_count && status == PT_OK; i++)
        status = make_stage(arena, inputs, options, speed, plan, i, error);
    return status;
}

int64_t pt_run_stage_samples(const struct pt_run_plan *plan, const struct pt_run_stage *stage,
                             int64_t begin_step, int64_t end_step)
{
    int64_t begin = begin_step > stage->begin_step ? begin_step : stage->begin_step;
    int64_t end = end_step < stage->end_step ? end_step : stage->end_step;
    return begin >= end ? 0
                        : pt_run_samples_after(&plan->length, end) -
                              pt_run_samples_after(&plan->length, begin);
}
