// Reading the curves of a run: the points of training and the samples of the meter.

#include <inttypes.h>

#include "ledger/store.h"

// Room for the rows of a run, and a statement that gives them in their order.
static enum pt_status start_curve(struct pt_ledger *ledger, struct pt_arena *arena, int64_t id,
                                  const char *count_sql, const char *select_sql, size_t item_size,
                                  void **ret_items, int64_t *ret_count, sqlite3_stmt **ret_select,
                                  struct pt_error *error)
{
    int64_t count = 0;
    enum pt_status status = pt_ledger_count(ledger, count_sql, id, &count, error);
    if (status != PT_OK)
        return status;
    *ret_items = pt_arena_alloc(arena, (size_t)count, item_size);
    *ret_count = count;
    if (*ret_items == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory for the curves of run %" PRId64,
                       ledger->path, id);
    status = pt_ledger_prepare(ledger, select_sql, ret_select, error);
    if (status == PT_OK)
        sqlite3_bind_int64(*ret_select, 1, id);
    return status;
}

static enum pt_status end_curve(struct pt_ledger *ledger, int64_t id, sqlite3_stmt *select,
                                int code, struct pt_error *error)
{
    enum pt_status status = PT_OK;
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        status = pt_ledger_fail(ledger, error, "cannot read the curves of run %" PRId64, id);
    sqlite3_finalize(select);
    return status;
}

static enum pt_status read_points(struct pt_ledger *ledger, struct pt_arena *arena, int64_t id,
                                  struct pt_progress_point **ret_points, int64_t *ret_count,
                                  struct pt_error *error)
{
    sqlite3_stmt *row;
    void *items;
    int64_t count, i = 0;
    int code = SQLITE_DONE;

    enum pt_status status =
        start_curve(ledger, arena, id, "SELECT count(*) FROM points WHERE run_id = ?",
                    "SELECT seconds, step, epoch, loss, accuracy, evaluation FROM points"
                    " WHERE run_id = ? ORDER BY position",
                    sizeof(struct pt_progress_point), &items, &count, &row, error);
    if (status != PT_OK)
        return status;
    struct pt_progress_point *points = items;
    for (; i < count && (code = sqlite3_step(row)) == SQLITE_ROW; i++)
        points[i] = (struct pt_progress_point){.seconds = pt_ledger_real(row, 0),
                                               .step = sqlite3_column_int64(row, 1),
                                               .epoch = sqlite3_column_int64(row, 2),
                                               .loss = pt_ledger_real(row, 3),
                                               .accuracy = pt_ledger_real(row, 4),
                                               .evaluation = sqlite3_column_int(row, 5) != 0};
    *ret_points = points;
    *ret_count = i;
    return end_curve(ledger, id, row, code, error);
}

static enum pt_status read_samples(struct pt_ledger *ledger, struct pt_arena *arena, int64_t id,
                                   struct pt_meter_sample **ret_samples, int64_t *ret_count,
                                   struct pt_error *error)
{
    sqlite3_stmt *row;
    void *items;
    int64_t count, i = 0;
    int code = SQLITE_DONE;

    enum pt_status status =
        start_curve(ledger, arena, id, "SELECT count(*) FROM samples WHERE run_id = ?",
                    "SELECT seconds, joules, watts, machine_watts FROM samples"
                    " WHERE run_id = ? ORDER BY position",
                    sizeof(struct pt_meter_sample), &items, &count, &row, error);
    if (status != PT_OK)
        return status;
    struct pt_meter_sample *samples = items;
    for (; i < count && (code = sqlite3_step(row)) == SQLITE_ROW; i++)
        samples[i] = (struct pt_meter_sample){.seconds = pt_ledger_real(row, 0),
                                              .joules = pt_ledger_real(row, 1),
                                              .watts = pt_ledger_real(row, 2),
                                              .machine_watts = pt_ledger_real(row, 3)};
    *ret_samples = samples;
    *ret_count = i;
    return end_curve(ledger, id, row, code, error);
}

enum pt_status pt_ledger_curves(struct pt_ledger *ledger, struct pt_arena *arena, int64_t id,
                                struct pt_progress_point **ret_points, int64_t *ret_point_count,
                                struct pt_meter_sample **ret_samples, int64_t *ret_sample_count,
                                struct pt_error *error)
{
    enum pt_status status = pt_ledger_execute(ledger, "BEGIN", error);
    if (status != PT_OK)
        return status;
    status = read_points(ledger, arena, id, ret_points, ret_point_count, error);
    if (status == PT_OK)
        status = read_samples(ledger, arena, id, ret_samples, ret_sample_count, error);
    return pt_ledger_finish(ledger, status, error);
}
