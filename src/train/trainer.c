// The training loop.

#include "train/trainer.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "engine/network.h"
#include "train/checkpoint.h"
#include "train/curve.h"
#include "train/evaluate.h"
#include "train/fit.h"

// The end of an epoch is a good place for a checkpoint if the last one is so old.
static const double epoch_checkpoint_seconds = 1;
static const int64_t progress_interval_ns = PT_NANOSECONDS_PER_SECOND / 10;

struct pt_trainer {
    struct pt_trainer_options options;
    struct pt_learning_rate learning_rate;
    struct pt_network *network;
    struct pt_optimizer *optimizer;
    struct pt_meter_engine *meter;
    struct pt_curve *curve;
    struct pt_run_tensors tensors;
    uint32_t *order;     // of the training samples in this epoch
    double *epoch_rates; // samples per second of each epoch that this process did whole
    int64_t rate_count;
    int64_t batch, steps_per_epoch, step_count;
    struct pt_run_position position;
    int64_t saved_step; // of the newest checkpoint, -1: none
    int64_t start_ns, last_progress_ns, last_checkpoint_ns;
    struct pt_train_result result;
    struct pt_error warning; // of the newest checkpoint that could not be written
    bool warned;
};

static int64_t now_ns(const struct pt_trainer *trainer)
{
    return pt_clock_monotonic(trainer->options.clock);
}

static double seconds_since_start(const struct pt_trainer *trainer)
{
    return (double)(now_ns(trainer) - trainer->start_ns) / (double)PT_NANOSECONDS_PER_SECOND;
}

static bool stop_asked(const struct pt_trainer *trainer)
{
    return trainer->options.stop != NULL && *trainer->options.stop != 0;
}

// ---- creation

static enum pt_status create_network(struct pt_trainer *trainer, struct pt_error *error)
{
    const struct pt_run_config *config = trainer->options.config;
    struct pt_network_options options = {
        .struct_size = sizeof options,
        .seed = (uint64_t)config->seed,
        .threads = trainer->options.threads,
        .precision = config->precision,
        .matmul = config->matmul,
    };
    enum pt_status status =
        pt_network_create(trainer->options.graph, &options, &trainer->network, error);
    if (status == PT_OK)
        status =
            pt_optimizer_create(trainer->network, &config->optimizer, &trainer->optimizer, error);
    // The shorter batches at the ends of both sets, so that the loop allocates nothing.
    const struct pt_dataset *sets[] = {trainer->options.data.train, trainer->options.data.test};
    for (int i = 0; i < 2 && status == PT_OK; i++)
        if (sets[i] != NULL && sets[i]->sample_count % trainer->batch != 0)
            status = pt_network_prepare_rows(trainer->network,
                                             sets[i]->sample_count % trainer->batch, error);
    return status;
}

static enum pt_status allocate(struct pt_trainer *trainer, struct pt_error *error)
{
    int64_t epochs = trainer->options.config->epochs;
    trainer->order =
        calloc((size_t)trainer->options.data.train->sample_count, sizeof *trainer->order);
    trainer->epoch_rates = calloc((size_t)epochs, sizeof *trainer->epoch_rates);
    trainer->curve = pt_curve_create(epochs);
    return trainer->order != NULL && trainer->epoch_rates != NULL && trainer->curve != NULL
               ? PT_OK
               : pt_fail(error, PT_NO_MEMORY, "training state of %" PRId64 " epochs: out of memory",
                         epochs);
}

static struct pt_checkpoint_identity identity_of(const struct pt_trainer *trainer)
{
    return (struct pt_checkpoint_identity){
        .seed = trainer->options.config->seed,
        .batch = trainer->batch,
        .sample_count = trainer->options.data.train->sample_count,
        .shuffle = trainer->options.config->shuffle,
    };
}

static enum pt_status resume(struct pt_trainer *trainer, struct pt_error *error)
{
    struct pt_checkpoint_identity identity = identity_of(trainer);
    enum pt_status status =
        pt_run_checkpoint_read(trainer->options.checkpoint_path, trainer->network,
                               trainer->optimizer, &identity, &trainer->position, error);
    if (status != PT_OK)
        return status;
    if (trainer->position.step > trainer->step_count)
        return pt_fail(error, PT_MISMATCH,
                       "%s: it stands at step %" PRId64 ", the run file ends at %" PRId64
                       "; raise epochs or train anew without --resume",
                       trainer->options.checkpoint_path, trainer->position.step,
                       trainer->step_count);
    trainer->saved_step = trainer->position.step;
    trainer->result.resumed = true;
    return PT_OK;
}

static enum pt_status open_meter(struct pt_trainer *trainer, struct pt_error *error)
{
    struct pt_meter_config config = {
        .sensor = trainer->options.sensor,
        .root = trainer->options.root,
        .clock = trainer->options.clock,
        .interval_seconds = 0.1,
        .scope = PT_SCOPE_SELF,
        .phases = pt_train_phases,
        .phase_count = PT_PHASE_COUNT,
    };
    return pt_meter_open(&config, &trainer->meter, error);
}

static enum pt_status prepare(struct pt_trainer *trainer, struct pt_error *error)
{
    const struct pt_run_config *config = trainer->options.config;
    const struct pt_graph *graph = trainer->options.graph;
    trainer->batch = pt_graph_batch(graph);
    trainer->steps_per_epoch =
        pt_steps_per_epoch(trainer->options.data.train->sample_count, trainer->batch);
    trainer->saved_step = -1;
    enum pt_status status =
        pt_run_tensors_find(graph, &trainer->options.data, &trainer->tensors, error);
    if (status == PT_OK &&
        !pt_size_product(trainer->steps_per_epoch, config->epochs, &trainer->step_count))
        status = pt_fail(error, PT_OVERFLOW, "%" PRId64 " epochs of %" PRId64 " steps exceed 2^63",
                         config->epochs, trainer->steps_per_epoch);
    if (status == PT_OK)
        status = pt_learning_rate_read(config->schedule, config->learning_rate,
                                       trainer->steps_per_epoch, &trainer->learning_rate, error);
    if (status == PT_OK)
        status = open_meter(trainer, error);
    if (status == PT_OK)
        status = allocate(trainer, error);
    if (status == PT_OK)
        status = create_network(trainer, error);
    if (status == PT_OK && trainer->options.resume)
        status = resume(trainer, error);
    return status;
}

enum pt_status pt_trainer_create(const struct pt_trainer_options *options,
                                 struct pt_trainer **ret_trainer, struct pt_error *error)
{
    struct pt_trainer *trainer = calloc(1, sizeof *trainer);
    if (trainer == NULL)
        return pt_fail(error, PT_NO_MEMORY, "trainer: out of memory");
    trainer->options = *options;
    if (trainer->options.clock == NULL)
        trainer->options.clock = &pt_system_clock;
    trainer->start_ns = now_ns(trainer);
    enum pt_status status = prepare(trainer, error);
    if (status != PT_OK) {
        pt_trainer_destroy(trainer);
        return status;
    }
    *ret_trainer = trainer;
    return PT_OK;
}

void pt_trainer_destroy(struct pt_trainer *trainer)
{
    if (trainer == NULL)
        return;
    pt_meter_close(trainer->meter);
    pt_optimizer_destroy(trainer->optimizer);
    pt_network_destroy(trainer->network);
    pt_curve_destroy(trainer->curve);
    free(trainer->order);
    free(trainer->epoch_rates);
    free(trainer);
}

const struct pt_progress_point *pt_trainer_points(const struct pt_trainer *trainer,
                                                  int64_t *ret_count)
{
    return pt_curve_points(trainer->curve, ret_count);
}

const struct pt_meter_sample *pt_trainer_samples(const struct pt_trainer *trainer,
                                                 int64_t *ret_count)
{
    return pt_meter_samples(trainer->meter, ret_count);
}

// ---- progress and checkpoints

static void report_progress(struct pt_trainer *trainer, bool epoch_end)
{
    const struct pt_run_position *position = &trainer->position;
    if (trainer->options.on_progress == NULL)
        return;
    int64_t now = now_ns(trainer);
    if (!epoch_end && !trainer->warned && now - trainer->last_progress_ns < progress_interval_ns)
        return;
    trainer->last_progress_ns = now;
    struct pt_train_progress progress = {
        .step = position->step,
        .step_count = trainer->step_count,
        .epoch = (position->step > 0 ? position->step - 1 : 0) / trainer->steps_per_epoch + 1,
        .epoch_count = trainer->options.config->epochs,
        .epoch_end = epoch_end,
        .loss = position->epoch_samples > 0
                    ? position->epoch_loss_sum / (double)position->epoch_samples
                    : trainer->result.loss,
        .test_loss = epoch_end ? trainer->result.test_loss : NAN,
        .test_accuracy = epoch_end ? trainer->result.test_accuracy : NAN,
        .warning = trainer->warned ? &trainer->warning : NULL,
    };
    double seconds = seconds_since_start(trainer);
    progress.samples_per_second = (double)trainer->result.samples / seconds;
    progress.seconds_left = trainer->result.samples > 0
                                ? seconds * (double)(trainer->step_count - position->step) /
                                      (double)trainer->result.steps
                                : NAN;
    trainer->warned = false;
    pt_meter_now(trainer->meter, &progress.meter);
    trainer->options.on_progress(trainer->options.state, &progress);
}

// The old checkpoint stays until the new one is whole; a network that is not finite is never saved.
static enum pt_status save(struct pt_trainer *trainer, struct pt_error *error)
{
    enum pt_status status = PT_OK;
    if (trainer->options.checkpoint_path == NULL || trainer->saved_step == trainer->position.step)
        return PT_OK;
    pt_meter_enter(trainer->meter, PT_PHASE_CHECKPOINT);
    struct pt_checkpoint_identity identity = identity_of(trainer);
    status = pt_run_checkpoint_write(trainer->options.checkpoint_path, trainer->network,
                                     trainer->optimizer, &identity, &trainer->position, error);
    trainer->last_checkpoint_ns = now_ns(trainer);
    if (status == PT_OK)
        trainer->saved_step = trainer->position.step;
    return status;
}

static double seconds_since_checkpoint(const struct pt_trainer *trainer)
{
    return (double)(now_ns(trainer) - trainer->last_checkpoint_ns) /
           (double)PT_NANOSECONDS_PER_SECOND;
}

static bool checkpoint_due(const struct pt_trainer *trainer)
{
    const struct pt_run_config *config = trainer->options.config;
    return seconds_since_checkpoint(trainer) >= config->checkpoint_every_seconds ||
           (config->checkpoint_every_steps > 0 &&
            trainer->position.step % config->checkpoint_every_steps == 0);
}

// A checkpoint on the way that fails is a warning; training goes on, and the next one may succeed.
static enum pt_status save_on_the_way(struct pt_trainer *trainer, struct pt_error *error)
{
    enum pt_status status = save(trainer, &trainer->warning);
    if (status == PT_DIVERGED) {
        if (error != NULL)
            *error = trainer->warning;
        return status;
    }
    trainer->warned = status != PT_OK;
    return PT_OK;
}

// ---- the loop

static enum pt_status diverged(const struct pt_trainer *trainer, double loss,
                               struct pt_error *error)
{
    char kept[200] = "no checkpoint was written yet";
    if (trainer->saved_step >= 0)
        snprintf(kept, sizeof kept, "the checkpoint of step %" PRId64 " is kept",
                 trainer->saved_step);
    return pt_fail(error, PT_DIVERGED,
                   "the loss is %g at step %" PRId64
                   "; %s; try a lower learning_rate or warmup_steps",
                   loss, trainer->position.step + 1, kept);
}

// Loads rows first.. of the epoch's order into the network's inputs.
static void load_batch(struct pt_trainer *trainer, int64_t first, int64_t rows)
{
    pt_run_load_batch(&trainer->tensors, trainer->network, trainer->options.data.train,
                      trainer->order, first, rows);
}

static enum pt_status step(struct pt_trainer *trainer, int64_t rows, struct pt_error *error)
{
    struct pt_run_position *position = &trainer->position;
    pt_meter_enter(trainer->meter, PT_PHASE_FORWARD);
    enum pt_status status = pt_network_forward(trainer->network, rows, true, error);
    if (status != PT_OK)
        return status;
    double loss = pt_network_loss(trainer->network);
    if (!isfinite(loss))
        return diverged(trainer, loss, error);

    pt_meter_enter(trainer->meter, PT_PHASE_BACKWARD);
    pt_network_zero_gradients(trainer->network);
    status = pt_network_backward(trainer->network, error);
    if (status != PT_OK)
        return status;

    pt_meter_enter(trainer->meter, PT_PHASE_OPTIMIZER);
    pt_optimizer_step(trainer->optimizer, pt_learning_rate_at(&trainer->learning_rate,
                                                              position->step, trainer->step_count));
    position->step++;
    position->epoch_loss_sum += loss * (double)rows;
    position->epoch_samples += rows;
    trainer->result.samples += rows;
    trainer->result.steps++;
    if (trainer->result.first_step_ns == 0)
        trainer->result.first_step_ns = now_ns(trainer);
    pt_meter_enter(trainer->meter, PT_PHASE_DATA);
    pt_curve_add_step(trainer->curve, seconds_since_start(trainer), position->step,
                      (position->step - 1) / trainer->steps_per_epoch + 1, loss);
    return PT_OK;
}

// Steps until the end of the epoch in which the position stands, or until a stop is asked.
static enum pt_status steps_of_epoch(struct pt_trainer *trainer, struct pt_error *error)
{
    int64_t samples = trainer->options.data.train->sample_count;
    int64_t epoch = trainer->position.step / trainer->steps_per_epoch;
    int64_t index = trainer->position.step % trainer->steps_per_epoch;
    int64_t start_ns = now_ns(trainer), start_samples = trainer->result.samples;
    bool whole = index == 0;
    enum pt_status status = PT_OK;

    pt_meter_enter(trainer->meter, PT_PHASE_DATA);
    if (whole) {
        trainer->position.epoch_loss_sum = 0;
        trainer->position.epoch_samples = 0;
    }
    pt_dataset_order(trainer->options.data.train, (uint64_t)trainer->options.config->seed, epoch,
                     trainer->options.config->shuffle, trainer->order);
    for (; index < trainer->steps_per_epoch && status == PT_OK && !stop_asked(trainer); index++) {
        int64_t first = index * trainer->batch;
        int64_t rows = samples - first < trainer->batch ? samples - first : trainer->batch;
        load_batch(trainer, first, rows);
        status = step(trainer, rows, error);
        if (status == PT_OK && checkpoint_due(trainer) && index + 1 < trainer->steps_per_epoch) {
            status = save_on_the_way(trainer, error);
            pt_meter_enter(trainer->meter, PT_PHASE_DATA);
            whole = false; // a rate that contains a checkpoint says nothing of training
        }
        if (status == PT_OK)
            report_progress(trainer, false);
    }
    if (status == PT_OK && whole && index == trainer->steps_per_epoch)
        trainer->epoch_rates[trainer->rate_count++] =
            (double)(trainer->result.samples - start_samples) /
            ((double)(now_ns(trainer) - start_ns) / (double)PT_NANOSECONDS_PER_SECOND);
    return status;
}

static enum pt_status evaluate(struct pt_trainer *trainer, struct pt_error *error)
{
    struct pt_evaluation evaluation = {.loss = NAN, .accuracy = NAN};
    if (trainer->options.data.test != NULL) {
        pt_meter_enter(trainer->meter, PT_PHASE_EVALUATE);
        enum pt_status status =
            pt_run_evaluate(&trainer->tensors, trainer->network, trainer->options.data.test,
                            trainer->batch, &evaluation, error);
        if (status != PT_OK)
            return status;
        pt_curve_add_evaluation(
            trainer->curve,
            (struct pt_progress_point){.seconds = seconds_since_start(trainer),
                                       .step = trainer->position.step,
                                       .epoch = trainer->position.step / trainer->steps_per_epoch,
                                       .loss = evaluation.loss,
                                       .accuracy = evaluation.accuracy,
                                       .evaluation = true});
    }
    trainer->result.test_loss = evaluation.loss;
    trainer->result.test_accuracy = evaluation.accuracy;
    return PT_OK;
}

static enum pt_status end_epoch(struct pt_trainer *trainer, struct pt_error *error)
{
    const struct pt_run_position *position = &trainer->position;
    if (position->epoch_samples > 0)
        trainer->result.loss = position->epoch_loss_sum / (double)position->epoch_samples;
    enum pt_status status = evaluate(trainer, error);
    // Each checkpoint waits for the disk; epochs of milliseconds would do nothing else.
    if (status == PT_OK && position->step < trainer->step_count &&
        (checkpoint_due(trainer) || seconds_since_checkpoint(trainer) >= epoch_checkpoint_seconds))
        status = save_on_the_way(trainer, error);
    if (status == PT_OK)
        report_progress(trainer, true);
    return status;
}

static int by_value(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double median_rate(struct pt_trainer *trainer)
{
    double *rates = trainer->epoch_rates;
    int64_t count = trainer->rate_count;
    if (count == 0)
        return NAN;
    if (count > 1) { // the first warms caches and clocks
        rates++;
        count--;
    }
    qsort(rates, (size_t)count, sizeof *rates, by_value);
    return (rates[count / 2] + rates[(count - 1) / 2]) / 2;
}

static enum pt_status finish(struct pt_trainer *trainer, enum pt_status status,
                             struct pt_error *error)
{
    struct pt_train_result *result = &trainer->result;
    if (status == PT_OK)
        status = save(trainer, error); // the newest state, or an error that the caller sees
    result->finished = status == PT_OK && trainer->position.step == trainer->step_count;
    result->checkpoint_saved = trainer->saved_step == trainer->position.step;
    result->steps = trainer->position.step;
    result->step_count = trainer->step_count;
    result->samples_per_second = median_rate(trainer);
    result->executed_flop = pt_network_executed_flop(trainer->network);
    result->matmul = pt_network_matmul_name(trainer->network);
    enum pt_status metered =
        pt_meter_finish(trainer->meter, &result->meter, status == PT_OK ? error : NULL);
    return status == PT_OK ? metered : status;
}

enum pt_status pt_trainer_run(struct pt_trainer *trainer, struct pt_train_result *ret_result,
                              struct pt_error *error)
{
    enum pt_status status = PT_OK;
    trainer->result.loss = trainer->result.test_loss = trainer->result.test_accuracy = NAN;
    trainer->last_checkpoint_ns = trainer->last_progress_ns = now_ns(trainer);
    if (trainer->position.step == trainer->step_count)
        status = evaluate(trainer, error); // resumed at the end: say again what was reached
    while (status == PT_OK && trainer->position.step < trainer->step_count &&
           !stop_asked(trainer)) {
        status = steps_of_epoch(trainer, error);
        if (status == PT_OK && trainer->position.step % trainer->steps_per_epoch == 0)
            status = end_epoch(trainer, error);
    }
    status = finish(trainer, status, error);
    *ret_result = trainer->result;
    return status;
}
