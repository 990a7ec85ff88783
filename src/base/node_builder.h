// What the YAML and the JSON reader share: making nodes within the limits.
#ifndef PT_BASE_NODE_BUILDER_H
#define PT_BASE_NODE_BUILDER_H

#include "base/node.h"

struct pt_node_place {
    int line, column;
};

struct pt_node_builder {
    struct pt_arena *arena;
    const char *file; // in the arena
    int64_t count;
    struct pt_error *error;
};

// A node at place inside depth others, or NULL after *status was set.
struct pt_node *pt_node_new(struct pt_node_builder *builder, enum pt_node_kind kind, int depth,
                            struct pt_node_place place, enum pt_status *status);

// "file:line:column: " and the message; returns PT_BAD_INPUT.
enum pt_status pt_node_builder_fail(const struct pt_node_builder *builder,
                                    struct pt_node_place place, const char *format, ...)
    PT_PRINTF(3, 4);
enum pt_status pt_node_builder_no_memory(const struct pt_node_builder *builder);

// PT_BAD_INPUT, naming both places, if two children of a mapping have the same key.
enum pt_status pt_node_check_duplicates(const struct pt_node_builder *builder,
                                        const struct pt_node *mapping);

// The bytes behind a byte-order mark.
const char *pt_node_skip_bom(const char *text, size_t *length);

#endif
