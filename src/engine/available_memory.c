// Reads /proc/meminfo and the memory controllers.
//
// A process that takes more than there is does not get an error: Linux promises memory that it does
// not have, and kills somebody later. So we ask before.
// Source: Linux, Documentation/filesystems/proc.rst; admin-guide/cgroup-v2.rst, section Memory;
// admin-guide/cgroup-v1/memory.rst.

#include "engine/available_memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/parse.h"
#include "base/size.h"

enum { PATH_BYTES = 4096, FILE_LIMIT = 1 << 20 };

// One version of the memory controller.
struct controller {
    const char *mount, *limit, *usage, *cached;
};

static const struct controller version2 = {"/sys/fs/cgroup", "memory.max", "memory.current",
                                           "inactive_file "};
static const struct controller version1 = {"/sys/fs/cgroup/memory", "memory.limit_in_bytes",
                                           "memory.usage_in_bytes", "total_inactive_file "};

static char *read_text(struct pt_arena *arena, const char *root, const char *folder,
                       const char *name)
{
    char path[PATH_BYTES], *text;
    size_t length;
    if (!pt_path_below(path, sizeof path, root, "%s/%s", folder, name) ||
        pt_file_read(arena, path, FILE_LIMIT, &text, &length, NULL) != PT_OK)
        return NULL;
    return text;
}

// The number at the start of text, or -1: "max" means no limit.
static int64_t leading_number(const char *text)
{
    char digits[32];
    size_t length = text == NULL ? 0 : strspn(text, "0123456789");
    int64_t number;
    if (length == 0 || length >= sizeof digits)
        return -1;
    memcpy(digits, text, length);
    digits[length] = '\0';
    return pt_parse_int64(digits, &number) ? number : -1;
}

// The number behind a key at the start of a line, or -1.
static int64_t number_after(const char *text, const char *key)
{
    for (const char *line = text; line != NULL;) {
        if (strncmp(line, key, strlen(key)) == 0) {
            line += strlen(key);
            return leading_number(line + strspn(line, " \t"));
        }
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
    return -1;
}

// What one group leaves; INT64_MAX if it sets no limit.
static int64_t left_in_group(struct pt_arena *arena, const char *root, const char *folder,
                             const struct controller *controller)
{
    int64_t limit = leading_number(read_text(arena, root, folder, controller->limit));
    int64_t usage = leading_number(read_text(arena, root, folder, controller->usage));
    int64_t cached =
        number_after(read_text(arena, root, folder, "memory.stat"), controller->cached);
    if (limit < 0 || usage < 0)
        return INT64_MAX;
    int64_t used = cached > 0 && cached < usage ? usage - cached : usage;
    return limit > used ? limit - used : 0;
}

// The group and all its ancestors. In a container the path may name what is not mounted there; then
// only the mount itself answers.
static int64_t left_in_ancestors(struct pt_arena *arena, const char *root, const char *group,
                                 const struct controller *controller)
{
    char folder[PATH_BYTES];
    int64_t least = INT64_MAX;
    int length = snprintf(folder, sizeof folder, "%s%s", controller->mount, group);
    if (length < 0 || (size_t)length >= sizeof folder)
        return least;
    for (;;) {
        int64_t left = left_in_group(arena, root, folder, controller);
        least = left < least ? left : least;
        char *slash = strrchr(folder, '/');
        if (strlen(folder) <= strlen(controller->mount) || slash == NULL)
            return least;
        *slash = '\0';
    }
}

static bool names_controller(const char *list, size_t length, const char *name)
{
    size_t name_length = strlen(name);
    for (const char *end = list + length; list < end;) {
        const char *comma = memchr(list, ',', (size_t)(end - list));
        size_t item = (size_t)((comma == NULL ? end : comma) - list);
        if (item == name_length && memcmp(list, name, item) == 0)
            return true;
        list += item + 1;
    }
    return false;
}

// Lines "0::/path" (version 2) and "4:cpu,memory:/path" (version 1) of /proc/self/cgroup.
static int64_t left_in_groups(struct pt_arena *arena, const char *root)
{
    int64_t least = INT64_MAX;
    char *text = read_text(arena, root, "/proc/self", "cgroup");
    for (char *line = text, *next; line != NULL && *line != '\0'; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        char *list = strchr(line, ':');
        char *group = list == NULL ? NULL : strchr(list + 1, ':');
        if (group == NULL)
            continue;
        list++;
        bool is_version2 = list == group;
        if (!is_version2 && !names_controller(list, (size_t)(group - list), "memory"))
            continue;
        int64_t left =
            left_in_ancestors(arena, root, group + 1, is_version2 ? &version2 : &version1);
        least = left < least ? left : least;
    }
    return least;
}

int64_t pt_available_memory(const char *root)
{
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return 0;
    int64_t least = left_in_groups(arena, root);
    int64_t kibibytes = number_after(read_text(arena, root, "/proc", "meminfo"), "MemAvailable:");
    int64_t bytes;
    if (kibibytes >= 0 && pt_size_product(kibibytes, 1024, &bytes) && bytes < least)
        least = bytes;
    pt_arena_destroy(arena);
    return least;
}
