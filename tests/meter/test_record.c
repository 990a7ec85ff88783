// Lines and files of records: what was written is read, whatever else is not.

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "record_support.h"

static char line[PT_RECORD_LINE_MAX];

static struct pt_record_set new_set(void)
{
    struct pt_record_set set;
    pt_record_set_init(&set, pt_arena_create());
    return set;
}

static size_t a_state(struct written *written)
{
    struct pt_record_state state = written_state(written, 7, 3.25);
    return pt_record_format_state(&written->run, &state, line, sizeof line);
}

static void a_state_is_read_as_it_was_written(void **unused)
{
    (void)unused;
    struct written written = written_run('a', "boot-1", "node1");
    struct pt_record_line parsed;
    written.channel = "gpu:0000:3b:00.0";
    size_t length = a_state(&written);
    assert_true(pt_record_parse(line, length - 1, &parsed));
    struct pt_record_state state = written_state(&written, 7, 3.25);
    assert_int_equal(parsed.kind, PT_RECORD_STATE);
    assert_string_equal(parsed.run.uid, written.run.uid);
    assert_string_equal(parsed.run.boot_id, "boot-1");
    assert_int_equal(parsed.state.number, 7);
    assert_true(parsed.state.monotonic_ns == state.monotonic_ns);
    assert_near(parsed.state.joules.value, 162.5, 0);
    assert_near(parsed.state.joules.low, state.joules.low, 0);
    assert_int_equal(parsed.state.joules.provenance, PT_MEASURED);
    assert_int_equal(parsed.state.channel_count, 1);
    assert_string_equal(parsed.state.channels[0].id, "gpu:0000:3b:00.0");
    assert_int_equal(parsed.state.channels[0].scope, PT_CHANNEL_GPU);
    assert_int_equal(parsed.state.phase_count, 2);
    assert_near(parsed.state.phases[1].joules.high, state.phases[1].joules.high, 0);
    assert_string_equal(parsed.state.phase, "backward");
}

static void unknown_energy_stays_unknown(void **unused)
{
    (void)unused;
    struct written written = written_run('a', "boot-1", "node1");
    struct pt_record_state state = written_state(&written, 1, 1);
    struct pt_record_line parsed;
    state.joules = state.machine_joules = pt_quantity_missing();
    state.channel_count = 0;
    size_t length = pt_record_format_state(&written.run, &state, line, sizeof line);
    assert_true(pt_record_parse(line, length - 1, &parsed));
    assert_false(pt_quantity_known(parsed.state.joules));
}

// Every byte that a text can have: blanks, separators, quotes, line ends, no UTF-8.
static void hostile_texts_come_back(void **unused)
{
    (void)unused;
    struct written written = written_run('b', "boot-1", "node1");
    struct pt_record_line parsed;
    for (int i = 1; i < 256; i++)
        written.run.command[i - 1] = (char)i;
    snprintf(written.run.job.run_name, sizeof written.run.job.run_name, "a=b run=c %%41\n\"");
    size_t length = pt_record_format_run(&written.run, line, sizeof line);
    assert_true(length > 0 && memchr(line, '\n', length - 1) == NULL);
    assert_true(pt_record_parse(line, length - 1, &parsed));
    assert_string_equal(parsed.run.command, written.run.command);
    assert_string_equal(parsed.run.job.run_name, written.run.job.run_name);
    assert_string_equal(parsed.run.uid, written.run.uid);
}

// CRC-32 finds every change of one byte.
static void every_changed_byte_is_damage(void **unused)
{
    (void)unused;
    struct written written = written_run('c', "boot-1", "node1");
    struct pt_record_line parsed;
    size_t length = a_state(&written) - 1;
    for (size_t i = 0; i < length; i++) {
        line[i] ^= 1;
        assert_false(pt_record_parse(line, length, &parsed));
        line[i] ^= 1;
    }
    for (size_t cut = 0; cut < length; cut++)
        assert_false(pt_record_parse(line, cut, &parsed));
    assert_true(pt_record_parse(line, length, &parsed));
}

static void a_line_that_does_not_fit_is_not_written(void **unused)
{
    (void)unused;
    struct written written = written_run('c', "boot-1", "node1");
    struct pt_record_state state = written_state(&written, 1, 1);
    char small[100];
    assert_int_equal(pt_record_format_state(&written.run, &state, small, sizeof small), 0);
}

// Doubled, out of order, with holes: the newest line tells the totals.
static void order_and_copies_do_not_matter(void **unused)
{
    (void)unused;
    struct written written = written_run('d', "boot-1", "node1");
    struct pt_record_set set = new_set();
    static const int order[] = {5, 2, 9, 9, 1, 5, 7};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        struct pt_record_state state = written_state(&written, order[i], order[i]);
        add_line(&set, line, pt_record_format_state(&written.run, &state, line, sizeof line));
    }
    pt_record_set_finish(&set);
    assert_int_equal(set.entry_count, 1);
    assert_int_equal(set.entries[0]->point_count, 5);
    assert_int_equal(set.duplicate_count, 2);
    assert_int_equal(set.entries[0]->last.number, 9);
    assert_near(set.entries[0]->last.joules.value, 450, 0);
    assert_false(set.entries[0]->ended);
    assert_false(set.entries[0]->described);
    pt_arena_destroy(set.arena);
}

// A week has 604,800 lines; memory for some thousand of them is enough.
static void a_long_record_is_thinned_and_keeps_its_end(void **unused)
{
    (void)unused;
    struct written written = written_run('d', "boot-1", "node1");
    struct pt_record_set set = new_set();
    write_seconds(&set, &written, 1, 20001);
    pt_record_set_finish(&set);
    assert_in_range(set.entries[0]->point_count, 1000, PT_RECORD_STATES_MAX);
    assert_int_equal(set.entries[0]->points[set.entries[0]->point_count - 1].number, 20001);
    struct pt_merge merge = merged(&set);
    assert_near(merge.joules.value, 20001 * 50.0, 1e-3);
    pt_arena_destroy(set.arena);
}

static void a_torn_line_costs_only_itself(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct written written = written_run('e', "boot-1", "node1");
    const char *path = test_path(test_folder(), "torn.record");
    struct pt_record_writer *writer;
    assert_status(pt_record_open(path, &writer, &error), PT_OK, &error);
    size_t length = a_state(&written);
    assert_status(pt_record_append(writer, line, length, &error), PT_OK, &error);
    assert_status(pt_record_append(writer, line, length / 2, &error), PT_OK, &error); // and dies
    pt_record_close(writer);
    struct pt_record_set set = new_set();
    assert_status(pt_record_set_read(&set, path, &error), PT_OK, &error);
    assert_int_equal(set.torn_count, 1);
    assert_int_equal(set.line_count, 1);
    assert_int_equal(set.damaged_count, 0);
    pt_arena_destroy(set.arena);
    // the next writer begins on a new line
    assert_status(pt_record_open(path, &writer, &error), PT_OK, &error);
    struct pt_record_state state = written_state(&written, 8, 4);
    length = pt_record_format_state(&written.run, &state, line, sizeof line);
    assert_status(pt_record_append(writer, line, length, &error), PT_OK, &error);
    pt_record_close(writer);
    set = new_set();
    assert_status(pt_record_set_read(&set, path, &error), PT_OK, &error);
    assert_int_equal(set.damaged_count, 1);
    assert_int_equal(set.entries[0]->last.number, 8);
    pt_arena_destroy(set.arena);
}

static void a_record_has_one_writer(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_record_writer *first, *second;
    const char *path = test_path(test_folder(), "busy.record");
    int fd;
    assert_status(pt_record_open(path, &first, &error), PT_OK, &error);
    assert_status(pt_record_open(path, &second, &error), PT_BUSY, &error);
    assert_contains(error.message, "--record-dir");
    assert_false(pt_record_is_orphan(path, &fd));
    pt_record_close(first);
    assert_true(pt_record_is_orphan(path, &fd));
    close(fd);
}

static void what_is_no_record_is_refused(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_record_writer *writer;
    struct pt_record_set set = new_set();
    const char *folder = test_folder();
    assert_status(pt_record_set_read(&set, test_file(folder, "a.txt", "hello\nworld\n"), &error),
                  PT_BAD_INPUT, &error);
    assert_int_equal(set.damaged_count, 2);
    assert_status(pt_record_set_read(&set, test_path(folder, "none"), &error), PT_NOT_FOUND,
                  &error);
    assert_status(pt_record_open(folder, &writer, &error), PT_IO, &error);
    assert_status(pt_record_open("/dev/null", &writer, &error), PT_BAD_INPUT, &error);
    assert_status(pt_record_open(test_path(folder, "no/such/file"), &writer, &error), PT_NOT_FOUND,
                  &error);
    pt_arena_destroy(set.arena);
}

// One line of 300 kB without an end does not hide the next one.
static void an_endless_line_is_passed_over(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct written written = written_run('f', "boot-1", "node1");
    struct pt_record_set set = new_set();
    const char *path = test_path(test_folder(), "long.record");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 300000; i++)
        fputc('x', file);
    fputc('\n', file);
    fwrite(line, 1, a_state(&written), file);
    fclose(file);
    assert_status(pt_record_set_read(&set, path, &error), PT_OK, &error);
    assert_int_equal(set.damaged_count, 1);
    assert_int_equal(set.entry_count, 1);
    pt_arena_destroy(set.arena);
}

// A full disk, as a limit of the file's size is one: the line is torn, later ones are whole.
static void a_full_disk_is_said_and_survived(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct rlimit before, limit;
    struct pt_record_writer *writer;
    struct written written = written_run('9', "boot-1", "node1");
    const char *path = test_path(test_folder(), "full.record");
    signal(SIGXFSZ, SIG_IGN);
    assert_status(pt_record_open(path, &writer, &error), PT_OK, &error);
    size_t length = a_state(&written);
    assert_status(pt_record_append(writer, line, length, &error), PT_OK, &error);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = length + length / 2;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    enum pt_status full = pt_record_append(writer, line, length, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_true(full != PT_OK);
    assert_contains(error.message, "full.record");
    struct pt_record_state state = written_state(&written, 8, 4);
    length = pt_record_format_state(&written.run, &state, line, sizeof line);
    assert_status(pt_record_append(writer, line, length, &error), PT_OK, &error);
    pt_record_close(writer);
    struct pt_record_set set = new_set();
    assert_status(pt_record_set_read(&set, path, &error), PT_OK, &error);
    assert_int_equal(set.damaged_count, 1);
    assert_int_equal(set.entries[0]->last.number, 8);
    pt_arena_destroy(set.arena);
}

static void names_of_files_cannot_lead_elsewhere(void **unused)
{
    (void)unused;
    struct pt_arena *arena = pt_arena_create();
    struct written written = written_run('1', "boot-1", "../../etc");
    snprintf(written.run.job.run_name, sizeof written.run.job.run_name, "../a b/c");
    written.run.job.rank = 3;
    assert_string_equal(pt_record_path(arena, "/d", &written.run),
                        "/d/_._a_b_c-_._.._etc-rank3-11111111111111111111111111111111.record");
    pt_arena_destroy(arena);
}

static void a_run_of_this_process_is_unlike_any_other(void **unused)
{
    (void)unused;
    struct pt_error error;
    char *environment[] = {"SLURM_JOB_ID=17", "POWERTRAIN_PARENT=bbbb", NULL};
    struct pt_record_run a, b;
    assert_status(pt_record_run_init(&a, environment, NULL, &error), PT_OK, &error);
    assert_status(pt_record_run_init(&b, environment, NULL, &error), PT_OK, &error);
    assert_true(strcmp(a.uid, b.uid) != 0);
    assert_string_equal(a.boot_id, b.boot_id);
    assert_string_equal(a.parent_uid, "");
    assert_int_equal(a.pid, getpid());
    // our parent is an ancestor, and process 2 is none
    char parent[64], *child_environment[] = {parent, NULL};
    snprintf(parent, sizeof parent, "POWERTRAIN_PARENT=%s %d", a.uid, (int)getppid());
    if (getppid() > 1) {
        assert_status(pt_record_run_init(&b, child_environment, NULL, &error), PT_OK, &error);
        assert_string_equal(b.parent_uid, a.uid);
    }
    snprintf(parent, sizeof parent, "POWERTRAIN_PARENT=%s %d", a.uid, 2);
    assert_status(pt_record_run_init(&b, child_environment, NULL, &error), PT_OK, &error);
    assert_string_equal(b.parent_uid, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_state_is_read_as_it_was_written),
        cmocka_unit_test(unknown_energy_stays_unknown),
        cmocka_unit_test(hostile_texts_come_back),
        cmocka_unit_test(every_changed_byte_is_damage),
        cmocka_unit_test(a_line_that_does_not_fit_is_not_written),
        cmocka_unit_test(order_and_copies_do_not_matter),
        cmocka_unit_test(a_long_record_is_thinned_and_keeps_its_end),
        cmocka_unit_test(a_torn_line_costs_only_itself),
        cmocka_unit_test(a_record_has_one_writer),
        cmocka_unit_test(what_is_no_record_is_refused),
        cmocka_unit_test(an_endless_line_is_passed_over),
        cmocka_unit_test(a_full_disk_is_said_and_survived),
        cmocka_unit_test(names_of_files_cannot_lead_elsewhere),
        cmocka_unit_test(a_run_of_this_process_is_unlike_any_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
