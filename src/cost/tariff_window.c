// Windows of a tariff over time.
//
// Within a local day a price can change only where a window begins or ends, or the clock is set to
// or from daylight saving time; between two such moments all nanoseconds count for one price. Times
// are added up as whole nanoseconds per price and divided once at the end: a long span is as exact
// as a short one. Windows that ask for nothing but weekdays, on a clock that is never set, repeat
// every week: a span is then whole weeks and a rest.

#include "cost/tariff_window.h"

#include <assert.h>
#include <stdlib.h>

#include "base/units.h"
#include "cost/calendar.h"

#define NS_PER_MINUTE (60 * PT_NANOSECONDS_PER_SECOND)
#define NS_PER_DAY    (PT_MINUTES_PER_DAY * NS_PER_MINUTE)
#define NS_PER_WEEK   (7 * NS_PER_DAY)

enum { PRICES_MAX = PT_TARIFF_WINDOWS_MAX + 1 };

// A moment as the clock of the tariff shows it.
struct local_time {
    int64_t day; // since 1970-01-01
    int64_t ns_of_day;
    int64_t ns_to_setting; // until the clock is set; INT64_MAX: never
};

// Splits into days first and adds the offset then, so that no moment overflows.
static struct local_time local_time(const struct pt_tariff_clock *clock, int64_t realtime_ns)
{
    struct local_time at = {realtime_ns / NS_PER_DAY, realtime_ns % NS_PER_DAY, INT64_MAX};
    int64_t offset_seconds = clock->utc_offset_minutes * (int64_t)60;
    if (clock->zone != NULL) {
        int64_t second = realtime_ns / PT_NANOSECONDS_PER_SECOND, until;
        if (realtime_ns % PT_NANOSECONDS_PER_SECOND < 0)
            second--;
        offset_seconds = pt_time_zone_offset(clock->zone, second, &until);
        if (until <= INT64_MAX / PT_NANOSECONDS_PER_SECOND)
            at.ns_to_setting = until * PT_NANOSECONDS_PER_SECOND - realtime_ns;
    }
    at.ns_of_day += offset_seconds * PT_NANOSECONDS_PER_SECOND;
    while (at.ns_of_day < 0) {
        at.ns_of_day += NS_PER_DAY;
        at.day--;
    }
    while (at.ns_of_day >= NS_PER_DAY) {
        at.ns_of_day -= NS_PER_DAY;
        at.day++;
    }
    return at;
}

// Whether the window opens on this day.
static bool opens_on(const struct pt_tariff_clock *clock, const struct pt_tariff_window *window,
                     int64_t day)
{
    int weekday = pt_weekday_of_day(day);
    if (clock->holiday_count > 0 &&
        bsearch(&day, clock->holidays, (size_t)clock->holiday_count, sizeof day, pt_compare_days))
        weekday = clock->holiday_weekday;
    return (window->weekdays >> weekday & 1) &&
           (window->months == 0 || (window->months >> (pt_date_of_day(day).month - 1) & 1));
}

// Whether the window, opened on this or on the previous day, holds the moment.
static bool holds(const struct pt_tariff_clock *clock, const struct pt_tariff_window *window,
                  struct local_time at)
{
    int64_t from = window->from_minute * NS_PER_MINUTE, to = window->to_minute * NS_PER_MINUTE;
    if (from < to)
        return at.ns_of_day >= from && at.ns_of_day < to && opens_on(clock, window, at.day);
    return (at.ns_of_day >= from && opens_on(clock, window, at.day)) ||
           (at.ns_of_day < to && opens_on(clock, window, at.day - 1));
}

bool pt_window_holds(const struct pt_tariff_clock *clock, const struct pt_tariff_window *window,
                     int64_t realtime_ns)
{
    return holds(clock, window, local_time(clock, realtime_ns));
}

// The span that is walked through, and what has been met.
struct walk {
    const struct pt_tariff_clock *clock;
    const struct pt_tariff_window *windows;
    int window_count;
    int64_t price_ns[PRICES_MAX]; // of the last: outside of all windows
};

// The first window that holds the moment, or window_count for none.
static int price_at(const struct walk *walk, struct local_time at)
{
    for (int i = 0; i < walk->window_count; i++)
        if (holds(walk->clock, &walk->windows[i], at))
            return i;
    return walk->window_count;
}

// The nanoseconds until any window may begin or end, the day ends or the clock is set.
static int64_t ns_to_next_edge(const struct walk *walk, struct local_time at)
{
    int64_t edge = NS_PER_DAY;
    for (int i = 0; i < walk->window_count; i++) {
        int64_t from = walk->windows[i].from_minute * NS_PER_MINUTE;
        int64_t to = walk->windows[i].to_minute * NS_PER_MINUTE;
        if (from > at.ns_of_day && from < edge)
            edge = from;
        if (to > at.ns_of_day && to < edge)
            edge = to;
    }
    edge -= at.ns_of_day;
    return edge < at.ns_to_setting ? edge : at.ns_to_setting;
}

static void add_span(struct walk *walk, int64_t from_ns, int64_t length_ns, int64_t times)
{
    while (length_ns > 0) {
        struct local_time at = local_time(walk->clock, from_ns);
        int64_t step = ns_to_next_edge(walk, at);
        if (step > length_ns)
            step = length_ns;
        walk->price_ns[price_at(walk, at)] += step * times;
        length_ns -= step;
        from_ns += step;
    }
}

static bool repeats_weekly(const struct walk *walk)
{
    if (walk->clock->zone != NULL || walk->clock->holiday_count > 0)
        return false;
    for (int i = 0; i < walk->window_count; i++)
        if (walk->windows[i].months != 0)
            return false;
    return true;
}

// What a walk has met, as a mean. One price alone is itself, free of rounding.
static double mean_of(const struct walk *walk, double outside, int64_t length)
{
    double sum = 0, last = outside;
    int met = 0;
    for (int i = 0; i <= walk->window_count; i++) {
        if (walk->price_ns[i] == 0)
            continue;
        last = i == walk->window_count ? outside : walk->windows[i].price_per_kwh;
        sum += last * ((double)walk->price_ns[i] / (double)length);
        met++;
    }
    return met <= 1 ? last : sum;
}

double pt_window_mean(const struct pt_tariff_clock *clock, const struct pt_tariff_window *windows,
                      int window_count, double outside, int64_t from_ns, int64_t to_ns)
{
    struct walk walk = {.clock = clock, .windows = windows, .window_count = window_count};
    int64_t length;

    assert(window_count < PRICES_MAX);
    if (window_count == 0)
        return outside;
    if (__builtin_sub_overflow(to_ns, from_ns, &length))
        length = INT64_MAX;
    if (length <= 0) {
        walk.price_ns[price_at(&walk, local_time(clock, from_ns))] = 1;
        return mean_of(&walk, outside, 1);
    }
    int64_t weeks = repeats_weekly(&walk) ? length / NS_PER_WEEK : 0;
    int64_t rest = length - weeks * NS_PER_WEEK;
    if (weeks > 0)
        add_span(&walk, from_ns, NS_PER_WEEK, weeks);
    add_span(&walk, from_ns + weeks * NS_PER_WEEK, rest, 1);
    return mean_of(&walk, outside, length);
}
