// Any bytes as CSV: an error, or rows that are the same after writing and reading them again.
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"

static char *write_quoted(const struct pt_csv *csv, char separator, size_t *ret_length)
{
    char *text;
    FILE *stream = open_memstream(&text, ret_length);
    for (int64_t i = 0; i < csv->row_count; i++)
        for (int64_t k = 0; k < csv->rows[i].count; k++) {
            fputc('"', stream);
            for (const char *c = csv->rows[i].fields[k]; *c != '\0'; c++)
                fputs(*c == '"' ? "\"\"" : (char[]){*c, '\0'}, stream);
            fputc('"', stream);
            fputc(k + 1 < csv->rows[i].count ? separator : '\n', stream);
        }
    fclose(stream);
    return text;
}

static void check_same(const struct pt_csv *a, const struct pt_csv *b)
{
    assert(a->row_count == b->row_count);
    for (int64_t i = 0; i < a->row_count; i++) {
        assert(a->rows[i].count == a->rows[0].count && b->rows[i].count == a->rows[0].count);
        assert(i == 0 || a->rows[i].line > a->rows[i - 1].line);
        for (int64_t k = 0; k < a->rows[i].count; k++)
            assert(strcmp(a->rows[i].fields[k], b->rows[i].fields[k]) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char separators[] = ",;\t";
    struct pt_arena *arena = pt_arena_create();
    struct pt_csv csv, again;
    struct pt_error error = {PT_OK, ""};
    char separator = separators[size % 3];
    enum pt_status status =
        pt_csv_parse(arena, (const char *)bytes, size, "input", separator, &csv, &error);
    if (status == PT_OK) {
        size_t length;
        char *text = write_quoted(&csv, separator, &length);
        status = pt_csv_parse(arena, text, length, "again", separator, &again, &error);
        assert(status == PT_OK);
        check_same(&csv, &again);
        free(text);
    } else {
        assert(status == PT_BAD_INPUT && strncmp(error.message, "input:", 6) == 0);
    }
    pt_arena_destroy(arena);
    return 0;
}
