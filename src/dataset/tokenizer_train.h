// What training of BPE counts: words of the text, and pairs of neighbors in them.
#ifndef PT_DATASET_TOKENIZER_TRAIN_H
#define PT_DATASET_TOKENIZER_TRAIN_H

#include "dataset/tokenizer_parts.h"

struct pt_train_word {
    const char *text; // in the caller's text
    uint32_t length;  // bytes; later symbols
    uint32_t hash;
    int64_t count;
    int64_t symbols; // where its ids begin
};
struct pt_train_words {
    struct pt_train_word *words;
    int64_t count, capacity;
    int32_t *slots; // hash table of indices, -1: empty
    uint32_t mask;
};
// Splits a text like GPT-2 and counts each word. Begin with all zero.
enum pt_status pt_train_count_words(const char *text, size_t length, struct pt_train_words *words,
                                    struct pt_error *error);
void pt_train_words_free(struct pt_train_words *words);

struct pt_train_pair {
    uint64_t key; // left << 32 | right
    int64_t count;
    bool merged;     // has its place among the merges
    bool grown;      // stands in the list of those that grew
    int32_t *places; // words that have it, or had
    int32_t place_count, place_capacity;
};
// A pair and its count when it was put in, which may be another one by now.
struct pt_train_candidate {
    int64_t count;
    uint64_t key;
};
// All pairs by key, and a heap of candidates: the largest count first, then the smaller pair.
struct pt_train_pairs {
    struct pt_train_pair *pairs;
    int64_t count, capacity;
    int64_t *slots; // hash table of indices, -1: empty
    uint64_t mask;
    struct pt_train_candidate *heap;
    int64_t heap_count, heap_capacity;
    int64_t *grown; // indices of the pairs whose count grew since the last _push_grown
    int64_t grown_count, grown_capacity;
};
// The pair, made if it is new, which moves all others; NULL: out of memory.
struct pt_train_pair *pt_train_pair(struct pt_train_pairs *pairs, int32_t left, int32_t right);
// Counts it in a word so often more. False, here and below: out of memory.
bool pt_train_change(struct pt_train_pairs *pairs, int32_t left, int32_t right, int64_t change,
                     int32_t word);
bool pt_train_push(struct pt_train_pairs *pairs, struct pt_train_candidate item);
// Makes candidates of the pairs that grew.
bool pt_train_push_grown(struct pt_train_pairs *pairs);
struct pt_train_candidate pt_train_pop(struct pt_train_pairs *pairs); // of a heap that is not empty
void pt_train_pairs_free(struct pt_train_pairs *pairs);

#endif
