// The course of a run in a fixed number of samples.
#ifndef PT_METER_RING_H
#define PT_METER_RING_H

#include "meter/meter.h"

struct pt_meter_ring {
    int64_t count;
    int64_t stride;                          // samples that one entry stands for: 1, 2, 4 ...
    int64_t in_last;                         // how many the last entry holds already
    double machine_joules[PT_METER_SAMPLES]; // since the start, at each entry's end
    struct pt_meter_sample samples[PT_METER_SAMPLES];
};

void pt_ring_start(struct pt_meter_ring *ring);
// seconds, joules and machine_joules since the start. Time must go on; joules may only grow, so a
// smaller value than before is taken as the one before.
void pt_ring_add(struct pt_meter_ring *ring, double seconds, double joules, double machine_joules);
// The last entry is the end of the run: entries that hold more than it are lowered to it.
void pt_ring_settle(struct pt_meter_ring *ring, double joules);

#endif
