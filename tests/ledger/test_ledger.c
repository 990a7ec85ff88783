#include "ledger/ledger.h"

#include <sys/stat.h>

#include "ledger_support.h"

static void assert_same_amount(const struct pt_amount *a, const struct pt_amount *b)
{
    assert_int_equal(a->known, b->known);
    assert_int_equal(a->provenance, b->provenance);
    if (!a->known)
        return;
    assert_int_equal(a->value, b->value);
    assert_int_equal(a->low, b->low);
    assert_int_equal(a->high, b->high);
}

static void assert_same_row(const struct pt_bill_row *a, const struct pt_bill_row *b)
{
    assert_string_equal(a->label, b->label);
    assert_int_equal(pt_quantity_known(a->seconds), pt_quantity_known(b->seconds));
    if (pt_quantity_known(a->seconds))
        assert_near(a->seconds.value, b->seconds.value, 0);
    assert_same_amount(&a->microjoules, &b->microjoules);
    assert_same_amount(&a->nano_money, &b->nano_money);
    assert_same_amount(&a->micrograms, &b->micrograms);
}

static void assert_same_bill(const struct pt_bill *a, const struct pt_bill *b)
{
    assert_string_equal(a->currency, b->currency);
    assert_int_equal(a->row_count, b->row_count);
    for (int i = 0; i < a->row_count; i++)
        assert_same_row(&a->rows[i], &b->rows[i]);
    assert_same_row(&a->total, &b->total);
    assert_string_equal(a->price_source, b->price_source);
    assert_string_equal(a->carbon_source, b->carbon_source);
    assert_string_equal(a->energy_source, b->energy_source);
}

static struct pt_run_record read_run(struct pt_ledger *ledger, struct pt_arena *arena, int64_t id)
{
    struct pt_run_record record;
    struct pt_error error;
    assert_status(pt_ledger_run(ledger, arena, id, &record, &error), PT_OK, &error);
    return record;
}

static void end_run(struct pt_ledger *ledger, int64_t id, bool has_bill)
{
    struct pt_run_record record = a_run();
    struct pt_error error;
    record.id = id;
    record.status = "finished";
    record.result_json = "{\"loss\": 0.5}";
    record.end_realtime_ns = 1700000002123456789;
    record.duration_seconds = 2.5;
    record.exit_status = 3;
    record.has_bill = has_bill;
    record.bill = two_rows();
    record.bill.rows[0].microjoules = known(INT64_MAX - 5);
    assert_status(pt_ledger_end(ledger, &record, &error), PT_OK, &error);
}

static void a_run_comes_back_as_it_was_written(void **unused)
{
    (void)unused;
    const char *path = test_path(test_folder(), "a/b/ledger.db");
    struct pt_arena *arena = pt_arena_create();
    struct pt_run_record expected = a_run();
    struct pt_ledger *ledger = open_ledger(path);
    int64_t id = begin_run(ledger);
    end_run(ledger, id, true);
    pt_ledger_close(ledger);

    ledger = open_ledger(path);
    struct pt_run_record run = read_run(ledger, arena, id);
    assert_int_equal(run.id, id);
    assert_string_equal(run.kind, expected.kind);
    assert_string_equal(run.name, expected.name);
    assert_string_equal(run.command, expected.command);
    assert_string_equal(run.machine, expected.machine);
    assert_string_equal(run.sensor, expected.sensor);
    assert_string_equal(run.status, "finished");
    assert_string_equal(run.plan_json, expected.plan_json);
    assert_string_equal(run.result_json, "{\"loss\": 0.5}");
    assert_true(run.graph_signature == expected.graph_signature);
    assert_int_equal(run.start_realtime_ns, expected.start_realtime_ns);
    assert_int_equal(run.end_realtime_ns, 1700000002123456789);
    assert_near(run.duration_seconds, 2.5, 0);
    assert_int_equal(run.exit_status, 3);
    assert_true(run.has_prediction);
    assert_true(run.has_bill);
    assert_same_bill(&run.prediction, &expected.prediction);
    expected.bill = two_rows();
    expected.bill.rows[0].microjoules = known(INT64_MAX - 5); // no double holds that
    assert_same_bill(&run.bill, &expected.bill);
    pt_ledger_close(ledger);
    pt_arena_destroy(arena);
}

static void what_is_not_known_is_missing_and_not_zero(void **unused)
{
    (void)unused;
    const char *path = test_path(test_folder(), "ledger.db");
    struct pt_run_record bare = {.kind = "meter"};
    struct pt_arena *arena = pt_arena_create();
    struct pt_ledger *ledger = open_ledger(path);
    int64_t id;

    assert_int_equal(pt_ledger_begin(ledger, &bare, &id, NULL), PT_OK);
    struct pt_run_record run = read_run(ledger, arena, id);
    assert_null(run.name);
    assert_null(run.sensor);
    assert_null(run.plan_json);
    assert_null(run.result_json);
    assert_false(run.has_prediction);
    assert_false(run.has_bill);
    assert_true(isnan(run.duration_seconds));
    assert_int_equal(run.end_realtime_ns, 0);
    begin_run(ledger);
    pt_ledger_close(ledger);
    assert_int_equal(ask(path, "SELECT count(*) FROM bill_rows WHERE nano_money = 0"), 0);
    assert_int_equal(ask(path, "SELECT count(*) FROM bill_rows WHERE nano_money IS NULL"), 2);
    assert_int_equal(ask(path, "SELECT count(*) FROM bill_rows WHERE seconds IS NULL"), 1);
    // Plain SQL adds up to the microjoule: 1000 + 234.
    assert_int_equal(ask(path, "SELECT sum(microjoules) FROM bill_rows WHERE NOT is_total"), 1234);
    pt_arena_destroy(arena);
}

enum { POINTS = 5, SAMPLES = 300 };

static void make_curves(struct pt_progress_point *points, struct pt_meter_sample *samples)
{
    memset(points, 0, POINTS * sizeof *points);
    for (int i = 0; i < POINTS; i++)
        points[i] = (struct pt_progress_point){
            0.5 * i, 10 * i, i / 2, 1.0 / (i + 1), i == 4 ? 0.9 : (double)NAN, i == 4};
    for (int i = 0; i < SAMPLES; i++)
        samples[i] = (struct pt_meter_sample){0.1 * i, 2.0 * i, 20, i == 7 ? (double)NAN : 35};
}

static void assert_curves(struct pt_ledger *ledger, int64_t id,
                          const struct pt_progress_point *points, int64_t point_count,
                          const struct pt_meter_sample *samples, int64_t sample_count)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_progress_point *got_points;
    struct pt_meter_sample *got_samples;
    int64_t got_point_count, got_sample_count;
    struct pt_error error;

    assert_status(pt_ledger_curves(ledger, arena, id, &got_points, &got_point_count, &got_samples,
                                   &got_sample_count, &error),
                  PT_OK, &error);
    assert_int_equal(got_point_count, point_count);
    assert_int_equal(got_sample_count, sample_count);
    for (int64_t i = 0; i < point_count; i++) {
        assert_near(got_points[i].seconds, points[i].seconds, 0);
        assert_int_equal(got_points[i].step, points[i].step);
        assert_int_equal(got_points[i].epoch, points[i].epoch);
        assert_near(got_points[i].loss, points[i].loss, 0);
        assert_int_equal(isnan(got_points[i].accuracy), isnan(points[i].accuracy));
        assert_int_equal(got_points[i].evaluation, points[i].evaluation);
    }
    for (int64_t i = 0; i < sample_count; i++) {
        assert_near(got_samples[i].seconds, samples[i].seconds, 0);
        assert_near(got_samples[i].joules, samples[i].joules, 0);
        assert_near(got_samples[i].watts, samples[i].watts, 0);
        assert_int_equal(isnan(got_samples[i].machine_watts), isnan(samples[i].machine_watts));
    }
    pt_arena_destroy(arena);
}

static void write_progress(struct pt_ledger *ledger, int64_t id,
                           const struct pt_progress_point *points, int64_t point_count,
                           const struct pt_meter_sample *samples, int64_t sample_count)
{
    struct pt_error error;
    assert_status(
        pt_ledger_progress(ledger, id, points, point_count, samples, sample_count, NULL, &error),
        PT_OK, &error);
}

// The ring of samples grows, is then merged to half, and shrinks; the file always follows.
static void curves_follow_what_the_meter_keeps(void **unused)
{
    (void)unused;
    const char *path = test_path(test_folder(), "ledger.db");
    struct pt_progress_point points[POINTS];
    struct pt_meter_sample samples[SAMPLES];
    struct pt_ledger *ledger = open_ledger(path);
    int64_t id = begin_run(ledger), other = begin_run(ledger);
    make_curves(points, samples);

    write_progress(ledger, id, points, 0, samples, 0);
    assert_curves(ledger, id, points, 0, samples, 0);
    write_progress(ledger, id, points, 2, samples, 100);
    assert_curves(ledger, id, points, 2, samples, 100);
    write_progress(ledger, other, points, 3, samples, 7);
    write_progress(ledger, id, points, POINTS, samples, SAMPLES);
    assert_curves(ledger, id, points, POINTS, samples, SAMPLES);
    for (int i = 0; i < SAMPLES / 2; i++)
        samples[i] = samples[2 * i + 1];
    samples[3].machine_watts = 1;
    write_progress(ledger, id, points, POINTS, samples, SAMPLES / 2);
    assert_curves(ledger, id, points, POINTS, samples, SAMPLES / 2);
    pt_ledger_close(ledger);

    ledger = open_ledger(path); // that knows nothing of what was written
    samples[0].joules = 99;
    write_progress(ledger, id, points, 1, samples, 20);
    assert_curves(ledger, id, points, 1, samples, 20);
    pt_ledger_close(ledger);
}

// One more sample is one more row, not three hundred: the run's row, the sample's.
static void rows_that_did_not_change_are_not_written_again(void **unused)
{
    (void)unused;
    struct pt_progress_point points[POINTS];
    struct pt_meter_sample samples[SAMPLES];
    struct pt_ledger *ledger = open_ledger(test_path(test_folder(), "ledger.db"));
    int64_t id = begin_run(ledger);
    make_curves(points, samples);

    write_progress(ledger, id, points, POINTS, samples, SAMPLES - 1);
    int before = sqlite3_total_changes(ledger->database);
    write_progress(ledger, id, points, POINTS, samples, SAMPLES);
    assert_int_equal(sqlite3_total_changes(ledger->database) - before, 2);
    pt_ledger_close(ledger);
}

static void a_run_has_its_bill_so_far_and_keeps_it_without_a_better_one(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    struct pt_meter_sample sample = {.seconds = 7.25};
    struct pt_bill bill = two_rows();
    struct pt_ledger *ledger = open_ledger(test_path(test_folder(), "ledger.db"));
    int64_t id = begin_run(ledger);

    bill.row_count = 1;
    for (int i = 0; i < 2; i++) // the second replaces the first
        assert_int_equal(pt_ledger_progress(ledger, id, NULL, 0, &sample, 1, &bill, NULL), PT_OK);
    struct pt_run_record run = read_run(ledger, arena, id);
    assert_string_equal(run.status, "running");
    assert_near(run.duration_seconds, 7.25, 0);
    assert_true(run.has_bill);
    assert_same_bill(&run.bill, &bill);
    end_run(ledger, id, false);
    run = read_run(ledger, arena, id);
    assert_string_equal(run.status, "finished");
    assert_true(run.has_bill);
    assert_same_bill(&run.bill, &bill);
    pt_ledger_close(ledger);
    pt_arena_destroy(arena);
}

static void the_list_is_newest_first_and_limited(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    struct pt_run_record *runs;
    int64_t count;
    struct pt_ledger *ledger = open_ledger(test_path(test_folder(), "ledger.db"));

    assert_int_equal(pt_ledger_list(ledger, arena, 10, &runs, &count, NULL), PT_OK);
    assert_int_equal(count, 0);
    for (int i = 0; i < 5; i++)
        begin_run(ledger);
    assert_int_equal(pt_ledger_list(ledger, arena, 3, &runs, &count, NULL), PT_OK);
    assert_int_equal(count, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(runs[i].id, 5 - i);
    assert_true(runs[2].has_prediction);
    assert_int_equal(pt_ledger_list(ledger, arena, 0, &runs, &count, NULL), PT_OK);
    assert_int_equal(count, 5);
    pt_ledger_close(ledger);
    pt_arena_destroy(arena);
}

static void a_run_that_does_not_exist_is_not_found(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    struct pt_run_record record = a_run();
    struct pt_error error;
    struct pt_ledger *ledger = open_ledger(test_path(test_folder(), "ledger.db"));

    assert_status(pt_ledger_run(ledger, arena, 9, &record, &error), PT_NOT_FOUND, &error);
    assert_contains(error.message, "no run 9");
    assert_status(pt_ledger_progress(ledger, 9, NULL, 0, NULL, 0, NULL, &error), PT_NOT_FOUND,
                  &error);
    record = a_run();
    record.id = 9;
    record.status = "finished";
    assert_status(pt_ledger_end(ledger, &record, &error), PT_NOT_FOUND, &error);
    record.status = NULL;
    assert_status(pt_ledger_end(ledger, &record, &error), PT_BAD_INPUT, &error);
    record.kind = NULL;
    assert_status(pt_ledger_begin(ledger, &record, &record.id, &error), PT_BAD_INPUT, &error);
    begin_run(ledger); // no transaction is left open
    pt_ledger_close(ledger);
    pt_arena_destroy(arena);
}

static mode_t mode_of(const char *path)
{
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    return about.st_mode & 0777;
}

static void only_the_owner_can_read_the_file(void **unused)
{
    (void)unused;
    const char *folder = test_folder();
    const char *path = test_path(folder, "deep/er/ledger.db");
    mode_t mask = umask(0);
    struct pt_ledger *ledger = open_ledger(path);
    begin_run(ledger);
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(mode_of(test_path(folder, "deep/er/ledger.db-wal")), 0600);
    pt_ledger_close(ledger);
    umask(mask);
}

static void the_default_place_is_that_of_xdg(void **unused)
{
    (void)unused;
    const char *folder = test_folder();
    setenv("XDG_DATA_HOME", folder, 1);
    struct pt_ledger *ledger = open_ledger(NULL);
    assert_string_equal(pt_ledger_path(ledger), test_path(folder, "powertrain/ledger.db"));
    pt_ledger_close(ledger);
    unsetenv("XDG_DATA_HOME");
}

static void reading_does_not_create_a_ledger(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_ledger *ledger = NULL;
    const char *path = test_path(test_folder(), "ledger.db");

    assert_status(pt_ledger_open_existing(path, &ledger, &error), PT_NOT_FOUND, &error);
    assert_contains(error.message, path);
    assert_null(ledger);
    assert_int_not_equal(access(path, F_OK), 0);
    pt_ledger_close(open_ledger(path));
    assert_status(pt_ledger_open_existing(path, &ledger, &error), PT_OK, &error);
    pt_ledger_close(ledger);
    pt_ledger_close(NULL);
}

// Who copies the one file after looking at it has everything.
static void reading_folds_the_log_into_the_file(void **unused)
{
    (void)unused;
    const char *folder = test_folder();
    const char *path = test_path(folder, "ledger.db"), *log = test_path(folder, "ledger.db-wal");
    struct pt_ledger *ledger = open_ledger(path);
    begin_run(ledger);
    pt_ledger_close(ledger);
    assert_int_equal(access(log, F_OK), 0);
    assert_int_equal(pt_ledger_open_existing(path, &ledger, NULL), PT_OK);
    pt_ledger_close(ledger);
    assert_int_not_equal(access(log, F_OK), 0);
    assert_int_equal(ask(path, "SELECT count(*) FROM runs"), 1);
}

static void assert_keeps_a_run(const char *path)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_ledger *ledger = open_ledger(path);
    int64_t id = begin_run(ledger);
    pt_ledger_close(ledger);
    ledger = open_ledger(path);
    read_run(ledger, arena, id);
    pt_ledger_close(ledger);
    pt_arena_destroy(arena);
    assert_int_equal(access(path, F_OK), 0);
}

// SQLite would take these for a database in memory and for a URI.
static void a_name_is_only_a_name(void **unused)
{
    (void)unused;
    char before[4096];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(test_folder()), 0);
    assert_keeps_a_run(":memory:");
    assert_keeps_a_run("file:x.db?mode=memory");
    assert_int_equal(chdir(before), 0);
}

// A run that was stopped half-way is compared with what half of it should have cost.
static void the_prediction_at_the_end_replaces_the_one_at_the_start(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    struct pt_ledger *ledger = open_ledger(test_path(test_folder(), "ledger.db"));
    struct pt_error error;
    struct pt_run_record record = a_run();
    record.id = begin_run(ledger);
    record.status = "interrupted";
    record.prediction.total.microjoules = known(617);
    assert_status(pt_ledger_end(ledger, &record, &error), PT_OK, &error);
    struct pt_run_record stored = read_run(ledger, arena, record.id);
    assert_int_equal(stored.prediction.total.microjoules.value, 617);
    pt_ledger_close(ledger);
    pt_arena_destroy(arena);
}

static void the_file_says_what_it_is(void **unused)
{
    (void)unused;
    const char *path = test_path(test_folder(), "ledger.db");
    struct pt_ledger *ledger = open_ledger(path);
    assert_int_equal(ask(path, "SELECT count(*) FROM pragma_journal_mode "
                               "WHERE journal_mode = 'wal'"),
                     1);
    pt_ledger_close(ledger);
    assert_int_equal(ask(path, "PRAGMA application_id"), 0x50744c67);
    assert_int_equal(ask(path, "PRAGMA user_version"), pt_ledger_schema_version());
    assert_int_equal(ask(path, "SELECT count(*) FROM pragma_table_list "
                               "WHERE schema = 'main' AND name NOT LIKE 'sqlite%' AND strict"),
                     6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_comes_back_as_it_was_written),
        cmocka_unit_test(what_is_not_known_is_missing_and_not_zero),
        cmocka_unit_test(curves_follow_what_the_meter_keeps),
        cmocka_unit_test(rows_that_did_not_change_are_not_written_again),
        cmocka_unit_test(a_run_has_its_bill_so_far_and_keeps_it_without_a_better_one),
        cmocka_unit_test(the_list_is_newest_first_and_limited),
        cmocka_unit_test(a_run_that_does_not_exist_is_not_found),
        cmocka_unit_test(only_the_owner_can_read_the_file),
        cmocka_unit_test(the_default_place_is_that_of_xdg),
        cmocka_unit_test(reading_does_not_create_a_ledger),
        cmocka_unit_test(reading_folds_the_log_into_the_file),
        cmocka_unit_test(a_name_is_only_a_name),
        cmocka_unit_test(the_prediction_at_the_end_replaces_the_one_at_the_start),
        cmocka_unit_test(the_file_says_what_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
