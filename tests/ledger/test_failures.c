#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "ledger_support.h"

// Opening fails with this status, and the message holds part.
static void refuse(const char *path, enum pt_status status, const char *part)
{
    struct pt_error error = {.message = ""};
    struct pt_ledger *ledger = NULL;
    assert_status(pt_ledger_open_within(path, false, 50, &ledger, &error), status, &error);
    assert_contains(error.message, part);
    assert_null(ledger);
}

static void assert_unchanged(const char *path, const char *expected, size_t length)
{
    size_t now;
    char *bytes = test_read(path, &now);
    assert_int_equal(now, length);
    assert_memory_equal(bytes, expected, length);
    free(bytes);
}

// All in the one file: no log beside it.
static const char *ledger_with_runs(int count)
{
    const char *path = test_path(test_folder(), "ledger.db");
    struct pt_ledger *ledger = open_ledger(path);
    for (int i = 0; i < count; i++)
        begin_run(ledger);
    pt_ledger_close(ledger);
    assert_int_equal(ask(path, "SELECT count(*) FROM runs"), count);
    return path;
}

static void what_is_no_database_is_left_alone(void **unused)
{
    (void)unused;
    static const char text[] = "Dear diary, today we trained a network and it was expensive. "
                               "More than 100 bytes, so that no header of SQLite is short.";
    const char *path = test_file(test_folder(), "ledger.db", text);
    refuse(path, PT_CORRUPT, path);
    refuse(path, PT_CORRUPT, "move it away");
    assert_unchanged(path, text, strlen(text));
}

static void the_database_of_another_program_is_left_alone(void **unused)
{
    (void)unused;
    const char *path = test_path(test_folder(), "photos.db");
    size_t length;
    tell(path, "CREATE TABLE photos (name TEXT); INSERT INTO photos VALUES ('cat.jpg')");
    char *before = test_read(path, &length);
    refuse(path, PT_CORRUPT, "another program");
    assert_unchanged(path, before, length);
    free(before);
}

static void a_newer_ledger_is_left_alone(void **unused)
{
    (void)unused;
    const char *path = ledger_with_runs(1);
    size_t length;
    tell(path, "PRAGMA user_version = 7");
    char *before = test_read(path, &length);
    refuse(path, PT_MISMATCH, "version 7, known is 2");
    assert_unchanged(path, before, length);
    free(before);
    tell(path, "PRAGMA user_version = -1");
    refuse(path, PT_CORRUPT, "version -1");
}

// Every page but the first is overwritten in turn: reading everything then either works (a page
// that holds nothing) or says that the file is damaged, and never crashes.
static void a_damaged_page_is_named(void **unused)
{
    (void)unused;
    const char *path = ledger_with_runs(20);
    size_t length;
    char *bytes = test_read(path, &length);
    int corrupt_count = 0;

    for (size_t page = 4096; page < length; page += 4096) {
        struct pt_error error = {.message = ""};
        struct pt_ledger *ledger = NULL;
        struct pt_run_record *runs;
        struct pt_arena *arena = pt_arena_create();
        int64_t count;
        char *damaged = malloc(length);
        memcpy(damaged, bytes, length);
        memset(damaged + page, 0xa5, 4096);
        test_file_bytes("", path + 1, damaged, length);
        free(damaged);
        enum pt_status status = pt_ledger_open_within(path, false, 50, &ledger, &error);
        if (status == PT_OK)
            status = pt_ledger_list(ledger, arena, 0, &runs, &count, &error);
        if (status != PT_OK) {
            assert_status(status, PT_CORRUPT, &error);
            assert_contains(error.message, path);
            assert_contains(error.message, "move it away");
            corrupt_count++;
        }
        pt_ledger_close(ledger);
        pt_arena_destroy(arena);
    }
    assert_true(corrupt_count > 0);
    free(bytes);
}

static void a_ledger_cut_short_is_corrupt(void **unused)
{
    (void)unused;
    const char *path = ledger_with_runs(20);
    assert_int_equal(truncate(path, 4096 + 100), 0);
    struct pt_error error;
    struct pt_ledger *ledger = NULL;
    struct pt_arena *arena = pt_arena_create();
    struct pt_run_record *runs;
    int64_t count;
    enum pt_status status = pt_ledger_open_within(path, false, 50, &ledger, &error);
    if (status == PT_OK)
        status = pt_ledger_list(ledger, arena, 0, &runs, &count, &error);
    assert_status(status, PT_CORRUPT, &error);
    pt_ledger_close(ledger);
    pt_arena_destroy(arena);
}

static void read_edited(const char *sql, enum pt_status expected, const char *part)
{
    struct pt_error error = {.message = ""};
    struct pt_run_record record;
    struct pt_arena *arena = pt_arena_create();
    const char *path = ledger_with_runs(1);
    tell(path, sql);
    struct pt_ledger *ledger = open_ledger(path);
    assert_status(pt_ledger_run(ledger, arena, 1, &record, &error), expected, &error);
    assert_contains(error.message, part);
    pt_ledger_close(ledger);
    pt_arena_destroy(arena);
}

// The file is sound for SQLite, but its rows are no bill.
static void a_bill_edited_by_hand_is_corrupt(void **unused)
{
    (void)unused;
    read_edited("DELETE FROM bill_rows WHERE is_total", PT_CORRUPT, "prediction of run 1");
    read_edited("UPDATE bill_rows SET microjoules_low = NULL", PT_CORRUPT, "no whole bill");
    read_edited("UPDATE bill_rows SET microjoules_provenance = 'guessed'", PT_CORRUPT, "no whole");
    read_edited("UPDATE bill_rows SET seconds_high = NULL", PT_CORRUPT, "no whole bill");
    read_edited("UPDATE bill_rows SET label = 'a label that is far too long for a row of a bill'",
                PT_CORRUPT, "no whole bill");
    read_edited("UPDATE bills SET currency = 'EURO'", PT_CORRUPT, "too long");
    read_edited("WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 40) "
                "INSERT INTO bill_rows SELECT 1, 'prediction', 0, i, 'x', NULL, NULL, NULL, "
                "'missing', NULL, NULL, NULL, 'missing', NULL, NULL, NULL, 'missing', NULL, NULL, "
                "NULL, 'missing' FROM n",
                PT_CORRUPT, "no whole bill");
}

static void a_locked_ledger_is_busy_after_the_patience(void **unused)
{
    (void)unused;
    const char *path = ledger_with_runs(1);
    struct pt_run_record record = a_run();
    struct pt_error error;
    struct pt_ledger *ledger;
    sqlite3 *other;
    int64_t id;

    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_status(pt_ledger_open_within(path, false, 50, &ledger, &error), PT_OK, &error);
    assert_status(pt_ledger_begin(ledger, &record, &id, &error), PT_BUSY, &error);
    assert_contains(error.message, "another process holds it");
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_status(pt_ledger_begin(ledger, &record, &id, &error), PT_OK, &error);
    pt_ledger_close(ledger);

    // Nobody gets in while the whole file is held.
    assert_int_equal(sqlite3_exec(other,
                                  "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;"
                                  "UPDATE runs SET name = 'x'",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    refuse(path, PT_BUSY, "another process holds it");
    sqlite3_close(other);
}

// The file may not grow: the write fails as on a full disk, is undone, and what was there is still
// there and can be read.
static void a_full_disk_loses_only_what_did_not_fit(void **unused)
{
    (void)unused;
    enum { COUNT = 4000 };
    const char *path = ledger_with_runs(1);
    struct pt_meter_sample *samples = calloc(COUNT, sizeof *samples);
    struct pt_run_record record = a_run(), back;
    struct pt_arena *arena = pt_arena_create();
    struct pt_error error;
    struct pt_ledger *ledger = open_ledger(path);
    int64_t pages = ask(path, "PRAGMA page_count");
    char sql[64];
    for (int i = 0; i < COUNT; i++)
        samples[i] = (struct pt_meter_sample){i, i, i, i};

    snprintf(sql, sizeof sql, "PRAGMA max_page_count = %d", (int)pages + 2);
    assert_status(pt_ledger_execute(ledger, sql, &error), PT_OK, &error);
    assert_status(pt_ledger_progress(ledger, 1, NULL, 0, samples, COUNT, NULL, &error),
                  PT_DISK_FULL, &error);
    assert_contains(error.message, path);
    assert_contains(error.message, "free some space");
    assert_status(pt_ledger_run(ledger, arena, 1, &back, &error), PT_OK, &error);
    assert_string_equal(back.name, record.name);
    assert_int_equal(ask(path, "SELECT count(*) FROM samples"), 0);

    assert_status(pt_ledger_execute(ledger, "PRAGMA max_page_count = 100000", &error), PT_OK,
                  &error);
    assert_status(pt_ledger_progress(ledger, 1, NULL, 0, samples, COUNT, NULL, &error), PT_OK,
                  &error);
    pt_ledger_close(ledger);
    assert_int_equal(ask(path, "SELECT count(*) FROM samples"), COUNT);
    assert_sound(path);
    free(samples);
    pt_arena_destroy(arena);
}

// The kernel refuses to let the log grow. In a child, because the limit holds for all its files.
static void a_file_size_limit_is_a_full_disk(void **unused)
{
    (void)unused;
    const char *path = ledger_with_runs(1);
    pid_t child = fork();
    if (child == 0) {
        static struct pt_meter_sample samples[4000];
        struct rlimit limit = {100000, 100000};
        struct pt_error error = {.message = ""};
        struct pt_ledger *ledger;
        for (int i = 0; i < 4000; i++)
            samples[i] = (struct pt_meter_sample){0.1 * i, 0.3 * i, 0.7 * i, 0.9 * i};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        enum pt_status status = pt_ledger_open(path, &ledger, &error);
        if (status == PT_OK)
            status = pt_ledger_progress(ledger, 1, NULL, 0, samples, 4000, NULL, &error);
        _exit(status == PT_DISK_FULL ? 0 : 1 + (int)status);
    }
    int result;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_int_equal(result, 0);
    assert_sound(path);
    assert_int_equal(ask(path, "SELECT count(*) FROM samples"), 0);
}

// /sys takes no new files, not even from root.
static void a_folder_that_cannot_be_written_is_denied(void **unused)
{
    (void)unused;
    struct stat about;
    if (stat("/sys/kernel", &about) != 0)
        skip();
    refuse("/sys/kernel/ledger.db", PT_DENIED, "give another file with --ledger");
}

static void a_ledger_that_cannot_be_written_can_be_read(void **unused)
{
    (void)unused;
    const char *path = ledger_with_runs(1);
    struct pt_ledger *ledger;
    struct pt_error error;
    if (geteuid() == 0)
        skip();
    assert_int_equal(chmod(path, 0400), 0);
    refuse(path, PT_DENIED, "may not be written");
    assert_status(pt_ledger_open_existing(path, &ledger, &error), PT_OK, &error);
    pt_ledger_close(ledger);
}

static void a_folder_is_no_ledger(void **unused)
{
    (void)unused;
    refuse(test_folder(), PT_BAD_INPUT, "no regular file");
    const char *file = test_file(test_folder(), "file", "x");
    refuse(test_path(file, "ledger.db"), PT_BAD_INPUT, "no directory");
}

static void no_home_is_no_place(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_ledger *ledger;
    char *home = getenv("HOME") != NULL ? strdup(getenv("HOME")) : NULL;
    char *data = getenv("XDG_DATA_HOME") != NULL ? strdup(getenv("XDG_DATA_HOME")) : NULL;
    unsetenv("HOME");
    unsetenv("XDG_DATA_HOME");
    assert_status(pt_ledger_open(NULL, &ledger, &error), PT_UNAVAILABLE, &error);
    if (home != NULL)
        setenv("HOME", home, 1);
    if (data != NULL)
        setenv("XDG_DATA_HOME", data, 1);
    free(home);
    free(data);
}

static void network_filesystems_are_known(void **unused)
{
    (void)unused;
    assert_true(pt_ledger_is_network_filesystem(0x6969));                // NFS
    assert_true(pt_ledger_is_network_filesystem((long)(int)0xff534d42)); // CIFS, sign-extended
    assert_true(pt_ledger_is_network_filesystem(0x0bd00bd0));            // Lustre
    assert_false(pt_ledger_is_network_filesystem(0xef53));               // ext4
    assert_false(pt_ledger_is_network_filesystem(0x01021994));           // tmpfs
}

// Several processes open the same new file at once and write: all runs are there afterwards.
static void processes_share_one_ledger_from_its_birth(void **unused)
{
    (void)unused;
    enum { CHILDREN = 4, RUNS = 10 };
    const char *path = test_path(test_folder(), "ledger.db");
    pid_t children[CHILDREN];

    for (int i = 0; i < CHILDREN; i++) {
        children[i] = fork();
        if (children[i] != 0)
            continue;
        struct pt_run_record record = a_run();
        struct pt_ledger *ledger;
        int64_t id;
        enum pt_status status = pt_ledger_open_within(path, false, 60000, &ledger, NULL);
        for (int run = 0; run < RUNS && status == PT_OK; run++)
            status = pt_ledger_begin(ledger, &record, &id, NULL);
        _exit((int)status);
    }
    for (int i = 0; i < CHILDREN; i++) {
        int result;
        assert_int_equal(waitpid(children[i], &result, 0), children[i]);
        assert_int_equal(result, 0);
    }
    assert_int_equal(ask(path, "SELECT count(*) FROM runs"), CHILDREN * RUNS);
    assert_sound(path);
}

// Another process makes the schema between our look at the empty file and our turn to write: we
// must look again. The pause only makes the test sharp; what is asserted holds without it.
static void a_ledger_that_is_born_meanwhile_is_taken_as_it_is(void **unused)
{
    (void)unused;
    const char *path = test_file(test_folder(), "ledger.db", "");
    int start[2], result;
    char byte;
    sqlite3 *first;
    char sql[64];
    assert_int_equal(pipe(start), 0);
    pid_t child = fork();
    if (child == 0) {
        struct pt_ledger *ledger;
        if (read(start[0], &byte, 1) != 1)
            _exit(100);
        _exit((int)pt_ledger_open_within(path, false, 60000, &ledger, NULL));
    }
    assert_int_equal(sqlite3_open(path, &first), SQLITE_OK);
    sqlite3_busy_timeout(first, 60000);
    assert_int_equal(sqlite3_exec(first, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    for (int i = 0; i < pt_ledger_schema_version(); i++)
        assert_int_equal(sqlite3_exec(first, pt_ledger_migrations[i], NULL, NULL, NULL), SQLITE_OK);
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d",
             PT_LEDGER_APPLICATION_ID, pt_ledger_schema_version());
    assert_int_equal(sqlite3_exec(first, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(write(start[1], "x", 1), 1);
    usleep(100000);
    assert_int_equal(sqlite3_exec(first, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(first);
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_int_equal(result, 0);
    close(start[0]);
    close(start[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_database_is_left_alone),
        cmocka_unit_test(the_database_of_another_program_is_left_alone),
        cmocka_unit_test(a_newer_ledger_is_left_alone),
        cmocka_unit_test(a_damaged_page_is_named),
        cmocka_unit_test(a_ledger_cut_short_is_corrupt),
        cmocka_unit_test(a_bill_edited_by_hand_is_corrupt),
        cmocka_unit_test(a_locked_ledger_is_busy_after_the_patience),
        cmocka_unit_test(a_full_disk_loses_only_what_did_not_fit),
        cmocka_unit_test(a_file_size_limit_is_a_full_disk),
        cmocka_unit_test(a_folder_that_cannot_be_written_is_denied),
        cmocka_unit_test(a_ledger_that_cannot_be_written_can_be_read),
        cmocka_unit_test(a_folder_is_no_ledger),
        cmocka_unit_test(no_home_is_no_place),
        cmocka_unit_test(network_filesystems_are_known),
        cmocka_unit_test(processes_share_one_ledger_from_its_birth),
        cmocka_unit_test(a_ledger_that_is_born_meanwhile_is_taken_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
