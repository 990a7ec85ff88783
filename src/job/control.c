// See control.h.
//
// Why a tree can be stopped whole: fork fails with a signal pending (kernel/fork.c, copy_process),
// so a process to which STOP was sent makes no more children, and those that it made before are
// found in the next pass.

#include "job/control.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "job/cgroup_control.h"
#include "job/tree.h"

enum { PASSES_MAX = 200, SETTLE_MILLISECONDS = 5000, POLL_MILLISECONDS = 5 };

static void nap(void)
{
    const struct timespec pause = {.tv_nsec = POLL_MILLISECONDS * 1000000L};
    nanosleep(&pause, NULL);
}

static int64_t now_ns(void)
{
    return pt_clock_monotonic(&pt_system_clock);
}

// ----------------------------------------------------------------------------- one signal to all
struct round {
    int signal;
    bool only_if_caught;
    struct pt_tree_process *reached; // by rising number, as they were found
    int reached_count;
    int sent_count, denied_count, denied_pid;
};

static int by_pid(const void *left, const void *right)
{
    const struct pt_tree_process *a = left, *b = right;
    return (a->pid > b->pid) - (a->pid < b->pid);
}

static bool was_reached(const struct round *round, const struct pt_tree_process *process)
{
    const struct pt_tree_process *found =
        round->reached_count == 0 ? NULL
                                  : bsearch(process, round->reached, (size_t)round->reached_count,
                                            sizeof *round->reached, by_pid);
    return found != NULL && found->start_ticks == process->start_ticks;
}

static void send(struct round *round, const struct pt_tree_process *process)
{
    if (round->only_if_caught && !pt_tree_catches(process->pid, round->signal))
        return;
    int number = pt_tree_kill(process, round->signal);
    if (number == 0)
        round->sent_count++;
    if (number == EPERM && round->denied_count++ == 0)
        round->denied_pid = process->pid;
}

// Sends to all that were not yet reached; *ret_new: how many.
static enum pt_status pass(struct round *round, int pid, int *ret_new, struct pt_error *error)
{
    struct pt_tree_process *members;
    int count;
    enum pt_status status = pt_tree_list(pid, &members, &count, error);
    if (status != PT_OK)
        return status;
    *ret_new = 0;
    for (int i = 0; i < count; i++) {
        if (was_reached(round, &members[i]))
            continue;
        send(round, &members[i]);
        (*ret_new)++;
    }
    free(round->reached);
    round->reached = members; // who was reached and is gone needs no memory
    round->reached_count = count;
    return PT_OK;
}

// Processes that a handler of TERM starts, to clean up, shall not get one: a single pass for all
// signals but those that nobody can handle.
static bool is_repeated(int signal)
{
    return signal == SIGSTOP || signal == SIGKILL || signal == SIGCONT;
}

static enum pt_status run_round(struct round *round, int pid, struct pt_error *error)
{
    int passes = 0, new_count;
    enum pt_status status;
    do {
        status = pass(round, pid, &new_count, error);
        if (status == PT_OK && ++passes > PASSES_MAX)
            status = pt_fail(error, PT_BUSY,
                             "process %d forks faster than signal %d can follow it; stop it by its "
                             "cgroup",
                             pid, round->signal);
    } while (status == PT_OK && new_count > 0 && is_repeated(round->signal));
    free(round->reached);
    return status;
}

static enum pt_status check_pid(int pid, struct pt_error *error)
{
    if (pid > 1 && pid != getpid())
        return PT_OK;
    return pt_fail(error, PT_USAGE, "process %d is no job: it is %s", pid,
                   pid == getpid() ? "this program itself" : "not a command of ours");
}

static enum pt_status signal_members(int pid, int signal, bool only_if_caught,
                                     struct pt_error *error)
{
    struct round round = {.signal = signal, .only_if_caught = only_if_caught};
    enum pt_status status = check_pid(pid, error);
    if (status == PT_OK)
        status = run_round(&round, pid, error);
    if (status != PT_OK)
        return status;
    if (round.denied_count > 0)
        return pt_fail(
            error, PT_DENIED,
            "%d processes of the job run as another user (%d is the first) and cannot be "
            "signalled; run powertrain as that user or as root",
            round.denied_count, round.denied_pid);
    if (round.sent_count > 0)
        return PT_OK;
    if (only_if_caught && pt_job_tree_state(pid, NULL) != PT_TREE_GONE)
        return pt_fail(error, PT_UNSUPPORTED,
                       "no process of the job handles signal %d (%s): it would only be ended by it",
                       signal, strsignal(signal));
    return pt_fail(error, PT_NOT_FOUND, "no process of job %d lives", pid);
}

enum pt_status pt_job_signal_tree(int pid, int signal, struct pt_error *error)
{
    return signal_members(pid, signal, false, error);
}

enum pt_status pt_job_ask_tree(int pid, int signal, struct pt_error *error)
{
    return signal_members(pid, signal, true, error);
}

// ---------------------------------------------------------------------------- how it stands now
// The first member that is not stopped, or 0; *ret_count: how many live. What waits in the kernel
// for one that is stopped (a parent in vfork) stands too, and stops when it comes back from there.
static int find_running(int pid, int *ret_count)
{
    struct pt_tree_process *members = NULL;
    int count = 0, running = 0, waiting = 0, stopped_count = 0;
    if (pt_tree_list(pid, &members, &count, NULL) != PT_OK)
        count = 0;
    for (int i = 0; i < count && running == 0; i++) {
        if (members[i].state == 'T' || members[i].state == 't')
            stopped_count++;
        else if (members[i].state == 'D')
            waiting = members[i].pid;
        else
            running = members[i].pid;
    }
    free(members);
    *ret_count = count;
    return running == 0 && stopped_count == 0 ? waiting : running;
}

enum pt_tree_state pt_job_tree_state(int pid, const char *cgroup)
{
    int count, running = find_running(pid, &count);
    if (count == 0)
        return PT_TREE_GONE;
    if (running == 0 || (cgroup != NULL && pt_cgroup_is_frozen(cgroup)))
        return PT_TREE_SUSPENDED;
    return PT_TREE_RUNNING;
}

// ------------------------------------------------------------------------------ suspend, resume
static enum pt_status wait_until_stopped(int pid, struct pt_error *error)
{
    int count, running;
    int64_t until_ns = now_ns() + SETTLE_MILLISECONDS * 1000000LL;
    while ((running = find_running(pid, &count)) != 0) {
        if (now_ns() > until_ns)
            return pt_fail(error, PT_BUSY,
                           "process %d has not stopped: it waits in the kernel (for a disk or a "
                           "device) or somebody lets it go on",
                           running);
        nap();
    }
    return PT_OK;
}

enum pt_status pt_job_suspend_tree(int pid, const char *cgroup, struct pt_error *error)
{
    enum pt_status status = check_pid(pid, error);
    if (status == PT_OK && cgroup != NULL)
        return pt_cgroup_freeze(cgroup, true, error);
    if (status == PT_OK)
        status = pt_job_signal_tree(pid, SIGSTOP, error);
    return status == PT_OK ? wait_until_stopped(pid, error) : status;
}

enum pt_status pt_job_resume_tree(int pid, const char *cgroup, struct pt_error *error)
{
    enum pt_status status = check_pid(pid, error);
    if (status == PT_OK && cgroup != NULL)
        status = pt_cgroup_freeze(cgroup, false, error);
    // Also with a cgroup: somebody may have stopped it by a signal.
    return status == PT_OK ? pt_job_signal_tree(pid, SIGCONT, error) : status;
}

// ----------------------------------------------------------------------------------------- stop
static bool is_gone_by(int pid, int64_t until_ns)
{
    while (pt_job_tree_state(pid, NULL) != PT_TREE_GONE) {
        if (now_ns() > until_ns)
            return false;
        nap();
    }
    return true;
}

enum pt_status pt_job_kill_tree(int pid, const char *cgroup, struct pt_error *error)
{
    enum pt_status status = check_pid(pid, error);
    if (status == PT_OK && cgroup != NULL)
        status = pt_cgroup_kill(cgroup, error);
    if (status == PT_OK)
        status = pt_job_signal_tree(pid, SIGKILL, error);
    if (status == PT_NOT_FOUND)
        return PT_OK;
    if (status == PT_OK && !is_gone_by(pid, now_ns() + SETTLE_MILLISECONDS * 1000000LL))
        status = pt_fail(error, PT_BUSY,
                         "job %d was killed but has not ended yet: it waits in the kernel", pid);
    return status;
}

enum pt_status pt_job_terminate_tree(int pid, const char *cgroup, struct pt_error *error)
{
    enum pt_status status = pt_job_signal_tree(pid, SIGSTOP, error);
    if (status == PT_OK)
        status = pt_job_signal_tree(pid, SIGTERM, error);
    enum pt_status resumed = pt_job_resume_tree(pid, cgroup, status == PT_OK ? error : NULL);
    return status == PT_OK ? resumed : status;
}

enum pt_status pt_job_stop_tree(int pid, const char *cgroup, double grace_seconds, bool *ret_killed,
                                struct pt_error *error)
{
    assert(grace_seconds >= 0 && isfinite(grace_seconds));
    enum pt_status status = pt_job_terminate_tree(pid, cgroup, error);
    if (ret_killed != NULL)
        *ret_killed = false;
    if (status == PT_NOT_FOUND)
        return PT_OK;
    if (status != PT_OK)
        return status;
    if (is_gone_by(pid, now_ns() + (int64_t)(grace_seconds * 1e9)))
        return PT_OK;
    if (ret_killed != NULL)
        *ret_killed = true;
    return pt_job_kill_tree(pid, cgroup, error);
}
