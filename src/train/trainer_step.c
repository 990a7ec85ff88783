// One step: the gradients of its batches, added up, and one update by their mean.
//
// All batches have the same size but the last of an epoch. Gradients are means over a batch; so
// that each sample counts alike, the sum is brought to the scale of the shorter batch before that
// is added: (B g1 + B g2 + r g3) / (2 B + r) = ((g1 + g2) B / r + g3) r / (2 B + r).

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "train/trainer_parts.h"

struct sums {
    double loss; // times samples
    int64_t samples;
};

bool pt_trainer_stop_asked(const struct pt_trainer *trainer)
{
    return trainer->options.stop != NULL && *trainer->options.stop != 0;
}

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

// At the end of an epoch the loader says so once before it goes on.
static enum pt_status next_batch(struct pt_trainer *trainer, int64_t *ret_rows,
                                 struct pt_error *error)
{
    enum pt_status status =
        pt_loader_next(trainer->train_loader, &trainer->inputs, ret_rows, error);
    if (status == PT_OK && *ret_rows == 0)
        status = pt_loader_next(trainer->train_loader, &trainer->inputs, ret_rows, error);
    return status;
}

static enum pt_status add_gradient(struct pt_trainer *trainer, int64_t length, struct sums *sums,
                                   int64_t *ret_rows, struct pt_error *error)
{
    int64_t rows;
    pt_meter_enter(trainer->meter, PT_PHASE_DATA);
    enum pt_status status = next_batch(trainer, &rows, error);
    if (status != PT_OK)
        return status;
    pt_trainer_shorten(trainer, rows, length);
    if (sums->samples > 0 && rows < trainer->length.batch)
        pt_network_scale_gradients(trainer->network, (double)trainer->length.batch / (double)rows);

    pt_meter_enter(trainer->meter, PT_PHASE_FORWARD);
    status = pt_network_forward(trainer->network, rows, true, error);
    if (status != PT_OK)
        return status;
    double loss = pt_network_loss(trainer->network);
    if (!isfinite(loss))
        return diverged(trainer, loss, error);

    pt_meter_enter(trainer->meter, PT_PHASE_BACKWARD);
    status = pt_network_backward(trainer->network, error);
    sums->loss += loss * (double)rows;
    sums->samples += rows;
    *ret_rows = rows;
    return status;
}

// How many batches the step at this position takes.
static int64_t batches_of_step(const struct pt_trainer *trainer)
{
    const struct pt_run_length *length = &trainer->length;
    int64_t step = trainer->position.step;
    return pt_run_batches_after(length, step + 1) - pt_run_batches_after(length, step);
}

static void note_step(struct pt_trainer *trainer, int64_t length, const struct sums *sums)
{
    struct pt_run_position *position = &trainer->position;
    int64_t weight = pt_trainer_loss_weight(trainer, length);
    double part = length == 0 ? 1 : (double)length / (double)trainer->warmup.full;
    position->step++;
    position->loss_sum += sums->loss * (double)weight;
    position->loss_samples += sums->samples * weight;
    trainer->result.samples += sums->samples;
    trainer->result.full_samples += part * (double)sums->samples;
    if (trainer->result.first_step_ns == 0)
        trainer->result.first_step_ns = pt_trainer_now_ns(trainer);
    pt_curve_add_step(trainer->curve, pt_trainer_seconds(trainer), position->step,
                      (position->step - 1) / trainer->length.steps_per_epoch + 1,
                      sums->loss / (double)sums->samples);
}

enum pt_status pt_trainer_step(struct pt_trainer *trainer, bool *ret_done, struct pt_error *error)
{
    int64_t batches = batches_of_step(trainer), rows = 0, length;
    struct sums sums = {0};
    *ret_done = false;
    enum pt_status status = pt_trainer_set_length(trainer, &length, error);
    pt_network_zero_gradients(trainer->network);
    for (int64_t i = 0; i < batches && status == PT_OK; i++) {
        if (pt_trainer_stop_asked(trainer))
            return PT_OK;
        status = add_gradient(trainer, length, &sums, &rows, error);
    }
    if (status != PT_OK)
        return status;
    pt_meter_enter(trainer->meter, PT_PHASE_OPTIMIZER);
    double rate = pt_learning_rate_at(&trainer->learning_rate, trainer->position.step,
                                      trainer->length.step_count);
    status =
        pt_optimizer_update(trainer->optimizer, rate, (double)rows / (double)sums.samples, error);
    if (status != PT_OK)
        return status;
    note_step(trainer, length, &sums);
    pt_meter_enter(trainer->meter, PT_PHASE_DATA);
    *ret_done = true;
    return PT_OK;
}
