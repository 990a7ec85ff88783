// Writes JSON to a stream without building a tree. Numbers are written shortest-round-trip and
// independent of the locale; a number that is not finite becomes null. Always valid: bytes that are
// no UTF-8 become U+FFFD, and "<" is written as \u003c so that the text may stand in an HTML
// script. Errors of the stream stay in ferror(stream).
#ifndef PT_BASE_JSON_WRITER_H
#define PT_BASE_JSON_WRITER_H

#include <stdio.h>

#include "base/quantity.h"

struct pt_json_writer {
    FILE *stream;
    int depth;
    bool need_comma; // before the next item
    bool pretty;     // one item a line, indented by two blanks a level, and a last line end
};

void pt_json_begin(struct pt_json_writer *writer, FILE *stream, bool pretty);
void pt_json_object(struct pt_json_writer *writer, const char *key); // key is NULL in an array
void pt_json_end_object(struct pt_json_writer *writer);
void pt_json_array(struct pt_json_writer *writer, const char *key);
void pt_json_end_array(struct pt_json_writer *writer);
void pt_json_string(struct pt_json_writer *writer, const char *key, const char *text); // NULL: null
void pt_json_number(struct pt_json_writer *writer, const char *key, double value);
void pt_json_integer(struct pt_json_writer *writer, const char *key, int64_t value);
void pt_json_bool(struct pt_json_writer *writer, const char *key, bool value);
void pt_json_null(struct pt_json_writer *writer, const char *key);
// text is JSON already, for example a number as it stood in another file.
void pt_json_raw(struct pt_json_writer *writer, const char *key, const char *text);
// {"value": .., "low": .., "high": .., "provenance": ".."}
void pt_json_quantity(struct pt_json_writer *writer, const char *key, struct pt_quantity quantity);

// What fill writes of an object, one value, as a text that the caller frees; NULL: no memory.
char *pt_json_text(void (*fill)(struct pt_json_writer *writer, const void *object),
                   const void *object, bool pretty, size_t *ret_length);

#endif
