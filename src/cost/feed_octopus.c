// Octopus Agile: the half-hourly prices of a British household tariff, with all its taxes. No key.
//
// {count, next, previous, results: [{value_exc_vat, value_inc_vat, valid_from, valid_to|null,
// payment_method}]}, pence per kWh, newest first, in pages. A product has a tariff for each region,
// a letter from A to P. A price that both payment methods have stands twice.
// Source: https://docs.octopus.energy/rest/guides/endpoints.

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cost/feed_driver.h"

#define PRODUCT "AGILE-24-10-01"
enum { PAGE_SIZE = 1500 };
static const double pence_per_pound = 100;

// "C" or "AGILE-24-10-01/C" into product and region.
static bool split_zone(const char *zone, char product[40], char *ret_region)
{
    const char *slash = strrchr(zone, '/');
    const char *region = slash != NULL ? slash + 1 : zone;
    if (region[0] < 'A' || region[0] > 'P' || region[1] != '\0')
        return false;
    snprintf(product, 40, "%.*s", slash != NULL ? (int)(slash - zone) : (int)sizeof PRODUCT - 1,
             slash != NULL ? zone : PRODUCT);
    *ret_region = region[0];
    return pt_feed_is_word(product, 32, "-");
}

static enum pt_status check_zone(const char *zone, enum pt_feed_kind kind, struct pt_error *error)
{
    char product[40], region;
    (void)kind;
    if (split_zone(zone, product, &region))
        return PT_OK;
    return pt_fail(error, PT_USAGE,
                   "\"%.40s\" is no region from A to P (C is London), nor PRODUCT/REGION", zone);
}

static enum pt_status request(const struct pt_feed_ask *ask, struct pt_feed_request *ret_request,
                              struct pt_error *error)
{
    char from[32], to[32], product[40], region = 'C';
    split_zone(ask->zone, product, &region);
    return pt_feed_path(ret_request, error,
                        "/v1/products/%s/electricity-tariffs/E-1R-%s-%c/standard-unit-rates/"
                        "?period_from=%s&period_to=%s&page_size=%d&page=%d",
                        product, product, region,
                        pt_feed_time(ask->from_ns, "%Y-%m-%dT%H:%MZ", from),
                        pt_feed_time(ask->to_ns, "%Y-%m-%dT%H:%MZ", to), PAGE_SIZE, ask->page + 1);
}

// A price without an end holds until the next one: only its first half hour is sure.
static enum pt_status read_row(const struct pt_feed_ask *ask, const struct pt_node *row,
                               struct pt_feed_points *points, struct pt_error *error)
{
    struct pt_feed_point point = {.quality = PT_FEED_ACTUAL};
    enum pt_status status;
    if (row->kind != PT_NODE_MAPPING)
        return pt_feed_corrupt(ask, error, "line %d: no price", row->line);
    if (strcmp(pt_feed_string(row, "payment_method"), "NON_DIRECT_DEBIT") == 0)
        return PT_OK;
    if ((status = pt_feed_moment(ask, row, "valid_from", "", &point.start_ns, error)) != PT_OK)
        return status;
    point.end_ns = point.start_ns + PT_FEED_HOUR_NS / 2;
    if (pt_feed_string(row, "valid_to")[0] != '\0' &&
        (status = pt_feed_moment(ask, row, "valid_to", "", &point.end_ns, error)) != PT_OK)
        return status;
    status = pt_feed_number(ask, pt_node_find(row, "value_inc_vat"), &point.value, error);
    point.value /= pence_per_pound;
    return status == PT_OK ? pt_feed_add(points, point, error) : status;
}

static enum pt_status parse(const struct pt_feed_ask *ask, const char *body, size_t length,
                            struct pt_feed_points *points, struct pt_error *error)
{
    const struct pt_node *root, *results;
    enum pt_status status;
    if ((status = pt_feed_json(ask, points->arena, body, length, &root, error)) != PT_OK ||
        (status = pt_feed_array(ask, root, "results", &results, error)) != PT_OK)
        return status;
    memcpy(points->currency, "GBP", 4);
    points->more = pt_feed_string(root, "next")[0] != '\0';
    for (const struct pt_node *row = results->first; row != NULL && status == PT_OK;
         row = row->next)
        status = read_row(ask, row, points, error);
    return status;
}

const struct pt_feed_driver pt_feed_octopus = {
    .name = "octopus",
    .summary = "Octopus Agile, half-hourly prices of British households, VAT included",
    .zones = "a region from A to P, C; or PRODUCT/REGION, " PRODUCT "/C",
    .base = "https://api.octopus.energy",
    .attribution = "Octopus Energy, public tariff data",
    .note = "retail prices, with VAT",
    .kinds = {[PT_FEED_PRICE] = true},
    .least = {[PT_FEED_PRICE] = -2},
    .most = {[PT_FEED_PRICE] = 5},
    .span_ns = 31 * PT_FEED_DAY_NS,
    .seconds_between = 0.2,
    .horizon_ns = 2 * PT_FEED_DAY_NS,
    .publication_minute = 16 * 60,
    .published_until_minute = 22 * 60,
    .check_zone = check_zone,
    .request = request,
    .parse = parse,
};
