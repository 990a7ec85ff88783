// Running a share of the time: when to let go on and when to stop.
//
// In each period the command first runs, then stands. What it ran too much or too little, because
// we were late, is made good in the next period, so that the share is exact over many. Only
// arithmetic: the supervisor does the stopping.
#ifndef PT_JOB_DUTY_H
#define PT_JOB_DUTY_H

#include <stdbool.h>
#include <stdint.h>

enum { PT_DUTY_PERIOD_MILLISECONDS = 2000 };

struct pt_duty {
    double share; // above 0, below 1
    int64_t period_ns, begun_ns;
    bool is_on;
    int64_t on_since_ns; // if is_on
    int64_t on_ns;       // in completed runs since begun_ns
};

// It runs at now_ns.
void pt_duty_begin(struct pt_duty *duty, double share, int64_t period_ns, int64_t now_ns);
// Whether it shall run now; *ret_due_ns: when to ask again. The caller then acts, and says when it
// has with pt_duty_switched.
bool pt_duty_wants_on(struct pt_duty *duty, int64_t now_ns, int64_t *ret_due_ns);
void pt_duty_switched(struct pt_duty *duty, bool is_on, int64_t now_ns);
// The share so far; NAN before any time has passed.
double pt_duty_share_so_far(const struct pt_duty *duty, int64_t now_ns);

#endif
