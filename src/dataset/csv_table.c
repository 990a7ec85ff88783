// CSV files with named columns.

#include "dataset/csv_table.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/parse.h"
#include "dataset/byte_stream.h"

#define FILE_BYTES_MAX ((size_t)4 << 30)
enum { NUMBER_LENGTH_MAX = 400 }; // longer than the longest double, -DBL_TRUE_MIN in full

static struct pt_csv_cell trim(const char *text)
{
    text += strspn(text, " \t");
    size_t length = strlen(text);
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    return (struct pt_csv_cell){text, length < INT32_MAX ? (int)length : INT32_MAX};
}

static int compare_text_pointers(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static enum pt_status check_names(struct pt_arena *arena, const struct pt_csv_table *table,
                                  struct pt_error *error)
{
    size_t count = (size_t)table->column_count;
    const char **sorted = pt_arena_alloc(arena, count, sizeof *sorted);
    if (sorted == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory for its header", table->file);
    memcpy(sorted, table->names, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_text_pointers);
    for (size_t i = 1; i < count; i++)
        if (strcmp(sorted[i - 1], sorted[i]) == 0)
            return pt_fail(error, PT_BAD_INPUT,
                           "%s:1: two columns are called '%s'; rename one, or say header: false",
                           table->file, sorted[i]);
    return PT_OK;
}

static enum pt_status take_names(struct pt_arena *arena, const struct pt_csv_row *header,
                                 struct pt_csv_table *table, struct pt_error *error)
{
    const char **names = pt_arena_alloc(arena, (size_t)table->column_count + 1, sizeof *names);
    for (int64_t i = 0; names != NULL && i < table->column_count; i++) {
        if (header != NULL) {
            struct pt_csv_cell cell = trim(header->fields[i]);
            names[i] = pt_arena_strndup(arena, cell.text, (size_t)cell.length);
        } else {
            names[i] = pt_arena_printf(arena, "%" PRId64, i + 1);
        }
        if (names[i] == NULL)
            names = NULL;
    }
    if (names == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory for its header", table->file);
    table->names = names;
    return check_names(arena, table, error);
}

static enum pt_status parse_file(struct pt_arena *arena, const char *path, char separator,
                                 struct pt_csv *ret_csv, struct pt_error *error)
{
    struct pt_byte_stream *stream;
    char *text;
    size_t length;

    enum pt_status status = pt_byte_stream_open(path, &stream, error);
    if (status != PT_OK)
        return status;
    status = pt_byte_stream_read_all(stream, FILE_BYTES_MAX, &text, &length, error);
    pt_byte_stream_close(stream);
    if (status != PT_OK)
        return status;
    status = pt_csv_parse(arena, text, length, path, separator, ret_csv, error);
    free(text);
    return status;
}

enum pt_status pt_csv_read_separator(const struct pt_node *node, char *ret_separator,
                                     struct pt_error *error)
{
    const struct pt_node *value = pt_node_find(node, "separator");
    const char *text;

    *ret_separator = ',';
    if (value == NULL)
        return PT_OK;
    enum pt_status status = pt_node_string(value, &text, error);
    if (status != PT_OK)
        return status;
    if (strcmp(text, "tab") == 0)
        text = "\t";
    if (strlen(text) != 1 || strchr("\"\r\n", text[0]) != NULL)
        return pt_node_fail(error, value,
                            "separator is '%s'; it is one character such as \",\" or \";\", or tab",
                            text);
    *ret_separator = text[0];
    return PT_OK;
}

enum pt_status pt_csv_table_read(struct pt_arena *arena, const char *path, char separator,
                                 bool has_header, struct pt_csv_table *ret_table,
                                 struct pt_error *error)
{
    struct pt_csv csv;

    enum pt_status status = parse_file(arena, path, separator, &csv, error);
    if (status != PT_OK)
        return status;
    int64_t header_rows = has_header ? 1 : 0;
    if (csv.row_count <= header_rows)
        return pt_fail(error, PT_BAD_INPUT, "%s: holds no samples%s", path,
                       has_header && csv.row_count == 1 ? ", only a header" : "");
    if (csv.row_count - header_rows > UINT32_MAX)
        return pt_fail(error, PT_OVERFLOW, "%s: %" PRId64 " rows are too many", path,
                       csv.row_count);
    struct pt_csv_table table = {.file = path,
                                 .column_count = csv.rows[0].count,
                                 .row_count = csv.row_count - header_rows,
                                 .rows = csv.rows + header_rows};
    status = take_names(arena, has_header ? &csv.rows[0] : NULL, &table, error);
    if (status == PT_OK)
        *ret_table = table;
    return status;
}

enum pt_status pt_csv_table_same_columns(const struct pt_csv_table *table,
                                         const struct pt_csv_table *other, struct pt_error *error)
{
    if (table->column_count != other->column_count)
        return pt_fail(error, PT_BAD_INPUT,
                       "%s has %" PRId64 " columns, but %s has %" PRId64
                       "; both files need the same ones",
                       other->file, other->column_count, table->file, table->column_count);
    for (int64_t i = 0; i < table->column_count; i++)
        if (strcmp(table->names[i], other->names[i]) != 0)
            return pt_fail(error, PT_BAD_INPUT,
                           "column %" PRId64 " of %s is '%s', but in %s it is '%s'", i + 1,
                           other->file, other->names[i], table->file, table->names[i]);
    return PT_OK;
}

enum pt_status pt_csv_table_column(const struct pt_csv_table *table, const struct pt_node *node,
                                   int64_t *ret_column, struct pt_error *error)
{
    const char *name;
    enum pt_status status = pt_node_string(node, &name, error);
    if (status != PT_OK)
        return status;
    for (int64_t i = 0; i < table->column_count; i++)
        if (strcmp(table->names[i], name) == 0) {
            *ret_column = i;
            return PT_OK;
        }
    const char *near = pt_nearest_word(name, table->names);
    return pt_node_fail(error, node, "%s has no column '%s'%s%s%s", table->file, name,
                        near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
                        near != NULL ? "'?" : "");
}

struct pt_csv_cell pt_csv_table_cell(const struct pt_csv_table *table, int64_t row, int64_t column)
{
    return trim(table->rows[row].fields[column]);
}

bool pt_csv_cell_missing(struct pt_csv_cell cell)
{
    static const char *const words[] = {"", "?", "na", "n/a", "nan", "null"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if ((int)strlen(words[i]) == cell.length &&
            strncasecmp(words[i], cell.text, (size_t)cell.length) == 0)
            return true;
    return false;
}

bool pt_csv_cell_number(struct pt_csv_cell cell, double *ret_value)
{
    char text[NUMBER_LENGTH_MAX + 1];
    double value;
    if (cell.length > NUMBER_LENGTH_MAX)
        return false;
    memcpy(text, cell.text, (size_t)cell.length);
    text[cell.length] = '\0';
    if (!pt_parse_double(text, &value) || fabs(value) > (double)FLT_MAX)
        return false;
    *ret_value = value;
    return true;
}

enum pt_status pt_csv_table_fail(struct pt_error *error, const struct pt_csv_table *table,
                                 int64_t row, int64_t column, const char *format, ...)
{
    char message[sizeof error->message];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return pt_fail(error, PT_BAD_INPUT, "%s:%" PRId64 ": column '%s': %s", table->file,
                   table->rows[row].line, table->names[column], message);
}
