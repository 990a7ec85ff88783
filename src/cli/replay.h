// A replay and how it is told: as text, JSON and a page.
#ifndef PT_CLI_REPLAY_H
#define PT_CLI_REPLAY_H

#include <stdio.h>

#include "base/arena.h"
#include "schedule/replay.h"

// One table: the same job on the energy part of the bill, or on the whole tariff.
struct pt_replay_account {
    const char *title; // "energy part", "whole tariff"
    struct pt_hourly hourly;
    struct pt_replay replay;
};

enum { PT_REPLAY_ACCOUNTS_MAX = 2 };
struct pt_replay_story {
    const char *series;   // name of the file
    const char *currency; // "EUR"; "g" if carbon is what is minimized
    bool minimizes_carbon;
    bool shows[PT_REPLAY_POLICIES];
    struct pt_replay_options options;
    int account_count;
    struct pt_replay_account accounts[PT_REPLAY_ACCOUNTS_MAX];
};

void pt_replay_print(FILE *stream, struct pt_arena *arena, const struct pt_replay_story *story);
void pt_replay_write_json(FILE *stream, const struct pt_replay_story *story);
// A self-contained page with the prices of one window and the hours that were chosen.
enum pt_status pt_replay_write_page(const char *path, const struct pt_replay_story *story,
                                    struct pt_error *error);

#endif
