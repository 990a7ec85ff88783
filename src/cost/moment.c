// Moments: ISO 8601 into nanoseconds of Unix time and back.

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "cost/calendar.h"
#include "cost/series.h"
#include "cost/tariff.h"

static bool skip(const char **text, char what)
{
    if (**text != what)
        return false;
    (*text)++;
    return true;
}

// ".25" into nanoseconds; digits beyond the ninth are dropped.
static bool read_fraction(const char **text, int64_t *ret_ns)
{
    int64_t ns = 0, place = PT_NANOSECONDS_PER_SECOND / 10;
    if (!isdigit((unsigned char)**text))
        return false;
    for (; isdigit((unsigned char)**text); (*text)++, place /= 10)
        ns += place * (**text - '0');
    *ret_ns = ns;
    return true;
}

static bool read_clock(const char **text, int64_t *ret_seconds, int64_t *ret_ns)
{
    int hour = pt_read_digits(text, 2), minute, second = 0;
    *ret_ns = 0;
    if (hour < 0 || hour > 23 || !skip(text, ':') || (minute = pt_read_digits(text, 2)) < 0 ||
        minute > 59)
        return false;
    if (skip(text, ':') && ((second = pt_read_digits(text, 2)) < 0 || second > 59))
        return false;
    if (skip(text, '.') && !read_fraction(text, ret_ns))
        return false;
    *ret_seconds = (hour * 60 + minute) * 60 + second;
    return true;
}

bool pt_parse_moment(const char *text, int64_t *ret_ns)
{
    int64_t days, seconds, ns;
    int offset_minutes;

    if (!pt_read_date(&text, &days) || (!skip(&text, 'T') && !skip(&text, ' ')) ||
        !read_clock(&text, &seconds, &ns) || !pt_parse_utc_offset(text, &offset_minutes))
        return false;
    seconds += days * PT_DAY_SECONDS - offset_minutes * 60;
    *ret_ns = seconds * PT_NANOSECONDS_PER_SECOND + ns;
    return true;
}

const char *pt_format_moment(int64_t ns, char *buffer)
{
    int64_t seconds = ns / PT_NANOSECONDS_PER_SECOND;
    if (ns % PT_NANOSECONDS_PER_SECOND < 0)
        seconds--;
    int64_t days = seconds / PT_DAY_SECONDS, rest = seconds % PT_DAY_SECONDS;
    if (rest < 0) {
        rest += PT_DAY_SECONDS;
        days--;
    }
    struct pt_date date = pt_date_of_day(days);
    snprintf(buffer, 32, "%04d-%02d-%02dT%02d:%02d:%02dZ", date.year % 10000, date.month, date.day,
             (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
    return buffer;
}
