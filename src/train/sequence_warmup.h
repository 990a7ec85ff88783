// Sequence-length warm-up: the first steps train on the beginnings of the samples, which are short
// and cost little. The lengths double from the first one to the full one; each has an equal share
// of the steps. Li, Zhang and He 2022, arXiv:2108.06084.
#ifndef PT_TRAIN_SEQUENCE_WARMUP_H
#define PT_TRAIN_SEQUENCE_WARMUP_H

#include "dataset/dataset.h"
#include "model/graph.h"
#include "train/run_length.h"

struct pt_sequence_warmup {
    int64_t from, full; // tokens; without a warm-up both are 0
    int64_t steps;
    int stage_count; // shorter lengths; 0: no warm-up
};

// PT_BAD_INPUT if the samples are no sequences of tokens, if from is not shorter than they are, or
// if there are more steps than the run has or fewer than lengths.
enum pt_status pt_sequence_warmup_make(const struct pt_run_config *config,
                                       const struct pt_graph *graph,
                                       const struct pt_dataset *dataset,
                                       const struct pt_run_length *length,
                                       struct pt_sequence_warmup *ret_warmup,
                                       struct pt_error *error);

// The tokens of a sample in a stage, and its first step; stage_count is what follows the warm-up:
// the full length, 0 without a warm-up.
int64_t pt_sequence_warmup_length(const struct pt_sequence_warmup *warmup, int stage);
int64_t pt_sequence_warmup_begin(const struct pt_sequence_warmup *warmup, int stage);
// The stage of the step after so many others.
int pt_sequence_warmup_stage(const struct pt_sequence_warmup *warmup, int64_t step);

// What steps 0 to step - 1 have seen, in samples of full length: two halves are one.
double pt_sequence_warmup_samples(const struct pt_sequence_warmup *warmup,
                                  const struct pt_run_length *length, int64_t step);

#endif
