// Nodes from JSON, by jansson.
//
// jansson judges the text (RFC 8259, UTF-8, no duplicate keys, no NaN) and decodes the strings, but
// forgets where things stood. So a second walk over the text, in step with jansson's tree (objects
// keep their order), gives each node its place, and each number its own digits: 64-bit integers
// stay exact, and integers beyond 64 bits, which files of HuggingFace hold, stay readable.

#include <jansson.h>
#include <string.h>

#include "base/node_builder.h"

// A walk over text that is known to be JSON.
struct walk {
    const char *at, *end;
    struct pt_node_place place;
};

static void step(struct walk *walk)
{
    if (*walk->at == '\n') {
        walk->place.line++;
        walk->place.column = 1;
    } else if (((unsigned char)*walk->at & 0xC0) != 0x80) { // not inside a character
        walk->place.column++;
    }
    walk->at++;
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

// To the next value or key.
static void skip_between(struct walk *walk)
{
    while (walk->at < walk->end && is_one_of(*walk->at, " \t\r\n,:"))
        step(walk);
}

static void skip_string(struct walk *walk)
{
    step(walk);
    while (walk->at < walk->end && *walk->at != '"') {
        if (*walk->at == '\\')
            step(walk);
        if (walk->at < walk->end)
            step(walk);
    }
    if (walk->at < walk->end)
        step(walk);
}

static void skip_word(struct walk *walk)
{
    while (walk->at < walk->end && !is_one_of(*walk->at, " \t\r\n,:]}"))
        step(walk);
}

// Before jansson, which has neither limit: the deepest nesting, and an upper bound of the number of
// values, for each stands at the start or behind one of "[{,".
static enum pt_status check_limits(const struct pt_node_builder *builder, const char *text,
                                   size_t length)
{
    struct walk walk = {text, text + length, {1, 1}};
    int64_t depth = 0, count = 1;
    while (walk.at < walk.end) {
        char c = *walk.at;
        struct pt_node_place place = walk.place;
        if (c == '"') {
            skip_string(&walk);
            continue;
        }
        step(&walk);
        depth += (c == '[' || c == '{') - (c == ']' || c == '}');
        count += is_one_of(c, "[{,");
        if (depth > PT_NODE_DEPTH_LIMIT)
            return pt_node_builder_fail(builder, place, "nested deeper than %d levels",
                                        PT_NODE_DEPTH_LIMIT);
        if (count > PT_NODE_COUNT_LIMIT)
            return pt_node_builder_fail(builder, place, "more than %d values", PT_NODE_COUNT_LIMIT);
    }
    return PT_OK;
}

struct json_builder {
    struct pt_node_builder base;
    struct walk walk;
    enum pt_status status;
};

static struct pt_node *build(struct json_builder *builder, json_t *value, int depth);

static struct pt_node *no_memory(struct json_builder *builder)
{
    builder->status = pt_node_builder_no_memory(&builder->base);
    return NULL;
}

static struct pt_node *build_scalar(struct json_builder *builder, json_t *value,
                                    struct pt_node *node)
{
    const char *start = builder->walk.at;
    node->quoted = json_is_string(value);
    node->is_null = json_is_null(value);
    if (node->quoted) {
        skip_string(&builder->walk);
        node->text = pt_arena_strndup(builder->base.arena, json_string_value(value),
                                      json_string_length(value));
    } else {
        skip_word(&builder->walk);
        node->text =
            pt_arena_strndup(builder->base.arena, start, (size_t)(builder->walk.at - start));
    }
    return node->text == NULL ? no_memory(builder) : node;
}

static struct pt_node *build_array(struct json_builder *builder, json_t *value,
                                   struct pt_node *node, int depth)
{
    struct pt_node **end = &node->first;
    size_t index;
    json_t *item;
    step(&builder->walk);
    json_array_foreach(value, index, item)
    {
        *end = build(builder, item, depth + 1);
        if (*end == NULL)
            return NULL;
        end = &(*end)->next;
    }
    node->count = (int64_t)json_array_size(value);
    return node;
}

static struct pt_node *build_object(struct json_builder *builder, json_t *value,
                                    struct pt_node *node, int depth)
{
    struct pt_node **end = &node->first;
    const char *key;
    json_t *item;
    step(&builder->walk);
    json_object_foreach(value, key, item)
    {
        skip_between(&builder->walk);
        struct pt_node_place place = builder->walk.place;
        skip_string(&builder->walk);
        char *copy = pt_arena_strdup(builder->base.arena, key);
        if (copy == NULL)
            return no_memory(builder);
        *end = build(builder, item, depth + 1);
        if (*end == NULL)
            return NULL;
        (*end)->key = copy;
        (*end)->key_line = place.line;
        (*end)->key_column = place.column;
        end = &(*end)->next;
    }
    node->count = (int64_t)json_object_size(value);
    return node;
}

// The limits hold the depth of this recursion below 65.
static struct pt_node *build(struct json_builder *builder, json_t *value, int depth)
{
    skip_between(&builder->walk);
    enum pt_node_kind kind = json_is_object(value)  ? PT_NODE_MAPPING
                             : json_is_array(value) ? PT_NODE_SEQUENCE
                                                    : PT_NODE_SCALAR;
    struct pt_node *node =
        pt_node_new(&builder->base, kind, depth, builder->walk.place, &builder->status);
    if (node == NULL)
        return NULL;
    node->typed = true;
    if (kind == PT_NODE_SCALAR)
        return build_scalar(builder, value, node);
    node = kind == PT_NODE_SEQUENCE ? build_array(builder, value, node, depth)
                                    : build_object(builder, value, node, depth);
    if (node == NULL)
        return NULL;
    skip_between(&builder->walk);
    step(&builder->walk); // the closing bracket
    return node;
}

static enum pt_status fail_jansson(const struct pt_node_builder *builder, const json_error_t *error)
{
    if (json_error_code(error) == json_error_out_of_memory)
        return pt_node_builder_no_memory(builder);
    return pt_node_builder_fail(builder, (struct pt_node_place){error->line, error->column}, "%s",
                                error->text);
}

enum pt_status pt_json_parse(struct pt_arena *arena, const char *text, size_t length,
                             const char *name, const struct pt_node **ret_root,
                             struct pt_error *error)
{
    struct json_builder builder = {
        .base = {.arena = arena, .file = pt_arena_strdup(arena, name), .error = error},
    };
    if (builder.base.file == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory to read it", name);
    text = pt_node_skip_bom(text, &length);
    enum pt_status status = check_limits(&builder.base, text, length);
    if (status != PT_OK)
        return status;

    // Integers as doubles, only so that those beyond 64 bits are no error: we take their digits.
    json_error_t json_error;
    json_t *value =
        json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL,
                   &json_error);
    if (value == NULL)
        return fail_jansson(&builder.base, &json_error);
    builder.walk = (struct walk){text, text + length, {1, 1}};
    const struct pt_node *root = build(&builder, value, 0);
    json_decref(value);
    if (root == NULL)
        return builder.status;
    *ret_root = root;
    return PT_OK;
}
