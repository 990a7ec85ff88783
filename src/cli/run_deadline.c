// Deadlines as people say them.

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/parse.h"
#include "base/units.h"
#include "cli/run_choice.h"
#include "cost/calendar.h"

static const char *const days[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

static bool read_clock(const char *text, struct tm *local)
{
    int minute;
    char padded[16];
    if (strlen(text) == 4 && text[1] == ':') // "8:00"
        snprintf(padded, sizeof padded, "0%.4s", text);
    else
        snprintf(padded, sizeof padded, "%.12s", text);
    if (!pt_parse_time_of_day(padded, &minute))
        return false;
    local->tm_hour = minute / 60;
    local->tm_min = minute % 60;
    local->tm_sec = 0;
    return true;
}

// The C library moves a moment that does not exist (daylight saving time begins) by an hour: it is
// refused instead. Of two it takes one; the earlier is meant, for a deadline must not be missed.
static enum pt_status moment_of(const char *text, struct tm local, int64_t *ret_ns,
                                struct pt_error *error)
{
    struct tm summer = local, winter = local;
    summer.tm_isdst = 1;
    winter.tm_isdst = 0;
    local.tm_isdst = -1;
    struct tm wanted = local;
    time_t seconds = mktime(&local);
    if (seconds == (time_t)-1)
        return pt_fail(error, PT_USAGE, "--deadline %s is no moment", text);
    if (local.tm_hour != wanted.tm_hour % 24 || local.tm_min != wanted.tm_min)
        return pt_fail(error, PT_BAD_INPUT,
                       "--deadline %s: on that day the clock skips this time; give another", text);
    time_t both[] = {mktime(&summer), mktime(&winter)};
    const struct tm *checked[] = {&summer, &winter};
    for (int i = 0; i < 2; i++)
        if (both[i] != (time_t)-1 && both[i] < seconds && checked[i]->tm_isdst == (i == 0) &&
            checked[i]->tm_hour == local.tm_hour && checked[i]->tm_min == local.tm_min &&
            checked[i]->tm_mday == local.tm_mday)
            seconds = both[i];
    *ret_ns = (int64_t)seconds * PT_NANOSECONDS_PER_SECOND;
    return PT_OK;
}

static bool read_date(const char *text, struct tm *local, const char **ret_rest)
{
    int64_t day;
    const char *at = text;
    if (!pt_read_date(&at, &day))
        return false;
    struct pt_date date = pt_date_of_day(day);
    local->tm_year = date.year - 1900;
    local->tm_mon = date.month - 1;
    local->tm_mday = date.day;
    *ret_rest = at;
    return true;
}

// The word for a day at the beginning, if there is one. If that moment is over, it is meant so many
// days later: 0 if it cannot be; "08:00" alone is the next one.
static void read_day(const char *text, struct tm *local, const char **ret_rest, int *ret_later)
{
    size_t length = strcspn(text, " T");
    *ret_rest = text + length;
    *ret_later = 0;
    if (length == 8 && strncasecmp(text, "tomorrow", length) == 0) {
        local->tm_mday++;
        return;
    }
    if ((length == 5 && strncasecmp(text, "today", length) == 0) ||
        (length == 7 && strncasecmp(text, "tonight", length) == 0))
        return;
    for (int i = 0; i < 7; i++)
        if (length >= 3 && strncasecmp(text, days[i], 3) == 0 && strchr(text, ' ') != NULL) {
            local->tm_mday += (i - local->tm_wday + 7) % 7;
            *ret_later = 7;
            return;
        }
    if (read_date(text, local, ret_rest))
        return;
    *ret_rest = text;
    *ret_later = 1;
}

static enum pt_status local_moment(const char *text, int64_t now_ns, int64_t *ret_ns,
                                   struct pt_error *error)
{
    struct tm local;
    const char *rest;
    int later;
    time_t now = (time_t)(now_ns / PT_NANOSECONDS_PER_SECOND);
    localtime_r(&now, &local);
    read_day(text, &local, &rest, &later);
    while (*rest == ' ' || *rest == 'T')
        rest++;
    if (!read_clock(rest, &local))
        return pt_fail(error, PT_USAGE,
                       "--deadline %s is no time: \"tomorrow 08:00\", \"fri 18:00\", \"+14h\" or "
                       "\"2026-11-25 08:00\"",
                       text);
    enum pt_status status = moment_of(text, local, ret_ns, error);
    if (status == PT_OK && later > 0 && *ret_ns <= now_ns) {
        local.tm_mday += later;
        status = moment_of(text, local, ret_ns, error);
    }
    return status;
}

enum pt_status pt_run_deadline(const char *text, int64_t now_ns, int64_t *ret_ns,
                               struct pt_error *error)
{
    double seconds;
    char shown[48], duration[48];
    int64_t ns = 0;
    enum pt_status status = PT_OK;
    if (text[0] == '+') {
        if (!pt_parse_duration(text + 1, &seconds) || !(seconds > 0) || seconds > 366 * 86400.0)
            return pt_fail(error, PT_USAGE, "--deadline %s: a duration up to a year, as +14h",
                           text);
        ns = now_ns + (int64_t)(seconds * (double)PT_NANOSECONDS_PER_SECOND);
    } else if (!pt_parse_moment(text, &ns)) {
        status = local_moment(text, now_ns, &ns, error);
    }
    if (status != PT_OK)
        return status;
    if (ns <= now_ns)
        return pt_fail(error, PT_INFEASIBLE, "--deadline %s, %s, is over since %s", text,
                       pt_run_format_time(ns, shown),
                       pt_format_duration((double)(now_ns - ns) / (double)PT_NANOSECONDS_PER_SECOND,
                                          duration));
    *ret_ns = ns;
    return PT_OK;
}

const char *pt_run_format_time(int64_t ns, char *buffer)
{
    struct tm local;
    time_t seconds = (time_t)(ns / PT_NANOSECONDS_PER_SECOND);
    localtime_r(&seconds, &local);
    strftime(buffer, 48, "%a %e %b %H:%M", &local);
    return buffer;
}
