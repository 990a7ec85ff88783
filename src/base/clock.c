// The system's clocks, and times and durations as people read them.

#include "base/clock.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#include "base/parse.h"
#include "base/units.h"

enum { TIME_BUFFER = 32 };

static int64_t read_clock(clockid_t which)
{
    struct timespec now;
    clock_gettime(which, &now);
    return (int64_t)now.tv_sec * PT_NANOSECONDS_PER_SECOND + now.tv_nsec;
}

static int64_t system_monotonic(void *unused)
{
    (void)unused;
    return read_clock(CLOCK_MONOTONIC);
}

static int64_t system_realtime(void *unused)
{
    (void)unused;
    return read_clock(CLOCK_REALTIME);
}

const struct pt_clock pt_system_clock = {
    .monotonic_ns = system_monotonic,
    .realtime_ns = system_realtime,
};

double pt_process_cpu_seconds(void)
{
    return (double)read_clock(CLOCK_PROCESS_CPUTIME_ID) / PT_NANOSECONDS_PER_SECOND;
}

double pt_thread_cpu_seconds(void)
{
    return (double)read_clock(CLOCK_THREAD_CPUTIME_ID) / PT_NANOSECONDS_PER_SECOND;
}

const char *pt_format_time(int64_t realtime_ns, char *buffer)
{
    time_t seconds = (time_t)(realtime_ns / PT_NANOSECONDS_PER_SECOND);
    if (realtime_ns % PT_NANOSECONDS_PER_SECOND < 0)
        seconds--; // before 1970 the fraction counts down
    struct tm parts;
    gmtime_r(&seconds, &parts); // 64 bits of nanoseconds are the years 1677 to 2262: never fails
    strftime(buffer, TIME_BUFFER, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return buffer;
}

// "4 min 10 s" of 250 s in units of 60 and 1; "4 min" of 240 s.
static void format_two(double amount, double per_large, const char *large, double per_small,
                       const char *small, const char *sign, char *buffer)
{
    double first = floor(amount / per_large);
    double rest = round((amount - first * per_large) / per_small);
    if (rest == 0)
        snprintf(buffer, TIME_BUFFER, "%s%.0f %s", sign, first, large);
    else
        snprintf(buffer, TIME_BUFFER, "%s%.0f %s %.0f %s", sign, first, large, rest, small);
}

// Rounds before it chooses the unit, so that 59.96 s is "1 min" and not "60.0 s".
const char *pt_format_duration(double seconds, char *buffer)
{
    const double minute = 60, hour = PT_SECONDS_PER_HOUR, day = PT_SECONDS_PER_DAY;
    const char *sign = seconds < 0 ? "-" : "";
    double amount = fabs(seconds);

    if (isnan(seconds))
        snprintf(buffer, TIME_BUFFER, "unknown");
    else if (isinf(seconds))
        snprintf(buffer, TIME_BUFFER, seconds < 0 ? "minus infinity" : "infinite");
    else if (amount == 0)
        snprintf(buffer, TIME_BUFFER, "0 s");
    else if (amount < 999.5e-9)
        pt_format_c(buffer, TIME_BUFFER, "%s%.3g ns", sign, amount * 1e9);
    else if (amount < 999.5e-6)
        pt_format_c(buffer, TIME_BUFFER, "%s%.3g us", sign, amount * 1e6);
    else if (amount < 999.5e-3)
        pt_format_c(buffer, TIME_BUFFER, "%s%.3g ms", sign, amount * 1e3);
    else if (amount < 59.95)
        pt_format_c(buffer, TIME_BUFFER, "%s%.1f s", sign, amount);
    else if (round(amount) < hour)
        format_two(round(amount), minute, "min", 1, "s", sign, buffer);
    else if (round(amount / minute) * minute < day)
        format_two(round(amount / minute) * minute, hour, "h", minute, "min", sign, buffer);
    else if (amount < 1e6 * day)
        format_two(round(amount / hour) * hour, day, "d", hour, "h", sign, buffer);
    else
        pt_format_c(buffer, TIME_BUFFER, "%s%.3g d", sign, amount / day);
    return buffer;
}
