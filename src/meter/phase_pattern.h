// Lines of a program's output that name a phase: NAME=REGEX, for example 'epoch-$1=^Epoch (\d+)'.
//
// A line ends at a newline or a carriage return, since progress bars go back to its beginning.
// Sequences that color the text are not part of it. Of a very long line the beginning counts.
#ifndef PT_METER_PHASE_PATTERN_H
#define PT_METER_PHASE_PATTERN_H

#include "base/status.h"
#include "meter/phase_event.h"

enum { PT_PHASE_PATTERNS_MAX = 64, PT_PHASE_SCANNED = 4096 };

struct pt_phase_patterns;

// PT_USAGE with the text and the place in it if one is no name and pattern.
enum pt_status pt_phase_patterns_compile(const char *const *texts, int count,
                                         struct pt_phase_patterns **ret_patterns,
                                         struct pt_error *error);
void pt_phase_patterns_destroy(struct pt_phase_patterns *patterns);
// The name that the first pattern that matches gives the line. For one thread at a time.
bool pt_phase_patterns_match(struct pt_phase_patterns *patterns, const char *line, size_t length,
                             char ret_name[PT_PHASE_NAME_SIZE]);

// Bytes as they come, and since when their line has begun.
struct pt_phase_scanner {
    struct pt_phase_patterns *patterns; // borrowed
    void (*take)(void *state, const char *name, int64_t time_ns);
    void *state;
    int escape; // within a sequence for the terminal: 0: no
    int64_t since_ns;
    size_t length;
    char text[PT_PHASE_SCANNED];
};

void pt_phase_scanner_feed(struct pt_phase_scanner *scanner, const char *bytes, size_t length,
                           int64_t now_ns);
void pt_phase_scanner_end(struct pt_phase_scanner *scanner); // a last line without an end

#endif
