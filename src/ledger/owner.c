// Processes by number, start and boot.
// Source: proc(5), /proc/PID/stat field 22 "starttime"; /proc/sys/kernel/random/boot_id.

#include "ledger/owner.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/parse.h"
#include "base/units.h"

#define SILENT_NS_MAX ((int64_t)PT_SECONDS_PER_DAY * PT_NANOSECONDS_PER_SECOND)

enum { PATH_SIZE = 4096, START_FIELD = 22, FIRST_FIELD_BEHIND_NAME = 3 };

static bool read_small(const char *path, char *text, size_t size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    ssize_t length = read(file, text, size - 1);
    close(file);
    text[length > 0 ? length : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    return length > 0;
}

// 0 if there is no such process or /proc does not tell. The name in the second field may hold
// blanks and parentheses: count from the last one.
static int64_t start_ticks(const char *root, int64_t pid)
{
    char path[PATH_SIZE], text[1024];
    int64_t ticks;

    if (!pt_path_below(path, sizeof path, root, "/proc/%lld/stat", (long long)pid) ||
        !read_small(path, text, sizeof text))
        return 0;
    char *behind_name = strrchr(text, ')');
    char *rest = behind_name != NULL ? behind_name + 1 : NULL;
    for (int field = FIRST_FIELD_BEHIND_NAME; rest != NULL; field++) {
        char *word = strtok_r(NULL, " ", &rest);
        if (word == NULL)
            break;
        if (field == START_FIELD)
            return pt_parse_int64(word, &ticks) ? ticks : 0;
    }
    return 0;
}

static void read_boot_id(const char *root, char *boot_id, size_t size)
{
    char path[PATH_SIZE];
    boot_id[0] = '\0';
    if (pt_path_below(path, sizeof path, root, "/proc/sys/kernel/random/boot_id"))
        read_small(path, boot_id, size);
}

static int64_t pid_namespace(const char *root)
{
    char path[PATH_SIZE];
    struct stat about;
    if (!pt_path_below(path, sizeof path, root, "/proc/self/ns/pid") || stat(path, &about) != 0)
        return 0;
    return (int64_t)about.st_ino;
}

void pt_owner_self(const char *root, struct pt_owner *ret_owner)
{
    struct pt_owner owner = {.pid = getpid()};
    if (gethostname(owner.host, sizeof owner.host) != 0)
        owner.host[0] = '\0';
    owner.host[sizeof owner.host - 1] = '\0';
    read_boot_id(root, owner.boot_id, sizeof owner.boot_id);
    owner.pid_namespace = pid_namespace(root);
    owner.start_ticks = start_ticks(root, owner.pid);
    *ret_owner = owner;
}

bool pt_owner_is_gone(const char *root, const struct pt_owner *owner, int64_t silent_ns)
{
    struct pt_owner self;
    pt_owner_self(root, &self);
    bool same_host = owner->host[0] != '\0' && strcmp(owner->host, self.host) == 0;
    bool knows_boot = owner->boot_id[0] != '\0' && self.boot_id[0] != '\0';
    bool same_boot = knows_boot && strcmp(owner->boot_id, self.boot_id) == 0;

    // Containers share the boot of their host, but not its processes.
    if (same_boot && owner->pid_namespace != 0 && owner->pid_namespace == self.pid_namespace &&
        owner->start_ticks != 0 && self.start_ticks != 0)
        return start_ticks(root, owner->pid) != owner->start_ticks;
    if (same_host && knows_boot && !same_boot)
        return true;
    return silent_ns > SILENT_NS_MAX;
}
