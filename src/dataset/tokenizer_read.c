// The model, the added tokens and the post-processor of a tokenizer.json.

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "dataset/tokenizer_parts.h"

enum { FREE_IDS_MAX = 1 << 16 };

// ------------------------------------------------------------------------------------- alphabet
// GPT-2 writes printable bytes of Latin-1 as themselves and the others, in order, as U+0100 and on.
// Source: https://github.com/openai/gpt-2, src/encoder.py, bytes_to_unicode.
static bool is_printable(int byte)
{
    return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

uint32_t pt_byte_character(uint8_t byte)
{
    if (is_printable(byte))
        return byte;
    // Not printable are 00-20, 7F-A0 and AD: 33, 34 and 1 bytes.
    return 0x100 + (uint32_t)(byte <= 0x20 ? byte : byte <= 0xA0 ? byte - 0x7F + 33 : 67);
}

int pt_character_byte(uint32_t character)
{
    if (character < 0x100)
        return is_printable((int)character) ? (int)character : -1;
    int place = (int)(character - 0x100);
    return character > 0x143 ? -1 : place <= 0x20 ? place : place < 67 ? place - 33 + 0x7F : 0xAD;
}

int pt_byte_rank(uint8_t byte)
{
    if (!is_printable(byte)) // they stand behind the 188 printable ones
        return 188 + (int)pt_byte_character(byte) - 0x100;
    return byte <= 0x7E ? byte - 0x21 : byte <= 0xAC ? byte - 0xA1 + 94 : byte - 0xAE + 106;
}

// ---------------------------------------------------------------------------------------- model
static enum pt_status read_type(struct pt_tokenizer *tokenizer, const struct pt_node *model,
                                struct pt_error *error)
{
    static const char *const known[] = {"BPE", "WordPiece", "WordLevel"};
    // Files of the first years do not say it.
    const char *type = pt_node_find(model, "merges") != NULL                     ? "BPE"
                       : pt_node_find(model, "max_input_chars_per_word") != NULL ? "WordPiece"
                                                                                 : "?";
    enum pt_status status = pt_node_get_string(model, "type", PT_OPTIONAL, &type, error);
    if (status != PT_OK)
        return status;
    for (int i = 0; i < 3; i++)
        if (strcmp(type, known[i]) == 0) {
            tokenizer->model = (enum pt_token_model)i;
            return PT_OK;
        }
    return pt_stage_refuse(model, "model", type, error);
}

// A text or null, which leaves *text alone.
static enum pt_status read_text(struct pt_arena *arena, const struct pt_node *model,
                                const char *key, const char **text, size_t *length,
                                struct pt_error *error)
{
    const struct pt_node *node = pt_node_find(model, key);
    const char *value;
    if (node == NULL || node->is_null)
        return PT_OK;
    enum pt_status status = pt_node_string(node, &value, error);
    if (status != PT_OK)
        return status;
    *text = pt_arena_strdup(arena, value);
    *length = strlen(value);
    return *text != NULL ? PT_OK : pt_tokenizer_no_memory(error);
}

static enum pt_status read_flags(struct pt_tokenizer *tokenizer, const struct pt_node *model,
                                 struct pt_error *error)
{
    enum pt_status status =
        pt_node_get_bool(model, "fuse_unk", PT_OPTIONAL, &tokenizer->fuse_unknown, error);
    if (status == PT_OK)
        status =
            pt_node_get_bool(model, "byte_fallback", PT_OPTIONAL, &tokenizer->byte_fallback, error);
    if (status == PT_OK)
        status =
            pt_node_get_bool(model, "ignore_merges", PT_OPTIONAL, &tokenizer->ignore_merges, error);
    const struct pt_node *dropout = pt_node_find(model, "dropout");
    double probability = 0;
    if (status == PT_OK && dropout != NULL && !dropout->is_null)
        status = pt_node_number(dropout, 0, 1, &probability, error);
    if (status == PT_OK && probability > 0)
        return pt_stage_refuse(dropout, "option of BPE", "dropout", error);
    return status;
}

enum pt_status pt_tokenizer_read_model(struct pt_tokenizer *tokenizer, const struct pt_node *model,
                                       struct pt_error *error)
{
    if (model == NULL)
        return pt_fail(error, PT_BAD_INPUT, "%s: has no key \"model\"", tokenizer->name);
    enum pt_status status = pt_node_check_kind(model, PT_NODE_MAPPING, error);
    if (status == PT_OK)
        status = read_type(tokenizer, model, error);
    if (status != PT_OK)
        return status;
    tokenizer->prefix = tokenizer->model == PT_MODEL_WORDPIECE ? "##" : "";
    tokenizer->prefix_length = strlen(tokenizer->prefix);
    tokenizer->suffix = "";
    tokenizer->word_characters_max = 100;
    status = read_text(tokenizer->arena, model, "continuing_subword_prefix", &tokenizer->prefix,
                       &tokenizer->prefix_length, error);
    if (status == PT_OK)
        status = read_text(tokenizer->arena, model, "end_of_word_suffix", &tokenizer->suffix,
                           &tokenizer->suffix_length, error);
    if (status == PT_OK)
        status = pt_node_get_integer(model, "max_input_chars_per_word", PT_OPTIONAL, 0, INT32_MAX,
                                     &tokenizer->word_characters_max, error);
    return status == PT_OK ? read_flags(tokenizer, model, error) : status;
}

// --------------------------------------------------------------------------------- added tokens
static enum pt_status read_added_flags(const struct pt_node *node, struct pt_added_token *added,
                                       struct pt_error *error)
{
    const struct {
        const char *key;
        bool *value;
    } flags[] = {
        {"single_word", &added->single_word}, {"lstrip", &added->strip_left},
        {"rstrip", &added->strip_right},      {"normalized", &added->normalized},
        {"special", &added->special},
    };
    enum pt_status status = PT_OK;
    for (size_t i = 0; i < sizeof flags / sizeof *flags && status == PT_OK; i++)
        status = pt_node_get_bool(node, flags[i].key, PT_OPTIONAL, flags[i].value, error);
    return status;
}

// Puts the token under its id, which is free or the one that the model gives to its text.
static enum pt_status place_added(struct pt_tokenizer *tokenizer, const struct pt_node *node,
                                  const struct pt_added_token *added, const char *content,
                                  struct pt_error *error)
{
    size_t length = strlen(content);
    struct pt_token *token = &tokenizer->tokens[added->id];
    int32_t known = pt_token_index_find(&tokenizer->index, tokenizer->tokens, content, length);
    if (known >= 0 && known != added->id)
        return pt_node_fail(error, node,
                            "the added token \"%s\" has the id %" PRId32 ", but %" PRId32
                            " in the vocabulary",
                            content, added->id, known);
    if (known < 0 && token->text != NULL)
        return pt_node_fail(error, node, "the id %" PRId32 " of \"%s\" belongs to \"%.*s\"",
                            added->id, content, (int)token->length, token->text);
    if (known < 0) {
        token->text = pt_arena_strdup(tokenizer->arena, content);
        token->length = (uint32_t)length;
        if (token->text == NULL)
            return pt_tokenizer_no_memory(error);
    }
    token->special = added->special;
    return PT_OK;
}

static enum pt_status read_added_token(struct pt_tokenizer *tokenizer, const struct pt_node *node,
                                       const char **ret_content, struct pt_added_token *ret_added,
                                       struct pt_error *error)
{
    int64_t id = 0;
    ret_added->normalized = false;
    enum pt_status status =
        pt_node_get_integer(node, "id", PT_REQUIRED, 0, tokenizer->size - 1, &id, error);
    if (status == PT_OK)
        status = pt_node_get_string(node, "content", PT_REQUIRED, ret_content, error);
    if (status == PT_OK)
        status = read_added_flags(node, ret_added, error);
    ret_added->id = (int32_t)id;
    return status;
}

// The highest id decides how many there are.
static enum pt_status make_room(struct pt_tokenizer *tokenizer, const struct pt_node *list,
                                struct pt_error *error)
{
    int64_t size = tokenizer->size;
    for (const struct pt_node *node = list->first; node != NULL; node = node->next) {
        int64_t id = 0;
        const char *content = "";
        enum pt_status status =
            pt_node_get_integer(node, "id", PT_REQUIRED, 0, INT32_MAX - 1, &id, error);
        if (status == PT_OK)
            status = pt_node_get_string(node, "content", PT_REQUIRED, &content, error);
        if (status != PT_OK)
            return status;
        if (id >= 2 * (tokenizer->model_count + list->count) + FREE_IDS_MAX)
            return pt_node_fail(error, node,
                                "the id %" PRId64 " of \"%s\" is too high for %" PRId64 " tokens",
                                id, content, tokenizer->model_count + list->count);
        if (id >= size)
            size = id + 1;
    }
    struct pt_token *tokens = pt_arena_alloc(tokenizer->arena, (size_t)size, sizeof *tokens);
    tokenizer->added =
        pt_arena_alloc(tokenizer->arena, (size_t)list->count, sizeof *tokenizer->added);
    if (tokens == NULL || tokenizer->added == NULL)
        return pt_tokenizer_no_memory(error);
    if (tokenizer->size > 0)
        memcpy(tokens, tokenizer->tokens, (size_t)tokenizer->size * sizeof *tokens);
    tokenizer->tokens = tokens;
    tokenizer->size = size;
    return PT_OK;
}

static enum pt_status insert_added(struct pt_tokenizer *tokenizer, const struct pt_node *node,
                                   struct pt_added_tree *tree, const char *text, size_t length,
                                   struct pt_error *error)
{
    if (length == 0 || length > INT32_MAX)
        return pt_node_fail(error, node, "the normalizer leaves nothing of this added token");
    int32_t other = pt_added_tree_insert(tree, text, length, (int32_t)tokenizer->added_count);
    if (other >= 0)
        return pt_node_fail(error, node, "added twice: \"%.*s\"", (int)length, text);
    tokenizer->added_count++;
    return PT_OK;
}

static enum pt_status note_decoded(struct pt_tokenizer *tokenizer, int32_t id, const char *text,
                                   size_t length, struct pt_error *error)
{
    struct pt_token *token = &tokenizer->tokens[id];
    token->decoded = pt_arena_strndup(tokenizer->arena, text, length);
    token->decoded_length = (uint32_t)length;
    return token->decoded != NULL ? PT_OK : pt_tokenizer_no_memory(error);
}

// The texts of tokens that are looked for in normalized text, normalized; and all others.
static enum pt_status insert_all(struct pt_tokenizer *tokenizer, const struct pt_node *list,
                                 struct pt_matcher *matcher, struct pt_text buffers[2],
                                 struct pt_error *error)
{
    enum pt_status status = PT_OK;
    for (const struct pt_node *node = list->first; node != NULL && status == PT_OK;
         node = node->next) {
        struct pt_added_token added = {0};
        const char *content = "";
        status = read_added_token(tokenizer, node, &content, &added, error);
        if (status != PT_OK || content[0] == '\0') // the original passes over empty ones, too
            continue;
        status = place_added(tokenizer, node, &added, content, error);
        if (status != PT_OK)
            break;
        const char *text = content;
        size_t length = strlen(content);
        struct pt_added_tree *tree = &tokenizer->raw_tree;
        if (added.normalized) {
            tree = &tokenizer->normalized_tree;
            status = pt_normalize_text(&tokenizer->normalizers, matcher, text, length, buffers,
                                       &text, &length, error);
        }
        if (status == PT_OK && text != content)
            status = note_decoded(tokenizer, added.id, text, length, error);
        if (status == PT_OK && !pt_added_tree_reserve(tree, length))
            status = pt_tokenizer_no_memory(error);
        tokenizer->added[tokenizer->added_count] = added;
        if (status == PT_OK)
            status = insert_added(tokenizer, node, tree, text, length, error);
    }
    return status;
}

enum pt_status pt_tokenizer_read_added(struct pt_tokenizer *tokenizer, const struct pt_node *list,
                                       struct pt_error *error)
{
    struct pt_text buffers[2] = {{0}, {0}};
    if (list == NULL || list->is_null)
        return PT_OK;
    enum pt_status status = pt_node_check_kind(list, PT_NODE_SEQUENCE, error);
    if (status != PT_OK || list->count == 0)
        return status;
    status = make_room(tokenizer, list, error);
    struct pt_matcher *matcher = pt_matcher_create();
    if (status == PT_OK && matcher == NULL)
        status = pt_tokenizer_no_memory(error);
    if (status == PT_OK)
        status = insert_all(tokenizer, list, matcher, buffers, error);
    pt_matcher_destroy(matcher);
    pt_text_free(&buffers[0]);
    pt_text_free(&buffers[1]);
    return status;
}
