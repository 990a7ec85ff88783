// What the solvers of this room share: slots in seconds and money, and the plans that they make.
#ifndef PT_SCHEDULE_SOLVER_H
#define PT_SCHEDULE_SOLVER_H

#include "base/units.h"
#include "schedule/schedule.h"

#define PT_SCHEDULE_NS 1e-9 // seconds

static inline int64_t pt_slots_end_ns(const struct pt_schedule_slots *slots)
{
    return slots->start_ns + slots->count * slots->slot_ns;
}

static inline double pt_slot_seconds(const struct pt_schedule_problem *problem)
{
    return (double)problem->slots.slot_ns * PT_SCHEDULE_NS;
}

// Duration as whole nanoseconds, never shorter.
int64_t pt_seconds_to_ns(double seconds);

// True if the job is in a level at start_ns.
static inline bool pt_job_runs(const struct pt_schedule_job *job)
{
    return job->has_started && job->level_now != PT_SCHEDULE_OFF;
}

// True if a job that is off at start_ns has been suspended, and is not waiting for its first start.
static inline bool pt_job_is_suspended(const struct pt_schedule_job *job)
{
    return job->has_started && job->level_now == PT_SCHEDULE_OFF;
}

// What the job's joules in one slot add to the bill, without the demand charge.
double pt_slot_money(const struct pt_schedule_problem *problem, int slot, double joules);

// False: a kWh costs the slot's price, however many there are.
bool pt_slot_has_surplus(const struct pt_schedule_problem *problem, int slot);

// Evaluates a plan (pt_schedule_evaluate), and gives what the job draws in each slot.
enum pt_status pt_plan_joules(const struct pt_schedule_problem *problem,
                              struct pt_schedule_plan *plan, double *joules,
                              struct pt_error *error);

// The demand charge that the job's joules of each slot add.
double pt_demand_money(const struct pt_schedule_problem *problem, const double *joules);

static inline bool pt_has_demand_charge(const struct pt_schedule_problem *problem)
{
    return problem->site != NULL && problem->site->demand_price_per_kw > 0;
}

// The level with which the job is done first if it goes on now, and the seconds that takes.
int pt_level_first(const struct pt_schedule_job *job, double *ret_seconds);

// Segments that a solver writes one after another; room for all of them is in the arena.
struct pt_plan_builder {
    struct pt_schedule_segment *segments;
    int count, capacity;
};
enum pt_status pt_builder_open(struct pt_arena *arena, int capacity,
                               struct pt_plan_builder *builder, struct pt_error *error);
// Grows the last segment if this one touches it at the same level.
void pt_builder_add(struct pt_plan_builder *builder, int64_t from_ns, int64_t to_ns, int level);
// Evaluates the segments, and ends the last one where the work is done.
enum pt_status pt_builder_close(struct pt_plan_builder *builder,
                                const struct pt_schedule_problem *problem, const char *method,
                                struct pt_schedule_plan *ret_plan, struct pt_error *error);

// Keeps the cheaper plan in *best; of equals, within rounding, the one that finishes first.
void pt_plan_keep_better(struct pt_schedule_plan *best, const struct pt_schedule_plan *plan);

// The solvers. All assume a problem that pt_schedule_check accepts.
// One block at one level; exact in continuous time.
enum pt_status pt_solve_block(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                              struct pt_schedule_plan *ret_plan, struct pt_error *error);

// Slots chosen one by one: for jobs that suspend and change for free. Exact in continuous time.
bool pt_cheapest_applies(const struct pt_schedule_problem *problem);
enum pt_status pt_solve_cheapest(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                                 struct pt_schedule_plan *ret_plan, struct pt_error *error);

// The dynamic programme over (slot, state, work done); everything switches at slot edges.
// cap_watts: in slots of the demand window, site and job stay below it; INFINITY: no cap.
// *ret_found: false if no such plan ends in time.
enum pt_status pt_solve_program(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                                double cap_watts, bool *ret_found,
                                struct pt_schedule_plan *ret_plan, struct pt_error *error);

// With a demand charge: the programme below a cap on the site's watts. Keeps a better plan in
// *best.
enum pt_status pt_solve_peak(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                             struct pt_schedule_plan *best, struct pt_error *error);

// *ret_bound: no plan that switches at slot edges is cheaper, even without the demand charge; and a
// plan, if one was found on the way.
enum pt_status pt_solve_price(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                              double *ret_bound, bool *ret_found, struct pt_schedule_plan *ret_plan,
                              struct pt_error *error);

#endif
