// How long a run is: batches, steps, epochs, evaluations. The plan and the trainer count alike.
//
// A step is one update. It takes `accumulate` batches, and at the end of an epoch those that are
// left. An epoch is every sample once; the last one of a run that is given in steps may be a part.
#ifndef PT_TRAIN_RUN_LENGTH_H
#define PT_TRAIN_RUN_LENGTH_H

#include "train/config.h"

struct pt_run_length {
    int64_t samples, batch, accumulate; // of an epoch; of a batch; batches of a step
    int64_t batches_per_epoch, steps_per_epoch;
    int64_t step_count, epoch_count;
    int64_t evaluate_every; // steps
    int64_t evaluation_count;
};

// samples of the training set, in batches of the graph. PT_OVERFLOW if the run is endless.
enum pt_status pt_run_length_make(const struct pt_run_config *config, int64_t samples,
                                  int64_t batch, struct pt_run_length *ret_length,
                                  struct pt_error *error);

// What steps 0 to step - 1 have seen.
int64_t pt_run_samples_after(const struct pt_run_length *length, int64_t step);
int64_t pt_run_batches_after(const struct pt_run_length *length, int64_t step);
// After so many steps there is an evaluation: every so often, and at the end.
bool pt_run_evaluates_after(const struct pt_run_length *length, int64_t step);

#endif
