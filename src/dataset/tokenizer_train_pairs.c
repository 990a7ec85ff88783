// Pairs of neighbors with their counts and places, for training BPE.

#include <stdlib.h>
#include <string.h>

#include "dataset/tokenizer_train.h"

static bool grow_pairs(struct pt_train_pairs *pairs)
{
    int64_t capacity = pairs->capacity == 0 ? 1 << 12 : 2 * pairs->capacity;
    struct pt_train_pair *more = realloc(pairs->pairs, (size_t)capacity * sizeof *more);
    if (more == NULL)
        return false;
    pairs->pairs = more;
    pairs->capacity = capacity;
    free(pairs->slots);
    pairs->slots = malloc((size_t)capacity * 2 * sizeof *pairs->slots);
    if (pairs->slots == NULL)
        return false;
    pairs->mask = (uint64_t)(2 * capacity - 1);
    memset(pairs->slots, 0xFF, (size_t)capacity * 2 * sizeof *pairs->slots);
    for (int64_t i = 0; i < pairs->count; i++) {
        uint64_t at = pt_merge_hash(more[i].key) & pairs->mask;
        while (pairs->slots[at] >= 0)
            at = (at + 1) & pairs->mask;
        pairs->slots[at] = i;
    }
    return true;
}

// The pair, made if it is new; NULL: out of memory.
struct pt_train_pair *pt_train_pair(struct pt_train_pairs *pairs, int32_t left, int32_t right)
{
    uint64_t key = (uint64_t)(uint32_t)left << 32 | (uint32_t)right;
    if (pairs->count == pairs->capacity && !grow_pairs(pairs))
        return NULL;
    uint64_t at = pt_merge_hash(key) & pairs->mask;
    for (; pairs->slots[at] >= 0; at = (at + 1) & pairs->mask)
        if (pairs->pairs[pairs->slots[at]].key == key)
            return &pairs->pairs[pairs->slots[at]];
    pairs->slots[at] = pairs->count;
    struct pt_train_pair *pair = &pairs->pairs[pairs->count++];
    *pair = (struct pt_train_pair){.key = key};
    return pair;
}

static bool add_place(struct pt_train_pair *pair, int32_t word)
{
    if (pair->place_count > 0 && pair->places[pair->place_count - 1] == word)
        return true;
    if (pair->place_capacity > INT32_MAX / 2)
        return false;
    if (pair->place_count == pair->place_capacity) {
        int32_t capacity = pair->place_capacity == 0 ? 4 : 2 * pair->place_capacity;
        int32_t *places = realloc(pair->places, (size_t)capacity * sizeof *places);
        if (places == NULL)
            return false;
        pair->places = places;
        pair->place_capacity = capacity;
    }
    pair->places[pair->place_count++] = word;
    return true;
}

// Once, however often it grows: candidates are costly.
static bool note_grown(struct pt_train_pairs *pairs, struct pt_train_pair *pair)
{
    if (pair->grown)
        return true;
    if (pairs->grown_count == pairs->grown_capacity) {
        int64_t capacity = pairs->grown_capacity == 0 ? 1 << 10 : 2 * pairs->grown_capacity;
        int64_t *grown = realloc(pairs->grown, (size_t)capacity * sizeof *grown);
        if (grown == NULL)
            return false;
        pairs->grown = grown;
        pairs->grown_capacity = capacity;
    }
    pairs->grown[pairs->grown_count++] = pair - pairs->pairs;
    pair->grown = true;
    return true;
}

bool pt_train_change(struct pt_train_pairs *pairs, int32_t left, int32_t right, int64_t change,
                     int32_t word)
{
    struct pt_train_pair *pair = pt_train_pair(pairs, left, right);
    if (pair == NULL)
        return false;
    pair->count += change;
    return change < 0 || (note_grown(pairs, pair) && add_place(pair, word));
}

// The larger count first, then the smaller pair.
static bool is_before(const struct pt_train_candidate *a, const struct pt_train_candidate *b)
{
    return a->count != b->count ? a->count > b->count : a->key < b->key;
}

bool pt_train_push(struct pt_train_pairs *pairs, struct pt_train_candidate item)
{
    if (pairs->heap_count == pairs->heap_capacity) {
        int64_t capacity = pairs->heap_capacity == 0 ? 1 << 12 : 2 * pairs->heap_capacity;
        struct pt_train_candidate *heap = realloc(pairs->heap, (size_t)capacity * sizeof *heap);
        if (heap == NULL)
            return false;
        pairs->heap = heap;
        pairs->heap_capacity = capacity;
    }
    struct pt_train_candidate *heap = pairs->heap;
    int64_t at = pairs->heap_count++;
    for (; at > 0 && is_before(&item, &heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = item;
    return true;
}

bool pt_train_push_grown(struct pt_train_pairs *pairs)
{
    bool done = true;
    for (int64_t i = 0; i < pairs->grown_count && done; i++) {
        struct pt_train_pair *pair = &pairs->pairs[pairs->grown[i]];
        pair->grown = false;
        if (pair->count > 0)
            done = pt_train_push(pairs, (struct pt_train_candidate){pair->count, pair->key});
    }
    pairs->grown_count = 0;
    return done;
}

struct pt_train_candidate pt_train_pop(struct pt_train_pairs *pairs)
{
    struct pt_train_candidate *heap = pairs->heap, top = heap[0];
    int64_t count = --pairs->heap_count, at = 0;
    struct pt_train_candidate last = heap[count];
    for (int64_t child; (child = 2 * at + 1) < count; at = child) {
        child += child + 1 < count && is_before(&heap[child + 1], &heap[child]);
        if (!is_before(&heap[child], &last))
            break;
        heap[at] = heap[child];
    }
    heap[at] = last;
    return top;
}

void pt_train_pairs_free(struct pt_train_pairs *pairs)
{
    for (int64_t i = 0; i < pairs->count; i++)
        free(pairs->pairs[i].places);
    free(pairs->pairs);
    free(pairs->slots);
    free(pairs->heap);
    free(pairs->grown);
}
