// The price at a moment and over a span: of a series, or of the windows of a tariff, and what is
// added to it. Both are means over the span, so the mean of their sum is the sum of their means.

#include "cost/tariff.h"

#include <math.h>

#include "cost/tariff_window.h"

// The mean of a series, missing where it has no value.
static struct pt_quantity series_mean(const struct pt_series *series, double relative,
                                      int64_t from_ns, int64_t to_ns)
{
    double mean;
    if (pt_series_mean(series, from_ns, to_ns, &mean, NULL) != PT_OK)
        return pt_quantity_missing();
    return pt_quantity_relative(mean, relative, PT_EXACT);
}

// The price alone. One of a window is as sure as the tariff's own.
static struct pt_quantity bare_price(const struct pt_tariff *tariff, int64_t from_ns, int64_t to_ns)
{
    if (tariff->price_series != NULL)
        return series_mean(tariff->price_series, tariff->price_error, from_ns, to_ns);
    if (!pt_quantity_known(tariff->price_per_kwh))
        return pt_quantity_missing();
    double outside = tariff->price_per_kwh.value;
    double mean = pt_window_mean(&tariff->clock, tariff->windows, tariff->window_count, outside,
                                 from_ns, to_ns);
    if (mean == outside)
        return tariff->price_per_kwh;
    return pt_quantity_relative(mean, tariff->price_error, tariff->price_per_kwh.provenance);
}

// What is paid for a price with what is added to it in that span.
static struct pt_quantity with_adders(const struct pt_tariff *tariff, struct pt_quantity price,
                                      int64_t from_ns, int64_t to_ns)
{
    double adders = 0;
    if (!pt_quantity_known(price))
        return price;
    for (int i = 0; i < tariff->adder_count; i++)
        adders += pt_window_mean(&tariff->clock, &tariff->adders[i].window, 1, 0, from_ns, to_ns);
    double factor = tariff->price_factor == 0 ? 1 : tariff->price_factor, tax = 1 + tariff->tax;
    if (adders == 0 && factor == 1 && tax == 1)
        return price;
    price.value = (price.value * factor + adders) * tax;
    price.low = (price.low * factor + adders) * tax;
    price.high = (price.high * factor + adders) * tax;
    return price;
}

struct pt_quantity pt_tariff_price(const struct pt_tariff *tariff, int64_t realtime_ns)
{
    return pt_tariff_mean_price(tariff, realtime_ns, realtime_ns);
}

struct pt_quantity pt_tariff_mean_price(const struct pt_tariff *tariff, int64_t from_ns,
                                        int64_t to_ns)
{
    int64_t length;
    bool changes = tariff->window_count > 0 || tariff->adder_count > 0;
    if (changes && __builtin_sub_overflow(to_ns, from_ns, &length))
        return pt_quantity_missing(); // 292 years: not a span that anybody measured
    return with_adders(tariff, bare_price(tariff, from_ns, to_ns), from_ns, to_ns);
}

bool pt_tariff_measures_demand(const struct pt_tariff *tariff, int64_t realtime_ns)
{
    return tariff->demand_charge.per_kw != 0 &&
           pt_window_holds(&tariff->clock, &tariff->demand_charge.window, realtime_ns);
}

struct pt_quantity pt_tariff_mean_carbon(const struct pt_tariff *tariff, int64_t from_ns,
                                         int64_t to_ns)
{
    if (tariff->carbon_series == NULL)
        return tariff->carbon_grams_per_kwh;
    return series_mean(tariff->carbon_series, tariff->carbon_error, from_ns, to_ns);
}

// What a series says of a time that it does not hold: its mean, and what spans as long had.
static struct pt_quantity usual(const struct pt_series *series, double relative, int64_t from_ns,
                                int64_t to_ns)
{
    struct pt_quantity mean = pt_quantity_relative(series->mean, relative, PT_ASSUMED);
    int64_t length;
    double low, high;

    if (__builtin_sub_overflow(to_ns, from_ns, &length))
        length = INT64_MAX;
    pt_series_spread(series, length, &low, &high);
    mean.low = fmin(mean.low, low - fabs(low) * relative);
    mean.high = fmax(mean.high, high + fabs(high) * relative);
    return mean;
}

struct pt_quantity pt_tariff_plan_price(const struct pt_tariff *tariff, int64_t from_ns,
                                        int64_t to_ns)
{
    struct pt_quantity price = pt_tariff_mean_price(tariff, from_ns, to_ns);
    if (tariff->price_series == NULL || pt_quantity_known(price))
        return price;
    return with_adders(tariff, usual(tariff->price_series, tariff->price_error, from_ns, to_ns),
                       from_ns, to_ns);
}

struct pt_quantity pt_tariff_plan_carbon(const struct pt_tariff *tariff, int64_t from_ns,
                                         int64_t to_ns)
{
    struct pt_quantity carbon = pt_tariff_mean_carbon(tariff, from_ns, to_ns);
    if (tariff->carbon_series == NULL || pt_quantity_known(carbon))
        return carbon;
    return usual(tariff->carbon_series, tariff->carbon_error, from_ns, to_ns);
}

enum pt_status pt_tariff_check_span(const struct pt_tariff *tariff, int64_t from_ns, int64_t to_ns,
                                    struct pt_error *error)
{
    double unused;
    enum pt_status status = PT_OK;

    if (tariff->price_series != NULL)
        status = pt_series_mean(tariff->price_series, from_ns, to_ns, &unused, error);
    if (status == PT_OK && tariff->carbon_series != NULL)
        status = pt_series_mean(tariff->carbon_series, from_ns, to_ns, &unused, error);
    return status;
}
