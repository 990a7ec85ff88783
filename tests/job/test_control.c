// Acting on whole trees: groups, sessions, forking, what others do.

#include "job/control.h"

#include "base/helper_process.h"
#include "job/cgroup_control.h"
#include "job_support.h"

static void end(int pid)
{
    bool killed;
    struct pt_error error;
    assert_status(pt_job_stop_tree(pid, NULL, 0, &killed, &error), PT_OK, &error);
    waitpid(pid, NULL, 0);
}

static void a_stat_line_is_read_whatever_the_name(void **unused)
{
    struct pt_tree_process process;
    assert_true(pt_tree_parse("12 (a) b) R 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 777 22",
                              &process));
    assert_int_equal(process.pid, 12);
    assert_int_equal(process.state, 'R');
    assert_int_equal(process.parent, 3);
    assert_int_equal(process.group, 4);
    assert_int_equal(process.session, 5);
    assert_int_equal(process.start_ticks, 777);
    assert_false(pt_tree_parse("", &process));
    assert_false(pt_tree_parse("12 (a) R 3", &process));
    assert_false(
        pt_tree_parse("12 a R 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 777", &process));
    assert_false(
        pt_tree_parse("x (a) R 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 777", &process));
    (void)unused;
}

// The shell's child has a session of its own, its grandchild another: no group reaches them.
static void members_in_other_sessions_are_found(void **unused)
{
    const char *folder = test_folder();
    const char *inner = test_path(folder, "inner");
    struct pt_error error;
    int pid = start_script(
        "setsid sh -c 'setsid sleep 1000 & echo $! > \"$1\"; wait' sh \"$1\" & wait", inner, true);
    int sleeper = number_in(inner);
    wait_until(state_of(sleeper) == 'S');
    assert_status(pt_job_suspend_tree(pid, NULL, &error), PT_OK, &error);
    assert_int_equal(state_of(pid), 'T');
    assert_int_equal(state_of(sleeper), 'T');
    assert_int_equal(pt_job_tree_state(pid, NULL), PT_TREE_SUSPENDED);
    assert_status(pt_job_resume_tree(pid, NULL, &error), PT_OK, &error);
    wait_until(state_of(sleeper) == 'S');
    end(pid);
    wait_until(state_of(sleeper) == '-');
    (void)unused;
}

// Sixteen loops that start processes as fast as they can: after suspend none is left out, which two
// looks at the number of files they make show.
static void a_tree_that_forks_stands_still(void **unused)
{
    const char *folder = test_folder();
    struct pt_error error;
    char *first, *second;
    size_t first_length, second_length;
    const char *log = test_path(folder, "log");
    int pid = start_script(
        "for i in 1 2 3 4; do (while :; do (echo x >> \"$1\"); done) & done; wait", log, true);
    wait_until(is_there(log));
    for (int round = 0; round < 5; round++) {
        assert_status(pt_job_suspend_tree(pid, NULL, &error), PT_OK, &error);
        first = test_read(log, &first_length);
        for (int i = 0; i < 10; i++)
            nap();
        second = test_read(log, &second_length);
        assert_int_equal(first_length, second_length);
        free(first);
        free(second);
        assert_int_equal(pt_job_tree_state(pid, NULL), PT_TREE_SUSPENDED);
        assert_status(pt_job_resume_tree(pid, NULL, &error), PT_OK, &error);
        struct stat before, now;
        stat(log, &before);
        wait_until(stat(log, &now) == 0 && now.st_size > before.st_size);
    }
    end(pid);
    assert_int_equal(pt_job_tree_state(pid, NULL), PT_TREE_GONE);
    (void)unused;
}

// As the reaper of orphans we find one that left group, session and parent.
static void orphans_of_a_reaper_belong_to_the_tree(void **unused)
{
    const char *file = test_path(test_folder(), "orphan");
    struct pt_error error;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    int pid = start_script("(setsid sleep 1000 & echo $! > \"$1\"); exec sleep 1000", file, true);
    int orphan = number_in(file);
    struct pt_tree_process process;
    wait_until(pt_tree_look(orphan, &process) && process.parent == getpid());
    wait_until(pt_tree_look(orphan, &process) && process.session == orphan);
    assert_status(pt_job_signal_tree(pid, SIGSTOP, &error), PT_OK, &error);
    wait_until(state_of(orphan) == 'T');
    end(pid);
    wait_until(state_of(orphan) == 'Z');
    waitpid(orphan, NULL, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
    (void)unused;
}

static void helpers_and_the_caller_are_left_alone(void **unused)
{
    struct pt_error error;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    assert_true(pt_helper_begin());
    int helper = start_script("exec sleep 1000", "", true);
    pt_helper_begun(helper);
    int pid = start_script("exec sleep 1000", "", false); // in our own group
    assert_status(pt_job_suspend_tree(pid, NULL, &error), PT_OK, &error);
    assert_int_equal(state_of(pid), 'T');
    assert_int_not_equal(state_of(helper), 'T');
    end(pid);
    kill(helper, SIGKILL);
    waitpid(helper, NULL, 0);
    pt_helper_ended(helper);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
    assert_status(pt_job_signal_tree(getpid(), SIGTERM, &error), PT_USAGE, &error);
    assert_status(pt_job_signal_tree(1, SIGTERM, &error), PT_USAGE, &error);
    assert_status(pt_job_suspend_tree(-1, NULL, &error), PT_USAGE, &error);
    (void)unused;
}

static void term_is_enough_for_who_obeys(void **unused)
{
    bool killed = true;
    struct pt_error error;
    int pid = start_script("sleep 100 >/dev/null 2>&1 & wait", "", true);
    assert_status(pt_job_stop_tree(pid, NULL, 60, &killed, &error), PT_OK, &error);
    assert_false(killed);
    waitpid(pid, NULL, 0);
    assert_status(pt_job_stop_tree(pid, NULL, 60, &killed, &error), PT_OK, &error); // nobody
    (void)unused;
}

static void who_ignores_term_is_killed_after_the_grace(void **unused)
{
    const char *file = test_path(test_folder(), "ready");
    bool killed = false;
    int status;
    struct pt_error error;
    int pid =
        start_script("trap '' TERM; echo 1 > \"$1\"; while :; do sleep 0.1; done", file, true);
    number_in(file);
    assert_status(pt_job_stop_tree(pid, NULL, 0.2, &killed, &error), PT_OK, &error);
    assert_true(killed);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    (void)unused;
}

// A suspended command gets TERM and can clean up.
static void a_suspended_command_can_clean_up(void **unused)
{
    const char *folder = test_folder();
    const char *ready = test_path(folder, "ready");
    bool killed = true;
    int status;
    struct pt_error error;
    int pid = start_script(
        "trap 'exit 9' TERM; sleep 100 >/dev/null 2>&1 & echo 1 > \"$1\"; while :; do wait; done",
        ready, true);
    number_in(ready);
    assert_status(pt_job_suspend_tree(pid, NULL, &error), PT_OK, &error);
    assert_status(pt_job_stop_tree(pid, NULL, 60, &killed, &error), PT_OK, &error);
    assert_false(killed);
    waitpid(pid, &status, 0);
    assert_int_equal(WEXITSTATUS(status), 9);
    (void)unused;
}

// The shell has a handler; its sleep has none, and would be ended by USR1.
static void a_checkpoint_signal_goes_to_who_catches_it(void **unused)
{
    const char *folder = test_folder();
    const char *ready = test_path(folder, "ready"), *asked = test_path(folder, "ready.asked");
    struct pt_error error;
    int pid = start_script(
        "sleep 100 >/dev/null 2>&1 & trap 'echo 1 > \"$1.asked\"' USR1; echo $! > \"$1\"; "
        "while :; do wait; done",
        ready, true);
    int sleeper = number_in(ready);
    wait_until(pt_tree_catches(pid, SIGUSR1));
    assert_status(pt_job_ask_tree(pid, SIGUSR1, &error), PT_OK, &error);
    number_in(asked);
    assert_int_not_equal(state_of(sleeper), 'Z');
    assert_int_not_equal(state_of(sleeper), '-');
    assert_status(pt_job_ask_tree(pid, SIGUSR2, &error), PT_UNSUPPORTED, &error);
    assert_contains(error.message, "handles signal");
    end(pid);
    assert_status(pt_job_ask_tree(pid, SIGUSR1, &error), PT_NOT_FOUND, &error);
    (void)unused;
}

static void a_later_process_of_that_number_is_not_signalled(void **unused)
{
    int pid = start_script("exec sleep 1000", "", false);
    struct pt_tree_process seen;
    assert_true(pt_tree_look(pid, &seen));
    seen.start_ticks--;
    assert_int_equal(pt_tree_kill(&seen, SIGKILL), ESRCH);
    assert_true(pt_tree_look(pid, &seen));
    assert_int_equal(pt_tree_kill(&seen, SIGKILL), 0);
    waitpid(pid, NULL, 0);
    assert_int_equal(pt_tree_kill(&seen, SIGKILL), ESRCH);
    (void)unused;
}

// ------------------------------------------------------------------------------------- cgroups
// A folder of files stands for a group that obeys at once.
static void a_cgroup_is_frozen_by_its_file(void **unused)
{
    const char *folder = test_folder();
    struct pt_error error;
    assert_status(pt_cgroup_freeze(folder, true, &error), PT_UNAVAILABLE, &error);
    test_file(folder, "cgroup.freeze", "0");
    test_file(folder, "cgroup.events", "populated 1\nfrozen 1\n");
    assert_status(pt_cgroup_freeze(folder, true, &error), PT_OK, &error);
    size_t length;
    char *text = test_read(test_path(folder, "cgroup.freeze"), &length);
    assert_int_equal(text[0], '1');
    free(text);
    assert_true(pt_cgroup_is_frozen(folder));
    test_file(folder, "cgroup.events", "populated 1\nfrozen 0\n");
    assert_status(pt_cgroup_freeze(folder, false, &error), PT_OK, &error);
    test_file(folder, "cgroup.kill", "");
    assert_status(pt_cgroup_kill(folder, &error), PT_OK, &error);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stat_line_is_read_whatever_the_name),
        cmocka_unit_test(members_in_other_sessions_are_found),
        cmocka_unit_test(a_tree_that_forks_stands_still),
        cmocka_unit_test(orphans_of_a_reaper_belong_to_the_tree),
        cmocka_unit_test(helpers_and_the_caller_are_left_alone),
        cmocka_unit_test(term_is_enough_for_who_obeys),
        cmocka_unit_test(who_ignores_term_is_killed_after_the_grace),
        cmocka_unit_test(a_suspended_command_can_clean_up),
        cmocka_unit_test(a_checkpoint_signal_goes_to_who_catches_it),
        cmocka_unit_test(a_later_process_of_that_number_is_not_signalled),
        cmocka_unit_test(a_cgroup_is_frozen_by_its_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
