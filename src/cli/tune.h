// What the parts of powertrain tune share: the verb, the trials, what is printed and written.
#ifndef PT_CLI_TUNE_H
#define PT_CLI_TUNE_H

#include <signal.h>

#include "cli/run_setup.h"
#include "ledger/ledger.h"
#include "sensor/sensor.h"
#include "train/trainer.h"
#include "train/tune.h"

struct pt_tune_options {
    struct pt_run_options run;
    double target_loss, target_accuracy; // NAN: not given
    const char *max_time, *params, *output, *sensor, *replay;
    bool json, quiet;
};

struct pt_tune_job {
    const struct pt_verb *verb;
    struct pt_tune_options options;
    struct pt_run_setup setup; // as the run file has it
    struct pt_stop_config stop;
    bool vary_batch, vary_threads, vary_precision, vary_rate;
    const char *command;
    char folder[64]; // for checkpoints between the rounds
    struct pt_ledger *ledger;
    struct pt_tune_arm arms[PT_TUNE_ARMS_MAX];
    int count;
    int trials;
    int64_t deadline_ns; // monotonic
    int64_t check_samples;
    double joules, seconds; // of all trials
    char energy_source[128], sensor_name[64];
    char note[256]; // what could not be tried, and why
};

// The signal that asked to end, or 0.
extern volatile sig_atomic_t pt_tune_signal;

// Assignments for the run file, in arena: what makes an arm of it, NULL-terminated.
enum pt_status pt_tune_settings(const struct pt_tune_job *job, const struct pt_tune_arm *arm,
                                struct pt_arena *arena, struct pt_option_list *ret_settings,
                                struct pt_error *error);
// Runs for about a second, the beginning of which is dropped: fills joules_per_sample and
// samples_per_second.
enum pt_status pt_tune_measure(struct pt_tune_job *job, struct pt_tune_arm *arm,
                               struct pt_error *error);
// Trains on until the target, joules altogether, or the end of the time or of the run. A run that
// diverges has given up.
enum pt_status pt_tune_train(struct pt_tune_job *job, int index, double joules,
                             struct pt_error *error);
bool pt_tune_is_late(const struct pt_tune_job *job);
// Removes what the rounds left.
void pt_tune_clean(struct pt_tune_job *job);

enum pt_status pt_tune_write(const struct pt_tune_job *job, int best, struct pt_error *error);
void pt_tune_print(const struct pt_tune_job *job, int own, int best, FILE *stream);
void pt_tune_print_json(const struct pt_tune_job *job, int own, int best);

#endif
