// Members of planning several jobs on one capacity.
#ifndef PT_SCHEDULE_CAPACITY_MEMBER_H
#define PT_SCHEDULE_CAPACITY_MEMBER_H

#include "schedule/capacity.h"

// What both methods know of a job: its slots [first, end), and its place in rows with one entry for
// each slot of each job's window.
struct pt_capacity_window {
    int first, end;
    int64_t place;
};

struct pt_capacity {
    const struct pt_capacity_problem *problem;
    struct pt_capacity_window *windows; // of each job
    int64_t place_count;
    double slot_seconds;
};

// Money of one second of a job in a slot.
double pt_capacity_price(const struct pt_capacity *capacity, int job, int slot);

// The cheapest flow: fills seconds (place_count), of each job in each slot of its window; a job of
// two machines may use one for twice the time. PT_INFEASIBLE names the job.
enum pt_status pt_capacity_flow(const struct pt_capacity *capacity, double *seconds,
                                double *ret_money, struct pt_error *error);

// The local search: fills seconds. *ret_early: of its first plan, NAN if that was in another order.
enum pt_status pt_capacity_search(const struct pt_capacity *capacity, double *seconds,
                                  double *ret_money, double *ret_early, struct pt_error *error);
// The first plan of the search alone.
enum pt_status pt_capacity_early(const struct pt_capacity *capacity, double *ret_money,
                                 struct pt_error *error);

#endif
