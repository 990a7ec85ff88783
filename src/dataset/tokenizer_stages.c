// The normalizers, pre-tokenizers and decoders that a tokenizer.json asks for.

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "dataset/tokenizer_parts.h"

enum pt_status pt_stage_refuse(const struct pt_node *node, const char *what, const char *type,
                               struct pt_error *error)
{
    return pt_fail(error, PT_UNSUPPORTED, "%s:%d:%d: the %s \"%s\" is not supported", node->file,
                   node->line, node->column, what, type);
}

struct pt_stage *pt_stages_add(struct pt_stages *stages, const struct pt_node *node,
                               enum pt_stage_kind kind, struct pt_error *error)
{
    if (stages->count == PT_STAGES_MAX) {
        pt_node_fail(error, node, "more than %d steps", PT_STAGES_MAX);
        return NULL;
    }
    struct pt_stage *stage = &stages->stage[stages->count++];
    *stage = (struct pt_stage){.kind = kind, .text = ""};
    return stage;
}

void pt_stages_free(struct pt_stages *stages)
{
    for (int i = 0; i < stages->count; i++)
        pt_pattern_free(stages->stage[i].pattern);
}

enum pt_status pt_stage_read_text(struct pt_arena *arena, const struct pt_node *node,
                                  const char *key, struct pt_stage *stage, struct pt_error *error)
{
    const char *text = "";
    enum pt_status status = pt_node_get_string(node, key, PT_REQUIRED, &text, error);
    if (status != PT_OK)
        return status;
    stage->text = pt_arena_strdup(arena, text);
    stage->text_length = strlen(text);
    return stage->text != NULL ? PT_OK : pt_tokenizer_no_memory(error);
}

static void describe_place(const struct pt_node *node, char *buffer, size_t size)
{
    snprintf(buffer, size, "%s:%d:%d", node->file, node->line, node->column);
}

// {"String": text} or {"Regex": expression}.
enum pt_status pt_stage_read_pattern(struct pt_arena *arena, const struct pt_node *node,
                                     struct pt_stage *stage, struct pt_error *error)
{
    char place[200];
    const char *text = NULL;
    const struct pt_node *pattern = pt_node_find(node, "pattern");
    if (pattern == NULL)
        return pt_node_fail(error, node, "missing key \"pattern\"");
    bool is_text = pt_node_find(pattern, "String") != NULL;
    enum pt_status status =
        pt_node_get_string(pattern, is_text ? "String" : "Regex", PT_REQUIRED, &text, error);
    if (status != PT_OK)
        return status;
    describe_place(pattern, place, sizeof place);
    if (!is_text)
        return pt_pattern_compile(arena, text, place, &stage->pattern, error);
    char *copy = pt_arena_strdup(arena, text);
    if (copy == NULL)
        return pt_tokenizer_no_memory(error);
    return pt_pattern_literal(arena, copy, strlen(copy), &stage->pattern, error);
}

enum pt_status pt_stages_read_list(struct pt_arena *arena, const struct pt_node *node,
                                   const char *key, pt_stage_reader *read, struct pt_stages *stages,
                                   struct pt_error *error)
{
    const struct pt_node *list = pt_node_find(node, key);
    if (list == NULL)
        return pt_node_fail(error, node, "missing key \"%s\"", key);
    enum pt_status status = pt_node_check_kind(list, PT_NODE_SEQUENCE, error);
    for (const struct pt_node *item = list->first; item != NULL && status == PT_OK;
         item = item->next)
        status = read(arena, item, stages, error);
    return status;
}

static enum pt_status read_prepend_scheme(const struct pt_node *node, enum pt_prepend *prepend,
                                          struct pt_error *error)
{
    static const char *const words[] = {"never", "first", "always", NULL};
    const struct pt_node *scheme = pt_node_find(node, "prepend_scheme");
    int index = PT_PREPEND_ALWAYS;
    bool add = true;
    enum pt_status status = scheme != NULL ? pt_node_choice(scheme, words, &index, error) : PT_OK;
    if (status == PT_OK)
        status = pt_node_get_bool(node, "add_prefix_space", PT_OPTIONAL, &add, error);
    if (status != PT_OK)
        return status;
    if (!add && scheme != NULL && index != PT_PREPEND_NEVER)
        return pt_node_fail(error, scheme, "add_prefix_space is false, but prepend_scheme \"%s\"",
                            words[index]);
    *prepend = add ? (enum pt_prepend)index : PT_PREPEND_NEVER;
    return PT_OK;
}

enum pt_status pt_stage_read_metaspace(struct pt_arena *arena, const struct pt_node *node,
                                       struct pt_stages *stages, struct pt_error *error)
{
    struct pt_stage *stage = pt_stages_add(stages, node, PT_STAGE_METASPACE, error);
    if (stage == NULL)
        return PT_BAD_INPUT;
    stage->split = true;
    enum pt_status status = pt_stage_read_text(arena, node, "replacement", stage, error);
    uint32_t character;
    if (status == PT_OK &&
        (stage->text_length == 0 ||
         pt_utf8_decode(stage->text, stage->text_length, &character) != (int)stage->text_length))
        status = pt_node_fail(error, node, "replacement is not one character");
    if (status == PT_OK)
        status = read_prepend_scheme(node, &stage->prepend, error);
    if (status == PT_OK)
        status = pt_node_get_bool(node, "split", PT_OPTIONAL, &stage->split, error);
    if (status == PT_OK)
        status = pt_pattern_literal(arena, stage->text, stage->text_length, &stage->pattern, error);
    return status;
}

static enum pt_status read_behavior(const struct pt_node *node, enum pt_split_behavior *behavior,
                                    enum pt_need need, struct pt_error *error)
{
    static const char *const words[] = {"Removed",        "Isolated",   "MergedWithPrevious",
                                        "MergedWithNext", "Contiguous", NULL};
    const struct pt_node *child = pt_node_find(node, "behavior");
    int index = 0;
    if (child == NULL && need == PT_OPTIONAL)
        return PT_OK;
    if (child == NULL)
        return pt_node_fail(error, node, "missing key \"behavior\"");
    enum pt_status status = pt_node_choice(child, words, &index, error);
    if (status == PT_OK)
        *behavior = (enum pt_split_behavior)index;
    return status;
}

static enum pt_status read_split(struct pt_arena *arena, const struct pt_node *node,
                                 struct pt_stages *stages, struct pt_error *error)
{
    struct pt_stage *stage = pt_stages_add(stages, node, PT_STAGE_SPLIT, error);
    if (stage == NULL)
        return PT_BAD_INPUT;
    enum pt_status status = pt_stage_read_pattern(arena, node, stage, error);
    if (status == PT_OK)
        status = read_behavior(node, &stage->behavior, PT_REQUIRED, error);
    if (status == PT_OK)
        status = pt_node_get_bool(node, "invert", PT_OPTIONAL, &stage->invert, error);
    return status;
}

// The words of GPT-2 are a split of their own before the bytes.
static enum pt_status read_byte_level(struct pt_arena *arena, const struct pt_node *node,
                                      struct pt_stages *stages, struct pt_error *error)
{
    bool prepend = true, use_regex = true;
    enum pt_status status =
        pt_node_get_bool(node, "add_prefix_space", PT_OPTIONAL, &prepend, error);
    if (status == PT_OK)
        status = pt_node_get_bool(node, "use_regex", PT_OPTIONAL, &use_regex, error);
    if (status != PT_OK)
        return status;
    struct pt_stage *stage = pt_stages_add(stages, node, PT_STAGE_BYTE_LEVEL, error);
    if (stage == NULL)
        return PT_BAD_INPUT;
    stage->prepend = prepend ? PT_PREPEND_ALWAYS : PT_PREPEND_NEVER;
    return use_regex ? pt_pattern_compile(arena, PT_GPT2_WORDS, node->file, &stage->pattern, error)
                     : PT_OK;
}

static enum pt_status read_class(const struct pt_node *node, struct pt_stages *stages,
                                 enum pt_character_class class, enum pt_split_behavior behavior,
                                 struct pt_error *error)
{
    struct pt_stage *stage = pt_stages_add(stages, node, PT_STAGE_SPLIT_CLASS, error);
    if (stage == NULL)
        return PT_BAD_INPUT;
    stage->class = class;
    stage->behavior = behavior;
    if (class == PT_CLASS_PUNCTUATION)
        return read_behavior(node, &stage->behavior, PT_OPTIONAL, error);
    return PT_OK;
}

static enum pt_status read_digits(const struct pt_node *node, struct pt_stages *stages,
                                  struct pt_error *error)
{
    bool individual = false;
    enum pt_status status =
        pt_node_get_bool(node, "individual_digits", PT_OPTIONAL, &individual, error);
    if (status != PT_OK)
        return status;
    return read_class(node, stages, PT_CLASS_NUMERIC,
                      individual ? PT_SPLIT_ISOLATED : PT_SPLIT_CONTIGUOUS, error);
}

static enum pt_status read_delimiter(struct pt_arena *arena, const struct pt_node *node,
                                     struct pt_stages *stages, struct pt_error *error)
{
    enum pt_status status = read_class(node, stages, PT_CLASS_ONE, PT_SPLIT_REMOVED, error);
    struct pt_stage *stage = &stages->stage[stages->count - 1];
    if (status == PT_OK)
        status = pt_stage_read_text(arena, node, "delimiter", stage, error);
    if (status == PT_OK &&
        (stage->text_length == 0 || pt_utf8_decode(stage->text, stage->text_length,
                                                   &stage->character) != (int)stage->text_length))
        status = pt_node_fail(error, node, "delimiter is not one character");
    return status;
}

static enum pt_status read_bert(const struct pt_node *node, struct pt_stages *stages,
                                struct pt_error *error)
{
    enum pt_status status = read_class(node, stages, PT_CLASS_SPACE, PT_SPLIT_REMOVED, error);
    if (status == PT_OK)
        status = read_class(node, stages, PT_CLASS_PUNCTUATION, PT_SPLIT_ISOLATED, error);
    return status;
}

static bool is_nothing(const struct pt_node *node)
{
    return node == NULL || node->is_null;
}

enum pt_status pt_stages_read_pre_tokenizer(struct pt_arena *arena, const struct pt_node *node,
                                            struct pt_stages *stages, struct pt_error *error)
{
    const char *type = NULL;
    if (is_nothing(node))
        return PT_OK;
    enum pt_status status = pt_node_get_string(node, "type", PT_REQUIRED, &type, error);
    if (status != PT_OK)
        return status;
    if (strcmp(type, "Sequence") == 0)
        return pt_stages_read_list(arena, node, "pretokenizers", pt_stages_read_pre_tokenizer,
                                   stages, error);
    if (strcmp(type, "ByteLevel") == 0)
        return read_byte_level(arena, node, stages, error);
    if (strcmp(type, "Split") == 0)
        return read_split(arena, node, stages, error);
    if (strcmp(type, "Metaspace") == 0)
        return pt_stage_read_metaspace(arena, node, stages, error);
    if (strcmp(type, "Digits") == 0)
        return read_digits(node, stages, error);
    if (strcmp(type, "Punctuation") == 0)
        return read_class(node, stages, PT_CLASS_PUNCTUATION, PT_SPLIT_ISOLATED, error);
    if (strcmp(type, "WhitespaceSplit") == 0)
        return read_class(node, stages, PT_CLASS_SPACE, PT_SPLIT_REMOVED, error);
    if (strcmp(type, "CharDelimiterSplit") == 0)
        return read_delimiter(arena, node, stages, error);
    if (strcmp(type, "BertPreTokenizer") == 0)
        return read_bert(node, stages, error);
    if (strcmp(type, "Whitespace") == 0)
        return pt_stages_add(stages, node, PT_STAGE_WORDS, error) != NULL ? PT_OK : PT_BAD_INPUT;
    return pt_stage_refuse(node, "pre-tokenizer", type, error);
}
