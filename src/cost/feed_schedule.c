// When a feed is asked again.
//
// The prices of an auction are settled when they are out: a day of them is asked for once, after
// its publication. Forecasts and measured values are good for as long as the feed refreshes them,
// and measured ones are final when the time of their revisions is over. A day that stays incomplete
// is asked for less and less, and after a week it has the gaps that it has.

#include <unistd.h>

#include "cost/feed_cache.h"

static const int64_t retry_ns = 15 * PT_FEED_MINUTE_NS; // published, but not there yet
static const int64_t give_up_ns = 7 * PT_FEED_DAY_NS;
static const int64_t clock_jump_ns = 5 * PT_FEED_MINUTE_NS;

static int64_t midnight(int64_t ns)
{
    int64_t rest = ns % PT_FEED_DAY_NS;
    return ns - (rest < 0 ? rest + PT_FEED_DAY_NS : rest);
}

static bool is_auction(const struct pt_feed_driver *driver, enum pt_feed_kind kind)
{
    return kind == PT_FEED_PRICE && driver->publication_minute > 0;
}

// FNV-1a; the name of the machine spreads many of them, the zone those of one.
int64_t pt_feed_jitter(const char *feed, const char *zone)
{
    char host[64] = "";
    uint32_t hash = 2166136261u;
    gethostname(host, sizeof host - 1);
    const char *const texts[] = {host, feed, zone};
    for (int i = 0; i < 3; i++)
        for (const char *c = texts[i]; *c != '\0'; c++)
            hash = (hash ^ (unsigned char)*c) * 16777619u;
    return (int64_t)(hash % 600) * PT_NANOSECONDS_PER_SECOND;
}

// The last time up to now at which prices came out.
static int64_t last_publication(const struct pt_feed_driver *driver, int64_t now_ns,
                                int64_t jitter_ns)
{
    int64_t after_midnight = driver->publication_minute * PT_FEED_MINUTE_NS + jitter_ns;
    return midnight(now_ns - after_midnight) + after_midnight;
}

int64_t pt_feed_published_until(const struct pt_feed_driver *driver, enum pt_feed_kind kind,
                                int64_t now_ns, int64_t jitter_ns)
{
    if (!is_auction(driver, kind))
        return now_ns + driver->horizon_ns;
    return midnight(last_publication(driver, now_ns, jitter_ns) - jitter_ns) + PT_FEED_DAY_NS +
           driver->published_until_minute * PT_FEED_MINUTE_NS;
}

static bool is_settled(const struct pt_feed_driver *driver, enum pt_feed_kind kind,
                       const struct pt_feed_day *day)
{
    int64_t covered_ns = 0, end_ns = day->start_ns + PT_FEED_DAY_NS;
    for (int64_t i = 0; i < day->count; i++) {
        if (day->rows[i].quality != PT_FEED_ACTUAL)
            return false;
        covered_ns += day->rows[i].end_ns - day->rows[i].start_ns;
    }
    return covered_ns >= PT_FEED_DAY_NS &&
           (is_auction(driver, kind) || day->retrieved_ns >= end_ns + driver->revised_ns);
}

static bool auction_is_fresh(const struct pt_feed_driver *driver, const struct pt_feed_day *day,
                             int64_t now_ns, int64_t jitter_ns)
{
    int64_t end_ns = day->start_ns + PT_FEED_DAY_NS, asked_ns = day->retrieved_ns;
    int64_t expected_ns = pt_feed_published_until(driver, PT_FEED_PRICE, asked_ns, jitter_ns);
    int64_t reached_ns = day->count > 0 ? day->rows[day->count - 1].end_ns : day->start_ns;
    if (reached_ns < (expected_ns < end_ns ? expected_ns : end_ns))
        return now_ns < asked_ns + retry_ns;
    return now_ns < last_publication(driver, asked_ns, jitter_ns) + PT_FEED_DAY_NS;
}

bool pt_feed_day_is_fresh(const struct pt_feed_driver *driver, enum pt_feed_kind kind,
                          const struct pt_feed_day *day, int64_t now_ns, int64_t jitter_ns)
{
    int64_t end_ns = day->start_ns + PT_FEED_DAY_NS, asked_ns = day->retrieved_ns;
    if (!day->present || asked_ns > now_ns + clock_jump_ns)
        return false;
    if (is_settled(driver, kind, day) || asked_ns >= end_ns + give_up_ns)
        return true;
    if (asked_ns < end_ns)
        return is_auction(driver, kind) ? auction_is_fresh(driver, day, now_ns, jitter_ns)
                                        : now_ns < asked_ns + driver->refresh_ns;
    bool recent = asked_ns < end_ns + 2 * PT_FEED_DAY_NS;
    return now_ns < asked_ns + (recent ? PT_FEED_HOUR_NS : PT_FEED_DAY_NS);
}
