// Words of a text with their counts, for training BPE.

#include "dataset/tokenizer_train.h"

#include <stdlib.h>
#include <string.h>

static uint32_t hash_word(const char *text, size_t length)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325); // FNV-1a
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)text[i]) * UINT64_C(0x100000001B3);
    return (uint32_t)(hash ^ hash >> 32);
}

static bool grow_words(struct pt_train_words *words)
{
    int64_t capacity = words->capacity == 0 ? 1 << 12 : 2 * words->capacity;
    if (capacity > INT32_MAX / 2)
        return false;
    struct pt_train_word *more = realloc(words->words, (size_t)capacity * sizeof *more);
    if (more == NULL)
        return false;
    words->words = more;
    words->capacity = capacity;
    free(words->slots);
    words->slots = malloc((size_t)capacity * 2 * sizeof *words->slots);
    if (words->slots == NULL)
        return false;
    words->mask = (uint32_t)(2 * capacity - 1);
    memset(words->slots, 0xFF, (size_t)capacity * 2 * sizeof *words->slots);
    for (int64_t i = 0; i < words->count; i++) {
        uint32_t at = words->words[i].hash & words->mask;
        while (words->slots[at] >= 0)
            at = (at + 1) & words->mask;
        words->slots[at] = (int32_t)i;
    }
    return true;
}

static bool count_word(struct pt_train_words *words, const char *text, size_t length)
{
    uint32_t hash = hash_word(text, length);
    if (words->count == words->capacity && !grow_words(words))
        return false;
    uint32_t at = hash & words->mask;
    for (; words->slots[at] >= 0; at = (at + 1) & words->mask) {
        struct pt_train_word *word = &words->words[words->slots[at]];
        if (word->hash == hash && word->length == length && memcmp(word->text, text, length) == 0) {
            word->count++;
            return true;
        }
    }
    words->slots[at] = (int32_t)words->count;
    words->words[words->count++] =
        (struct pt_train_word){.text = text, .length = (uint32_t)length, .hash = hash, .count = 1};
    return true;
}

enum pt_status pt_train_count_words(const char *text, size_t length, struct pt_train_words *words,
                                    struct pt_error *error)
{
    struct pt_pattern *pattern = NULL;
    bool found = true;
    size_t start = 0, end = 0;
    struct pt_arena *arena = pt_arena_create();
    struct pt_matcher *matcher = pt_matcher_create();
    enum pt_status status =
        arena != NULL && matcher != NULL ? PT_OK : pt_tokenizer_no_memory(error);
    if (status == PT_OK)
        status = pt_pattern_compile(arena, PT_GPT2_WORDS, "words of GPT-2", &pattern, error);
    while (status == PT_OK && end < length) { // the pattern leaves nothing out
        status =
            pt_pattern_search(pattern, matcher, text, length, end, &found, &start, &end, error);
        if (status != PT_OK || !found)
            break;
        if (end - start > UINT32_MAX || !count_word(words, text + start, end - start))
            status = pt_tokenizer_no_memory(error);
    }
    pt_pattern_free(pattern);
    pt_matcher_destroy(matcher);
    pt_arena_destroy(arena);
    return status;
}

void pt_train_words_free(struct pt_train_words *words)
{
    free(words->words);
    free(words->slots);
}
