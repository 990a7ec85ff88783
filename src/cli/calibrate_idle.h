// powertrain calibrate --idle: what this machine draws while nothing runs.
#ifndef PT_CLI_CALIBRATE_IDLE_H
#define PT_CLI_CALIBRATE_IDLE_H

#include "base/arena.h"

// Measures the best sensors for seconds, prints the watts of each channel and keeps them in the
// cache folder for powertrain meter --idle. Warns if the machine was not idle.
enum pt_status pt_calibrate_idle(struct pt_arena *arena, double seconds, struct pt_error *error);

#endif
