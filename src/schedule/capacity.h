// Several jobs on one capacity: so many machines, and jobs that each need some of them.
//
// Interruptible jobs of one machine each, without overheads, are a transportation problem: seconds
// of jobs to slots at a price. Min-cost flow solves it exactly; inside a slot their seconds always
// fit on the machines one after another (McNaughton 1959). For all other jobs that flow is a lower
// bound (it may cut jobs, and run one of two machines on one), and the plan is found by local
// search. Jobs that must not be interrupted are strongly NP-hard to plan.
//
// Windows count in whole slots: a job may use those that begin at its release or later and end by
// its deadline. In plans of the search a job holds its machines for whole slots, but is billed for
// its seconds.
#ifndef PT_SCHEDULE_CAPACITY_H
#define PT_SCHEDULE_CAPACITY_H

#include "schedule/schedule.h"

struct pt_capacity_job {
    const char *name;
    double work_seconds; // on its machines; > 0
    double watts;        // of all of them together
    int machines;        // that it needs at once; > 0
    int64_t release_ns, deadline_ns;
    bool interruptible;
};

struct pt_capacity_problem {
    struct pt_schedule_slots slots;
    int machines; // that there are, in every slot
    int job_count;
    const struct pt_capacity_job *jobs;
};

// So many seconds of a job in a slot.
struct pt_capacity_share {
    int job, slot;
    double seconds;
};

struct pt_capacity_plan {
    int share_count;
    const struct pt_capacity_share *shares; // by job, then slot
    double money, joules;
    double lower_bound; // == money: optimal
    double early_money; // each job as early as possible, in the order of their releases; NAN: that
                        // order misses a deadline
    const char *method;
};

enum { PT_CAPACITY_JOBS_MAX = 100000 };

// PT_BAD_INPUT names what is no problem. PT_INFEASIBLE: names the job that has no room before its
// deadline; for jobs that need the search this may be for want of a better order. PT_OVERFLOW: too
// many jobs and slots for a table of 512 MB.
enum pt_status pt_schedule_share(struct pt_arena *arena, const struct pt_capacity_problem *problem,
                                 struct pt_capacity_plan *ret_plan, struct pt_error *error);

#endif
