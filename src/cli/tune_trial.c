// One trial of powertrain tune: a run of our trainer, in this process, under the meter.

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/units.h"
#include "cli/tune.h"
#include "meter/bill.h"
#include "train/run_length.h"

// Of a measurement of the rate: what is dropped, and parts whose spread is its error.
static const double warmup_seconds = 0.3, part_seconds = 0.35;
// Shorter races are not resolved by the meter, which looks ten times a second.
static const double resolved_seconds = 1;
enum { PARTS = 3 };
// Two-sided 90 % quantile of Student's distribution with PARTS - 1 degrees of freedom.
static const double student_90 = 2.92;

struct trial {
    struct pt_tune_job *job;
    struct pt_tune_arm *arm;
    struct pt_run_setup setup;
    struct pt_sensor *sensor;
    struct pt_trainer *trainer;
    struct pt_train_result result;
    struct pt_run_length length;
    struct pt_run_record record;
    volatile sig_atomic_t stop;
    // of a rate
    bool measures_rate;
    int part; // -1: warming up
    double part_joules[PARTS + 1], part_time[PARTS + 1];
    int64_t part_samples[PARTS + 1];
    // of a race
    double joules_before, joules_most, seconds_before;
    int64_t check_step;
};

// ---- settings

static bool add(struct pt_option_list *list, const char *text)
{
    if (text == NULL || list->count >= PT_OPTION_LIST_MAX)
        return false;
    list->texts[list->count++] = text;
    list->texts[list->count] = NULL;
    return true;
}

static bool add_batch(const struct pt_tune_job *job, const struct pt_tune_arm *arm,
                      struct pt_arena *arena, struct pt_option_list *list)
{
    const struct pt_run_config *own = &job->setup.config;
    if (arm->batch != job->setup.plan.batch &&
        !add(list, pt_arena_printf(arena, "train.batch=%" PRId64, arm->batch)))
        return false;
    if (own->steps == 0 || arm->batch == job->setup.plan.batch)
        return true;
    // As many samples in other steps.
    double steps = ceil((double)own->steps * (double)job->setup.plan.batch / (double)arm->batch);
    return add(list, pt_arena_printf(arena, "train.steps=%.0f", steps));
}

static bool add_checks(const struct pt_tune_job *job, const struct pt_tune_arm *arm,
                       struct pt_arena *arena, struct pt_option_list *list)
{
    const struct pt_run_config *own = &job->setup.config;
    int64_t step_samples = arm->batch * (own->accumulate > 1 ? own->accumulate : 1);
    int64_t steps = (job->check_samples + step_samples / 2) / step_samples;
    steps = steps > 0 ? steps : 1;
    const char *text =
        own->evaluate_batches > 0
            ? pt_arena_printf(arena,
                              "train.evaluate={every_steps: %" PRId64 ", batches: %" PRId64 "}",
                              steps, own->evaluate_batches)
            : pt_arena_printf(arena, "train.evaluate={every_steps: %" PRId64 "}", steps);
    return add(list, text) &&
           add(list, pt_arena_printf(arena, "train.stop={metric: %s, target: %.9g}",
                                     pt_stop_metric_text(job->stop.metric), job->stop.target));
}

enum pt_status pt_tune_settings(const struct pt_tune_job *job, const struct pt_tune_arm *arm,
                                struct pt_arena *arena, struct pt_option_list *ret_settings,
                                struct pt_error *error)
{
    const struct pt_run_config *own = &job->setup.config;
    struct pt_option_list list = job->options.run.settings;
    bool fits = add_batch(job, arm, arena, &list) && add_checks(job, arm, arena, &list);
    if (fits && arm->threads != own->threads)
        fits = add(&list, pt_arena_printf(arena, "train.threads=%d", arm->threads));
    if (fits && arm->precision != own->precision)
        fits = add(&list,
                   pt_arena_printf(arena, "train.precision=%s", pt_precision_text(arm->precision)));
    if (fits && arm->learning_rate != own->learning_rate)
        fits = add(&list, pt_arena_printf(arena, "train.optimizer.learning_rate=%.6g",
                                          arm->learning_rate));
    if (!fits)
        return pt_fail(error, PT_BAD_INPUT, "more than %d settings: leave out some --set",
                       PT_OPTION_LIST_MAX);
    *ret_settings = list;
    return PT_OK;
}

// ---- joules

// Training and its evaluations; what a run sets up and saves is left out.
static double work_joules(const struct pt_meter_report *report, bool evaluations)
{
    double sum = report->phases[PT_PHASE_DATA].joules.value +
                 report->phases[PT_PHASE_FORWARD].joules.value +
                 report->phases[PT_PHASE_BACKWARD].joules.value +
                 report->phases[PT_PHASE_OPTIMIZER].joules.value;
    return evaluations ? sum + report->phases[PT_PHASE_EVALUATE].joules.value : sum;
}

static double work_seconds(const struct pt_meter_report *report)
{
    return report->seconds - report->phases[PT_PHASE_SETUP].seconds -
           report->phases[PT_PHASE_CHECKPOINT].seconds;
}

// ---- while it runs

static void note_part(struct trial *trial, const struct pt_train_progress *progress)
{
    double time = work_seconds(&progress->meter);
    double due = trial->part < 0 ? warmup_seconds : trial->part_time[trial->part] + part_seconds;
    if (time < due)
        return;
    trial->part++;
    trial->part_time[trial->part] = time;
    trial->part_joules[trial->part] = work_joules(&progress->meter, false);
    trial->part_samples[trial->part] = pt_run_samples_after(&trial->length, progress->step);
    trial->stop = trial->part == PARTS;
}

static void on_progress(void *state, const struct pt_train_progress *progress)
{
    struct trial *trial = state;
    if (trial->measures_rate)
        note_part(trial, progress);
    else if (trial->joules_before + work_joules(&progress->meter, true) >= trial->joules_most)
        trial->stop = 1;
    if (pt_tune_signal != 0 || (pt_tune_is_late(trial->job) && !trial->measures_rate))
        trial->stop = 1;
}

// ---- one run

static enum pt_status open_setup(struct trial *trial, struct pt_error *error)
{
    struct pt_tune_job *job = trial->job;
    struct pt_run_options options = job->options.run;
    options.ledger = "none"; // it needs no plan, so nothing to learn from
    options.threads = 0;     // settings say it
    options.precision = NULL;
    enum pt_status status =
        pt_tune_settings(job, trial->arm, job->setup.arena, &options.settings, error);
    if (status == PT_OK)
        status = pt_run_setup_open(&trial->setup, &options, error);
    if (status == PT_OK && trial->measures_rate) { // as long as it takes, and nothing between
        struct pt_run_config *config = &trial->setup.config;
        config->epochs = 0;
        config->steps = config->evaluate_every_steps = INT64_C(1) << 30;
        config->stop = (struct pt_stop_config){.target = NAN};
    }
    return status == PT_OK
               ? pt_run_length_make(&trial->setup.config, trial->setup.data.train->sample_count,
                                    trial->arm->batch, &trial->length, error)
               : status;
}

static enum pt_status open_sensor(struct trial *trial, struct pt_error *error)
{
    const struct pt_tune_options *chosen = &trial->job->options;
    struct pt_sensor_options options = {.root = chosen->run.root == NULL ? "" : chosen->run.root,
                                        .file = chosen->replay};
    const char *name = chosen->sensor == NULL && chosen->replay != NULL ? "replay" : chosen->sensor;
    enum pt_status status = name == NULL ? pt_sensor_open_best(&options, &trial->sensor, error)
                                         : pt_sensor_open(name, &options, &trial->sensor, error);
    if (status != PT_OK)
        return status;
    snprintf(trial->job->energy_source, sizeof trial->job->energy_source, "%s",
             pt_sensor_source(trial->sensor));
    snprintf(trial->job->sensor_name, sizeof trial->job->sensor_name, "%s",
             pt_sensor_name(trial->sensor));
    return PT_OK;
}

static enum pt_status create_trainer(struct trial *trial, const char *checkpoint, bool resume,
                                     struct pt_error *error)
{
    struct pt_run_setup *setup = &trial->setup;
    setup->config.checkpoint_every_seconds = 1e9; // at the end of a round is enough
    setup->config.checkpoint_every_steps = 0;
    setup->config.checkpoint_best = false;
    struct pt_trainer_options options = {
        .config = &setup->config,
        .graph = setup->graph,
        .data = setup->data,
        .threads = setup->threads,
        .sensor = trial->sensor,
        .tariff = &setup->tariff,
        .root = trial->job->options.run.root == NULL ? "" : trial->job->options.run.root,
        .checkpoint_path = checkpoint,
        .resume = resume,
        .stop = &trial->stop,
        .on_progress = on_progress,
        .state = trial,
    };
    return pt_trainer_create(&options, &trial->trainer, error);
}

static enum pt_status begin_record(struct trial *trial, struct pt_error *error)
{
    struct pt_tune_job *job = trial->job;
    const struct pt_tune_arm *arm = trial->arm;
    trial->record = (struct pt_run_record){
        .kind = "tune",
        .name = pt_arena_printf(
            trial->setup.arena, "%s: batch %" PRId64 ", %s, %d threads, rate %.3g%s",
            trial->setup.graph->name, arm->batch, pt_precision_text(arm->precision), arm->threads,
            arm->learning_rate, trial->measures_rate ? " (speed)" : ""),
        .command = job->command,
        .machine = trial->setup.machine,
        .sensor = pt_sensor_name(trial->sensor),
        .status = "running",
        .graph_signature = pt_graph_signature(trial->setup.graph),
        .start_realtime_ns = pt_clock_realtime(&pt_system_clock),
    };
    if (trial->record.name == NULL)
        return pt_fail(error, PT_NO_MEMORY, "out of memory");
    return job->ledger == NULL
               ? PT_OK
               : pt_ledger_begin(job->ledger, &trial->record, &trial->record.id, error);
}

static enum pt_status end_record(struct trial *trial, bool failed, struct pt_error *error)
{
    struct pt_tune_job *job = trial->job;
    struct pt_run_record *record = &trial->record;
    const struct pt_train_result *result = &trial->result;
    if (job->ledger == NULL)
        return PT_OK;
    record->status = failed ? "failed" : result->finished ? "finished" : "interrupted";
    record->result_json = pt_arena_printf(trial->setup.arena,
                                          isnan(result->test_loss) ? "{\"samples\": %" PRId64 "}"
                                                                   : "{\"samples\": %" PRId64
                                                                     ", \"test_loss\": %.9g}",
                                          result->samples, result->test_loss);
    record->end_realtime_ns = result->meter.end_realtime_ns;
    record->duration_seconds = result->meter.seconds;
    enum pt_status status = pt_bill_of_meter(&result->meter, &trial->setup.tariff,
                                             job->energy_source, &record->bill, error);
    record->has_bill = status == PT_OK;
    enum pt_status ended = pt_ledger_end(job->ledger, record, status == PT_OK ? error : NULL);
    return status == PT_OK ? ended : status;
}

static enum pt_status run_trainer(struct trial *trial, struct pt_error *error)
{
    struct pt_error later;
    struct pt_tune_job *job = trial->job;
    enum pt_status status = pt_trainer_run(trial->trainer, &trial->result, error);
    job->trials++;
    job->joules += trial->result.meter.joules.value;
    job->seconds += trial->result.meter.seconds;
    enum pt_status kept = end_record(trial, status != PT_OK, &later);
    if (status == PT_OK && kept != PT_OK)
        return pt_fail(error, kept, "%s", later.message);
    if (status == PT_OK && !isfinite(trial->result.meter.joules.value))
        return pt_fail(error, PT_UNAVAILABLE,
                       "sensor %s told no energy: choose another with --sensor (powertrain doctor)",
                       job->sensor_name);
    return status;
}

static enum pt_status run_trial(struct trial *trial, const char *checkpoint, bool resume,
                                struct pt_error *error)
{
    enum pt_status status = open_setup(trial, error);
    if (status == PT_OK)
        status = open_sensor(trial, error);
    if (status == PT_OK)
        status = create_trainer(trial, checkpoint, resume, error);
    if (status == PT_OK)
        status = begin_record(trial, error);
    if (status == PT_OK)
        status = run_trainer(trial, error);
    return status;
}

static void close_trial(struct trial *trial)
{
    pt_trainer_destroy(trial->trainer);
    pt_sensor_close(trial->sensor);
    pt_run_setup_close(&trial->setup);
}

// ---- the two kinds

// Mean over the parts; the interval is that of the mean, by Student.
static void settle_rate(struct trial *trial)
{
    struct pt_tune_arm *arm = trial->arm;
    double each[PARTS], square = 0;
    double samples = (double)(trial->part_samples[PARTS] - trial->part_samples[0]);
    double mean = (trial->part_joules[PARTS] - trial->part_joules[0]) / samples;
    for (int i = 0; i < PARTS; i++) {
        double done = (double)(trial->part_samples[i + 1] - trial->part_samples[i]);
        each[i] = (trial->part_joules[i + 1] - trial->part_joules[i]) / done;
        square += (each[i] - mean) * (each[i] - mean);
    }
    double relative = student_90 * sqrt(square / (PARTS - 1) / PARTS) / mean;
    enum pt_provenance provenance = trial->result.meter.joules.provenance;
    arm->joules_per_sample = pt_quantity_relative(mean, relative, provenance);
    arm->samples_per_second = samples / (trial->part_time[PARTS] - trial->part_time[0]);
}

enum pt_status pt_tune_measure(struct pt_tune_job *job, struct pt_tune_arm *arm,
                               struct pt_error *error)
{
    struct trial trial = {.job = job, .arm = arm, .measures_rate = true, .part = -1};
    enum pt_status status = run_trial(&trial, NULL, false, error);
    if (status == PT_OK && trial.part == PARTS)
        settle_rate(&trial);
    else if (status == PT_OK)
        status = pt_fail(error, PT_INTERRUPTED, "stopped while the speed was measured");
    close_trial(&trial);
    return status;
}

static const char *checkpoint_path(const struct pt_tune_job *job, int index, char *buffer,
                                   size_t size)
{
    snprintf(buffer, size, "%s/%d.safetensors", job->folder, index);
    return buffer;
}

static double value_of(const struct trial *trial, enum pt_stop_metric metric)
{
    const struct pt_train_result *result = &trial->result;
    return metric == PT_STOP_TEST_ACCURACY ? result->test_accuracy
           : metric == PT_STOP_TEST_LOSS   ? result->test_loss
                                           : result->loss;
}

// A meter resolves no run of milliseconds: then its samples at the joules that were measured for
// one, and evaluations by their share of the time.
static void resolve_short_run(struct pt_tune_arm *arm, const struct pt_meter_report *meter)
{
    double checks = meter->phases[PT_PHASE_EVALUATE].seconds;
    double training = arm->seconds - checks;
    if (arm->reached && arm->seconds < resolved_seconds && training > 0)
        arm->joules = (double)arm->samples * arm->joules_per_sample.value * arm->seconds / training;
}

static void settle_round(struct trial *trial)
{
    struct pt_tune_arm *arm = trial->arm;
    const struct pt_train_result *result = &trial->result;
    double value = value_of(trial, trial->job->stop.metric);
    arm->joules += work_joules(&result->meter, true);
    arm->seconds += work_seconds(&result->meter);
    arm->samples = pt_run_samples_after(&trial->length, result->steps);
    arm->check_samples =
        trial->length.evaluate_every * trial->arm->batch * trial->length.accumulate;
    if (!isnan(value))
        arm->value = value;
    arm->reached = result->finished && trial->job->stop.metric == PT_STOP_TEST_ACCURACY
                       ? arm->value >= trial->job->stop.target
                       : result->finished && arm->value <= trial->job->stop.target;
    resolve_short_run(arm, &result->meter);
    if (!arm->reached && result->finished) {
        arm->given_up = true;
        snprintf(arm->reason, sizeof arm->reason, "the run's end, %s %.4g",
                 pt_stop_metric_text(trial->job->stop.metric), arm->value);
    }
}

enum pt_status pt_tune_train(struct pt_tune_job *job, int index, double joules,
                             struct pt_error *error)
{
    char path[128];
    struct pt_tune_arm *arm = &job->arms[index];
    struct trial trial = {
        .job = job, .arm = arm, .joules_before = arm->joules, .joules_most = joules};
    bool resume = arm->samples > 0;
    if (arm->joules >= joules)
        return PT_OK;
    enum pt_status status =
        run_trial(&trial, checkpoint_path(job, index, path, sizeof path), resume, error);
    if (status == PT_OK) {
        settle_round(&trial);
    } else if (status == PT_DIVERGED) {
        arm->joules += work_joules(&trial.result.meter, true);
        arm->given_up = true;
        snprintf(arm->reason, sizeof arm->reason, "diverged");
        status = PT_OK;
    }
    close_trial(&trial);
    return status;
}

bool pt_tune_is_late(const struct pt_tune_job *job)
{
    return pt_clock_monotonic(&pt_system_clock) >= job->deadline_ns;
}

void pt_tune_clean(struct pt_tune_job *job)
{
    char path[128];
    if (job->folder[0] == '\0')
        return;
    for (int i = 0; i < job->count; i++)
        unlink(checkpoint_path(job, i, path, sizeof path));
    rmdir(job->folder);
}
