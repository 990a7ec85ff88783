// See meter_record.h.

#include "cli/meter_record.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command_line.h"
#include "hardware/machine.h"
#include "ledger/ledger.h"

static const char *machine_text(struct pt_arena *arena)
{
    struct pt_cpu_info cpu;
    if (pt_cpu_info_read(NULL, &cpu, NULL) != PT_OK)
        return "unknown";
    bool known = cpu.microarchitecture[0] != '\0';
    const char *text = pt_arena_printf(arena, "%s%s%s%s, %d thread%s", cpu.model, known ? " (" : "",
                                       cpu.microarchitecture, known ? ")" : "", cpu.threads,
                                       cpu.threads == 1 ? "" : "s");
    return text != NULL ? text : "unknown";
}

static char *result_json(const struct pt_metered *metered)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    struct pt_json_writer writer;
    if (stream == NULL)
        return NULL;
    pt_json_begin(&writer, stream, false);
    pt_json_object(&writer, NULL);
    pt_metered_write_fields(metered, &writer);
    pt_json_end_object(&writer);
    fclose(stream);
    return text;
}

static int count_words(char **words)
{
    int count = 0;
    while (words[count] != NULL)
        count++;
    return count;
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

static const char *status_of(const struct pt_job_result *result)
{
    if (result->exit_status == 0)
        return "finished";
    return result->signal == SIGINT || result->signal == SIGTERM ? "interrupted" : "failed";
}

static struct pt_run_record record_of(const struct pt_metered *metered, struct pt_arena *arena,
                                      char **command, const char *json)
{
    return (struct pt_run_record){
        .kind = "meter",
        .name = file_name(command[0]),
        .command = pt_command_line(arena, count_words(command), command),
        .machine = machine_text(arena),
        .sensor = metered->sensor,
        .status = status_of(&metered->result),
        .result_json = json,
        .start_realtime_ns = metered->report.start_realtime_ns,
        .end_realtime_ns = metered->report.end_realtime_ns,
        .duration_seconds = metered->report.seconds,
        .exit_status = metered->result.exit_status,
        .has_bill = true,
        .bill = metered->bill,
    };
}

static enum pt_status write_run(struct pt_ledger *ledger, struct pt_run_record *record,
                                const struct pt_meter_sample *samples, int64_t sample_count,
                                struct pt_error *error)
{
    enum pt_status status = pt_ledger_begin(ledger, record, &record->id, error);
    if (status == PT_OK && sample_count > 0)
        status =
            pt_ledger_progress(ledger, record->id, NULL, 0, samples, sample_count, NULL, error);
    return status == PT_OK ? pt_ledger_end(ledger, record, error) : status;
}

enum pt_status pt_metered_record(struct pt_metered *metered, struct pt_arena *arena, char **command,
                                 const struct pt_run_origin *origin,
                                 const struct pt_meter_sample *samples, int64_t sample_count,
                                 const char *path, struct pt_error *error)
{
    struct pt_ledger *ledger = NULL;
    char *json = result_json(metered);
    struct pt_run_record record = record_of(metered, arena, command, json);
    record.origin = *origin;
    enum pt_status status = pt_ledger_open(path, &ledger, error);
    if (status == PT_OK)
        status = write_run(ledger, &record, samples, sample_count, error);
    if (status == PT_OK) {
        metered->run_id = record.id;
        metered->ledger_path = pt_arena_strdup(arena, pt_ledger_path(ledger));
    }
    pt_ledger_close(ledger);
    free(json);
    return status;
}
