// Making nodes within the limits.

#include "base/node_builder.h"

#include <stdarg.h>
#include <stdio.h>
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
    if (depth > PT_NODE_DEPTH_LIMIT) {
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
