// Files of every released version open for ever: schema-vN.sql is such a file as SQL.

#include <sys/stat.h>

#include "ledger_support.h"

static const char *file_of_version(int version)
{
    char source[4096];
    const char *root = getenv("PT_SOURCE_DIR");
    const char *path = test_path(test_folder(), "ledger.db");
    if (root == NULL)
        root = ".";
    snprintf(source, sizeof source, "%s/tests/ledger/schema-v%d.sql", root, version);
    char *sql = test_read(source, NULL);
    tell(path, sql);
    free(sql);
    return path;
}

static void a_file_of_version_1_is_read(void **unused)
{
    (void)unused;
    struct pt_run_record run;
    struct pt_progress_point *points;
    struct pt_meter_sample *samples;
    int64_t point_count, sample_count;
    struct pt_error error;
    struct pt_arena *arena = pt_arena_create();
    struct pt_ledger *ledger = open_ledger(file_of_version(1));

    assert_status(pt_ledger_run(ledger, arena, 3, &run, &error), PT_OK, &error);
    assert_string_equal(run.name, "fashion-mlp");
    assert_string_equal(run.status, "finished");
    assert_true(run.graph_signature == UINT64_C(0xfedcba9876543210));
    assert_int_equal(run.start_realtime_ns, 1700000000123456789);
    assert_near(run.duration_seconds, 12.5, 0);
    assert_int_equal(run.bill.row_count, 2);
    assert_string_equal(run.bill.rows[1].label, "backward");
    assert_int_equal(run.bill.total.microjoules.value, 300000000);
    assert_int_equal(run.bill.total.nano_money.high, 25000);
    assert_false(run.bill.total.micrograms.known);
    assert_int_equal(run.bill.total.microjoules.provenance, PT_MEASURED);
    assert_int_equal(run.prediction.total.microjoules.provenance, PT_MODELLED);
    assert_string_equal(run.bill.price_source, "contract of 2023");
    assert_status(
        pt_ledger_curves(ledger, arena, 3, &points, &point_count, &samples, &sample_count, &error),
        PT_OK, &error);
    assert_int_equal(point_count, 2);
    assert_true(isnan(points[0].accuracy));
    assert_near(points[1].accuracy, 0.885, 0);
    assert_true(points[1].evaluation);
    assert_int_equal(sample_count, 1);
    assert_true(isnan(samples[0].machine_watts));
    pt_ledger_close(ledger);
    pt_arena_destroy(arena);
}

static void an_origin_of_version_2_is_read(void **unused)
{
    (void)unused;
    struct pt_run_record run;
    struct pt_error error;
    int64_t id = 0;
    struct pt_arena *arena = pt_arena_create();
    struct pt_ledger *ledger = open_ledger(file_of_version(2));
    assert_status(pt_ledger_run(ledger, arena, 3, &run, &error), PT_OK, &error);
    assert_string_equal(run.origin.uid, "0123456789abcdef0123456789abcdef");
    assert_string_equal(run.origin.group, "slurm:c:17");
    assert_int_equal(run.origin.attempt, 2);
    assert_status(pt_ledger_find_origin(ledger, run.origin.uid, &id, &error), PT_OK, &error);
    assert_int_equal(id, 3);
    assert_status(pt_ledger_find_origin(ledger, "other", &id, &error), PT_NOT_FOUND, &error);
    pt_ledger_close(ledger);
    pt_arena_destroy(arena);
}

// Nobody may write it, so it stays of version 1, and is read.
static void an_old_file_that_may_not_be_written_is_read(void **unused)
{
    (void)unused;
    struct pt_run_record *runs;
    struct pt_error error;
    int64_t count, id;
    if (geteuid() == 0)
        skip(); // root may write everything
    const char *path = file_of_version(1);
    struct pt_arena *arena = pt_arena_create();
    struct pt_ledger *ledger;
    assert_int_equal(chmod(path, 0400), 0);
    assert_status(pt_ledger_open_existing(path, &ledger, &error), PT_OK, &error);
    assert_status(pt_ledger_list(ledger, arena, 0, &runs, &count, &error), PT_OK, &error);
    assert_int_equal(count, 1);
    assert_null(runs[0].origin.uid);
    assert_status(pt_ledger_find_origin(ledger, "u", &id, &error), PT_NOT_FOUND, &error);
    pt_ledger_close(ledger);
    assert_int_equal(ask(path, "PRAGMA user_version"), 1);
    pt_arena_destroy(arena);
}

// The same origin is no second run, and leaves nothing behind.
static void an_origin_is_there_once(void **unused)
{
    (void)unused;
    struct pt_error error;
    const char *path = test_path(test_folder(), "ledger.db");
    struct pt_ledger *ledger = open_ledger(path);
    struct pt_run_record record = a_run();
    record.origin = (struct pt_run_origin){.uid = "u", .group = "g", .attempt = 1};
    int64_t id;
    assert_status(pt_ledger_begin(ledger, &record, &id, &error), PT_OK, &error);
    assert_status(pt_ledger_begin(ledger, &record, &id, &error), PT_BUSY, &error);
    assert_contains(error.message, "run 1 is the run u already");
    assert_int_equal(ask(path, "SELECT count(*) FROM runs"), 1);
    pt_ledger_close(ledger);
}

static void an_old_file_goes_on_with_new_runs(void **unused)
{
    (void)unused;
    const char *path = file_of_version(1);
    struct pt_ledger *ledger = open_ledger(path);
    assert_int_equal(begin_run(ledger), 4); // numbers are not used again
    pt_ledger_close(ledger);
    assert_int_equal(ask(path, "PRAGMA user_version"), pt_ledger_schema_version());
    assert_sound(path);
}

// Whichever way a file came to the newest version, its tables are the same.
static void an_old_file_becomes_like_a_new_one(void **unused)
{
    (void)unused;
    char sql[4096];
    const char *new_path = test_path(test_folder(), "ledger.db");
    pt_ledger_close(open_ledger(new_path));
    for (int version = 1; version <= pt_ledger_schema_version(); version++) {
        const char *old_path = file_of_version(version);
        pt_ledger_close(open_ledger(old_path));
        tell(old_path, "PRAGMA journal_mode = DELETE");
        snprintf(sql, sizeof sql,
                 "ATTACH '%s' AS old; CREATE TEMP TABLE difference AS "
                 "SELECT type, name, sql FROM main.sqlite_schema WHERE name NOT LIKE 'sqlite%%' "
                 "EXCEPT SELECT type, name, sql FROM old.sqlite_schema;"
                 "INSERT INTO difference SELECT type, name, sql FROM old.sqlite_schema "
                 "WHERE name NOT LIKE 'sqlite%%' "
                 "EXCEPT SELECT type, name, sql FROM main.sqlite_schema;"
                 "CREATE TEMP TABLE must_be_empty (n CHECK (n = 0));"
                 "INSERT INTO must_be_empty SELECT count(*) FROM difference",
                 old_path);
        tell(new_path, sql);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_of_version_1_is_read),
        cmocka_unit_test(an_origin_of_version_2_is_read),
        cmocka_unit_test(an_origin_is_there_once),
        cmocka_unit_test(an_old_file_that_may_not_be_written_is_read),
        cmocka_unit_test(an_old_file_goes_on_with_new_runs),
        cmocka_unit_test(an_old_file_becomes_like_a_new_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
