// A file as a feed: "csv:prices.csv#EUR/MWh".
#ifndef PT_COST_FEED_CSV_H
#define PT_COST_FEED_CSV_H

#include "cost/feed.h"

// As pt_feed_series. The file is one of pt_series_read; the unit stands behind the last #, and is
// EUR/kWh, g/kWh or kW without one, with an unknown currency.
enum pt_status pt_feed_csv(struct pt_arena *arena, const char *name, enum pt_feed_kind kind,
                           int64_t from_ns, int64_t to_ns, const struct pt_series **ret_series,
                           struct pt_feed_info *ret_info, struct pt_error *error);
// By its unit.
enum pt_status pt_feed_csv_kind(const char *name, enum pt_feed_kind *ret_kind,
                                struct pt_error *error);
// "EUR/kWh", "g/kWh", "kW"; "per kWh" for prices of no known currency.
void pt_feed_unit(enum pt_feed_kind kind, const char *currency, char unit[16]);

#endif
