// The meter says whose joules they are: it samples a sensor on a thread of its own, attributes the
// energy to one process tree, and divides that by phase.
//
// Attribution ("busy share"): in each interval the process gets energy * its CPU time / CPU time of
// the whole machine, so idle energy goes to whoever was busy; with the model sensor the model's own
// share. Energy of an interval is divided among phases by the time spent in each.
// After pt_meter_open nothing is allocated.
#ifndef PT_METER_METER_H
#define PT_METER_METER_H

#include "sensor/sensor.h"

enum { PT_PHASES_MAX = 16, PT_METER_SAMPLES = 4096 };

// Whose energy is it?
enum pt_meter_scope {
    PT_SCOPE_SELF,    // this process, by its own CPU time
    PT_SCOPE_TREE,    // pid and all of its descendants, by CPU time, also those that have ended
    PT_SCOPE_MACHINE, // everything
};

struct pt_meter_config {
    struct pt_sensor *sensor;     // borrowed
    const char *root;             // for /proc/stat
    const struct pt_clock *clock; // NULL: the system's
    double interval_seconds;      // 0.1; shortened to the sensor's longest interval, jittered
    enum pt_meter_scope scope;
    int pid;                   // PT_SCOPE_TREE
    const char *const *phases; // names, phase_count of them; phase 0 is current at the start
    int phase_count;
};

// What one interval said. The ring keeps the newest; when it is full neighbours are merged in
// pairs, so it always spans the whole run.
struct pt_meter_sample {
    double seconds; // since open, at the interval's end
    double joules;  // of ours, since open
    double watts;   // of ours, mean over the interval
    double machine_watts;
};

struct pt_meter_phase_total {
    const char *name;
    double seconds;
    struct pt_quantity joules;
};

struct pt_meter_report {
    double seconds;
    double cpu_seconds;        // ours
    struct pt_quantity joules; // ours: the sum over the phases
    struct pt_quantity machine_joules;
    int phase_count;
    struct pt_meter_phase_total phases[PT_PHASES_MAX];
    int64_t start_realtime_ns, end_realtime_ns;
    int64_t sample_count, late_count, failed_count; // reads; intervals over twice their length
    double own_cpu_seconds;                         // what the meter itself used
    double coverage;                                // share of the time covered by good reads
};

struct pt_meter_engine;

enum pt_status pt_meter_open(const struct pt_meter_config *config,
                             struct pt_meter_engine **ret_meter, struct pt_error *error);
// What happens from now on is phase index. Called by the one thread that trains; costs a clock
// read.
void pt_meter_enter(struct pt_meter_engine *meter, int phase);
// The newest totals, for a progress line; thread-safe.
void pt_meter_now(struct pt_meter_engine *meter, struct pt_meter_report *ret_report);
// Takes the last sample, stops the thread, fills the report. Then only _samples and _close.
enum pt_status pt_meter_finish(struct pt_meter_engine *meter, struct pt_meter_report *ret_report,
                               struct pt_error *error);
const struct pt_meter_sample *pt_meter_samples(const struct pt_meter_engine *meter,
                                               int64_t *ret_count);
void pt_meter_close(struct pt_meter_engine *meter);

#endif
