// Whether a job runs in the slot that begins now, from what is known now.
//
// Asked anew at each slot. Three things decide, in this order:
// - the guard: if waiting for one more slot could make it late, it runs, whatever it costs;
// - without overheads: it runs if fewer of the slots to come than it needs are expected to be
//   cheaper than this one. A forecast is not a price: a slot counts by the probability that it is
//   cheaper, because prices vary more than what is expected of them, and only the cheap ones are
//   taken. With nothing but known prices this is the optimum;
// - with overheads: pt_schedule_solve over known and expected prices, whenever something new is
//   public. The plan that is followed is kept unless the new one is cheaper by what a resume
//   costs, so that it does not change with every breath of the forecast.
#ifndef PT_SCHEDULE_REPLAN_H
#define PT_SCHEDULE_REPLAN_H

#include "schedule/schedule.h"

// What is known when a slot begins: problem->slots are that slot and all to the deadline, its
// prices the known and the expected ones; problem->job is what remains and how it stands.
struct pt_outlook {
    struct pt_schedule_problem problem;
    int known_count;       // of the first slots: their prices are facts
    bool is_news;          // other prices than the slot before was decided with
    const double *errors;  // of the expected prices of all slots, mean absolute; NULL: unknown
    double error_share;    // of the errors that is taken for chance; 0: expectations are facts
    double speed_measured; // of the real speed to the stated one; NAN: not yet known
    double margin;         // of the remaining work that the guard adds: 0.1
};

struct pt_decision {
    bool runs;
    int level; // OFF if not
    // It may wait so long in this slot before it runs: the guard leaves that much, and the slot is
    // dear. 0 for jobs to which a stop costs something.
    double wait_seconds;
    const char *reason;
};

// What it follows; zeroed by the caller before the first slot, segments in the arena.
struct pt_replan {
    bool has_plan;
    struct pt_schedule_plan plan;
};

// arena: for plans; may be destroyed only with replan. PT_BAD_INPUT as pt_schedule_check. Where the
// deadline can no longer be met it runs.
enum pt_status pt_replan_decide(struct pt_arena *arena, struct pt_replan *replan,
                                const struct pt_outlook *outlook, struct pt_decision *ret_decision,
                                struct pt_error *error);

// How many of the slots after the first are expected to be cheaper than it.
double pt_outlook_cheaper_slots(const struct pt_outlook *outlook);

#endif
