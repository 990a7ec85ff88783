// The stages of a run: with a sequence-length warm-up one for each length, else a single one.
#ifndef PT_TRAIN_RUN_STAGE_H
#define PT_TRAIN_RUN_STAGE_H

#include "train/plan.h"

struct pt_run_stage {
    int64_t length;               // tokens of a sample; 0: all
    int64_t begin_step, end_step; // of the run
    int64_t flop[2];              // forward and backward pass of a full batch
    int64_t rest_flop[2];         // of the last batch of an epoch if it is shorter, else 0
    struct pt_step_time time;     // of a full batch
    double *op_seconds;           // [op_count] both passes of it, by the roofline; NAN: unknown
};

// How fast the machine is, and how sure that is.
struct pt_plan_speed {
    struct pt_calibration_point point;
    double overhead_seconds, relative_error;
    enum pt_provenance provenance;
};

// Fills the stages of plan, whose demand, length and warm-up are known. Memory from arena.
enum pt_status pt_run_stages_make(struct pt_arena *arena, const struct pt_plan_inputs *inputs,
                                  const struct pt_demand_options *options,
                                  const struct pt_plan_speed *speed, struct pt_run_plan *plan,
                                  struct pt_error *error);

// The samples that the steps from begin to end - 1 of the run see in this stage.
int64_t pt_run_stage_samples(const struct pt_run_plan *plan, const struct pt_run_stage *stage,
                             int64_t begin_step, int64_t end_step);

#endif
