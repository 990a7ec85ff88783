// Hours of a series.

#include "schedule/replay_series.h"

#include <inttypes.h>
#include <math.h>

#include "base/units.h"

#define HOUR_NS (3600 * PT_NANOSECONDS_PER_SECOND)
// What a price of a kWh or MWh, in any currency, or a carbon intensity may be.
#define VALUE_MOST 1e9

enum { HOURS_MOST = 100 * 366 * 24, DAY_AHEAD_MINUTE = 12 * 60 + 45 };
// Of the errors of a day-ahead forecast, half is taken as chance that differs from hour to hour.
// Errors of a measured carbon intensity are one common error of level, which changes no rank.
static const double day_ahead_chance = 0.5;

static double hour_mean(const struct pt_series *series, int64_t from_ns)
{
    double mean;
    if (series == NULL || pt_series_mean(series, from_ns, from_ns + HOUR_NS, &mean, NULL) != PT_OK)
        return NAN;
    return mean;
}

enum pt_status pt_hourly_from_series(struct pt_arena *arena, const struct pt_series *prices,
                                     const struct pt_series *carbon, struct pt_hourly *ret_hourly,
                                     struct pt_error *error)
{
    int64_t step_ns = prices->step_ns, start_ns = prices->starts_ns[0];
    int64_t end_ns = prices->starts_ns[prices->count - 1] + step_ns;
    if (HOUR_NS % step_ns != 0 && step_ns % HOUR_NS != 0)
        return pt_fail(error, PT_BAD_INPUT,
                       "%s: steps of %" PRId64 " s are no parts of an hour; give 5, 15, 30 or 60 "
                       "minutes",
                       prices->name, (int64_t)(step_ns / PT_NANOSECONDS_PER_SECOND));
    if (step_ns < HOUR_NS) { // from a full hour on
        int64_t over = start_ns % HOUR_NS;
        start_ns += over == 0 ? 0 : over > 0 ? HOUR_NS - over : -over;
    }
    int64_t count = end_ns > start_ns ? (end_ns - start_ns) / HOUR_NS : 0;
    if (count < 1 || count > HOURS_MOST)
        return pt_fail(error, PT_BAD_INPUT, "%s: %" PRId64 " hours; 1 to %d can be replayed",
                       prices->name, count, HOURS_MOST);

    double *values = pt_arena_alloc(arena, (size_t)count, sizeof *values);
    double *grams = pt_arena_alloc(arena, (size_t)count, sizeof *grams);
    if (values == NULL || grams == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", prices->name);
    for (int64_t i = 0; i < count; i++) {
        values[i] = hour_mean(prices, start_ns + i * HOUR_NS);
        grams[i] = hour_mean(carbon, start_ns + i * HOUR_NS);
    }
    *ret_hourly = (struct pt_hourly){.start_ns = start_ns,
                                     .count = (int)count,
                                     .prices = values,
                                     .carbon = carbon == NULL ? NULL : grams};
    return PT_OK;
}

enum pt_status pt_hourly_read(struct pt_arena *arena, const char *price_path, double scale,
                              const char *carbon_path, struct pt_hourly *ret_hourly,
                              struct pt_error *error)
{
    const struct pt_series *prices, *carbon = NULL;
    enum pt_status status =
        pt_series_read(arena, price_path, NULL, scale, -VALUE_MOST, VALUE_MOST, &prices, error);
    if (status == PT_OK && carbon_path != NULL)
        status =
            pt_series_read(arena, carbon_path, NULL, 1, -VALUE_MOST, VALUE_MOST, &carbon, error);
    if (status != PT_OK)
        return status;
    return pt_hourly_from_series(arena, prices, carbon, ret_hourly, error);
}

enum pt_status pt_hourly_add_companion(struct pt_arena *arena, const char *path,
                                       struct pt_hourly *hourly, struct pt_error *error)
{
    const struct pt_series *series;
    enum pt_status status =
        pt_series_read(arena, path, NULL, 1, -VALUE_MOST, VALUE_MOST, &series, error);
    if (status != PT_OK)
        return status;
    double *values = pt_arena_alloc(arena, (size_t)hourly->count, sizeof *values);
    if (values == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", path);
    int known = 0;
    for (int i = 0; i < hourly->count; i++) {
        values[i] = hour_mean(series, hourly->start_ns + i * HOUR_NS);
        known += isfinite(values[i]);
    }
    if (known == 0)
        return pt_fail(error, PT_BAD_INPUT,
                       "%s: has no value in the hours of the series that it is to foretell; give "
                       "one of the same time",
                       path);
    hourly->companion = values;
    return PT_OK;
}

struct pt_replay_options pt_replay_usual(bool day_ahead)
{
    return (struct pt_replay_options){
        .job = {.interruptible = true},
        .every_hours = 13,
        .warm_up_hours = 7 * 24,
        .margin = 0.1,
        .error_share = day_ahead ? day_ahead_chance : 0,
        .publication = {.day_ahead = day_ahead, .publish_minute = DAY_AHEAD_MINUTE},
        .companion_publication = {.day_ahead = true, .publish_minute = DAY_AHEAD_MINUTE},
    };
}
