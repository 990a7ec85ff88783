// A running command: started, watched, and gone with its own exit status.
//
// The command gets the standard streams, the terminal, the process group and the signal settings of
// its caller as they are. It may start what it likes: this process is the reaper of its orphans, so
// the CPU time of every descendant is counted.
#ifndef PT_JOB_JOB_H
#define PT_JOB_JOB_H

#include "base/status.h"

struct pt_job_watcher {
    // The command runs as process pid, since the time since_ns of the system's monotonic clock.
    void (*started)(void *state, int pid, int64_t since_ns);
    // A child of this process was reaped; CPU seconds are with those of its own reaped children.
    void (*child_ended)(void *state, int pid, double cpu_seconds);
    void *state;
};

// Who steers the command while it runs, in the thread that waits for it. All must be given.
enum { PT_JOB_FDS_MAX = 16 };
struct pollfd;
struct pt_job_steering {
    // Fills what to wait for besides signals, returns how many (PT_JOB_FDS_MAX at most);
    // *milliseconds (-1: without end) until act is wanted though nothing has come.
    int (*prepare)(void *state, struct pollfd *fds, int *milliseconds);
    void (*act)(void *state, const struct pollfd *fds, int count);
    // Whether to wait now for all descendants, as with wait_for_orphans.
    bool (*waits_for_all)(void *state);
    // The command itself was stopped by this signal, by us or anybody; 0: it goes on.
    void (*stopped)(void *state, int signal);
    void *state;
};

struct pt_job_options {
    char *const *command; // NULL-terminated
    bool wait_for_orphans;
    // Leads a session of its own, without the terminal. Not merely a group: one that is stopped
    // when its parent dies gets HUP from the kernel if the parent was of its session (man 3 exit).
    bool own_session;
    const struct pt_job_watcher *watcher;
    const struct pt_job_steering *steering;
    // In the child, between fork and exec: async-signal-safe. May be NULL. (meter/cgroup.h: join)
    void (*before_exec)(void *state);
    void *before_exec_state;
};

struct pt_job_result {
    int exit_status;  // as a shell has it: the command's own, 128 + signal, 126 if it cannot be
                      // executed, 127 if there is none
    int signal;       // that ended it, else 0
    bool was_started; // false for 126 and 127 of ours
    int exec_errno;   // why not
    double seconds;   // until the command itself ended
    double user_seconds, system_seconds; // of the command and all reaped descendants
    int64_t max_resident_bytes;          // the largest of them
    int64_t reaped_count;                // children of this process that have ended
};

// Runs command[0] (found by $PATH) with its arguments and waits until it ends. Not for a process
// with other children, but for helpers (base/helper_process.h), which it leaves alone, or with
// several threads when it is called. watcher may be NULL.
// Signals INT, TERM, HUP, QUIT, USR1, USR2, TSTP and CONT that somebody sends to this process are
// passed on; those of the terminal reach the command anyway, since it is in the same group.
// With wait_for_orphans also waits until every descendant has ended.
// PT_NO_MEMORY or PT_IO if the system cannot start a process; a command that cannot be executed is
// PT_OK with its exit status 126 or 127.
enum pt_status pt_job_run(char *const *command, bool wait_for_orphans,
                          const struct pt_job_watcher *watcher, struct pt_job_result *ret_result,
                          struct pt_error *error);
// The same with all options.
enum pt_status pt_job_run_steered(const struct pt_job_options *options,
                                  struct pt_job_result *ret_result, struct pt_error *error);

#endif
