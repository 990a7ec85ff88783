// See run_prices.h.

#include "cli/run_prices.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/node.h"
#include "base/units.h"
#include "cli/run_clock.h"
#include "cli/run_setup.h"
#include "cost/feed.h"

static const int64_t day_ns = 24 * 3600 * PT_NANOSECONDS_PER_SECOND;
// What a forecast looks at: the same hour of the last four weeks, and some days to learn from.
enum { PAST_DAYS = 42 };
static const double patience_seconds = 20;

struct reading {
    struct pt_run_prices *prices; // that are being made
    const struct pt_run_choice *choice;
    int64_t from_ns, to_ns;
};

static void note_trouble(struct pt_run_prices *prices, const char *feed, const char *reason)
{
    size_t used = strlen(prices->trouble);
    if (strncmp(reason, feed, strlen(feed)) == 0) // it says so itself
        snprintf(prices->trouble + used, sizeof prices->trouble - used, "%s%.260s",
                 used > 0 ? "; " : "", reason);
    else
        snprintf(prices->trouble + used, sizeof prices->trouble - used, "%s%.60s: %.200s",
                 used > 0 ? "; " : "", feed, reason);
}

// PT_OK and *ret_series NULL if the feed cannot be had.
static enum pt_status ask(const struct reading *reading, const char *name, enum pt_feed_kind kind,
                          const struct pt_series **ret_series, struct pt_feed_info *ret_info,
                          struct pt_error *error)
{
    struct pt_error inner;
    const struct pt_feed_options options = {.clock = &pt_run_clock,
                                            .patience_seconds = patience_seconds};
    bool is_file = strncmp(name, "csv:", 4) == 0;
    *ret_series = NULL;
    enum pt_status status = pt_feed_series(
        reading->prices->arena, name, kind, is_file ? INT64_MIN : reading->from_ns,
        is_file ? INT64_MAX : reading->to_ns, &options, ret_series, ret_info, &inner);
    if (status == PT_OK && ret_info->warning != NULL)
        note_trouble(reading->prices, name, ret_info->warning);
    if (status == PT_OK)
        return PT_OK;
    *ret_series = NULL;
    if (status == PT_UNAVAILABLE) {
        note_trouble(reading->prices, name, inner.message);
        return PT_OK;
    }
    return pt_fail(error, status, "%s", inner.message);
}

static enum pt_status use_price(const struct reading *reading, const char *name,
                                struct pt_error *error)
{
    struct pt_tariff *tariff = &reading->prices->tariff;
    const struct pt_series *series;
    struct pt_feed_info info;
    enum pt_status status = ask(reading, name, PT_FEED_PRICE, &series, &info, error);
    if (status != PT_OK || series == NULL)
        return status;
    if (reading->choice->tariff != NULL && tariff->currency[0] != '\0' &&
        strcmp(tariff->currency, info.currency) != 0 && info.currency[0] != '\0')
        return pt_fail(error, PT_USAGE, "%s is in %s, the tariff in %s: nothing is converted", name,
                       info.currency, tariff->currency);
    tariff->price_series = series;
    tariff->window_count = 0;
    tariff->price_error = 0;
    tariff->price_per_kwh = pt_quantity_relative(series->mean, 0, PT_PUBLISHED);
    if (info.currency[0] != '\0')
        memcpy(tariff->currency, info.currency, sizeof tariff->currency);
    tariff->price_source = pt_arena_strdup(reading->prices->arena, name);
    return PT_OK;
}

static enum pt_status use_carbon(const struct reading *reading, const char *name,
                                 struct pt_error *error)
{
    struct pt_tariff *tariff = &reading->prices->tariff;
    const struct pt_series *series;
    struct pt_feed_info info;
    enum pt_status status = ask(reading, name, PT_FEED_CARBON, &series, &info, error);
    if (status != PT_OK || series == NULL)
        return status;
    tariff->carbon_series = series;
    tariff->carbon_error = 0;
    tariff->carbon_grams_per_kwh = pt_quantity_relative(series->mean, 0, PT_PUBLISHED);
    tariff->carbon_source = pt_arena_strdup(reading->prices->arena, name);
    return PT_OK;
}

// The feeds that a tariff file names itself are read from yesterday on; a forecast wants more.
static const char *feed_in_tariff(const struct reading *reading, const char *key)
{
    const struct pt_node *root;
    const char *name = NULL;
    if (reading->choice->tariff == NULL ||
        pt_node_read_file(reading->prices->arena, reading->choice->tariff, &root, NULL) != PT_OK ||
        root->kind != PT_NODE_MAPPING)
        return NULL;
    const struct pt_node *series = pt_node_find(root, "series");
    if (series == NULL || series->kind != PT_NODE_MAPPING ||
        pt_node_get_string(series, key, PT_OPTIONAL, &name, NULL) != PT_OK || name == NULL)
        return NULL;
    return strncmp(name, "csv:", 4) != 0 && strchr(name, ':') != NULL ? name : NULL;
}

static enum pt_status read_all(const struct reading *reading, struct pt_error *error)
{
    const struct pt_run_choice *choice = reading->choice;
    const char *price = choice->prices != NULL ? choice->prices : feed_in_tariff(reading, "price");
    const char *carbon =
        choice->carbon != NULL ? choice->carbon : feed_in_tariff(reading, "carbon");
    enum pt_status status = pt_run_tariff(reading->prices->arena, choice->region, choice->tariff,
                                          NULL, &reading->prices->tariff, error);
    if (status == PT_OK && price != NULL)
        status = use_price(reading, price, error);
    if (status == PT_OK && carbon != NULL)
        status = use_carbon(reading, carbon, error);
    return status;
}

// A series that could not be had now stays as it was.
static bool lost_a_series(const struct pt_run_prices *before, const struct pt_run_prices *now)
{
    return (before->tariff.price_series != NULL && now->tariff.price_series == NULL) ||
           (before->tariff.carbon_series != NULL && now->tariff.carbon_series == NULL);
}

enum pt_status pt_run_prices_read(struct pt_run_prices *prices, const struct pt_run_choice *choice,
                                  int64_t since_ns, int64_t deadline_ns, struct pt_error *error)
{
    int64_t now_ns = pt_run_now();
    struct pt_run_prices fresh = {.arena = pt_arena_create(), .read_ns = now_ns};
    if (fresh.arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for prices");
    struct reading reading = {.prices = &fresh,
                              .choice = choice,
                              .from_ns =
                                  (since_ns < now_ns ? since_ns : now_ns) - PAST_DAYS * day_ns,
                              .to_ns = deadline_ns + day_ns};
    enum pt_status status = read_all(&reading, error);
    if (status == PT_OK && (prices->arena == NULL || !lost_a_series(prices, &fresh))) {
        pt_arena_destroy(prices->arena);
        *prices = fresh;
        return PT_OK;
    }
    if (status == PT_OK) {
        memcpy(prices->trouble, fresh.trouble, sizeof prices->trouble);
        prices->read_ns = now_ns;
    }
    pt_arena_destroy(fresh.arena);
    return status;
}

void pt_run_prices_close(struct pt_run_prices *prices)
{
    pt_arena_destroy(prices->arena);
    prices->arena = NULL;
}
