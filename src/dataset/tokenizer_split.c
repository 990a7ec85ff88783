// Pre-tokenizers: a text goes through the stages in pieces, each stage handing its pieces to the
// next, and the last one to the model. No list of pieces is kept.

#include <string.h>

#include "base/utf8.h"
#include "dataset/character_class.h"
#include "dataset/tokenizer_parts.h"

// Joins matches and what lies between them as the behavior says; keeps one piece back.
struct splitter {
    struct pt_encoder *encoder;
    int stage;
    struct pt_piece whole;
    enum pt_split_behavior behavior;
    bool has_pending, pending_is_match;
    size_t pending_start, pending_end;
};

static enum pt_status hand_on(struct splitter *splitter, size_t start, size_t end)
{
    if (start == end)
        return PT_OK;
    struct pt_piece piece = {splitter->whole.text + start, end - start,
                             splitter->whole.at_start && start == 0};
    return pt_encode_pieces(splitter->encoder, splitter->stage + 1, piece);
}

static enum pt_status flush(struct splitter *splitter)
{
    if (!splitter->has_pending)
        return PT_OK;
    splitter->has_pending = false;
    return hand_on(splitter, splitter->pending_start, splitter->pending_end);
}

static bool joins_pending(const struct splitter *splitter, bool is_match)
{
    if (!splitter->has_pending)
        return false;
    switch (splitter->behavior) {
    case PT_SPLIT_CONTIGUOUS:
        return is_match == splitter->pending_is_match;
    case PT_SPLIT_MERGED_WITH_PREVIOUS:
        return is_match && !splitter->pending_is_match;
    default: // PT_SPLIT_MERGED_WITH_NEXT
        return !is_match && splitter->pending_is_match;
    }
}

static enum pt_status add(struct splitter *splitter, size_t start, size_t end, bool is_match)
{
    if (splitter->behavior == PT_SPLIT_REMOVED)
        return is_match ? PT_OK : hand_on(splitter, start, end);
    if (splitter->behavior == PT_SPLIT_ISOLATED)
        return hand_on(splitter, start, end);
    if (joins_pending(splitter, is_match)) {
        splitter->pending_end = end;
        splitter->pending_is_match = is_match;
        return PT_OK;
    }
    enum pt_status status = flush(splitter);
    splitter->has_pending = true;
    splitter->pending_is_match = is_match;
    splitter->pending_start = start;
    splitter->pending_end = end;
    return status;
}

static struct splitter start_splitting(struct pt_encoder *encoder, int stage, struct pt_piece piece,
                                       enum pt_split_behavior behavior)
{
    return (struct splitter){
        .encoder = encoder, .stage = stage, .whole = piece, .behavior = behavior};
}

// The matches of a pattern and the text between them.
static enum pt_status split_by_pattern(struct pt_encoder *encoder, int stage, struct pt_piece piece,
                                       const struct pt_pattern *pattern,
                                       enum pt_split_behavior behavior, bool invert)
{
    struct splitter splitter = start_splitting(encoder, stage, piece, behavior);
    size_t at = 0, start = 0, end = 0;
    for (size_t from = 0; from <= piece.length;) {
        bool found;
        enum pt_status status =
            pt_pattern_search(pattern, encoder->matcher, piece.text, piece.length, from, &found,
                              &start, &end, encoder->error);
        if (status == PT_OK && found && start > at)
            status = add(&splitter, at, start, invert);
        if (status == PT_OK && found)
            status = add(&splitter, start, end, !invert);
        if (status != PT_OK)
            return status;
        if (!found)
            break;
        at = end;
        from = end;
        if (start == end) {
            uint32_t c;
            from += end < piece.length
                        ? (size_t)pt_utf8_decode(piece.text + end, piece.length - end, &c)
                        : 1;
        }
    }
    enum pt_status status = PT_OK;
    if (at < piece.length)
        status = add(&splitter, at, piece.length, invert);
    return status == PT_OK ? flush(&splitter) : status;
}

static bool in_class(const struct pt_stage *stage, uint32_t character)
{
    switch (stage->class) {
    case PT_CLASS_SPACE:
        return pt_is_space(character);
    case PT_CLASS_NUMERIC:
        return pt_is_numeric(character);
    case PT_CLASS_PUNCTUATION:
        return pt_is_punctuation(character);
    default:
        return character == stage->character;
    }
}

// At each character of a class; what lies between is one piece.
static enum pt_status split_by_class(struct pt_encoder *encoder, int stage, struct pt_piece piece,
                                     const struct pt_stage *what)
{
    struct splitter splitter = start_splitting(encoder, stage, piece, what->behavior);
    enum pt_status status = PT_OK;
    size_t between = 0;
    uint32_t character;
    for (size_t at = 0; at < piece.length && status == PT_OK;) {
        size_t next = at + (size_t)pt_utf8_decode(piece.text + at, piece.length - at, &character);
        if (in_class(what, character)) {
            if (at > between)
                status = add(&splitter, between, at, false);
            if (status == PT_OK)
                status = add(&splitter, at, next, true);
            between = next;
        }
        at = next;
    }
    if (status == PT_OK && between < piece.length)
        status = add(&splitter, between, piece.length, false);
    return status == PT_OK ? flush(&splitter) : status;
}

static int word_class(uint32_t character)
{
    return pt_is_word(character) ? 1 : pt_is_space(character) ? 0 : 2;
}

// \w+|[^\w\s]+: runs of word characters, runs of the rest; blanks are dropped.
static enum pt_status split_into_words(struct pt_encoder *encoder, int stage, struct pt_piece piece)
{
    struct splitter splitter = start_splitting(encoder, stage, piece, PT_SPLIT_ISOLATED);
    enum pt_status status = PT_OK;
    size_t begin = 0;
    int running = 0;
    uint32_t character;
    for (size_t at = 0; at < piece.length && status == PT_OK;) {
        size_t next = at + (size_t)pt_utf8_decode(piece.text + at, piece.length - at, &character);
        int class = word_class(character);
        if (class != running) {
            if (running != 0)
                status = add(&splitter, begin, at, true);
            begin = at;
            running = class;
        }
        at = next;
    }
    if (status == PT_OK && running != 0)
        status = add(&splitter, begin, piece.length, true);
    return status;
}

// Each blank becomes ▁, one may be put before the text, and each ▁ begins a piece.
static enum pt_status metaspace(struct pt_encoder *encoder, int stage, struct pt_piece piece,
                                const struct pt_stage *what)
{
    struct pt_text *out = &encoder->stage_text[stage];
    const struct pt_pattern *mark = what->pattern;
    out->length = 0;
    bool is_marked =
        piece.text[0] == ' ' || (piece.length >= what->text_length &&
                                 memcmp(piece.text, what->text, what->text_length) == 0);
    bool put_mark = !is_marked && (what->prepend == PT_PREPEND_ALWAYS ||
                                   (what->prepend == PT_PREPEND_FIRST && piece.at_start));
    if (put_mark && !pt_text_append(out, what->text, what->text_length))
        return pt_tokenizer_no_memory(encoder->error);
    for (size_t at = 0; at < piece.length;) {
        const char *blank = memchr(piece.text + at, ' ', piece.length - at);
        size_t plain = (blank == NULL ? piece.length : (size_t)(blank - piece.text)) - at;
        if (!pt_text_append(out, piece.text + at, plain) ||
            (blank != NULL && !pt_text_append(out, what->text, what->text_length)))
            return pt_tokenizer_no_memory(encoder->error);
        at += plain + (blank != NULL);
    }
    struct pt_piece marked = {out->bytes, out->length, piece.at_start};
    if (!what->split)
        return pt_encode_pieces(encoder, stage + 1, marked);
    return split_by_pattern(encoder, stage, marked, mark, PT_SPLIT_MERGED_WITH_NEXT, false);
}

// The bytes stay as they are: the model knows what GPT-2's characters for them are.
static enum pt_status byte_level(struct pt_encoder *encoder, int stage, struct pt_piece piece,
                                 const struct pt_stage *what)
{
    if (what->prepend == PT_PREPEND_ALWAYS && piece.text[0] != ' ') {
        struct pt_text *out = &encoder->stage_text[stage];
        out->length = 0;
        if (!pt_text_append(out, " ", 1) || !pt_text_append(out, piece.text, piece.length))
            return pt_tokenizer_no_memory(encoder->error);
        piece.text = out->bytes;
        piece.length = out->length;
    }
    if (what->pattern == NULL)
        return pt_encode_pieces(encoder, stage + 1, piece);
    return split_by_pattern(encoder, stage, piece, what->pattern, PT_SPLIT_ISOLATED, false);
}

static enum pt_status encode_word(struct pt_encoder *encoder, struct pt_piece word)
{
    switch (encoder->tokenizer->model) {
    case PT_MODEL_BPE:
        return pt_encode_bpe(encoder, word.text, word.length);
    case PT_MODEL_WORDPIECE:
        return pt_encode_wordpiece(encoder, word.text, word.length);
    default:
        return pt_encode_wordlevel(encoder, word.text, word.length);
    }
}

enum pt_status pt_encode_pieces(struct pt_encoder *encoder, int stage, struct pt_piece piece)
{
    const struct pt_stages *stages = &encoder->tokenizer->splitters;
    if (piece.length == 0)
        return PT_OK;
    if (stage == stages->count)
        return encode_word(encoder, piece);
    const struct pt_stage *what = &stages->stage[stage];
    switch (what->kind) {
    case PT_STAGE_SPLIT:
        return split_by_pattern(encoder, stage, piece, what->pattern, what->behavior, what->invert);
    case PT_STAGE_SPLIT_CLASS:
        return split_by_class(encoder, stage, piece, what);
    case PT_STAGE_WORDS:
        return split_into_words(encoder, stage, piece);
    case PT_STAGE_METASPACE:
        return metaspace(encoder, stage, piece, what);
    default: // PT_STAGE_BYTE_LEVEL
        return byte_level(encoder, stage, piece, what);
    }
}
