// What the joules that are ours cost, priced when they were used.
//
// Under a tariff that changes with the time of day the mean price of a run is not what it pays: a
// job that computes at noon and waits at night pays noon's price. So the joules of each window in
// which energy is divided (a second or more) are priced by the tariff of that window, and the
// report carries, for each phase, the price that its joules had on the mean.
#ifndef PT_METER_PRICING_H
#define PT_METER_PRICING_H

#include "cost/tariff.h"
#include "meter/division.h"

// The sum of joules x price, whose ends go together, and of the joules in it.
struct pt_priced_sum {
    double joules, value, low, high;
    enum pt_provenance provenance; // PT_MISSING once a price was missing
    struct pt_quantity first;      // price; the mean, free of rounding, unless others came
    bool varies;
};

struct pt_pricing {
    const struct pt_tariff *tariff; // NULL: nothing is priced
    int64_t since_realtime_ns;      // what became ours until then is priced
    double seen[PT_PHASES_MAX];     // joules of ours so far
    struct pt_priced_sum price[PT_PHASES_MAX], carbon[PT_PHASES_MAX];
};

void pt_pricing_start(struct pt_pricing *pricing, const struct pt_tariff *tariff,
                      int64_t realtime_ns);
// Prices what has become ours since the last call, as used evenly since energy last came.
void pt_pricing_add(struct pt_pricing *pricing, const struct pt_division *division,
                    int64_t realtime_ns);
// Mean over the joules of a phase, in currency units or grams per kWh; missing if there are none,
// or if the tariff did not know it at some time at which there were.
struct pt_quantity pt_pricing_price(const struct pt_pricing *pricing, int phase);
struct pt_quantity pt_pricing_carbon(const struct pt_pricing *pricing, int phase);

#endif
