// WordPiece and WordLevel: words from a vocabulary.
// Source: Wu et al. 2016, arXiv:1609.08144; models/wordpiece/ of HuggingFace tokenizers.

#include <string.h>

#include "base/utf8.h"
#include "dataset/tokenizer_parts.h"

static enum pt_status append(struct pt_encoder *encoder, int32_t id)
{
    return pt_tokens_append(encoder->out, id) ? PT_OK : pt_tokenizer_no_memory(encoder->error);
}

static enum pt_status append_unknown(struct pt_encoder *encoder, const char *word, size_t length)
{
    if (encoder->tokenizer->unknown_id < 0)
        return pt_fail(encoder->error, PT_BAD_INPUT,
                       "%s: the word \"%.*s\" is not in the vocabulary, and its unk_token neither",
                       encoder->tokenizer->name, length < 100 ? (int)length : 100, word);
    return append(encoder, encoder->tokenizer->unknown_id);
}

static int64_t count_characters(const char *text, size_t length)
{
    int64_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

// The longest token at the beginning of [begin, length), marked as a continuation unless begin is
// 0. *ret_end is where it ends.
static enum pt_status longest(struct pt_encoder *encoder, const char *word, size_t begin,
                              size_t length, int32_t *ret_id, size_t *ret_end)
{
    const struct pt_tokenizer *tokenizer = encoder->tokenizer;
    struct pt_text *key = &encoder->key;
    key->length = 0;
    if (!pt_text_append(key, tokenizer->prefix, begin > 0 ? tokenizer->prefix_length : 0) ||
        !pt_text_append(key, word + begin, length - begin))
        return pt_tokenizer_no_memory(encoder->error);
    size_t prefix = key->length - (length - begin);
    *ret_id = -1;
    for (size_t end = key->length; end > prefix;) {
        *ret_id = pt_token_index_find(&tokenizer->index, tokenizer->tokens, key->bytes, end);
        *ret_end = begin + end - prefix;
        if (*ret_id >= 0)
            break;
        do
            end--;
        while (end > prefix && ((unsigned char)key->bytes[end] & 0xC0) == 0x80);
    }
    return PT_OK;
}

enum pt_status pt_encode_wordpiece(struct pt_encoder *encoder, const char *word, size_t length)
{
    int64_t before = encoder->out->count;
    if (count_characters(word, length) > encoder->tokenizer->word_characters_max)
        return append_unknown(encoder, word, length);
    for (size_t at = 0; at < length;) {
        int32_t id = -1;
        enum pt_status status = longest(encoder, word, at, length, &id, &at);
        if (status == PT_OK && id < 0) { // a word is known whole or not at all
            encoder->out->count = before;
            return append_unknown(encoder, word, length);
        }
        if (status == PT_OK)
            status = append(encoder, id);
        if (status != PT_OK)
            return status;
    }
    return PT_OK;
}

enum pt_status pt_encode_wordlevel(struct pt_encoder *encoder, const char *word, size_t length)
{
    const struct pt_tokenizer *tokenizer = encoder->tokenizer;
    int32_t id = pt_token_index_find(&tokenizer->index, tokenizer->tokens, word, length);
    return id >= 0 ? append(encoder, id) : append_unknown(encoder, word, length);
}
