// What a trainer is made of. For the trainer's own files.
#ifndef PT_TRAIN_TRAINER_PARTS_H
#define PT_TRAIN_TRAINER_PARTS_H

#include "engine/network.h"
#include "train/checkpoint.h"
#include "train/curve.h"
#include "train/evaluate.h"
#include "train/run_length.h"
#include "train/trainer.h"

struct pt_trainer {
    struct pt_trainer_options options;
    struct pt_run_length length;
    struct pt_learning_rate learning_rate;
    struct pt_sequence_warmup warmup;
    bool shortens_labels; // in the warm-up: a token has one
    struct pt_network *network;
    struct pt_optimizer *optimizer;
    struct pt_meter_engine *meter;
    struct pt_curve *curve;
    struct pt_run_tensors tensors;
    struct pt_batch inputs;                       // of the network
    struct pt_loader *train_loader, *test_loader; // test_loader NULL: no test set
    double *rates;                                // samples per second between two evaluations
    int64_t rate_count, rate_capacity;
    int64_t rate_start_ns, rate_paused_ns; // paused: for checkpoints
    double rate_start_samples;
    struct pt_run_position position;
    int64_t saved_step; // of the newest checkpoint, -1: none
    int64_t start_ns, last_progress_ns, last_checkpoint_ns;
    struct pt_train_result result;
    struct pt_error warning; // of the newest checkpoint that could not be written
    bool warned;
};

int64_t pt_trainer_now_ns(const struct pt_trainer *trainer);
double pt_trainer_seconds(const struct pt_trainer *trainer); // since it was created
struct pt_checkpoint_identity pt_trainer_identity(const struct pt_trainer *trainer);

// trainer_save.c: progress and files.
void pt_trainer_report(struct pt_trainer *trainer, bool evaluated);
// The newest state. The old checkpoint stays until the new one is whole.
enum pt_status pt_trainer_save(struct pt_trainer *trainer, struct pt_error *error);
// The same, but what fails is a warning, and training goes on; unless the network is not finite.
enum pt_status pt_trainer_save_on_the_way(struct pt_trainer *trainer, struct pt_error *error);
enum pt_status pt_trainer_save_best(struct pt_trainer *trainer, struct pt_error *error);
bool pt_trainer_checkpoint_is_due(const struct pt_trainer *trainer, bool evaluated);

// trainer_step.c: batches and one update. *ret_done is false if a stop was asked for meanwhile.
enum pt_status pt_trainer_step(struct pt_trainer *trainer, bool *ret_done, struct pt_error *error);
bool pt_trainer_stop_asked(const struct pt_trainer *trainer);

// trainer_lengths.c: the sequence-length warm-up.
// Makes the network ready for all lengths and row counts of the run.
enum pt_status pt_trainer_prepare_lengths(struct pt_trainer *trainer, struct pt_error *error);
// The network takes samples as long as those of the next step; 0 if there is no warm-up.
enum pt_status pt_trainer_set_length(struct pt_trainer *trainer, int64_t *ret_length,
                                     struct pt_error *error);
// Cuts the rows in the network's inputs to length tokens; 0: leaves them.
void pt_trainer_shorten(const struct pt_trainer *trainer, int64_t rows, int64_t length);
// What the loss of a sample weighs in a mean over samples of several lengths.
int64_t pt_trainer_loss_weight(const struct pt_trainer *trainer, int64_t length);

// trainer_loop.c: between updates. With judge, the run learns from it how good it is.
enum pt_status pt_trainer_evaluate(struct pt_trainer *trainer, bool judge, struct pt_error *error);

#endif
