// What each channel draws while the command does not run: measured just before it, kept from an
// idle machine, or known to the model.
//
// Kept in one file for each machine, idle-HOST.json in the cache folder, since home folders are
// often shared. The interval is that of the power in windows of a second: 5 of 100 of them were
// below its low end, 5 above its high end. Errors of the sensor are not in it, for they are the
// same in the run.
#ifndef PT_METER_IDLE_BASELINE_H
#define PT_METER_IDLE_BASELINE_H

#include "base/arena.h"
#include "meter/idle.h"

struct pt_idle_baseline {
    const char *host, *date; // of the measurement
    double seconds;
    double busy_cpus; // that were busy meanwhile; NAN: not known
    int count;
    struct {
        const char *name; // of the channel
        struct pt_idle_power power;
    } channels[PT_CHANNELS_MAX];
};

struct pt_idle_measure {
    double seconds;                            // 1 to 3600
    const char *root;                          // of /proc
    const struct pt_clock *clock;              // NULL: the system's
    void (*wait)(void *state, double seconds); // NULL: it sleeps
    void *wait_state;
};
// Names are those of the sensor; host and date are NULL. PT_UNAVAILABLE: a channel that adds up
// could not be read throughout.
enum pt_status pt_idle_baseline_measure(const struct pt_idle_measure *measure,
                                        struct pt_sensor *sensor,
                                        struct pt_idle_baseline *ret_baseline,
                                        struct pt_error *error);

// The model's idle watts, which are what its joules are made of. PT_UNAVAILABLE unless sensor is
// the model.
enum pt_status pt_idle_baseline_of_model(const char *root, const struct pt_sensor *sensor,
                                         struct pt_idle_baseline *ret_baseline,
                                         struct pt_error *error);

// Sets the rule's power by the names of the sensor's channels. PT_NOT_FOUND names one that adds up
// and is not in the baseline; then rule->known is false.
enum pt_status pt_idle_baseline_use(const struct pt_idle_baseline *baseline,
                                    const struct pt_sensor *sensor, struct pt_idle_rule *rule,
                                    struct pt_error *error);

// The file for this machine in directory. PT_UNAVAILABLE: none.
enum pt_status pt_idle_baseline_save(const struct pt_idle_baseline *baseline, const char *directory,
                                     struct pt_error *error);
enum pt_status pt_idle_baseline_load(struct pt_arena *arena, const char *directory,
                                     struct pt_idle_baseline *ret_baseline, struct pt_error *error);
// name: what messages call the text. Texts of ret_baseline are in the arena.
enum pt_status pt_idle_baseline_parse(struct pt_arena *arena, const char *text, size_t length,
                                      const char *name, struct pt_idle_baseline *ret_baseline,
                                      struct pt_error *error);

#endif
