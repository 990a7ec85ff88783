// powertrain tune: the settings of a run that reach its target with the fewest joules.

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/parse.h"
#include "base/units.h"
#include "cli/command_line.h"
#include "cli/tune.h"
#include "job/power_limit.h"
#include "train/run_length.h"

volatile sig_atomic_t pt_tune_signal;

// Evaluations of large data sets are this many samples apart, or a quarter of an epoch: else a
// whole epoch would be the finest that two settings can differ by.
static const int64_t check_samples_least = 10000;

static void on_signal(int number)
{
    pt_tune_signal = number;
    signal(number, SIG_DFL);
}

// ---- what is asked

static enum pt_status read_target(struct pt_tune_job *job, struct pt_error *error)
{
    const struct pt_tune_options *options = &job->options;
    bool loss = !isnan(options->target_loss), accuracy = !isnan(options->target_accuracy);
    if (loss == accuracy)
        return pt_fail(error, PT_USAGE,
                       "one of --target-loss and --target-accuracy is needed: when is it trained?");
    if (accuracy && !(options->target_accuracy > 0 && options->target_accuracy <= 1))
        return pt_fail(error, PT_USAGE, "--target-accuracy %g: a share above 0 and at most 1",
                       options->target_accuracy);
    if (loss && !isfinite(options->target_loss))
        return pt_fail(error, PT_USAGE, "--target-loss %g: it must be a finite number",
                       options->target_loss);
    bool has_test = job->setup.data.test != NULL;
    if (accuracy && !has_test)
        return pt_fail(error, PT_BAD_INPUT,
                       "--target-accuracy needs a test set; give the data a test_share");
    job->stop = (struct pt_stop_config){
        .wanted = true,
        .metric = accuracy   ? PT_STOP_TEST_ACCURACY
                  : has_test ? PT_STOP_TEST_LOSS
                             : PT_STOP_LOSS,
        .target = accuracy ? options->target_accuracy : options->target_loss,
    };
    return PT_OK;
}

static enum pt_status read_params(struct pt_tune_job *job, struct pt_error *error)
{
    char word[32];
    for (const char *at = job->options.params; *at != '\0';) {
        size_t length = strcspn(at, ",");
        snprintf(word, sizeof word, "%.*s", (int)(length < sizeof word ? length : sizeof word - 1),
                 at);
        if (strcmp(word, "batch") == 0)
            job->vary_batch = true;
        else if (strcmp(word, "threads") == 0)
            job->vary_threads = true;
        else if (strcmp(word, "precision") == 0)
            job->vary_precision = true;
        else if (strcmp(word, "rate") == 0)
            job->vary_rate = true;
        else
            return pt_fail(error, PT_USAGE,
                           "--params %s: unknown; there are batch, threads, precision and rate",
                           word);
        at += length + (at[length] == ',');
    }
    return PT_OK;
}

// Relative paths in a run file start in its folder, so the new one must lie in the same.
static enum pt_status check_output(const struct pt_tune_job *job, struct pt_error *error)
{
    char own[PATH_MAX], other[PATH_MAX], folder[PATH_MAX];
    const char *output = job->options.output;
    if (output == NULL)
        return PT_OK;
    const char *slash = strrchr(output, '/');
    snprintf(folder, sizeof folder, "%.*s", slash == NULL ? 1 : (int)(slash - output + 1),
             slash == NULL ? "." : output);
    if (realpath(folder, other) == NULL)
        return pt_fail(error, PT_NOT_FOUND, "--output %s: %s: %s", output, folder, strerror(errno));
    const char *directory = job->setup.config.directory;
    if (realpath(directory == NULL || *directory == '\0' ? "." : directory, own) == NULL)
        return pt_fail(error, PT_NOT_FOUND, "%s: %s", directory, strerror(errno));
    if (strcmp(own, other) != 0)
        return pt_fail(error, PT_USAGE,
                       "--output %s: paths in a run file start in its folder, so it must lie in "
                       "%s too",
                       output, own);
    return PT_OK;
}

static enum pt_status read_time(struct pt_tune_job *job, struct pt_error *error)
{
    double seconds;
    if (!pt_parse_duration(job->options.max_time, &seconds) || seconds <= 0 || seconds > 1e7)
        return pt_fail(error, PT_USAGE, "--max-time %s: it takes 30s, 10m or 2h",
                       job->options.max_time);
    job->deadline_ns = pt_clock_monotonic(&pt_system_clock) +
                       (int64_t)(seconds * (double)PT_NANOSECONDS_PER_SECOND);
    return PT_OK;
}

// ---- arms

static int add_distinct(int64_t *list, int count, int64_t value)
{
    for (int i = 0; i < count; i++)
        if (list[i] == value)
            return count;
    list[count] = value;
    return count + 1;
}

static int batches(const struct pt_tune_job *job, int64_t list[5])
{
    int64_t own = job->setup.plan.batch, most = job->setup.plan.train_samples;
    int count = add_distinct(list, 0, own);
    for (int shift = 1; job->vary_batch && shift <= 2; shift++) {
        if (own >> shift >= 1)
            count = add_distinct(list, count, own >> shift);
        if (own <= most >> shift)
            count = add_distinct(list, count, own << shift);
    }
    return count;
}

static int threads(const struct pt_tune_job *job, int64_t list[4])
{
    int64_t all = job->setup.cpu.threads;
    int count = add_distinct(list, 0, job->setup.threads);
    if (!job->vary_threads)
        return count;
    count = add_distinct(list, count, all);
    count = add_distinct(list, count, all > 1 ? all / 2 : 1);
    return add_distinct(list, count, 1);
}

// Clearly fewer joules; or as many, as far as can be told, and faster.
static bool is_thriftier(const struct pt_tune_arm *a, const struct pt_tune_arm *b)
{
    const struct pt_quantity *mine = &a->joules_per_sample, *other = &b->joules_per_sample;
    bool same = mine->low <= other->high && other->low <= mine->high;
    return same ? a->samples_per_second > b->samples_per_second : mine->value < other->value;
}

// The run file's own settings have been measured already.
static enum pt_status measure_once(struct pt_tune_job *job, struct pt_tune_arm *arm,
                                   struct pt_error *error)
{
    const struct pt_tune_arm *own = &job->arms[0];
    if (arm->batch != own->batch || arm->threads != own->threads ||
        arm->precision != own->precision)
        return pt_tune_measure(job, arm, error);
    arm->joules_per_sample = own->joules_per_sample;
    arm->samples_per_second = own->samples_per_second;
    return PT_OK;
}

// The number of threads with which a sample takes the fewest joules.
static enum pt_status choose_threads(struct pt_tune_job *job, struct pt_tune_arm *arm,
                                     struct pt_error *error)
{
    int64_t list[4];
    int count = threads(job, list);
    struct pt_tune_arm best = *arm;
    for (int i = 0; i < count; i++) {
        struct pt_tune_arm tried = *arm;
        tried.threads = (int)list[i];
        enum pt_status status = measure_once(job, &tried, error);
        if (status != PT_OK)
            return status;
        if (i == 0 || is_thriftier(&tried, &best))
            best = tried;
    }
    *arm = best;
    return PT_OK;
}

static struct pt_tune_arm make_arm(const struct pt_tune_job *job, int64_t batch,
                                   enum pt_precision precision, double factor)
{
    const struct pt_run_config *own = &job->setup.config;
    return (struct pt_tune_arm){
        .batch = batch,
        .threads = job->setup.threads,
        .precision = precision,
        .learning_rate = factor * pt_tune_learning_rate(own->optimizer.kind, own->learning_rate,
                                                        job->setup.plan.batch, batch),
        .joules_per_sample = pt_quantity_missing(),
        .samples_per_second = NAN,
        .value = NAN,
    };
}

// The same batch, precision and threads with each learning rate.
static void add_rates(struct pt_tune_job *job, const struct pt_tune_arm *measured)
{
    static const double factors[] = {1, 0.5, 2};
    for (int i = 0; i < (job->vary_rate ? 3 : 1) && job->count < PT_TUNE_ARMS_MAX; i++) {
        const struct pt_tune_arm *own = &job->arms[0];
        struct pt_tune_arm arm = *measured;
        arm.learning_rate *= factors[i];
        if (arm.batch != own->batch || arm.precision != own->precision ||
            arm.threads != own->threads || arm.learning_rate != own->learning_rate)
            job->arms[job->count++] = arm;
    }
}

static enum pt_status make_arms(struct pt_tune_job *job, struct pt_error *error)
{
    int64_t list[5];
    enum pt_precision precision = job->setup.config.precision;
    int batch_count = batches(job, list);
    job->arms[0] = make_arm(job, job->setup.plan.batch, precision, 1);
    job->arms[0].is_own = true;
    job->count = 1;
    enum pt_status status = pt_tune_measure(job, &job->arms[0], error);
    for (int p = 0; status == PT_OK && p < (job->vary_precision ? 2 : 1); p++) {
        for (int b = 0; status == PT_OK && b < batch_count; b++) {
            struct pt_tune_arm arm = make_arm(job, list[b], precision, 1);
            status = choose_threads(job, &arm, error);
            if (status == PT_OK)
                add_rates(job, &arm);
        }
        precision = precision == PT_PRECISION_FP32 ? PT_PRECISION_BF16 : PT_PRECISION_FP32;
    }
    return status;
}

// ---- the race

static void tell_round(const struct pt_tune_job *job, int round, double joules)
{
    if (!job->options.quiet)
        fprintf(stderr, "round %d: %d settings, up to %.3g J each\n", round,
                pt_tune_running(job->arms, job->count), joules);
}

static enum pt_status race(struct pt_tune_job *job, struct pt_error *error)
{
    enum pt_status status = PT_OK;
    double joules = 2.5 * (double)job->check_samples * job->arms[0].joules_per_sample.value;
    for (int round = 1; pt_tune_running(job->arms, job->count) > 0; round++, joules *= 2) {
        tell_round(job, round, joules);
        for (int i = 0; i < job->count; i++) {
            int best = pt_tune_best(job->arms, job->count);
            double most = best == PT_TUNE_NONE ? joules : job->arms[best].joules;
            if (!job->arms[i].reached && !job->arms[i].given_up)
                status = pt_tune_train(job, i, most, error);
            if (status != PT_OK || pt_tune_signal != 0 || pt_tune_is_late(job))
                return status;
        }
        pt_tune_end_round(job->arms, job->count, job->stop.metric);
    }
    return PT_OK;
}

// What the run file's own settings take is what the saving is measured by.
static enum pt_status finish_own(struct pt_tune_job *job, struct pt_error *error)
{
    struct pt_tune_arm *own = &job->arms[0];
    bool at_end = strncmp(own->reason, "the run's end", 13) == 0 || own->reason[0] == 'd';
    if (own->reached || at_end || pt_tune_signal != 0 || pt_tune_is_late(job))
        return PT_OK;
    own->given_up = false;
    return pt_tune_train(job, 0, INFINITY, error);
}

// ---- all of it

static void note_caps(struct pt_tune_job *job)
{
    struct pt_sensor_options options = {
        .root = job->options.run.root == NULL ? "" : job->options.run.root};
    struct pt_power_limit *list = NULL;
    int count = 0, writable = 0;
    if (pt_power_limits(&options, &list, &count, NULL, NULL) != PT_OK)
        count = 0;
    for (int i = 0; i < count; i++)
        writable += list[i].role == PT_LIMIT_CPU_WATTS && list[i].is_writable;
    free(list);
    snprintf(job->note, sizeof job->note, "%s",
             writable > 0 ? "power caps of processors may be changed here but are no part of a run "
                            "file: try them with powertrain power set"
                          : "no power cap of a processor may be changed here, so none was tried");
}

static enum pt_status prepare(struct pt_tune_job *job, struct pt_error *error)
{
    struct pt_run_length length;
    enum pt_status status = read_params(job, error);
    if (status == PT_OK)
        status = read_time(job, error);
    if (status == PT_OK)
        status = pt_run_setup_open(&job->setup, &job->options.run, error);
    if (status == PT_OK)
        status = read_target(job, error);
    if (status == PT_OK)
        status = check_output(job, error);
    if (status == PT_OK)
        status = pt_run_length_make(&job->setup.config, job->setup.plan.train_samples,
                                    job->setup.plan.batch, &length, error);
    if (status != PT_OK)
        return status;
    int64_t most = job->setup.plan.train_samples / 4;
    most = most > check_samples_least ? most : check_samples_least;
    int64_t own = pt_run_samples_after(&length, length.evaluate_every < length.step_count
                                                    ? length.evaluate_every
                                                    : length.step_count);
    job->check_samples = own < most ? own : most;
    note_caps(job);
    const char *ledger = job->options.run.ledger;
    return ledger != NULL && strcmp(ledger, "none") == 0
               ? PT_OK
               : pt_ledger_open(ledger, &job->ledger, error);
}

static enum pt_status make_folder(struct pt_tune_job *job, struct pt_error *error)
{
    const char *parent = getenv("TMPDIR");
    char folder[sizeof job->folder];
    int length = snprintf(folder, sizeof folder, "%s/powertrain-tune-XXXXXX",
                          parent == NULL || *parent == '\0' ? "/tmp" : parent);
    if (length >= (int)sizeof folder)
        return pt_fail(error, PT_BAD_INPUT, "TMPDIR %s: too long", parent);
    if (mkdtemp(folder) == NULL)
        return pt_fail(error, PT_DENIED, "%s: %s; set TMPDIR to a folder that can be written",
                       folder, strerror(errno));
    memcpy(job->folder, folder, sizeof folder);
    return PT_OK;
}

static enum pt_status search(struct pt_tune_job *job, struct pt_error *error)
{
    enum pt_status status = prepare(job, error);
    if (status == PT_OK)
        status = make_folder(job, error);
    if (status != PT_OK)
        return status;
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    status = make_arms(job, error);
    if (status == PT_OK)
        status = race(job, error);
    if (status == PT_OK)
        status = finish_own(job, error);
    return status;
}

static enum pt_status nobody_is_there(const struct pt_tune_job *job, struct pt_error *error)
{
    double nearest = NAN;
    bool accuracy = job->stop.metric == PT_STOP_TEST_ACCURACY;
    for (int i = 0; i < job->count; i++)
        if (!isnan(job->arms[i].value))
            nearest =
                accuracy ? fmax(nearest, job->arms[i].value) : fmin(nearest, job->arms[i].value);
    return pt_fail(
        error, PT_INFEASIBLE,
        "no settings reached %s %g %s; the nearest was %.4g: allow more --max-time, more "
        "epochs or an easier target",
        pt_stop_metric_text(job->stop.metric), job->stop.target,
        pt_tune_is_late(job) ? "in the time" : "before the run's end", nearest);
}

static int tune(struct pt_tune_job *job)
{
    struct pt_error error;
    enum pt_status status = search(job, &error);
    pt_tune_clean(job);
    int best = pt_tune_best(job->arms, job->count);
    if (pt_tune_signal != 0)
        return 128 + pt_tune_signal;
    if (status == PT_OK && best == PT_TUNE_NONE)
        status = nobody_is_there(job, &error);
    if (status == PT_OK && job->options.output != NULL)
        status = pt_tune_write(job, best, &error);
    if (job->count > 0 && job->trials > 0 && !job->options.json)
        pt_tune_print(job, 0, best, stdout);
    else if (status == PT_OK)
        pt_tune_print_json(job, 0, best);
    return status == PT_OK ? PT_EXIT_OK : pt_exit_with(job->verb, status, &error);
}

static int run(const struct pt_verb *verb, int argc, char **argv)
{
    struct pt_tune_job *job = calloc(1, sizeof *job);
    struct pt_error memory;
    if (job == NULL)
        return pt_exit_with(verb, pt_fail(&memory, PT_NO_MEMORY, "out of memory"), &memory);
    struct pt_tune_options *chosen = &job->options;
    job->verb = verb;
    *chosen = (struct pt_tune_options){
        .target_loss = NAN, .target_accuracy = NAN, .max_time = "30m", .params = "batch,threads"};
    const struct pt_option options[] = {
        {"target-loss", 0, PT_OPTION_NUMBER, &chosen->target_loss, "X",
         "of the test set, without one of training"},
        {"target-accuracy", 0, PT_OPTION_NUMBER, &chosen->target_accuracy, "Y",
         "of the test set, 0 to 1"},
        {"max-time", 0, PT_OPTION_TEXT, &chosen->max_time, "TIME", "for the race (default: 30m)"},
        {"params", 0, PT_OPTION_TEXT, &chosen->params, "LIST",
         "of batch, threads, precision, rate (default: batch,threads)"},
        {"output", 'o', PT_OPTION_TEXT, &chosen->output, "FILE",
         "write the best run file here, in the folder of the old one"},
        {"set", 0, PT_OPTION_LIST, &chosen->run.settings, "KEY=VALUE",
         "replace a value of the run file; may be repeated"},
        {"region", 'r', PT_OPTION_TEXT, &chosen->run.region, "CODE",
         "country or region, for price and carbon (powertrain grids)"},
        {"sensor", 's', PT_OPTION_TEXT, &chosen->sensor, "NAME",
         "instead of the best that works (powertrain doctor)"},
        {"replay", 0, PT_OPTION_TEXT, &chosen->replay, "FILE", "read energy from a recorded file"},
        {"ledger", 0, PT_OPTION_TEXT, &chosen->run.ledger, "PATH",
         "instead of the one in the data directory; none: keep no record"},
        {"root", 0, PT_OPTION_TEXT, &chosen->run.root, "DIR", "read /proc and /sys below DIR"},
        {"json", 0, PT_OPTION_FLAG, &chosen->json, NULL, "print one JSON object at the end"},
        {"quiet", 'q', PT_OPTION_FLAG, &chosen->quiet, NULL, "no progress"},
        {.name = NULL},
    };
    int first, exit_code;
    if (!pt_parse_options(verb, options, argc, argv, false, &first, &exit_code)) {
        free(job);
        return exit_code;
    }
    if (argc - first != 1) {
        fprintf(stderr, "powertrain tune: one run file is needed: powertrain %s\n", verb->synopsis);
        free(job);
        return PT_EXIT_USAGE;
    }
    struct pt_arena *words = pt_arena_create();
    chosen->run.path = argv[first];
    job->command = words == NULL ? NULL : pt_command_line(words, argc, argv);
    exit_code = job->command == NULL
                    ? pt_exit_with(verb, pt_fail(&memory, PT_NO_MEMORY, "out of memory"), &memory)
                    : tune(job);
    pt_ledger_close(job->ledger);
    pt_run_setup_close(&job->setup);
    pt_arena_destroy(words);
    free(job);
    return exit_code;
}

const struct pt_verb pt_verb_tune = {
    .name = "tune",
    .synopsis = "tune RUN.yaml --target-loss X|--target-accuracy Y [OPTIONS]",
    .summary = "find the settings that reach a target with the fewest joules",
    .example = "powertrain tune examples/classifier.yaml --target-accuracy 0.95 -o "
               "examples/best.yaml",
    .computes = true,
    .run = run,
};
