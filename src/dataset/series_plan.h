// What a mapping of kind series asks for: which rows and columns, how far back and how far ahead.
#ifndef PT_DATASET_SERIES_PLAN_H
#define PT_DATASET_SERIES_PLAN_H

#include "dataset/csv_table.h"
#include "dataset/internal.h"

// What becomes of the values of a column. In the order of the words of the key change.
enum pt_series_change {
    PT_SERIES_LEVEL,      // as they are
    PT_SERIES_DIFFERENCE, // x(t) - x(t-1)
    PT_SERIES_LOG_RETURN, // ln(x(t) / x(t-1))
};

// What to do with an empty cell. In the order of the words of the key missing.
enum pt_series_missing {
    PT_SERIES_MISSING_REFUSE,
    PT_SERIES_MISSING_PREVIOUS, // the value before it: nothing that was not known then
    PT_SERIES_MISSING_DROP,     // the whole row; its neighbors move together
};

struct pt_series_column {
    int64_t column; // of the table
    enum pt_series_change change;
};

struct pt_series_plan {
    struct pt_arena *arena;
    struct pt_csv_table table;
    int64_t row_count;
    const int64_t *rows; // [row_count] of the table, in order
    int64_t column_count;
    struct pt_series_column *columns;
    int64_t target_column;
    enum pt_series_change target_change;
    enum pt_series_missing missing;
    int64_t window, horizon;
    bool every_step; // targets are all steps to the horizon, not the last alone
    struct pt_normalize normalize;
    double test_share; // 0: no test part
};

// Reads the file and resolves the columns. All memory comes from arena.
enum pt_status pt_series_plan_make(struct pt_arena *arena, const struct pt_node *node,
                                   const char *base_directory, struct pt_series_plan *ret_plan,
                                   struct pt_error *error);
// The values of a column in the plan's rows. A logarithm needs numbers above 0.
enum pt_status pt_series_read_column(const struct pt_series_plan *plan, int64_t column,
                                     enum pt_series_change change, double *ret_values,
                                     struct pt_error *error);
// PT_BAD_INPUT unless the times in a column rise from row to row, and by step if step > 0. Times
// are numbers, or dates that begin with year-month-day and are all written alike.
enum pt_status pt_series_check_time(const struct pt_series_plan *plan, int64_t column, double step,
                                    struct pt_error *error);

#endif
