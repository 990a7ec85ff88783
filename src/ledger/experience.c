// Measured against predicted, run by run. SQLite looks into the plans and adds the seconds: reading
// runs whole, with all of their bills, takes ten times as long.

#include "ledger/experience.h"

#include <math.h>

#include "ledger/store.h"

enum { RUNS_MAX = 30 };
static const double least_seconds = 1;

// json_extract fails on what is no JSON, and SQLite may ask in any order: hence CASE.
#define OF_PLAN(KEY) "CASE WHEN json_valid(plan_json) THEN json_extract(plan_json, '$." KEY "') END"
// clang-format off
static const char candidates[] =
    "SELECT id, graph_signature, " OF_PLAN("correction.time_factor") ", " OF_PLAN("correction")
    " FROM runs WHERE kind = 'train' AND machine = ?1 AND status IN ('finished', 'interrupted')"
    " AND coalesce(" OF_PLAN("calibration_date") ", '') = ?2"
    " AND coalesce(" OF_PLAN("precision") ", '') = ?3 AND json_valid(plan_json) ORDER BY id DESC";
// clang-format on
// Seconds of the rows that both bills have: set-up and checkpoints are not predicted.
static const char sums[] =
    "SELECT sum(m.seconds), sum(p.seconds) FROM bill_rows AS p JOIN bill_rows AS m"
    " ON m.run_id = p.run_id AND m.kind = 'measurement' AND m.is_total = 0 AND m.label = p.label"
    " WHERE p.run_id = ?1 AND p.kind = 'prediction' AND p.is_total = 0"
    " AND m.seconds IS NOT NULL AND p.seconds IS NOT NULL";

// By what the prediction was corrected: 1 if it was not, NAN if that cannot be.
static double factor_of(sqlite3_stmt *row)
{
    if (sqlite3_column_type(row, 3) == SQLITE_NULL)
        return 1;
    int type = sqlite3_column_type(row, 2);
    double factor = type == SQLITE_NULL ? 1 : sqlite3_column_double(row, 2);
    bool is_number = type == SQLITE_NULL || type == SQLITE_FLOAT || type == SQLITE_INTEGER;
    return is_number && factor >= 1e-6 && factor <= 1e6 ? factor : NAN;
}

// NAN: the run teaches nothing.
static enum pt_status ratio_of(struct pt_ledger *ledger, sqlite3_stmt *sum, int64_t id,
                               double *ret_ratio, struct pt_error *error)
{
    sqlite3_bind_int64(sum, 1, id);
    if (sqlite3_step(sum) != SQLITE_ROW)
        return pt_ledger_fail(ledger, error, "cannot read the bills of an earlier run");
    double measured = pt_ledger_real(sum, 0), predicted = pt_ledger_real(sum, 1);
    *ret_ratio = measured >= least_seconds && predicted > 0 ? measured / predicted : NAN;
    sqlite3_reset(sum);
    return PT_OK;
}

static enum pt_status collect(struct pt_ledger *ledger, sqlite3_stmt *row, sqlite3_stmt *sum,
                              uint64_t signature, struct pt_experience_run *runs,
                              int64_t *ret_count, struct pt_error *error)
{
    int code = SQLITE_DONE;
    int64_t count = 0;
    while (count < RUNS_MAX && (code = sqlite3_step(row)) == SQLITE_ROW) {
        double ratio = NAN, factor = factor_of(row);
        enum pt_status status = ratio_of(ledger, sum, sqlite3_column_int64(row, 0), &ratio, error);
        if (status != PT_OK)
            return status;
        if (!isnan(ratio * factor))
            runs[count++] = (struct pt_experience_run){
                ratio * factor, (uint64_t)sqlite3_column_int64(row, 1) == signature};
    }
    *ret_count = count;
    return code == SQLITE_ROW || code == SQLITE_DONE
               ? PT_OK
               : pt_ledger_fail(ledger, error, "cannot read earlier runs");
}

enum pt_status pt_ledger_experience(struct pt_ledger *ledger, struct pt_arena *arena,
                                    const struct pt_experience_key *key,
                                    struct pt_experience_run **ret_runs, int64_t *ret_count,
                                    struct pt_error *error)
{
    sqlite3_stmt *row = NULL, *sum = NULL;
    struct pt_experience_run *runs = pt_arena_alloc(arena, RUNS_MAX, sizeof *runs);
    if (runs == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", pt_ledger_path(ledger));
    enum pt_status status = pt_ledger_prepare(ledger, candidates, &row, error);
    if (status == PT_OK)
        status = pt_ledger_prepare(ledger, sums, &sum, error);
    if (status == PT_OK) {
        sqlite3_bind_text(row, 1, key->machine, -1, SQLITE_STATIC);
        sqlite3_bind_text(row, 2, key->calibration_date, -1, SQLITE_STATIC);
        sqlite3_bind_text(row, 3, key->precision, -1, SQLITE_STATIC);
        status = collect(ledger, row, sum, key->graph_signature, runs, ret_count, error);
    }
    if (status == PT_OK)
        *ret_runs = runs;
    sqlite3_finalize(row);
    sqlite3_finalize(sum);
    return status;
}
