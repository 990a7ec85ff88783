// Plans a run on this machine.

#include "train/plan.h"

#include <stdio.h>

#include "base/units.h"
#include "engine/network.h"
#include "train/run_flop.h"
#include "train/run_stage.h"

// 90 % half-widths of predicted times. On a calibrated machine kernels are faster or slower than
// the two lines of the roofline. A virtual machine also changes while one looks away: on one with
// two processors, two threads were for minutes at a time 1.4 times slower than at other times,
// while one thread was as fast as ever, as if the host had moved the processors away from a common
// cache. A guess can be wrong by more than half.
static const double calibrated_error = 0.30, calibrated_virtual_error = 0.50, guessed_error = 0.60;

const char *const pt_train_phases[PT_PHASE_COUNT] = {
    [PT_PHASE_SETUP] = "setup",           [PT_PHASE_DATA] = "data",
    [PT_PHASE_FORWARD] = "forward",       [PT_PHASE_BACKWARD] = "backward",
    [PT_PHASE_OPTIMIZER] = "optimizer",   [PT_PHASE_EVALUATE] = "evaluate",
    [PT_PHASE_CHECKPOINT] = "checkpoint",
};

struct pt_demand_options pt_run_demand_options(const struct pt_run_config *config)
{
    return (struct pt_demand_options){
        .optimizer = config->optimizer.kind,
        .precision = config->precision,
        .momentum = config->optimizer.momentum != 0,
        .weight_decay = config->optimizer.weight_decay != 0,
        .update = &config->optimizer,
        .accumulate = config->accumulate,
    };
}

// What comes from files or is computed when it is asked for occupies no memory but that of the
// batches that are made ahead.
static double dataset_bytes(const struct pt_run_config *config, const struct pt_dataset *dataset,
                            int64_t batch)
{
    if (dataset == NULL)
        return 0;
    double features = (double)dataset->feature_count * (dataset->feature_bytes != NULL ? 1 : 4);
    double targets =
        4 * (double)(dataset->class_count > 0 ? dataset->label_count : dataset->target_count);
    double ahead = (double)pt_run_prefetch(config, dataset) * (double)batch *
                   (4 * (double)dataset->feature_count + targets);
    return (dataset->reader != NULL ? 0 : (double)dataset->sample_count * (features + targets)) +
           ahead;
}

// Seconds in which samples are read where they lie and written as floats, at the speed of memory.
static double gather_seconds(const struct pt_dataset *dataset, double samples,
                             const struct pt_calibration_point *speed)
{
    if (dataset == NULL)
        return 0;
    double bytes = (double)dataset->feature_count * (dataset->feature_bytes != NULL ? 5 : 8);
    return samples * bytes / speed->memory_bytes_per_second;
}

static void add_stage(struct pt_run_plan *plan, const struct pt_run_stage *stage)
{
    struct pt_quantity *phase = plan->phase_seconds;
    double batches =
        (double)pt_run_stage_samples(plan, stage, 0, plan->step_count) / (double)plan->batch;
    phase[PT_PHASE_FORWARD] =
        pt_quantity_sum(phase[PT_PHASE_FORWARD], pt_quantity_scale(stage->time.forward, batches));
    phase[PT_PHASE_BACKWARD] =
        pt_quantity_sum(phase[PT_PHASE_BACKWARD], pt_quantity_scale(stage->time.backward, batches));
}

// What earlier runs on this machine taught makes every time longer or shorter, and surer.
static void correct(const struct pt_plan_inputs *inputs, struct pt_run_plan *plan,
                    const struct pt_plan_speed *speed)
{
    struct pt_experience learned =
        pt_experience_of(inputs->runs, inputs->run_count, speed->relative_error);
    plan->experience = learned;
    if (learned.run_count == 0)
        return;
    for (int i = 0; i < PT_PHASE_COUNT; i++)
        if (pt_quantity_known(plan->phase_seconds[i]))
            plan->phase_seconds[i] = pt_quantity_relative(
                plan->phase_seconds[i].value * learned.factor, learned.relative_error, PT_MODELLED);
    plan->step_seconds = pt_quantity_relative(plan->step_seconds.value * learned.factor,
                                              learned.relative_error, PT_MODELLED);
}

// A shorter last batch costs in proportion to its rows, but its update is a whole one. An early end
// is not foreseen.
static void predict_phases(const struct pt_plan_inputs *inputs, struct pt_run_plan *plan,
                           const struct pt_plan_speed *speed)
{
    double samples = (double)plan->run_samples;
    double test_samples = (double)plan->evaluate_samples * (double)plan->length.evaluation_count;
    const struct pt_step_time *full = &plan->stages[plan->stage_count - 1].time;
    struct pt_quantity *phase = plan->phase_seconds;

    for (int i = 0; i < PT_PHASE_COUNT; i++)
        phase[i] = pt_quantity_missing();
    phase[PT_PHASE_DATA] =
        pt_quantity_relative(gather_seconds(inputs->data.train, samples, &speed->point),
                             speed->relative_error, speed->provenance);
    phase[PT_PHASE_FORWARD] = phase[PT_PHASE_BACKWARD] = pt_quantity_exact(0);
    for (int i = 0; i < plan->stage_count; i++)
        add_stage(plan, &plan->stages[i]);
    phase[PT_PHASE_OPTIMIZER] = pt_quantity_scale(full->optimizer, (double)plan->step_count);
    if (plan->test_samples > 0)
        phase[PT_PHASE_EVALUATE] = pt_quantity_sum(
            pt_quantity_scale(full->forward, test_samples / (double)plan->batch),
            pt_quantity_relative(gather_seconds(inputs->data.test, test_samples, &speed->point),
                                 speed->relative_error, speed->provenance));
    correct(inputs, plan, speed);
    plan->seconds = pt_quantity_exact(0);
    for (int i = 0; i < PT_PHASE_COUNT; i++)
        if (pt_quantity_known(phase[i]))
            plan->seconds = pt_quantity_sum(plan->seconds, phase[i]);
}

// The meter gives the machine's idle power to whoever is busy. So the plan does too: of a machine
// that does nothing else, all watts are the run's.
static void predict_power(const struct pt_plan_inputs *inputs, struct pt_run_plan *plan)
{
    struct pt_power_model model = pt_power_model_of(inputs->cpu);
    double utilization = (double)inputs->threads / inputs->cpu->machine_threads;
    plan->watts = pt_power_at(&model, utilization < 1 ? utilization : 1);
    snprintf(plan->power_source, sizeof plan->power_source, "%s", model.source);
}

static double pass_flop(const struct pt_run_plan *plan, int64_t begin_step, int64_t end_step)
{
    double flop = 0;
    for (int i = 0; i < plan->stage_count; i++) {
        const struct pt_run_stage *stage = &plan->stages[i];
        flop += (double)pt_run_stage_samples(plan, stage, begin_step, end_step) *
                ((double)stage->flop[0] + (double)stage->flop[1]);
    }
    return flop;
}

double pt_run_plan_share(const struct pt_run_plan *plan, int64_t begin_step, int64_t end_step)
{
    return pass_flop(plan, begin_step, end_step) / pass_flop(plan, 0, plan->step_count);
}

enum pt_status pt_run_plan_bill(const struct pt_plan_inputs *inputs, const struct pt_run_plan *plan,
                                double share, struct pt_bill *ret_bill, struct pt_error *error)
{
    struct pt_bill bill;
    int64_t end_ns = inputs->start_realtime_ns +
                     (int64_t)(share * plan->seconds.value * (double)PT_NANOSECONDS_PER_SECOND);
    pt_bill_begin(&bill, inputs->tariff);
    snprintf(bill.energy_source, sizeof bill.energy_source, "%.*s",
             (int)sizeof bill.energy_source - 1, plan->power_source);
    for (int i = 0; i < PT_PHASE_COUNT; i++) {
        if (!pt_quantity_known(plan->phase_seconds[i]))
            continue;
        struct pt_quantity seconds = pt_quantity_scale(plan->phase_seconds[i], share);
        enum pt_status status = pt_bill_add(&bill, inputs->tariff, pt_train_phases[i], seconds,
                                            pt_quantity_product(plan->watts, seconds),
                                            inputs->start_realtime_ns, end_ns, error);
        if (status != PT_OK)
            return status;
    }
    enum pt_status status = pt_bill_close(&bill, inputs->tariff, error);
    if (status == PT_OK)
        *ret_bill = bill;
    return status;
}

static enum pt_status measure_run(const struct pt_plan_inputs *inputs, struct pt_run_plan *plan,
                                  struct pt_error *error)
{
    const struct pt_run_length *length = &plan->length;
    enum pt_status status =
        pt_run_length_make(inputs->config, plan->train_samples, plan->batch, &plan->length, error);
    if (status == PT_OK)
        status = pt_sequence_warmup_make(inputs->config, inputs->graph, inputs->data.train, length,
                                         &plan->warmup, error);
    if (status != PT_OK)
        return status;
    plan->steps_per_epoch = length->steps_per_epoch;
    plan->step_count = length->step_count;
    plan->run_samples = pt_run_samples_after(length, length->step_count);
    plan->evaluate_samples = plan->test_samples;
    int64_t batches = inputs->config->evaluate_batches;
    if (batches > 0 && batches < pt_size_shares(plan->test_samples, plan->batch))
        plan->evaluate_samples = batches * plan->batch;
    return PT_OK;
}

static struct pt_plan_speed speed_of(const struct pt_plan_inputs *inputs)
{
    const struct pt_calibration *calibration = inputs->calibration;
    if (calibration == NULL)
        return (struct pt_plan_speed){.point = pt_calibration_guess(inputs->cpu, inputs->threads),
                                      .overhead_seconds = 5e-6,
                                      .relative_error = guessed_error,
                                      .provenance = PT_ASSUMED};
    return (struct pt_plan_speed){.point = pt_calibration_at(calibration, inputs->threads),
                                  .overhead_seconds = calibration->step_overhead_seconds,
                                  .relative_error = inputs->cpu->virtual_machine
                                                        ? calibrated_virtual_error
                                                        : calibrated_error,
                                  .provenance = PT_MODELLED};
}

static enum pt_status find_workspace(const struct pt_plan_inputs *inputs, struct pt_run_plan *plan,
                                     struct pt_error *error)
{
    struct pt_network_options options = {.struct_size = sizeof options,
                                         .threads = inputs->threads,
                                         .precision = inputs->config->precision,
                                         .matmul = inputs->config->matmul};
    return pt_network_workspace_bytes(inputs->graph, &options, &plan->workspace_bytes, error);
}

enum pt_status pt_run_plan_make(struct pt_arena *arena, const struct pt_plan_inputs *inputs,
                                struct pt_run_plan *ret_plan, struct pt_error *error)
{
    struct pt_run_plan plan = {
        .train_samples = inputs->data.train->sample_count,
        .test_samples = inputs->data.test == NULL ? 0 : inputs->data.test->sample_count,
        .batch = pt_graph_batch(inputs->graph),
        .calibrated = inputs->calibration != NULL,
    };
    struct pt_demand_options options = pt_run_demand_options(inputs->config);
    struct pt_plan_speed speed = speed_of(inputs);
    enum pt_status status = pt_demand_count(arena, inputs->graph, &options, &plan.demand, error);
    if (status == PT_OK)
        status = measure_run(inputs, &plan, error);
    if (status == PT_OK)
        status = pt_run_stages_make(arena, inputs, &options, &speed, &plan, error);
    if (status == PT_OK)
        status = find_workspace(inputs, &plan, error);
    if (status == PT_OK)
        status = pt_run_flop(inputs->graph, &options, &plan, &plan.flop, error);
    if (status != PT_OK)
        return status;
    plan.data_bytes = dataset_bytes(inputs->config, inputs->data.train, plan.batch) +
                      dataset_bytes(inputs->config, inputs->data.test, plan.batch);
    plan.memory_bytes =
        (double)(plan.demand.memory.peak_bytes + plan.workspace_bytes) + plan.data_bytes;
    plan.step_seconds = plan.stages[plan.stage_count - 1].time.step;
    predict_phases(inputs, &plan, &speed);
    predict_power(inputs, &plan);
    status = pt_run_plan_bill(inputs, &plan, 1, &plan.bill, error);
    if (status == PT_OK)
        *ret_plan = plan;
    return status;
}
