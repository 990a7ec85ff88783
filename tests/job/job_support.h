// What the tests of running jobs share: real commands, watched through /proc. Nothing is decided by
// how long it took; waits end when what they wait for is there, and fail after a minute.
#ifndef PT_TEST_JOB_SUPPORT_H
#define PT_TEST_JOB_SUPPORT_H

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "job/tree.h"
#include "support.h"

enum { WAIT_TURNS = 6000 };

static inline void nap(void)
{
    const struct timespec pause = {.tv_nsec = 10000000};
    nanosleep(&pause, NULL);
}

// Until the condition holds.
#define wait_until(condition)                                                                      \
    do {                                                                                           \
        int turns_ = 0;                                                                            \
        while (!(condition) && turns_++ < WAIT_TURNS)                                              \
            nap();                                                                                 \
        assert_true(condition);                                                                    \
    } while (0)

static inline bool is_there(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && info.st_size > 0;
}

// sh -c script, with $1; leads a group of its own if own_group.
static inline int start_script(const char *script, const char *argument, bool own_group)
{
    int pid = fork();
    if (pid == 0) {
        if (own_group)
            setpgid(0, 0);
        execl("/bin/sh", "sh", "-c", script, "sh", argument, (char *)NULL);
        _exit(127);
    }
    if (own_group)
        setpgid(pid, pid);
    return pid;
}

static inline char state_of(int pid)
{
    struct pt_tree_process process;
    return pt_tree_look(pid, &process) ? process.state : '-';
}

// The number that a script wrote into a file.
static inline int number_in(const char *path)
{
    size_t length;
    wait_until(is_there(path));
    char *text = test_read(path, &length);
    int number = atoi(text);
    free(text);
    return number;
}

#endif
