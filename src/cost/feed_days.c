// See feed_days.h.
//
// What is missing or no longer fresh is asked for, in as few requests as the feed allows, and every
// day of an answer is written back.

#include "cost/feed_days.h"

#include <inttypes.h>
#include <string.h>

enum { DAYS_MOST = 800, PAGES_MOST = 40 };

static int64_t midnight(int64_t ns)
{
    int64_t rest = ns % PT_FEED_DAY_NS;
    return ns - (rest < 0 ? rest + PT_FEED_DAY_NS : rest);
}

// The days of the span that can have values at all.
enum pt_status pt_feed_lay_out(struct pt_feed_query *query, int64_t from_ns, int64_t to_ns,
                               struct pt_error *error)
{
    int64_t horizon_ns =
        query->now_ns +
        (query->driver->horizon_ns > PT_FEED_DAY_NS ? query->driver->horizon_ns : PT_FEED_DAY_NS);
    if (to_ns > horizon_ns)
        to_ns = horizon_ns;
    if (from_ns >= to_ns)
        return pt_fail(error, PT_UNAVAILABLE, "%s: nothing is known so far ahead",
                       query->driver->name);
    query->first_ns = midnight(from_ns);
    int64_t count = (midnight(to_ns - 1) - query->first_ns) / PT_FEED_DAY_NS + 1;
    if (count > DAYS_MOST)
        return pt_fail(error, PT_USAGE, "%s: %" PRId64 " days; at most %d at once",
                       query->driver->name, count, DAYS_MOST);
    query->day_count = (int)count;
    query->days = pt_arena_alloc(query->arena, (size_t)count, sizeof *query->days);
    if (query->days == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %" PRId64 " days", count);
    return PT_OK;
}

enum pt_status pt_feed_read_days(struct pt_feed_query *query, struct pt_error *error)
{
    enum pt_status status = pt_feed_cache_folder(query->arena, &query->options, query->driver,
                                                 query->session.base, &query->folder, error);
    if (status != PT_OK)
        return status;
    query->zone_folder = pt_feed_zone_folder(query->arena, query->folder, query->zone, query->kind);
    if (query->zone_folder == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a path");
    for (int i = 0; i < query->day_count && status == PT_OK; i++)
        status = pt_feed_day_read(query->arena, query->zone_folder,
                                  query->first_ns + i * PT_FEED_DAY_NS, &query->days[i], error);
    return status;
}

// ------------------------------------------------------------------------------------- the answer
static enum pt_status add_slots(struct pt_feed_points *points, const struct pt_feed_slots *slots,
                                const struct pt_feed_day *day, int rank, struct pt_error *error)
{
    enum pt_status status = PT_OK;
    for (int64_t i = 0; i < slots->count && status == PT_OK; i++)
        if (slots->starts_ns[i] >= day->start_ns &&
            slots->starts_ns[i] < day->start_ns + PT_FEED_DAY_NS)
            status = pt_feed_add(points,
                                 (struct pt_feed_point){slots->starts_ns[i],
                                                        slots->starts_ns[i] + slots->step_ns,
                                                        slots->values[i], rank,
                                                        (enum pt_feed_quality)slots->qualities[i]},
                                 error);
    return status;
}

// What is settled stays if the new answer does not have it; a forecast that is withdrawn goes.
static enum pt_status add_settled(struct pt_feed_points *points, const struct pt_feed_day *day,
                                  struct pt_error *error)
{
    enum pt_status status = PT_OK;
    for (int64_t i = 0; i < day->count && status == PT_OK; i++)
        if (day->rows[i].quality == PT_FEED_ACTUAL)
            status = pt_feed_add(points, day->rows[i], error);
    return status;
}

// A day of the answer, over what was known of it, into memory and onto the disk.
static enum pt_status keep_day(struct pt_feed_query *query, struct pt_feed_day *day,
                               const struct pt_feed_slots *slots, const char *currency,
                               struct pt_error *error)
{
    struct pt_feed_points points = {.arena = query->arena}, rows = {.arena = query->arena};
    struct pt_feed_slots all;
    const struct pt_feed_ask ask = {.driver = query->driver,
                                    .zone = query->zone,
                                    .kind = query->kind,
                                    .from_ns = day->start_ns,
                                    .to_ns = day->start_ns + PT_FEED_DAY_NS};
    enum pt_status status;
    bool same_currency = strcmp(day->currency, currency) == 0;
    if ((status = add_slots(&points, slots, day, 1, error)) != PT_OK ||
        (same_currency && (status = add_settled(&points, day, error)) != PT_OK) ||
        (status = pt_feed_cut(&points, &ask, &all, error)) != PT_OK ||
        (status = add_slots(&rows, &all, day, 0, error)) != PT_OK)
        return status;
    *day = (struct pt_feed_day){.present = true,
                                .start_ns = day->start_ns,
                                .retrieved_ns = query->now_ns,
                                .count = rows.count,
                                .rows = rows.rows};
    memcpy(day->currency, currency, sizeof day->currency);
    struct pt_error inner;
    if (pt_feed_day_write(query->arena, query->zone_folder, day, &inner) != PT_OK)
        query->warning = pt_arena_printf(query->arena, "not kept on the disk: %s", inner.message);
    return PT_OK;
}

// All pages of one question.
static enum pt_status ask_pages(struct pt_feed_query *query, int64_t from_ns, int64_t to_ns,
                                bool ahead, struct pt_feed_points *points, struct pt_error *error)
{
    struct pt_feed_ask ask = {.driver = query->driver,
                              .zone = query->zone,
                              .kind = query->kind,
                              .from_ns = from_ns,
                              .to_ns = to_ns,
                              .ahead = ahead,
                              .token = query->session.token};
    enum pt_status status;
    do {
        points->more = false;
        status = pt_feed_get(&query->session, &ask, points, error);
        if (++ask.page == PAGES_MOST && points->more && status == PT_OK)
            return pt_feed_corrupt(&ask, error, "an answer of more than %d pages", PAGES_MOST);
    } while (status == PT_OK && points->more);
    return status;
}

// Days first to end - 1: past and future together, or apart where the feed has two questions.
static enum pt_status ask_days(struct pt_feed_query *query, int first, int end,
                               struct pt_feed_points *points, struct pt_error *error)
{
    int64_t from_ns = query->first_ns + first * PT_FEED_DAY_NS;
    int64_t to_ns = query->first_ns + end * PT_FEED_DAY_NS;
    enum pt_status status = PT_OK;
    if (!query->connected && (status = pt_feed_connect(&query->session, error)) != PT_OK)
        return status;
    query->connected = true;
    if (!query->driver->splits_at_now)
        return ask_pages(query, from_ns, to_ns, false, points, error);
    if (from_ns < query->now_ns)
        status = ask_pages(query, from_ns, to_ns < query->now_ns ? to_ns : query->now_ns, false,
                           points, error);
    if (status == PT_OK && to_ns > query->now_ns)
        status = ask_pages(query, from_ns, to_ns, true, points, error);
    return status;
}

static enum pt_status fetch_days(struct pt_feed_query *query, int first, int end,
                                 struct pt_error *error)
{
    struct pt_feed_points points = {.arena = query->arena};
    struct pt_feed_slots slots;
    const struct pt_feed_ask ask = {.driver = query->driver,
                                    .zone = query->zone,
                                    .kind = query->kind,
                                    .from_ns = query->first_ns + first * PT_FEED_DAY_NS,
                                    .to_ns = query->first_ns + end * PT_FEED_DAY_NS};
    enum pt_status status = ask_days(query, first, end, &points, error);
    if (status != PT_OK || (status = pt_feed_cut(&points, &ask, &slots, error)) != PT_OK)
        return status;
    query->conflict_count += slots.conflict_count;
    for (int i = first; i < end && status == PT_OK; i++)
        status = keep_day(query, &query->days[i], &slots, points.currency, error);
    return status;
}

static bool is_wanted(const struct pt_feed_query *query, int index)
{
    const struct pt_feed_day *day = &query->days[index];
    int64_t until_ns =
        pt_feed_published_until(query->driver, query->kind, query->now_ns, query->jitter_ns);
    return day->start_ns < until_ns &&
           !pt_feed_day_is_fresh(query->driver, query->kind, day, query->now_ns, query->jitter_ns);
}

// Runs of days that are wanted, each as long as one request may be.
static enum pt_status fetch_wanted(struct pt_feed_query *query, struct pt_error *error)
{
    int span = (int)(query->driver->span_ns / PT_FEED_DAY_NS);
    enum pt_status status = PT_OK;
    for (int first = 0, end; first < query->day_count && status == PT_OK; first = end) {
        end = first + 1;
        if (!is_wanted(query, first))
            continue;
        while (end < query->day_count && end - first < span && is_wanted(query, end))
            end++;
        status = fetch_days(query, first, end, error);
    }
    return status;
}

static bool any_wanted(const struct pt_feed_query *query)
{
    for (int i = 0; i < query->day_count; i++)
        if (is_wanted(query, i))
            return true;
    return false;
}

enum pt_status pt_feed_refresh(struct pt_feed_query *query, struct pt_error *error)
{
    struct pt_error inner;
    const char *reason;
    char moment[32];
    int64_t until_ns = 0;
    if (!any_wanted(query))
        return PT_OK;
    if (query->options.offline) {
        query->warning = "not asked: offline";
        return PT_OK;
    }
    pt_feed_pause_read(query->arena, query->folder, &until_ns, &reason);
    if (*reason != '\0' && until_ns > query->now_ns && until_ns < query->now_ns + PT_FEED_DAY_NS) {
        query->warning = pt_arena_printf(query->arena, "not asked before %s: %s",
                                         pt_format_moment(until_ns, moment), reason);
        return PT_OK;
    }
    enum pt_status status = fetch_wanted(query, &inner);
    if (status == PT_NO_MEMORY)
        return pt_fail(error, status, "%s", inner.message);
    if (status == PT_OK)
        return PT_OK;
    query->warning = pt_arena_strdup(query->arena, inner.message);
    if (query->session.pause_seconds > 0)
        pt_feed_pause_write(query->arena, query->folder,
                            query->now_ns + (int64_t)(query->session.pause_seconds * 1e9),
                            inner.message, NULL);
    return PT_OK;
}
