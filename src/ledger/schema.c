// The schema of the ledger, step by step. A step is never changed once it is released: files that
// were made with it exist. A new version is one more step, and tests/ledger/schema-v1.sql stays.

#include <stddef.h>

#include "ledger/store.h"

// A bill's rows and its total: seconds, then three whole amounts, each with its 90 % interval and
// where it comes from; NULL is unknown.
static const char version_1[] =
    "CREATE TABLE runs ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " kind TEXT NOT NULL,"
    " name TEXT,"
    " command TEXT,"
    " machine TEXT,"
    " sensor TEXT,"
    " status TEXT NOT NULL,"
    " plan_json TEXT,"
    " result_json TEXT,"
    " graph_signature INTEGER NOT NULL,"
    " start_ns INTEGER NOT NULL,"
    " end_ns INTEGER,"
    " duration_seconds REAL,"
    " exit_status INTEGER NOT NULL,"
    " updated_ns INTEGER NOT NULL,"
    " host TEXT NOT NULL,"
    " boot_id TEXT NOT NULL,"
    " pid_namespace INTEGER NOT NULL,"
    " pid INTEGER NOT NULL,"
    " pid_start_ticks INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE bills ("
    " run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,"
    " kind TEXT NOT NULL CHECK (kind IN ('prediction', 'measurement')),"
    " currency TEXT NOT NULL,"
    " price_source TEXT NOT NULL,"
    " carbon_source TEXT NOT NULL,"
    " energy_source TEXT NOT NULL,"
    " PRIMARY KEY (run_id, kind)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE bill_rows ("
    " run_id INTEGER NOT NULL,"
    " kind TEXT NOT NULL,"
    " is_total INTEGER NOT NULL CHECK (is_total IN (0, 1)),"
    " position INTEGER NOT NULL,"
    " label TEXT NOT NULL,"
    " seconds REAL, seconds_low REAL, seconds_high REAL, seconds_provenance TEXT NOT NULL,"
    " microjoules INTEGER, microjoules_low INTEGER, microjoules_high INTEGER,"
    " microjoules_provenance TEXT NOT NULL,"
    " nano_money INTEGER, nano_money_low INTEGER, nano_money_high INTEGER,"
    " nano_money_provenance TEXT NOT NULL,"
    " micrograms INTEGER, micrograms_low INTEGER, micrograms_high INTEGER,"
    " micrograms_provenance TEXT NOT NULL,"
    " PRIMARY KEY (run_id, kind, is_total, position),"
    " FOREIGN KEY (run_id, kind) REFERENCES bills (run_id, kind) ON DELETE CASCADE"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE points ("
    " run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,"
    " position INTEGER NOT NULL,"
    " seconds REAL NOT NULL,"
    " step INTEGER NOT NULL,"
    " epoch INTEGER NOT NULL,"
    " loss REAL,"
    " accuracy REAL,"
    " evaluation INTEGER NOT NULL,"
    " PRIMARY KEY (run_id, position)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE samples ("
    " run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,"
    " position INTEGER NOT NULL,"
    " seconds REAL NOT NULL,"
    " joules REAL,"
    " watts REAL,"
    " machine_watts REAL,"
    " PRIMARY KEY (run_id, position)"
    ") STRICT, WITHOUT ROWID;";

// Where a run comes from, if it was metered: the name that no other run has (meter/record.h), and
// the job of which it is an attempt or a part.
static const char version_2[] =
    "CREATE TABLE origins ("
    " run_id INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,"
    " uid TEXT NOT NULL UNIQUE,"
    " run_group TEXT,"
    " attempt INTEGER NOT NULL,"
    " job_json TEXT"
    ") STRICT;";

const char *const pt_ledger_migrations[] = {version_1, version_2, NULL};

int pt_ledger_schema_version(void)
{
    return (int)(sizeof pt_ledger_migrations / sizeof *pt_ledger_migrations) - 1;
}
