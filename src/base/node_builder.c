// Making nodes within the limits.

#include "base/node_builder.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum pt_status pt_node_builder_fail(const struct pt_node_builder *builder,
                                    struct pt_node_place place, const char *format, ...)
{
    char message[sizeof builder->error->message];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return pt_fail(builder->error, PT_BAD_INPUT, "%s:%d:%d: %s", builder->file, place.line,
                   place.column, message);
}

enum pt_status pt_node_builder_no_memory(const struct pt_node_builder *builder)
{
    return pt_fail(builder->error, PT_NO_MEMORY, "%s: no memory for what it holds", builder->file);
}

struct pt_node *pt_node_new(struct pt_node_builder *builder, enum pt_node_kind kind, int depth,
                            struct pt_node_place place, enum pt_status *status)
{
    if (depth + (kind != PT_NODE_SCALAR) > PT_NODE_DEPTH_LIMIT) {
        *status = pt_node_builder_fail(builder, place, "nested deeper than %d levels",
                                       PT_NODE_DEPTH_LIMIT);
        return NULL;
    }
    if (++builder->count > PT_NODE_COUNT_LIMIT) {
        *status = pt_node_builder_fail(builder, place, "more than %d values, aliases included",
                                       PT_NODE_COUNT_LIMIT);
        return NULL;
    }
    struct pt_node *node = pt_arena_alloc(builder->arena, 1, sizeof *node);
    if (node == NULL) {
        *status = pt_node_builder_no_memory(builder);
        return NULL;
    }
    node->kind = kind;
    node->file = builder->file;
    node->line = place.line;
    node->column = place.column;
    node->text = "";
    return node;
}

const char *pt_node_skip_bom(const char *text, size_t *length)
{
    if (*length < 3 || memcmp(text, "\xEF\xBB\xBF", 3) != 0)
        return text;
    *length -= 3;
    return text + 3;
}

static int compare_keys(const void *a, const void *b)
{
    const struct pt_node *const *x = a, *const *y = b;
    int order = strcmp((*x)->key, (*y)->key);
    if (order == 0)
        order = ((*x)->key_line > (*y)->key_line) - ((*x)->key_line < (*y)->key_line);
    if (order == 0)
        order = ((*x)->key_column > (*y)->key_column) - ((*x)->key_column < (*y)->key_column);
    return order;
}

// Sorting, because comparing each key with each lets a large mapping take hours.
enum pt_status pt_node_check_duplicates(const struct pt_node_builder *builder,
                                        const struct pt_node *mapping)
{
    if (mapping->count < 2)
        return PT_OK;
    const struct pt_node **sorted = calloc((size_t)mapping->count, sizeof(struct pt_node *));
    if (sorted == NULL)
        return pt_node_builder_no_memory(builder);
    int64_t count = 0;
    for (const struct pt_node *child = mapping->first; child != NULL; child = child->next)
        sorted[count++] = child;
    qsort(sorted, (size_t)count, sizeof *sorted, compare_keys);
    enum pt_status status = PT_OK;
    for (int64_t i = 1; i < count && status == PT_OK; i++) {
        const struct pt_node *first = sorted[i - 1], *second = sorted[i];
        struct pt_node_place place = {second->key_line, second->key_column};
        if (strcmp(first->key, second->key) == 0)
            status = pt_node_builder_fail(builder, place,
                                          "duplicate key \"%s\", first at line %d, column %d",
                                          first->key, first->key_line, first->key_column);
    }
    free(sorted);
    return status;
}
