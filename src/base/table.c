// Text tables.

#include "base/table.h"

#include <assert.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <wchar.h>

#include "base/parse.h"
#include "base/utf8.h"

enum { GAP = 2, LEAST_WIDTH = 4, FALLBACK_WIDTH = 80, WIDEST = 10000 };

struct row {
    struct row *next;
    const char **cells; // NULL: a rule
};

struct pt_table {
    struct pt_arena *arena;
    int count;
    bool *right;
    int *widths;
    struct row *first, **end; // the headings are the first row
    bool incomplete;          // a row found no memory
};

// The columns that the character at text takes, and its length in bytes.
static int character_width(const char *text, size_t left, size_t *ret_length)
{
    uint32_t character;
    int length = pt_utf8_decode(text, left, &character);
    *ret_length = length > 0 ? (size_t)length : 1;
    // wcwidth knows only the characters of the locale; any other is taken for a narrow one.
    int width = length > 0 ? wcwidth((wchar_t)character) : 1;
    return width < 0 ? 1 : width;
}

static int text_width(const char *text)
{
    int width = 0;
    size_t length;
    for (size_t left = strlen(text); left > 0; text += length, left -= length)
        width += character_width(text, left, &length);
    return width;
}

// A copy without control characters: a name out of a file must not command the terminal.
static const char *copy_clean(struct pt_arena *arena, const char *text)
{
    char *copy = pt_arena_strdup(arena, text), *to = copy;
    if (copy == NULL)
        return "?";
    for (const char *from = copy; *from != '\0';) {
        uint32_t character;
        int length = pt_utf8_decode(from, strlen(from), &character);
        if (length == 0 || character < 0x20 || (character >= 0x7F && character < 0xA0)) {
            *to++ = '?';
            from += length == 0 ? 1 : length;
        } else {
            memmove(to, from, (size_t)length);
            to += length;
            from += length;
        }
    }
    *to = '\0';
    return copy;
}

static struct row *add_row(struct pt_table *table)
{
    struct row *row = pt_arena_alloc(table->arena, 1, sizeof *row);
    if (row != NULL) {
        *table->end = row;
        table->end = &row->next;
    }
    return row;
}

void pt_table_row(struct pt_table *table, const char *const *cells)
{
    if (table == NULL)
        return;
    const char **copies = pt_arena_alloc(table->arena, (size_t)table->count, sizeof *copies);
    struct row *row = copies == NULL ? NULL : add_row(table);
    table->incomplete |= row == NULL;
    if (row == NULL)
        return;
    for (int i = 0; i < table->count; i++) {
        copies[i] = cells[i] == NULL ? "-" : copy_clean(table->arena, cells[i]);
        int width = text_width(copies[i]);
        if (width > table->widths[i])
            table->widths[i] = width;
    }
    row->cells = copies;
}

void pt_table_rule(struct pt_table *table)
{
    if (table != NULL && add_row(table) == NULL)
        table->incomplete = true;
}

struct pt_table *pt_table_create(struct pt_arena *arena, const char *const *headings, int count)
{
    assert(count > 0);
    struct pt_table *table = pt_arena_alloc(arena, 1, sizeof *table);
    const char **texts = pt_arena_alloc(arena, (size_t)count, sizeof *texts);
    bool *right = pt_arena_alloc(arena, (size_t)count, sizeof *right);
    int *widths = pt_arena_alloc(arena, (size_t)count, sizeof *widths);
    if (table == NULL || texts == NULL || right == NULL || widths == NULL)
        return NULL;
    *table = (struct pt_table){arena, count, right, widths, NULL, &table->first, false};
    for (int i = 0; i < count; i++) {
        right[i] = headings[i][0] == '>';
        texts[i] = headings[i] + right[i];
    }
    pt_table_row(table, texts);
    return table;
}

static bool speaks_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static void print_rule(FILE *stream, int width)
{
    const char *piece = speaks_utf8() ? "\u2500" : "-";
    for (int i = 0; i < width; i++)
        fputs(piece, stream);
    fputc('\n', stream);
}

// Prints as much of text as fits into width columns and returns how many it took.
static int print_cut(FILE *stream, const char *text, int width)
{
    const char *ellipsis = speaks_utf8() ? "\u2026" : "...";
    int room = width - (speaks_utf8() ? 1 : 3), used = 0;
    size_t length, left = strlen(text);
    if (text_width(text) <= width) {
        fputs(text, stream);
        return text_width(text);
    }
    while (left > 0) {
        int columns = character_width(text, left, &length);
        if (used + columns > room)
            break;
        fwrite(text, 1, length, stream);
        used += columns;
        text += length;
        left -= length;
    }
    fputs(ellipsis, stream);
    return width - room + used;
}

static void print_row(const struct pt_table *table, const struct row *row, const int *widths,
                      FILE *stream)
{
    for (int i = 0; i < table->count; i++) {
        bool last = i + 1 == table->count;
        if (table->right[i])
            fprintf(stream, "%*s", widths[i] - text_width(row->cells[i]), "");
        int used = print_cut(stream, row->cells[i], widths[i]);
        if (!last)
            fprintf(stream, "%*s", (table->right[i] ? 0 : widths[i] - used) + GAP, "");
    }
    fputc('\n', stream);
}

static int total_width(const int *widths, int count)
{
    int total = (count - 1) * GAP;
    for (int i = 0; i < count; i++)
        total += widths[i];
    return total;
}

// Takes columns from the widest left-aligned column, again and again, until the table fits or none
// can give.
static void shrink(const struct pt_table *table, int *widths, int width)
{
    for (int excess = total_width(widths, table->count) - width; excess > 0; excess--) {
        int widest = -1;
        for (int i = 0; i < table->count; i++)
            if (!table->right[i] && widths[i] > LEAST_WIDTH &&
                (widest < 0 || widths[i] > widths[widest]))
                widest = i;
        if (widest < 0)
            return;
        widths[widest]--;
    }
}

void pt_table_print(const struct pt_table *table, FILE *stream, int width)
{
    int *widths =
        table == NULL ? NULL : pt_arena_alloc(table->arena, (size_t)table->count, sizeof *widths);
    if (widths == NULL) {
        fputs("(no memory for the table)\n", stream);
        return;
    }
    memcpy(widths, table->widths, (size_t)table->count * sizeof *widths);
    if (width > 0)
        shrink(table, widths, width);
    for (const struct row *row = table->first; row != NULL; row = row->next) {
        if (row->cells == NULL)
            print_rule(stream, total_width(widths, table->count));
        else
            print_row(table, row, widths, stream);
    }
    if (table->incomplete)
        fputs("(rows are missing: no memory for them)\n", stream);
}

int pt_terminal_width(int fd)
{
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    const char *columns = getenv("COLUMNS");
    int64_t width;
    if (columns != NULL && pt_parse_int64(columns, &width) && width > 0 && width <= WIDEST)
        return (int)width;
    return FALLBACK_WIDTH;
}
