// The executor of systemd against a stand-in for its programs (systemd_stand_in.sh), and on a real
// systemd where one runs.

#include <math.h>

#include "executor_support.h"
#include "job/systemd_text.h"

static const char *folder; // of the jobs of one test
static const char *site;   // of the stand-in
static const char *log_path;
static char usual_path[4096];

static int start(void **state)
{
    (void)state;
    static const char *const programs[] = {"systemctl", "systemd-run"};
    static char path[4096 * 2];
    char source[4096 + 100];
    size_t length;
    const char *root = getenv("PT_SOURCE_DIR");
    folder = test_folder();
    site = test_folder();
    log_path = test_path(site, "log");
    snprintf(source, sizeof source, "%s/tests/job/systemd_stand_in.sh", root != NULL ? root : ".");
    char *text = test_read(source, &length);
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        char name[64];
        snprintf(name, sizeof name, "bin/%s", programs[i]);
        if (chmod(test_file(site, name, text), 0755) != 0)
            return -1;
    }
    free(text);
    snprintf(path, sizeof path, "%s:%s", test_path(site, "bin"), usual_path);
    setenv("PATH", path, 1);
    setenv("STAND_IN", site, 1);
    return 0;
}

static const char *const words[] = {"train", "--lr", "1e-3", NULL};
static const char *const again[] = {"train", "--resume", NULL};
static const char *const fast[] = {"poll=0s", "scope=user", "--property=Nice=5", NULL};

static struct pt_job_spec a_spec(enum pt_suspend_mode mode)
{
    return (struct pt_job_spec){
        .id = "test",
        .command = words,
        .resume_command = again,
        .directory = folder,
        .state_folder = folder,
        .mode = mode,
        .checkpoint_wait_seconds = 600,
        .grace_seconds = 600,
        .options = fast,
    };
}

static void set_unit(const char *text)
{
    test_file(site, "unit", text);
}

static struct pt_executor *open_running(const struct pt_job_spec *spec)
{
    struct pt_executor *executor = open_job("systemd", spec);
    must_start(executor);
    assert_int_equal(look(executor).phase, PT_JOB_RUNNING);
    return executor;
}

#define ENDED  "LoadState=loaded\nActiveState=active\nSubState=exited\n"
#define FAILED "LoadState=loaded\nActiveState=failed\nSubState=failed\n"

// ------------------------------------------------------------------------------------------ text
static void states_are_read(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        enum pt_remote_view view;
        bool known;
        int exit_status, signal;
    } cases[] = {
        {"LoadState=not-found\nActiveState=inactive\n", PT_VIEW_GONE, false, 0, 0},
        {"LoadState=loaded\nActiveState=active\nSubState=running\n", PT_VIEW_RUNNING, false, 0, 0},
        {"LoadState=loaded\nActiveState=active\nSubState=running\nFreezerState=frozen\n",
         PT_VIEW_FROZEN, false, 0, 0},
        {"LoadState=loaded\nActiveState=activating\nSubState=start\n", PT_VIEW_QUEUED, false, 0, 0},
        {"LoadState=loaded\nActiveState=deactivating\n", PT_VIEW_ENDING, false, 0, 0},
        {ENDED "ExecMainCode=1\nExecMainStatus=0\n", PT_VIEW_ENDED, true, 0, 0},
        {FAILED "ExecMainCode=1\nExecMainStatus=7\n", PT_VIEW_ENDED, true, 7, 0},
        {FAILED "ExecMainCode=2\nExecMainStatus=9\n", PT_VIEW_ENDED, true, 0, 9},
        {FAILED "ExecMainCode=0\nExecMainStatus=0\n", PT_VIEW_ENDED, false, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pt_systemd_unit unit;
        struct pt_error error;
        assert_status(pt_systemd_read(cases[i].text, 0, &unit, &error), PT_OK, &error);
        assert_int_equal(unit.look.view, cases[i].view);
        assert_int_equal(unit.look.status_known, cases[i].known);
        assert_int_equal(unit.look.exit_status, cases[i].exit_status);
        assert_int_equal(unit.look.signal, cases[i].signal);
        assert_true(isnan(unit.look.start_seconds) && isnan(unit.look.cpu_seconds));
    }
}

static void seconds_are_read(void **unused)
{
    (void)unused;
    struct pt_systemd_unit unit;
    struct pt_error error;
    static const char text[] =
        ENDED "ExecMainStartTimestampMonotonic=1000000\nCPUUsageNSec=2500000000\n"
              "ControlGroup=/user.slice/powertrain-x.service\nExecMainPID=77\n";
    assert_status(pt_systemd_read(text, 4000000, &unit, &error), PT_OK, &error);
    assert_near(unit.look.start_seconds, 3, 1e-9);
    assert_near(unit.look.cpu_seconds, 2.5, 1e-9);
    assert_int_equal(unit.pid, 77);
    assert_string_equal(unit.cgroup, "/user.slice/powertrain-x.service");
    assert_status(pt_systemd_read(ENDED "CPUUsageNSec=18446744073709551615\n"
                                        "ExecMainStartTimestampMonotonic=2000000\n"
                                        "ExecMainExitTimestampMonotonic=9000000\n",
                                  0, &unit, &error),
                  PT_OK, &error);
    assert_true(isnan(unit.look.cpu_seconds)); // 2^64 - 1: nobody knows
    assert_near(unit.look.start_seconds, 7, 1e-9);
    assert_status(pt_systemd_read("", 0, &unit, &error), PT_CORRUPT, &error);
    assert_status(pt_systemd_read("ActiveState=dreaming\n", 0, &unit, &error), PT_CORRUPT, &error);
}

// ----------------------------------------------------------------------------------------- orders
static void a_unit_has_what_the_job_needs(void **unused)
{
    (void)unused;
    static const char *const parts[] = {"--user\n",
                                        "--unit=powertrain-test.service\n",
                                        "--property=RemainAfterExit=yes\n",
                                        "--property=TimeoutStopSec=600000ms\n",
                                        "--property=Nice=5\n",
                                        "--setenv=SECRET_TOKEN\n",
                                        "--setenv=POWERTRAIN_JOB=test\n",
                                        "\n--\ntrain\n--lr\n1e-3\n"};
    setenv("SECRET_TOKEN", "hush", 1);
    struct pt_job_spec spec = a_spec(PT_SUSPEND_FREEZE);
    struct pt_executor *executor = open_running(&spec);
    const char *started = test_path(site, "started");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        assert_true(file_has(started, parts[i]));
    assert_false(file_has(started, "hush")); // a list of processes would show it
    assert_false(file_has(started, "POWERTRAIN_RESUME"));
    assert_int_equal(pt_executor_start(executor, NULL), PT_BUSY);
    pt_executor_close(executor);
}

static void a_status_is_kept_until_it_is_read(void **unused)
{
    (void)unused;
    struct pt_job_spec spec = a_spec(PT_SUSPEND_FREEZE);
    struct pt_executor *executor = open_running(&spec);
    pt_executor_close(executor);
    set_unit(FAILED "ExecMainCode=1\nExecMainStatus=7\nCPUUsageNSec=3000000000\n");
    executor = open_job("systemd", &spec); // it ended while nobody looked
    struct pt_job_state job = look(executor);
    assert_int_equal(job.phase, PT_JOB_ENDED);
    assert_int_equal(job.exit_status, 7);
    assert_false(job.by_others);
    assert_near(job.user_seconds, 3, 1e-9);
    assert_false(is_there(test_path(site, "unit"))); // let go
    must_start(executor);
    assert_int_equal(look(executor).phase, PT_JOB_RUNNING);
    pt_executor_close(executor);
}

static void a_unit_is_frozen_and_thawed(void **unused)
{
    (void)unused;
    struct pt_job_spec spec = a_spec(PT_SUSPEND_FREEZE);
    struct pt_executor *executor = open_running(&spec);
    must_suspend(executor);
    assert_true(file_has(log_path, "systemctl --user freeze powertrain-test.service"));
    assert_int_equal(look(executor).phase, PT_JOB_SUSPENDED);
    pt_executor_close(executor);
    executor = open_job("systemd", &spec);
    assert_int_equal(look(executor).phase, PT_JOB_SUSPENDED);
    must_resume(executor);
    assert_true(file_has(log_path, "systemctl --user thaw powertrain-test.service"));
    assert_int_equal(look(executor).phase, PT_JOB_RUNNING);
    pt_executor_close(executor);
}

static void a_unit_is_parked_and_started_again(void **unused)
{
    (void)unused;
    struct pt_job_spec spec = a_spec(PT_SUSPEND_RESTART);
    spec.checkpoint_signal = SIGUSR1;
    spec.checkpoint_file = "saved";
    struct pt_executor *executor = open_running(&spec);
    must_suspend(executor);
    assert_true(
        file_has(log_path, "systemctl --user kill --kill-whom=main --signal=10 powertrain-test"));
    assert_int_equal(look(executor).phase, PT_JOB_PARKING);
    test_file(folder, "saved", "x");
    look(executor);
    assert_true(file_has(log_path, "systemctl --user stop --no-block powertrain-test.service"));
    struct pt_job_state job = look(executor);
    assert_int_equal(job.phase, PT_JOB_PARKED);
    assert_false(job.by_others);
    must_resume(executor);
    assert_true(file_has(test_path(site, "started"), "--setenv=POWERTRAIN_RESUME=1\n"));
    assert_true(file_has(test_path(site, "started"), "\n--\ntrain\n--resume\n"));
    assert_int_equal(look(executor).restart_count, 1);
    pt_executor_close(executor);
}

static void a_unit_is_stopped(void **unused)
{
    (void)unused;
    struct pt_job_spec spec = a_spec(PT_SUSPEND_FREEZE);
    struct pt_executor *executor = open_running(&spec);
    must_stop(executor, 600);
    assert_true(file_has(log_path, "kill --kill-whom=all --signal=15"));
    assert_int_equal(look(executor).phase, PT_JOB_STOPPING);
    assert_false(file_has(log_path, "--signal=9"));
    must_stop(executor, 0);
    assert_true(file_has(log_path, "kill --kill-whom=all --signal=9"));
    set_unit(FAILED "ExecMainCode=2\nExecMainStatus=9\n");
    struct pt_job_state job = look(executor);
    assert_int_equal(job.phase, PT_JOB_ENDED);
    assert_int_equal(job.signal, 9);
    assert_true(job.was_killed && !job.by_others);
    pt_executor_close(executor);
}

// A reboot, a user who logged out: the unit is not there any more.
static void a_unit_that_is_gone_is_lost(void **unused)
{
    (void)unused;
    struct pt_job_spec spec = a_spec(PT_SUSPEND_FREEZE);
    struct pt_executor *executor = open_running(&spec);
    set_unit("");
    struct pt_job_state job = look(executor);
    assert_int_equal(job.phase, PT_JOB_LOST);
    assert_true(job.by_others);
    must_resume(executor);
    assert_true(file_has(test_path(site, "started"), "\ntrain\n--resume\n"));
    pt_executor_close(executor);
}

static void a_share_of_time_is_a_quota(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_job_level_outcome outcome;
    struct pt_job_level level = {
        .duty = 0.5, .cpu_count = 1, .gpu_watts = NAN, .cpu_watts = NAN, .cpu_hertz = NAN};
    struct pt_job_spec spec = a_spec(PT_SUSPEND_FREEZE);
    struct pt_executor *executor = open_running(&spec);
    assert_status(pt_executor_level(executor, &level, &outcome, &error), PT_OK, &error);
    assert_true(outcome.has_duty);
    assert_true(file_has(log_path, "set-property --runtime powertrain-test.service CPUQuota=50%"));
    assert_false(outcome.has_cpus); // the stand-in refuses
    assert_contains(outcome.reason, "Access denied");
    pt_executor_close(executor);
}

static void without_systemd_it_says_so(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_job_spec spec = a_spec(PT_SUSPEND_FREEZE);
    struct pt_executor *executor = open_job("systemd", &spec);
    test_file(site, "fail.systemd-run", "Failed to connect to bus: No such file or directory\n");
    assert_status(pt_executor_start(executor, &error), PT_UNAVAILABLE, &error);
    assert_contains(error.message, "Failed to connect to bus");
    assert_int_equal(look(executor).phase, PT_JOB_NEW);
    setenv("PATH", "/no/such/folder", 1);
    assert_status(pt_executor_start(executor, &error), PT_UNAVAILABLE, &error);
    assert_contains(error.message, "no program systemd-run");
    pt_executor_close(executor);
    spec.options = (const char *const[]){"scope=mine", NULL};
    assert_status(pt_executor_open("systemd", &spec, &executor, &error), PT_USAGE, &error);
    spec.options = (const char *const[]){"--pty", NULL};
    assert_status(pt_executor_open("systemd", &spec, &executor, &error), PT_USAGE, &error);
}

// ------------------------------------------------------------------------------------------ real
static void a_real_service_is_frozen_and_ends(void **unused)
{
    (void)unused;
    if (access("/run/systemd/system", F_OK) != 0 || geteuid() != 0) {
        print_message("skipped: no systemd runs here, or we are not root\n");
        skip();
    }
    setenv("PATH", usual_path, 1);
    folder = test_folder();
    struct pt_job_spec spec = a_spec(PT_SUSPEND_FREEZE);
    char id[64];
    snprintf(id, sizeof id, "powertrain-test-%d", (int)getpid());
    spec.id = id;
    spec.command = SCRIPT("while [ ! -e go ]; do sleep 0.1; done; exit 7", "");
    spec.options = (const char *const[]){"poll=0s", "scope=system", NULL};
    struct pt_executor *executor = open_job("systemd", &spec);
    must_start(executor);
    wait_for_phase(executor, PT_JOB_RUNNING);
    must_suspend(executor);
    assert_int_equal(look(executor).phase, PT_JOB_SUSPENDED);
    test_file(folder, "go", "x");
    must_resume(executor);
    assert_int_equal(wait_for_phase(executor, PT_JOB_ENDED).exit_status, 7);
    pt_executor_close(executor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_are_read),
        cmocka_unit_test(seconds_are_read),
        cmocka_unit_test_setup(a_unit_has_what_the_job_needs, start),
        cmocka_unit_test_setup(a_status_is_kept_until_it_is_read, start),
        cmocka_unit_test_setup(a_unit_is_frozen_and_thawed, start),
        cmocka_unit_test_setup(a_unit_is_parked_and_started_again, start),
        cmocka_unit_test_setup(a_unit_is_stopped, start),
        cmocka_unit_test_setup(a_unit_that_is_gone_is_lost, start),
        cmocka_unit_test_setup(a_share_of_time_is_a_quota, start),
        cmocka_unit_test_setup(without_systemd_it_says_so, start),
        cmocka_unit_test(a_real_service_is_frozen_and_ends),
    };
    snprintf(usual_path, sizeof usual_path, "%s", getenv("PATH"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
