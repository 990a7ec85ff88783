// The ledger: every joule ever billed. One SQLite file; WAL, STRICT tables, a schema version.
//
// Several processes may use one file, each with a ledger of its own; one ledger is used by one
// thread. Amounts are whole microjoules, billionths of a currency unit and micrograms, times are
// nanoseconds since 1970 UTC, unknown is NULL, so that plain SQL adds up right.
#ifndef PT_LEDGER_LEDGER_H
#define PT_LEDGER_LEDGER_H

#include "cost/bill.h"
#include "meter/meter.h"
#include "train/progress.h"

struct pt_ledger;

// Where a metered run comes from. Attempts of one run, and the processes of one job, share a group.
struct pt_run_origin {
    const char *uid;      // no two runs have the same; NULL: the run has no origin
    const char *group;    // NULL: it is alone
    int64_t attempt;      // how often the job had been started before
    const char *job_json; // what its launcher told, or NULL
};

// A run as the ledger keeps it. Texts are borrowed from the caller when writing, and live in the
// arena when reading.
struct pt_run_record {
    int64_t id;
    const char *kind;    // "train", "meter"
    const char *name;    // of the network, or the command
    const char *command; // the command line
    const char *machine; // CPU model and thread count
    const char *sensor;
    const char *status;      // "running", "finished", "interrupted", "failed"; read: also "lost",
                             // for a run that never ended and whose process is gone
    const char *plan_json;   // the plan as printed by --json, or NULL
    const char *result_json; // metrics: loss, accuracy, samples, flop
    uint64_t graph_signature;
    int64_t start_realtime_ns, end_realtime_ns; // end 0: still running
    double duration_seconds;
    int exit_status;
    bool has_prediction, has_bill;
    struct pt_bill prediction, bill;
    struct pt_run_origin origin;
};

// Opens or creates the file; NULL: ledger.db in the data directory (file.h). PT_BUSY if another
// process holds it for 5 s; PT_CORRUPT if it is no ledger or damaged, with what to do; PT_MISMATCH
// if a newer program wrote it; PT_DENIED; PT_DISK_FULL. Never deletes or overwrites anything.
enum pt_status pt_ledger_open(const char *path, struct pt_ledger **ret_ledger,
                              struct pt_error *error);
// The same for reading: PT_NOT_FOUND if there is no such file yet; no right to write is needed.
enum pt_status pt_ledger_open_existing(const char *path, struct pt_ledger **ret_ledger,
                                       struct pt_error *error);
void pt_ledger_close(struct pt_ledger *ledger);
const char *pt_ledger_path(const struct pt_ledger *ledger);

// Writes the run with status "running", its prediction and its origin; sets *ret_id. PT_BUSY if
// there is a run of this origin already.
enum pt_status pt_ledger_begin(struct pt_ledger *ledger, const struct pt_run_record *record,
                               int64_t *ret_id, struct pt_error *error);
// Replaces points and samples (at most PT_METER_SAMPLES) of the run and the bill so far, if it is
// not NULL: called now and then, so that a killed run is not lost. Rows that are as they were are
// not written again. PT_NOT_FOUND if there is no such run.
enum pt_status pt_ledger_progress(struct pt_ledger *ledger, int64_t id,
                                  const struct pt_progress_point *points, int64_t point_count,
                                  const struct pt_meter_sample *samples, int64_t sample_count,
                                  const struct pt_bill *bill_so_far, struct pt_error *error);
// Ends the run record->id: status, bill and prediction (if it has them: of a run that was stopped,
// the prediction for what was done), results, end, duration, exit status, and sensor if it is not
// NULL. One transaction, on the disk when this returns.
enum pt_status pt_ledger_end(struct pt_ledger *ledger, const struct pt_run_record *record,
                             struct pt_error *error);

// The newest limit runs, newest first; all of them for a limit of 0.
enum pt_status pt_ledger_list(struct pt_ledger *ledger, struct pt_arena *arena, int64_t limit,
                              struct pt_run_record **ret_records, int64_t *ret_count,
                              struct pt_error *error);
enum pt_status pt_ledger_run(struct pt_ledger *ledger, struct pt_arena *arena, int64_t id,
                             struct pt_run_record *ret_record, struct pt_error *error);
// The number of the run with this origin; PT_NOT_FOUND if there is none.
enum pt_status pt_ledger_find_origin(struct pt_ledger *ledger, const char *uid, int64_t *ret_id,
                                     struct pt_error *error);
enum pt_status pt_ledger_curves(struct pt_ledger *ledger, struct pt_arena *arena, int64_t id,
                                struct pt_progress_point **ret_points, int64_t *ret_point_count,
                                struct pt_meter_sample **ret_samples, int64_t *ret_sample_count,
                                struct pt_error *error);

#endif
