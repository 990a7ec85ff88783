// See phase_lines.h.

#include "meter/phase_lines.h"

#include <string.h>

static void keep(struct pt_phase_lines *lines, const char *bytes, size_t length)
{
    if (length > sizeof lines->text - lines->length)
        lines->too_long = true;
    if (lines->too_long)
        return;
    memcpy(lines->text + lines->length, bytes, length);
    lines->length += length;
}

int pt_phase_lines_feed(struct pt_phase_lines *lines, const char *bytes, size_t length,
                        void (*take)(void *state, const char *line, size_t length), void *state)
{
    const char *end = bytes + length;
    int count = 0;
    while (bytes < end) {
        const char *line_end = memchr(bytes, '\n', (size_t)(end - bytes));
        keep(lines, bytes, (size_t)((line_end != NULL ? line_end : end) - bytes));
        if (line_end == NULL)
            break;
        if (lines->too_long || lines->length > 0) {
            take(state, lines->too_long ? NULL : lines->text, lines->length);
            count++;
        }
        lines->length = 0;
        lines->too_long = false;
        bytes = line_end + 1;
    }
    return count;
}
