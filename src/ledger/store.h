// What the members of this room share: the open file, and how SQLite's failures become ours.
#ifndef PT_LEDGER_STORE_H
#define PT_LEDGER_STORE_H

#include <sqlite3.h>

#include "base/clock.h"
#include "ledger/ledger.h"

enum {
    PT_LEDGER_APPLICATION_ID = 0x50744c67, // "PtLg", at byte 68 of the file
    PT_LEDGER_BUSY_MILLISECONDS = 5000,
};

// The curves of one run as they stand in the file, so that _progress writes only what changed.
struct pt_ledger_written {
    int64_t id; // 0: nothing is known
    struct pt_progress_point *points;
    struct pt_meter_sample *samples;
    int64_t point_count, sample_count, point_capacity, sample_capacity;
};

struct pt_ledger {
    sqlite3 *database;
    char *path;
    const char *root; // of /proc
    const struct pt_clock *clock;
    int64_t version; // of the schema; older than ours only if the file may not be written
    struct pt_ledger_written written;
};

// _open and _open_existing with another patience, for tests.
enum pt_status pt_ledger_open_within(const char *path, bool must_exist, int busy_milliseconds,
                                     struct pt_ledger **ret_ledger, struct pt_error *error);
// Whether WAL, which needs shared memory, fails on a filesystem with this statfs type.
bool pt_ledger_is_network_filesystem(long type);

// Steps from an empty file to the newest schema; step i makes version i + 1. NULL ends the list.
extern const char *const pt_ledger_migrations[];
int pt_ledger_schema_version(void);

// The error that SQLite has just reported, with the status that fits; doing is for example "cannot
// write run 3".
enum pt_status pt_ledger_fail(const struct pt_ledger *ledger, struct pt_error *error,
                              const char *doing, ...) PT_PRINTF(3, 4);
enum pt_status pt_ledger_execute(struct pt_ledger *ledger, const char *sql, struct pt_error *error);
enum pt_status pt_ledger_prepare(struct pt_ledger *ledger, const char *sql, sqlite3_stmt **ret,
                                 struct pt_error *error);
// Runs a statement that gives no rows, and resets it.
enum pt_status pt_ledger_step(struct pt_ledger *ledger, sqlite3_stmt *statement,
                              struct pt_error *error);
// The one number that a query gives; id is bound if it has a parameter.
enum pt_status pt_ledger_count(struct pt_ledger *ledger, const char *sql, int64_t id,
                               int64_t *ret_count, struct pt_error *error);
// NULL is NAN.
double pt_ledger_real(sqlite3_stmt *row, int column);
// COMMIT if status is PT_OK, else ROLLBACK; returns what became of it.
enum pt_status pt_ledger_finish(struct pt_ledger *ledger, enum pt_status status,
                                struct pt_error *error);

#endif
