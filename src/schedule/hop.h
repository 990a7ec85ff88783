// Regions hour by hour: a job that may be moved between regions again and again.
//
// A move begins on a slot edge: the job is suspended (and loses what a suspension loses), its data
// are sent, which takes time, draws nothing here and costs money, and then it resumes there and
// runs (resume_joules fall into the slot in which the transfer ends); it does not wait at its
// destination. A job that has not started yet needs no resume.
// Everything else switches on slot edges too, and the job ends where its work is done.
//
// Exact for plans of that kind if the work divides into quanta; else the plan is one that rounds
// its progress down, and lower_bound that of a table that rounds it up.
#ifndef PT_SCHEDULE_HOP_H
#define PT_SCHEDULE_HOP_H

#include "schedule/schedule.h"

// From each region to each, [from x region_count + to]; the diagonal is not read.
struct pt_schedule_moves {
    const double *money;   // egress and the like
    const double *seconds; // of the transfer, before the resume
};

struct pt_schedule_hop_segment {
    int64_t from_ns, to_ns; // with the transfer and the resume before it
    int region, level;
};

struct pt_schedule_hop_plan {
    int segment_count;
    const struct pt_schedule_hop_segment *segments;
    double money, joules, grams; // grams: NAN unless all regions that it runs or waits in know them
    double move_money;           // of money
    int64_t finish_ns;
    int moves, suspensions; // moves are suspensions too, but for one before the first start
    double lower_bound;
};

enum { PT_HOP_REGIONS_MAX = 64 };

// Region 0 is where the job is at the begin. Of a region move_money and move_seconds are not read,
// but those of moves. PT_BAD_INPUT: a job with a limit of starts, a shortest run or suspension or
// seconds for a change of level, or that must not be interrupted; a region with a demand charge.
// PT_INFEASIBLE: no plan ends in time. PT_OVERFLOW: a table of more than 512 MB.
enum pt_status pt_schedule_hop(struct pt_arena *arena, const struct pt_schedule_job *job,
                               const struct pt_schedule_region *regions, int region_count,
                               const struct pt_schedule_moves *moves,
                               struct pt_schedule_hop_plan *ret_plan, struct pt_error *error);

// Fills the results of a plan whose segments are given. PT_INFEASIBLE: it does not do the work.
enum pt_status pt_schedule_hop_evaluate(const struct pt_schedule_job *job,
                                        const struct pt_schedule_region *regions, int region_count,
                                        const struct pt_schedule_moves *moves,
                                        struct pt_schedule_hop_plan *plan, struct pt_error *error);

// For the members of this room: the job as it is in a region. levels has PT_LEVELS_MAX places.
struct pt_schedule_job pt_job_there(const struct pt_schedule_job *job,
                                    const struct pt_schedule_region *region,
                                    struct pt_schedule_level *levels);
enum pt_status pt_check_region(const struct pt_schedule_region *region,
                               const struct pt_schedule_region *home, struct pt_error *error);
enum pt_status pt_check_hop(const struct pt_schedule_job *job,
                            const struct pt_schedule_region *regions, int region_count,
                            const struct pt_schedule_moves *moves, struct pt_error *error);

#endif
