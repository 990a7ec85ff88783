// Any text as a number: what is accepted is what strtod reads, and survives writing and reading.
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/parse.h"
#include "base/table.h"
#include "base/utf8.h"

static void check_double(const char *text)
{
    double value, again;
    char buffer[48], *end;
    if (!pt_parse_double(text, &value))
        return;
    assert(isfinite(value) && strtod(text, &end) == value && *end == '\0');
    assert(pt_parse_double(pt_format_double(value, buffer), &again) && again == value);
    pt_format_joules(value, buffer);
    pt_format_watts(value, buffer);
    pt_format_bytes(value, buffer);
    pt_format_grams(value, buffer);
    pt_format_flop(value, buffer);
    pt_format_count(value, buffer);
    pt_format_money(value, "EUR", buffer);
    pt_format_duration(value, buffer);
}

static void check_rest(const char *text)
{
    static const char *const words[] = {"linear", "layer_norm", "relu", NULL};
    int64_t integer, bytes;
    double value, seconds, count;
    if (pt_parse_int64(text, &integer))
        assert(pt_parse_double(text, &value) && (double)integer == value);
    if (pt_parse_duration(text, &seconds))
        assert(isfinite(seconds) && seconds >= 0);
    if (pt_parse_bytes(text, &bytes))
        assert(bytes >= 0);
    if (pt_parse_count(text, &count))
        assert(isfinite(count) && count >= 0);
    const char *word = pt_nearest_word(text, words);
    assert(word == NULL || word == words[0] || word == words[1] || word == words[2]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1);
    uint32_t character;
    memcpy(text, bytes, size);
    text[size] = '\0';
    check_double(text);
    check_rest(text);
    for (size_t i = 0; i < size; i++)
        assert(pt_utf8_decode(text + i, size - i, &character) <= 4);
    free(text);
    return 0;
}
