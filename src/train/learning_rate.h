// Learning-rate schedules: the rate of a step as a function of its number.
#ifndef PT_TRAIN_LEARNING_RATE_H
#define PT_TRAIN_LEARNING_RATE_H

#include "base/node.h"

struct pt_learning_rate {
    const char *kind;     // "constant", "step", "exponential", "linear", "cosine"
    double peak;          // after the warm-up
    double final_share;   // linear, cosine: the last rate / peak
    double factor;        // step, exponential: multiplied in
    int64_t every_steps;  // step, exponential: how often
    int64_t warmup_steps; // the rate rises linearly from peak / warmup_steps
};

// Reads {kind, ...}; node NULL is a constant rate. peak comes from the optimizer. total_steps
// bounds what is counted in epochs (steps_per_epoch each).
enum pt_status pt_learning_rate_read(const struct pt_node *node, double peak,
                                     int64_t steps_per_epoch, struct pt_learning_rate *ret_schedule,
                                     struct pt_error *error);

// step counts from 0; total_steps is the length of the run.
double pt_learning_rate_at(const struct pt_learning_rate *schedule, int64_t step,
                           int64_t total_steps);

#endif
