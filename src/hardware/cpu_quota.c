// Affinity mask and cgroup quota, from files, so that a test can bring its own.
//
// A quota of 150 ms in every 100 ms keeps two threads busy three quarters of the time; it counts as
// two. The groups above a process limit it too, so all are asked up to the top. In a container
// /proc/self/cgroup may name the path on the host, which does not exist inside: the walk up then
// ends at the top of the mount, which is the container's own group.
// Sources: Linux, Documentation/admin-guide/cgroup-v2.rst ("cpu.max"),
// Documentation/scheduler/sched-bwc.rst ("cpu.cfs_quota_us"), proc(5) ("Cpus_allowed_list").

#include "hardware/cpu_quota.h"

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/parse.h"

enum { FILE_LIMIT = 1 << 16, CPUS_MAX = 1 << 20 };

// The text of a small file, or NULL.
static char *read_text(struct pt_arena *arena, const char *root, const char *path)
{
    char whole[PATH_MAX], *text;
    size_t length;
    if (!pt_path_below(whole, sizeof whole, root, "%s", path) ||
        pt_file_read(arena, whole, FILE_LIMIT, &text, &length, NULL) != PT_OK)
        return NULL;
    return text;
}

// A decimal number below CPUS_MAX; moves *text behind it. -1 if there is none.
static long read_cpu(const char **text)
{
    if (!isdigit((unsigned char)**text))
        return -1;
    long value = 0;
    for (; isdigit((unsigned char)**text) && value < CPUS_MAX; (*text)++)
        value = value * 10 + (**text - '0');
    return value < CPUS_MAX ? value : -1;
}

int pt_cpu_list_count(const char *text)
{
    long count = 0;
    for (;;) {
        long first = read_cpu(&text), last = first;
        if (*text == '-') {
            text++;
            last = read_cpu(&text);
        }
        if (first < 0 || last < first)
            return 0;
        count += last - first + 1;
        if (count > CPUS_MAX)
            return 0;
        if (*text != ',')
            break;
        text++;
    }
    return *text == '\0' || isspace((unsigned char)*text) ? (int)count : 0;
}

static int affinity_threads(struct pt_arena *arena, const char *root, int fallback)
{
    static const char key[] = "Cpus_allowed_list:";
    char *text = read_text(arena, root, "/proc/self/status");
    const char *line = text == NULL ? NULL : strstr(text, key);
    if (line == NULL)
        return fallback;
    int count = pt_cpu_list_count(line + strlen(key) + strspn(line + strlen(key), " \t"));
    return count > 0 ? count : fallback;
}

// Threads that so many microseconds in each period keep busy; 0: no limit ("max", or -1).
static double quota_threads(const char *quota_text, const char *period_text)
{
    int64_t quota, period;
    if (!pt_parse_int64(quota_text, &quota) || !pt_parse_int64(period_text, &period) ||
        quota <= 0 || period <= 0)
        return 0;
    double threads = (double)quota / (double)period;
    return threads <= CPUS_MAX ? threads : 0;
}

// "MAX PERIOD" in one file.
static double quota_v2(struct pt_arena *arena, const char *root, const char *group)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "/sys/fs/cgroup%s/cpu.max", group);
    char *text = read_text(arena, root, path), *rest = NULL;
    if (text == NULL)
        return 0;
    char *quota = strtok_r(text, " \n", &rest), *period = strtok_r(NULL, " \n", &rest);
    return quota == NULL || period == NULL ? 0 : quota_threads(quota, period);
}

static double quota_v1_at(struct pt_arena *arena, const char *root, const char *mount,
                          const char *group)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "/sys/fs/cgroup/%s%s/cpu.cfs_quota_us", mount, group);
    char *quota = read_text(arena, root, path);
    snprintf(path, sizeof path, "/sys/fs/cgroup/%s%s/cpu.cfs_period_us", mount, group);
    char *period = read_text(arena, root, path);
    if (quota == NULL || period == NULL)
        return 0;
    quota[strcspn(quota, "\n")] = '\0';
    period[strcspn(period, "\n")] = '\0';
    return quota_threads(quota, period);
}

// The controller is mounted as cpu, or with its twin where nobody made the link.
static double quota_v1(struct pt_arena *arena, const char *root, const char *group)
{
    double threads = quota_v1_at(arena, root, "cpu", group);
    return threads > 0 ? threads : quota_v1_at(arena, root, "cpu,cpuacct", group);
}

typedef double quota_reader(struct pt_arena *arena, const char *root, const char *group);

// The smallest limit of a group and of all above it; 0: none.
static double smallest_quota(struct pt_arena *arena, const char *root, char *group,
                             quota_reader *read_quota)
{
    double smallest = 0;
    for (;;) {
        double threads = read_quota(arena, root, group);
        if (threads > 0 && (smallest == 0 || threads < smallest))
            smallest = threads;
        char *slash = strrchr(group, '/');
        if (slash == NULL)
            return smallest;
        *slash = '\0';
    }
}

// Whether the comma-separated list of controllers has the one called cpu.
static bool has_cpu(const char *controllers)
{
    for (const char *at = controllers; (at = strstr(at, "cpu")) != NULL; at += 3)
        if ((at == controllers || at[-1] == ',') && (at[3] == '\0' || at[3] == ','))
            return true;
    return false;
}

// Lines are "ID:CONTROLLERS:/GROUP"; version 2 has ID 0 and no controllers.
double pt_cpu_quota(struct pt_arena *arena, const char *root)
{
    double smallest = 0;
    char *rest = NULL, *text = read_text(arena, root, "/proc/self/cgroup");
    if (text == NULL)
        return 0;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        char *controllers = strchr(line, ':');
        char *group = controllers == NULL ? NULL : strchr(controllers + 1, ':');
        if (group == NULL || group[1] != '/')
            continue;
        controllers++;
        *group++ = '\0';
        if (strcmp(group, "/") == 0)
            *group = '\0';
        double threads = 0;
        if (*controllers == '\0')
            threads = smallest_quota(arena, root, group, quota_v2);
        else if (has_cpu(controllers))
            threads = smallest_quota(arena, root, group, quota_v1);
        if (threads > 0 && (smallest == 0 || threads < smallest))
            smallest = threads;
    }
    return smallest;
}

int pt_cpu_quota_threads(struct pt_arena *arena, const char *root)
{
    return (int)ceil(pt_cpu_quota(arena, root));
}

int pt_cpu_affinity_count(struct pt_arena *arena, const char *root)
{
    return affinity_threads(arena, root, 0);
}

int pt_cpu_usable_threads(struct pt_arena *arena, const char *root, int fallback)
{
    int threads = affinity_threads(arena, root, fallback);
    int quota = pt_cpu_quota_threads(arena, root);
    if (quota > 0 && quota < threads)
        threads = quota;
    return threads > 0 ? threads : 1;
}
