// Recorded series as the hours that a replay goes through.
#ifndef PT_SCHEDULE_REPLAY_SERIES_H
#define PT_SCHEDULE_REPLAY_SERIES_H

#include "cost/series.h"
#include "schedule/replay.h"

// Hours from the series' first moment to its last, each the mean of its intervals; one of which a
// part is unknown is a gap. Whole hours from a full hour on if the steps are shorter than one.
// carbon may be NULL, and is a gap where it does not reach. PT_BAD_INPUT: steps that are no parts
// or multiples of an hour, more than a century.
enum pt_status pt_hourly_from_series(struct pt_arena *arena, const struct pt_series *prices,
                                     const struct pt_series *carbon, struct pt_hourly *ret_hourly,
                                     struct pt_error *error);
// Reads them from files of two columns. Values are taken as they are but times scale.
enum pt_status pt_hourly_read(struct pt_arena *arena, const char *price_path, double scale,
                              const char *carbon_path, struct pt_hourly *ret_hourly,
                              struct pt_error *error);

// Reads another series for the forecast to learn from, at the hours of hourly. PT_BAD_INPUT: no
// hour of both is known.
enum pt_status pt_hourly_add_companion(struct pt_arena *arena, const char *path,
                                       struct pt_hourly *hourly, struct pt_error *error);

// A start every 13 hours (so that all hours of the day come), a week before the first one, a margin
// of 10 %. Day-ahead: delivery days in UTC, published at 12:45 UTC. The job is empty.
struct pt_replay_options pt_replay_usual(bool day_ahead);

#endif
