// JSON, item by item.

#include "base/json_writer.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "base/utf8.h"

void pt_json_begin(struct pt_json_writer *writer, FILE *stream, bool pretty)
{
    *writer = (struct pt_json_writer){.stream = stream, .pretty = pretty};
}

// Writes one character of text and returns its length in bytes.
static size_t write_character(FILE *stream, const char *text, size_t left)
{
    static const char escaped[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
    uint32_t character;
    int length = pt_utf8_decode(text, left, &character);
    if (length == 0) {
        fputs("\\ufffd", stream);
        return 1;
    }
    const char *found = strchr(escaped, *text);
    if (found != NULL)
        fprintf(stream, "\\%c", names[found - escaped]);
    else if (character < 0x20 || character == '<')
        fprintf(stream, "\\u%04x", (unsigned)character);
    else
        fwrite(text, 1, (size_t)length, stream);
    return (size_t)length;
}

static void write_string(FILE *stream, const char *text)
{
    fputc('"', stream);
    for (size_t left = strlen(text); left > 0;) {
        size_t length = write_character(stream, text, left);
        text += length;
        left -= length;
    }
    fputc('"', stream);
}

static void new_line(const struct pt_json_writer *writer)
{
    if (writer->pretty)
        fprintf(writer->stream, "\n%*s", 2 * writer->depth, "");
}

// Everything before the value of an item.
static void begin_item(struct pt_json_writer *writer, const char *key)
{
    if (writer->need_comma)
        fputc(',', writer->stream);
    if (writer->depth > 0)
        new_line(writer);
    if (key != NULL) {
        write_string(writer->stream, key);
        fputs(writer->pretty ? ": " : ":", writer->stream);
    }
    writer->need_comma = true;
}

static void open_container(struct pt_json_writer *writer, const char *key, char bracket)
{
    begin_item(writer, key);
    fputc(bracket, writer->stream);
    writer->depth++;
    writer->need_comma = false;
}

static void close_container(struct pt_json_writer *writer, char bracket)
{
    assert(writer->depth > 0);
    writer->depth--;
    if (writer->need_comma)
        new_line(writer);
    fputc(bracket, writer->stream);
    if (writer->depth == 0 && writer->pretty)
        fputc('\n', writer->stream);
    writer->need_comma = writer->depth > 0;
}

void pt_json_object(struct pt_json_writer *writer, const char *key)
{
    open_container(writer, key, '{');
}

void pt_json_end_object(struct pt_json_writer *writer)
{
    close_container(writer, '}');
}

void pt_json_array(struct pt_json_writer *writer, const char *key)
{
    open_container(writer, key, '[');
}

void pt_json_end_array(struct pt_json_writer *writer)
{
    close_container(writer, ']');
}

void pt_json_string(struct pt_json_writer *writer, const char *key, const char *text)
{
    begin_item(writer, key);
    if (text == NULL)
        fputs("null", writer->stream);
    else
        write_string(writer->stream, text);
}

void pt_json_number(struct pt_json_writer *writer, const char *key, double value)
{
    char buffer[32];
    begin_item(writer, key);
    fputs(isfinite(value) ? pt_format_double(value, buffer) : "null", writer->stream);
}

void pt_json_integer(struct pt_json_writer *writer, const char *key, int64_t value)
{
    begin_item(writer, key);
    fprintf(writer->stream, "%" PRId64, value);
}

void pt_json_bool(struct pt_json_writer *writer, const char *key, bool value)
{
    begin_item(writer, key);
    fputs(value ? "true" : "false", writer->stream);
}

void pt_json_raw(struct pt_json_writer *writer, const char *key, const char *text)
{
    begin_item(writer, key);
    fputs(text, writer->stream);
}

void pt_json_null(struct pt_json_writer *writer, const char *key)
{
    begin_item(writer, key);
    fputs("null", writer->stream);
}

void pt_json_quantity(struct pt_json_writer *writer, const char *key, struct pt_quantity quantity)
{
    pt_json_object(writer, key);
    pt_json_number(writer, "value", quantity.value);
    pt_json_number(writer, "low", quantity.low);
    pt_json_number(writer, "high", quantity.high);
    pt_json_string(writer, "provenance", pt_provenance_text(quantity.provenance));
    pt_json_end_object(writer);
}

char *pt_json_text(void (*fill)(struct pt_json_writer *writer, const void *object),
                   const void *object, bool pretty, size_t *ret_length)
{
    char *text = NULL;
    struct pt_json_writer writer;
    FILE *stream = open_memstream(&text, ret_length);
    if (stream == NULL)
        return NULL;
    pt_json_begin(&writer, stream, pretty);
    fill(&writer, object);
    bool failed = ferror(stream) != 0;
    if (fclose(stream) != 0 || failed) {
        free(text);
        return NULL;
    }
    return text;
}
