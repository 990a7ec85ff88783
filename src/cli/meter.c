// powertrain meter: the bill of any command, its exit status kept.
//
// The command starts first; the sensor is opened while it runs, and the ledger after it has ended,
// so that wrapping costs milliseconds. Only what the user asked for by name is opened before, so
// that a mistake is found before anything runs.

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/table.h"
#include "cli/calibrate_sensors.h"
#include "cli/command_line.h"
#include "cli/meter_job.h"
#include "cli/meter_record.h"
#include "cli/meter_steer.h"
#include "cli/recover.h"
#include "cli/resident.h"
#include "cli/run_setup.h"
#include "meter/bill.h"
#include "report/report.h"

static void warn(const struct pt_error *error, const char *what)
{
    fprintf(stderr, "powertrain meter: warning: %s; %s\n", error->message, what);
}

static struct pt_sensor_options sensor_options(const struct pt_meter_job *job)
{
    return (struct pt_sensor_options){.root = job->options.root, .file = job->options.replay};
}

// ---------------------------------------------------------------------- while the command runs
static enum pt_status open_meter(struct pt_meter_job *job, int pid, int64_t since_ns,
                                 struct pt_error *error)
{
    struct pt_sensor_options options = sensor_options(job);
    enum pt_status status =
        job->sensor != NULL ? PT_OK : pt_sensor_open_best(&options, &job->sensor, error);
    if (status == PT_OK)
        status = pt_meter_idle_resolve(&job->idle, &job->options.idle, job->options.root,
                                       job->sensor, error);
    if (status != PT_OK)
        return status;
    if (job->idle.cgroup != NULL && !pt_cgroup_joined(job->idle.cgroup))
        pt_meter_idle_close(&job->idle); // it was not let in: counted by its process tree
    struct pt_meter_config config = {
        .sensor = job->sensor,
        .interval_seconds = job->options.interval_seconds,
        .scope = PT_SCOPE_TREE,
        .pid = pid,
        .started_ns = since_ns,
        .phase_book = &job->phases.book,
        .gpus = options,
        .tariff = &job->tariff,
        .idle = job->idle.rule,
        .cgroup = job->idle.cgroup,
    };
    return pt_meter_open(&config, &job->meter, error);
}

static enum pt_status start_guard(struct pt_meter_job *job, int pid, int64_t since_ns,
                                  struct pt_error *error)
{
    const struct pt_cgroup *group = job->idle.cgroup;
    struct pt_budget_target target = {
        .meter = job->meter,
        .pid = pid,
        .since_ns = since_ns,
        .cgroup = group != NULL && pt_cgroup_version(group) == 2 ? pt_cgroup_folder(group) : NULL,
        .book = &job->phases.book,
    };
    return pt_budget_guard_start(&job->guard, &target, error);
}

static void on_start(void *state, int pid, int64_t since_ns)
{
    struct pt_meter_job *job = state;
    struct pt_error error;
    if (pt_meter_phases_started(&job->phases, &error) != PT_OK)
        warn(&error, "the command goes on, its output may be lost");
    if (open_meter(job, pid, since_ns, &error) != PT_OK)
        warn(&error, "the command goes on, its energy stays unknown");
    else if (start_guard(job, pid, since_ns, &error) != PT_OK)
        warn(&error, "the command goes on, its budget is not guarded");
    if (job->meter != NULL && pt_meter_outputs_start(&job->outputs, job->meter, job->sensor,
                                                     &job->tariff, since_ns, &error) != PT_OK)
        warn(&error, "the command goes on, what it uses is not written down meanwhile");
    if (pt_meter_phases_listen(&job->phases, &error) != PT_OK)
        warn(&error, "the command goes on, what it says of itself is not heard");
    pt_resident_shrink();
}

static void on_child_ended(void *state, int pid, double cpu_seconds)
{
    struct pt_meter_job *job = state;
    (void)pid;
    if (job->meter != NULL)
        pt_meter_child_ended(job->meter, cpu_seconds);
}

// --------------------------------------------------------------------------------- before it
static enum pt_status check_options(const struct pt_meter_choice *options, struct pt_error *error)
{
    if (options->replay != NULL && options->sensor != NULL &&
        strcmp(options->sensor, "replay") != 0)
        return pt_fail(error, PT_USAGE, "--replay FILE is a sensor itself: leave out --sensor %s",
                       options->sensor);
    if (!(options->interval_seconds >= 0.001 && options->interval_seconds <= 3600))
        return pt_fail(error, PT_USAGE, "--interval %g is not from 0.001 to 3600 seconds",
                       options->interval_seconds);
    return pt_meter_idle_check(&options->idle, error);
}

static enum pt_status open_chosen_sensor(struct pt_meter_job *job, struct pt_error *error)
{
    struct pt_sensor_options options = sensor_options(job);
    const char *name = job->options.replay != NULL ? "replay" : job->options.sensor;
    bool idle_is_early = pt_meter_idle_is_early(&job->options.idle);
    if (name == NULL && !job->options.calibrated && !idle_is_early)
        return PT_OK; // while the command runs
    enum pt_status status = name == NULL ? pt_sensor_open_best(&options, &job->sensor, error)
                                         : pt_sensor_open(name, &options, &job->sensor, error);
    if (status == PT_OK && job->options.calibrated)
        status = pt_use_calibration(job->sensor, error);
    if (status == PT_OK && idle_is_early)
        status = pt_meter_idle_resolve(&job->idle, &job->options.idle, job->options.root,
                                       job->sensor, error);
    return status;
}

static enum pt_status open_output(struct pt_meter_job *job, struct pt_error *error)
{
    job->output = stderr;
    if (job->options.output == NULL)
        return PT_OK;
    job->output = fopen(job->options.output, "we"); // closed in the command
    return job->output == NULL
               ? pt_fail(error, PT_IO, "--output %s: it cannot be written", job->options.output)
               : PT_OK;
}

static enum pt_status open_outputs(struct pt_meter_job *job, struct pt_error *error)
{
    const struct pt_meter_choice *options = &job->options;
    int words = 0;
    while (job->command[words] != NULL)
        words++;
    struct pt_outputs_about about = {
        .command = job->command,
        .command_line = pt_command_line(job->arena, words, job->command),
        .region = options->region,
        .tariff_path = options->tariff,
        .ledger = options->ledger,
        .no_ledger = options->ledger != NULL && strcmp(options->ledger, "none") == 0,
    };
    return pt_meter_outputs_open(&job->outputs, &options->outputs, &about, job->arena, error);
}

static enum pt_status prepare(struct pt_meter_job *job, struct pt_error *error)
{
    enum pt_status status = check_options(&job->options, error);
    job->arena = pt_arena_create();
    if (job->arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "out of memory");
    if (status == PT_OK)
        status = pt_run_tariff(job->arena, job->options.region, job->options.tariff, NULL,
                               &job->tariff, error);
    if (status == PT_OK)
        status = pt_budget_guard_open(&job->guard, &job->options.budget, &job->tariff, error);
    if (status == PT_OK)
        status = pt_meter_phases_open(&job->phases, &job->options.phases, error);
    if (status == PT_OK)
        status = open_chosen_sensor(job, error);
    if (status == PT_OK)
        status = open_output(job, error);
    if (status == PT_OK)
        status = open_outputs(job, error);
    return status;
}

// ----------------------------------------------------------------------------------- after it
// Without a meter the run has its times and no energy: missing, not 0.
static void report_of_times(const struct pt_job_result *result, struct pt_meter_report *report)
{
    int64_t now = pt_clock_realtime(&pt_system_clock);
    *report = (struct pt_meter_report){
        .seconds = result->seconds,
        .cpu_seconds = result->user_seconds + result->system_seconds,
        .joules = pt_quantity_missing(),
        .machine_joules = pt_quantity_missing(),
        .others_joules = NAN,
        .active_joules = NAN,
        .idle_joules = NAN,
        .waste = {NAN, NAN, NAN, NAN, NAN, NAN},
        .phase_count = 1,
        .phases = {{.name = "command",
                    .seconds = result->seconds,
                    .joules = pt_quantity_missing()}},
        .start_realtime_ns = now - (int64_t)(result->seconds * 1e9),
        .end_realtime_ns = now,
        .coverage = 0,
    };
}

static enum pt_status make_bill(struct pt_meter_job *job, struct pt_error *error)
{
    struct pt_metered *metered = &job->metered;
    metered->sensor = job->sensor != NULL ? pt_sensor_name(job->sensor) : "none";
    metered->source = job->meter != NULL ? pt_sensor_source(job->sensor) : "no sensor";
    if (job->meter == NULL)
        report_of_times(&metered->result, &metered->report);
    enum pt_status status =
        pt_bill_of_meter(&metered->report, &job->tariff, metered->source, &metered->bill, error);
    if (status == PT_OK)
        pt_budget_guard_settle(&job->guard, &metered->bill);
    metered->guard = &job->guard;
    metered->idle = &job->idle;
    metered->phases = &job->phases;
    return status;
}

// The command has run, and nothing that fails here changes its status.
static void write_ledger(struct pt_meter_job *job)
{
    struct pt_error error;
    int64_t sample_count = 0;
    const struct pt_meter_sample *samples =
        job->meter != NULL ? pt_meter_samples(job->meter, &sample_count) : NULL;
    if (job->options.ledger != NULL && strcmp(job->options.ledger, "none") == 0)
        return;
    struct pt_run_origin origin = pt_outputs_origin_of(job->arena, &job->outputs.run);
    if (pt_metered_record(&job->metered, job->arena, job->command, &origin, samples, sample_count,
                          job->options.ledger, &error) != PT_OK)
        warn(&error, "the run is not in the ledger");
    else
        pt_meter_outputs_settled(&job->outputs);
    pt_recover_records(job->options.ledger);
}

static void print(const struct pt_meter_job *job)
{
    if (job->options.json) {
        pt_metered_print_json(job->output, &job->metered);
    } else if (!job->options.quiet || job->options.output != NULL) {
        int width = isatty(fileno(job->output)) ? pt_terminal_width(fileno(job->output)) : 0;
        pt_metered_print(job->output, &job->metered, width);
    }
    if (fflush(job->output) != 0 || ferror(job->output))
        fprintf(stderr, "powertrain meter: warning: the bill could not be written to %s\n",
                job->options.output != NULL ? job->options.output : "standard error");
}

static int settle(struct pt_meter_job *job)
{
    struct pt_error error;
    struct pt_metered *metered = &job->metered;
    pt_budget_guard_stop(&job->guard);
    pt_meter_outputs_stop(&job->outputs);
    if (job->meter != NULL)
        pt_meter_finish(job->meter, &metered->report, &error);
    if (make_bill(job, &error) != PT_OK) {
        warn(&error, "there is no bill");
        return metered->result.exit_status;
    }
    pt_meter_outputs_finish(&job->outputs, &metered->report, &metered->result, &metered->bill);
    metered->outputs = &job->outputs;
    write_ledger(job);
    print(job);
    return metered->result.exit_status;
}

static int run_command(struct pt_meter_job *job)
{
    struct pt_error error;
    struct pt_job_watcher watcher = {on_start, on_child_ended, job};
    struct pt_meter_steer steer;
    struct pt_job_steering steering = pt_meter_steering(&steer, &job->meter, job->options.wait);
    pt_meter_idle_group(&job->idle);
    const struct pt_job_options options = {.command = job->command,
                                           .wait_for_orphans = job->options.wait,
                                           .watcher = &watcher,
                                           .steering = &steering,
                                           .before_exec = pt_meter_idle_join,
                                           .before_exec_state = &job->idle};
    enum pt_status status = pt_meter_phases_prepare(&job->phases, &error);
    if (status == PT_OK)
        status = pt_job_run_steered(&options, &job->metered.result, &error);
    pt_meter_phases_ended(&job->phases);
    if (status != PT_OK) {
        pt_exit_with(job->verb, status, &error);
        return PT_EXIT_WRAPPER_FAILED;
    }
    if (!job->metered.result.was_started) {
        fprintf(stderr, "powertrain meter: %s: %s\n", job->command[0],
                strerror(job->metered.result.exec_errno));
        return job->metered.result.exit_status;
    }
    return settle(job);
}

static void close_job(struct pt_meter_job *job)
{
    pt_meter_outputs_close(&job->outputs);
    pt_meter_close(job->meter);
    pt_meter_phases_close(&job->phases);
    pt_meter_idle_close(&job->idle);
    pt_sensor_close(job->sensor);
    if (job->output != NULL && job->output != stderr)
        fclose(job->output);
    pt_arena_destroy(job->arena);
}

static int run(const struct pt_verb *verb, int argc, char **argv)
{
    struct pt_meter_job job = {
        .verb = verb, .options.interval_seconds = 0.1, .options.outputs.metrics_port = -1};
    struct pt_meter_choice *chosen = &job.options;
    const struct pt_option options[] = {
        {"sensor", 's', PT_OPTION_TEXT, &chosen->sensor, "NAME",
         "instead of the best that works (powertrain doctor)"},
        {"calibrated", 0, PT_OPTION_FLAG, &chosen->calibrated, NULL,
         "the machine at the wall, by powertrain doctor --calibrate-sensors"},
        {"interval", 'i', PT_OPTION_NUMBER, &chosen->interval_seconds, "SECONDS",
         "between samples (default 0.1)"},
        {"region", 'r', PT_OPTION_TEXT, &chosen->region, "CODE",
         "country or region, for price and carbon (powertrain grids)"},
        {"tariff", 't', PT_OPTION_TEXT, &chosen->tariff, "FILE",
         "tariff in YAML (docs/tariff-yaml.md)"},
        {"ledger", 'l', PT_OPTION_TEXT, &chosen->ledger, "PATH",
         "another ledger; none: do not write"},
        {"output", 'o', PT_OPTION_TEXT, &chosen->output, "FILE",
         "the bill goes there, not to standard error"},
        {"json", 0, PT_OPTION_FLAG, &chosen->json, NULL, "the bill as JSON"},
        {"quiet", 'q', PT_OPTION_FLAG, &chosen->quiet, NULL, "no bill on standard error"},
        {"wait", 'w', PT_OPTION_FLAG, &chosen->wait, NULL,
         "also wait for what the command left in the background"},
        {"budget", 0, PT_OPTION_LIST, &chosen->budget.budgets, "AMOUNT",
         "energy, money or carbon: 2kWh, 5EUR, 1kg; may be repeated"},
        {"on-budget", 0, PT_OPTION_TEXT, &chosen->budget.on_budget, "warn|pause|stop",
         "when a budget is used up (default warn)"},
        {"grace", 0, PT_OPTION_TEXT, &chosen->budget.grace, "DURATION",
         "to end in before it is ended by force (default 30s)"},
        {"expect-duration", 0, PT_OPTION_TEXT, &chosen->budget.expect_duration, "DURATION",
         "of the command, to predict what it will take"},
        {"idle", 0, PT_OPTION_TEXT, &chosen->idle.policy, "POLICY",
         "who pays for idle watts: auto, whole, busy-share, reservation, active, marginal"},
        {"baseline", 0, PT_OPTION_NUMBER, &chosen->idle.baseline_seconds, "SECONDS",
         "measure before the command for so long what the machine draws without it"},
        {"record", 0, PT_OPTION_TEXT, &chosen->outputs.record, "FILE",
         "what is metered goes there every second (docs/records.md); none: no record"},
        {"record-dir", 0, PT_OPTION_TEXT, &chosen->outputs.record_dir, "DIR",
         "the same, a file for each run (powertrain merge DIR)"},
        {"run-name", 0, PT_OPTION_TEXT, &chosen->outputs.run_name, "NAME",
         "attempts of one run share it (default: POWERTRAIN_RUN)"},
        {"csv", 0, PT_OPTION_TEXT, &chosen->outputs.csv, "FILE", "the samples as CSV"},
        {"openmetrics", 0, PT_OPTION_TEXT, &chosen->outputs.openmetrics, "FILE",
         "metrics for node_exporter's textfile collector"},
        {"metrics-port", 0, PT_OPTION_INTEGER, &chosen->outputs.metrics_port, "PORT",
         "metrics at http://127.0.0.1:PORT/metrics; 0: any free port"},
        {"phase-regex", 0, PT_OPTION_LIST, &chosen->phases.regexes, "NAME=REGEX",
         "a line of output that matches begins phase NAME; may be repeated"},
        {"phases-of", 0, PT_OPTION_TEXT, &chosen->phases.phases_of, "first|all|PID",
         "whose phases count if several processes name some (default first)"},
        {"replay", 0, PT_OPTION_TEXT, &chosen->replay, "FILE",
         "a recorded meter instead of a sensor (docs/replay-file.md)"},
        {"root", 0, PT_OPTION_TEXT, &chosen->root, "DIR", "sensors are looked for below DIR"},
        {0},
    };
    int first, code;
    struct pt_error error;
    if (!pt_parse_options(verb, options, argc, argv, true, &first, &code))
        return code == PT_EXIT_OK ? PT_EXIT_OK : PT_EXIT_WRAPPER_FAILED;
    job.command = argv + first;
    enum pt_status status =
        first < argc ? prepare(&job, &error)
                     : pt_fail(&error, PT_USAGE, "no command: powertrain meter -- COMMAND ...");
    if (status == PT_OK)
        code = run_command(&job);
    else
        pt_exit_with(verb, status, &error);
    close_job(&job);
    return status == PT_OK ? code : PT_EXIT_WRAPPER_FAILED;
}

const struct pt_verb pt_verb_meter = {
    .name = "meter",
    .synopsis = "meter [OPTIONS] -- COMMAND ...",
    .summary = "run a command and bill its electricity; its exit status is kept",
    .example = "powertrain meter --region DE -- make -j8",
    .run = run,
};
