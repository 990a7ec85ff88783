// What train shows while it runs: one line that is rewritten on a terminal, now and then a line
// elsewhere.
#ifndef PT_CLI_TRAIN_SCREEN_H
#define PT_CLI_TRAIN_SCREEN_H

#include <stdio.h>

#include "cost/tariff.h"
#include "train/trainer.h"

struct pt_train_screen {
    FILE *stream;
    bool terminal, quiet;
    const struct pt_tariff *tariff;
    bool line_open; // the cursor stands behind a progress line
    int64_t last_plain_step;
};

void pt_train_screen_begin(struct pt_train_screen *screen, FILE *stream, bool quiet,
                           const struct pt_tariff *tariff);
void pt_train_screen_show(struct pt_train_screen *screen, const struct pt_train_progress *progress);
// Ends an open line, so that other text can follow.
void pt_train_screen_end(struct pt_train_screen *screen);

#endif
