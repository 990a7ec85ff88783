// Members of the programme for a job that moves between regions (hop.c).
#ifndef PT_SCHEDULE_HOP_TABLE_H
#define PT_SCHEDULE_HOP_TABLE_H

#include "schedule/hop.h"

enum pt_hop_state { PT_HOP_WAITING, PT_HOP_SUSPENDED, PT_HOP_ON, PT_HOP_STATES };
enum pt_hop_kind { PT_HOP_START, PT_HOP_RESUME, PT_HOP_GO_ON, PT_HOP_KINDS };

// Transfer and resume, if any, then running.
struct pt_hop_action {
    enum pt_hop_kind kind;
    int to, level, span;               // slots
    double move_seconds, dead_seconds; // dead: with the move
    double move_money, speed;
    int quanta; // of its span
};

struct pt_hop {
    const struct pt_schedule_job *job;
    const struct pt_schedule_region *regions;
    const struct pt_schedule_moves *moves;
    int region_count, slots;
    double slot_seconds, quantum, rest, trifle;
    int base, total, lost; // quanta
    bool exact, round_up;
    double *values;                // [slots + 1][regions][states][total + 1]
    double *full;                  // of each action at one edge: money of its whole span
    struct pt_hop_action *actions; // [from][kind][to][level]
    struct pt_schedule_level levels[PT_HOP_REGIONS_MAX][PT_LEVELS_MAX];
    struct pt_schedule_problem there[PT_HOP_REGIONS_MAX];
};

// The actions, from a region at one kind to a region at a level, as a list.
int pt_hop_action_count(const struct pt_hop *hop);
int pt_hop_action_index(const struct pt_hop *hop, int from, enum pt_hop_kind kind, int to,
                        int level);
void pt_hop_list_actions(struct pt_hop *hop);
// Of the first so many seconds of an action that begins at the edge.
double pt_hop_action_money(const struct pt_hop *hop, const struct pt_hop_action *action, int edge,
                           double seconds);
double pt_hop_idle_money(const struct pt_hop *hop, int edge, int region, enum pt_hop_state state);

// Chooses the quantum; exact is true if all work is a whole number of them.
void pt_hop_divide(struct pt_hop *hop);
// All numbers of quanta, for one way of rounding (round_up).
void pt_hop_count_quanta(struct pt_hop *hop);

#endif
