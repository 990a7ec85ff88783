// Days and dates of the Gregorian calendar. A day is its number since 1970-01-01.
#ifndef PT_COST_CALENDAR_H
#define PT_COST_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

enum { PT_DAY_SECONDS = 86400, PT_YEAR_LEAST = 1970, PT_YEAR_MOST = 2200 };

struct pt_date {
    int year, month, day; // month and day from 1
};

// From the year 1 on.
int64_t pt_day_of_date(int year, int month, int day);
struct pt_date pt_date_of_day(int64_t day);
int pt_days_of_month(int year, int month);
int pt_weekday_of_day(int64_t day); // 0: Monday
// For qsort and bsearch over arrays of days.
int pt_compare_days(const void *a, const void *b);
// Reads count digits and moves *text behind them; -1 if there are not so many.
int pt_read_digits(const char **text, int count);
// Reads "2026-12-25" and moves *text behind it. False if it is no date from 1970 to 2200.
bool pt_read_date(const char **text, int64_t *ret_day);

#endif
