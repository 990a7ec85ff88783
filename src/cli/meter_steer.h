// What powertrain meter does while it waits for the command: tells the meter when that is stopped,
// and lets go, once all is under way, of memory that starting took (resident.h).
#ifndef PT_CLI_METER_STEER_H
#define PT_CLI_METER_STEER_H

#include "job/job.h"
#include "meter/meter.h"

struct pt_meter_steer {
    struct pt_meter_engine *const *meter; // what it points at may be NULL
    bool wait_for_orphans;
    int64_t shrink_ns; // when, on the system's monotonic clock
};

// steer is borrowed.
struct pt_job_steering pt_meter_steering(struct pt_meter_steer *steer,
                                         struct pt_meter_engine *const *meter,
                                         bool wait_for_orphans);

#endif
