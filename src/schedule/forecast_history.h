// The published hours of a series, and what a forecast asks of them.
#ifndef PT_SCHEDULE_FORECAST_HISTORY_H
#define PT_SCHEDULE_FORECAST_HISTORY_H

#include "base/status.h"

enum { PT_DAY_HOURS = 24, PT_WEEK_HOURS = 168 };

struct pt_hours {
    int64_t count, capacity;
    double *values;         // NAN: a gap
    double *sums, *squares; // of the values before each; count + 1
    int64_t *known;         // how many of the hours before each are no gap; count + 1
};

enum pt_status pt_hours_append(struct pt_hours *hours, const double *values, int64_t count,
                               struct pt_error *error);
void pt_hours_free(struct pt_hours *hours);

// Over [from, to), the part before the first hour left out; NAN if nothing is known there.
double pt_hours_mean(const struct pt_hours *hours, int64_t from, int64_t to);
double pt_hours_variance(const struct pt_hours *hours, int64_t from, int64_t to);
// The mean of the known values at hour, hour - lag ... (times of them); NAN if there is none.
double pt_hours_lagged(const struct pt_hours *hours, int64_t hour, int lag, int times);

// What followed the days that looked most like the last two before the end: fills expected from the
// end on, NAN where too few of them reach.
void pt_hours_analogs(const struct pt_hours *hours, double *expected, int horizon);

#endif
