// From the mapping of kind series to rows and columns.

#include "dataset/series_plan.h"

#include <float.h>
#include <inttypes.h>
#include <string.h>

enum { WINDOW_MAX = 10000000, HORIZON_MAX = 100000, NONE = -1 };

static const char *const changes[] = {"none", "difference", "log_return", NULL};

static enum pt_status read_table(struct pt_series_plan *plan, const struct pt_node *node,
                                 const char *base_directory, struct pt_error *error)
{
    const struct pt_node *file = pt_node_find(node, "file");
    const char *path;
    char separator;
    bool has_header = true;

    if (file == NULL)
        return pt_node_fail(error, node, "missing key 'file'");
    enum pt_status status = pt_csv_read_separator(node, &separator, error);
    if (status == PT_OK)
        status = pt_node_get_bool(node, "header", PT_OPTIONAL, &has_header, error);
    if (status == PT_OK)
        status = pt_dataset_path(plan->arena, file, base_directory, &path, error);
    if (status == PT_OK)
        status = pt_csv_table_read(plan->arena, path, separator, has_header, &plan->table, error);
    return status;
}

static enum pt_status add_column(struct pt_series_plan *plan, int64_t column,
                                 const struct pt_node *node, struct pt_error *error)
{
    for (int64_t i = 0; i < plan->column_count; i++)
        if (plan->columns[i].column == column)
            return pt_node_fail(error, node, "the column '%s' stands here twice",
                                plan->table.names[column]);
    plan->columns[plan->column_count++].column = column;
    return PT_OK;
}

// All columns but the time, or those that columns names.
static enum pt_status choose_columns(struct pt_series_plan *plan, const struct pt_node *node,
                                     int64_t time_column, struct pt_error *error)
{
    const struct pt_node *list = pt_node_find(node, "columns");
    enum pt_status status = PT_OK;

    plan->columns =
        pt_arena_alloc(plan->arena, (size_t)plan->table.column_count, sizeof *plan->columns);
    if (plan->columns == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the columns of %s", plan->table.file);
    if (list == NULL) {
        for (int64_t i = 0; i < plan->table.column_count; i++)
            if (i != time_column)
                plan->columns[plan->column_count++].column = i;
        return PT_OK;
    }
    status = pt_node_check_kind(list, PT_NODE_SEQUENCE, error);
    if (status == PT_OK && list->count == 0)
        return pt_node_fail(error, list, "columns is empty; name at least one");
    const struct pt_node *item = status == PT_OK ? list->first : NULL;
    for (; item != NULL && status == PT_OK; item = item->next) {
        int64_t column;
        status = pt_csv_table_column(&plan->table, item, &column, error);
        if (status == PT_OK)
            status = add_column(plan, column, item, error);
    }
    return status;
}

// The change that the mapping asks for a column; none if it does not name it.
static enum pt_status change_of(const struct pt_series_plan *plan, const struct pt_node *change,
                                int64_t column, enum pt_series_change *ret_change,
                                struct pt_error *error)
{
    int index = PT_SERIES_LEVEL;
    const struct pt_node *value = change;
    if (change != NULL && change->kind == PT_NODE_MAPPING)
        value = pt_node_find(change, plan->table.names[column]);
    enum pt_status status = value != NULL ? pt_node_choice(value, changes, &index, error) : PT_OK;
    *ret_change = (enum pt_series_change)index;
    return status;
}

static enum pt_status read_changes(struct pt_series_plan *plan, const struct pt_node *node,
                                   struct pt_error *error)
{
    const struct pt_node *change = pt_node_find(node, "change");
    enum pt_status status = PT_OK;
    if (change != NULL && change->kind == PT_NODE_MAPPING)
        status = pt_node_check_keys(change, plan->table.names, error);
    for (int64_t i = 0; i < plan->column_count && status == PT_OK; i++)
        status = change_of(plan, change, plan->columns[i].column, &plan->columns[i].change, error);
    if (status == PT_OK)
        status = change_of(plan, change, plan->target_column, &plan->target_change, error);
    return status;
}

static enum pt_status read_options(struct pt_series_plan *plan, const struct pt_node *node,
                                   struct pt_error *error)
{
    static const char *const steps[] = {"last", "all", NULL};
    static const char *const missing[] = {"refuse", "previous", "drop", NULL};
    const struct pt_node *steps_node = pt_node_find(node, "target_steps");
    const struct pt_node *missing_node = pt_node_find(node, "missing");
    int step_index = 0, missing_index = 0;
    uint64_t seed;

    plan->horizon = 1;
    enum pt_status status =
        pt_node_get_integer(node, "window", PT_REQUIRED, 1, WINDOW_MAX, &plan->window, error);
    if (status == PT_OK)
        status = pt_node_get_integer(node, "horizon", PT_OPTIONAL, 1, HORIZON_MAX, &plan->horizon,
                                     error);
    if (status == PT_OK && steps_node != NULL)
        status = pt_node_choice(steps_node, steps, &step_index, error);
    if (status == PT_OK && missing_node != NULL)
        status = pt_node_choice(missing_node, missing, &missing_index, error);
    if (status == PT_OK)
        status = pt_dataset_read_split(node, &plan->test_share, &seed, error);
    if (status == PT_OK)
        status = pt_normalize_read(node, &plan->normalize, error);
    if (status == PT_OK && plan->normalize.kind == PT_NORMALIZE_GIVEN)
        status = pt_node_fail(error, pt_node_find(node, "normalize"),
                              "normalize of a series is none, unit or standard, each column by "
                              "itself");
    plan->every_step = step_index == 1;
    plan->missing = (enum pt_series_missing)missing_index;
    return status;
}

static bool row_misses_a_value(const struct pt_series_plan *plan, int64_t row)
{
    for (int64_t i = 0; i < plan->column_count; i++)
        if (pt_csv_cell_missing(pt_csv_table_cell(&plan->table, row, plan->columns[i].column)))
            return true;
    return pt_csv_cell_missing(pt_csv_table_cell(&plan->table, row, plan->target_column));
}

static enum pt_status choose_rows(struct pt_series_plan *plan, struct pt_error *error)
{
    int64_t *rows = pt_arena_alloc(plan->arena, (size_t)plan->table.row_count, sizeof *rows);
    if (rows == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the rows of %s", plan->table.file);
    for (int64_t row = 0; row < plan->table.row_count; row++)
        if (plan->missing != PT_SERIES_MISSING_DROP || !row_misses_a_value(plan, row))
            rows[plan->row_count++] = row;
    plan->rows = rows;
    if (plan->row_count == 0)
        return pt_fail(error, PT_BAD_INPUT,
                       "%s: every row misses a value, so missing: drop leaves none",
                       plan->table.file);
    return PT_OK;
}

static enum pt_status check_time(const struct pt_series_plan *plan, const struct pt_node *node,
                                 int64_t time_column, struct pt_error *error)
{
    double step = 0;
    enum pt_status status =
        pt_node_get_number(node, "step", PT_OPTIONAL, DBL_MIN, DBL_MAX, &step, error);
    if (status == PT_OK && step > 0 && time_column == NONE)
        return pt_node_fail(error, pt_node_find(node, "step"), "step needs a column of 'time'");
    if (status == PT_OK && time_column != NONE)
        status = pt_series_check_time(plan, time_column, step, error);
    return status;
}

static enum pt_status find_columns(struct pt_series_plan *plan, const struct pt_node *node,
                                   int64_t *ret_time_column, struct pt_error *error)
{
    const struct pt_node *time = pt_node_find(node, "time"), *target = pt_node_find(node, "target");
    *ret_time_column = NONE;
    if (target == NULL)
        return pt_node_fail(error, node, "missing key 'target': the column to forecast");
    enum pt_status status = PT_OK;
    if (time != NULL)
        status = pt_csv_table_column(&plan->table, time, ret_time_column, error);
    if (status == PT_OK)
        status = pt_csv_table_column(&plan->table, target, &plan->target_column, error);
    if (status == PT_OK)
        status = choose_columns(plan, node, *ret_time_column, error);
    if (status == PT_OK && plan->column_count == 0)
        status = pt_fail(error, PT_BAD_INPUT, "%s has no column but the time", plan->table.file);
    return status;
}

enum pt_status pt_series_read_column(const struct pt_series_plan *plan, int64_t column,
                                     enum pt_series_change change, double *ret_values,
                                     struct pt_error *error)
{
    for (int64_t i = 0; i < plan->row_count; i++) {
        int64_t row = plan->rows[i];
        struct pt_csv_cell cell = pt_csv_table_cell(&plan->table, row, column);
        bool is_missing = pt_csv_cell_missing(cell);
        if (is_missing && plan->missing == PT_SERIES_MISSING_PREVIOUS && i > 0) {
            ret_values[i] = ret_values[i - 1];
            continue;
        }
        if (is_missing)
            return pt_csv_table_fail(error, &plan->table, row, column,
                                     "the value is missing ('%.*s')%s", cell.length, cell.text,
                                     plan->missing == PT_SERIES_MISSING_PREVIOUS
                                         ? " and there is none before it; remove the row"
                                         : "; say missing: previous or drop");
        if (!pt_csv_cell_number(cell, &ret_values[i]))
            return pt_csv_table_fail(error, &plan->table, row, column,
                                     "'%.*s' is not a number; name the wanted columns in columns",
                                     cell.length, cell.text);
        if (change == PT_SERIES_LOG_RETURN && !(ret_values[i] > 0))
            return pt_csv_table_fail(error, &plan->table, row, column,
                                     "%g has no logarithm; say change: difference or none",
                                     ret_values[i]);
    }
    return PT_OK;
}

enum pt_status pt_series_plan_make(struct pt_arena *arena, const struct pt_node *node,
                                   const char *base_directory, struct pt_series_plan *ret_plan,
                                   struct pt_error *error)
{
    static const char *const keys[] = {"kind",    "file",      "columns",   "target",
                                       "change",  "window",    "horizon",   "target_steps",
                                       "missing", "time",      "step",      "test_share",
                                       "header",  "separator", "normalize", NULL};
    struct pt_series_plan plan = {.arena = arena, .normalize.kind = PT_NORMALIZE_STANDARD};
    int64_t time_column = NONE;

    enum pt_status status = pt_node_check_keys(node, keys, error);
    if (status == PT_OK)
        status = read_options(&plan, node, error);
    if (status == PT_OK)
        status = read_table(&plan, node, base_directory, error);
    if (status == PT_OK)
        status = find_columns(&plan, node, &time_column, error);
    if (status == PT_OK)
        status = read_changes(&plan, node, error);
    if (status == PT_OK)
        status = choose_rows(&plan, error);
    if (status == PT_OK)
        status = check_time(&plan, node, time_column, error);
    if (status == PT_OK)
        *ret_plan = plan;
    return status;
}
