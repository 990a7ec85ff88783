// The instructions of this CPU, and how many threads may use it.
//
// A container often sees all cores of its host but may use two of them: the number of cores says
// nothing. The affinity mask says where threads may run, the cgroup quota how much of that time
// they get. Sources: sched_getaffinity(2); Linux, Documentation/admin-guide/cgroup-v2.rst
// ("cpu.max") and Documentation/scheduler/sched-bwc.rst ("cpu.cfs_quota_us", version 1).

#include "engine/cpu.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/parse.h"

enum { PATH_SIZE = 4096, CPUS_MAX = 1 << 16 };

static enum pt_isa isa_of_hardware(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    if (avx2 && avx512)
        return PT_ISA_AVX512;
    if (avx2)
        return PT_ISA_AVX2;
#endif
    return PT_ISA_PORTABLE;
}

static enum pt_isa isa_of_environment(void)
{
    const char *name = getenv("PT_CPU");
    if (name == NULL || *name == '\0' || strcmp(name, "avx512") == 0)
        return PT_ISA_AVX512;
    if (strcmp(name, "avx2") == 0)
        return PT_ISA_AVX2;
    if (strcmp(name, "portable") == 0)
        return PT_ISA_PORTABLE;
    pt_log(PT_LOG_WARN, "environment_ignored", "name=PT_CPU value=%s known=portable,avx2,avx512",
           name);
    return PT_ISA_AVX512;
}

enum pt_isa pt_cpu_isa(void)
{
    static int known = -1; // the answer is the same whichever thread writes it
    int isa = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (isa < 0) {
        int hardware = (int)isa_of_hardware(), allowed = (int)isa_of_environment();
        isa = hardware < allowed ? hardware : allowed;
        __atomic_store_n(&known, isa, __ATOMIC_RELAXED);
    }
    return (enum pt_isa)isa;
}

bool pt_cpu_has_avx512_bf16(void)
{
#if defined(__x86_64__)
    return pt_cpu_isa() == PT_ISA_AVX512 && __builtin_cpu_supports("avx512bf16");
#else
    return false;
#endif
}

static int affinity_threads(void)
{
    int count = 0;
    cpu_set_t *set = CPU_ALLOC(CPUS_MAX);
    if (set == NULL)
        return 1;
    if (sched_getaffinity(0, CPU_ALLOC_SIZE(CPUS_MAX), set) == 0)
        count = CPU_COUNT_S(CPU_ALLOC_SIZE(CPUS_MAX), set);
    CPU_FREE(set);
    return count > 0 ? count : 1;
}

// The first line of a small file, without its end. False if there is none.
static bool read_line(const char *path, char *line, int size)
{
    FILE *stream = fopen(path, "re");
    if (stream == NULL)
        return false;
    bool ok = fgets(line, size, stream) != NULL;
    fclose(stream);
    if (ok)
        line[strcspn(line, "\n")] = '\0';
    return ok;
}

// Threads that a quota of so many microseconds in each period can keep busy; 0: no limit.
static int quota_threads(const char *quota_text, const char *period_text)
{
    int64_t quota, period;
    if (!pt_parse_int64(quota_text, &quota) || !pt_parse_int64(period_text, &period))
        return 0; // "max"
    if (quota <= 0 || period <= 0)
        return 0; // -1 in version 1
    int64_t threads = quota / period + (quota % period != 0);
    return threads < CPUS_MAX ? (int)threads : 0;
}

static int quota_of_v2(const char *folder)
{
    char path[PATH_SIZE + 32], line[128];
    snprintf(path, sizeof path, "%s/cpu.max", folder);
    if (!read_line(path, line, sizeof line))
        return 0;
    char *blank = strchr(line, ' ');
    if (blank == NULL)
        return 0;
    *blank = '\0';
    return quota_threads(line, blank + 1);
}

static int quota_of_v1(const char *folder)
{
    char path[PATH_SIZE + 32], quota[128], period[128];
    snprintf(path, sizeof path, "%s/cpu.cfs_quota_us", folder);
    if (!read_line(path, quota, sizeof quota))
        return 0;
    snprintf(path, sizeof path, "%s/cpu.cfs_period_us", folder);
    if (!read_line(path, period, sizeof period))
        return 0;
    return quota_threads(quota, period);
}

// A limit holds for all groups below the one that has it: walk from the process's own group up to
// the mount point. The folder's text is shortened on the way.
static int least_quota(char *folder, size_t mount_length, int (*quota_of)(const char *folder))
{
    int least = 0;
    for (;;) {
        int quota = quota_of(folder);
        if (quota > 0 && (least == 0 || quota < least))
            least = quota;
        char *slash = strrchr(folder, '/');
        if (strlen(folder) <= mount_length || slash == NULL)
            return least;
        *slash = '\0';
    }
}

// True if the comma-separated list holds "cpu".
static bool names_cpu(const char *controllers)
{
    for (const char *word = controllers; *word != '\0';) {
        size_t length = strcspn(word, ",");
        if (length == 3 && strncmp(word, "cpu", 3) == 0)
            return true;
        word += length;
        word += *word == ',';
    }
    return false;
}

// One line of /proc/self/cgroup, "hierarchy:controllers:path"; version 2 is "0::path".
static int quota_of_line(const char *root, char *line)
{
    static const char *const v1_mounts[] = {"cpu", "cpu,cpuacct"};
    char *controllers = strchr(line, ':');
    char *path = controllers == NULL ? NULL : strchr(controllers + 1, ':');
    if (path == NULL || path[1] != '/')
        return 0;
    *controllers++ = '\0';
    *path++ = '\0';

    char folder[PATH_SIZE];
    int least = 0;
    if (strcmp(line, "0") == 0 && *controllers == '\0') {
        int mount = snprintf(folder, sizeof folder, "%s/sys/fs/cgroup", root);
        if (mount + (int)strlen(path) < (int)sizeof folder) {
            snprintf(folder + mount, sizeof folder - (size_t)mount, "%s", path);
            least = least_quota(folder, (size_t)mount, quota_of_v2);
        }
    } else if (names_cpu(controllers)) {
        for (size_t i = 0; i < sizeof v1_mounts / sizeof *v1_mounts && least == 0; i++) {
            int mount = snprintf(folder, sizeof folder, "%s/sys/fs/cgroup/%s", root, v1_mounts[i]);
            if (mount + (int)strlen(path) >= (int)sizeof folder)
                break;
            snprintf(folder + mount, sizeof folder - (size_t)mount, "%s", path);
            least = least_quota(folder, (size_t)mount, quota_of_v1);
        }
    }
    return least;
}

int pt_cpu_threads_below(const char *root)
{
    int threads = affinity_threads();
    char path[PATH_SIZE], line[PATH_SIZE];
    if (root == NULL)
        root = "";
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    FILE *stream = fopen(path, "re");
    if (stream == NULL)
        return threads;
    while (fgets(line, sizeof line, stream) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        int quota = quota_of_line(root, line);
        if (quota > 0 && quota < threads)
            threads = quota;
    }
    fclose(stream);
    return threads;
}

int pt_cpu_threads(void)
{
    return pt_cpu_threads_below("");
}
