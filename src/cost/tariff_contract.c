// What a contract says beside its price, and its windows: docs/tariff-yaml.md.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cost/calendar.h"
#include "cost/tariff_node.h"
#include "cost/tariff_site.h"

enum { ADDERS_MAX = 32, HOLIDAYS_MAX = 4096 };

// ----------------------------------------------------------------------------------- windows
// The time of the day under key; *ret_minute stays as it is if there is none.
static enum pt_status read_time(const struct pt_node *window, const char *key, int *ret_minute,
                                struct pt_error *error)
{
    const char *text = NULL;
    enum pt_status status = pt_node_get_string(window, key, PT_OPTIONAL, &text, error);
    if (status == PT_OK && text != NULL && !pt_parse_time_of_day(text, ret_minute))
        return pt_node_fail(error, pt_node_find(window, key),
                            "%s must be a time like \"07:30\", at most \"24:00\", not \"%.40s\"",
                            key, text);
    return status;
}

static enum pt_status read_days(const struct pt_node *node, struct pt_tariff_window *window,
                                struct pt_error *error)
{
    const char *days = NULL, *months = NULL;
    enum pt_status status;

    if ((status = pt_node_get_string(node, "days", PT_OPTIONAL, &days, error)) != PT_OK ||
        (status = pt_node_get_string(node, "months", PT_OPTIONAL, &months, error)) != PT_OK)
        return status;
    if (days != NULL && !pt_parse_weekdays(days, &window->weekdays))
        return pt_node_fail(
            error, pt_node_find(node, "days"),
            "days must be like \"mon-fri\" or \"sat,sun\" or \"all\", not \"%.40s\"", days);
    if (months != NULL && !pt_parse_months(months, &window->months))
        return pt_node_fail(error, pt_node_find(node, "months"),
                            "months must be like \"nov-mar\" or \"jan,jul\" or \"all\", not "
                            "\"%.40s\"",
                            months);
    return PT_OK;
}

enum pt_status pt_tariff_read_window(const struct pt_node *node, const char *const *keys,
                                     const char *value_key, struct pt_tariff_window *ret_window,
                                     struct pt_error *error)
{
    struct pt_tariff_window window = {.weekdays = PT_ALL_WEEKDAYS, .to_minute = PT_MINUTES_PER_DAY};
    enum pt_status status;

    if ((status = pt_node_check_keys(node, keys, error)) != PT_OK ||
        (status = read_days(node, &window, error)) != PT_OK ||
        (status = read_time(node, "from", &window.from_minute, error)) != PT_OK ||
        (status = read_time(node, "to", &window.to_minute, error)) != PT_OK)
        return status;
    const struct pt_node *from = pt_node_find(node, "from"), *to = pt_node_find(node, "to");
    if ((from == NULL) != (to == NULL))
        return pt_node_fail(error, node, "a window that has from or to needs both");
    if (value_key != NULL &&
        (status = pt_node_get_number(node, value_key, PT_REQUIRED, PT_PRICE_LEAST, PT_PRICE_MOST,
                                     &window.price_per_kwh, error)) != PT_OK)
        return status;
    if (window.from_minute == PT_MINUTES_PER_DAY)
        return pt_node_fail(error, pt_node_find(node, "from"),
                            "a window cannot begin at 24:00; write 00:00 of the next day");
    *ret_window = window;
    return PT_OK;
}

// ------------------------------------------------------------------------------------- clock
static enum pt_status read_zone(struct pt_arena *arena, const struct pt_node *node,
                                struct pt_tariff_clock *clock, struct pt_error *error)
{
    const char *offset = NULL, *name = NULL;
    struct pt_error inner;
    enum pt_status status;

    if ((status = pt_node_get_string(node, "utc_offset", PT_OPTIONAL, &offset, error)) != PT_OK ||
        (status = pt_node_get_string(node, "time_zone", PT_OPTIONAL, &name, error)) != PT_OK)
        return status;
    if (offset != NULL && !pt_parse_utc_offset(offset, &clock->utc_offset_minutes))
        return pt_node_fail(error, pt_node_find(node, "utc_offset"),
                            "utc_offset must be like \"+01:00\", at most 14 hours, not \"%.40s\"",
                            offset);
    if (name == NULL)
        return PT_OK;
    if (offset != NULL)
        return pt_node_fail(error, pt_node_find(node, "time_zone"),
                            "time_zone and utc_offset exclude each other");
    status = pt_time_zone_open(arena, name, &clock->zone, &inner);
    if (status == PT_NO_MEMORY)
        return pt_fail(error, status, "%s", inner.message);
    return status == PT_OK
               ? PT_OK
               : pt_node_fail(error, pt_node_find(node, "time_zone"), "%s", inner.message);
}

static enum pt_status read_holiday(const struct pt_node *node, int64_t *ret_day,
                                   struct pt_error *error)
{
    const char *text = node->kind == PT_NODE_SCALAR ? node->text : "";
    const char *end = text;
    if (!pt_read_date(&end, ret_day) || *end != '\0')
        return pt_node_fail(error, node, "a holiday must be a date like 2026-12-25, not \"%.40s\"",
                            text);
    return PT_OK;
}

static enum pt_status read_holidays(struct pt_arena *arena, const struct pt_node *node,
                                    struct pt_tariff_clock *clock, struct pt_error *error)
{
    const struct pt_node *list = pt_node_find(node, "holidays");
    const char *as = NULL;
    unsigned weekday = 1u << 6;
    enum pt_status status = pt_node_get_string(node, "holidays_as", PT_OPTIONAL, &as, error);
    if (status != PT_OK)
        return status;
    if (as != NULL && (strlen(as) != 3 || !pt_parse_weekdays(as, &weekday)))
        return pt_node_fail(error, pt_node_find(node, "holidays_as"),
                            "holidays_as must be one day, like sun, not \"%.40s\"", as);
    clock->holiday_weekday = __builtin_ctz(weekday);
    if (list == NULL)
        return as == NULL ? PT_OK
                          : pt_node_fail(error, pt_node_find(node, "holidays_as"),
                                         "holidays_as needs holidays: a list of dates");
    if ((status = pt_node_check_kind(list, PT_NODE_SEQUENCE, error)) != PT_OK)
        return status;
    if (list->count > HOLIDAYS_MAX)
        return pt_node_fail(error, list, "a tariff has at most %d holidays, not %lld", HOLIDAYS_MAX,
                            (long long)list->count);
    int64_t *days = pt_arena_alloc(arena, (size_t)list->count + 1, sizeof *days);
    if (days == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %lld holidays", (long long)list->count);
    int count = 0;
    for (const struct pt_node *child = list->first; child != NULL; child = child->next)
        if ((status = read_holiday(child, &days[count++], error)) != PT_OK)
            return status;
    qsort(days, (size_t)count, sizeof *days, pt_compare_days);
    clock->holidays = days;
    clock->holiday_count = count;
    return PT_OK;
}

// ----------------------------------------------------------------------------- what is added
static enum pt_status read_adder(struct pt_arena *arena, const struct pt_node *node,
                                 struct pt_tariff_adder *ret_adder, struct pt_error *error)
{
    static const char *const keys[] = {"name", "days", "months", "from", "to", "per_kwh", NULL};
    const char *name = "adder";
    enum pt_status status = pt_tariff_read_window(node, keys, "per_kwh", &ret_adder->window, error);
    if (status == PT_OK)
        status = pt_node_get_string(node, "name", PT_OPTIONAL, &name, error);
    if (status == PT_OK && (ret_adder->name = pt_arena_strdup(arena, name)) == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the tariff");
    return status;
}

static enum pt_status read_adders(struct pt_arena *arena, const struct pt_node *node,
                                  struct pt_tariff *tariff, struct pt_error *error)
{
    const struct pt_node *list = pt_node_find(node, "adders");
    if (list == NULL)
        return PT_OK;
    enum pt_status status = pt_node_check_kind(list, PT_NODE_SEQUENCE, error);
    if (status != PT_OK)
        return status;
    if (list->count > ADDERS_MAX)
        return pt_node_fail(error, list, "a tariff has at most %d adders, not %lld", ADDERS_MAX,
                            (long long)list->count);
    struct pt_tariff_adder *adders = pt_arena_alloc(arena, (size_t)list->count + 1, sizeof *adders);
    if (adders == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the tariff");
    int count = 0;
    for (const struct pt_node *child = list->first; child != NULL; child = child->next)
        if ((status = read_adder(arena, child, &adders[count++], error)) != PT_OK)
            return status;
    tariff->adders = adders;
    tariff->adder_count = count;
    return PT_OK;
}

static enum pt_status read_demand(const struct pt_node *tariff_node,
                                  struct pt_demand_charge *ret_charge, struct pt_error *error)
{
    static const char *const keys[] = {"days",         "months",  "from",    "to",
                                       "per_kw_month", "minutes", "peak_kw", NULL};
    const struct pt_node *node = pt_node_find(tariff_node, "demand_charge");
    struct pt_demand_charge charge = {.minutes = 15};
    int64_t minutes = charge.minutes;
    enum pt_status status;

    if (node == NULL)
        return PT_OK;
    if ((status = pt_tariff_read_window(node, keys, NULL, &charge.window, error)) != PT_OK ||
        (status = pt_node_get_number(node, "per_kw_month", PT_REQUIRED, 0, PT_PRICE_MOST,
                                     &charge.per_kw, error)) != PT_OK ||
        (status = pt_node_get_number(node, "peak_kw", PT_OPTIONAL, 0, 1e9, &charge.peak_kw,
                                     error)) != PT_OK ||
        (status = pt_node_get_integer(node, "minutes", PT_OPTIONAL, 1, 60, &minutes, error)) !=
            PT_OK)
        return status;
    if (60 % minutes != 0)
        return pt_node_fail(error, pt_node_find(node, "minutes"),
                            "minutes must divide an hour, like 15, 30 or 60, not %lld",
                            (long long)minutes);
    charge.minutes = (int)minutes;
    *ret_charge = charge;
    return PT_OK;
}

// What is added to a price, and what power costs, needs a currency to be in.
static enum pt_status check_currency(const struct pt_node *node, const struct pt_tariff *tariff,
                                     struct pt_error *error)
{
    static const char *const keys[] = {"adders", "tax", "price_factor", "demand_charge",
                                       "feed_in_per_kwh"};
    const struct pt_node *series = pt_node_find(node, "series");
    if (series != NULL && series->kind == PT_NODE_MAPPING && pt_node_find(series, "price") != NULL)
        return PT_OK; // a feed, which brings its currency
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (pt_node_find(node, keys[i]) != NULL && tariff->currency[0] == '\0')
            return pt_node_fail(error, pt_node_find(node, keys[i]),
                                "%s needs a price: price_per_kwh, a series of prices or a region "
                                "that has one",
                                keys[i]);
    return PT_OK;
}

enum pt_status pt_tariff_read_contract(struct pt_arena *arena, const struct pt_node *node,
                                       struct pt_tariff *tariff, struct pt_error *error)
{
    enum pt_status status;
    if ((status = check_currency(node, tariff, error)) != PT_OK ||
        (status = read_zone(arena, node, &tariff->clock, error)) != PT_OK ||
        (status = read_holidays(arena, node, &tariff->clock, error)) != PT_OK ||
        (status = read_adders(arena, node, tariff, error)) != PT_OK ||
        (status = read_demand(node, &tariff->demand_charge, error)) != PT_OK ||
        (status = pt_node_get_number(node, "tax", PT_OPTIONAL, 0, 10, &tariff->tax, error)) !=
            PT_OK ||
        (status = pt_node_get_number(node, "price_factor", PT_OPTIONAL, 1e-6, 100,
                                     &tariff->price_factor, error)) != PT_OK ||
        (status = pt_tariff_read_site(arena, node, &tariff->site, error)) != PT_OK)
        return status;
    return pt_node_get_number(node, "feed_in_per_kwh", PT_OPTIONAL, PT_PRICE_LEAST, PT_PRICE_MOST,
                              &tariff->feed_in_per_kwh, error);
}
