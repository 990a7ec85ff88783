// Which processors a running command may use.
#ifndef PT_JOB_AFFINITY_H
#define PT_JOB_AFFINITY_H

#include <sched.h>

#include "base/status.h"

// Those of process pid now, which is how it was started unless somebody has changed it.
bool pt_affinity_get(int pid, cpu_set_t *ret_set);
// The first count of all.
cpu_set_t pt_affinity_first(const cpu_set_t *all, int count);
// For every thread of every member of the job (tree.h). PT_DENIED: of none. Threads and processes
// that it starts later inherit it.
enum pt_status pt_affinity_set_tree(int pid, const cpu_set_t *set, struct pt_error *error);

#endif
