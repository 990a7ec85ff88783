// powertrain train: plan, train with live power and cost, bill, report.

#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/file.h"
#include "base/table.h"
#include "base/units.h"
#include "cli/calibrate_sensors.h"
#include "cli/command_line.h"
#include "cli/meter_outputs.h"
#include "cli/run_setup.h"
#include "cli/train_budget.h"
#include "cli/train_screen.h"
#include "meter/bill.h"
#include "report/report.h"

static const int64_t ledger_interval_ns = 5 * PT_NANOSECONDS_PER_SECOND;

static volatile sig_atomic_t stop_signal;

// The first signal asks for an orderly end, the second one kills.
static void on_signal(int number)
{
    stop_signal = number;
    signal(number, SIG_DFL);
}

struct train_options {
    struct pt_run_options run;
    const char *output, *checkpoint, *ledger, *sensor, *replay;
    bool resume, json, quiet, no_report, profile, calibrated;
    struct pt_train_budget budget;
};

extern char **environ;

struct train_job {
    const struct pt_verb *verb;
    struct train_options options;
    struct pt_run_setup setup;
    struct pt_sensor *sensor;
    struct pt_trainer *trainer;
    struct pt_ledger *ledger;
    struct pt_run_record record;
    struct pt_record_run run; // its name among all runs, and the meter that it is within
    struct pt_train_screen screen;
    struct pt_train_result result;
    struct pt_profile profile; // with options.profile, once the run has ended
    char energy_source[128];
    int64_t process_start_ns, last_ledger_ns;
    const char *report_path, *best_path;
    char *result_json, *plan_json;
};

// ---- before

static enum pt_status choose_paths(struct train_job *job, struct pt_error *error)
{
    struct train_options *options = &job->options;
    struct pt_arena *arena = job->setup.arena;
    if (options->output == NULL)
        options->output = pt_arena_printf(arena, "runs/%s", job->setup.graph->name);
    if (options->output == NULL)
        return pt_fail(error, PT_NO_MEMORY, "out of memory");
    enum pt_status status = pt_make_directories(options->output, error);
    if (status != PT_OK)
        return status;
    if (options->checkpoint == NULL)
        options->checkpoint = pt_arena_printf(arena, "%s/checkpoint.safetensors", options->output);
    job->report_path = pt_arena_printf(arena, "%s/report.html", options->output);
    job->best_path = pt_arena_printf(arena, "%s/best.safetensors", options->output);
    if (options->checkpoint == NULL || job->report_path == NULL || job->best_path == NULL)
        return pt_fail(error, PT_NO_MEMORY, "out of memory");
    return PT_OK;
}

static enum pt_status open_sensor(struct train_job *job, struct pt_error *error)
{
    struct pt_sensor_options options = {
        .root = job->options.run.root == NULL ? "" : job->options.run.root,
        .file = job->options.replay};
    const char *name = job->options.sensor;
    if (name == NULL && job->options.replay != NULL)
        name = "replay";
    enum pt_status status = name == NULL ? pt_sensor_open_best(&options, &job->sensor, error)
                                         : pt_sensor_open(name, &options, &job->sensor, error);
    if (status == PT_OK && job->options.calibrated)
        status = pt_use_calibration(job->sensor, error);
    return status;
}

// A ledger that cannot be used for good is an error now, before energy is spent; one that is only
// busy is tried again at the end.
static enum pt_status open_ledger(struct train_job *job, struct pt_error *error)
{
    if (job->options.ledger != NULL && strcmp(job->options.ledger, "none") == 0)
        return PT_OK;
    enum pt_status status = pt_record_run_init(&job->run, environ, NULL, error);
    if (status != PT_OK)
        return status;
    job->record.origin = pt_outputs_origin_of(job->setup.arena, &job->run);
    status = pt_ledger_open(job->options.ledger, &job->ledger, error);
    if (status == PT_OK)
        status = pt_ledger_begin(job->ledger, &job->record, &job->record.id, error);
    if (status != PT_BUSY && status != PT_DISK_FULL)
        return status;
    fprintf(stderr,
            "powertrain train: warning: %s; training goes on, the ledger is tried again at "
            "the end\n",
            error->message);
    return PT_OK;
}

// The JSON that write_fields writes, as a text that the caller frees; NULL: out of memory.
static char *json_text(const struct train_job *job,
                       void (*write)(const struct train_job *job, struct pt_json_writer *writer))
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    if (stream == NULL)
        return NULL;
    struct pt_json_writer writer;
    pt_json_begin(&writer, stream, false);
    write(job, &writer);
    fclose(stream);
    return text;
}

static void write_plan(const struct train_job *job, struct pt_json_writer *writer)
{
    pt_write_plan_json(&job->setup, writer, NULL);
}

static enum pt_status fill_record(struct train_job *job, int argc, char **argv,
                                  struct pt_error *error)
{
    job->plan_json = json_text(job, write_plan);
    snprintf(job->energy_source, sizeof job->energy_source, "%s", pt_sensor_source(job->sensor));
    job->record = (struct pt_run_record){
        .kind = "train",
        .name = job->setup.graph->name,
        .command = pt_command_line(job->setup.arena, argc, argv),
        .machine = job->setup.machine,
        .sensor = pt_sensor_name(job->sensor),
        .status = "running",
        .plan_json = job->plan_json,
        .graph_signature = pt_graph_signature(job->setup.graph),
        .start_realtime_ns = pt_clock_realtime(&pt_system_clock),
        .has_prediction = true,
        .prediction = job->setup.plan.bill,
    };
    return job->plan_json != NULL && job->record.command != NULL
               ? PT_OK
               : pt_fail(error, PT_NO_MEMORY, "out of memory");
}

// ---- while it runs

// A budget that is used up ends the run as a signal does.
static void look_at_budget(struct train_job *job, const struct pt_train_progress *progress)
{
    struct pt_train_budget *budget = &job->options.budget;
    struct pt_bill bill;
    if (budget->watch.count == 0 || pt_bill_of_meter(&progress->meter, &job->setup.tariff,
                                                     job->energy_source, &bill, NULL) != PT_OK)
        return;
    if (pt_train_budget_look(budget, &job->screen, &bill, progress))
        stop_signal = SIGTERM;
}

static void on_progress(void *state, const struct pt_train_progress *progress)
{
    struct train_job *job = state;
    pt_train_screen_show(&job->screen, progress);
    look_at_budget(job, progress);
    int64_t now = pt_clock_monotonic(&pt_system_clock);
    if (job->record.id == 0 || now - job->last_ledger_ns < ledger_interval_ns)
        return;
    job->last_ledger_ns = now;
    struct pt_error error;
    struct pt_bill bill;
    int64_t point_count, sample_count;
    const struct pt_progress_point *points = pt_trainer_points(job->trainer, &point_count);
    const struct pt_meter_sample *samples = pt_trainer_samples(job->trainer, &sample_count);
    enum pt_status status =
        pt_bill_of_meter(&progress->meter, &job->setup.tariff, job->energy_source, &bill, &error);
    if (status == PT_OK)
        status = pt_ledger_progress(job->ledger, job->record.id, points, point_count, samples,
                                    sample_count, &bill, &error);
    if (status != PT_OK) {
        pt_train_screen_end(&job->screen);
        fprintf(stderr, "powertrain train: warning: %s; training goes on\n", error.message);
    }
}

static enum pt_status create_trainer(struct train_job *job, struct pt_error *error)
{
    struct pt_trainer_options options = {
        .config = &job->setup.config,
        .graph = job->setup.graph,
        .data = job->setup.data,
        .threads = job->setup.threads,
        .sensor = job->sensor,
        .tariff = &job->setup.tariff,
        .root = job->options.run.root == NULL ? "" : job->options.run.root,
        .checkpoint_path = job->options.checkpoint,
        .best_path = job->best_path,
        .resume = job->options.resume,
        .profile = job->options.profile,
        .stop = &stop_signal,
        .on_progress = on_progress,
        .state = job,
    };
    return pt_trainer_create(&options, &job->trainer, error);
}

// ---- after

static double peak_resident_bytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss * PT_BYTES_PER_KIB;
}

// Why a run ended before its last step; NULL: it did not, or somebody stopped it.
static const char *stop_reason(const struct train_job *job)
{
    const struct pt_train_result *result = &job->result;
    if (!result->finished && job->options.budget.used_up != NULL)
        return "budget";
    return result->reason == PT_STOP_TARGET     ? "target"
           : result->reason == PT_STOP_PATIENCE ? "patience"
                                                : NULL;
}

// Of a time series under the loss mse: that of the forecast that nothing changes, on the test part.
// NAN: no such thing.
static double naive_loss(const struct train_job *job)
{
    const struct pt_graph *graph = job->setup.graph;
    const struct pt_dataset *test = job->setup.data.test;
    int loss = pt_graph_tensor(graph, graph->loss)->producer;
    return test != NULL && strcmp(graph->ops[loss].kind->name, "mse") == 0 ? test->naive_mse : NAN;
}

static void write_result_fields(const struct train_job *job, struct pt_json_writer *writer)
{
    const struct pt_train_result *result = &job->result;
    pt_json_number(writer, "loss", result->loss);
    pt_json_number(writer, "test_loss", result->test_loss);
    pt_json_number(writer, "accuracy", result->test_accuracy);
    if (!isnan(naive_loss(job)))
        pt_json_number(writer, "naive_test_loss", naive_loss(job));
    pt_json_number(writer, "best", result->best);
    pt_json_integer(writer, "best_step", result->best_step);
    pt_json_string(writer, "stopped_by", stop_reason(job));
    pt_json_integer(writer, "steps", result->steps);
    pt_json_integer(writer, "step_count", result->step_count);
    pt_json_bool(writer, "finished", result->finished);
    pt_json_bool(writer, "resumed", result->resumed);
    pt_json_integer(writer, "samples", result->samples);
    pt_json_number(writer, "samples_per_second", result->samples_per_second);
    if (result->tokens_per_sample > 0) {
        pt_json_number(writer, "tokens", result->full_samples * (double)result->tokens_per_sample);
        pt_json_number(writer, "tokens_per_second",
                       result->samples_per_second * (double)result->tokens_per_sample);
        pt_json_number(writer, "test_perplexity", exp(result->test_loss));
    }
    pt_json_number(writer, "waited_seconds", result->waited_seconds);
    pt_json_number(writer, "start_to_first_step_seconds",
                   result->first_step_ns == 0
                       ? NAN
                       : (double)(result->first_step_ns - job->process_start_ns) /
                             (double)PT_NANOSECONDS_PER_SECOND);
    pt_json_number(writer, "peak_rss_bytes", peak_resident_bytes());
    pt_json_integer(writer, "executed_flop", result->executed_flop);
    pt_json_string(writer, "matmul", result->matmul);
    pt_json_number(writer, "meter_cpu_seconds", result->meter.own_cpu_seconds);
    pt_json_number(writer, "meter_coverage", result->meter.coverage);
    if (job->profile.row_count > 0)
        pt_profile_write_json(&job->profile, writer, "profile");
}

static void write_result(const struct train_job *job, struct pt_json_writer *writer)
{
    pt_json_object(writer, NULL);
    write_result_fields(job, writer);
    pt_json_end_object(writer);
}

static void print_json(const struct train_job *job)
{
    struct pt_json_writer writer;
    pt_json_begin(&writer, stdout, true);
    pt_json_object(&writer, NULL);
    pt_json_string(&writer, "name", job->record.name);
    pt_json_string(&writer, "status", job->record.status);
    pt_json_string(&writer, "machine", job->record.machine);
    pt_json_string(&writer, "sensor", job->record.sensor);
    if (job->record.id > 0)
        pt_json_integer(&writer, "run", job->record.id);
    write_result_fields(job, &writer);
    pt_json_string(&writer, "checkpoint", job->options.checkpoint);
    pt_json_string(&writer, "report", job->options.no_report ? NULL : job->report_path);
    pt_write_plan_json(&job->setup, &writer, "plan");
    pt_bill_write_json(&job->record.prediction, &writer, "prediction");
    pt_bill_write_json(&job->record.bill, &writer, "bill");
    pt_json_end_object(&writer);
    putchar('\n');
}

static void print_profile(const struct train_job *job)
{
    struct pt_error error;
    int width = isatty(STDOUT_FILENO) ? pt_terminal_width(STDOUT_FILENO) : 0;
    if (pt_report_profile(stdout, &job->profile, width, &error) != PT_OK)
        fprintf(stderr, "powertrain train: warning: %s\n", error.message);
    printf("\n");
}

static void print_result(const struct train_job *job)
{
    const struct pt_train_result *result = &job->result;
    char rate[48], flop[48];
    bool tokens = result->tokens_per_sample > 0;
    printf("\n%s after %lld of %lld steps", result->finished ? "Trained" : "Stopped",
           (long long)result->steps, (long long)result->step_count);
    if (!result->finished && job->options.budget.used_up != NULL)
        printf(" (the budget of %s is used up)", job->options.budget.used_up->text);
    if (result->reason != PT_STOP_NONE)
        printf(" (%s)", result->reason == PT_STOP_TARGET ? "the target is reached"
                                                         : "it no longer gets better");
    printf(": ");
    if (!isnan(result->test_accuracy))
        printf("test accuracy %.2f %%, ", 100 * result->test_accuracy);
    else if (!isnan(result->test_loss))
        printf("test loss %.6g, ", result->test_loss);
    if (!isnan(naive_loss(job)) && !isnan(result->test_loss))
        printf("%.3f of the %.4g that \"no change\" gets, ", result->test_loss / naive_loss(job),
               naive_loss(job));
    if (!isnan(result->test_loss) && tokens)
        printf("perplexity %.4g, ", exp(result->test_loss));
    if (!isnan(result->loss)) // a run resumed at its end has only an evaluation
        printf("loss %.6g, ", result->loss);
    if (!isnan(result->samples_per_second))
        printf("%s %s/s, ",
               pt_format_count(round(result->samples_per_second *
                                     (tokens ? (double)result->tokens_per_sample : 1)),
                               rate),
               tokens ? "tokens" : "samples");
    printf("%s\n\n", pt_format_flop((double)result->executed_flop, flop));
    pt_report_bill(stdout, &job->record.bill, &job->record.prediction,
                   isatty(STDOUT_FILENO) ? pt_terminal_width(STDOUT_FILENO) : 0);
    printf("\n");
    if (job->profile.row_count > 0)
        print_profile(job);
    if (result->checkpoint_saved)
        printf("checkpoint  %s%s\n", job->options.checkpoint,
               result->finished ? "" : "  (go on with --resume)");
    if (result->best_saved)
        printf("best        %s  (step %lld)\n", job->best_path, (long long)result->best_step);
    if (!job->options.no_report)
        printf("report      %s\n", job->report_path);
    if (job->record.id > 0)
        printf("ledger      run %lld in %s\n", (long long)job->record.id,
               pt_ledger_path(job->ledger));
}

// Bill and prediction of what this process did.
static enum pt_status settle(struct train_job *job, struct pt_error *error)
{
    const struct pt_train_result *result = &job->result;
    struct pt_run_setup *setup = &job->setup;
    double share = pt_run_plan_share(&setup->plan, result->start_step, result->steps);
    enum pt_status status = pt_bill_of_meter(&result->meter, &setup->tariff, job->energy_source,
                                             &job->record.bill, error);
    if (status == PT_OK)
        status =
            pt_run_plan_bill(&setup->inputs, &setup->plan, share, &job->record.prediction, error);
    if (status == PT_OK && job->options.profile)
        status = pt_profile_make(setup->arena, pt_trainer_network(job->trainer), &setup->inputs,
                                 &setup->plan, result->start_step, result->steps, &job->record.bill,
                                 &job->profile, error);
    job->result_json = json_text(job, write_result);
    job->record.has_bill = status == PT_OK;
    job->record.result_json = job->result_json;
    job->record.end_realtime_ns = result->meter.end_realtime_ns;
    job->record.duration_seconds = result->meter.seconds;
    return status;
}

static enum pt_status write_ledger(struct train_job *job, struct pt_error *error)
{
    enum pt_status status = PT_OK;
    int64_t point_count, sample_count;
    const struct pt_progress_point *points = pt_trainer_points(job->trainer, &point_count);
    const struct pt_meter_sample *samples = pt_trainer_samples(job->trainer, &sample_count);
    if (job->options.ledger != NULL && strcmp(job->options.ledger, "none") == 0)
        return PT_OK;
    if (job->ledger == NULL)
        status = pt_ledger_open(job->options.ledger, &job->ledger, error);
    if (status == PT_OK && job->record.id == 0)
        status = pt_ledger_begin(job->ledger, &job->record, &job->record.id, error);
    if (status == PT_OK)
        status = pt_ledger_progress(job->ledger, job->record.id, points, point_count, samples,
                                    sample_count, &job->record.bill, error);
    return status == PT_OK ? pt_ledger_end(job->ledger, &job->record, error) : status;
}

static enum pt_status write_report(const struct train_job *job, struct pt_error *error)
{
    int64_t point_count, sample_count;
    const struct pt_progress_point *points = pt_trainer_points(job->trainer, &point_count);
    const struct pt_meter_sample *samples = pt_trainer_samples(job->trainer, &sample_count);
    return job->options.no_report ? PT_OK
                                  : pt_report_html(job->report_path, &job->record, points,
                                                   point_count, samples, sample_count, error);
}

// Says what failed, if anything; the exit code is that of the first failure.
static int note_failure(const struct train_job *job, int code, enum pt_status status,
                        const struct pt_error *error)
{
    int failure = status == PT_OK ? PT_EXIT_OK : pt_exit_with(job->verb, status, error);
    return code != PT_EXIT_OK ? code : failure;
}

// Everything that can still be kept is kept, whatever failed.
static int end(struct train_job *job, enum pt_status trained, struct pt_error *error)
{
    struct pt_error later;
    int code = note_failure(job, PT_EXIT_OK, trained, error);
    if (trained == PT_OK && !job->result.finished)
        code = job->options.budget.used_up != NULL ? PT_EXIT_BUDGET
               : stop_signal != 0                  ? 128 + stop_signal
                                                   : PT_EXIT_FAILED;
    job->record.status = trained != PT_OK       ? "failed"
                         : job->result.finished ? "finished"
                                                : "interrupted";
    job->record.exit_status = code;
    code = note_failure(job, code, settle(job, &later), &later);
    code = note_failure(job, code, write_ledger(job, &later), &later);
    enum pt_status reported = write_report(job, &later);
    job->options.no_report = job->options.no_report || reported != PT_OK;
    code = note_failure(job, code, reported, &later);
    if (job->options.json)
        print_json(job);
    else
        print_result(job);
    return code;
}

static enum pt_status prepare(struct train_job *job, int argc, char **argv, struct pt_error *error)
{
    job->options.run.ledger = job->options.ledger;
    enum pt_status status = pt_run_setup_open(&job->setup, &job->options.run, error);
    if (status == PT_OK)
        status = pt_train_budget_open(&job->options.budget, &job->setup.tariff,
                                      job->options.resume ? NULL : &job->setup.plan.bill, error);
    if (status == PT_OK)
        status = choose_paths(job, error);
    if (status == PT_OK)
        status = open_sensor(job, error);
    if (status == PT_OK)
        status = fill_record(job, argc, argv, error);
    if (status == PT_OK)
        status = create_trainer(job, error);
    if (status == PT_OK)
        status = open_ledger(job, error);
    return status;
}

static int train(struct train_job *job, int argc, char **argv)
{
    struct pt_error error;
    enum pt_status status = prepare(job, argc, argv, &error);
    if (status != PT_OK)
        return pt_exit_with(job->verb, status, &error);
    if (!job->options.quiet) {
        pt_print_plan(job->options.json ? stderr : stdout, &job->setup);
        fputc('\n', job->options.json ? stderr : stdout);
        fflush(stdout);
    }
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    pt_train_screen_begin(&job->screen, stderr, job->options.quiet, &job->setup.tariff);
    job->last_ledger_ns = pt_clock_monotonic(&pt_system_clock);
    status = pt_trainer_run(job->trainer, &job->result, &error);
    pt_train_screen_end(&job->screen);
    return end(job, status, &error);
}

static void close_job(struct train_job *job)
{
    pt_trainer_destroy(job->trainer);
    pt_sensor_close(job->sensor);
    pt_ledger_close(job->ledger);
    pt_run_setup_close(&job->setup);
    free(job->plan_json);
    free(job->result_json);
}

static int run(const struct pt_verb *verb, int argc, char **argv)
{
    struct train_job job = {.verb = verb, .process_start_ns = pt_clock_monotonic(&pt_system_clock)};
    struct train_options *chosen = &job.options;
    const struct pt_option options[] = {
        {"resume", 0, PT_OPTION_FLAG, &chosen->resume, NULL, "go on from the checkpoint"},
        {"output", 'o', PT_OPTION_TEXT, &chosen->output, "DIR",
         "checkpoint and report go here (default: runs/NAME)"},
        {"checkpoint", 0, PT_OPTION_TEXT, &chosen->checkpoint, "FILE",
         "instead of DIR/checkpoint.safetensors"},
        {"region", 'r', PT_OPTION_TEXT, &chosen->run.region, "CODE",
         "country or region, for price and carbon (powertrain grids)"},
        {"tariff", 't', PT_OPTION_TEXT, &chosen->run.tariff_path, "FILE",
         "tariff in YAML (docs/tariff-yaml.md)"},
        {"epochs", 0, PT_OPTION_INTEGER, &chosen->run.epochs, "N", "instead of the run file's"},
        {"threads", 'j', PT_OPTION_INTEGER, &chosen->run.threads, "N", "instead of the run file's"},
        {"set", 0, PT_OPTION_LIST, &chosen->run.settings, "KEY=VALUE",
         "replace a value of the run file: --set train.batch=64; may be repeated"},
        {"precision", 0, PT_OPTION_TEXT, &chosen->run.precision, "fp32|bf16",
         "instead of the run file's"},
        {"matmul", 0, PT_OPTION_TEXT, &chosen->run.matmul, "NAME",
         "matrix products by own, onednn or openblas"},
        {"budget", 0, PT_OPTION_LIST, &chosen->budget.texts, "AMOUNT",
         "end with a checkpoint when 2kWh, 5EUR or 1kg are used up; may be repeated"},
        {"force", 0, PT_OPTION_FLAG, &chosen->budget.force, NULL,
         "train although the plan says that the budget will not suffice"},
        {"sensor", 's', PT_OPTION_TEXT, &chosen->sensor, "NAME",
         "instead of the best that works (powertrain doctor)"},
        {"calibrated", 0, PT_OPTION_FLAG, &chosen->calibrated, NULL,
         "the machine at the wall, by powertrain doctor --calibrate-sensors"},
        {"replay", 0, PT_OPTION_TEXT, &chosen->replay, "FILE", "read energy from a recorded file"},
        {"ledger", 0, PT_OPTION_TEXT, &chosen->ledger, "PATH",
         "instead of the one in the data directory; none: keep no record"},
        {"no-report", 0, PT_OPTION_FLAG, &chosen->no_report, NULL, "write no HTML report"},
        {"root", 0, PT_OPTION_TEXT, &chosen->run.root, "DIR", "read /proc and /sys below DIR"},
        {"profile", 0, PT_OPTION_FLAG, &chosen->profile, NULL,
         "measure what each layer costs: time, FLOP, energy and money"},
        {"json", 0, PT_OPTION_FLAG, &chosen->json, NULL,
         "print one JSON object at the end; the plan goes to stderr"},
        {"quiet", 'q', PT_OPTION_FLAG, &chosen->quiet, NULL, "no plan, no progress"},
        {.name = NULL},
    };
    int first, exit_code;
    if (!pt_parse_options(verb, options, argc, argv, false, &first, &exit_code))
        return exit_code;
    if (argc - first != 1) {
        fprintf(stderr, "powertrain train: one run file is needed: powertrain %s\n",
                verb->synopsis);
        return PT_EXIT_USAGE;
    }
    chosen->run.path = argv[first];
    exit_code = train(&job, argc, argv);
    close_job(&job);
    return exit_code;
}

const struct pt_verb pt_verb_train = {
    .name = "train",
    .synopsis = "train RUN.yaml [OPTIONS]",
    .summary = "plan, train with live power and cost, bill, report",
    .example = "powertrain train examples/fashion-mlp.yaml --region FR",
    .computes = true,
    .run = run,
};
