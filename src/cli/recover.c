// See recover.h.
//
// A record is left behind if its lock is free: the kernel gives the lock back when the meter dies,
// in whatever way. Where a home is shared between machines locks may not be, so that the record of
// another host is only taken in when it has been silent for a day.

#include "cli/recover.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/units.h"
#include "cli/merge_bill.h"
#include "cli/meter_outputs.h"
#include "cli/record_files.h"
#include "cli/run_setup.h"
#include "ledger/ledger.h"

#define SILENT_NS_MAX ((int64_t)PT_SECONDS_PER_DAY * PT_NANOSECONDS_PER_SECOND)

struct recovery {
    struct pt_arena *arena;
    const char *ledger_path;
    struct pt_ledger *ledger; // opened with the first record
    int64_t count;
};

void pt_recover_ledger_name(const char *path, char *name, size_t size)
{
    char folder[4096];
    struct pt_arena *arena = pt_arena_create();
    const char *data;
    name[0] = '\0';
    if (path == NULL && arena != NULL && pt_data_directory(arena, &data, NULL) == PT_OK)
        snprintf(name, size, "%s/ledger.db", data);
    pt_arena_destroy(arena);
    if (path == NULL)
        return;
    if (path[0] == '/' || getcwd(folder, sizeof folder) == NULL)
        snprintf(name, size, "%s", path);
    else
        snprintf(name, size, "%.*s/%s", 2048, folder, path);
}

// ------------------------------------------------------------------------------------ one record
static char *result_json(const struct pt_record_entry *entry)
{
    char *text = NULL;
    size_t length;
    const struct pt_record_state *last = &entry->last;
    FILE *stream = open_memstream(&text, &length);
    if (stream == NULL)
        return NULL;
    struct pt_json_writer writer;
    pt_json_begin(&writer, stream, false);
    pt_json_object(&writer, NULL);
    pt_json_bool(&writer, "recovered", true);
    pt_json_number(&writer, "exit_status", entry->ended ? entry->end.exit_status : (double)NAN);
    pt_json_string(&writer, "sensor", entry->run.sensor);
    pt_json_string(&writer, "source", entry->run.source);
    pt_json_quantity(&writer, "energy_joules", last->joules);
    pt_json_quantity(&writer, "machine_joules", last->machine_joules);
    pt_json_number(&writer, "metered_seconds", last->seconds);
    pt_json_number(&writer, "metered_cpu_seconds", last->cpu_seconds);
    pt_json_number(&writer, "coverage", last->coverage);
    pt_json_end_object(&writer);
    fclose(stream);
    return text;
}

static struct pt_meter_sample *samples_of(struct pt_arena *arena,
                                          const struct pt_record_entry *entry, int64_t *ret_count)
{
    const struct pt_record_point *points = entry->points;
    struct pt_meter_sample *samples =
        pt_arena_alloc(arena, (size_t)entry->point_count + 1, sizeof *samples);
    int64_t count = 0, before_ns = entry->last.start_monotonic_ns;
    double ours = 0, machine = 0;
    for (int64_t i = 0; samples != NULL && i < entry->point_count; i++) {
        double seconds = (double)(points[i].monotonic_ns - before_ns) / 1e9;
        if (!(seconds > 0) || isnan(points[i].joules) || isnan(points[i].machine_joules))
            continue;
        samples[count++] = (struct pt_meter_sample){
            (double)(points[i].monotonic_ns - entry->last.start_monotonic_ns) / 1e9,
            points[i].joules, (points[i].joules - ours) / seconds,
            (points[i].machine_joules - machine) / seconds};
        before_ns = points[i].monotonic_ns;
        ours = points[i].joules;
        machine = points[i].machine_joules;
    }
    *ret_count = count;
    return samples;
}

// A tariff that is no longer there leaves the prices unknown, which is said.
static struct pt_tariff tariff_of(struct pt_arena *arena, const struct pt_record_run *run)
{
    struct pt_tariff tariff;
    struct pt_error error;
    const char *region = run->region[0] != '\0' ? run->region : NULL;
    const char *path = run->tariff[0] != '\0' ? run->tariff : NULL;
    if (pt_run_tariff(arena, region, path, NULL, &tariff, &error) == PT_OK)
        return tariff;
    fprintf(stderr, "powertrain: warning: run %s: %s; its price is unknown\n", run->uid,
            error.message);
    pt_run_tariff(arena, NULL, NULL, NULL, &tariff, NULL);
    return tariff;
}

static enum pt_status bill_of(struct pt_arena *arena, struct pt_record_entry *entry,
                              struct pt_bill *ret_bill, struct pt_error *error)
{
    struct pt_record_set alone = {.arena = arena, .entry_count = 1, .entries = &entry};
    struct pt_merge merge;
    struct pt_tariff tariff = tariff_of(arena, &entry->run);
    enum pt_status status = pt_merge_make(arena, &alone, NULL, &merge, error);
    if (status == PT_OK)
        status = pt_bill_of_merge(&merge, &tariff, ret_bill, error);
    if (status == PT_OK)
        snprintf(ret_bill->energy_source, sizeof ret_bill->energy_source, "%.127s",
                 entry->run.source);
    return status;
}

static const char *status_of(const struct pt_record_entry *entry)
{
    if (!entry->ended)
        return "interrupted";
    return entry->end.exit_status == 0 ? "finished" : "failed";
}

static enum pt_status write_run(struct recovery *recovery, struct pt_record_entry *entry,
                                struct pt_error *error)
{
    const struct pt_record_run *run = &entry->run;
    const struct pt_record_state *last = &entry->last;
    int64_t sample_count;
    struct pt_meter_sample *samples = samples_of(recovery->arena, entry, &sample_count);
    char *json = result_json(entry);
    struct pt_run_record record = {
        .kind = "meter",
        .name = run->program[0] != '\0' ? run->program : NULL,
        .command = run->command[0] != '\0' ? run->command : NULL,
        .machine = run->host,
        .sensor = run->sensor[0] != '\0' ? run->sensor : NULL,
        .status = status_of(entry),
        .result_json = json,
        .start_realtime_ns =
            last->realtime_ns - (int64_t)((last->seconds + last->suspended_seconds) * 1e9),
        .end_realtime_ns = last->realtime_ns,
        .duration_seconds = last->seconds,
        .exit_status = entry->end.exit_status,
        .has_bill = true,
        .origin = pt_outputs_origin_of(recovery->arena, run),
    };
    enum pt_status status = bill_of(recovery->arena, entry, &record.bill, error);
    if (status == PT_OK)
        status = pt_ledger_begin(recovery->ledger, &record, &record.id, error);
    if (status == PT_OK && samples != NULL && sample_count > 0)
        status = pt_ledger_progress(recovery->ledger, record.id, NULL, 0, samples, sample_count,
                                    &record.bill, error);
    if (status == PT_OK)
        status = pt_ledger_end(recovery->ledger, &record, error);
    free(json);
    return status;
}

// A run that a recovery has begun and not ended, because it was killed too, is there already: what
// it has is what the record had.
static enum pt_status take_in(struct recovery *recovery, struct pt_record_entry *entry,
                              struct pt_error *error)
{
    int64_t id;
    if (!entry->has_state)
        return PT_OK; // killed before the first second was over: there is nothing to bill
    if (recovery->ledger == NULL) {
        enum pt_status status = pt_ledger_open(recovery->ledger_path, &recovery->ledger, error);
        if (status != PT_OK)
            return status;
    }
    if (pt_ledger_find_origin(recovery->ledger, entry->run.uid, &id, NULL) == PT_OK)
        return PT_OK;
    enum pt_status status = write_run(recovery, entry, error);
    if (status == PT_BUSY)
        return PT_OK; // somebody else was faster
    recovery->count += status == PT_OK;
    return status;
}

// ------------------------------------------------------------------------- the state directory
static bool is_ours(const struct pt_record_entry *entry, const char *ledger)
{
    char host[PT_RECORD_NAME_SIZE] = "";
    int64_t now = pt_clock_realtime(&pt_system_clock);
    gethostname(host, sizeof host - 1);
    return strcmp(entry->run.ledger, ledger) == 0 &&
           (strcmp(entry->run.host, host) == 0 ||
            (entry->has_state && now - entry->last.realtime_ns > SILENT_NS_MAX));
}

static enum pt_status recover_orphan(struct recovery *recovery, const char *path,
                                     struct pt_error *error)
{
    char ledger[PT_RECORD_TEXT_SIZE];
    struct pt_record_set set;
    pt_recover_ledger_name(recovery->ledger_path, ledger, sizeof ledger);
    pt_record_set_init(&set, recovery->arena);
    enum pt_status status = pt_record_set_read(&set, path, error);
    pt_record_set_finish(&set);
    for (int64_t i = 0; i < set.entry_count && status == PT_OK; i++) {
        if (!is_ours(set.entries[i], ledger))
            return PT_OK;
        status = take_in(recovery, set.entries[i], error);
    }
    if (status == PT_OK && unlink(path) != 0 && errno != ENOENT)
        return pt_fail_errno(error, errno, "record %s: it cannot be removed", path);
    return status;
}

static void recover_all(struct recovery *recovery, const char *directory)
{
    const char **paths;
    int64_t count;
    struct pt_error error;
    if (pt_record_files(recovery->arena, directory, &paths, &count, NULL) != PT_OK)
        return; // there is none yet
    for (int64_t i = 0; i < count; i++) {
        int fd;
        if (!pt_record_is_orphan(paths[i], &fd))
            continue;
        if (recover_orphan(recovery, paths[i], &error) != PT_OK)
            fprintf(stderr, "powertrain: warning: %s; the record stays\n", error.message);
        close(fd);
    }
}

void pt_recover_records(const char *ledger)
{
    struct recovery recovery = {.ledger_path = ledger};
    const char *directory;
    if (ledger != NULL && strcmp(ledger, "none") == 0)
        return;
    recovery.arena = pt_arena_create();
    if (recovery.arena == NULL)
        return;
    if (pt_record_directory(recovery.arena, &directory, NULL) == PT_OK)
        recover_all(&recovery, directory);
    if (recovery.count > 0)
        fprintf(stderr,
                "powertrain: %" PRId64 " run%s of meters that were killed %s taken into the "
                "ledger\n",
                recovery.count, recovery.count == 1 ? "" : "s",
                recovery.count == 1 ? "was" : "were");
    pt_ledger_close(recovery.ledger);
    pt_arena_destroy(recovery.arena);
}

enum pt_status pt_recover_path(const char *path, const char *ledger, int64_t *ret_count,
                               struct pt_error *error)
{
    struct recovery recovery = {.ledger_path = ledger, .arena = pt_arena_create()};
    struct pt_record_set set;
    if (recovery.arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "out of memory");
    pt_record_set_init(&set, recovery.arena);
    enum pt_status status = pt_record_files_read(&set, &path, 1, error);
    for (int64_t i = 0; i < set.entry_count && status == PT_OK; i++)
        status = take_in(&recovery, set.entries[i], error);
    *ret_count = recovery.count;
    pt_ledger_close(recovery.ledger);
    pt_arena_destroy(recovery.arena);
    return status;
}
