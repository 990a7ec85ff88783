// What stands behind the meter beside the machines that are planned: the load of the house, sun and
// wind on the roof, a battery. The key "site" of a tariff, docs/tariff-yaml.md.
#ifndef PT_COST_TARIFF_SITE_H
#define PT_COST_TARIFF_SITE_H

#include "cost/tariff.h"

// A load or a source of the site. What is not stated is none: 0 kW.
struct pt_site_power {
    const char *source;             // the feed's or file's name; NULL: not stated, or one number
    double kw;                      // that number, at all times; NAN if there is a source
    const struct pt_series *series; // NULL: nothing is known of the source (its feed is down)
    double scale;                   // of the series' values into kW: kW of the installation, or 1
};

struct pt_battery {
    double kwh, kw;      // usable; into it and out of it, both at the meter. kwh 0: there is none
    double efficiency;   // what comes out of what went in, at the meter; (0, 1]
    double charge_share; // of kwh that is in it now
};

struct pt_tariff_site {
    struct pt_site_power load, solar, wind;
    struct pt_battery battery;
};

// Mean kW that the site takes from the grid without the machines that are planned and without its
// battery, below 0 if it feeds in; NAN where a series of it has no value for a part of the span.
double pt_tariff_site_net_kw(const struct pt_tariff_site *site, int64_t from_ns, int64_t to_ns);

// The key "site" of a tariff; *ret_site stays as it is if there is none.
enum pt_status pt_tariff_read_site(struct pt_arena *arena, const struct pt_node *tariff_node,
                                   const struct pt_tariff_site **ret_site, struct pt_error *error);

#endif
