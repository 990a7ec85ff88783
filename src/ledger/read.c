// Reading runs. Each call is one transaction: what it returns was true at one moment.

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "ledger/bill_rows.h"
#include "ledger/owner.h"

#define RUN_COLUMNS                                                                                \
    "id, kind, name, command, machine, sensor, status, plan_json, result_json, graph_signature,"   \
    " start_ns, end_ns, duration_seconds, exit_status, updated_ns, host, boot_id, pid_namespace,"  \
    " pid, pid_start_ticks"
#define FROM_RUNS ", uid, run_group, attempt, job_json FROM runs LEFT JOIN origins ON run_id = id"
// A file of version 1 that may not be written stays of version 1.
#define FROM_RUNS_1 ", NULL, NULL, 0, NULL FROM runs"

// In the order of RUN_COLUMNS.
enum column {
    COLUMN_ID,
    COLUMN_KIND,
    COLUMN_NAME,
    COLUMN_COMMAND,
    COLUMN_MACHINE,
    COLUMN_SENSOR,
    COLUMN_STATUS,
    COLUMN_PLAN,
    COLUMN_RESULT,
    COLUMN_SIGNATURE,
    COLUMN_START,
    COLUMN_END,
    COLUMN_DURATION,
    COLUMN_EXIT,
    COLUMN_UPDATED,
    COLUMN_HOST,
    COLUMN_BOOT,
    COLUMN_NAMESPACE,
    COLUMN_PID,
    COLUMN_TICKS,
    COLUMN_UID,
    COLUMN_GROUP,
    COLUMN_ATTEMPT,
    COLUMN_JOB,
};

// NULL stays NULL. *ok becomes false without memory.
static const char *take_text(sqlite3_stmt *row, enum column column, struct pt_arena *arena,
                             bool *ok)
{
    if (sqlite3_column_type(row, (int)column) == SQLITE_NULL)
        return NULL;
    const char *text = (const char *)sqlite3_column_text(row, (int)column);
    char *copy = text != NULL ? pt_arena_strdup(arena, text) : NULL;
    *ok = *ok && copy != NULL;
    return copy;
}

static int64_t take_integer(sqlite3_stmt *row, enum column column)
{
    return sqlite3_column_int64(row, (int)column);
}

static bool is_lost(const struct pt_ledger *ledger, sqlite3_stmt *row)
{
    struct pt_owner owner = {.pid_namespace = take_integer(row, COLUMN_NAMESPACE),
                             .pid = take_integer(row, COLUMN_PID),
                             .start_ticks = take_integer(row, COLUMN_TICKS)};
    const char *host = (const char *)sqlite3_column_text(row, COLUMN_HOST);
    const char *boot_id = (const char *)sqlite3_column_text(row, COLUMN_BOOT);
    int64_t silent_ns;

    if (host != NULL)
        strncpy(owner.host, host, sizeof owner.host - 1);
    if (boot_id != NULL)
        strncpy(owner.boot_id, boot_id, sizeof owner.boot_id - 1);
    if (__builtin_sub_overflow(pt_clock_realtime(ledger->clock), take_integer(row, COLUMN_UPDATED),
                               &silent_ns))
        silent_ns = INT64_MAX;
    return pt_owner_is_gone(ledger->root, &owner, silent_ns);
}

static enum pt_status take_run(struct pt_ledger *ledger, struct pt_arena *arena, sqlite3_stmt *row,
                               struct pt_run_record *ret_record, struct pt_error *error)
{
    bool ok = true;
    struct pt_run_record *record = ret_record;

    memset(record, 0, sizeof *record);
    record->id = take_integer(row, COLUMN_ID);
    record->kind = take_text(row, COLUMN_KIND, arena, &ok);
    record->name = take_text(row, COLUMN_NAME, arena, &ok);
    record->command = take_text(row, COLUMN_COMMAND, arena, &ok);
    record->machine = take_text(row, COLUMN_MACHINE, arena, &ok);
    record->sensor = take_text(row, COLUMN_SENSOR, arena, &ok);
    record->status = take_text(row, COLUMN_STATUS, arena, &ok);
    record->plan_json = take_text(row, COLUMN_PLAN, arena, &ok);
    record->result_json = take_text(row, COLUMN_RESULT, arena, &ok);
    record->graph_signature = (uint64_t)take_integer(row, COLUMN_SIGNATURE);
    record->start_realtime_ns = take_integer(row, COLUMN_START);
    record->end_realtime_ns = take_integer(row, COLUMN_END);
    record->duration_seconds = pt_ledger_real(row, COLUMN_DURATION);
    record->exit_status = sqlite3_column_int(row, COLUMN_EXIT);
    record->origin.uid = take_text(row, COLUMN_UID, arena, &ok);
    record->origin.group = take_text(row, COLUMN_GROUP, arena, &ok);
    record->origin.attempt = take_integer(row, COLUMN_ATTEMPT);
    record->origin.job_json = take_text(row, COLUMN_JOB, arena, &ok);
    if (!ok)
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory for run %" PRId64, ledger->path,
                       record->id);
    // Not NULL by the schema, but a damaged file keeps no promises.
    if (record->kind == NULL || record->status == NULL)
        return pt_fail(error, PT_CORRUPT, "%s: run %" PRId64 " has no kind or status", ledger->path,
                       record->id);
    if (strcmp(record->status, "running") == 0 && is_lost(ledger, row))
        record->status = "lost";
    return PT_OK;
}

static enum pt_status take_run_and_bills(struct pt_ledger *ledger, struct pt_arena *arena,
                                         sqlite3_stmt *row, struct pt_run_record *ret_record,
                                         struct pt_error *error)
{
    enum pt_status status = take_run(ledger, arena, row, ret_record, error);
    if (status == PT_OK)
        status = pt_ledger_read_bill(ledger, ret_record->id, "prediction", &ret_record->prediction,
                                     &ret_record->has_prediction, error);
    if (status == PT_OK)
        status = pt_ledger_read_bill(ledger, ret_record->id, "measurement", &ret_record->bill,
                                     &ret_record->has_bill, error);
    return status;
}

static enum pt_status list(struct pt_ledger *ledger, struct pt_arena *arena, int64_t limit,
                           struct pt_run_record **ret_records, int64_t *ret_count,
                           struct pt_error *error)
{
    sqlite3_stmt *select;
    int64_t count = 0, i = 0;
    int code = SQLITE_DONE;

    enum pt_status status = pt_ledger_count(ledger, "SELECT count(*) FROM runs", 0, &count, error);
    if (status != PT_OK)
        return status;
    if (limit > 0 && limit < count)
        count = limit;
    struct pt_run_record *records = pt_arena_alloc(arena, (size_t)count, sizeof *records);
    if (records == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory for %" PRId64 " runs", ledger->path,
                       count);
    status = pt_ledger_prepare(ledger,
                               ledger->version >= 2
                                   ? "SELECT " RUN_COLUMNS FROM_RUNS " ORDER BY id DESC LIMIT ?"
                                   : "SELECT " RUN_COLUMNS FROM_RUNS_1 " ORDER BY id DESC LIMIT ?",
                               &select, error);
    if (status != PT_OK)
        return status;
    sqlite3_bind_int64(select, 1, count);
    while (status == PT_OK && i < count && (code = sqlite3_step(select)) == SQLITE_ROW)
        status = take_run_and_bills(ledger, arena, select, &records[i++], error);
    if (status == PT_OK && code != SQLITE_ROW && code != SQLITE_DONE)
        status = pt_ledger_fail(ledger, error, "cannot read the runs");
    sqlite3_finalize(select);
    if (status != PT_OK)
        return status;
    *ret_records = records;
    *ret_count = i;
    return PT_OK;
}

enum pt_status pt_ledger_list(struct pt_ledger *ledger, struct pt_arena *arena, int64_t limit,
                              struct pt_run_record **ret_records, int64_t *ret_count,
                              struct pt_error *error)
{
    enum pt_status status = pt_ledger_execute(ledger, "BEGIN", error);
    if (status != PT_OK)
        return status;
    return pt_ledger_finish(ledger, list(ledger, arena, limit, ret_records, ret_count, error),
                            error);
}

static enum pt_status read_run(struct pt_ledger *ledger, struct pt_arena *arena, int64_t id,
                               struct pt_run_record *ret_record, struct pt_error *error)
{
    sqlite3_stmt *select;
    enum pt_status status =
        pt_ledger_prepare(ledger,
                          ledger->version >= 2 ? "SELECT " RUN_COLUMNS FROM_RUNS " WHERE id = ?"
                                               : "SELECT " RUN_COLUMNS FROM_RUNS_1 " WHERE id = ?",
                          &select, error);
    if (status != PT_OK)
        return status;
    sqlite3_bind_int64(select, 1, id);
    int code = sqlite3_step(select);
    if (code == SQLITE_ROW)
        status = take_run_and_bills(ledger, arena, select, ret_record, error);
    else if (code == SQLITE_DONE)
        status = pt_fail(error, PT_NOT_FOUND,
                         "%s: there is no run %" PRId64 "; `powertrain bills` lists them",
                         ledger->path, id);
    else
        status = pt_ledger_fail(ledger, error, "cannot read run %" PRId64, id);
    sqlite3_finalize(select);
    return status;
}

enum pt_status pt_ledger_run(struct pt_ledger *ledger, struct pt_arena *arena, int64_t id,
                             struct pt_run_record *ret_record, struct pt_error *error)
{
    enum pt_status status = pt_ledger_execute(ledger, "BEGIN", error);
    if (status != PT_OK)
        return status;
    return pt_ledger_finish(ledger, read_run(ledger, arena, id, ret_record, error), error);
}

enum pt_status pt_ledger_find_origin(struct pt_ledger *ledger, const char *uid, int64_t *ret_id,
                                     struct pt_error *error)
{
    sqlite3_stmt *select;
    if (ledger->version < 2)
        return pt_fail(error, PT_NOT_FOUND, "%s: there is no run %s", ledger->path, uid);
    enum pt_status status =
        pt_ledger_prepare(ledger, "SELECT run_id FROM origins WHERE uid = ?", &select, error);
    if (status != PT_OK)
        return status;
    sqlite3_bind_text(select, 1, uid, -1, SQLITE_STATIC);
    int code = sqlite3_step(select);
    if (code == SQLITE_ROW)
        *ret_id = sqlite3_column_int64(select, 0);
    else if (code == SQLITE_DONE)
        status = pt_fail(error, PT_NOT_FOUND, "%s: there is no run %s", ledger->path, uid);
    else
        status = pt_ledger_fail(ledger, error, "cannot look for run %s", uid);
    sqlite3_finalize(select);
    return status;
}
