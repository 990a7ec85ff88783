// One sample: what the machine used since the last one, and in which phases.

#include <math.h>
#include <string.h>
#include <time.h>

#include "base/units.h"
#include "meter/engine.h"

double pt_meter_seconds_between(int64_t from_ns, int64_t to_ns)
{
    return (double)(to_ns - from_ns) / (double)PT_NANOSECONDS_PER_SECOND;
}

struct pt_quantity pt_meter_machine(const struct pt_meter_engine *meter)
{
    return pt_sensor_difference(meter->config.sensor, meter->first, meter->last,
                                pt_meter_seconds_between(meter->open_ns, meter->sample_ns));
}

// Without what is only pending: this sum never goes back.
static double counted_since_open(const struct pt_meter_engine *meter, bool *ret_all_good)
{
    double joules = 0;
    *ret_all_good = true;
    for (int i = 0; i < pt_sensor_channel_count(meter->config.sensor); i++) {
        if (!pt_sensor_is_summed(meter->config.sensor, i))
            continue;
        joules += meter->last[i].energy_joules - meter->first[i].energy_joules;
        *ret_all_good = *ret_all_good && !meter->last[i].failed;
    }
    return joules;
}

// joules among the phases since the last good sample.
static void give_to_phases(struct pt_meter_engine *meter, double joules, int64_t now)
{
    int64_t spent[PT_PHASES_MAX];
    int current = atomic_load(&meter->phases.current);
    pt_phase_clock_read(&meter->phases, now, spent);
    for (int i = 0; i < PT_PHASES_MAX; i++) {
        int64_t before = meter->good_spent_ns[i];
        meter->good_spent_ns[i] = spent[i];
        spent[i] -= before;
    }
    pt_attribution_add(&meter->attribution, joules, spent, current);
    meter->good_ns = now;
}

static void see_time(struct pt_meter_engine *meter, int64_t now)
{
    double elapsed = pt_meter_seconds_between(meter->sample_ns, now);
    meter->sample_count++;
    if (elapsed > 2 * meter->config.interval_seconds)
        meter->late_count++;
    if (meter->config.boottime_ns != NULL) {
        int64_t sleep = meter->config.boottime_ns(meter->config.boottime_state) - now;
        meter->suspended_seconds =
            fmax(meter->suspended_seconds, pt_meter_seconds_between(meter->sleep_ns, sleep));
    }
}

// The window grows with the cost of looking at the tree, so that it stays below 0.05 % of a thread.
static void settle_window(struct pt_meter_engine *meter, int64_t now)
{
    struct pt_share share;
    if (pt_meter_seconds_between(meter->window_ns, now) < meter->window_seconds)
        return;
    struct timespec before, after;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
    if (pt_cpu_share_since_mark(&meter->share, true, &share)) {
        pt_attribution_settle(&meter->attribution, share);
        meter->window_ns = now;
    }
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
    double cost = (double)(after.tv_sec - before.tv_sec) +
                  (double)(after.tv_nsec - before.tv_nsec) / (double)PT_NANOSECONDS_PER_SECOND;
    meter->window_seconds = fmin(fmax(1, cost * 2000), 30);
}

// What a plot shows of the window that is not yet settled: divided as the window before.
static void add_to_ring(struct pt_meter_engine *meter, int64_t now)
{
    double ours = pt_attribution_ours(&meter->attribution);
    double others = meter->attribution.others;
    double pending = pt_attribution_pending(&meter->attribution);
    double share = ours + others > 0 ? ours / (ours + others) : NAN;
    struct pt_share first;
    if (isnan(share) && pt_cpu_share_since_mark(&meter->share, false, &first))
        share = first.value;
    if (!isnan(share))
        pt_ring_add(&meter->ring, pt_meter_seconds_between(meter->start_ns, now),
                    ours + pending * share, ours + others + pending);
}

enum pt_status pt_meter_sample(struct pt_meter_engine *meter, struct pt_error *error)
{
    bool all_good;
    enum pt_status status = pt_sensor_read(meter->config.sensor, meter->last, error);
    int64_t now = pt_clock_monotonic(meter->clock);
    see_time(meter, now);
    double joules = counted_since_open(meter, &all_good);
    if (all_good)
        meter->covered_ns += now - meter->sample_ns;
    else
        meter->failed_count++;
    meter->sample_ns = now;
    if (all_good || joules > meter->counted_joules)
        give_to_phases(meter, joules - meter->counted_joules, now);
    meter->counted_joules = joules;
    settle_window(meter, now);
    if (all_good)
        add_to_ring(meter, now);
    return status;
}

// Between the start of the work and the first reading it drew what it drew afterwards.
static double start_fill(const struct pt_meter_engine *meter, double machine_joules)
{
    double measured = pt_meter_seconds_between(meter->open_ns, meter->sample_ns);
    double missed = pt_meter_seconds_between(meter->start_ns, meter->open_ns);
    return missed > 0 ? machine_joules / measured * missed : 0;
}

void pt_meter_settle_end(struct pt_meter_engine *meter)
{
    struct pt_share share;
    struct pt_quantity machine = pt_meter_machine(meter);
    if (pt_quantity_known(machine)) {
        // What failed reads left open at the end, or what happened between two updates.
        if (machine.value > meter->counted_joules)
            give_to_phases(meter, machine.value - meter->counted_joules, meter->sample_ns);
        meter->start_fill_joules = start_fill(meter, machine.value);
        meter->attribution.pending[0] += meter->start_fill_joules;
    }
    if (!pt_cpu_share_since_mark(&meter->share, true, &share)) {
        double ours = pt_attribution_ours(&meter->attribution);
        double whole = ours + meter->attribution.others;
        share = (struct pt_share){whole > 0 ? ours / whole : NAN, 0, 1};
    }
    pt_attribution_settle(&meter->attribution, share);
    add_to_ring(meter, meter->sample_ns);
    pt_ring_settle(&meter->ring, pt_attribution_ours(&meter->attribution));
}
