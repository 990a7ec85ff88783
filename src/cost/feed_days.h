// The days of a question to a feed: on the disk, and brought up to date over the network.
#ifndef PT_COST_FEED_DAYS_H
#define PT_COST_FEED_DAYS_H

#include "cost/feed_fetch.h"

struct pt_feed_query {
    struct pt_arena *arena;
    const struct pt_feed_driver *driver;
    const char *zone;
    enum pt_feed_kind kind;
    struct pt_feed_options options;
    int64_t now_ns, jitter_ns;
    int64_t first_ns; // midnight of the first day
    int day_count;
    struct pt_feed_day *days;
    const char *folder, *zone_folder;
    struct pt_feed_session session;
    bool connected;
    int64_t conflict_count;
    const char *warning;
};

// The days of [from, to) that can have values at all. PT_UNAVAILABLE if none can, PT_USAGE if there
// are more than one asks for.
enum pt_status pt_feed_lay_out(struct pt_feed_query *query, int64_t from_ns, int64_t to_ns,
                               struct pt_error *error);
// What the disk has of them.
enum pt_status pt_feed_read_days(struct pt_feed_query *query, struct pt_error *error);
// Asks for what is wanted. The network may fail in any way: then what is on the disk has to do, and
// query->warning says why. Only what is wrong on this side is a failure.
enum pt_status pt_feed_refresh(struct pt_feed_query *query, struct pt_error *error);

#endif
