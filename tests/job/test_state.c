// The file of a job, and the arithmetic of resting.

#include "job/state.h"

#include <fcntl.h>

#include "base/random.h"
#include "job/duty.h"
#include "job_support.h"

static struct pt_job_state sample(void)
{
    static const char *const command[] = {"python", "train.py", "a \"quoted\" word", "", NULL};
    return (struct pt_job_state){
        .id = "nightly-7B",
        .executor = "local",
        .host = "node1",
        .boot_id = "11111111-2222-3333-4444-555555555555",
        .phase = PT_JOB_SUSPENDED,
        .by_others = true,
        .directory = "/home/user",
        .command = command,
        .created_ns = 1790000000123456789,
        .supervisor = {4001, 123456789012},
        .process = {4002, 123456789013},
        .restart_count = 2,
        .suspension_count = 3,
        .was_killed = true,
        .run_seconds = 3600.5,
        .user_seconds = 7000.25,
        .system_seconds = 12.125,
        .duty = 0.5,
    };
}

static void a_state_comes_back_as_it_was(void **unused)
{
    const char *folder = test_folder();
    struct pt_job_state state = sample(), read;
    struct pt_error error;
    struct stat info;
    struct pt_arena *arena = pt_arena_create();
    assert_status(pt_job_state_save(folder, &state, &error), PT_OK, &error);
    assert_int_equal(stat(test_path(folder, "nightly-7B.json"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_status(pt_job_state_load(arena, folder, "nightly-7B", &read, &error), PT_OK, &error);
    assert_int_equal(read.phase, PT_JOB_SUSPENDED);
    assert_true(read.created_ns == state.created_ns); // beyond what a double holds
    assert_true(read.supervisor.start_ticks == 123456789012);
    assert_string_equal(read.command[2], "a \"quoted\" word");
    assert_string_equal(read.command[3], "");
    assert_null(read.command[4]);
    assert_null(read.resume_command);
    assert_true(read.run_seconds == 3600.5 && read.duty == 0.5);
    assert_true(read.by_others && read.was_killed && !read.status_known);
    assert_status(pt_job_state_load(arena, folder, "other", &read, &error), PT_NOT_FOUND, &error);
    pt_arena_destroy(arena);
    (void)unused;
}

// Cut at any byte it is refused, and the file is kept beside.
static void a_damaged_file_is_kept_aside(void **unused)
{
    struct pt_job_state state = sample(), read;
    struct pt_error error;
    size_t length;
    char *text = pt_job_state_write(&state, &length);
    for (size_t cut = 0; cut < length - 2; cut += 37) {
        struct pt_arena *arena = pt_arena_create();
        assert_status(pt_job_state_parse(arena, text, cut, "cut", &read, &error), PT_BAD_INPUT,
                      &error);
        pt_arena_destroy(arena);
    }
    const char *folder = test_folder();
    struct pt_arena *arena = pt_arena_create();
    text[length / 2] = '\0';
    test_file(folder, "nightly-7B.json", text);
    assert_status(pt_job_state_load(arena, folder, "nightly-7B", &read, &error), PT_CORRUPT,
                  &error);
    assert_contains(error.message, "kept as");
    assert_status(pt_job_state_load(arena, folder, "nightly-7B", &read, &error), PT_NOT_FOUND,
                  &error);
    test_file(folder, "newer.json", "{\"powertrain_job\": 2}");
    assert_status(pt_job_state_load(arena, folder, "newer", &read, &error), PT_MISMATCH, &error);
    assert_int_equal(access(test_path(folder, "newer.json"), F_OK), 0); // not ours to move
    pt_arena_destroy(arena);
    free(text);
    (void)unused;
}

static void names_are_files_and_nothing_else(void **unused)
{
    static const char *const bad[] = {"", ".", "..", "a/b", "-x", ".x", "a b", "a\n", "\xc3\xa4"};
    static const char *const good[] = {"a", "A-b_c.9", "_"};
    char id[PT_JOB_ID_SIZE], other[PT_JOB_ID_SIZE];
    struct pt_error error;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_status(pt_job_check_id(bad[i], &error), PT_USAGE, &error);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_status(pt_job_check_id(good[i], &error), PT_OK, &error);
    const char *const command[] = {"/usr/bin/my program!", "ab", "c", NULL};
    const char *const shifted[] = {"/usr/bin/my program!", "a", "bc", NULL};
    pt_job_make_id(command, "/home", id);
    assert_status(pt_job_check_id(id, &error), PT_OK, &error);
    assert_contains(id, "my_program_");
    pt_job_make_id(shifted, "/home", other);
    assert_string_not_equal(id, other);
    pt_job_make_id(command, "/home2", other);
    assert_string_not_equal(id, other);
    pt_job_make_id(command, "/home", other);
    assert_string_equal(id, other);
    (void)unused;
}

// A disk that is full leaves the old file whole.
static void an_unwritable_folder_is_an_error(void **unused)
{
    struct pt_job_state state = sample();
    struct pt_error error;
    int fd;
    assert_true(pt_job_state_save("/no/such/folder", &state, &error) != PT_OK);
    assert_contains(error.message, "/no/such/folder");
    assert_true(pt_job_lock("/no/such/folder", "a", &fd, &error) != PT_OK);
    (void)unused;
}

// ---------------------------------------------------------------------------------------- duty
// A loop that is late by up to 300 ms, at random, still gives the share over 100 periods.
static void the_share_is_exact_over_many_periods(void **unused)
{
    static const double shares[] = {0.02, 0.1, 0.3, 0.5, 0.77, 0.95, 0.995};
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        struct pt_duty duty;
        int64_t now = 5000000000, due, on_ns = 0, begun = now;
        uint64_t noise = 88172645463325252u + i;
        pt_duty_begin(&duty, shares[i], 2000000000, now);
        while (now - begun < 200000000000) {
            bool wants = pt_duty_wants_on(&duty, now, &due);
            if (wants != duty.is_on)
                pt_duty_switched(&duty, wants, now);
            assert_true(due > now);
            noise ^= noise << 13; // xorshift64
            noise ^= noise >> 7;
            noise ^= noise << 17;
            int64_t next = due + (int64_t)(noise % 300) * 1000000;
            if (duty.is_on)
                on_ns += next - now;
            now = next;
        }
        double share = (double)on_ns / (double)(now - begun);
        assert_near(share, shares[i], 0.02);
        assert_near(pt_duty_share_so_far(&duty, now), share, 1e-9);
    }
    (void)unused;
}

// After an hour of sleep it does not run an hour to make that good.
static void a_machine_that_slept_starts_anew(void **unused)
{
    struct pt_duty duty;
    int64_t due, now = 1;
    pt_duty_begin(&duty, 0.5, 2000000000, now);
    now += 1000000001;
    assert_false(pt_duty_wants_on(&duty, now, &due));
    pt_duty_switched(&duty, false, now);
    now += 3600000000000;
    assert_true(pt_duty_wants_on(&duty, now, &due));
    assert_true(due - now <= 1000000000);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_state_comes_back_as_it_was),
        cmocka_unit_test(a_damaged_file_is_kept_aside),
        cmocka_unit_test(names_are_files_and_nothing_else),
        cmocka_unit_test(an_unwritable_folder_is_an_error),
        cmocka_unit_test(the_share_is_exact_over_many_periods),
        cmocka_unit_test(a_machine_that_slept_starts_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
