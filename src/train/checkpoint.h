// A run's checkpoint: network, optimizer and where in the run they stand, in one safetensors file.
#ifndef PT_TRAIN_CHECKPOINT_H
#define PT_TRAIN_CHECKPOINT_H

#include "train/judge.h"

// Where a run stands: after step steps. Its place in the data follows from that.
struct pt_run_position {
    int64_t step;
    double loss_sum;      // of the samples seen since the last evaluation
    int64_t loss_samples; // in a run with a sequence-length warm-up: their labels
    struct pt_judge judge;
};

// What must be the same for a run to go on as if it had never stopped.
struct pt_checkpoint_identity {
    int64_t seed, batch, accumulate, sample_count;
    int64_t warmup_from, warmup_steps; // of the sequence length; 0: none
    bool shuffle;
};

// PT_DIVERGED, and the old file untouched, if a parameter is not finite.
enum pt_status pt_run_checkpoint_write(const char *path, struct pt_network *network,
                                       const struct pt_optimizer *optimizer,
                                       const struct pt_checkpoint_identity *identity,
                                       const struct pt_run_position *position,
                                       struct pt_error *error);
// PT_MISMATCH names what differs. The network is untouched if the file is not its own; if only the
// run is another one, it holds that run's parameters.
enum pt_status pt_run_checkpoint_read(const char *path, struct pt_network *network,
                                      struct pt_optimizer *optimizer,
                                      const struct pt_checkpoint_identity *identity,
                                      struct pt_run_position *ret_position, struct pt_error *error);

#endif
