// See cgroup.h.

#include "meter/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT = 64 * 1024, USAGE = 1024 };

struct pt_cgroup {
    int version;
    char folder[PT_SYSFS_PATH];
    int procs_fd, usage_fd, each_fd; // each_fd: of version 1
    atomic_int *joined;              // shared with the child
};

static int make_directory(const char *path)
{
    return mkdir(path, 0755);
}

// -------------------------------------------------------------------------------- where it may be
static bool has_word(const char *text, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = text; *at != '\0';) {
        size_t item = strcspn(at, " \n");
        if (item == length && strncmp(at, word, length) == 0)
            return true;
        at += item + (at[item] != '\0');
    }
    return false;
}

// In the groups below such a one the scheduler shares by group and no longer by thread.
static bool shares_out(const char *folder)
{
    char text[512];
    if (pt_sysfs_text("", text, sizeof text, NULL, "%s/cgroup.subtree_control", folder) != PT_OK)
        return true;
    return has_word(text, "cpu") || has_word(text, "io");
}

static enum pt_status find_parent(const char *root, int version, char *folder,
                                  struct pt_error *error)
{
    char groups[4096], inside[PT_SYSFS_PATH];
    char *mounts = malloc(TEXT);
    bool alone = false;
    if (mounts == NULL)
        return pt_fail(error, PT_NO_MEMORY, "cgroup: out of memory");
    enum pt_status status = pt_sysfs_text(root, groups, sizeof groups, error, "/proc/self/cgroup");
    if (status == PT_OK)
        status = pt_sysfs_text(root, mounts, TEXT, error, "/proc/self/mountinfo");
    if (status == PT_OK &&
        (!pt_cgroup_find(groups, mounts, version, inside, sizeof inside, &alone) ||
         snprintf(folder, PT_SYSFS_PATH, "%s%s", root, inside) >= PT_SYSFS_PATH))
        status =
            pt_fail(error, PT_UNAVAILABLE, "no control group of version %d is mounted", version);
    free(mounts);
    if (status == PT_OK && (version == 1 ? !alone : shares_out(folder)))
        status =
            pt_fail(error, PT_UNAVAILABLE,
                    "%s: a group in it would be scheduled as one, which changes the run", folder);
    return status;
}

// What earlier runs that were killed have left. A group with processes cannot be removed.
static void remove_stale(const char *folder)
{
    char path[PT_SYSFS_PATH + 64], rest;
    int pid;
    DIR *directory = opendir(folder);
    if (directory == NULL)
        return;
    const struct dirent *entry;
    while ((entry = readdir(directory)) != NULL)
        if (sscanf(entry->d_name, "powertrain-%d%c", &pid, &rest) == 1 && pid > 0 &&
            kill(pid, 0) != 0 && errno == ESRCH) {
            snprintf(path, sizeof path, "%s/%.60s", folder, entry->d_name);
            (void)rmdir(path);
        }
    closedir(directory);
}

// ---------------------------------------------------------------------------------------- opening
static int open_in(const struct pt_cgroup *cgroup, const char *file, int flags)
{
    char path[PT_SYSFS_PATH + 64];
    snprintf(path, sizeof path, "%s/%s", cgroup->folder, file);
    return open(path, flags | O_CLOEXEC);
}

static enum pt_status open_files(struct pt_cgroup *cgroup, struct pt_error *error)
{
    cgroup->usage_fd =
        open_in(cgroup, cgroup->version == 2 ? "cpu.stat" : "cpuacct.usage", O_RDONLY);
    cgroup->procs_fd = open_in(cgroup, "cgroup.procs", O_WRONLY);
    if (cgroup->version == 1)
        cgroup->each_fd = open_in(cgroup, "cpuacct.usage_percpu", O_RDONLY);
    if (cgroup->usage_fd < 0 || cgroup->procs_fd < 0)
        return pt_fail_errno(error, errno, "%s", cgroup->folder);
    if (isnan(pt_cgroup_cpu_seconds(cgroup)))
        return pt_fail(error, PT_UNAVAILABLE, "%s does not count CPU time", cgroup->folder);
    return PT_OK;
}

static enum pt_status create(struct pt_cgroup *cgroup, const char *root,
                             int (*make)(const char *path), struct pt_error *error)
{
    char parent[PT_SYSFS_PATH];
    enum pt_status status = find_parent(root, cgroup->version, parent, error);
    if (status != PT_OK)
        return status;
    remove_stale(parent);
    if (snprintf(cgroup->folder, sizeof cgroup->folder, "%s/powertrain-%d", parent,
                 (int)getpid()) >= (int)sizeof cgroup->folder)
        return pt_fail(error, PT_OVERFLOW, "%s: the path is too long", parent);
    if (make(cgroup->folder) != 0) {
        int number = errno;
        cgroup->folder[0] = '\0'; // not ours to remove
        return pt_fail_errno(error, number, "%s: no group can be made in it", parent);
    }
    return open_files(cgroup, error);
}

static void clear(struct pt_cgroup *cgroup)
{
    int *fds[] = {&cgroup->usage_fd, &cgroup->procs_fd, &cgroup->each_fd};
    for (int i = 0; i < 3; i++) {
        if (*fds[i] >= 0)
            close(*fds[i]);
        *fds[i] = -1;
    }
    if (cgroup->folder[0] != '\0')
        (void)rmdir(cgroup->folder); // not while processes are left
    cgroup->folder[0] = '\0';
}

// Version 1 first: where it is, it tells the time of each CPU.
enum pt_status pt_cgroup_create_by(const char *root, int (*make)(const char *path),
                                   struct pt_cgroup **ret_cgroup, struct pt_error *error)
{
    struct pt_cgroup *cgroup = calloc(1, sizeof *cgroup);
    if (cgroup == NULL)
        return pt_fail(error, PT_NO_MEMORY, "cgroup: out of memory");
    enum pt_status status = PT_UNAVAILABLE;
    cgroup->usage_fd = cgroup->procs_fd = cgroup->each_fd = -1;
    for (int version = 1; version <= 2 && status != PT_OK; version++) {
        cgroup->version = version;
        status = create(cgroup, root, make, error);
        if (status != PT_OK)
            clear(cgroup);
    }
    if (status == PT_OK) {
        void *page = mmap(NULL, sizeof *cgroup->joined, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (page == MAP_FAILED)
            status = pt_fail(error, PT_NO_MEMORY, "cgroup: out of memory");
        else
            cgroup->joined = page;
    }
    if (status != PT_OK)
        pt_cgroup_destroy(cgroup);
    else
        *ret_cgroup = cgroup;
    return status;
}

enum pt_status pt_cgroup_create(const char *root, struct pt_cgroup **ret_cgroup,
                                struct pt_error *error)
{
    return pt_cgroup_create_by(root, make_directory, ret_cgroup, error);
}

void pt_cgroup_destroy(struct pt_cgroup *cgroup)
{
    if (cgroup == NULL)
        return;
    clear(cgroup);
    if (cgroup->joined != NULL)
        munmap(cgroup->joined, sizeof *cgroup->joined);
    free(cgroup);
}

// ----------------------------------------------------------------------------------------- its use
void pt_cgroup_join(struct pt_cgroup *cgroup)
{
    atomic_store(cgroup->joined, write(cgroup->procs_fd, "0", 1) == 1);
}

bool pt_cgroup_joined(const struct pt_cgroup *cgroup)
{
    return atomic_load(cgroup->joined) != 0;
}

const char *pt_cgroup_folder(const struct pt_cgroup *cgroup)
{
    return cgroup->folder;
}

int pt_cgroup_version(const struct pt_cgroup *cgroup)
{
    return cgroup->version;
}

double pt_cgroup_cpu_seconds(const struct pt_cgroup *cgroup)
{
    char text[USAGE], *end;
    ssize_t length = pread(cgroup->usage_fd, text, sizeof text - 1, 0);
    if (length <= 0)
        return NAN;
    text[length] = '\0';
    if (cgroup->version == 2)
        return pt_cgroup_usage_parse(text);
    double nanoseconds = strtod(text, &end);
    return end != text && isfinite(nanoseconds) && nanoseconds >= 0 ? nanoseconds * 1e-9 : NAN;
}

// "123 456 ... \n" nanoseconds, also of CPUs that are not there.
int pt_cgroup_cpu_seconds_each(const struct pt_cgroup *cgroup, char *buffer, size_t size,
                               double *ret_seconds, int count)
{
    char *rest = buffer, *end;
    int found = 0;
    ssize_t length = cgroup->each_fd < 0 ? -1 : pread(cgroup->each_fd, buffer, size - 1, 0);
    if (length <= 0)
        return 0;
    buffer[length] = '\0';
    while (found < count) {
        double nanoseconds = strtod(rest, &end);
        if (end == rest || !isfinite(nanoseconds) || nanoseconds < 0)
            break;
        ret_seconds[found++] = nanoseconds * 1e-9;
        rest = end;
    }
    return found;
}
