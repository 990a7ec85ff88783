// What the tests of this room share: a bill, a run, and looking into the file.
#ifndef PT_TEST_LEDGER_SUPPORT_H
#define PT_TEST_LEDGER_SUPPORT_H

#include <unistd.h>

#include "ledger/store.h"
#include "support.h"

static inline struct pt_ledger *open_ledger(const char *path)
{
    struct pt_ledger *ledger;
    struct pt_error error;
    assert_status(pt_ledger_open(path, &ledger, &error), PT_OK, &error);
    return ledger;
}

static inline struct pt_amount known(int64_t value)
{
    return (struct pt_amount){true, value, value - 1, value + 2, PT_MEASURED};
}

// Two rows, the second without a price, so the total has none either.
static inline struct pt_bill two_rows(void)
{
    const struct pt_amount unknown = {.provenance = PT_MISSING};
    struct pt_bill bill = {
        .currency = "EUR",
        .row_count = 2,
        .rows = {{"forward", pt_quantity_exact(2), known(1000), known(50), unknown},
                 {"optimizer", pt_quantity_missing(), known(234), unknown, unknown}},
        .total = {"total", pt_quantity_exact(2), known(1234), unknown, unknown},
        .price_source = "a contract",
        .energy_source = "rapl",
    };
    return bill;
}

static inline struct pt_run_record a_run(void)
{
    return (struct pt_run_record){
        .kind = "train",
        .name = "mlp",
        .command = "powertrain train \"a b\".yaml",
        .machine = "a CPU, 2 threads",
        .sensor = "perf",
        .plan_json = "{\"steps\": 3}",
        .graph_signature = UINT64_C(0xfedcba9876543210),
        .start_realtime_ns = 1700000000123456789,
        .has_prediction = true,
        .prediction = two_rows(),
    };
}

static inline int64_t begin_run(struct pt_ledger *ledger)
{
    struct pt_run_record record = a_run();
    struct pt_error error;
    int64_t id = 0;
    assert_status(pt_ledger_begin(ledger, &record, &id, &error), PT_OK, &error);
    return id;
}

// The one number that a query gives, by a connection of its own.
static inline int64_t ask(const char *path, const char *sql)
{
    sqlite3 *database;
    sqlite3_stmt *select;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(database, sql, -1, &select, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(select), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(select, 0);
    sqlite3_finalize(select);
    sqlite3_close(database);
    return value;
}

static inline void tell(const char *path, const char *sql)
{
    sqlite3 *database;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(database);
}

static inline void assert_sound(const char *path)
{
    sqlite3 *database;
    sqlite3_stmt *select;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(database, "PRAGMA integrity_check", -1, &select, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(select), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(select, 0), "ok");
    sqlite3_finalize(select);
    sqlite3_close(database);
    assert_int_equal(ask(path, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

#endif
