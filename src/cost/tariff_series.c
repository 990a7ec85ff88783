// The key "series" of a tariff: files and feeds instead of numbers. docs/tariff-yaml.md.

#include <string.h>

#include "cost/tariff_feed.h"
#include "cost/tariff_node.h"

static const double kwh_per_mwh = 1000;

bool pt_tariff_has_series(const struct pt_node *tariff_node, const char *prefix)
{
    const struct pt_node *node = pt_node_find(tariff_node, "series");
    if (node == NULL || node->kind != PT_NODE_MAPPING)
        return false;
    for (const struct pt_node *child = node->first; child != NULL; child = child->next)
        if (strncmp(child->key, prefix, strlen(prefix)) == 0)
            return true;
    return false;
}

// path as the user of node's file means it: beside that file.
static char *path_beside(struct pt_arena *arena, const struct pt_node *node, const char *path)
{
    const char *slash = node->file == NULL ? NULL : strrchr(node->file, '/');
    if (*path == '/' || slash == NULL)
        return pt_arena_strdup(arena, path);
    return pt_arena_printf(arena, "%.*s/%s", (int)(slash - node->file), node->file, path);
}

// The file under key; *ret_series stays as it is if there is none.
static enum pt_status read_one(struct pt_arena *arena, const struct pt_node *node, const char *key,
                               double scale, double least, double most,
                               const struct pt_series **ret_series, struct pt_error *error)
{
    const char *text = NULL;
    struct pt_error inner;

    enum pt_status status = pt_node_get_string(node, key, PT_OPTIONAL, &text, error);
    if (status != PT_OK || text == NULL)
        return status;
    char *path = path_beside(arena, node, text);
    if (path == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the series %s", text);
    status = pt_series_read(arena, path, NULL, scale, least, most, ret_series, &inner);
    if (status != PT_OK)
        return pt_fail(error, status, "%s:%d: series %s: %s", node->file,
                       pt_node_find(node, key)->line, key, inner.message);
    return PT_OK;
}

// A series of prices is the whole price, and in one currency: that of its feed, or the tariff's.
static enum pt_status check_price(const struct pt_node *tariff_node, const struct pt_node *node,
                                  const struct pt_tariff *tariff, struct pt_error *error)
{
    bool feed = pt_node_find(node, "price") != NULL;
    int count = feed + (pt_node_find(node, "price_per_kwh") != NULL) +
                (pt_node_find(node, "price_per_mwh") != NULL);
    if (count > 1)
        return pt_node_fail(error, node,
                            "price, price_per_kwh and price_per_mwh exclude each other");
    if (count == 1 && pt_node_find(tariff_node, "price_per_kwh") != NULL)
        return pt_node_fail(error, node, "price_per_kwh and a series of prices exclude each other");
    if (count == 1 && !feed && tariff->currency[0] == '\0')
        return pt_node_fail(error, node, "a series of prices needs a currency, for example EUR");
    if (count == 1 && tariff->window_count > 0)
        return pt_node_fail(error, node,
                            "windows and a series of prices exclude each other: the series has "
                            "the price of every hour");
    if (pt_node_find(node, "carbon") != NULL && pt_node_find(node, "carbon_g_per_kwh") != NULL)
        return pt_node_fail(error, node, "carbon and carbon_g_per_kwh exclude each other");
    return PT_OK;
}

static void set_price(const struct pt_series *series, double relative, struct pt_tariff *tariff)
{
    tariff->price_series = series;
    tariff->price_error = relative;
    tariff->price_per_kwh = pt_quantity_relative(series->mean, relative, PT_EXACT);
    tariff->price_source = series->name;
}

// Without its feed a tariff has the price of its region, if that is in the currency that it states.
static void go_without_feed(const struct pt_node *tariff_node, struct pt_tariff *tariff)
{
    const struct pt_grid *grid;
    const struct pt_node *region = pt_node_find(tariff_node, "region");
    if (pt_node_find(tariff_node, "currency") == NULL)
        return;
    if (region == NULL || pt_grid_find(region->text, &grid, NULL) != PT_OK ||
        grid->currency == NULL || strcmp(grid->currency, tariff->currency) != 0)
        tariff->price_per_kwh = pt_quantity_missing();
}

// The feed under "price", in whose currency the tariff then is.
static enum pt_status read_price_feed(struct pt_arena *arena, const struct pt_node *tariff_node,
                                      const struct pt_node *node, struct pt_tariff *tariff,
                                      const struct pt_series **ret_series, struct pt_error *error)
{
    struct pt_feed_info info = {.currency = ""};
    const struct pt_node *feed = pt_node_find(node, "price");
    if (feed == NULL)
        return PT_OK;
    enum pt_status status =
        pt_tariff_read_feed(arena, node, "price", PT_FEED_PRICE, ret_series, &info, error);
    if (status != PT_OK)
        return status;
    if (*ret_series == NULL)
        go_without_feed(tariff_node, tariff);
    else if (info.currency[0] == '\0' && tariff->currency[0] == '\0')
        return pt_node_fail(error, feed, "its prices need a currency: csv:FILE#EUR/kWh");
    if (info.currency[0] == '\0')
        return PT_OK;
    if (pt_node_find(tariff_node, "currency") != NULL &&
        strcmp(tariff->currency, info.currency) != 0)
        return pt_node_fail(error, feed, "its prices are in %s, the tariff's currency is %s",
                            info.currency, tariff->currency);
    memcpy(tariff->currency, info.currency, sizeof tariff->currency);
    return PT_OK;
}

// The error that the user states; that of a region's average does not hold for a series.
static double stated_error(const struct pt_node *tariff_node, const char *key, double error)
{
    return pt_node_find(tariff_node, key) != NULL ? error : 0;
}

enum pt_status pt_tariff_read_series(struct pt_arena *arena, const struct pt_node *tariff_node,
                                     struct pt_tariff *tariff, struct pt_error *error)
{
    static const char *const keys[] = {"price_per_kwh", "price_per_mwh", "carbon_g_per_kwh",
                                       "price",         "carbon",        NULL};
    const struct pt_node *node = pt_node_find(tariff_node, "series");
    const struct pt_series *kwh = NULL, *mwh = NULL, *carbon = NULL;
    struct pt_feed_info info;
    enum pt_status status;

    if (node == NULL)
        return PT_OK;
    if ((status = pt_node_check_keys(node, keys, error)) != PT_OK ||
        (status = check_price(tariff_node, node, tariff, error)) != PT_OK ||
        (status = read_one(arena, node, keys[0], 1, PT_PRICE_LEAST, PT_PRICE_MOST, &kwh, error)) !=
            PT_OK ||
        (status = read_one(arena, node, keys[1], 1 / kwh_per_mwh, PT_PRICE_LEAST, PT_PRICE_MOST,
                           &mwh, error)) != PT_OK ||
        (status = read_one(arena, node, keys[2], 1, -PT_CARBON_MOST, PT_CARBON_MOST, &carbon,
                           error)) != PT_OK)
        return status;
    if ((status = read_price_feed(arena, tariff_node, node, tariff, &kwh, error)) != PT_OK ||
        (status = pt_tariff_read_feed(arena, node, keys[4], PT_FEED_CARBON, &carbon, &info,
                                      error)) != PT_OK)
        return status;
    if (kwh != NULL || mwh != NULL)
        set_price(kwh != NULL ? kwh : mwh,
                  stated_error(tariff_node, "price_error", tariff->price_error), tariff);
    if (carbon != NULL) {
        double relative = stated_error(tariff_node, "carbon_error", tariff->carbon_error);
        tariff->carbon_series = carbon;
        tariff->carbon_error = relative;
        tariff->carbon_grams_per_kwh = pt_quantity_relative(carbon->mean, relative, PT_EXACT);
        tariff->carbon_source = carbon->name;
    }
    return PT_OK;
}
