// See ring.h.

#include "meter/ring.h"

#include <assert.h>
#include <math.h>

void pt_ring_start(struct pt_meter_ring *ring)
{
    ring->count = ring->in_last = 0;
    ring->stride = 1;
}

// Mean watts of an entry, from what the entry before it ended with.
static void update_watts(struct pt_meter_ring *ring, int64_t index)
{
    static const struct pt_meter_sample nothing;
    struct pt_meter_sample *sample = &ring->samples[index];
    const struct pt_meter_sample *before = index > 0 ? sample - 1 : &nothing;
    double machine_before = index > 0 ? ring->machine_joules[index - 1] : 0;
    double seconds = sample->seconds - before->seconds;
    sample->watts = seconds > 0 ? (sample->joules - before->joules) / seconds : NAN;
    sample->machine_watts =
        seconds > 0 ? (ring->machine_joules[index] - machine_before) / seconds : NAN;
}

// Every second entry goes; the one behind it ends where both ended.
static void merge_neighbors(struct pt_meter_ring *ring)
{
    assert(ring->count % 2 == 0);
    for (int64_t i = 0; i < ring->count / 2; i++) {
        ring->samples[i] = ring->samples[2 * i + 1];
        ring->machine_joules[i] = ring->machine_joules[2 * i + 1];
        update_watts(ring, i);
    }
    ring->count /= 2;
    ring->stride *= 2;
}

void pt_ring_add(struct pt_meter_ring *ring, double seconds, double joules, double machine_joules)
{
    if (ring->count > 0) {
        joules = fmax(joules, ring->samples[ring->count - 1].joules);
        machine_joules = fmax(machine_joules, ring->machine_joules[ring->count - 1]);
    }
    bool opens = ring->count == 0 || ring->in_last == ring->stride;
    if (opens && ring->count == PT_METER_SAMPLES)
        merge_neighbors(ring);
    if (opens) {
        ring->count++;
        ring->in_last = 0;
    }
    ring->in_last++;
    int64_t last = ring->count - 1;
    ring->samples[last].seconds = seconds;
    ring->samples[last].joules = joules;
    ring->machine_joules[last] = machine_joules;
    update_watts(ring, last);
}

void pt_ring_settle(struct pt_meter_ring *ring, double joules)
{
    for (int64_t i = ring->count - 1; i >= 0; i--)
        ring->samples[i].joules = fmin(ring->samples[i].joules, joules);
    if (ring->count > 0)
        ring->samples[ring->count - 1].joules = joules;
    for (int64_t i = 0; i < ring->count; i++)
        update_watts(ring, i);
}
