// What the readers of a tariff's YAML share.
#ifndef PT_COST_TARIFF_NODE_H
#define PT_COST_TARIFF_NODE_H

#include "cost/tariff.h"

// Wholesale prices go below zero; some currencies count in ten thousands per kWh.
#define PT_PRICE_LEAST -1e6
#define PT_PRICE_MOST  1e6
#define PT_CARBON_MOST 1e5

// The key "series" of a tariff, if it has one: prices and carbon intensities of each hour instead
// of one number. Marginal intensities may be below zero.
enum pt_status pt_tariff_read_series(struct pt_arena *arena, const struct pt_node *tariff_node,
                                     struct pt_tariff *tariff, struct pt_error *error);
// Whether that key has a file or feed for a quantity whose name begins so: "price", "carbon".
bool pt_tariff_has_series(const struct pt_node *tariff_node, const char *prefix);

// A window with these keys; value_key is its price, or NULL. What is not required holds always.
enum pt_status pt_tariff_read_window(const struct pt_node *node, const char *const *keys,
                                     const char *value_key, struct pt_tariff_window *ret_window,
                                     struct pt_error *error);

// What a contract says beside its price: the clock, holidays, adders, tax, what power costs. To be
// read before a series of prices, whose values are not asked for here.
#define PT_CONTRACT_KEYS                                                                           \
    "time_zone", "holidays", "holidays_as", "adders", "tax", "price_factor", "demand_charge",      \
        "feed_in_per_kwh", "site"
enum pt_status pt_tariff_read_contract(struct pt_arena *arena, const struct pt_node *node,
                                       struct pt_tariff *tariff, struct pt_error *error);

#endif
