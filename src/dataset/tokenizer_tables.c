// The tables of a tokenizer: growing texts and lists, ids by text, merges by pair, added tokens.

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "dataset/tokenizer_parts.h"

enum pt_status pt_tokenizer_no_memory(struct pt_error *error)
{
    return pt_fail(error, PT_NO_MEMORY, "no memory for the tokens");
}

bool pt_text_reserve(struct pt_text *text, size_t more)
{
    size_t need = text->length + more;
    if (need < more)
        return false;
    if (need <= text->capacity)
        return true;
    size_t capacity = text->capacity + text->capacity / 2;
    if (capacity < need)
        capacity = need < 64 ? 64 : need;
    char *bytes = realloc(text->bytes, capacity);
    if (bytes == NULL)
        return false;
    text->bytes = bytes;
    text->capacity = capacity;
    return true;
}

bool pt_text_append(struct pt_text *text, const char *bytes, size_t length)
{
    if (!pt_text_reserve(text, length))
        return false;
    if (length > 0)
        memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    return true;
}

bool pt_text_append_character(struct pt_text *text, uint32_t character)
{
    char bytes[4];
    return pt_text_append(text, bytes, (size_t)pt_utf8_encode(character, bytes));
}

void pt_text_free(struct pt_text *text)
{
    free(text->bytes);
    *text = (struct pt_text){0};
}

// How many bytes at text are the beginning of a character that then goes wrong: what becomes one
// U+FFFD. Unicode 15.0, 3.9, "U+FFFD Substitution of Maximal Subparts"; at least 1.
static size_t wrong_length(const char *text, size_t left)
{
    unsigned char lead = (unsigned char)text[0], second = left > 1 ? (unsigned char)text[1] : 0;
    size_t need = lead >= 0xC2 && lead < 0xE0   ? 2
                  : lead >= 0xE0 && lead < 0xF0 ? 3
                  : lead >= 0xF0 && lead < 0xF5 ? 4
                                                : 1;
    unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (need == 1 || second < low || second > high)
        return 1;
    size_t length = 2;
    while (length < need && length < left && ((unsigned char)text[length] & 0xC0) == 0x80)
        length++;
    return length;
}

bool pt_text_append_repaired(struct pt_text *text, const char *bytes, size_t length)
{
    size_t before = text->length;
    for (size_t at = 0; at < length;) {
        size_t valid = pt_utf8_valid(bytes + at, length - at);
        bool done = pt_text_append(text, bytes + at, valid);
        at += valid;
        if (done && at < length) {
            done = pt_text_append_character(text, 0xFFFD);
            at += wrong_length(bytes + at, length - at);
        }
        if (!done) {
            text->length = before;
            return false;
        }
    }
    return true;
}

bool pt_tokens_reserve(struct pt_tokens *tokens, int64_t more)
{
    int64_t need = tokens->count + more;
    if (need <= tokens->capacity)
        return true;
    int64_t capacity = tokens->capacity + tokens->capacity / 2;
    if (capacity < need)
        capacity = need < 64 ? 64 : need;
    int32_t *ids = realloc(tokens->ids, (size_t)capacity * sizeof *ids);
    if (ids == NULL)
        return false;
    tokens->ids = ids;
    tokens->capacity = capacity;
    return true;
}

bool pt_tokens_append(struct pt_tokens *tokens, int32_t id)
{
    if (tokens->count == tokens->capacity && !pt_tokens_reserve(tokens, 1))
        return false;
    tokens->ids[tokens->count++] = id;
    return true;
}

void pt_tokens_free(struct pt_tokens *tokens)
{
    free(tokens->ids);
    *tokens = (struct pt_tokens){0};
}

static uint32_t hash_text(const char *text, size_t length)
{
    const uint64_t factor = UINT64_C(0x9E3779B97F4A7C15);
    uint64_t hash = length * factor, word;
    for (; length >= 8; text += 8, length -= 8) {
        memcpy(&word, text, 8);
        hash = (hash ^ word) * factor;
        hash ^= hash >> 29;
    }
    word = 0;
    memcpy(&word, text, length);
    hash = (hash ^ word) * factor;
    return (uint32_t)(hash >> 32);
}

// The smallest power of two of at least twice count.
static size_t table_size(int64_t count)
{
    size_t size = 16;
    while (size < (size_t)count * 2)
        size *= 2;
    return size;
}

bool pt_token_index_create(struct pt_arena *arena, int64_t count, struct pt_token_index *index)
{
    size_t size = table_size(count);
    index->slots = pt_arena_alloc(arena, size, sizeof *index->slots);
    if (index->slots == NULL)
        return false;
    index->mask = (uint32_t)(size - 1);
    for (size_t i = 0; i < size; i++)
        index->slots[i].id = -1;
    return true;
}

// The slot of the text, or the empty one where it belongs.
static struct pt_token_slot *find_slot(const struct pt_token_index *index,
                                       const struct pt_token *tokens, const char *text,
                                       size_t length, uint32_t hash)
{
    for (uint32_t at = hash & index->mask;; at = (at + 1) & index->mask) {
        struct pt_token_slot *slot = &index->slots[at];
        if (slot->id < 0)
            return slot;
        const struct pt_token *token = &tokens[slot->id];
        if (slot->hash == hash && token->length == length && memcmp(token->text, text, length) == 0)
            return slot;
    }
}

int32_t pt_token_index_find(const struct pt_token_index *index, const struct pt_token *tokens,
                            const char *text, size_t length)
{
    return find_slot(index, tokens, text, length, hash_text(text, length))->id;
}

int32_t pt_token_index_insert(struct pt_token_index *index, const struct pt_token *tokens,
                              int32_t id)
{
    uint32_t hash = hash_text(tokens[id].text, tokens[id].length);
    struct pt_token_slot *slot = find_slot(index, tokens, tokens[id].text, tokens[id].length, hash);
    if (slot->id >= 0)
        return slot->id;
    *slot = (struct pt_token_slot){hash, id};
    return -1;
}

bool pt_merge_index_create(struct pt_arena *arena, int64_t count, struct pt_merge_index *index)
{
    size_t size = table_size(count);
    index->slots = pt_arena_alloc(arena, size, sizeof *index->slots);
    if (index->slots == NULL)
        return false;
    index->mask = size - 1;
    for (size_t i = 0; i < size; i++)
        index->slots[i].merge = PT_NO_MERGE;
    return true;
}

void pt_merge_index_put(struct pt_merge_index *index, int32_t left, int32_t right, uint64_t merge)
{
    uint64_t pair = (uint64_t)(uint32_t)left << 32 | (uint32_t)right;
    uint64_t at = pt_merge_hash(pair) & index->mask;
    while (index->slots[at].merge != PT_NO_MERGE && index->slots[at].pair != pair)
        at = (at + 1) & index->mask;
    index->count += index->slots[at].merge == PT_NO_MERGE;
    index->slots[at] = (struct pt_merge_slot){pair, merge};
}

void pt_added_tree_free(struct pt_added_tree *tree)
{
    free(tree->nodes);
}

bool pt_added_tree_reserve(struct pt_added_tree *tree, size_t length)
{
    size_t need = (size_t)tree->count + length + 1; // 1: the root
    if (need <= (size_t)tree->capacity)
        return true;
    size_t capacity = need < 1024 ? 1024 : 2 * need;
    if (need < length || capacity > INT32_MAX)
        return false;
    struct pt_added_node *nodes = realloc(tree->nodes, capacity * sizeof *nodes);
    if (nodes == NULL)
        return false;
    tree->nodes = nodes;
    tree->capacity = (int32_t)capacity;
    if (tree->count == 0)
        tree->nodes[tree->count++] = (struct pt_added_node){0, -1, -1, -1};
    return true;
}

static int32_t find_child(const struct pt_added_tree *tree, int32_t node, uint8_t byte)
{
    int32_t child = tree->nodes[node].child;
    while (child >= 0 && tree->nodes[child].byte != byte)
        child = tree->nodes[child].sibling;
    return child;
}

int32_t pt_added_tree_insert(struct pt_added_tree *tree, const char *text, size_t length,
                             int32_t added)
{
    int32_t node = 0;
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = (uint8_t)text[i];
        int32_t child = find_child(tree, node, byte);
        if (child < 0) {
            child = tree->count++;
            tree->nodes[child] = (struct pt_added_node){byte, -1, tree->nodes[node].child, -1};
            tree->nodes[node].child = child;
        }
        node = child;
    }
    if (tree->nodes[node].added >= 0)
        return tree->nodes[node].added;
    tree->nodes[node].added = added;
    tree->first[(uint8_t)text[0]] = true;
    return -1;
}

int32_t pt_added_tree_match(const struct pt_added_tree *tree, const char *text, size_t left,
                            size_t *ret_length)
{
    int32_t node = 0, found = -1;
    for (size_t i = 0; i < left; i++) {
        node = find_child(tree, node, (uint8_t)text[i]);
        if (node < 0)
            break;
        if (tree->nodes[node].added >= 0) {
            found = tree->nodes[node].added;
            *ret_length = i + 1;
        }
    }
    return found;
}
