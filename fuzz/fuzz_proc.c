// Any text as what the kernel shows of CPU time, processes, CPUs, events and zones.

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "meter/process_tree.h"
#include "sensor/perf_pmu.h"
#include "sensor/powercap_zone.h"
#include "sensor/proc_stat.h"

static void check_times(const char *text)
{
    struct pt_cpu_times times;
    struct pt_process_stat stat;
    if (pt_proc_stat_parse(text, 100, &times, NULL) == PT_OK) {
        assert(isfinite(times.busy_seconds) && times.busy_seconds >= 0);
        assert(isfinite(times.idle_seconds) && times.idle_seconds >= 0);
        assert(times.cpus >= 0);
    }
    if (pt_process_stat_parse(text, &stat))
        assert(stat.parent >= 0 && stat.cpu_ticks >= 0 && stat.start_ticks >= 0);
}

static void check_names(const char *text)
{
    int cpus[PT_PMU_CPUS_MAX], count;
    uint64_t code;
    struct pt_zone_id id;
    if (pt_cpu_list_parse(text, cpus, &count)) {
        assert(count > 0 && count <= PT_PMU_CPUS_MAX);
        for (int i = 0; i < count; i++)
            assert(cpus[i] >= 0);
    }
    pt_pmu_event_parse(text, &code);
    if (pt_zone_id_parse(text, &id)) {
        assert(id.depth > 0 && id.depth <= PT_ZONE_DEPTH_MAX);
        assert(pt_zone_id_compare(&id, &id) == 0 && !pt_zone_contains(&id, &id));
    }
    pt_zone_kind_of(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *text = malloc(length + 1);
    if (text == NULL)
        abort();
    memcpy(text, bytes, length);
    text[length] = '\0';
    check_times(text);
    check_names(text);
    free(text);
    return 0;
}
