// See meter_outputs.h. The thread is here, with its start and end; what it writes is in
// meter_outputs_write.c.

#include "cli/meter_outputs.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/units.h"
#include "cli/meter_outputs_write.h"
#include "cli/recover.h"

extern char **environ;

// -------------------------------------------------------------------------------- before it runs
static enum pt_status check_choice(const struct pt_outputs_choice *choice, struct pt_error *error)
{
    if (choice->record != NULL && choice->record_dir != NULL)
        return pt_fail(error, PT_USAGE, "give either --record FILE or --record-dir DIR");
    if (choice->metrics_port < -1 || choice->metrics_port > 65535)
        return pt_fail(error, PT_USAGE, "--metrics-port %lld is not from 0 to 65535",
                       (long long)choice->metrics_port);
    if (choice->run_name != NULL && choice->run_name[0] == '\0')
        return pt_fail(error, PT_USAGE, "--run-name \"\" names nothing");
    if (choice->run_name != NULL && strlen(choice->run_name) >= PT_JOB_TEXT_SIZE)
        return pt_fail(error, PT_USAGE, "--run-name has %zu bytes, at most %d are kept",
                       strlen(choice->run_name), PT_JOB_TEXT_SIZE - 1);
    return PT_OK;
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

static void describe(struct pt_record_run *run, const struct pt_outputs_about *about)
{
    snprintf(run->command, sizeof run->command, "%s",
             about->command_line != NULL ? about->command_line : "");
    snprintf(run->program, sizeof run->program, "%s", file_name(about->command[0]));
    if (about->region != NULL)
        snprintf(run->region, sizeof run->region, "%s", about->region);
    if (about->tariff_path != NULL)
        snprintf(run->tariff, sizeof run->tariff, "%s", about->tariff_path);
    if (!about->no_ledger)
        pt_recover_ledger_name(about->ledger, run->ledger, sizeof run->ledger);
}

// A meter that the command itself starts is told of this one.
static enum pt_status tell_command(const struct pt_record_run *run, struct pt_error *error)
{
    char parent[PT_RECORD_UID_SIZE + 32];
    snprintf(parent, sizeof parent, "%s %lld", run->uid, (long long)run->pid);
    if (setenv("POWERTRAIN_PARENT", parent, 1) != 0 ||
        (run->job.run_name[0] != '\0' && setenv("POWERTRAIN_RUN", run->job.run_name, 1) != 0))
        return pt_fail(error, PT_NO_MEMORY, "no memory for the environment of the command");
    return PT_OK;
}

// The file that the user has named must be there; the one of the state directory comes with its
// first line, so that short commands do not wait for it.
static enum pt_status place_record(struct pt_meter_outputs *outputs, bool no_ledger,
                                   struct pt_error *error)
{
    const struct pt_outputs_choice *choice = &outputs->choice;
    const char *directory = choice->record_dir;
    outputs->keeps_record = choice->record != NULL || choice->record_dir != NULL;
    if (choice->record != NULL && strcmp(choice->record, "none") == 0)
        return PT_OK;
    if (choice->record == NULL && directory == NULL) {
        // Without a ledger nobody would ever take it in.
        if (no_ledger || pt_record_directory(outputs->arena, &directory, NULL) != PT_OK)
            return PT_OK;
    }
    outputs->record_path = choice->record != NULL
                               ? choice->record
                               : pt_record_path(outputs->arena, directory, &outputs->run);
    if (outputs->record_path == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the path of the record");
    if (!outputs->keeps_record)
        return PT_OK;
    enum pt_status status = directory != NULL ? pt_make_directories(directory, error) : PT_OK;
    if (status == PT_OK)
        status = pt_record_open(outputs->record_path, &outputs->writer, error);
    return status;
}

static enum pt_status open_csv(struct pt_meter_outputs *outputs, struct pt_error *error)
{
    const char *path = outputs->choice.csv;
    if (path == NULL)
        return PT_OK;
    outputs->csv = fopen(path, "we");
    if (outputs->csv == NULL)
        return pt_fail_errno(error, errno, "--csv %s: it cannot be written", path);
    fputs("time,seconds,our_joules,machine_joules,our_watts,machine_watts,phase\n", outputs->csv);
    if (fflush(outputs->csv) != 0)
        return pt_fail_errno(error, errno, "--csv %s: it cannot be written", path);
    return PT_OK;
}

static enum pt_status open_metrics(struct pt_meter_outputs *outputs, struct pt_error *error)
{
    const struct pt_outputs_choice *choice = &outputs->choice;
    if (choice->openmetrics != NULL) {
        enum pt_status status = pt_outputs_write_openmetrics(outputs, NULL, NULL, error);
        if (status != PT_OK)
            return status;
    }
    if (choice->metrics_port < 0)
        return PT_OK;
    enum pt_status status =
        pt_metrics_server_open((int)choice->metrics_port, &outputs->server, error);
    if (status == PT_OK && choice->metrics_port == 0)
        fprintf(stderr, "powertrain meter: metrics at http://127.0.0.1:%d/metrics\n",
                pt_metrics_server_port(outputs->server));
    return status;
}

enum pt_status pt_meter_outputs_open(struct pt_meter_outputs *outputs,
                                     const struct pt_outputs_choice *choice,
                                     const struct pt_outputs_about *about, struct pt_arena *arena,
                                     struct pt_error *error)
{
    pthread_condattr_t attributes;
    memset(outputs, 0, sizeof *outputs);
    outputs->choice = *choice;
    outputs->arena = arena;
    outputs->node.fd = -1;
    outputs->our_watts = outputs->machine_watts = NAN;
    enum pt_status status = check_choice(choice, error);
    if (status == PT_OK)
        status = pt_record_run_init(&outputs->run, environ, choice->run_name, error);
    if (status != PT_OK)
        return status;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&outputs->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&outputs->lock, NULL);
    outputs->is_open = true;
    describe(&outputs->run, about);
    pt_node_lock_init(&outputs->node, outputs->run.boot_id, outputs->run.job.key);
    status = place_record(outputs, about->no_ledger, error);
    if (status == PT_OK)
        status = open_csv(outputs, error);
    if (status == PT_OK)
        status = open_metrics(outputs, error);
    return status == PT_OK ? tell_command(&outputs->run, error) : status;
}

// ----------------------------------------------------------------------------- while it runs
static bool writes_anything(const struct pt_meter_outputs *outputs)
{
    return outputs->record_path != NULL || outputs->csv != NULL || outputs->server != NULL ||
           outputs->choice.openmetrics != NULL || outputs->node.name[0] != '\0';
}

void pt_outputs_elect(struct pt_meter_outputs *outputs)
{
    outputs->counts_machine = pt_node_lock_try(&outputs->node, &outputs->counted_by);
    if (!outputs->counts_machine)
        outputs->was_counted_elsewhere = true;
}

static void *write_until_stopped(void *argument)
{
    struct pt_meter_outputs *outputs = argument;
    const int64_t period_ns = (int64_t)(PT_RECORD_PERIOD_SECONDS * 1e9);
    int64_t next = outputs->start_ns;
    pthread_mutex_lock(&outputs->lock);
    while (!outputs->stopping) {
        int64_t now = pt_clock_monotonic(&pt_system_clock);
        next = next + period_ns > now ? next + period_ns : now + period_ns;
        struct timespec deadline = {.tv_sec = next / PT_NANOSECONDS_PER_SECOND,
                                    .tv_nsec = next % PT_NANOSECONDS_PER_SECOND};
        while (!outputs->stopping &&
               pthread_cond_timedwait(&outputs->wake, &outputs->lock, &deadline) != ETIMEDOUT)
            continue;
        if (outputs->stopping)
            break;
        // Without the lock: a disk that hangs must not keep the end of the command waiting longer
        // than it has to.
        pthread_mutex_unlock(&outputs->lock);
        pt_outputs_write_period(outputs);
        pthread_mutex_lock(&outputs->lock);
    }
    pthread_mutex_unlock(&outputs->lock);
    return NULL;
}

static enum pt_status start_thread(struct pt_meter_outputs *outputs, struct pt_error *error)
{
    sigset_t all, before; // signals are for the thread that waits for the command
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int number = pthread_create(&outputs->thread, NULL, write_until_stopped, outputs);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (number != 0)
        return pt_fail_errno(error, number, "cannot start the thread that writes the record");
    outputs->has_thread = true;
    return PT_OK;
}

enum pt_status pt_meter_outputs_start(struct pt_meter_outputs *outputs,
                                      struct pt_meter_engine *meter, const struct pt_sensor *sensor,
                                      const struct pt_tariff *tariff, int64_t start_ns,
                                      struct pt_error *error)
{
    struct pt_record_run *run = &outputs->run;
    outputs->meter = meter;
    outputs->sensor = sensor;
    outputs->tariff = tariff;
    outputs->start_ns = start_ns;
    pt_outputs_elect(outputs);
    if (meter == NULL || !writes_anything(outputs))
        return PT_OK;
    outputs->source = pt_sensor_source(sensor);
    snprintf(run->sensor, sizeof run->sensor, "%s", pt_sensor_name(sensor));
    snprintf(run->source, sizeof run->source, "%s", outputs->source);
    if (outputs->record_path != NULL)
        outputs->line = malloc(PT_RECORD_LINE_MAX);
    if (outputs->record_path != NULL && outputs->line == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a line of the record");
    if (outputs->writer != NULL)
        pt_outputs_write_run(outputs);
    enum pt_status status = PT_OK;
    if (outputs->server != NULL)
        status = pt_metrics_server_start(outputs->server, error);
    return status == PT_OK ? start_thread(outputs, error) : status;
}

void pt_meter_outputs_stop(struct pt_meter_outputs *outputs)
{
    if (!outputs->has_thread)
        return;
    pthread_mutex_lock(&outputs->lock);
    outputs->stopping = true;
    pthread_cond_signal(&outputs->wake);
    pthread_mutex_unlock(&outputs->lock);
    pthread_join(outputs->thread, NULL);
    outputs->has_thread = false;
}

void pt_meter_outputs_settled(struct pt_meter_outputs *outputs)
{
    if (outputs->writer == NULL || outputs->keeps_record)
        return;
    unlink(outputs->record_path); // while it is still locked
    pt_record_close(outputs->writer);
    outputs->writer = NULL;
}

void pt_meter_outputs_close(struct pt_meter_outputs *outputs)
{
    if (!outputs->is_open)
        return;
    pt_meter_outputs_stop(outputs);
    pt_record_close(outputs->writer);
    pt_node_lock_close(&outputs->node);
    pt_metrics_server_close(outputs->server);
    if (outputs->csv != NULL)
        fclose(outputs->csv);
    free(outputs->line);
    pthread_cond_destroy(&outputs->wake);
    pthread_mutex_destroy(&outputs->lock);
    outputs->is_open = false;
}
