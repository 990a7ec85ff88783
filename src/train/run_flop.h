// The operations of a whole run, to the last one: what the engine will have counted at its end.
#ifndef PT_TRAIN_RUN_FLOP_H
#define PT_TRAIN_RUN_FLOP_H

#include "train/plan.h"

// From the length, the stages and the demand in plan; graph is of a full batch. *ret_flop is -1 if
// it is beyond 2^63.
enum pt_status pt_run_flop(const struct pt_graph *graph, const struct pt_demand_options *options,
                           const struct pt_run_plan *plan, int64_t *ret_flop,
                           struct pt_error *error);

// Forward and backward pass of a batch of rows samples (0: none) of length tokens (0: all).
enum pt_status pt_run_batch_flop(const struct pt_graph *graph,
                                 const struct pt_demand_options *options, int64_t rows,
                                 int64_t length, int64_t ret_flop[2], struct pt_error *error);

#endif
