// Tariffs that nobody wrote down: none at all, and the averages of a grid.

#include "cost/tariff.h"

#include <math.h>
#include <string.h>

struct pt_tariff pt_tariff_none(void)
{
    struct pt_tariff tariff = {
        .name = "none",
        .price_per_kwh = pt_quantity_missing(),
        .carbon_grams_per_kwh = pt_quantity_missing(),
        .feed_in_per_kwh = NAN,
        .pue = pt_quantity_relative(1, 0, PT_ASSUMED),
        .price_source = "no tariff given",
        .carbon_source = "no carbon intensity given",
        .pue_source = "no facility",
    };
    return tariff;
}

enum pt_status pt_tariff_from_grid(struct pt_arena *arena, const char *code,
                                   struct pt_tariff *ret_tariff, struct pt_error *error)
{
    const struct pt_grid *grid;
    struct pt_tariff tariff = pt_tariff_none();

    enum pt_status status = pt_grid_find(code, &grid, error);
    if (status != PT_OK)
        return status;
    tariff.name = pt_arena_printf(arena, "%s (%s)", grid->name, grid->code);
    if (!isnan(grid->price_per_kwh)) {
        tariff.price_per_kwh =
            pt_quantity_relative(grid->price_per_kwh, PT_GRID_PRICE_ERROR, PT_PUBLISHED);
        tariff.price_error = PT_GRID_PRICE_ERROR;
        memcpy(tariff.currency, grid->currency, 4);
        tariff.price_source =
            pt_arena_printf(arena, "%s; %d", grid->price_source, grid->price_year);
    } else
        tariff.price_source = pt_arena_printf(arena, "no price is known for %s", grid->code);
    if (!isnan(grid->carbon_grams_per_kwh)) {
        tariff.carbon_grams_per_kwh =
            pt_quantity_relative(grid->carbon_grams_per_kwh, PT_GRID_CARBON_ERROR, PT_PUBLISHED);
        tariff.carbon_error = PT_GRID_CARBON_ERROR;
        tariff.carbon_source =
            pt_arena_printf(arena, "%s; %d", grid->carbon_source, grid->carbon_year);
    } else
        tariff.carbon_source =
            pt_arena_printf(arena, "no carbon intensity is known for %s", grid->code);
    if (tariff.name == NULL || tariff.price_source == NULL || tariff.carbon_source == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the tariff of %s", code);
    *ret_tariff = tariff;
    return PT_OK;
}
