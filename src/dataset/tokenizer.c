// Opening a tokenizer: the large values apart, the rest as nodes, then what follows from both.

#include "dataset/tokenizer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/utf8.h"
#include "dataset/tokenizer_parts.h"

enum { FILE_LIMIT = 64 << 20, COLUMN_LIMIT = 4096 };

static const char metaspace[] = "\xE2\x96\x81"; // U+2581

// The text without the large values, each replaced by a 0, so that every line keeps its number; a
// column behind a value that ends in its line is right unless the line is very long.
static char *without_spans(const char *json, size_t length, const struct pt_vocabulary_span *first,
                           const struct pt_vocabulary_span *second, size_t *ret_length)
{
    const struct pt_vocabulary_span *spans[] = {first, second};
    if (second->begin != NULL && (first->begin == NULL || second->begin < first->begin)) {
        spans[0] = second;
        spans[1] = first;
    }
    char *rest = malloc(length + 1), *to = rest;
    const char *at = json;
    if (rest == NULL)
        return NULL;
    for (int i = 0; i < 2; i++) {
        if (spans[i]->begin == NULL)
            continue;
        memcpy(to, at, (size_t)(spans[i]->begin - at));
        to += spans[i]->begin - at;
        *to++ = '0';
        size_t blanks = 0;
        for (at = spans[i]->begin + 1; at < spans[i]->end; at++) {
            blanks = *at == '\n' ? 0 : blanks + 1;
            if (*at == '\n')
                *to++ = '\n';
        }
        blanks = blanks < COLUMN_LIMIT ? blanks : 0;
        memset(to, ' ', blanks);
        to += blanks;
    }
    memcpy(to, at, (size_t)(json + length - at));
    to += json + length - at;
    *to = '\0';
    *ret_length = (size_t)(to - rest);
    return rest;
}

static enum pt_status read_stages(struct pt_tokenizer *tokenizer, const struct pt_node *root,
                                  struct pt_error *error)
{
    struct pt_arena *arena = tokenizer->arena;
    enum pt_status status = pt_stages_read_normalizer(arena, pt_node_find(root, "normalizer"),
                                                      &tokenizer->normalizers, error);
    const struct pt_node *splitter = pt_node_find(root, "pre_tokenizer");
    if (status == PT_OK)
        status = pt_stages_read_pre_tokenizer(arena, splitter, &tokenizer->splitters, error);
    if (status == PT_OK)
        status = pt_stages_read_decoder(arena, pt_node_find(root, "decoder"), &tokenizer->decoders,
                                        error);
    for (int i = 0; i < tokenizer->splitters.count && status == PT_OK; i++) {
        if (tokenizer->splitters.stage[i].kind != PT_STAGE_BYTE_LEVEL)
            continue;
        tokenizer->byte_level = true;
        if (i + 1 < tokenizer->splitters.count)
            status =
                pt_stage_refuse(splitter, "order of pre-tokenizers", "ByteLevel not last", error);
    }
    return status;
}

static int32_t find_model_token(const struct pt_tokenizer *tokenizer, const char *text,
                                size_t length)
{
    return pt_token_index_find(&tokenizer->index, tokenizer->tokens, text, length);
}

static enum pt_status read_unknown(struct pt_tokenizer *tokenizer, const struct pt_node *model,
                                   struct pt_error *error)
{
    const struct pt_node *node = pt_node_find(model, "unk_token");
    const char *text = tokenizer->model == PT_MODEL_WORDPIECE   ? "[UNK]"
                       : tokenizer->model == PT_MODEL_WORDLEVEL ? "<unk>"
                                                                : NULL;
    enum pt_status status = PT_OK;
    if (node != NULL && !node->is_null)
        status = pt_node_string(node, &text, error);
    tokenizer->unknown_id = -1;
    if (status == PT_OK && text != NULL)
        tokenizer->unknown_id = find_model_token(tokenizer, text, strlen(text));
    return status;
}

// Each byte as the first, the last, any other or the only one of a word.
static bool find_byte_ids(struct pt_tokenizer *tokenizer, bool *ret_complete)
{
    struct pt_text key = {0};
    bool done = true;
    *ret_complete = true;
    for (int i = 0; i < 4 * 256 && done; i++) {
        bool is_first = (i & 1) != 0, is_last = (i & 2) != 0;
        uint8_t byte = (uint8_t)(i >> 2);
        key.length = 0;
        done = pt_text_append(&key, tokenizer->prefix, is_first ? 0 : tokenizer->prefix_length) &&
               pt_text_append_character(&key, pt_byte_character(byte)) &&
               pt_text_append(&key, tokenizer->suffix, is_last ? tokenizer->suffix_length : 0);
        int32_t id = done ? find_model_token(tokenizer, key.bytes, key.length) : -1;
        tokenizer->byte_ids[is_first][is_last][byte] = id;
        *ret_complete = *ret_complete && id >= 0;
    }
    pt_text_free(&key);
    return done;
}

static void find_fallback_ids(struct pt_tokenizer *tokenizer)
{
    char name[8];
    for (int i = 0; i < 256; i++) {
        snprintf(name, sizeof name, "<0x%02X>", (unsigned)i);
        tokenizer->fallback_ids[i] = find_model_token(tokenizer, name, 6);
    }
}

// Whether a ▁ stands behind anything else in the token.
static bool has_inner_mark(const struct pt_token *token)
{
    size_t size = sizeof metaspace - 1, from = 0;
    const char *found;
    while (from < token->length &&
           (found = memmem(token->text + from, token->length - from, metaspace, size)) != NULL) {
        if ((size_t)(found - token->text) > from)
            return true;
        from += size;
    }
    return false;
}

// See encode_parts of tokenizer_bpe.c.
static void find_boundary(struct pt_tokenizer *tokenizer)
{
    const struct pt_merge_index *merges = &tokenizer->merges;
    if (tokenizer->byte_level || tokenizer->ignore_merges || merges->count == 0 ||
        tokenizer->prefix_length + tokenizer->suffix_length > 0 ||
        find_model_token(tokenizer, metaspace, strlen(metaspace)) < 0)
        return;
    for (uint64_t i = 0; i <= merges->mask; i++)
        if (merges->slots[i].merge != PT_NO_MERGE &&
            has_inner_mark(&tokenizer->tokens[(uint32_t)merges->slots[i].merge]))
            return;
    tokenizer->boundary = metaspace;
    tokenizer->boundary_length = strlen(metaspace);
}

static enum pt_status complete_bpe(struct pt_tokenizer *tokenizer, struct pt_error *error)
{
    bool complete = false;
    if (tokenizer->byte_level && !find_byte_ids(tokenizer, &complete))
        return pt_tokenizer_no_memory(error);
    if (tokenizer->byte_level && tokenizer->byte_fallback && !complete)
        return pt_fail(error, PT_UNSUPPORTED,
                       "%s: ByteLevel with byte_fallback and an incomplete alphabet is not "
                       "supported",
                       tokenizer->name);
    find_fallback_ids(tokenizer);
    find_boundary(tokenizer);
    const struct pt_stages *splitters = &tokenizer->splitters;
    tokenizer->raw_bytes = tokenizer->byte_level && complete && splitters->count == 1 &&
                           splitters->stage[0].pattern == NULL &&
                           tokenizer->normalizers.count == 0 && tokenizer->added_count == 0;
    return PT_OK;
}

static enum pt_status read_vocabulary(struct pt_tokenizer *tokenizer,
                                      const struct pt_vocabulary_span *vocabulary,
                                      const struct pt_vocabulary_span *merges,
                                      struct pt_error *error)
{
    if (vocabulary->begin == NULL)
        return pt_fail(error, PT_BAD_INPUT, "%s: model has no \"vocab\" of tokens and their ids",
                       tokenizer->name);
    enum pt_status status = pt_tokenizer_read_vocabulary(tokenizer, vocabulary, error);
    if (status != PT_OK || tokenizer->model != PT_MODEL_BPE)
        return status;
    if (merges->begin == NULL)
        return pt_fail(error, PT_BAD_INPUT, "%s: the BPE model has no list \"merges\"",
                       tokenizer->name);
    return pt_tokenizer_read_merges(tokenizer, merges, error);
}

static enum pt_status read_nodes(struct pt_tokenizer *tokenizer, const struct pt_node *root,
                                 const struct pt_vocabulary_span *vocabulary,
                                 const struct pt_vocabulary_span *merges, struct pt_error *error)
{
    const struct pt_node *model = pt_node_find(root, "model");
    enum pt_status status = pt_node_check_kind(root, PT_NODE_MAPPING, error);
    if (status == PT_OK)
        status = pt_tokenizer_read_model(tokenizer, model, error);
    if (status == PT_OK)
        status = read_stages(tokenizer, root, error);
    if (status == PT_OK && tokenizer->byte_level && tokenizer->model != PT_MODEL_BPE)
        status =
            pt_stage_refuse(model, "pre-tokenizer ByteLevel with a model other than", "BPE", error);
    if (status == PT_OK)
        status = read_vocabulary(tokenizer, vocabulary, merges, error);
    if (status == PT_OK)
        status = read_unknown(tokenizer, model, error);
    if (status == PT_OK)
        status = pt_tokenizer_read_added(tokenizer, pt_node_find(root, "added_tokens"), error);
    if (status == PT_OK && tokenizer->size == 0)
        status = pt_fail(error, PT_BAD_INPUT, "%s: the vocabulary is empty", tokenizer->name);
    if (status == PT_OK)
        status = pt_tokenizer_read_post(tokenizer, pt_node_find(root, "post_processor"), error);
    if (status == PT_OK && tokenizer->model == PT_MODEL_BPE)
        status = complete_bpe(tokenizer, error);
    return status;
}

static enum pt_status read_json(struct pt_tokenizer *tokenizer, struct pt_error *error)
{
    struct pt_vocabulary_span vocabulary, merges;
    const struct pt_node *root;
    size_t rest_length = 0;
    enum pt_status status = pt_tokenizer_find_large(tokenizer->json, tokenizer->json_length,
                                                    tokenizer->name, &vocabulary, &merges, error);
    if (status != PT_OK)
        return status;
    struct pt_arena *scratch = pt_arena_create();
    char *rest =
        without_spans(tokenizer->json, tokenizer->json_length, &vocabulary, &merges, &rest_length);
    if (scratch == NULL || rest == NULL)
        status = pt_tokenizer_no_memory(error);
    if (status == PT_OK)
        status = pt_json_parse(scratch, rest, rest_length, tokenizer->name, &root, error);
    if (status == PT_OK)
        status = read_nodes(tokenizer, root, &vocabulary, &merges, error);
    free(rest);
    pt_arena_destroy(scratch);
    return status;
}

static enum pt_status create(struct pt_tokenizer **ret_tokenizer, struct pt_error *error)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_tokenizer *tokenizer =
        arena != NULL ? pt_arena_alloc(arena, 1, sizeof *tokenizer) : NULL;
    if (tokenizer == NULL) {
        pt_arena_destroy(arena);
        return pt_tokenizer_no_memory(error);
    }
    tokenizer->arena = arena;
    *ret_tokenizer = tokenizer;
    return PT_OK;
}

// Takes the tokenizer over: it is given on complete, or closed.
static enum pt_status finish(struct pt_tokenizer *tokenizer, enum pt_status status,
                             struct pt_tokenizer **ret_tokenizer, struct pt_error *error)
{
    if (status == PT_OK)
        status = read_json(tokenizer, error);
    if (status != PT_OK) {
        pt_tokenizer_close(tokenizer);
        return status;
    }
    *ret_tokenizer = tokenizer;
    return PT_OK;
}

enum pt_status pt_tokenizer_open(const char *path, struct pt_tokenizer **ret_tokenizer,
                                 struct pt_error *error)
{
    struct pt_tokenizer *tokenizer = NULL;
    enum pt_status status = create(&tokenizer, error);
    if (status != PT_OK)
        return status;
    tokenizer->name = pt_arena_strdup(tokenizer->arena, path);
    if (tokenizer->name == NULL)
        status = pt_tokenizer_no_memory(error);
    else
        status = pt_file_read(tokenizer->arena, path, FILE_LIMIT, &tokenizer->json,
                              &tokenizer->json_length, error);
    return finish(tokenizer, status, ret_tokenizer, error);
}

enum pt_status pt_tokenizer_parse(const char *json, size_t length, const char *name,
                                  struct pt_tokenizer **ret_tokenizer, struct pt_error *error)
{
    struct pt_tokenizer *tokenizer = NULL;
    if (length > FILE_LIMIT)
        return pt_fail(error, PT_OVERFLOW, "%s: %zu bytes are too large; at most %d are read", name,
                       length, FILE_LIMIT);
    enum pt_status status = create(&tokenizer, error);
    if (status != PT_OK)
        return status;
    tokenizer->name = pt_arena_strdup(tokenizer->arena, name);
    tokenizer->json = pt_arena_strndup(tokenizer->arena, json, length);
    tokenizer->json_length = length;
    if (tokenizer->name == NULL || tokenizer->json == NULL)
        status = pt_tokenizer_no_memory(error);
    return finish(tokenizer, status, ret_tokenizer, error);
}

void pt_tokenizer_close(struct pt_tokenizer *tokenizer)
{
    if (tokenizer == NULL)
        return;
    pt_stages_free(&tokenizer->normalizers);
    pt_stages_free(&tokenizer->splitters);
    pt_stages_free(&tokenizer->decoders);
    pt_added_tree_free(&tokenizer->raw_tree);
    pt_added_tree_free(&tokenizer->normalized_tree);
    pt_arena_destroy(tokenizer->arena);
}

enum pt_status pt_tokenizer_save(const struct pt_tokenizer *tokenizer, const char *path,
                                 struct pt_error *error)
{
    return pt_atomic_write_file(path, tokenizer->json, tokenizer->json_length, error);
}

int64_t pt_tokenizer_vocabulary(const struct pt_tokenizer *tokenizer)
{
    return tokenizer->size;
}

const char *pt_tokenizer_token(const struct pt_tokenizer *tokenizer, int64_t id, size_t *ret_length)
{
    if (id < 0 || id >= tokenizer->size || tokenizer->tokens[id].text == NULL)
        return NULL;
    if (ret_length != NULL)
        *ret_length = tokenizer->tokens[id].length;
    return tokenizer->tokens[id].text;
}

int32_t pt_tokenizer_find(const struct pt_tokenizer *tokenizer, const char *text, size_t length)
{
    int32_t id = find_model_token(tokenizer, text, length);
    for (int64_t i = 0; id < 0 && i < tokenizer->added_count; i++) {
        const struct pt_token *token = &tokenizer->tokens[tokenizer->added[i].id];
        if (token->length == length && memcmp(token->text, text, length) == 0)
            id = tokenizer->added[i].id;
    }
    return id;
}
