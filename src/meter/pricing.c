// See pricing.h.

#include "meter/pricing.h"

#include <math.h>
#include <string.h>

void pt_pricing_start(struct pt_pricing *pricing, const struct pt_tariff *tariff,
                      int64_t realtime_ns)
{
    memset(pricing, 0, sizeof *pricing);
    pricing->tariff = tariff;
    pricing->since_realtime_ns = realtime_ns;
}

static void add(struct pt_priced_sum *sum, double joules, struct pt_quantity price)
{
    if (sum->joules == 0)
        sum->first = price;
    sum->varies = sum->varies || price.value != sum->first.value;
    sum->joules += joules;
    if (!pt_quantity_known(price))
        sum->provenance = PT_MISSING;
    else if (price.provenance > sum->provenance)
        sum->provenance = price.provenance;
    sum->value += joules * price.value;
    sum->low += joules * price.low;
    sum->high += joules * price.high;
}

void pt_pricing_add(struct pt_pricing *pricing, const struct pt_division *division,
                    int64_t realtime_ns)
{
    double more[PT_PHASES_MAX], all = 0;
    int count = division->channels[0].phase_count;
    if (pricing->tariff == NULL || division->count == 0)
        return;
    for (int i = 0; i < count; i++) {
        double ours = pt_division_phase(division, i);
        more[i] = fmax(0, ours - pricing->seen[i]);
        pricing->seen[i] += more[i];
        all += more[i];
    }
    if (!(all > 0))
        return; // a counter that fails: what it missed was used in all of the gap
    int64_t since = pricing->since_realtime_ns;
    struct pt_quantity price = pt_tariff_mean_price(pricing->tariff, since, realtime_ns);
    struct pt_quantity carbon = pt_tariff_mean_carbon(pricing->tariff, since, realtime_ns);
    for (int i = 0; i < count; i++) {
        if (!(more[i] > 0))
            continue;
        add(&pricing->price[i], more[i], price);
        add(&pricing->carbon[i], more[i], carbon);
    }
    pricing->since_realtime_ns = realtime_ns;
}

// Rounding must not put a value outside its interval.
static struct pt_quantity mean_of(const struct pt_priced_sum *sum)
{
    if (!(sum->joules > 0) || sum->provenance == PT_MISSING)
        return pt_quantity_missing();
    if (!sum->varies)
        return sum->first;
    double value = sum->value / sum->joules;
    return (struct pt_quantity){value, fmin(value, sum->low / sum->joules),
                                fmax(value, sum->high / sum->joules), sum->provenance};
}

struct pt_quantity pt_pricing_price(const struct pt_pricing *pricing, int phase)
{
    return mean_of(&pricing->price[phase]);
}

struct pt_quantity pt_pricing_carbon(const struct pt_pricing *pricing, int phase)
{
    return mean_of(&pricing->carbon[phase]);
}
