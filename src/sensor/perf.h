// The two system calls of the perf driver, so that a test can stand in for the kernel.
#ifndef PT_SENSOR_PERF_H
#define PT_SENSOR_PERF_H

#include <linux/perf_event.h>
#include <sys/types.h>

struct pt_perf_kernel {
    // perf_event_open(2) for any process on one CPU: a descriptor, or -1 and errno.
    int (*open)(struct perf_event_attr *attributes, int cpu);
    // read(2) and close(2)
    ssize_t (*read)(int fd, void *buffer, size_t size);
    int (*close)(int fd);
};

extern const struct pt_perf_kernel pt_perf_system;
extern const struct pt_perf_kernel *pt_perf_kernel; // &pt_perf_system, unless a test says otherwise

#endif
