// See record_samples.h.

#include "meter/record_samples.h"

#include "meter/engine.h"

int pt_record_samples_after(struct pt_meter_engine *meter, double seconds,
                            struct pt_record_sample *samples, int max)
{
    int count = 0;
    pthread_mutex_lock(&meter->lock);
    const struct pt_meter_ring *ring = &meter->ring;
    int64_t first = ring->count;
    while (first > 0 && ring->samples[first - 1].seconds > seconds)
        first--;
    for (int64_t i = first; i < ring->count && count < max; i++) {
        const struct pt_meter_sample *from = &ring->samples[i];
        samples[count++] = (struct pt_record_sample){
            from->seconds, from->joules, ring->machine_joules[i], from->watts, from->machine_watts};
    }
    pthread_mutex_unlock(&meter->lock);
    return count;
}
