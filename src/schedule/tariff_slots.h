// The bridge from a tariff to a problem: what each slot costs with all adders and taxes, what it
// emits, and what else is behind the meter.
//
//     int64_t slot_ns = pt_schedule_slot_ns_of_tariff(&tariff, from_ns);
//     from_ns -= from_ns % slot_ns;                             // demand charges want the grid
//     pt_schedule_slots_of_tariff(arena, &tariff, from_ns, slot_ns, count, &of, error);
//     pt_schedule_site_of_tariff(arena, &tariff, &of.slots, &site, error);
//     if (of.price_gap_count == 0 && site.gap_count == 0)
//         problem = {.slots = of.slots, .site = site.is_needed ? &site.site : NULL, .job = ...};
//
// What a tariff does not know is NAN in its slot and counted, never filled: pt_schedule_check
// refuses it. A caller that plans beyond what is published puts its forecast there (of the market's
// price, by pt_schedule_price_of_market, so that adders and taxes are those of that slot), or plans
// with fewer slots, or does without the site.
//
// Prices are of a kWh at the meter. A level's watts are to hold the facility (the tariff's pue).
#ifndef PT_SCHEDULE_TARIFF_SLOTS_H
#define PT_SCHEDULE_TARIFF_SLOTS_H

#include "cost/tariff_site.h"
#include "schedule/schedule.h"

struct pt_tariff_slots {
    struct pt_schedule_slots slots; // prices: of all slots, NAN where unknown; carbon: NULL if any
                                    // slot's is unknown
    double *prices;                 // those of slots, to be filled by a forecast
    const double *carbon;           // of all slots, NAN where unknown; NULL: in no slot known
    int known_count;                // of the first slots: they have a price
    int price_gap_count, carbon_gap_count; // slots that have none
    bool is_assumed; // a region's average, and not a contract or series, is the price
};

// PT_BAD_INPUT, PT_OVERFLOW: no such slots (0 or too many, shorter than a second, beyond the
// calendar). PT_NO_MEMORY. A tariff that knows no price at all is no failure: all slots are gaps.
enum pt_status pt_schedule_slots_of_tariff(struct pt_arena *arena, const struct pt_tariff *tariff,
                                           int64_t from_ns, int64_t slot_ns, int count,
                                           struct pt_tariff_slots *ret_slots,
                                           struct pt_error *error);

struct pt_schedule_tariff_site {
    struct pt_schedule_site site;
    bool is_needed;            // false: a kWh costs its slot's price, and nothing else
    int gap_count;             // slots for which the load, the sun or the wind is not known: NAN
    int known_count;           // of the first slots: it is known
    bool may_export;           // somebody pays for what is fed in
    bool has_battery;          // schedule/battery.h
    struct pt_battery battery; // as the tariff has it
};

// slots->prices need not be known. PT_BAD_INPUT: slots that a demand charge cannot be counted with:
// longer than its interval, no part of it, or off its grid.
enum pt_status pt_schedule_site_of_tariff(struct pt_arena *arena, const struct pt_tariff *tariff,
                                          const struct pt_schedule_slots *slots,
                                          struct pt_schedule_tariff_site *ret_site,
                                          struct pt_error *error);

// What a kWh costs in a span in which the market's price (that of the tariff's series) is so much.
double pt_schedule_price_of_market(const struct pt_tariff *tariff, double market_per_kwh,
                                   int64_t from_ns, int64_t to_ns);

// The longest slots, of a minute to an hour, at whose edges all changes of the tariff lie: of its
// series, windows and adders (by the clock's offset to UTC at from_ns), and the interval of its
// demand charge.
int64_t pt_schedule_slot_ns_of_tariff(const struct pt_tariff *tariff, int64_t from_ns);

#endif
