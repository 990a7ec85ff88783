// What the members of the registry of feeds are made of. A member builds requests and reads
// replies; the network, retries, secrets, the cache and what values may be are not its business.
#ifndef PT_COST_FEED_DRIVER_H
#define PT_COST_FEED_DRIVER_H

#include "base/node.h"
#include "base/units.h"
#include "cost/feed.h"

#define PT_FEED_HOUR_NS   (3600 * PT_NANOSECONDS_PER_SECOND)
#define PT_FEED_MINUTE_NS (60 * PT_NANOSECONDS_PER_SECOND)
#define PT_FEED_DAY_NS    (24 * PT_FEED_HOUR_NS)

enum { PT_FEED_PATH_SIZE = 2048, PT_FEED_POINTS_MOST = 1 << 20 };

// A value over an interval, in the unit of its kind.
struct pt_feed_point {
    int64_t start_ns, end_ns;
    double value;
    int rank; // of two for one interval the higher one holds, and then the shorter one
    enum pt_feed_quality quality;
};

struct pt_feed_points {
    struct pt_arena *arena;
    struct pt_feed_point *rows;
    int64_t count, capacity;
    char currency[4]; // of prices
    bool more;        // another page has to be asked for
};

struct pt_feed_ask {
    const struct pt_feed_driver *driver;
    const char *zone;
    enum pt_feed_kind kind;
    int64_t from_ns, to_ns; // whole days of UTC
    bool ahead;             // of a driver that splits at now: what is to come
    int page;               // from 0
    const char *token;      // NULL: the feed wants none
};

struct pt_feed_request {
    char path[PT_FEED_PATH_SIZE];
    char header[1024]; // "Name: value"; "": none
};

enum pt_feed_secret {
    PT_FEED_OPEN,  // wants none
    PT_FEED_TOKEN, // a token
    PT_FEED_LOGIN, // user and password, for which it gives a token
};

struct pt_feed_driver {
    const char *name, *summary;
    const char *zones;   // what may stand behind the colon, for people
    const char *zone;    // the default; NULL: it must be named
    const char *base;    // "https://api.energy-charts.info"; POWERTRAIN_FEED_URL_NAME replaces it
    const char *base_at; // instead, for the zone AT; NULL: the same
    const char *attribution;
    const char *note;
    bool kinds[PT_FEED_KIND_COUNT];
    enum pt_feed_secret secret;
    const char *secret_variable; // "POWERTRAIN_ENTSOE_TOKEN"; of a login: of its password
    const char *user_variable;   // of a login
    const char *secret_hint;     // where one gets it
    const char *login_path;
    bool reads_errors; // an answer of status 400 says why, and parse reads it

    // What a value may be; beyond is another unit, or nonsense.
    double least[PT_FEED_KIND_COUNT], most[PT_FEED_KIND_COUNT];

    int64_t span_ns;            // that one request may ask for
    double seconds_between;     // two requests
    int64_t horizon_ns;         // how far ahead there may be values
    bool splits_at_now;         // past and future are asked for apart
    int publication_minute;     // of the UTC day, when tomorrow's prices are out; 0: at any time
    int published_until_minute; // of tomorrow's UTC day, where they end
    int64_t refresh_ns;         // how long what is not settled is good
    int64_t revised_ns;         // how long after its interval a value may still change

    // PT_USAGE says which zones there are.
    enum pt_status (*check_zone)(const char *zone, enum pt_feed_kind kind, struct pt_error *error);
    enum pt_status (*request)(const struct pt_feed_ask *ask, struct pt_feed_request *ret_request,
                              struct pt_error *error);
    // Adds what a reply says, also outside of the span that was asked for. No values are no
    // failure. PT_CORRUPT: it is no such reply; PT_UNAVAILABLE: the feed says that it cannot.
    enum pt_status (*parse)(const struct pt_feed_ask *ask, const char *body, size_t length,
                            struct pt_feed_points *points, struct pt_error *error);
};

extern const struct pt_feed_driver pt_feed_energy_charts, pt_feed_entsoe, pt_feed_awattar,
    pt_feed_octopus, pt_feed_uk_carbon, pt_feed_electricity_maps, pt_feed_watttime, pt_feed_caiso,
    pt_feed_eia, pt_feed_open_meteo;
extern const struct pt_feed_driver *const pt_feed_drivers[];
extern const int pt_feed_driver_count;
const struct pt_feed_driver *pt_feed_driver_find(const char *name, size_t length); // or NULL

// ------------------------------------------------------------------------------- feed_points.c
enum pt_status pt_feed_add(struct pt_feed_points *points, struct pt_feed_point point,
                           struct pt_error *error);

// Equal intervals, each at most once, rising.
struct pt_feed_slots {
    int64_t count, step_ns;
    int64_t *starts_ns;
    double *values;
    uint8_t *qualities;
    int64_t conflict_count; // two different values for one interval: it is left out
};

// Cuts points into intervals of the largest step that fits all of them, those that reach into
// [from, to).
// PT_CORRUPT if they fit no step of a minute or more, or a value is not one of its kind.
enum pt_status pt_feed_cut(const struct pt_feed_points *points, const struct pt_feed_ask *ask,
                           struct pt_feed_slots *ret_slots, struct pt_error *error);

// --------------------------------------------------------------------------------- feed_text.c
// The root of a reply that should be JSON. PT_CORRUPT says what it is instead.
enum pt_status pt_feed_json(const struct pt_feed_ask *ask, struct pt_arena *arena, const char *body,
                            size_t length, const struct pt_node **ret_root, struct pt_error *error);
// The sequence under key. PT_CORRUPT if there is none.
enum pt_status pt_feed_array(const struct pt_feed_ask *ask, const struct pt_node *mapping,
                             const char *key, const struct pt_node **ret_array,
                             struct pt_error *error);
// A number, also in quotes; NAN for null or no node. PT_CORRUPT for all else.
enum pt_status pt_feed_number(const struct pt_feed_ask *ask, const struct pt_node *node,
                              double *ret_value, struct pt_error *error);
// The moment under key, with suffix behind it ("Z" where the feed leaves the zone out).
enum pt_status pt_feed_moment(const struct pt_feed_ask *ask, const struct pt_node *mapping,
                              const char *key, const char *suffix, int64_t *ret_ns,
                              struct pt_error *error);
// The text under key, or "".
const char *pt_feed_string(const struct pt_node *mapping, const char *key);
// "energy-charts: MESSAGE" with what a server said made harmless; PT_CORRUPT.
enum pt_status pt_feed_corrupt(const struct pt_feed_ask *ask, struct pt_error *error,
                               const char *format, ...) PT_PRINTF(3, 4);
// Control characters become blanks, and it ends after size - 1 bytes.
void pt_feed_harmless(char *buffer, size_t size, const char *text, size_t length);
// PT_OVERFLOW if the path does not fit.
enum pt_status pt_feed_path(struct pt_feed_request *request, struct pt_error *error,
                            const char *format, ...) PT_PRINTF(3, 4);
// "2026-11-24T00:00:00Z" cut or with its signs left out: format is "%Y%m%d%H%M" and the like, of
// the letters Y m d H M. A buffer of 32 bytes; returns it.
const char *pt_feed_time(int64_t ns, const char *format, char *buffer);
// Whether text has one to most characters, all letters, digits or of others.
bool pt_feed_is_word(const char *text, size_t most, const char *others);

#endif
