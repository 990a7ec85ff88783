// Learning-rate schedules: the rate of a step as a function of its number.
#ifndef PT_TRAIN_LEARNING_RATE_H
#define PT_TRAIN_LEARNING_RATE_H

#include "base/node.h"

enum pt_schedule_kind {
    PT_SCHEDULE_CONSTANT,
    PT_SCHEDULE_STEP,
    PT_SCHEDULE_EXPONENTIAL,
    PT_SCHEDULE_LINEAR,
    PT_SCHEDULE_COSINE,
    PT_SCHEDULE_ONE_CYCLE,
    PT_SCHEDULE_INVERSE_SQRT,
    PT_SCHEDULE_WSD,
};

enum pt_decay_shape { PT_DECAY_LINEAR, PT_DECAY_COSINE, PT_DECAY_SQRT };

struct pt_learning_rate {
    enum pt_schedule_kind kind;
    double peak;               // after the warm-up
    double start_share;        // one_cycle: the first rate / peak
    double final_share;        // linear, cosine, one_cycle, wsd: the last rate / peak
    double factor;             // step, exponential: multiplied in
    int64_t every_steps;       // step, exponential: how often
    int64_t warmup_steps;      // the rate rises linearly from peak / warmup_steps
    int64_t cycles;            // cosine: how often it falls from the peak
    double rise_share;         // one_cycle: of the run
    int64_t timescale;         // inverse_sqrt: peak / sqrt(1 + steps after the warm-up / timescale)
    int64_t decay_steps;       // wsd: the last ones of the run
    enum pt_decay_shape shape; // wsd
};

// Reads {kind, ...}; node NULL is a constant rate. peak comes from the optimizer. steps_per_epoch
// is for what is counted in epochs, total_steps, the length of the run, for shares of it.
enum pt_status pt_learning_rate_read(const struct pt_node *node, double peak,
                                     int64_t steps_per_epoch, int64_t total_steps,
                                     struct pt_learning_rate *ret_schedule, struct pt_error *error);

// step counts from 0; total_steps is the length of the run.
double pt_learning_rate_at(const struct pt_learning_rate *schedule, int64_t step,
                           int64_t total_steps);

#endif
