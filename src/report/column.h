// A printed column of numbers: one unit and one number of decimals for all of it, so that the rows
// can be compared at a glance and add up to the total as printed.
#ifndef PT_REPORT_COLUMN_H
#define PT_REPORT_COLUMN_H

#include "cost/bill.h"

struct pt_column {
    char unit[8];     // "Wh", "EUR"; "" if nothing in the column is known
    double unit_size; // in base units: joules, seconds, grams, currency units
    int decimals;
    char rows[PT_BILL_ROWS_MAX][32]; // without the unit; "-" if missing
    char total[32];                  // without the unit; "unknown" if missing
};

// The columns of a bill.
struct pt_bill_columns {
    struct pt_column time, energy, money, carbon;
};
void pt_bill_columns_fill(const struct pt_bill *bill, struct pt_bill_columns *ret_columns);

// A value in the column's unit and decimals, "-" if it is not a finite number; a buffer of at least
// 32 bytes. Returns it.
const char *pt_column_format(const struct pt_column *column, double value, char *buffer);
// "0.98-1.50" in the column's unit, "-" if missing; a buffer of at least 72 bytes.
const char *pt_column_interval(const struct pt_column *column, struct pt_quantity quantity,
                               char *buffer);

// The unit in which an amount of energy is printed; returns its size in joules.
double pt_energy_unit(double joules, const char **ret_name);

#endif
