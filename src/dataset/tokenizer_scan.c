// Strings of JSON, RFC 8259, from text that is known to be UTF-8.

#include "dataset/tokenizer_scan.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

const char *pt_scan_skip_blanks(const char *at, const char *end)
{
    while (at < end && is_blank(*at))
        at++;
    return at;
}

int pt_scan_count_lines(const char *from, const char *to)
{
    int lines = 0;
    while ((from = memchr(from, '\n', (size_t)(to - from))) != NULL) {
        lines++;
        from++;
    }
    return lines;
}

enum pt_status pt_scan_fail(const struct pt_scan *scan, const char *format, ...)
{
    char message[sizeof scan->error->message];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return pt_fail(scan->error, PT_BAD_INPUT, "%s:%d: %s", scan->tokenizer->name,
                   scan->span->line + pt_scan_count_lines(scan->span->begin, scan->at), message);
}

bool pt_scan_take(struct pt_scan *scan, char c)
{
    scan->at = pt_scan_skip_blanks(scan->at, scan->end);
    if (scan->at == scan->end || *scan->at != c)
        return false;
    scan->at++;
    return true;
}

// Four hexadecimal digits; false if they are none.
static bool hex_word(const char *at, const char *end, uint32_t *ret_word)
{
    uint32_t word = 0;
    if (end - at < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        char c = at[i], lower = (char)(c | 0x20);
        if (c >= '0' && c <= '9')
            word = word << 4 | (uint32_t)(c - '0');
        else if (lower >= 'a' && lower <= 'f')
            word = word << 4 | (uint32_t)(lower - 'a' + 10);
        else
            return false;
    }
    *ret_word = word;
    return true;
}

// Behind "\u": one character, of one or of two words. NULL if it is none.
static const char *decode_unicode(const char *at, const char *end, uint32_t *ret_character)
{
    uint32_t word, low;
    if (!hex_word(at, end, &word))
        return NULL;
    at += 4;
    if (word >= 0xD800 && word < 0xE000) {
        if (word >= 0xDC00 || end - at < 6 || at[0] != '\\' || at[1] != 'u' ||
            !hex_word(at + 2, end, &low) || low < 0xDC00 || low >= 0xE000)
            return NULL;
        at += 6;
        word = 0x10000 + ((word - 0xD800) << 10) + (low - 0xDC00);
    }
    *ret_character = word;
    return at;
}

// Decodes [at, end) to to; returns the length, or -1 if an escape is wrong.
static int64_t decode(const char *at, const char *end, char *to)
{
    static const char names[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    char *begin = to;
    while (at < end) {
        if (*at != '\\') {
            *to++ = *at++;
            continue;
        }
        if (end - at < 2)
            return -1;
        const char *name = memchr(names, at[1], sizeof names - 1);
        char escape = at[1];
        at += 2;
        if (name != NULL) {
            *to++ = meanings[name - names];
            continue;
        }
        uint32_t character;
        if (escape != 'u' || (at = decode_unicode(at, end, &character)) == NULL)
            return -1;
        to += pt_utf8_encode(character, to); // never longer than the escape
    }
    return to - begin;
}

enum pt_status pt_scan_string(struct pt_scan *scan, struct pt_token *ret_token)
{
    if (!pt_scan_take(scan, '"'))
        return pt_scan_fail(scan, "expected a string");
    const char *begin = scan->at;
    bool escaped = false;
    for (; scan->at < scan->end && *scan->at != '"'; scan->at++) {
        if ((unsigned char)*scan->at < 0x20)
            return pt_scan_fail(scan, "a control character stands in a string");
        if (*scan->at == '\\') {
            escaped = true;
            if (++scan->at == scan->end)
                break;
        }
    }
    if (scan->at == scan->end)
        return pt_scan_fail(scan, "a string does not end");
    int64_t length = scan->at - begin;
    const char *text = begin;
    if (length > INT32_MAX / 2)
        return pt_scan_fail(scan, "a token of %" PRId64 " bytes is too long", length);
    if (escaped) {
        char *copy = pt_arena_alloc(scan->tokenizer->arena, (size_t)length + 1, 1);
        if (copy == NULL)
            return pt_tokenizer_no_memory(scan->error);
        length = decode(begin, scan->at, copy);
        if (length < 0)
            return pt_scan_fail(scan, "wrong escape in a string");
        text = copy;
    }
    scan->at++;
    *ret_token = (struct pt_token){.text = text, .length = (uint32_t)length};
    return PT_OK;
}
