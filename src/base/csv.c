// CSV, one pass: the fields are decoded one behind the other into a single buffer.
//
// Source: RFC 4180. More generous in two points: LF ends a line too, and a quote inside a field
// that does not begin with one is an ordinary character (5" disk).

#include "base/csv.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

#define FILE_LIMIT ((size_t)4 << 30)

struct reader {
    struct pt_arena *arena;
    const char *name;
    char separator;
    const char *at, *end;
    char *out; // where the next decoded byte goes; never overtakes the text, so length + 1 suffices
    int64_t line;

    const char **fields; // of the current row
    int64_t field_count, field_capacity;
    struct pt_csv_row *rows;
    int64_t row_count, row_capacity;
    struct pt_error *error;
};

static enum pt_status no_memory(const struct reader *reader)
{
    return pt_fail(reader->error, PT_NO_MEMORY, "%s:%" PRId64 ": no memory for more rows",
                   reader->name, reader->line);
}

// Makes room for one more item of a growing array. False: out of memory.
static bool reserve(void **items, int64_t count, int64_t *capacity, size_t size)
{
    if (count < *capacity)
        return true;
    int64_t larger = *capacity == 0 ? 64 : 2 * *capacity;
    void *grown = realloc(*items, (size_t)larger * size);
    if (grown == NULL)
        return false;
    *items = grown;
    *capacity = larger;
    return true;
}

static bool at_line_end(const struct reader *reader)
{
    const char *at = reader->at;
    return at == reader->end || *at == '\n' ||
           (*at == '\r' && (at + 1 == reader->end || at[1] == '\n'));
}

static void skip_line_end(struct reader *reader)
{
    if (reader->at < reader->end && *reader->at == '\r')
        reader->at++;
    if (reader->at < reader->end && *reader->at == '\n')
        reader->at++;
    reader->line++;
}

static void read_plain(struct reader *reader)
{
    while (!at_line_end(reader) && *reader->at != reader->separator)
        *reader->out++ = *reader->at++;
}

static enum pt_status read_quoted(struct reader *reader)
{
    int64_t first_line = reader->line;
    reader->at++;
    for (;; reader->at++) {
        if (reader->at == reader->end)
            return pt_fail(reader->error, PT_BAD_INPUT,
                           "%s:%" PRId64 ": a quote is opened here and never closed", reader->name,
                           first_line);
        if (*reader->at == '"') {
            if (reader->at + 1 == reader->end || reader->at[1] != '"')
                break;
            reader->at++; // a doubled quote is one
        }
        reader->line += *reader->at == '\n';
        *reader->out++ = *reader->at;
    }
    reader->at++;
    if (!at_line_end(reader) && *reader->at != reader->separator)
        return pt_fail(reader->error, PT_BAD_INPUT,
                       "%s:%" PRId64 ": text behind a closing quote; double the quotes inside",
                       reader->name, reader->line);
    return PT_OK;
}

static enum pt_status read_field(struct reader *reader)
{
    if (!reserve((void **)&reader->fields, reader->field_count, &reader->field_capacity,
                 sizeof *reader->fields))
        return no_memory(reader);
    reader->fields[reader->field_count++] = reader->out;
    enum pt_status status = PT_OK;
    if (reader->at < reader->end && *reader->at == '"')
        status = read_quoted(reader);
    else
        read_plain(reader);
    *reader->out++ = '\0';
    return status;
}

static enum pt_status keep_row(struct reader *reader, int64_t line)
{
    int64_t expected = reader->row_count == 0 ? reader->field_count : reader->rows[0].count;
    if (reader->field_count != expected)
        return pt_fail(reader->error, PT_BAD_INPUT,
                       "%s:%" PRId64 ": %" PRId64 " fields, but line %" PRId64 " has %" PRId64,
                       reader->name, line, reader->field_count, reader->rows[0].line, expected);
    const char **fields = pt_arena_alloc(reader->arena, (size_t)expected, sizeof *fields);
    if (fields == NULL || !reserve((void **)&reader->rows, reader->row_count, &reader->row_capacity,
                                   sizeof *reader->rows))
        return no_memory(reader);
    memcpy(fields, reader->fields, (size_t)expected * sizeof *fields);
    reader->rows[reader->row_count++] = (struct pt_csv_row){line, expected, fields};
    return PT_OK;
}

static enum pt_status read_row(struct reader *reader)
{
    int64_t line = reader->line;
    reader->field_count = 0;
    for (;;) {
        enum pt_status status = read_field(reader);
        if (status != PT_OK)
            return status;
        if (at_line_end(reader))
            break;
        reader->at++; // the separator
    }
    skip_line_end(reader);
    return keep_row(reader, line);
}

static enum pt_status read_rows(struct reader *reader)
{
    enum pt_status status = PT_OK;
    while (status == PT_OK && reader->at < reader->end) {
        if (at_line_end(reader))
            skip_line_end(reader); // a blank line
        else
            status = read_row(reader);
    }
    return status;
}

static enum pt_status check_nul(const char *text, size_t length, const char *name,
                                struct pt_error *error)
{
    const char *nul = memchr(text, '\0', length);
    int64_t line = 1;
    if (nul == NULL)
        return PT_OK;
    for (const char *c = text; c < nul; c++)
        line += *c == '\n';
    return pt_fail(error, PT_BAD_INPUT, "%s:%" PRId64 ": a NUL byte; this is no text", name, line);
}

enum pt_status pt_csv_parse(struct pt_arena *arena, const char *text, size_t length,
                            const char *name, char separator, struct pt_csv *ret_csv,
                            struct pt_error *error)
{
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) { // byte-order mark
        text += 3;
        length -= 3;
    }
    enum pt_status status = check_nul(text, length, name, error);
    if (status != PT_OK)
        return status;
    struct reader reader = {
        .arena = arena,
        .name = name,
        .separator = separator,
        .line = 1,
        .error = error,
        .at = text,
        .end = text + length,
        .out = pt_arena_alloc(arena, length + 1, 1),
    };
    char *copy = pt_arena_strdup(arena, name);
    status = reader.out == NULL || copy == NULL ? no_memory(&reader) : read_rows(&reader);
    if (status == PT_OK) {
        struct pt_csv_row *rows = pt_arena_alloc(arena, (size_t)reader.row_count, sizeof *rows);
        if (rows == NULL)
            status = no_memory(&reader);
        else if (reader.row_count > 0)
            memcpy(rows, reader.rows, (size_t)reader.row_count * sizeof *rows);
        if (status == PT_OK)
            *ret_csv = (struct pt_csv){copy, reader.row_count, rows};
    }
    free(reader.fields);
    free(reader.rows);
    return status;
}

enum pt_status pt_csv_read_file(struct pt_arena *arena, const char *path, char separator,
                                struct pt_csv *ret_csv, struct pt_error *error)
{
    char *text;
    size_t length;
    enum pt_status status = pt_file_read(arena, path, FILE_LIMIT, &text, &length, error);
    if (status != PT_OK)
        return status;
    return pt_csv_parse(arena, text, length, path, separator, ret_csv, error);
}

int64_t pt_csv_column(const struct pt_csv *csv, const char *name)
{
    for (int64_t i = 0; csv->row_count > 0 && i < csv->rows[0].count; i++)
        if (strcmp(csv->rows[0].fields[i], name) == 0)
            return i;
    return -1;
}
