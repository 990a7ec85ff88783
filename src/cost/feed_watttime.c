// WattTime v3: the marginal intensity of American and other grids, that of the plant which follows
// the load. An account; only CAISO_NORTH is free.
//
// GET /login with user and password gives {token}, good for half an hour. /v3/forecast and
// /v3/historical: {data: [{point_time, value}], meta: {units, data_point_period_seconds, ..}},
// pounds per MWh every five minutes. Source: https://docs.watttime.org.

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "cost/feed_driver.h"

static const double grams_per_kwh_of_pounds_per_mwh = 0.45359237; // a pound is 453.59237 g, exactly

static enum pt_status check_zone(const char *zone, enum pt_feed_kind kind, struct pt_error *error)
{
    (void)kind;
    if (pt_feed_is_word(zone, 40, "_-"))
        return PT_OK;
    return pt_fail(error, PT_USAGE, "\"%.40s\" is no region of WattTime; one is CAISO_NORTH", zone);
}

static enum pt_status request(const struct pt_feed_ask *ask, struct pt_feed_request *ret_request,
                              struct pt_error *error)
{
    char from[32], to[32];
    int length = snprintf(ret_request->header, sizeof ret_request->header,
                          "Authorization: Bearer %s", ask->token);
    if (length < 0 || (size_t)length >= sizeof ret_request->header)
        return pt_fail(error, PT_OVERFLOW, "a token of %zu characters", strlen(ask->token));
    if (ask->ahead)
        return pt_feed_path(ret_request, error,
                            "/v3/forecast?region=%s&signal_type=co2_moer&horizon_hours=72",
                            ask->zone);
    return pt_feed_path(ret_request, error,
                        "/v3/historical?region=%s&signal_type=co2_moer&start=%s&end=%s", ask->zone,
                        pt_feed_time(ask->from_ns, "%Y-%m-%dT%H:%MZ", from),
                        pt_feed_time(ask->to_ns - 5 * PT_FEED_MINUTE_NS, "%Y-%m-%dT%H:%MZ", to));
}

static enum pt_status read_meta(const struct pt_feed_ask *ask, const struct pt_node *root,
                                int64_t *ret_period_ns, struct pt_error *error)
{
    const struct pt_node *meta = root->kind == PT_NODE_MAPPING ? pt_node_find(root, "meta") : NULL;
    double seconds = NAN;
    if (meta == NULL || meta->kind != PT_NODE_MAPPING)
        return pt_feed_corrupt(ask, error, "its answer has no \"meta\"");
    const char *units = pt_feed_string(meta, "units");
    if (strcmp(units, "lbs_co2_per_mwh") != 0)
        return pt_feed_corrupt(ask, error, "its unit is \"%.40s\", not lbs_co2_per_mwh", units);
    enum pt_status status =
        pt_feed_number(ask, pt_node_find(meta, "data_point_period_seconds"), &seconds, error);
    if (status == PT_OK && !(seconds >= 60 && seconds <= 86400))
        return pt_feed_corrupt(ask, error, "a value every %g s", seconds);
    if (status == PT_OK)
        *ret_period_ns = (int64_t)seconds * PT_NANOSECONDS_PER_SECOND;
    return status;
}

static enum pt_status parse(const struct pt_feed_ask *ask, const char *body, size_t length,
                            struct pt_feed_points *points, struct pt_error *error)
{
    struct pt_feed_point point = {.rank = ask->ahead ? 0 : 1,
                                  .quality = ask->ahead ? PT_FEED_FORECAST : PT_FEED_ACTUAL};
    const struct pt_node *root, *data;
    int64_t period_ns = 0;
    enum pt_status status;
    if ((status = pt_feed_json(ask, points->arena, body, length, &root, error)) != PT_OK ||
        (status = pt_feed_array(ask, root, "data", &data, error)) != PT_OK ||
        (status = read_meta(ask, root, &period_ns, error)) != PT_OK)
        return status;
    for (const struct pt_node *row = data->first; row != NULL; row = row->next) {
        if (row->kind != PT_NODE_MAPPING)
            return pt_feed_corrupt(ask, error, "line %d: no value", row->line);
        if ((status = pt_feed_moment(ask, row, "point_time", "", &point.start_ns, error)) !=
                PT_OK ||
            (status = pt_feed_number(ask, pt_node_find(row, "value"), &point.value, error)) !=
                PT_OK)
            return status;
        point.end_ns = point.start_ns + period_ns;
        point.value *= grams_per_kwh_of_pounds_per_mwh;
        if ((status = pt_feed_add(points, point, error)) != PT_OK)
            return status;
    }
    return PT_OK;
}

const struct pt_feed_driver pt_feed_watttime = {
    .name = "watttime",
    .summary = "marginal carbon intensity, every five minutes, with a forecast of three days",
    .zones = "a region, CAISO_NORTH",
    .zone = "CAISO_NORTH",
    .base = "https://api.watttime.org",
    .attribution = "WattTime; by the terms of your plan",
    .note = "marginal intensity (MOER): for decisions, not for a report",
    .kinds = {[PT_FEED_CARBON] = true},
    .secret = PT_FEED_LOGIN,
    .secret_variable = "POWERTRAIN_WATTTIME_PASSWORD",
    .user_variable = "POWERTRAIN_WATTTIME_USER",
    .secret_hint = "https://docs.watttime.org, POST /register",
    .login_path = "/login",
    .least = {[PT_FEED_CARBON] = -1500},
    .most = {[PT_FEED_CARBON] = 3000},
    .span_ns = 31 * PT_FEED_DAY_NS, // 32 at most
    .seconds_between = 0.1,
    .horizon_ns = 3 * PT_FEED_DAY_NS,
    .splits_at_now = true,
    .refresh_ns = 30 * PT_FEED_MINUTE_NS,
    .check_zone = check_zone,
    .request = request,
    .parse = parse,
};
