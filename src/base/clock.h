// Time comes from a clock that a test can turn.
#ifndef PT_BASE_CLOCK_H
#define PT_BASE_CLOCK_H

#include <stdint.h>

struct pt_clock {
    // Nanoseconds since some start, never backwards, not stopped by changes of the date.
    int64_t (*monotonic_ns)(void *state);
    // Nanoseconds since 1970-01-01T00:00Z.
    int64_t (*realtime_ns)(void *state);
    void *state;
};

extern const struct pt_clock pt_system_clock;

static inline int64_t pt_clock_monotonic(const struct pt_clock *clock)
{
    return clock->monotonic_ns(clock->state);
}

static inline int64_t pt_clock_realtime(const struct pt_clock *clock)
{
    return clock->realtime_ns(clock->state);
}

// CPU time of the whole process and of the calling thread, in seconds.
double pt_process_cpu_seconds(void);
double pt_thread_cpu_seconds(void);

// "2026-11-24T06:33:12Z" in UTC into a buffer of at least 32 bytes; returns it.
const char *pt_format_time(int64_t realtime_ns, char *buffer);
// "3.2 s", "4 min 10 s", "2 h 5 min", "3 d 4 h", "850 ms"; a buffer of at least 32 bytes.
const char *pt_format_duration(double seconds, char *buffer);

#endif
