// What the members of the registry share: reading JSON that may be anything, writing requests.

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "cost/feed_driver.h"

void pt_feed_harmless(char *buffer, size_t size, const char *text, size_t length)
{
    size_t count = 0;
    for (; count + 1 < size && count < length; count++) {
        unsigned char character = (unsigned char)text[count];
        buffer[count] = character < ' ' || character > '~' ? ' ' : text[count];
    }
    buffer[count] = '\0';
}

enum pt_status pt_feed_corrupt(const struct pt_feed_ask *ask, struct pt_error *error,
                               const char *format, ...)
{
    char raw[320], text[320];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(raw, sizeof raw, format, arguments);
    va_end(arguments);
    pt_feed_harmless(text, sizeof text, raw, strlen(raw));
    return pt_fail(error, PT_CORRUPT, "%s: %s", ask->driver->name, text);
}

static bool begins_with(const char *body, size_t length, char first)
{
    size_t i = 0;
    while (i < length && isspace((unsigned char)body[i]))
        i++;
    return i < length && body[i] == first;
}

enum pt_status pt_feed_json(const struct pt_feed_ask *ask, struct pt_arena *arena, const char *body,
                            size_t length, const struct pt_node **ret_root, struct pt_error *error)
{
    struct pt_error inner;
    if (length == 0)
        return pt_feed_corrupt(ask, error, "sends an empty answer");
    if (begins_with(body, length, '<'))
        return pt_feed_corrupt(ask, error, "sends a page (HTML or XML) where JSON is expected");
    enum pt_status status = pt_json_parse(arena, body, length, "reply", ret_root, &inner);
    if (status == PT_NO_MEMORY)
        return pt_fail(error, status, "%s: %s", ask->driver->name, inner.message);
    if (status != PT_OK)
        return pt_feed_corrupt(ask, error, "what it sends is no JSON: %.200s", inner.message);
    if ((*ret_root)->kind == PT_NODE_SCALAR)
        return pt_feed_corrupt(ask, error, "sends one value, \"%.60s\"", (*ret_root)->text);
    return PT_OK;
}

// The child under key, of a mapping that may be none.
static const struct pt_node *find(const struct pt_node *mapping, const char *key)
{
    return mapping != NULL && mapping->kind == PT_NODE_MAPPING ? pt_node_find(mapping, key) : NULL;
}

enum pt_status pt_feed_array(const struct pt_feed_ask *ask, const struct pt_node *mapping,
                             const char *key, const struct pt_node **ret_array,
                             struct pt_error *error)
{
    const struct pt_node *array = find(mapping, key);
    if (array == NULL || array->kind != PT_NODE_SEQUENCE)
        return pt_feed_corrupt(ask, error, "its answer has no list \"%s\"", key);
    *ret_array = array;
    return PT_OK;
}

enum pt_status pt_feed_number(const struct pt_feed_ask *ask, const struct pt_node *node,
                              double *ret_value, struct pt_error *error)
{
    *ret_value = NAN;
    if (node == NULL || (node->kind == PT_NODE_SCALAR && node->is_null))
        return PT_OK;
    if (node->kind != PT_NODE_SCALAR || !pt_parse_double(node->text, ret_value))
        return pt_feed_corrupt(ask, error, "line %d: \"%.40s\" is no number", node->line,
                               node->kind == PT_NODE_SCALAR ? node->text : "a list");
    return PT_OK;
}

enum pt_status pt_feed_moment(const struct pt_feed_ask *ask, const struct pt_node *mapping,
                              const char *key, const char *suffix, int64_t *ret_ns,
                              struct pt_error *error)
{
    char text[64];
    const struct pt_node *node = find(mapping, key);
    const char *stamp = node != NULL && node->kind == PT_NODE_SCALAR ? node->text : "";
    int length = snprintf(text, sizeof text, "%.40s%s", stamp, suffix);
    if (length < 0 || strlen(stamp) > 40 || !pt_parse_moment(text, ret_ns))
        return pt_feed_corrupt(ask, error, "\"%s\" is \"%.40s\", which is no time", key, stamp);
    return PT_OK;
}

const char *pt_feed_string(const struct pt_node *mapping, const char *key)
{
    const struct pt_node *node = find(mapping, key);
    return node != NULL && node->kind == PT_NODE_SCALAR && !node->is_null ? node->text : "";
}

enum pt_status pt_feed_path(struct pt_feed_request *request, struct pt_error *error,
                            const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(request->path, sizeof request->path, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof request->path)
        return pt_fail(error, PT_OVERFLOW, "a request of %d characters", length);
    return PT_OK;
}

const char *pt_feed_time(int64_t ns, const char *format, char *buffer)
{
    char text[32], *to = buffer;
    static const struct {
        char letter;
        int at, length;
    } parts[] = {{'Y', 0, 4}, {'m', 5, 2}, {'d', 8, 2}, {'H', 11, 2}, {'M', 14, 2}};
    pt_format_moment(ns, text);
    for (; *format != '\0' && to < buffer + 27; format++) {
        bool part = false;
        for (size_t i = 0; i < sizeof parts / sizeof *parts && format[0] == '%'; i++)
            if (parts[i].letter == format[1]) {
                memcpy(to, text + parts[i].at, (size_t)parts[i].length);
                to += parts[i].length;
                part = true;
            }
        if (part)
            format++;
        else
            *to++ = *format;
    }
    *to = '\0';
    return buffer;
}

bool pt_feed_is_word(const char *text, size_t most, const char *others)
{
    size_t length = 0;
    for (; text[length] != '\0'; length++)
        if (length == most ||
            (!isalnum((unsigned char)text[length]) && strchr(others, text[length]) == NULL))
            return false;
    return length > 0;
}
