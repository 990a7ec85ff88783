// See waste.h.

#include "meter/waste.h"

#include <math.h>

#include "base/units.h"

// What is idle of ours in a phase, of processors, memory and the rest of the machine.
static double idle_without_gpus(const struct pt_division *division, int phase)
{
    double sum = 0;
    for (int i = 0; i < division->count; i++) {
        double idle = division->channels[i].idle_of_phase[phase];
        if (pt_sensor_is_summed(division->sensor, i) && !pt_division_is_gpu(division, i))
            sum += idle;
        else if (pt_division_is_gpu_of_whole(division, i))
            sum -= idle; // it is in that of the whole
    }
    return fmax(0, sum);
}

static bool idle_is_known(const struct pt_division *division)
{
    for (int i = 0; i < division->count; i++)
        if (pt_sensor_is_summed(division->sensor, i) && !pt_division_is_gpu(division, i) &&
            division->channels[i].idle_unknown > 0)
            return false;
    return division->rule->known;
}

static double seconds_since(int64_t from_ns, int64_t now_ns)
{
    return (double)(now_ns - from_ns) / (double)PT_NANOSECONDS_PER_SECOND;
}

void pt_waste_stop(struct pt_waste *waste, struct pt_division *division, bool is_stopped,
                   int64_t now_ns, double ours)
{
    if (is_stopped == waste->is_stopped)
        return;
    waste->is_stopped = division->is_stopped = is_stopped;
    division->was_stopped = true;
    if (!is_stopped) {
        waste->stopped_seconds += seconds_since(waste->since_ns, now_ns);
        waste->stopped_joules += fmax(0, ours - waste->ours_at_stop);
    }
    for (int i = 0; i < PT_PHASES_MAX; i++) {
        double idle = idle_without_gpus(division, i);
        if (!is_stopped)
            waste->idle_stopped[i] += idle - waste->idle_at_stop[i];
        waste->idle_at_stop[i] = idle;
    }
    waste->since_ns = now_ns;
    waste->ours_at_stop = ours;
}

static double idle_of(const struct pt_waste *waste, const struct pt_division *division, int phase)
{
    double until =
        waste->is_stopped ? waste->idle_at_stop[phase] : idle_without_gpus(division, phase);
    return until - waste->idle_stopped[phase];
}

void pt_waste_fill(const struct pt_waste *waste, const struct pt_division *division, uint64_t slots,
                   int64_t now_ns, double ours, struct pt_meter_waste *ret_total)
{
    struct pt_meter_waste total = {.gpu_seconds = NAN,
                                   .gpu_joules = NAN,
                                   .data_joules = NAN,
                                   .data_seconds = ret_total->data_seconds};
    if (division->gpu_told_seconds > 0) {
        total.gpu_seconds = division->gpu_idle_seconds;
        total.gpu_joules = division->gpu_idle_joules;
    }
    if (slots != 0 && idle_is_known(division)) {
        total.data_joules = 0;
        for (int i = 0; i < PT_PHASES_MAX; i++)
            if (slots >> i & 1)
                total.data_joules += fmax(0, idle_of(waste, division, i));
    }
    total.stopped_seconds = waste->stopped_seconds;
    total.stopped_joules = waste->stopped_joules;
    if (waste->is_stopped) {
        total.stopped_seconds += seconds_since(waste->since_ns, now_ns);
        total.stopped_joules += fmax(0, ours - waste->ours_at_stop);
    }
    *ret_total = total;
}
