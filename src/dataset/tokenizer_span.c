// Where model.vocab and model.merges stand in a tokenizer.json.
//
// Brackets and strings are followed, and nothing is judged: what is found is read strictly later,
// and so is the rest.

#include <string.h>

#include "base/utf8.h"
#include "dataset/tokenizer_scan.h"

// Behind the closing quote of the string at at, or end.
static const char *skip_string(const char *at, const char *end)
{
    for (at++; at < end && *at != '"'; at++)
        if (*at == '\\' && at + 1 < end)
            at++;
    return at < end ? at + 1 : end;
}

static const char *skip_value(const char *at, const char *end)
{
    int64_t depth = 0;
    while (at < end) {
        if (*at == '"') {
            at = skip_string(at, end);
        } else if (*at == '[' || *at == '{') {
            depth++;
            at++;
        } else if (*at == ']' || *at == '}') {
            if (depth == 0)
                break;
            depth--;
            at++;
        } else if (*at == ',' && depth == 0) {
            break;
        } else {
            at++;
            continue;
        }
        if (depth == 0)
            break;
    }
    return at;
}

static bool is_key(const char *key, const char *key_end, const char *name)
{
    return (size_t)(key_end - key) == strlen(name) + 2 && memcmp(key + 1, name, strlen(name)) == 0;
}

// The value of name in the object at at; NULL if it is no object, or has none.
static const char *find_value(const char *at, const char *end, const char *name)
{
    at = pt_scan_skip_blanks(at, end);
    if (at == end || *at != '{')
        return NULL;
    for (at++; at < end;) {
        at = pt_scan_skip_blanks(at, end);
        if (at == end || *at != '"')
            return NULL;
        const char *key = at;
        const char *key_end = skip_string(at, end);
        at = pt_scan_skip_blanks(key_end, end);
        if (at == end || *at != ':')
            return NULL;
        at = pt_scan_skip_blanks(at + 1, end);
        if (is_key(key, key_end, name))
            return at;
        at = pt_scan_skip_blanks(skip_value(at, end), end);
        if (at == end || *at != ',')
            return NULL;
        at++;
    }
    return NULL;
}

static void find_span(const char *json, size_t length, const char *model, const char *name,
                      char first, struct pt_vocabulary_span *ret_span)
{
    const char *end = json + length;
    const char *value = model != NULL ? find_value(model, end, name) : NULL;
    *ret_span = (struct pt_vocabulary_span){NULL, NULL, 0};
    if (value == NULL || value == end || *value != first)
        return;
    ret_span->begin = value;
    ret_span->end = skip_value(value, end);
    ret_span->line = 1 + pt_scan_count_lines(json, value);
}

enum pt_status pt_tokenizer_find_large(const char *json, size_t length, const char *name,
                                       struct pt_vocabulary_span *ret_vocabulary,
                                       struct pt_vocabulary_span *ret_merges,
                                       struct pt_error *error)
{
    const char *model = find_value(json, json + length, "model");
    find_span(json, length, model, "vocab", '{', ret_vocabulary);
    find_span(json, length, model, "merges", '[', ret_merges);
    const struct pt_vocabulary_span *spans[] = {ret_vocabulary, ret_merges};
    for (int i = 0; i < 2; i++) {
        if (spans[i]->begin == NULL)
            continue;
        size_t size = (size_t)(spans[i]->end - spans[i]->begin);
        size_t valid = pt_utf8_valid(spans[i]->begin, size);
        if (valid < size)
            return pt_fail(error, PT_BAD_INPUT, "%s:%d: byte %zu is no UTF-8", name,
                           spans[i]->line +
                               pt_scan_count_lines(spans[i]->begin, spans[i]->begin + valid),
                           (size_t)(spans[i]->begin - json) + valid);
    }
    return PT_OK;
}
