// The post-processor of a tokenizer.json: the ids that it puts around a text.

#include <inttypes.h>
#include <string.h>

#include "dataset/tokenizer_parts.h"

// [more, list] or [list, more], in the arena.
static enum pt_status extend(struct pt_arena *arena, struct pt_id_list *list, const int32_t *more,
                             int64_t count, bool in_front, struct pt_error *error)
{
    int32_t *ids = pt_arena_alloc(arena, (size_t)(list->count + count), sizeof *ids);
    if (ids == NULL)
        return pt_tokenizer_no_memory(error);
    int64_t old = in_front ? count : 0, new = in_front ? 0 : list->count;
    if (list->count > 0)
        memcpy(ids + old, list->ids, (size_t)list->count * sizeof *ids);
    if (count > 0)
        memcpy(ids + new, more, (size_t)count * sizeof *ids);
    list->ids = ids;
    list->count += count;
    return PT_OK;
}

static enum pt_status read_id(const struct pt_tokenizer *tokenizer, const struct pt_node *node,
                              int32_t *ret_id, struct pt_error *error)
{
    int64_t id = 0;
    enum pt_status status = pt_node_integer(node, 0, tokenizer->size - 1, &id, error);
    if (status == PT_OK && tokenizer->tokens[id].text == NULL)
        status = pt_node_fail(error, node, "no token has the id %" PRId64, id);
    if (status == PT_OK)
        *ret_id = (int32_t)id;
    return status;
}

// "cls": ["[CLS]", 101]
static enum pt_status read_named_id(const struct pt_tokenizer *tokenizer,
                                    const struct pt_node *node, const char *key, int32_t *ret_id,
                                    struct pt_error *error)
{
    const struct pt_node *pair = pt_node_find(node, key);
    if (pair == NULL || pair->kind != PT_NODE_SEQUENCE || pair->count != 2)
        return pt_node_fail(error, node, "\"%s\" is not [token, id]", key);
    return read_id(tokenizer, pair->first->next, ret_id, error);
}

static enum pt_status read_classic(struct pt_tokenizer *tokenizer, const struct pt_node *node,
                                   struct pt_error *error)
{
    int32_t cls = 0, sep = 0;
    enum pt_status status = read_named_id(tokenizer, node, "cls", &cls, error);
    if (status == PT_OK)
        status = read_named_id(tokenizer, node, "sep", &sep, error);
    if (status == PT_OK)
        status = extend(tokenizer->arena, &tokenizer->before, &cls, 1, true, error);
    if (status == PT_OK)
        status = extend(tokenizer->arena, &tokenizer->after, &sep, 1, false, error);
    return status;
}

// The ids of a special token of the template, appended to list.
static enum pt_status append_special(struct pt_tokenizer *tokenizer, const struct pt_node *node,
                                     const char *name, struct pt_id_list *list,
                                     struct pt_error *error)
{
    const struct pt_node *all = pt_node_find(node, "special_tokens");
    const struct pt_node *token = all != NULL ? pt_node_find(all, name) : NULL;
    const struct pt_node *ids = token != NULL ? pt_node_find(token, "ids") : NULL;
    if (ids == NULL || ids->kind != PT_NODE_SEQUENCE)
        return pt_node_fail(error, node, "special_tokens has no ids for \"%s\"", name);
    enum pt_status status = PT_OK;
    for (const struct pt_node *item = ids->first; item != NULL && status == PT_OK;
         item = item->next) {
        int32_t id = 0;
        status = read_id(tokenizer, item, &id, error);
        if (status == PT_OK)
            status = extend(tokenizer->arena, list, &id, 1, false, error);
    }
    return status;
}

// single: [{"SpecialToken": {"id": "[CLS]", ..}}, {"Sequence": {"id": "A", ..}}, ..]
static enum pt_status read_template(struct pt_tokenizer *tokenizer, const struct pt_node *node,
                                    struct pt_error *error)
{
    struct pt_id_list parts[2] = {{NULL, 0}, {NULL, 0}};
    const struct pt_node *single = pt_node_find(node, "single");
    int texts = 0;
    if (single == NULL)
        return pt_node_fail(error, node, "missing key \"single\"");
    enum pt_status status = pt_node_check_kind(single, PT_NODE_SEQUENCE, error);
    for (const struct pt_node *item = single->first; item != NULL && status == PT_OK;
         item = item->next) {
        const struct pt_node *special = pt_node_find(item, "SpecialToken");
        const char *name = NULL;
        if (special == NULL && pt_node_find(item, "Sequence") != NULL) {
            texts++;
            continue;
        }
        if (special == NULL)
            return pt_node_fail(error, item, "expected SpecialToken or Sequence");
        status = pt_node_get_string(special, "id", PT_REQUIRED, &name, error);
        if (status == PT_OK)
            status = append_special(tokenizer, node, name, &parts[texts > 0], error);
    }
    if (status == PT_OK && texts != 1)
        status = pt_node_fail(error, single, "a template with %d texts; one is needed", texts);
    if (status == PT_OK)
        status =
            extend(tokenizer->arena, &tokenizer->before, parts[0].ids, parts[0].count, true, error);
    if (status == PT_OK)
        status =
            extend(tokenizer->arena, &tokenizer->after, parts[1].ids, parts[1].count, false, error);
    return status;
}

static enum pt_status read_sequence(struct pt_tokenizer *tokenizer, const struct pt_node *node,
                                    struct pt_error *error)
{
    const struct pt_node *list = pt_node_find(node, "processors");
    if (list == NULL)
        return pt_node_fail(error, node, "missing key \"processors\"");
    enum pt_status status = pt_node_check_kind(list, PT_NODE_SEQUENCE, error);
    for (const struct pt_node *item = list->first; item != NULL && status == PT_OK;
         item = item->next)
        status = pt_tokenizer_read_post(tokenizer, item, error);
    return status;
}

enum pt_status pt_tokenizer_read_post(struct pt_tokenizer *tokenizer, const struct pt_node *node,
                                      struct pt_error *error)
{
    const char *type = NULL;
    if (node == NULL || node->is_null)
        return PT_OK;
    enum pt_status status = pt_node_get_string(node, "type", PT_REQUIRED, &type, error);
    if (status != PT_OK)
        return status;
    if (strcmp(type, "ByteLevel") == 0) // moves offsets, which we do not have
        return PT_OK;
    if (strcmp(type, "TemplateProcessing") == 0)
        return read_template(tokenizer, node, error);
    if (strcmp(type, "BertProcessing") == 0 || strcmp(type, "RobertaProcessing") == 0)
        return read_classic(tokenizer, node, error);
    if (strcmp(type, "Sequence") == 0)
        return read_sequence(tokenizer, node, error);
    return pt_stage_refuse(node, "post-processor", type, error);
}
