// Encoding: added tokens are cut out, the rest is normalized, split and given to the model.

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "dataset/character_class.h"
#include "dataset/tokenizer_parts.h"

enum pt_status pt_encoder_create(const struct pt_tokenizer *tokenizer,
                                 struct pt_encoder **ret_encoder, struct pt_error *error)
{
    struct pt_encoder *encoder = calloc(1, sizeof *encoder);
    if (encoder == NULL)
        return pt_tokenizer_no_memory(error);
    encoder->tokenizer = tokenizer;
    encoder->matcher = pt_matcher_create();
    if (encoder->matcher == NULL) {
        pt_encoder_destroy(encoder);
        return pt_tokenizer_no_memory(error);
    }
    *ret_encoder = encoder;
    return PT_OK;
}

void pt_encoder_destroy(struct pt_encoder *encoder)
{
    if (encoder == NULL)
        return;
    pt_matcher_destroy(encoder->matcher);
    free(encoder->cache);
    pt_text_free(&encoder->repaired);
    pt_text_free(&encoder->normalized[0]);
    pt_text_free(&encoder->normalized[1]);
    for (int i = 0; i < PT_STAGES_MAX; i++)
        pt_text_free(&encoder->stage_text[i]);
    pt_text_free(&encoder->key);
    pt_tokens_free(&encoder->symbols);
    free(encoder->links);
    free(encoder->heap);
    free(encoder);
}

// Where the character before text + at begins.
static size_t previous_character(const char *text, size_t at, uint32_t *ret_character)
{
    size_t begin = at - 1;
    while (begin > 0 && ((unsigned char)text[begin] & 0xC0) == 0x80)
        begin--;
    pt_utf8_decode(text + begin, at - begin, ret_character);
    return begin;
}

// A token that must be a word of its own stands between characters that are no part of words.
static bool is_single_word(const char *text, size_t length, size_t start, size_t end)
{
    uint32_t character;
    if (start > 0) {
        previous_character(text, start, &character);
        if (pt_is_word(character))
            return false;
    }
    return end == length || pt_utf8_decode(text + end, length - end, &character) == 0 ||
           !pt_is_word(character);
}

static size_t skip_spaces_back(const char *text, size_t start, size_t least)
{
    uint32_t character;
    while (start > least) {
        size_t begin = previous_character(text, start, &character);
        if (!pt_is_space(character))
            break;
        start = begin;
    }
    return start < least ? least : start;
}

static size_t skip_spaces(const char *text, size_t length, size_t at)
{
    uint32_t character;
    while (at < length) {
        int size = pt_utf8_decode(text + at, length - at, &character);
        if (!pt_is_space(character))
            break;
        at += (size_t)size;
    }
    return at;
}

// The next added token at or behind from, with the blanks that it takes.
struct found_token {
    int32_t id;
    size_t start, end;
};

static bool find_added(const struct pt_tokenizer *tokenizer, const struct pt_added_tree *tree,
                       const char *text, size_t length, size_t done, size_t *from,
                       struct found_token *ret_found)
{
    while (*from < length) {
        size_t size = 0, at = *from;
        if (!tree->first[(uint8_t)text[at]]) {
            (*from)++;
            continue;
        }
        int32_t index = pt_added_tree_match(tree, text + at, length - at, &size);
        if (index < 0) {
            (*from)++;
            continue;
        }
        *from = at + size;
        const struct pt_added_token *added = &tokenizer->added[index];
        if (added->single_word && !is_single_word(text, length, at, at + size))
            continue;
        ret_found->id = added->id;
        ret_found->start = added->strip_left ? skip_spaces_back(text, at, done) : at;
        ret_found->end = added->strip_right ? skip_spaces(text, length, at + size) : at + size;
        *from = ret_found->end;
        return true;
    }
    return false;
}

typedef enum pt_status piece_function(struct pt_encoder *encoder, struct pt_piece piece);

// Hands on what lies between added tokens, and appends their ids.
static enum pt_status cut_added(struct pt_encoder *encoder, const struct pt_added_tree *tree,
                                struct pt_piece piece, piece_function *hand_on)
{
    struct found_token found;
    size_t done = 0, from = 0;
    enum pt_status status = PT_OK;
    while (tree->count > 1 && status == PT_OK &&
           find_added(encoder->tokenizer, tree, piece.text, piece.length, done, &from, &found)) {
        if (found.start > done)
            status = hand_on(encoder, (struct pt_piece){piece.text + done, found.start - done,
                                                        piece.at_start && done == 0});
        if (status == PT_OK && !pt_tokens_append(encoder->out, found.id))
            status = pt_tokenizer_no_memory(encoder->error);
        done = found.end;
    }
    if (status == PT_OK && done < piece.length)
        status = hand_on(encoder, (struct pt_piece){piece.text + done, piece.length - done,
                                                    piece.at_start && done == 0});
    return status;
}

static enum pt_status encode_text(struct pt_encoder *encoder, struct pt_piece piece)
{
    return pt_encode_pieces(encoder, 0, piece);
}

static enum pt_status normalize(struct pt_encoder *encoder, struct pt_piece piece)
{
    const struct pt_tokenizer *tokenizer = encoder->tokenizer;
    enum pt_status status =
        pt_normalize_text(&tokenizer->normalizers, encoder->matcher, piece.text, piece.length,
                          encoder->normalized, &piece.text, &piece.length, encoder->error);
    if (status != PT_OK)
        return status;
    return cut_added(encoder, &tokenizer->normalized_tree, piece, encode_text);
}

static enum pt_status append_ids(struct pt_encoder *encoder, const struct pt_id_list *list)
{
    for (int64_t i = 0; i < list->count; i++)
        if (!pt_tokens_append(encoder->out, list->ids[i]))
            return pt_tokenizer_no_memory(encoder->error);
    return PT_OK;
}

static enum pt_status encode(struct pt_encoder *encoder, const char *text, size_t length,
                             const struct pt_encode_options *options)
{
    const struct pt_tokenizer *tokenizer = encoder->tokenizer;
    enum pt_status status = PT_OK;
    size_t valid = tokenizer->raw_bytes ? length : pt_utf8_valid(text, length);
    if (valid < length && options->strict_utf8)
        return pt_fail(encoder->error, PT_BAD_INPUT,
                       "byte %zu of the text is no UTF-8 (0x%02x); convert it, for example with "
                       "iconv -f latin1 -t utf8",
                       valid, (unsigned char)text[valid]);
    if (valid < length) {
        encoder->repaired.length = 0;
        if (!pt_text_append_repaired(&encoder->repaired, text, length))
            return pt_tokenizer_no_memory(encoder->error);
        text = encoder->repaired.bytes;
        length = encoder->repaired.length;
    }
    if (status == PT_OK && options->add_special)
        status = append_ids(encoder, &tokenizer->before);
    if (status == PT_OK)
        status = cut_added(encoder, &tokenizer->raw_tree, (struct pt_piece){text, length, true},
                           normalize);
    if (status == PT_OK && options->add_special)
        status = append_ids(encoder, &tokenizer->after);
    return status;
}

enum pt_status pt_encode(struct pt_encoder *encoder, const char *text, size_t length,
                         const struct pt_encode_options *options, struct pt_tokens *tokens,
                         struct pt_error *error)
{
    static const struct pt_encode_options none = {0};
    int64_t before = tokens->count;
    encoder->out = tokens;
    encoder->error = error;
    enum pt_status status = encode(encoder, text, length, options != NULL ? options : &none);
    if (status != PT_OK)
        tokens->count = before;
    return status;
}
