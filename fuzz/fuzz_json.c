// Any bytes as JSON: an error, or the tree that jansson builds, and every node where it says.
#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/node.h"

struct input {
    const char *text, *end;
};

// The byte at line and column, counted anew from the start.
static const char *find(struct input input, int line, int column)
{
    const char *at = input.text;
    for (; line > 1; line--)
        at = (const char *)memchr(at, '\n', (size_t)(input.end - at)) + 1;
    for (; column > 1; column--)
        do
            at++;
        while (at < input.end && ((unsigned char)*at & 0xC0) == 0x80);
    return at;
}

// The search starts at the front each time, so only small inputs are checked.
static void check(struct input input, const struct pt_node *node, int depth)
{
    assert(depth <= PT_NODE_DEPTH_LIMIT && node->typed);
    const char *at = find(input, node->line, node->column);
    if (node->kind != PT_NODE_SCALAR)
        assert(*at == (node->kind == PT_NODE_MAPPING ? '{' : '['));
    else if (node->quoted)
        assert(*at == '"');
    else
        assert(memcmp(at, node->text, strlen(node->text)) == 0);
    if (node->key != NULL)
        assert(*find(input, node->key_line, node->key_column) == '"');
    int64_t count = 0;
    for (const struct pt_node *child = node->first; child != NULL; child = child->next, count++)
        check(input, child, depth + 1);
    assert(count == node->count);
}

static void compare(const struct pt_node *node, json_t *value)
{
    const struct pt_node *child = node->first;
    const char *key;
    json_t *item;
    size_t index;
    assert((node->kind == PT_NODE_MAPPING) == json_is_object(value));
    assert((node->kind == PT_NODE_SEQUENCE) == json_is_array(value));
    assert(node->quoted == json_is_string(value) && node->is_null == json_is_null(value));
    if (json_is_string(value))
        assert(strcmp(node->text, json_string_value(value)) == 0);
    if (json_is_number(value))
        assert(strtod(node->text, NULL) == json_number_value(value));
    if (json_is_boolean(value))
        assert(strcmp(node->text, json_is_true(value) ? "true" : "false") == 0);
    json_array_foreach(value, index, item)
    {
        compare(child, item);
        child = child->next;
    }
    json_object_foreach(value, key, item)
    { // in the order of the text
        assert(strcmp(child->key, key) == 0);
        compare(child, item);
        child = child->next;
    }
    assert(child == NULL);
}

static void compare_with_jansson(const struct pt_node *root, struct input input)
{
    json_error_t error;
    json_t *value = json_loadb(input.text, (size_t)(input.end - input.text),
                               JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, &error);
    assert(value != NULL);
    compare(root, value);
    json_decref(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct pt_arena *arena = pt_arena_create();
    const struct pt_node *root;
    struct pt_error error = {PT_OK, ""};
    const char *text = (const char *)bytes;
    enum pt_status status = pt_json_parse(arena, text, size, "input", &root, &error);
    bool mark = size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0;
    struct input input = {text + (mark ? 3 : 0), text + size};
    if (status == PT_OK)
        compare_with_jansson(root, input);
    if (status == PT_OK && size < 1000)
        check(input, root, 0);
    else if (status != PT_OK)
        assert(status == PT_BAD_INPUT && strncmp(error.message, "input:", 6) == 0);
    pt_arena_destroy(arena);
    return 0;
}
