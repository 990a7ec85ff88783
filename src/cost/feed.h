// A feed: prices, carbon intensities or the sun's power, as somebody publishes them on the network.
//
// A name is FEED:ZONE, for example "energy-charts:DE-LU", "uk-carbon" or "csv:prices.csv". What was
// read is kept on the disk, day by day, and what is complete and past is never asked for again. A
// feed that is dead, slow or wrong is PT_UNAVAILABLE with the reason; callers go on without it.
// docs/feeds.md.
#ifndef PT_COST_FEED_H
#define PT_COST_FEED_H

#include "base/clock.h"
#include "cost/series.h"

enum pt_feed_kind {
    PT_FEED_PRICE,  // currency units per kWh
    PT_FEED_CARBON, // grams of CO2e per kWh
    PT_FEED_SOLAR,  // kW of an installation
};
enum { PT_FEED_KIND_COUNT = 3 };

enum pt_feed_quality {
    PT_FEED_ACTUAL,   // measured, or settled by an auction
    PT_FEED_FORECAST, // may change
};

struct pt_feed_options {
    const struct pt_clock *clock; // NULL: the system's
    bool offline;                 // only what is on the disk; also POWERTRAIN_OFFLINE=1
    const char *cache;            // a folder; NULL: feeds/ in pt_cache_directory
    double timeout_seconds;       // of one request; 0: 10
    double patience_seconds;      // of all requests with their waits together; 0: 30
    double backoff_seconds;       // the first wait after a failure, then doubled; 0: 1
};

struct pt_feed_info {
    const char *feed, *zone; // the parts of the name
    enum pt_feed_kind kind;
    char unit[16];            // of the values: "EUR/kWh", "g/kWh", "kW"
    char currency[4];         // of prices, else ""
    const char *attribution;  // who is to be named, and under which license
    const char *note;         // what kind of number it is, for example "marginal"; NULL
    int64_t retrieved_ns;     // of the oldest part
    int64_t known_until_ns;   // the end of the last value
    int64_t actual_until_ns;  // what begins later is a forecast
    int64_t missing_count;    // intervals between the first and the last for which nothing is known
    int64_t conflict_count;   // of these, those for which the feed gave two values
    int request_count;        // over the network, for this answer
    const char *warning;      // why it is older or shorter than it could be; NULL: it is not
    const uint8_t *qualities; // enum pt_feed_quality of each value
};

// The values of [from, to) as far as they are known; gaps stay gaps. to may lie beyond what is
// published. All memory comes from arena. options may be NULL. PT_USAGE: no such zone or kind at
// this feed; PT_NOT_FOUND: no such feed, or no such file; PT_UNAVAILABLE: nothing at all is known,
// with the reason.
enum pt_status pt_feed_series(struct pt_arena *arena, const char *name, enum pt_feed_kind kind,
                              int64_t from_ns, int64_t to_ns, const struct pt_feed_options *options,
                              const struct pt_series **ret_series, struct pt_feed_info *ret_info,
                              struct pt_error *error);
// The kind that is meant when nobody says: the first that the feed has.
enum pt_status pt_feed_default_kind(const char *name, enum pt_feed_kind *ret_kind,
                                    struct pt_error *error);

extern const char *const pt_feed_kind_names[]; // "price", "carbon", "solar", NULL

// For a list of all feeds.
struct pt_feed_description {
    const char *name, *zones, *summary, *attribution;
    const char *token; // the environment's variable for the secret that it wants; NULL: none
    bool kinds[PT_FEED_KIND_COUNT];
};
int pt_feed_count(void);
struct pt_feed_description pt_feed_describe(int index);

#endif
