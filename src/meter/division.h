// The machine's joules, channel by channel: each is divided by what it counts. What parts are of a
// whole stands in the sensor; here it is only asked whose they are.
#ifndef PT_METER_DIVISION_H
#define PT_METER_DIVISION_H

#include "meter/attribution.h"
#include "meter/gpu_ask.h"

enum pt_division_role {
    PT_DIVIDE_NOT, // left out by the sensor
    PT_DIVIDE_BY_CPU,
    PT_DIVIDE_GPU,
    PT_DIVIDE_WHOLE, // as its measured parts, the rest by CPU time
};

struct pt_division {
    const struct pt_sensor *sensor;
    int count;
    bool has_gpus; // so that it must be asked who uses them
    enum pt_division_role roles[PT_CHANNELS_MAX];
    struct pt_attribution channels[PT_CHANNELS_MAX];
    struct pt_share gpus[PT_CHANNELS_MAX]; // of a GPU, now
    int gpu_numbers[PT_CHANNELS_MAX];      // of its GPU, as the driver counts; -1: not known
    int packages[PT_CHANNELS_MAX];         // physical_package_id, -1: not of one package
    const struct pt_idle_rule *rule;       // borrowed
    double cpu_joules, cpu_shared_joules;  // divided by CPU time so far; x our share
    // Seconds, summed over the GPUs, of which it is told what they did; of them those in which they
    // did nothing, and joules of ours in those (waste.h).
    double gpu_told_seconds, gpu_idle_seconds, gpu_idle_joules;
    bool is_stopped, was_stopped; // the command, now and since GPUs were last divided
    // Of a part, when the whole that it is in was last divided.
    struct pt_division_mark {
        double all, ours, low, high, idle, idle_ours, idle_unknown;
    } marks[PT_CHANNELS_MAX];
};

// rule is borrowed; its power is known if its policy needs it.
void pt_division_init(struct pt_division *division, const struct pt_sensor *sensor,
                      enum pt_meter_scope scope, const struct pt_idle_rule *rule, int phase_count);
// Divides what is pending of GPUs if new answers have come.
void pt_division_settle_gpus(struct pt_division *division, struct pt_gpu_ask *ask);
// Divides what is pending of all else by what is ours of the window; also GPUs of which nothing is
// known.
void pt_division_settle(struct pt_division *division, const struct pt_window_share *window);
// And GPUs too, by the newest answer.
void pt_division_settle_all(struct pt_division *division, const struct pt_window_share *window);

bool pt_division_is_gpu(const struct pt_division *division, int index);
// It is a part of a channel that is no GPU.
bool pt_division_is_gpu_of_whole(const struct pt_division *division, int index);

// Over the channels that add up.
double pt_division_ours(const struct pt_division *division);
double pt_division_others(const struct pt_division *division);
double pt_division_idle(const struct pt_division *division); // of ours; NAN: nobody knows
double pt_division_phase(const struct pt_division *division, int phase); // of ours
// Our share of CPU time so far, by the joules that it divided; NAN if nothing was divided.
double pt_division_cpu_share(const struct pt_division *division);
// What is ours with what is pending, divided as before; cpu is of what was never divided.
double pt_division_expected(const struct pt_division *division, double cpu,
                            double *ret_machine_joules);

#endif
