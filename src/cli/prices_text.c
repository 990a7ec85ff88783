// See prices.h: the table with bars.

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "base/units.h"
#include "cli/prices.h"

enum { ROWS_MOST = 100, BAR_WIDTH = 40 };

// The length of a row: that of an interval, or the first of these that leaves few enough rows.
static int64_t row_length(const struct pt_series *series)
{
    static const int64_t minutes[] = {60, 360, 1440, 10080, 43200};
    int64_t span_ns = series->starts_ns[series->count - 1] - series->starts_ns[0];
    int64_t length_ns = series->step_ns;
    for (size_t i = 0; i < sizeof minutes / sizeof *minutes && span_ns / length_ns >= ROWS_MOST;
         i++)
        if (minutes[i] * 60 * PT_NANOSECONDS_PER_SECOND > length_ns)
            length_ns = minutes[i] * 60 * PT_NANOSECONDS_PER_SECOND;
    return length_ns;
}

struct extremes {
    int64_t low, high; // indices
};

static struct extremes find_extremes(const struct pt_series *series)
{
    struct extremes found = {0, 0};
    for (int64_t i = 1; i < series->count; i++) {
        if (series->values[i] < series->values[found.low])
            found.low = i;
        if (series->values[i] > series->values[found.high])
            found.high = i;
    }
    return found;
}

// "2026-11-24 15:00"
static const char *clock_text(int64_t ns, char *buffer)
{
    pt_format_moment(ns, buffer);
    buffer[10] = ' ';
    buffer[16] = '\0';
    return buffer;
}

// Negative prices go to the other side of the line.
static void print_bar(double value, double low, double high)
{
    double least = low < 0 ? low : 0, most = high > 0 ? high : 0;
    double scale = most > least ? BAR_WIDTH / (most - least) : 0;
    int zero = (int)lround(-least * scale), end = (int)lround((value - least) * scale);
    for (int i = 0; end != zero && i < (end > zero ? end : zero); i++)
        putchar(i >= end ? '-' : (i >= zero ? '#' : ' '));
}

static bool is_forecast(const struct pt_prices *prices, int64_t *index, int64_t end_ns)
{
    const struct pt_series *series = prices->series;
    bool forecast = false;
    for (; *index < series->count && series->starts_ns[*index] < end_ns; (*index)++)
        forecast = forecast || prices->info.qualities[*index] == PT_FEED_FORECAST;
    return forecast;
}

static void print_rows(const struct pt_prices *prices, struct extremes extremes)
{
    const struct pt_series *series = prices->series;
    int64_t length_ns = row_length(series), index = 0;
    int64_t end_ns = series->starts_ns[series->count - 1] + series->step_ns;
    int64_t start_ns = series->starts_ns[0];
    double low = series->values[extremes.low], high = series->values[extremes.high], mean;
    char text[32], value[32];
    printf("%-16s  %12s\n", "UTC", prices->info.unit);
    for (int64_t next_ns; start_ns < end_ns; start_ns = next_ns) {
        // Rows begin at whole hours or days, so the first one may be shorter.
        next_ns = (start_ns / length_ns + 1) * length_ns;
        if (length_ns == series->step_ns)
            next_ns = start_ns + length_ns;
        if (next_ns > end_ns)
            next_ns = end_ns;
        bool forecast = is_forecast(prices, &index, next_ns);
        bool known = pt_series_mean(series, start_ns, next_ns, &mean, NULL) == PT_OK;
        pt_format_c(value, sizeof value, "%.5g", known ? mean : NAN);
        printf("%s  %12s%c ", clock_text(start_ns, text), known ? value : "unknown",
               forecast ? '?' : ' ');
        if (known)
            print_bar(mean, low, high);
        putchar('\n');
    }
}

static void print_head(const struct pt_prices *prices, struct extremes extremes)
{
    const struct pt_series *series = prices->series;
    char from[32], to[32], low[32], high[32], numbers[120], length[32];
    printf("%s: %s in %s, %s to %s UTC\n", series->name, pt_feed_kind_names[prices->info.kind],
           prices->info.unit, clock_text(series->starts_ns[0], from),
           clock_text(prices->info.known_until_ns, to));
    pt_format_c(numbers, sizeof numbers, "mean %.5g, lowest %.5g (%s), highest %.5g (%s)",
                series->mean, series->values[extremes.low],
                clock_text(series->starts_ns[extremes.low], low), series->values[extremes.high],
                clock_text(series->starts_ns[extremes.high], high));
    puts(numbers);
    if (row_length(series) != series->step_ns)
        printf("means of %s; --csv has every interval\n",
               pt_format_duration((double)row_length(series) / 1e9, length));
    putchar('\n');
}

static void print_foot(const struct pt_prices *prices)
{
    const struct pt_feed_info *info = &prices->info;
    char text[32], age[32];
    putchar('\n');
    if (info->actual_until_ns < info->known_until_ns)
        printf("?: a forecast, from %s on.\n", clock_text(info->actual_until_ns, text));
    if (info->missing_count > 0)
        printf("%" PRId64 " intervals are unknown%s.\n", info->missing_count,
               info->conflict_count > 0 ? ", for some the feed gave two values" : "");
    if (info->note != NULL)
        printf("What it is: %s.\n", info->note);
    printf("Source: %s. Read %s (%s ago).\n", info->attribution,
           pt_format_time(info->retrieved_ns, text),
           pt_format_duration((double)(prices->now_ns - info->retrieved_ns) / 1e9, age));
}

void pt_prices_print_text(const struct pt_prices *prices)
{
    struct extremes extremes = find_extremes(prices->series);
    print_head(prices, extremes);
    print_rows(prices, extremes);
    print_foot(prices);
}
