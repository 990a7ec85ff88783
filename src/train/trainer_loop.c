// The training loop: steps, evaluations, checkpoints, the end.

#include <math.h>
#include <stdlib.h>

#include "base/units.h"
#include "train/trainer_parts.h"

// ---- evaluation

static enum pt_status evaluate_network(struct pt_trainer *trainer, struct pt_evaluation *evaluation,
                                       struct pt_error *error)
{
    *evaluation = (struct pt_evaluation){.loss = NAN, .accuracy = NAN};
    if (trainer->test_loader == NULL)
        return PT_OK;
    pt_meter_enter(trainer->meter, PT_PHASE_EVALUATE);
    enum pt_status status = pt_network_set_length(trainer->network, 0, error);
    if (status == PT_OK)
        status = pt_run_evaluate(&trainer->tensors, trainer->network, trainer->test_loader,
                                 trainer->options.config->evaluate_batches, evaluation, error);
    if (status == PT_OK)
        pt_curve_add_evaluation(
            trainer->curve,
            (struct pt_progress_point){
                .seconds = pt_trainer_seconds(trainer),
                .step = trainer->position.step,
                .epoch = (trainer->position.step - 1) / trainer->length.steps_per_epoch + 1,
                .loss = evaluation->loss,
                .accuracy = evaluation->accuracy,
                .evaluation = true});
    return status;
}

// What the run is judged by.
static enum pt_stop_metric metric_of(const struct pt_trainer *trainer)
{
    const struct pt_stop_config *stop = &trainer->options.config->stop;
    if (stop->wanted)
        return stop->metric;
    return trainer->test_loader != NULL ? PT_STOP_TEST_LOSS : PT_STOP_LOSS;
}

static double value_of(const struct pt_trainer *trainer)
{
    switch (metric_of(trainer)) {
    case PT_STOP_TEST_LOSS:
        return trainer->result.test_loss;
    case PT_STOP_TEST_ACCURACY:
        return trainer->result.test_accuracy;
    case PT_STOP_LOSS:
        break;
    }
    return trainer->result.loss;
}

static enum pt_status evaluate_and_judge(struct pt_trainer *trainer, bool judge,
                                         struct pt_error *error)
{
    struct pt_run_position *position = &trainer->position;
    struct pt_evaluation evaluation;
    enum pt_status status = evaluate_network(trainer, &evaluation, error);
    if (status != PT_OK)
        return status;
    trainer->result.test_loss = evaluation.loss;
    trainer->result.test_accuracy = evaluation.accuracy;
    if (!judge)
        return PT_OK;
    bool better =
        pt_judge_add(&position->judge, metric_of(trainer), value_of(trainer), position->step);
    return better ? pt_trainer_save_best(trainer, error) : PT_OK;
}

// With an average of the parameters, that is what is evaluated and kept.
enum pt_status pt_trainer_evaluate(struct pt_trainer *trainer, bool judge, struct pt_error *error)
{
    bool averages = trainer->options.config->optimizer.average_decay != 0;
    enum pt_status status = averages ? pt_optimizer_swap_average(trainer->optimizer, error) : PT_OK;
    if (status != PT_OK)
        return status;
    status = evaluate_and_judge(trainer, judge, error);
    enum pt_status swapped = averages ? pt_optimizer_swap_average(trainer->optimizer, NULL) : PT_OK;
    return status == PT_OK ? swapped : status;
}

// ---- samples per second

static void note_rate(struct pt_trainer *trainer)
{
    double ns =
        (double)(pt_trainer_now_ns(trainer) - trainer->rate_start_ns - trainer->rate_paused_ns);
    double samples = trainer->result.full_samples - trainer->rate_start_samples;
    if (samples > 0 && ns > 0 && trainer->rate_count < trainer->rate_capacity)
        trainer->rates[trainer->rate_count++] = samples / (ns / (double)PT_NANOSECONDS_PER_SECOND);
}

static void begin_rate(struct pt_trainer *trainer)
{
    trainer->rate_start_ns = pt_trainer_now_ns(trainer);
    trainer->rate_start_samples = trainer->result.full_samples;
    trainer->rate_paused_ns = 0;
}

static int by_value(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double median_rate(struct pt_trainer *trainer)
{
    double *rates = trainer->rates;
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

// ---- the loop

static double mean_loss(const struct pt_run_position *position)
{
    return position->loss_samples > 0 ? position->loss_sum / (double)position->loss_samples : NAN;
}

static enum pt_status check(struct pt_trainer *trainer, struct pt_error *error)
{
    struct pt_run_position *position = &trainer->position;
    note_rate(trainer);
    trainer->result.loss = mean_loss(position);
    enum pt_status status = pt_trainer_evaluate(trainer, true, error);
    if (status != PT_OK)
        return status;
    position->loss_sum = 0;
    position->loss_samples = 0;
    // Each checkpoint waits for the disk; epochs of milliseconds would do nothing else.
    if (position->step < trainer->length.step_count && pt_trainer_checkpoint_is_due(trainer, true))
        status = pt_trainer_save_on_the_way(trainer, error);
    if (status == PT_OK)
        pt_trainer_report(trainer, true);
    pt_meter_enter(trainer->meter, PT_PHASE_DATA);
    begin_rate(trainer);
    return status;
}

static enum pt_status after_step(struct pt_trainer *trainer, struct pt_error *error)
{
    enum pt_status status = PT_OK;
    if (pt_run_evaluates_after(&trainer->length, trainer->position.step))
        return check(trainer, error);
    if (pt_trainer_checkpoint_is_due(trainer, false))
        status = pt_trainer_save_on_the_way(trainer, error);
    if (status == PT_OK)
        pt_trainer_report(trainer, false);
    return status;
}

static bool is_over(const struct pt_trainer *trainer)
{
    return trainer->position.step >= trainer->length.step_count ||
           pt_judge_reason(&trainer->position.judge, &trainer->options.config->stop) !=
               PT_STOP_NONE;
}

static enum pt_status loop(struct pt_trainer *trainer, struct pt_error *error)
{
    const struct pt_run_length *length = &trainer->length;
    int64_t batches = pt_run_batches_after(length, trainer->position.step);
    enum pt_status status =
        pt_loader_seek(trainer->train_loader, batches / length->batches_per_epoch,
                       batches % length->batches_per_epoch, error);
    bool done = true;
    begin_rate(trainer);
    while (status == PT_OK && done && !is_over(trainer) && !pt_trainer_stop_asked(trainer)) {
        status = pt_trainer_step(trainer, &done, error);
        if (status == PT_OK && done)
            status = after_step(trainer, error);
    }
    return status;
}

// The newest state, or an error that the caller sees. A run that diverged keeps the old one; one
// whose data could not be read keeps what it has learned.
static enum pt_status save_last(struct pt_trainer *trainer, enum pt_status status,
                                struct pt_error *error)
{
    if (status == PT_OK)
        return pt_trainer_save(trainer, error);
    if (status != PT_DIVERGED)
        pt_trainer_save(trainer, NULL);
    return status;
}

static enum pt_status finish(struct pt_trainer *trainer, enum pt_status status,
                             struct pt_error *error)
{
    struct pt_train_result *result = &trainer->result;
    const struct pt_run_position *position = &trainer->position;
    status = save_last(trainer, status, error);
    if (position->step < trainer->length.step_count)
        result->reason = pt_judge_reason(&position->judge, &trainer->options.config->stop);
    result->finished = status == PT_OK && is_over(trainer);
    result->checkpoint_saved = trainer->saved_step == position->step;
    result->steps = position->step;
    result->step_count = trainer->length.step_count;
    result->best = position->judge.best;
    result->best_step = position->judge.best_step;
    if (isnan(result->loss)) // stopped before the first evaluation
        result->loss = mean_loss(position);
    result->samples_per_second = median_rate(trainer);
    result->waited_seconds =
        (double)pt_loader_waited_ns(trainer->train_loader) / (double)PT_NANOSECONDS_PER_SECOND;
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
    trainer->last_checkpoint_ns = trainer->last_progress_ns = pt_trainer_now_ns(trainer);
    if (is_over(trainer))
        status = pt_trainer_evaluate(trainer, false, error); // resumed at the end: say it again
    if (status == PT_OK)
        status = loop(trainer, error);
    status = finish(trainer, status, error);
    *ret_result = trainer->result;
    return status;
}
