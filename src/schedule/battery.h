// A battery beside a job: when it is charged and discharged, and when the job then runs.
//
// The battery serves the whole site: its load, its sun and the job. It ends with the charge that it
// began with, so that no plan sells what was in it. Where nobody takes what is fed in
// (site->feed_in is NULL) it discharges no more than the site draws.
//
// Its charge is counted in steps, an equal number of Wh each, from the charge that it has; in a
// slot it takes or gives a whole number of them at constant power (pt_battery_grid). For a given
// load the dispatch is the best of that kind (dynamic programme over slots and steps). Job and
// battery together are planned by prices for the power at their common meter (Lagrangian
// relaxation), which also gives a bound below all such plans.
#ifndef PT_SCHEDULE_BATTERY_H
#define PT_SCHEDULE_BATTERY_H

#include "cost/tariff_site.h"
#include "schedule/schedule.h"

struct pt_battery_grid {
    double step_joules;              // in the battery, and out of it at the meter
    double charge_joules;            // that it takes from the meter for a step
    int below, above;                // steps from the charge that it has down to the least, up to
                                     // the most
    int charge_most, discharge_most; // steps in a slot
    double capacity_joules, charge_share; // of the battery
    double waste; // the largest share of the capacity or of the power that no step reaches
};

// Steps for so many slots. PT_BAD_INPUT: no such battery. PT_OVERFLOW: too many slots for a table.
enum pt_status pt_battery_divide(const struct pt_battery *battery, double slot_seconds,
                                 int slot_count, struct pt_battery_grid *ret_grid,
                                 struct pt_error *error);

struct pt_battery_plan {
    struct pt_schedule_plan job; // as if it were alone on the site, but for lower_bound
    const int *steps;            // of each slot: taken, or given if below 0
    const double *meter_joules;  // the same at the meter
    const double *charge_share;  // of the capacity, at the end of each slot
    double money;         // of the site with job and battery less that of the site with neither
    double battery_money; // of the site with the battery alone less that; 0 or below
    double lower_bound;   // no plan of job and battery on this grid is cheaper (money)
    double stored_joules; // that went through it
};

// The best dispatch beside a job that draws load_joules in each slot (NULL: no job): fills steps,
// of each slot. *ret_money: of the site with both less that of the site with neither; with the
// demand charge, which is weighed by caps on the site's power.
enum pt_status pt_battery_dispatch(const struct pt_schedule_problem *problem,
                                   const struct pt_battery_grid *grid, const double *load_joules,
                                   int *steps, double *ret_money, struct pt_error *error);

// Never costs more than the best plan without the battery. problem->site is required
// (PT_BAD_INPUT). All memory from arena.
enum pt_status pt_schedule_with_battery(struct pt_arena *arena,
                                        const struct pt_schedule_problem *problem,
                                        const struct pt_battery *battery,
                                        struct pt_battery_plan *ret_plan, struct pt_error *error);

// The same with steps of one's own.
enum pt_status pt_schedule_with_grid(struct pt_arena *arena,
                                     const struct pt_schedule_problem *problem,
                                     const struct pt_battery_grid *grid,
                                     struct pt_battery_plan *ret_plan, struct pt_error *error);

// For the members of this room: the dispatch that is best at these prices of the battery's own
// power, whatever the site draws.
enum pt_status pt_battery_trade(const struct pt_battery_grid *grid, const double *prices, int count,
                                int *steps, double *ret_money, struct pt_error *error);
double pt_battery_meter_joules(const struct pt_battery_grid *grid, int steps);
// What a slot's joules at the site's meter cost; below 0: fed in.
double pt_site_money(const struct pt_schedule_problem *problem, int slot, double joules);
double pt_site_net_joules(const struct pt_schedule_problem *problem, int slot);
// Of all slots, with what job and battery draw together (own_joules), less that without them.
double pt_site_money_added(const struct pt_schedule_problem *problem, const double *own_joules);

#endif
