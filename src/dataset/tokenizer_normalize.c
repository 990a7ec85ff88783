// Normalizers: a text becomes another one before it is split.

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/utf8.h"
#include "dataset/character_class.h"
#include "dataset/tokenizer_parts.h"

// NFKC makes 11 bytes of one at most (U+FDFA). A file whose replacements grow a text beyond this
// is after our memory.
enum { GROWTH_MAX = 64, GROWTH_FREE = 1 << 20 };

// ------------------------------------------------------------------------------------- reading
static enum pt_status add(struct pt_stages *stages, const struct pt_node *node,
                          enum pt_stage_kind kind, struct pt_error *error)
{
    return pt_stages_add(stages, node, kind, error) != NULL ? PT_OK : PT_BAD_INPUT;
}

static enum pt_status read_bert(const struct pt_node *node, struct pt_stages *stages,
                                struct pt_error *error)
{
    bool clean = true, chinese = true, lowercase = true;
    enum pt_status status = pt_node_get_bool(node, "clean_text", PT_OPTIONAL, &clean, error);
    if (status == PT_OK)
        status = pt_node_get_bool(node, "handle_chinese_chars", PT_OPTIONAL, &chinese, error);
    if (status == PT_OK)
        status = pt_node_get_bool(node, "lowercase", PT_OPTIONAL, &lowercase, error);
    bool strip = lowercase;
    const struct pt_node *accents = pt_node_find(node, "strip_accents");
    if (status == PT_OK && accents != NULL && !accents->is_null)
        status = pt_node_bool(accents, &strip, error);
    if (status == PT_OK && clean)
        status = add(stages, node, PT_STAGE_CLEAN, error);
    if (status == PT_OK && chinese)
        status = add(stages, node, PT_STAGE_SPACE_CHINESE, error);
    if (status == PT_OK && strip)
        status = add(stages, node, PT_STAGE_NFD, error);
    if (status == PT_OK && strip)
        status = add(stages, node, PT_STAGE_STRIP_MARKS, error);
    if (status == PT_OK && lowercase)
        status = add(stages, node, PT_STAGE_LOWERCASE, error);
    return status;
}

static enum pt_status read_strip(const struct pt_node *node, struct pt_stages *stages,
                                 struct pt_error *error)
{
    struct pt_stage *stage = pt_stages_add(stages, node, PT_STAGE_STRIP, error);
    if (stage == NULL)
        return PT_BAD_INPUT;
    enum pt_status status = pt_node_get_bool(node, "strip_left", PT_REQUIRED, &stage->left, error);
    if (status == PT_OK)
        status = pt_node_get_bool(node, "strip_right", PT_REQUIRED, &stage->right, error);
    return status;
}

static enum pt_status read_text_stage(struct pt_arena *arena, const struct pt_node *node,
                                      enum pt_stage_kind kind, const char *key,
                                      struct pt_stages *stages, struct pt_error *error)
{
    struct pt_stage *stage = pt_stages_add(stages, node, kind, error);
    if (stage == NULL)
        return PT_BAD_INPUT;
    enum pt_status status = pt_stage_read_text(arena, node, key, stage, error);
    if (status == PT_OK && kind == PT_STAGE_REPLACE)
        status = pt_stage_read_pattern(arena, node, stage, error);
    return status;
}

enum pt_status pt_stages_read_normalizer(struct pt_arena *arena, const struct pt_node *node,
                                         struct pt_stages *stages, struct pt_error *error)
{
    static const struct {
        const char *type;
        enum pt_stage_kind kind;
    } plain[] = {
        {"NFC", PT_STAGE_NFC},
        {"NFD", PT_STAGE_NFD},
        {"NFKC", PT_STAGE_NFKC},
        {"NFKD", PT_STAGE_NFKD},
        {"Lowercase", PT_STAGE_LOWERCASE},
        {"StripAccents", PT_STAGE_STRIP_ACCENTS},
    };
    const char *type = NULL;
    if (node == NULL || node->is_null)
        return PT_OK;
    enum pt_status status = pt_node_get_string(node, "type", PT_REQUIRED, &type, error);
    if (status != PT_OK)
        return status;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (strcmp(type, plain[i].type) == 0)
            return add(stages, node, plain[i].kind, error);
    if (strcmp(type, "Sequence") == 0)
        return pt_stages_read_list(arena, node, "normalizers", pt_stages_read_normalizer, stages,
                                   error);
    if (strcmp(type, "BertNormalizer") == 0)
        return read_bert(node, stages, error);
    if (strcmp(type, "Strip") == 0)
        return read_strip(node, stages, error);
    if (strcmp(type, "Prepend") == 0)
        return read_text_stage(arena, node, PT_STAGE_PREPEND, "prepend", stages, error);
    if (strcmp(type, "Replace") == 0)
        return read_text_stage(arena, node, PT_STAGE_REPLACE, "content", stages, error);
    return pt_stage_refuse(node, "normalizer", type, error);
}

// ------------------------------------------------------------------------------------ applying
static bool is_chinese(uint32_t c)
{
    return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) ||
           (c >= 0x20000 && c <= 0x2A6DF) || (c >= 0x2A700 && c <= 0x2B73F) ||
           (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) ||
           (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

// What one character becomes; false: out of memory.
static bool map_character(enum pt_stage_kind kind, uint32_t c, struct pt_text *out)
{
    uint32_t lower[2];
    switch (kind) {
    case PT_STAGE_LOWERCASE:
        for (int i = 0, count = pt_lower_case(c, lower); i < count; i++)
            if (!pt_text_append_character(out, lower[i]))
                return false;
        return true;
    case PT_STAGE_CLEAN:
        if (c == '\t' || c == '\n' || c == '\r' || (pt_is_space(c) && !pt_is_control(c)))
            return pt_text_append(out, " ", 1);
        if (c == 0 || c == 0xFFFD || pt_is_control(c))
            return true;
        return pt_text_append_character(out, c);
    case PT_STAGE_SPACE_CHINESE:
        if (!is_chinese(c))
            return pt_text_append_character(out, c);
        return pt_text_append(out, " ", 1) && pt_text_append_character(out, c) &&
               pt_text_append(out, " ", 1);
    case PT_STAGE_STRIP_MARKS:
        return pt_is_nonspacing_mark(c) || pt_text_append_character(out, c);
    default: // PT_STAGE_STRIP_ACCENTS
        return pt_is_mark(c) || pt_text_append_character(out, c);
    }
}

static enum pt_status map_text(const struct pt_stage *stage, const char *text, size_t length,
                               struct pt_text *out, struct pt_error *error)
{
    uint32_t character;
    for (size_t at = 0; at < length;) {
        at += (size_t)pt_utf8_decode(text + at, length - at, &character);
        if (!map_character(stage->kind, character, out))
            return pt_tokenizer_no_memory(error);
    }
    return PT_OK;
}

static unsigned combining_class(utf8proc_int32_t character)
{
    return (unsigned)utf8proc_get_property(character)->combining_class;
}

// Marks of one character by class, those of one class in their order. utf8proc would compare
// neighbors until they are sorted, which takes hours where somebody writes a megabyte of marks.
static bool sort_marks(utf8proc_int32_t *marks, size_t count)
{
    size_t starts[257] = {0};
    utf8proc_int32_t *sorted = malloc(count * sizeof *sorted);
    if (sorted == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        starts[combining_class(marks[i]) + 1]++;
    for (int i = 0; i < 256; i++)
        starts[i + 1] += starts[i];
    for (size_t i = 0; i < count; i++)
        sorted[starts[combining_class(marks[i])]++] = marks[i];
    memcpy(marks, sorted, count * sizeof *sorted);
    free(sorted);
    return true;
}

// Canonical ordering: runs of characters whose class is not 0. Unicode 15.0, 3.11, D109.
static bool order_marks(utf8proc_int32_t *characters, size_t count)
{
    bool done = true;
    for (size_t i = 0; i < count && done; i++) {
        size_t begin = i;
        while (i < count && combining_class(characters[i]) != 0)
            i++;
        if (i - begin > 1)
            done = sort_marks(characters + begin, i - begin);
    }
    return done;
}

// The characters of a text, decomposed; *ret_count of them.
static bool decompose(const char *text, size_t length, utf8proc_option_t options,
                      utf8proc_int32_t *characters, size_t room, size_t *ret_count)
{
    size_t count = 0;
    uint32_t character;
    int boundary = 0;
    for (size_t at = 0; at < length;) {
        at += (size_t)pt_utf8_decode(text + at, length - at, &character);
        utf8proc_ssize_t more =
            utf8proc_decompose_char((utf8proc_int32_t)character, characters + count,
                                    (utf8proc_ssize_t)(room - count), options, &boundary);
        if (more < 0 || (size_t)more > room - count)
            return false;
        count += (size_t)more;
    }
    *ret_count = count;
    return order_marks(characters, count);
}

// Normal form of a stretch of text.
static enum pt_status compose(const char *text, size_t length, utf8proc_option_t options,
                              struct pt_text *out, struct pt_error *error)
{
    // Three bytes make at most 18 characters (U+FDFA in NFKD).
    size_t room = 6 * length + 16, count = 0;
    utf8proc_int32_t *characters = malloc(room * sizeof *characters);
    bool done = characters != NULL && decompose(text, length, options, characters, room, &count);
    if (done && (options & UTF8PROC_COMPOSE) != 0) {
        utf8proc_ssize_t composed =
            utf8proc_normalize_utf32(characters, (utf8proc_ssize_t)count, options);
        done = composed >= 0;
        count = done ? (size_t)composed : 0;
    }
    for (size_t i = 0; done && i < count; i++)
        done = pt_text_append_character(out, (uint32_t)characters[i]);
    free(characters);
    return done ? PT_OK : pt_tokenizer_no_memory(error);
}

static size_t ascii_length(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length && (unsigned char)text[at] < 0x80)
        at++;
    return at;
}

// ASCII stays as it is in every form, and composes only with what follows it: so a text is cut into
// runs of ASCII, less the last character, and of everything else.
static enum pt_status normal_form(const struct pt_stage *stage, const char *text, size_t length,
                                  struct pt_text *out, struct pt_error *error)
{
    bool is_compatible = stage->kind == PT_STAGE_NFKC || stage->kind == PT_STAGE_NFKD;
    bool is_composed = stage->kind == PT_STAGE_NFC || stage->kind == PT_STAGE_NFKC;
    int options = UTF8PROC_STABLE | (is_compatible ? UTF8PROC_COMPAT : 0) |
                  (is_composed ? UTF8PROC_COMPOSE : UTF8PROC_DECOMPOSE);
    enum pt_status status = PT_OK;
    for (size_t at = 0; at < length && status == PT_OK;) {
        size_t plain = ascii_length(text + at, length - at);
        if (plain > 0 && at + plain < length)
            plain--;
        if (!pt_text_append(out, text + at, plain))
            return pt_tokenizer_no_memory(error);
        at += plain;
        size_t end = at;
        if (end < length)
            end++;
        while (end < length && (unsigned char)text[end] >= 0x80)
            end++;
        if (end > at)
            status = compose(text + at, end - at, (utf8proc_option_t)options, out, error);
        at = end;
    }
    return status;
}

static enum pt_status strip(const struct pt_stage *stage, const char *text, size_t length,
                            struct pt_text *out, struct pt_error *error)
{
    uint32_t character;
    size_t begin = 0, end = 0; // of what is kept
    bool inside = !stage->left;
    for (size_t at = 0; at < length;) {
        size_t next = at + (size_t)pt_utf8_decode(text + at, length - at, &character);
        bool is_space = pt_is_space(character);
        if (!inside && !is_space)
            begin = at;
        inside = inside || !is_space;
        if (!is_space || !stage->right)
            end = next;
        at = next;
    }
    if (!inside || end < begin)
        return PT_OK;
    return pt_text_append(out, text + begin, end - begin) ? PT_OK : pt_tokenizer_no_memory(error);
}

static enum pt_status replace(const struct pt_stage *stage, struct pt_matcher *matcher,
                              const char *text, size_t length, size_t most, struct pt_text *out,
                              struct pt_error *error)
{
    bool found = true;
    size_t at = 0, start = 0, end = 0;
    for (size_t from = 0; from <= length;) {
        enum pt_status status = pt_pattern_search(stage->pattern, matcher, text, length, from,
                                                  &found, &start, &end, error);
        if (status != PT_OK)
            return status;
        if (!found)
            break;
        if (!pt_text_append(out, text + at, start - at) ||
            !pt_text_append(out, stage->text, stage->text_length))
            return pt_tokenizer_no_memory(error);
        if (out->length > most)
            return pt_fail(error, PT_OVERFLOW,
                           "the normalizer of the tokenizer makes a text of %zu bytes more than %d "
                           "times as long",
                           length, GROWTH_MAX);
        at = end;
        from = end;
        if (start == end) { // of no length: go on behind the next character
            uint32_t character;
            from += end < length ? (size_t)pt_utf8_decode(text + end, length - end, &character) : 1;
        }
    }
    return pt_text_append(out, text + at, length - at) ? PT_OK : pt_tokenizer_no_memory(error);
}

static enum pt_status apply(const struct pt_stage *stage, struct pt_matcher *matcher,
                            const char *text, size_t length, size_t most, struct pt_text *out,
                            struct pt_error *error)
{
    switch (stage->kind) {
    case PT_STAGE_NFC:
    case PT_STAGE_NFD:
    case PT_STAGE_NFKC:
    case PT_STAGE_NFKD:
        return normal_form(stage, text, length, out, error);
    case PT_STAGE_PREPEND:
        if (length > 0 && !pt_text_append(out, stage->text, stage->text_length))
            return pt_tokenizer_no_memory(error);
        return pt_text_append(out, text, length) ? PT_OK : pt_tokenizer_no_memory(error);
    case PT_STAGE_REPLACE:
        return replace(stage, matcher, text, length, most, out, error);
    case PT_STAGE_STRIP:
        return strip(stage, text, length, out, error);
    default:
        return map_text(stage, text, length, out, error);
    }
}

enum pt_status pt_normalize_text(const struct pt_stages *stages, struct pt_matcher *matcher,
                                 const char *text, size_t length, struct pt_text buffers[2],
                                 const char **ret_text, size_t *ret_length, struct pt_error *error)
{
    size_t most =
        length < SIZE_MAX / GROWTH_MAX - GROWTH_FREE ? GROWTH_MAX * length + GROWTH_FREE : SIZE_MAX;
    for (int i = 0; i < stages->count; i++) {
        struct pt_text *out = &buffers[i % 2];
        out->length = 0;
        if (!pt_text_reserve(out, length + 1)) // never NULL, also for an empty text
            return pt_tokenizer_no_memory(error);
        enum pt_status status = apply(&stages->stage[i], matcher, text, length, most, out, error);
        if (status != PT_OK)
            return status;
        text = out->bytes;
        length = out->length;
    }
    *ret_text = text;
    *ret_length = length;
    return PT_OK;
}
