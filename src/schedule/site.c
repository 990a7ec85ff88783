// What joules cost where the job is metered: price, own surplus, demand charge.
//
// One meter counts the site. The job first uses up what the site would have fed in, whatever is
// paid for that, and buys the rest; so where feeding in pays more than the price the slot's cost is
// concave in its joules, else convex.

#include <math.h>

#include "schedule/solver.h"

static double net_joules(const struct pt_schedule_problem *problem, int slot)
{
    const struct pt_schedule_site *site = problem->site;
    if (site == NULL || site->net_watts == NULL)
        return 0;
    return site->net_watts[slot] * pt_slot_seconds(problem);
}

bool pt_slot_has_surplus(const struct pt_schedule_problem *problem, int slot)
{
    return net_joules(problem, slot) < 0;
}

double pt_slot_money(const struct pt_schedule_problem *problem, int slot, double joules)
{
    double surplus = fmax(0, -net_joules(problem, slot));
    double price = problem->slots.prices[slot];
    if (surplus == 0)
        return joules * price / PT_JOULES_PER_KWH;
    double feed_in = problem->site->feed_in == NULL ? 0 : problem->site->feed_in[slot];
    double own = fmin(joules, surplus);
    return (own * feed_in + (joules - own) * price) / PT_JOULES_PER_KWH;
}

// An interval at either end of the slots that is cut off by them counts with the slots it has: the
// mean of what is known.
double pt_demand_money(const struct pt_schedule_problem *problem, const double *joules)
{
    const struct pt_schedule_slots *slots = &problem->slots;
    const struct pt_schedule_site *site = problem->site;
    double without = 0, with = 0;
    if (!pt_has_demand_charge(problem))
        return 0;
    without = with = site->peak_watts;
    for (int i = 0; i < slots->count;) {
        int64_t interval = (slots->start_ns + i * slots->slot_ns) / site->demand_ns;
        double base = 0, own = 0;
        int count = 0;
        bool counts = false;
        for (; i < slots->count &&
               (slots->start_ns + i * slots->slot_ns) / site->demand_ns == interval;
             i++, count++) {
            counts = counts || site->demand_window == NULL || site->demand_window[i];
            base += net_joules(problem, i);
            own += joules[i];
        }
        double seconds = count * pt_slot_seconds(problem);
        if (!counts)
            continue;
        without = fmax(without, base / seconds);
        with = fmax(with, (base + own) / seconds);
    }
    return (with - without) * site->demand_price_per_kw / 1000;
}
