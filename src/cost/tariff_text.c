// The small languages of a tariff: times of the day, offsets from UTC, sets of weekdays.

#include "cost/tariff.h"

#include <ctype.h>
#include <string.h>

// The farthest time zone is UTC+14.
enum { OFFSET_MINUTES_MAX = 14 * 60 };

// Two digits, or -1.
static int two_digits(const char *text)
{
    if (!isdigit((unsigned char)text[0]) || !isdigit((unsigned char)text[1]))
        return -1;
    return (text[0] - '0') * 10 + (text[1] - '0');
}

bool pt_parse_time_of_day(const char *text, int *ret_minutes)
{
    if (strlen(text) != 5 || text[2] != ':')
        return false;
    int hours = two_digits(text), minutes = two_digits(text + 3);
    if (hours < 0 || minutes < 0 || minutes > 59 || hours * 60 + minutes > PT_MINUTES_PER_DAY)
        return false;
    *ret_minutes = hours * 60 + minutes;
    return true;
}

bool pt_parse_utc_offset(const char *text, int *ret_minutes)
{
    if (strcmp(text, "Z") == 0) {
        *ret_minutes = 0;
        return true;
    }
    size_t length = strlen(text);
    bool colon = length == 6 && text[3] == ':';
    if ((text[0] != '+' && text[0] != '-') || (length != 5 && !colon))
        return false;
    int hours = two_digits(text + 1), minutes = two_digits(text + (colon ? 4 : 3));
    if (hours < 0 || minutes < 0 || minutes > 59 || hours * 60 + minutes > OFFSET_MINUTES_MAX)
        return false;
    *ret_minutes = (hours * 60 + minutes) * (text[0] == '-' ? -1 : 1);
    return true;
}

static int day_index(const char *name, size_t length)
{
    static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    for (int i = 0; i < 7; i++)
        if (length == 3 && strncmp(name, days[i], 3) == 0)
            return i;
    return -1;
}

bool pt_parse_weekdays(const char *text, unsigned *ret_days)
{
    unsigned days = 0;

    if (strcmp(text, "all") == 0) {
        *ret_days = 0x7f;
        return true;
    }
    for (const char *part = text;; part++) {
        size_t length = strcspn(part, ",");
        int first = day_index(part, length < 3 ? length : 3), last = first;
        if (length == 7 && part[3] == '-')
            last = day_index(part + 4, 3);
        else if (length != 3)
            return false;
        if (first < 0 || last < 0)
            return false;
        for (int day = first;; day = (day + 1) % 7) {
            days |= 1u << day;
            if (day == last)
                break;
        }
        part += length;
        if (*part == '\0')
            break;
    }
    *ret_days = days;
    return true;
}
