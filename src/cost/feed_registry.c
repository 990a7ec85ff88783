// All feeds, in the order in which they are listed.

#include <string.h>

#include "cost/feed_driver.h"

const struct pt_feed_driver *const pt_feed_drivers[] = {
    &pt_feed_energy_charts, &pt_feed_entsoe,     &pt_feed_awattar,          &pt_feed_octopus,
    &pt_feed_caiso,         &pt_feed_uk_carbon,  &pt_feed_electricity_maps, &pt_feed_watttime,
    &pt_feed_eia,           &pt_feed_open_meteo,
};
const int pt_feed_driver_count = sizeof pt_feed_drivers / sizeof *pt_feed_drivers;

const struct pt_feed_driver *pt_feed_driver_find(const char *name, size_t length)
{
    for (int i = 0; i < pt_feed_driver_count; i++)
        if (strlen(pt_feed_drivers[i]->name) == length &&
            memcmp(pt_feed_drivers[i]->name, name, length) == 0)
            return pt_feed_drivers[i];
    return NULL;
}
