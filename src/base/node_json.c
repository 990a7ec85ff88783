// Nodes from JSON: jansson judges, a walk over the text builds.
//
// jansson knows what is JSON (RFC 8259, UTF-8, no duplicate keys, no NaN), but its tree forgets
// where things stood, makes doubles of large integers, and may silently lack a character of a
// string when an allocation failed (seen with 2.14). So its tree is only the verdict. Once the text
// is known to be good, walking it is easy: each node gets its place, and each number its own
// digits: 64-bit integers stay exact, and integers beyond 64 bits, which files of HuggingFace hold,
// stay readable.

#include <jansson.h>
#include <string.h>

#include "base/node_builder.h"
#include "base/utf8.h"

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

static struct pt_node *build(struct json_builder *builder, int depth);

static unsigned hex_digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

// The 16 bits of the four digits at text.
static uint32_t hex_word(const char *text)
{
    return hex_digit(text[0]) << 12 | hex_digit(text[1]) << 8 | hex_digit(text[2]) << 4 |
           hex_digit(text[3]);
}

// Decodes what stands behind "\u" at *from, two of them for a character beyond U+FFFF.
static char *decode_unicode(const char **from, const char *end, char *to)
{
    uint32_t character = hex_word(*from);
    *from += 4;
    if (character >= 0xD800 && character < 0xDC00 && end - *from >= 6) {
        character = 0x10000 + ((character - 0xD800) << 10) + (hex_word(*from + 2) - 0xDC00);
        *from += 6;
    }
    return to + pt_utf8_encode(character, to);
}

// Decodes the text between two quotes to to, which has room for it: no escape is shorter than what
// it means.
static void decode(const char *from, const char *end, char *to)
{
    static const char names[] = "bfnrt", meanings[] = "\b\f\n\r\t";
    while (from < end) {
        if (*from != '\\' || end - from < 2) {
            *to++ = *from++;
            continue;
        }
        const char *name = strchr(names, from[1]);
        char escape = from[1];
        from += 2;
        if (escape == 'u' && end - from >= 4)
            to = decode_unicode(&from, end, to);
        else
            *to++ = name == NULL ? escape : meanings[name - names];
    }
    *to = '\0';
}

// The text of the string or word at the walk, which moves behind it. NULL: out of memory.
static char *take_text(struct json_builder *builder)
{
    const char *start = builder->walk.at;
    bool quoted = *start == '"';
    if (quoted)
        skip_string(&builder->walk);
    else
        skip_word(&builder->walk);
    const char *end = builder->walk.at;
    char *text = pt_arena_alloc(builder->base.arena, (size_t)(end - start) + 1, 1);
    if (text == NULL)
        builder->status = pt_node_builder_no_memory(&builder->base);
    else if (quoted)
        decode(start + 1, end - 1, text);
    else
        memcpy(text, start, (size_t)(end - start));
    return text;
}

static struct pt_node *build_scalar(struct json_builder *builder, struct pt_node *node)
{
    node->quoted = *builder->walk.at == '"';
    node->text = take_text(builder);
    if (node->text == NULL)
        return NULL;
    node->is_null = !node->quoted && strcmp(node->text, "null") == 0;
    return node;
}

// One item of an array, or a key and its value.
static struct pt_node *build_child(struct json_builder *builder, enum pt_node_kind kind, int depth)
{
    if (kind == PT_NODE_SEQUENCE)
        return build(builder, depth);
    struct pt_node_place place = builder->walk.place;
    char *key = take_text(builder);
    if (key == NULL)
        return NULL;
    struct pt_node *child = build(builder, depth);
    if (child != NULL) {
        child->key = key;
        child->key_line = place.line;
        child->key_column = place.column;
    }
    return child;
}

static struct pt_node *build_container(struct json_builder *builder, struct pt_node *node,
                                       int depth)
{
    struct pt_node **end = &node->first;
    step(&builder->walk); // the opening bracket
    skip_between(&builder->walk);
    while (builder->walk.at < builder->walk.end && !is_one_of(*builder->walk.at, "]}")) {
        *end = build_child(builder, node->kind, depth + 1);
        if (*end == NULL)
            return NULL;
        end = &(*end)->next;
        node->count++;
        skip_between(&builder->walk);
    }
    if (builder->walk.at < builder->walk.end)
        step(&builder->walk); // the closing bracket
    return node;
}

// The limits hold the depth of this recursion below 66.
static struct pt_node *build(struct json_builder *builder, int depth)
{
    skip_between(&builder->walk);
    struct pt_node_place place = builder->walk.place;
    if (builder->walk.at == builder->walk.end) {
        builder->status = pt_node_builder_fail(&builder->base, place, "ends before its last value");
        return NULL;
    }
    char first = *builder->walk.at;
    enum pt_node_kind kind = first == '{'   ? PT_NODE_MAPPING
                             : first == '[' ? PT_NODE_SEQUENCE
                                            : PT_NODE_SCALAR;
    struct pt_node *node = pt_node_new(&builder->base, kind, depth, place, &builder->status);
    if (node == NULL)
        return NULL;
    node->typed = true;
    return kind == PT_NODE_SCALAR ? build_scalar(builder, node)
                                  : build_container(builder, node, depth);
}

// jansson does not always say that memory was what it lacked: some failures come without a text,
// and one inside a string reads as an invalid token.
static enum pt_status fail_jansson(const struct pt_node_builder *builder, const json_error_t *error)
{
    if (json_error_code(error) == json_error_out_of_memory || error->text[0] == '\0')
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

    // Integers as doubles, so that those beyond 64 bits are no error.
    json_error_t json_error;
    json_t *value =
        json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL,
                   &json_error);
    if (value == NULL)
        return fail_jansson(&builder.base, &json_error);
    json_decref(value);
    builder.walk = (struct walk){text, text + length, {1, 1}};
    const struct pt_node *root = build(&builder, 0);
    if (root == NULL)
        return builder.status;
    *ret_root = root;
    return PT_OK;
}
