// Rows of any kind in a sound database: SQL is run on an empty ledger, as somebody may who edits it
// by hand, and all that it holds is then read or refused. (SQLite's own reading of damaged files is
// fuzzed by its authors: https://www.sqlite.org/testing.html, 4.)

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ledger/store.h"

enum { STEPS_MAX = 20000 };

static char folder[] = "/tmp/powertrain-fuzz-XXXXXX", path[128];

static void remove_file(void)
{
    char name[160];
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

static void clean(void)
{
    remove_file();
    rmdir(folder);
}

// An empty ledger, copied for each input: to create one waits for the disk.
static char empty[1 << 16];
static size_t empty_length;

static void make_empty(void)
{
    struct pt_ledger *ledger;
    if (mkdtemp(folder) == NULL)
        abort();
    snprintf(path, sizeof path, "%s/ledger.db", folder);
    atexit(clean);
    if (pt_ledger_open(path, &ledger, NULL) != PT_OK)
        abort();
    pt_ledger_close(ledger);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        abort();
    empty_length = fread(empty, 1, sizeof empty, file);
    fclose(file);
    if (empty_length == 0 || empty_length == sizeof empty)
        abort();
}

static void start_empty(void)
{
    if (path[0] == '\0')
        make_empty();
    remove_file();
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(empty, 1, empty_length, file) != empty_length || fclose(file) != 0)
        abort();
}

// No other file, no endless query.
static int allow(void *state, int action, const char *a, const char *b, const char *c,
                 const char *d)
{
    (void)state, (void)a, (void)b, (void)c, (void)d;
    return action == SQLITE_ATTACH || action == SQLITE_PRAGMA ? SQLITE_DENY : SQLITE_OK;
}

static int stop(void *state)
{
    return ++*(int *)state > STEPS_MAX / 100;
}

static void edit(const uint8_t *bytes, size_t length)
{
    int steps = 0;
    sqlite3 *database;
    char *sql = malloc(length + 1);
    if (sql == NULL || sqlite3_open(path, &database) != SQLITE_OK)
        abort();
    for (size_t i = 0; i < length; i++)
        sql[i] = (char)bytes[i];
    sql[length] = '\0';
    sqlite3_exec(database, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
    sqlite3_limit(database, SQLITE_LIMIT_LENGTH, 1 << 16);
    sqlite3_set_authorizer(database, allow, NULL);
    sqlite3_progress_handler(database, 100, stop, &steps);
    sqlite3_exec(database, sql, NULL, NULL, NULL);
    sqlite3_close(database);
    free(sql);
}

static void check_bill(const struct pt_bill *bill)
{
    if (bill->row_count < 0 || bill->row_count > PT_BILL_ROWS_MAX)
        abort();
}

static void read_all(struct pt_ledger *ledger, struct pt_arena *arena)
{
    struct pt_run_record *runs;
    int64_t count;
    if (pt_ledger_list(ledger, arena, 100, &runs, &count, NULL) != PT_OK)
        return;
    for (int64_t i = 0; i < count; i++) {
        struct pt_progress_point *points;
        struct pt_meter_sample *samples;
        int64_t point_count, sample_count;
        if (runs[i].kind == NULL || runs[i].status == NULL)
            abort();
        check_bill(&runs[i].prediction);
        check_bill(&runs[i].bill);
        pt_ledger_curves(ledger, arena, runs[i].id, &points, &point_count, &samples, &sample_count,
                         NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct pt_ledger *ledger;

    start_empty();
    edit(bytes, length);
    if (pt_ledger_open_within(path, true, 0, &ledger, NULL) != PT_OK)
        return 0;
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        abort();
    read_all(ledger, arena);
    pt_arena_destroy(arena);
    pt_ledger_close(ledger);
    return 0;
}
