// Any text as what the kernel tells of control groups, memory and GPUs, and as a kept baseline.

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "meter/allocation.h"
#include "meter/cgroup.h"
#include "meter/idle_baseline.h"
#include "meter/memory_share.h"
#include "sensor/gpu_share_parts.h"

static void check_group(const char *text, const char *mounts)
{
    char folder[256];
    bool alone;
    for (int version = 1; version <= 2; version++)
        if (pt_cgroup_find(text, mounts, version, folder, sizeof folder, &alone))
            assert(strlen(folder) < sizeof folder);
    double seconds = pt_cgroup_usage_parse(text);
    assert(isnan(seconds) || (isfinite(seconds) && seconds >= 0));
}

static void check_texts(const char *text)
{
    struct pt_gpu_fdinfo info;
    uint32_t bits;
    if (pt_gpu_fdinfo_parse(text, &info))
        assert(info.client >= 0 && info.address[0] != '\0' && info.engine_seconds >= 0 &&
               info.cycles >= 0);
    double bytes = pt_memory_line_parse(text, "Pss:");
    assert(isnan(bytes) || (isfinite(bytes) && bytes >= 0));
    pt_gpu_list_parse(text, &bits);
}

static void check_baseline(const char *text, size_t length)
{
    struct pt_idle_baseline baseline;
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        abort();
    if (pt_idle_baseline_parse(arena, text, length, "idle.json", &baseline, NULL) == PT_OK) {
        assert(baseline.count >= 1 && baseline.count <= PT_CHANNELS_MAX);
        for (int i = 0; i < baseline.count; i++)
            assert(baseline.channels[i].power.low <= baseline.channels[i].power.watts &&
                   baseline.channels[i].power.watts <= baseline.channels[i].power.high);
    }
    pt_arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *text = malloc(length + 1);
    if (text == NULL)
        abort();
    memcpy(text, bytes, length);
    text[length] = '\0';
    const char *half = memchr(text, '\f', length); // behind it: the mounts
    check_group(text, half != NULL ? half + 1 : text);
    check_texts(text);
    check_baseline(text, length);
    free(text);
    return 0;
}
