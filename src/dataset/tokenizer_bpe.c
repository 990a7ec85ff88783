// Byte-pair encoding of one word: its characters become ids, then pairs of neighbors merge, always
// the pair of lowest rank, the leftmost of equal ones, until no pair can.
// Source: Sennrich et al. 2016, arXiv:1508.07909; models/bpe/ of HuggingFace tokenizers.
//
// Short words look for the lowest rank by going over all pairs; long ones keep a heap, so that a
// megabyte without a blank takes n log n steps. Short words that were seen are remembered.

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "dataset/tokenizer_parts.h"

enum { SHORT_WORD = 48 }; // symbols

// ----------------------------------------------------------------------------- words to symbols
static enum pt_status fail_unknown(const struct pt_encoder *encoder, const char *text,
                                   size_t length)
{
    char hex[3 * 4 + 1] = "";
    for (size_t i = 0; i < length && i < 4; i++)
        snprintf(hex + 3 * i, 4, " %02x", (unsigned char)text[i]);
    return pt_fail(encoder->error, PT_BAD_INPUT,
                   "%s: the vocabulary has no token for the character \"%.*s\" (bytes%s) and no "
                   "unknown token; use a byte-level tokenizer or change the text",
                   encoder->tokenizer->name, (int)length, text, hex);
}

// Unknown characters wait, because a run of them may become one token.
struct symbols {
    struct pt_encoder *encoder;
    bool unknown_waits;
};

static bool flush_unknown(struct symbols *symbols)
{
    if (!symbols->unknown_waits)
        return true;
    symbols->unknown_waits = false;
    return pt_tokens_append(&symbols->encoder->symbols, symbols->encoder->tokenizer->unknown_id);
}

static enum pt_status add_unknown(struct symbols *symbols, const char *text, size_t length)
{
    const struct pt_tokenizer *tokenizer = symbols->encoder->tokenizer;
    if (tokenizer->unknown_id < 0)
        return fail_unknown(symbols->encoder, text, length);
    if (!tokenizer->fuse_unknown && !flush_unknown(symbols))
        return pt_tokenizer_no_memory(symbols->encoder->error);
    symbols->unknown_waits = true;
    return PT_OK;
}

// A character with the prefix of those that continue and the suffix of the last one around it.
static const char *decorate(struct pt_encoder *encoder, const char *text, size_t *length,
                            bool is_first, bool is_last)
{
    const struct pt_tokenizer *tokenizer = encoder->tokenizer;
    struct pt_text *key = &encoder->key;
    size_t prefix = is_first ? 0 : tokenizer->prefix_length;
    size_t suffix = is_last ? tokenizer->suffix_length : 0;
    if (prefix + suffix == 0)
        return text;
    key->length = 0;
    if (!pt_text_append(key, tokenizer->prefix, prefix) || !pt_text_append(key, text, *length) ||
        !pt_text_append(key, tokenizer->suffix, suffix))
        return NULL;
    *length = key->length;
    return key->bytes;
}

static enum pt_status add_character(struct symbols *symbols, const char *text, size_t length,
                                    bool is_first, bool is_last)
{
    struct pt_encoder *encoder = symbols->encoder;
    const struct pt_tokenizer *tokenizer = encoder->tokenizer;
    size_t key_length = length;
    const char *key = decorate(encoder, text, &key_length, is_first, is_last);
    if (key == NULL)
        return pt_tokenizer_no_memory(encoder->error);
    int32_t id = pt_token_index_find(&tokenizer->index, tokenizer->tokens, key, key_length);
    bool added = true;
    if (id >= 0) {
        added = flush_unknown(symbols) && pt_tokens_append(&encoder->symbols, id);
        return added ? PT_OK : pt_tokenizer_no_memory(encoder->error);
    }
    // The original falls back to the bytes of what it looked for, prefix and suffix included.
    if (tokenizer->byte_fallback) {
        int64_t before = encoder->symbols.count;
        bool whole = true;
        for (size_t i = 0; i < key_length && whole && added; i++) {
            int32_t byte_id = tokenizer->fallback_ids[(uint8_t)key[i]];
            whole = byte_id >= 0;
            added = !whole || pt_tokens_append(&encoder->symbols, byte_id);
        }
        if (!added)
            return pt_tokenizer_no_memory(encoder->error);
        if (whole)
            return PT_OK;
        encoder->symbols.count = before;
    }
    return add_unknown(symbols, text, length);
}

static enum pt_status characters_to_symbols(struct pt_encoder *encoder, const char *word,
                                            size_t length)
{
    struct symbols symbols = {encoder, false};
    enum pt_status status = PT_OK;
    uint32_t character;
    for (size_t at = 0; at < length && status == PT_OK;) {
        size_t size = (size_t)pt_utf8_decode(word + at, length - at, &character);
        status = add_character(&symbols, word + at, size, at == 0, at + size == length);
        at += size;
    }
    if (status == PT_OK && !flush_unknown(&symbols))
        status = pt_tokenizer_no_memory(encoder->error);
    return status;
}

static enum pt_status bytes_to_symbols(struct pt_encoder *encoder, const char *word, size_t length)
{
    struct symbols symbols = {encoder, false};
    for (size_t i = 0; i < length; i++) {
        int32_t id = encoder->tokenizer->byte_ids[i == 0][i + 1 == length][(uint8_t)word[i]];
        enum pt_status status = PT_OK;
        if (id < 0)
            status = add_unknown(&symbols, word + i, 1);
        else if (!flush_unknown(&symbols) || !pt_tokens_append(&encoder->symbols, id))
            status = pt_tokenizer_no_memory(encoder->error);
        if (status != PT_OK)
            return status;
    }
    return flush_unknown(&symbols) ? PT_OK : pt_tokenizer_no_memory(encoder->error);
}

// -------------------------------------------------------------------------------------- merging
// All pairs are looked up once, then only those beside a merge. Returns how many symbols are left.
static int merge_short(const struct pt_merge_index *merges, int32_t *ids, int count)
{
    uint64_t pairs[SHORT_WORD]; // of i and i + 1
    for (int i = 0; i + 1 < count; i++)
        pairs[i] = pt_merge_find(merges, ids[i], ids[i + 1]);
    for (;;) {
        uint64_t lowest = PT_NO_MERGE;
        int at = 0;
        for (int i = 0; i + 1 < count; i++)
            if (pairs[i] < lowest) {
                lowest = pairs[i];
                at = i;
            }
        if (lowest == PT_NO_MERGE)
            return count;
        ids[at] = (int32_t)(uint32_t)lowest;
        count--;
        memmove(ids + at + 1, ids + at + 2, (size_t)(count - at - 1) * sizeof *ids);
        memmove(pairs + at, pairs + at + 1, (size_t)(count - at - 1) * sizeof *pairs);
        if (at + 1 < count)
            pairs[at] = pt_merge_find(merges, ids[at], ids[at + 1]);
        if (at > 0)
            pairs[at - 1] = pt_merge_find(merges, ids[at - 1], ids[at]);
    }
}

// A heap of rank << 32 | place of the left symbol.
static bool push(struct pt_encoder *encoder, uint64_t item)
{
    if (encoder->heap_count == encoder->heap_capacity) {
        int64_t capacity = encoder->heap_capacity < 256 ? 256 : 2 * encoder->heap_capacity;
        uint64_t *heap = realloc(encoder->heap, (size_t)capacity * sizeof *heap);
        if (heap == NULL)
            return false;
        encoder->heap = heap;
        encoder->heap_capacity = capacity;
    }
    int64_t at = encoder->heap_count++;
    for (; at > 0 && encoder->heap[(at - 1) / 2] > item; at = (at - 1) / 2)
        encoder->heap[at] = encoder->heap[(at - 1) / 2];
    encoder->heap[at] = item;
    return true;
}

static uint64_t pop(struct pt_encoder *encoder)
{
    uint64_t *heap = encoder->heap, top = heap[0];
    int64_t count = --encoder->heap_count, at = 0;
    uint64_t last = heap[count];
    for (int64_t child; (child = 2 * at + 1) < count; at = child) {
        child += child + 1 < count && heap[child + 1] < heap[child];
        if (heap[child] >= last)
            break;
        heap[at] = heap[child];
    }
    heap[at] = last;
    return top;
}

static bool push_pair(struct pt_encoder *encoder, int32_t left, int32_t right)
{
    const int32_t *ids = encoder->symbols.ids;
    uint64_t merge = pt_merge_find(&encoder->tokenizer->merges, ids[left], ids[right]);
    return merge == PT_NO_MERGE || push(encoder, (merge >> 32) << 32 | (uint32_t)left);
}

static bool reserve_links(struct pt_encoder *encoder, int64_t count)
{
    if (2 * count <= encoder->links_capacity)
        return true;
    int32_t *links = realloc(encoder->links, (size_t)(2 * count) * sizeof *links);
    if (links == NULL)
        return false;
    encoder->links = links;
    encoder->links_capacity = 2 * count;
    return true;
}

// Symbols are a linked list in place: what is merged away gets the id -1, which no pair has.
static bool merge_linked(struct pt_encoder *encoder, int32_t count)
{
    int32_t *ids = encoder->symbols.ids, *previous = encoder->links;
    int32_t *next = encoder->links + count;
    encoder->heap_count = 0;
    for (int32_t i = 0; i < count; i++) {
        previous[i] = i - 1;
        next[i] = i + 1;
    }
    for (int32_t i = 0; i + 1 < count; i++)
        if (!push_pair(encoder, i, i + 1))
            return false;
    while (encoder->heap_count > 0) {
        uint64_t top = pop(encoder);
        int32_t left = (int32_t)(uint32_t)top, right = next[left];
        if (ids[left] < 0 || right == count)
            continue;
        uint64_t merge = pt_merge_find(&encoder->tokenizer->merges, ids[left], ids[right]);
        if (merge == PT_NO_MERGE || merge >> 32 != top >> 32)
            continue; // the pair has changed since
        ids[left] = (int32_t)(uint32_t)merge;
        ids[right] = -1;
        next[left] = next[right];
        if (next[left] < count)
            previous[next[left]] = left;
        if (next[left] < count && !push_pair(encoder, left, next[left]))
            return false;
        if (previous[left] >= 0 && !push_pair(encoder, previous[left], left))
            return false;
    }
    return true;
}

static enum pt_status merge_long(struct pt_encoder *encoder)
{
    struct pt_tokens *symbols = &encoder->symbols;
    if (symbols->count >= INT32_MAX)
        return pt_fail(encoder->error, PT_OVERFLOW,
                       "a word of %" PRId64 " characters is too long to encode", symbols->count);
    if (!reserve_links(encoder, symbols->count) || !merge_linked(encoder, (int32_t)symbols->count))
        return pt_tokenizer_no_memory(encoder->error);
    int64_t kept = 0;
    for (int64_t i = 0; i < symbols->count; i++)
        if (symbols->ids[i] >= 0)
            symbols->ids[kept++] = symbols->ids[i];
    symbols->count = kept;
    return PT_OK;
}

static enum pt_status append_symbols(struct pt_encoder *encoder)
{
    for (int64_t i = 0; i < encoder->symbols.count; i++)
        if (!pt_tokens_append(encoder->out, encoder->symbols.ids[i]))
            return pt_tokenizer_no_memory(encoder->error);
    return PT_OK;
}

static enum pt_status encode_new_word(struct pt_encoder *encoder, const char *word, size_t length)
{
    struct pt_tokens *symbols = &encoder->symbols;
    symbols->count = 0;
    enum pt_status status = encoder->tokenizer->byte_level
                                ? bytes_to_symbols(encoder, word, length)
                                : characters_to_symbols(encoder, word, length);
    if (status != PT_OK || encoder->tokenizer->merges.count == 0)
        return status;
    if (symbols->count > SHORT_WORD)
        return merge_long(encoder);
    if (symbols->count > 1)
        symbols->count =
            merge_short(&encoder->tokenizer->merges, symbols->ids, (int)symbols->count);
    return PT_OK;
}

// ---------------------------------------------------------------------------------- known words
// FNV-1a on eight bytes at a time; words of at most 22 bytes.
static uint32_t cache_place(const char *word, size_t length)
{
    uint64_t hash = length * UINT64_C(0x9E3779B97F4A7C15), part;
    for (; length >= 8; word += 8, length -= 8) {
        memcpy(&part, word, 8);
        hash = (hash ^ part) * UINT64_C(0x100000001B3);
        hash ^= hash >> 31;
    }
    part = 0;
    memcpy(&part, word, length);
    hash = (hash ^ part) * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(hash >> 40) % PT_CACHE_SLOTS;
}

static void remember(struct pt_cached_word *known, const char *word, size_t length,
                     const struct pt_tokens *symbols)
{
    if (symbols->count > PT_CACHE_IDS)
        return;
    known->length = (uint8_t)length;
    known->count = (uint8_t)symbols->count;
    memcpy(known->text, word, length);
    memcpy(known->ids, symbols->ids, (size_t)symbols->count * sizeof *symbols->ids);
}

static enum pt_status recall(struct pt_encoder *encoder, const struct pt_cached_word *known)
{
    for (int i = 0; i < known->count; i++)
        if (!pt_tokens_append(encoder->out, known->ids[i]))
            return pt_tokenizer_no_memory(encoder->error);
    return PT_OK;
}

static enum pt_status encode_part(struct pt_encoder *encoder, const char *word, size_t length)
{
    struct pt_cached_word *known = NULL;
    if (encoder->cache == NULL) {
        encoder->cache = calloc(PT_CACHE_SLOTS, sizeof *encoder->cache);
        if (encoder->cache == NULL)
            return pt_tokenizer_no_memory(encoder->error);
    }
    if (length <= sizeof known->text) {
        known = &encoder->cache[cache_place(word, length)];
        if (known->length == length && memcmp(known->text, word, length) == 0)
            return recall(encoder, known);
    }
    enum pt_status status = encode_new_word(encoder, word, length);
    if (status == PT_OK && known != NULL)
        remember(known, word, length, &encoder->symbols);
    return status == PT_OK ? append_symbols(encoder) : status;
}

// A file like Llama 2's has no pre-tokenizer: a whole text is one word. Where no token has anything
// but ▁ before a ▁, no merge crosses the place before a ▁ that follows something else, so the parts
// between such places become the same ids by themselves, and are short and soon known.
static enum pt_status encode_parts(struct pt_encoder *encoder, const char *word, size_t length)
{
    const char *mark = encoder->tokenizer->boundary;
    size_t size = encoder->tokenizer->boundary_length, begin = 0, from = 0;
    enum pt_status status = PT_OK;
    while (status == PT_OK && from < length) {
        const char *found = memmem(word + from, length - from, mark, size);
        if (found == NULL)
            break;
        size_t place = (size_t)(found - word);
        if (place > from) { // from is behind a mark or the beginning
            status = encode_part(encoder, word + begin, place - begin);
            begin = place;
        }
        from = place + size;
    }
    return status == PT_OK ? encode_part(encoder, word + begin, length - begin) : status;
}

enum pt_status pt_encode_bpe(struct pt_encoder *encoder, const char *word, size_t length)
{
    const struct pt_tokenizer *tokenizer = encoder->tokenizer;
    if (tokenizer->boundary != NULL)
        return encode_parts(encoder, word, length);
    return encode_part(encoder, word, length);
}
