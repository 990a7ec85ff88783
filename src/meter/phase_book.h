// What a program said of itself, as slots of the phase clock.
//
// A slot is an innermost name together with the names around it: "forward" within "epoch" is
// another slot than "forward" within "warm-up". So joules go to one slot each and add up, and the
// total of a window is the sum of the slots that it is around.
//
// There are two stacks. What comes through the descriptor or from the command's output is outside:
// a script that says "phase train" runs a program that says "begin epoch" on the socket, which is
// then within "train". Of several processes that say something, the first that lives defines the
// inner stack, since ranks that do the same at about the same time would only shred it.
#ifndef PT_METER_PHASE_BOOK_H
#define PT_METER_PHASE_BOOK_H

#include <pthread.h>

#include "meter/meter.h"
#include "meter/phase_clock.h"
#include "meter/phase_event.h"

enum { PT_PHASE_DEPTH_MAX = 16, PT_PHASE_NOTES_MAX = 16 };

// Who speaks: a process, or one of these.
enum { PT_PHASES_OF_FIRST = 0, PT_PHASES_OF_ALL = -1, PT_SPEAKER_OUTSIDE = -2 };

// Names as indices; -1: none.
struct pt_phase_stack {
    int depth;
    int beyond; // windows that were opened when it was full
    struct {
        int window, phase;
    } levels[PT_PHASE_DEPTH_MAX + 1]; // the first has no window
};

struct pt_phase_note {
    int64_t time_ns;
    char text[PT_PHASE_NOTE_SIZE];
};

// What is known besides phases.
struct pt_phase_facts {
    double step, steps; // the newest, and how many there will be; NAN
    int64_t step_ns;    // when the newest was said
    double samples;     // the sum; NAN: none was said
    double loss;        // the newest; NAN
    int64_t event_count;
    int64_t foreign_count;   // of processes whose phases are not kept
    int64_t malformed_count; // lines that say nothing that we know
    int64_t dropped_count;   // that the senders could not send, or we could not keep
    int64_t untimely_count;  // of the future, or later than the next sample: moved
    bool names_full;         // some phases are in "other"
    bool paths_full;         // some phases are missing in the windows around them
    int note_count;
    struct pt_phase_note notes[PT_PHASE_NOTES_MAX]; // the first
};

struct pt_phase_book {
    pthread_mutex_t lock; // of all below but the last two
    struct pt_phase_clock *clock;
    int phases_of; // a process, or PT_PHASES_OF_FIRST or _ALL
    int speaker;   // whose inner stack it is; 0: nobody's
    struct pt_phase_stack outer, inner;
    int name_count;
    struct {
        char text[PT_PHASE_NAME_SIZE];
        bool is_window;
        int64_t count; // how often it began
    } names[PT_PHASE_NAMES_MAX];
    int slot_count, path_count; // path: a slot with names around it
    struct {
        int name;
        unsigned around; // bit i: name i
    } slots[PT_PHASES_MAX];
    struct pt_phase_facts facts;

    // Takes what has been said and not yet been read; NULL: nothing is kept anywhere.
    void (*catch_up)(void *state);
    void *state;
};

// base: the name of what is done while nothing is said.
void pt_phase_book_init(struct pt_phase_book *book, const char *base);
void pt_phase_book_close(struct pt_phase_book *book);
// From now on phases are entered in this clock, which has begun.
void pt_phase_book_attach(struct pt_phase_book *book, struct pt_phase_clock *clock);
void pt_phase_book_catch_up(struct pt_phase_book *book);

// speaker: a process, or PT_SPEAKER_OUTSIDE. An event without a time happens now.
void pt_phase_book_say(struct pt_phase_book *book, int speaker, const struct pt_phase_event *event,
                       int64_t now_ns);
// A line that was no event, and events that got lost on the way.
void pt_phase_book_malformed(struct pt_phase_book *book);
void pt_phase_book_dropped(struct pt_phase_book *book, int64_t count);
// The process has ended or hung up: what it began is over.
void pt_phase_book_hung_up(struct pt_phase_book *book, int speaker, int64_t now_ns);

int pt_phase_book_slot_count(struct pt_phase_book *book);
struct pt_phase_facts pt_phase_book_facts(struct pt_phase_book *book);
// The slots of this name and those within windows of it, a bit for each.
uint64_t pt_phase_book_slots_of(struct pt_phase_book *book, const char *name);
// The phases of a report, which are slots, become names; its windows are filled. Names live as long
// as the book.
void pt_phase_book_fold(struct pt_phase_book *book, struct pt_meter_report *report);

#endif
