// Nodes from YAML 1.2 (core schema), by the events of libyaml.
//
// Events, not libyaml's documents: those are built before anybody can refuse them. libyaml keeps
// duplicate keys, merge keys, aliases and tags for us to judge. An alias copies what its anchor
// holds, counted against the limits, so that a file of a few lines cannot fill the memory.

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/node_builder.h"

enum { ANCHOR_LIMIT = 256 };

// A sequence or mapping whose end has not come yet.
struct frame {
    struct pt_node *node, *last_child;
    const char *key; // of the mapping's next value
    struct pt_node_place key_place;
};

struct anchor {
    const char *name;
    const struct pt_node *node;
};

struct yaml_builder {
    struct pt_node_builder base;
    struct frame stack[PT_NODE_DEPTH_LIMIT];
    int depth; // frames in use
    struct anchor anchors[ANCHOR_LIMIT];
    int anchor_count;
    int document_count;
    struct pt_node *root;
};

static struct pt_node_place place_of(yaml_mark_t mark)
{
    return (struct pt_node_place){(int)mark.line + 1, (int)mark.column + 1};
}

static struct frame *top_frame(struct yaml_builder *builder)
{
    return builder->depth == 0 ? NULL : &builder->stack[builder->depth - 1];
}

static bool expects_key(struct yaml_builder *builder)
{
    struct frame *top = top_frame(builder);
    return top != NULL && top->node->kind == PT_NODE_MAPPING && top->key == NULL;
}

// Makes node a child of what is open, or the root.
static void attach(struct yaml_builder *builder, struct pt_node *node)
{
    struct frame *top = top_frame(builder);
    if (top == NULL) {
        builder->root = node;
        return;
    }
    node->key = top->key;
    node->key_line = top->key == NULL ? 0 : top->key_place.line;
    node->key_column = top->key == NULL ? 0 : top->key_place.column;
    top->key = NULL;
    if (top->last_child == NULL)
        top->node->first = node;
    else
        top->last_child->next = node;
    top->last_child = node;
    top->node->count++;
}

static enum pt_status remember_anchor(struct yaml_builder *builder, const yaml_char_t *name,
                                      const struct pt_node *node)
{
    if (name == NULL)
        return PT_OK;
    struct pt_node_place place = {node->line, node->column};
    if (builder->anchor_count == ANCHOR_LIMIT)
        return pt_node_builder_fail(&builder->base, place, "more than %d anchors", ANCHOR_LIMIT);
    char *copy = pt_arena_strdup(builder->base.arena, (const char *)name);
    if (copy == NULL)
        return pt_node_builder_no_memory(&builder->base);
    builder->anchors[builder->anchor_count++] = (struct anchor){copy, node};
    return PT_OK;
}

// A copy of the tree below original, at depth, for the place of an alias.
static struct pt_node *copy_tree(struct yaml_builder *builder, const struct pt_node *original,
                                 int depth, enum pt_status *status)
{
    struct pt_node_place place = {original->line, original->column};
    struct pt_node *copy = pt_node_new(&builder->base, original->kind, depth, place, status);
    if (copy == NULL)
        return NULL;
    *copy = *original;
    copy->first = copy->next = NULL;
    struct pt_node **end = &copy->first;
    for (const struct pt_node *child = original->first; child != NULL; child = child->next) {
        *end = copy_tree(builder, child, depth + 1, status);
        if (*end == NULL)
            return NULL;
        end = &(*end)->next;
    }
    return copy;
}

static bool is_open(const struct yaml_builder *builder, const struct pt_node *node)
{
    for (int i = 0; i < builder->depth; i++)
        if (builder->stack[i].node == node)
            return true;
    return false;
}

static enum pt_status on_alias(struct yaml_builder *builder, const yaml_event_t *event)
{
    const char *name = (const char *)event->data.alias.anchor;
    struct pt_node_place place = place_of(event->start_mark);
    enum pt_status status = PT_OK;
    if (expects_key(builder))
        return pt_node_builder_fail(&builder->base, place, "an alias cannot be a key");
    for (int i = builder->anchor_count - 1; i >= 0; i--) {
        const struct pt_node *node = builder->anchors[i].node;
        if (strcmp(builder->anchors[i].name, name) != 0)
            continue;
        if (is_open(builder, node))
            return pt_node_builder_fail(&builder->base, place, "*%s would contain itself", name);
        struct pt_node *copy = copy_tree(builder, node, builder->depth, &status);
        if (copy != NULL)
            attach(builder, copy);
        return status;
    }
    return pt_node_builder_fail(&builder->base, place, "no anchor &%s stands before *%s", name,
                                name);
}

// Only the tags of the core schema, each on the kind of node that it names.
static enum pt_status check_tag(const struct yaml_builder *builder, const yaml_char_t *tag,
                                enum pt_node_kind kind, struct pt_node_place place,
                                bool *ret_string)
{
    static const char prefix[] = "tag:yaml.org,2002:";
    static const struct {
        const char *name;
        enum pt_node_kind kind;
    } known[] = {
        {"str", PT_NODE_SCALAR},  {"int", PT_NODE_SCALAR},  {"float", PT_NODE_SCALAR},
        {"bool", PT_NODE_SCALAR}, {"null", PT_NODE_SCALAR}, {"seq", PT_NODE_SEQUENCE},
        {"map", PT_NODE_MAPPING},
    };
    *ret_string = false;
    if (tag == NULL)
        return PT_OK;
    const char *text = (const char *)tag;
    if (strncmp(text, prefix, sizeof prefix - 1) == 0)
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (known[i].kind == kind && strcmp(text + sizeof prefix - 1, known[i].name) == 0) {
                *ret_string = i == 0;
                return PT_OK;
            }
    return pt_node_builder_fail(&builder->base, place,
                                "the tag %s is not supported here; leave it out", text);
}

static bool is_null_word(const char *text)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    return false;
}

static enum pt_status on_key(struct yaml_builder *builder, const char *text, bool plain,
                             struct pt_node_place place)
{
    struct frame *top = top_frame(builder);
    if (plain && strcmp(text, "<<") == 0)
        return pt_node_builder_fail(&builder->base, place,
                                    "merge keys are not supported; write the keys out");
    top->key = text;
    top->key_place = place;
    return PT_OK;
}

static enum pt_status on_scalar(struct yaml_builder *builder, const yaml_event_t *event)
{
    const char *value = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    struct pt_node_place place = place_of(event->start_mark);
    bool is_string, plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;

    enum pt_status status =
        check_tag(builder, event->data.scalar.tag, PT_NODE_SCALAR, place, &is_string);
    if (status != PT_OK)
        return status;
    if (memchr(value, '\0', length) != NULL)
        return pt_node_builder_fail(&builder->base, place, "a text must not hold a NUL character");
    char *text = pt_arena_strndup(builder->base.arena, value, length);
    if (text == NULL)
        return pt_node_builder_no_memory(&builder->base);
    if (expects_key(builder) && event->data.scalar.anchor != NULL)
        return pt_node_builder_fail(&builder->base, place, "a key cannot be an anchor");
    if (expects_key(builder))
        return on_key(builder, text, plain, place);

    struct pt_node *node =
        pt_node_new(&builder->base, PT_NODE_SCALAR, builder->depth, place, &status);
    if (node == NULL)
        return status;
    node->text = text;
    node->quoted = is_string || (event->data.scalar.tag == NULL && !plain);
    node->is_null = !node->quoted && is_null_word(text);
    attach(builder, node);
    return remember_anchor(builder, event->data.scalar.anchor, node);
}

static enum pt_status on_start(struct yaml_builder *builder, enum pt_node_kind kind,
                               const yaml_char_t *tag, const yaml_char_t *anchor,
                               struct pt_node_place place)
{
    bool is_string;
    enum pt_status status = check_tag(builder, tag, kind, place, &is_string);
    if (status != PT_OK)
        return status;
    if (expects_key(builder))
        return pt_node_builder_fail(&builder->base, place, "a key must be one word or text");
    struct pt_node *node = pt_node_new(&builder->base, kind, builder->depth, place, &status);
    if (node == NULL)
        return status;
    attach(builder, node);
    builder->stack[builder->depth++] = (struct frame){.node = node};
    return remember_anchor(builder, anchor, node);
}

static enum pt_status on_end(struct yaml_builder *builder)
{
    const struct pt_node *node = builder->stack[--builder->depth].node;
    return node->kind == PT_NODE_MAPPING ? pt_node_check_duplicates(&builder->base, node) : PT_OK;
}

static enum pt_status on_event(struct yaml_builder *builder, const yaml_event_t *event)
{
    struct pt_node_place place = place_of(event->start_mark);
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (++builder->document_count > 1)
            return pt_node_builder_fail(&builder->base, place,
                                        "a second document begins; a file holds one");
        return PT_OK;
    case YAML_ALIAS_EVENT:
        return on_alias(builder, event);
    case YAML_SCALAR_EVENT:
        return on_scalar(builder, event);
    case YAML_SEQUENCE_START_EVENT:
        return on_start(builder, PT_NODE_SEQUENCE, event->data.sequence_start.tag,
                        event->data.sequence_start.anchor, place);
    case YAML_MAPPING_START_EVENT:
        return on_start(builder, PT_NODE_MAPPING, event->data.mapping_start.tag,
                        event->data.mapping_start.anchor, place);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return on_end(builder);
    default: // the ends of document and stream tell nothing new
        return PT_OK;
    }
}

// A reader error has an offset and no mark.
static struct pt_node_place place_of_offset(const char *text, size_t length, size_t offset)
{
    struct pt_node_place place = {1, 1};
    for (size_t i = 0; i < offset && i < length; i++) {
        bool line_end = text[i] == '\n', continues = ((unsigned char)text[i] & 0xC0) == 0x80;
        place.line += line_end;
        place.column = line_end ? 1 : place.column + !continues;
    }
    return place;
}

static enum pt_status fail_parser(const struct yaml_builder *builder, const yaml_parser_t *parser,
                                  const char *text, size_t length)
{
    const char *problem = parser->problem == NULL ? "not YAML" : parser->problem;
    const char *context = parser->context == NULL ? "" : parser->context;
    if (parser->error == YAML_MEMORY_ERROR)
        return pt_node_builder_no_memory(&builder->base);
    struct pt_node_place place = parser->error == YAML_READER_ERROR
                                     ? place_of_offset(text, length, parser->problem_offset)
                                     : place_of(parser->problem_mark);
    return pt_node_builder_fail(&builder->base, place, "%s%s%s", problem,
                                context[0] == '\0' ? "" : " ", context);
}

static enum pt_status run_parser(struct yaml_builder *builder, yaml_parser_t *parser,
                                 const char *text, size_t length)
{
    enum pt_status status = PT_OK;
    bool ended = false;
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING); // UTF-16 would be accepted silently
    yaml_parser_set_input_string(parser, (const unsigned char *)text, length);
    while (status == PT_OK && !ended) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event))
            return fail_parser(builder, parser, text, length);
        status = on_event(builder, &event);
        ended = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    if (status == PT_OK && builder->root == NULL)
        status = pt_fail(builder->base.error, PT_BAD_INPUT, "%s: is empty", builder->base.file);
    return status;
}

enum pt_status pt_yaml_parse(struct pt_arena *arena, const char *text, size_t length,
                             const char *name, const struct pt_node **ret_root,
                             struct pt_error *error)
{
    yaml_parser_t parser;
    struct yaml_builder *builder = calloc(1, sizeof *builder);
    if (builder == NULL || !yaml_parser_initialize(&parser)) {
        free(builder);
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory to read it", name);
    }
    builder->base.arena = arena;
    builder->base.error = error;
    builder->base.file = pt_arena_strdup(arena, name);
    enum pt_status status;
    if (builder->base.file == NULL) {
        status = pt_fail(error, PT_NO_MEMORY, "%s: no memory to read it", name);
    } else {
        text = pt_node_skip_bom(text, &length);
        status = run_parser(builder, &parser, text, length);
    }
    if (status == PT_OK)
        *ret_root = builder->root;
    yaml_parser_delete(&parser);
    free(builder);
    return status;
}
