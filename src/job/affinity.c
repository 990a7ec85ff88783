// See affinity.h. Source: man 2 sched_setaffinity.

#include "job/affinity.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "job/tree.h"

bool pt_affinity_get(int pid, cpu_set_t *ret_set)
{
    return sched_getaffinity(pid, sizeof *ret_set, ret_set) == 0;
}

cpu_set_t pt_affinity_first(const cpu_set_t *all, int count)
{
    cpu_set_t first;
    CPU_ZERO(&first);
    for (size_t cpu = 0; cpu < CPU_SETSIZE && count > 0; cpu++)
        if (CPU_ISSET(cpu, all)) {
            CPU_SET(cpu, &first);
            count--;
        }
    return first;
}

// How many threads took it.
static int set_threads(int pid, const cpu_set_t *set)
{
    char path[48];
    int taken = 0;
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *tasks = opendir(path);
    const struct dirent *task;
    if (tasks == NULL)
        return 0;
    while ((task = readdir(tasks)) != NULL)
        if (isdigit((unsigned char)task->d_name[0]) &&
            sched_setaffinity(atoi(task->d_name), sizeof *set, set) == 0)
            taken++;
    closedir(tasks);
    return taken;
}

// Twice: what was started meanwhile by a thread that had the old set is met the second time.
enum pt_status pt_affinity_set_tree(int pid, const cpu_set_t *set, struct pt_error *error)
{
    int taken = 0;
    for (int round = 0; round < 2; round++) {
        struct pt_tree_process *members;
        int count;
        enum pt_status status = pt_tree_list(pid, &members, &count, error);
        if (status != PT_OK)
            return status;
        for (int i = 0; i < count; i++)
            taken += set_threads(members[i].pid, set);
        free(members);
    }
    return taken > 0
               ? PT_OK
               : pt_fail(error, PT_DENIED,
                         "the processors of job %d cannot be chosen: its processes have ended "
                         "or run as another user",
                         pid);
}
