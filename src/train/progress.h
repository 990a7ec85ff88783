// One point of the training curve.
#ifndef PT_TRAIN_PROGRESS_H
#define PT_TRAIN_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct pt_progress_point {
    double seconds; // since the run began
    int64_t step, epoch;
    double loss;     // mean over the steps since the point before; of the test set in an evaluation
    double accuracy; // of an evaluation with classes, 0 to 1; else NAN
    bool evaluation; // of the test set, at the end of an epoch
};

#endif
