// A guard: a small process that undoes what its owner did, if the owner dies without undoing it.
//
// It holds nothing but the read end of a pipe. The end of the pipe means that the owner is gone,
// however that came about (SIGKILL too), and then an armed guard does its work. It has a session of
// its own and ignores INT, TERM and HUP, so that what ends the owner does not end it first. Who
// kills a whole cgroup kills both; for that there is what the owner wrote on the disk before.
#ifndef PT_JOB_GUARD_H
#define PT_JOB_GUARD_H

#include "base/status.h"

struct pt_guard {
    int fd;  // -1: none
    int pid; // a helper (base/helper_process.h) of this process
};

// Forks it, not armed. undo(state) runs in it with a copy of this process's memory and the standard
// streams at /dev/null; state must not change afterwards, unless undo reads it from a file.
enum pt_status pt_guard_start(void (*undo)(void *state), void *state, struct pt_guard *ret_guard,
                              struct pt_error *error);
// False: the guard is dead, so there is no protection.
bool pt_guard_arm(const struct pt_guard *guard);
bool pt_guard_disarm(const struct pt_guard *guard);
// It goes, undoing nothing, and is waited for. Accepts one that is not there.
void pt_guard_end(struct pt_guard *guard);

#endif
