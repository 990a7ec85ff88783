// The table of the dynamic programme (program.c), and how large it is (program_table.c).
#ifndef PT_SCHEDULE_PROGRAM_TABLE_H
#define PT_SCHEDULE_PROGRAM_TABLE_H

#include "schedule/program.h"

struct pt_program {
    const struct pt_schedule_problem *problem;
    struct pt_actions actions;
    struct pt_quanta quanta;
    double cap_watts, slot_seconds, trifle;
    int slots, states, counts; // states: 0 suspended, 1... on; counts: of stretches, 1 if unlimited
    int ring;                  // layers kept
    double *values;            // [ring][counts][states][quanta.total + 1]; the last: done
    uint8_t *decisions;        // of each edge: [counts][states][high - low + 1]
    size_t *places;            // where an edge's decisions begin
    int *low, *high;           // cells of each edge
    double *wait_values;       // [slots + 1]
    uint8_t *wait_decisions;   // 0: wait, else start at that level - 1
};

// problem and cap_watts are set. PT_OVERFLOW: the table would be too large. To be closed, whatever
// comes out.
enum pt_status pt_program_open(struct pt_program *program, struct pt_error *error);
void pt_program_close(struct pt_program *program);

#endif
