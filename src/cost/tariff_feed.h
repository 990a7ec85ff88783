// Feeds in a tariff: "series: {price: energy-charts:DE-LU}".
#ifndef PT_COST_TARIFF_FEED_H
#define PT_COST_TARIFF_FEED_H

#include "base/node.h"
#include "cost/feed.h"

// The feed that the key of the mapping names, from yesterday to as far as is published.
// *ret_series stays as it is if there is no such key, and also if the feed is PT_UNAVAILABLE: then
// an event in the log says why, for a job must not wait for somebody else's server.
enum pt_status pt_tariff_read_feed(struct pt_arena *arena, const struct pt_node *mapping,
                                   const char *key, enum pt_feed_kind kind,
                                   const struct pt_series **ret_series,
                                   struct pt_feed_info *ret_info, struct pt_error *error);

#endif
