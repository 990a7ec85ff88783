// The files that describe the perf "power" PMU: /sys/bus/event_source/devices/power.
#ifndef PT_SENSOR_PERF_PMU_H
#define PT_SENSOR_PERF_PMU_H

#include "base/status.h"

enum { PT_PMU_CPUS_MAX = 64 };

// "0,24" or "0-3,8": the CPUs, in order, at most PT_PMU_CPUS_MAX. False for anything else.
bool pt_cpu_list_parse(const char *text, int *ret_cpus, int *ret_count);
// "event=0x02" -> 2. False for anything else: other terms would need the format files.
bool pt_pmu_event_parse(const char *text, uint64_t *ret_code);

#endif
