// What a sensor driver provides. For the members of this room.
#ifndef PT_SENSOR_DRIVER_H
#define PT_SENSOR_DRIVER_H

#include "sensor/sensor.h"

struct pt_sensor_driver {
    const char *name;
    const char *summary; // one line
    const char *cost;    // what doing without it costs in accuracy
    bool explicit_only;  // opened only when asked for by name: replay
    // Fills channels[PT_CHANNELS_MAX] and *ret_channel_count; *ret_state is the driver's own.
    enum pt_status (*open)(const struct pt_sensor_options *options, void **ret_state,
                           struct pt_channel *channels, int *ret_channel_count,
                           struct pt_error *error);
    // Raw counter of every channel, since whenever. A channel that fails gets NAN. Allocates
    // nothing.
    enum pt_status (*read)(void *state, double *raw_joules, double *power_watts,
                           struct pt_error *error);
    void (*close)(void *state);
};

extern const struct pt_sensor_driver *const pt_sensor_drivers[]; // NULL-terminated, best first

#endif
