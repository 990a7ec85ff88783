// Writing runs. Each call is one transaction, so that a reader sees it whole or not at all.

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/bill_rows.h"
#include "ledger/owner.h"

static void put_text(sqlite3_stmt *statement, const char *parameter, const char *text)
{
    int index = sqlite3_bind_parameter_index(statement, parameter);
    sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC); // NULL binds NULL
}

static void put_integer(sqlite3_stmt *statement, const char *parameter, int64_t value)
{
    sqlite3_bind_int64(statement, sqlite3_bind_parameter_index(statement, parameter), value);
}

static void put_real(sqlite3_stmt *statement, const char *parameter, double value)
{
    int index = sqlite3_bind_parameter_index(statement, parameter);
    if (isnan(value))
        sqlite3_bind_null(statement, index);
    else
        sqlite3_bind_double(statement, index, value);
}

static enum pt_status insert_run(struct pt_ledger *ledger, const struct pt_run_record *record,
                                 struct pt_error *error)
{
    static const char sql[] =
        "INSERT INTO runs (kind, name, command, machine, sensor, status, plan_json,"
        " graph_signature, start_ns, exit_status, updated_ns, host, boot_id, pid_namespace, pid,"
        " pid_start_ticks) VALUES (:kind, :name, :command, :machine, :sensor, 'running', :plan,"
        " :signature, :start, 0, :now, :host, :boot, :namespace, :pid, :ticks)";
    sqlite3_stmt *insert;
    struct pt_owner owner;

    enum pt_status status = pt_ledger_prepare(ledger, sql, &insert, error);
    if (status != PT_OK)
        return status;
    pt_owner_self(ledger->root, &owner);
    put_text(insert, ":kind", record->kind);
    put_text(insert, ":name", record->name);
    put_text(insert, ":command", record->command);
    put_text(insert, ":machine", record->machine);
    put_text(insert, ":sensor", record->sensor);
    put_text(insert, ":plan", record->plan_json);
    put_integer(insert, ":signature", (int64_t)record->graph_signature);
    put_integer(insert, ":start", record->start_realtime_ns);
    put_integer(insert, ":now", pt_clock_realtime(ledger->clock));
    put_text(insert, ":host", owner.host);
    put_text(insert, ":boot", owner.boot_id);
    put_integer(insert, ":namespace", owner.pid_namespace);
    put_integer(insert, ":pid", owner.pid);
    put_integer(insert, ":ticks", owner.start_ticks);
    status = pt_ledger_step(ledger, insert, error);
    sqlite3_finalize(insert);
    return status;
}

static enum pt_status insert_origin(struct pt_ledger *ledger, int64_t id,
                                    const struct pt_run_origin *origin, struct pt_error *error)
{
    sqlite3_stmt *insert;
    int64_t other;
    if (pt_ledger_find_origin(ledger, origin->uid, &other, NULL) == PT_OK)
        return pt_fail(error, PT_BUSY, "%s: run %" PRId64 " is the run %s already", ledger->path,
                       other, origin->uid);
    enum pt_status status = pt_ledger_prepare(
        ledger, "INSERT INTO origins VALUES (:id, :uid, :group, :attempt, :job)", &insert, error);
    if (status != PT_OK)
        return status;
    put_integer(insert, ":id", id);
    put_text(insert, ":uid", origin->uid);
    put_text(insert, ":group", origin->group);
    put_integer(insert, ":attempt", origin->attempt);
    put_text(insert, ":job", origin->job_json);
    status = pt_ledger_step(ledger, insert, error);
    sqlite3_finalize(insert);
    return status;
}

enum pt_status pt_ledger_begin(struct pt_ledger *ledger, const struct pt_run_record *record,
                               int64_t *ret_id, struct pt_error *error)
{
    int64_t id = 0;

    if (record->kind == NULL)
        return pt_fail(error, PT_BAD_INPUT, "%s: a run without a kind", ledger->path);
    enum pt_status status = pt_ledger_execute(ledger, "BEGIN IMMEDIATE", error);
    if (status != PT_OK)
        return status;
    status = insert_run(ledger, record, error);
    if (status == PT_OK)
        id = sqlite3_last_insert_rowid(ledger->database);
    if (status == PT_OK && record->has_prediction)
        status = pt_ledger_write_bill(ledger, id, "prediction", &record->prediction, error);
    if (status == PT_OK && record->origin.uid != NULL)
        status = insert_origin(ledger, id, &record->origin, error);
    status = pt_ledger_finish(ledger, status, error);
    if (status == PT_OK)
        *ret_id = id;
    return status;
}

// One UPDATE of the run; PT_NOT_FOUND if there is none.
static enum pt_status update_run(struct pt_ledger *ledger, sqlite3_stmt *update, int64_t id,
                                 struct pt_error *error)
{
    put_integer(update, ":id", id);
    put_integer(update, ":now", pt_clock_realtime(ledger->clock));
    enum pt_status status = pt_ledger_step(ledger, update, error);
    if (status == PT_OK && sqlite3_changes(ledger->database) != 1)
        status = pt_fail(error, PT_NOT_FOUND, "%s: there is no run %" PRId64, ledger->path, id);
    sqlite3_finalize(update);
    return status;
}

static enum pt_status note_progress(struct pt_ledger *ledger, int64_t id, double seconds,
                                    struct pt_error *error)
{
    sqlite3_stmt *update;
    enum pt_status status =
        pt_ledger_prepare(ledger,
                          "UPDATE runs SET updated_ns = :now,"
                          " duration_seconds = ifnull(:seconds, duration_seconds) WHERE id = :id",
                          &update, error);
    if (status != PT_OK)
        return status;
    put_real(update, ":seconds", seconds);
    return update_run(ledger, update, id, error);
}

// Forgets all rows of the run from a place on.
static enum pt_status cut(struct pt_ledger *ledger, const char *sql, int64_t id, int64_t first,
                          struct pt_error *error)
{
    sqlite3_stmt *statement;
    enum pt_status status = pt_ledger_prepare(ledger, sql, &statement, error);
    if (status != PT_OK)
        return status;
    sqlite3_bind_int64(statement, 1, id);
    sqlite3_bind_int64(statement, 2, first);
    status = pt_ledger_step(ledger, statement, error);
    sqlite3_finalize(statement);
    return status;
}

static enum pt_status write_points(struct pt_ledger *ledger, int64_t id, int64_t first,
                                   const struct pt_progress_point *points, int64_t count,
                                   struct pt_error *error)
{
    static const char sql[] = "INSERT INTO points VALUES (:id, :position, :seconds, :step, :epoch,"
                              " :loss, :accuracy, :evaluation)";
    sqlite3_stmt *insert;

    enum pt_status status =
        cut(ledger, "DELETE FROM points WHERE run_id = ? AND position >= ?", id, first, error);
    if (status == PT_OK)
        status = pt_ledger_prepare(ledger, sql, &insert, error);
    if (status != PT_OK)
        return status;
    for (int64_t i = first; status == PT_OK && i < count; i++) {
        put_integer(insert, ":id", id);
        put_integer(insert, ":position", i);
        put_real(insert, ":seconds", points[i].seconds);
        put_integer(insert, ":step", points[i].step);
        put_integer(insert, ":epoch", points[i].epoch);
        put_real(insert, ":loss", points[i].loss);
        put_real(insert, ":accuracy", points[i].accuracy);
        put_integer(insert, ":evaluation", points[i].evaluation);
        status = pt_ledger_step(ledger, insert, error);
    }
    sqlite3_finalize(insert);
    return status;
}

static enum pt_status write_samples(struct pt_ledger *ledger, int64_t id, int64_t first,
                                    const struct pt_meter_sample *samples, int64_t count,
                                    struct pt_error *error)
{
    static const char sql[] = "INSERT INTO samples VALUES (:id, :position, :seconds, :joules,"
                              " :watts, :machine_watts)";
    sqlite3_stmt *insert;

    enum pt_status status =
        cut(ledger, "DELETE FROM samples WHERE run_id = ? AND position >= ?", id, first, error);
    if (status == PT_OK)
        status = pt_ledger_prepare(ledger, sql, &insert, error);
    if (status != PT_OK)
        return status;
    for (int64_t i = first; status == PT_OK && i < count; i++) {
        put_integer(insert, ":id", id);
        put_integer(insert, ":position", i);
        put_real(insert, ":seconds", samples[i].seconds);
        put_real(insert, ":joules", samples[i].joules);
        put_real(insert, ":watts", samples[i].watts);
        put_real(insert, ":machine_watts", samples[i].machine_watts);
        status = pt_ledger_step(ledger, insert, error);
    }
    sqlite3_finalize(insert);
    return status;
}

static bool reserve(void **items, int64_t *capacity, int64_t need, size_t size)
{
    if (need <= *capacity)
        return true;
    int64_t larger = need > 2 * *capacity ? need : 2 * *capacity;
    void *grown = realloc(*items, (size_t)larger * size);
    if (grown == NULL)
        return false;
    *items = grown;
    *capacity = larger;
    return true;
}

// How many items at the start of both are the same, to the bit.
static int64_t common_count(const void *a, int64_t a_count, const void *b, int64_t b_count,
                            size_t size)
{
    int64_t count = a_count < b_count ? a_count : b_count, i = 0;
    while (i < count && memcmp((const char *)a + (size_t)i * size,
                               (const char *)b + (size_t)i * size, size) == 0)
        i++;
    return i;
}

static void remember(struct pt_ledger_written *written, int64_t id,
                     const struct pt_progress_point *points, int64_t point_count,
                     const struct pt_meter_sample *samples, int64_t sample_count)
{
    if (point_count > 0)
        memcpy(written->points, points, (size_t)point_count * sizeof *points);
    if (sample_count > 0)
        memcpy(written->samples, samples, (size_t)sample_count * sizeof *samples);
    written->point_count = point_count;
    written->sample_count = sample_count;
    written->id = id;
}

enum pt_status pt_ledger_progress(struct pt_ledger *ledger, int64_t id,
                                  const struct pt_progress_point *points, int64_t point_count,
                                  const struct pt_meter_sample *samples, int64_t sample_count,
                                  const struct pt_bill *bill_so_far, struct pt_error *error)
{
    struct pt_ledger_written *written = &ledger->written;
    int64_t first_point = 0, first_sample = 0;
    double seconds = sample_count > 0  ? samples[sample_count - 1].seconds
                     : point_count > 0 ? points[point_count - 1].seconds
                                       : (double)NAN;

    if (!reserve((void **)&written->points, &written->point_capacity, point_count,
                 sizeof *points) ||
        !reserve((void **)&written->samples, &written->sample_capacity, sample_count,
                 sizeof *samples))
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory for the curves of run %" PRId64,
                       ledger->path, id);
    if (written->id == id) {
        first_point = common_count(points, point_count, written->points, written->point_count,
                                   sizeof *points);
        first_sample = common_count(samples, sample_count, written->samples, written->sample_count,
                                    sizeof *samples);
    }
    written->id = 0; // until it is known what a failure leaves
    enum pt_status status = pt_ledger_execute(ledger, "BEGIN IMMEDIATE", error);
    if (status != PT_OK)
        return status;
    status = note_progress(ledger, id, seconds, error);
    if (status == PT_OK)
        status = write_points(ledger, id, first_point, points, point_count, error);
    if (status == PT_OK)
        status = write_samples(ledger, id, first_sample, samples, sample_count, error);
    if (status == PT_OK && bill_so_far != NULL)
        status = pt_ledger_write_bill(ledger, id, "measurement", bill_so_far, error);
    status = pt_ledger_finish(ledger, status, error);
    if (status == PT_OK)
        remember(written, id, points, point_count, samples, sample_count);
    return status;
}

static enum pt_status end_run(struct pt_ledger *ledger, const struct pt_run_record *record,
                              struct pt_error *error)
{
    sqlite3_stmt *update;
    enum pt_status status = pt_ledger_prepare(
        ledger,
        "UPDATE runs SET updated_ns = :now, status = :status, result_json = :result,"
        " sensor = ifnull(:sensor, sensor), end_ns = :end, duration_seconds = :seconds,"
        " exit_status = :exit WHERE id = :id",
        &update, error);
    if (status != PT_OK)
        return status;
    put_text(update, ":status", record->status);
    put_text(update, ":result", record->result_json);
    put_text(update, ":sensor", record->sensor);
    put_integer(update, ":end", record->end_realtime_ns);
    put_real(update, ":seconds", record->duration_seconds);
    put_integer(update, ":exit", record->exit_status);
    return update_run(ledger, update, record->id, error);
}

enum pt_status pt_ledger_end(struct pt_ledger *ledger, const struct pt_run_record *record,
                             struct pt_error *error)
{
    if (record->status == NULL)
        return pt_fail(error, PT_BAD_INPUT, "%s: run %" PRId64 " ends without a status",
                       ledger->path, record->id);
    enum pt_status status =
        pt_ledger_execute(ledger, "PRAGMA synchronous = FULL; BEGIN IMMEDIATE", error);
    if (status == PT_OK) {
        status = end_run(ledger, record, error);
        if (status == PT_OK && record->has_bill)
            status = pt_ledger_write_bill(ledger, record->id, "measurement", &record->bill, error);
        if (status == PT_OK && record->has_prediction)
            status =
                pt_ledger_write_bill(ledger, record->id, "prediction", &record->prediction, error);
        status = pt_ledger_finish(ledger, status, error);
    }
    sqlite3_exec(ledger->database, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
    return status;
}
