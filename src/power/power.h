// Watts of a load, where no sensor tells: a line between idle and full, from a table of published
// measurements, with an interval that is as wide as the tables disagree.
//   P(u) = idle + u (full - idle) per hardware thread, plus memory watts per GB.
#ifndef PT_POWER_POWER_H
#define PT_POWER_POWER_H

#include "base/quantity.h"
#include "hardware/machine.h"

struct pt_cpu_power {
    const char *microarchitecture;
    double idle_watts_per_thread, full_watts_per_thread;
    const char *source;
};
extern const struct pt_cpu_power pt_cpu_powers[]; // ends with a NULL name

struct pt_power_model {
    struct pt_quantity idle_watts_per_thread;
    struct pt_quantity full_watts_per_thread;
    struct pt_quantity memory_watts_per_gib;
    int threads;       // of the whole machine
    double memory_gib; // NAN if unknown: then the watts of memory are missing from every sum
    char source[160];  // which row, or "mean of the table"
};

// The row of the CPU's microarchitecture (modelled), else the mean of all rows with the spread as
// interval (assumed). threads and memory_gib are those of cpu: a caller that knows of more threads
// in the machine than this process may use sets them.
struct pt_power_model pt_power_model_of(const struct pt_cpu_info *cpu);

// Watts of the machine when its threads are busy for this share of the time, 0 to 1. This is also
// what a job answers for that is alone on the machine, since idle watts go to whoever is busy.
struct pt_quantity pt_power_at(const struct pt_power_model *model, double utilization);
// Of these, what busy_threads threads and memory_gib of memory answer for when the rest is somebody
// else's: the idle watts of their own threads and all of their active watts. More threads than the
// machine has share those that it has.
struct pt_quantity pt_power_share(const struct pt_power_model *model, double busy_threads,
                                  double memory_gib);

#endif
