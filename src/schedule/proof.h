// What a job that was shifted has cost, beside what the same energy would have cost otherwise.
//
// Same energy: the watts that were drawn while it ran, in the same order, at other times. So what a
// meter is off by is in all of them, and differences are as sure as the meter. It is not known
// whether the job would have drawn the same at another hour; that is the assumption.
#ifndef PT_SCHEDULE_PROOF_H
#define PT_SCHEDULE_PROOF_H

#include "cost/tariff.h"
#include "schedule/schedule.h"

// A stretch of a job. Known joules; the facility's overhead comes on top.
struct pt_proof_stretch {
    int64_t from_ns, to_ns;
    bool runs; // else it waits or is suspended
    double joules;
};

enum pt_proof_way {
    PT_PROOF_ACTUAL,
    PT_PROOF_NOW,       // at once, without a suspension
    PT_PROOF_AVERAGE,   // at the mean price between its begin and its deadline
    PT_PROOF_HINDSIGHT, // as would have been best, had all prices been known at its begin
    PT_PROOF_WAYS
};
extern const char *const pt_proof_names[PT_PROOF_WAYS];

struct pt_proof_job {
    const struct pt_tariff *tariff;
    int64_t begin_ns, deadline_ns; // when it could have started
    const struct pt_proof_stretch *stretches;
    int stretch_count;
    // Without suspensions so many seconds of running would not have been needed: for resuming.
    double repeated_seconds;
    bool interruptible;
    double suspended_watts, waiting_watts; // of the plan in hindsight
    double resume_seconds;
    // What was minimized, per kWh; NAN: not known.
    double (*objective)(void *state, int64_t from_ns, int64_t to_ns);
    void *state;
};

struct pt_proof_cost {
    double joules, money, grams; // with the facility's overhead; NAN: not known
    double objective;            // of what was minimized
    int64_t finish_ns;           // 0: has none
};

struct pt_proof {
    struct pt_proof_cost costs[PT_PROOF_WAYS];
    double delay_seconds; // behind starting at once
    char note[256];       // why something is missing; ""
};

// Memory for the plan in hindsight from arena, which may be destroyed afterwards. PT_BAD_INPUT:
// nothing ran.
enum pt_status pt_proof_make(struct pt_arena *arena, const struct pt_proof_job *job,
                             struct pt_proof *ret_proof, struct pt_error *error);

#endif
