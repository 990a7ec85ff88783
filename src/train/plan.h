// The plan of a run: what it will need, take and cost, before it starts. It walks the chain
// demand -> hardware -> power -> cost with intervals all the way.
#ifndef PT_TRAIN_PLAN_H
#define PT_TRAIN_PLAN_H

#include "cost/bill.h"
#include "dataset/dataset.h"
#include "demand/demand.h"
#include "hardware/experience.h"
#include "hardware/roofline.h"
#include "power/power.h"
#include "train/sequence_warmup.h"

// The phases of a training run. The meter keeps energy by these; the plan predicts some of them.
enum pt_train_phase {
    PT_PHASE_SETUP,
    PT_PHASE_DATA,
    PT_PHASE_FORWARD,
    PT_PHASE_BACKWARD,
    PT_PHASE_OPTIMIZER,
    PT_PHASE_EVALUATE,
    PT_PHASE_CHECKPOINT,
    PT_PHASE_COUNT,
};
extern const char *const pt_train_phases[PT_PHASE_COUNT];

struct pt_plan_inputs {
    const struct pt_run_config *config;
    const struct pt_graph *graph; // for one full batch
    struct pt_dataset_pair data;
    const struct pt_cpu_info *cpu;
    const struct pt_calibration *calibration; // NULL: never calibrated, speeds are guessed
    const struct pt_experience_run *runs;     // earlier ones on this machine, to learn from
    int64_t run_count;
    const struct pt_tariff *tariff;
    int threads;
    int64_t start_realtime_ns;
};

struct pt_run_stage; // run_stage.h

struct pt_run_plan {
    struct pt_demand demand;
    int64_t train_samples, test_samples;
    int64_t batch, steps_per_epoch, step_count;
    struct pt_run_length length;
    struct pt_sequence_warmup warmup;
    struct pt_run_stage *stages; // the last one is of full length
    int stage_count;
    int64_t run_samples;      // trained on in the whole run
    int64_t evaluate_samples; // of one evaluation
    int64_t flop;             // of the whole run, if it is not stopped before; -1: beyond 2^63
    int64_t workspace_bytes;  // of operators, beside demand.memory
    double data_bytes;        // what the data set occupies, and batches made ahead
    double memory_bytes;      // network, workspace and data together
    struct pt_quantity step_seconds; // of one update with all its batches, at full length
    struct pt_quantity phase_seconds[PT_PHASE_COUNT]; // missing: not predicted
    struct pt_quantity seconds, watts;
    struct pt_bill bill; // predicted
    bool calibrated;
    struct pt_experience experience; // by which all predicted times were corrected
    char power_source[160];
};

// Memory of demand and stages comes from arena.
enum pt_status pt_run_plan_make(struct pt_arena *arena, const struct pt_plan_inputs *inputs,
                                struct pt_run_plan *ret_plan, struct pt_error *error);

// What the steps from begin to end - 1 are of the run, 0 to 1: by their operations, as those of a
// warm-up are fewer.
double pt_run_plan_share(const struct pt_run_plan *plan, int64_t begin_step, int64_t end_step);
// The predicted bill of a share of the run, 0 to 1: of what was done when it was interrupted.
enum pt_status pt_run_plan_bill(const struct pt_plan_inputs *inputs, const struct pt_run_plan *plan,
                                double share, struct pt_bill *ret_bill, struct pt_error *error);

// What the configured optimizer means for the count. config must live as long as the result.
struct pt_demand_options pt_run_demand_options(const struct pt_run_config *config);
// How many batches are made ahead of time.
int pt_run_prefetch(const struct pt_run_config *config, const struct pt_dataset *dataset);

#endif
