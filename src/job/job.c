// See job.h.
//
// Signals are blocked here from before the fork on and taken from a signalfd, so none is lost, no
// handler runs between the meter's lines, and whoever steers the command can wait for more.
// Sources: man 2 prctl (PR_SET_CHILD_SUBREAPER), man 2 wait4, man 7 signal; exit statuses:
// POSIX.1-2017, Shell and Utilities, 2.8.2.

#include "job/job.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/helper_process.h"
#include "base/units.h"
#include "job/children.h"

static const int passed_on[] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT,
                                SIGUSR1, SIGUSR2, SIGTSTP, SIGCONT};
enum { PASSED_ON = sizeof passed_on / sizeof *passed_on };

struct job {
    char *const *command;
    const struct pt_job_watcher *watcher;
    const struct pt_job_steering *steering; // or NULL
    bool wait_for_orphans, own_session;
    void (*before_exec)(void *state);
    void *before_exec_state;
    int pid, signal_fd;
    int64_t since_ns;
    sigset_t watched, before;
    struct sigaction child_action; // what SIGCHLD did before
    bool command_ended, no_children;
    struct pt_job_result result;
};

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

// ------------------------------------------------------------------------------------- signals
// A caller that ignores SIGCHLD would make the kernel reap the children before we can ask them.
static void take_signals(struct job *job)
{
    struct sigaction by_default = {.sa_handler = SIG_DFL};
    sigemptyset(&job->watched);
    sigaddset(&job->watched, SIGCHLD);
    for (int i = 0; i < PASSED_ON; i++)
        sigaddset(&job->watched, passed_on[i]);
    sigaction(SIGCHLD, &by_default, &job->child_action);
    pthread_sigmask(SIG_BLOCK, &job->watched, &job->before);
}

static void give_signals_back(const struct job *job)
{
    sigaction(SIGCHLD, &job->child_action, NULL);
    pthread_sigmask(SIG_SETMASK, &job->before, NULL);
}

// Stops this process as the signal would have if nobody had blocked it; returns when it goes on.
static void stop_self(void)
{
    sigset_t stop, before;
    struct sigaction by_default = {.sa_handler = SIG_DFL}, action;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    sigaction(SIGTSTP, &by_default, &action);
    raise(SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &stop, &before);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    sigaction(SIGTSTP, &action, NULL);
}

// Somebody stopped the command or let it go on: told, and left to be waited for.
static void notice_stops(const struct job *job)
{
    siginfo_t change = {0};
    if (job->command_ended || job->steering == NULL)
        return;
    while (waitid(P_PID, (id_t)job->pid, &change, WSTOPPED | WCONTINUED | WNOHANG) == 0 &&
           change.si_pid != 0) {
        job->steering->stopped(job->steering->state,
                               change.si_code == CLD_CONTINUED ? 0 : change.si_status);
        change.si_pid = 0;
    }
}

// Before we stop with it: the command is mostly stopped by the same Ctrl-Z a moment later, and that
// would be forgotten when both go on. One that ignores it is not waited for longer.
static void await_stop(const struct job *job)
{
    const struct timespec pause = {.tv_nsec = 2000000};
    siginfo_t change = {0};
    for (int i = 0; i < 25 && !job->command_ended && change.si_pid == 0; i++) {
        nanosleep(&pause, NULL);
        if (waitid(P_PID, (id_t)job->pid, &change, WSTOPPED | WNOHANG | WNOWAIT) != 0)
            break;
    }
    notice_stops(job);
}

// The terminal signals the whole foreground group, so the command has it already: passing it on
// would make two of one Ctrl-C. What a process sends (si_code <= 0) came to us alone.
static void pass_on(const struct job *job, const struct signalfd_siginfo *info)
{
    if (info->ssi_code <= 0 && !job->command_ended)
        kill(job->pid, (int)info->ssi_signo);
    if (info->ssi_signo == SIGTSTP) {
        await_stop(job);
        stop_self();
        notice_stops(job);
    }
}

// ------------------------------------------------------------------------------------ children
static void count(struct job *job, int pid, int status, const struct rusage *usage)
{
    struct pt_job_result *result = &job->result;
    double user = seconds_of(usage->ru_utime), system = seconds_of(usage->ru_stime);
    result->user_seconds += user;
    result->system_seconds += system;
    result->reaped_count++;
    int64_t resident = usage->ru_maxrss * (int64_t)PT_BYTES_PER_KIB;
    if (resident > result->max_resident_bytes)
        result->max_resident_bytes = resident;
    if (pid == job->pid) {
        job->command_ended = true;
        result->seconds = (double)(pt_clock_monotonic(&pt_system_clock) - job->since_ns) /
                          (double)PT_NANOSECONDS_PER_SECOND;
        result->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
        result->exit_status = result->signal != 0 ? 128 + result->signal : WEXITSTATUS(status);
    }
    if (job->watcher != NULL && job->watcher->child_ended != NULL)
        job->watcher->child_ended(job->watcher->state, pid, user + system);
}

// Takes one that has ended. An orphan of a helper's group is nobody's work; a helper itself is left
// to who has started it.
static bool take(struct job *job, int pid)
{
    int status;
    struct rusage usage;
    bool of_helper = pt_helper_owns(pid);
    if (pt_helper_is(pid) || wait4(pid, &status, WNOHANG, &usage) != pid)
        return false;
    if (!of_helper)
        count(job, pid, status, &usage);
    return true;
}

// A helper that has ended and is not yet waited for stands before all others, so these are looked
// at one by one; again if one had ended, since what it leaves behind came to us after the list was
// made. True if any is not a helper.
static bool reap_each(struct job *job)
{
    int pids[PT_CHILDREN_MAX];
    for (;;) {
        int listed = pt_children_list(pids);
        bool any_taken = false, any_left = false;
        for (int i = 0; i < listed; i++) {
            bool taken = take(job, pids[i]);
            any_taken = any_taken || taken;
            any_left = any_left || (!taken && !pt_helper_owns(pids[i]));
        }
        if (!any_taken)
            return any_left;
    }
}

// Not wait4(-1), which would take helpers too.
static void reap(struct job *job)
{
    if (!job->command_ended)
        take(job, job->pid);
    for (;;) {
        siginfo_t ended = {0};
        if (waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0) {
            if (errno == EINTR)
                continue;
            job->no_children = true;
            return;
        }
        if (ended.si_pid == 0 && !pt_helper_any()) {
            job->no_children = false;
            return;
        }
        if (ended.si_pid == 0 || !take(job, ended.si_pid)) {
            job->no_children = !reap_each(job);
            return;
        }
    }
}

static void take_signal(struct job *job)
{
    struct signalfd_siginfo info;
    while (read(job->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo != SIGCHLD) {
            pass_on(job, &info);
            continue;
        }
        notice_stops(job);
        reap(job);
    }
}

static bool is_over(const struct job *job)
{
    const struct pt_job_steering *steering = job->steering;
    bool wait_for_all =
        job->wait_for_orphans || (steering != NULL && steering->waits_for_all(steering->state));
    return job->command_ended && (!wait_for_all || job->no_children);
}

// Sleeps until a signal comes, or what the steering waits for.
static void wait_for_something(struct job *job)
{
    const struct pt_job_steering *steering = job->steering;
    struct pollfd fds[PT_JOB_FDS_MAX + 1] = {{.fd = job->signal_fd, .events = POLLIN}};
    int count = 0, milliseconds = -1;
    if (steering != NULL)
        count = steering->prepare(steering->state, fds + 1, &milliseconds);
    if (poll(fds, (nfds_t)count + 1, milliseconds) < 0)
        return; // by a signal that nobody blocks
    if (fds[0].revents != 0)
        take_signal(job);
    if (steering != NULL)
        steering->act(steering->state, fds + 1, count);
}

static void watch(struct job *job)
{
    reap(job);
    while (!is_over(job))
        wait_for_something(job);
}

// execvp answers EACCES when any folder of PATH may not be entered, though the command is in none
// of the others. Then nobody was refused: it was not found.
static bool stands_in_path(const char *command)
{
    char path[4096];
    const char *folder = getenv("PATH");
    if (strchr(command, '/') != NULL || folder == NULL)
        return true;
    for (;;) {
        size_t length = strcspn(folder, ":");
        int written = snprintf(path, sizeof path, "%.*s/%s", (int)length, folder, command);
        if (written > 0 && (size_t)written < sizeof path && access(path, F_OK) == 0)
            return true;
        if (folder[length] == '\0')
            return false;
        folder += length + 1;
    }
}

// ------------------------------------------------------------------------------------- starting
// In the child: the signal settings of the caller, then the command. The program ignores SIGPIPE
// for itself, which a command must not inherit.
static void become(const struct job *job, int report_fd)
{
    signal(SIGPIPE, SIG_DFL);
    if (job->own_session)
        setsid();
    if (job->before_exec != NULL)
        job->before_exec(job->before_exec_state);
    give_signals_back(job);
    execvp(job->command[0], job->command);
    int number = errno;
    if (number == EACCES && !stands_in_path(job->command[0]))
        number = ENOENT;
    ssize_t written = write(report_fd, &number, sizeof number);
    _exit(written == (ssize_t)sizeof number ? 127 : 126);
}

// The pipe closes when the command runs; else it brings the errno of execvp.
static int exec_errno(int fd)
{
    int number = 0;
    ssize_t length;
    do
        length = read(fd, &number, sizeof number);
    while (length < 0 && errno == EINTR);
    return length == (ssize_t)sizeof number ? number : 0;
}

// Our own child that could not become the command is no part of the job.
static void discard(struct job *job, int number)
{
    int status;
    while (waitpid(job->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    job->result.exec_errno = number;
    job->result.exit_status = number == ENOENT || number == ENOTDIR ? 127 : 126;
}

static enum pt_status start(struct job *job, struct pt_error *error)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return pt_fail_errno(error, errno, "cannot start %s", job->command[0]);
    job->since_ns = pt_clock_monotonic(&pt_system_clock);
    job->pid = fork();
    if (job->pid == 0)
        become(job, ends[1]);
    int number = errno;
    close(ends[1]);
    if (job->pid < 0) {
        close(ends[0]);
        return pt_fail_errno(error, number, "cannot start %s", job->command[0]);
    }
    number = exec_errno(ends[0]);
    close(ends[0]);
    job->result.was_started = number == 0;
    if (number != 0)
        discard(job, number);
    return PT_OK;
}

static enum pt_status run(struct job *job, struct pt_error *error)
{
    const struct pt_job_watcher *watcher = job->watcher;
    job->signal_fd = signalfd(-1, &job->watched, SFD_CLOEXEC | SFD_NONBLOCK);
    if (job->signal_fd < 0)
        return pt_fail_errno(error, errno, "cannot start %s: no signalfd", job->command[0]);
    enum pt_status status = start(job, error);
    if (status == PT_OK && job->result.was_started) {
        if (watcher != NULL && watcher->started != NULL)
            watcher->started(watcher->state, job->pid, job->since_ns);
        watch(job);
    }
    close(job->signal_fd);
    return status;
}

enum pt_status pt_job_run_steered(const struct pt_job_options *options,
                                  struct pt_job_result *ret_result, struct pt_error *error)
{
    assert(options->command[0] != NULL);
    struct job job = {
        .command = options->command,
        .watcher = options->watcher,
        .steering = options->steering,
        .wait_for_orphans = options->wait_for_orphans,
        .own_session = options->own_session,
        .before_exec = options->before_exec,
        .before_exec_state = options->before_exec_state,
    };
    int was_reaper = 0;
    prctl(PR_GET_CHILD_SUBREAPER, &was_reaper);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    take_signals(&job);
    enum pt_status status = run(&job, error);
    give_signals_back(&job);
    prctl(PR_SET_CHILD_SUBREAPER, was_reaper);
    if (status == PT_OK)
        *ret_result = job.result;
    return status;
}

enum pt_status pt_job_run(char *const *command, bool wait_for_orphans,
                          const struct pt_job_watcher *watcher, struct pt_job_result *ret_result,
                          struct pt_error *error)
{
    const struct pt_job_options options = {
        .command = command, .wait_for_orphans = wait_for_orphans, .watcher = watcher};
    return pt_job_run_steered(&options, ret_result, error);
}
