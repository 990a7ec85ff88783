// Jobs on a real Slurm of this machine (slurm_site.sh), where its packages are installed and we are
// root; skipped, saying so, where not.

#include <math.h>
#include <pwd.h>

#include "base/clock.h"
#include "executor_support.h"

static const char *site;   // of Slurm
static const char *folder; // of the jobs of one test
static const char *seen;   // what the job wrote
static bool is_skipped;

static int run_site(const char *verb)
{
    char command[4096 + 300];
    const char *source = getenv("PT_SOURCE_DIR");
    snprintf(command, sizeof command, "bash '%s/tests/job/slurm_site.sh' %s '%s'",
             source != NULL ? source : ".", verb, site);
    int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int start_site(void **state)
{
    (void)state;
    site = test_folder();
    int status = run_site("start");
    is_skipped = status == 77;
    setenv("SLURM_CONF", test_path(site, "etc/slurm.conf"), 1);
    return is_skipped ? 0 : status;
}

static int stop_site(void **state)
{
    (void)state;
    return is_skipped ? 0 : run_site("stop");
}

static int start(void **state)
{
    (void)state;
    folder = test_folder();
    seen = test_path(folder, "seen");
    return 0;
}

#define skip_without_slurm()                                                                       \
    do {                                                                                           \
        if (is_skipped)                                                                            \
            skip();                                                                                \
    } while (0)

static const char *const options[] = {"poll=0s", NULL};

static struct pt_job_spec script_spec(const char *const *words)
{
    return (struct pt_job_spec){
        .id = "test",
        .command = words,
        .directory = folder,
        .state_folder = folder,
        .mode = PT_SUSPEND_RESTART,
        .checkpoint_wait_seconds = 60,
        .grace_seconds = 60,
        .options = options,
    };
}

static void the_status_of_a_job_is_known(void **unused)
{
    (void)unused;
    skip_without_slurm();
    struct pt_job_spec spec =
        script_spec(SCRIPT("printf '%s ' \"$1\" $POWERTRAIN_JOB $POWERTRAIN_RESTART_COUNT "
                           ">seen; exit 7",
                           "a \"b' $c\n*d"));
    struct pt_executor *executor = open_job("slurm", &spec);
    assert_int_equal(look(executor).phase, PT_JOB_NEW);
    must_start(executor);
    struct pt_job_state job = wait_for_phase(executor, PT_JOB_ENDED);
    assert_true(job.status_known);
    assert_int_equal(job.exit_status, 7);
    assert_false(job.by_others);
    assert_true(file_has(seen, "a \"b' $c\n*d test 0 ")); // no shell has read that
    pt_executor_close(executor);
}

// The checkpoint signal goes to the command alone; it ends, and goes on by its resume command.
static void a_job_that_ends_at_its_checkpoint_is_submitted_again(void **unused)
{
    (void)unused;
    skip_without_slurm();
    static const char *const again[] = {"sh", "-c",
                                        "echo resumed $POWERTRAIN_RESUME $POWERTRAIN_RESTART_COUNT "
                                        ">>seen; exit 5",
                                        NULL};
    struct pt_job_spec spec = script_spec(SCRIPT(
        "trap 'echo saved >>seen; exit 0' USR1; echo up >>seen; while :; do sleep 0.1; done", ""));
    spec.checkpoint_signal = SIGUSR1;
    spec.resume_command = again;
    struct pt_executor *executor = open_job("slurm", &spec);
    must_start(executor);
    wait_until(file_has(seen, "up"));
    wait_for_phase(executor, PT_JOB_RUNNING);
    must_suspend(executor);
    struct pt_job_state job = wait_for_phase(executor, PT_JOB_PARKED);
    assert_true(file_has(seen, "saved"));
    assert_false(job.by_others);
    pt_executor_close(executor); // it is known that it is parked, whoever asks
    executor = open_job("slurm", &spec);
    assert_int_equal(look(executor).phase, PT_JOB_PARKED);
    must_resume(executor);
    job = wait_for_phase(executor, PT_JOB_ENDED);
    assert_int_equal(job.exit_status, 5);
    assert_int_equal(job.restart_count, 1);
    assert_true(file_has(seen, "resumed 1 1"));
    pt_executor_close(executor);
}

// A job that goes on after its checkpoint is requeued and held when the file is there.
static void a_job_is_requeued_when_its_checkpoint_is_written(void **unused)
{
    (void)unused;
    skip_without_slurm();
    struct pt_job_spec spec = script_spec(
        SCRIPT("trap 'echo x >new; mv new saved' USR1; trap 'exit 0' TERM; "
               "echo up $POWERTRAIN_RESTART_COUNT $POWERTRAIN_RESUME. >>seen; "
               "while [ \"$POWERTRAIN_RESTART_COUNT\" = 0 ]; do sleep 0.1; done; exit 4",
               ""));
    spec.checkpoint_signal = SIGUSR1;
    spec.checkpoint_file = "saved";
    struct pt_executor *executor = open_job("slurm", &spec);
    must_start(executor);
    wait_until(file_has(seen, "up 0 ."));
    struct pt_job_state job = wait_for_phase(executor, PT_JOB_RUNNING);
    char handle[sizeof job.handle];
    memcpy(handle, job.handle, sizeof handle);
    must_suspend(executor);
    job = wait_for_phase(executor, PT_JOB_PARKED);
    assert_true(is_there(test_path(folder, "saved")));
    assert_int_equal(job.suspension_count, 1);
    must_resume(executor);
    job = wait_for_phase(executor, PT_JOB_ENDED);
    assert_string_equal(job.handle, handle); // the same job
    assert_int_equal(job.exit_status, 4);
    assert_int_equal(job.restart_count, 1);
    assert_true(file_has(seen, "up 1 1."));
    pt_executor_close(executor);
}

static void freeze_and_thaw(const char *how)
{
    const char *const words[] = {how, "poll=0s", NULL};
    struct pt_job_spec spec =
        script_spec(SCRIPT("while [ ! -e go ]; do echo tick >>seen; sleep 0.1; done", ""));
    spec.mode = PT_SUSPEND_FREEZE;
    spec.options = words;
    struct pt_executor *executor = open_job("slurm", &spec);
    must_start(executor);
    wait_until(is_there(seen));
    wait_for_phase(executor, PT_JOB_RUNNING);
    must_suspend(executor);
    struct pt_job_state job = look(executor);
    assert_int_equal(job.phase, PT_JOB_SUSPENDED);
    pt_executor_close(executor);
    executor = open_job("slurm", &spec);
    double before = look(executor).run_seconds;
    pt_executor_wait(executor, 6); // longer than an order may take to settle
    job = look(executor);
    assert_int_equal(job.phase, PT_JOB_SUSPENDED);
    assert_false(job.by_others);
    assert_near(job.run_seconds, before, 0); // not counted while it is stopped
    test_file(folder, "go", "");
    must_resume(executor);
    job = wait_for_phase(executor, PT_JOB_ENDED);
    assert_int_equal(job.exit_status, 0);
    pt_executor_close(executor);
}

static void a_job_is_frozen_by_a_signal(void **unused)
{
    (void)unused;
    skip_without_slurm();
    freeze_and_thaw("suspend=signal");
}

static void a_job_is_frozen_by_an_operator(void **unused)
{
    (void)unused;
    skip_without_slurm();
    freeze_and_thaw("suspend=scontrol");
}

static void a_job_begins_when_it_is_told_to(void **unused)
{
    (void)unused;
    skip_without_slurm();
    struct pt_error error;
    struct pt_job_spec spec = script_spec(SCRIPT("echo up >seen", ""));
    struct pt_executor *executor = open_job("slurm", &spec);
    int64_t later = pt_clock_realtime(&pt_system_clock) + 3600000000000;
    assert_status(pt_executor_begin(executor, later, &error), PT_OK, &error);
    must_start(executor);
    pt_executor_wait(executor, 3);
    assert_int_equal(look(executor).phase, PT_JOB_QUEUED);
    assert_false(is_there(seen));
    assert_status(pt_executor_begin(executor, 0, &error), PT_OK, &error);
    assert_int_equal(wait_for_phase(executor, PT_JOB_ENDED).exit_status, 0);
    assert_true(is_there(seen));
    pt_executor_close(executor);
}

static void a_job_that_waits_is_held_and_released(void **unused)
{
    (void)unused;
    skip_without_slurm();
    struct pt_error error;
    struct pt_job_spec spec = script_spec(SCRIPT("echo up >seen", ""));
    struct pt_executor *executor = open_job("slurm", &spec);
    int64_t later = pt_clock_realtime(&pt_system_clock) + 3600000000000;
    assert_status(pt_executor_begin(executor, later, &error), PT_OK, &error);
    must_start(executor);
    must_suspend(executor);
    assert_int_equal(look(executor).phase, PT_JOB_PARKED);
    assert_status(pt_executor_begin(executor, 0, &error), PT_OK, &error);
    must_resume(executor);
    struct pt_job_state job = wait_for_phase(executor, PT_JOB_ENDED);
    assert_int_equal(job.exit_status, 0);
    assert_int_equal(job.restart_count, 0); // it had never begun
    pt_executor_close(executor);
}

static void a_command_that_ignores_term_is_killed(void **unused)
{
    (void)unused;
    skip_without_slurm();
    struct pt_job_spec spec =
        script_spec(SCRIPT("trap '' TERM; echo up >seen; while :; do sleep 0.1; done", ""));
    struct pt_executor *executor = open_job("slurm", &spec);
    must_start(executor);
    wait_until(is_there(seen));
    wait_for_phase(executor, PT_JOB_RUNNING);
    must_stop(executor, 0.5);
    struct pt_job_state job = wait_for_phase(executor, PT_JOB_ENDED);
    assert_false(job.by_others);
    assert_false(job.status_known && job.exit_status == 0 && job.signal == 0);
    pt_executor_close(executor);
}

static void a_job_that_others_cancel_says_so(void **unused)
{
    (void)unused;
    skip_without_slurm();
    struct pt_job_spec spec = script_spec(SCRIPT("echo up >seen; sleep 600", ""));
    struct pt_executor *executor = open_job("slurm", &spec);
    must_start(executor);
    wait_until(is_there(seen));
    wait_for_phase(executor, PT_JOB_RUNNING);
    pt_executor_close(executor);
    assert_int_equal(system("scancel --name=test"), 0); // while nobody looks
    executor = open_job("slurm", &spec);
    assert_true(wait_for_phase(executor, PT_JOB_ENDED).by_others);
    pt_executor_close(executor);
}

static void a_job_of_somebody_is_taken_over(void **unused)
{
    (void)unused;
    skip_without_slurm();
    char number[64] = "";
    char command[4096 + 100];
    snprintf(command, sizeof command,
             "sbatch --parsable --begin=now+1hour --output=/dev/null --wrap 'echo up >%s'", seen);
    FILE *answer = popen(command, "r");
    assert_non_null(answer);
    assert_int_equal(fscanf(answer, "%32s", number), 1);
    assert_int_equal(pclose(answer), 0);
    char option[80];
    snprintf(option, sizeof option, "job=%s", number);
    const char *const words[] = {option, "poll=0s", NULL};
    struct pt_job_spec spec = script_spec(SCRIPT("unused", ""));
    spec.options = words;
    struct pt_executor *executor = open_job("slurm", &spec);
    struct pt_error error;
    assert_int_equal(look(executor).phase, PT_JOB_QUEUED);
    assert_status(pt_executor_begin(executor, 0, &error), PT_OK, &error);
    assert_int_equal(wait_for_phase(executor, PT_JOB_ENDED).exit_status, 0);
    assert_true(is_there(seen));
    pt_executor_close(executor);
    spec.id = "other";
    spec.options = (const char *const[]){"job=999999", NULL};
    assert_status(pt_executor_open("slurm", &spec, &executor, &error), PT_NOT_FOUND, &error);
}

// 400 W are there: the second job of 300 W waits for the first.
static void licenses_are_a_power_budget(void **unused)
{
    (void)unused;
    skip_without_slurm();
    struct pt_error error;
    const char *const words[] = {"watts=300", "poll=0s", "--output=/dev/null", NULL};
    struct pt_job_spec spec = script_spec(SCRIPT("while [ ! -e go ]; do sleep 0.1; done", ""));
    spec.options = words;
    struct pt_executor *executor = open_job("slurm", &spec);
    must_start(executor);
    wait_for_phase(executor, PT_JOB_RUNNING);
    spec.id = "other";
    struct pt_executor *other = open_job("slurm", &spec);
    must_start(other);
    pt_executor_wait(other, 3);
    assert_int_equal(look(other).phase, PT_JOB_QUEUED);
    test_file(folder, "go", "");
    wait_for_phase(executor, PT_JOB_ENDED);
    wait_for_phase(other, PT_JOB_ENDED);
    pt_executor_close(other);
    pt_executor_close(executor);
    spec.id = "third";
    spec.options = (const char *const[]){"watts=100000", "poll=0s", NULL};
    executor = open_job("slurm", &spec); // more than there is
    assert_status(pt_executor_start(executor, &error), PT_USAGE, &error);
    assert_int_equal(look(executor).phase, PT_JOB_NEW);
    pt_executor_close(executor);
}

// As an ordinary user: what needs an operator is done by signals.
static void the_owner_needs_no_operator(void **unused)
{
    (void)unused;
    skip_without_slurm();
    const struct passwd *user = getpwnam("games");
    if (user == NULL) {
        print_message("skipped: there is no user games\n");
        skip();
    }
    assert_int_equal(chown(folder, user->pw_uid, user->pw_gid), 0);
    int pid = fork();
    if (pid == 0) {
        if (setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)
            _exit(99);
        struct pt_job_spec spec =
            script_spec(SCRIPT("while [ ! -e go ]; do echo tick >>seen; sleep 0.1; done", ""));
        struct pt_executor *executor;
        struct pt_job_state job = {.phase = PT_JOB_NEW};
        spec.mode = PT_SUSPEND_FREEZE;
        if (pt_executor_open("slurm", &spec, &executor, NULL) != PT_OK ||
            pt_executor_start(executor, NULL) != PT_OK)
            _exit(98);
        for (int i = 0; i < WAIT_TURNS && job.phase != PT_JOB_RUNNING; i++, nap())
            pt_executor_poll(executor, &job, NULL);
        if (pt_executor_suspend(executor, NULL) != PT_OK)
            _exit(97);
        FILE *go = fopen(test_path(folder, "go"), "w");
        if (go == NULL || fclose(go) != 0 || pt_executor_resume(executor, NULL) != PT_OK)
            _exit(96);
        for (int i = 0; i < WAIT_TURNS && job.phase != PT_JOB_ENDED; i++, nap())
            pt_executor_poll(executor, &job, NULL);
        _exit(job.phase == PT_JOB_ENDED && job.exit_status == 0 ? 0 : 95);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_status_of_a_job_is_known, start),
        cmocka_unit_test_setup(a_job_that_ends_at_its_checkpoint_is_submitted_again, start),
        cmocka_unit_test_setup(a_job_is_requeued_when_its_checkpoint_is_written, start),
        cmocka_unit_test_setup(a_job_is_frozen_by_a_signal, start),
        cmocka_unit_test_setup(a_job_is_frozen_by_an_operator, start),
        cmocka_unit_test_setup(a_job_begins_when_it_is_told_to, start),
        cmocka_unit_test_setup(a_job_that_waits_is_held_and_released, start),
        cmocka_unit_test_setup(a_command_that_ignores_term_is_killed, start),
        cmocka_unit_test_setup(a_job_that_others_cancel_says_so, start),
        cmocka_unit_test_setup(a_job_of_somebody_is_taken_over, start),
        cmocka_unit_test_setup(licenses_are_a_power_budget, start),
        cmocka_unit_test_setup(the_owner_needs_no_operator, start),
    };
    int failed = cmocka_run_group_tests(tests, start_site, stop_site);
    return failed == 0 && is_skipped ? 77 : failed;
}
