// How many threads of a machine a process may use.
#ifndef PT_HARDWARE_CPU_QUOTA_H
#define PT_HARDWARE_CPU_QUOTA_H

#include "base/arena.h"

// The threads that the affinity mask of the calling process holds and its cgroups let run, as the
// files below root have it; fallback if they name none. At least 1. Reads /proc/self/status,
// /proc/self/cgroup and the quota files of all groups above.
int pt_cpu_usable_threads(struct pt_arena *arena, const char *root, int fallback);

// The cgroups' part of it: threads that the quotas of the calling process's group and of all above
// it keep busy; 0: no limit.
int pt_cpu_quota_threads(struct pt_arena *arena, const char *root);

// The same without rounding up: 150 ms in every 100 ms are 1.5.
double pt_cpu_quota(struct pt_arena *arena, const char *root);

// The threads that the affinity mask of the calling process holds (taskset, cpuset); 0 if it is not
// told.
int pt_cpu_affinity_count(struct pt_arena *arena, const char *root);

// Counts the members of a list like "0-3,8,10-11"; 0 if text is none.
int pt_cpu_list_count(const char *text);

#endif
