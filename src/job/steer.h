// What to do next with a job that has a deadline: from what is known, without a process, a feed or
// a clock of its own, so that weeks are tested in a moment. docs/paying-less.md.
#ifndef PT_JOB_STEER_H
#define PT_JOB_STEER_H

#include "cost/tariff.h"
#include "schedule/replan.h"

enum pt_steer_goal { PT_GOAL_COST, PT_GOAL_CARBON, PT_GOAL_ENERGY, PT_GOAL_BOTH };
extern const char *const pt_steer_goals[]; // "cost", "carbon", "energy", "both", NULL

struct pt_steer_task {
    enum pt_steer_goal goal;
    double carbon_price; // per tonne; of PT_GOAL_BOTH
    int64_t deadline_ns;
    double work_seconds; // of the whole job, without suspensions; NAN: not known yet
    double watts;        // while it runs; NAN: unknown, and then no watts below
    double waiting_watts, suspended_watts;
    bool interruptible;
    double resume_seconds; // that a start after a suspension takes without progress
};

// How the job stands.
struct pt_steer_progress {
    bool has_started, is_running;
    double run_seconds;   // so far, without suspensions
    int64_t resume_count; // starts after a suspension that took resume_seconds
    double fraction;      // of the work that is done, as the command says; NAN: it says nothing
};

// Seconds of running that are left; 0: more than was expected, it only has to end; NAN: unknown.
double pt_steer_work_left(const struct pt_steer_task *task,
                          const struct pt_steer_progress *progress);
// The real speed to that which work_seconds was stated for; NAN: too early to say.
double pt_steer_speed(const struct pt_steer_task *task, const struct pt_steer_progress *progress);

// Seconds before the deadline in which nothing is planned: a tenth of the whole work, since it is
// not known how far that was said right; a third of it, of what is left, once its progress is
// measured.
double pt_steer_reserve(const struct pt_steer_task *task, const struct pt_steer_progress *progress);

// What is minimized, per kWh spent evenly over a span: money, grams, or both. NAN: not known.
double pt_steer_price(const struct pt_steer_task *task, const struct pt_tariff *tariff,
                      int64_t from_ns, int64_t to_ns);

// Slots from now to the deadline, aligned to their length in Unix time: the first has begun.
struct pt_steer_prices {
    int64_t start_ns, slot_ns;
    int count;
    int known_count;         // of the first ones: facts, or a forecast of the feed
    double *prices, *errors; // errors: NAN for known ones
    bool has_basis;          // false: nothing is known at all, so there is nothing to plan with
    bool is_constant;
};

// Memory from arena. What the tariff does not know yet is forecast from its own past
// (schedule/forecast.h). PT_BAD_INPUT: the deadline is more than a year away.
enum pt_status pt_steer_look_ahead(struct pt_arena *arena, const struct pt_steer_task *task,
                                   const struct pt_tariff *tariff, int64_t now_ns,
                                   struct pt_steer_prices *ret_prices, struct pt_error *error);

// The problem as the solvers take it, up to the reserve if that fits. level is kept in it.
void pt_steer_problem(const struct pt_steer_task *task, const struct pt_steer_progress *progress,
                      const struct pt_steer_prices *prices, struct pt_schedule_level *level,
                      struct pt_schedule_problem *ret_problem);

struct pt_steer_decision {
    bool runs;
    int64_t until_ns; // ask again then, at the latest
    bool is_late;     // the deadline cannot be met, by late_seconds
    double late_seconds;
    const char *reason;
};

// What it follows between decisions; zeroed before the first, closed after the last.
struct pt_steer {
    struct pt_arena *arena;
    struct pt_replan replan;
};
void pt_steer_close(struct pt_steer *steer);

enum pt_status pt_steer_decide(struct pt_steer *steer, const struct pt_steer_task *task,
                               const struct pt_steer_progress *progress,
                               const struct pt_steer_prices *prices, int64_t now_ns,
                               struct pt_steer_decision *ret_decision, struct pt_error *error);

#endif
