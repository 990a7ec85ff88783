// What the files of the tokenizer share.
#ifndef PT_DATASET_TOKENIZER_PARTS_H
#define PT_DATASET_TOKENIZER_PARTS_H

#include "base/node.h"
#include "dataset/tokenizer.h"

bool pt_text_append_character(struct pt_text *text, uint32_t character); // like pt_text_append
enum pt_status pt_tokenizer_no_memory(struct pt_error *error);

// ------------------------------------------------------------------------- vocabulary and merges
struct pt_token {
    const char *text;    // NULL: no such id
    const char *decoded; // an added token that was normalized: what decoding sees; else NULL
    uint32_t length, decoded_length;
    bool special; // an added token that is special
};

// A hash table from text to id, with linear probing; at most half full.
struct pt_token_index {
    struct pt_token_slot {
        uint32_t hash;
        int32_t id; // -1: empty
    } * slots;
    uint32_t mask;
};
bool pt_token_index_create(struct pt_arena *arena, int64_t count, struct pt_token_index *index);
int32_t pt_token_index_find(const struct pt_token_index *index, const struct pt_token *tokens,
                            const char *text, size_t length);
// The id that has this text already, or -1 after it was put in. tokens[id] is set before.
int32_t pt_token_index_insert(struct pt_token_index *index, const struct pt_token *tokens,
                              int32_t id);

// Merges by pair of ids: rank << 32 | the id of what they become.
struct pt_merge_index {
    struct pt_merge_slot {
        uint64_t pair; // left << 32 | right
        uint64_t merge;
    } * slots;
    uint64_t mask;
    int64_t count;
};
#define PT_NO_MERGE UINT64_MAX
bool pt_merge_index_create(struct pt_arena *arena, int64_t count, struct pt_merge_index *index);
void pt_merge_index_put(struct pt_merge_index *index, int32_t left, int32_t right, uint64_t merge);

static inline uint64_t pt_merge_hash(uint64_t pair)
{
    pair *= UINT64_C(0x9E3779B97F4A7C15);
    return pair ^ pair >> 32;
}

static inline uint64_t pt_merge_find(const struct pt_merge_index *index, int32_t left,
                                     int32_t right)
{
    uint64_t pair = (uint64_t)(uint32_t)left << 32 | (uint32_t)right;
    uint64_t at = pt_merge_hash(pair) & index->mask;
    while (index->slots[at].merge != PT_NO_MERGE && index->slots[at].pair != pair)
        at = (at + 1) & index->mask;
    return index->slots[at].merge;
}

// --------------------------------------------------------------------------------- added tokens
struct pt_added_token {
    int32_t id;
    bool single_word, strip_left, strip_right, normalized, special;
};
// A tree of bytes; children of a node are a list. All zero at first.
struct pt_added_node {
    uint8_t byte;
    int32_t child, sibling; // -1: none
    int32_t added;          // index of the token that ends here; -1: none
};
struct pt_added_tree {
    struct pt_added_node *nodes; // [0] is the root
    int32_t count, capacity;
    bool first[256]; // bytes with which a token begins
};
void pt_added_tree_free(struct pt_added_tree *tree);
// Room for a text of so many bytes; false: out of memory.
bool pt_added_tree_reserve(struct pt_added_tree *tree, size_t length);
// The index of a token of the same text, or -1 after this one was put in.
int32_t pt_added_tree_insert(struct pt_added_tree *tree, const char *text, size_t length,
                             int32_t added);
// The longest token at text; -1: none.
int32_t pt_added_tree_match(const struct pt_added_tree *tree, const char *text, size_t left,
                            size_t *ret_length);

// --------------------------------------------------------------------------------------- stages
enum pt_split_behavior {
    PT_SPLIT_REMOVED,
    PT_SPLIT_ISOLATED,
    PT_SPLIT_MERGED_WITH_PREVIOUS,
    PT_SPLIT_MERGED_WITH_NEXT,
    PT_SPLIT_CONTIGUOUS,
};

// What is searched for: a text, or a regular expression compiled by PCRE2.
struct pt_pattern {
    const char *text; // a text, or NULL
    size_t length;
    void *code; // of PCRE2
    bool has_machine_code;
};
enum pt_status pt_pattern_compile(struct pt_arena *arena, const char *expression, const char *place,
                                  struct pt_pattern **ret_pattern, struct pt_error *error);
enum pt_status pt_pattern_literal(struct pt_arena *arena, const char *text, size_t length,
                                  struct pt_pattern **ret_pattern, struct pt_error *error);
void pt_pattern_free(struct pt_pattern *pattern);
// Source: https://github.com/openai/gpt-2, src/encoder.py; ids of ByteLevel depend on it.
#define PT_GPT2_WORDS                                                                              \
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"
// Per thread.
struct pt_matcher;
struct pt_matcher *pt_matcher_create(void);
void pt_matcher_destroy(struct pt_matcher *matcher);
// The next match at or behind from; *ret_found false if there is none. text is valid UTF-8.
enum pt_status pt_pattern_search(const struct pt_pattern *pattern, struct pt_matcher *matcher,
                                 const char *text, size_t length, size_t from, bool *ret_found,
                                 size_t *ret_start, size_t *ret_end, struct pt_error *error);

enum pt_stage_kind {
    // normalizers
    PT_STAGE_NFC,
    PT_STAGE_NFD,
    PT_STAGE_NFKC,
    PT_STAGE_NFKD,
    PT_STAGE_LOWERCASE,
    PT_STAGE_PREPEND,
    PT_STAGE_REPLACE, // a decoder, too
    PT_STAGE_STRIP,
    PT_STAGE_STRIP_ACCENTS,
    PT_STAGE_CLEAN,         // of BERT: no control characters, every blank becomes ' '
    PT_STAGE_SPACE_CHINESE, // of BERT
    PT_STAGE_STRIP_MARKS,   // of BERT, after NFD
    // pre-tokenizers
    PT_STAGE_BYTE_LEVEL, // a decoder, too
    PT_STAGE_SPLIT,
    PT_STAGE_SPLIT_CLASS, // at characters of a class
    PT_STAGE_WORDS,       // \w+|[^\w\s]+
    PT_STAGE_METASPACE,   // a decoder, too
    // decoders
    PT_STAGE_BYTE_FALLBACK,
    PT_STAGE_FUSE,
    PT_STAGE_STRIP_CHARACTER,
    PT_STAGE_WORDPIECE,
    PT_STAGE_SUFFIX,
};
enum pt_prepend { PT_PREPEND_NEVER, PT_PREPEND_FIRST, PT_PREPEND_ALWAYS };
enum pt_character_class { PT_CLASS_SPACE, PT_CLASS_NUMERIC, PT_CLASS_PUNCTUATION, PT_CLASS_ONE };

struct pt_stage {
    enum pt_stage_kind kind;
    const char *text; // what is put in, stands for a blank, marks a part of a word
    size_t text_length;
    struct pt_pattern *pattern;
    enum pt_split_behavior behavior;
    enum pt_character_class class;
    uint32_t character;
    enum pt_prepend prepend; // of a blank: BYTE_LEVEL, METASPACE
    bool invert, split, cleanup, left, right;
    int64_t start, stop; // most characters that STRIP_CHARACTER takes
};
enum { PT_STAGES_MAX = 32 };
struct pt_stages {
    struct pt_stage stage[PT_STAGES_MAX];
    int count;
};

// Appends what the node describes; a null or absent node is nothing.
enum pt_status pt_stages_read_normalizer(struct pt_arena *arena, const struct pt_node *node,
                                         struct pt_stages *stages, struct pt_error *error);
enum pt_status pt_stages_read_pre_tokenizer(struct pt_arena *arena, const struct pt_node *node,
                                            struct pt_stages *stages, struct pt_error *error);
enum pt_status pt_stages_read_decoder(struct pt_arena *arena, const struct pt_node *node,
                                      struct pt_stages *stages, struct pt_error *error);
// A new stage of the kind, or NULL after error was filled.
struct pt_stage *pt_stages_add(struct pt_stages *stages, const struct pt_node *node,
                               enum pt_stage_kind kind, struct pt_error *error);
// PT_UNSUPPORTED: "the WHAT "TYPE" is not supported".
enum pt_status pt_stage_refuse(const struct pt_node *node, const char *what, const char *type,
                               struct pt_error *error);
enum pt_status pt_stage_read_pattern(struct pt_arena *arena, const struct pt_node *node,
                                     struct pt_stage *stage, struct pt_error *error);
enum pt_status pt_stage_read_text(struct pt_arena *arena, const struct pt_node *node,
                                  const char *key, struct pt_stage *stage, struct pt_error *error);
// Of ▁ for a blank: pre-tokenizer and decoder alike.
enum pt_status pt_stage_read_metaspace(struct pt_arena *arena, const struct pt_node *node,
                                       struct pt_stages *stages, struct pt_error *error);
// Calls read for each item of the list under key; lists in lists are as deep as JSON may be.
typedef enum pt_status pt_stage_reader(struct pt_arena *arena, const struct pt_node *node,
                                       struct pt_stages *stages, struct pt_error *error);
enum pt_status pt_stages_read_list(struct pt_arena *arena, const struct pt_node *node,
                                   const char *key, pt_stage_reader *read, struct pt_stages *stages,
                                   struct pt_error *error);
void pt_stages_free(struct pt_stages *stages);

// Applies the normalizers to text. *ret_text is text itself or one of the two buffers.
enum pt_status pt_normalize_text(const struct pt_stages *stages, struct pt_matcher *matcher,
                                 const char *text, size_t length, struct pt_text buffers[2],
                                 const char **ret_text, size_t *ret_length, struct pt_error *error);

// The character of GPT-2's alphabet that stands for a byte, and back (-1: none).
uint32_t pt_byte_character(uint8_t byte);
int pt_character_byte(uint32_t character);
// The place of a byte when they are sorted by these characters, 0 to 255.
int pt_byte_rank(uint8_t byte);

// ---------------------------------------------------------------------------------------- model
enum pt_token_model { PT_MODEL_BPE, PT_MODEL_WORDPIECE, PT_MODEL_WORDLEVEL };

// Ids that stand around a text.
struct pt_id_list {
    int32_t *ids;
    int64_t count;
};

struct pt_tokenizer {
    struct pt_arena *arena;
    const char *name;   // of the file
    char *json;         // what _save writes
    size_t json_length; // in the arena
    struct pt_token *tokens;
    int64_t size; // of tokens
    int64_t model_count;
    struct pt_token_index index; // of the model's tokens
    struct pt_merge_index merges;

    enum pt_token_model model;
    bool ignore_merges, byte_fallback, fuse_unknown;
    bool byte_level; // the model sees bytes written as GPT-2's characters
    bool raw_bytes;  // any bytes may be encoded
    int32_t unknown_id;
    const char *prefix, *suffix; // continuing_subword_prefix, end_of_word_suffix; "" if none
    size_t prefix_length, suffix_length;
    int64_t word_characters_max; // WordPiece
    int32_t byte_ids[2][2][256]; // [is first][is last]; byte_level; -1: no such token
    int32_t fallback_ids[256];   // of <0x00> to <0xFF>
    const char *boundary;        // a character before which no merge crosses, or NULL
    size_t boundary_length;

    struct pt_added_token *added;
    int64_t added_count;
    struct pt_added_tree raw_tree, normalized_tree;
    struct pt_stages normalizers, splitters, decoders;
    struct pt_id_list before, after; // what the post-processor adds
};

// Reads model.vocab and model.merges, which are large, without making nodes of them.
struct pt_vocabulary_span {
    const char *begin, *end; // of the value; NULL: absent
    int line;
};
enum pt_status pt_tokenizer_find_large(const char *json, size_t length, const char *name,
                                       struct pt_vocabulary_span *ret_vocabulary,
                                       struct pt_vocabulary_span *ret_merges,
                                       struct pt_error *error);
enum pt_status pt_tokenizer_read_vocabulary(struct pt_tokenizer *tokenizer,
                                            const struct pt_vocabulary_span *span,
                                            struct pt_error *error);
enum pt_status pt_tokenizer_read_merges(struct pt_tokenizer *tokenizer,
                                        const struct pt_vocabulary_span *span,
                                        struct pt_error *error);
// Reads the rest and completes the tokenizer.
enum pt_status pt_tokenizer_read_model(struct pt_tokenizer *tokenizer, const struct pt_node *model,
                                       struct pt_error *error);
enum pt_status pt_tokenizer_read_added(struct pt_tokenizer *tokenizer, const struct pt_node *list,
                                       struct pt_error *error);
enum pt_status pt_tokenizer_read_post(struct pt_tokenizer *tokenizer, const struct pt_node *node,
                                      struct pt_error *error);

// ------------------------------------------------------------------------------------- encoding
enum { PT_CACHE_TEXT = 22, PT_CACHE_IDS = 10, PT_CACHE_SLOTS = 1 << 14 };
// Direct-mapped; one cache line each.
struct pt_cached_word {
    uint8_t length, count; // 0: empty
    char text[PT_CACHE_TEXT];
    int32_t ids[PT_CACHE_IDS];
};

struct pt_encoder {
    const struct pt_tokenizer *tokenizer;
    struct pt_tokens *out;
    struct pt_error *error;
    struct pt_matcher *matcher;
    struct pt_cached_word *cache;
    struct pt_text repaired, normalized[2], stage_text[PT_STAGES_MAX], key;
    struct pt_tokens symbols;
    int32_t *links; // previous and next of long words
    int64_t links_capacity;
    uint64_t *heap;
    int64_t heap_count, heap_capacity;
};

// A stretch of text on its way to the model.
struct pt_piece {
    const char *text;
    size_t length;
    bool at_start; // of the whole text
};
enum pt_status pt_encode_pieces(struct pt_encoder *encoder, int stage, struct pt_piece piece);
enum pt_status pt_encode_bpe(struct pt_encoder *encoder, const char *word, size_t length);
enum pt_status pt_encode_wordpiece(struct pt_encoder *encoder, const char *word, size_t length);
enum pt_status pt_encode_wordlevel(struct pt_encoder *encoder, const char *word, size_t length);

#endif
