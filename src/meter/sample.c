// One sample: what the machine used since the last one, and in which phases.

#include <math.h>
#include <string.h>
#include <time.h>

#include "base/units.h"
#include "meter/engine.h"
#include "meter/phase_book.h"

double pt_meter_seconds_between(int64_t from_ns, int64_t to_ns)
{
    return (double)(to_ns - from_ns) / (double)PT_NANOSECONDS_PER_SECOND;
}

int64_t pt_meter_realtime(const struct pt_meter_engine *meter, int64_t monotonic_ns)
{
    return meter->start_realtime_ns + (monotonic_ns - meter->start_ns) +
           (int64_t)(meter->suspended_seconds * (double)PT_NANOSECONDS_PER_SECOND);
}

struct pt_quantity pt_meter_channel(const struct pt_meter_engine *meter, int index)
{
    return pt_sensor_channel_difference(meter->config.sensor, index, meter->first, meter->last,
                                        pt_meter_seconds_between(meter->open_ns, meter->sample_ns));
}

// joules of a channel among the phases since it was last good.
static void give_to_phases(struct pt_meter_engine *meter, int index, double joules,
                           const int64_t spent[PT_PHASES_MAX])
{
    int64_t since[PT_PHASES_MAX];
    int count = meter->division.channels[index].phase_count;
    int current = atomic_load(&meter->phases.current);
    for (int i = 0; i < count; i++) { // a phase that was entered for earlier takes time away
        int64_t more = spent[i] - meter->good_spent_ns[index][i];
        since[i] = more > 0 ? more : 0;
    }
    memcpy(meter->good_spent_ns[index], spent, (size_t)count * sizeof *spent);
    pt_attribution_add(&meter->division.channels[index], joules, since,
                       current < count ? current : 0);
}

// What the program has said until now decides what the time until now was spent on.
static void hear_phases(struct pt_meter_engine *meter)
{
    if (meter->config.phase_book == NULL)
        return;
    pt_phase_book_catch_up(meter->config.phase_book);
    int count = pt_phase_book_slot_count(meter->config.phase_book);
    for (int i = 0; i < meter->division.count; i++)
        meter->division.channels[i].phase_count = count;
}

// What was counted since the last sample; without what is only pending, so this never goes back.
// Whether every channel that adds up was read.
static bool give_counted(struct pt_meter_engine *meter, int64_t now)
{
    int64_t spent[PT_PHASES_MAX];
    bool all_good = true;
    hear_phases(meter);
    pt_phase_clock_read(&meter->phases, now, spent);
    pt_phase_clock_settle(&meter->phases, now);
    for (int i = 0; i < meter->division.count; i++) {
        if (meter->division.roles[i] == PT_DIVIDE_NOT)
            continue;
        double joules = meter->last[i].energy_joules - meter->first[i].energy_joules;
        double more = joules - meter->counted_joules[i];
        if (!meter->last[i].failed || more > 0)
            give_to_phases(meter, i, more, spent);
        meter->counted_joules[i] = joules;
        if (pt_sensor_is_summed(meter->config.sensor, i))
            all_good = all_good && !meter->last[i].failed;
    }
    return all_good;
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
    struct pt_window_share share;
    if (pt_meter_seconds_between(meter->window_ns, now) < meter->window_seconds)
        return;
    struct timespec before, after;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
    if (pt_cpu_share_since_mark(&meter->share, true, &share)) {
        pt_division_settle(&meter->division, &share);
        pt_pricing_add(&meter->pricing, &meter->division, pt_meter_realtime(meter, now));
        meter->window_ns = now;
    }
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
    double cost = (double)(after.tv_sec - before.tv_sec) +
                  (double)(after.tv_nsec - before.tv_nsec) / (double)PT_NANOSECONDS_PER_SECOND;
    meter->window_seconds = fmin(fmax(1, cost * 2000), 30);
}

// What a plot shows of the window that is not yet settled: divided as the windows before.
static void add_to_ring(struct pt_meter_engine *meter, int64_t now)
{
    struct pt_window_share first;
    double machine, cpu = pt_division_cpu_share(&meter->division);
    if (isnan(cpu) && pt_cpu_share_since_mark(&meter->share, false, &first))
        cpu = first.cpu.value;
    double ours = pt_division_expected(&meter->division, cpu, &machine);
    if (!isnan(ours))
        pt_ring_add(&meter->ring, pt_meter_seconds_between(meter->start_ns, now), ours, machine);
}

enum pt_status pt_meter_sample(struct pt_meter_engine *meter, struct pt_error *error)
{
    enum pt_status status = pt_sensor_read(meter->config.sensor, meter->last, error);
    int64_t now = pt_clock_monotonic(meter->clock);
    see_time(meter, now);
    bool all_good = give_counted(meter, now);
    if (all_good)
        meter->covered_ns += now - meter->sample_ns;
    else
        meter->failed_count++;
    meter->sample_ns = now;
    if (meter->asks && meter->config.manual)
        pt_gpu_ask_if_due(&meter->gpus);
    if (meter->asks)
        pt_division_settle_gpus(&meter->division, &meter->gpus);
    settle_window(meter, now);
    if (all_good)
        add_to_ring(meter, now);
    return status;
}

// What is ours as of now, with what is pending of GPUs divided as before.
static double ours_now(const struct pt_meter_engine *meter)
{
    double machine;
    double ours =
        pt_division_expected(&meter->division, pt_division_cpu_share(&meter->division), &machine);
    return isnan(ours) ? 0 : ours;
}

void pt_meter_sample_stop(struct pt_meter_engine *meter, bool is_stopped)
{
    struct pt_window_share share;
    if (is_stopped == meter->waste.is_stopped)
        return;
    pt_meter_sample(meter, NULL);
    if (pt_cpu_share_since_mark(&meter->share, true, &share)) {
        pt_division_settle(&meter->division, &share);
        pt_pricing_add(&meter->pricing, &meter->division,
                       pt_meter_realtime(meter, meter->sample_ns));
        meter->window_ns = meter->sample_ns;
    }
    pt_waste_stop(&meter->waste, &meter->division, is_stopped, meter->sample_ns, ours_now(meter));
}

// What failed reads left open at the end, or what happened between two updates; and between the
// start of the work and the first reading it drew what it drew afterwards.
static void fill_in(struct pt_meter_engine *meter, int index)
{
    int64_t spent[PT_PHASES_MAX];
    struct pt_quantity read = pt_meter_channel(meter, index);
    double measured = pt_meter_seconds_between(meter->open_ns, meter->sample_ns);
    double missed = pt_meter_seconds_between(meter->start_ns, meter->open_ns);
    if (!pt_quantity_known(read))
        return;
    pt_phase_clock_read(&meter->phases, meter->sample_ns, spent);
    if (read.value > meter->counted_joules[index])
        give_to_phases(meter, index, read.value - meter->counted_joules[index], spent);
    meter->start_fill_joules[index] = missed > 0 ? read.value / measured * missed : 0;
    pt_attribution_fill(&meter->division.channels[index], meter->start_fill_joules[index],
                        fmax(0, missed));
}

void pt_meter_settle_end(struct pt_meter_engine *meter)
{
    struct pt_window_share share;
    for (int i = 0; i < meter->division.count; i++)
        if (meter->division.roles[i] != PT_DIVIDE_NOT)
            fill_in(meter, i);
    if (meter->asks)
        pt_division_settle_gpus(&meter->division, &meter->gpus);
    if (!pt_cpu_share_since_mark(&meter->share, true, &share))
        share = pt_window_of_share(pt_division_cpu_share(&meter->division), 0, 1);
    pt_division_settle_all(&meter->division, &share);
    pt_pricing_add(&meter->pricing, &meter->division, pt_meter_realtime(meter, meter->sample_ns));
    add_to_ring(meter, meter->sample_ns);
    pt_ring_settle(&meter->ring, pt_division_ours(&meter->division));
}
