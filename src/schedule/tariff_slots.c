// See tariff_slots.h.

#include "schedule/tariff_slots.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/units.h"

static const int64_t minute_ns = 60 * PT_NANOSECONDS_PER_SECOND;
static const double watts_per_kw = 1000;

static enum pt_status check_span(int64_t from_ns, int64_t slot_ns, int count,
                                 struct pt_error *error)
{
    int64_t length, end;
    if (count < 1 || count > PT_SCHEDULE_SLOTS_MAX)
        return pt_fail(error, PT_BAD_INPUT, "%d slots of a tariff: from 1 to %d are possible",
                       count, PT_SCHEDULE_SLOTS_MAX);
    if (slot_ns < PT_NANOSECONDS_PER_SECOND)
        return pt_fail(error, PT_BAD_INPUT, "slots of %" PRId64 " ns: a second is the shortest",
                       slot_ns);
    if (__builtin_mul_overflow(slot_ns, (int64_t)count, &length) ||
        __builtin_add_overflow(from_ns, length, &end))
        return pt_fail(error, PT_OVERFLOW, "%d slots of %" PRId64 " ns leave the calendar", count,
                       slot_ns);
    return PT_OK;
}

static int leading_known(const double *values, int count)
{
    int known = 0;
    while (known < count && !isnan(values[known]))
        known++;
    return known;
}

static int count_gaps(const double *values, int count)
{
    int gaps = 0;
    for (int i = 0; i < count; i++)
        gaps += isnan(values[i]);
    return gaps;
}

static double value_of(struct pt_quantity quantity)
{
    return pt_quantity_known(quantity) ? quantity.value : NAN;
}

enum pt_status pt_schedule_slots_of_tariff(struct pt_arena *arena, const struct pt_tariff *tariff,
                                           int64_t from_ns, int64_t slot_ns, int count,
                                           struct pt_tariff_slots *ret_slots,
                                           struct pt_error *error)
{
    enum pt_status status = check_span(from_ns, slot_ns, count, error);
    if (status != PT_OK)
        return status;
    double *prices = pt_arena_alloc(arena, (size_t)count, sizeof *prices);
    double *carbon = pt_arena_alloc(arena, (size_t)count, sizeof *carbon);
    if (prices == NULL || carbon == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %d slots", count);
    for (int i = 0; i < count; i++) {
        int64_t begin = from_ns + i * slot_ns;
        prices[i] = value_of(pt_tariff_mean_price(tariff, begin, begin + slot_ns));
        carbon[i] = value_of(pt_tariff_mean_carbon(tariff, begin, begin + slot_ns));
    }
    int carbon_gaps = count_gaps(carbon, count);
    *ret_slots = (struct pt_tariff_slots){
        .slots = {.start_ns = from_ns,
                  .slot_ns = slot_ns,
                  .count = count,
                  .prices = prices,
                  .carbon = carbon_gaps == 0 ? carbon : NULL},
        .prices = prices,
        .carbon = carbon_gaps < count ? carbon : NULL,
        .known_count = leading_known(prices, count),
        .price_gap_count = count_gaps(prices, count),
        .carbon_gap_count = carbon_gaps,
        .is_assumed = tariff->price_series == NULL && pt_quantity_known(tariff->price_per_kwh) &&
                      tariff->price_per_kwh.provenance != PT_EXACT,
    };
    return PT_OK;
}

double pt_schedule_price_of_market(const struct pt_tariff *tariff, double market_per_kwh,
                                   int64_t from_ns, int64_t to_ns)
{
    struct pt_tariff flat = *tariff;
    flat.price_series = NULL;
    flat.window_count = 0;
    flat.price_per_kwh = pt_quantity_exact(market_per_kwh);
    return value_of(pt_tariff_mean_price(&flat, from_ns, to_ns));
}

// ------------------------------------------------------------------------------------- the site
static enum pt_status check_demand(const struct pt_demand_charge *charge,
                                   const struct pt_schedule_slots *slots, struct pt_error *error)
{
    int64_t interval_ns = charge->minutes * minute_ns;
    if (charge->per_kw == 0 ||
        (interval_ns % slots->slot_ns == 0 && slots->start_ns % slots->slot_ns == 0))
        return PT_OK;
    return pt_fail(error, PT_BAD_INPUT,
                   "the demand charge counts means over %d minutes, slots of %lld s are no part "
                   "of that or begin off its grid",
                   charge->minutes, (long long)(slots->slot_ns / PT_NANOSECONDS_PER_SECOND));
}

// The slots of which any part lies in the window: its mean as a price of 1 tells.
static enum pt_status mark_window(struct pt_arena *arena, const struct pt_tariff *tariff,
                                  const struct pt_schedule_slots *slots,
                                  struct pt_schedule_site *site, struct pt_error *error)
{
    struct pt_tariff_window window = tariff->demand_charge.window;
    struct pt_tariff marker = pt_tariff_none();
    bool *counts = pt_arena_alloc(arena, (size_t)slots->count, sizeof *counts);
    if (counts == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %d slots", slots->count);
    window.price_per_kwh = 1;
    marker.clock = tariff->clock;
    marker.price_per_kwh = pt_quantity_exact(0);
    marker.windows = &window;
    marker.window_count = 1;
    for (int i = 0; i < slots->count; i++) {
        int64_t begin = slots->start_ns + i * slots->slot_ns;
        counts[i] = pt_tariff_mean_price(&marker, begin, begin + slots->slot_ns).value > 0;
    }
    site->demand_window = counts;
    return PT_OK;
}

static enum pt_status add_demand(struct pt_arena *arena, const struct pt_tariff *tariff,
                                 const struct pt_schedule_slots *slots,
                                 struct pt_schedule_site *site, struct pt_error *error)
{
    const struct pt_demand_charge *charge = &tariff->demand_charge;
    if (charge->per_kw == 0)
        return PT_OK;
    site->demand_price_per_kw = charge->per_kw * (1 + tariff->tax);
    site->peak_watts = charge->peak_kw * watts_per_kw;
    site->demand_ns = charge->minutes * minute_ns;
    return mark_window(arena, tariff, slots, site, error);
}

static enum pt_status add_power(struct pt_arena *arena, const struct pt_tariff *tariff,
                                const struct pt_schedule_slots *slots,
                                struct pt_schedule_tariff_site *site, struct pt_error *error)
{
    size_t count = (size_t)slots->count;
    double *net = pt_arena_alloc(arena, count, sizeof *net);
    double *feed_in = pt_arena_alloc(arena, count, sizeof *feed_in);
    if (net == NULL || feed_in == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %d slots", slots->count);
    for (int i = 0; i < slots->count; i++) {
        int64_t begin = slots->start_ns + i * slots->slot_ns;
        net[i] = pt_tariff_site_net_kw(tariff->site, begin, begin + slots->slot_ns) * watts_per_kw;
        feed_in[i] = tariff->feed_in_per_kwh;
    }
    site->site.net_watts = net;
    site->site.feed_in = isnan(tariff->feed_in_per_kwh) ? NULL : feed_in;
    site->gap_count = count_gaps(net, slots->count);
    site->known_count = leading_known(net, slots->count);
    site->battery = tariff->site->battery;
    site->has_battery = site->battery.kwh > 0;
    return PT_OK;
}

enum pt_status pt_schedule_site_of_tariff(struct pt_arena *arena, const struct pt_tariff *tariff,
                                          const struct pt_schedule_slots *slots,
                                          struct pt_schedule_tariff_site *ret_site,
                                          struct pt_error *error)
{
    struct pt_schedule_tariff_site site = {.known_count = slots->count,
                                           .may_export = !isnan(tariff->feed_in_per_kwh)};
    enum pt_status status = check_span(slots->start_ns, slots->slot_ns, slots->count, error);
    if (status == PT_OK)
        status = check_demand(&tariff->demand_charge, slots, error);
    if (status == PT_OK)
        status = add_demand(arena, tariff, slots, &site.site, error);
    if (status == PT_OK && tariff->site != NULL)
        status = add_power(arena, tariff, slots, &site, error);
    if (status != PT_OK)
        return status;
    site.is_needed = tariff->site != NULL || site.site.demand_price_per_kw > 0;
    *ret_site = site;
    return PT_OK;
}

// ------------------------------------------------------------------------------------ slot length
static int64_t common_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static int64_t divide_by_window(int64_t slot_ns, const struct pt_tariff_window *window)
{
    return common_divisor(common_divisor(slot_ns, window->from_minute * minute_ns),
                          window->to_minute * minute_ns);
}

static int64_t divide_by_series(int64_t slot_ns, const struct pt_series *series)
{
    return series == NULL ? slot_ns : common_divisor(slot_ns, series->step_ns);
}

// Windows begin at minutes of the local day, which is as far from UTC as the clock is at from_ns.
static int64_t divide_by_clock(int64_t slot_ns, const struct pt_tariff_clock *clock,
                               int64_t from_ns)
{
    int64_t seconds = clock->utc_offset_minutes * (int64_t)60, until;
    if (clock->zone != NULL)
        seconds = pt_time_zone_offset(clock->zone, from_ns / PT_NANOSECONDS_PER_SECOND, &until);
    return common_divisor(slot_ns, llabs(seconds) * PT_NANOSECONDS_PER_SECOND);
}

int64_t pt_schedule_slot_ns_of_tariff(const struct pt_tariff *tariff, int64_t from_ns)
{
    int64_t slot_ns = 60 * minute_ns;
    bool has_windows =
        tariff->window_count > 0 || tariff->adder_count > 0 || tariff->demand_charge.per_kw != 0;
    slot_ns = divide_by_series(slot_ns, tariff->price_series);
    slot_ns = divide_by_series(slot_ns, tariff->carbon_series);
    if (has_windows)
        slot_ns = divide_by_clock(slot_ns, &tariff->clock, from_ns);
    for (int i = 0; i < tariff->window_count; i++)
        slot_ns = divide_by_window(slot_ns, &tariff->windows[i]);
    for (int i = 0; i < tariff->adder_count; i++)
        slot_ns = divide_by_window(slot_ns, &tariff->adders[i].window);
    if (tariff->demand_charge.per_kw != 0)
        slot_ns = common_divisor(divide_by_window(slot_ns, &tariff->demand_charge.window),
                                 tariff->demand_charge.minutes * minute_ns);
    if (tariff->site != NULL) {
        slot_ns = divide_by_series(slot_ns, tariff->site->load.series);
        slot_ns = divide_by_series(slot_ns, tariff->site->solar.series);
        slot_ns = divide_by_series(slot_ns, tariff->site->wind.series);
    }
    return slot_ns < minute_ns ? minute_ns : slot_ns;
}
