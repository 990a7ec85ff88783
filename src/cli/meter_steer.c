// See meter_steer.h.

#include "cli/meter_steer.h"

#include "base/clock.h"
#include "cli/resident.h"

// First when the threads run and the first window is divided; then now and then, since what is
// used rarely comes back too.
static const int64_t shrink_after_ns = 1200000000, shrink_again_ns = 5000000000;

static int prepare(void *state, struct pollfd *fds, int *milliseconds)
{
    const struct pt_meter_steer *steer = state;
    (void)fds;
    int64_t left = steer->shrink_ns - pt_clock_monotonic(&pt_system_clock);
    *milliseconds = left > 0 ? (int)(left / 1000000 + 1) : 0;
    return 0;
}

static void act(void *state, const struct pollfd *fds, int count)
{
    struct pt_meter_steer *steer = state;
    (void)fds;
    (void)count;
    if (pt_clock_monotonic(&pt_system_clock) < steer->shrink_ns)
        return;
    steer->shrink_ns = pt_clock_monotonic(&pt_system_clock) + shrink_again_ns;
    pt_resident_shrink();
}

static bool waits_for_all(void *state)
{
    return ((const struct pt_meter_steer *)state)->wait_for_orphans;
}

static void on_stop(void *state, int signal)
{
    const struct pt_meter_steer *steer = state;
    if (*steer->meter != NULL)
        pt_meter_stopped(*steer->meter, signal != 0);
}

struct pt_job_steering pt_meter_steering(struct pt_meter_steer *steer,
                                         struct pt_meter_engine *const *meter,
                                         bool wait_for_orphans)
{
    *steer = (struct pt_meter_steer){meter, wait_for_orphans,
                                     pt_clock_monotonic(&pt_system_clock) + shrink_after_ns};
    return (struct pt_job_steering){.prepare = prepare,
                                    .act = act,
                                    .waits_for_all = waits_for_all,
                                    .stopped = on_stop,
                                    .state = steer};
}
