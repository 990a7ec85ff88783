// The meter says whose joules they are: it samples a sensor on a thread of its own, attributes the
// energy to one process tree, and divides that by phase.
//
// Each channel of the sensor is divided by what it counts. Processors and memory, and whatever
// nothing better is known of, by "busy share": in each window of a second or more the process gets
// energy * its CPU time / CPU time of the whole machine, so idle energy goes to whoever was busy.
// With the model sensor, whose watts are a line over the load, that is: all active watts of its own
// CPU time, and the idle watts by busy share. GPUs by who uses them (gpu_ask.h). A machine that is
// measured as a whole is what its measured parts are, and the rest by busy share. Energy of an
// interval is divided among phases by the time spent in each. What is ours and what is others' adds
// up to the machine, and the phases to what is ours.
//
// The interval joins what the sensor is off by, what was filled in over gaps, and that CPU seconds
// are not equal energy, or that it is not known who used a GPU. A process that is alone on the
// machine has no such doubt. After pt_meter_open nothing is allocated.
#ifndef PT_METER_METER_H
#define PT_METER_METER_H

#include "meter/idle.h"

// Names that are found as they come (phase_book.h) need several slots each, one for each set of
// names that they are within.
enum { PT_PHASES_MAX = 64, PT_PHASE_NAMES_MAX = 16, PT_METER_SAMPLES = 4096 };

// Whose energy is it?
enum pt_meter_scope {
    PT_SCOPE_SELF,    // this process, by its own CPU time
    PT_SCOPE_TREE,    // pid and all of its descendants, by CPU time, also those that have ended
    PT_SCOPE_MACHINE, // everything
};

// How a channel was divided.
#define PT_SHARE_BASIS_LIST(X)                                                                     \
    X(CPU_TIME, "cpu-time", "by CPU time")                                                         \
    X(WHOLE, "whole", "the whole machine")                                                         \
    X(GPU_UNUSED, "unused", "no process used it")                                                  \
    X(GPU_EXCLUSIVE, "exclusive", "no other process used it")                                      \
    X(GPU_OTHERS, "others", "others used it")                                                      \
    X(GPU_BY_SM, "multiprocessor-time", "by multiprocessor time")                                  \
    X(GPU_BY_INSTANCE, "instance-size", "by the size of MIG instances")                            \
    X(GPU_BY_COUNT, "process-count", "by the number of processes")                                 \
    X(GPU_UNKNOWN, "unknown", "by CPU time, for nobody tells who used it")                         \
    X(PARTS, "parts", "as its parts, the rest by CPU time")                                        \
    X(SOCKET_TIME, "socket-time", "by CPU time on that socket")                                    \
    X(MEMORY, "memory", "by memory share")                                                         \
    X(GPU_BY_ENGINE, "engine-time", "by engine time")                                              \
    X(BASELINE, "baseline", "what came on top of the baseline")
enum pt_share_basis {
#define X(name, word, text) PT_SHARE_##name,
    PT_SHARE_BASIS_LIST(X)
#undef X
        PT_SHARE_BASES
};
const char *pt_share_basis_word(enum pt_share_basis basis); // for programs: "cpu-time"
const char *pt_share_basis_text(enum pt_share_basis basis); // for people: "by CPU time"

struct pt_cgroup;
struct pt_phase_book;
struct pt_tariff;

struct pt_meter_config {
    struct pt_sensor *sensor;     // borrowed
    const char *root;             // for /proc
    const struct pt_clock *clock; // NULL: the system's
    // Nanoseconds that also pass while the machine sleeps; NULL: the system's if clock is NULL or
    // the system's, else sleep is not noticed.
    int64_t (*boottime_ns)(void *state);
    void *boottime_state;
    double interval_seconds; // 0.1; shortened to the sensor's longest interval, jittered
    enum pt_meter_scope scope;
    // PT_SCOPE_TREE: a running process. If it is a child of this process, all children of this
    // process belong to the tree; then pt_meter_child_ended must be told of each that is reaped.
    int pid;
    // The work began at this time of the clock, before the meter could be opened; 0: it begins now.
    // What was used meanwhile is filled in at the mean power, and widens the interval. For a tree:
    // pid was started then, so all of its CPU time counts.
    int64_t started_ns;
    const char *const *phases; // names, borrowed, phase_count of them (0: one phase "run");
    int phase_count;           // phase 0 is current at the start
    // Instead of phases: their names come while the meter runs. Borrowed; NULL: none.
    struct pt_phase_book *phase_book;
    // Prices joules when they are used (pricing.h). Borrowed; NULL: they have no price.
    const struct pt_tariff *tariff;
    bool manual; // no thread: only pt_meter_sample_now takes samples
    // Where the library is that tells who uses a GPU: as the sensor was opened. Its root, if it is
    // NULL, and its clock are those above.
    struct pt_sensor_options gpus;
    struct pt_idle_rule idle; // who pays for what is idle; its power is by the sensor's channels
    // A cgroup that holds the tree and nothing else (cgroup.h): then its CPU time is what that
    // counts. Borrowed; NULL: none.
    const struct pt_cgroup *cgroup;
};

// What one interval said. The ring keeps the whole run: when it is full neighbors are merged in
// pairs, and later intervals are as long as the merged ones.
struct pt_meter_sample {
    double seconds; // since the start, at the interval's end
    double joules;  // of ours, since the start
    double watts;   // of ours, mean over the interval
    double machine_watts;
};

struct pt_meter_phase_total {
    const char *name;
    double seconds;
    struct pt_quantity joules;
    // Mean over its joules of what the tariff said when they were used, in currency units and grams
    // of CO2e; missing if it was not known, without a tariff, and for a phase without joules.
    struct pt_quantity price_per_kwh, carbon_grams_per_kwh;
    int64_t count; // how often it was said to begin; of a phase_book
};

// One of the channels that add up to the machine.
struct pt_meter_channel_total {
    const char *name; // lives as long as the sensor
    double ours_joules, others_joules;
    double machine_joules;     // exactly their sum
    double idle_joules;        // what is idle of ours; NAN: nobody knows
    enum pt_share_basis basis; // of most of it
};

// What was used while nothing was done (waste.h); NAN: nobody tells, or there is no such phase.
struct pt_meter_waste {
    double gpu_seconds, gpu_joules;         // GPUs idle while the job waited; seconds of all GPUs
    double data_seconds, data_joules;       // of phase "data", and what is idle of ours in it
    double stopped_seconds, stopped_joules; // all of ours while the command was stopped
};

struct pt_meter_report {
    double seconds;
    double cpu_seconds;              // ours
    struct pt_quantity joules;       // ours: the sum over the phases
    double others_joules;            // and nobody's; NAN if energy is missing
    enum pt_idle_policy idle_policy; // who pays for what is idle
    // Ours by what it was drawn for: above idle, and idle; they sum exactly to joules. Both NAN if
    // nobody knows what is idle.
    double active_joules, idle_joules;
    struct pt_meter_waste waste;
    struct pt_quantity machine_joules; // its value is exactly ours + others'
    int channel_count;                 // 0 if energy is missing
    struct pt_meter_channel_total channels[PT_CHANNELS_MAX];
    int phase_count;
    struct pt_meter_phase_total phases[PT_PHASES_MAX];
    // Windows that hold phases: with all that was within them, so these do not add up.
    int window_count;
    struct pt_meter_phase_total windows[PT_PHASE_NAMES_MAX];
    bool priced;                                    // there is a tariff
    int64_t start_realtime_ns, end_realtime_ns;     // a date that is set meanwhile does not matter
    int64_t sample_count, late_count, failed_count; // reads; intervals over twice their length
    double own_cpu_seconds;                         // what the meter itself used
    double coverage;                                // share of the time covered by good reads
    double suspended_seconds;                       // the machine slept; not in seconds
};

struct pt_meter_engine;

// PT_UNAVAILABLE: /proc/stat, /proc/PID or the clock of another process cannot be read, so that the
// share is unknown; PT_SCOPE_MACHINE needs neither.
enum pt_status pt_meter_open(const struct pt_meter_config *config,
                             struct pt_meter_engine **ret_meter, struct pt_error *error);
// What happens from now on is phase index. Called by the one thread that trains; costs a clock
// read.
void pt_meter_enter(struct pt_meter_engine *meter, int phase);
// A child of the tree was reaped, which had used this much CPU time with its own reaped children.
void pt_meter_child_ended(struct pt_meter_engine *meter, double cpu_seconds);
// The command was stopped by a signal, or goes on. Takes a sample, so that the joules of both times
// are kept apart.
void pt_meter_stopped(struct pt_meter_engine *meter, bool is_stopped);
// The newest totals, for a progress line; thread-safe.
void pt_meter_now(struct pt_meter_engine *meter, struct pt_meter_report *ret_report);
// Takes a sample here and now; the thread does it at its times. Thread-safe.
enum pt_status pt_meter_sample_now(struct pt_meter_engine *meter, struct pt_error *error);
// Stops the thread, takes the last sample, fills the report; energy is missing in it, and the
// status PT_OK, if the sensor failed so that nothing can be said. Then only _samples and _close.
enum pt_status pt_meter_finish(struct pt_meter_engine *meter, struct pt_meter_report *ret_report,
                               struct pt_error *error);
// A copy as of now, valid until the next call; for one thread.
const struct pt_meter_sample *pt_meter_samples(const struct pt_meter_engine *meter,
                                               int64_t *ret_count);
void pt_meter_close(struct pt_meter_engine *meter); // finishes it if need be

#endif
