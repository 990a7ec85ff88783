// Joules that were paid for while nothing was done: GPUs idle while the job waited, what is idle of
// ours while it waited for data, and all of ours while the command was stopped.
//
// Only what is measured counts. A GPU was idle if its driver says of a whole time between two
// answers (a second, a tenth at first) that no process had its multiprocessors, so shorter gaps are
// not seen. Of a phase "data", and of what is within it, it is the idle watts of processors and
// memory that are ours; of all that is not told by watts that are known, nothing is said. The three
// do not overlap: what is used while the command is stopped is in neither of the others.
#ifndef PT_METER_WASTE_H
#define PT_METER_WASTE_H

#include "meter/division.h"

#define PT_WASTE_PHASE "data"

// The stops so far.
struct pt_waste {
    bool is_stopped;
    int64_t since_ns;                   // when it was stopped
    double ours_at_stop;                // joules of ours then,
    double idle_at_stop[PT_PHASES_MAX]; // and what was idle of them, without GPUs
    double stopped_seconds, stopped_joules;
    double idle_stopped[PT_PHASES_MAX]; // idle joules of times when it was stopped
};

// The command was stopped, or goes on, now, when all but GPUs was divided up to now; ours: joules.
// That it is what it was already changes nothing.
void pt_waste_stop(struct pt_waste *waste, struct pt_division *division, bool is_stopped,
                   int64_t now_ns, double ours);
// As of now; slots: a bit for each phase that waits for data. Fills all but data_seconds.
void pt_waste_fill(const struct pt_waste *waste, const struct pt_division *division, uint64_t slots,
                   int64_t now_ns, double ours, struct pt_meter_waste *ret_total);

#endif
