// Asking nodes: children by key, typed values, and errors that tell the place.

#include "base/node.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/parse.h"

enum { FILE_LIMIT = 64 << 20, TEXT_SIZE = 160, SHOWN = 60 };

PT_PRINTF(5, 0)
static enum pt_status fail_at(struct pt_error *error, const char *file, int line, int column,
                              const char *format, va_list arguments)
{
    char message[sizeof error->message];
    vsnprintf(message, sizeof message, format, arguments);
    if (line <= 0)
        return pt_fail(error, PT_BAD_INPUT, "%s: %s", file, message);
    return pt_fail(error, PT_BAD_INPUT, "%s:%d:%d: %s", file, line, column, message);
}

enum pt_status pt_node_fail(struct pt_error *error, const struct pt_node *node, const char *format,
                            ...)
{
    va_list arguments;
    va_start(arguments, format);
    enum pt_status status = fail_at(error, node->file, node->line, node->column, format, arguments);
    va_end(arguments);
    return status;
}

PT_PRINTF(3, 4)
static enum pt_status fail_key(struct pt_error *error, const struct pt_node *node,
                               const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    enum pt_status status =
        fail_at(error, node->file, node->key_line, node->key_column, format, arguments);
    va_end(arguments);
    return status;
}

// What a node is, for "got ...".
static const char *describe(const struct pt_node *node, char *buffer)
{
    if (node->kind == PT_NODE_SEQUENCE)
        snprintf(buffer, TEXT_SIZE, "a list");
    else if (node->kind == PT_NODE_MAPPING)
        snprintf(buffer, TEXT_SIZE, "a mapping");
    else if (node->is_null)
        snprintf(buffer, TEXT_SIZE, node->text[0] == '\0' ? "nothing" : "null");
    else
        snprintf(buffer, TEXT_SIZE, "%s\"%.*s%s\"", node->quoted ? "the text " : "", SHOWN,
                 node->text, strlen(node->text) > SHOWN ? "..." : "");
    return buffer;
}

// "key: expected this, got that"
static enum pt_status fail_expected(struct pt_error *error, const struct pt_node *node,
                                    const char *expected)
{
    char got[TEXT_SIZE];
    const char *key = node->key == NULL ? "" : node->key;
    return pt_node_fail(error, node, "%s%sexpected %s, got %s", key, key[0] == '\0' ? "" : ": ",
                        expected, describe(node, got));
}

// The words with commas between them; the last ones are left out if they do not fit.
static const char *join(const char *const *words, char *buffer, size_t size)
{
    size_t used = 0;
    buffer[0] = '\0';
    for (int i = 0; words[i] != NULL; i++) {
        size_t need = strlen(words[i]) + 2;
        if (used + need + sizeof ", ..." > size) {
            snprintf(buffer + used, size - used, ", ...");
            break;
        }
        used += (size_t)snprintf(buffer + used, size - used, "%s%s", i == 0 ? "" : ", ", words[i]);
    }
    return buffer;
}

const struct pt_node *pt_node_find(const struct pt_node *mapping, const char *key)
{
    if (mapping->kind != PT_NODE_MAPPING)
        return NULL;
    for (const struct pt_node *child = mapping->first; child != NULL; child = child->next)
        if (strcmp(child->key, key) == 0)
            return child;
    return NULL;
}

enum pt_status pt_node_check_kind(const struct pt_node *node, enum pt_node_kind kind,
                                  struct pt_error *error)
{
    static const char *const names[] = {
        [PT_NODE_SCALAR] = "a single value",
        [PT_NODE_SEQUENCE] = "a list",
        [PT_NODE_MAPPING] = "a mapping of keys to values",
    };
    return node->kind == kind ? PT_OK : fail_expected(error, node, names[kind]);
}

static bool is_word(const char *text, const char *const *words, int *ret_index)
{
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], text) == 0) {
            *ret_index = i;
            return true;
        }
    return false;
}

enum pt_status pt_node_check_keys(const struct pt_node *node, const char *const *known,
                                  struct pt_error *error)
{
    int index;
    char list[2 * TEXT_SIZE];
    enum pt_status status = pt_node_check_kind(node, PT_NODE_MAPPING, error);
    if (status != PT_OK)
        return status;
    for (const struct pt_node *child = node->first; child != NULL; child = child->next) {
        if (is_word(child->key, known, &index))
            continue;
        const char *nearest = pt_nearest_word(child->key, known);
        if (nearest != NULL)
            return fail_key(error, child, "unknown key \"%.*s\"; did you mean \"%s\"?", SHOWN,
                            child->key, nearest);
        return fail_key(error, child, "unknown key \"%.*s\"; known here: %s", SHOWN, child->key,
                        join(known, list, sizeof list));
    }
    return PT_OK;
}

static bool is_plain(const struct pt_node *node)
{
    return node->kind == PT_NODE_SCALAR && !node->quoted && !node->is_null;
}

enum pt_status pt_node_number(const struct pt_node *node, double least, double most,
                              double *ret_value, struct pt_error *error)
{
    double value;
    if (is_plain(node) && pt_parse_double(node->text, &value) && value >= least && value <= most) {
        *ret_value = value;
        return PT_OK;
    }
    char expected[TEXT_SIZE] = "a number";
    if (isfinite(least) && isfinite(most))
        pt_format_c(expected, sizeof expected, "a number from %g to %g", least, most);
    else if (isfinite(least))
        pt_format_c(expected, sizeof expected, "a number of at least %g", least);
    else if (isfinite(most))
        pt_format_c(expected, sizeof expected, "a number of at most %g", most);
    return fail_expected(error, node, expected);
}

enum pt_status pt_node_integer(const struct pt_node *node, int64_t least, int64_t most,
                               int64_t *ret_value, struct pt_error *error)
{
    int64_t value;
    if (is_plain(node) && pt_parse_int64(node->text, &value) && value >= least && value <= most) {
        *ret_value = value;
        return PT_OK;
    }
    char expected[TEXT_SIZE] = "a whole number";
    if (least != INT64_MIN && most != INT64_MAX)
        snprintf(expected, sizeof expected, "a whole number from %" PRId64 " to %" PRId64, least,
                 most);
    else if (least != INT64_MIN)
        snprintf(expected, sizeof expected, "a whole number of at least %" PRId64, least);
    else if (most != INT64_MAX)
        snprintf(expected, sizeof expected, "a whole number of at most %" PRId64, most);
    return fail_expected(error, node, expected);
}

enum pt_status pt_node_bool(const struct pt_node *node, bool *ret_value, struct pt_error *error)
{
    bool yes = is_plain(node) && strcmp(node->text, "true") == 0;
    bool no = is_plain(node) && strcmp(node->text, "false") == 0;
    if (!yes && !no)
        return fail_expected(error, node, "true or false");
    *ret_value = yes;
    return PT_OK;
}

enum pt_status pt_node_string(const struct pt_node *node, const char **ret_value,
                              struct pt_error *error)
{
    if (node->kind != PT_NODE_SCALAR || node->is_null || (node->typed && !node->quoted))
        return fail_expected(error, node, "a text");
    *ret_value = node->text;
    return PT_OK;
}

enum pt_status pt_node_choice(const struct pt_node *node, const char *const *words, int *ret_index,
                              struct pt_error *error)
{
    const char *text = NULL;
    char list[TEXT_SIZE], expected[2 * TEXT_SIZE];
    int index;
    bool is_text = pt_node_string(node, &text, NULL) == PT_OK;
    if (is_text && is_word(text, words, &index)) {
        *ret_index = index;
        return PT_OK;
    }
    const char *nearest = is_text ? pt_nearest_word(text, words) : NULL;
    snprintf(expected, sizeof expected, "one of %s%s%s%s", join(words, list, sizeof list),
             nearest == NULL ? "" : " (did you mean \"", nearest == NULL ? "" : nearest,
             nearest == NULL ? "" : "\"?)");
    return fail_expected(error, node, expected);
}

// The child under key in *ret_child, which is NULL if it is absent and optional.
static enum pt_status get_child(const struct pt_node *mapping, const char *key, enum pt_need need,
                                const struct pt_node **ret_child, struct pt_error *error)
{
    enum pt_status status = pt_node_check_kind(mapping, PT_NODE_MAPPING, error);
    if (status != PT_OK)
        return status;
    *ret_child = pt_node_find(mapping, key);
    if (*ret_child == NULL && need == PT_REQUIRED)
        return pt_node_fail(error, mapping, "missing key \"%s\"", key);
    return PT_OK;
}

enum pt_status pt_node_get_number(const struct pt_node *mapping, const char *key, enum pt_need need,
                                  double least, double most, double *value, struct pt_error *error)
{
    const struct pt_node *child;
    enum pt_status status = get_child(mapping, key, need, &child, error);
    if (status != PT_OK || child == NULL)
        return status;
    return pt_node_number(child, least, most, value, error);
}

enum pt_status pt_node_get_integer(const struct pt_node *mapping, const char *key,
                                   enum pt_need need, int64_t least, int64_t most, int64_t *value,
                                   struct pt_error *error)
{
    const struct pt_node *child;
    enum pt_status status = get_child(mapping, key, need, &child, error);
    if (status != PT_OK || child == NULL)
        return status;
    return pt_node_integer(child, least, most, value, error);
}

enum pt_status pt_node_get_bool(const struct pt_node *mapping, const char *key, enum pt_need need,
                                bool *value, struct pt_error *error)
{
    const struct pt_node *child;
    enum pt_status status = get_child(mapping, key, need, &child, error);
    if (status != PT_OK || child == NULL)
        return status;
    return pt_node_bool(child, value, error);
}

enum pt_status pt_node_get_string(const struct pt_node *mapping, const char *key, enum pt_need need,
                                  const char **value, struct pt_error *error)
{
    const struct pt_node *child;
    enum pt_status status = get_child(mapping, key, need, &child, error);
    if (status != PT_OK || child == NULL)
        return status;
    return pt_node_string(child, value, error);
}

enum pt_status pt_node_read_file(struct pt_arena *arena, const char *path,
                                 const struct pt_node **ret_root, struct pt_error *error)
{
    char *text;
    size_t length;
    enum pt_status status = pt_file_read(arena, path, FILE_LIMIT, &text, &length, error);
    if (status != PT_OK)
        return status;
    const char *dot = strrchr(path, '.');
    bool is_json = dot != NULL && strcmp(dot, ".json") == 0;
    return (is_json ? pt_json_parse : pt_yaml_parse)(arena, text, length, path, ret_root, error);
}
