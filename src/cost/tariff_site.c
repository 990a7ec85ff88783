// The key "site" of a tariff: docs/tariff-yaml.md.
//
// Series are feeds of power (kW): the sun's from "open-meteo", or of a file, "csv:pv.csv#kW". A
// feed that is down leaves its part of the site unknown, which is not the same as none.

#include "cost/tariff_site.h"

#include <math.h>
#include <string.h>

#include "cost/tariff_feed.h"
#include "cost/tariff_node.h"

static const double KW_MOST = 1e6, KWH_MOST = 1e7;

// A weather feed whose name holds the size of the installation already: LAT,LON,PEAK_KW...
static bool has_size(const char *name)
{
    const char *comma = strncmp(name, "csv:", 4) == 0 ? NULL : strchr(name, ',');
    return comma != NULL && strchr(comma + 1, ',') != NULL;
}

static enum pt_status check_name(const struct pt_node *node, const char *key, const char *size_key,
                                 struct pt_error *error)
{
    const struct pt_node *name = pt_node_find(node, key);
    bool weather = strncmp(name->text, "csv:", 4) != 0;
    if (weather && strcmp(key, "solar") != 0)
        return pt_node_fail(error, name, "%s must be a file like \"csv:%s.csv#kW\", not \"%.60s\"",
                            key, key, name->text);
    if (size_key != NULL && pt_node_find(node, size_key) != NULL && has_size(name->text))
        return pt_node_fail(error, pt_node_find(node, size_key),
                            "\"%.60s\" names the size of the installation already: take it out "
                            "there or here",
                            name->text);
    return PT_OK;
}

// A source under key, whose values are kW, or shares of what size_key says.
static enum pt_status read_source(struct pt_arena *arena, const struct pt_node *node,
                                  const char *key, const char *size_key,
                                  struct pt_site_power *power, struct pt_error *error)
{
    const char *name = NULL;
    struct pt_feed_info info;
    enum pt_status status = pt_node_get_string(node, key, PT_OPTIONAL, &name, error);
    if (status != PT_OK)
        return status;
    if (name == NULL)
        return size_key == NULL || pt_node_find(node, size_key) == NULL
                   ? PT_OK
                   : pt_node_fail(error, pt_node_find(node, size_key),
                                  "%s needs %s: a feed or file that says how much of it there is "
                                  "at what time",
                                  size_key, key);
    power->scale = 1;
    if ((status = check_name(node, key, size_key, error)) != PT_OK ||
        (size_key != NULL && (status = pt_node_get_number(node, size_key, PT_OPTIONAL, 0, KW_MOST,
                                                          &power->scale, error)) != PT_OK) ||
        (status = pt_tariff_read_feed(arena, node, key, PT_FEED_SOLAR, &power->series, &info,
                                      error)) != PT_OK)
        return status;
    power->kw = NAN;
    power->source = pt_arena_strdup(arena, name);
    return power->source != NULL ? PT_OK : pt_fail(error, PT_NO_MEMORY, "no memory for the tariff");
}

static enum pt_status read_load(struct pt_arena *arena, const struct pt_node *node,
                                struct pt_site_power *load, struct pt_error *error)
{
    const struct pt_node *number = pt_node_find(node, "load_kw");
    if (number != NULL && pt_node_find(node, "load") != NULL)
        return pt_node_fail(error, number, "load and load_kw exclude each other");
    if (number != NULL)
        return pt_node_get_number(node, "load_kw", PT_REQUIRED, 0, KW_MOST, &load->kw, error);
    return read_source(arena, node, "load", NULL, load, error);
}

static enum pt_status read_battery(const struct pt_node *site, struct pt_battery *battery,
                                   struct pt_error *error)
{
    static const char *const keys[] = {"kwh", "kw", "efficiency", "charge", NULL};
    const struct pt_node *node = pt_node_find(site, "battery");
    enum pt_status status;
    if (node == NULL)
        return PT_OK;
    if ((status = pt_node_check_keys(node, keys, error)) != PT_OK ||
        (status = pt_node_get_number(node, "kwh", PT_REQUIRED, 1e-3, KWH_MOST, &battery->kwh,
                                     error)) != PT_OK ||
        (status = pt_node_get_number(node, "kw", PT_REQUIRED, 1e-3, KW_MOST, &battery->kw,
                                     error)) != PT_OK ||
        (status = pt_node_get_number(node, "efficiency", PT_REQUIRED, 0.01, 1, &battery->efficiency,
                                     error)) != PT_OK)
        return status;
    return pt_node_get_number(node, "charge", PT_REQUIRED, 0, 1, &battery->charge_share, error);
}

enum pt_status pt_tariff_read_site(struct pt_arena *arena, const struct pt_node *tariff_node,
                                   const struct pt_tariff_site **ret_site, struct pt_error *error)
{
    static const char *const keys[] = {"load", "load_kw", "solar",   "solar_kwp",
                                       "wind", "wind_kw", "battery", NULL};
    const struct pt_node *node = pt_node_find(tariff_node, "site");
    enum pt_status status;
    if (node == NULL)
        return PT_OK;
    struct pt_tariff_site *site = pt_arena_alloc(arena, 1, sizeof *site);
    if (site == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the tariff");
    *site = (struct pt_tariff_site){0};
    if ((status = pt_node_check_keys(node, keys, error)) != PT_OK ||
        (status = read_load(arena, node, &site->load, error)) != PT_OK ||
        (status = read_source(arena, node, "solar", "solar_kwp", &site->solar, error)) != PT_OK ||
        (status = read_source(arena, node, "wind", "wind_kw", &site->wind, error)) != PT_OK ||
        (status = read_battery(node, &site->battery, error)) != PT_OK)
        return status;
    *ret_site = site;
    return PT_OK;
}

static double mean_kw(const struct pt_site_power *power, int64_t from_ns, int64_t to_ns)
{
    double mean;
    if (power->source == NULL)
        return power->kw;
    if (power->series == NULL ||
        pt_series_mean(power->series, from_ns, to_ns, &mean, NULL) != PT_OK)
        return NAN;
    return mean * power->scale;
}

double pt_tariff_site_net_kw(const struct pt_tariff_site *site, int64_t from_ns, int64_t to_ns)
{
    return mean_kw(&site->load, from_ns, to_ns) - mean_kw(&site->solar, from_ns, to_ns) -
           mean_kw(&site->wind, from_ns, to_ns);
}
