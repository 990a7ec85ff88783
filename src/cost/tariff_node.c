// Reads a tariff from YAML or JSON: docs/tariff-yaml.md.

#include "cost/tariff_node.h"

#include <math.h>
#include <string.h>

static enum pt_status read_currency(const struct pt_node *node, char ret_currency[4],
                                    struct pt_error *error)
{
    const char *text = NULL;
    enum pt_status status = pt_node_get_string(node, "currency", PT_OPTIONAL, &text, error);
    if (status != PT_OK || text == NULL)
        return status;
    bool letters = strlen(text) == 3;
    for (int i = 0; letters && i < 3; i++)
        letters = text[i] >= 'A' && text[i] <= 'Z';
    if (!letters)
        return pt_node_fail(error, pt_node_find(node, "currency"),
                            "currency must be an ISO 4217 code like EUR, not \"%.40s\"", text);
    memcpy(ret_currency, text, 4);
    return PT_OK;
}

static enum pt_status read_windows(struct pt_arena *arena, const struct pt_node *node,
                                   struct pt_tariff *tariff, struct pt_error *error)
{
    static const char *const keys[] = {"days", "months", "from", "to", "price_per_kwh", NULL};
    const struct pt_node *list = pt_node_find(node, "windows");
    if (list == NULL)
        return PT_OK;
    enum pt_status status = pt_node_check_kind(list, PT_NODE_SEQUENCE, error);
    if (status != PT_OK)
        return status;
    if (list->count > PT_TARIFF_WINDOWS_MAX)
        return pt_node_fail(error, list, "a tariff has at most %d windows, not %lld",
                            PT_TARIFF_WINDOWS_MAX, (long long)list->count);
    if (!pt_quantity_known(tariff->price_per_kwh))
        return pt_node_fail(error, list, "windows need price_per_kwh for the time outside of them");

    struct pt_tariff_window *windows =
        pt_arena_alloc(arena, (size_t)list->count + 1, sizeof *windows);
    if (windows == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %lld windows", (long long)list->count);
    int count = 0;
    for (const struct pt_node *child = list->first; child != NULL; child = child->next)
        if ((status = pt_tariff_read_window(child, keys, "price_per_kwh", &windows[count++],
                                            error)) != PT_OK)
            return status;
    tariff->windows = windows;
    tariff->window_count = count;
    return PT_OK;
}

// The number under key and its relative error under error_key, as the user states them.
static enum pt_status read_quantity(const struct pt_node *node, const char *key,
                                    const char *error_key, double least, double most,
                                    struct pt_quantity *ret_quantity, double *ret_error,
                                    struct pt_error *error)
{
    double value = NAN, relative = 0;
    enum pt_status status;

    if ((status = pt_node_get_number(node, key, PT_OPTIONAL, least, most, &value, error)) != PT_OK)
        return status;
    if (pt_node_find(node, error_key) != NULL && isnan(value) &&
        !pt_tariff_has_series(node, key[0] == 'p' ? "price" : "carbon"))
        return pt_node_fail(error, pt_node_find(node, error_key), "%s needs %s", error_key, key);
    if ((status = pt_node_get_number(node, error_key, PT_OPTIONAL, 0, 1, &relative, error)) !=
        PT_OK)
        return status;
    if (!isnan(value))
        *ret_quantity = pt_quantity_relative(value, relative, PT_EXACT);
    if (!isnan(value) || pt_node_find(node, error_key) != NULL)
        *ret_error = relative;
    return PT_OK;
}

static enum pt_status read_price(struct pt_arena *arena, const struct pt_node *node,
                                 const char *place, struct pt_tariff *tariff,
                                 struct pt_error *error)
{
    const struct pt_node *price = pt_node_find(node, "price_per_kwh");
    enum pt_status status;

    if ((status = read_currency(node, tariff->currency, error)) != PT_OK ||
        (status = read_quantity(node, "price_per_kwh", "price_error", PT_PRICE_LEAST, PT_PRICE_MOST,
                                &tariff->price_per_kwh, &tariff->price_error, error)) != PT_OK)
        return status;
    if (price != NULL && tariff->currency[0] == '\0')
        return pt_node_fail(error, price, "price_per_kwh needs a currency, for example EUR");
    // The grid's price is in the grid's currency; another one would only rename it.
    if (price == NULL && pt_node_find(node, "currency") != NULL &&
        !pt_tariff_has_series(node, "price"))
        return pt_node_fail(error, pt_node_find(node, "currency"),
                            "currency needs a price_per_kwh in that currency");
    if (price != NULL)
        tariff->price_source = place;
    return read_windows(arena, node, tariff, error);
}

// The grid that node names; a wrong code is a mistake at that place of the file.
static enum pt_status read_grid(struct pt_arena *arena, const struct pt_node *node,
                                const char *code, struct pt_tariff *tariff, struct pt_error *error)
{
    struct pt_error inner;
    enum pt_status status = pt_tariff_from_grid(arena, code, tariff, &inner);
    if (status == PT_NOT_FOUND)
        return pt_node_fail(error, node, "%s", inner.message);
    if (status != PT_OK)
        return pt_fail(error, status, "%s", inner.message);
    return PT_OK;
}

static enum pt_status read_mapping(struct pt_arena *arena, const struct pt_node *node,
                                   struct pt_tariff *tariff, struct pt_error *error)
{
    static const char *const keys[] = {"name",
                                       "region",
                                       "currency",
                                       "price_per_kwh",
                                       "price_error",
                                       "windows",
                                       "utc_offset",
                                       "carbon_g_per_kwh",
                                       "carbon_error",
                                       "pue",
                                       "series",
                                       PT_CONTRACT_KEYS,
                                       NULL};
    const char *region = NULL, *name = NULL;
    double pue = NAN;
    enum pt_status status;

    if ((status = pt_node_check_keys(node, keys, error)) != PT_OK ||
        (status = pt_node_get_string(node, "region", PT_OPTIONAL, &region, error)) != PT_OK)
        return status;
    if (region != NULL &&
        (status = read_grid(arena, pt_node_find(node, "region"), region, tariff, error)) != PT_OK)
        return status;

    const char *place = pt_arena_printf(arena, "stated in %s, line %d", node->file, node->line);
    if (place == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the tariff");
    if ((status = pt_node_get_string(node, "name", PT_OPTIONAL, &name, error)) != PT_OK ||
        (status = read_price(arena, node, place, tariff, error)) != PT_OK ||
        (status = pt_tariff_read_contract(arena, node, tariff, error)) != PT_OK ||
        (status = read_quantity(node, "carbon_g_per_kwh", "carbon_error", 0, PT_CARBON_MOST,
                                &tariff->carbon_grams_per_kwh, &tariff->carbon_error, error)) !=
            PT_OK ||
        (status = pt_tariff_read_series(arena, node, tariff, error)) != PT_OK ||
        (status = pt_node_get_number(node, "pue", PT_OPTIONAL, 1, 10, &pue, error)) != PT_OK)
        return status;
    if (pt_node_find(node, "carbon_g_per_kwh") != NULL)
        tariff->carbon_source = place;
    if (name != NULL && (tariff->name = pt_arena_strdup(arena, name)) == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the tariff");
    if (!isnan(pue)) {
        tariff->pue = pt_quantity_exact(pue);
        tariff->pue_source = place;
    }
    return PT_OK;
}

enum pt_status pt_tariff_from_node(struct pt_arena *arena, const struct pt_node *node,
                                   struct pt_tariff *ret_tariff, struct pt_error *error)
{
    struct pt_tariff tariff = pt_tariff_none();
    enum pt_status status = PT_OK;

    if (node != NULL && node->kind != PT_NODE_SCALAR)
        status = read_mapping(arena, node, &tariff, error);
    else if (node != NULL && !node->is_null)
        status = read_grid(arena, node, node->text, &tariff, error);
    if (status == PT_OK)
        *ret_tariff = tariff;
    return status;
}
