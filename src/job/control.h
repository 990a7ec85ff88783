// Acting on a running command and all that it has started (tree.h): signal, suspend, resume, stop.
//
// With the folder of a cgroup that holds the tree and nothing else, the kernel does it at once and
// whole (cgroup.freeze and cgroup.kill, or the freezer of version 1). Without, the processes are
// signalled one by one, again and again until nobody new is found, since they may fork meanwhile.
// A command that is our child sees to its terminal itself; nobody in the tree is asked.
//
// All are thread-safe, and never signal the caller, process 1 or helpers of ours.
#ifndef PT_JOB_CONTROL_H
#define PT_JOB_CONTROL_H

#include "base/status.h"

// Each member gets the signal once. PT_NOT_FOUND: none lives; PT_DENIED: some belong to somebody
// else (the others have it); PT_BUSY: it forks faster than we can follow.
enum pt_status pt_job_signal_tree(int pid, int signal, struct pt_error *error);

// The signal goes only to members that catch it, since its default would end them. PT_UNSUPPORTED:
// none does.
enum pt_status pt_job_ask_tree(int pid, int signal, struct pt_error *error);

// Stops every member and waits until they stand, at most some seconds. PT_BUSY names one that does
// not, because it waits in the kernel (it will stop when that ends).
enum pt_status pt_job_suspend_tree(int pid, const char *cgroup, struct pt_error *error);
enum pt_status pt_job_resume_tree(int pid, const char *cgroup, struct pt_error *error);
// KILL, until nobody is left or PT_BUSY.
enum pt_status pt_job_kill_tree(int pid, const char *cgroup, struct pt_error *error);

// TERM to all who live now, also to suspended ones, which go on to handle it. The tree is stopped
// for that moment, so that nobody is born between being looked for and being told; what handlers
// start later to clean up gets none. PT_NOT_FOUND: none lives.
enum pt_status pt_job_terminate_tree(int pid, const char *cgroup, struct pt_error *error);

// The same, then up to grace_seconds for them to end, then KILL. PT_OK also if there is
// nobody. Blocks; ends of our own children are left to whoever waits for them. ret_killed (may be
// NULL): KILL was needed.
enum pt_status pt_job_stop_tree(int pid, const char *cgroup, double grace_seconds, bool *ret_killed,
                                struct pt_error *error);

enum pt_tree_state {
    PT_TREE_GONE,      // nobody lives
    PT_TREE_RUNNING,   // at least one is not stopped
    PT_TREE_SUSPENDED, // all are stopped or frozen
};
// cgroup may be NULL, as everywhere here.
enum pt_tree_state pt_job_tree_state(int pid, const char *cgroup);

#endif
