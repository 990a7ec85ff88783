// See cgroup_control.h. Source: Linux, Documentation/admin-guide/cgroup-v2.rst (cgroup.freeze,
// cgroup.events, cgroup.kill) and cgroup-v1/freezer-subsystem.rst.

#include "job/cgroup_control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

enum { PATH_SIZE = 4096, FREEZE_POLLS = 1000, POLL_NANOSECONDS = 5000000 };

static bool exists(const char *folder, const char *name)
{
    char path[PATH_SIZE];
    return pt_path_below(path, sizeof path, folder, "/%s", name) && access(path, F_OK) == 0;
}

static enum pt_status put(const char *folder, const char *name, const char *text,
                          struct pt_error *error)
{
    char path[PATH_SIZE];
    if (!pt_path_below(path, sizeof path, folder, "/%s", name))
        return pt_fail(error, PT_BAD_INPUT, "%s: the path is too long", folder);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return pt_fail_errno(error, errno, "%s", path);
    ssize_t written = write(fd, text, strlen(text));
    int number = errno;
    close(fd);
    return written == (ssize_t)strlen(text) ? PT_OK
                                            : pt_fail_errno(error, number, "%s: %s", path, text);
}

static bool get(const char *folder, const char *name, char *text, size_t size)
{
    char path[PATH_SIZE];
    if (!pt_path_below(path, sizeof path, folder, "/%s", name))
        return false;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);
    if (fd >= 0)
        close(fd);
    text[length > 0 ? length : 0] = '\0';
    return length > 0;
}

static bool is_version_2(const char *folder)
{
    return exists(folder, "cgroup.freeze");
}

bool pt_cgroup_is_frozen(const char *folder)
{
    char text[256];
    if (is_version_2(folder))
        return get(folder, "cgroup.events", text, sizeof text) && strstr(text, "frozen 1") != NULL;
    return get(folder, "freezer.state", text, sizeof text) && strncmp(text, "FROZEN", 6) == 0;
}

// Version 1 may have to be told again: a task that was not freezable leaves it at FREEZING.
static enum pt_status ask(const char *folder, bool frozen, struct pt_error *error)
{
    if (is_version_2(folder))
        return put(folder, "cgroup.freeze", frozen ? "1" : "0", error);
    if (exists(folder, "freezer.state"))
        return put(folder, "freezer.state", frozen ? "FROZEN" : "THAWED", error);
    return pt_fail(error, PT_UNAVAILABLE, "%s: this cgroup has no freezer", folder);
}

enum pt_status pt_cgroup_freeze(const char *folder, bool frozen, struct pt_error *error)
{
    const struct timespec pause = {.tv_nsec = POLL_NANOSECONDS};
    enum pt_status status = ask(folder, frozen, error);
    for (int poll = 0; status == PT_OK; poll++) {
        if (pt_cgroup_is_frozen(folder) == frozen)
            return PT_OK;
        if (poll == FREEZE_POLLS)
            return pt_fail(error, PT_BUSY,
                           "%s has not %s within %d s: a process waits in the kernel", folder,
                           frozen ? "frozen" : "thawed",
                           (int)((int64_t)FREEZE_POLLS * POLL_NANOSECONDS / 1000000000));
        nanosleep(&pause, NULL);
        if (!is_version_2(folder))
            status = ask(folder, frozen, error);
    }
    return status;
}

enum pt_status pt_cgroup_kill(const char *folder, struct pt_error *error)
{
    return exists(folder, "cgroup.kill") ? put(folder, "cgroup.kill", "1", error) : PT_OK;
}
