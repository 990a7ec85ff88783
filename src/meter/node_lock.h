// One meter of a job on each node is the one that counts the machine, without a server.
//
// Who binds an abstract Unix socket whose name is made of the boot, the user and the job is it. The
// kernel lets one process at a time have the name and takes it back when that process ends in
// whatever way, so there is nothing to clean up, and the next who asks takes over.
#ifndef PT_METER_NODE_LOCK_H
#define PT_METER_NODE_LOCK_H

#include "base/status.h"

struct pt_node_lock {
    char name[108]; // of the socket, behind its leading NUL
    int fd;         // -1: not ours
};

// Of a job; key "" is a meter that is alone, which always counts the machine.
void pt_node_lock_init(struct pt_node_lock *lock, const char *boot_id, const char *key);
// Whether we count the machine; asks again if we did not so far. If another process does,
// *ret_pid is its number, 0 if it cannot be told.
bool pt_node_lock_try(struct pt_node_lock *lock, int *ret_pid);
void pt_node_lock_close(struct pt_node_lock *lock);

#endif
