// What a price or a carbon intensity will be, hour by hour, from nothing but its own past.
//
// For each distance ahead a ridge regression, learned while the series goes by, corrects the usual
// value of that hour (the last seven days, the same hour of the last four weeks) by the level of
// today, yesterday, the week and the month, by how the last hours differ from theirs, and by the
// days that looked most like the last two (analogs). It never sees a value before
// pt_forecaster_publish is called with it: there is no way to look ahead. docs/forecast.md has the
// figures.
//
// All in hours since the series began; a lag of 24 or 168 hours needs no calendar and no zone.
#ifndef PT_SCHEDULE_FORECAST_H
#define PT_SCHEDULE_FORECAST_H

#include "base/status.h"

enum { PT_FORECAST_HOURS_MAX = 24 * 31 };

struct pt_forecaster;

// Forecasts reach horizon_hours beyond what is published. PT_BAD_INPUT: not 1 to
// PT_FORECAST_HOURS_MAX. PT_NO_MEMORY.
enum pt_status pt_forecaster_create(int horizon_hours, struct pt_forecaster **ret_forecaster,
                                    struct pt_error *error);
void pt_forecaster_destroy(struct pt_forecaster *forecaster);

// The next count hourly values became public at the same time; NAN: there is none (a gap). The
// forecast is made anew. PT_BAD_INPUT for an infinite value, with the forecaster as it was.
enum pt_status pt_forecaster_publish(struct pt_forecaster *forecaster, const double *values,
                                     int64_t count, struct pt_error *error);

// The same for another series at the same hours that tells something about this one: the day-ahead
// price of its region, for a carbon intensity. It may be known further ahead, or less far; NAN or
// not published: it says nothing of that hour. Enters the forecast with the next call of
// pt_forecaster_publish. PT_BAD_INPUT: an infinite value, or its first hours come after this
// series' own.
enum pt_status pt_forecaster_publish_companion(struct pt_forecaster *forecaster,
                                               const double *values, int64_t count,
                                               struct pt_error *error);

// How many hours are published, gaps included.
int64_t pt_forecaster_count(const struct pt_forecaster *forecaster);

// The hours after the last published one, horizon_hours of them; NAN as long as no value has been
// published. Valid until the next publication.
const double *pt_forecaster_expected(const struct pt_forecaster *forecaster);
// The mean distance from such forecasts to what came, the last two months or so; NAN as long as
// there was none to judge.
const double *pt_forecaster_errors(const struct pt_forecaster *forecaster);
// Half the last known value of that hour of the day, half that of the week: what is to be beaten.
const double *pt_forecaster_persistence(const struct pt_forecaster *forecaster);

// When values become public.
struct pt_publication {
    bool day_ahead;          // false: an hour is known while it runs, and nothing beyond
    int publish_minute;      // of the UTC day: from then on the whole next delivery day is known
    int day_offset_minutes;  // delivery days begin at midnight of this offset to UTC
    bool hides_current_hour; // !day_ahead: not even the hour that runs is known, only whole ones
};

// The hours of a series that began at start_ns which are public at now_ns, the begin of hour
// now_hour.
int64_t pt_publication_hours(const struct pt_publication *publication, int64_t start_ns,
                             int64_t now_hour);

#endif
