// Patterns of Split and Replace: a text, or a regular expression.
//
// The original uses Oniguruma with the syntax of Ruby, we PCRE2. Where both read an expression
// alike it goes through as it is; where they differ it is rewritten (\s, \w, \v, \u), or refused by
// name. Classes of characters follow the Unicode version of each library, so they may differ in
// characters of the last years.
// Sources: pcre2pattern(3); Oniguruma, doc/RE.

#define PCRE2_CODE_UNIT_WIDTH 8

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "dataset/tokenizer_parts.h"

// A match that tries more than so often is given up: patterns may come from strangers.
enum { MATCH_LIMIT = 10000000, JIT_STACK_FIRST = 1 << 15, JIT_STACK_MOST = 1 << 23 };
enum { EXPRESSION_MAX = 1 << 16 };

struct pt_matcher {
    pcre2_match_context *context;
    pcre2_match_data *data;
    pcre2_jit_stack *stack;
};

// White_Space of Unicode; PCRE2's \s has U+180E, too.
#define SPACES                                                                                     \
    "\\t-\\r "                                                                                     \
    "\\x{85}\\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}"
// \w of Oniguruma; PCRE2's lacks marks and has all of N.
#define WORDS "\\p{L}\\p{M}\\p{Nd}\\p{Nl}\\p{Pc}"

struct translation {
    const char *at, *place;
    struct pt_text *out;
    bool in_set;
    bool memory; // false: ran out
    struct pt_error *error;
};

static enum pt_status refuse(struct translation *t, const char *what)
{
    return pt_fail(t->error, PT_UNSUPPORTED,
                   "%s: the regular expression uses %s, which is not supported", t->place, what);
}

static void put(struct translation *t, const char *text, size_t length)
{
    t->memory = pt_text_append(t->out, text, length) && t->memory;
}

static void put_text(struct translation *t, const char *text)
{
    put(t, text, strlen(text));
}

// A class, inside a set or as one of its own.
static void put_class(struct translation *t, const char *class)
{
    put_text(t, t->in_set ? "" : "[");
    put_text(t, class);
    put_text(t, t->in_set ? "" : "]");
}

static enum pt_status put_complement(struct translation *t, const char *class)
{
    if (t->in_set)
        return refuse(t, "\\S or \\W inside [...]");
    put_text(t, "[^");
    put_text(t, class);
    put_text(t, "]");
    return PT_OK;
}

// \uHHHH of Ruby is \x{HHHH} here.
static enum pt_status put_unicode_escape(struct translation *t)
{
    size_t digits = strspn(t->at, "0123456789abcdefABCDEF");
    if (digits < 4)
        return refuse(t, "\\u without four digits");
    put_text(t, "\\x{");
    put(t, t->at, 4);
    put_text(t, "}");
    t->at += 4;
    return PT_OK;
}

static enum pt_status translate_escape(struct translation *t)
{
    char what[] = {'\\', t->at[1], '\0'};
    t->at += 2;
    switch (what[1]) {
    case 's':
        put_class(t, SPACES);
        return PT_OK;
    case 'S':
        return put_complement(t, SPACES);
    case 'w':
        put_class(t, WORDS);
        return PT_OK;
    case 'W':
        return put_complement(t, WORDS);
    case 'v':
        put_text(t, "\\x0B");
        return PT_OK;
    case 'u':
        return put_unicode_escape(t);
    case '\0':
        return refuse(t, "a backslash at its end");
    default:
        break;
    }
    bool is_letter = (what[1] >= 'a' && what[1] <= 'z') || (what[1] >= 'A' && what[1] <= 'Z');
    if (is_letter && strchr("pPdDnrtfaeAzx", what[1]) == NULL)
        return refuse(t, what);
    put(t, what, 2);
    return PT_OK;
}

// Behind "(?": what kind of group it is.
static enum pt_status translate_group(struct translation *t)
{
    static const char *const known[] = {"?:", "?=",  "?!",  "?<=",  "?<!",
                                        "?>", "?i:", "?i)", "?-i:", "?-i)"};
    put(t, t->at++, 1);
    if (*t->at == '*')
        return refuse(t, "(*");
    if (*t->at != '?')
        return PT_OK;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t length = strlen(known[i]);
        if (strncmp(t->at, known[i], length) == 0) {
            put(t, t->at, length);
            t->at += length;
            return PT_OK;
        }
    }
    return refuse(t, "a group of another kind than (?: (?= (?! (?<= (?<! (?> (?i");
}

// {n}, {n,} and {n,m}. Elsewhere a brace is itself in both.
static enum pt_status translate_brace(struct translation *t)
{
    size_t low = strspn(t->at + 1, "0123456789");
    const char *behind = t->at + 1 + low;
    bool comma = *behind == ',';
    size_t high = comma ? strspn(behind + 1, "0123456789") : 0;
    behind += comma ? 1 + high : 0;
    if (*behind != '}' || low + high == 0) {
        put(t, t->at++, 1);
        return PT_OK;
    }
    behind++;
    if (low == 0)
        return refuse(t, "{,n}");
    if (*behind == '+' || (*behind == '?' && !comma))
        return refuse(t, "+ or ? behind {n}");
    put(t, t->at, (size_t)(behind - t->at));
    t->at = behind;
    return PT_OK;
}

// One character or escape inside [...].
static enum pt_status translate_in_set(struct translation *t)
{
    if (t->at[0] == '[')
        return refuse(t, "a set inside a set");
    if (t->at[0] == '&' && t->at[1] == '&')
        return refuse(t, "&& inside [...]");
    if (t->at[0] == ']')
        t->in_set = false;
    put(t, t->at++, 1);
    return PT_OK;
}

static void open_set(struct translation *t)
{
    t->in_set = true;
    put(t, t->at++, 1);
    if (*t->at == '^')
        put(t, t->at++, 1);
    if (*t->at == ']') { // first in a set it is a member
        put_text(t, "\\]");
        t->at++;
    }
}

static enum pt_status translate(struct translation *t)
{
    enum pt_status status = PT_OK;
    while (*t->at != '\0' && status == PT_OK) {
        if (*t->at == '\\')
            status = translate_escape(t);
        else if (t->in_set)
            status = translate_in_set(t);
        else if (*t->at == '[')
            open_set(t);
        else if (*t->at == '(')
            status = translate_group(t);
        else if (*t->at == '{')
            status = translate_brace(t);
        else
            put(t, t->at++, 1);
    }
    if (status == PT_OK && !t->memory)
        status = pt_tokenizer_no_memory(t->error);
    return status;
}

static enum pt_status compile(const struct pt_text *expression, const char *place,
                              struct pt_pattern *pattern, struct pt_error *error)
{
    int code;
    size_t offset;
    char text[160] = "unknown error";
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    if (context == NULL)
        return pt_tokenizer_no_memory(error);
    pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    pcre2_set_parens_nest_limit(context, 100);
    pattern->code = pcre2_compile((PCRE2_SPTR)expression->bytes, expression->length,
                                  PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE, &code, &offset, context);
    pcre2_compile_context_free(context);
    if (pattern->code == NULL) {
        pcre2_get_error_message(code, (PCRE2_UCHAR *)text, sizeof text);
        return pt_fail(error, PT_UNSUPPORTED, "%s: PCRE2 cannot read the regular expression: %s",
                       place, text);
    }
    // Without machine code it is slower, not different.
    pattern->has_machine_code = pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE) == 0;
    return PT_OK;
}

enum pt_status pt_pattern_compile(struct pt_arena *arena, const char *expression, const char *place,
                                  struct pt_pattern **ret_pattern, struct pt_error *error)
{
    struct pt_text out = {0};
    struct translation translation = {
        .at = expression, .place = place, .out = &out, .memory = true, .error = error};
    if (strlen(expression) > EXPRESSION_MAX)
        return pt_fail(error, PT_OVERFLOW, "%s: a regular expression of more than %d bytes", place,
                       EXPRESSION_MAX);
    struct pt_pattern *pattern = pt_arena_alloc(arena, 1, sizeof *pattern);
    if (pattern == NULL)
        return pt_tokenizer_no_memory(error);
    enum pt_status status = translate(&translation);
    if (status == PT_OK)
        status = compile(&out, place, pattern, error);
    pt_text_free(&out);
    if (status == PT_OK)
        *ret_pattern = pattern;
    return status;
}

enum pt_status pt_pattern_literal(struct pt_arena *arena, const char *text, size_t length,
                                  struct pt_pattern **ret_pattern, struct pt_error *error)
{
    struct pt_pattern *pattern = pt_arena_alloc(arena, 1, sizeof *pattern);
    if (pattern == NULL)
        return pt_tokenizer_no_memory(error);
    pattern->text = text;
    pattern->length = length;
    *ret_pattern = pattern;
    return PT_OK;
}

void pt_pattern_free(struct pt_pattern *pattern)
{
    if (pattern != NULL)
        pcre2_code_free(pattern->code);
}

struct pt_matcher *pt_matcher_create(void)
{
    struct pt_matcher *matcher = calloc(1, sizeof *matcher);
    if (matcher == NULL)
        return NULL;
    matcher->context = pcre2_match_context_create(NULL);
    matcher->data = pcre2_match_data_create(1, NULL); // the whole match is enough
    if (matcher->context == NULL || matcher->data == NULL) {
        pt_matcher_destroy(matcher);
        return NULL;
    }
    pcre2_set_match_limit(matcher->context, MATCH_LIMIT);
    matcher->stack = pcre2_jit_stack_create(JIT_STACK_FIRST, JIT_STACK_MOST, NULL);
    if (matcher->stack != NULL)
        pcre2_jit_stack_assign(matcher->context, NULL, matcher->stack);
    return matcher;
}

void pt_matcher_destroy(struct pt_matcher *matcher)
{
    if (matcher == NULL)
        return;
    pcre2_match_context_free(matcher->context);
    pcre2_match_data_free(matcher->data);
    pcre2_jit_stack_free(matcher->stack);
    free(matcher);
}

static bool search_text(const struct pt_pattern *pattern, const char *text, size_t length,
                        size_t from, size_t *ret_start, size_t *ret_end)
{
    const char *found = from < length && pattern->length > 0
                            ? memmem(text + from, length - from, pattern->text, pattern->length)
                            : NULL;
    if (found == NULL)
        return false;
    *ret_start = (size_t)(found - text);
    *ret_end = *ret_start + pattern->length;
    return true;
}

static enum pt_status fail_match(int code, struct pt_error *error)
{
    char text[160] = "unknown error";
    if (code == PCRE2_ERROR_NOMEMORY)
        return pt_tokenizer_no_memory(error);
    pcre2_get_error_message(code, (PCRE2_UCHAR *)text, sizeof text);
    return pt_fail(error, PT_BAD_INPUT, "a regular expression of the tokenizer gave up: %s", text);
}

enum pt_status pt_pattern_search(const struct pt_pattern *pattern, struct pt_matcher *matcher,
                                 const char *text, size_t length, size_t from, bool *ret_found,
                                 size_t *ret_start, size_t *ret_end, struct pt_error *error)
{
    if (pattern->text != NULL) {
        *ret_found = search_text(pattern, text, length, from, ret_start, ret_end);
        return PT_OK;
    }
    // The text is known to be UTF-8; checking it again for each word would take quadratic time.
    int code = pattern->has_machine_code
                   ? pcre2_jit_match(pattern->code, (PCRE2_SPTR)text, length, from,
                                     PCRE2_NO_UTF_CHECK, matcher->data, matcher->context)
                   : pcre2_match(pattern->code, (PCRE2_SPTR)text, length, from, PCRE2_NO_UTF_CHECK,
                                 matcher->data, matcher->context);
    *ret_found = code >= 0;
    if (code < 0)
        return code == PCRE2_ERROR_NOMATCH ? PT_OK : fail_match(code, error);
    const size_t *offsets = pcre2_get_ovector_pointer(matcher->data);
    *ret_start = offsets[0];
    *ret_end = offsets[1];
    return PT_OK;
}
