// Any bytes as what a program says of itself, through the descriptor and as output: lines, events,
// a book of phases that adds up, and names that are short and printable. The first byte chooses how
// the rest is cut into pieces.

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "meter/phase_book.h"
#include "meter/phase_lines.h"
#include "meter/phase_pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static struct pt_phase_book book;
static struct pt_phase_clock phase_clock;
static int64_t now_ns;

static void check_name(const char *name, size_t size)
{
    size_t length = strlen(name);
    if (length >= size || pt_utf8_valid(name, length) != length)
        abort();
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)name[i] < ' ' || name[i] == 127)
            abort();
}

static void take_line(void *state, const char *line, size_t length)
{
    struct pt_phase_event event;
    (void)state;
    now_ns += 10;
    if (line == NULL || !pt_phase_event_parse(line, length, &event)) {
        pt_phase_book_malformed(&book);
        return;
    }
    check_name(event.text, sizeof event.text);
    pt_phase_book_say(&book, (int)(length % 3) - 2, &event, now_ns);
    if (length % 7 == 0)
        pt_phase_clock_settle(&phase_clock, now_ns);
}

static void take_name(void *state, const char *name, int64_t time_ns)
{
    (void)state;
    (void)time_ns;
    check_name(name, PT_PHASE_NAME_SIZE);
}

static void check_book(void)
{
    int64_t spent[PT_PHASE_SLOTS], sum = 0;
    pt_phase_clock_read(&phase_clock, now_ns, spent);
    for (int i = 0; i < PT_PHASE_SLOTS; i++) {
        if (spent[i] < 0 || (i >= book.slot_count && spent[i] != 0))
            abort();
        sum += spent[i];
    }
    if (sum != now_ns)
        abort();
    for (int i = 0; i < book.name_count; i++)
        check_name(book.names[i].text, PT_PHASE_NAME_SIZE);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct pt_phase_lines lines;
    static struct pt_phase_scanner scanner;
    static struct pt_phase_patterns *patterns;
    static const char *const texts[] = {"$1=^Epoch (.*)", "$1$2=(a)|(b.*c)"};
    if (patterns == NULL && pt_phase_patterns_compile(texts, 2, &patterns, NULL) != PT_OK)
        abort();
    if (length == 0)
        return 0;
    size_t piece = bytes[0] % 64 + 1;
    const char *text = (const char *)bytes + 1;
    now_ns = 0;
    lines.length = 0;
    lines.too_long = false;
    scanner = (struct pt_phase_scanner){.patterns = patterns, .take = take_name};
    pt_phase_book_init(&book, "command");
    pt_phase_clock_start(&phase_clock, 0);
    pt_phase_book_attach(&book, &phase_clock);
    for (size_t at = 0; at + 1 < length; at += piece) {
        size_t part = length - 1 - at < piece ? length - 1 - at : piece;
        pt_phase_lines_feed(&lines, text + at, part, take_line, NULL);
        pt_phase_scanner_feed(&scanner, text + at, part, now_ns);
    }
    pt_phase_scanner_end(&scanner);
    check_book();
    pt_phase_book_close(&book);
    return 0;
}
