// How good the network is on samples that it was not trained on.
#ifndef PT_TRAIN_EVALUATE_H
#define PT_TRAIN_EVALUATE_H

#include "train/fit.h"

struct pt_evaluation {
    double loss;     // mean over the samples
    double accuracy; // share whose largest output is the right class; NAN in a regression
};

// batch is the network's. Runs forward passes only, without dropout.
enum pt_status pt_run_evaluate(const struct pt_run_tensors *tensors, struct pt_network *network,
                               const struct pt_dataset *dataset, int64_t batch,
                               struct pt_evaluation *ret_evaluation, struct pt_error *error);

#endif
