// What a control group can do with its processes: freeze and kill. For control.h. folder is that of
// the group, "/sys/fs/cgroup/user.slice/...": version 2, or the freezer of version 1.
#ifndef PT_JOB_CGROUP_CONTROL_H
#define PT_JOB_CGROUP_CONTROL_H

#include "base/status.h"

// Waits until all stand or go, at most some seconds. PT_UNAVAILABLE: no freezer in this folder;
// PT_DENIED; PT_BUSY: does not get there.
enum pt_status pt_cgroup_freeze(const char *folder, bool frozen, struct pt_error *error);
bool pt_cgroup_is_frozen(const char *folder);

// By cgroup.kill (Linux 5.14). Without it, PT_OK and nothing done: the caller signals.
enum pt_status pt_cgroup_kill(const char *folder, struct pt_error *error);

#endif
