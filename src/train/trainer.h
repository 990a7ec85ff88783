// One training run: batches, passes, updates, evaluation, checkpoints, all under the meter.
//
// The run is a function of run file, data, thread count and matmul backend: interrupted at any
// moment and resumed from its checkpoint it ends with the same bits.
#ifndef PT_TRAIN_TRAINER_H
#define PT_TRAIN_TRAINER_H

#include <signal.h>

#include "meter/meter.h"
#include "train/judge.h"
#include "train/plan.h"
#include "train/progress.h"

struct pt_train_progress {
    int64_t step, step_count, epoch, epoch_count; // epoch counts from 1
    bool evaluated; // this is the end of an evaluation, or of what would be one if
                    // there were a test set
    int64_t evaluation, evaluation_count; // which, from 1
    bool counts_steps;                    // the run file counts in steps, not in epochs
    double loss;                          // mean since the last evaluation
    double test_loss, test_accuracy;      // NAN: none
    double samples_per_second;            // of full length, see full_samples of the result
    int64_t tokens_per_sample;            // 0: samples are no tokens
    double seconds_left;                  // NAN: unknown
    struct pt_meter_report meter;
    const struct pt_error *warning; // a checkpoint that could not be written; NULL: none
};

struct pt_trainer_options {
    const struct pt_run_config *config;
    const struct pt_graph *graph; // for a full batch; borrowed
    struct pt_dataset_pair data;  // borrowed
    int threads;
    struct pt_sensor *sensor;       // borrowed
    const char *root;               // for /proc
    const struct pt_tariff *tariff; // prices joules when they are used; borrowed, NULL: none
    const struct pt_clock *clock;   // NULL: the system's
    const char *checkpoint_path;    // NULL: no checkpoints
    const char *best_path; // parameters of the best evaluation, if the run file asks; NULL: none
    bool resume;           // go on from checkpoint_path
    bool profile;          // measure every operator
    const volatile sig_atomic_t *stop; // set by a signal handler: save and end. May be NULL
    void (*on_progress)(void *state,
                        const struct pt_train_progress *progress); // at most 10 a second
    void *state;
};

struct pt_train_result {
    bool finished;              // false: stopped by *stop
    enum pt_stop_reason reason; // finished before the last step, because it was good enough
    bool resumed;
    int64_t steps, step_count;       // steps done altogether, also before a resume
    int64_t start_step;              // of this process: those before were done when it resumed
    int64_t samples;                 // trained on by this process
    double full_samples;             // the same, but what a warm-up takes of a sample is a part
    int64_t tokens_per_sample;       // of a full one; 0: samples are no tokens
    double loss;                     // mean since the evaluation before the last one
    double test_loss, test_accuracy; // NAN: none
    double best;                     // what stop: metric was at its best; NAN: never evaluated
    int64_t best_step;
    // Median between evaluations, training only, of full samples; the first warms up.
    double samples_per_second;
    double waited_seconds; // for batches that were not ready
    int64_t first_step_ns; // monotonic, when the first step was done
    int64_t executed_flop;
    const char *matmul; // backend that was used
    struct pt_meter_report meter;
    bool checkpoint_saved; // the newest state is on the disk
    bool best_saved;       // best_path holds the best one
};

struct pt_trainer;

// Fails before anything is trained: data that do not fit the network, memory, a bad checkpoint.
enum pt_status pt_trainer_create(const struct pt_trainer_options *options,
                                 struct pt_trainer **ret_trainer, struct pt_error *error);
// Trains. On PT_DIVERGED and on a checkpoint that cannot be written at the end, *ret_result is
// filled all the same.
enum pt_status pt_trainer_run(struct pt_trainer *trainer, struct pt_train_result *ret_result,
                              struct pt_error *error);
void pt_trainer_destroy(struct pt_trainer *trainer);

// With options.profile, its pt_network_op_times tell of the training steps of this process.
const struct pt_network *pt_trainer_network(const struct pt_trainer *trainer);

// The curve so far, in the order of time; at most PT_CURVE_POINTS and one more for each evaluation.
const struct pt_progress_point *pt_trainer_points(const struct pt_trainer *trainer,
                                                  int64_t *ret_count);
const struct pt_meter_sample *pt_trainer_samples(const struct pt_trainer *trainer,
                                                 int64_t *ret_count);

#endif
