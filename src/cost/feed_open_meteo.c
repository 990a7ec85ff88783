// Open-Meteo: the sun on a tilted plane, and from it the power of a photovoltaic installation. No
// key for non-commercial use.
//
// {hourly: {time: ["2025-01-01T00:00", ..], global_tilted_irradiance: [..], temperature_2m: [..]},
// hourly_units}. Times have no zone, UTC is asked for. Radiation is the mean of the hour BEFORE its
// time, in W/m2, and may come out slightly negative.
// Source: https://open-meteo.com/en/docs.
//
// P = P_peak x G / 1000 x (1 + g (T_cell - 25)) x r; T_cell = T_air + G (45 - 20) / 800 by the
// nominal operating cell temperature of 45 C; g = -0.004 per K; r = 0.86 for inverter, cables, dirt
// and reflection (PVWatts assumes 14 % of losses). Huld et al. 2010 for better ones.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "cost/feed_driver.h"

static const double standard_watts_per_m2 = 1000, standard_celsius = 25;
static const double power_per_kelvin = -0.004, system_ratio = 0.86;
static const double cell_kelvin_per_watt_m2 = (45 - 20) / 800.0;

struct place {
    double latitude, longitude, peak_kw, tilt, azimuth;
};

// "52.52,13.41,10,35,0"; what is left out is 1 kW, 30 degrees, to the equator (0).
static bool read_place(const char *zone, struct place *ret_place)
{
    double values[5] = {NAN, NAN, 1, 30, 0};
    static const double least[5] = {-90, -180, 0, 0, -180}, most[5] = {90, 180, 1e6, 90, 180};
    char copy[128], *rest = copy;
    int count = 0;
    if (strlen(zone) >= sizeof copy)
        return false;
    memcpy(copy, zone, strlen(zone) + 1);
    for (char *part; (part = strsep(&rest, ",")) != NULL; count++)
        if (count == 5 || !pt_parse_double(part, &values[count]) ||
            !(values[count] >= least[count] && values[count] <= most[count]))
            return false;
    *ret_place = (struct place){values[0], values[1], values[2], values[3], values[4]};
    return count >= 2;
}

static enum pt_status check_zone(const char *zone, enum pt_feed_kind kind, struct pt_error *error)
{
    struct place place;
    (void)kind;
    if (read_place(zone, &place))
        return PT_OK;
    return pt_fail(error, PT_USAGE,
                   "\"%.60s\" is no place: LATITUDE,LONGITUDE[,PEAK_KW[,TILT[,AZIMUTH]]], for "
                   "example 52.52,13.41,10,35,0",
                   zone);
}

static enum pt_status request(const struct pt_feed_ask *ask, struct pt_feed_request *ret_request,
                              struct pt_error *error)
{
    char from[32], to[32], numbers[160];
    struct place place = {0};
    read_place(ask->zone, &place);
    pt_format_c(numbers, sizeof numbers, "latitude=%.5g&longitude=%.6g&tilt=%.4g&azimuth=%.4g",
                place.latitude, place.longitude, place.tilt, place.azimuth);
    // The hour that ends at midnight stands under the next day.
    return pt_feed_path(ret_request, error,
                        "/v1/forecast?%s&hourly=global_tilted_irradiance,temperature_2m"
                        "&timezone=GMT&start_date=%s&end_date=%s",
                        numbers, pt_feed_time(ask->from_ns, "%Y-%m-%d", from),
                        pt_feed_time(ask->to_ns, "%Y-%m-%d", to));
}

static double power_kw(const struct place *place, double watts_per_m2, double air_celsius)
{
    if (isnan(watts_per_m2) || isnan(air_celsius))
        return NAN;
    double sun = fmax(watts_per_m2, 0);
    double cell_celsius = air_celsius + sun * cell_kelvin_per_watt_m2;
    double power = place->peak_kw * sun / standard_watts_per_m2 *
                   (1 + power_per_kelvin * (cell_celsius - standard_celsius)) * system_ratio;
    return fmax(power, 0);
}

static enum pt_status check_units(const struct pt_feed_ask *ask, const struct pt_node *root,
                                  struct pt_error *error)
{
    const struct pt_node *units = pt_node_find(root, "hourly_units");
    const char *sun = pt_feed_string(units, "global_tilted_irradiance");
    const char *air = pt_feed_string(units, "temperature_2m");
    if (strncmp(sun, "W/m", 3) == 0 && strstr(air, "C") != NULL)
        return PT_OK;
    return pt_feed_corrupt(ask, error, "its units are \"%.20s\" and \"%.20s\", not W/m2 and C", sun,
                           air);
}

static enum pt_status add_hours(const struct pt_feed_ask *ask, const struct pt_node *time,
                                const struct pt_node *sun, const struct pt_node *air,
                                struct pt_feed_points *points, struct pt_error *error)
{
    struct place place = {0};
    enum pt_status status;
    read_place(ask->zone, &place);
    for (; time != NULL; time = time->next, sun = sun->next, air = air->next) {
        double irradiance, celsius;
        char stamp[40];
        int64_t end_ns;
        snprintf(stamp, sizeof stamp, "%.30sZ", time->kind == PT_NODE_SCALAR ? time->text : "");
        if (!pt_parse_moment(stamp, &end_ns))
            return pt_feed_corrupt(ask, error, "\"%.30s\" is no time", stamp);
        if ((status = pt_feed_number(ask, sun, &irradiance, error)) != PT_OK ||
            (status = pt_feed_number(ask, air, &celsius, error)) != PT_OK)
            return status;
        if (irradiance > 2000 || fabs(celsius) > 100)
            return pt_feed_corrupt(ask, error, "%g W/m2 at %g C", irradiance, celsius);
        struct pt_feed_point point = {end_ns - PT_FEED_HOUR_NS, end_ns,
                                      power_kw(&place, irradiance, celsius), 0, PT_FEED_FORECAST};
        if ((status = pt_feed_add(points, point, error)) != PT_OK)
            return status;
    }
    return PT_OK;
}

static enum pt_status parse(const struct pt_feed_ask *ask, const char *body, size_t length,
                            struct pt_feed_points *points, struct pt_error *error)
{
    const struct pt_node *root, *time, *sun, *air;
    enum pt_status status;
    if ((status = pt_feed_json(ask, points->arena, body, length, &root, error)) != PT_OK)
        return status;
    const struct pt_node *hourly =
        root->kind == PT_NODE_MAPPING ? pt_node_find(root, "hourly") : NULL;
    if ((status = pt_feed_array(ask, hourly, "time", &time, error)) != PT_OK ||
        (status = pt_feed_array(ask, hourly, "global_tilted_irradiance", &sun, error)) != PT_OK ||
        (status = pt_feed_array(ask, hourly, "temperature_2m", &air, error)) != PT_OK ||
        (status = check_units(ask, root, error)) != PT_OK)
        return status;
    if (time->count != sun->count || time->count != air->count)
        return pt_feed_corrupt(ask, error, "columns of %lld, %lld and %lld values",
                               (long long)time->count, (long long)sun->count,
                               (long long)air->count);
    return add_hours(ask, time->first, sun->first, air->first, points, error);
}

const struct pt_feed_driver pt_feed_open_meteo = {
    .name = "open-meteo",
    .summary = "power of a photovoltaic installation, from weather models, two weeks ahead",
    .zones = "LATITUDE,LONGITUDE[,PEAK_KW[,TILT[,AZIMUTH]]]: 52.52,13.41,10,35,0",
    .base = "https://api.open-meteo.com",
    .attribution = "Weather data by Open-Meteo.com; CC BY 4.0, free for non-commercial use",
    .note = "modelled from irradiance and air temperature",
    .kinds = {[PT_FEED_SOLAR] = true},
    .least = {[PT_FEED_SOLAR] = 0},
    .most = {[PT_FEED_SOLAR] = 2e6},
    .span_ns = 90 * PT_FEED_DAY_NS,
    .seconds_between = 0.5,
    .horizon_ns = 14 * PT_FEED_DAY_NS,
    .refresh_ns = 3 * PT_FEED_HOUR_NS,
    .check_zone = check_zone,
    .request = request,
    .parse = parse,
};
