// The categories of a column: distinct texts, sorted, and found again by bisection.

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "dataset/csv_table.h"

static int compare_cells(const void *left, const void *right)
{
    const struct pt_csv_cell *a = left, *b = right;
    int shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->text, b->text, (size_t)shorter);
    return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
}

static int compare_integers(const void *left, const void *right)
{
    int64_t a = 0, b = 0;
    pt_parse_int64(*(const char *const *)left, &a);
    pt_parse_int64(*(const char *const *)right, &b);
    return a != b ? (a > b) - (a < b)
                  : strcmp(*(const char *const *)left, *(const char *const *)right);
}

// The cells of a column that are not missing, sorted, each once. The caller frees them.
static struct pt_csv_cell *distinct_cells(const struct pt_csv_table *table, int64_t column,
                                          int64_t *ret_count)
{
    struct pt_csv_cell *cells = malloc((size_t)table->row_count * sizeof *cells);
    int64_t count = 0, kept = 0;

    if (cells == NULL)
        return NULL;
    for (int64_t row = 0; row < table->row_count; row++) {
        struct pt_csv_cell cell = pt_csv_table_cell(table, row, column);
        if (!pt_csv_cell_missing(cell))
            cells[count++] = cell;
    }
    qsort(cells, (size_t)count, sizeof *cells, compare_cells);
    for (int64_t i = 0; i < count; i++)
        if (i == 0 || compare_cells(&cells[kept - 1], &cells[i]) != 0)
            cells[kept++] = cells[i];
    *ret_count = kept;
    return cells;
}

static struct pt_csv_cell cell_of(const char *text)
{
    return (struct pt_csv_cell){text, (int)strlen(text)};
}

static int compare_categories(const void *left, const void *right)
{
    const struct pt_csv_category *a = left, *b = right;
    return strcmp(a->name, b->name);
}

static int compare_cell_with_category(const void *key, const void *category)
{
    struct pt_csv_cell cell = cell_of(((const struct pt_csv_category *)category)->name);
    return compare_cells(key, &cell);
}

enum pt_status pt_csv_categories_from_names(struct pt_arena *arena, const char *const *names,
                                            int64_t count, struct pt_csv_categories *ret_categories,
                                            struct pt_error *error)
{
    bool all_integers = true;
    int64_t number;

    struct pt_csv_category *by_text = pt_arena_alloc(arena, (size_t)count, sizeof *by_text);
    if (by_text == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for %" PRId64 " categories", count);
    for (int64_t i = 0; i < count; i++) {
        by_text[i] = (struct pt_csv_category){names[i], i};
        all_integers = all_integers && pt_parse_int64(names[i], &number);
    }
    qsort(by_text, (size_t)count, sizeof *by_text, compare_categories);
    *ret_categories = (struct pt_csv_categories){count, names, by_text, all_integers};
    return PT_OK;
}

static enum pt_status sort_integers(struct pt_arena *arena, const char **names,
                                    struct pt_csv_categories *categories, struct pt_error *error)
{
    if (!categories->all_integers)
        return PT_OK;
    qsort(names, (size_t)categories->count, sizeof *names, compare_integers);
    return pt_csv_categories_from_names(arena, names, categories->count, categories, error);
}

enum pt_status pt_csv_categories_find(struct pt_arena *arena, const struct pt_csv_table *table,
                                      int64_t column, int64_t most,
                                      struct pt_csv_categories *ret_categories,
                                      struct pt_error *error)
{
    struct pt_csv_categories found;
    int64_t count = 0;
    struct pt_csv_cell *cells = distinct_cells(table, column, &count);
    const char **names = NULL;
    enum pt_status status = PT_OK;

    if (cells != NULL && count > most)
        status = pt_fail(error, PT_BAD_INPUT,
                         "%s: column '%s' has %" PRId64 " different values, allowed are %" PRId64
                         "; is it rather a quantity, to be used as a number?",
                         table->file, table->names[column], count, most);
    else if (cells != NULL)
        names = pt_arena_alloc(arena, (size_t)count, sizeof *names);
    for (int64_t i = 0; names != NULL && i < count; i++) {
        names[i] = pt_arena_strndup(arena, cells[i].text, (size_t)cells[i].length);
        if (names[i] == NULL)
            names = NULL;
    }
    free(cells);
    if (status == PT_OK && names == NULL)
        status = pt_fail(error, PT_NO_MEMORY, "%s: no memory for its categories", table->file);
    if (status == PT_OK)
        status = pt_csv_categories_from_names(arena, names, count, &found, error);
    if (status == PT_OK)
        status = sort_integers(arena, names, &found, error);
    if (status == PT_OK)
        *ret_categories = found;
    return status;
}

int64_t pt_csv_categories_index(const struct pt_csv_categories *categories, struct pt_csv_cell cell)
{
    const struct pt_csv_category *found =
        bsearch(&cell, categories->by_text, (size_t)categories->count, sizeof *categories->by_text,
                compare_cell_with_category);
    return found != NULL ? found->place : -1;
}
