// Members of the dynamic programme: what can be done from one slot edge on, in quanta of work.
#ifndef PT_SCHEDULE_PROGRAM_H
#define PT_SCHEDULE_PROGRAM_H

#include "schedule/solver.h"

// Something that begins on a slot edge and lasts a whole number of slots, or until the work is
// done. Nothing else can be decided before it ends.
struct pt_action {
    int level; // PT_SCHEDULE_OFF: idle
    int span;  // slots
    double dead_seconds, dead_watts, start_joules;
    double watts;
};

// All actions of a job. on[l]: go on at level l; change[l]: to level l from another one.
struct pt_actions {
    struct pt_action wait, off, suspend;
    struct pt_action start[PT_LEVELS_MAX], resume[PT_LEVELS_MAX];
    struct pt_action on[PT_LEVELS_MAX], change[PT_LEVELS_MAX];
    int span_max;
    bool free_change; // changing is going on: one state for all levels
};
void pt_actions_of(const struct pt_schedule_problem *problem, struct pt_actions *ret_actions);

// Money of the first so many seconds of an action that begins at the edge before slot.
double pt_action_money(const struct pt_schedule_problem *problem, const struct pt_action *action,
                       int slot, double seconds);
// Work that it does in so many seconds.
double pt_action_work(const struct pt_schedule_problem *problem, const struct pt_action *action,
                      double seconds);

// How work is counted. Sums of whole quanta are exact if every action does a whole number of them;
// if not, values between two quanta are interpolated.
struct pt_quanta {
    double seconds; // of work in one quantum
    bool exact;
    double lost;     // quanta that a suspension throws away
    double least;    // as many are lost at most: 0, or base
    double base;     // "no work done yet"; lower ones are lost work
    int total;       // index from which on the work is done
    double rest;     // seconds of work by which total is more than is asked for
    double per_slot; // the most that one slot can do
};
// Quanta that an action does in its span: a whole number if they are exact.
double pt_quanta_of(const struct pt_schedule_problem *problem, const struct pt_quanta *quanta,
                    const struct pt_action *action);
// Divides the work so that exact is true if some division up to most per slot has it so, else by
// fallback per slot.
void pt_quanta_divide(const struct pt_schedule_problem *problem, const struct pt_actions *actions,
                      int most, int fallback, struct pt_quanta *ret_quanta);

// best[i] = min(best[i], value + money), and who[i] = number where that was less; value lies
// between from[i] and from[i + 1] by the share of the latter.
void pt_relax(double *best, uint8_t *who, const double *from, double share, double money,
              uint8_t number, int count);

#endif
