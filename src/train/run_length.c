// How long a run is.

#include "train/run_length.h"

#include <inttypes.h>

#include "base/size.h"

// Batches and samples of the whole run can be counted.
static enum pt_status check_fits(const struct pt_run_length *length, struct pt_error *error)
{
    int64_t product;
    if (pt_size_product(length->epoch_count, length->samples, &product) &&
        pt_size_product(length->epoch_count, length->batches_per_epoch, &product))
        return PT_OK;
    return pt_fail(error, PT_OVERFLOW, "%" PRId64 " epochs of %" PRId64 " samples exceed 2^63",
                   length->epoch_count, length->samples);
}

enum pt_status pt_run_length_make(const struct pt_run_config *config, int64_t samples,
                                  int64_t batch, struct pt_run_length *ret_length,
                                  struct pt_error *error)
{
    struct pt_run_length length = {
        .samples = samples,
        .batch = batch,
        .accumulate = config->accumulate > 1 ? config->accumulate : 1,
        .batches_per_epoch = pt_size_shares(samples, batch),
    };
    length.steps_per_epoch = pt_size_shares(length.batches_per_epoch, length.accumulate);
    length.step_count = config->steps;
    length.epoch_count = config->epochs;
    if (config->steps > 0)
        length.epoch_count = pt_size_shares(config->steps, length.steps_per_epoch);
    else if (!pt_size_product(length.steps_per_epoch, config->epochs, &length.step_count))
        return pt_fail(error, PT_OVERFLOW, "%" PRId64 " epochs of %" PRId64 " steps exceed 2^63",
                       config->epochs, length.steps_per_epoch);
    enum pt_status status = check_fits(&length, error);
    if (status != PT_OK)
        return status;
    length.evaluate_every = config->evaluate_every_steps;
    if (length.evaluate_every == 0 &&
        !pt_size_product(length.steps_per_epoch,
                         config->evaluate_every_epochs > 0 ? config->evaluate_every_epochs : 1,
                         &length.evaluate_every))
        length.evaluate_every = INT64_MAX; // rarer than the run is long
    length.evaluation_count = pt_size_shares(length.step_count, length.evaluate_every);
    *ret_length = length;
    return PT_OK;
}

// Whole epochs, and of the one that is under way at most all.
static int64_t after(const struct pt_run_length *length, int64_t step, int64_t per_epoch,
                     int64_t per_step)
{
    int64_t rest = step % length->steps_per_epoch * per_step;
    return step / length->steps_per_epoch * per_epoch + (rest < per_epoch ? rest : per_epoch);
}

int64_t pt_run_samples_after(const struct pt_run_length *length, int64_t step)
{
    // A step of so many batches that it does not fit in an epoch takes the epoch.
    int64_t batches = length->accumulate < length->batches_per_epoch ? length->accumulate
                                                                     : length->batches_per_epoch;
    return after(length, step, length->samples, length->batch * batches);
}

int64_t pt_run_batches_after(const struct pt_run_length *length, int64_t step)
{
    int64_t batches = length->accumulate < length->batches_per_epoch ? length->accumulate
                                                                     : length->batches_per_epoch;
    return after(length, step, length->batches_per_epoch, batches);
}

bool pt_run_evaluates_after(const struct pt_run_length *length, int64_t step)
{
    return step > 0 && (step % length->evaluate_every == 0 || step == length->step_count);
}
