// energy-charts.info of Fraunhofer ISE: European day-ahead prices and the carbon intensity of
// countries. No key.
//
// /price: {license_info, unix_seconds: [..], price: [..], unit, deprecated}, EUR/MWh; "unit" has
// said "No Unit" for the same numbers. /co2eq: {unix_seconds, co2eq, co2eq_forecast}, g/kWh. Nulls
// are gaps. The length of an interval is the distance to the next one, 3600 s, since 2025-10-01
// 900 s.
// Source: https://api.energy-charts.info, the description of its API.

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "cost/feed_driver.h"

static const double kwh_per_mwh = 1000;

static enum pt_status check_zone(const char *zone, enum pt_feed_kind kind, struct pt_error *error)
{
    (void)kind;
    if (pt_feed_is_word(zone, 16, "-") && strlen(zone) >= 2)
        return PT_OK;
    return pt_fail(error, PT_USAGE, "\"%.40s\" is no bidding zone; one is DE-LU or SE3", zone);
}

static enum pt_status request(const struct pt_feed_ask *ask, struct pt_feed_request *ret_request,
                              struct pt_error *error)
{
    char from[32], to[32], country[3];
    pt_feed_time(ask->from_ns, "%Y-%m-%dT%H:%MZ", from);
    pt_feed_time(ask->to_ns - PT_FEED_MINUTE_NS, "%Y-%m-%dT%H:%MZ", to); // its end is inclusive
    for (int i = 0; i < 2; i++)
        country[i] = (char)tolower((unsigned char)ask->zone[i]);
    country[2] = '\0';
    if (ask->kind == PT_FEED_CARBON)
        return pt_feed_path(ret_request, error, "/co2eq?country=%s&start=%s&end=%s", country, from,
                            to);
    return pt_feed_path(ret_request, error, "/price?bzn=%s&start=%s&end=%s", ask->zone, from, to);
}

// The unit of prices, if it says one. Blanks do not count.
static enum pt_status check_unit(const struct pt_feed_ask *ask, const struct pt_node *root,
                                 struct pt_error *error)
{
    static const char *const known[] = {"", "EUR/MWh", "NoUnit", "nounit"};
    const char *unit = pt_feed_string(root, "unit");
    char packed[32];
    size_t length = 0;
    for (const char *c = unit; *c != '\0' && length + 1 < sizeof packed; c++)
        if (*c != ' ')
            packed[length++] = *c;
    packed[length] = '\0';
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(packed, known[i]) == 0)
            return PT_OK;
    return pt_feed_corrupt(ask, error, "its unit is \"%.40s\", not EUR/MWh", unit);
}

static enum pt_status read_moments(const struct pt_feed_ask *ask, const struct pt_node *array,
                                   struct pt_arena *arena, int64_t **ret_ns, struct pt_error *error)
{
    // A year 1970 to 2200: what leaves it is in another unit.
    static const double most_seconds = 7258118400;
    int64_t *ns = pt_arena_alloc(arena, (size_t)array->count + 1, sizeof *ns), i = 0;
    enum pt_status status;
    if (ns == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a reply");
    for (const struct pt_node *node = array->first; node != NULL; node = node->next, i++) {
        double seconds;
        if ((status = pt_feed_number(ask, node, &seconds, error)) != PT_OK)
            return status;
        if (!(seconds >= 0 && seconds <= most_seconds))
            return pt_feed_corrupt(ask, error, "%g are no seconds since 1970", seconds);
        ns[i] = (int64_t)seconds * PT_NANOSECONDS_PER_SECOND;
        if (i > 0 && ns[i] < ns[i - 1])
            return pt_feed_corrupt(ask, error, "its times do not rise");
    }
    *ret_ns = ns;
    return PT_OK;
}

// The length of each interval: the distance to its nearer neighbor in time, so that a missing row
// makes no interval longer. One row alone is an hour.
static void measure(const int64_t *ns, int64_t count, int64_t *lengths_ns)
{
    int64_t distance = PT_FEED_HOUR_NS;
    for (int64_t i = 0; i < count; i++) {
        if (i > 0 && ns[i] > ns[i - 1])
            distance = ns[i] - ns[i - 1];
        lengths_ns[i] = distance < PT_FEED_HOUR_NS ? distance : PT_FEED_HOUR_NS;
    }
    distance = PT_FEED_HOUR_NS;
    for (int64_t i = count - 1; i >= 0; i--) {
        if (i + 1 < count && ns[i] < ns[i + 1])
            distance = ns[i + 1] - ns[i];
        if (distance < lengths_ns[i])
            lengths_ns[i] = distance;
    }
}

static enum pt_status add_all(const struct pt_feed_ask *ask, const int64_t *ns,
                              const struct pt_node *values, double scale,
                              enum pt_feed_quality quality, struct pt_feed_points *points,
                              struct pt_error *error)
{
    int64_t i = 0,
            *lengths_ns = pt_arena_alloc(points->arena, (size_t)values->count + 1, sizeof *ns);
    if (lengths_ns == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a reply");
    measure(ns, values->count, lengths_ns);
    for (const struct pt_node *node = values->first; node != NULL; node = node->next, i++) {
        double value;
        enum pt_status status = pt_feed_number(ask, node, &value, error);
        if (status == PT_OK)
            status = pt_feed_add(points,
                                 (struct pt_feed_point){ns[i], ns[i] + lengths_ns[i], value * scale,
                                                        quality == PT_FEED_ACTUAL, quality},
                                 error);
        if (status != PT_OK)
            return status;
    }
    return PT_OK;
}

static enum pt_status add_column(const struct pt_feed_ask *ask, const struct pt_node *root,
                                 const char *key, double scale, enum pt_feed_quality quality,
                                 struct pt_feed_points *points, struct pt_error *error)
{
    const struct pt_node *times, *values;
    int64_t *ns = NULL;
    enum pt_status status;
    if ((status = pt_feed_array(ask, root, "unix_seconds", &times, error)) != PT_OK ||
        (status = pt_feed_array(ask, root, key, &values, error)) != PT_OK)
        return status;
    if (times->count != values->count)
        return pt_feed_corrupt(ask, error, "%lld times but %lld values", (long long)times->count,
                               (long long)values->count);
    if ((status = read_moments(ask, times, points->arena, &ns, error)) != PT_OK)
        return status;
    return add_all(ask, ns, values, scale, quality, points, error);
}

static enum pt_status parse(const struct pt_feed_ask *ask, const char *body, size_t length,
                            struct pt_feed_points *points, struct pt_error *error)
{
    const struct pt_node *root;
    enum pt_status status = pt_feed_json(ask, points->arena, body, length, &root, error);
    if (status != PT_OK || (root->kind == PT_NODE_MAPPING && root->count == 0))
        return status;
    if (ask->kind == PT_FEED_PRICE) {
        memcpy(points->currency, "EUR", 4);
        if ((status = check_unit(ask, root, error)) != PT_OK)
            return status;
        return add_column(ask, root, "price", 1 / kwh_per_mwh, PT_FEED_ACTUAL, points, error);
    }
    status = add_column(ask, root, "co2eq", 1, PT_FEED_ACTUAL, points, error);
    if (status == PT_OK && pt_node_find(root, "co2eq_forecast") != NULL)
        status = add_column(ask, root, "co2eq_forecast", 1, PT_FEED_FORECAST, points, error);
    return status;
}

const struct pt_feed_driver pt_feed_energy_charts = {
    .name = "energy-charts",
    .summary = "European day-ahead prices; carbon intensity of countries",
    .zones = "a bidding zone, DE-LU; its first two letters are the country",
    .base = "https://api.energy-charts.info",
    .attribution = "energy-charts.info, Fraunhofer ISE; CC BY 4.0 for prices of DE-LU and its "
                   "neighbors, others for private use only (EPEX SPOT, ENTSO-E)",
    .kinds = {[PT_FEED_PRICE] = true, [PT_FEED_CARBON] = true},
    .least = {[PT_FEED_PRICE] = -1, [PT_FEED_CARBON] = 0},
    .most = {[PT_FEED_PRICE] = 10, [PT_FEED_CARBON] = 2000},
    .span_ns = 366 * PT_FEED_DAY_NS,
    .seconds_between = 1,
    .horizon_ns = 2 * PT_FEED_DAY_NS,
    .publication_minute = 12 * 60, // 13:00 CET, an hour later in summer
    .published_until_minute = 22 * 60,
    .refresh_ns = 30 * PT_FEED_MINUTE_NS,
    .revised_ns = PT_FEED_DAY_NS,
    .check_zone = check_zone,
    .request = request,
    .parse = parse,
};
