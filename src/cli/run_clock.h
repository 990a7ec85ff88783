// The date by which powertrain run plans. Tests may turn it:
// POWERTRAIN_TEST_CLOCK=REAL:SHOWN:FACTOR shows SHOWN (seconds of Unix time) when it really is
// REAL, and goes FACTOR times as fast, so that a plan of days takes seconds. For nothing else: the
// bill would be of energy that was never used.
#ifndef PT_CLI_RUN_CLOCK_H
#define PT_CLI_RUN_CLOCK_H

#include "base/clock.h"
#include "base/status.h"

// PT_USAGE: the variable is malformed.
enum pt_status pt_run_clock_open(struct pt_error *error);
extern const struct pt_clock pt_run_clock;
int64_t pt_run_now(void);         // its date
double pt_run_clock_factor(void); // seconds of it that pass in a real one; 1
#endif
