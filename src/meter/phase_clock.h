// How long each phase has lasted. One thread enters phases, another one reads; neither waits for
// the other, and entering makes no system call but a clock read.
//
// A phase may be entered later than it began, since what a program says of itself arrives late. It
// then begins at its own time, but not before the time up to which was read already: those joules
// are given away.
#ifndef PT_METER_PHASE_CLOCK_H
#define PT_METER_PHASE_CLOCK_H

#include <stdatomic.h>
#include <stdint.h>

enum { PT_PHASE_SLOTS = 64 };

// A seqlock: version is odd while the numbers change, and a reader that saw it change reads again.
struct pt_phase_clock {
    atomic_uint version;
    atomic_int current;
    atomic_int used;                               // slots: those from here on have no time
    atomic_int_least64_t since_ns;                 // when current was entered
    atomic_int_least64_t settled_ns;               // until when joules were given to phases
    atomic_int_least64_t spent_ns[PT_PHASE_SLOTS]; // before since_ns
};

void pt_phase_clock_start(struct pt_phase_clock *clock, int64_t now_ns);
// At a time that is not before that of the last call; earlier ones are taken as that.
void pt_phase_clock_enter(struct pt_phase_clock *clock, int phase, int64_t now_ns);
// Time of each phase until now_ns; a phase that was entered later than that has no time yet.
void pt_phase_clock_read(struct pt_phase_clock *clock, int64_t now_ns,
                         int64_t ret_spent_ns[PT_PHASE_SLOTS]);
// What was spent until now_ns is given away.
void pt_phase_clock_settle(struct pt_phase_clock *clock, int64_t now_ns);

#endif
