// Writing a tree of nodes as YAML. Plain scalars stay plain, so that they mean what they meant;
// quoted ones are written with JSON's escapes, which are YAML's too.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "train/tune.h"

static void write_quoted(FILE *stream, const char *text)
{
    fputc('"', stream);
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++)
        if (*at == '"' || *at == '\\')
            fprintf(stream, "\\%c", *at);
        else if (*at < 0x20 || *at == 0x7f)
            fprintf(stream, "\\x%02x", *at);
        else
            fputc(*at, stream);
    fputc('"', stream);
}

static bool is_plain_key(const char *key)
{
    return *key != '\0' && *key != '-' &&
           strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") ==
               strlen(key);
}

static void write_scalar(FILE *stream, const struct pt_node *node)
{
    if (node->quoted)
        write_quoted(stream, node->text);
    else
        fputs(node->is_null ? "null" : node->text, stream);
}

// Numbers and words, which need no more than commas between them.
static bool is_short_list(const struct pt_node *node)
{
    for (const struct pt_node *child = node->first; child != NULL; child = child->next)
        if (child->kind != PT_NODE_SCALAR || child->quoted || child->is_null ||
            !is_plain_key(*child->text == '-' ? child->text + 1 : child->text))
            return false;
    return node->kind == PT_NODE_SEQUENCE;
}

static void write_short_list(FILE *stream, const struct pt_node *node)
{
    for (const struct pt_node *child = node->first; child != NULL; child = child->next)
        fprintf(stream, "%s%s", child == node->first ? " [" : ", ", child->text);
    fputs("]\n", stream);
}

static void write_children(FILE *stream, const struct pt_node *node, int depth, bool in_line);

// What stands behind "key:" or "-", with its line end.
static void write_value(FILE *stream, const struct pt_node *node, int depth, bool in_sequence)
{
    if (node->kind == PT_NODE_SCALAR) {
        fputc(' ', stream);
        write_scalar(stream, node);
        fputc('\n', stream);
    } else if (node->count == 0) {
        fputs(node->kind == PT_NODE_SEQUENCE ? " []\n" : " {}\n", stream);
    } else if (is_short_list(node)) {
        write_short_list(stream, node);
    } else if (in_sequence && node->kind == PT_NODE_MAPPING) {
        fputc(' ', stream);
        write_children(stream, node, depth, true);
    } else {
        fputc('\n', stream);
        write_children(stream, node, depth, false);
    }
}

// in_line: the first one stands behind a "- " already.
static void write_children(FILE *stream, const struct pt_node *node, int depth, bool in_line)
{
    for (const struct pt_node *child = node->first; child != NULL; child = child->next) {
        fprintf(stream, "%*s", in_line && child == node->first ? 0 : 2 * depth, "");
        if (node->kind == PT_NODE_SEQUENCE)
            fputc('-', stream);
        else if (is_plain_key(child->key))
            fprintf(stream, "%s:", child->key);
        else {
            write_quoted(stream, child->key);
            fputc(':', stream);
        }
        write_value(stream, child, depth + 1, node->kind == PT_NODE_SEQUENCE);
    }
}

static void write_comment(FILE *stream, const char *comment)
{
    while (*comment != '\0') {
        size_t length = strcspn(comment, "\n");
        fprintf(stream, "# %.*s\n", (int)length, comment);
        comment += length + (comment[length] == '\n');
    }
}

enum pt_status pt_run_file_write(const char *path, const struct pt_node *root, const char *comment,
                                 struct pt_error *error)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    if (stream == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", path);
    write_comment(stream, comment);
    write_children(stream, root, 0, false);
    bool failed = ferror(stream) != 0;
    failed = fclose(stream) != 0 || failed;
    enum pt_status status = failed ? pt_fail(error, PT_NO_MEMORY, "%s: out of memory", path)
                                   : pt_atomic_write_file(path, text, length, error);
    free(text);
    return status;
}
