// Any text as the files that describe a machine. The input is cut at "====" into cpuinfo, meminfo,
// status, cgroup and cpu.max.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hardware/machine.h"

static char root[] = "/tmp/powertrain-fuzz-XXXXXX";
static const char *const folders[] = {"proc", "proc/self", "sys", "sys/fs", "sys/fs/cgroup"};
static const char *const files[] = {"proc/cpuinfo", "proc/meminfo", "proc/self/status",
                                    "proc/self/cgroup", "sys/fs/cgroup/cpu.max"};
enum { FOLDER_COUNT = sizeof folders / sizeof *folders, FILE_COUNT = sizeof files / sizeof *files };

static const char *below(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", root, name);
    return path;
}

static void clean(void)
{
    for (int i = 0; i < FILE_COUNT; i++)
        unlink(below(files[i]));
    for (int i = FOLDER_COUNT - 1; i >= 0; i--)
        rmdir(below(folders[i]));
    rmdir(root);
}

static void make_folders(void)
{
    if (mkdtemp(root) == NULL)
        abort();
    for (int i = 0; i < FOLDER_COUNT; i++)
        if (mkdir(below(folders[i]), 0700) != 0)
            abort();
    atexit(clean);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static bool ready;
    struct pt_cpu_info info;

    if (!ready)
        make_folders();
    ready = true;
    for (int i = 0; i < FILE_COUNT; i++) {
        const uint8_t *cut = length < 4 ? NULL : memmem(bytes, length, "====", 4);
        size_t part = cut == NULL ? length : (size_t)(cut - bytes);
        FILE *file = fopen(below(files[i]), "wb");
        if (file == NULL || fwrite(bytes, 1, part, file) != part || fclose(file) != 0)
            abort();
        bytes += part + (cut == NULL ? 0 : 4);
        length -= part + (cut == NULL ? 0 : 4);
    }
    if (pt_cpu_info_read(root, &info, NULL) != PT_OK)
        return 0;
    if (info.threads < 1 || info.threads > info.machine_threads || info.sockets < 1 ||
        info.threads_per_core < 1 || info.model[0] == '\0' || info.memory_bytes <= 0)
        abort();
    struct pt_calibration_point point = pt_calibration_guess(&info, info.threads);
    if (!(point.fp32_flop_per_second > 0 && point.cache_bytes > 0))
        abort();
    return 0;
}
