// Asks one feed over the network: base address, secret, retries, waits, and nothing that a server
// says or does is trusted.
#ifndef PT_COST_FEED_FETCH_H
#define PT_COST_FEED_FETCH_H

#include "base/http.h"
#include "cost/feed_cache.h"

#define PT_FEED_REPLY_LIMIT ((size_t)10 << 20) // bytes
enum { PT_FEED_BASE_SIZE = 200 };

struct pt_feed_session {
    const struct pt_feed_driver *driver;
    const struct pt_feed_options *options; // all filled in
    char base[PT_FEED_BASE_SIZE];
    bool secure, local; // https; a server on this machine
    char token[1024];   // "": none
    struct pt_http *http;
    int64_t started_ns;
    int request_count;
    double pause_seconds; // how long the feed should be left alone after a failure; 0: not
};

// The address of a feed: POWERTRAIN_FEED_URL_NAME, or the driver's. PT_USAGE if it is none.
enum pt_status pt_feed_base(const struct pt_feed_driver *driver, const char *zone,
                            struct pt_feed_session *session, struct pt_error *error);
// Finds the secret, and logs in where that is wanted; base is set. PT_UNAVAILABLE without a secret
// that the feed needs, says where to get it.
enum pt_status pt_feed_connect(struct pt_feed_session *session, struct pt_error *error);
// One page, read into points. PT_UNAVAILABLE with the reason for all that can go wrong out there.
enum pt_status pt_feed_get(struct pt_feed_session *session, const struct pt_feed_ask *ask,
                           struct pt_feed_points *points, struct pt_error *error);
void pt_feed_disconnect(struct pt_feed_session *session);

#endif
