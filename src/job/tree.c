// See tree.h. Source: man 5 proc (stat, status); man 2 pidfd_open, pidfd_send_signal.

#include "job/tree.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/helper_process.h"

enum { STAT_SIZE = 1024, STATUS_SIZE = 8192 };

static bool read_file(char *buffer, size_t size, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t length = read(fd, buffer, size - 1);
    close(fd);
    if (length <= 0)
        return false;
    buffer[length] = '\0';
    return true;
}

bool pt_tree_parse(const char *text, struct pt_tree_process *ret_process)
{
    struct pt_tree_process process = {0};
    const char *rest = strrchr(text, ')');
    if (rest == NULL || sscanf(text, "%d (", &process.pid) != 1)
        return false;
    // Fields 3 to 6, then 22 (start time).
    if (sscanf(rest + 1,
               " %c %d %d %d %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %" SCNu64,
               &process.state, &process.parent, &process.group, &process.session,
               &process.start_ticks) != 5 ||
        process.pid <= 0)
        return false;
    *ret_process = process;
    return true;
}

bool pt_tree_look(int pid, struct pt_tree_process *ret_process)
{
    char path[32], text[STAT_SIZE];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    return read_file(text, sizeof text, path) && pt_tree_parse(text, ret_process);
}

// ------------------------------------------------------------------------------- all processes
struct scan {
    struct pt_tree_process *processes;
    int count, room;
};

static bool add(struct scan *scan, const struct pt_tree_process *process)
{
    if (scan->count == scan->room) {
        int room = scan->room == 0 ? 256 : 2 * scan->room; // the kernel's limit is 4 million
        struct pt_tree_process *more =
            realloc(scan->processes, (size_t)room * sizeof *scan->processes);
        if (more == NULL)
            return false;
        scan->processes = more;
        scan->room = room;
    }
    scan->processes[scan->count++] = *process;
    return true;
}

static enum pt_status scan_all(struct scan *scan, struct pt_error *error)
{
    DIR *folder = opendir("/proc");
    const struct dirent *entry;
    struct pt_tree_process process;
    bool has_memory = true;
    if (folder == NULL)
        return pt_fail(error, PT_UNAVAILABLE,
                       "/proc cannot be read, so nobody knows which processes belong to the job");
    while (has_memory && (entry = readdir(folder)) != NULL)
        if (isdigit((unsigned char)entry->d_name[0]) &&
            pt_tree_look(atoi(entry->d_name), &process)) // the kernel wrote the number
            has_memory = add(scan, &process);
    closedir(folder);
    return has_memory ? PT_OK : pt_fail(error, PT_NO_MEMORY, "no memory to list the processes");
}

// --------------------------------------------------------------------------------- the members
static int by_pid(const void *left, const void *right)
{
    const struct pt_tree_process *a = left, *b = right;
    return (a->pid > b->pid) - (a->pid < b->pid);
}

static struct pt_tree_process *find(const struct scan *scan, int pid)
{
    struct pt_tree_process key = {.pid = pid};
    return scan->count == 0 ? NULL
                            : bsearch(&key, scan->processes, (size_t)scan->count,
                                      sizeof *scan->processes, by_pid);
}

// Orphans come to us if we reap for the command, which is our child or has been.
static bool orphans_are_ours(const struct scan *scan, int pid)
{
    int is_reaper = 0;
    const struct pt_tree_process *command = find(scan, pid);
    prctl(PR_GET_CHILD_SUBREAPER, &is_reaper);
    return is_reaper != 0 && (command == NULL || command->parent == getpid());
}

static bool belongs(const struct scan *scan, const struct pt_tree_process *process, int pid,
                    bool with_orphans)
{
    if (process->pid == pid || process->group == pid || process->session == pid)
        return true;
    if (with_orphans && process->parent == getpid() && !pt_helper_owns(process->pid))
        return true;
    const struct pt_tree_process *parent = find(scan, process->parent);
    return parent != NULL && parent->is_member;
}

// Children mostly have higher numbers than their parents, so few passes do.
static void mark_members(struct scan *scan, int pid)
{
    bool with_orphans = orphans_are_ours(scan, pid), any_new = true;
    while (any_new) {
        any_new = false;
        for (int i = 0; i < scan->count; i++) {
            struct pt_tree_process *process = &scan->processes[i];
            if (process->is_member || process->pid == getpid() ||
                !belongs(scan, process, pid, with_orphans))
                continue;
            process->is_member = true;
            any_new = true;
        }
    }
}

static int keep_living_members(struct scan *scan)
{
    int kept = 0;
    for (int i = 0; i < scan->count; i++) {
        const struct pt_tree_process *process = &scan->processes[i];
        if (process->is_member && process->state != 'Z' && process->state != 'X')
            scan->processes[kept++] = *process;
    }
    return kept;
}

enum pt_status pt_tree_list(int pid, struct pt_tree_process **ret_members, int *ret_count,
                            struct pt_error *error)
{
    struct scan scan = {0};
    enum pt_status status = scan_all(&scan, error);
    if (status != PT_OK) {
        free(scan.processes);
        return status;
    }
    qsort(scan.processes, (size_t)scan.count, sizeof *scan.processes, by_pid);
    mark_members(&scan, pid);
    *ret_count = keep_living_members(&scan);
    if (*ret_count == 0) {
        free(scan.processes);
        scan.processes = NULL;
    }
    *ret_members = scan.processes;
    return PT_OK;
}

// --------------------------------------------------------------------------------- one process
bool pt_tree_catches(int pid, int signal)
{
    char path[32], text[STATUS_SIZE];
    uint64_t caught;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    if (!read_file(text, sizeof text, path))
        return false;
    const char *line = strstr(text, "\nSigCgt:");
    return line != NULL && sscanf(line, "\nSigCgt: %" SCNx64, &caught) == 1 &&
           (caught >> (signal - 1) & 1) != 0;
}

// Kernels before 5.3 have no pidfd; there the number itself is used, right after it was looked at.
int pt_tree_kill(const struct pt_tree_process *process, int signal)
{
    struct pt_tree_process now;
    int fd = (int)syscall(SYS_pidfd_open, process->pid, 0);
    int number = 0;
    if (fd < 0 && errno != ENOSYS)
        return errno;
    if (!pt_tree_look(process->pid, &now) || now.start_ticks != process->start_ticks)
        number = ESRCH;
    else if (fd >= 0)
        number = syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0) == 0 ? 0 : errno;
    else
        number = kill(process->pid, signal) == 0 ? 0 : errno;
    if (fd >= 0)
        close(fd);
    return number;
}

bool pt_boot_id(char id[40])
{
    char text[64];
    if (!read_file(text, sizeof text, "/proc/sys/kernel/random/boot_id"))
        return false;
    text[strcspn(text, "\n")] = '\0';
    snprintf(id, 40, "%.39s", text);
    return id[0] != '\0';
}
