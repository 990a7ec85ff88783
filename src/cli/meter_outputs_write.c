// See meter_outputs_write.h. What cannot be written is said once, and the command goes on.

#include "cli/meter_outputs_write.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/parse.h"
#include "base/units.h"
#include "meter/bill.h"
#include "meter/record_samples.h"
#include "report/openmetrics.h"

enum { RUN_LINE_EVERY = 60, SAMPLES_AT_ONCE = 256, TIME_SIZE = 48, NUMBER_SIZE = 32 };

static void warn_once(bool *warned, const struct pt_error *error, const char *what)
{
    if (!*warned)
        fprintf(stderr, "powertrain meter: warning: %s; %s\n", error->message, what);
    *warned = true;
}

// ------------------------------------------------------------------------------------ the record
static void append(struct pt_meter_outputs *outputs, size_t length)
{
    struct pt_error error;
    if (length == 0)
        pt_fail(&error, PT_OVERFLOW, "record: a line would be longer than %d bytes",
                PT_RECORD_LINE_MAX);
    if (length == 0 || pt_record_append(outputs->writer, outputs->line, length, &error) != PT_OK)
        warn_once(&outputs->warned_record, &error,
                  "the command goes on; if the meter is killed, what is missing here is lost");
}

void pt_outputs_write_run(struct pt_meter_outputs *outputs)
{
    append(outputs, pt_record_format_run(&outputs->run, outputs->line, PT_RECORD_LINE_MAX));
}

// The record of the state directory, with the first line.
static bool has_writer(struct pt_meter_outputs *outputs)
{
    struct pt_error error;
    const char *directory;
    if (outputs->writer != NULL || outputs->record_path == NULL || outputs->warned_record)
        return outputs->writer != NULL;
    enum pt_status status = pt_record_directory(outputs->arena, &directory, &error);
    if (status == PT_OK)
        status = pt_make_directories(directory, &error);
    if (status == PT_OK)
        status = pt_record_open(outputs->record_path, &outputs->writer, &error);
    if (status == PT_OK)
        pt_outputs_write_run(outputs);
    else
        warn_once(&outputs->warned_record, &error,
                  "the command goes on; if the meter is killed, its bill is lost");
    return status == PT_OK;
}

static void write_record(struct pt_meter_outputs *outputs)
{
    if (!has_writer(outputs))
        return;
    if (outputs->last.number % RUN_LINE_EVERY == 0)
        pt_outputs_write_run(outputs);
    append(outputs, pt_record_format_state(&outputs->run, &outputs->last, outputs->line,
                                           PT_RECORD_LINE_MAX));
}

static void write_record_end(struct pt_meter_outputs *outputs, const struct pt_record_end *end)
{
    if (outputs->writer != NULL)
        append(outputs, pt_record_format_end(&outputs->run, outputs->last.number, end,
                                             outputs->line, PT_RECORD_LINE_MAX));
}

// --------------------------------------------------------------------------------------- the CSV
// "2026-11-24T06:33:12.345Z"
static const char *time_text(int64_t realtime_ns, char *buffer)
{
    time_t seconds = (time_t)(realtime_ns / PT_NANOSECONDS_PER_SECOND);
    struct tm parts;
    gmtime_r(&seconds, &parts);
    size_t length = strftime(buffer, TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(buffer + length, TIME_SIZE - length, ".%03dZ",
             (int)(realtime_ns % PT_NANOSECONDS_PER_SECOND / 1000000));
    return buffer;
}

static void csv_number(FILE *csv, double value)
{
    char text[NUMBER_SIZE];
    fprintf(csv, ",%s", isfinite(value) ? pt_format_double(value, text) : "");
}

// As RFC 4180 has it.
static void csv_text(FILE *csv, const char *text)
{
    bool quoted = strpbrk(text, ",\"\r\n") != NULL;
    fputs(quoted ? ",\"" : ",", csv);
    for (; *text != '\0'; text++)
        fprintf(csv, *text == '"' ? "\"%c" : "%c", *text);
    fputs(quoted ? "\"\n" : "\n", csv);
}

// The moment of a sample, by the distance to the newest totals.
static int64_t time_of(const struct pt_record_state *last, double seconds)
{
    return last->realtime_ns -
           (int64_t)((last->seconds - seconds) * (double)PT_NANOSECONDS_PER_SECOND);
}

static void write_csv(struct pt_meter_outputs *outputs)
{
    struct pt_record_sample samples[SAMPLES_AT_ONCE];
    char time[TIME_SIZE];
    int count;
    FILE *csv = outputs->csv;
    do {
        count =
            pt_record_samples_after(outputs->meter, outputs->csv_seconds, samples, SAMPLES_AT_ONCE);
        for (int i = 0; i < count; i++) {
            fputs(time_text(time_of(&outputs->last, samples[i].seconds), time), csv);
            csv_number(csv, samples[i].seconds);
            csv_number(csv, samples[i].our_joules);
            csv_number(csv, samples[i].machine_joules);
            csv_number(csv, samples[i].our_watts);
            csv_number(csv, samples[i].machine_watts);
            csv_text(csv, outputs->last.phase);
            outputs->csv_seconds = samples[i].seconds;
        }
    } while (count == SAMPLES_AT_ONCE);
    if (fflush(csv) == 0 && !ferror(csv))
        return;
    struct pt_error error;
    pt_fail_errno(&error, errno, "--csv %s", outputs->choice.csv);
    warn_once(&outputs->warned_csv, &error, "the command goes on, samples are missing there");
    clearerr(csv);
}

// ----------------------------------------------------------------------------------- OpenMetrics
static struct pt_record_phase *shown_of(struct pt_meter_outputs *outputs, const char *name)
{
    for (int i = 0; i < outputs->shown_count; i++)
        if (strcmp(outputs->shown[i].name, name) == 0)
            return &outputs->shown[i];
    if (outputs->shown_count == PT_PHASES_MAX)
        return NULL;
    struct pt_record_phase *shown = &outputs->shown[outputs->shown_count++];
    snprintf(shown->name, sizeof shown->name, "%s", name);
    return shown;
}

// What is ours of the last second may turn out to be less than was expected. A counter that falls
// is taken for one that began anew, so it waits instead.
static struct pt_record_state never_falling(struct pt_meter_outputs *outputs)
{
    struct pt_record_state state = outputs->last;
    for (int i = 0; i < state.phase_count; i++) {
        struct pt_record_phase *shown = shown_of(outputs, state.phases[i].name);
        double *joules = &state.phases[i].joules.value;
        if (shown != NULL && !isnan(*joules))
            *joules = shown->joules.value = fmax(shown->joules.value, *joules);
    }
    if (!isnan(state.cpu_seconds))
        state.cpu_seconds = outputs->shown_cpu_seconds =
            fmax(outputs->shown_cpu_seconds, state.cpu_seconds);
    return state;
}

static char *metrics_text(struct pt_meter_outputs *outputs, const struct pt_bill *bill,
                          const struct pt_record_end *end, size_t *ret_length)
{
    char *text = NULL;
    FILE *stream = open_memstream(&text, ret_length);
    if (stream == NULL)
        return NULL;
    struct pt_record_state state = never_falling(outputs);
    struct pt_run_metrics metrics = {
        .run = &outputs->run,
        .state = state.number > 0 ? &state : NULL,
        .bill = bill,
        .end = end,
        .our_watts = outputs->our_watts,
        .machine_watts = outputs->machine_watts,
    };
    pt_run_metrics_write(stream, &metrics);
    if (fclose(stream) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

// Whole or not at all. Not flushed to the disk: it is replaced in a second.
static enum pt_status replace(const char *path, const char *text, size_t length,
                              struct pt_error *error)
{
    char temporary[4096];
    int written = snprintf(temporary, sizeof temporary, "%s.tmp.%d", path, (int)getpid());
    if (written < 0 || (size_t)written >= sizeof temporary)
        return pt_fail(error, PT_USAGE, "--openmetrics %.200s...: the path is too long", path);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return pt_fail_errno(error, errno, "--openmetrics %s: it cannot be written", path);
    size_t done = 0;
    ssize_t step = 1;
    while (done < length && step > 0) {
        step = write(fd, text + done, length - done);
        done += step > 0 ? (size_t)step : 0;
    }
    int number = errno;
    bool closed = close(fd) == 0;
    if (done == length && closed && rename(temporary, path) == 0)
        return PT_OK;
    if (done == length)
        number = errno;
    unlink(temporary);
    return pt_fail_errno(error, number, "--openmetrics %s: it cannot be written", path);
}

enum pt_status pt_outputs_write_openmetrics(struct pt_meter_outputs *outputs,
                                            const struct pt_bill *bill,
                                            const struct pt_record_end *end, struct pt_error *error)
{
    enum pt_status status = PT_OK;
    size_t length;
    char *text = metrics_text(outputs, bill, end, &length);
    if (text == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the metrics");
    if (outputs->choice.openmetrics != NULL)
        status = replace(outputs->choice.openmetrics, text, length, error);
    if (outputs->server != NULL)
        pt_metrics_server_set(outputs->server, text, length);
    else
        free(text);
    return status;
}

static void write_metrics(struct pt_meter_outputs *outputs, const struct pt_bill *bill,
                          const struct pt_record_end *end)
{
    struct pt_error error;
    if (outputs->choice.openmetrics == NULL && outputs->server == NULL)
        return;
    if (pt_outputs_write_openmetrics(outputs, bill, end, &error) != PT_OK)
        warn_once(&outputs->warned_openmetrics, &error, "the command goes on");
}

// --------------------------------------------------------------------------------------- a period
static void see_watts(struct pt_meter_outputs *outputs, const struct pt_record_state *before)
{
    const struct pt_record_state *last = &outputs->last;
    double seconds = last->seconds - before->seconds;
    double ours = before->number > 0 ? before->joules.value : 0;
    double machine = before->number > 0 ? before->machine_joules.value : 0;
    if (!(seconds > 0))
        return;
    outputs->our_watts = fmax(0, last->joules.value - ours) / seconds;
    outputs->machine_watts = fmax(0, last->machine_joules.value - machine) / seconds;
    if (isnan(last->joules.value - ours)) // which fmax would make 0
        outputs->our_watts = outputs->machine_watts = NAN;
}

static void take_totals(struct pt_meter_outputs *outputs, const struct pt_meter_report *report)
{
    struct pt_record_state before = outputs->last;
    pt_record_state_of(report, outputs->sensor, outputs->start_ns,
                       before.number > 0 ? &before : NULL, &outputs->last);
    outputs->last.counts_machine = outputs->counts_machine;
    see_watts(outputs, &before);
}

void pt_outputs_write_period(struct pt_meter_outputs *outputs)
{
    struct pt_meter_report report;
    struct pt_bill bill;
    pt_meter_now(outputs->meter, &report);
    pt_outputs_elect(outputs);
    take_totals(outputs, &report);
    write_record(outputs);
    if (outputs->csv != NULL)
        write_csv(outputs);
    bool billed = pt_bill_of_meter(&report, outputs->tariff, outputs->source, &bill, NULL) == PT_OK;
    write_metrics(outputs, billed ? &bill : NULL, NULL);
}

void pt_meter_outputs_finish(struct pt_meter_outputs *outputs, const struct pt_meter_report *report,
                             const struct pt_job_result *result, const struct pt_bill *bill)
{
    struct pt_record_end end = {result->exit_status, result->signal};
    if (outputs->meter == NULL)
        return;
    take_totals(outputs, report);
    // A run that has no record yet needs none: its bill goes to the ledger now.
    if (outputs->writer != NULL) {
        write_record(outputs);
        write_record_end(outputs, &end);
    }
    if (outputs->csv != NULL)
        write_csv(outputs);
    write_metrics(outputs, bill, &end);
}

// ------------------------------------------------------------------------------ what is said of it
static void write_job(const struct pt_record_run *run, struct pt_json_writer *writer)
{
    const struct pt_record_job *job = &run->job;
    pt_json_string(writer, "host", run->host);
    pt_json_string(writer, "node", job->node);
    pt_json_string(writer, "launcher", job->launcher[0] != '\0' ? job->launcher : NULL);
    pt_json_string(writer, "job", job->key[0] != '\0' ? job->key : NULL);
    pt_json_string(writer, "job_id", job->job_id[0] != '\0' ? job->job_id : NULL);
    pt_json_string(writer, "step", job->step_id[0] != '\0' ? job->step_id : NULL);
    pt_json_integer(writer, "attempt", job->attempt);
    pt_json_string(writer, "node_list", job->node_list[0] != '\0' ? job->node_list : NULL);
    pt_json_number(writer, "node_count", job->node_count > 0 ? (double)job->node_count : NAN);
    pt_json_number(writer, "rank", job->rank >= 0 ? (double)job->rank : NAN);
    pt_json_number(writer, "rank_count", job->rank_count > 0 ? (double)job->rank_count : NAN);
    pt_json_number(writer, "cpus_here", job->cpus_here > 0 ? (double)job->cpus_here : NAN);
    pt_json_string(writer, "gres", job->gres[0] != '\0' ? job->gres : NULL);
}

struct pt_run_origin pt_outputs_origin_of(struct pt_arena *arena, const struct pt_record_run *run)
{
    char *text = NULL;
    size_t length;
    const char *group = pt_record_job_group(&run->job);
    struct pt_run_origin origin = {
        .uid = run->uid, .group = group[0] != '\0' ? group : NULL, .attempt = run->job.attempt};
    FILE *stream = open_memstream(&text, &length);
    if (stream == NULL)
        return origin;
    struct pt_json_writer writer;
    pt_json_begin(&writer, stream, false);
    pt_json_object(&writer, NULL);
    write_job(run, &writer);
    pt_json_string(&writer, "inside", run->parent_uid[0] != '\0' ? run->parent_uid : NULL);
    pt_json_end_object(&writer);
    if (fclose(stream) == 0)
        origin.job_json = pt_arena_strdup(arena, text);
    free(text);
    return origin;
}

void pt_meter_outputs_print(FILE *stream, const struct pt_meter_outputs *outputs)
{
    const struct pt_record_job *job = &outputs->run.job;
    if (outputs->run.parent_uid[0] != '\0')
        fputs("inside      another powertrain meter, whose bill holds this one\n", stream);
    if (job->key[0] != '\0' && !outputs->counts_machine)
        fprintf(
            stream,
            "node        one of several meters of %s here: its own share is billed, the machine "
            "is counted by process %d\n",
            job->key, outputs->counted_by);
    else if (job->key[0] != '\0')
        fprintf(stream, "node        counts the machine %s for %s on %s\n",
                outputs->was_counted_elsewhere ? "since the meter before it ended" : "once",
                job->key, job->node);
    if (outputs->keeps_record && outputs->writer != NULL)
        fprintf(stream, "record      %s\n", outputs->record_path);
}

void pt_meter_outputs_write_json(const struct pt_meter_outputs *outputs,
                                 struct pt_json_writer *writer)
{
    const struct pt_record_run *run = &outputs->run;
    bool kept = outputs->keeps_record && outputs->writer != NULL;
    pt_json_object(writer, "record");
    pt_json_string(writer, "uid", run->uid);
    pt_json_string(writer, "run_name", run->job.run_name[0] != '\0' ? run->job.run_name : NULL);
    pt_json_string(writer, "file", kept ? outputs->record_path : NULL);
    pt_json_bool(writer, "counts_machine", outputs->counts_machine);
    pt_json_number(writer, "machine_counted_by",
                   outputs->counted_by > 0 ? (double)outputs->counted_by : NAN);
    pt_json_bool(writer, "inside_another", run->parent_uid[0] != '\0');
    write_job(run, writer);
    pt_json_end_object(writer);
}
