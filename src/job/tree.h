// Who belongs to a running command, now: a snapshot of /proc.
//
// A member is the command itself, whoever is in the process group or session that it leads, and
// every descendant, also one that changed its group. If this process is the reaper of the command's
// orphans (job.h), all of its children but its helpers (base/helper_process.h) are members too.
// What ended a parent elsewhere and left group and session is lost; that takes a daemon.
#ifndef PT_JOB_TREE_H
#define PT_JOB_TREE_H

#include "base/status.h"

struct pt_tree_process {
    int pid, parent, group, session;
    char state;           // as in /proc/PID/stat: R S D T t Z X
    uint64_t start_ticks; // since boot: tells it from a later one of the same number
    bool is_member;
};

// False if text is no line of /proc/PID/stat. The name in it may hold blanks and parentheses.
bool pt_tree_parse(const char *text, struct pt_tree_process *ret_process);
// False if there is no such process now.
bool pt_tree_look(int pid, struct pt_tree_process *ret_process);

// The members that live (zombies do not), by rising number; the caller frees them. 0 of them: NULL.
// Never this process. PT_NO_MEMORY, or PT_UNAVAILABLE without /proc.
enum pt_status pt_tree_list(int pid, struct pt_tree_process **ret_members, int *ret_count,
                            struct pt_error *error);

// Whether the process catches the signal by a handler of its own.
bool pt_tree_catches(int pid, int signal);

// Of one process that was seen, not of a later one of its number: 0, or an errno (ESRCH: gone).
int pt_tree_kill(const struct pt_tree_process *process, int signal);

// Of this boot: a UUID. False if the kernel does not tell.
bool pt_boot_id(char id[40]);

#endif
