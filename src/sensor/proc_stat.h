// CPU time of the whole machine, from /proc/stat.
#ifndef PT_SENSOR_PROC_STAT_H
#define PT_SENSOR_PROC_STAT_H

#include "base/status.h"

struct pt_cpu_times {
    double busy_seconds; // user, nice, system, irq, softirq; guests are in user already. Not steal:
                         // that is another virtual machine's
    double idle_seconds; // idle and iowait
    int cpus;            // lines "cpuN" that text holds
};

// PT_CORRUPT unless text begins as /proc/stat does. ticks_per_second: sysconf(_SC_CLK_TCK).
enum pt_status pt_proc_stat_parse(const char *text, double ticks_per_second,
                                  struct pt_cpu_times *ret_times, struct pt_error *error);

// /proc/stat kept open. No allocation in _read.
struct pt_proc_stat {
    int fd; // -1: closed
    int cpus;
    double ticks_per_second;
    double busy_seconds; // of the last read: never less, whatever the kernel says
};
// PT_UNAVAILABLE if there is none below root.
enum pt_status pt_proc_stat_open(struct pt_proc_stat *stat, const char *root,
                                 struct pt_error *error);
// Busy seconds of all CPUs since boot; NAN if it cannot be read.
double pt_proc_stat_busy(struct pt_proc_stat *stat);
void pt_proc_stat_close(struct pt_proc_stat *stat);

#endif
