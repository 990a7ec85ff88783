// When a job runs, and how hard: the cheapest way through slots of known price that ends before the
// deadline.
//
// A problem is a job and a row of slots of equal length, the last of which ends at the deadline. A
// plan is a list of segments; between two of them the job is off. What a plan costs is decided in
// one place, pt_schedule_evaluate, exactly and for any plan; solvers only differ in which plans
// they look at, and each says so.
//
// Effective prices may be negative (one is paid for using power), so less energy is not always
// cheaper. Money is in units of the problem's currency, whatever it is: with a carbon price in it
// (pt_schedule_price_carbon) or pure grams the same solvers apply.
#ifndef PT_SCHEDULE_SCHEDULE_H
#define PT_SCHEDULE_SCHEDULE_H

#include "base/arena.h"

enum { PT_LEVELS_MAX = 32, PT_SCHEDULE_OFF = -1, PT_SCHEDULE_SLOTS_MAX = 1 << 20 };

// A way to run: a power cap, a clock rate, a number of workers.
struct pt_schedule_level {
    const char *name; // "250 W", "4 workers"
    double speed;     // work per second; 1 is what work_seconds is stated for; > 0
    double watts;     // of everything that the bill counts, facility included
};

// Slot i is [start_ns + i slot_ns, start_ns + (i + 1) slot_ns) in Unix time.
struct pt_schedule_slots {
    int64_t start_ns, slot_ns;
    int count;
    const double *prices; // per kWh, effective, finite
    const double *carbon; // g per kWh, finite; NULL: unknown. Only reported
};

struct pt_schedule_job {
    double work_seconds; // that remain, at speed 1; > 0
    int level_count;     // 1 to PT_LEVELS_MAX, in any order
    const struct pt_schedule_level *levels;
    bool interruptible; // false: one block at one level
    // Watts while it waits for its first start, and while it is suspended; until it finishes.
    double waiting_watts, suspended_watts;
    // A start after a suspension: so long there is no progress, at resume_watts, and
    // resume_joules on top (of a checkpoint that is written, say), in the slot of the start.
    double resume_seconds, resume_watts, resume_joules;
    // Of work at speed 1 that each suspension throws away; never more than was done since
    // start_ns, unless the job runs at start_ns.
    double lost_seconds;
    double change_seconds; // without progress, at the new level's watts, when the level changes
    // Stretches without a suspension, the one that runs at start_ns included; 0: as many as wanted.
    int starts_max;
    // Of each segment but the last; of each suspension. What began before start_ns is exempt. Every
    // segment lasts at least as long as its resume or change.
    double on_seconds_min, off_seconds_min;
    // Where it stands at start_ns, for planning anew: the level at which it runs now, or OFF.
    bool has_started;
    int level_now; // has_started and OFF: it is suspended
};

// The site at which the job is metered. Without one, each kWh costs its slot's price.
struct pt_schedule_site {
    // Mean watts of each slot without the job; below 0 the site feeds in (sun, wind). NULL: 0.
    const double *net_watts;
    const double *feed_in; // per kWh that is fed in, of each slot; NULL: nothing is paid for it
    // Demand charge: for each kW of the highest mean over demand_ns (a multiple of slot_ns, on the
    // grid of Unix time) above peak_watts, the highest so far in the billing period. 0: none.
    double demand_price_per_kw, peak_watts;
    int64_t demand_ns;
    const bool *demand_window; // the slots that count; NULL: all
};

struct pt_schedule_problem {
    struct pt_schedule_slots slots;
    struct pt_schedule_job job;
    const struct pt_schedule_site *site; // NULL: none
};

struct pt_schedule_segment {
    int64_t from_ns, to_ns;
    int level;
};

struct pt_schedule_plan {
    int segment_count;
    const struct pt_schedule_segment *segments; // in order, disjoint; of one level each; segments
                                                // that touch are no suspension
    // What it comes to (pt_schedule_evaluate).
    double money, joules, grams; // grams: NAN without carbon
    int64_t finish_ns;
    int suspensions;
    // No plan of the solver's problem is cheaper than this; == money: it is optimal.
    double lower_bound;
    const char *method; // "cheapest block", "dynamic programme" ...; for people
};

// PT_BAD_INPUT names what is no problem: no slots, a price that is not finite, a speed of 0.
// PT_INFEASIBLE: says by how much the work does not fit before the deadline at the fastest level.
enum pt_status pt_schedule_check(const struct pt_schedule_problem *problem, struct pt_error *error);

// Fills the results of a plan whose segments are given (lower_bound and method stay). PT_INFEASIBLE
// if it does not do the work in time, or breaks a limit of the job: names the segment.
enum pt_status pt_schedule_evaluate(const struct pt_schedule_problem *problem,
                                    struct pt_schedule_plan *plan, struct pt_error *error);

// Start now at the fastest level and do not stop: what is to be beaten. Segments from arena.
enum pt_status pt_schedule_now(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                               struct pt_schedule_plan *ret_plan, struct pt_error *error);

// The cheapest plan: picks the method that is exact for the problem. Segments from arena. Among
// equally cheap plans the one that finishes first; and never one that costs more than
// pt_schedule_now's.
enum pt_status pt_schedule_solve(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                                 struct pt_schedule_plan *ret_plan, struct pt_error *error);

// ------------------------------------------------------------------------------ price and carbon
// Prices that hold a carbon price, per tonne, on top of what the market's contain: fills
// effective[slots->count]. PT_UNAVAILABLE: the carbon intensity is not known.
enum pt_status pt_schedule_price_carbon(const struct pt_schedule_slots *slots,
                                        double price_per_tonne, double *effective,
                                        struct pt_error *error);

enum { PT_SCHEDULE_FRONT_MAX = 8 };

// A plan that is best at this carbon price. Money, grams and joules at the problem's own prices;
// the lower bound is one of money + carbon_price x tonnes.
struct pt_schedule_tradeoff {
    double carbon_price; // per tonne
    struct pt_schedule_plan plan;
};

struct pt_schedule_front {
    int count;
    struct pt_schedule_tradeoff points[PT_SCHEDULE_FRONT_MAX]; // money rises, grams fall
};

// Plans from the cheapest to the cleanest; each is best at some carbon price (those in a dent of
// the front between two of them are not found). The widest gaps are filled first.
enum pt_status pt_schedule_trade(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                                 struct pt_schedule_front *ret_front, struct pt_error *error);

// The cheapest of such plans with at most so many grams. PT_INFEASIBLE: says the least possible.
enum pt_status pt_schedule_within_carbon(struct pt_arena *arena,
                                         const struct pt_schedule_problem *problem,
                                         double grams_most, struct pt_schedule_tradeoff *ret_best,
                                         struct pt_error *error);

// ---------------------------------------------------------------------------------------- advice
enum pt_schedule_way {
    PT_WAY_NOW,         // at once, at the fastest level
    PT_WAY_LATER,       // one block that starts later, at the fastest level
    PT_WAY_SUSPEND,     // suspended, with the watts while suspended that the job states
    PT_WAY_SUSPEND_OFF, // the same if the machine were off while waiting and suspended
    PT_WAY_CAP,         // at once, at the one level that is cheapest
    PT_WAY_ALL,         // whatever the job allows
    PT_WAY_COUNT
};

struct pt_schedule_advice {
    struct pt_schedule_plan plans[PT_WAY_COUNT];
    double savings[PT_WAY_COUNT]; // of now's money, absolute
    bool shifting_helps;          // later or suspended saves at least 1 % of now's money
    const char *text;             // what to do and why, in a sentence or two
};

enum pt_status pt_schedule_advise(struct pt_arena *arena, const struct pt_schedule_problem *problem,
                                  struct pt_schedule_advice *ret_advice, struct pt_error *error);

// --------------------------------------------------------------------------------------- regions
// Somewhere the job could run. Slots of all regions begin, and end, at the same time.
struct pt_schedule_region {
    const char *name;
    struct pt_schedule_slots slots;
    const struct pt_schedule_site *site; // NULL: none
    double speed_factor, watts_factor;   // of every level there; 1: as at home
    double move_money;                   // egress and the like; 0 at home
    double move_seconds; // transfer and set-up, before which nothing runs; 0 at home
};

struct pt_schedule_region_plan {
    bool feasible;                // false: the deadline cannot be met there
    struct pt_schedule_plan plan; // money and the bound with the move
};

// The best one region for the whole job; region 0 is home. A job that runs is suspended to move.
// ret_plans has region_count places. PT_INFEASIBLE: in no region.
enum pt_status pt_schedule_choose_region(struct pt_arena *arena, const struct pt_schedule_job *job,
                                         const struct pt_schedule_region *regions, int region_count,
                                         struct pt_schedule_region_plan *ret_plans, int *ret_best,
                                         struct pt_error *error);

#endif
