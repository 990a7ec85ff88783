// What the trainer tells while it runs, and the files that it leaves.

#include <math.h>

#include "base/units.h"
#include "train/trainer_parts.h"

// An evaluation is a good place for a checkpoint if the last one is so old.
static const double evaluation_checkpoint_seconds = 1;
static const int64_t progress_interval_ns = PT_NANOSECONDS_PER_SECOND / 10;

static double seconds_left(const struct pt_trainer *trainer)
{
    const struct pt_run_length *length = &trainer->length;
    double done = trainer->result.full_samples;
    double left = pt_sequence_warmup_samples(&trainer->warmup, length, length->step_count) -
                  pt_sequence_warmup_samples(&trainer->warmup, length, trainer->position.step);
    return done > 0 ? pt_trainer_seconds(trainer) * left / done : NAN;
}

void pt_trainer_report(struct pt_trainer *trainer, bool evaluated)
{
    const struct pt_run_position *position = &trainer->position;
    const struct pt_run_length *length = &trainer->length;
    if (trainer->options.on_progress == NULL)
        return;
    int64_t now = pt_trainer_now_ns(trainer);
    if (!evaluated && !trainer->warned && now - trainer->last_progress_ns < progress_interval_ns)
        return;
    trainer->last_progress_ns = now;
    int64_t step = position->step;
    struct pt_train_progress progress = {
        .step = step,
        .step_count = length->step_count,
        .epoch = (step > 0 ? step - 1 : 0) / length->steps_per_epoch + 1,
        .epoch_count = length->epoch_count,
        .evaluated = evaluated,
        .evaluation = step / length->evaluate_every + (step % length->evaluate_every != 0),
        .evaluation_count = length->evaluation_count,
        .counts_steps =
            trainer->options.config->steps > 0 || trainer->options.config->evaluate_every_steps > 0,
        .loss = position->loss_samples > 0 ? position->loss_sum / (double)position->loss_samples
                                           : trainer->result.loss,
        .test_loss = evaluated ? trainer->result.test_loss : NAN,
        .test_accuracy = evaluated ? trainer->result.test_accuracy : NAN,
        .samples_per_second = trainer->result.full_samples / pt_trainer_seconds(trainer),
        .tokens_per_sample = trainer->result.tokens_per_sample,
        .seconds_left = seconds_left(trainer),
        .warning = trainer->warned ? &trainer->warning : NULL,
    };
    trainer->warned = false;
    pt_meter_now(trainer->meter, &progress.meter);
    trainer->options.on_progress(trainer->options.state, &progress);
}

// A network that is not finite is never saved. A step that was given up, because of a stop or of
// data that cannot be read, has drawn random numbers that the resumed run draws again.
enum pt_status pt_trainer_save(struct pt_trainer *trainer, struct pt_error *error)
{
    enum pt_status status = PT_OK;
    if (trainer->options.checkpoint_path == NULL || trainer->saved_step == trainer->position.step)
        return PT_OK;
    pt_meter_enter(trainer->meter, PT_PHASE_CHECKPOINT);
    int64_t begin_ns = pt_trainer_now_ns(trainer);
    struct pt_checkpoint_identity identity = pt_trainer_identity(trainer);
    pt_network_set_step(trainer->network,
                        pt_run_batches_after(&trainer->length, trainer->position.step));
    status = pt_run_checkpoint_write(trainer->options.checkpoint_path, trainer->network,
                                     trainer->optimizer, &identity, &trainer->position, error);
    trainer->last_checkpoint_ns = pt_trainer_now_ns(trainer);
    trainer->rate_paused_ns += trainer->last_checkpoint_ns - begin_ns;
    if (status == PT_OK)
        trainer->saved_step = trainer->position.step;
    pt_meter_enter(trainer->meter, PT_PHASE_DATA);
    return status;
}

static enum pt_status warn(struct pt_trainer *trainer, enum pt_status status,
                           struct pt_error *error)
{
    if (status == PT_DIVERGED && error != NULL)
        *error = trainer->warning;
    if (status == PT_DIVERGED)
        return status;
    trainer->warned = trainer->warned || status != PT_OK;
    return PT_OK;
}

enum pt_status pt_trainer_save_on_the_way(struct pt_trainer *trainer, struct pt_error *error)
{
    return warn(trainer, pt_trainer_save(trainer, &trainer->warning), error);
}

// Called while the network's parameters are those that were evaluated.
enum pt_status pt_trainer_save_best(struct pt_trainer *trainer, struct pt_error *error)
{
    if (trainer->options.best_path == NULL || !trainer->options.config->checkpoint_best)
        return PT_OK;
    pt_meter_enter(trainer->meter, PT_PHASE_CHECKPOINT);
    trainer->rate_start_ns = -1;
    enum pt_status status =
        pt_network_save(trainer->network, NULL, trainer->options.best_path, &trainer->warning);
    trainer->result.best_saved = status == PT_OK;
    return warn(trainer, status, error);
}

bool pt_trainer_checkpoint_is_due(const struct pt_trainer *trainer, bool evaluated)
{
    const struct pt_run_config *config = trainer->options.config;
    double seconds = (double)(pt_trainer_now_ns(trainer) - trainer->last_checkpoint_ns) /
                     (double)PT_NANOSECONDS_PER_SECOND;
    return seconds >= config->checkpoint_every_seconds ||
           (evaluated && seconds >= evaluation_checkpoint_seconds) ||
           (config->checkpoint_every_steps > 0 &&
            trainer->position.step % config->checkpoint_every_steps == 0);
}
