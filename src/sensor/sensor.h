// A sensor counts the energy that some pieces of hardware have used since it was opened. Each piece
// is a channel: a package, its DRAM, a battery.
//
// Counters, not rates: the difference of two readings is exact however late the second one comes,
// while power samples miss whatever happens between them. A sensor that only knows watts is
// integrated by its driver and says so in its kind.
//
// What can go wrong with a counter is handled here once, for all drivers (counter.h): it wraps, it
// fails for a while, it stands still, it is set back, two names show the same one. Energy that was
// not seen is filled in from what was, and widens the interval; it is never 0.
#ifndef PT_SENSOR_SENSOR_H
#define PT_SENSOR_SENSOR_H

#include "base/clock.h"
#include "base/quantity.h"

enum { PT_CHANNELS_MAX = 64 };

enum pt_channel_kind {
    PT_ENERGY_COUNTER, // hardware counts joules
    PT_POWER_AVERAGE,  // hardware averages watts, the driver integrates
    PT_POWER_INSTANT,
    PT_ENERGY_MODEL, // no hardware: computed from load
};

struct pt_channel {
    char name[48]; // "package-0", "package-1/dram"
    enum pt_channel_kind kind;
    enum pt_provenance provenance; // of its energy: measured, modelled, assumed
    int parent;                    // index of the channel that contains this one, -1: none. Only
                                   // channels without a parent add up to the machine
    bool excluded;                 // listed, but never summed: psys, a mirrored twin
    const char *note;              // why it is excluded or doubtful; NULL: nothing to say
    double range_joules;           // of the hardware's counter, NAN if it cannot wrap unseen
    double max_watts;              // more than this it cannot draw; tells a wrap from a reset
    double resolution_seconds;     // how old the counter may be when it is read
    double relative_error;         // of its energy, 90 %: 0.05
};

// What one channel says now. energy_joules only grows.
struct pt_reading {
    double energy_joules;  // since open
    double gap_joules;     // how far energy_joules may be off, because reads failed or a wrap is in
                           // doubt: widens the interval
    double power_watts;    // NAN if it does not say
    bool failed;           // this read failed; energy_joules is the last good one
    double pending_joules; // while it fails: what it has probably used since the last good read; 0
                           // if it does not fail, NAN if there is nothing to judge by
};

struct pt_sensor;

struct pt_sensor_options {
    const char *root;             // paths are taken below it; "" or NULL is the real system
    const struct pt_clock *clock; // NULL: the system's
    const char *file;             // replay: the recorded file
    // How the self-test lets time pass; NULL: it sleeps.
    void (*wait)(void *state, double seconds);
    void *wait_state;
};

// Opens the sensor called name ("perf", "powercap", "battery", "replay", "model"). Takes less than
// 10 ms, most of it the self-test of a hardware counter: does it move, is it somebody's twin.
// PT_NOT_FOUND: no such driver; PT_UNAVAILABLE: no such hardware, or it failed its self-test;
// PT_DENIED: no right to read it, with the command that grants it in the message.
enum pt_status pt_sensor_open(const char *name, const struct pt_sensor_options *options,
                              struct pt_sensor **ret_sensor, struct pt_error *error);
// The first of the registry that opens and passes its self-test; the model is the last and always
// works on Linux.
enum pt_status pt_sensor_open_best(const struct pt_sensor_options *options,
                                   struct pt_sensor **ret_sensor, struct pt_error *error);
void pt_sensor_close(struct pt_sensor *sensor);

const char *pt_sensor_name(const struct pt_sensor *sensor); // lives as long as the program
// Where its joules come from, in a few words: "powercap: package-0, package-0/dram".
const char *pt_sensor_source(const struct pt_sensor *sensor);
int pt_sensor_channel_count(const struct pt_sensor *sensor);
const struct pt_channel *pt_sensor_channel(const struct pt_sensor *sensor, int index);
// Whether the channel is one of those that add up to the machine.
bool pt_sensor_is_summed(const struct pt_sensor *sensor, int index);
// Reads every channel into readings[channel_count]; allocates nothing. PT_OK if at least one
// summed channel was read; a channel that fails opens a gap. One thread at a time.
enum pt_status pt_sensor_read(struct pt_sensor *sensor, struct pt_reading *readings,
                              struct pt_error *error);
// The sum over the channels that add up to the machine, with its interval: since open, or between
// two readings that are elapsed_seconds apart. Missing if a channel has failed and nothing tells
// what it used meanwhile.
struct pt_quantity pt_sensor_total(const struct pt_sensor *sensor,
                                   const struct pt_reading *readings);
struct pt_quantity pt_sensor_difference(const struct pt_sensor *sensor,
                                        const struct pt_reading *from, const struct pt_reading *to,
                                        double elapsed_seconds);
// The longest time between reads in which no counter can wrap twice unseen, in seconds; at most
// 30, INFINITY if it does not matter.
double pt_sensor_longest_interval(const struct pt_sensor *sensor);

// One line of `powertrain doctor`.
struct pt_sensor_diagnosis {
    enum pt_status status; // of opening it
    char message[512];     // what it sums; or why not, and the command that would enable it
    int channel_count;
    double read_seconds;   // cost of one read, NAN if it does not open
    double relative_error; // NAN if it does not open
    const char *summary;   // what it is
    const char *cost;      // what doing without it costs in accuracy
};
void pt_sensor_diagnose(const char *name, const struct pt_sensor_options *options,
                        struct pt_sensor_diagnosis *ret_diagnosis);
// The names of all drivers, in order of preference, NULL-terminated.
const char *const *pt_sensor_names(void);

#endif
