// The course of a run for who writes it down while it goes on.
#ifndef PT_METER_RECORD_SAMPLES_H
#define PT_METER_RECORD_SAMPLES_H

#include "meter/meter.h"

struct pt_record_sample {
    double seconds;                    // since the start, at the interval's end
    double our_joules, machine_joules; // since the start
    double our_watts, machine_watts;   // mean over the interval
};

// Copies at most max of the samples that end after this many seconds; their number. Thread-safe.
int pt_record_samples_after(struct pt_meter_engine *meter, double seconds,
                            struct pt_record_sample *samples, int max);

#endif
