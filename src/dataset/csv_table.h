// A CSV file as a table with named columns, and the categories that a column holds.
#ifndef PT_DATASET_CSV_TABLE_H
#define PT_DATASET_CSV_TABLE_H

#include "base/csv.h"
#include "base/node.h"

struct pt_csv_table {
    const char *file;
    int64_t column_count, row_count;
    const char *const *names;      // [column_count] and a NULL; "1", "2" ... without a header
    const struct pt_csv_row *rows; // without the header
};

// The optional key separator: one character, or tab; a comma if absent.
enum pt_status pt_csv_read_separator(const struct pt_node *node, char *ret_separator,
                                     struct pt_error *error);
// Reads a file, gzip or plain, of at most 4 GiB. PT_BAD_INPUT for a file without rows and for two
// columns of the same name.
enum pt_status pt_csv_table_read(struct pt_arena *arena, const char *path, char separator,
                                 bool has_header, struct pt_csv_table *ret_table,
                                 struct pt_error *error);
// Fails unless other has the columns of table, in the same order.
enum pt_status pt_csv_table_same_columns(const struct pt_csv_table *table,
                                         const struct pt_csv_table *other, struct pt_error *error);
// The column that the text of a scalar names; did-you-mean if there is none.
enum pt_status pt_csv_table_column(const struct pt_csv_table *table, const struct pt_node *node,
                                   int64_t *ret_column, struct pt_error *error);
// A cell without the blanks around it.
struct pt_csv_cell {
    const char *text;
    int length;
};
struct pt_csv_cell pt_csv_table_cell(const struct pt_csv_table *table, int64_t row, int64_t column);
// Empty, NA, N/A, nan, null or ?, in any case.
bool pt_csv_cell_missing(struct pt_csv_cell cell);
// False unless the cell is one finite number that fits a float.
bool pt_csv_cell_number(struct pt_csv_cell cell, double *ret_value);
// "file:line: column 'name': " and the message; the status is PT_BAD_INPUT.
enum pt_status pt_csv_table_fail(struct pt_error *error, const struct pt_csv_table *table,
                                 int64_t row, int64_t column, const char *format, ...)
    PT_PRINTF(5, 6);

// The different values of a column: by number if all are whole numbers, else by bytes; or names
// that were given in an order of their own.
struct pt_csv_category {
    const char *name;
    int64_t place;
};
struct pt_csv_categories {
    int64_t count;
    const char *const *names;
    const struct pt_csv_category *by_text; // for looking up
    bool all_integers;
};
// Missing cells are left out. PT_BAD_INPUT for more than most values.
enum pt_status pt_csv_categories_find(struct pt_arena *arena, const struct pt_csv_table *table,
                                      int64_t column, int64_t most,
                                      struct pt_csv_categories *ret_categories,
                                      struct pt_error *error);
// names is borrowed.
enum pt_status pt_csv_categories_from_names(struct pt_arena *arena, const char *const *names,
                                            int64_t count, struct pt_csv_categories *ret_categories,
                                            struct pt_error *error);
// The place of the cell among the categories, or -1.
int64_t pt_csv_categories_index(const struct pt_csv_categories *categories,
                                struct pt_csv_cell cell);

#endif
