// Printed columns, by the method of largest remainders: every row is rounded down to the total's
// last digit, and the digits that are then missing from the total go to the rows that lost most.
// No row is off by more than one last digit, and the sum is exact as printed.
// Source: Balinski and Young, Fair Representation, 1982, chapter 3 (Hamilton's method).

#include "report/column.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "base/units.h"

struct unit {
    const char *name;
    double size; // in base units
    double from; // the least total that is printed in it
};

// The same choices as pt_format_joules, pt_format_grams and pt_format_duration make.
static const struct unit joule_units[] = {
    {"J", 1, 0},
    {"Wh", PT_JOULES_PER_WATT_HOUR, 360},
    {"kWh", PT_JOULES_PER_KWH, PT_JOULES_PER_KWH},
    {"MWh", 1e3 * PT_JOULES_PER_KWH, 1e3 * PT_JOULES_PER_KWH},
    {"GWh", 1e6 * PT_JOULES_PER_KWH, 1e6 * PT_JOULES_PER_KWH},
    {NULL, 0, 0},
};
static const struct unit gram_units[] = {
    {"mg", 1e-3, 0}, {"g", 1, 1}, {"kg", 1e3, 1e3}, {"t", 1e6, 1e6}, {NULL, 0, 0},
};
static const struct unit second_units[] = {
    {"ms", 1e-3, 0},
    {"s", 1, 1},
    {"min", 60, 600},
    {"h", PT_SECONDS_PER_HOUR, 2 * PT_SECONDS_PER_HOUR},
    {"d", PT_SECONDS_PER_DAY, 2 * PT_SECONDS_PER_DAY},
    {NULL, 0, 0},
};

enum { SIGNIFICANT_DIGITS = 4, DECIMALS_MAX = 9 };

// A sum beyond this cannot be told from its rounding in a double, so it is printed as it is.
static const double exact_limit = 1e12;

static const struct unit *choose_unit(const struct unit *units, double size)
{
    const struct unit *best = units;
    for (const struct unit *unit = units; unit->name != NULL; unit++)
        if (size >= unit->from)
            best = unit;
    return best;
}

double pt_energy_unit(double joules, const char **ret_name)
{
    const struct unit *unit = choose_unit(joule_units, fabs(joules));
    *ret_name = unit->name;
    return unit->size;
}

// Four significant digits of the total; a 0 has none.
static void choose_decimals(struct pt_column *column, double size, int least)
{
    double in_units = size / column->unit_size;
    int decimals = 0;
    if (in_units > 0)
        decimals = SIGNIFICANT_DIGITS - 1 - (int)floor(log10(in_units));
    decimals = decimals < least ? least : decimals;
    column->decimals = decimals > DECIMALS_MAX ? DECIMALS_MAX : decimals;
}

// 1234567.8 -> "1,234,567.8"
static void group_thousands(const char *plain, char *grouped, size_t size)
{
    size_t whole = strspn(plain, "0123456789");
    size_t used = 0;
    for (size_t i = 0; plain[i] != '\0'; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0 && used + 2 < size)
            grouped[used++] = ',';
        if (used + 1 < size)
            grouped[used++] = plain[i];
    }
    grouped[used] = '\0';
}

// value is in the column's unit.
static void print_number(const struct pt_column *column, double value, char *buffer)
{
    char plain[32], digits[32];
    pt_format_c(plain, sizeof plain, "%.*f", column->decimals, fabs(value));
    group_thousands(plain, digits, sizeof digits);
    bool is_zero = strspn(plain, "0.") == strlen(plain);
    snprintf(buffer, sizeof digits, "%s%.30s", value < 0 && !is_zero ? "-" : "", digits);
}

const char *pt_column_format(const struct pt_column *column, double value, char *buffer)
{
    if (!isfinite(value) || !(column->unit_size > 0))
        strcpy(buffer, "-");
    else
        print_number(column, value / column->unit_size, buffer);
    return buffer;
}

const char *pt_column_interval(const struct pt_column *column, struct pt_quantity quantity,
                               char *buffer)
{
    char low[32], high[32];
    if (!pt_quantity_known(quantity) || isnan(quantity.low) || isnan(quantity.high))
        strcpy(buffer, "-");
    else if (isinf(quantity.high))
        sprintf(buffer, "%s or more", pt_column_format(column, quantity.low, low));
    else
        sprintf(buffer, "%s-%s", pt_column_format(column, quantity.low, low),
                pt_column_format(column, quantity.high, high));
    return buffer;
}

// The rows in last digits, rounded so that they add up to total last digits.
static void share_out(const double *exact, double *rounded, int count, double total)
{
    double missing = total;
    for (int i = 0; i < count; i++) {
        rounded[i] = floor(exact[i]);
        missing -= rounded[i];
    }
    bool taken[PT_BILL_ROWS_MAX] = {false};
    for (; missing >= 1; missing--) {
        int most = -1;
        for (int i = 0; i < count; i++)
            if (!taken[i] && (most < 0 || exact[i] - rounded[i] > exact[most] - rounded[most]))
                most = i;
        if (most < 0)
            break;
        taken[most] = true;
        rounded[most]++;
    }
}

// Whether the rows are the parts of total, up to the rounding of doubles.
static bool adds_up(const double *values, int count, double total)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += values[i];
    return fabs(sum - total) <= 1e-12 * fmax(fabs(sum), fabs(total));
}

// The known rows, in last digits of the column.
static void round_rows(struct pt_column *column, const double *values, int count, double total)
{
    double last_digit = column->unit_size * pow(10, -column->decimals);
    double known[PT_BILL_ROWS_MAX], rounded[PT_BILL_ROWS_MAX];
    int known_count = 0;
    for (int i = 0; i < count; i++)
        if (isfinite(values[i]))
            known[known_count++] = values[i];

    // Rows beside an unknown total, or that are not its parts, have nothing to add up to.
    bool parts =
        isfinite(total) && adds_up(known, known_count, total) && total / last_digit < exact_limit;
    for (int i = 0; i < known_count; i++) {
        known[i] /= last_digit;
        rounded[i] = round(known[i]);
    }
    if (parts)
        share_out(known, rounded, known_count, round(total / last_digit));

    for (int i = 0, next = 0; i < count; i++)
        pt_column_format(column, isfinite(values[i]) ? rounded[next++] * last_digit : NAN,
                         column->rows[i]);
}

// values are in base units, NAN if missing.
static void fill(struct pt_column *column, const struct unit *units, int least_decimals,
                 const double *values, int count, double total)
{
    double size = isfinite(total) ? fabs(total) : 0;
    bool any = isfinite(total);
    for (int i = 0; i < count; i++) {
        if (!isfinite(total) && isfinite(values[i]))
            size = fmax(size, fabs(values[i]));
        any = any || isfinite(values[i]);
    }
    memset(column, 0, sizeof *column);
    if (any) {
        const struct unit *unit = choose_unit(units, size);
        snprintf(column->unit, sizeof column->unit, "%s", unit->name);
        column->unit_size = unit->size;
        choose_decimals(column, size, least_decimals);
        round_rows(column, values, count, total);
    }
    for (int i = 0; !any && i < count; i++)
        strcpy(column->rows[i], "-");
    if (isfinite(total))
        pt_column_format(column, total, column->total);
    else
        strcpy(column->total, "unknown");
}

typedef struct pt_quantity part(const struct pt_bill_row *row);

static struct pt_quantity row_seconds(const struct pt_bill_row *row)
{
    return row->seconds;
}

static double known_value(struct pt_quantity quantity)
{
    return pt_quantity_known(quantity) ? quantity.value : NAN;
}

static void fill_part(const struct pt_bill *bill, part *part_of, const struct unit *units,
                      int least_decimals, struct pt_column *column)
{
    double values[PT_BILL_ROWS_MAX];
    assert(bill->row_count <= PT_BILL_ROWS_MAX);
    for (int i = 0; i < bill->row_count; i++)
        values[i] = known_value(part_of(&bill->rows[i]));
    fill(column, units, least_decimals, values, bill->row_count,
         known_value(part_of(&bill->total)));
}

void pt_bill_columns_fill(const struct pt_bill *bill, struct pt_bill_columns *ret_columns)
{
    const struct unit money_units[] = {{bill->currency, 1, 0}, {NULL, 0, 0}};

    fill_part(bill, row_seconds, second_units, 0, &ret_columns->time);
    fill_part(bill, pt_bill_joules, joule_units, 0, &ret_columns->energy);
    fill_part(bill, pt_bill_money, money_units, 2, &ret_columns->money);
    fill_part(bill, pt_bill_grams, gram_units, 0, &ret_columns->carbon);
}
