// Any bytes as YAML: a tree within the limits, or an error; no crash, no endless work.
#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/node.h"

static int64_t check(const struct pt_node *node, int depth)
{
    double number;
    int64_t integer, children = 0, count = 1;
    const char *text;
    bool flag;
    assert(depth <= PT_NODE_DEPTH_LIMIT && node->line > 0 && node->column > 0);
    assert(node->text != NULL && (node->kind == PT_NODE_SCALAR || node->text[0] == '\0'));
    pt_node_number(node, -INFINITY, INFINITY, &number, NULL);
    pt_node_integer(node, INT64_MIN, INT64_MAX, &integer, NULL);
    pt_node_bool(node, &flag, NULL);
    pt_node_string(node, &text, NULL);
    for (const struct pt_node *child = node->first; child != NULL; child = child->next) {
        assert((child->key != NULL) == (node->kind == PT_NODE_MAPPING));
        // Looked up only in small mappings, since the search is linear.
        assert(child->key == NULL || node->count > 100 || pt_node_find(node, child->key) == child);
        count += check(child, depth + 1);
        children++;
    }
    assert(children == node->count);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char *const known[] = {"name", "layers", NULL};
    struct pt_arena *arena = pt_arena_create();
    const struct pt_node *root;
    struct pt_error error = {PT_OK, ""};
    enum pt_status status = pt_yaml_parse(arena, (const char *)bytes, size, "input", &root, &error);
    if (status == PT_OK) {
        assert(check(root, 0) <= PT_NODE_COUNT_LIMIT);
        pt_node_check_keys(root, known, &error);
    } else {
        assert(status == PT_BAD_INPUT && error.status == status);
        assert(strncmp(error.message, "input:", 6) == 0);
    }
    pt_arena_destroy(arena);
    return 0;
}
