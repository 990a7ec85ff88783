// Electricity Maps v3: carbon intensity of the zones of the world, by a key.
//
// Header auth-token. past-range: {zone, data: [{carbonIntensity, datetime, isEstimated, ..}]}, at
// most ten days of hours a call; forecast: {zone, forecast: [{carbonIntensity, datetime}],
// updatedAt}. g/kWh over the life cycle, hours, ISO times with milliseconds. The free tier has no
// forecast.
// Source: https://portal.electricitymaps.com/docs.

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "cost/feed_driver.h"

static enum pt_status check_zone(const char *zone, enum pt_feed_kind kind, struct pt_error *error)
{
    (void)kind;
    if (pt_feed_is_word(zone, 24, "-_"))
        return PT_OK;
    return pt_fail(error, PT_USAGE, "\"%.40s\" is no zone of Electricity Maps; one is DE", zone);
}

static enum pt_status request(const struct pt_feed_ask *ask, struct pt_feed_request *ret_request,
                              struct pt_error *error)
{
    char from[32], to[32];
    int length =
        snprintf(ret_request->header, sizeof ret_request->header, "auth-token: %s", ask->token);
    if (length < 0 || (size_t)length >= sizeof ret_request->header)
        return pt_fail(error, PT_OVERFLOW, "a token of %zu characters", strlen(ask->token));
    if (ask->ahead)
        return pt_feed_path(ret_request, error,
                            "/v3/carbon-intensity/forecast?zone=%s&horizonHours=72", ask->zone);
    return pt_feed_path(ret_request, error,
                        "/v3/carbon-intensity/past-range?zone=%s&start=%s&end=%s", ask->zone,
                        pt_feed_time(ask->from_ns, "%Y-%m-%dT%H:%MZ", from),
                        pt_feed_time(ask->to_ns, "%Y-%m-%dT%H:%MZ", to));
}

static enum pt_status read_row(const struct pt_feed_ask *ask, const struct pt_node *row,
                               struct pt_feed_points *points, struct pt_error *error)
{
    struct pt_feed_point point = {.rank = ask->ahead ? 0 : 1,
                                  .quality = ask->ahead ? PT_FEED_FORECAST : PT_FEED_ACTUAL};
    enum pt_status status;
    if (row->kind != PT_NODE_MAPPING)
        return pt_feed_corrupt(ask, error, "line %d: no intensity", row->line);
    if ((status = pt_feed_moment(ask, row, "datetime", "", &point.start_ns, error)) != PT_OK ||
        (status = pt_feed_number(ask, pt_node_find(row, "carbonIntensity"), &point.value, error)) !=
            PT_OK)
        return status;
    point.end_ns = point.start_ns + PT_FEED_HOUR_NS;
    return pt_feed_add(points, point, error);
}

static enum pt_status parse(const struct pt_feed_ask *ask, const char *body, size_t length,
                            struct pt_feed_points *points, struct pt_error *error)
{
    const struct pt_node *root, *data;
    enum pt_status status;
    if ((status = pt_feed_json(ask, points->arena, body, length, &root, error)) != PT_OK)
        return status;
    const char *problem = pt_feed_string(root, "error");
    if (*problem != '\0') {
        char text[120];
        pt_feed_harmless(text, sizeof text, problem, strlen(problem));
        return pt_fail(error, PT_UNAVAILABLE, "%s: %s", ask->driver->name, text);
    }
    status = pt_feed_array(ask, root, ask->ahead ? "forecast" : "data", &data, error);
    if (status != PT_OK)
        return status;
    for (const struct pt_node *row = data->first; row != NULL && status == PT_OK; row = row->next)
        status = read_row(ask, row, points, error);
    return status;
}

const struct pt_feed_driver pt_feed_electricity_maps = {
    .name = "electricity-maps",
    .summary = "carbon intensity of the zones of the world; a forecast of three days if paid for",
    .zones = "a zone, DE or US-CAL-CISO",
    .base = "https://api.electricitymaps.com",
    .attribution = "Electricity Maps; by the terms of your plan",
    .note = "average intensity over the life cycle, by flows",
    .kinds = {[PT_FEED_CARBON] = true},
    .secret = PT_FEED_TOKEN,
    .secret_variable = "POWERTRAIN_ELECTRICITY_MAPS_TOKEN",
    .secret_hint = "https://portal.electricitymaps.com",
    .least = {[PT_FEED_CARBON] = 0},
    .most = {[PT_FEED_CARBON] = 3000},
    .span_ns = 10 * PT_FEED_DAY_NS,
    .seconds_between = 0.5,
    .horizon_ns = 3 * PT_FEED_DAY_NS,
    .splits_at_now = true,
    .refresh_ns = 30 * PT_FEED_MINUTE_NS,
    .revised_ns = PT_FEED_DAY_NS, // estimated at first
    .check_zone = check_zone,
    .request = request,
    .parse = parse,
};
