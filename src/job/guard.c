// See guard.h.

#include "job/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/helper_process.h"
#include "job/close_fds.h"

enum order { ARM = 'a', DISARM = 'd', LEAVE = 'l' };

// -------------------------------------------------------------------------------- in the guard
static void be_deaf(void)
{
    static const int ignored[] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT, SIGUSR1,
                                  SIGUSR2, SIGPIPE, SIGTSTP, SIGTTOU, SIGTTIN};
    sigset_t none;
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void watch(int fd, void (*undo)(void *state), void *state)
{
    bool armed = false;
    for (;;) {
        char order;
        ssize_t length = read(fd, &order, 1);
        if (length < 0 && errno == EINTR)
            continue;
        if (length == 1 && order == LEAVE)
            return;
        if (length != 1)
            break;
        armed = order == ARM;
    }
    if (armed)
        undo(state);
}

static void guard(int fd, void (*undo)(void *state), void *state)
{
    setsid();
    prctl(PR_SET_NAME, "pt-guard");
    prctl(PR_SET_PDEATHSIG, 0);
    be_deaf();
    pt_close_all_but(fd);
    watch(fd, undo, state);
    _exit(0);
}

// -------------------------------------------------------------------------------- in the owner
enum pt_status pt_guard_start(void (*undo)(void *state), void *state, struct pt_guard *ret_guard,
                              struct pt_error *error)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return pt_fail_errno(error, errno, "cannot start a guard");
    if (!pt_helper_begin()) {
        close(ends[0]);
        close(ends[1]);
        return pt_fail(error, PT_BUSY, "cannot start a guard: %d helpers run already",
                       PT_HELPERS_MAX);
    }
    int pid = fork();
    int number = errno;
    if (pid == 0)
        guard(ends[0], undo, state);
    pt_helper_begun(pid > 0 ? pid : 0);
    close(ends[0]);
    if (pid < 0) {
        close(ends[1]);
        return pt_fail_errno(error, number, "cannot start a guard");
    }
    *ret_guard = (struct pt_guard){.fd = ends[1], .pid = pid};
    return PT_OK;
}

// The program may not ignore SIGPIPE yet, being a library.
static bool tell(const struct pt_guard *guard, enum order order)
{
    char byte = (char)order;
    sigset_t pipe, before, pending;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, &before);
    ssize_t written;
    do
        written = write(guard->fd, &byte, 1);
    while (written < 0 && errno == EINTR);
    const struct timespec at_once = {0};
    if (written < 0 && sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1 &&
        sigismember(&before, SIGPIPE) == 0)
        sigtimedwait(&pipe, NULL, &at_once);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return written == 1;
}

bool pt_guard_arm(const struct pt_guard *guard)
{
    return tell(guard, ARM);
}

bool pt_guard_disarm(const struct pt_guard *guard)
{
    return tell(guard, DISARM);
}

void pt_guard_end(struct pt_guard *guard)
{
    if (guard->fd < 0 || guard->pid <= 0)
        return;
    tell(guard, LEAVE);
    close(guard->fd);
    while (waitpid(guard->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    pt_helper_ended(guard->pid);
    *guard = (struct pt_guard){.fd = -1};
}
