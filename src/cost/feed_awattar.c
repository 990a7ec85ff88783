// aWATTar: day-ahead prices of Germany and Austria. No key.
//
// {object, data: [{start_timestamp, end_timestamp, marketprice, unit}]}, milliseconds since 1970,
// "Eur/MWh". The zone is the server: api.awattar.de or .at.
// Source: https://www.awattar.de/services/api.

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "cost/feed_driver.h"

static const double kwh_per_mwh = 1000;
static const double most_milliseconds = 7258118400e3; // the year 2200

static enum pt_status check_zone(const char *zone, enum pt_feed_kind kind, struct pt_error *error)
{
    (void)kind;
    if (strcmp(zone, "DE") == 0 || strcmp(zone, "AT") == 0)
        return PT_OK;
    return pt_fail(error, PT_USAGE, "\"%.40s\" is neither DE nor AT", zone);
}

static enum pt_status request(const struct pt_feed_ask *ask, struct pt_feed_request *ret_request,
                              struct pt_error *error)
{
    static const int64_t ns_per_ms = PT_NANOSECONDS_PER_SECOND / 1000;
    return pt_feed_path(ret_request, error, "/v1/marketdata?start=%" PRId64 "&end=%" PRId64,
                        ask->from_ns / ns_per_ms, ask->to_ns / ns_per_ms);
}

static enum pt_status read_stamp(const struct pt_feed_ask *ask, const struct pt_node *row,
                                 const char *key, int64_t *ret_ns, struct pt_error *error)
{
    double ms;
    enum pt_status status = pt_feed_number(ask, pt_node_find(row, key), &ms, error);
    if (status != PT_OK)
        return status;
    if (!(ms >= 0 && ms <= most_milliseconds))
        return pt_feed_corrupt(ask, error, "line %d: %s is no time in milliseconds", row->line,
                               key);
    *ret_ns = (int64_t)(ms * (PT_NANOSECONDS_PER_SECOND / 1000));
    return PT_OK;
}

static enum pt_status read_row(const struct pt_feed_ask *ask, const struct pt_node *row,
                               struct pt_feed_points *points, struct pt_error *error)
{
    struct pt_feed_point point = {.quality = PT_FEED_ACTUAL};
    const char *unit = pt_feed_string(row, "unit");
    enum pt_status status;

    if (row->kind != PT_NODE_MAPPING)
        return pt_feed_corrupt(ask, error, "line %d: no price", row->line);
    if (strcasecmp(unit, "Eur/MWh") != 0)
        return pt_feed_corrupt(ask, error, "its unit is \"%.40s\", not Eur/MWh", unit);
    if ((status = read_stamp(ask, row, "start_timestamp", &point.start_ns, error)) != PT_OK ||
        (status = read_stamp(ask, row, "end_timestamp", &point.end_ns, error)) != PT_OK ||
        (status = pt_feed_number(ask, pt_node_find(row, "marketprice"), &point.value, error)) !=
            PT_OK)
        return status;
    point.value /= kwh_per_mwh;
    return pt_feed_add(points, point, error);
}

static enum pt_status parse(const struct pt_feed_ask *ask, const char *body, size_t length,
                            struct pt_feed_points *points, struct pt_error *error)
{
    const struct pt_node *root, *data;
    enum pt_status status;
    if ((status = pt_feed_json(ask, points->arena, body, length, &root, error)) != PT_OK ||
        (status = pt_feed_array(ask, root, "data", &data, error)) != PT_OK)
        return status;
    memcpy(points->currency, "EUR", 4);
    for (const struct pt_node *row = data->first; row != NULL && status == PT_OK; row = row->next)
        status = read_row(ask, row, points, error);
    return status;
}

const struct pt_feed_driver pt_feed_awattar = {
    .name = "awattar",
    .summary = "day-ahead prices of Germany and Austria",
    .zones = "DE or AT",
    .zone = "DE",
    .base = "https://api.awattar.de",
    .base_at = "https://api.awattar.at",
    .attribution = "aWATTar GmbH, from EPEX SPOT; fair use, 60 requests a minute",
    .kinds = {[PT_FEED_PRICE] = true},
    .least = {[PT_FEED_PRICE] = -1},
    .most = {[PT_FEED_PRICE] = 10},
    .span_ns = 31 * PT_FEED_DAY_NS,
    .seconds_between = 1,
    .horizon_ns = 2 * PT_FEED_DAY_NS,
    .publication_minute = 13 * 60, // 14:00 CET
    .published_until_minute = 22 * 60,
    .check_zone = check_zone,
    .request = request,
    .parse = parse,
};
