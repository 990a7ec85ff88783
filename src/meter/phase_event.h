// One line of what a program says of itself while it is metered (docs/phases.md):
//
//     [@NANOSECONDS] VERB [TEXT]        "phase forward", "@81734000125 begin epoch", "step 17/400"
//
// The time is that of CLOCK_MONOTONIC, at which it happened: so it does not matter when the line
// arrives. Lines come from strangers; whatever is in them, names are short, printable UTF-8.
#ifndef PT_METER_PHASE_EVENT_H
#define PT_METER_PHASE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PT_PHASE_VERB_LIST(X)                                                                      \
    X(PHASE, "phase")     /* what is done from now on; without a name: nothing in particular */    \
    X(BEGIN, "begin")     /* a window opens, inside of those that are open */                      \
    X(END, "end")         /* the innermost window of that name closes, with those inside of it */  \
    X(STEP, "step")       /* the step that is done now: 17, or 17 of 400: 17/400 */                \
    X(SAMPLES, "samples") /* so many more have been seen */                                        \
    X(LOSS, "loss")                                                                                \
    X(NOTE, "note")                                                                                \
    X(DROPPED, "dropped") /* so many lines could not be sent */
enum pt_phase_verb {
#define X(name, word) PT_SAYS_##name,
    PT_PHASE_VERB_LIST(X)
#undef X
        PT_PHASE_VERBS
};

enum { PT_PHASE_NAME_SIZE = 32, PT_PHASE_NOTE_SIZE = 120, PT_PHASE_LINE_MAX = 1024 };
#define PT_PHASE_NO_TIME INT64_MIN

struct pt_phase_event {
    enum pt_phase_verb verb;
    int64_t time_ns;               // PT_PHASE_NO_TIME: the line has none
    char text[PT_PHASE_NOTE_SIZE]; // a name, shorter than PT_PHASE_NAME_SIZE, or a note
    double number;                 // of step, samples, loss, dropped
    double of;                     // of step: how many there will be; NAN
};

// False if the line, without its end, is none: it says something else, or lacks what its verb
// needs.
bool pt_phase_event_parse(const char *line, size_t length, struct pt_phase_event *ret_event);

// A text as a name of less than size bytes: blanks around it go, what is not printable becomes "?",
// what is too long is cut between two characters.
void pt_phase_name_clean(const char *text, size_t length, char *ret_name, size_t size);

#endif
