// Is the run good enough, or does it no longer get better? Fed with one number at each evaluation.
#ifndef PT_TRAIN_JUDGE_H
#define PT_TRAIN_JUDGE_H

#include "train/config.h"

struct pt_judge {
    double last, best; // NAN: none yet
    int64_t best_step, checks_since_best;
};

enum pt_stop_reason { PT_STOP_NONE, PT_STOP_TARGET, PT_STOP_PATIENCE };

struct pt_judge pt_judge_begin(void);
// True if value, of the metric after step steps, is the best so far. A value that is not a number
// never is.
bool pt_judge_add(struct pt_judge *judge, enum pt_stop_metric metric, double value, int64_t step);
enum pt_stop_reason pt_judge_reason(const struct pt_judge *judge,
                                    const struct pt_stop_config *stop);

#endif
