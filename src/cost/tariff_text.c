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

static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                     "jul", "aug", "sep", "oct", "nov", "dec"};

static int index_of(const char *text, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (strncmp(text, names[i], 3) == 0)
            return i;
    return -1;
}

// "mon-wed,fri" of so many names with three letters into bits; a range may go over the end.
static bool parse_set(const char *text, const char *const *names, int count, unsigned *ret_set)
{
    unsigned set = 0;

    if (strcmp(text, "all") == 0) {
        *ret_set = (1u << count) - 1;
        return true;
    }
    for (const char *part = text;; part++) {
        size_t length = strcspn(part, ",");
        bool range = length == 7 && part[3] == '-';
        if (!range && length != 3)
            return false;
        int first = index_of(part, names, count);
        int last = range ? index_of(part + 4, names, count) : first;
        if (first < 0 || last < 0)
            return false;
        for (int i = first;; i = (i + 1) % count) {
            set |= 1u << i;
            if (i == last)
                break;
        }
        part += length;
        if (*part == '\0')
            break;
    }
    *ret_set = set;
    return true;
}

bool pt_parse_weekdays(const char *text, unsigned *ret_weekdays)
{
    return parse_set(text, days, 7, ret_weekdays);
}

bool pt_parse_months(const char *text, unsigned *ret_months)
{
    return parse_set(text, months, 12, ret_months);
}
