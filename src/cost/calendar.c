#include "cost/calendar.h"

#include <ctype.h>

// 1970-01-01 was a Thursday.
enum { WEEKDAY_OF_EPOCH = 3 };

// A year begins in March here, so that the day that leap years add is its last.
int64_t pt_day_of_date(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return y * 365 + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
}

// The way back, over eras of 400 years, which have 146097 days.
struct pt_date pt_date_of_day(int64_t day)
{
    int64_t shifted = day + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t of_era = shifted - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153; // 0: March
    struct pt_date date = {.day = (int)(of_year - (153 * month + 2) / 5) + 1};
    date.month = (int)(month < 10 ? month + 3 : month - 9);
    date.year = (int)(year + era * 400) + (date.month <= 2);
    return date;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int pt_days_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

int pt_weekday_of_day(int64_t day)
{
    return (int)((day % 7 + 7 + WEEKDAY_OF_EPOCH) % 7);
}

int pt_compare_days(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

int pt_read_digits(const char **text, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++, (*text)++) {
        if (!isdigit((unsigned char)**text))
            return -1;
        value = value * 10 + (**text - '0');
    }
    return value;
}

static bool skip_dash(const char **text)
{
    if (**text != '-')
        return false;
    (*text)++;
    return true;
}

bool pt_read_date(const char **text, int64_t *ret_day)
{
    int year = pt_read_digits(text, 4), month, day;
    if (year < PT_YEAR_LEAST || year > PT_YEAR_MOST || !skip_dash(text) ||
        (month = pt_read_digits(text, 2)) < 1 || month > 12 || !skip_dash(text) ||
        (day = pt_read_digits(text, 2)) < 1 || day > pt_days_of_month(year, month))
        return false;
    *ret_day = pt_day_of_date(year, month, day);
    return true;
}
