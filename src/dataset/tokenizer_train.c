// Training of byte-level BPE: words of the text with their counts, then the most frequent pair of
// neighbors becomes a token, again and again.
//
// Of pairs that occur equally often the one with the smaller ids is taken, so that the result is a
// function of the text alone, and the same as that of HuggingFace's BpeTrainer with ByteLevel's
// alphabet and min_frequency 2.
// Source: Sennrich et al. 2016, arXiv:1508.07909, algorithm 1; counts are kept up to date for the
// words in which a pair occurs, instead of counting anew.

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "dataset/tokenizer_build.h"
#include "dataset/tokenizer_train.h"

enum { FIRST_BYTE_ID = 1, FIRST_MERGE_ID = 257, VOCABULARY_MAX = 1 << 24, LEAST_COUNT = 2 };

struct trainer {
    struct pt_train_words words;
    int32_t *symbols; // of all words
    struct pt_train_pairs pairs;
    int64_t token_count;
    struct merge {
        int32_t left, right;
    } * merges;
    int64_t merge_count, merge_capacity;
    struct pt_arena *arena;
    struct pt_token_index index; // texts of tokens: two merges may make the same
    struct pt_token *texts;
};

static bool make_symbols(struct trainer *trainer)
{
    int64_t total = 0;
    for (int64_t i = 0; i < trainer->words.count; i++) {
        trainer->words.words[i].symbols = total;
        total += trainer->words.words[i].length;
    }
    trainer->symbols = malloc((size_t)(total + 1) * sizeof *trainer->symbols);
    if (trainer->symbols == NULL)
        return false;
    for (int64_t i = 0; i < trainer->words.count; i++) {
        const struct pt_train_word *word = &trainer->words.words[i];
        for (uint32_t k = 0; k < word->length; k++)
            trainer->symbols[word->symbols + k] =
                pt_byte_rank((uint8_t)word->text[k]) + FIRST_BYTE_ID;
    }
    return true;
}

static bool count_pairs(struct trainer *trainer)
{
    for (int64_t i = 0; i < trainer->words.count; i++) {
        const struct pt_train_word *word = &trainer->words.words[i];
        const int32_t *ids = trainer->symbols + word->symbols;
        for (uint32_t k = 0; k + 1 < word->length; k++)
            if (!pt_train_change(&trainer->pairs, ids[k], ids[k + 1], word->count, (int32_t)i))
                return false;
    }
    return pt_train_push_grown(&trainer->pairs);
}

// Merges left and right wherever they stand together in the word, from the left.
static bool merge_in_word(struct trainer *trainer, int32_t index, struct merge merge, int32_t id)
{
    struct pt_train_word *word = &trainer->words.words[index];
    int32_t *ids = trainer->symbols + word->symbols;
    uint32_t kept = 0;
    bool done = true;
    for (uint32_t i = 0; i < word->length; i++) {
        bool is_pair = i + 1 < word->length && ids[i] == merge.left && ids[i + 1] == merge.right;
        if (!is_pair) {
            ids[kept++] = ids[i];
            continue;
        }
        if (kept > 0)
            done =
                done &&
                pt_train_change(&trainer->pairs, ids[kept - 1], merge.left, -word->count, index) &&
                pt_train_change(&trainer->pairs, ids[kept - 1], id, word->count, index);
        if (i + 2 < word->length)
            done = done &&
                   pt_train_change(&trainer->pairs, merge.right, ids[i + 2], -word->count, index) &&
                   pt_train_change(&trainer->pairs, id, ids[i + 2], word->count, index);
        ids[kept++] = id;
        i++;
    }
    word->length = kept;
    return done;
}

// The id of both texts together, which is new unless another merge has made the same.
static bool find_or_add_token(struct trainer *trainer, struct merge merge, int32_t *ret_id)
{
    const struct pt_token *left = &trainer->texts[merge.left];
    const struct pt_token *right = &trainer->texts[merge.right];
    int32_t id = (int32_t)trainer->token_count;
    char *text = pt_arena_alloc(trainer->arena, (size_t)left->length + right->length, 1);
    if (text == NULL)
        return false;
    memcpy(text, left->text, left->length);
    memcpy(text + left->length, right->text, right->length);
    trainer->texts[id] = (struct pt_token){.text = text, .length = left->length + right->length};
    *ret_id = pt_token_index_insert(&trainer->index, trainer->texts, id);
    if (*ret_id < 0) {
        *ret_id = id;
        trainer->token_count++;
    }
    return true;
}

static bool note_merge(struct trainer *trainer, struct merge merge)
{
    if (trainer->merge_count == trainer->merge_capacity) {
        int64_t capacity = trainer->merge_capacity == 0 ? 1024 : 2 * trainer->merge_capacity;
        struct merge *merges = realloc(trainer->merges, (size_t)capacity * sizeof *merges);
        if (merges == NULL)
            return false;
        trainer->merges = merges;
        trainer->merge_capacity = capacity;
    }
    trainer->merges[trainer->merge_count++] = merge;
    return true;
}

static bool merge_everywhere(struct trainer *trainer, struct pt_train_pair *pair)
{
    struct merge merge = {(int32_t)(pair->key >> 32), (int32_t)(uint32_t)pair->key};
    int32_t *places = pair->places, count = pair->place_count, id = 0;
    int64_t place = pair - trainer->pairs.pairs; // pairs move when new ones are made
    bool done = find_or_add_token(trainer, merge, &id);
    // A pair can come back, when another merge makes a token that was there already.
    done = done && (pair->merged || note_merge(trainer, merge));
    pair->places = NULL;
    pair->place_count = pair->place_capacity = 0;
    for (int32_t i = 0; i < count && done; i++)
        done = merge_in_word(trainer, places[i], merge, id);
    free(places);
    trainer->pairs.pairs[place].count = 0;
    trainer->pairs.pairs[place].merged = true;
    return done && pt_train_push_grown(&trainer->pairs);
}

static bool merge_until_full(struct trainer *trainer, int64_t vocabulary)
{
    while (trainer->token_count < vocabulary && trainer->pairs.heap_count > 0) {
        struct pt_train_candidate top = pt_train_pop(&trainer->pairs);
        struct pt_train_pair *pair =
            pt_train_pair(&trainer->pairs, (int32_t)(top.key >> 32), (int32_t)(uint32_t)top.key);
        if (pair->place_count == 0)
            continue; // merged already
        if (pair->count != top.count) {
            top.count = pair->count;
            if (!pt_train_push(&trainer->pairs, top))
                return false;
            continue;
        }
        if (top.count < LEAST_COUNT)
            break;
        if (!merge_everywhere(trainer, pair))
            return false;
    }
    return true;
}

// --------------------------------------------------------------------------------------- result
static bool prepare(struct trainer *trainer, int64_t vocabulary)
{
    trainer->arena = pt_arena_create();
    if (trainer->arena == NULL ||
        !pt_token_index_create(trainer->arena, vocabulary + 1, &trainer->index))
        return false;
    trainer->texts = pt_arena_alloc(trainer->arena, (size_t)vocabulary + 1, sizeof *trainer->texts);
    char *bytes = pt_arena_alloc(trainer->arena, 256, 1);
    if (trainer->texts == NULL || bytes == NULL)
        return false;
    trainer->texts[0] =
        (struct pt_token){.text = PT_END_OF_TEXT, .length = (uint32_t)strlen(PT_END_OF_TEXT)};
    for (int byte = 0; byte < 256; byte++) {
        int32_t id = FIRST_BYTE_ID + pt_byte_rank((uint8_t)byte);
        bytes[byte] = (char)byte;
        trainer->texts[id] = (struct pt_token){.text = bytes + byte, .length = 1};
        pt_token_index_insert(&trainer->index, trainer->texts, id);
    }
    trainer->token_count = FIRST_MERGE_ID;
    return make_symbols(trainer) && count_pairs(trainer);
}

// The characters of GPT-2's alphabet for the bytes.
static bool spell(const struct pt_token *token, struct pt_text *ret_text)
{
    bool done = true;
    ret_text->length = 0;
    for (uint32_t i = 0; i < token->length && done; i++)
        done = pt_text_append_character(ret_text, pt_byte_character((uint8_t)token->text[i]));
    return done;
}

static bool put_merge(const struct trainer *trainer, int64_t place, struct pt_text *json,
                      struct pt_text *text)
{
    const int32_t ids[2] = {trainer->merges[place].left, trainer->merges[place].right};
    bool done = pt_json_put(json, place == 0 ? "\n      [" : ",\n      [");
    for (int side = 0; side < 2 && done; side++)
        done = spell(&trainer->texts[ids[side]], text) &&
               pt_json_put_quoted(json, text->bytes, text->length) &&
               pt_json_put(json, side == 0 ? ", " : "]");
    return done;
}

static bool put_result(const struct trainer *trainer, struct pt_text *json)
{
    static const char byte_level[] = "{\"type\": \"ByteLevel\", \"add_prefix_space\": false, "
                                     "\"trim_offsets\": true, \"use_regex\": true}";
    struct pt_text text = {0};
    bool done = pt_json_put_head(json,
                                 "\n    {\"id\": 0, \"content\": \"" PT_END_OF_TEXT
                                 "\", \"single_word\": false, \"lstrip\": false, \"rstrip\": "
                                 "false, \"normalized\": false, \"special\": true}\n  ",
                                 byte_level, byte_level) &&
                pt_json_put_token(json, PT_END_OF_TEXT, strlen(PT_END_OF_TEXT), 0);
    for (int64_t id = 1; id < trainer->token_count && done; id++)
        done = spell(&trainer->texts[id], &text) &&
               pt_json_put_token(json, text.bytes, text.length, id);
    done = done && pt_json_put(json, "\n    },\n    \"merges\": [");
    for (int64_t i = 0; i < trainer->merge_count && done; i++)
        done = put_merge(trainer, i, json, &text);
    pt_text_free(&text);
    return done && pt_json_put(json, "\n    ]\n  }\n}\n");
}

static void free_trainer(struct trainer *trainer)
{
    pt_train_words_free(&trainer->words);
    pt_train_pairs_free(&trainer->pairs);
    free(trainer->symbols);
    free(trainer->merges);
    pt_arena_destroy(trainer->arena);
}

static enum pt_status check(const char *text, size_t length, int64_t vocabulary,
                            struct pt_error *error)
{
    if (vocabulary < FIRST_MERGE_ID || vocabulary > VOCABULARY_MAX)
        return pt_fail(error, PT_BAD_INPUT,
                       "a vocabulary of %" PRId64 "; byte-level BPE can have %d to %d", vocabulary,
                       FIRST_MERGE_ID, VOCABULARY_MAX);
    size_t valid = pt_utf8_valid(text, length);
    if (valid < length)
        return pt_fail(error, PT_BAD_INPUT,
                       "byte %zu of the text is no UTF-8 (0x%02x); convert it, for example with "
                       "iconv -f latin1 -t utf8",
                       valid, (unsigned char)text[valid]);
    return PT_OK;
}

enum pt_status pt_tokenizer_train_bpe(const char *text, size_t length, int64_t vocabulary,
                                      struct pt_tokenizer **ret_tokenizer, struct pt_error *error)
{
    struct trainer trainer = {0};
    struct pt_text json = {0};
    enum pt_status status = check(text, length, vocabulary, error);
    if (status == PT_OK)
        status = pt_train_count_words(text, length, &trainer.words, error);
    if (status == PT_OK &&
        (!prepare(&trainer, vocabulary) || !merge_until_full(&trainer, vocabulary)))
        status = pt_tokenizer_no_memory(error);
    if (status == PT_OK)
        status = pt_tokenizer_from_written(&json, put_result(&trainer, &json), "trained tokenizer",
                                           ret_tokenizer, error);
    free_trainer(&trainer);
    return status;
}
