// How good the network is on samples that it was not trained on.
#ifndef PT_TRAIN_EVALUATE_H
#define PT_TRAIN_EVALUATE_H

#include "dataset/loader.h"
#include "train/fit.h"

struct pt_evaluation {
    double loss;     // mean over the samples
    double accuracy; // share of labels whose place in the prediction is the largest; NAN in a
                     // regression, and if the loss keeps its prediction to itself
};

// The first batch_count batches of the loader, which stands at the begin of an epoch and does so
// afterwards; 0: all. Runs forward passes only, without dropout. Labels
// below 0, and those that the loss ignores, do not count.
enum pt_status pt_run_evaluate(const struct pt_run_tensors *tensors, struct pt_network *network,
                               struct pt_loader *loader, int64_t batch_count,
                               struct pt_evaluation *ret_evaluation, struct pt_error *error);

#endif
