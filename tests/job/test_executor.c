// Jobs that outlive who started them: every combination of who is killed, and what is left.

#include "job/executor.h"

#include <fcntl.h>

#include "job/control.h"
#include "job/supervisor.h"
#include "job_support.h"

static const char *folder; // of the jobs of one test

static struct pt_job_spec script_spec(const char *const *words)
{
    return (struct pt_job_spec){
        .id = "test",
        .command = words,
        .state_folder = folder,
        .checkpoint_wait_seconds = 60,
        .grace_seconds = 60,
    };
}

static struct pt_executor *open_job(const struct pt_job_spec *spec)
{
    struct pt_executor *executor;
    struct pt_error error;
    assert_status(pt_executor_open("local", spec, &executor, &error), PT_OK, &error);
    return executor;
}

static struct pt_job_state look(struct pt_executor *executor)
{
    struct pt_job_state job;
    struct pt_error error;
    assert_status(pt_executor_poll(executor, &job, &error), PT_OK, &error);
    return job;
}

static struct pt_job_state wait_for_phase(struct pt_executor *executor, enum pt_job_phase phase)
{
    for (int i = 0; i < WAIT_TURNS && look(executor).phase != phase; i++)
        pt_executor_wait(executor, 0.01);
    struct pt_job_state job = look(executor);
    assert_string_equal(pt_job_phase_text(job.phase), pt_job_phase_text(phase));
    return job;
}

static void must(enum pt_status status, const struct pt_error *error)
{
    assert_status(status, PT_OK, error);
}

static int start(void **state)
{
    (void)state;
    folder = test_folder();
    return 0;
}

// Ends whatever a failed test left.
static int finish(void **state)
{
    static const char *const words[] = {"true", NULL};
    struct pt_job_spec spec = script_spec(words);
    struct pt_executor *executor;
    (void)state;
    if (pt_executor_open("local", &spec, &executor, NULL) == PT_OK) {
        pt_executor_stop(executor, 0, NULL);
        wait_for_phase(executor, look(executor).phase == PT_JOB_NEW    ? PT_JOB_NEW
                                 : look(executor).phase == PT_JOB_LOST ? PT_JOB_LOST
                                                                       : PT_JOB_ENDED);
        pt_executor_close(executor);
    }
    return 0;
}

#define SCRIPT(text, argument) ((const char *const[]){"sh", "-c", text, "sh", argument, NULL})

// ------------------------------------------------------------------------------------- simple
static void the_status_of_a_command_is_kept(void **unused)
{
    struct pt_error error;
    struct pt_job_spec spec = script_spec(SCRIPT("exit 7", ""));
    struct pt_executor *executor = open_job(&spec);
    assert_int_equal(look(executor).phase, PT_JOB_NEW);
    must(pt_executor_start(executor, &error), &error);
    struct pt_job_state job = wait_for_phase(executor, PT_JOB_ENDED);
    assert_true(job.status_known);
    assert_int_equal(job.exit_status, 7);
    assert_false(job.by_others);
    pt_executor_close(executor);
    executor = open_job(&spec); // still known later
    job = look(executor);
    assert_int_equal(job.phase, PT_JOB_ENDED);
    assert_int_equal(job.exit_status, 7);
    pt_executor_close(executor);
    (void)unused;
}

static void a_command_that_is_not_there_says_so(void **unused)
{
    struct pt_error error;
    static const char *const words[] = {"no-such-command-anywhere", NULL};
    struct pt_job_spec spec = script_spec(words);
    struct pt_executor *executor = open_job(&spec);
    assert_status(pt_executor_start(executor, &error), PT_NOT_FOUND, &error);
    assert_contains(error.message, "no-such-command-anywhere");
    assert_int_equal(look(executor).exit_status, 127);
    pt_executor_close(executor);
    spec.command = SCRIPT("exit 0", "");
    spec.directory = "/no/such/folder";
    executor = open_job(&spec);
    assert_true(pt_executor_start(executor, &error) != PT_OK);
    assert_contains(error.message, "/no/such/folder");
    pt_executor_close(executor);
    (void)unused;
}

static void bad_specs_are_refused(void **unused)
{
    struct pt_error error;
    struct pt_executor *executor;
    static const char *const none[] = {NULL};
    struct pt_job_spec spec = script_spec(none);
    assert_status(pt_executor_open("local", &spec, &executor, &error), PT_USAGE, &error);
    spec = script_spec(SCRIPT("exit 0", ""));
    assert_status(pt_executor_open("locla", &spec, &executor, &error), PT_NOT_FOUND, &error);
    assert_contains(error.message, "did you mean local");
    spec.id = "../../etc/passwd";
    assert_status(pt_executor_open("local", &spec, &executor, &error), PT_USAGE, &error);
    spec.id = "a";
    spec.grace_seconds = NAN;
    assert_status(pt_executor_open("local", &spec, &executor, &error), PT_USAGE, &error);
    spec.grace_seconds = 1;
    spec.checkpoint_signal = 1000;
    assert_status(pt_executor_open("local", &spec, &executor, &error), PT_USAGE, &error);
    (void)unused;
}

static void only_one_program_steers_a_job(void **unused)
{
    struct pt_error error;
    struct pt_job_spec spec = script_spec(SCRIPT("exit 0", ""));
    struct pt_executor *first = open_job(&spec), *second;
    assert_status(pt_executor_open("local", &spec, &second, &error), PT_BUSY, &error);
    assert_contains(error.message, "steered by process");
    pt_executor_close(first);
    pt_executor_close(open_job(&spec));
    (void)unused;
}

// ------------------------------------------------------------------------------ suspend, resume
static void a_job_is_suspended_and_goes_on(void **unused)
{
    struct pt_error error;
    struct pt_job_spec spec = script_spec(SCRIPT("while :; do sleep 0.01; done", ""));
    struct pt_executor *executor = open_job(&spec);
    must(pt_executor_start(executor, &error), &error);
    struct pt_job_state job = look(executor);
    assert_int_equal(job.phase, PT_JOB_RUNNING);
    assert_status(pt_executor_start(executor, &error), PT_BUSY, &error);
    must(pt_executor_suspend(executor, &error), &error);
    job = look(executor);
    assert_int_equal(job.phase, PT_JOB_SUSPENDED);
    assert_int_equal(job.suspension_count, 1);
    assert_int_equal(pt_job_tree_state((int)job.process.pid, job.cgroup[0] ? job.cgroup : NULL),
                     PT_TREE_SUSPENDED);
    double ran = job.run_seconds;
    must(pt_executor_suspend(executor, &error), &error); // once more changes nothing
    assert_true(look(executor).run_seconds == ran);
    assert_int_equal(look(executor).suspension_count, 1);
    must(pt_executor_resume(executor, &error), &error);
    assert_int_equal(look(executor).phase, PT_JOB_RUNNING);
    assert_int_equal(pt_job_tree_state((int)job.process.pid, NULL), PT_TREE_RUNNING);
    must(pt_executor_stop(executor, 60, &error), &error);
    job = wait_for_phase(executor, PT_JOB_ENDED);
    assert_int_equal(job.exit_status, 128 + SIGTERM);
    assert_false(job.was_killed);
    assert_false(job.by_others);
    pt_executor_close(executor);
    (void)unused;
}

static void what_others_do_is_noticed(void **unused)
{
    struct pt_error error;
    struct pt_job_spec spec = script_spec(SCRIPT("exec sleep 1000", ""));
    struct pt_executor *executor = open_job(&spec);
    must(pt_executor_start(executor, &error), &error);
    struct pt_job_state job = look(executor);
    kill((int)job.process.pid, SIGSTOP);
    job = wait_for_phase(executor, PT_JOB_SUSPENDED);
    assert_true(job.by_others);
    kill((int)job.process.pid, SIGCONT);
    job = wait_for_phase(executor, PT_JOB_RUNNING);
    assert_true(job.by_others);
    kill((int)job.process.pid, SIGSTOP);
    wait_for_phase(executor, PT_JOB_SUSPENDED);
    must(pt_executor_resume(executor, &error), &error);
    assert_false(look(executor).by_others);
    must(pt_executor_suspend(executor, &error), &error);
    kill((int)job.process.pid, SIGKILL); // while it is suspended
    job = wait_for_phase(executor, PT_JOB_ENDED);
    assert_true(job.by_others);
    assert_int_equal(job.signal, SIGKILL);
    pt_executor_close(executor);
    (void)unused;
}

static void who_ignores_term_is_killed_and_it_is_told(void **unused)
{
    const char *ready = test_path(folder, "ready");
    struct pt_error error;
    struct pt_job_spec spec =
        script_spec(SCRIPT("trap '' TERM; echo 1 > \"$1\"; while :; do sleep 0.05; done", ready));
    struct pt_executor *executor = open_job(&spec);
    must(pt_executor_start(executor, &error), &error);
    number_in(ready);
    must(pt_executor_stop(executor, 0.3, &error), &error);
    struct pt_job_state job = wait_for_phase(executor, PT_JOB_ENDED);
    assert_true(job.was_killed);
    assert_int_equal(job.signal, SIGKILL);
    pt_executor_close(executor);
    (void)unused;
}

// What it left behind in another session goes too.
static void stopping_leaves_nobody(void **unused)
{
    const char *file = test_path(folder, "left");
    struct pt_error error;
    struct pt_job_spec spec = script_spec(
        SCRIPT("(setsid sh -c 'trap \"\" TERM; echo $$ > \"$1\"; while :; do sleep 0.05; "
               "done' sh \"$1\" &); exec sleep 1000",
               file));
    struct pt_executor *executor = open_job(&spec);
    must(pt_executor_start(executor, &error), &error);
    int left = number_in(file);
    must(pt_executor_stop(executor, 0.3, &error), &error);
    struct pt_job_state job = wait_for_phase(executor, PT_JOB_ENDED);
    assert_true(job.was_killed);
    wait_until(state_of(left) == '-');
    pt_executor_close(executor);
    (void)unused;
}

static void an_interrupt_of_the_terminal_is_passed_on(void **unused)
{
    const char *ready = test_path(folder, "ready");
    struct pt_error error;
    struct pt_job_spec spec = script_spec(SCRIPT("trap 'kill $!; exit 5' INT; sleep 100 >/dev/null "
                                                 "2>&1 & echo 1 > \"$1\"; while :; do wait; done",
                                                 ready));
    struct pt_executor *executor = open_job(&spec);
    must(pt_executor_start(executor, &error), &error);
    number_in(ready);
    must(pt_executor_signal(executor, SIGINT, &error), &error);
    assert_int_equal(wait_for_phase(executor, PT_JOB_ENDED).exit_status, 5);
    assert_status(pt_executor_signal(executor, SIGINT, &error), PT_BUSY, &error);
    pt_executor_close(executor);
    (void)unused;
}

// ------------------------------------------------------------------------ checkpoint and restart
// Counts in a file, writes it when asked, and goes on from there: the form of a training run. It
// waits and does not loop over commands: dash loses a signal that comes while it is in vfork.
#define COUNTING                                                                                   \
    "n=$(cat \"$1\" 2>/dev/null || echo 0); n=$((n + 1)); trap 'echo $n > \"$1.new\"; "            \
    "mv \"$1.new\" \"$1\"; kill $!; exit 0' USR1; sleep 100 >/dev/null 2>&1 & "                    \
    "echo \"start $n $POWERTRAIN_RESTART_COUNT ${POWERTRAIN_RESUME-none} $POWERTRAIN_JOB\" "       \
    ">> \"$1.log\"; while :; do wait; done"

static void a_parked_job_ends_and_goes_on_from_its_checkpoint(void **unused)
{
    const char *file = test_path(folder, "count");
    const char *log = test_path(folder, "count.log");
    struct pt_error error;
    struct pt_job_spec spec = script_spec(SCRIPT(COUNTING, file));
    spec.mode = PT_SUSPEND_RESTART;
    spec.checkpoint_signal = SIGUSR1;
    struct pt_executor *executor = open_job(&spec);
    must(pt_executor_start(executor, &error), &error);
    wait_until(is_there(log));
    struct pt_job_state job = look(executor);
    int first_pid = (int)job.process.pid;
    must(pt_executor_suspend(executor, &error), &error);
    job = wait_for_phase(executor, PT_JOB_PARKED);
    assert_false(job.was_killed);
    assert_int_equal(state_of(first_pid), '-');
    double ran = job.run_seconds;
    number_in(file);
    must(pt_executor_resume(executor, &error), &error);
    job = look(executor);
    assert_int_equal(job.phase, PT_JOB_RUNNING);
    assert_int_equal(job.restart_count, 1);
    assert_true(job.run_seconds >= ran);
    size_t length;
    for (;;) {
        char *text = test_read(log, &length);
        bool both = strstr(text, "\nstart ") != NULL && text[length - 1] == '\n';
        if (both) {
            assert_int_equal(strncmp(text, "start 1 0 none test\n", 20), 0);
            assert_contains(text, "\nstart 2 1 1 test\n");
            free(text);
            break;
        }
        free(text);
        nap();
    }
    must(pt_executor_stop(executor, 0, &error), &error);
    wait_for_phase(executor, PT_JOB_ENDED);
    pt_executor_close(executor);
    (void)unused;
}

static void a_resume_command_of_its_own_is_used(void **unused)
{
    const char *file = test_path(folder, "resumed");
    struct pt_error error;
    static const char *resume[] = {"sh", "-c", "echo 1 > \"$1\"; exit 3", "sh", NULL, NULL};
    resume[4] = file;
    struct pt_job_spec spec = script_spec(SCRIPT("exec sleep 1000", ""));
    spec.mode = PT_SUSPEND_RESTART;
    spec.resume_command = resume;
    struct pt_executor *executor = open_job(&spec);
    must(pt_executor_start(executor, &error), &error);
    must(pt_executor_suspend(executor, &error), &error); // no checkpoint signal: TERM
    wait_for_phase(executor, PT_JOB_PARKED);
    must(pt_executor_resume(executor, &error), &error);
    assert_int_equal(wait_for_phase(executor, PT_JOB_ENDED).exit_status, 3);
    number_in(file);
    pt_executor_close(executor);
    (void)unused;
}

static void a_command_without_a_handler_is_not_ended_by_asking(void **unused)
{
    struct pt_error error;
    struct pt_job_spec spec = script_spec(SCRIPT("exec sleep 1000", ""));
    spec.mode = PT_SUSPEND_RESTART;
    spec.checkpoint_signal = SIGUSR1;
    struct pt_executor *executor = open_job(&spec);
    must(pt_executor_start(executor, &error), &error);
    assert_status(pt_executor_suspend(executor, &error), PT_UNSUPPORTED, &error);
    assert_status(pt_executor_checkpoint(executor, &error), PT_UNSUPPORTED, &error);
    assert_int_equal(look(executor).phase, PT_JOB_RUNNING);
    pt_executor_close(executor);
    (void)unused;
}

// It writes its checkpoint and works on: the file tells that it is done, TERM ends it.
static void a_checkpoint_file_ends_the_wait(void **unused)
{
    const char *file = test_path(folder, "checkpoint"),
               *ready = test_path(folder, "checkpoint.ready");
    struct pt_error error;
    test_file(folder, "checkpoint", "old");
    struct pt_job_spec spec = script_spec(
        SCRIPT("trap 'echo new > \"$1.tmp\"; mv \"$1.tmp\" \"$1\"' USR1; echo 1 > \"$1.ready\"; "
               "sleep 100 >/dev/null 2>&1 & while :; do wait; done",
               file));
    spec.mode = PT_SUSPEND_RESTART;
    spec.checkpoint_signal = SIGUSR1;
    spec.checkpoint_file = file;
    spec.checkpoint_wait_seconds = 3600;
    struct pt_executor *executor = open_job(&spec);
    must(pt_executor_start(executor, &error), &error);
    number_in(ready);
    must(pt_executor_suspend(executor, &error), &error);
    struct pt_job_state job = wait_for_phase(executor, PT_JOB_PARKED);
    assert_int_equal(job.exit_status, 128 + SIGTERM);
    size_t length;
    char *text = test_read(file, &length);
    assert_string_equal(text, "new\n");
    free(text);
    pt_executor_close(executor);
    (void)unused;
}

// -------------------------------------------------------------------------------- who is killed
// Starts the job in another process, which is killed; returns when it is dead.
static void start_and_die(const struct pt_job_spec *spec, bool suspend)
{
    int status, pid = fork();
    if (pid == 0) {
        struct pt_executor *executor;
        if (pt_executor_open("local", spec, &executor, NULL) != PT_OK ||
            pt_executor_start(executor, NULL) != PT_OK ||
            (suspend && pt_executor_suspend(executor, NULL) != PT_OK))
            _exit(1);
        raise(SIGKILL);
    }
    waitpid(pid, &status, 0);
    assert_true(WIFSIGNALED(status));
}

static void a_job_is_taken_over_after_its_starter_was_killed(void **unused)
{
    const char *go = test_path(folder, "go");
    struct pt_error error;
    struct pt_job_spec spec =
        script_spec(SCRIPT("while [ ! -e \"$1\" ]; do sleep 0.02; done; exit 6", go));
    start_and_die(&spec, false);
    struct pt_executor *executor = open_job(&spec);
    struct pt_job_state job = look(executor);
    assert_int_equal(job.phase, PT_JOB_RUNNING);
    assert_true(pt_process_id_lives(job.process));
    must(pt_executor_suspend(executor, &error), &error);
    must(pt_executor_resume(executor, &error), &error);
    test_file(folder, "go", "1");
    job = wait_for_phase(executor, PT_JOB_ENDED);
    assert_true(job.status_known);
    assert_int_equal(job.exit_status, 6);
    assert_int_equal(job.restart_count, 0);
    pt_executor_close(executor);
    (void)unused;
}

static void a_suspended_job_is_taken_over_suspended(void **unused)
{
    struct pt_error error;
    struct pt_job_spec spec = script_spec(SCRIPT("exec sleep 1000", ""));
    start_and_die(&spec, true);
    struct pt_executor *executor = open_job(&spec);
    assert_int_equal(look(executor).phase, PT_JOB_SUSPENDED);
    must(pt_executor_resume(executor, &error), &error);
    assert_int_equal(look(executor).phase, PT_JOB_RUNNING);
    pt_executor_close(executor);
    (void)unused;
}

static void a_job_that_ended_meanwhile_has_its_status(void **unused)
{
    const char *go = test_path(folder, "go");
    struct pt_job_spec spec =
        script_spec(SCRIPT("while [ ! -e \"$1\" ]; do sleep 0.02; done; exit 6", go));
    start_and_die(&spec, false);
    test_file(folder, "go", "1");
    struct pt_executor *executor = open_job(&spec);
    assert_int_equal(wait_for_phase(executor, PT_JOB_ENDED).exit_status, 6);
    pt_executor_close(executor);
    (void)unused;
}

static void without_its_supervisor_a_command_is_still_steered(void **unused)
{
    struct pt_error error;
    struct pt_job_spec spec = script_spec(SCRIPT("exec sleep 1000", ""));
    struct pt_executor *executor = open_job(&spec);
    must(pt_executor_start(executor, &error), &error);
    struct pt_job_state job = look(executor);
    kill((int)job.supervisor.pid, SIGKILL);
    wait_until(!pt_process_id_lives(job.supervisor));
    job = look(executor);
    assert_int_equal(job.phase, PT_JOB_RUNNING);
    assert_int_equal(job.supervisor.pid, 0);
    must(pt_executor_suspend(executor, &error), &error);
    assert_int_equal(look(executor).phase, PT_JOB_SUSPENDED);
    pt_executor_close(executor);
    executor = open_job(&spec); // also by a later program
    assert_int_equal(look(executor).phase, PT_JOB_SUSPENDED);
    must(pt_executor_resume(executor, &error), &error);
    assert_int_equal(look(executor).phase, PT_JOB_RUNNING);
    kill((int)job.process.pid, SIGTERM);
    job = wait_for_phase(executor, PT_JOB_LOST);
    assert_false(job.status_known);
    must(pt_executor_start(executor, &error), &error); // goes on by its resume command
    assert_int_equal(look(executor).restart_count, 1);
    pt_executor_close(executor);
    (void)unused;
}

// Both gone, as after a power cut; then another boot.
static void a_lost_job_is_started_again(void **unused)
{
    struct pt_error error;
    struct pt_job_spec spec = script_spec(SCRIPT("exec sleep 1000", ""));
    start_and_die(&spec, false);
    struct pt_executor *executor = open_job(&spec);
    struct pt_job_state job = look(executor);
    pt_executor_close(executor);
    kill((int)job.supervisor.pid, SIGKILL);
    kill((int)job.process.pid, SIGKILL);
    wait_until(!pt_process_id_lives(job.process) && !pt_process_id_lives(job.supervisor));
    executor = open_job(&spec);
    assert_int_equal(look(executor).phase, PT_JOB_LOST);
    must(pt_executor_resume(executor, &error), &error);
    job = look(executor);
    assert_int_equal(job.restart_count, 1);
    // The file says that it runs, on another boot: its numbers mean nothing now.
    snprintf(job.boot_id, sizeof job.boot_id, "00000000-0000-0000-0000-000000000000");
    struct pt_process_id alive = job.process;
    kill((int)job.supervisor.pid, SIGKILL);
    wait_until(!pt_process_id_lives(job.supervisor));
    must(pt_job_state_save(folder, &job, &error), &error);
    pt_executor_close(executor);
    executor = open_job(&spec);
    assert_int_equal(look(executor).phase, PT_JOB_LOST);
    assert_true(pt_process_id_lives(alive)); // not touched
    kill((int)alive.pid, SIGKILL);
    pt_executor_close(executor);
    (void)unused;
}

static void another_hosts_job_is_not_touched(void **unused)
{
    struct pt_error error;
    struct pt_executor *executor;
    struct pt_job_spec spec = script_spec(SCRIPT("exec sleep 1000", ""));
    start_and_die(&spec, false);
    executor = open_job(&spec);
    struct pt_job_state job = look(executor);
    pt_executor_close(executor);
    char host[65];
    snprintf(host, sizeof host, "%s", job.host);
    job.command = spec.command;
    job.directory = "/";
    job.resume_command = NULL;
    snprintf(job.host, sizeof job.host, "elsewhere");
    must(pt_job_state_save(folder, &job, &error), &error);
    assert_status(pt_executor_open("local", &spec, &executor, &error), PT_BUSY, &error);
    assert_contains(error.message, "elsewhere");
    snprintf(job.host, sizeof job.host, "%s", host);
    must(pt_job_state_save(folder, &job, &error), &error);
    (void)unused;
}

// ------------------------------------------------------------------------------------- levels
static double cpu_seconds_of(int pid)
{
    char path[64];
    unsigned long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    char text[1024] = "";
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof text, file));
    fclose(file);
    const char *rest = strrchr(text, ')');
    assert_non_null(rest);
    assert_int_equal(
        sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system),
        2);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static struct pt_job_level free_level(void)
{
    return (struct pt_job_level){.duty = 1, .gpu_watts = NAN, .cpu_watts = NAN, .cpu_hertz = NAN};
}

// It is seen standing and running, and runs free again at share 1.
static void a_job_rests_a_share_of_the_time(void **unused)
{
    struct pt_error error;
    struct pt_job_level_outcome outcome;
    struct pt_job_spec spec = script_spec(SCRIPT("while :; do :; done", ""));
    struct pt_executor *executor = open_job(&spec);
    must(pt_executor_start(executor, &error), &error);
    struct pt_job_level level = free_level();
    level.duty = 0.5;
    must(pt_executor_level(executor, &level, &outcome, &error), &error);
    assert_true(outcome.has_duty);
    assert_string_equal(outcome.reason, "");
    struct pt_job_state job = look(executor);
    wait_until(state_of((int)job.process.pid) == 'T');
    double before = cpu_seconds_of((int)job.process.pid);
    wait_until(cpu_seconds_of((int)job.process.pid) > before); // it went on by itself
    assert_int_equal(look(executor).phase, PT_JOB_RUNNING);    // resting is no suspension
    assert_near(look(executor).duty, 0.5, 1e-9);
    level.duty = 1;
    must(pt_executor_level(executor, &level, &outcome, &error), &error);
    wait_until(state_of((int)job.process.pid) == 'R');
    level.duty = 0;
    assert_status(pt_executor_level(executor, &level, &outcome, &error), PT_USAGE, &error);
    pt_executor_close(executor);
    (void)unused;
}

// The law: whoever dies, a resting command is woken.
static void a_resting_job_is_woken_when_its_supervisor_is_killed(void **unused)
{
    struct pt_error error;
    struct pt_job_level_outcome outcome;
    struct pt_job_spec spec = script_spec(SCRIPT("while :; do :; done", ""));
    struct pt_executor *executor = open_job(&spec);
    must(pt_executor_start(executor, &error), &error);
    struct pt_job_level level = free_level();
    level.duty = 0.05;
    must(pt_executor_level(executor, &level, &outcome, &error), &error);
    struct pt_job_state job = look(executor);
    wait_until(state_of((int)job.process.pid) == 'T');
    kill((int)job.supervisor.pid, SIGKILL);
    wait_until(!pt_process_id_lives(job.supervisor));
    wait_until(state_of((int)job.process.pid) == 'R');
    pt_executor_close(executor);
    (void)unused;
}

// Suspended by plan it stays so, whatever level it has.
static void a_suspended_job_is_not_woken_by_its_level(void **unused)
{
    struct pt_error error;
    struct pt_job_level_outcome outcome;
    struct pt_job_spec spec = script_spec(SCRIPT("while :; do :; done", ""));
    struct pt_executor *executor = open_job(&spec);
    must(pt_executor_start(executor, &error), &error);
    struct pt_job_level level = free_level();
    level.duty = 0.5;
    must(pt_executor_level(executor, &level, &outcome, &error), &error);
    must(pt_executor_suspend(executor, &error), &error);
    struct pt_job_state job = look(executor);
    double before = cpu_seconds_of((int)job.process.pid);
    for (int i = 0; i < 250; i++) // more than a period
        nap();
    assert_near(cpu_seconds_of((int)job.process.pid), before, 0);
    kill((int)job.supervisor.pid, SIGKILL);
    wait_until(!pt_process_id_lives(job.supervisor));
    for (int i = 0; i < 30; i++)
        nap();
    assert_int_equal(look(executor).phase, PT_JOB_SUSPENDED); // the guard knows that it was meant
    pt_executor_close(executor);
    (void)unused;
}

static void a_job_is_bound_to_fewer_processors(void **unused)
{
    cpu_set_t set;
    struct pt_error error;
    struct pt_job_level_outcome outcome;
    assert_int_equal(sched_getaffinity(0, sizeof set, &set), 0);
    int all = CPU_COUNT(&set);
    if (all < 2)
        skip();
    struct pt_job_spec spec = script_spec(SCRIPT("exec sleep 1000", ""));
    struct pt_executor *executor = open_job(&spec);
    must(pt_executor_start(executor, &error), &error);
    int pid = (int)look(executor).process.pid;
    struct pt_job_level level = free_level();
    level.cpu_count = 1;
    must(pt_executor_level(executor, &level, &outcome, &error), &error);
    assert_true(outcome.has_cpus);
    assert_int_equal(sched_getaffinity(pid, sizeof set, &set), 0);
    assert_int_equal(CPU_COUNT(&set), 1);
    kill((int)look(executor).supervisor.pid, SIGKILL); // the guard frees it
    wait_until(sched_getaffinity(pid, sizeof set, &set) == 0 && CPU_COUNT(&set) == all);
    pt_executor_close(executor);
    (void)unused;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)
    const struct CMUnitTest tests[] = {
        TEST(the_status_of_a_command_is_kept),
        TEST(a_command_that_is_not_there_says_so),
        TEST(bad_specs_are_refused),
        TEST(only_one_program_steers_a_job),
        TEST(a_job_is_suspended_and_goes_on),
        TEST(what_others_do_is_noticed),
        TEST(who_ignores_term_is_killed_and_it_is_told),
        TEST(stopping_leaves_nobody),
        TEST(an_interrupt_of_the_terminal_is_passed_on),
        TEST(a_parked_job_ends_and_goes_on_from_its_checkpoint),
        TEST(a_resume_command_of_its_own_is_used),
        TEST(a_command_without_a_handler_is_not_ended_by_asking),
        TEST(a_checkpoint_file_ends_the_wait),
        TEST(a_job_is_taken_over_after_its_starter_was_killed),
        TEST(a_suspended_job_is_taken_over_suspended),
        TEST(a_job_that_ended_meanwhile_has_its_status),
        TEST(without_its_supervisor_a_command_is_still_steered),
        TEST(a_lost_job_is_started_again),
        TEST(another_hosts_job_is_not_touched),
        TEST(a_job_rests_a_share_of_the_time),
        TEST(a_resting_job_is_woken_when_its_supervisor_is_killed),
        TEST(a_suspended_job_is_not_woken_by_its_level),
        TEST(a_job_is_bound_to_fewer_processors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
