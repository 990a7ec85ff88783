// Bytes as they come become lines, each at most PT_PHASE_LINE_MAX long.
#ifndef PT_METER_PHASE_LINES_H
#define PT_METER_PHASE_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "meter/phase_event.h"

struct pt_phase_lines {
    size_t length;
    bool too_long; // the rest of this line is not kept
    char text[PT_PHASE_LINE_MAX];
};

// Calls take for each line that ends, without its end and if it is not empty; line is NULL for one
// that was too long. What is begun waits for the next call. The number of lines.
int pt_phase_lines_feed(struct pt_phase_lines *lines, const char *bytes, size_t length,
                        void (*take)(void *state, const char *line, size_t length), void *state);

#endif
