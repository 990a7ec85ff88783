// Replacing a value in a tree of nodes: "train.precision=bf16" from the command line.

#include <string.h>

#include "base/node.h"

enum { PATH_KEYS_MAX = 16 };

// The keys before "=", cut at the points.
struct path {
    const char *keys[PATH_KEYS_MAX];
    int count;
    const char *value;
};

static enum pt_status split(struct pt_arena *arena, const char *assignment, struct path *path,
                            struct pt_error *error)
{
    const char *equals = strchr(assignment, '=');
    if (equals == NULL || equals == assignment)
        return pt_fail(error, PT_USAGE,
                       "--set %s: write KEY.KEY=VALUE, for example "
                       "train.precision=bf16",
                       assignment);
    char *keys = pt_arena_strndup(arena, assignment, (size_t)(equals - assignment));
    if (keys == NULL)
        return pt_fail(error, PT_NO_MEMORY, "--set %s: out of memory", assignment);
    path->value = equals + 1;
    path->count = 0;
    for (char *key = keys; key != NULL;) {
        char *point = strchr(key, '.');
        if (point != NULL)
            *point++ = '\0';
        if (*key == '\0' || path->count == PATH_KEYS_MAX)
            return pt_fail(error, PT_USAGE, "--set %s: %s", assignment,
                           *key == '\0' ? "a key is empty" : "too many keys");
        path->keys[path->count++] = key;
        key = point;
    }
    return PT_OK;
}

// The place of the pointer to the child under key; that of the end of the list if there is none.
static struct pt_node **find_place(struct pt_node *mapping, const char *key)
{
    struct pt_node **place = &mapping->first;
    while (*place != NULL && strcmp((*place)->key, key) != 0)
        place = &(*place)->next;
    return place;
}

static struct pt_node *new_mapping(struct pt_arena *arena, const struct pt_node *parent)
{
    struct pt_node *node = pt_arena_alloc(arena, 1, sizeof *node);
    if (node != NULL) {
        node->kind = PT_NODE_MAPPING;
        node->file = parent->file;
        node->text = "";
    }
    return node;
}

static void put(struct pt_node *mapping, struct pt_node **place, struct pt_node *node,
                const char *key)
{
    mapping->count += *place == NULL;
    node->next = *place == NULL ? NULL : (*place)->next;
    node->key = key;
    *place = node;
}

// The mapping in which the last key stands; those on the way are made where there are none.
static enum pt_status descend(struct pt_arena *arena, const struct path *path,
                              const char *assignment, struct pt_node **mapping,
                              struct pt_error *error)
{
    for (int i = 0; i + 1 < path->count; i++) {
        struct pt_node **place = find_place(*mapping, path->keys[i]);
        if (*place == NULL || (*place)->is_null) {
            struct pt_node *node = new_mapping(arena, *mapping);
            if (node == NULL)
                return pt_fail(error, PT_NO_MEMORY, "--set %s: out of memory", assignment);
            put(*mapping, place, node, path->keys[i]);
        }
        if ((*place)->kind != PT_NODE_MAPPING)
            return pt_node_fail(error, *place, "--set %s: %s is no mapping", assignment,
                                path->keys[i]);
        *mapping = *place;
    }
    return PT_OK;
}

enum pt_status pt_node_set(struct pt_arena *arena, struct pt_node *root, const char *assignment,
                           struct pt_error *error)
{
    struct path path = {.count = 0};
    struct pt_node *mapping = root;
    const struct pt_node *parsed;
    enum pt_status status = pt_node_check_kind(root, PT_NODE_MAPPING, error);
    if (status == PT_OK)
        status = split(arena, assignment, &path, error);
    if (status == PT_OK)
        status = pt_yaml_parse(arena, path.value, strlen(path.value), "--set", &parsed, error);
    if (status == PT_OK)
        status = descend(arena, &path, assignment, &mapping, error);
    if (status != PT_OK)
        return status;
    struct pt_node *value = pt_arena_alloc(arena, 1, sizeof *value);
    if (value == NULL)
        return pt_fail(error, PT_NO_MEMORY, "--set %s: out of memory", assignment);
    *value = *parsed;
    put(mapping, find_place(mapping, path.keys[path.count - 1]), value, path.keys[path.count - 1]);
    return PT_OK;
}
