// Day-ahead prices: the auction of the next delivery day is published about noon. In Europe at
// 12:45 CET at the earliest (SDAC); delivery days there begin at midnight CET.

#include "base/units.h"
#include "schedule/forecast.h"

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

int64_t pt_publication_hours(const struct pt_publication *publication, int64_t start_ns,
                             int64_t now_hour)
{
    const int64_t minute_ns = 60 * PT_NANOSECONDS_PER_SECOND, hour_ns = 60 * minute_ns,
                  day_ns = 24 * hour_ns;
    if (!publication->day_ahead)
        return now_hour + !publication->hides_current_hour;

    int64_t now_ns = start_ns + now_hour * hour_ns;
    int64_t offset_ns = publication->day_offset_minutes * minute_ns;
    int64_t day = floor_divide(now_ns + offset_ns, day_ns);
    int64_t utc_day = floor_divide(now_ns, day_ns);
    bool published = now_ns - utc_day * day_ns >= publication->publish_minute * minute_ns;
    int64_t last_day = utc_day + published;
    if (last_day < day)
        last_day = day;
    int64_t hours = floor_divide((last_day + 1) * day_ns - offset_ns - start_ns, hour_ns);
    return hours > now_hour ? hours : now_hour + 1;
}
