// See phase_event.h.

#include "meter/phase_event.h"

#include <math.h>
#include <string.h>

#include "base/parse.h"
#include "base/utf8.h"

struct span {
    const char *at, *end;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct span trimmed(struct span text)
{
    while (text.at < text.end && is_blank(*text.at))
        text.at++;
    while (text.end > text.at && is_blank(text.end[-1]))
        text.end--;
    return text;
}

// The word up to the next blank; *text is what follows.
static struct span take_word(struct span *text)
{
    struct span word = {text->at, text->at};
    while (word.end < text->end && !is_blank(*word.end))
        word.end++;
    text->at = word.end;
    *text = trimmed(*text);
    return word;
}

// C0 and C1 controls, and those that change the direction or the place of what follows.
static bool is_printable(uint32_t c)
{
    return c >= 0x20 && (c < 0x7f || c >= 0xa0) && !(c >= 0x200b && c <= 0x200f) &&
           !(c >= 0x2028 && c <= 0x202e) && !(c >= 0x2060 && c <= 0x206f) && c != 0xfeff;
}

void pt_phase_name_clean(const char *text, size_t length, char *ret_name, size_t size)
{
    struct span left = trimmed((struct span){text, text + length});
    size_t used = 0;
    while (left.at < left.end) {
        uint32_t character = 0;
        int bytes = pt_utf8_decode(left.at, (size_t)(left.end - left.at), &character);
        bool good = bytes > 0 && is_printable(character);
        size_t needed = good ? (size_t)bytes : 1;
        if (used + needed >= size)
            break;
        if (good)
            memcpy(ret_name + used, left.at, needed);
        else
            ret_name[used] = '?';
        used += needed;
        left.at += bytes > 0 ? bytes : 1;
    }
    ret_name[used] = '\0';
}

// ------------------------------------------------------------------------------------- numbers
static bool number_of(struct span text, double *ret_number)
{
    char copy[64];
    size_t length = (size_t)(text.end - text.at);
    if (length == 0 || length >= sizeof copy || memchr(text.at, '\0', length) != NULL)
        return false;
    memcpy(copy, text.at, length);
    copy[length] = '\0';
    return pt_parse_double(copy, ret_number);
}

static bool count_of(struct span text, double *ret_count)
{
    double number;
    if (!number_of(text, &number) || number < 0 || number > 1e15)
        return false;
    *ret_count = number;
    return true;
}

// "17" or "17/400".
static bool take_step(struct span text, struct pt_phase_event *event)
{
    const char *slash = memchr(text.at, '/', (size_t)(text.end - text.at));
    if (slash == NULL)
        return count_of(text, &event->number);
    struct span done = trimmed((struct span){text.at, slash});
    struct span whole = trimmed((struct span){slash + 1, text.end});
    return count_of(done, &event->number) && count_of(whole, &event->of);
}

// "@81734000125": nanoseconds since some start, as CLOCK_MONOTONIC counts them.
static bool take_time(struct span word, int64_t *ret_time_ns)
{
    char copy[24];
    size_t length = (size_t)(word.end - word.at);
    if (length == 0 || length >= sizeof copy || word.at[0] < '0' || word.at[0] > '9' ||
        memchr(word.at, '\0', length) != NULL)
        return false;
    memcpy(copy, word.at, length);
    copy[length] = '\0';
    return pt_parse_int64(copy, ret_time_ns);
}

// ---------------------------------------------------------------------------------------- the line
static bool take_verb(struct span word, enum pt_phase_verb *ret_verb)
{
    static const char *const words[] = {
#define X(name, text) text,
        PT_PHASE_VERB_LIST(X)
#undef X
    };
    size_t length = (size_t)(word.end - word.at);
    for (int i = 0; i < PT_PHASE_VERBS; i++)
        if (strlen(words[i]) == length && memcmp(words[i], word.at, length) == 0) {
            *ret_verb = (enum pt_phase_verb)i;
            return true;
        }
    return false;
}

static bool take_text(struct span text, size_t size, struct pt_phase_event *event)
{
    pt_phase_name_clean(text.at, (size_t)(text.end - text.at), event->text, size);
    return event->text[0] != '\0';
}

static bool take_argument(struct span text, struct pt_phase_event *event)
{
    switch (event->verb) {
    case PT_SAYS_PHASE:
    case PT_SAYS_END:
        take_text(text, PT_PHASE_NAME_SIZE, event);
        return true;
    case PT_SAYS_BEGIN:
        return take_text(text, PT_PHASE_NAME_SIZE, event);
    case PT_SAYS_NOTE:
        return take_text(text, PT_PHASE_NOTE_SIZE, event);
    case PT_SAYS_STEP:
        return take_step(text, event);
    case PT_SAYS_LOSS:
        return number_of(text, &event->number);
    case PT_SAYS_SAMPLES:
    case PT_SAYS_DROPPED:
        return count_of(text, &event->number);
    case PT_PHASE_VERBS:
        break;
    }
    return false;
}

bool pt_phase_event_parse(const char *line, size_t length, struct pt_phase_event *ret_event)
{
    struct pt_phase_event event = {.time_ns = PT_PHASE_NO_TIME, .number = NAN, .of = NAN};
    struct span text = trimmed((struct span){line, line + length});
    if (text.at < text.end && *text.at == '@') {
        text.at++;
        if (!take_time(take_word(&text), &event.time_ns))
            return false;
    }
    if (!take_verb(take_word(&text), &event.verb) || !take_argument(text, &event))
        return false;
    *ret_event = event;
    return true;
}
