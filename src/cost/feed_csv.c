// See feed_csv.h.

#include "cost/feed_csv.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/units.h"
#include "cost/tariff_node.h"

struct unit {
    bool stated;
    enum pt_feed_kind kind;
    char currency[4];
    double scale; // into the unit of its kind
};

void pt_feed_unit(enum pt_feed_kind kind, const char *currency, char unit[16])
{
    if (kind == PT_FEED_PRICE)
        snprintf(unit, 16, "%s%s", currency, currency[0] != '\0' ? "/kWh" : "per kWh");
    else
        snprintf(unit, 16, "%s", kind == PT_FEED_CARBON ? "g/kWh" : "kW");
}

static bool is_currency(const char *text)
{
    for (int i = 0; i < 3; i++)
        if (text[i] < 'A' || text[i] > 'Z')
            return false;
    return true;
}

static bool read_unit(const char *text, struct unit *ret_unit)
{
    static const struct {
        const char *text;
        enum pt_feed_kind kind;
        double scale;
    } known[] = {{"g/kWh", PT_FEED_CARBON, 1},    {"kg/MWh", PT_FEED_CARBON, 1},
                 {"t/MWh", PT_FEED_CARBON, 1000}, {"lb/MWh", PT_FEED_CARBON, 0.45359237},
                 {"kW", PT_FEED_SOLAR, 1},        {"W", PT_FEED_SOLAR, 1e-3},
                 {"MW", PT_FEED_SOLAR, 1e3},      {"per kWh", PT_FEED_PRICE, 1},
                 {"per MWh", PT_FEED_PRICE, 1e-3}};
    *ret_unit = (struct unit){.stated = true};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(text, known[i].text) == 0) {
            ret_unit->kind = known[i].kind;
            ret_unit->scale = known[i].scale;
            return true;
        }
    bool kwh = strlen(text) == 7 && strcmp(text + 3, "/kWh") == 0;
    bool mwh = strlen(text) == 7 && strcmp(text + 3, "/MWh") == 0;
    if ((!kwh && !mwh) || !is_currency(text))
        return false;
    ret_unit->kind = PT_FEED_PRICE;
    ret_unit->scale = kwh ? 1 : 1e-3;
    memcpy(ret_unit->currency, text, 3);
    return true;
}

static enum pt_status find_unit(const char *name, struct unit *ret_unit, size_t *ret_length,
                                struct pt_error *error)
{
    const char *path = name + 4, *hash = strrchr(path, '#');
    *ret_unit = (struct unit){.scale = 1};
    *ret_length = hash != NULL ? (size_t)(hash - path) : strlen(path);
    if (*ret_length == 0)
        return pt_fail(error, PT_USAGE, "csv: name the file behind the colon: csv:prices.csv");
    if (hash == NULL || read_unit(hash + 1, ret_unit))
        return PT_OK;
    return pt_fail(error, PT_USAGE,
                   "\"%.20s\" is no unit: EUR/kWh, EUR/MWh (any currency), g/kWh, kg/MWh, t/MWh, "
                   "lb/MWh, kW, W or MW",
                   hash + 1);
}

enum pt_status pt_feed_csv_kind(const char *name, enum pt_feed_kind *ret_kind,
                                struct pt_error *error)
{
    struct unit unit;
    size_t length;
    enum pt_status status = find_unit(name, &unit, &length, error);
    if (status == PT_OK)
        *ret_kind = unit.stated ? unit.kind : PT_FEED_PRICE;
    return status;
}

// The intervals that reach into [from, to); none is PT_UNAVAILABLE.
static enum pt_status clip(struct pt_arena *arena, const struct pt_series *whole, const char *name,
                           int64_t from_ns, int64_t to_ns, const struct pt_series **ret_series,
                           struct pt_error *error)
{
    int64_t first = 0, end = whole->count;
    while (first < end && whole->starts_ns[first] + whole->step_ns <= from_ns)
        first++;
    while (end > first && whole->starts_ns[end - 1] >= to_ns)
        end--;
    if (first == end) {
        char begin[32], last[32];
        return pt_fail(error, PT_UNAVAILABLE, "%s: no value of that time; the file has %s to %s",
                       name, pt_format_moment(whole->starts_ns[0], begin),
                       pt_format_moment(whole->starts_ns[whole->count - 1] + whole->step_ns, last));
    }
    return pt_series_from_values(arena, name, whole->step_ns, whole->starts_ns + first,
                                 whole->values + first, end - first, ret_series, error);
}

static enum pt_status describe(struct pt_arena *arena, const struct pt_series *series,
                               const char *path, enum pt_feed_kind kind, const struct unit *unit,
                               struct pt_feed_info *ret_info, struct pt_error *error)
{
    struct stat about = {0};
    int64_t last_ns = series->starts_ns[series->count - 1];
    struct pt_feed_info info = {.feed = "csv", .zone = path, .kind = kind};
    info.qualities = pt_arena_alloc(arena, (size_t)series->count, 1); // all 0: actual
    if (info.qualities == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a series");
    if (stat(path, &about) == 0)
        info.retrieved_ns = about.st_mtim.tv_sec * PT_NANOSECONDS_PER_SECOND;
    memcpy(info.currency, unit->currency, sizeof info.currency);
    pt_feed_unit(kind, unit->currency, info.unit);
    info.attribution = "a file of yours";
    info.known_until_ns = info.actual_until_ns = last_ns + series->step_ns;
    info.missing_count = (last_ns - series->starts_ns[0]) / series->step_ns + 1 - series->count;
    *ret_info = info;
    return PT_OK;
}

enum pt_status pt_feed_csv(struct pt_arena *arena, const char *name, enum pt_feed_kind kind,
                           int64_t from_ns, int64_t to_ns, const struct pt_series **ret_series,
                           struct pt_feed_info *ret_info, struct pt_error *error)
{
    static const double most[] = {PT_PRICE_MOST, PT_CARBON_MOST, 1e9};
    struct unit unit;
    size_t length;
    const struct pt_series *whole;
    enum pt_status status = find_unit(name, &unit, &length, error);
    if (status != PT_OK)
        return status;
    if (unit.stated && unit.kind != kind)
        return pt_fail(error, PT_USAGE, "%s: its unit is that of %s, not of %s", name,
                       pt_feed_kind_names[unit.kind], pt_feed_kind_names[kind]);
    const char *path = pt_arena_strndup(arena, name + 4, length);
    const char *copy = pt_arena_strdup(arena, name);
    if (path == NULL || copy == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a series");
    if ((status = pt_series_read(arena, path, NULL, unit.scale, -most[kind], most[kind], &whole,
                                 error)) != PT_OK ||
        (status = clip(arena, whole, copy, from_ns, to_ns, ret_series, error)) != PT_OK)
        return status;
    return describe(arena, *ret_series, path, kind, &unit, ret_info, error);
}
