// CPU time of a process and all of its descendants.
//
// A process that has ended and was waited for is in the child times of its parent, so the sum over
// the living is whole, up to the processes that this program itself reaps: whoever reaps them says
// so. The living are found through /proc/PID/task/TID/children, at a cost that depends on the size
// of the tree and not on that of the machine. Where the kernel has no such files
// (CONFIG_PROC_CHILDREN) only pid and what was reaped count. Time of children that nobody waits
// for, because SIGCHLD is ignored, is lost to everybody. Where the tree has a control group of its
// own (cgroup.h), the kernel counts all of it, and nobody need be looked for. Source: Linux,
// Documentation/filesystems/proc.rst; man 5 proc.
#ifndef PT_METER_PROCESS_TREE_H
#define PT_METER_PROCESS_TREE_H

#include <sys/types.h>

#include "base/status.h"

struct pt_cgroup;

struct pt_process_stat {
    int parent, group;
    double cpu_ticks;      // user and system, its own and of its reaped children
    double start_ticks;    // since boot: tells a process from a later one of the same number
    double own_ticks;      // without its children
    double resident_pages; // NAN: not told
    int cpu;               // that it ran on last, -1: not told
};

// The text of /proc/PID/stat. The name of the program may hold blanks and parentheses. False if it
// is none.
bool pt_process_stat_parse(const char *text, struct pt_process_stat *ret_stat);

enum { PT_TREE_STACK = 4096 };

struct pt_process_tree {
    const char *root;               // borrowed
    const struct pt_cgroup *cgroup; // borrowed; or NULL
    int pid, own_pid;
    bool child_of_us; // then the tree is all of our children but our helpers (helper_process.h)
    double start_ticks;
    double ended_seconds;  // of reaped children of ours
    double latest_seconds; // never less
    int count;
    int stack[PT_TREE_STACK];
};

// cgroup, which may be NULL, holds the tree and nothing else. PT_UNAVAILABLE if there is no process
// pid below root.
enum pt_status pt_process_tree_open(struct pt_process_tree *tree, const char *root, int pid,
                                    const struct pt_cgroup *cgroup, struct pt_error *error);
// Never less than at the last call; NAN if a cgroup cannot be read. Allocates only what opendir
// needs.
double pt_process_tree_cpu_seconds(struct pt_process_tree *tree);
// Calls visit for every living process of the tree.
void pt_process_tree_walk(struct pt_process_tree *tree,
                          void (*visit)(void *state, int pid, const struct pt_process_stat *stat),
                          void *state);

enum pt_membership {
    PT_NO_PROCESS, // there is none of this number, now
    PT_IN_TREE,
    PT_OUT_OF_TREE,
};
// By its parents; start_ticks, which tell it from a later one of the same number, unless there is
// none.
enum pt_membership pt_process_tree_find(const struct pt_process_tree *tree, int pid,
                                        double *ret_start_ticks);

#endif
