// The forecaster: for each distance ahead a regression of its own, learned at each publication from
// the forecasts whose hours have come.
//
// A forecast keeps its features until the last of its hours is published, so that nothing is
// computed twice and an example is exactly what could be known then.

#include "schedule/forecast.h"

#include <math.h>
#include <stdlib.h>

#include "schedule/forecast_history.h"
#include "schedule/forecast_ridge.h"

// What draws weights to 0: as much as so many examples of the series' variance.
static const double penalty_examples = 3;
// Beyond a day the forecast leans at least this much on persistence: averages of forecasts err less
// than each, and keep the shape that a regression flattens.
static const double persistence_share = 0.25;
enum { OWN_FEATURES = 9 };
enum { VARIANCE_HOURS = 60 * PT_DAY_HOURS, JUDGED = 60, RIVALS_JUDGED = 336, RIVALS_LEAST = 14 };

// One hour of a forecast: features of the regression, what it adds to, and what was expected.
struct row {
    float features[PT_RIDGE_FEATURES];
    float usual, expected;
    float own, persistence; // what expected is made of, if learned
    bool learned;           // false: too little was known for features
};

// The mean squares by which the regression and persistence missed, of each distance.
struct rivals {
    double own, persistence;
    int count;
};

// A forecast that is not over yet.
struct origin {
    int64_t at; // its first hour; -1: none
    struct row *rows;
};

struct pt_forecaster {
    int horizon;
    struct pt_hours hours, companion;
    struct pt_ridge *ridges; // of each distance
    struct origin *origins;  // a ring of horizon forecasts
    struct row *rows;
    int64_t origin_count;
    double *expected, *errors, *persistence, *analogs;
    struct rivals *rivals;
    int *judged; // forecasts of each distance that the error is made of
};

// ---------------------------------------------------------------------------------------- features
// What a forecast from here knows about every hour alike.
struct level {
    double last, hours3, trend, day, week, month;
    // Of the companion, in units of the series: a deviation of 1 is one of companion_scale.
    double companion_last, companion_day, companion_scale;
};

static double known_or(double value, double other)
{
    return isnan(value) ? other : value;
}

static bool measure_level(const struct pt_hours *hours, struct level *level)
{
    int64_t now = hours->count;
    level->day = pt_hours_mean(hours, now - PT_DAY_HOURS, now);
    level->week = pt_hours_mean(hours, now - PT_WEEK_HOURS, now);
    level->month = pt_hours_mean(hours, now - 4 * (int64_t)PT_WEEK_HOURS, now);
    level->hours3 = pt_hours_mean(hours, now - 3, now);
    if (isnan(level->day))
        return false;
    double last = known_or(known_or(hours->values[now - 1], level->hours3), level->day);
    double usual = pt_hours_lagged(hours, now - 1 - PT_DAY_HOURS, PT_DAY_HOURS, 7);
    level->last = known_or(last - usual, 0);
    level->trend = known_or(level->hours3 - pt_hours_mean(hours, now - 6, now), 0);
    return true;
}

// How far the companion lies in an hour from its usual value, of which no hour is newer than usual;
// NAN where it is not known.
static double companion_deviation(const struct pt_hours *companion, int64_t hour, int64_t usual)
{
    if (hour < 0 || hour >= companion->count || usual < 0 || usual >= companion->count)
        return NAN;
    return companion->values[hour] - pt_hours_lagged(companion, usual, PT_DAY_HOURS, 7);
}

static void measure_companion(const struct pt_hours *hours, const struct pt_hours *companion,
                              struct level *level)
{
    int64_t now = hours->count, end = companion->count;
    double variance = pt_hours_variance(hours, now - VARIANCE_HOURS, now);
    double companions = end > 0 ? pt_hours_variance(companion, end - VARIANCE_HOURS, end) : 0;
    level->companion_scale = companions > 0 ? sqrt(variance / companions) : 0;
    level->companion_last =
        known_or(companion_deviation(companion, now - 1, now - 1 - PT_DAY_HOURS), 0) *
        level->companion_scale;
    level->companion_day = known_or(pt_hours_mean(companion, end - PT_DAY_HOURS, end) -
                                        pt_hours_mean(companion, end - PT_WEEK_HOURS, end),
                                    0) *
                           level->companion_scale;
}

// The last published hour that is a whole number of lags before hour.
static int64_t last_before(const struct pt_hours *hours, int64_t hour, int lag)
{
    int64_t beyond = hour - hours->count;
    return hour - (beyond / lag + 1) * lag;
}

static void make_row(const struct pt_hours *hours, const struct pt_hours *companion,
                     const struct level *level, int64_t hour, double analog, struct row *row)
{
    int64_t day = last_before(hours, hour, PT_DAY_HOURS);
    int64_t week = last_before(hours, hour, PT_WEEK_HOURS);
    if (week < 0)
        week = day;
    row->learned = false;
    if (day < 0)
        return;
    double daily = pt_hours_lagged(hours, day, PT_DAY_HOURS, 7);
    if (isnan(daily))
        return;
    double weekly = known_or(pt_hours_lagged(hours, week, PT_WEEK_HOURS, 4), daily);
    double usual = 0.5 * daily + 0.5 * weekly;
    const double features[PT_RIDGE_FEATURES] = {
        level->last,
        known_or(hours->values[day], daily) - daily,
        level->day - level->week,
        known_or(hours->values[week], weekly) - weekly,
        weekly - daily,
        level->month - level->week,
        daily - level->week,
        level->trend,
        known_or(analog - usual, 0),
        known_or(companion_deviation(companion, hour, day), 0) * level->companion_scale,
        level->companion_last,
        level->companion_day,
    };
    for (int i = 0; i < PT_RIDGE_FEATURES; i++)
        row->features[i] = (float)features[i];
    row->usual = (float)usual;
    row->learned = true;
}

// ---------------------------------------------------------------------------------------- learning
static void judge(struct pt_forecaster *forecaster, int distance, double expected, double value)
{
    if (isnan(expected))
        return;
    int count = ++forecaster->judged[distance];
    double share = count < JUDGED ? 1.0 / count : 1.0 / JUDGED;
    double *mean = &forecaster->errors[distance];
    *mean = count == 1 ? fabs(expected - value) : *mean + share * (fabs(expected - value) - *mean);
}

static void judge_rivals(struct rivals *rivals, const struct row *row, double value)
{
    int count = ++rivals->count < RIVALS_JUDGED ? rivals->count : RIVALS_JUDGED;
    double own = (double)row->own - value, persistence = (double)row->persistence - value;
    rivals->own += (own * own - rivals->own) / count;
    rivals->persistence += (persistence * persistence - rivals->persistence) / count;
}

// Where the regression missed by more than persistence, because it learned nothing or was misled by
// a crisis, persistence takes over: the more so, the greater the ratio of their errors.
static double share_of_persistence(const struct rivals *rivals, int distance)
{
    double own = rivals->own * rivals->own, other = rivals->persistence * rivals->persistence;
    double share = distance < PT_DAY_HOURS ? 0 : persistence_share;
    if (rivals->count >= RIVALS_LEAST && own + other > 0)
        share = fmax(share, (own - other) / (own + other));
    return share;
}

static void learn_from(struct pt_forecaster *forecaster, const struct origin *origin, int64_t from)
{
    const struct pt_hours *hours = &forecaster->hours;
    for (int64_t hour = from; hour < hours->count; hour++) {
        int64_t distance = hour - origin->at;
        if (distance >= forecaster->horizon)
            return;
        const struct row *row = &origin->rows[distance];
        if (isnan(hours->values[hour]))
            continue;
        judge(forecaster, (int)distance, row->expected, hours->values[hour]);
        if (!row->learned)
            continue;
        judge_rivals(&forecaster->rivals[distance], row, hours->values[hour]);
        pt_ridge_learn(&forecaster->ridges[distance], row->features,
                       hours->values[hour] - (double)row->usual);
    }
}

// ------------------------------------------------------------------------------------- forecasting
static double persist(const struct pt_forecaster *forecaster, int64_t hour)
{
    const struct pt_hours *hours = &forecaster->hours;
    int64_t day = last_before(hours, hour, PT_DAY_HOURS);
    int64_t week = last_before(hours, hour, PT_WEEK_HOURS);
    double daily = pt_hours_lagged(hours, day, PT_DAY_HOURS, 1);
    double weekly = pt_hours_lagged(hours, week, PT_WEEK_HOURS, 1);
    if (isnan(daily) && isnan(weekly)) // an hour that was a gap, or none yet: what is nearest to it
        daily = known_or(pt_hours_lagged(hours, day, PT_DAY_HOURS, 31),
                         known_or(pt_hours_mean(hours, hours->count - PT_DAY_HOURS, hours->count),
                                  pt_hours_mean(hours, 0, hours->count)));
    return 0.5 * known_or(daily, weekly) + 0.5 * known_or(weekly, daily);
}

static void forecast(struct pt_forecaster *forecaster, struct origin *origin)
{
    const struct pt_hours *hours = &forecaster->hours;
    struct level level;
    bool has_level = measure_level(hours, &level);
    measure_companion(hours, &forecaster->companion, &level);
    double variance = pt_hours_variance(hours, hours->count - VARIANCE_HOURS, hours->count);
    double penalty = penalty_examples * known_or(variance, 0) + 1e-9;

    pt_hours_analogs(hours, forecaster->analogs, forecaster->horizon);
    for (int i = 0; i < forecaster->horizon; i++) {
        struct row *row = &origin->rows[i];
        double persistence = persist(forecaster, origin->at + i), expected = persistence;
        *row = (struct row){.learned = false};
        if (has_level)
            make_row(hours, &forecaster->companion, &level, origin->at + i, forecaster->analogs[i],
                     row);
        if (row->learned) {
            double own = (double)row->usual +
                         pt_ridge_predict(&forecaster->ridges[i], row->features, penalty);
            double share = share_of_persistence(&forecaster->rivals[i], i);
            expected = own + share * (persistence - own);
            row->own = (float)own;
            row->persistence = (float)persistence;
        }
        forecaster->persistence[i] = persistence;
        forecaster->expected[i] = expected;
        row->expected = (float)expected;
    }
}

enum pt_status pt_forecaster_publish_companion(struct pt_forecaster *forecaster,
                                               const double *values, int64_t count,
                                               struct pt_error *error)
{
    if (count <= 0)
        return PT_OK;
    if (forecaster->companion.count == 0 && forecaster->hours.count > 0)
        return pt_fail(error, PT_BAD_INPUT,
                       "a companion that comes %lld hours late; publish it before the first hour",
                       (long long)forecaster->hours.count);
    for (int i = 0; i < forecaster->horizon; i++)
        forecaster->ridges[i].feature_count = PT_RIDGE_FEATURES;
    return pt_hours_append(&forecaster->companion, values, count, error);
}

enum pt_status pt_forecaster_publish(struct pt_forecaster *forecaster, const double *values,
                                     int64_t count, struct pt_error *error)
{
    int64_t from = forecaster->hours.count;
    if (count <= 0)
        return PT_OK;
    enum pt_status status = pt_hours_append(&forecaster->hours, values, count, error);
    if (status != PT_OK)
        return status;
    for (int i = 0; i < forecaster->horizon; i++)
        if (forecaster->origins[i].at >= 0)
            learn_from(forecaster, &forecaster->origins[i], from);

    struct origin *origin = &forecaster->origins[forecaster->origin_count++ % forecaster->horizon];
    origin->at = forecaster->hours.count;
    forecast(forecaster, origin);
    return PT_OK;
}

// ----------------------------------------------------------------------------------------- the
// door
static bool allocate(struct pt_forecaster *forecaster)
{
    size_t horizon = (size_t)forecaster->horizon;
    forecaster->ridges = calloc(horizon, sizeof *forecaster->ridges);
    forecaster->origins = calloc(horizon, sizeof *forecaster->origins);
    forecaster->rows = calloc(horizon * horizon, sizeof *forecaster->rows);
    forecaster->expected = calloc(horizon, sizeof(double));
    forecaster->errors = calloc(horizon, sizeof(double));
    forecaster->persistence = calloc(horizon, sizeof(double));
    forecaster->analogs = calloc(horizon, sizeof(double));
    forecaster->rivals = calloc(horizon, sizeof *forecaster->rivals);
    forecaster->judged = calloc(horizon, sizeof(int));
    return forecaster->ridges != NULL && forecaster->origins != NULL && forecaster->rows != NULL &&
           forecaster->expected != NULL && forecaster->errors != NULL &&
           forecaster->persistence != NULL && forecaster->analogs != NULL &&
           forecaster->rivals != NULL && forecaster->judged != NULL;
}

enum pt_status pt_forecaster_create(int horizon_hours, struct pt_forecaster **ret_forecaster,
                                    struct pt_error *error)
{
    if (horizon_hours < 1 || horizon_hours > PT_FORECAST_HOURS_MAX)
        return pt_fail(error, PT_BAD_INPUT, "a forecast of %d hours; 1 to %d are possible",
                       horizon_hours, PT_FORECAST_HOURS_MAX);
    struct pt_forecaster *forecaster = calloc(1, sizeof *forecaster);
    if (forecaster != NULL)
        forecaster->horizon = horizon_hours;
    if (forecaster == NULL || !allocate(forecaster)) {
        pt_forecaster_destroy(forecaster);
        return pt_fail(error, PT_NO_MEMORY, "a forecast of %d hours: out of memory", horizon_hours);
    }
    for (int i = 0; i < horizon_hours; i++) {
        forecaster->ridges[i].feature_count = OWN_FEATURES;
        forecaster->origins[i] =
            (struct origin){-1, forecaster->rows + (size_t)i * (size_t)horizon_hours};
        forecaster->expected[i] = forecaster->errors[i] = forecaster->persistence[i] = NAN;
    }
    *ret_forecaster = forecaster;
    return PT_OK;
}

void pt_forecaster_destroy(struct pt_forecaster *forecaster)
{
    if (forecaster == NULL)
        return;
    pt_hours_free(&forecaster->hours);
    pt_hours_free(&forecaster->companion);
    free(forecaster->ridges);
    free(forecaster->origins);
    free(forecaster->rows);
    free(forecaster->expected);
    free(forecaster->errors);
    free(forecaster->persistence);
    free(forecaster->analogs);
    free(forecaster->rivals);
    free(forecaster->judged);
    free(forecaster);
}

int64_t pt_forecaster_count(const struct pt_forecaster *forecaster)
{
    return forecaster->hours.count;
}

const double *pt_forecaster_expected(const struct pt_forecaster *forecaster)
{
    return forecaster->expected;
}

const double *pt_forecaster_errors(const struct pt_forecaster *forecaster)
{
    return forecaster->errors;
}

const double *pt_forecaster_persistence(const struct pt_forecaster *forecaster)
{
    return forecaster->persistence;
}
