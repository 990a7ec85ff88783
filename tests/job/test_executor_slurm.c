// The executor of Slurm against a stand-in for its programs (slurm_stand_in.sh), so that every
// answer and every failure can be had anywhere. Real jobs: test_executor_slurm_real.c.

#include <math.h>

#include "base/clock.h"
#include "executor_support.h"
#include "job/slurm_text.h"

static const char *folder; // of the jobs of one test
static const char *site;   // of the stand-in
static const char *log_path;

static int start(void **state)
{
    (void)state;
    static const char *const programs[] = {"sbatch", "scontrol", "scancel", "squeue", "sacct"};
    static char path[4096 * 2], usual_path[4096];
    char source[4096 + 100];
    const char *root = getenv("PT_SOURCE_DIR");
    if (usual_path[0] == '\0')
        snprintf(usual_path, sizeof usual_path, "%s", getenv("PATH"));
    folder = test_folder();
    site = test_folder();
    log_path = test_path(site, "log");
    snprintf(source, sizeof source, "%s/tests/job/slurm_stand_in.sh", root != NULL ? root : ".");
    size_t length;
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

static const char *const fast[] = {"poll=0s", NULL};
static const char *const words[] = {"train", "--lr", "1e-3", NULL};

static struct pt_job_spec a_spec(void)
{
    return (struct pt_job_spec){
        .id = "test",
        .command = words,
        .directory = folder,
        .state_folder = folder,
        .mode = PT_SUSPEND_RESTART,
        .checkpoint_wait_seconds = 600,
        .grace_seconds = 600,
        .options = fast,
    };
}

static void set(const char *file, const char *text)
{
    test_file(site, file, text);
}

static struct pt_executor *open_running(const struct pt_job_spec *spec)
{
    struct pt_executor *executor = open_job("slurm", spec);
    must_start(executor);
    assert_int_equal(look(executor).phase, PT_JOB_QUEUED);
    set("state", "RUNNING\n");
    set("time", "00:01:40\n");
    assert_int_equal(look(executor).phase, PT_JOB_RUNNING);
    return executor;
}

// ------------------------------------------------------------------------------------------ text
static void states_are_read(void **unused)
{
    (void)unused;
    static const struct {
        const char *state, *more;
        enum pt_remote_view view;
    } cases[] = {
        {"PENDING", "Priority=7 Reason=BeginTime", PT_VIEW_QUEUED},
        {"PENDING", "Priority=0 Reason=JobHeldUser", PT_VIEW_HELD},
        {"PENDING", "Priority=5 Reason=JobHeldAdmin", PT_VIEW_HELD},
        {"PENDING", "Priority=5 Reason=job_requeued_in_held_state", PT_VIEW_HELD},
        {"CONFIGURING", "", PT_VIEW_QUEUED},
        {"RUNNING", "", PT_VIEW_RUNNING},
        {"STOPPED", "", PT_VIEW_FROZEN},
        {"SUSPENDED", "", PT_VIEW_FROZEN},
        {"COMPLETING", "", PT_VIEW_ENDING},
        {"FAILED", "", PT_VIEW_ENDED},
        {"OUT_OF_MEMORY", "", PT_VIEW_ENDED},
        {"TIMEOUT", "", PT_VIEW_CUT},
        {"NODE_FAIL", "", PT_VIEW_CUT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char line[300];
        struct pt_remote_look seen;
        struct pt_error error;
        bool by_signal;
        snprintf(line, sizeof line, "JobId=4 JobName=a JobState=%s %s RunTime=1-02:03:04",
                 cases[i].state, cases[i].more);
        assert_status(pt_slurm_read_job(line, &seen, &by_signal, &error), PT_OK, &error);
        assert_int_equal(seen.view, cases[i].view);
        assert_int_equal(by_signal, strcmp(cases[i].state, "STOPPED") == 0);
        assert_near(seen.start_seconds, 86400 + 2 * 3600 + 3 * 60 + 4, 0);
    }
}

static void what_is_no_job_is_refused(void **unused)
{
    (void)unused;
    static const char *const lines[] = {"",
                                        "JobId=4",
                                        "JobId=4 JobState=",
                                        "JobId=4 JobState=DREAMING",
                                        "XJobState=RUNNING",
                                        "<html>JobState=RUNNING</html>"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct pt_remote_look seen;
        struct pt_error error;
        bool by_signal;
        assert_status(pt_slurm_read_job(lines[i], &seen, &by_signal, &error), PT_CORRUPT, &error);
    }
}

// What is not known is not 0.
static void odd_fields_stay_unknown(void **unused)
{
    (void)unused;
    static const char *const times[] = {"INVALID",        "0x", "1-00:00", "-00:00:01", "00:00:01x",
                                        "99999999:00:00", ""};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        char line[300];
        struct pt_remote_look seen;
        bool by_signal;
        snprintf(line, sizeof line, "JobState=COMPLETED RunTime=%s ExitCode=%s Restarts=%s",
                 times[i], times[i], times[i]);
        assert_int_equal(pt_slurm_read_job(line, &seen, &by_signal, NULL), PT_OK);
        assert_true(isnan(seen.start_seconds));
        assert_false(seen.status_known);
        assert_int_equal(seen.start_count, -1);
    }
}

static void exit_codes_are_read(void **unused)
{
    (void)unused;
    struct pt_remote_look seen;
    bool by_signal;
    assert_int_equal(pt_slurm_read_job("JobState=FAILED ExitCode=7:0", &seen, &by_signal, NULL),
                     PT_OK);
    assert_true(seen.status_known);
    assert_int_equal(seen.exit_status, 7);
    assert_int_equal(pt_slurm_read_job("JobState=FAILED ExitCode=0:15", &seen, &by_signal, NULL),
                     PT_OK);
    assert_int_equal(seen.signal, 15);
    // Cancelled before it began: 0:0, which is no success.
    assert_int_equal(pt_slurm_read_job("JobState=CANCELLED ExitCode=0:0", &seen, &by_signal, NULL),
                     PT_OK);
    assert_false(seen.status_known);
    assert_true(seen.cancelled);
}

static void accounting_is_read(void **unused)
{
    (void)unused;
    struct pt_remote_look seen;
    struct pt_error error;
    assert_status(pt_slurm_read_accounting("NODE_FAIL|0:0|10\nCOMPLETED|3:0|65\n", &seen, &error),
                  PT_OK, &error);
    assert_int_equal(seen.view, PT_VIEW_ENDED);
    assert_int_equal(seen.exit_status, 3);
    assert_near(seen.start_seconds, 65, 0);
    assert_status(pt_slurm_read_accounting("CANCELLED by 1000|0:15|", &seen, &error), PT_OK,
                  &error);
    assert_true(seen.cancelled);
    assert_true(isnan(seen.start_seconds));
    assert_status(pt_slurm_read_accounting("", &seen, &error), PT_NOT_FOUND, &error);
    assert_status(pt_slurm_read_accounting("State|ExitCode\n|||||", &seen, &error), PT_NOT_FOUND,
                  &error);
}

static void numbers_and_tags_are_read(void **unused)
{
    (void)unused;
    char handle[32];
    assert_true(pt_slurm_read_number("1234", handle, sizeof handle));
    assert_string_equal(handle, "1234");
    assert_true(pt_slurm_read_number("1234;cluster", handle, sizeof handle));
    assert_string_equal(handle, "1234");
    assert_false(pt_slurm_read_number("Submitted batch job 7", handle, sizeof handle));
    assert_false(pt_slurm_read_number("", handle, sizeof handle));
    assert_false(pt_slurm_read_number("1234567890123456789", handle, sizeof handle));
    assert_true(pt_slurm_find_tag("1 a\n22 a:b\n3 a:bc", "a:b", handle, sizeof handle));
    assert_string_equal(handle, "22");
    assert_false(pt_slurm_find_tag("1 a\n22a:b\n3\n", "a:b", handle, sizeof handle));
    assert_int_equal(pt_slurm_tag_count("JobState=RUNNING Comment=powertrain:x:17:3 A=b"), 3);
    assert_int_equal(pt_slurm_tag_count("Comment=mine:5"), 0);
    assert_int_equal(pt_slurm_tag_count("Comment=powertrain:x:17:-3"), 0);
}

// ----------------------------------------------------------------------------------------- orders
static void a_job_is_submitted_with_what_it_needs(void **unused)
{
    (void)unused;
    struct pt_error error;
    static const char *const again[] = {"train", "--resume", NULL};
    struct pt_job_spec spec = a_spec();
    spec.resume_command = again;
    spec.options = (const char *const[]){"--partition=gpu", "poll=0s", "--gres=gpu:2", NULL};
    struct pt_executor *executor = open_job("slurm", &spec);
    int64_t later = pt_clock_realtime(&pt_system_clock) + 7200000000000;
    assert_status(pt_executor_begin(executor, later, &error), PT_OK, &error);
    must_start(executor);
    const char *submitted = test_path(site, "submitted");
    static const char *const parts[] = {
        "--parsable\n--requeue\n",
        "--job-name=test\n",
        "--comment=powertrain:test:",
        "--begin=now+7",
        "--partition=gpu\n--gres=gpu:2\n",
        ".sbatch\ntest\n0\n3\ntrain\n--lr\n1e-3\ntrain\n--resume\n"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        assert_true(file_has(submitted, parts[i]));
    struct pt_job_state job = look(executor);
    assert_string_equal(job.handle, "41");
    assert_string_equal(job.executor, "slurm");
    assert_true(isnan(job.user_seconds)); // nobody tells
    assert_int_equal(pt_executor_start(executor, NULL), PT_BUSY);
    pt_executor_close(executor);
}

static void options_are_checked(void **unused)
{
    (void)unused;
    static const char *const bad[][2] = {
        {"partition=gpu", "it has job="},
        {"--array=1-9", "--array"},
        {"--wrap=x", "--wrap"},
        {"suspend=never", "signal or scontrol"},
        {"poll=fast", "poll=fast"},
        {"poll=2d", "poll=2d"},
        {"--begin=now+1", "--begin"},
        {"job=abc", "job=abc"},
        {"job=12;other", "the number of"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct pt_error error;
        struct pt_executor *executor;
        struct pt_job_spec spec = a_spec();
        spec.options = (const char *const[]){bad[i][0], NULL};
        assert_status(pt_executor_open("slurm", &spec, &executor, &error), PT_USAGE, &error);
        assert_contains(error.message, bad[i][1]);
    }
}

static void watts_need_the_licenses(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_job_spec spec = a_spec();
    spec.options = (const char *const[]){"watts=300", "poll=0s", NULL};
    struct pt_executor *executor = open_job("slurm", &spec);
    assert_status(pt_executor_start(executor, &error), PT_UNSUPPORTED, &error);
    assert_contains(error.message, "no licenses \"watt\"");
    assert_int_equal(look(executor).phase, PT_JOB_NEW);
    pt_executor_close(executor);
    spec.options = (const char *const[]){"watts=many", "poll=0s", NULL};
    executor = open_job("slurm", &spec);
    assert_status(pt_executor_start(executor, &error), PT_USAGE, &error);
    pt_executor_close(executor);
}

static void a_refused_submission_leaves_no_trace(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_job_spec spec = a_spec();
    struct pt_executor *executor = open_job("slurm", &spec);
    set("fail.sbatch", "sbatch: error: invalid partition specified: gpu\n");
    assert_status(pt_executor_start(executor, &error), PT_USAGE, &error);
    assert_contains(error.message, "invalid partition");
    assert_int_equal(look(executor).phase, PT_JOB_NEW);
    pt_executor_close(executor);
    executor = open_job("slurm", &spec);
    assert_int_equal(look(executor).phase, PT_JOB_NEW);
    pt_executor_close(executor);
}

// sbatch answered nonsense, or we were killed before its answer was saved: the tag finds the job.
static void a_lost_number_is_found_by_its_tag(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_job_spec spec = a_spec();
    struct pt_executor *executor = open_job("slurm", &spec);
    set("answer", "who knows\n");
    assert_status(pt_executor_start(executor, &error), PT_CORRUPT, &error);
    pt_executor_close(executor);
    executor = open_job("slurm", &spec);
    struct pt_job_state job = look(executor);
    assert_int_equal(job.phase, PT_JOB_QUEUED);
    assert_string_equal(job.handle, "41");
    pt_executor_close(executor);
}

// Killed before sbatch was reached: nothing is in the queue, and the job can be started.
static void a_start_that_never_was_is_undone(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_job_spec spec = a_spec();
    struct pt_executor *executor = open_job("slurm", &spec);
    set("fail.sbatch", "sbatch: error: Unable to contact slurm controller (connect failure)\n");
    assert_status(pt_executor_start(executor, &error), PT_IO, &error);
    set("fail.sbatch", "");
    assert_int_equal(look(executor).phase, PT_JOB_NEW);
    must_start(executor);
    assert_int_equal(look(executor).phase, PT_JOB_QUEUED);
    pt_executor_close(executor);
}

static void a_checkpoint_file_lets_it_be_requeued(void **unused)
{
    (void)unused;
    struct pt_job_spec spec = a_spec();
    spec.checkpoint_signal = SIGUSR1;
    spec.checkpoint_file = "saved";
    test_file(folder, "saved", "old");
    struct pt_executor *executor = open_running(&spec);
    must_suspend(executor);
    assert_true(file_has(log_path, "scancel --batch --signal=10 41"));
    assert_int_equal(look(executor).phase, PT_JOB_PARKING);
    assert_false(file_has(log_path, "requeuehold")); // the old one is no checkpoint of now
    test_file(folder, "new", "new");
    assert_int_equal(rename(test_path(folder, "new"), test_path(folder, "saved")), 0);
    look(executor);
    assert_true(file_has(log_path, "scontrol requeuehold 41"));
    struct pt_job_state job = look(executor);
    assert_int_equal(job.phase, PT_JOB_PARKED);
    assert_near(job.run_seconds, 100, 0);
    must_resume(executor);
    assert_true(file_has(log_path, "scontrol update JobId=41 StartTime=now+3"));
    assert_true(file_has(log_path, "scontrol release 41"));
    set("state", "RUNNING\n");
    set("time", "00:00:05\n"); // of its second start
    job = look(executor);
    assert_int_equal(job.phase, PT_JOB_RUNNING);
    assert_int_equal(job.restart_count, 1);
    assert_near(job.run_seconds, 105, 0);
    set("state", "COMPLETED\n");
    set("time", "00:00:08\n");
    job = look(executor);
    assert_int_equal(job.phase, PT_JOB_ENDED);
    assert_near(job.run_seconds, 108, 0);
    pt_executor_close(executor);
}

// The program was killed while the job wrote its checkpoint.
static void parking_goes_on_after_a_crash(void **unused)
{
    (void)unused;
    struct pt_job_spec spec = a_spec();
    spec.checkpoint_signal = SIGUSR1;
    spec.checkpoint_file = "saved";
    struct pt_executor *executor = open_running(&spec);
    must_suspend(executor);
    pt_executor_close(executor);
    executor = open_job("slurm", &spec);
    assert_int_equal(look(executor).phase, PT_JOB_PARKING);
    test_file(folder, "saved", "new");
    look(executor);
    assert_int_equal(look(executor).phase, PT_JOB_PARKED);
    pt_executor_close(executor);
}

static void a_site_without_requeue_submits_again(void **unused)
{
    (void)unused;
    struct pt_job_spec spec = a_spec();
    struct pt_executor *executor = open_running(&spec);
    set("fail.scontrol", "");
    must_suspend(executor); // no checkpoint signal: at once
    assert_int_equal(look(executor).phase, PT_JOB_PARKED);
    pt_executor_close(executor);

    start(NULL);
    spec = a_spec();
    spec.checkpoint_signal = SIGUSR1;
    executor = open_running(&spec);
    must_suspend(executor);
    set("state", "COMPLETED\n"); // it ended by itself
    struct pt_job_state job = look(executor);
    assert_int_equal(job.phase, PT_JOB_PARKED);
    assert_string_equal(job.handle, "");
    must_resume(executor);
    assert_true(file_has(test_path(site, "submitted"), "\ntest\n1\n3\ntrain\n"));
    job = look(executor);
    assert_int_equal(job.phase, PT_JOB_QUEUED);
    assert_int_equal(job.restart_count, 1);
    pt_executor_close(executor);
}

static void a_waiting_job_is_held(void **unused)
{
    (void)unused;
    struct pt_job_spec spec = a_spec();
    struct pt_executor *executor = open_job("slurm", &spec);
    must_start(executor);
    must_suspend(executor);
    assert_true(file_has(log_path, "scontrol hold 41"));
    assert_int_equal(look(executor).phase, PT_JOB_PARKED);
    must_suspend(executor); // already
    must_resume(executor);
    assert_int_equal(look(executor).phase, PT_JOB_QUEUED);
    pt_executor_close(executor);
}

static void who_may_not_suspend_sends_a_signal(void **unused)
{
    (void)unused;
    struct pt_job_spec spec = a_spec();
    spec.mode = PT_SUSPEND_FREEZE;
    spec.options = (const char *const[]){"suspend=signal", "poll=0s", NULL};
    struct pt_executor *executor = open_running(&spec);
    must_suspend(executor);
    assert_true(file_has(log_path, "scancel --full --signal=19 41"));
    set("time", "00:05:00\n"); // 200 s later: stopped, so not counted
    struct pt_job_state job = look(executor);
    assert_int_equal(job.phase, PT_JOB_SUSPENDED);
    assert_near(job.run_seconds, 100, 0);
    must_resume(executor);
    assert_true(file_has(log_path, "scancel --full --signal=18 41"));
    set("time", "00:05:10\n");
    assert_near(look(executor).run_seconds, 110, 0);
    must_stop(executor, 600);
    assert_true(file_has(log_path, "scancel --full --signal=15 41"));
    assert_int_equal(look(executor).phase, PT_JOB_STOPPING);
    set("state", "FAILED\n");
    set("exit", "0:15\n");
    job = look(executor);
    assert_int_equal(job.phase, PT_JOB_ENDED);
    assert_int_equal(job.signal, 15);
    assert_false(job.by_others);
    pt_executor_close(executor);
}

static void what_others_do_is_seen(void **unused)
{
    (void)unused;
    static const struct {
        const char *state;
        enum pt_job_phase phase;
    } cases[] = {
        {"CANCELLED\n", PT_JOB_ENDED},
        {"NODE_FAIL\n", PT_JOB_LOST},
        {"TIMEOUT\n", PT_JOB_LOST},
        {"PENDING\n", PT_JOB_QUEUED},
        {"", PT_JOB_LOST},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        start(NULL);
        struct pt_job_spec spec = a_spec();
        struct pt_executor *executor = open_running(&spec);
        set("state", cases[i].state);
        struct pt_job_state job = look(executor);
        assert_int_equal(job.phase, cases[i].phase);
        assert_true(job.by_others);
        pt_executor_close(executor);
    }
}

// slurmctld has forgotten it; accounting has not.
static void accounting_knows_an_old_job(void **unused)
{
    (void)unused;
    struct pt_job_spec spec = a_spec();
    struct pt_executor *executor = open_running(&spec);
    pt_executor_close(executor);
    set("state", "");
    set("accounting", "COMPLETED|0:0|500\n");
    executor = open_job("slurm", &spec);
    struct pt_job_state job = look(executor);
    assert_int_equal(job.phase, PT_JOB_ENDED);
    assert_true(job.status_known);
    assert_false(job.by_others);
    assert_near(job.run_seconds, 500, 0);
    pt_executor_close(executor);
}

static void a_controller_that_is_down_is_no_end(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_job_state job;
    struct pt_job_spec spec = a_spec();
    struct pt_executor *executor = open_running(&spec);
    set("fail.scontrol", "slurm_load_jobs error: Unable to contact slurm controller\n");
    assert_status(pt_executor_poll(executor, &job, &error), PT_IO, &error);
    assert_contains(error.message, "Unable to contact");
    set("fail.scontrol", "");
    assert_int_equal(look(executor).phase, PT_JOB_RUNNING);
    pt_executor_close(executor);
}

static void a_program_that_hangs_is_ended(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_job_state job;
    struct pt_job_spec spec = a_spec();
    spec.options = (const char *const[]){"poll=0s", "timeout=500ms", NULL};
    struct pt_executor *executor = open_job("slurm", &spec);
    set("state", "RUNNING\n");
    spec.options = fast;
    pt_executor_close(executor);
    executor = open_running(&spec);
    pt_executor_close(executor);
    set("hang.scontrol", "x");
    spec.options = (const char *const[]){"poll=0s", "timeout=500ms", NULL};
    assert_status(pt_executor_open("slurm", &spec, &executor, &error), PT_IO, &error);
    assert_contains(error.message, "did not end within 0.5 s");
    (void)job;
}

static void without_slurm_it_says_so(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_job_spec spec = a_spec();
    struct pt_executor *executor = open_job("slurm", &spec);
    setenv("PATH", "/no/such/folder", 1);
    assert_status(pt_executor_start(executor, &error), PT_UNAVAILABLE, &error);
    assert_contains(error.message, "no program sbatch");
    assert_int_equal(look(executor).phase, PT_JOB_NEW);
    pt_executor_close(executor);
}

static void levels_are_told_to_be_impossible(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_job_level_outcome outcome;
    struct pt_job_level level = {.duty = 0.5, .gpu_watts = NAN, .cpu_watts = NAN, .cpu_hertz = NAN};
    struct pt_executor_abilities abilities;
    struct pt_job_spec spec = a_spec();
    struct pt_executor *executor = open_running(&spec);
    assert_status(pt_executor_level(executor, &level, &outcome, &error), PT_OK, &error);
    assert_false(outcome.has_duty);
    assert_true(outcome.has_cpus);
    assert_contains(outcome.reason, "submitted");
    level.duty = 1;
    assert_status(pt_executor_level(executor, &level, &outcome, &error), PT_OK, &error);
    assert_string_equal(outcome.reason, "");
    pt_executor_close(executor);
    assert_status(pt_executor_ask_abilities("slurm", &abilities, &error), PT_OK, &error);
    assert_false(abilities.duty || abilities.cpus || abilities.caps);
    assert_near(abilities.parked_watts, 0, 0);
    assert_status(pt_executor_ask_abilities("local", &abilities, &error), PT_OK, &error);
    assert_true(isnan(abilities.parked_watts) && !abilities.begins_later);
    assert_status(pt_executor_ask_abilities("slrm", &abilities, &error), PT_NOT_FOUND, &error);
    assert_contains(error.message, "did you mean slurm");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_are_read),
        cmocka_unit_test(what_is_no_job_is_refused),
        cmocka_unit_test(odd_fields_stay_unknown),
        cmocka_unit_test(exit_codes_are_read),
        cmocka_unit_test(accounting_is_read),
        cmocka_unit_test(numbers_and_tags_are_read),
        cmocka_unit_test_setup(a_job_is_submitted_with_what_it_needs, start),
        cmocka_unit_test_setup(options_are_checked, start),
        cmocka_unit_test_setup(watts_need_the_licenses, start),
        cmocka_unit_test_setup(a_refused_submission_leaves_no_trace, start),
        cmocka_unit_test_setup(a_lost_number_is_found_by_its_tag, start),
        cmocka_unit_test_setup(a_start_that_never_was_is_undone, start),
        cmocka_unit_test_setup(a_checkpoint_file_lets_it_be_requeued, start),
        cmocka_unit_test_setup(parking_goes_on_after_a_crash, start),
        cmocka_unit_test_setup(a_site_without_requeue_submits_again, start),
        cmocka_unit_test_setup(a_waiting_job_is_held, start),
        cmocka_unit_test_setup(who_may_not_suspend_sends_a_signal, start),
        cmocka_unit_test_setup(what_others_do_is_seen, start),
        cmocka_unit_test_setup(accounting_knows_an_old_job, start),
        cmocka_unit_test_setup(a_controller_that_is_down_is_no_end, start),
        cmocka_unit_test_setup(a_program_that_hangs_is_ended, start),
        cmocka_unit_test_setup(without_slurm_it_says_so, start),
        cmocka_unit_test_setup(levels_are_told_to_be_impossible, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
