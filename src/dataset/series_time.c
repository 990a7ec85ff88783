// The time column of a series: does it rise.

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "dataset/series_plan.h"

// Steps are compared with this relative error, because 0.1 is no binary number.
static const double step_error = 1e-6;

// Is the shape of text that of pattern: digits where it has digits, else the same bytes.
static bool is_alike(struct pt_csv_cell text, const char *pattern, int length)
{
    if (text.length != length)
        return false;
    for (int i = 0; i < length; i++) {
        bool is_digit = isdigit((unsigned char)text.text[i]) != 0;
        if (is_digit != (isdigit((unsigned char)pattern[i]) != 0) ||
            (!is_digit && text.text[i] != pattern[i]))
            return false;
    }
    return true;
}

static bool is_date(struct pt_csv_cell cell)
{
    static const char day[] = "2026-11-24";
    int length = (int)strlen(day);
    struct pt_csv_cell start = {cell.text, cell.length < length ? cell.length : length};
    return is_alike(start, day, length);
}

static enum pt_status not_after(const struct pt_series_plan *plan, int64_t row, int64_t column,
                                struct pt_csv_cell now, struct pt_csv_cell before,
                                struct pt_error *error)
{
    return pt_csv_table_fail(error, &plan->table, row, column,
                             "'%.*s' does not come after '%.*s'; sort the rows by time, and keep "
                             "one of each",
                             now.length, now.text, before.length, before.text);
}

static enum pt_status check_numbers(const struct pt_series_plan *plan, int64_t column, double step,
                                    struct pt_error *error)
{
    struct pt_csv_cell before = {"", 0};
    double last = -(double)INFINITY;
    for (int64_t i = 0; i < plan->row_count; i++) {
        int64_t row = plan->rows[i];
        struct pt_csv_cell cell = pt_csv_table_cell(&plan->table, row, column);
        double time;
        if (!pt_csv_cell_number(cell, &time))
            return pt_csv_table_fail(error, &plan->table, row, column,
                                     "'%.*s' is not a number, as the first time is", cell.length,
                                     cell.text);
        if (time <= last)
            return not_after(plan, row, column, cell, before, error);
        if (step > 0 && i > 0 && !(fabs(time - last - step) <= step * step_error))
            return pt_csv_table_fail(error, &plan->table, row, column,
                                     "a gap: %.*s comes %g after %.*s, step says %g; fill the gap "
                                     "or leave step out",
                                     cell.length, cell.text, time - last, before.length,
                                     before.text, step);
        last = time;
        before = cell;
    }
    return PT_OK;
}

static enum pt_status check_dates(const struct pt_series_plan *plan, int64_t column,
                                  struct pt_error *error)
{
    struct pt_csv_cell first = pt_csv_table_cell(&plan->table, plan->rows[0], column);
    struct pt_csv_cell before = first;
    for (int64_t i = 1; i < plan->row_count; i++) {
        int64_t row = plan->rows[i];
        struct pt_csv_cell cell = pt_csv_table_cell(&plan->table, row, column);
        if (!is_alike(cell, first.text, first.length))
            return pt_csv_table_fail(error, &plan->table, row, column,
                                     "'%.*s' is not written like the first time, '%.*s'",
                                     cell.length, cell.text, first.length, first.text);
        if (memcmp(cell.text, before.text, (size_t)cell.length) <= 0)
            return not_after(plan, row, column, cell, before, error);
        before = cell;
    }
    return PT_OK;
}

enum pt_status pt_series_check_time(const struct pt_series_plan *plan, int64_t column, double step,
                                    struct pt_error *error)
{
    struct pt_csv_cell first = pt_csv_table_cell(&plan->table, plan->rows[0], column);
    double number;
    if (pt_csv_cell_number(first, &number))
        return check_numbers(plan, column, step, error);
    if (!is_date(first))
        return pt_csv_table_fail(error, &plan->table, plan->rows[0], column,
                                 "'%.*s' is no time; write numbers, or dates such as 2026-11-24 or "
                                 "2026-11-24T08:00",
                                 first.length, first.text);
    if (step > 0)
        return pt_csv_table_fail(error, &plan->table, plan->rows[0], column,
                                 "step needs times that are numbers, '%.*s' is a date",
                                 first.length, first.text);
    return check_dates(plan, column, error);
}
