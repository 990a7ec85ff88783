// The sensors, best first. To add one: one file, one line here, and a part of
// tests/sensor/test_every_driver.c is about it already.

#include "sensor/driver.h"

extern const struct pt_sensor_driver pt_sensor_perf, pt_sensor_powercap, pt_sensor_battery,
    pt_sensor_replay, pt_sensor_model;

const struct pt_sensor_driver *const pt_sensor_drivers[] = {
    &pt_sensor_perf,     // no wraps, cheapest to read
    &pt_sensor_powercap, // the same counters through files
    &pt_sensor_battery,  // the whole laptop, slow
    &pt_sensor_replay,   // only by name
    &pt_sensor_model,    // always works
    NULL,
};
