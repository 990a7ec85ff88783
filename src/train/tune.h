// Which settings of a run reach its target with the fewest joules: a race.
//
// An arm is one choice of batch size, precision, learning rate and threads. Threads change what a
// sample costs but not what is learned, so they are chosen by joules per sample alone; the arms
// then train side by side, all to the same joules in each round. Whoever has reached the target
// when others have used as many joules has beaten them; while nobody has, the worse half gives up
// and the joules double (successive halving, Jamieson and Talwalkar 2016, arXiv:1502.07943, with
// joules in the place of iterations).
#ifndef PT_TRAIN_TUNE_H
#define PT_TRAIN_TUNE_H

#include "base/quantity.h"
#include "train/config.h"

enum { PT_TUNE_ARMS_MAX = 64, PT_TUNE_NONE = -1 };

struct pt_tune_arm {
    int64_t batch;
    int threads;
    enum pt_precision precision;
    double learning_rate;
    bool is_own;                          // as the run file has it
    struct pt_quantity joules_per_sample; // training only; missing until measured
    double samples_per_second;
    // So far in the race: training and its evaluations.
    int64_t samples, check_samples; // check_samples: between two evaluations
    double joules, seconds;
    double value; // of the metric at the last evaluation; NAN: none yet
    bool reached, given_up;
    char reason[160]; // why given up
};

// The rate for another batch size: in proportion for plain gradient descent (Goyal et al. 2017,
// arXiv:1706.02677), by the square root for those that divide by the gradient's size (Malladi et
// al. 2022, arXiv:2205.10287).
double pt_tune_learning_rate(enum pt_optimizer_kind kind, double rate, int64_t own_batch,
                             int64_t batch);

// The arm that reached the target with the fewest joules; PT_TUNE_NONE: none yet.
int pt_tune_best(const struct pt_tune_arm *arms, int count);
int pt_tune_running(const struct pt_tune_arm *arms, int count); // neither there nor given up
// After a round in which all used as many joules: those that are beaten give up; if nobody is there
// yet, the worse half. Of equally good ones the earlier stays.
void pt_tune_end_round(struct pt_tune_arm *arms, int count, enum pt_stop_metric metric);

// Joules to the target: the last evaluation before it is the low end, as is what a sample varies.
struct pt_quantity pt_tune_joules(const struct pt_tune_arm *arm);
// Samples to the target grow with the batch as N (1 + B / B*); McCandlish et al. 2018,
// arXiv:1812.06162, 2.3. B* from two arms that are there; NAN if they do not tell.
double pt_tune_critical_batch(const struct pt_tune_arm *a, const struct pt_tune_arm *b);
// How many runs with the best settings save what tuning took; INFINITY: none does.
double pt_tune_payback_runs(double tuning_joules, double own_joules, double best_joules);

// A tree of nodes as a YAML file, with comment (lines without #) above it; aliases are written out.
enum pt_status pt_run_file_write(const char *path, const struct pt_node *root, const char *comment,
                                 struct pt_error *error);

#endif
