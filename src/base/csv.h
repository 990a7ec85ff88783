// Reads CSV as RFC 4180 has it: quotes, doubled quotes, commas and line ends inside quotes, LF or
// CRLF, an optional byte-order mark. Blank lines are skipped. The separator is a parameter.
#ifndef PT_BASE_CSV_H
#define PT_BASE_CSV_H

#include "base/arena.h"

struct pt_csv_row {
    int64_t line; // where it begins, from 1
    int64_t count;
    const char *const *fields; // count texts
};

struct pt_csv {
    const char *name; // of the file, for messages
    int64_t row_count;
    const struct pt_csv_row *rows;
};

// All memory comes from arena. Every row must have as many fields as the first one.
// PT_BAD_INPUT "file:line: ..." for a row of another length, an unclosed quote, text behind a
// closing quote or a NUL byte.
enum pt_status pt_csv_parse(struct pt_arena *arena, const char *text, size_t length,
                            const char *name, char separator, struct pt_csv *ret_csv,
                            struct pt_error *error);
enum pt_status pt_csv_read_file(struct pt_arena *arena, const char *path, char separator,
                                struct pt_csv *ret_csv, struct pt_error *error);
// The index of the field of the first row that equals name, or -1.
int64_t pt_csv_column(const struct pt_csv *csv, const char *name);

#endif
