// See feed.h.
//
// The days of the span are read from the disk and brought up to date (feed_days.h), and all of it
// is cut into one series.

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cost/feed_csv.h"
#include "cost/feed_days.h"

const char *const pt_feed_kind_names[] = {"price", "carbon", "solar", NULL};

// ----------------------------------------------------------------------------------- the question
static enum pt_status fail_unknown(const char *name, size_t length, struct pt_error *error)
{
    char names[256] = "";
    for (int i = 0; i < pt_feed_driver_count; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s, ",
                 pt_feed_drivers[i]->name);
    return pt_fail(error, PT_NOT_FOUND, "there is no feed \"%.*s\"; there are %scsv",
                   (int)(length < 40 ? length : 40), name, names);
}

static enum pt_status resolve(const char *name, const struct pt_feed_driver **ret_driver,
                              const char **ret_zone, struct pt_error *error)
{
    size_t length = strcspn(name, ":");
    const struct pt_feed_driver *driver = pt_feed_driver_find(name, length);
    if (driver == NULL)
        return fail_unknown(name, length, error);
    const char *zone = name[length] == ':' ? name + length + 1 : driver->zone;
    if (zone == NULL || *zone == '\0')
        return pt_fail(error, PT_USAGE, "%s: name the zone behind a colon: %s", driver->name,
                       driver->zones);
    *ret_driver = driver;
    *ret_zone = zone;
    return PT_OK;
}

static enum pt_status check_kind(const struct pt_feed_driver *driver, enum pt_feed_kind kind,
                                 struct pt_error *error)
{
    if (driver->kinds[kind])
        return PT_OK;
    char kinds[64] = "";
    for (int i = 0; i < PT_FEED_KIND_COUNT; i++)
        if (driver->kinds[i])
            snprintf(kinds + strlen(kinds), sizeof kinds - strlen(kinds), " %s",
                     pt_feed_kind_names[i]);
    return pt_fail(error, PT_USAGE, "%s has no %s, only%s", driver->name, pt_feed_kind_names[kind],
                   kinds);
}

static void fill_options(struct pt_feed_query *query, const struct pt_feed_options *options)
{
    if (options != NULL)
        query->options = *options;
    const char *offline = getenv("POWERTRAIN_OFFLINE");
    if (offline != NULL && offline[0] != '\0' && strcmp(offline, "0") != 0)
        query->options.offline = true;
    if (query->options.clock == NULL)
        query->options.clock = &pt_system_clock;
    if (query->options.timeout_seconds <= 0)
        query->options.timeout_seconds = 10;
    if (query->options.patience_seconds <= 0)
        query->options.patience_seconds = 30;
    if (query->options.backoff_seconds <= 0)
        query->options.backoff_seconds = 1;
    query->now_ns = pt_clock_realtime(query->options.clock);
}

// -------------------------------------------------------------------------------------- the series
static void describe(const struct pt_feed_query *query, const struct pt_feed_slots *slots,
                     const char *currency, struct pt_feed_info *info)
{
    const int64_t *starts_ns = slots->starts_ns;
    int64_t last = slots->count - 1, actual = last;
    while (actual >= 0 && slots->qualities[actual] == PT_FEED_FORECAST)
        actual--;
    *info = (struct pt_feed_info){
        .feed = query->driver->name,
        .zone = query->zone,
        .kind = query->kind,
        .attribution = query->driver->attribution,
        .note = query->driver->note,
        .retrieved_ns = INT64_MAX,
        .known_until_ns = starts_ns[last] + slots->step_ns,
        .actual_until_ns = actual >= 0 ? starts_ns[actual] + slots->step_ns : starts_ns[0],
        .missing_count = (starts_ns[last] - starts_ns[0]) / slots->step_ns + 1 - slots->count,
        .conflict_count = query->conflict_count + slots->conflict_count,
        .request_count = query->session.request_count,
        .warning = query->warning,
        .qualities = slots->qualities};
    memcpy(info->currency, currency, sizeof info->currency);
    pt_feed_unit(query->kind, currency, info->unit);
    for (int i = 0; i < query->day_count; i++)
        if (query->days[i].count > 0 && query->days[i].retrieved_ns < info->retrieved_ns)
            info->retrieved_ns = query->days[i].retrieved_ns;
}

static enum pt_status join_days(const struct pt_feed_query *query, struct pt_feed_points *points,
                                struct pt_error *error)
{
    for (int i = 0; i < query->day_count; i++) {
        const struct pt_feed_day *day = &query->days[i];
        if (day->count > 0 && points->currency[0] == '\0')
            memcpy(points->currency, day->currency, sizeof day->currency);
        if (day->count > 0 && strcmp(points->currency, day->currency) != 0)
            return pt_fail(error, PT_UNAVAILABLE, "%s: prices in %s and, later, in %s",
                           query->driver->name, points->currency, day->currency);
        for (int64_t k = 0; k < day->count; k++) {
            enum pt_status status = pt_feed_add(points, day->rows[k], error);
            if (status != PT_OK)
                return status;
        }
    }
    return PT_OK;
}

static enum pt_status make_series(const struct pt_feed_query *query, const char *name,
                                  int64_t from_ns, int64_t to_ns,
                                  const struct pt_series **ret_series,
                                  struct pt_feed_info *ret_info, struct pt_error *error)
{
    struct pt_feed_points points = {.arena = query->arena};
    struct pt_feed_slots slots;
    const struct pt_feed_ask ask = {.driver = query->driver,
                                    .zone = query->zone,
                                    .kind = query->kind,
                                    .from_ns = from_ns,
                                    .to_ns = to_ns};
    const char *copy = pt_arena_strdup(query->arena, name);
    enum pt_status status;
    if (copy == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a series");
    if ((status = join_days(query, &points, error)) != PT_OK ||
        (status = pt_feed_cut(&points, &ask, &slots, error)) != PT_OK)
        return status;
    if (slots.count == 0)
        return pt_fail(error, PT_UNAVAILABLE, "%s: no %s is known for that time%s%s", name,
                       pt_feed_kind_names[query->kind], query->warning != NULL ? ": " : "",
                       query->warning != NULL ? query->warning : "");
    describe(query, &slots, points.currency, ret_info);
    return pt_series_from_values(query->arena, copy, slots.step_ns, slots.starts_ns, slots.values,
                                 slots.count, ret_series, error);
}

static enum pt_status answer(struct pt_feed_query *query, const char *name, int64_t from_ns,
                             int64_t to_ns, const struct pt_series **ret_series,
                             struct pt_feed_info *ret_info, struct pt_error *error)
{
    enum pt_status status;
    if ((status = check_kind(query->driver, query->kind, error)) != PT_OK ||
        (status = query->driver->check_zone(query->zone, query->kind, error)) != PT_OK)
        return pt_fail_within(error, status, "%s", name);
    if ((status = pt_feed_base(query->driver, query->zone, &query->session, error)) != PT_OK ||
        (status = pt_feed_lay_out(query, from_ns, to_ns, error)) != PT_OK ||
        (status = pt_feed_read_days(query, error)) != PT_OK ||
        (status = pt_feed_refresh(query, error)) != PT_OK)
        return status;
    return make_series(query, name, from_ns, to_ns, ret_series, ret_info, error);
}

enum pt_status pt_feed_series(struct pt_arena *arena, const char *name, enum pt_feed_kind kind,
                              int64_t from_ns, int64_t to_ns, const struct pt_feed_options *options,
                              const struct pt_series **ret_series, struct pt_feed_info *ret_info,
                              struct pt_error *error)
{
    if (strncmp(name, "csv:", 4) == 0)
        return pt_feed_csv(arena, name, kind, from_ns, to_ns, ret_series, ret_info, error);
    struct pt_feed_query query = {.arena = arena, .kind = kind};
    enum pt_status status = resolve(name, &query.driver, &query.zone, error);
    if (status != PT_OK)
        return status;
    query.zone = pt_arena_strdup(arena, query.zone);
    if (query.zone == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a feed");
    fill_options(&query, options);
    query.session.driver = query.driver;
    query.session.options = &query.options;
    query.jitter_ns = pt_feed_jitter(query.driver->name, query.zone);
    status = answer(&query, name, from_ns, to_ns, ret_series, ret_info, error);
    pt_feed_disconnect(&query.session);
    return status;
}

enum pt_status pt_feed_default_kind(const char *name, enum pt_feed_kind *ret_kind,
                                    struct pt_error *error)
{
    size_t length = strcspn(name, ":");
    const struct pt_feed_driver *driver = pt_feed_driver_find(name, length);
    if (driver == NULL && strncmp(name, "csv:", 4) == 0)
        return pt_feed_csv_kind(name, ret_kind, error);
    if (driver == NULL)
        return fail_unknown(name, length, error);
    int kind = 0;
    while (!driver->kinds[kind])
        kind++;
    *ret_kind = (enum pt_feed_kind)kind;
    return PT_OK;
}

int pt_feed_count(void)
{
    return pt_feed_driver_count;
}

struct pt_feed_description pt_feed_describe(int index)
{
    const struct pt_feed_driver *driver = pt_feed_drivers[index];
    struct pt_feed_description description = {
        driver->name,
        driver->zones,
        driver->summary,
        driver->attribution,
        driver->secret != PT_FEED_OPEN ? driver->secret_variable : NULL,
        {false}};
    memcpy(description.kinds, driver->kinds, sizeof description.kinds);
    return description;
}
