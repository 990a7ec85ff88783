// The state of a meter. For the members of this room.
#ifndef PT_METER_ENGINE_H
#define PT_METER_ENGINE_H

#include <pthread.h>

#include "meter/cpu_share.h"
#include "meter/division.h"
#include "meter/phase_clock.h"
#include "meter/pricing.h"
#include "meter/ring.h"
#include "meter/waste.h"

struct pt_meter_engine {
    struct pt_meter_config config;
    const struct pt_clock *clock;
    const char *names[PT_PHASES_MAX];
    struct pt_phase_clock phases; // written by the thread that trains

    // The sampling thread. stopping and all below it are under the lock.
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping, finished;

    int64_t start_ns, open_ns; // of the work, of the first reading
    int64_t start_realtime_ns;
    int64_t sleep_ns; // boot time less monotonic time, at open
    double suspended_seconds;

    struct pt_reading first[PT_CHANNELS_MAX], last[PT_CHANNELS_MAX];
    double counted_joules[PT_CHANNELS_MAX]; // given to the division so far
    int64_t sample_ns;                      // of the last sample, good or not
    // The phases when the channel was last read without failure.
    int64_t good_spent_ns[PT_CHANNELS_MAX][PT_PHASES_MAX];
    int64_t covered_ns;

    struct pt_division division;
    struct pt_pricing pricing;
    struct pt_waste waste;
    struct pt_cpu_share share;
    struct pt_gpu_ask gpus;
    bool asks;                                 // gpus is in use
    int64_t window_ns;                         // begin of the window that is not yet settled
    double window_seconds;                     // how long it must be
    double start_fill_joules[PT_CHANNELS_MAX]; // between start and open
    int64_t sample_count, late_count, failed_count;
    double own_cpu_seconds; // of the thread
    struct pt_meter_ring ring;
    struct pt_meter_sample copy[PT_METER_SAMPLES]; // what pt_meter_samples hands out
};

// One sample; the caller holds the lock.
enum pt_status pt_meter_sample(struct pt_meter_engine *meter, struct pt_error *error);
// The command was stopped, or goes on: a sample, whose window ends here; the caller holds the lock.
void pt_meter_sample_stop(struct pt_meter_engine *meter, bool is_stopped);
// Gives what was filled in to its phases and divides what is pending; the last sample is taken.
void pt_meter_settle_end(struct pt_meter_engine *meter);
// The totals as they stand; what is pending is divided by the share so far. Holds the lock.
void pt_meter_fill_report(struct pt_meter_engine *meter, struct pt_meter_report *ret_report);
// The channel's joules between the first and the last reading.
struct pt_quantity pt_meter_channel(const struct pt_meter_engine *meter, int index);
double pt_meter_seconds_between(int64_t from_ns, int64_t to_ns);
// The date at a time of the clock: that at the start and what has passed since, so that a date that
// is set meanwhile does not matter.
int64_t pt_meter_realtime(const struct pt_meter_engine *meter, int64_t monotonic_ns);

#endif
