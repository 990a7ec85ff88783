// The carbon intensity of Great Britain by its grid operator (NESO), national or of a region.
// No key.
//
// National: {data: [{from, to, intensity: {forecast, actual|null, index}}]}. Regional: {data:
// {regionid, shortname, data: [{from, to, intensity: {forecast, index}}]}}; regions have no actual
// values. Half hours, g/kWh. When its sources are late the horizon shrinks, down to "{}" with
// status 200. Actual values are revised for a day. Source:
// https://carbon-intensity.github.io/api-definitions.

#include <math.h>
#include <string.h>

#include "base/parse.h"
#include "cost/feed_driver.h"

enum { REGION_COUNT = 17 };

static bool is_region(const char *zone)
{
    int64_t region;
    return pt_parse_int64(zone, &region) && region >= 1 && region <= REGION_COUNT;
}

// The outward part: "RG1", "EC1A".
static bool is_postcode(const char *zone)
{
    size_t letters = strspn(zone, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    return (letters == 1 || letters == 2) && zone[letters] >= '0' && zone[letters] <= '9' &&
           pt_feed_is_word(zone, 4, "");
}

static bool is_national(const char *zone)
{
    return strcmp(zone, "GB") == 0;
}

static enum pt_status check_zone(const char *zone, enum pt_feed_kind kind, struct pt_error *error)
{
    (void)kind;
    if (is_national(zone) || is_region(zone) || is_postcode(zone))
        return PT_OK;
    return pt_fail(
        error, PT_USAGE,
        "\"%.40s\" is not GB, the number of a region from 1 to %d or the first half of a "
        "postcode, RG1",
        zone, REGION_COUNT);
}

static enum pt_status request(const struct pt_feed_ask *ask, struct pt_feed_request *ret_request,
                              struct pt_error *error)
{
    char from[32], to[32];
    pt_feed_time(ask->from_ns, "%Y-%m-%dT%H:%MZ", from);
    pt_feed_time(ask->to_ns, "%Y-%m-%dT%H:%MZ", to);
    if (is_national(ask->zone))
        return pt_feed_path(ret_request, error, "/intensity/%s/%s", from, to);
    return pt_feed_path(ret_request, error, "/regional/intensity/%s/%s/%s/%s", from, to,
                        is_region(ask->zone) ? "regionid" : "postcode", ask->zone);
}

static enum pt_status read_row(const struct pt_feed_ask *ask, const struct pt_node *row,
                               struct pt_feed_points *points, struct pt_error *error)
{
    struct pt_feed_point point = {.rank = 1, .quality = PT_FEED_ACTUAL};
    const struct pt_node *intensity =
        row->kind == PT_NODE_MAPPING ? pt_node_find(row, "intensity") : NULL;
    double forecast;
    enum pt_status status;
    if (intensity == NULL || intensity->kind != PT_NODE_MAPPING)
        return pt_feed_corrupt(ask, error, "line %d: no intensity", row->line);
    if ((status = pt_feed_moment(ask, row, "from", "", &point.start_ns, error)) != PT_OK ||
        (status = pt_feed_moment(ask, row, "to", "", &point.end_ns, error)) != PT_OK ||
        (status = pt_feed_number(ask, pt_node_find(intensity, "actual"), &point.value, error)) !=
            PT_OK ||
        (status = pt_feed_number(ask, pt_node_find(intensity, "forecast"), &forecast, error)) !=
            PT_OK)
        return status;
    if (isnan(point.value)) {
        point.value = forecast;
        point.quality = PT_FEED_FORECAST;
        point.rank = 0;
    }
    return pt_feed_add(points, point, error);
}

static enum pt_status parse(const struct pt_feed_ask *ask, const char *body, size_t length,
                            struct pt_feed_points *points, struct pt_error *error)
{
    const struct pt_node *root, *data;
    enum pt_status status = pt_feed_json(ask, points->arena, body, length, &root, error);
    if (status != PT_OK || (root->kind == PT_NODE_MAPPING && root->count == 0))
        return status;
    // The region, or a list of one region.
    data = root->kind == PT_NODE_MAPPING ? pt_node_find(root, "data") : NULL;
    if (data != NULL && !is_national(ask->zone) && data->kind == PT_NODE_SEQUENCE)
        data = data->first;
    if (data != NULL && data->kind == PT_NODE_MAPPING)
        data = pt_node_find(data, "data");
    if (data == NULL || data->kind != PT_NODE_SEQUENCE)
        return pt_feed_corrupt(ask, error, "its answer has no list \"data\"");
    for (const struct pt_node *row = data->first; row != NULL && status == PT_OK; row = row->next)
        status = read_row(ask, row, points, error);
    return status;
}

const struct pt_feed_driver pt_feed_uk_carbon = {
    .name = "uk-carbon",
    .summary = "carbon intensity of Great Britain and its regions, with a forecast of two days",
    .zones = "GB; a region from 1 to 17; the first half of a postcode, RG1",
    .zone = "GB",
    .base = "https://api.carbonintensity.org.uk",
    .attribution = "NESO Carbon Intensity API; CC BY 4.0",
    .note = "average intensity of generation and imports",
    .kinds = {[PT_FEED_CARBON] = true},
    .least = {[PT_FEED_CARBON] = 0},
    .most = {[PT_FEED_CARBON] = 1500},
    .span_ns = 13 * PT_FEED_DAY_NS, // 14 at most
    .seconds_between = 0.5,
    .horizon_ns = 2 * PT_FEED_DAY_NS,
    .refresh_ns = 30 * PT_FEED_MINUTE_NS,
    .revised_ns = PT_FEED_DAY_NS,
    .check_zone = check_zone,
    .request = request,
    .parse = parse,
};
